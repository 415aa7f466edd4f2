/*
 * Whether what mends a cell goes on doing so, when nothing happens for a while.
 */
#ifndef SIM_CLI_LASTING_H
#define SIM_CLI_LASTING_H

#include "reports/cure.h"
#include "sim/cli/tries.h"

/**
 * Plays each of these that works once more with each of its silences (scenario_silences()), the shortest first, until it ends there.
 * Fills `lasting` of each; of labs with very many nodes it is not known. `t` knows the scenario.
 */
void cures_last(struct tries *t, uint64_t cell, struct cure *items, uint32_t n);

#endif
