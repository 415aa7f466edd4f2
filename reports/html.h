/*
 * report.html: one file for people, which opens from disk, asks nobody for anything, and can be mailed.
 *
 * Everything but the details of cells is plain HTML. A script adds filters and the details, from JSON in the same file. The
 * file's own policy forbids all other scripts and styles, and every request.
 *
 * Whoever runs it may ask which cells have their details in the page, and give them drawers (show->drawers) before it ends.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/drawers.h"
#include "reports/report.h"

extern const struct report_kind html_report;

/** A cell whose details stand in a page. */
struct html_cell {
	struct drawer_cell of;
	enum verdict verdict;
};

/** All cells so far whose details stand in a page, in its order; `n` is how many. Valid until the next one comes. */
const struct html_cell *html_cells(const struct report *report, size_t *n);

#endif
