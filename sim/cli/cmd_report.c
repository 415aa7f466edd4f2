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

static bool open_one(struct recording *r, const struct operands *operands)
{
	return recording_open(r, operands->items[0]);
}

static int run(const struct command *c, int argc, char **argv)
{
	static const struct replay_source one = {
		.wanted = "name one result, store or part",
		.open = open_one,
		.go_on = print_next,
	};
	return replay_command(c, argc, argv, &one);
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
