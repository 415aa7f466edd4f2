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

/** Writes the line anew: how many of the cells have been played, rate, time left, verdicts of those that were taken. */
void progress_show(struct progress_line *p, uint64_t cells, uint64_t played, const struct totals *taken);

/** Wipes it. */
void progress_end(struct progress_line *p);

#endif
