#include <stdio.h>
#include <unistd.h>

#include "reports/complaints.h"
#include "sim/cli/commands.h"
#include "sim/cli/input.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"

enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_GITHUB };

struct check_options {
	int format, color;
	bool quiet;
};

#define OF(member) .at = offsetof(struct check_options, member)

static const char *const format_words[] = { "text", "json", "github", NULL };

static const struct option_row options[] = {
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "F",
	  .doc = "text (default), json or github" },
	{ "quiet", 'q', OPTION_SWITCH, OF(quiet), .doc = "say nothing when all is well" },
	OPTION_COLOR(offsetof(struct check_options, color)),
	{ 0 },
};

static void put_success(struct sink *s, const struct input *input, const struct check_options *o)
{
	if (o->quiet || !input->files || input_trouble(input) != EXIT_EXPECTED)
		return;
	put_count(s, input->files, "file");
	sink_text(s, " checked, no mistakes.\n");
}

/** "2 mistakes in 1 of 3 files." */
static void print_mistakes(const struct input *input)
{
	struct sink s = { 0 };
	if (!input->wrong)
		return;
	put_count(&s, input->complaints.n, "mistake");
	sink_text(&s, " in ");
	put_thousands(&s, input->wrong);
	sink_text(&s, " of ");
	put_count(&s, input->files, "file");
	sink_text(&s, ".\n");
	fwrite(s.bytes, 1, s.len, stderr);
	sink_free(&s);
}

/** For people complaints go to standard error, for programs to standard output. */
static bool report(const struct input *input, const struct check_options *o)
{
	struct paper paper = terminal_paper(STDERR_FILENO, (enum color)o->color);
	struct sink s = { 0 };
	switch ((enum check_format)o->format) {
	case CHECK_TEXT:
		input_complain(input, &paper);
		print_mistakes(input);
		put_success(&s, input, o);
		break;
	case CHECK_JSON:
		complaints_as_json(&s, &input->complaints, input->files);
		break;
	case CHECK_GITHUB:
		complaints_as_github(&s, &input->complaints);
		break;
	}
	int code = output_print(&s);
	sink_free(&s);
	return code == EXIT_EXPECTED;
}

static int check(const struct check_options *o, const struct operands *operands)
{
	struct input input;
	int code = EXIT_IO;
	if (input_open(&input)) {
		input_load(&input, operands);
		code = report(&input, o) ? input_trouble(&input) : EXIT_IO;
		if (code == EXIT_EXPECTED && !input.files) {
			fputs("viaport: there is no scenario here\n", stderr);
			code = EXIT_NOTHING;
		}
	}
	input_close(&input);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct check_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed == PARSED ? operands_refused(c->name, &operands) : parsed_exit(parsed);
	if (parsed == PARSED && code == EXIT_EXPECTED)
		code = check(&o, &operands);
	arena_free(a);
	return code;
}

const struct command command_check = {
	.name = "check",
	.operands = "FILE|DIR...",
	.summary = "validate without running; every mistake in one go",
	.examples = "viaport check lab.yaml\nviaport check scenarios -f github\n",
	.options = options,
	.offer = offer_scenarios,
	.run = run,
};
