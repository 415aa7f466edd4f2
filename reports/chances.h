/*
 * Cells that depend on chance, in words: under how many seeds they are so, and what else becomes of them.
 */
#ifndef REPORTS_CHANCES_H
#define REPORTS_CHANCES_H

#include "reports/report.h"

/** " 3 of 20", which goes behind the verdict: under so many seeds it is this one. Nothing when it does not depend on chance. */
void put_share(struct sink *s, const struct brief *b);

/** "fails 3 of 20: two-phones-one-port, not as expected": one of the outcomes of a cell that was played under `seeds`. */
void put_outcome(struct sink *s, const struct outcome *o, uint32_t seeds);

/** "fails 3 of 20: two-phones-one-port (--seed 7); works 17 of 20 (--seed 1)": all of them in one line, as many as are given. */
void put_outcomes_line(struct sink *s, const struct outcome *outcomes, uint32_t n, uint32_t seeds);

/**
 * Each outcome with the command that shows it, the one that is told first; those that are not kept in the brief are counted.
 *
 *	fails 3 of 20: two-phones-one-port
 *	  viaport run FILE --seed 7
 */
void put_outcomes(struct sink *s, const struct show *show, const struct shown *shown, const struct brief *b,
		  size_t indent);

#define CHANCES_MAX 10 /* are listed; further ones are counted */

/** The cells of a scenario that depend on chance. Zeroed memory has none. */
struct chances {
	struct brief first[CHANCES_MAX];
	uint64_t n;
};

/** Adds the cell when it depends on chance. */
void chances_add(struct chances *c, const struct brief *b);

/** "depends on chance:" and a list of these cells, each with its outcomes; nothing when there is none. */
void put_chances(struct sink *s, const struct show *show, const struct shown *shown, const struct chances *c);

#endif
