#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "reports/explain.h"
#include "reports/explain_knob.h"
#include "scenarios/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/input.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"

/** What a word that can be explained stands for; all of it empty when it stands for nothing. */
struct meaning {
	const struct cause *cause;
	const struct complaint_kind *complaint;
	const struct check_kind *check;
	int verdict; /* VERDICTS: none */
	bool knob;
};

static const struct complaint_kind *complaint_kind_find(const char *code)
{
	for (const struct complaint_kind *kind = complaint_kinds; kind->code; kind++)
		if (strcasecmp(kind->code, code) == 0)
			return kind;
	return NULL;
}

/** By its word or its letter. */
static const struct check_kind *check_kind_find(const char *word)
{
	for (const struct check_kind *kind = check_kinds; kind->word; kind++) {
		const char letter[] = { kind->letter, '\0' };
		if (strcasecmp(kind->word, word) == 0 || strcasecmp(letter, word) == 0)
			return kind;
	}
	return NULL;
}

static int verdict_find(const char *word)
{
	int v = 0;
	while (v < VERDICTS && strcasecmp(verdict_words[v], word) != 0)
		v++;
	return v;
}

static struct meaning meaning_of(const char *word)
{
	return (struct meaning){
		.cause = cause_find(word, strlen(word)),
		.complaint = complaint_kind_find(word),
		.check = check_kind_find(word),
		.verdict = verdict_find(word),
		.knob = is_knob_name(word),
	};
}

static bool means_something(const struct meaning *m)
{
	return m->cause || m->complaint || m->check || m->verdict < VERDICTS || m->knob;
}

bool can_be_explained(const char *word)
{
	const struct meaning m = meaning_of(word);
	return means_something(&m);
}

/** "VP" and nothing but digits. */
static bool is_code(const char *word)
{
	return strncasecmp(word, "VP", 2) == 0 && word[2 + strspn(word + 2, "0123456789")] == '\0';
}

static bool is_model(const char *word)
{
	struct input input;
	bool found = false;
	if (input_open(&input))
		for (uint32_t i = 0; i < input.catalogue->n && !found; i++)
			found = strcmp(input.catalogue->models[i]->name, word) == 0;
	input_close(&input);
	return found;
}

static int unknown_word(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	if (is_code(word))
		return usage_error("explain", "there is no code %s; there are %s to %s", word,
				   complaint_kinds[0].code, complaint_kinds[VP_CODES - 1].code);
	if (is_model(word))
		return usage_error("explain", "%s is a model, of which viaport show %s tells", word, word);
	for (const struct cause *cause = causes; cause->word; cause++)
		nearest_offer(&nearest, cause->word);
	for (const struct check_kind *kind = check_kinds; kind->word; kind++)
		nearest_offer(&nearest, kind->word);
	for (int v = 0; v < VERDICTS; v++)
		nearest_offer(&nearest, verdict_words[v]);
	if (nearest.best)
		return usage_error("explain", "nothing is called '%s', did you mean %s?", word, nearest.best);
	return usage_error("explain", "nothing is called '%s'; viaport list causes names the causes", word);
}

/** False when the word means nothing. */
static bool put_word(struct sink *s, const struct paper *paper, const char *word)
{
	const struct meaning m = meaning_of(word);
	sink_text(s, s->len ? "\n" : "");
	if (m.cause)
		put_cause(s, paper, m.cause);
	else if (m.complaint)
		put_complaint_kind(s, paper, m.complaint);
	else if (m.check)
		put_check_kind(s, paper, m.check);
	else if (m.verdict < VERDICTS)
		put_verdict_meaning(s, paper, (enum verdict)m.verdict);
	else if (m.knob)
		put_knobs_named(s, paper, word);
	return means_something(&m);
}

static int explain(const struct print_options *o, const struct operands *words)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)o->color);
	struct sink s = { 0 };
	int code = EXIT_EXPECTED;
	for (int i = 0; i < words->n && code == EXIT_EXPECTED; i++)
		if (!put_word(&s, &paper, words->items[i]))
			code = unknown_word(words->items[i]);
	if (code == EXIT_EXPECTED)
		code = output_print(&s);
	sink_free(&s);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct print_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && operands.n == 0)
		code = usage_error(c->name, "name a cause, such as F01, a code, such as VP003, a check, such as "
					    "reachable-after, a result, such as stops, or a knob, such as nat-test");
	else if (parsed == PARSED)
		code = explain(&o, &operands);
	arena_free(a);
	return code;
}

static void offer_meanings(struct offers *o)
{
	for (const struct cause *cause = causes; cause->word; cause++)
		offer(o, cause->word, cause->title);
	for (const struct check_kind *kind = check_kinds; kind->word; kind++)
		offer(o, kind->word, "a check");
	for (int v = 0; v < VERDICTS; v++)
		offer(o, verdict_words[v], "a result");
	for (const struct complaint_kind *kind = complaint_kinds; kind->code; kind++)
		offer(o, kind->code, kind->title);
}

const struct command command_explain = {
	.name = "explain",
	.operands = "WORD...",
	.summary = "what a cause, a check, a result, a knob or a code means",
	.examples = "viaport explain reply-to-via-port\nviaport explain F01\nviaport explain VP003\n"
		    "viaport explain reachable-after\nviaport explain degraded\nviaport explain 'server nat-test'\n",
	.options = print_options,
	.offer = offer_meanings,
	.run = run,
};
