/*
 * COMPATIBILITY.md: a document to be committed and published. Without times and versions, one thought per line, so that a
 * difference of two of them shows what has changed.
 */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

#include "reports/report.h"

extern const struct report_kind markdown_report;

#endif
