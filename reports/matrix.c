#include "reports/matrix.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/legend.h"
#include "reports/table.h"
#include "reports/text.h"
#include "reports/utf8.h"

/** A matrix that is being printed. */
struct grid {
	const struct paper *paper;
	const struct scenario *scenario;
	const struct brief *cells;
	uint32_t n;
	bool **used;	   /* per axis and value: does any cell have it? */
	size_t cell_width; /* of the widest cell of all tables, so that they stand below each other */
	bool blanks;	   /* there are places without a cell: the run ended before them */
	bool broken;	   /* column heads are broken behind their hyphens, else the tables are too wide */
};

static uint32_t row_axis(const struct scenario *s)
{
	return s->n_axes >= 2 ? s->n_axes - 2 : 0;
}

static int compare_cells(const void *key, const void *brief)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct brief *)brief)->cell;
	return (a > b) - (a < b);
}

static const struct brief *find(const struct grid *g, uint64_t cell)
{
	return bsearch(&cell, g->cells, g->n, sizeof *g->cells, compare_cells);
}

/* --- the text of a cell ---------------------------------------------------------------------- */

/** "RIA-": the symbol of each check that works, something else for the others. */
static void put_letters(struct sink *s, const struct scenario *scenario, const struct brief *b)
{
	for (uint32_t i = 0; i < b->n_results && i < BRIEF_RESULTS; i++) {
		char other = check_mark((enum verdict)b->results[i]);
		sink_char(s, other ? other : check_symbol(scenario, i));
	}
}

/** "x fails F01", "~ degraded RI-K F08 F12 !" */
static void put_cell(struct sink *s, const struct grid *g, const struct brief *b)
{
	sink_text(s, verdict_mark(g->paper, b->verdict));
	sink_char(s, ' ');
	sink_text(s, verdict_words[b->verdict]);
	if (b->n_results > 1) {
		sink_char(s, ' ');
		put_letters(s, g->scenario, b);
	}
	for (const struct cause *c = NULL; (c = next_cause(b->causes, c));) {
		sink_char(s, ' ');
		sink_text(s, c->id);
	}
	if (!b->expected)
		sink_text(s, " !");
}

static char *cell_text(const struct grid *g, const struct brief *b)
{
	struct sink s = { 0 };
	if (b)
		put_cell(&s, g, b);
	sink_char(&s, '\0');
	return s.bytes;
}

static size_t widest_cell(const struct grid *g)
{
	struct sink s = { 0 };
	size_t widest = 0;
	for (uint32_t i = 0; i < g->n; i++) {
		sink_clear(&s);
		put_cell(&s, g, &g->cells[i]);
		size_t width = utf8_width(s.bytes, s.len);
		widest = width > widest ? width : widest;
	}
	sink_free(&s);
	return widest;
}

/* --- one table ------------------------------------------------------------------------------- */

static uint32_t used_values(const struct grid *g, uint32_t axis, uint32_t *values)
{
	uint32_t n = 0;
	for (uint32_t v = 0; v < g->scenario->axes[axis].n; v++)
		if (g->used[axis][v])
			values[n++] = v;
	return n;
}

static uint32_t *values_of(const struct grid *g, uint32_t axis, uint32_t *n)
{
	uint32_t *values = calloc(g->scenario->axes[axis].n + 1, sizeof *values);
	assert(values);
	*n = used_values(g, axis, values);
	return values;
}

/** Some columns of one table: as many as fit the paper side by side. */
struct strip {
	uint64_t base; /* number of the cell in the first row and column of the whole table */
	const uint32_t *rows, *columns;
	uint32_t n_rows, n_columns;
};

static uint64_t cell_number(const struct grid *g, const struct strip *t, uint32_t row, uint32_t column)
{
	const struct scenario *s = g->scenario;
	if (s->n_axes == 1)
		return t->rows[row];
	return t->base + (uint64_t)t->rows[row] * s->axes[s->n_axes - 1].n + t->columns[column];
}

