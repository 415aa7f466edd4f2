/*
 * Between the files that look for conditions.
 *
 *	value   of an axis, as the scenario has it
 *	group   values that are alike in every cell
 *	kind    values of a group that no literal tells apart
 *
 * Whether a box of values is free of cells that work depends on the groups that it touches, and what it covers on its kinds.
 */
#ifndef SCENARIOS_CONDITIONS_SHARED_H
#define SCENARIOS_CONDITIONS_SHARED_H

#include "scenarios/bits.h"
#include "scenarios/conditions.h"

#define NO_GROUP    UINT32_MAX
#define PRODUCT_MAX (UINT64_C(1) << 22) /* cells of groups, and of what must be covered */

/**
 * What naming a value costs, and besides when it is one of the axis: knobs say more. A knob costs up to PRICE_STRANGE besides,
 * the more the less the causes of what fails hang on it. A condition costs more than all values.
 */
#define PRICE_VALUE	(UINT64_C(1) << 20)
#define PRICE_NAME	UINT64_C(128)
#define PRICE_STRANGE	UINT64_C(256)
#define PRICE_CONDITION (UINT64_C(1) << 42)

/** What may be said of an axis. */
struct saying {
	uint64_t *values; /* of which it holds */
	uint64_t *kinds;
	uint64_t price;
	int64_t knob;	/* index; -1: a group by its names */
	uint32_t value; /* a value of which it holds */
};

/** Values of which some sayings hold together. */
struct value_set {
	uint64_t *kinds, *groups; /* that are in it; that are touched by it */
	uint32_t size;		  /* kinds */
	uint64_t price;		  /* of its sayings */
	uint32_t number;	  /* among those that were made */
	uint32_t before;       /* among those that matter, from 1: another one that touches the same groups; 0: none */
	uint32_t from, saying; /* the number of another one and what is said beside; NO_SAYING: all values */
};
#define NO_SAYING UINT32_MAX

/** An axis. */
struct side {
	uint32_t axis, n_values;
	uint32_t *group_of; /* by value; NO_GROUP: it is in no cell that was added */
	uint32_t n_groups;
	uint32_t *first;   /* by group: its first value */
	uint32_t *sizes;   /* by group: how many values it has */
	uint32_t n_seen;   /* values of all groups */
	uint32_t *kind_of; /* by value */
	uint32_t n_kinds;
	uint32_t *kind_group; /* by kind */
	uint32_t kind_words, group_words, value_words;
	const uint64_t *causes; /* by value and row of causes[]: cells that do not work because of it */
	struct saying *sayings;
	uint32_t n_sayings;
	struct value_set *made; /* all sets, for `from` */
	uint32_t n_made, room;
	struct value_set *sets; /* that matter; the larger ones first, of those the cheaper */
	uint32_t n_sets;
};

/** A condition: a set of each side, none of which has a cell that works. */
struct box {
	uint32_t *set; /* by side: index in its sets */
	uint64_t price;
};

/** Rows of causes[] fit into 64 bits. */
#define CAUSES_MAX 64

/** The whole search. */
struct problem {
	struct arena *arena;
	struct side *sides; /* by axis */
	uint32_t n;
	const bool *works, *fails; /* by cell of groups, the last axis changes fastest */
	uint64_t cells;		   /* of groups */
	uint64_t steps;		   /* that are left */
	bool cut;		   /* something was left out for want of steps */
	struct box *boxes;
	uint32_t n_boxes, room;
};

/** Makes the sets of a side, whose groups are known. */
void side_sets(struct problem *p, struct side *side, const struct axis_knobs *knobs);

/** Finds all boxes that matter; those of a cut search may leave cells uncovered. */
void boxes_find(struct problem *p);

/** Adds a box around a cell that fails, some kinds of one group of each axis, as large as single sets make it. */
void box_around(struct problem *p, const uint64_t *const *kinds);

/** The boxes that together cover every cell that fails at the lowest price; how many comes back, 0: it is too much. */
uint32_t boxes_choose(struct problem *p, uint32_t **chosen);

/** How many cells fail in a box, when each group has so many values in it: by axis and group. */
uint64_t box_fails(const struct problem *p, const struct box *box, uint32_t *const *shares);

/** Uses up so many steps. False, and the search is cut, when there are no more. */
bool problem_steps(struct problem *p, uint64_t steps);

#endif
