#include <stdio.h>

#include "sim/cli/commands.h"
#include "sim/cli/output.h"
#include "sim/cli/replay.h"

static const struct option_row options[] = {
	REPLAY_ROWS,
	{ 0 },
};

/** How a run goes on that was not whole. */
static void print_next(const struct recording *r)
{
	struct sink s = { 0 };
	if (r->kind == &store_recording && r->head.command) {
		sink_printf(&s, "next: %s --store ", r->head.command);
		put_shell_word(&s, r->file);
		sink_text(&s, " --resume");
	} else if (r->kind == &store_recording || r->head.interrupted) {
		sink_text(&s, "next: the command of this run with --resume goes on");
	}
	if (s.len)
		output_say(&s);
}

static int report(const char *operand, const struct replay_options *o)
{
	struct writing writing = { .quiet = o->quiet };
	struct recording recording;
	int code = writing_read("report", o->formats, o->out, &writing);
	if (code != EXIT_EXPECTED)
		return code;
	if (recording_open(&recording, operand))
		code = replay(&recording, o, &writing);
	else
		code = (int)recording.trouble;
	if (code == EXIT_INCOMPLETE && !recording.trouble && !o->quiet)
		print_next(&recording);
	recording_close(&recording);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct replay_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && operands.n != 1)
		code = usage_error(c->name, "name one result, store or part");
	else if (parsed == PARSED)
		code = report(operands.items[0], &o);
	arena_free(a);
	return code;
}

const struct command command_report = {
	.name = "report",
	.operands = "STORE|RESULT",
	.summary = "write any format from what was kept",
	.examples = "viaport report out/result.json\n"
		    "viaport report sweep.db -f markdown\n",
	.options = options,
	.offer = offer_files,
	.run = run,
};
