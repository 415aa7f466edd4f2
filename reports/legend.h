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

/** "RIA-": the symbol of each check that works, something else for the others. */
void put_check_symbols(struct sink *s, const struct scenario *scenario, const struct brief *b);

/** "+ works: registers", "R register", "Fnn, Gnn: the cause, below". */
struct legend_item {
	const char *mark;
	const char *word, *meaning; /* may be NULL */
	bool begins;		    /* a group of items, so a new line */
	bool of_cells;		    /* a mark of cells, the same in every scenario */
};

#define LEGEND_MAX (2 * VERDICTS + BRIEF_RESULTS + 5)

struct legend {
	struct legend_item items[LEGEND_MAX];
	uint32_t n;
};

/** The legend of these cells. `blanks`: the tables have places without a cell. Its texts live in the arena, or longer. */
void legend_of(struct arena *a, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
	       uint32_t n, bool blanks, struct legend *out);

/** "MARK WORD: MEANING" */
void put_legend_item(struct sink *s, const struct legend_item *item);

/** legend_of() filled into lines that never break between a mark and its meaning. */
void put_legend(struct sink *s, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		uint32_t n, bool blanks);

#endif
