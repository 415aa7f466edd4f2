/*
 * Results: all that a report may see of a run, beside its trace.
 */
#ifndef SCENARIOS_RESULT_H
#define SCENARIOS_RESULT_H

#include "scenarios/cause.h"
#include "scenarios/scenario.h"
#include "sim/trace.h"

/** What became of one check. */
struct check_result {
	const struct check *check;
	enum verdict result;
	const struct cause *cause; /* NULL when it works */
	const char *lost_at;       /* node that lost the deciding datagram; NULL when none was lost */
	usec at;                   /* when it was decided; -1: never */
	uint32_t datagram;         /* the deciding one, 0: none */
	usec between[2];           /* degraded: from when to when it was silent, from the start of its step */
	const char *sentence;      /* why; NULL when it works */
	uint32_t works, fails;     /* members of the group, each counted once */
	bool expected;             /* single runs: as `expect` says */
	const char *surprise;      /* what was expected instead; NULL when expected */
};

/** What came of a cell under some of its seeds. */
struct outcome {
	enum verdict verdict;
	bool expected;
	uint64_t causes; /* of all checks: bit i for row i of causes[] */
	uint64_t seed;	 /* the first of them */
	uint32_t seeds;	 /* how many they are */
};

#define RESULT_WEAK 8

/** What became of one cell. Lives in the arena given to play_cell(). */
struct cell_result {
	uint64_t cell;
	uint32_t *choice; /* scenario->axes[i].values[choice[i]] */
	enum verdict verdict;
	bool expected, known;
	const char *why;      /* of `skip` or `known`, or of an error; else NULL */
	const char *surprise; /* a sentence when it is not as expected */
	const struct exception *exception; /* the `known` or `skip` that applied, or NULL */
	enum confidence confidence;
	const struct model *weak[RESULT_WEAK]; /* entries of low confidence that it rests on; NULL: no more */
	struct check_result *checks;
	uint32_t n_checks;
	uint32_t seeds; /* under which it was played; 0: as usual under one, and then it has no outcomes */
	const struct outcome *outcomes; /* those that differ, the one that is told here first */
	uint32_t n_outcomes;
	uint32_t unreached;	   /* steps of this cell that had not begun when the world ended */
	const struct world *world; /* its trace and nodes, while the arena lives; NULL when nothing ran */
};

/** Sums over the cells of one scenario. */
struct totals {
	uint64_t verdicts[VERDICTS];
	uint64_t unexpected, known, cells;
	uint64_t by_chance; /* cells that have several outcomes */
	uint64_t hidden;    /* cells that are not shown, and not counted above */
};

/** The causes of all checks: bit i for row i of causes[]. */
uint64_t result_causes(const struct cell_result *r);

void totals_add(struct totals *t, const struct cell_result *r);

#endif
