#include <string.h>

#include "reports/part.h"
#include "reports/result_json.h"
#include "reports/text.h"
#include "sim/cli/baseline.h"
#include "sim/cli/commands.h"
#include "sim/cli/offer.h"
#include "sim/cli/resume.h"
#include "sim/cli/run.h"
#include "sim/cli/shard.h"
#include "sim/cli/store.h"

#define OF(member) .at = offsetof(struct run_options, member)

static const char *const trace_words[] = { "full", "facts", "counts", NULL };
static const char *const parse_words[] = { "built", "all", NULL };

static void offer_shards(struct offers *o)
{
	offer(o, "auto", "as the engine says");
}

static const struct option_row options[] = {
	OPTION_FORMATS(offsetof(struct run_options, formats)),
	OPTION_OUT(offsetof(struct run_options, out)),
	{ "jobs", 'j', OPTION_NUMBER, OF(jobs), 1, 1024, .argument = "N", .doc = "worker threads, default all cores" },
	{ "only", 0, OPTION_TEXTS, OF(only), .argument = "AXIS=VALUE,...", .doc = "only these cells; repeatable",
	  .offer = offer_choices, .decides = true },
	{ "min-confidence", 0, OPTION_WORD, OF(min_confidence), .words = confidence_words, .argument = "LEVEL",
	  .doc = CONFIDENCE_DOC, .decides = true },
	{ "shard", 0, OPTION_TEXT, OF(shard), .argument = "I/N",
	  .doc = "part I of N, for merge; auto: as the engine says", .offer = offer_shards },
	{ "shards", 0, OPTION_NUMBER, OF(shards), 1, PARTS_MAX, .argument = "N",
	  .doc = "how many, where --shard auto cannot know" },
	{ "baseline", 0, OPTION_TEXT, OF(baseline), .argument = "FILE",
	  .doc = "compare with an earlier result; what broke decides", .offer = offer_files },
	{ "update-baseline", 0, OPTION_SWITCH, OF(update_baseline), .doc = "write that file anew, or make it" },
	{ "why", 0, OPTION_TEXT, OF(why), .argument = "CELL", .doc = "the nearest cells that work: text or json",
	  .offer = offer_choices },
	{ "dry-run", 0, OPTION_SWITCH, OF(dry_run), .doc = "count and name the cells without running them" },
	{ "fail-fast", 0, OPTION_SWITCH, OF(fail_fast), .doc = "stop at the first unexpected cell" },
	{ "store", 0, OPTION_TEXT, OF(store), .argument = "FILE", .doc = "keep the cells in a SQLite file" },
	{ "resume", 0, OPTION_SWITCH, OF(resume), .doc = "go on where an earlier run was interrupted" },
	{ "seed", 0, OPTION_NUMBER, OF(seed), 0, SEED_MAX, .argument = "N", .doc = "random seed, default the file's",
	  .decides = true },
	{ "seeds", 0, OPTION_NUMBER, OF(seeds), 1, CHANCE_SEEDS, .argument = "N",
	  .doc = "run each cell under N seeds: what depends on chance", .decides = true },
	{ "trace", 0, OPTION_WORD, OF(trace), .words = trace_words, .argument = "LEVEL",
	  .doc = "full, facts or counts: what is recorded", .decides = true },
	{ "parse", 0, OPTION_WORD, OF(parse), .words = parse_words, .argument = "WHICH",
	  .doc = "all: libosip2 reads every message; default built", .decides = true },
	{ "max-events", 0, OPTION_NUMBER, OF(max_events), 1, UINT64_MAX, .argument = "N",
	  .doc = "bound on the events of a cell", .decides = true },
	{ "max-time", 0, OPTION_DURATION, OF(max_time), .argument = "D",
	  .doc = "bound on its virtual time, such as 90s", .decides = true },
	{ "quiet", 'q', OPTION_SWITCH, OF(quiet), .doc = "only the totals and what was not expected" },
	{ "verbose", 'v', OPTION_SWITCH, OF(verbose), .doc = "all ladders and tables" },
	OPTION_COLOR(offsetof(struct run_options, color)),
	{ "no-progress", 0, OPTION_SWITCH, OF(no_progress), .doc = "no progress on standard error" },
	{ 0 },
};

