#include "reports/text.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/alike.h"
#include "reports/compare_text.h"
#include "reports/conditions_text.h"
#include "reports/gathered.h"
#include "reports/matrix.h"
#include "reports/plain.h"
#include "reports/spread.h"
#include "reports/table.h"
#include "reports/unverified.h"
#include "reports/utf8.h"

#define UNEXPECTED_MAX 20 /* cells that are told one by one; further ones are counted */
#define EXAMPLES_MAX   3  /* the same of a matrix that is too large for a table */

/** What the report remembers; everything from `told_here` on is about the scenario at hand. */
struct text_state {
	struct sink unexpected; /* cells that stand below all scenarios */
	uint64_t told, untold;	/* cells in it; cells that would make it too long */
	uint64_t causes_told;	/* whose reason stands in it: bit i for row i of causes[] */

	uint64_t told_here; /* as `told` */
	struct gathered gathered;
	struct sink detail; /* of the only cell */
};

/* --- worker side ----------------------------------------------------------------------------- */

/** One scenario, or two that are compared, are told in full. */
static bool tells_all(const struct show *show)
{
	return show->verbose || show->n <= 2;
}

/** A ladder is printed for what is told in full, and for what was not expected. */
static bool wants_detail(const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	if (is_matrix(shown))
		return show->verbose && !r->expected;
	return tells_all(show) || !r->expected;
}

/** In a cell of a matrix that was not expected: begins what is told of the first cell of a cause. */
#define REASON '\0'

static void put_reason(struct sink *out, const struct show *show, const struct cell_result *r)
{
	const struct check_result *blamed = blamed_check(r);
	const char *reason = blamed ? check_reason(r, blamed) : NULL;
	if (!reason)
		return;
	sink_char(out, REASON);
	put_paragraph(out, reason, 6, show->paper.width);
}

static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	/* That a cell should have worked goes without saying. */
	bool plain = !r->exception && r->verdict != VERDICT_ERROR;
	if (wants_detail(show, shown, r))
		put_cell_detail(out, show, shown, r, scratch);
	else if (r->surprise && !plain)
		put_paragraph(out, r->surprise, 6, show->paper.width);
	if (is_matrix(shown) && !show->verbose && !r->expected)
		put_reason(out, show, r);
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
	if (t->by_chance)
		put_sum(s, &comma, t->by_chance, t->by_chance == 1 ? "depends on chance" : "depend on chance");
}

/** Where it got worse than the baseline of a run, it is no comfort that the scenarios expected that. `show` NULL: there is none. */
static void put_expectation(struct sink *s, const struct show *show, const struct paper *p, const struct totals *t)
{
	if (!t->unexpected && show && show->compared && comparison_fails(show->compared))
		return;
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

static void begin(struct report *report)
{
	report->state = calloc(1, sizeof(struct text_state));
	assert(report->state);
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	struct text_state *state = state_of(report);
	state->told_here = 0;
	sink_clear(&state->detail);
	gathered_begin(&state->gathered, shown);
}

/** The cell's name and verdict, broken between its axes where it is long; the file where there are several.
 */
static void put_unexpected_name(struct sink *s, const struct show *show, const struct shown *shown,
				const struct brief *b)
{
	struct sink text = { 0 };
	const struct scenario *scenario = shown->scenario;
	bool named = show->n > 1 || !scenario->n_axes;
	sink_text(&text, named ? shown_name(shown) : "");
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		sink_text(&text, i ? ", " : named ? " " : "");
		put_choice(&text, scenario, i, b->cell);
	}
	sink_printf(&text, "  %s", verdict_words[b->verdict]);
	put_share(&text, b);
	sink_text(&text, b->causes ? ": " : "");
	put_cause_words(&text, b->causes);
	sink_char(&text, '\0');
	sink_text(s, "  ");
	put_wrapped(s, text.bytes, 2, 4, show->paper.width);
	sink_char(s, '\n');
	sink_free(&text);
}

/** What was rendered, without the reason where the same one stands above. */
static void put_told(struct text_state *state, const struct brief *b, const char *rendered, size_t n)
{
	const char *reason = n ? memchr(rendered, REASON, n) : NULL;
	size_t surprise = reason ? (size_t)(reason - rendered) : n;
	sink_put(&state->unexpected, rendered, surprise);
	if (reason && b->causes & ~state->causes_told)
		sink_put(&state->unexpected, reason + 1, n - surprise - 1);
	state->causes_told |= b->causes;
}

