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

/** One request from a server to a phone, to see whether it can be reached. Belongs to who sends it. */
struct probe {
	uint32_t check;
	const struct node *server, *phone;
	usec since; /* when the phone had registered */
	bool last;  /* the one after which the check is decided when it is answered */
	bool late;  /* one was answered before */
	bool contact_rewritten, not_pinged; /* what the evidence of the registration says */
};

struct judge {
	struct tap tap; /* first: the world's trace knows it by this */
	struct world *world;
	const struct scenario *scenario;
	struct table attempts; /* by story */
	struct pool pool;
	struct check_state *states; /* one per check of the scenario */
	uint32_t undecided;	    /* checks */
	uint32_t step;		    /* the one that runs */
	bool all_along;		    /* some check is about everything that is seen */
	struct upset *upsets;	    /* newest first */
	/** Called when an attempt has ended, after it was judged. */
	void (*ended)(void *context, uint32_t step);
	/** Called when a phone has registered, as the evidence shows, that `check` wants to see reached: probes are to be sent. */
	void (*registered)(void *context, uint32_t check, const struct evidence *e);
	/** Called when a probe has ended, after it was judged. */
	void (*probed)(void *context, struct probe *, bool answered);
	void *context;
};

/** Starts watching `w`. `members[i]` says how many answers check i waits for; 0: its step does not run in this cell. */
void judge_init(struct judge *j, struct world *w, const struct scenario *s, const uint32_t *members);

/** Step `step` begins (the number of steps: none is left); those before it have ended. */
void judge_step(struct judge *j, uint32_t step);

/** The conversation `story`, which `sender` begins and which is about `subject`, is what step `step` asked for. */
void judge_watch(struct judge *j, uint32_t story, uint32_t step, const struct node *sender, const struct node *subject);

/** The conversation `story` is this probe. */
void judge_watch_probe(struct judge *j, uint32_t story, struct probe *probe);

/** Writes the results of the checks and the verdict of the cell. Call it when the world has ended. */
void judge_finish(struct judge *j, struct cell_result *out);

/** Whether the verdict was expected: `expect`, `known`, `skip`, strictness. Fills expected, known, why, surprise. */
void judge_expected(const struct scenario *s, struct arena *a, struct cell_result *out);

#endif
