/*
 * The cheapest choice of columns so that every row has one of them: the problem of covering, solved exactly by leaving out
 * what cannot matter and then by branch and bound.
 *
 *	           columns
 *	row 0      x . x        {1, 2}, {0, 1} and {2, 1} do; the cheapest is wanted
 *	row 1      . x .
 *	row 2      x x .
 */
#ifndef SCENARIOS_COVER_H
#define SCENARIOS_COVER_H

#include "scenarios/bits.h"

struct cover {
	uint32_t rows, columns;
	const uint64_t *const *has; /* by column: the rows that have it; each row is had by one at least */
	const uint64_t *prices;	    /* by column; at least 1, all together below 2^64 */
};

/**
 * Chooses columns: the smallest sum of their prices, and of several such choices always the same one. `chosen` has room for
 * all columns and is filled with their indexes from the least on; how many comes back.
 *
 * Branching looks at no more than about `steps` words of bits; never a time, so that the answer is the same everywhere.
 * *proven says whether it is certainly the cheapest: else the steps did not suffice, and a cheaper one may exist. Memory
 * comes from `a`.
 */
uint32_t cover_cheapest(struct arena *a, const struct cover *c, uint64_t steps, uint32_t *chosen, bool *proven);

#endif