static const char *column_name(const struct grid *g, const struct strip *t, uint32_t column)
{
	const struct scenario *s = g->scenario;
	return s->n_axes == 1 ? "" : s->axes[s->n_axes - 1].labels[t->columns[column]];
}

/** Bytes up to and including the next place at which a name may be broken. */
static size_t piece_of(const char *name)
{
	size_t length = strcspn(name, "-_. ");
	return name[length] ? length + 1 : length;
}

static size_t longest_piece(const char *name)
{
	size_t longest = 0;
	for (size_t n; *name; name += n) {
		n = piece_of(name);
		size_t width = utf8_width(name, n);
		longest = width > longest ? width : longest;
	}
	return longest;
}

/** A name in lines of at most `width` columns, broken behind its hyphens; the last line is filled up to
 * `width`. */
static char *broken_name(const char *name, size_t width)
{
	struct sink s = { 0 };
	size_t column = 0;
	for (size_t n; *name; name += n) {
		n = piece_of(name);
		size_t columns = utf8_width(name, n);
		if (column && column + columns > width) {
			sink_char(&s, '\n');
			column = 0;
		}
		sink_put(&s, name, n);
		column += columns;
	}
	sink_repeat(&s, ' ', column < width ? width - column : 0);
	sink_char(&s, '\0');
	return s.bytes;
}

/** As wide as its cells, or as its name, or as the longest part of that. */
static size_t column_width(const struct grid *g, const char *name)
{
	size_t width = g->broken ? longest_piece(name) : utf8_width(name, strlen(name));
	return width > g->cell_width ? width : g->cell_width;
}

static void fill_heads(const struct grid *g, const struct strip *t, struct table_column *heads)
{
	heads[0].head = g->scenario->axes[row_axis(g->scenario)].name;
	for (uint32_t c = 0; c < t->n_columns; c++)
		heads[c + 1].head = broken_name(column_name(g, t, c), column_width(g, column_name(g, t, c)));
}

static void free_heads(const struct strip *t, struct table_column *heads)
{
	for (uint32_t c = 0; c < t->n_columns; c++)
		free((char *)heads[c + 1].head);
	free(heads);
}

static void fill_rows(struct grid *g, const struct strip *t, struct table_cell *cells)
{
	const struct axis *axis = &g->scenario->axes[row_axis(g->scenario)];
	for (uint32_t r = 0; r < t->n_rows; r++) {
		struct table_cell *row = &cells[r * (t->n_columns + 1)];
		row[0].text = axis->labels[t->rows[r]];
		for (uint32_t c = 0; c < t->n_columns; c++) {
			const struct brief *b = find(g, cell_number(g, t, r, c));
			g->blanks = g->blanks || !b;
			row[c + 1].text = cell_text(g, b);
			row[c + 1].ink = !b ? INK_PLAIN : b->expected ? verdict_ink(b->verdict) : INK_BAD;
		}
	}
}

static void free_rows(const struct strip *t, struct table_cell *cells)
{
	for (uint32_t r = 0; r < t->n_rows; r++)
		for (uint32_t c = 0; c < t->n_columns; c++)
			free((char *)cells[r * (t->n_columns + 1) + c + 1].text);
	free(cells);
}

static void put_strip(struct sink *s, struct grid *g, const struct strip *t)
{
	size_t columns = t->n_columns + 1;
	struct table_column *heads = calloc(columns, sizeof *heads);
	struct table_cell *cells = calloc(columns * t->n_rows + 1, sizeof *cells);
	assert(heads && cells);
	fill_heads(g, t, heads);
	fill_rows(g, t, cells);
	put_table(s, g->paper, &(struct table_text){ heads, columns, cells, t->n_rows, 0 });
	sink_char(s, '\n');
	free_rows(t, cells);
	free_heads(t, heads);
}

static size_t row_head_width(const struct grid *g, const struct strip *t)
{
	const struct axis *axis = &g->scenario->axes[row_axis(g->scenario)];
	size_t width = strlen(axis->name);
	for (uint32_t r = 0; r < t->n_rows; r++) {
		size_t w = utf8_width(axis->labels[t->rows[r]], strlen(axis->labels[t->rows[r]]));
		width = w > width ? w : width;
	}
	return width;
}

