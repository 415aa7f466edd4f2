/*
 * What a report for people remembers of the scenario at hand until it has ended.
 *
 *	gathered_begin(&g, shown);
 *	gathered_add(&g, shown, brief); ...	each cell
 *	gathered_begin(&g, shown);		the next scenario
 *	gathered_free(&g);
 */
#ifndef REPORTS_GATHERED_H
#define REPORTS_GATHERED_H

#include "reports/chances.h"

struct alike;	   /* reports/alike.h */
struct spread;	   /* reports/spread.h */
struct unverified; /* reports/unverified.h */

#define GATHERED_CELLS 50000 /* of a larger matrix only sums are kept */

/** Cells that have something in common. */
struct tally {
	uint64_t cells;
	struct brief example; /* the first of them */
};

/** The cells of a whole run that have a cause. */
struct finding {
	uint64_t cells;
	const struct shown *shown; /* the scenario of the first of them */
	struct brief example;	   /* and that itself */
};

/** Zeroed memory has gathered nothing. */
struct gathered {
	struct brief *cells;   /* of a matrix; NULL: too many to be kept */
	struct spread *spread; /* what stands in their place; else NULL */
	uint32_t n;	       /* cells */
	struct unverified *unverified;
	struct chances chances;
	struct tally *causes;	  /* by index in causes[] */
	struct tally *exceptions; /* that applied, by index in scenario->exceptions */
	struct brief last;
};

/** Was more than one cell selected? One is told as a run, whatever the axes. */
bool is_matrix(const struct shown *shown);

/** Forgets everything and begins a scenario. */
void gathered_begin(struct gathered *g, const struct shown *shown);

void gathered_add(struct gathered *g, const struct shown *shown, const struct brief *b);

void gathered_free(struct gathered *g);

/** Findings of all causes, by index in causes[], and none of them yet; for free(). */
struct finding *findings_new(void);

/** Adds what was gathered of a scenario. */
void findings_add(struct finding *findings, const struct gathered *g, const struct shown *shown);

/** How a matrix is shown: tables, or sums in their place. */
struct picture {
	const struct scenario *scenario;
	const struct brief *cells; /* of the tables */
	uint32_t n;
	struct alike *alike;   /* which values share rows and columns; NULL: each stands for itself */
	struct spread *spread; /* sums, because it is too large or too varied for tables; else NULL */
};

/** The picture of what was gathered: at most MATRIX_MAX cells in its tables. Lives no longer than `g`. */
struct picture picture_of(struct gathered *g, const struct shown *shown);

/** The same with values that are alike sharing rows and columns, however few cells there are. */
struct picture picture_folded(struct gathered *g, const struct shown *shown);

void picture_free(struct picture *p, const struct gathered *g);

/** "8 cells known: the router picks a new port"; false when the i-th exception of the scenario did not apply. */
bool put_exception(struct sink *s, const struct gathered *g, const struct shown *shown, uint32_t i);

#endif
