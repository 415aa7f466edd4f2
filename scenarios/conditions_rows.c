/*
 * What must be covered, and which boxes do it: every cell that fails is a row, every box a column.
 */
#include <string.h>

#include "scenarios/conditions_shared.h"
#include "scenarios/cover.h"
#include "scenarios/names.h"

#define TABLE_MAX  (UINT64_C(1) << 23) /* bits, with all boxes */
#define SMALL_MAX  (UINT64_C(1) << 27) /* bits, with few of them */
#define AROUND_MAX 200		       /* boxes that are made one by one when looking for all took too long */
#define STEPS	   (UINT64_C(1) << 24) /* for the choice */

/* --- blocks ------------------------------------------------------------------------------------------------------- */

/** Kinds of one group that are in the same boxes. */
struct block {
	const uint64_t *in; /* sets of the axis that boxes have, by their order in the axis */
	uint64_t *kinds;
	uint32_t group;
};

/** The blocks of an axis. */
struct blocks {
	struct block *items;
	uint32_t n;
};

/** The sets of an axis that some box has. */
static uint64_t *sets_in_use(const struct problem *p, uint32_t axis)
{
	uint64_t *used = bits_new(p->arena, p->sides[axis].n_sets);
	for (uint32_t i = 0; i < p->n_boxes; i++)
		bit_set(used, p->boxes[i].set[axis]);
	return used;
}

/** The sets among `used` that a kind is in, and behind them its group. */
static uint64_t *sets_of_kind(struct arena *a, const struct side *side, const uint64_t *used, uint32_t kind)
{
	uint64_t *in = bits_new(a, side->n_sets + 64);
	for (uint32_t i = bits_next(used, 0, side->n_sets); i < side->n_sets; i = bits_next(used, i + 1, side->n_sets))
		if (bit_is_set(side->sets[i].kinds, kind))
			bit_set(in, i);
	in[bits_words(side->n_sets)] = side->kind_group[kind];
	return in;
}

static struct blocks blocks_of(const struct problem *p, uint32_t axis)
{
	const struct side *side = &p->sides[axis];
	struct names *seen = names_new(p->arena);
	const uint64_t *used = sets_in_use(p, axis);
	struct blocks blocks = { arena_alloc(p->arena, side->n_kinds * sizeof *blocks.items), 0 };
	for (uint32_t k = 0; k < side->n_kinds; k++) {
		uint64_t *in = sets_of_kind(p->arena, side, used, k);
		uint32_t number = blocks.n;
		if (names_add(seen, (const char *)in, (bits_words(side->n_sets) + 1) * sizeof *in, &number))
			blocks.items[blocks.n++] =
				(struct block){ in, bits_new(p->arena, side->n_kinds), side->kind_group[k] };
		bit_set(blocks.items[number].kinds, k);
	}
	return blocks;
}

/** Is a block in all boxes that another one of its group is in, and in more? Then it need not be looked at. */
static bool comes_along(const struct blocks *blocks, const struct block *block, uint32_t words)
{
	for (uint32_t i = 0; i < blocks->n; i++) {
		const struct block *other = &blocks->items[i];
		if (other != block && other->group == block->group && bits_within(other->in, block->in, words))
			return true;
	}
	return false;
}

