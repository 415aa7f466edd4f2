/*
 * What the parts of the player know together. Nobody else includes this.
 *
 *	play.c        steps one after the other, a cell    play_call.c   calls, and what is done in them
 *	play_steps.c  all other steps                      play_probe.c  probes of phones that have registered
 */
#ifndef SCENARIOS_PLAY_SHARED_H
#define SCENARIOS_PLAY_SHARED_H

#include "scenarios/judge.h"
#include "scenarios/lab.h"
#include "scenarios/play.h"

struct call;

/** One step that runs, or is about to. */
struct run {
	struct timer timer; /* begins it, ends a wait, begins the next member of a spread step */
	struct player *player;
	uint32_t step;
	struct step_values values;
	usec began;
	uint64_t pending;   /* attempts of it that have not ended */
	uint64_t members;   /* attempts of it */
	uint64_t spread;    /* members of a spread step that have begun */
	void (*begin_member)(struct run *r, uint64_t i);
	struct call *calls; /* of it that are not over */
};

struct player {
	struct lab lab;
	struct judge judge;
	const struct scenario *scenario;
	struct run *runs; /* of the steps that run together: a call and what happens in it, or any other one
			     alone */
	struct run alone; /* the usual one */
	uint32_t step, last; /* which these are: from the one on, and before the other */
	uint32_t open;	     /* of them have not ended */
	uint32_t reached;    /* steps up to the last one that has begun */
	bool over;	     /* no step is left */
	struct pool probing, calls;
	uint64_t probes; /* phones that are probed */
};

static inline struct run *run_of(struct timer *t)
{
	return CONTAINER(t, struct run, timer);
}

static inline const struct step *step_of(const struct run *r)
{
	return &r->player->scenario->steps[r->step];
}

/** Which of the lab the i-th subject of a step is. */
static inline struct lab_group *subject_of(const struct run *r, uint32_t i)
{
	return &r->player->lab.groups[step_of(r)->subjects[i]];
}

/** Nothing more is to come of the step. */
void run_end(struct run *r);

/** One of the attempts of the step has ended. */
void run_attempt_ended(struct run *r);

/** The world ends when all is known, or when nothing is left to do. */
void stop_when_done(struct player *p);

/* --- play_steps.c --------------------------------------------------------------------------------------- */

/** How each kind of step begins. It ends by run_end() or run_attempt_ended(), perhaps before this returns. */
extern void (*const step_begins[STEP_KINDS])(struct run *);

/** Begins `n` members of the step, from 0 on: at once, or one after the other over the step's time. */
void begin_members(struct run *r, uint64_t n, void (*begin)(struct run *r, uint64_t i));

/* --- play_call.c ---------------------------------------------------------------------------------------- */

void begin_call(struct run *r);
void begin_hold(struct run *r);
void begin_resume(struct run *r);
void begin_mute(struct run *r);

/** The node has lost its memory of all calls. */
void calls_forget(struct player *p, const struct node *node);

/** What the judge tells of calls. */
void call_news(void *context, void *owner, enum call_end at, enum call_news what, uint64_t status);

void play_calls_init(struct player *p);

/* --- play_probe.c --------------------------------------------------------------------------------------- */

/** A phone has registered that `check` wants to see reached. */
void phone_registered(void *context, uint32_t check, const struct evidence *e);

/** A probe of it has ended. */
void phone_probed(void *context, struct probe *probe, bool answered);

void play_probes_init(struct player *p);

#endif
