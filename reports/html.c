#include "reports/html.h"

#include <assert.h>
#include <stdlib.h>

#include "models/sha256.h"
#include "reports/compare_html.h"
#include "reports/explain.h"
#include "reports/html_page.h"
#include "reports/html_parts.h"
#include "reports/text.h"

#define WHOLE_MAX      20000 /* cells of which a page has all details; of what goes beyond there are examples */
#define UNEXPECTED_MAX 50    /* cells that are listed; further ones are counted */
#define CHANGES_TOLD   50    /* against a baseline, of each class */
#define PAGE_MAX       9500000 /* bytes: drawers that would make a page larger are left out */

/* Where the object of a scenario ends in the data, and how many cells there were up to there. */
struct data_end {
	size_t at, cells;
};

struct html_state {
	struct gathered gathered; /* of the scenario at hand */
	bool whole;		  /* every cell of it is in the page */
	uint64_t room;		  /* cells that the page still takes */
	struct finding *findings;
	struct sink unexpected; /* list of cells that surprise */
	uint64_t told;		/* cells in it */
	struct sink runs;	/* rows of the scenarios of which a single cell was run */
	struct sink sections;	/* of the others */
	struct json data;	/* an array of scenarios */
	struct sink data_bytes;
	struct html_cell *cells; /* with details in the page */
	size_t n_cells, cells_size;
	struct data_end *ends; /* by scenario in the page: where its object can still be added to */
	uint32_t n_ends;
};

static struct html_state *state_of(struct report *report)
{
	return report->state;
}

static uint32_t index_of(const struct report *report, const struct shown *shown)
{
	return (uint32_t)(shown - report->show->scenarios);
}

/* --- worker side ----------------------------------------------------------------------------- */

/** The details in one line, and behind its end what was expected instead. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	struct json j = { .out = out, .tight = true };
	(void)show, (void)shown, (void)scratch;
	put_cell_data(&j, r);
	sink_char(out, '\n');
	if (r->surprise)
		put_html_text(out, r->surprise);
}

/* --- cells ----------------------------------------------------------------------------------- */

static void begin(struct report *report)
{
	struct html_state *state = calloc(1, sizeof *state);
	assert(state);
	state->findings = findings_new();
	state->room = WHOLE_MAX;
	state->data = (struct json){ .out = &state->data_bytes, .tight = true };
	state->ends = calloc(report->show->n + 1, sizeof *state->ends);
	assert(state->ends);
	json_open(&state->data, '[');
	report->state = state;
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	struct html_state *state = state_of(report);
	struct json *j = &state->data;
	gathered_begin(&state->gathered, shown);
	state->whole = shown->cells <= state->room;
	state->room -= state->whole ? shown->cells : 0;
	json_item(j), json_open(j, '{');
	put_scenario_data(j, report->show, shown);
	json_key(j, "cells"), json_open(j, '[');
}

const struct html_cell *html_cells(const struct report *report, size_t *n)
{
	const struct html_state *state = report->state;
	*n = state->n_cells;
	return state->cells;
}

/** A cell that depends on chance is drawn with the seed of what is told. */
static void add_cell(struct html_state *state, const struct report *report, const struct shown *shown, const struct brief *b)
{
	const struct outcome *told = told_outcome(b);
	if (state->n_cells == state->cells_size) {
		state->cells_size = state->cells_size ? 2 * state->cells_size : 64;
		state->cells = realloc(state->cells, state->cells_size * sizeof *state->cells);
		assert(state->cells);
	}
	state->cells[state->n_cells++] = (struct html_cell){
		.of = { .scenario = index_of(report, shown),
			.cell = b->cell,
			.seed = told ? told->seed : shown->seed,
			.seeded = told || report->show->seeded },
		.verdict = b->verdict,
	};
}

/** Is it the first cell of a cause in its scenario? */
static bool is_example(const struct gathered *g, const struct brief *b)
{
	for (const struct cause *c = NULL; (c = next_cause(b->causes, c));)
		if (!g->causes[c - causes].cells)
			return true;
	return false;
}

/** The axes say which cell of the only scenario it is. */
static void put_name(struct sink *s, const struct show *show, const struct shown *shown, uint64_t cell)
{
	struct sink text = { 0 };
	bool named = show->n > 1 || !shown->scenario->n_axes;
	sink_text(&text, named ? shown_name(shown) : "");
	sink_text(&text, named && shown->scenario->n_axes ? " " : "");
	put_choices(&text, shown->scenario, cell);
	sink_char(&text, '\0');
	put_html_text(s, text.bytes);
	sink_free(&text);
}

