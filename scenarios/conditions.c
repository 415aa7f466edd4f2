#include "scenarios/conditions.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/conditions_shared.h"
#include "scenarios/names.h"
#include "sim/rng.h"

#define CELLS_MAX  (UINT64_C(1) << 28) /* of a scenario: 2 bits each are kept */
#define VALUES_MAX 2048		       /* of an axis */
#define STEPS	   (UINT64_C(1) << 24) /* for sets and boxes */

struct conditions {
	struct arena *arena;
	const struct scenario *scenario;
	const struct axis_knobs *knobs;
	uint64_t cells;
	uint64_t *works, *fails; /* by cell; NULL: too many */
	uint64_t *softly;	 /* of those that fail: it is degraded, or stops */
	uint64_t **causes;	 /* by axis; by value and row of causes[]: cells that do not work because of it */
	struct conditions_found found;
};

/* --- what became of the cells ------------------------------------------------------------------------------------- */

struct conditions *conditions_new(const struct scenario *s, const struct axis_knobs *knobs, uint64_t selected)
{
	struct arena *a = arena_new();
	struct conditions *c = arena_alloc(a, sizeof *c);
	*c = (struct conditions){ .arena = a, .scenario = s, .knobs = knobs, .cells = scenario_cells(s) };
	c->found.others = c->found.unseen = selected;
	if (c->cells <= CELLS_MAX) {
		c->works = calloc(bits_words(c->cells) + 1, sizeof *c->works);
		c->fails = calloc(bits_words(c->cells) + 1, sizeof *c->fails);
		c->softly = calloc(bits_words(c->cells) + 1, sizeof *c->softly);
		assert(c->works && c->fails && c->softly);
	}
	c->causes = arena_alloc(a, s->n_axes * sizeof *c->causes);
	for (uint32_t i = 0; i < s->n_axes; i++)
		c->causes[i] = arena_alloc(a, s->axes[i].n * CAUSES_MAX * sizeof **c->causes);
	return c;
}

static void causes_count(const struct conditions *c, uint64_t cell, uint64_t causes)
{
	const struct scenario *s = c->scenario;
	uint64_t rest = cell;
	for (uint32_t i = s->n_axes; i > 0; i--) {
		uint64_t *counts = c->causes[i - 1] + rest % s->axes[i - 1].n * CAUSES_MAX;
		for (uint32_t row = bits_next(&causes, 0, CAUSES_MAX); row < CAUSES_MAX;
		     row = bits_next(&causes, row + 1, CAUSES_MAX))
			counts[row]++;
		rest /= s->axes[i - 1].n;
	}
}

void conditions_add(struct conditions *c, uint64_t cell, enum verdict verdict, uint64_t causes)
{
	bool works = verdict == VERDICT_WORKS;
	c->found.unseen--;
	if (verdict == VERDICT_SKIPPED || verdict == VERDICT_ERROR)
		return;
	c->found.works += works;
	c->found.fails += !works;
	c->found.others--;
	if (c->works)
		bit_set(works ? c->works : c->fails, cell);
	if (c->works && !works && verdict != VERDICT_FAILS)
		bit_set(c->softly, cell);
	if (!works)
		causes_count(c, cell, causes);
}

void conditions_free(struct conditions *c)
{
	if (!c)
		return;
	free(c->works);
	free(c->fails);
	free(c->softly);
	arena_free(c->arena);
}

const struct conditions_found *conditions_found(const struct conditions *c)
{
	return &c->found;
}

/* --- values that are alike ---------------------------------------------------------------------------------------- */

/** Each cell adds a hash of what became of it, tied to its other axes; sums do not depend on the order. */
static void looks_add(const struct conditions *c, const uint64_t *cells, uint64_t look, uint64_t *const *sums)
{
	const struct scenario *s = c->scenario;
	for (uint64_t cell = bits_next(cells, 0, (uint32_t)c->cells); cell < c->cells;
	     cell = bits_next(cells, (uint32_t)cell + 1, (uint32_t)c->cells)) {
		uint64_t stride = 1;
		for (uint32_t i = s->n_axes; i > 0; i--) {
			uint64_t value = cell / stride % s->axes[i - 1].n;
			sums[i - 1][value] += stream_draw((struct stream){ look }, cell - value * stride);
			stride *= s->axes[i - 1].n;
		}
	}
}

