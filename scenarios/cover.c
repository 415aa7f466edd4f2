#include "scenarios/cover.h"

#include <string.h>

#include "scenarios/names.h"

/** What is left of the problem: rows and columns that matter, under numbers of their own. */
struct core {
	struct arena *arena;
	const struct cover *whole;
	uint32_t rows, columns;
	uint32_t *row, *column; /* what they are called in the whole */
	uint64_t **had_by;	/* by row: its columns */
	uint64_t **has;		/* by column: its rows */
	uint32_t row_words, column_words;
};

/* --- what matters ------------------------------------------------------------------------------------------------- */

static uint64_t price(const struct core *c, uint32_t column)
{
	return c->whole->prices[c->column[column]];
}

/** Both tables, from the whole. */
static void tables_fill(struct core *c)
{
	uint32_t *number = arena_alloc(c->arena, c->whole->rows * sizeof *number); /* by row of the whole, from 1 */
	c->row_words = bits_words(c->rows);
	c->column_words = bits_words(c->columns);
	c->had_by = arena_alloc(c->arena, c->rows * sizeof *c->had_by);
	c->has = arena_alloc(c->arena, c->columns * sizeof *c->has);
	for (uint32_t r = 0; r < c->rows; r++) {
		c->had_by[r] = bits_new(c->arena, c->columns);
		number[c->row[r]] = r + 1;
	}
	for (uint32_t k = 0; k < c->columns; k++) {
		const uint64_t *has = c->whole->has[c->column[k]];
		uint32_t n = c->whole->rows;
		c->has[k] = bits_new(c->arena, c->rows);
		for (uint32_t at = bits_next(has, 0, n); at < n; at = bits_next(has, at + 1, n))
			if (number[at]) {
				bit_set(c->has[k], number[at] - 1);
				bit_set(c->had_by[number[at] - 1], k);
			}
	}
}

/** Sorts numbers by their keys, the least first, and keeps the order of equal ones. */
static void sort_by(struct arena *a, uint32_t *numbers, uint32_t n, const uint32_t *keys)
{
	uint32_t *from = numbers, *to = arena_alloc(a, n * sizeof *to);
	for (uint32_t width = 1; width < n; width *= 2) {
		for (uint32_t low = 0; low < n; low += 2 * width) {
			uint32_t middle = low + width < n ? low + width : n,
				 high = low + 2 * width < n ? low + 2 * width : n;
			for (uint32_t i = low, k = middle, at = low; at < high; at++)
				to[at] = k == high || (i < middle && keys[from[i]] <= keys[from[k]]) ? from[i++]
												     : from[k++];
		}
		uint32_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != numbers)
		memcpy(numbers, from, n * sizeof *numbers);
}

static uint32_t *numbers_to(struct arena *a, uint32_t n)
{
	uint32_t *numbers = arena_alloc(a, n * sizeof *numbers);
	for (uint32_t i = 0; i < n; i++)
		numbers[i] = i;
	return numbers;
}

/** Keeps those of `names` that are marked, in their order; how many comes back. */
static uint32_t keep_marked(uint32_t *names, uint32_t n, const bool *marked)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++)
		if (marked[i])
			names[kept++] = names[i];
	return kept;
}

/** A row whose columns another one has, too, is covered with that one. */
static bool rows_lessen(struct core *c)
{
	uint32_t *order = numbers_to(c->arena, c->rows), *sizes = arena_alloc(c->arena, c->rows * sizeof *sizes);
	uint32_t *kept = arena_alloc(c->arena, c->rows * sizeof *kept), n = 0;
	bool *marked = arena_alloc(c->arena, c->rows);
	struct names *seen = names_new(c->arena);
	for (uint32_t r = 0; r < c->rows; r++)
		sizes[r] = bits_count(c->had_by[r], c->column_words);
	sort_by(c->arena, order, c->rows, sizes);
	for (uint32_t i = 0; i < c->rows; i++) {
		uint32_t r = order[i], k = 0;
		if (!names_add(seen, (const char *)c->had_by[r], c->column_words * sizeof(uint64_t), &(uint32_t){ r }))
			continue;
		while (k < n && !bits_within(c->had_by[kept[k]], c->had_by[r], c->column_words))
			k++;
		if (k == n) {
			kept[n++] = r;
			marked[r] = true;
		}
	}
	bool fewer = n < c->rows;
	c->rows = keep_marked(c->row, c->rows, marked);
	return fewer;
}

/** Does column `k` do all that column `i` does, for no higher price? Of two that are the same, the first one stays. */
static bool replaces(const struct core *c, uint32_t k, uint32_t i)
{
	if (k == i || price(c, k) > price(c, i) || !bits_within(c->has[i], c->has[k], c->row_words))
		return false;
	return k < i || price(c, k) < price(c, i) || !bits_within(c->has[k], c->has[i], c->row_words);
}

