/*
 * Looks for what would mend a cell by running it: with each change of one knob, then of two, on the other cells of its matrix, and
 * through a silence in which routers forget.
 *
 * It keeps nothing but what it puts into the arena, so several searches may run at once, each with an arena and jobs 0.
 */
#ifndef SIM_CLI_REMEDY_SEARCH_H
#define SIM_CLI_REMEDY_SEARCH_H

#include "reports/cure.h"
#include "sim/cli/tries.h"

/** How much is tried. */
enum search_depth {
	SEARCH_PAIRS,  /* each change, and pairs of them when no single one helps */
	SEARCH_SINGLE, /* each change */
	SEARCH_NAMED,  /* the remedies of the catalogue */
};

struct cure_options {
	enum search_depth depth;
	uint32_t jobs; /* threads of the pool; 0: this one */
	bool seeded;   /* `seed` replaces the scenario's */
	uint64_t seed;
	bool alone;    /* the other cells of the matrix are nobody's, and not tried */
	bool settings; /* only what can be set: nothing is bought */
};

/**
 * Chain and remedies of a cell, or, where all works, the changes on which that hangs; the same for every number of jobs. They
 * live in `a`, and point into the catalogue, the scenario and `shown`. False when it was interrupted.
 */
bool remedies_search(struct arena *a, const struct catalogue *catalogue, const struct shown *shown, uint64_t cell,
		     const struct cure_options *o, struct cures *out);

/** What of some changes comes to a verdict. */
struct changes {
	const struct trial *items;
	const struct fate *found; /* what becomes of the cell with each */
	uint32_t n;
};

/**
 * Those changes with which a cell comes to `best` or better, in their order; when none does, pairs of them, at most `most_pairs`
 * with different knobs. They live in the arena of `t`.
 */
struct changes changes_search(struct tries *t, uint64_t cell, const struct trials *singles, enum verdict best,
			      uint32_t most_pairs);

#endif
