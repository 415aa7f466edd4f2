/*
 * What GitHub shows of a run: a summary of the job in Markdown, and annotations beside the lines of a scenario that are to
 * blame. docs/formats.md says how to get both.
 */
#ifndef REPORTS_GITHUB_H
#define REPORTS_GITHUB_H

#include "reports/report.h"

#define GITHUB_BYTES (900 * 1024) /* of a summary: above 1 MiB GitHub shows nothing of it */

extern const struct report_kind github_report;

#endif
