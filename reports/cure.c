#include "reports/cure.h"

#include <stdlib.h>
#include <string.h>

#include "reports/table.h"

#define CURES_TOLD    24 /* rows of a table */
#define BREAKS_TOLD   3	 /* of a change, by their names */
#define NODES_TOLD    3	 /* that are changed alike; of more the first two */
#define CHANGES_APART 3	 /* of one cure that are told one by one, each with its node */
#define HARM_TOLD     3	 /* changes of which that is told */
#define HOLDS_TOLD    24 /* rows of a table of what works hangs on */

/* --- the chain ---------------------------------------------------------------------------------------------------- */

static const enum ink standing_inks[STANDINGS] = {
	[STANDING_REQUIRED] = INK_PLAIN,
	[STANDING_ALLOWED] = INK_POOR,
	[STANDING_AGAINST] = INK_BAD,
};

static const char *const standing_texts[STANDINGS] = {
	[STANDING_REQUIRED] = "required by",
	[STANDING_ALLOWED] = "allowed by",
	[STANDING_AGAINST] = "against",
};

/** "er6020 (router) gave the request another source port" */
static void put_link_sentence(struct sink *s, const struct chain_link *link)
{
	if (link->name)
		sink_printf(s, "%s (%s) %s", link->name, whose_words[link->whose], link->did);
	else
		sink_printf(s, "the network %s", link->did);
}

static void put_link(struct sink *s, const struct paper *paper, const struct chain_link *link, uint32_t number)
{
	struct sink text = { 0 };
	put_link_sentence(&text, link);
	sink_char(&text, '\0');
	sink_printf(s, "  %u. ", number);
	put_wrapped(s, text.bytes, 5, 5, paper->width);
	sink_text(s, "\n     ");
	if (link->clause)
		ink_text(s, paper, standing_inks[link->standing], standing_texts[link->standing]);
	sink_printf(s, "%s%s\n", link->clause ? " " : "no RFC speaks of it", link->clause ? link->clause : "");
	sink_free(&text);
}

static uint32_t count_against(const struct chain *c)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->n; i++)
		n += c->links[i].standing == STANDING_AGAINST;
	return n;
}

static const char *verdict_on(const struct chain *c)
{
	if (count_against(c))
		return "What is against an RFC is where it should be mended.";
	return c->n > 1 ? "Nobody did what an RFC forbids: only together they fail."
			: "Nobody did what an RFC forbids.";
}

static void put_chain(struct sink *s, const struct paper *paper, const struct chain *c)
{
	ink_text(s, paper, INK_BOLD, "Who is to blame");
	sink_text(s, ", from the first decision to the last\n\n");
	for (uint32_t i = 0; i < c->n; i++)
		put_link(s, paper, &c->links[i], i + 1);
	sink_char(s, '\n');
	put_paragraph(s, verdict_on(c), 2, paper->width);
	sink_char(s, '\n');
}

/* --- remedies ----------------------------------------------------------------------------------------------------- */

static bool is_same_lasting(const struct lasting *l, const struct lasting *other)
{
	return l->verdict == other->verdict && l->cause == other->cause &&
	       (l->until == other->until || (l->until && other->until && !strcmp(l->until, other->until)));
}

static bool is_same_knob(const struct cure *c, const struct cure *other)
{
	return !c->trial->remedy && !other->trial->remedy && c->n_texts == 1 && other->n_texts == 1 &&
	       c->verdict == other->verdict && c->n_breaks == other->n_breaks &&
	       is_same_lasting(&c->lasting, &other->lasting) && !strcmp(c->texts[0].node, other->texts[0].node) &&
	       !strcmp(c->texts[0].knob, other->texts[0].knob);
}

/** How many from the first one on say the same of one knob at several values. */
static uint32_t count_alike(const struct cures *c, uint32_t first)
{
	uint32_t n = 1;
	while (first + n < c->n && is_same_knob(&c->items[first], &c->items[first + n]))
		n++;
	return n;
}

/** How many knobs are changed of each node, where all nodes are changed alike; 0: they are not. */
static uint32_t knobs_of_each(const struct cure *c)
{
	uint32_t each = 0;
	while (each < c->n_texts && !strcmp(c->texts[each].node, c->texts[0].node))
		each++;
	for (uint32_t i = each; i < c->n_texts; i++)
		if (strcmp(c->texts[i].knob, c->texts[i % each].knob) ||
		    strcmp(c->texts[i].value, c->texts[i % each].value))
			return 0;
	return each && c->n_texts % each == 0 ? each : 0;
}

