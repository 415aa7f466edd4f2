/*
 * A matrix that is too large for a table, as sums: for each axis that makes a difference, how many cells of
 * each of its values work, fail and so on.
 */
#ifndef REPORTS_SPREAD_H
#define REPORTS_SPREAD_H

#include "reports/report.h"
#include "reports/table.h"

/** An axis with more values is not summed up: nobody would read it. The catalogue has 42 routers. */
#define SPREAD_VALUES 50

struct spread;

/** Keeps the scenario. spread_free() in the end. */
struct spread *spread_new(const struct scenario *scenario);

void spread_add(struct spread *spread, const struct brief *b);

/** One table per axis whose values differ in their verdicts; false when there is none, and nothing is put. */
bool put_spread(struct sink *s, table_writer *put, const struct paper *paper, const struct spread *spread);

/** NULL is fine. */
void spread_free(struct spread *spread);

#endif