static int read_formats(const struct run_options *o, struct run_request *request)
{
	int code = writing_read("run", o->formats, o->out, &request->writing);
	request->writing.quiet = o->quiet;
	if (code == EXIT_EXPECTED && o->dry_run && (o->out || request->writing.kinds[0] != &text_report))
		return usage_error("run", "--dry-run only names cells: no other format, no --out");
	if (code == EXIT_EXPECTED && o->dry_run && (o->store || o->resume))
		return usage_error("run", "--dry-run only names cells: no --store, no --resume");
	return code;
}

static const struct run_options defaults = { .trace = TRACE_OPTION_NONE };

/* --- said again -------------------------------------------------------------------------------- */

/** A command of a shell that runs the whole again, and behind `*decides` what of it decides. */
static const char *command_of(struct arena *a, const struct run_options *o, const struct operands *operands,
			      const char **decides)
{
	struct sink s = { 0 };
	sink_text(&s, "viaport run");
	for (int i = 0; i < operands->n; i++) {
		const char *file = operands->items[i];
		sink_text(&s, *file == '-' && !is_stdin(file) ? " ./" : " ");
		put_shell_word(&s, file);
	}
	size_t files = s.len;
	put_deciding(&s, options, o, &defaults);
	sink_char(&s, '\0');
	const char *command = arena_strdup(a, s.bytes);
	*decides = command[files] ? command + files + 1 : "";
	sink_free(&s);
	return command;
}

/** Not what makes no other results, nor what is hidden: that hangs on who reads them. */
static const char *command_of_results(struct arena *a, const struct run_options *o, const struct operands *operands)
{
	struct run_options all = *o;
	const char *decides;
	all.min_confidence = defaults.min_confidence;
	all.parse = defaults.parse;
	if (all.trace != TRACE_OPTION_FULL)
		all.trace = defaults.trace;
	return command_of(a, &all, operands, &decides);
}

/* --- parts ------------------------------------------------------------------------------------- */

/** What a part cannot do is the whole's, and so the merge's. */
static int shard_refused(const struct run_options *o)
{
	if (o->formats)
		return usage_error("run", "--shard writes a part; its formats come from viaport merge -f");
	if (o->fail_fast)
		return usage_error("run", "--fail-fast would leave a hole in a part: not with --shard");
	if (o->baseline)
		return usage_error("run", "a part has no baseline; viaport diff compares what is merged");
	return EXIT_EXPECTED;
}

static int read_shard(const struct run_options *o, const struct operands *operands, struct arena *a,
		      struct run_request *request)
{
	struct shard *shard = arena_alloc(a, sizeof *shard);
	struct report_kind *kind = arena_alloc(a, sizeof *kind);
	int code = shard_refused(o);
	if (code == EXIT_EXPECTED)
		code = shard_read("run", o->shard, &o->shards, shard);
	if (code == EXIT_EXPECTED && !o->out && !o->dry_run)
		code = usage_error("run", "--shard needs --out DIR");
	if (code != EXIT_EXPECTED)
		return code;
	shard->command = command_of(a, o, operands, &shard->options);
	*kind = part_report;
	kind->file = part_file(a, shard->part, shard->parts);
	request->shard = shard;
	request->writing.kinds[0] = kind;
	return EXIT_EXPECTED;
}

/* --- the whole --------------------------------------------------------------------------------- */

