/*
 * What the parts of the judge know together. Nobody else includes this.
 *
 *	judge.c         the stream, attempts, results
 *	judge_call.c    calls: their parts, and what becomes of checks on them
 *	judge_expect.c  expectations
 *	judge_audio.c   who hears whom, and for how long not
 */
#ifndef SCENARIOS_JUDGE_SHARED_H
#define SCENARIOS_JUDGE_SHARED_H

#include "scenarios/judge.h"

/** One answer that a check waits for: what a node was asked to do, under way. */
struct attempt {
	struct link link; /* by story */
	uint32_t step;
	struct probe *probe;	  /* NULL: it is none */
	struct judged_call *call; /* NULL: it is none */
	struct evidence evidence;
};

/** What is said of one member of a check. */
struct finding {
	enum verdict result;
	const struct evidence *evidence; /* NULL when it works */
	usec at;			 /* of what stops: when it ceased; else -1: the evidence tells */
	usec between[2];		 /* of what is degraded, from the start of its step */
};

struct check_state {
	uint32_t members;
	uint32_t found[VERDICTS]; /* members, by what became of them */
	struct finding worst;	  /* the first of the worst */
	struct evidence failure;  /* its evidence */
	usec decided;		  /* -1: not yet */
};

/** A verdict on one member of check `check`. */
void member_decided(struct judge *j, uint32_t check, const struct finding *found);


/** The attempt with this story; NULL: it is not watched. */
struct attempt *attempt_find(const struct judge *j, uint32_t story);

/** Watches a call by its story, until attempt_forget(). */
struct attempt *call_watch(struct judge *j, struct judged_call *c, const struct call_parties *parties);
void attempt_forget(struct judge *j, struct attempt *a);

void calls_init(struct judge *j);

/** A record of a call, which may be gone when this returns. */
void call_see(struct judge *j, struct judged_call *c, const struct record *r);

/** Is the node one of its ends? */
bool call_has(const struct judged_call *c, const struct node *n);

/** Ends all calls that are still under way, as if they were over now. */
void calls_finish(struct judge *j);

/** What is known of a phone that has registered. */
struct acquaintance {
	bool registered, failed; /* it has, once; its last registration did not work */
	struct evidence *failure; /* of that one */
	struct traits traits;
	usec since;
};

/** NULL: nothing is known of it. */
const struct acquaintance *acquaintance_of(const struct judge *j, const struct node *phone);

#endif
