/*
 * Which knobs of another value of an axis make the difference: the cell is played with one of them as that value has it, then
 * with two.
 */
#ifndef SIM_CLI_CONFIRM_H
#define SIM_CLI_CONFIRM_H

#include "reports/why.h"
#include "scenarios/play.h"

/**
 * Fills w->cures, for each axis along which something is better: all single knobs with which the cell comes to the same, and when
 * there is none, some pairs. Those on which its causes hang come first. False when it was interrupted.
 */
bool knobs_confirm(struct arena *a, struct why *w, const struct play_options *options, uint32_t jobs);

#endif
