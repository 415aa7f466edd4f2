/*
 * One line on standard error that says how far a run is. Only on a terminal.
 */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include "reports/report.h"

struct progress_line {
	uint64_t started; /* nanoseconds */
	bool shown;	  /* something must be wiped */
};

void progress_begin(struct progress_line *p);

/** Writes the line anew: cells, rate, time left, verdicts. */
void progress_show(struct progress_line *p, uint64_t cells, const struct totals *done);

/** Wipes it. */
void progress_end(struct progress_line *p);

#endif
