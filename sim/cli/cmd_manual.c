#include <string.h>

#include "reports/sink.h"
#include "sim/cli/commands.h"
#include "sim/cli/output.h"

/** Text in which nothing means anything to scdoc. */
static void put_literal(struct sink *s, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\*_+", *text))
			sink_char(s, '\\');
		sink_char(s, *text);
	}
}

static void put_marked(struct sink *s, char mark, const char *text)
{
	sink_char(s, mark);
	put_literal(s, text);
	sink_char(s, mark);
}

/** "*-f*, *--format* _LIST_", and below it what it does. */
static void put_option(struct sink *s, const struct option_row *row)
{
	const char letter[] = { '-', row->letter, '\0' };
	if (row->letter) {
		put_marked(s, '*', letter);
		sink_text(s, ", ");
	}
	sink_text(s, "*--");
	put_literal(s, row->name);
	sink_char(s, '*');
	if (row->argument) {
		sink_char(s, ' ');
		put_marked(s, '_', row->argument);
	}
	sink_text(s, "\n\t");
	put_literal(s, row->doc);
	sink_text(s, ".\n\n");
}

static void put_command_section(struct sink *s, const struct command *c)
{
	sink_printf(s, "## viaport %s%s%s%s\n\n", c->name, *c->operands ? " " : "", c->operands,
		    c->options->name ? " [OPTIONS]" : "");
	put_literal(s, c->summary);
	sink_text(s, ".\n\n");
	for (const struct option_row *row = c->options; row->name; row++)
		put_option(s, row);
	sink_printf(s, "For example:\n\n```\n%s```\n\n", c->examples);
}

static int print_manual(void)
{
	struct sink s = { 0 };
	for (size_t i = 0; commands[i]; i++)
		put_command_section(&s, commands[i]);
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	return command_print(c, argc, argv, print_manual);
}

const struct command command_manual = {
	.name = "manual",
	.operands = "",
	.summary = "commands and options for the manual page, as scdoc reads it",
	.examples = "viaport manual\n",
	.options = no_options,
	.hidden = true,
	.run = run,
};