/** "p0, p1 and 38 others rport: on", of nodes that have so many changes each. */
static void put_together(struct sink *s, const struct cure *c, uint32_t each)
{
	uint32_t nodes = c->n_texts / each, told = nodes > NODES_TOLD ? 2 : nodes;
	for (uint32_t i = 0; i < told; i++)
		sink_printf(s, "%s%s", i ? ", " : "", c->texts[i * each].node);
	if (told < nodes)
		sink_printf(s, " and %u others", nodes - told);
	for (uint32_t i = 0; i < each; i++)
		sink_printf(s, "%s %s: %s", i ? "," : "", c->texts[i].knob, c->texts[i].value);
}

/** "cisco rport: on" */
static void put_changed(struct sink *s, const struct cure *c)
{
	uint32_t each = knobs_of_each(c);
	if (each && each < c->n_texts && c->n_texts > CHANGES_APART) {
		put_together(s, c, each);
		return;
	}
	for (uint32_t i = 0; i < c->n_texts; i++)
		sink_printf(s, "%s%s %s: %s", i ? "; " : "", c->texts[i].node, c->texts[i].knob, c->texts[i].value);
}

/** "pbx force-rport: on or auto" */
static char *change_text(const struct cure *c, uint32_t alike)
{
	struct sink s = { 0 };
	put_changed(&s, c);
	for (uint32_t i = 1; i < alike; i++)
		sink_printf(&s, "%s%s", i + 1 < alike ? ", " : " or ", c[i].texts[0].value);
	sink_char(&s, '\0');
	return s.bytes;
}

/** "remedy-e force-rport" */
static char *remedy_text(const struct model *m)
{
	struct sink s = { 0 };
	if (m)
		sink_printf(&s, "%s %.*s", m->name, (int)model_word(m), m->title ? m->title : "");
	sink_char(&s, '\0');
	return s.bytes;
}

/** "1 check, 8 cells" */
static char *breaks_text(const struct cure *c)
{
	struct sink s = { 0 };
	uint32_t checks = c->n_breaks - c->cells_broken;
	if (checks)
		put_count(&s, checks, "check");
	sink_text(&s, checks && c->cells_broken ? ", " : "");
	if (c->cells_broken)
		put_count(&s, c->cells_broken, "cell");
	sink_char(&s, '\0');
	return s.bytes;
}

/** "yes", "30s: mapping-expired", "not reached"; "" when it is not known. */
static char *lasting_text(const struct lasting *l)
{
	struct sink s = { 0 };
	if (l->verdict == VERDICT_WORKS)
		sink_text(&s, "yes");
	else if (l->verdict == VERDICT_STOPS)
		sink_printf(&s, "%s: %s", l->until, l->cause->word);
	else if (l->verdict == VERDICT_FAILS)
		sink_text(&s, "not reached");
	sink_char(&s, '\0');
	return s.bytes;
}

enum cure_column { CURE_CHANGE, CURE_REMEDY, CURE_LASTS, CURE_BREAKS, CURE_COLUMNS };

static const struct table_column cure_columns[CURE_COLUMNS] = {
	[CURE_CHANGE] = { "change", true },
	[CURE_REMEDY] = { "known as", true },
	[CURE_LASTS] = { "lasts", false },
	[CURE_BREAKS] = { "breaks", false },
};

/** Fills the row of some cures that are told together. */
static void fill_row(struct table_cell *row, const struct cure *cure, uint32_t alike)
{
	row[CURE_CHANGE].text = change_text(cure, alike);
	row[CURE_REMEDY].text = remedy_text(cure->trial->remedy);
	row[CURE_LASTS].text = lasting_text(&cure->lasting);
	row[CURE_BREAKS].text = breaks_text(cure);
}

static void free_row(struct table_cell *row)
{
	for (int i = 0; i < CURE_COLUMNS; i++)
		free((char *)(uintptr_t)row[i].text);
}

/** The cures from `first` on that are told under one head. */
static uint32_t count_rank(const struct cures *c, uint32_t first)
{
	const struct cure *one = &c->items[first];
	uint32_t n = 0;
	while (first + n < c->n && cure_rank(&one[n]) == cure_rank(one))
		n++;
	return n;
}

