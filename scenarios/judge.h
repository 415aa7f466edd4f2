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
	struct traits traits; /* of the phone */
};

/** Between whom a call is. All that is pointed to outlives it. */
struct call_parties {
	uint32_t story, step;
	usec began; /* the step */
	const struct node *ends[CALL_ENDS];
	bool phones[CALL_ENDS];
	const struct node *server; /* through which they call */
};

/** What becomes of a call, at one of its ends. */
enum call_news {
	CALL_ANSWERED,	  /* a 2xx came */
	CALL_ESTABLISHED, /* the ACK came */
	CALL_REFUSED,	  /* something else came, or nothing (status 0) */
	CALL_CANCELLED,	  /* a CANCEL came */
	CALL_ACK_MISSING, /* the ACK did not come */
	CALL_EXPIRED,	  /* the session timer ran out */
	CALL_HUNG_UP,	  /* its BYE was answered */
	CALL_BYE_LOST,	  /* it was not */
	CALL_OVER,	  /* a BYE came */
	CALL_HELD,
	CALL_RESUMED,
	CALL_HOLD_FAILED, /* status 0: no answer */
};

struct judged_call;

struct judge {
	struct tap tap; /* first: the world's trace knows it by this */
	struct world *world;
	const struct scenario *scenario;
	const uint32_t *choice;
	struct table attempts; /* by story */
	struct pool pool;
	struct check_state *states; /* one per check of the scenario */
	uint32_t undecided;	    /* checks */
	uint32_t step;		    /* the one that runs */
	uint32_t last;		    /* behind the last of those that run beside it */
	bool all_along;		    /* some check is about everything that is seen */
	bool of_calls;		    /* some check is about calls */
	struct pool calls;
	struct acquaintance *acquaintances; /* by index of the node; NULL: none yet */
	struct upset *upsets;	    /* newest first */
	/** Called when an attempt has ended, after it was judged. */
	void (*ended)(void *context, uint32_t step);
	/** Called when a phone has registered, as the evidence shows, that `check` wants to see reached: probes are to be sent. */
	void (*registered)(void *context, uint32_t check, const struct evidence *e);
	/** Called when a probe has ended, after it was judged. */
	void (*probed)(void *context, struct probe *, bool answered);
	/** Called when there are news of a call, after they were looked at. `owner` is who was given to judge_call(). */
	void (*news)(void *context, void *owner, enum call_end at, enum call_news, uint64_t status);
	void *context;
};

/** Starts watching `w`. `members[i]` says how many answers check i waits for; 0: its step does not run in this cell. */
void judge_init(struct judge *j, struct world *w, const struct scenario *s, const uint32_t *choice, const uint32_t *members);

/** The steps from `step` on and before `last` run (the number of steps: none is left); those before them have ended. */
void judge_step(struct judge *j, uint32_t step, uint32_t last);

/** The conversation `story`, which `sender` begins and which is about `subject`, is what step `step` asked for. */
void judge_watch(struct judge *j, uint32_t story, uint32_t step, const struct node *sender, const struct node *subject);

/** The conversation `story` is this probe. */
void judge_watch_probe(struct judge *j, uint32_t story, struct probe *probe);

/** From now on a call is watched, which is about to begin. It lives until judge_call_over(). */
struct judged_call *judge_call(struct judge *j, const struct call_parties *parties, void *owner);

/** Somebody is asked to hang up: what has been heard until now is what counts. */
void judge_call_hang_up(struct judge *j, struct judged_call *c);

/** An end is asked to put the other one on hold, or to resume. */
void judge_call_hold(struct judged_call *c, enum call_end at);
void judge_call_resume(struct judged_call *c, enum call_end at);

/** Nobody is in the call any more. */
void judge_call_over(struct judge *j, struct judged_call *c);

/** Writes the results of the checks and the verdict of the cell. Call it when the world has ended. */
void judge_finish(struct judge *j, struct cell_result *out);

/** Whether the verdict was expected: `expect`, `known`, `skip`, strictness. Fills expected, known, why, surprise. */
void judge_expected(const struct scenario *s, struct arena *a, struct cell_result *out);

#endif
