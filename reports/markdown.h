/*
 * COMPATIBILITY.md: a document to be committed and published. Without times and versions, one thought per line, so that a
 * difference of two of them shows what has changed.
 */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

#include "reports/report.h"

extern const struct report_kind markdown_report;

/** The head of the table of scenarios of which a single cell was run, and a row of it. */
#define MARKDOWN_RUNS_HEAD "## Runs\n\n| scenario | what | result |\n| --- | --- | --- |\n"
void put_markdown_run(struct sink *s, const struct shown *shown, const struct brief *b);

#endif
