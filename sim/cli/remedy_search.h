/*
 * Looks for what would mend a cell by running it: with each change of one knob, then of two, and on the other cells of its matrix.
 */
#ifndef SIM_CLI_REMEDY_SEARCH_H
#define SIM_CLI_REMEDY_SEARCH_H

#include "reports/cure.h"
#include "sim/cli/input.h"

struct cure_options {
	uint32_t jobs;
	bool seeded; /* `seed` replaces the scenario's */
	uint64_t seed;
	bool alone; /* the other cells of the matrix are nobody's, and not tried */
};

/**
 * Chain and remedies of a cell, the same for every number of jobs. They live as long as the input; `out->shown` is `shown`.
 * False when it was interrupted.
 */
bool remedies_search(struct input *input, const struct shown *shown, uint64_t cell, const struct cure_options *o,
		     struct cures *out);

#endif
