#include "sim/cli/commands.h"
#include "sim/cli/replay.h"

static const struct option_row options[] = {
	REPLAY_ROWS,
	{ 0 },
};

static int run(const struct command *c, int argc, char **argv)
{
	static const struct replay_source parts = {
		.several = true,
		.wanted = "name the parts of a run, or folders of them",
		.open = recording_open_parts,
	};
	return replay_command(c, argc, argv, &parts);
}

const struct command command_merge = {
	.name = "merge",
	.hidden = true,
	.operands = "PART|DIR...",
	.summary = "join the parts of a run",
	.examples = "viaport run sweep.yaml --shard 1/2 --out parts\n"
		    "viaport run sweep.yaml --shard 2/2 --out parts\n"
		    "viaport merge parts -f text,json --out results\n",
	.options = options,
	.offer = offer_files,
	.run = run,
};
