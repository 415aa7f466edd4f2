/*
 * What can be said of the values of an axis: sets of values that share knobs, and groups by their names.
 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/cause.h"
#include "scenarios/conditions_shared.h"
#include "scenarios/names.h"

#define SETS_MAX 16384 /* of an axis */

bool problem_steps(struct problem *p, uint64_t steps)
{
	if (steps > p->steps) {
		p->steps = 0;
		p->cut = true;
		return false;
	}
	p->steps -= steps;
	return true;
}

/* --- sayings ------------------------------------------------------------------------------------------------------ */

/** Adds what holds of these values, or takes the place of something dearer that holds of just the same. */
static void saying_add(struct side *side, struct names *seen, const struct saying *saying)
{
	uint32_t number = side->n_sayings;
	if (names_add(seen, (const char *)saying->values, side->value_words * sizeof *saying->values, &number))
		side->sayings[side->n_sayings++] = *saying;
	else if (saying->price < side->sayings[number].price)
		side->sayings[number] = *saying;
}

/** The values of the axis that have one value of a knob. */
struct share {
	uint32_t n, first;
	bool mixed; /* they are of several groups */
};

/** Would it pick only some of the values that are alike, or say nothing at all? */
static bool is_idle(const struct share *s, const struct side *side)
{
	return s->n == side->n_seen || (!s->mixed && s->n < side->sizes[side->group_of[s->first]]);
}

/** For each value of a knob its share; how many comes back. `share_of` becomes the number of each value's. */
static uint32_t shares_of(struct arena *a, const struct side *side, const struct axis_knob *knob, struct share *shares,
			  uint32_t *share_of)
{
	struct names *texts = names_new(a);
	uint32_t n = 0;
	for (uint32_t v = 0; v < side->n_values; v++) {
		uint32_t number = n;
		if (side->group_of[v] == NO_GROUP)
			continue;
		if (names_add(texts, knob->values[v], strlen(knob->values[v]), &number))
			shares[n++] = (struct share){ 0, v, false };
		shares[number].n++;
		shares[number].mixed |= side->group_of[v] != side->group_of[shares[number].first];
		share_of[v] = number;
	}
	return n;
}

/** Of what fails where these values are: how little has one of these causes? From 0, all of it has, to PRICE_STRANGE. */
static uint64_t strangeness(const struct side *side, const uint64_t *values, uint64_t rows)
{
	uint64_t all = 0, strange = 0;
	for (uint32_t v = bits_next(values, 0, side->n_values); v < side->n_values;
	     v = bits_next(values, v + 1, side->n_values))
		for (uint32_t row = 0; row < CAUSES_MAX; row++) {
			uint64_t cells = side->causes[v * CAUSES_MAX + row];
			all += cells;
			strange += bit_is_set(&rows, row) ? 0 : cells;
		}
	return all ? (strange * PRICE_STRANGE + all - 1) / all : 0;
}

static void knob_say(struct arena *a, struct side *side, const struct axis_knob *knob, int64_t index,
		     struct names *seen)
{
	struct share *shares = arena_alloc(a, side->n_seen * sizeof *shares);
	uint32_t *share_of = arena_alloc(a, side->n_values * sizeof *share_of);
	uint64_t **values = arena_alloc(a, side->n_seen * sizeof *values);
	uint32_t n = shares_of(a, side, knob, shares, share_of);
	uint64_t rows = causes_of_knob(knob->name);
	for (uint32_t i = 0; i < n; i++)
		values[i] = is_idle(&shares[i], side) ? NULL : bits_new(a, side->n_values);
	for (uint32_t v = 0; v < side->n_values; v++)
		if (side->group_of[v] != NO_GROUP && values[share_of[v]])
			bit_set(values[share_of[v]], v);
	for (uint32_t i = 0; i < n; i++)
		if (values[i])
			saying_add(side, seen,
				   &(struct saying){ values[i], NULL, PRICE_VALUE + strangeness(side, values[i], rows),
						     index, shares[i].first });
}

static uint64_t price_by_names(const struct side *side, uint32_t group)
{
	return side->sizes[group] * (PRICE_VALUE + PRICE_NAME);
}

/** The group by its names. */
static void group_say(struct arena *a, struct side *side, uint32_t group, struct names *seen)
{
	struct saying said = { bits_new(a, side->n_values), NULL, price_by_names(side, group), -1, side->first[group] };
	for (uint32_t v = 0; v < side->n_values; v++)
		if (side->group_of[v] == group)
			bit_set(said.values, v);
	saying_add(side, seen, &said);
}