/** Puts the columns in which any row says something; all of `rows` are freed. */
static void put_columns(struct sink *s, const struct paper *paper, struct table_cell (*rows)[CURE_COLUMNS], uint32_t n)
{
	struct table_column columns[CURE_COLUMNS];
	struct table_cell cells[CURES_TOLD * CURE_COLUMNS];
	size_t from[CURE_COLUMNS], width = 0;
	for (size_t k = 0; k < CURE_COLUMNS; k++) {
		bool says = false;
		for (uint32_t i = 0; i < n && !says; i++)
			says = *rows[i][k].text;
		if (says)
			from[width++] = k;
	}
	for (size_t k = 0; k < width; k++) {
		columns[k] = cure_columns[from[k]];
		for (uint32_t i = 0; i < n; i++)
			cells[i * width + k] = rows[i][from[k]];
	}
	put_table(s, paper, &(struct table_text){ columns, width, cells, n, 4 });
	while (n-- > 0)
		free_row(rows[n]);
}

/* --- what stands under a table ------------------------------------------------------------------------------------ */

/** The causes for which the server does not reach a phone with some of these. */
static uint64_t causes_unreached(const struct cure *items, uint32_t n)
{
	uint64_t among = 0;
	for (uint32_t i = 0; i < n; i++)
		if (items[i].lasting.verdict == VERDICT_FAILS && items[i].lasting.cause)
			among |= 1ULL << (items[i].lasting.cause - causes);
	return among;
}

static void put_note(struct sink *s, const struct paper *paper, struct sink *note)
{
	sink_char(note, '\0');
	put_paragraph(s, note->bytes, 4, paper->width);
	sink_free(note);
}

static void put_unreached(struct sink *s, const struct paper *paper, const struct cure *items, uint32_t n)
{
	struct sink note = { 0 };
	uint64_t among = causes_unreached(items, n);
	if (!among)
		return;
	sink_text(
		&note,
		"Not reached: what is asked here goes on, but the server does not reach the phone, not even at once (");
	put_cause_words(&note, among);
	sink_text(&note, ").");
	sink_char(s, '\n');
	put_note(s, paper, &note);
}

/** "phone=yealink,router=pf" with room to break the line. */
static void put_broken(struct sink *s, const char *what)
{
	for (; *what; what++) {
		sink_char(s, *what);
		if (*what == ',' && what[1] != ' ')
			sink_char(s, ' ');
	}
}

/** "pbx force-rport: on breaks register b; and 7 more." */
static void put_breaks(struct sink *s, const struct paper *paper, const struct cure *c)
{
	struct sink note = { 0 };
	char *change = change_text(c, 1);
	sink_printf(&note, "%s breaks ", c->trial->remedy ? c->trial->remedy->name : change);
	for (uint32_t i = 0; i < c->n_breaks && i < BREAKS_TOLD; i++) {
		sink_text(&note, i ? "; " : "");
		put_broken(&note, c->breaks[i]);
	}
	if (c->n_breaks > BREAKS_TOLD)
		sink_printf(&note, "; and %u more", c->n_breaks - BREAKS_TOLD);
	sink_char(&note, '.');
	put_note(s, paper, &note);
	free(change);
}

/** Of the first few that do harm. */
static void put_harm(struct sink *s, const struct paper *paper, const struct cure *items, uint32_t n)
{
	uint32_t told = 0;
	for (uint32_t i = 0; i < n && told < HARM_TOLD; i++) {
		if (!items[i].n_breaks)
			continue;
		sink_text(s, told++ ? "" : "\n");
		put_breaks(s, paper, &items[i]);
	}
}

/** One row for each knob, whatever number of values helps. Returns how many cures were told. */
static uint32_t put_cure_table(struct sink *s, const struct paper *paper, const struct cures *c, uint32_t first)
{
	uint32_t of = count_rank(c, first), told = 0, n = 0;
	struct table_cell rows[CURES_TOLD][CURE_COLUMNS] = { 0 };
	for (; told < of && n < CURES_TOLD; n++) {
		uint32_t alike = count_alike(c, first + told);
		fill_row(rows[n], &c->items[first + told], alike);
		told += alike;
	}
	put_columns(s, paper, rows, n);
	if (told < of)
		sink_printf(s, "    and %u more; -f json has them all\n", of - told);
	put_unreached(s, paper, &c->items[first], of);
	put_harm(s, paper, &c->items[first], of);
	return of;
}

/** By enum cure_rank: what is said above them. */
static const char *const rank_heads[RANKS] = {
	[RANK_CURE] = "It works with one of these:",
	[RANK_SHORT] = "It works with one of these, but not for long, so that they are no cure:",
	[RANK_PART] = "Something gets better with one of these, and nothing here gets worse:",
	[RANK_NONE] = "These do not help:",
};

