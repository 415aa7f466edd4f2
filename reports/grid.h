/*
 * Where the cells of a matrix stand: one table per choice of the leading axes, rows are the last axis but one,
 * columns the last. With one axis it is a list: a single column without a name.
 */
#ifndef REPORTS_GRID_H
#define REPORTS_GRID_H

#include "reports/report.h"

struct grid {
	const struct scenario *scenario;
	const struct brief *cells; /* in order of their numbers */
	uint32_t n;
	uint32_t row_axis;
	const uint32_t *rows, *columns; /* values of the axes that any cell has */
	uint32_t n_rows, n_columns;
};

/** Lays out these cells of a scenario with axes. Keeps scenario and cells; the rest lives in the arena. */
struct grid grid_of(struct arena *a, const struct scenario *scenario, const struct brief *cells, uint32_t n);

/** The index of the first cell behind the table of cell `i`: for (uint32_t i = 0; i < g.n; i = grid_next(&g, i)) */
uint32_t grid_next(const struct grid *g, uint32_t i);

/** The cell of a row and a column in the table of cell `i`; NULL: it is not among the cells. */
const struct brief *grid_at(const struct grid *g, uint32_t i, uint32_t row, uint32_t column);

/** Is any place of any table without a cell? */
bool grid_has_blanks(const struct grid *g);

const char *grid_row_name(const struct grid *g, uint32_t row);
const char *grid_column_name(const struct grid *g, uint32_t column);

#endif
