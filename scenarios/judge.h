/*
 * The judge: watches the stream of one world, gathers evidence for each attempt, and says what became of each check.
 *
 * It reads records and nothing else, so its verdicts are the same at every trace level.
 */
#ifndef SCENARIOS_JUDGE_H
#define SCENARIOS_JUDGE_H

#include "scenarios/result.h"
#include "sim/pool.h"
#include "sim/table.h"

struct judge {
	struct tap tap; /* first: the world's trace knows it by this */
	struct world *world;
	const struct scenario *scenario;
	struct table attempts; /* by story */
	struct pool pool;
	struct check_state *states; /* one per check of the scenario */
	uint32_t undecided;	    /* checks */
	/** Called when an attempt has ended, after it was judged. */
	void (*ended)(void *context, uint32_t step);
	void *context;
};

/** Starts watching `w`. `members[i]` says how many answers check i waits for; 0: its step does not run in this cell. */
void judge_init(struct judge *j, struct world *w, const struct scenario *s, const uint32_t *members);

/** The conversation `story` of `subject` is what step `step` asked for. */
void judge_watch(struct judge *j, uint32_t story, const struct node *subject, uint32_t step);

/** Writes the results of the checks and the verdict of the cell. Call it when the world has ended. */
void judge_finish(struct judge *j, struct cell_result *out);

/** Whether the verdict was expected: `expect`, `known`, `skip`, strictness. Fills expected, known, why, surprise. */
void judge_expected(const struct scenario *s, struct arena *a, struct cell_result *out);

#endif
