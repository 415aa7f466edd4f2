/*
 * Comparing what was recorded: what `diff` and a run with a baseline have in common.
 */
#ifndef SIM_CLI_COMPARED_H
#define SIM_CLI_COMPARED_H

#include "reports/compare.h"
#include "sim/cli/recording.h"

/** comparison_before() or comparison_now(). */
typedef const char *compare_cell(struct comparison *c, const struct shown *shown, const char *json, size_t n);

/**
 * Tells a comparison all cells of a recording, which stays open as long as the comparison. `*cells`: how many. False: said on
 * standard error.
 */
bool compare_recording(struct comparison *c, struct recording *r, compare_cell *tell, uint64_t *cells);

#endif
