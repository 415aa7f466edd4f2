#include "reports/grid.h"

#include <stdlib.h>

static int compare_cells(const void *key, const void *brief)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct brief *)brief)->cell;
	return (a > b) - (a < b);
}

/** The values of an axis that occur, in order. */
static const uint32_t *used_values(struct arena *a, const struct grid *g, uint32_t axis, uint32_t *n)
{
	uint32_t n_values = g->scenario->axes[axis].n;
	bool *used = arena_alloc(a, n_values * sizeof *used);
	uint32_t *values = arena_alloc(a, n_values * sizeof *values);
	for (uint32_t i = 0; i < g->n; i++)
		used[cell_value(g->scenario, axis, g->cells[i].cell)] = true;
	for (uint32_t v = 0; v < n_values; v++)
		if (used[v])
			values[(*n)++] = v;
	return values;
}

static bool is_list(const struct grid *g)
{
	return g->scenario->n_axes == 1;
}

struct grid grid_of(struct arena *a, const struct scenario *scenario, const struct brief *cells, uint32_t n)
{
	struct grid g = { .scenario = scenario, .cells = cells, .n = n };
	g.row_axis = is_list(&g) ? 0 : scenario->n_axes - 2;
	g.rows = used_values(a, &g, g.row_axis, &g.n_rows);
	if (!is_list(&g)) {
		g.columns = used_values(a, &g, scenario->n_axes - 1, &g.n_columns);
		return g;
	}
	g.columns = arena_alloc(a, sizeof *g.columns);
	g.n_columns = 1;
	return g;
}

/** Cells per row, counting those that were not selected. */
static uint64_t row_size(const struct grid *g)
{
	return is_list(g) ? 1 : g->scenario->axes[g->scenario->n_axes - 1].n;
}

static uint64_t table_size(const struct grid *g)
{
	return row_size(g) * g->scenario->axes[g->row_axis].n;
}

uint32_t grid_next(const struct grid *g, uint32_t i)
{
	uint64_t size = table_size(g), table = g->cells[i].cell / size;
	while (i < g->n && g->cells[i].cell / size == table)
		i++;
	return i;
}

const struct brief *grid_at(const struct grid *g, uint32_t i, uint32_t row, uint32_t column)
{
	uint64_t size = table_size(g), base = g->cells[i].cell / size * size;
	uint64_t cell = base + g->rows[row] * row_size(g) + g->columns[column];
	return bsearch(&cell, g->cells, g->n, sizeof *g->cells, compare_cells);
}

bool grid_has_blanks(const struct grid *g)
{
	for (uint32_t i = 0; i < g->n;) {
		uint32_t next = grid_next(g, i);
		if (next - i < (uint64_t)g->n_rows * g->n_columns)
			return true;
		i = next;
	}
	return false;
}

const char *grid_row_name(const struct grid *g, uint32_t row)
{
	return g->scenario->axes[g->row_axis].labels[g->rows[row]];
}

const char *grid_column_name(const struct grid *g, uint32_t column)
{
	return is_list(g) ? "" : g->scenario->axes[g->scenario->n_axes - 1].labels[g->columns[column]];
}
