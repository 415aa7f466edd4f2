/*
 * --resume: what an earlier run has left behind. Its cells are handed to the reports as if they were played, and the run
 * goes on behind them.
 *
 *	--store FILE    the store itself
 *	--out DIR       result.json when it was interrupted, or result.json.viaport-part, which a kill leaves behind;
 *			with --shard the same of the part
 */
#ifndef SIM_CLI_RESUME_H
#define SIM_CLI_RESUME_H

#include "sim/cli/recording.h"
#include "sim/cli/run.h"

struct resumed {
	struct recording recording;
	bool found; /* there is something to go on with */
};

/**
 * Looks for what was left of the run that `show` shows. Without --resume there must be nothing that a run would write over.
 *
 * @return  EXIT_EXPECTED, whether something was found or not; else what is wrong was said on standard error
 */
int resume_open(struct resumed *out, const struct run_request *request, const struct show *show);

void resume_close(struct resumed *r);

/** The results of the run are in place: what was kept of earlier ones goes. */
void resume_forget(const struct writing *w);

/** Is anything written with which a later run could go on? */
bool resume_possible(const struct run_request *request);

#endif
