/*
 * Cells on all cores: batches over libuv's thread pool, taken back strictly in order, so that what is written
 * is the same for every number of workers.
 *
 *	main thread      hand out -> [ batch 7 | batch 8 | batch 9 | ... ] -> take back in order, one cell at a time
 *	worker threads               play a cell, render it, forget its world; next cell
 *
 * A bounded number of batches is under way, so memory does not depend on the number of cells.
 */
#ifndef SIM_CLI_POOL_H
#define SIM_CLI_POOL_H

#include "reports/report.h"
#include "scenarios/chance.h"
#include "sim/cli/select.h"

#define POOL_REPORTS 8 /* at most so many formats at once */

/** What is left of a cell when it comes back. */
struct played {
	uint32_t scenario; /* index in show->scenarios */
	const struct brief *brief;
	const char *rendered[POOL_REPORTS]; /* by index in `kinds`, valid during the call */
	size_t length[POOL_REPORTS];
};

/** Which of the selected cells are played: first, first + step, ..., counted over all scenarios. */
struct share {
	uint64_t first, step, n;
};

struct pool_work {
	const struct show *show;
	struct share share;
	const struct selection *selections; /* by scenario */
	const struct play_options *options; /* by scenario */
	const struct report_kind *const *kinds;
	size_t n_kinds;
	uint32_t jobs;

	/* On the main thread: */
	void *context;
	/** The next cell in order. False: no more, what comes behind it is dropped. */
	bool (*take)(void *context, const struct played *);
	/** After some cells: write what is ready. False as take(). NULL: nothing is. */
	bool (*flush)(void *context);
	/** Every 100 ms with the number of cells that have been played, taken or not; NULL: nothing to do. */
	void (*tick)(void *context, uint64_t played);
};

struct pool_end {
	bool interrupted; /* Ctrl-C, or SIGTERM */
	/** A worker did not come back in time after Ctrl-C: what it uses must not be freed. */
	bool abandoned;
};

/** Plays all selected cells. Once per process and number of jobs: the thread pool cannot be resized. */
struct pool_end pool_run(const struct pool_work *work);

#endif
