/*
 * What one may change about a lab to see whether it helps: knobs of its nodes, and the remedies of the catalogue.
 *
 * A trial is a copy of the scenario with something else in it; its cells have the same numbers. Not tried is what only names a
 * device or says where it is (field_is_knob()), nor what is pinned, nor seeds, nor what nobody should be told to do (`unadvised`).
 */
#ifndef SCENARIOS_TRIAL_H
#define SCENARIOS_TRIAL_H

#include "scenarios/scenario.h"

/** What somebody has to touch, in the order of what it costs. */
enum effort { EFFORT_PHONE, EFFORT_SERVER, EFFORT_ROUTER, EFFORT_HARDWARE, EFFORTS };

/** "a setting of a phone", ... NULL; by enum effort. */
extern const char *const effort_words[];

struct trial {
	const struct model *remedy;	/* of the catalogue, when this is what it does; else NULL */
	const struct tried_knob *knobs; /* else, or beside its name: what is changed */
	uint32_t n;			/* 0: all that the remedy says */
	enum effort effort;
};

/** One knob of a trial for people: "pbx", "force-rport", "on". */
struct trial_text {
	const char *node, *knob, *value;
};

struct trials {
	const struct trial *items;
	uint32_t n;
};

/**
 * Every single change of a cell: each knob of each node to each other value (all words; of numbers and durations some), part by
 * part (a router's ALG: none, and those of the catalogue), and the remedies that change something here. In the order of remedies,
 * nodes and knobs. They live in `a` and point into the scenario and the catalogue.
 */
struct trials trials_single(struct arena *a, const struct scenario *s, const uint32_t *choice,
			    const struct catalogue *c);

/**
 * The changes, each of one knob, that make the devices of a cell as they are with another value of an axis: of all nodes of a kind
 * at once, when they are alike in it. None is of what the cell has already.
 *
 * @param value  the other value of the axis
 */
struct trials trials_towards(struct arena *a, const struct scenario *s, const uint32_t *choice, uint32_t axis,
			     uint32_t value);

/** Do they change the same knobs to the same values? */
bool trial_equal(const struct trial *one, const struct trial *other);

/** Do they change the same knobs, to whatever values? */
bool trial_same_knobs(const struct trial *one, const struct trial *other);

/**
 * Two changes at once, one after the other in `out`; false when they have a knob in common, or one of them is a whole remedy.
 */
bool trial_pair(struct arena *a, const struct trial *one, const struct trial *other, struct trial *out);

/** The scenario with this in it. Its remedies are those of the file, and this one; of an axis of remedies this one takes the place. */
struct scenario *trial_scenario(struct arena *a, const struct scenario *s, const struct trial *t);

/** What it changes in a cell; how many comes back. A replaced phone is the knob "model". */
uint32_t trial_texts(struct arena *a, const struct scenario *s, const uint32_t *choice, const struct trial *t,
		     const struct trial_text **out);

#endif