static bool columns_lessen(struct core *c)
{
	bool *marked = arena_alloc(c->arena, c->columns);
	uint32_t before = c->columns;
	for (uint32_t i = 0; i < c->columns; i++) {
		uint32_t k = 0;
		while (k < c->columns && !replaces(c, k, i))
			k++;
		marked[i] = k == c->columns;
	}
	c->columns = keep_marked(c->column, c->columns, marked);
	return c->columns < before;
}

static struct core core_of(struct arena *a, const struct cover *whole)
{
	struct core c = { .arena = a, .whole = whole, .rows = whole->rows, .columns = whole->columns };
	c.row = numbers_to(a, c.rows);
	c.column = numbers_to(a, c.columns);
	bool less = true;
	for (tables_fill(&c); less; tables_fill(&c)) {
		less = rows_lessen(&c);
		if (less)
			tables_fill(&c);
		less |= columns_lessen(&c);
	}
	return c;
}

/* --- a first choice ----------------------------------------------------------------------------------------------- */

/** Columns, in the order in which they were taken. */
struct choice {
	uint32_t *columns;
	uint32_t n;
	uint64_t price;
};

static uint32_t gain(const struct core *c, uint32_t column, const uint64_t *open)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->row_words; i++)
		n += (uint32_t)__builtin_popcountll(c->has[column][i] & open[i]);
	return n;
}

/** The column that has most of the open rows, the cheapest of several. */
static uint32_t most_gaining(const struct core *c, const uint64_t *open)
{
	uint32_t best = 0, most = 0;
	for (uint32_t k = 0; k < c->columns; k++) {
		uint32_t n = gain(c, k, open);
		if (n > most || (n == most && n && price(c, k) < price(c, best))) {
			best = k;
			most = n;
		}
	}
	return best;
}

static void rows_close(const struct core *c, uint64_t *open, uint32_t column)
{
	for (uint32_t i = 0; i < c->row_words; i++)
		open[i] &= ~c->has[column][i];
}

static uint64_t *rows_open(const struct core *c)
{
	uint64_t *open = bits_new(c->arena, c->rows);
	for (uint32_t r = 0; r < c->rows; r++)
		bit_set(open, r);
	return open;
}

/** Are all rows had without the i-th column of a choice? */
static bool is_spare(const struct core *c, const struct choice *choice, uint32_t i)
{
	uint64_t *open = rows_open(c);
	for (uint32_t k = 0; k < choice->n; k++)
		if (k != i)
			rows_close(c, open, choice->columns[k]);
	return bits_count(open, c->row_words) == 0;
}

/** What gains most is taken until all rows are had; then what was not needed goes. */
static struct choice greedy(const struct core *c)
{
	struct choice choice = { arena_alloc(c->arena, c->columns * sizeof *choice.columns), 0, 0 };
	uint64_t *open = rows_open(c);
	while (bits_count(open, c->row_words)) {
		uint32_t k = most_gaining(c, open);
		choice.columns[choice.n++] = k;
		rows_close(c, open, k);
	}
	for (uint32_t i = choice.n; i > 0; i--)
		if (is_spare(c, &choice, i - 1))
			memmove(&choice.columns[i - 1], &choice.columns[i], (choice.n-- - i) * sizeof *choice.columns);
	for (uint32_t i = 0; i < choice.n; i++)
		choice.price += price(c, choice.columns[i]);
	return choice;
}

/* --- branch and bound --------------------------------------------------------------------------------------------- */

/** What is open at a node, and which columns may not be taken there: they were tried before. */
struct node_sets {
	uint64_t *open, *barred;
};

struct search {
	const struct core *core;
	uint64_t steps; /* that are left */
	struct choice now, best;
	const uint32_t *order;	  /* rows, those with few columns first */
	uint64_t *rests;	  /* by column: what bounds have left of its price */
	struct node_sets *depths; /* by how many columns were taken */
};

static bool may_take(const struct search *s, const struct node_sets *at, uint32_t row, uint32_t column)
{
	return bit_is_set(s->core->had_by[row], column) && !bit_is_set(at->barred, column);
}

/** The next column from `from` on that has the row and may be taken; the number of columns when there is none. */
static uint32_t next_column(const struct search *s, const struct node_sets *at, uint32_t row, uint32_t from)
{
	uint32_t n = s->core->columns;
	for (from = bits_next(s->core->had_by[row], from, n); from < n;
	     from = bits_next(s->core->had_by[row], from + 1, n))
		if (may_take(s, at, row, from))
			break;
	return from;
}

/**
 * At least so much must still be paid: each open row in turn takes what its cheapest column has left, and all of its columns
 * have so much less for the others. UINT64_MAX: some row cannot be had. *narrow becomes the open row with the fewest columns.
 */