static bool told_enough(const struct text_state *state, bool large)
{
	return state->told == UNEXPECTED_MAX || (large && state->told_here == EXAMPLES_MAX);
}

/** Cells that surprise are told below everything else, the first with the command that repeats it. */
static void tell_unexpected(struct report *report, const struct shown *shown, const struct brief *b,
			    const char *rendered, size_t n)
{
	struct text_state *state = state_of(report);
	struct sink *out = &state->unexpected;
	if (told_enough(state, shown->cells > MATRIX_MAX)) {
		state->untold++;
		return;
	}
	if (state->told == 1)
		sink_text(out, "      the others likewise\n");
	if (state->told && (report->show->verbose || !is_matrix(shown)))
		sink_char(out, '\n'); /* ladders need air */
	put_unexpected_name(out, report->show, shown, b);
	put_told(state, b, rendered, n);
	if (!state->told) {
		sink_text(out, "      repeat with:\n");
		put_outcome_command(out, report->show, shown, b->cell, told_outcome(b), 6);
	}
	state->told++;
	state->told_here++;
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct text_state *state = state_of(report);
	const struct show *show = report->show;
	bool in_place = !is_matrix(shown) && tells_all(show) && !show->quiet;
	gathered_add(&state->gathered, shown, b);
	if (in_place)
		sink_put(&state->detail, rendered, n);
	else if (!b->expected)
		tell_unexpected(report, shown, b, rendered, n);
}

/** "with remedy-e force-rport: servers answer to the source ...": of a matrix those of all its cells. */
static void put_remedies(struct report *report, const struct shown *shown)
{
	const struct scenario *scenario = shown->scenario;
	uint32_t *choice = calloc(scenario->n_axes + 1, sizeof *choice);
	const struct model *const *remedies;
	assert(choice);
	scenario_choice(scenario, state_of(report)->gathered.last.cell, choice);
	uint32_t n =
		is_matrix(shown) && scenario->remedies.axis >= 0 ? 0 : scenario_remedies(scenario, choice, &remedies);
	for (uint32_t i = 0; i < n; i++) {
		const struct model *m = remedies[i];
		struct sink text = { 0 };
		sink_printf(&text, "with %s%s%s", m->name, m->title ? " " : "", m->title ? m->title : "");
		sink_char(&text, '\0');
		put_wrapped(&report->out, text.bytes, 0, 2, report->show->paper.width);
		sink_char(&report->out, '\n');
		sink_free(&text);
	}
	free(choice);
}

static void put_heading(struct report *report, const struct shown *shown)
{
	struct sink name = { 0 };
	if (is_matrix(shown))
		sink_printf(&name, "%s: ", shown_name(shown));
	sink_text(&name, shown->scenario->name);
	if (!is_matrix(shown) && shown->scenario->n_axes) {
		sink_text(&name, ": ");
		put_choices(&name, shown->scenario, state_of(report)->gathered.last.cell);
	}
	sink_char(&name, '\0');
	put_paragraph(&report->out, name.bytes, 0, report->show->paper.width);
	put_remedies(report, shown);
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
	put_outcome_command(s, report->show, shown, t->example.cell, told_outcome(&t->example), 5);
}

static size_t longest_cause(const struct gathered *g)
{
	size_t width = 0;
	for (size_t i = 0; causes[i].word; i++)
		if (g->causes[i].cells && strlen(causes[i].word) > width)
			width = strlen(causes[i].word);
	return width;
}

static void put_causes(struct report *report, const struct shown *shown)
{
	const struct gathered *g = &state_of(report)->gathered;
	size_t width = longest_cause(g);
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));)
		if (g->causes[c - causes].cells)
			put_cause_tally(report, shown, c, &g->causes[c - causes], width);
	if (width)
		sink_char(&report->out, '\n');
}

static void put_exceptions(struct report *report, const struct shown *shown)
{
	bool any = false;
	for (uint32_t i = 0; i < shown->scenario->n_exceptions; i++) {
		struct sink text = { 0 };
		if (put_exception(&text, &state_of(report)->gathered, shown, i)) {
			sink_char(&text, '\0');
			put_wrapped(&report->out, text.bytes, 0, 5, report->show->paper.width);
			sink_char(&report->out, '\n');
			any = true;
		}
		sink_free(&text);
	}
	if (any)
		sink_char(&report->out, '\n');
}

