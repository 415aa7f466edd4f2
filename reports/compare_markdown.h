/*
 * A comparison as a part of a Markdown document.
 */
#ifndef REPORTS_COMPARE_MARKDOWN_H
#define REPORTS_COMPARE_MARKDOWN_H

#include "reports/compare.h"

/**
 * Sums, a table of the cells of each class, and what else is not the same.
 *
 * @param told  cells of each class, at most; others are counted
 */
void put_comparison_markdown(struct sink *s, const struct comparison *c, uint64_t told);

/** The section of a run that is compared with a baseline; NULL: nothing. */
void put_baseline_section(struct sink *s, const struct comparison *c, uint64_t told);

#endif
