/*
 * The tables of a matrix: one table per choice of the leading axes, rows are the last axis but one, columns
 * the last. With one axis it is a list.
 */
#ifndef REPORTS_MATRIX_H
#define REPORTS_MATRIX_H

#include "reports/report.h"

/** Tables of more cells are no tables that anybody reads. */
#define MATRIX_MAX 500

/** Prints the tables of these cells (in order of their numbers) and the legend. */
void put_matrix(struct sink *s, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		uint32_t n);

/** In how many pieces each table is cut, because its columns do not fit side by side; 0 without cells. */
uint32_t matrix_pieces(const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		       uint32_t n);

#endif