static uint32_t pieces_of(const struct paper *paper, const struct picture *p)
{
	return p->spread ? 0 : matrix_pieces(paper, p->scenario, p->cells, p->n);
}

/** Tables of more columns than fit are folded when that leaves fewer pieces. */
static struct picture picture_on(const struct paper *paper, struct gathered *g, const struct shown *shown)
{
	struct picture plain = picture_of(g, shown);
	if (plain.alike || pieces_of(paper, &plain) <= 1)
		return plain;
	struct picture folded = picture_folded(g, shown);
	if (pieces_of(paper, &folded) >= pieces_of(paper, &plain))
		picture_free(&folded, g);
	else
		plain = folded;
	return plain;
}

/** Tables, with what is folded in them, or sums in place of tables that nobody would read. */
static void put_picture(struct sink *s, const struct paper *paper, const struct picture *p)
{
	if (p->spread) {
		put_spread(s, put_table, paper, p->spread);
		sink_text(s, "too many cells for a table; --only AXIS=VALUE shows some of them\n\n");
		return;
	}
	put_matrix(s, paper, p->scenario, p->cells, p->n);
	if (p->alike) {
		sink_text(s, ALIKE_HEAD "\n");
		put_alike_groups(s, paper, p->alike);
		sink_char(s, '\n');
	}
}

static void put_matrix_page(struct report *report, const struct shown *shown, const struct conditions *conditions)
{
	struct gathered *g = &state_of(report)->gathered;
	struct picture picture = picture_on(&report->show->paper, g, shown);
	put_picture(&report->out, &report->show->paper, &picture);
	picture_free(&picture, g);
	put_unverified(&report->out, &report->show->paper, g->unverified);
	if (conditions)
		put_conditions(&report->out, &report->show->paper, shown->scenario, conditions);
	put_causes(report, shown);
	put_chances(&report->out, report->show, shown, &g->chances);
	put_exceptions(report, shown);
}

static void put_page(struct report *report, const struct shown *shown, const struct conditions *conditions)
{
	struct text_state *state = state_of(report);
	put_heading(report, shown);
	if (is_matrix(shown)) {
		put_matrix_page(report, shown, conditions);
		return;
	}
	sink_put(&report->out, state->detail.bytes, state->detail.len);
	sink_char(&report->out, '\n');
	put_unverified(&report->out, &report->show->paper, state->gathered.unverified);
}

#define FIRST_COLUMN 12

/** "✗ fails", "54 cells". Returns the column in which the rest begins. */
static size_t put_line_head(struct sink *s, const struct paper *paper, const struct shown *shown, const struct brief *b,
			    const struct totals *totals)
{
	struct sink text = { 0 };
	if (is_matrix(shown))
		put_count(&text, totals->cells, "cell");
	else if (totals->cells)
		sink_printf(&text, "%s %s", verdict_mark(paper, b->verdict), verdict_words[b->verdict]);
	else
		sink_text(&text, totals->hidden ? "hidden" : "not run");
	size_t width = utf8_width(text.bytes, text.len), column = width < FIRST_COLUMN ? FIRST_COLUMN : width + 2;
	sink_char(&text, '\0');
	put_padded(s, text.bytes, column);
	sink_free(&text);
	return column;
}

/** "reply-to-via-port", "mapping-expired 3 of 20 seeds" */
static void put_line_causes(struct sink *s, const struct brief *b)
{
	put_cause_words(s, b->causes);
	put_share(s, b);
	sink_text(s, told_outcome(b) ? " seeds" : "");
}

/** One of many scenarios in one line, or two. */
static void put_line(struct report *report, const struct shown *shown, const struct totals *totals)
{
	const struct brief *b = &state_of(report)->gathered.last;
	struct sink *s = &report->out, text = { 0 };
	sink_printf(&text, "%s  ", shown_name(shown));
	if (is_matrix(shown))
		put_verdicts(&text, totals);
	else if (totals->cells)
		put_line_causes(&text, b);
	sink_text(&text, totals->unexpected ? "  NOT AS EXPECTED" : "");
	sink_char(&text, '\0');
	size_t column = put_line_head(s, &report->show->paper, shown, b, totals);
	sink_text(s, totals->unexpected ? ink_code(&report->show->paper, INK_BAD) : "");
	put_wrapped(s, text.bytes, column, FIRST_COLUMN, report->show->paper.width);
	sink_text(s, report->show->paper.colour && totals->unexpected ? "\033[0m\n" : "\n");
	sink_free(&text);
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	const struct show *show = report->show;
	if (show->quiet)
		return;
	if (tells_all(show))
		put_page(report, shown, conditions);
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
		put_thousands(&report->out, state->untold);
		sink_text(&report->out, " more\n");
	}
	sink_char(&report->out, '\n');
}

