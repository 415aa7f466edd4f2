/*
 * A matrix that is too large to be read, made small: values of an axis that come to the same in every cell
 * share a row or a column, under the name of the first of them and how many more there are.
 *
 *	router           via-port     rport-aware +9
 *	random-port +6   x fails F01  + works
 *	static-port +8   + works      + works
 */
#ifndef REPORTS_ALIKE_H
#define REPORTS_ALIKE_H

#include "reports/report.h"

struct alike;

/**
 * Groups the values of each axis by what became of their cells.
 *
 * @param scenario  kept
 * @param cells     in order of their numbers; what is shown of them decides, not their example or exception
 */
struct alike *alike_new(const struct scenario *scenario, const struct brief *cells, uint32_t n);

/** How many cells are left: with more than MATRIX_MAX it is no use to put them. */
uint32_t alike_cells(const struct alike *alike);

/** The tables, the legend, and who shares a row or a column with whom. */
void put_alike(struct sink *s, const struct paper *paper, struct alike *alike);

/** NULL is fine. */
void alike_free(struct alike *alike);

#endif