static void sayings_make(struct arena *a, struct side *side, const struct axis_knobs *knobs)
{
	struct names *seen = names_new(a);
	side->value_words = bits_words(side->n_values);
	side->sayings = arena_alloc(a, (knobs->n * (size_t)side->n_seen + side->n_groups) * sizeof *side->sayings);
	for (uint32_t i = 0; i < knobs->n; i++)
		knob_say(a, side, &knobs->items[i], i, seen);
	for (uint32_t g = 0; g < side->n_groups && side->n_groups > 1; g++)
		group_say(a, side, g, seen);
}

/* --- kinds -------------------------------------------------------------------------------------------------------- */

/** Which sayings hold of a value. */
static uint64_t *said_of(struct arena *a, const struct side *side, uint32_t value)
{
	uint64_t *said = bits_new(a, side->n_sayings + 64);
	for (uint32_t i = 0; i < side->n_sayings; i++)
		if (bit_is_set(side->sayings[i].values, value))
			bit_set(said, i);
	said[bits_words(side->n_sayings)] = side->group_of[value];
	return said;
}

static void kinds_make(struct arena *a, struct side *side)
{
	struct names *seen = names_new(a);
	side->kind_of = arena_alloc(a, side->n_values * sizeof *side->kind_of);
	side->kind_group = arena_alloc(a, side->n_values * sizeof *side->kind_group);
	for (uint32_t v = 0; v < side->n_values; v++) {
		uint32_t number = side->n_kinds;
		if (side->group_of[v] == NO_GROUP)
			continue;
		uint64_t *holds = said_of(a, side, v);
		if (names_add(seen, (const char *)holds, (bits_words(side->n_sayings) + 1) * sizeof *holds, &number))
			side->kind_group[side->n_kinds++] = side->group_of[v];
		side->kind_of[v] = number;
	}
	side->kind_words = bits_words(side->n_kinds);
	side->group_words = bits_words(side->n_groups);
	for (uint32_t i = 0; i < side->n_sayings; i++) {
		side->sayings[i].kinds = bits_new(a, side->n_kinds);
		for (uint32_t v = 0; v < side->n_values; v++)
			if (bit_is_set(side->sayings[i].values, v))
				bit_set(side->sayings[i].kinds, side->kind_of[v]);
	}
}

/* --- sets --------------------------------------------------------------------------------------------------------- */

static struct value_set *set_push(struct arena *a, struct side *side)
{
	if (side->n_made == side->room) {
		struct value_set *larger = arena_alloc(a, (side->room * 2 + 64) * sizeof *larger);
		if (side->n_made)
			memcpy(larger, side->made, side->n_made * sizeof *larger);
		side->made = larger;
		side->room = side->room * 2 + 64;
	}
	return &side->made[side->n_made++];
}

static void groups_touch(const struct side *side, const uint64_t *kinds, uint64_t *groups)
{
	memset(groups, 0, side->group_words * sizeof *groups);
	for (uint32_t k = bits_next(kinds, 0, side->n_kinds); k < side->n_kinds;
	     k = bits_next(kinds, k + 1, side->n_kinds))
		bit_set(groups, side->kind_group[k]);
}

/** Is it, within one group, dearer than the whole of that group by its names? */
static bool is_dear(const struct side *side, const uint64_t *groups, uint64_t price)
{
	uint32_t first = bits_next(groups, 0, side->n_groups);
	return bits_count(groups, side->group_words) == 1 && price > price_by_names(side, first);
}

/** All values: nothing is said. */
static void set_of_all(struct arena *a, struct side *side)
{
	struct value_set *all = set_push(a, side);
	*all = (struct value_set){ .kinds = bits_new(a, side->n_kinds),
				   .groups = bits_new(a, side->n_groups),
				   .size = side->n_kinds,
				   .saying = NO_SAYING };
	for (uint32_t k = 0; k < side->n_kinds; k++)
		bit_set(all->kinds, k);
	groups_touch(side, all->kinds, all->groups);
}

/** The sets of a side while they are made. */
struct making {
	struct problem *problem;
	struct side *side;
	struct names *seen;
	uint64_t *kinds, *groups; /* of the set at hand */
};

