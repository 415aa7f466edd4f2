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

static int unknown_word(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	for (const struct cause *cause = causes; cause->word; cause++)
		nearest_offer(&nearest, cause->word);
	if (nearest.best)
		return usage_error("explain", "there is no cause '%s', did you mean %s?", word, nearest.best);
	return usage_error("explain", "there is no cause '%s'; viaport list causes names them", word);
}

/** False when the word means nothing. */
static bool put_word(struct sink *s, const struct paper *paper, const char *word)
{
	const struct cause *cause = cause_find(word, strlen(word));
	const struct complaint_kind *kind = complaint_kind_find(word);
	sink_text(s, s->len ? "\n" : "");
	if (cause)
		put_cause(s, paper, cause);
	else if (kind)
		put_complaint_kind(s, paper, kind);
	return cause || kind;
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
		code = usage_error(c->name,
				   "name a cause, such as reply-to-via-port, or a code, such as VP003");
	else if (parsed == PARSED)
		code = explain(&o, &operands);
	arena_free(a);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.operands = "CAUSE...",
	.summary = "what a cause of failure or the code of a complaint means",
	.examples = "viaport explain reply-to-via-port\nviaport explain F01\nviaport explain VP003\n",
	.options = print_options,
	.run = run,
};
