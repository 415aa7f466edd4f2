#include "reports/markdown.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/compare_markdown.h"
#include "reports/markdown_table.h"
#include "reports/text.h"

#define UNEXPECTED_MAX 50 /* cells that are told one by one; further ones are counted */
#define CHANGES_TOLD   50 /* against a baseline, of each class */

struct markdown_state {
	struct gathered gathered; /* of the scenario at hand */
	struct finding *findings;
	struct sink unexpected; /* list of cells that surprise */
	uint64_t told;		/* cells in it */
	struct sink runs;	/* rows of the scenarios of which a single cell was run */
	struct sink sections;	/* of the others */
};

static struct markdown_state *state_of(struct report *report)
{
	return report->state;
}

/* --- worker side ----------------------------------------------------------------------------- */

/** What was expected instead. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	(void)show, (void)shown, (void)scratch;
	if (r->surprise)
		put_markdown_text(out, r->surprise);
}

/* --- cells ----------------------------------------------------------------------------------- */

static void begin(struct report *report)
{
	struct markdown_state *state = calloc(1, sizeof *state);
	assert(state);
	state->findings = findings_new();
	report->state = state;
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	gathered_begin(&state_of(report)->gathered, shown);
}

/** "matrix.yaml phone=cisco-7940,router=pf": what was run. */
static void put_name(struct sink *s, const struct shown *shown, uint64_t cell)
{
	struct sink text = { 0 };
	sink_text(&text, shown_name(shown));
	sink_text(&text, shown->scenario->n_axes ? " " : "");
	put_choices(&text, shown->scenario, cell);
	sink_char(&text, '\0');
	put_markdown_text(s, text.bytes);
	sink_free(&text);
}

static void tell_unexpected(struct markdown_state *state, const struct shown *shown, const struct brief *b,
			    const char *rendered, size_t n)
{
	struct sink *s = &state->unexpected;
	if (state->told++ >= UNEXPECTED_MAX)
		return;
	sink_text(s, "- ");
	put_name(s, shown, b->cell);
	sink_text(s, ": ");
	put_markdown_verdict(s, b->verdict);
	put_share(s, b);
	put_markdown_links(s, b->causes);
	sink_text(s, n ? ". " : "");
	sink_put(s, rendered, n);
	sink_char(s, '\n');
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct markdown_state *state = state_of(report);
	gathered_add(&state->gathered, shown, b);
	if (!b->expected)
		tell_unexpected(state, shown, b, rendered, n);
}

void put_markdown_run(struct sink *s, const struct shown *shown, const struct brief *b)
{
	sink_text(s, "| ");
	put_name(s, shown, b->cell);
	sink_text(s, " | ");
	put_markdown_text(s, shown->scenario->name);
	sink_text(s, " | ");
	put_markdown_verdict(s, b->verdict);
	put_share(s, b);
	put_markdown_links(s, b->causes);
	sink_text(s, b->expected ? " |\n" : " **!** |\n");
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct markdown_state *state = state_of(report);
	findings_add(state->findings, &state->gathered, shown);
	if (is_matrix(shown))
		put_markdown_section(&state->sections, report->show, shown, &state->gathered, totals, conditions);
	else if (totals->cells)
		put_markdown_run(&state->runs, shown, &state->gathered.last);
}

/* --- the document ---------------------------------------------------------------------------- */

/** The totals; what a text says in several lines stays in several lines. */
static void put_totals(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	struct show plain = show_on(show, (struct paper){ .width = UINT32_MAX });
	struct sink lines = { 0 };
	put_last_line(&lines, &plain, totals, ending);
	for (size_t i = 0; i < lines.len; i++) {
		sink_text(s, lines.bytes[i] == '\n' && i + 1 < lines.len ? "\\" : "");
		sink_char(s, lines.bytes[i]);
	}
	sink_free(&lines);
}

/** The command that makes this very document. */
static void put_own_command(struct sink *s, const struct show *show)
{
	struct sink command = { 0 };
	put_made_by(&command, show);
	sink_text(&command, " -f markdown");
	sink_char(&command, '\0');
	put_markdown_code(s, command.bytes);
	sink_free(&command);
}

static void put_head(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	sink_text(s, "# Compatibility\n\n");
	put_totals(s, show, totals, ending);
	sink_text(s, "\nMade by ");
	if (show->command)
		put_own_command(s, show);
	else
		sink_printf(s, "viaport %s", show->version);
	sink_text(s, "; changes by hand will be lost.\n\n");
}

static void put_unexpected(struct sink *s, const struct markdown_state *state)
{
	if (!state->told)
		return;
	sink_text(s, "## Not as expected\n\n");
	sink_put(s, state->unexpected.bytes, state->unexpected.len);
	if (state->told > UNEXPECTED_MAX) {
		sink_text(s, "- and ");
		put_thousands(s, state->told - UNEXPECTED_MAX);
		sink_text(s, " more\n");
	}
	sink_char(s, '\n');
}

static void put_runs(struct sink *s, const struct markdown_state *state)
{
	if (!state->runs.len)
		return;
	sink_text(s, MARKDOWN_RUNS_HEAD);
	sink_put(s, state->runs.bytes, state->runs.len);
	sink_char(s, '\n');
}

/** One line end at the end of the file. */
static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct markdown_state *state = state_of(report);
	struct sink *s = &report->out;
	put_head(s, report->show, totals, ending);
	put_unexpected(s, state);
	put_baseline_section(s, report->show->compared, CHANGES_TOLD);
	put_runs(s, state);
	sink_put(s, state->sections.bytes, state->sections.len);
	put_markdown_causes(s, report->show, state->findings);
	s->len--;
}

static void free_state(struct report *report)
{
	struct markdown_state *state = state_of(report);
	gathered_free(&state->gathered);
	free(state->findings);
	sink_free(&state->unexpected);
	sink_free(&state->runs);
	sink_free(&state->sections);
	free(state);
}

const struct report_kind markdown_report = {
	.name = "markdown",
	.file = "COMPATIBILITY.md",
	.render = render,
	.begin = begin,
	.begin_scenario = begin_scenario,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
