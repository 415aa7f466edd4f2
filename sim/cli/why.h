/*
 * --why: one cell of a matrix, and the nearest ones that work.
 */
#ifndef SIM_CLI_WHY_H
#define SIM_CLI_WHY_H

#include "sim/cli/run.h"

/** Runs the cell that `request->options->why` names, and those around it. Returns the exit code. */
int why(struct input *input, const struct run_request *request);

#endif
