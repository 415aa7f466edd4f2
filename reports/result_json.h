/*
 * result.json: keys sorted, one cell per line, no wall-clock time, no absolute paths, so that two runs of one
 * build are byte-identical and a text diff of two results reads well.
 */
#ifndef REPORTS_RESULT_JSON_H
#define REPORTS_RESULT_JSON_H

#include "reports/report.h"

extern const struct report_kind json_report;

#endif
