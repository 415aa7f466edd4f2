/*
 * result.json: keys sorted, one cell per line, no wall-clock time, no absolute paths, so that two runs of one
 * build are byte-identical and a text diff of two results reads well.
 */
#ifndef REPORTS_RESULT_JSON_H
#define REPORTS_RESULT_JSON_H

#include "reports/json.h"
#include "reports/report.h"

extern const struct report_kind json_report;

/** A result without cells, on one line: what is the same for all of them, whatever is hidden of them. */
void put_result_head(struct sink *s, const struct show *show);

/** Renders a cell as it stands in a result. */
void render_cell(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out);

/** {"works", "fails", ...}: how many cells there are of each verdict. */
void put_totals_json(struct json *j, const struct show *show, const struct totals *t);

#endif
