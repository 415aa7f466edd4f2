/*
 * Which knobs cure a cell: it is played with one of those changed in which it differs from cells that work, then with two.
 */
#ifndef SIM_CLI_CURE_H
#define SIM_CLI_CURE_H

#include "reports/why.h"
#include "scenarios/play.h"

/**
 * Fills w->cures, for each axis along which something is better: all single knobs with which the cell comes to the same, and when
 * there is none, some pairs. Those on which its causes hang come first.
 */
void cures_find(struct arena *a, struct why *w, const struct play_options *options);

#endif