/** Values with the same sum are alike in every cell; one without any is in none. */
static void side_groups(struct arena *a, struct side *side, const uint64_t *sums)
{
	struct names *seen = names_new(a);
	side->group_of = arena_alloc(a, side->n_values * sizeof *side->group_of);
	side->first = arena_alloc(a, side->n_values * sizeof *side->first);
	side->sizes = arena_alloc(a, side->n_values * sizeof *side->sizes);
	for (uint32_t v = 0; v < side->n_values; v++) {
		uint32_t number = side->n_groups;
		side->group_of[v] = NO_GROUP;
		if (!sums[v])
			continue;
		if (names_add(seen, (const char *)&sums[v], sizeof sums[v], &number))
			side->first[side->n_groups++] = v;
		side->group_of[v] = number;
		side->sizes[number]++;
		side->n_seen++;
	}
}

/** The sides with their groups. False: an axis has too many values. */
static bool sides_make(struct problem *p, const struct conditions *c)
{
	const struct scenario *s = c->scenario;
	uint64_t **sums = arena_alloc(p->arena, s->n_axes * sizeof *sums);
	p->n = s->n_axes;
	p->sides = arena_alloc(p->arena, p->n * sizeof *p->sides);
	for (uint32_t i = 0; i < p->n; i++) {
		if (s->axes[i].n > VALUES_MAX)
			return false;
		sums[i] = arena_alloc(p->arena, s->axes[i].n * sizeof **sums);
	}
	looks_add(c, c->works, VERDICT_WORKS, sums);
	looks_add(c, c->fails, VERDICT_FAILS, sums);
	p->cells = 1;
	for (uint32_t i = 0; i < p->n; i++) {
		p->sides[i].axis = i;
		p->sides[i].n_values = s->axes[i].n;
		p->sides[i].causes = c->causes[i];
		side_groups(p->arena, &p->sides[i], sums[i]);
		p->cells *= p->sides[i].n_groups;
		if (p->cells > PRODUCT_MAX)
			return false;
	}
	return true;
}

/** What became of the cells of groups: of the cells of their first values. */
static bool *groups_marked(const struct problem *p, const struct conditions *c, const uint64_t *cells)
{
	bool *marked = arena_alloc(p->arena, p->cells);
	for (uint64_t at = 0; at < p->cells; at++) {
		uint64_t rest = at, cell = 0;
		for (uint32_t i = p->n; i > 0; i--) {
			const struct side *side = &p->sides[i - 1];
			cell += side->first[rest % side->n_groups] * scenario_stride(c->scenario, i - 1);
			rest /= side->n_groups;
		}
		marked[at] = bit_is_set(cells, cell);
	}
	return marked;
}

/* --- in words ----------------------------------------------------------------------------------------------------- */

/** The sayings of a set, in their order; how many comes back. */
static uint32_t sayings_of(struct arena *a, const struct side *side, const struct value_set *set, uint32_t **sayings)
{
	uint32_t n = 0;
	for (const struct value_set *from = set; from->saying != NO_SAYING; from = &side->made[from->from])
		n++;
	*sayings = arena_alloc(a, n * sizeof **sayings);
	n = 0;
	for (const struct value_set *from = set; from->saying != NO_SAYING; from = &side->made[from->from]) {
		uint32_t at = n++;
		for (; at > 0 && (*sayings)[at - 1] > from->saying; at--)
			(*sayings)[at] = (*sayings)[at - 1];
		(*sayings)[at] = from->saying;
	}
	return n;
}

static struct literal literal_of(const struct conditions *c, const struct side *side, const struct saying *said)
{
	const struct axis *axis = &c->scenario->axes[side->axis];
	const char **values = arena_alloc(c->arena, axis->n * sizeof *values);
	const char **labels = arena_alloc(c->arena, axis->n * sizeof *labels);
	struct literal l = { side->axis, NULL, values, labels, 0 };
	if (said->knob >= 0) {
		const struct axis_knob *knob = &c->knobs[side->axis].items[said->knob];
		values[0] = labels[0] = knob->values[said->value];
		return (struct literal){ side->axis, knob->name, values, labels, 1 };
	}
	for (uint32_t v = 0; v < axis->n; v++)
		if (bit_is_set(said->values, v)) {
			values[l.n] = axis->values[v];
			labels[l.n++] = axis->labels[v];
		}
	return l;
}

