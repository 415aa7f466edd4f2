/*
 * A comparison as a section of a page.
 */
#ifndef REPORTS_COMPARE_HTML_H
#define REPORTS_COMPARE_HTML_H

#include "reports/compare.h"

/** What changed against a baseline, at most so many cells of each class; NULL: nothing. */
void put_baseline_page(struct sink *s, const struct comparison *c, uint64_t told);

#endif
