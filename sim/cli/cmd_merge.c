#include "sim/cli/commands.h"
#include "sim/cli/replay.h"

static const struct option_row options[] = {
	REPLAY_ROWS,
	{ 0 },
};

static int merge(const struct operands *operands, const struct replay_options *o)
{
	struct writing writing = { .quiet = o->quiet };
	struct recording recording;
	int code = writing_read("merge", o->formats, o->out, &writing);
	if (code != EXIT_EXPECTED)
		return code;
	if (recording_open_parts(&recording, operands))
		code = replay(&recording, o, &writing);
	else
		code = (int)recording.trouble;
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
	if (parsed == PARSED && operands.n == 0)
		code = usage_error(c->name, "name the parts of a run, or folders of them");
	else if (parsed == PARSED)
		code = merge(&operands, &o);
	arena_free(a);
	return code;
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
