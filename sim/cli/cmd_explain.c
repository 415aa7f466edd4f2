#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "reports/explain.h"
#include "scenarios/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"

static const struct complaint_kind *complaint_kind_find(const char *code)
{
	for (const struct complaint_kind *kind = complaint_kinds; kind->code; kind++)
		if (strcasecmp(kind->code, code) == 0)
			return kind;
	return NULL;
}

/** VERDICTS when there is none. */
static int verdict_find(const char *word)
{
	int v = 0;
	while (v < VERDICTS && strcasecmp(verdict_words[v], word) != 0)
		v++;
	return v;
}

/** "VP" and nothing but digits. */
static bool is_code(const char *word)
{
	return strncasecmp(word, "VP", 2) == 0 && word[2 + strspn(word + 2, "0123456789")] == '\0';
}

static int unknown_word(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	if (is_code(word))
		return usage_error("explain", "there is no code %s; there are %s to %s", word,
				   complaint_kinds[0].code, complaint_kinds[VP_CODES - 1].code);
	for (const struct cause *cause = causes; cause->word; cause++)
		nearest_offer(&nearest, cause->word);
	for (int v = 0; v < VERDICTS; v++)
		nearest_offer(&nearest, verdict_words[v]);
	if (nearest.best)
		return usage_error("explain", "nothing is called '%s', did you mean %s?", word, nearest.best);
	return usage_error("explain", "nothing is called '%s'; viaport list causes names the causes", word);
}

/** False when the word means nothing. */
static bool put_word(struct sink *s, const struct paper *paper, const char *word)
{
	const struct cause *cause = cause_find(word, strlen(word));
	const struct complaint_kind *kind = complaint_kind_find(word);
	int verdict = verdict_find(word);
	sink_text(s, s->len ? "\n" : "");
	if (cause)
		put_cause(s, paper, cause);
	else if (kind)
		put_complaint_kind(s, paper, kind);
	else if (verdict < VERDICTS)
		put_verdict_meaning(s, paper, (enum verdict)verdict);
	return cause || kind || verdict < VERDICTS;
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
		code = usage_error(
			c->name,
			"name a cause, such as F01, a code, such as VP003, or a result, such as stops");
	else if (parsed == PARSED)
		code = explain(&o, &operands);
	arena_free(a);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.operands = "WORD...",
	.summary = "what a cause, the code of a complaint or a result means",
	.examples = "viaport explain reply-to-via-port\nviaport explain F01\nviaport explain VP003\n"
		    "viaport explain degraded\n",
	.options = print_options,
	.run = run,
};
