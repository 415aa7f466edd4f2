/*
 * When a matrix fails, for programs, without its cells: what is left to say where no single cell is asked for.
 */
#ifndef REPORTS_CONDITIONS_JSON_H
#define REPORTS_CONDITIONS_JSON_H

#include "reports/report.h"

/** {"cells", "conditions", "conditions_proof", "name", "path", "totals"}, of each scenario on a line of its own. */
extern const struct report_kind conditions_report;

#endif
