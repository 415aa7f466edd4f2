/*
 * What the marks in the tables of a matrix mean. Only what occurs is explained.
 */
#ifndef REPORTS_LEGEND_H
#define REPORTS_LEGEND_H

#include "reports/report.h"

/**
 * The character that stands for the i-th (from 0) check when it works: the letter of its kind; its number
 * when several checks of the scenario have the same letter. Checks from BRIEF_RESULTS on have none.
 */
char check_symbol(const struct scenario *s, uint32_t i);

/** The character in its place when the check has another result than `works`; 0: none. */
char check_mark(enum verdict v);

/**
 * The legend of these cells, filled into lines that never break between a mark and its meaning. `blanks`: the tables
 * have places without a cell.
 */
void put_legend(struct sink *s, const struct paper *paper, const struct scenario *scenario,
		const struct brief *cells, uint32_t n, bool blanks);

#endif
