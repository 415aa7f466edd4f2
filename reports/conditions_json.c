#include "reports/conditions_json.h"

#include "reports/conditions_text.h"
#include "reports/result_json.h"

static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	(void)show, (void)shown, (void)r, (void)scratch, (void)out; /* cells are only counted */
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct json j = { &report->out };
	json_open(&j, '{');
	json_key(&j, "cells"), json_number(&j, shown->cells);
	json_key(&j, "conditions"), conditions_array(&j, shown->scenario, conditions);
	if (conditions)
		json_key(&j, "conditions_proof"),
			json_text(&j, conditions_proof_words[conditions_found(conditions)->proof]);
	json_key(&j, "name"), json_text(&j, shown->scenario->name);
	json_key(&j, "path"), json_text(&j, shown->scenario->path);
	json_key(&j, "totals"), put_totals_json(&j, report->show, totals);
	json_close(&j, '}');
	sink_char(&report->out, '\n');
}

const struct report_kind conditions_report = {
	.name = "conditions",
	.file = "conditions.json",
	.render = render,
	.end_scenario = end_scenario,
};