void put_ending(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	if (ending == ENDING_COMPLETE)
		return;
	sink_text(s, ending == ENDING_INTERRUPTED ? "interrupted: "
						  : "stopped at the first cell that was not as expected: ");
	put_thousands(s, totals->cells);
	sink_text(s, " of ");
	put_count(s, show->cells, "cell");
	sink_text(s, " ran");
}

void put_sums(struct sink *s, const struct totals *totals)
{
	static const struct paper plain = { 0 };
	put_count(s, totals->cells, "cell");
	if (!totals->cells)
		return;
	sink_text(s, ": ");
	put_verdicts(s, totals);
	put_expectation(s, NULL, &plain, totals);
}

bool put_hidden(struct sink *s, const struct show *show, const struct totals *totals)
{
	if (!totals->hidden)
		return false;
	put_count(s, totals->hidden, "cell");
	sink_printf(s, " hidden: confidence below %s", confidence_words[show->least]);
	return true;
}

/** "3 broke against the baseline: 73 compared.", on lines of its own and before all else. */
static void put_compared(struct sink *s, const struct show *show)
{
	struct sink line = { 0 };
	if (!show->compared)
		return;
	put_baseline_line(&line, show->compared);
	sink_text(&line, ".");
	sink_char(&line, '\0');
	put_wrapped(s, line.bytes, 0, 2, show->paper.width);
	sink_char(s, '\n');
	sink_free(&line);
}

/** "17 scenarios, 667 cells: 438 work, 229 fail, all as expected", broken where it would be too long. */
static void put_totals(struct sink *s, const struct show *show, const struct totals *totals)
{
	struct sink cells = { 0 }, sums = { 0 };
	put_count(&cells, totals->cells, "cell");
	put_verdicts(&sums, totals);
	put_expectation(&sums, show, &show->paper, totals);
	size_t width = cells.len + 2 + sums.len + 1;
	bool fits = width <= show->paper.width;
	if (show->n > 1) {
		put_count(s, show->n, "scenario");
		sink_text(s, fits && width + 20 > show->paper.width ? ":\n" : ", ");
	}
	sink_put(s, cells.bytes, cells.len);
	sink_text(s, fits ? ": " : ":\n");
	sink_char(&sums, '\0');
	put_wrapped(s, sums.bytes, 0, 0, fits ? UINT32_MAX : show->paper.width - 1); /* behind it stands a full stop */
	sink_free(&cells);
	sink_free(&sums);
}

static void put_single(struct sink *s, const struct show *show, const struct totals *totals)
{
	bool worse = show->compared && comparison_fails(show->compared);
	sink_text(s, "1 scenario");
	sink_text(s, totals->unexpected ? ", not as expected" : worse ? "" : ", as expected");
}

void put_last_line(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	put_compared(s, show);
	if (put_hidden(s, show, totals))
		sink_text(s, totals->cells || ending != ENDING_COMPLETE ? "\n" : "");
	put_ending(s, show, totals, ending);
	sink_text(s, ending != ENDING_COMPLETE && totals->cells ? ":\n" : "");
	if (show->cells == 1 && totals->cells && ending == ENDING_COMPLETE)
		put_single(s, show, totals);
	else if (totals->cells)
		put_totals(s, show, totals);
	else if (ending == ENDING_COMPLETE && !totals->hidden)
		sink_text(s, "0 cells: no cell falls to this part");
	sink_text(s, ".\n");
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	put_unexpected(report);
	if (report->show->compared && (!report->show->quiet || comparison_fails(report->show->compared)))
		put_comparison(&report->out, &report->show->paper, report->show->compared);
	put_last_line(&report->out, report->show, totals, ending);
}

static void free_state(struct report *report)
{
	struct text_state *state = state_of(report);
	gathered_free(&state->gathered);
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