static void put_cure_tables(struct sink *s, const struct paper *paper, const struct cures *c)
{
	for (uint32_t first = 0; first < c->n;) {
		sink_printf(s, "  %s\n\n", rank_heads[cure_rank(&c->items[first])]);
		first += put_cure_table(s, paper, c, first);
		sink_char(s, '\n');
	}
}

static bool any_lasts(const struct cures *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->items[i].lasting.verdict != VERDICT_SKIPPED && !c->items[i].lasting.asked)
			return true;
	return false;
}

static void put_bounds(struct sink *s, const struct cures *c)
{
	sink_text(s, c->changes == 1 ? "Found by running "
				     : "No single change is a cure. Found by running, in pairs too, ");
	put_count(s, c->tried, "change");
	sink_text(s, "; first what takes a setting of a phone, then of a server, of a router, then another device");
	if (any_lasts(c))
		sink_text(s, "; to see whether it lasts, each phone registers once more, then nothing is done for "
			     "longer than "
			     "routers remember, and then the server calls it");
	if (c->other_cells) {
		sink_text(s, "; each that helps was tried on ");
		put_count(s, c->other_cells, "other cell");
	}
	if (c->cells_left) {
		sink_text(s, ", not on ");
		put_thousands(s, c->cells_left);
		sink_text(s, " more");
	}
	if (c->unseen) {
		sink_text(s, "; not tried: ");
		put_count(s, c->unseen, "pair");
	}
	sink_printf(s, "; %s confidence.", confidence_words[c->confidence]);
}

static void put_remedies(struct sink *s, const struct paper *paper, const struct cures *c)
{
	struct sink bounds = { 0 };
	ink_text(s, paper, INK_BOLD, "What would mend it\n\n");
	if (c->n)
		put_cure_tables(s, paper, c);
	else
		put_paragraph(s, "Nothing that was tried does.\n", 2, paper->width);
	put_bounds(&bounds, c);
	sink_char(&bounds, '\0');
	put_paragraph(s, bounds.bytes, 2, paper->width);
	sink_free(&bounds);
}

/* --- of what works ------------------------------------------------------------------------------------------------- */

static bool is_same_harm(const struct cure *c, const struct cure *other)
{
	return c->cause == other->cause && is_same_knob(c, other);
}

/** Each knob on which it hangs once for each cause. */
static void put_holds(struct sink *s, const struct paper *paper, const struct cures *c)
{
	static const struct table_column columns[] = { { "change", true }, { "then it", false } };
	struct table_cell cells[HOLDS_TOLD * COUNT(columns)] = { 0 };
	uint32_t told = 0, n = 0;
	for (; told < c->n && n < HOLDS_TOLD; n++) {
		const struct cure *one = &c->items[told];
		uint32_t alike = 1;
		while (told + alike < c->n && is_same_harm(one, &c->items[told + alike]))
			alike++;
		struct sink then = { 0 };
		sink_printf(&then, "%s: %s", verdict_words[one->verdict], one->cause ? one->cause->word : "");
		sink_char(&then, '\0');
		cells[n * COUNT(columns)].text = change_text(one, alike);
		cells[n * COUNT(columns) + 1].text = then.bytes;
		told += alike;
	}
	put_table(s, paper, &(struct table_text){ columns, COUNT(columns), cells, n, 4 });
	for (size_t i = 0; i < n * COUNT(columns); i++)
		free((char *)(uintptr_t)cells[i].text);
	if (told < c->n)
		sink_printf(s, "    and %u more; -f json has them all\n", c->n - told);
}

static void put_works(struct sink *s, const struct paper *paper, const struct cures *c)
{
	struct sink bounds = { 0 };
	if (c->verdict != VERDICT_WORKS) {
		sink_printf(s, "There is no result to explain: %s.\n", verdict_words[c->verdict]);
		return;
	}
	sink_text(s, "It works: nobody is to blame, and there is nothing to mend.\n");
	if (c->n) {
		sink_text(s, "\n  It would not with one of these, so that is what it hangs on:\n\n");
		put_holds(s, paper, c);
	}
	sink_text(&bounds, c->n ? "Found by running " : "It hangs on no single knob. Found by running ");
	put_count(&bounds, c->tried, "change");
	sink_printf(&bounds, "; %s confidence.", confidence_words[c->confidence]);
	sink_char(&bounds, '\0');
	sink_char(s, '\n');
	put_paragraph(s, bounds.bytes, 2, paper->width);
	sink_free(&bounds);
}

void put_cures(struct sink *s, const struct paper *paper, const struct cures *c)
{
	if (!c->chain.of) {
		put_works(s, paper, c);
		return;
	}
	put_chain(s, paper, &c->chain);
	put_remedies(s, paper, c);
}
