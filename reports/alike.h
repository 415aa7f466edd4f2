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

/** Its cells: one for each choice of groups. With more than MATRIX_MAX it is no use to show them. */
const struct brief *alike_briefs(const struct alike *alike, uint32_t *n);

/** The scenario with groups in place of values, which are named here: "linux +3". To be called once. */
const struct scenario *alike_scenario(struct alike *alike);

/** "router linux +3: openwrt, patchbay-home, home-survey-2010"; false when the group has one member. */
bool put_alike_group(struct sink *s, const struct alike *alike, uint32_t axis, uint32_t group);

/** What stands above them. */
#define ALIKE_HEAD "alike in every cell, so they share a row, a column or a table:"

/** All groups of several members, a paragraph each. */
void put_alike_groups(struct sink *s, const struct paper *paper, const struct alike *alike);

/** NULL is fine. */
void alike_free(struct alike *alike);

#endif