/** Leaves out blocks that come along with others. */
static void blocks_lessen(struct problem *p, struct blocks *blocks, uint32_t axis)
{
	uint32_t words = bits_words(p->sides[axis].n_sets), n = 0;
	struct block *kept = arena_alloc(p->arena, blocks->n * sizeof *kept);
	for (uint32_t i = 0; i < blocks->n; i++)
		if (!comes_along(blocks, &blocks->items[i], words))
			kept[n++] = blocks->items[i];
	*blocks = (struct blocks){ kept, n };
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/** The cells of blocks that fail. */
struct rows {
	struct blocks *blocks; /* by axis */
	uint32_t *
		number; /* by cell of blocks, the last axis changes fastest: its row; ROW_NONE: it need not be covered */
	uint64_t *cell; /* by row */
	uint32_t n;
};
#define ROW_NONE UINT32_MAX

/** The cell of groups that a cell of blocks is in. */
static uint64_t group_cell(const struct problem *p, const struct rows *rows, uint64_t cell)
{
	uint64_t at = 0, stride = 1;
	for (uint32_t i = p->n; i > 0; i--) {
		const struct blocks *blocks = &rows->blocks[i - 1];
		at += blocks->items[cell % blocks->n].group * stride;
		stride *= p->sides[i - 1].n_groups;
		cell /= blocks->n;
	}
	return at;
}

/** False: there are too many. A search that was cut will add boxes, with which nothing is known to come along. */
static bool rows_make(struct problem *p, struct rows *rows)
{
	uint64_t cells = 1;
	rows->blocks = arena_alloc(p->arena, p->n * sizeof *rows->blocks);
	for (uint32_t i = 0; i < p->n; i++) {
		rows->blocks[i] = blocks_of(p, i);
		if (!p->cut)
			blocks_lessen(p, &rows->blocks[i], i);
		if ((cells *= rows->blocks[i].n) > PRODUCT_MAX)
			return false;
	}
	rows->number = arena_alloc(p->arena, cells * sizeof *rows->number);
	rows->cell = arena_alloc(p->arena, cells * sizeof *rows->cell);
	for (uint64_t cell = 0; cell < cells; cell++) {
		rows->number[cell] = ROW_NONE;
		if (p->fails[group_cell(p, rows, cell)]) {
			rows->cell[rows->n] = cell;
			rows->number[cell] = rows->n++;
		}
	}
	return true;
}

static void cells_cover(const struct problem *p, const struct rows *rows, const struct box *box, uint32_t axis,
			uint64_t cell, uint64_t *has)
{
	if (axis == p->n) {
		if (rows->number[cell] != ROW_NONE)
			bit_set(has, rows->number[cell]);
		return;
	}
	const struct blocks *blocks = &rows->blocks[axis];
	const struct value_set *set = &p->sides[axis].sets[box->set[axis]];
	for (uint32_t i = 0; i < blocks->n; i++)
		if (bits_within(blocks->items[i].kinds, set->kinds, p->sides[axis].kind_words))
			cells_cover(p, rows, box, axis + 1, cell * blocks->n + i, has);
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

/** The boxes, and the rows that each of them covers. */
struct table {
	const uint64_t **has;
	uint64_t *prices;
	uint64_t *covered; /* by any of them */
	uint32_t n;
};

static void box_enter(const struct problem *p, const struct rows *rows, struct table *t)
{
	const struct box *box = &p->boxes[t->n];
	uint64_t *has = bits_new(p->arena, rows->n);
	cells_cover(p, rows, box, 0, 0, has);
	bits_add(t->covered, has, bits_words(rows->n));
	t->prices[t->n] = PRICE_CONDITION + box->price;
	t->has[t->n++] = has;
}

static void row_enclose(struct problem *p, const struct rows *rows, uint32_t row)
{
	const uint64_t **kinds = arena_alloc(p->arena, p->n * sizeof *kinds);
	uint64_t cell = rows->cell[row];
	for (uint32_t i = p->n; i > 0; i--) {
		const struct blocks *blocks = &rows->blocks[i - 1];
		kinds[i - 1] = blocks->items[cell % blocks->n].kinds;
		cell /= blocks->n;
	}
	box_around(p, kinds);
}

/** Rows that a search which was cut has left uncovered get boxes of their own. False: there are too many such rows. */
static bool table_complete(struct problem *p, const struct rows *rows, struct table *t)
{
	uint32_t found = p->n_boxes;
	for (uint32_t r = 0; r < rows->n; r++) {
		if (bit_is_set(t->covered, r))
			continue;
		if (p->n_boxes == found + AROUND_MAX)
			return false;
		row_enclose(p, rows, r);
		box_enter(p, rows, t);
	}
	return true;
}

static void table_make(const struct problem *p, const struct rows *rows, struct table *t)
{
	uint32_t room = p->n_boxes + AROUND_MAX;
	t->has = arena_alloc(p->arena, room * sizeof *t->has);
	t->prices = arena_alloc(p->arena, room * sizeof *t->prices);
	t->covered = bits_new(p->arena, rows->n);
	while (t->n < p->n_boxes)
		box_enter(p, rows, t);
}

static uint64_t table_bits(const struct problem *p, const struct rows *rows)
{
	return (uint64_t)rows->n * (p->n_boxes + AROUND_MAX);
}

/** Only the largest boxes, and then what else is needed. */
static bool boxes_cut(struct problem *p, struct rows *rows)
{
	*rows = (struct rows){ 0 };
	p->cut = true;
	p->n_boxes = p->n_boxes < AROUND_MAX ? p->n_boxes : AROUND_MAX;
	return rows_make(p, rows) && table_bits(p, rows) <= SMALL_MAX;
}

uint32_t boxes_choose(struct problem *p, uint32_t **chosen)
{
	struct rows rows = { 0 };
	struct table t = { 0 };
	bool proven;
	if (!rows_make(p, &rows) || (table_bits(p, &rows) > TABLE_MAX && !boxes_cut(p, &rows)))
		return 0;
	table_make(p, &rows, &t);
	if (!table_complete(p, &rows, &t))
		return 0;
	*chosen = arena_alloc(p->arena, t.n * sizeof **chosen);
	uint32_t n = cover_cheapest(p->arena, &(struct cover){ rows.n, t.n, t.has, t.prices }, STEPS, *chosen, &proven);
	p->cut |= !proven;
	return n;
}
