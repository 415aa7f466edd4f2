/*
 * Chance: one cell under many seeds, and what may become of it.
 *
 *	seed 1  works      \
 *	seed 2  fails F12   >  fails, 2 of 4: { fails F12, 2 of 4, seed 2 }, { works, 2 of 4, seed 1 }
 *	seed 3  fails F12   |
 *	seed 4  works      /
 */
#ifndef SCENARIOS_CHANCE_H
#define SCENARIOS_CHANCE_H

#include "scenarios/play.h"

#define CHANCE_SEEDS 10000     /* at most */
#define SEED_MAX     INT64_MAX /* readers of JSON know no larger number */

/**
 * As play_cell(), which it is when options->seeds is 0. Else the cell is played under so many seeds, the usual one and those that
 * follow it (0 follows SEED_MAX), one after the other, so that memory is that of one world.
 *
 * Seeds with the same verdict, the same causes and the same expectedness are one outcome. *out is what became of the worst one
 * under its first seed: of the worst verdict, and among those of what was not expected. Its trace is that of this seed. It is as
 * expected when all outcomes are; that a `known` cell works under some seeds is no surprise as long as it does not under others.
 *
 * With seeds it resets `a` between them, and before the first.
 */
void play_seeds(struct arena *a, const struct scenario *s, uint64_t cell, const struct play_options *options,
		struct cell_result *out);

#endif
