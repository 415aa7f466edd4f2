#include "reports/matrix.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/chances.h"
#include "reports/grid.h"
#include "reports/legend.h"
#include "reports/table.h"
#include "reports/text.h"
#include "reports/utf8.h"

/** A matrix that is being printed. */
struct print {
	const struct paper *paper;
	const struct grid *grid;
	size_t cell_width; /* of the widest cell of all tables, so that they stand below each other */
	bool broken;	   /* column heads are broken behind their hyphens, else the tables are too wide */
};

/* --- the text of a cell ---------------------------------------------------------------------- */

/** "x fails F01", "x fails 3 of 20 F01", "~ degraded RI-K F08 F12 !" */
static void put_cell(struct sink *s, const struct print *p, const struct brief *b)
{
	sink_text(s, verdict_mark(p->paper, b->verdict));
	sink_char(s, ' ');
	sink_text(s, verdict_words[b->verdict]);
	put_share(s, b);
	if (b->n_results > 1) {
		sink_char(s, ' ');
		put_check_symbols(s, p->grid->scenario, b);
	}
	for (const struct cause *c = NULL; (c = next_cause(b->causes, c));) {
		sink_char(s, ' ');
		sink_text(s, c->id);
	}
	if (!b->expected)
		sink_text(s, " !");
}

static char *cell_text(const struct print *p, const struct brief *b)
{
	struct sink s = { 0 };
	if (b)
		put_cell(&s, p, b);
	sink_char(&s, '\0');
	return s.bytes;
}

static size_t widest_cell(const struct print *p)
{
	struct sink s = { 0 };
	size_t widest = 0;
	for (uint32_t i = 0; i < p->grid->n; i++) {
		sink_clear(&s);
		put_cell(&s, p, &p->grid->cells[i]);
		size_t width = utf8_width(s.bytes, s.len);
		widest = width > widest ? width : widest;
	}
	sink_free(&s);
	return widest;
}

/* --- one table ------------------------------------------------------------------------------- */

/** Some columns of one table: as many as fit the paper side by side. */
struct strip {
	uint32_t table;		   /* index of its first cell */
	uint32_t first, n_columns; /* of the grid */
};

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
static size_t column_width(const struct print *p, uint32_t column)
{
	const char *name = grid_column_name(p->grid, column);
	size_t width = p->broken ? longest_piece(name) : utf8_width(name, strlen(name));
	return width > p->cell_width ? width : p->cell_width;
}

static void fill_heads(const struct print *p, const struct strip *t, struct table_column *heads)
{
	heads[0].head = p->grid->scenario->axes[p->grid->row_axis].name;
	for (uint32_t c = 0; c < t->n_columns; c++)
		heads[c + 1].head = broken_name(grid_column_name(p->grid, t->first + c), column_width(p, t->first + c));
}

static void free_heads(const struct strip *t, struct table_column *heads)
{
	for (uint32_t c = 0; c < t->n_columns; c++)
		free((char *)heads[c + 1].head);
	free(heads);
}

static void fill_rows(const struct print *p, const struct strip *t, struct table_cell *cells)
{
	for (uint32_t r = 0; r < p->grid->n_rows; r++) {
		struct table_cell *row = &cells[r * (t->n_columns + 1)];
		row[0].text = grid_row_name(p->grid, r);
		for (uint32_t c = 0; c < t->n_columns; c++) {
			const struct brief *b = grid_at(p->grid, t->table, r, t->first + c);
			row[c + 1].text = cell_text(p, b);
			row[c + 1].ink = !b ? INK_PLAIN : b->expected ? verdict_ink(b->verdict) : INK_BAD;
		}
	}
}

static void free_rows(const struct print *p, const struct strip *t, struct table_cell *cells)
{
	for (uint32_t r = 0; r < p->grid->n_rows; r++)
		for (uint32_t c = 0; c < t->n_columns; c++)
			free((char *)cells[r * (t->n_columns + 1) + c + 1].text);
	free(cells);
}

static void put_strip(struct sink *s, const struct print *p, const struct strip *t)
{
	size_t columns = t->n_columns + 1, n_rows = p->grid->n_rows;
	struct table_column *heads = calloc(columns, sizeof *heads);
	struct table_cell *cells = calloc(columns * n_rows + 1, sizeof *cells);
	assert(heads && cells);
	fill_heads(p, t, heads);
	fill_rows(p, t, cells);
	put_table(s, p->paper, &(struct table_text){ heads, columns, cells, n_rows, 0 });
	sink_char(s, '\n');
	free_rows(p, t, cells);
	free_heads(t, heads);
}

static size_t row_head_width(const struct print *p)
{
	size_t width = strlen(p->grid->scenario->axes[p->grid->row_axis].name);
	for (uint32_t r = 0; r < p->grid->n_rows; r++) {
		const char *name = grid_row_name(p->grid, r);
		size_t w = utf8_width(name, strlen(name));
		width = w > width ? w : width;
	}
	return width;
}

/** How many columns from `first` on fit beside the row heads; at least one. */
static uint32_t columns_that_fit(const struct print *p, uint32_t first)
{
	size_t used = row_head_width(p);
	uint32_t n = 0;
	while (first + n < p->grid->n_columns) {
		used += TABLE_GAP + column_width(p, first + n);
		if (n && used > p->paper->width)
			break;
		n++;
	}
	return n;
}

static void put_strips(struct sink *s, const struct print *p, uint32_t table)
{
	for (uint32_t first = 0; first < p->grid->n_columns;) {
		struct strip t = { table, first, columns_that_fit(p, first) };
		put_strip(s, p, &t);
		first += t.n_columns;
	}
}

/* --- all tables ------------------------------------------------------------------------------ */

static void put_table_head(struct sink *s, const struct print *p, uint64_t cell)
{
	const struct scenario *scenario = p->grid->scenario;
	for (uint32_t i = 0; i + 2 < scenario->n_axes; i++) {
		const char *value = scenario->axes[i].labels[cell_value(scenario, i, cell)];
		sink_text(s, i ? ", " : "");
		sink_text(s, scenario->axes[i].name);
		sink_char(s, ' ');
		ink_text(s, p->paper, INK_BOLD, value);
	}
	if (scenario->n_axes > 2)
		sink_char(s, '\n');
}

static void put_tables(struct sink *s, const struct print *p)
{
	for (uint32_t i = 0; i < p->grid->n; i = grid_next(p->grid, i)) {
		put_table_head(s, p, p->grid->cells[i].cell);
		put_strips(s, p, i);
	}
}

static struct print print_of(const struct paper *paper, const struct grid *grid)
{
	struct print p = { .paper = paper, .grid = grid };
	p.cell_width = widest_cell(&p);
	p.broken = columns_that_fit(&p, 0) < grid->n_columns;
	return p;
}

void put_matrix(struct sink *s, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		uint32_t n)
{
	if (!n)
		return;
	struct arena *a = arena_new();
	struct grid grid = grid_of(a, scenario, cells, n);
	struct print p = print_of(paper, &grid);
	put_tables(s, &p);
	put_legend(s, paper, scenario, cells, n, grid_has_blanks(&grid));
	arena_free(a);
}

uint32_t matrix_pieces(const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		       uint32_t n)
{
	struct arena *a = arena_new();
	struct grid grid = grid_of(a, scenario, cells, n);
	struct print p = print_of(paper, &grid);
	uint32_t pieces = 0;
	for (uint32_t first = 0; n && first < grid.n_columns; pieces++)
		first += columns_that_fit(&p, first);
	arena_free(a);
	return pieces;
}
