/*
 * How far a run is, on standard error: a line that is written anew on a terminal, a plain line now and then in continuous
 * integration, nothing in a pipe or a file.
 */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include "reports/report.h"

enum progress_way { PROGRESS_NONE, PROGRESS_REWRITTEN, PROGRESS_PLAIN };

struct progress_line {
	enum progress_way way;
	uint64_t started, due; /* nanoseconds; no plain line before `due` */
	bool shown;	       /* something must be wiped */
};

/**
 * Looks where standard error goes. CI, GITHUB_ACTIONS and GITLAB_CI tell of continuous integration; they count even on a
 * terminal, since there it is one that is kept as a file.
 */
void progress_begin(struct progress_line *p);

/** How many of the cells have been played, rate, time left, verdicts of those that were taken. Not when not wanted or not due. */
void progress_show(struct progress_line *p, uint64_t cells, uint64_t played, const struct totals *taken);

/** Wipes what would be written anew. */
void progress_end(struct progress_line *p);

#endif