static uint64_t bound(struct search *s, const struct node_sets *at, uint32_t *narrow)
{
	const struct core *c = s->core;
	uint32_t fewest = UINT32_MAX;
	uint64_t sum = 0;
	for (uint32_t k = 0; k < c->columns; k++)
		s->rests[k] = price(c, k);
	for (uint32_t i = 0; i < c->rows; i++) {
		uint32_t r = s->order[i], n = 0;
		uint64_t least = UINT64_MAX;
		if (!bit_is_set(at->open, r))
			continue;
		for (uint32_t k = next_column(s, at, r, 0); k < c->columns; k = next_column(s, at, r, k + 1), n++)
			least = s->rests[k] < least ? s->rests[k] : least;
		if (!n)
			return UINT64_MAX;
		for (uint32_t k = next_column(s, at, r, 0); least && k < c->columns; k = next_column(s, at, r, k + 1))
			s->rests[k] -= least;
		sum += least;
		if (n < fewest) {
			fewest = n;
			*narrow = r;
		}
	}
	return sum;
}

static void spend(struct search *s, uint64_t steps)
{
	s->steps -= steps < s->steps ? steps : s->steps;
}

/** Of the columns that have a row and may be taken, the one that gains most. */
static uint32_t best_column(const struct search *s, const struct node_sets *at, uint32_t row)
{
	const struct core *c = s->core;
	uint32_t best = next_column(s, at, row, 0), most = gain(c, best, at->open);
	for (uint32_t k = next_column(s, at, row, best + 1); k < c->columns; k = next_column(s, at, row, k + 1)) {
		uint32_t n = gain(c, k, at->open);
		if (n > most) {
			best = k;
			most = n;
		}
	}
	return best;
}

/** The sets of a node below this one; each depth has its own memory. */
static struct node_sets below(struct search *s, const struct node_sets *at)
{
	const struct core *c = s->core;
	struct node_sets *sets = &s->depths[s->now.n];
	if (!sets->open)
		*sets = (struct node_sets){ bits_new(c->arena, c->rows), bits_new(c->arena, c->columns) };
	memcpy(sets->open, at->open, c->row_words * sizeof *sets->open);
	memcpy(sets->barred, at->barred, c->column_words * sizeof *sets->barred);
	return *sets;
}

static void branch(struct search *s, const struct node_sets *at);

static void take(struct search *s, const struct node_sets *at, uint32_t column)
{
	struct node_sets next = below(s, at);
	rows_close(s->core, next.open, column);
	s->now.columns[s->now.n++] = column;
	s->now.price += price(s->core, column);
	branch(s, &next);
	s->now.price -= price(s->core, column);
	s->now.n--;
}

/** Everything with a column, and then everything without it, as long as it may become cheaper than the best so far. */
static void branch(struct search *s, const struct node_sets *at)
{
	const struct core *c = s->core;
	if (s->now.price < s->best.price && !bits_count(at->open, c->row_words)) {
		memcpy(s->best.columns, s->now.columns, s->now.n * sizeof *s->now.columns);
		s->best.n = s->now.n;
		s->best.price = s->now.price;
	}
	while (s->now.price < s->best.price && s->steps) {
		uint32_t row = 0;
		spend(s, (uint64_t)c->rows * c->column_words + c->columns);
		if (bound(s, at, &row) >= s->best.price - s->now.price)
			return;
		uint32_t column = best_column(s, at, row);
		take(s, at, column);
		bit_set(at->barred, column);
	}
}

/** Rows with few columns first: there is little choice. */
static const uint32_t *rows_in_order(const struct core *c)
{
	uint32_t *order = numbers_to(c->arena, c->rows), *sizes = arena_alloc(c->arena, c->rows * sizeof *sizes);
	for (uint32_t r = 0; r < c->rows; r++)
		sizes[r] = bits_count(c->had_by[r], c->column_words);
	sort_by(c->arena, order, c->rows, sizes);
	return order;
}

uint32_t cover_cheapest(struct arena *a, const struct cover *whole, uint64_t steps, uint32_t *chosen, bool *proven)
{
	struct core c = core_of(a, whole);
	struct search s = { .core = &c, .steps = steps, .best = greedy(&c), .order = rows_in_order(&c) };
	s.now.columns = arena_alloc(a, c.columns * sizeof *s.now.columns);
	s.rests = arena_alloc(a, c.columns * sizeof *s.rests);
	s.depths = arena_alloc(a, (c.columns + 1) * sizeof *s.depths);
	branch(&s, &(struct node_sets){ rows_open(&c), bits_new(a, c.columns) });
	*proven = s.steps > 0;
	for (uint32_t i = 0; i < s.best.n; i++)
		chosen[i] = c.column[s.best.columns[i]];
	sort_by(a, chosen, s.best.n, numbers_to(a, whole->columns));
	return s.best.n;
}
