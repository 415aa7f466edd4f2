/*
 * When a matrix fails: the smallest set of conditions that hold in every cell that does not work, and in none that works.
 *
 *	phone rport is off and router ports is random and server force-rport is off
 *	phone send-port is ephemeral
 *
 * A condition is a conjunction of literals, each of one axis: a knob behind its values has a value, or the axis has one of
 * some values that are alike in every cell. Smallest means: the fewest conditions; then the fewest values named in all of
 * them; then knobs on which the causes of those cells hang, other knobs rather than names of several values, and the name of
 * one value rather than a knob that only happens to go with it. A knob that picks only some of the values that are alike in
 * every cell explains nothing and is not used. What was skipped, could not be run or was not run may go either way.
 *
 *	struct conditions *c = conditions_new(s, knobs, cells);
 *	conditions_add(c, cell, verdict, causes);               for each cell that ran
 *	conditions_solve(c);
 *	conditions_found(c)->items ...
 *	conditions_free(c);
 */
#ifndef SCENARIOS_CONDITIONS_H
#define SCENARIOS_CONDITIONS_H

#include "scenarios/axis_knobs.h"

/** "phone rport is off", "router is pf or linux". */
struct literal {
	uint32_t axis;
	const char *knob;	   /* NULL: the axis itself */
	const char *const *values; /* of a knob one; of the axis those that are alike, in its order */
	const char *const *labels; /* the same for people */
	uint32_t n;
};

/** All of its literals hold at once; none: it always holds. */
struct condition {
	const struct literal *when; /* by axis, then in the order of knobs */
	uint32_t n;
	uint64_t cells; /* that do not work, and in which it holds */
	bool softly;	/* some of them do not fail: they are degraded, or stop */
};

/** How sure it is. */
enum conditions_proof {
	CONDITIONS_SMALLEST,  /* there is no smaller set */
	CONDITIONS_UNPROVEN,  /* exact, but looking for a smaller set was given up after so many steps */
	CONDITIONS_TOO_LARGE, /* none were looked for: there are too many cells, or they follow no rule */
};

/** What was found. */
struct conditions_found {
	const struct condition *items; /* those with the most cells first */
	uint32_t n;
	enum conditions_proof proof;
	uint64_t works, fails; /* cells that work, and that do not */
	uint64_t others;       /* cells that were selected and say nothing: skipped, in error or unseen */
	uint64_t unseen;       /* of these: never added, as they did not run or are hidden */
};

struct conditions;

/** Of a scenario with axes, and its axis_knobs(); both are kept. So many cells were selected. */
struct conditions *conditions_new(const struct scenario *s, const struct axis_knobs *knobs, uint64_t selected);

/** What became of a cell, and why, as bits of rows of causes[]. Each cell once, in any order. */
void conditions_add(struct conditions *c, uint64_t cell, enum verdict verdict, uint64_t causes);

/** Looks for the conditions; the answer depends on what was added alone. Once, when everything was added. */
void conditions_solve(struct conditions *c);

/** The result of conditions_solve(), as long as `c` lives. */
const struct conditions_found *conditions_found(const struct conditions *c);

/** NULL is allowed. */
void conditions_free(struct conditions *c);

#endif
