#include "scenarios/complaint.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_BY_DEFAULT 1000
#define SENTENCE_MAX	400

const struct complaint_kind complaint_kinds[] = {
	[VP_FILE] = { "VP001", "not a readable text",
		      "A scenario is a YAML text in UTF-8. This file is empty, is too large, or holds bytes "
		      "that no text has, "
		      "such as zero bytes. Look whether the right file was named, and save it as UTF-8." },
	[VP_YAML] = { "VP002", "not YAML",
		      "The text breaks the rules of YAML at the place shown, so nothing behind it could be "
		      "read. Usual reasons: "
		      "a bracket, brace or quote that is never closed, a tab used to indent, a colon without "
		      "the blank behind it, "
		      "or a line indented by one blank more or less than its neighbours." },
	[VP_UNKNOWN_KEY] = { "VP003", "unknown key",
			     "There is no such key in this place. Keys are lower-case words joined by "
			     "hyphens. `viaport schema` prints "
			     "every key there is, for editors that complete and check while one types; "
			     "`viaport show NAME` lists the "
			     "knobs of a phone, a router or a server." },
	[VP_KEY_TWICE] = { "VP004", "key given twice",
			   "A map has the same key in two places, and YAML does not say which one would "
			   "count. Keep one of them. "
			   "Two phones of the same kind need two names, or one name and `count: 2`." },
	[VP_KEY_MISSING] = { "VP005", "missing key",
			     "Something that every scenario needs is not there. The least is: viaport: 1, "
			     "name, phones and servers with a "
			     "model each, do with the steps, and either expect (a single run) or axes and "
			     "judge (a matrix)." },
	[VP_YAML_FEATURE] = { "VP006", "YAML that scenarios do not use",
			      "Anchors, aliases, merge keys, tags, several documents in one file and very "
			      "deep nesting are refused, because "
			      "what a file means should be visible in the place where it stands. To say "
			      "something once and use it in many "
			      "places, give it a name under `models`, derive others from it with `like`, and "
			      "share the file with `use`." },
	[VP_NOT_MODELLED] = { "VP007", "not modelled yet",
			      "The scenario format has this word, but this version of the program does not "
			      "simulate it. It is refused rather "
			      "than ignored, so that no result pretends to know." },
	[VP_SHAPE] = { "VP008", "a value of another shape",
		       "A map (`name: value` lines), a list (`- item` lines or [a, b]) and a single value "
		       "are three different things. "
		       "Another one is wanted here. A key with nothing behind it counts as a missing "
		       "value." },
	[VP_VALUE] = { "VP009", "a value that does not fit",
		       "The value cannot be used for this key: it is out of range, is not one of the words, "
		       "or is not written the way "
		       "such values are. The help line says what would have been accepted." },
	[VP_UNIT] = { "VP010", "a duration without its unit",
		      "Durations always carry a unit, so that nobody has to guess whether 10 means seconds "
		      "or milliseconds: us, ms, s, "
		      "m, h or d, as in 250ms, 1.5s, 3m." },
	[VP_NAME] = { "VP011", "a name that cannot be used",
		      "Names of phones, routers, servers, steps and axes are made of letters, digits, "
		      "hyphens and underscores. Phones, "
		      "routers and servers share one set of names, because steps and results tell them apart "
		      "by name alone." },
	[VP_NO_NODE] = { "VP012", "no such phone, router, server or step",
			 "Steps, checks, wires, pins and `behind` name something that the same file must "
			 "give under phones, routers, "
			 "servers, or as the id of a step. Nothing has this name." },
	[VP_WRONG_NODE] = { "VP013", "a node of another kind",
			    "The name is known but means something that cannot do this: only phones "
			    "register, only routers have something "
			    "behind them, and a ping goes between a phone and its server." },
	[VP_NO_MODEL] = { "VP014", "unknown model",
			  "The model is neither in the catalogue (`viaport list phones`, `routers`, "
			  "`servers`) nor under `models` in "
			  "this file or in the files it uses; or it is there, but as another kind of "
			  "device." },
	[VP_MODEL] = { "VP015", "a model that cannot be made",
		       "An entry under `models` needs a kind, or a `like` that brings one; a catalogue entry "
		       "also says what it is, where "
		       "that was seen, and how sure that is. A name that the catalogue has cannot be given "
		       "to another." },
	[VP_AXIS] = { "VP016", "no such axis or value",
		      "`$name` stands for the values of an axis, and `when` picks some of them. Both must be "
		      "listed under `axes`." },
	[VP_AXIS_UNUSED] = { "VP017", "an axis that changes nothing",
			     "No value is `$name` of this axis and no step depends on it, so its cells would "
			     "all be the same run. Use it "
			     "somewhere or remove it." },
	[VP_CIRCLE] = { "VP018", "a circle",
			"Routers stand behind each other in a circle, so no way leads out; or models are "
			"like each other in a circle, so "
			"nobody says what they are. One of them must end it." },
	[VP_CONTRADICTION] = { "VP019", "two things that exclude each other",
			       "Each of the two places is fine by itself, but both cannot hold: for example "
			       "a port in `address` and another "
			       "`listen-port`, a list of expectations in a matrix, or a range that ends "
			       "before it begins." },
	[VP_MATCHES_NOTHING] = { "VP020", "an entry that matches no cell",
				 "Every entry of `skip` and `known` must match at least one cell, and one "
				 "that no earlier entry has taken, so that "
				 "entries which have become pointless do not stay behind unnoticed." },
	[VP_NO_STEP] = { "VP021", "a check that no step fits",
			 "A check judges a step of its own kind: `register: a` needs a step that registers "
			 "a. Without `of` it is the "
			 "first that fits; with `of: ID` it is the step with that id." },
	[VP_CAUSE] = { "VP022", "a cause that does not fit",
		       "A cause is one of the words of `viaport list causes`, and it explains a result that "
		       "is not `works`." },
	[VP_USE] = { "VP023", "a file that cannot be used",
		     "`use` names files that hold only `viaport: 1` and `models`. The path counts from the "
		     "file in which it stands." },
	[VP_TOO_MUCH] = { "VP024", "more than can be run",
			  "Numbers of values, nodes and cells are bounded, so that a slip of the hand does "
			  "not fill the memory. The sentence "
			  "names the bound." },
	[VP_CODES] = { 0 },
};