/** How many values of each group a set of each axis has: what a box covers of the cells of groups. */
static uint32_t *shares_of_set(struct arena *a, const struct side *side, const struct value_set *set)
{
	uint32_t *shares = arena_alloc(a, side->n_groups * sizeof *shares);
	for (uint32_t v = 0; v < side->n_values; v++)
		if (side->group_of[v] != NO_GROUP && bit_is_set(set->kinds, side->kind_of[v]))
			shares[side->group_of[v]]++;
	return shares;
}

static bool holds(const struct conditions *c, const struct problem *p, const struct box *box, uint64_t cell)
{
	for (uint32_t i = p->n; i > 0; i--) {
		const struct side *side = &p->sides[i - 1];
		uint64_t value = cell % c->scenario->axes[i - 1].n;
		if (!bit_is_set(side->sets[box->set[i - 1]].kinds, side->kind_of[value]))
			return false;
		cell /= c->scenario->axes[i - 1].n;
	}
	return true;
}

/** Does it hold in a cell that is degraded, or stops? */
static bool holds_softly(const struct conditions *c, const struct problem *p, const struct box *box)
{
	uint32_t n = (uint32_t)c->cells;
	for (uint32_t cell = bits_next(c->softly, 0, n); cell < n; cell = bits_next(c->softly, cell + 1, n))
		if (holds(c, p, box, cell))
			return true;
	return false;
}

static struct condition condition_of(const struct conditions *c, const struct problem *p, const struct box *box)
{
	uint32_t **shares = arena_alloc(p->arena, p->n * sizeof *shares), *sayings;
	struct condition out = { 0 };
	struct literal *when = arena_alloc(c->arena, (box->price / PRICE_VALUE + 1) * sizeof *when);
	for (uint32_t i = 0; i < p->n; i++) {
		const struct side *side = &p->sides[i];
		const struct value_set *set = &side->sets[box->set[i]];
		uint32_t n = sayings_of(p->arena, side, set, &sayings);
		for (uint32_t k = 0; k < n; k++)
			when[out.n++] = literal_of(c, side, &side->sayings[sayings[k]]);
		shares[i] = shares_of_set(p->arena, side, set);
	}
	out.when = when;
	out.cells = box_fails(p, box, shares);
	out.softly = holds_softly(c, p, box);
	return out;
}

/** Those with most cells first; of several those first that were found first. */
static void condition_insert(struct condition *items, uint32_t n, struct condition c)
{
	for (; n > 0 && items[n - 1].cells < c.cells; n--)
		items[n] = items[n - 1];
	items[n] = c;
}

static void boxes_tell(struct conditions *c, const struct problem *p, const uint32_t *chosen, uint32_t n)
{
	struct condition *items = arena_alloc(c->arena, n * sizeof *items);
	for (uint32_t i = 0; i < n; i++)
		condition_insert(items, i, condition_of(c, p, &p->boxes[chosen[i]]));
	c->found.items = items;
	c->found.n = n;
	c->found.proof = p->cut ? CONDITIONS_UNPROVEN : CONDITIONS_SMALLEST;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool solve(struct conditions *c, struct problem *p)
{
	uint32_t *chosen, n;
	if (!c->works || !sides_make(p, c))
		return false;
	p->works = groups_marked(p, c, c->works);
	p->fails = groups_marked(p, c, c->fails);
	for (uint32_t i = 0; i < p->n; i++)
		side_sets(p, &p->sides[i], &c->knobs[i]);
	boxes_find(p);
	n = boxes_choose(p, &chosen);
	if (n)
		boxes_tell(c, p, chosen, n);
	return n > 0;
}

void conditions_solve(struct conditions *c)
{
	struct problem p = { .arena = arena_new(), .steps = STEPS };
	if (c->found.fails && !solve(c, &p))
		c->found.proof = CONDITIONS_TOO_LARGE;
	arena_free(p.arena);
}