/** Of what holds of a set and one more saying: is that anything, and less than the set? */
static bool both_hold(struct making *m, const struct value_set *from, const struct saying *said)
{
	uint32_t words = m->side->kind_words;
	uint64_t any = 0;
	for (uint32_t i = 0; i < words; i++)
		any |= m->kinds[i] = from->kinds[i] & said->kinds[i];
	return any && !bits_within(from->kinds, m->kinds, words);
}

/** Keeps the set at hand, or a cheaper way to say one that is there. */
static void set_keep(struct making *m, uint64_t price, uint32_t from, uint32_t saying)
{
	struct arena *a = m->problem->arena;
	struct side *side = m->side;
	size_t size = side->kind_words * sizeof(uint64_t);
	int64_t there = names_find(m->seen, (const char *)m->kinds, size);
	if (there >= 0 && price >= side->made[there].price)
		return;
	groups_touch(side, m->kinds, m->groups);
	if (side->sayings[saying].knob >= 0 && is_dear(side, m->groups, price))
		return;
	struct value_set set = { .price = price, .number = side->n_made, .from = from, .saying = saying };
	if (there >= 0) {
		side->made[there].price = price;
		side->made[there].from = from;
		side->made[there].saying = saying;
		return;
	}
	set.kinds = bits_copy(a, m->kinds, side->kind_words);
	set.groups = bits_copy(a, m->groups, side->group_words);
	set.size = bits_count(set.kinds, side->kind_words);
	names_add(m->seen, (const char *)set.kinds, size, &(uint32_t){ side->n_made });
	*set_push(a, side) = set;
}

/** From all values on, what one more saying leaves of them. Whatever becomes of the rest, the first round is made. */
static void sets_grow(struct making *m)
{
	struct side *side = m->side;
	for (uint32_t i = 0; i < side->n_made; i++)
		for (uint32_t k = 0; k < side->n_sayings; k++) {
			const struct saying *said = &side->sayings[k];
			if (i > 0 && !problem_steps(m->problem, side->kind_words))
				return;
			/* A group lies in whatever else holds of it: together they say no more. */
			if ((i == 0 || said->knob >= 0) && both_hold(m, &side->made[i], said))
				set_keep(m, side->made[i].price + said->price, i, k);
			if (i > 0 && side->n_made >= SETS_MAX) {
				m->problem->cut = true;
				return;
			}
		}
}

/* --- which of them matter ----------------------------------------------------------------------------------------- */

static int by_size(const void *one, const void *other)
{
	const struct value_set *a = one, *b = other;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	if (a->price != b->price)
		return a->price < b->price ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

/** Is a set in one of those chosen that is no dearer? They are a chain: numbers from 1, 0 is its end. */
static bool is_beaten(const struct side *side, const struct value_set *set, uint32_t chain)
{
	for (; chain; chain = side->sets[chain - 1].before)
		if (side->sets[chain - 1].price <= set->price &&
		    bits_within(set->kinds, side->sets[chain - 1].kinds, side->kind_words))
			return true;
	return false;
}

/**
 * Sets that touch the same groups are free of cells that work in the same boxes: of them only those matter that are in no
 * other one, unless they are cheaper.
 */
static void sets_choose(struct problem *p, struct side *side)
{
	struct names *touched = names_new(p->arena);
	struct value_set *sorted = arena_alloc(p->arena, side->n_made * sizeof *sorted);
	uint32_t *chains = arena_alloc(p->arena, side->n_made * sizeof *chains), n = 0; /* by what is touched */
	side->sets = arena_alloc(p->arena, side->n_made * sizeof *side->sets);
	memcpy(sorted, side->made, side->n_made * sizeof *sorted);
	qsort(sorted, side->n_made, sizeof *sorted, by_size);
	for (uint32_t i = 0; i < side->n_made; i++) {
		uint32_t number = n;
		n += names_add(touched, (const char *)sorted[i].groups, side->group_words * sizeof(uint64_t), &number);
		if (is_beaten(side, &sorted[i], chains[number]))
			continue;
		sorted[i].before = chains[number];
		side->sets[side->n_sets++] = sorted[i];
		chains[number] = side->n_sets;
	}
}

void side_sets(struct problem *p, struct side *side, const struct axis_knobs *knobs)
{
	sayings_make(p->arena, side, knobs);
	kinds_make(p->arena, side);
	set_of_all(p->arena, side);
	struct making m = { p, side, names_new(p->arena), bits_new(p->arena, side->n_kinds),
			    bits_new(p->arena, side->n_groups) };
	sets_grow(&m);
	sets_choose(p, side);
}