static void tell_unexpected(struct report *report, const struct shown *shown, const struct brief *b,
			    const char *surprise, size_t n)
{
	struct sink *s = &state_of(report)->unexpected;
	sink_printf(s, "<li data-s=\"%u\"><span", index_of(report, shown));
	put_html_cell(s, NULL, b, true);
	sink_text(s, "</span> ");
	put_name(s, report->show, shown, b->cell);
	sink_text(s, n ? ": " : "");
	sink_put(s, surprise, n);
	sink_text(s, "</li>\n");
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct html_state *state = state_of(report);
	const char *behind = memchr(rendered, '\n', n);
	assert(behind);
	behind++;
	bool told = !b->expected && state->told++ < UNEXPECTED_MAX;
	if (told)
		tell_unexpected(report, shown, b, behind, (size_t)(rendered + n - behind));
	if (state->whole || told || is_example(&state->gathered, b)) {
		json_item(&state->data);
		sink_put(&state->data_bytes, rendered, (size_t)(behind - rendered));
		state->data.more = true;
		add_cell(state, report, shown, b);
	}
	gathered_add(&state->gathered, shown, b);
}

static void put_run(struct sink *s, const struct report *report, const struct shown *shown, const struct brief *b)
{
	sink_printf(s, "<tr data-s=\"%u\"><th scope=\"row\">", index_of(report, shown));
	put_name(s, report->show, shown, b->cell);
	sink_text(s, "</th><td>");
	put_html_text(s, shown->scenario->name);
	sink_text(s, "</td><td");
	put_html_cell(s, NULL, b, true);
	sink_text(s, "</td></tr>\n");
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct html_state *state = state_of(report);
	json_close(&state->data, ']');
	state->ends[state->n_ends++] = (struct data_end){ state->data_bytes.len, state->n_cells };
	json_close(&state->data, '}');
	sink_char(&state->data_bytes, '\n');
	findings_add(state->findings, &state->gathered, shown);
	if (is_matrix(shown))
		put_html_section(&state->sections, report->show, index_of(report, shown), &state->gathered,
				 state->whole, totals, conditions);
	else if (totals->cells)
		put_run(&state->runs, report, shown, &state->gathered.last);
}

/* --- the page -------------------------------------------------------------------------------- */

static void put_policy(struct sink *s)
{
	char style[45], script[45];
	sha256_base64(page_css, strlen(page_css), style);
	sha256_base64(page_js, strlen(page_js), script);
	sink_printf(s,
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
		    "script-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n",
		    style, script);
}

/** The name of the only scenario, or a word for all. */
static const char *title_of(const struct show *show)
{
	return show->n == 1 ? show->scenarios[0].scenario->name : "Compatibility";
}

