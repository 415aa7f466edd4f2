/*
 * Boxes without a cell that works: a set of each axis. Larger ones cover more and cheaper ones name less; a box that another
 * one beats in both does not matter.
 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/conditions_shared.h"

#define BOXES_MAX  20000
#define MEMORY_MAX (1 << 26) /* bytes */

static void box_keep(struct problem *p, const uint32_t *set)
{
	if (p->n_boxes == p->room) {
		struct box *larger = arena_alloc(p->arena, (p->room * 2 + 64) * sizeof *larger);
		if (p->n_boxes)
			memcpy(larger, p->boxes, p->n_boxes * sizeof *larger);
		p->boxes = larger;
		p->room = p->room * 2 + 64;
	}
	struct box *box = &p->boxes[p->n_boxes++];
	*box = (struct box){ .set = arena_alloc(p->arena, p->n * sizeof *box->set) };
	memcpy(box->set, set, p->n * sizeof *box->set);
	for (uint32_t i = 0; i < p->n; i++)
		box->price += p->sides[i].sets[set[i]].price;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/** The walk through the axes, in an order of its own. */
struct walk {
	struct problem *problem;
	uint32_t *order; /* the axis with most sets last: there it costs least */
	uint64_t *below; /* by level: how many cells all later levels have together */
	uint32_t *set;	 /* by axis: what was chosen so far */
	bool **works; /* by level: of the cells from that level on, does any work whose earlier values were chosen? */
	uint32_t **kept; /* by level: sets that matter beside the earlier ones */
	bool stopped;	 /* it has become too long */
};

static const struct side *side_at(const struct walk *w, uint32_t level)
{
	return &w->problem->sides[w->order[level]];
}

/** What works from the next level on, beside a set of this one. False when everything does. */
static bool works_beside(const struct walk *w, uint32_t level, const struct value_set *set, bool *works)
{
	const struct side *side = side_at(w, level);
	uint64_t below = w->below[level], some = 0;
	memset(works, 0, below);
	for (uint32_t g = bits_next(set->groups, 0, side->n_groups); g < side->n_groups;
	     g = bits_next(set->groups, g + 1, side->n_groups))
		for (uint64_t i = 0; i < below; i++)
			works[i] |= w->works[level][g * below + i];
	for (uint64_t i = 0; i < below; i++)
		some += works[i];
	return some < below;
}

/** Is a set in one that was kept, which costs no more and beside which no more works? */
static bool is_beaten(const struct walk *w, uint32_t level, const struct value_set *set, const bool *works, uint32_t n,
		      const bool *kept_works)
{
	const struct side *side = side_at(w, level);
	uint64_t below = w->below[level];
	for (uint32_t i = 0; i < n; i++) {
		const struct value_set *kept = &side->sets[w->kept[level][i]];
		if (kept->price <= set->price && bits_within(set->kinds, kept->kinds, side->kind_words) &&
		    memcmp(works, kept_works + i * below, below) == 0)
			return true;
	}
	return false;
}

static void walk_level(struct walk *w, uint32_t level);

static void walk_on(struct walk *w, uint32_t level, uint32_t set, const bool *works)
{
	w->set[w->order[level]] = set;
	if (level + 1 == w->problem->n) {
		box_keep(w->problem, w->set);
		return;
	}
	memcpy(w->works[level + 1], works, w->below[level]);
	walk_level(w, level + 1);
}

static void walk_stop(struct walk *w)
{
	w->stopped = true;
	w->problem->cut = true;
}

/** Every set of this level that matters beside what was chosen before. */
static void walk_level(struct walk *w, uint32_t level)
{
	struct problem *p = w->problem;
	const struct side *side = side_at(w, level);
	uint64_t below = w->below[level];
	bool *kept_works = side->n_sets * below <= MEMORY_MAX ? malloc(side->n_sets * below) : NULL;
	uint32_t n = 0;
	for (uint32_t i = 0; i < side->n_sets && kept_works; i++) {
		const struct value_set *set = &side->sets[i];
		bool *works = kept_works + n * below;
		if (!problem_steps(p, below / 8 * bits_count(set->groups, side->group_words) + n + 1)) {
			walk_stop(w);
			break;
		}
		if (works_beside(w, level, set, works) && !is_beaten(w, level, set, works, n, kept_works))
			w->kept[level][n++] = i;
	}
	for (uint32_t i = 0; i < n && !w->stopped; i++)
		walk_on(w, level, w->kept[level][i], kept_works + i * below);
	if (p->n_boxes > BOXES_MAX || !kept_works)
		walk_stop(w);
	free(kept_works);
}

/** Axes with few sets first. */
static void order_axes(struct walk *w)
{
	struct problem *p = w->problem;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t k = i;
		for (; k > 0 && p->sides[w->order[k - 1]].n_sets > p->sides[i].n_sets; k--)
			w->order[k] = w->order[k - 1];
		w->order[k] = i;
	}
}

/** Puts what works into the order of the walk. */
static void works_in_order(struct walk *w, bool *works)
{
	const struct problem *p = w->problem;
	uint64_t *stride = arena_alloc(p->arena, p->n * sizeof *stride); /* by axis, in the walk's order */
	for (uint32_t level = 0; level < p->n; level++)
		stride[w->order[level]] = w->below[level];
	for (uint64_t cell = 0; cell < p->cells; cell++) {
		uint64_t rest = cell, to = 0;
		for (uint32_t i = p->n; i > 0; i--) {
			to += rest % p->sides[i - 1].n_groups * stride[i - 1];
			rest /= p->sides[i - 1].n_groups;
		}
		works[to] = p->works[cell];
	}
}