/** How many columns from `first` on fit beside the row heads; at least one. */
static uint32_t columns_that_fit(const struct grid *g, const struct strip *t, uint32_t first)
{
	size_t used = row_head_width(g, t);
	uint32_t n = 0;
	while (first + n < t->n_columns) {
		used += TABLE_GAP + column_width(g, column_name(g, t, first + n));
		if (n && used > g->paper->width)
			break;
		n++;
	}
	return n;
}

static bool fits_unbroken(const struct grid *g, const struct strip *t)
{
	return columns_that_fit(g, t, 0) == t->n_columns;
}

static void put_strips(struct sink *s, struct grid *g, const struct strip *whole)
{
	for (uint32_t first = 0; first < whole->n_columns;) {
		struct strip t = *whole;
		t.n_columns = columns_that_fit(g, whole, first);
		t.columns = whole->columns + first;
		put_strip(s, g, &t);
		first += t.n_columns;
	}
}

/* --- all tables ------------------------------------------------------------------------------ */

/** Cells per table. */
static uint64_t table_size(const struct scenario *s)
{
	uint64_t size = s->axes[s->n_axes - 1].n;
	return s->n_axes >= 2 ? size * s->axes[s->n_axes - 2].n : size;
}

static void put_group_head(struct sink *s, const struct grid *g, uint64_t cell)
{
	const struct scenario *scenario = g->scenario;
	for (uint32_t i = 0; i + 2 < scenario->n_axes; i++) {
		const char *value = scenario->axes[i].labels[cell_value(scenario, i, cell)];
		sink_text(s, i ? ", " : "");
		sink_text(s, scenario->axes[i].name);
		sink_char(s, ' ');
		ink_text(s, g->paper, INK_BOLD, value);
	}
	if (scenario->n_axes > 2)
		sink_char(s, '\n');
}

static void put_tables(struct sink *s, struct grid *g)
{
	const struct scenario *scenario = g->scenario;
	uint64_t size = table_size(scenario);
	struct strip t = { .n_columns = 1 };
	uint32_t one = 0, *columns = NULL;
	uint32_t *rows = values_of(g, row_axis(scenario), &t.n_rows);
	if (scenario->n_axes >= 2)
		columns = values_of(g, scenario->n_axes - 1, &t.n_columns);
	t.rows = rows;
	t.columns = columns ? columns : &one;
	g->broken = !fits_unbroken(g, &t);
	for (uint32_t i = 0; i < g->n;) {
		uint64_t group = g->cells[i].cell / size;
		t.base = group * size;
		put_group_head(s, g, t.base);
		put_strips(s, g, &t);
		while (i < g->n && g->cells[i].cell / size == group)
			i++;
	}
	free(rows);
	free(columns);
}

static void mark_used(struct grid *g)
{
	const struct scenario *s = g->scenario;
	g->used = calloc(s->n_axes, sizeof *g->used);
	assert(g->used);
	for (uint32_t a = 0; a < s->n_axes; a++) {
		g->used[a] = calloc(s->axes[a].n + 1, sizeof **g->used);
		assert(g->used[a]);
	}
	for (uint32_t i = 0; i < g->n; i++)
		for (uint32_t a = 0; a < s->n_axes; a++)
			g->used[a][cell_value(s, a, g->cells[i].cell)] = true;
}

void put_matrix(struct sink *s, const struct paper *paper, const struct scenario *scenario,
		const struct brief *cells, uint32_t n)
{
	struct grid g = { paper, scenario, cells, n };
	if (!n)
		return;
	mark_used(&g);
	g.cell_width = widest_cell(&g);
	put_tables(s, &g);
	put_legend(s, paper, scenario, cells, n, g.blanks);
	for (uint32_t a = 0; a < scenario->n_axes; a++)
		free(g.used[a]);
	free(g.used);
}
