#include "reports/text.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/matrix.h"
#include "reports/utf8.h"

#define UNEXPECTED_MAX 20 /* cells that are told in detail; further ones are counted */

/** Cells of one scenario that failed for the same cause. */
struct tally {
	uint64_t cells;
	uint64_t example; /* the first of them */
};

/** What the report remembers; everything from `cells` on is about the scenario at hand. */
struct text_state {
	struct sink unexpected; /* details that stand below all scenarios */
	uint64_t told, untold;	/* cells in it; cells that would make it too long */
	size_t n_causes;

	struct brief *cells; /* of a matrix; NULL: too many for a table */
	uint32_t n_cells;
	struct tally *causes, *exceptions; /* by index in causes[], scenario->exceptions */
	struct brief last;
	struct sink detail; /* of the only cell */
};

/* --- worker side ----------------------------------------------------------------------------- */

static bool is_matrix(const struct shown *shown)
{
	return shown->cells != 1;
}

/** A ladder is printed for the only run, for all with -v, and for what was not expected. */
static bool wants_detail(const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	if (is_matrix(shown))
		return show->verbose && !r->expected;
	return show->n == 1 || show->verbose || !r->expected;
}

static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	if (wants_detail(show, shown, r))
		put_cell_detail(out, show, shown, r, scratch);
	else if (r->surprise)
		put_paragraph(out, r->surprise, 6, show->paper.width);
}

/* --- sums ------------------------------------------------------------------------------------ */

static const struct {
	enum verdict verdict;
	const char *one, *many;
} sum_words[] = {
	{ VERDICT_WORKS, "works", "work" },	   { VERDICT_DEGRADED, "degraded", "degraded" },
	{ VERDICT_STOPS, "stops", "stop" },	   { VERDICT_FAILS, "fails", "fail" },
	{ VERDICT_SKIPPED, "skipped", "skipped" }, { VERDICT_ERROR, "error", "errors" },
};

static void put_sum(struct sink *s, const char **comma, uint64_t n, const char *word)
{
	sink_text(s, *comma);
	put_thousands(s, n);
	sink_char(s, ' ');
	sink_text(s, word);
	*comma = ", ";
}

/** "40 work, 14 fail, 14 known" */
static void put_verdicts(struct sink *s, const struct totals *t)
{
	const char *comma = "";
	for (size_t i = 0; i < COUNT(sum_words); i++) {
		uint64_t n = t->verdicts[sum_words[i].verdict];
		if (n)
			put_sum(s, &comma, n, n == 1 ? sum_words[i].one : sum_words[i].many);
	}
	if (t->known)
		put_sum(s, &comma, t->known, "known");
}

void put_sums(struct sink *s, uint64_t cells, const struct totals *t)
{
	put_count(s, cells, "cell");
	if (t->cells)
		sink_text(s, ": ");
	put_verdicts(s, t);
}

void put_expectation(struct sink *s, const struct paper *p, const struct totals *t)
{
	if (!t->unexpected) {
		sink_text(s, t->cells == 1 ? ", as expected" : ", all as expected");
		return;
	}
	sink_text(s, ", ");
	sink_text(s, ink_code(p, INK_BAD));
	put_thousands(s, t->unexpected);
	sink_text(s, " not as expected");
	sink_text(s, p->colour ? "\033[0m" : "");
}

/* --- one scenario ---------------------------------------------------------------------------- */

static struct text_state *state_of(struct report *report)
{
	return report->state;
}

static size_t count_causes(void)
{
	size_t n = 0;
	while (causes[n].word)
		n++;
	return n;
}

static void *zeroed(size_t n, size_t size)
{
	void *memory = calloc(n + 1, size);
	assert(memory);
	return memory;
}

static void begin(struct report *report)
{
	struct text_state *state = zeroed(1, sizeof *state);
	state->n_causes = count_causes();
	report->state = state;
}

static void forget_scenario(struct text_state *state)
{
	free(state->cells);
	free(state->causes);
	free(state->exceptions);
	state->cells = NULL;
	state->causes = state->exceptions = NULL;
	state->n_cells = 0;
	sink_clear(&state->detail);
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	struct text_state *state = state_of(report);
	forget_scenario(state);
	state->causes = zeroed(state->n_causes, sizeof *state->causes);
	state->exceptions = zeroed(shown->scenario->n_exceptions, sizeof *state->exceptions);
	if (shown->cells <= MATRIX_MAX)
		state->cells = zeroed((size_t)shown->cells, sizeof *state->cells);
}

static void tally(struct tally *t, uint64_t cell)
{
	if (!t->cells++)
		t->example = cell;
}

