/*
 * Why a cell of a matrix does not work, as advice before somebody buys: the nearest cells that do, and in what they differ.
 */
#ifndef REPORTS_WHY_H
#define REPORTS_WHY_H

#include "reports/report.h"

struct why_cell {
	struct brief brief;
	const char *sentence; /* why it does not work; NULL: it does */
};

/** "router ports" is `here` in the cell and `there` in another one. */
struct why_knob {
	const char *name, *here, *there;
};

/** Knobs with which alone the cell comes to what the best along an axis do: it was played so. */
struct why_cure {
	struct why_knob knobs[2];
	uint32_t n;
};

struct why_cures {
	const struct why_cure *items;
	uint32_t n;
};

/** A cell and those around it. */
struct why {
	const struct shown *shown;
	struct why_cell it;
	const struct why_cell *near; /* those that differ in one axis, in the order of cells */
	uint64_t n_near;
	const struct why_cures *cures; /* by axis; NULL: nobody looked for them */
	const struct why_cell *far; /* when none of them works: those that do and differ in `changes` axes */
	uint64_t n_far;
	uint32_t changes; /* 0: nobody looked for them */
	uint64_t unseen;  /* cells that differ in more axes and were not run, because they are so many */
};

/** The best verdict along an axis that is better than the cell's; VERDICTS: there is none. */
enum verdict why_best(const struct why *w, uint32_t axis);

void put_why(struct sink *s, const struct paper *paper, const struct why *w);

/** docs/ci.md says what stands where. */
void put_why_json(struct sink *s, const struct why *w);

#endif
