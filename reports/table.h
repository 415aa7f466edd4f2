/*
 * Tables of text, fitted to the paper.
 */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include "reports/paper.h"

struct table_cell {
	const char *text; /* one line; NULL: empty */
	enum ink ink;
};

struct table_column {
	const char *head; /* may have several lines; NULL in all columns: no heads */
	bool wraps;	  /* gives way, by breaking its texts between words, when the table is too wide */
};

struct table_text {
	const struct table_column *columns;
	size_t n_columns;
	const struct table_cell *cells; /* row by row */
	size_t n_rows;
	size_t indent;
};

#define TABLE_GAP 2 /* blanks between columns */

/** Puts a table in some format. */
typedef void table_writer(struct sink *s, const struct paper *paper, const struct table_text *table);

/** Prints the table; a table that cannot be made to fit is wider than the paper. For the main thread only. */
table_writer put_table;

#endif