/** The cell's name and verdict, broken between its axes where it is long. */
static void put_unexpected_name(struct sink *s, const struct paper *paper, const struct shown *shown,
				const struct brief *b)
{
	struct sink text = { 0 };
	const struct scenario *scenario = shown->scenario;
	sink_text(&text, shown->file);
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		sink_text(&text, i ? ", " : " ");
		put_choice(&text, scenario, i, b->cell);
	}
	sink_printf(&text, "  %s%s%s", verdict_words[b->verdict], b->cause ? ": " : "",
		    b->cause ? b->cause->word : "");
	sink_char(&text, '\0');
	sink_text(s, "  ");
	put_wrapped(s, text.bytes, 2, 4, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

/** Cells that surprise are told below everything else, each with the command that repeats it. */
static void tell_unexpected(struct report *report, const struct shown *shown, const struct brief *b,
			    const char *rendered, size_t n)
{
	struct text_state *state = state_of(report);
	struct sink *out = &state->unexpected;
	if (state->told == UNEXPECTED_MAX) {
		state->untold++;
		return;
	}
	state->told++;
	put_unexpected_name(out, &report->show->paper, shown, b);
	sink_put(out, rendered, n);
	put_command(out, report->show, shown, b->cell, 6);
	sink_char(out, '\n');
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b,
		 const char *rendered, size_t n)
{
	struct text_state *state = state_of(report);
	const struct show *show = report->show;
	bool in_place = !is_matrix(shown) && (show->n == 1 || show->verbose) && !show->quiet;
	state->last = *b;
	if (b->cause)
		tally(&state->causes[b->cause - causes], b->cell);
	if (b->exception)
		tally(&state->exceptions[b->exception - shown->scenario->exceptions], b->cell);
	if (state->cells && is_matrix(shown))
		state->cells[state->n_cells++] = *b;
	if (in_place)
		sink_put(&state->detail, rendered, n);
	else if (!b->expected)
		tell_unexpected(report, shown, b, rendered, n);
}

static void put_heading(struct report *report, const struct shown *shown)
{
	struct sink name = { 0 };
	sink_text(&name, shown->scenario->name);
	if (!is_matrix(shown) && shown->scenario->n_axes) {
		sink_text(&name, ": ");
		put_choices(&name, shown->scenario, state_of(report)->last.cell);
	}
	sink_char(&name, '\0');
	put_paragraph(&report->out, name.bytes, 0, report->show->paper.width);
	sink_char(&report->out, '\n');
	sink_free(&name);
}

static void put_cause_tally(struct report *report, const struct shown *shown, const struct cause *cause,
			    const struct tally *t, size_t width)
{
	struct sink *s = &report->out;
	sink_printf(s, "%s  ", cause->id);
	put_padded(s, cause->word, width + 3);
	put_count(s, t->cells, "cell");
	sink_text(s, t->cells == 1 ? ":\n" : ", for example\n");
	put_command(s, report->show, shown, t->example, 5);
}

static size_t longest_cause(const struct text_state *state)
{
	size_t width = 0;
	for (size_t i = 0; i < state->n_causes; i++)
		if (state->causes[i].cells && strlen(causes[i].word) > width)
			width = strlen(causes[i].word);
	return width;
}

/** The cause with the lowest number behind `id` ("": the first) that occurred; NULL when there is none. */
static const struct cause *next_cause(const struct text_state *state, const char *id)
{
	const struct cause *next = NULL;
	for (size_t i = 0; i < state->n_causes; i++)
		if (state->causes[i].cells && strcmp(causes[i].id, id) > 0 &&
		    (!next || strcmp(causes[i].id, next->id) < 0))
			next = &causes[i];
	return next;
}

static void put_causes(struct report *report, const struct shown *shown)
{
	const struct text_state *state = state_of(report);
	size_t width = longest_cause(state);
	for (const struct cause *c = NULL; (c = next_cause(state, c ? c->id : ""));)
		put_cause_tally(report, shown, c, &state->causes[c - causes], width);
	if (width)
		sink_char(&report->out, '\n');
}

static void put_exceptions(struct report *report, const struct shown *shown)
{
	const struct text_state *state = state_of(report);
	bool any = false;
	for (uint32_t i = 0; i < shown->scenario->n_exceptions; i++) {
		const struct exception *e = &shown->scenario->exceptions[i];
		struct sink text = { 0 };
		if (!state->exceptions[i].cells)
			continue;
		put_count(&text, state->exceptions[i].cells, "cell");
		sink_printf(&text, " %s: %s", e->skip ? "skipped" : "known", e->why);
		sink_char(&text, '\0');
		put_wrapped(&report->out, text.bytes, 0, 5, report->show->paper.width);
		sink_char(&report->out, '\n');
		sink_free(&text);
		any = true;
	}
	if (any)
		sink_char(&report->out, '\n');
}

static void put_matrix_page(struct report *report, const struct shown *shown)
{
	const struct text_state *state = state_of(report);
	if (state->cells)
		put_matrix(&report->out, &report->show->paper, shown->scenario, state->cells, state->n_cells);
	else
		put_paragraph(&report->out,
			      "too many cells for a table; --only AXIS=VALUE shows some of them\n", 2,
			      report->show->paper.width);
	put_causes(report, shown);
	put_exceptions(report, shown);
}

static void put_page(struct report *report, const struct shown *shown)
{
	struct text_state *state = state_of(report);
	put_heading(report, shown);
	if (is_matrix(shown)) {
		put_matrix_page(report, shown);
		return;
	}
	sink_put(&report->out, state->detail.bytes, state->detail.len);
	sink_char(&report->out, '\n');
}

#define FIRST_COLUMN 12

/** "✗ fails", "54 cells" */
static void put_line_head(struct sink *s, const struct paper *paper, const struct shown *shown,
			  const struct brief *b, const struct totals *totals)
{
	struct sink text = { 0 };
	if (is_matrix(shown))
		put_count(&text, totals->cells, "cell");
	else if (totals->cells)
		sink_printf(&text, "%s %s", verdict_mark(paper, b->verdict), verdict_words[b->verdict]);
	else
		sink_text(&text, "not run");
	sink_char(&text, '\0');
	put_padded(s, text.bytes, FIRST_COLUMN);
	sink_free(&text);
}

/** One of many scenarios in one line, or two. */
static void put_line(struct report *report, const struct shown *shown, const struct totals *totals)
{
	const struct brief *b = &state_of(report)->last;
	struct sink *s = &report->out, text = { 0 };
	sink_printf(&text, "%s  ", shown->file);
	if (is_matrix(shown))
		put_verdicts(&text, totals);
	else
		sink_text(&text, totals->cells && b->cause ? b->cause->word : "");
	sink_text(&text, totals->unexpected ? "  NOT AS EXPECTED" : "");
	sink_char(&text, '\0');
	put_line_head(s, &report->show->paper, shown, b, totals);
	sink_text(s, totals->unexpected ? ink_code(&report->show->paper, INK_BAD) : "");
	put_wrapped(s, text.bytes, FIRST_COLUMN, FIRST_COLUMN, report->show->paper.width);
	sink_text(s, report->show->paper.colour && totals->unexpected ? "\033[0m\n" : "\n");
	sink_free(&text);
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals)
{
	const struct show *show = report->show;
	if (show->quiet)
		return;
	if (show->n == 1 || show->verbose)
		put_page(report, shown);
	else
		put_line(report, shown, totals);
}

/* --- the end --------------------------------------------------------------------------------- */

static void put_unexpected(struct report *report)
{
	const struct text_state *state = state_of(report);
	if (!state->told)
		return;
	sink_text(&report->out, report->show->n > 1 ? "\nnot as expected:\n\n" : "not as expected:\n\n");
	sink_put(&report->out, state->unexpected.bytes, state->unexpected.len);
	if (state->untold) {
		sink_text(&report->out, "  and ");
		put_count(&report->out, state->untold, "more cell");
		sink_text(&report->out, "\n\n");
	}
}

/** "interrupted: 12 of 54 cells ran" and the like. */
static void put_ending(struct report *report, const struct totals *totals, enum ending ending)
{
	if (ending == ENDING_COMPLETE)
		return;
	sink_text(&report->out, ending == ENDING_INTERRUPTED
					? "interrupted: "
					: "stopped at the first cell that was not as expected: ");
	put_thousands(&report->out, totals->cells);
	sink_text(&report->out, " of ");
	put_count(&report->out, report->show->cells, "cell");
	sink_text(&report->out, totals->cells ? " ran; " : " ran");
}

/** The totals in one line, so the number of scenarios has its own when they would not fit together. */
static void put_totals(struct sink *s, const struct show *show, const struct totals *totals)
{
	struct sink line = { 0 };
	put_sums(&line, totals->cells, totals);
	put_expectation(&line, &show->paper, totals);
	if (show->n > 1) {
		put_count(s, show->n, "scenario");
		sink_text(s, line.len + 20 > show->paper.width ? ":\n" : ", ");
	}
	sink_put(s, line.bytes, line.len);
	sink_free(&line);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	const struct show *show = report->show;
	struct sink *s = &report->out;
	put_unexpected(report);
	put_ending(report, totals, ending);
	if (show->cells == 1 && ending == ENDING_COMPLETE)
		sink_text(s, totals->unexpected ? "1 scenario, not as expected" : "1 scenario, as expected");
	else if (totals->cells)
		put_totals(s, show, totals);
	sink_text(s, ".\n");
}

static void free_state(struct report *report)
{
	struct text_state *state = state_of(report);
	forget_scenario(state);
	sink_free(&state->detail);
	sink_free(&state->unexpected);
	free(state);
}

const struct report_kind text_report = {
	.name = "text",
	.file = "result.txt",
	.reads_trace = true,
	.render = render,
	.begin = begin,
	.begin_scenario = begin_scenario,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