static void walk_all(struct problem *p)
{
	struct arena *a = p->arena;
	struct walk w = { .problem = p };
	uint64_t below = 1;
	w.order = arena_alloc(a, p->n * sizeof *w.order);
	w.below = arena_alloc(a, p->n * sizeof *w.below);
	w.set = arena_alloc(a, p->n * sizeof *w.set);
	w.works = arena_alloc(a, p->n * sizeof *w.works);
	w.kept = arena_alloc(a, p->n * sizeof *w.kept);
	order_axes(&w);
	for (uint32_t level = p->n; level > 0; level--) {
		const struct side *side = side_at(&w, level - 1);
		w.below[level - 1] = below;
		below *= side->n_groups;
		w.works[level - 1] = arena_alloc(a, below);
		w.kept[level - 1] = arena_alloc(a, side->n_sets * sizeof **w.kept);
	}
	works_in_order(&w, w.works[0]);
	walk_level(&w, 0);
}

/* --- which of them matter ----------------------------------------------------------------------------------------- */

/** A box, and by what boxes are sorted. */
struct ranked {
	struct box box;
	double size;
	uint32_t number;
};

static int by_rank(const void *one, const void *other)
{
	const struct ranked *a = one, *b = other;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	if (a->box.price != b->box.price)
		return a->box.price < b->box.price ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static bool is_in(const struct problem *p, const struct box *box, const struct box *other)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct side *side = &p->sides[i];
		const struct value_set *one = &side->sets[box->set[i]], *larger = &side->sets[other->set[i]];
		if (one != larger &&
		    (one->size >= larger->size || !bits_within(one->kinds, larger->kinds, side->kind_words)))
			return false;
	}
	return true;
}

/** Leaves out boxes that lie in one that is no dearer. */
static void boxes_lessen(struct problem *p)
{
	struct ranked *ranked = arena_alloc(p->arena, p->n_boxes * sizeof *ranked);
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->n_boxes; i++) {
		ranked[i] = (struct ranked){ p->boxes[i], 1, i };
		for (uint32_t k = 0; k < p->n; k++)
			ranked[i].size *= p->sides[k].sets[p->boxes[i].set[k]].size;
	}
	qsort(ranked, p->n_boxes, sizeof *ranked, by_rank);
	for (uint32_t i = 0; i < p->n_boxes; i++) {
		uint32_t k = 0;
		while (k < n && (p->boxes[k].price > ranked[i].box.price || !is_in(p, &ranked[i].box, &p->boxes[k])))
			k++;
		if (k == n)
			p->boxes[n++] = ranked[i].box;
	}
	p->n_boxes = n;
}

void boxes_find(struct problem *p)
{
	walk_all(p);
	boxes_lessen(p);
}

/* --- one of them -------------------------------------------------------------------------------------------------- */

static uint64_t sum_from(const struct problem *p, const uint32_t *set, uint32_t *const *shares, uint32_t axis,
			 uint64_t cell)
{
	uint64_t sum = 0;
	if (axis == p->n)
		return p->fails[cell];
	const struct side *side = &p->sides[axis];
	const uint64_t *groups = side->sets[set[axis]].groups;
	for (uint32_t g = bits_next(groups, 0, side->n_groups); g < side->n_groups;
	     g = bits_next(groups, g + 1, side->n_groups))
		sum += sum_from(p, set, shares, axis + 1, cell * side->n_groups + g) * shares[axis][g];
	return sum;
}

uint64_t box_fails(const struct problem *p, const struct box *box, uint32_t *const *shares)
{
	return sum_from(p, box->set, shares, 0, 0);
}

/** Does no cell work in a box? */
static bool is_free(const struct problem *p, const uint32_t *set, uint32_t axis, uint64_t cell)
{
	if (axis == p->n)
		return !p->works[cell];
	const struct side *side = &p->sides[axis];
	const uint64_t *groups = side->sets[set[axis]].groups;
	for (uint32_t g = bits_next(groups, 0, side->n_groups); g < side->n_groups;
	     g = bits_next(groups, g + 1, side->n_groups))
		if (!is_free(p, set, axis + 1, cell * side->n_groups + g))
			return false;
	return true;
}

/** Makes a set of a box the largest one around these kinds that leaves it free of cells that work. */
static void set_enlarge(const struct problem *p, uint32_t *set, uint32_t axis, const uint64_t *kinds)
{
	const struct side *side = &p->sides[axis];
	uint32_t least = set[axis];
	for (set[axis] = 0; set[axis] < least; set[axis]++)
		if (bits_within(kinds, side->sets[set[axis]].kinds, side->kind_words) && is_free(p, set, 0, 0))
			return;
}

/** The largest set around kinds of one group that touches no other one: the whole group. */
static uint32_t group_set(const struct side *side, const uint64_t *kinds)
{
	uint32_t i = 0;
	while (bits_count(side->sets[i].groups, side->group_words) > 1 ||
	       !bits_within(kinds, side->sets[i].kinds, side->kind_words))
		i++;
	return i;
}

void box_around(struct problem *p, const uint64_t *const *kinds)
{
	uint32_t *set = arena_alloc(p->arena, p->n * sizeof *set);
	for (uint32_t i = 0; i < p->n; i++)
		set[i] = group_set(&p->sides[i], kinds[i]);
	for (uint32_t i = 0; i < p->n; i++)
		set_enlarge(p, set, i, kinds[i]);
	box_keep(p, set);
}
