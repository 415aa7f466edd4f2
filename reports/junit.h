/*
 * JUnit XML in the subset that Jenkins (xunit2), GitLab and the actions of GitHub read: a test suite per scenario, a test case
 * per cell. docs/formats.md says what is what.
 */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "reports/report.h"

#define JUNIT_CELLS 20000    /* in a file: GitLab reads 250,000 elements, of which a cell has at most three */
#define JUNIT_BYTES 28000000 /* of cells in a file: GitLab reads 30 MB */

extern const struct report_kind junit_report;

#endif