static void put_head(struct sink *s, const struct show *show)
{
	sink_text(s, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(s);
	sink_text(s, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	put_html_text(s, title_of(show));
	sink_text(s, " - viaport</title>\n<style>");
	sink_text(s, page_css);
	sink_text(s, "</style>\n</head>\n<body>\n");
}

static void put_header(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	struct show plain = show_on(show, (struct paper){ .width = UINT32_MAX });
	struct sink line = { 0 };
	put_last_line(&line, &plain, totals, ending);
	sink_char(&line, '\0');
	sink_text(s, "<header>\n<h1>");
	put_html_text(s, title_of(show));
	sink_text(s, "</h1>\n<p>");
	put_html_text(s, line.bytes);
	sink_text(s, "</p>\n</header>\n");
	sink_free(&line);
}

static bool any_found(const struct finding *findings)
{
	for (size_t i = 0; causes[i].word; i++)
		if (findings[i].cells)
			return true;
	return false;
}

/** What the marks mean; all that occur, whatever scenario has them. */
static void put_legend_of_page(struct sink *s, const struct totals *totals, const struct finding *findings)
{
	sink_text(s, "<ul id=\"legend\" aria-label=\"legend\">\n");
	for (int v = 0; v < VERDICTS; v++) {
		if (!totals->verdicts[v])
			continue;
		sink_printf(s, "<li><span class=\"%s\">", verdict_words[v]);
		put_html_verdict(s, (enum verdict)v);
		sink_text(s, "</span> ");
		put_html_text(s, verdict_meanings[v].brief);
		sink_text(s, "</li>\n");
	}
	if (any_found(findings))
		sink_text(s, "<li>Fnn, Gnn: the cause, below</li>\n");
	if (totals->known)
		sink_text(s, "<li><i>known</i> has a reason</li>\n");
	if (totals->unexpected)
		sink_text(s, "<li><strong>!</strong> not as expected</li>\n");
	sink_text(s, "</ul>\n");
}

static void put_unexpected(struct sink *s, const struct html_state *state)
{
	if (!state->told)
		return;
	sink_text(s, "<section id=\"unexpected\">\n<h2>Not as expected</h2>\n<ul>\n");
	sink_put(s, state->unexpected.bytes, state->unexpected.len);
	sink_text(s, "</ul>\n");
	if (state->told > UNEXPECTED_MAX) {
		sink_text(s, "<p>and ");
		put_thousands(s, state->told - UNEXPECTED_MAX);
		sink_text(s, " more</p>\n");
	}
	sink_text(s, "</section>\n");
}

static void put_runs(struct sink *s, const struct html_state *state)
{
	if (!state->runs.len)
		return;
	sink_text(
		s,
		"<section id=\"runs\">\n<h2>Runs</h2>\n<div class=\"scroll\"><table class=\"matrix\">\n<thead><tr>"
		"<th scope=\"col\">scenario</th><th scope=\"col\">what</th><th scope=\"col\">result</th></tr></thead>\n"
		"<tbody>\n");
	sink_put(s, state->runs.bytes, state->runs.len);
	sink_text(s, "</tbody></table></div>\n</section>\n");
}

/** JSON in which no `<` is left, so that nothing in it can end the element it stands in. */
static void put_data(struct sink *s, const struct sink *json)
{
	for (size_t i = 0; i < json->len;) {
		const char *at = json->bytes + i, *lt = memchr(at, '<', json->len - i);
		size_t n = lt ? (size_t)(lt - at) : json->len - i;
		sink_put(s, at, n);
		sink_text(s, lt ? "\\u003c" : "");
		i += n + (lt != NULL);
	}
}

/** The drawers of the cells from `first` on; a cell without one has null. */
static void drawers_member(struct json *j, const struct drawers *d, uint32_t n, size_t first, size_t end)
{
	j->more = true;
	json_key(j, "drawers"), json_open(j, '[');
	for (size_t i = first; i < end; i++) {
		uint32_t drawer = drawers_of_cell(d, i, n);
		json_item(j);
		if (drawer == DRAWER_NONE)
			json_null(j);
		else
			json_number(j, drawer);
	}
	json_close(j, ']');
}

/** The scenarios, each with the drawers of its cells, of which there are the first `n`. */
static void scenarios_value(struct json *j, const struct html_state *state, const struct drawers *d, uint32_t n)
{
	size_t at = 0, cells = 0;
	for (uint32_t i = 0; d && i < state->n_ends; i++) {
		const struct data_end *end = &state->ends[i];
		sink_put(j->out, state->data_bytes.bytes + at, end->at - at);
		drawers_member(j, d, n, cells, end->cells);
		at = end->at;
		cells = end->cells;
	}
	sink_put(j->out, state->data_bytes.bytes + at, state->data_bytes.len - at);
	j->more = true;
}

/** What the page has room for, so far that it holds `bytes` without them. */
static uint32_t drawers_shown(const struct drawers *d, size_t bytes)
{
	return d && bytes < PAGE_MAX ? drawers_fit(d, PAGE_MAX - bytes) : 0;
}

static void put_script(struct sink *s, const struct report *report, struct html_state *state)
{
	const struct drawers *drawers = report->show->drawers;
	struct sink whole = { 0 };
	struct json j = { .out = &whole, .tight = true };
	json_close(&state->data, ']');
	uint32_t n = drawers_shown(drawers, s->len + state->data_bytes.len + strlen(page_js));
	json_open(&j, '{');
	json_key(&j, "causes"), put_findings_data(&j, state->findings);
	if (drawers)
		put_drawers_data(&j, drawers, n);
	json_key(&j, "scenarios"), scenarios_value(&j, state, drawers, n);
	json_close(&j, '}');
	sink_text(s, "<script type=\"application/json\" id=\"data\">");
	put_data(s, &whole);
	sink_text(s, "</script>\n<script type=\"module\">");
	sink_text(s, page_js);
	sink_text(s, "</script>\n");
	sink_free(&whole);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct html_state *state = state_of(report);
	struct sink *s = &report->out;
	put_head(s, report->show);
	put_header(s, report->show, totals, ending);
	put_legend_of_page(s, totals, state->findings);
	sink_text(s, "<main>\n");
	put_baseline_page(s, report->show->compared, CHANGES_TOLD);
	put_unexpected(s, state);
	put_runs(s, state);
	sink_put(s, state->sections.bytes, state->sections.len);
	put_html_findings(s, report->show, state->findings);
	sink_text(s, "</main>\n<footer>Made by viaport ");
	put_html_text(s, report->show->version);
	sink_text(s, ".</footer>\n");
	put_script(s, report, state);
	sink_text(s, "</body>\n</html>\n");
}

static void free_state(struct report *report)
{
	struct html_state *state = state_of(report);
	gathered_free(&state->gathered);
	free(state->findings);
	sink_free(&state->unexpected);
	sink_free(&state->runs);
	sink_free(&state->sections);
	sink_free(&state->data_bytes);
	free(state->cells);
	free(state->ends);
	free(state);
}

const struct report_kind html_report = {
	.name = "html",
	.file = "report.html",
	.render = render,
	.begin = begin,
	.begin_scenario = begin_scenario,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
