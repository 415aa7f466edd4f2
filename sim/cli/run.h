/*
 * Runs the scenarios of a lab and writes the reports: what `run` and `demo` share.
 */
#ifndef SIM_CLI_RUN_H
#define SIM_CLI_RUN_H

#include "reports/report.h"
#include "sim/cli/input.h"
#include "sim/cli/pool.h"
#include "sim/cli/terminal.h"
#include "sim/cli/writers.h"

enum trace_option { TRACE_OPTION_FULL, TRACE_OPTION_FACTS, TRACE_OPTION_COUNTS, TRACE_OPTION_NONE };
enum parse_option { PARSE_OPTION_BUILT, PARSE_OPTION_ALL };

/** What the command line says. Zeroed memory is the default, but for `trace`, which is TRACE_OPTION_NONE. */
struct run_options {
	const char *formats, *out, *shard, *baseline, *store, *why;
	struct number jobs, seed, seeds, max_events, shards;
	struct texts only;
	usec max_time;
	int trace, parse, color, min_confidence;
	bool update_baseline, dry_run, fail_fast, quiet, verbose, no_progress, resume;
};

/** What is asked, once it is understood. */
struct run_request {
	const struct run_options *options;
	struct only only;
	struct writing writing;
	const struct shard *shard; /* the part that runs; NULL: all */
	const char *command; /* as show->command */
	void (*watch)(struct world *); /* taps the world of a run whose ladder is told; NULL: nobody watches */
	bool suggests; /* ends with "next: ..." on standard error */
};

/** What reports show of a run, without scenarios. */
struct show run_show(const struct input *input, const struct run_request *request);

/** What they show of a scenario, of which so many cells are run. */
struct shown run_shown(struct input *input, const struct run_options *o, const struct input_scenario *from, uint64_t cells);

/** How the scenarios of a show are played, one by one. */
struct play_options *run_play_options(struct input *input, const struct run_request *request, const struct show *show);

/** How many cells are played at once. */
uint32_t run_jobs(const struct run_options *o);

/**
 * Loads files and folders and runs what they hold. Runs nothing when anything is wrong with any of them, so
 * that results are never partial by accident. Returns the exit code.
 */
int run_files(const struct operands *operands, const struct run_request *request);

#endif