static int wrong_choice(struct arena *a, const char *argument)
{
	const char *meant = only_meant(a, argument);
	return usage_error("run", "--only %s: it takes AXIS=VALUE, several separated by commas%s%s%s", argument,
			   meant ? ", did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

static int read_baseline(const struct run_options *o, const struct operands *operands, struct run_request *request)
{
	if (o->update_baseline && !o->baseline)
		return usage_error("run", "--update-baseline needs --baseline FILE");
	if (!o->baseline)
		return EXIT_EXPECTED;
	if (o->dry_run)
		return usage_error("run", "--dry-run only names cells: nothing to compare");
	if (o->update_baseline && is_stdin(o->baseline))
		return usage_error("run", "--update-baseline needs a file to write");
	for (int i = 0; i < operands->n; i++)
		if (is_stdin(o->baseline) && is_stdin(operands->items[i]))
			return usage_error("run", "standard input can be read once, so name - once");
	baseline_writing(&request->writing);
	return EXIT_EXPECTED;
}

/** It is a question of its own. */
static int read_why(const struct run_options *o, const struct run_request *request)
{
	const struct report_kind *kind = request->writing.kinds[0];
	if (!o->why)
		return EXIT_EXPECTED;
	if (o->only.n || o->baseline || o->shard || o->dry_run || o->fail_fast || o->out || o->store)
		return usage_error("run", "--why chooses its cells itself and only prints: no --only, --baseline, --shard, --dry-run, "
					  "--fail-fast, --out, --store");
	if (o->min_confidence)
		return usage_error("run", "--why tells the confidence of each cell: no --min-confidence");
	if (kind != &text_report && kind != &json_report)
		return usage_error("run", "--why is told as text or json");
	return EXIT_EXPECTED;
}

/** What is hidden is in no result, but in parts and stores, so nobody could tell which cells of a result are missing. */
static int resume_refused(const struct run_options *o, const struct run_request *request)
{
	if (o->store && !*o->store)
		return usage_error("run", "--store needs the name of a file");
	if (o->shard && o->store)
		return usage_error("run", "a part is a file of its own: --store not with --shard");
	if (!o->resume)
		return EXIT_EXPECTED;
	if (!resume_possible(request))
		return usage_error("run", "--resume needs --store FILE, or --out DIR with json among the formats");
	if (!o->store && !o->shard && o->min_confidence)
		return usage_error("run", "--resume and --min-confidence go together with --store FILE only");
	return EXIT_EXPECTED;
}

static int read_store(const struct run_options *o, struct run_request *request)
{
	int code = resume_refused(o, request);
	if (code == EXIT_EXPECTED && o->store)
		request->writing.kinds[request->writing.n_kinds++] = &store_report;
	return code;
}

static int understand(const struct run_options *o, const struct operands *operands, struct arena *a)
{
	struct run_request request = { .options = o, .suggests = true };
	const char *wrong = only_read(a, &o->only, &request.only);
	if (wrong)
		return wrong_choice(a, wrong);
	int code = operands_refused("run", operands);
	request.command = command_of_results(a, o, operands);
	if (code == EXIT_EXPECTED)
		code = read_formats(o, &request);
	if (code == EXIT_EXPECTED && o->shard)
		code = read_shard(o, operands, a, &request);
	else if (code == EXIT_EXPECTED && o->shards.given)
		code = usage_error("run", "--shards goes with --shard auto");
	if (code == EXIT_EXPECTED)
		code = read_baseline(o, operands, &request);
	if (code == EXIT_EXPECTED)
		code = read_why(o, &request);
	if (code == EXIT_EXPECTED)
		code = read_store(o, &request);
	return code == EXIT_EXPECTED ? run_files(operands, &request) : code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct run_options o = defaults;
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed == PARSED ? understand(&o, &operands, a) : parsed_exit(parsed);
	arena_free(a);
	return code;
}

const struct command command_run = {
	.name = "run",
	.operands = "FILE|DIR...",
	.summary = "run scenarios and matrices",
	.examples = "viaport run scenarios/register/seed-test-1.yaml\n"
		    "viaport run scenarios/register/matrix.yaml --only phone=cisco-7940\n"
		    "viaport run scenarios/register/matrix.yaml --why \\\n"
		    "    phone=cisco-7940,router=tplink-er6020,server=3cx-11\n"
		    "viaport run scenarios -f text,json --out results\n",
	.options = options,
	.offer = offer_scenarios,
	.run = run,
};