bool complaints_full(const struct complaints *list)
{
	return list->n >= (list->limit ? list->limit : KEPT_BY_DEFAULT);
}

/** Cuts what is too long to be read, and makes control characters harmless to terminals. */
static const char *tidy(char *sentence)
{
	size_t len = strlen(sentence);
	if (len > SENTENCE_MAX) {
		len = SENTENCE_MAX;
		/* Not in the middle of a UTF-8 sequence. */
		while (len > 0 && ((unsigned char)sentence[len] & 0xC0) == 0x80)
			len--;
		strcpy(sentence + len, "...");
	}
	for (char *c = sentence; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return sentence;
}

struct complaint *complain(struct complaints *list, enum complaint_code code, struct place at,
			   const char *format, ...)
{
	if (complaints_full(list)) {
		list->n++;
		return NULL;
	}
	va_list args;
	struct complaint *c = arena_alloc(list->arena, sizeof *c);
	va_start(args, format);
	c->sentence = tidy(arena_vprintf(list->arena, format, args));
	va_end(args);
	c->code = complaint_kinds[code].code;
	c->at = at;
	if (list->last)
		list->last->next = c;
	else
		list->first = c;
	list->last = c;
	list->n++;
	return c;
}

/* --- file order ----------------------------------------------------------------------------------------- */

/** What a complaint is sorted by; `n` keeps the order of those in the same place. */
struct rank {
	bool elsewhere; /* not in the first file */
	uint32_t n;
	struct complaint *complaint;
};

static int number_compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int rank_compare(const void *left, const void *right)
{
	const struct rank *l = left, *r = right;
	const struct place *a = &l->complaint->at, *b = &r->complaint->at;
	int order = number_compare(l->elsewhere, r->elsewhere);
	if (order == 0)
		order = strcmp(a->path, b->path);
	if (order == 0)
		order = number_compare(a->line, b->line);
	if (order == 0)
		order = number_compare(a->column, b->column);
	return order ? order : number_compare(l->n, r->n);
}

static uint32_t complaints_count(const struct complaint *c)
{
	uint32_t n = 0;
	for (; c; c = c->next)
		n++;
	return n;
}

void complaints_sort(struct complaints *list, struct complaint *after, const char *first)
{
	struct complaint **link = after ? &after->next : &list->first;
	uint32_t n = complaints_count(*link), i = 0;
	if (n == 0)
		return;
	struct rank *ranks = arena_alloc(list->arena, n * sizeof *ranks);
	for (struct complaint *c = *link; c; c = c->next, i++)
		ranks[i] = (struct rank){ strcmp(c->at.path, first) != 0, i, c };
	qsort(ranks, n, sizeof *ranks, rank_compare);
	for (i = 0; i < n; i++) {
		*link = ranks[i].complaint;
		link = &(*link)->next;
	}
	*link = NULL;
	list->last = ranks[n - 1].complaint;
}
