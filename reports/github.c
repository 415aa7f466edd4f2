#include "reports/github.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/annotation.h"
#include "reports/compare_markdown.h"
#include "reports/compare_text.h"
#include "reports/markdown.h"
#include "reports/markdown_table.h"
#include "reports/plain.h"
#include "reports/standing.h"
#include "reports/text.h"
#include "reports/xml.h"

#define CHANGES_TOLD   50		  /* against a baseline, of each class, at most */
#define COMPARED_BYTES (GITHUB_BYTES / 9) /* for them */

/** A portion of the summary that grows block by block, each of which is in it as a whole or not at all. */
struct portion {
	struct sink text;
	size_t limit;
	uint64_t left_out; /* blocks */
};

struct github {
	struct gathered gathered; /* of the scenario at hand */
	struct finding *findings;
	struct portion unexpected, runs, matrices;
	uint64_t annotated; /* cells */
};

static struct github *github_of(struct report *report)
{
	return report->state;
}

static void add_block(struct portion *portion, const char *block, size_t n)
{
	if (portion->left_out || portion->text.len + n > portion->limit)
		portion->left_out++;
	else
		sink_put(&portion->text, block, n);
}

/* --- one cell, on any thread ----------------------------------------------------------------- */

/** "phone=cisco-7940,router=linux: expected works; register a: fails: reply-to-via-port, lost at home" */
static void put_message(struct sink *s, const struct scenario *scenario, const struct cell_result *r,
			const char *message)
{
	const struct check_result *bad = blamed_check(r);
	put_choices(s, scenario, r->cell);
	sink_text(s, scenario->n_axes ? ": " : "");
	sink_text(s, message);
	if (!bad)
		return;
	sink_text(s, "; ");
	put_check_line(s, scenario, bad);
	if (bad->sentence)
		sink_text(s, ": "), sink_text(s, bad->sentence);
}

/** One line. */
static void put_cell_annotation(struct sink *s, const struct scenario *scenario, const struct cell_result *r,
				const char *text)
{
	struct sink message = { 0 };
	put_annotation(s, &(struct annotated){ scenario->path, blamed_line(scenario, r), 0, blamed_word(r) });
	put_message(&message, scenario, r, text);
	put_annotation_text(s, message.bytes, message.len);
	sink_char(s, '\n');
	sink_free(&message);
}

/** Lines as code: nothing that begins with four blanks is markup. */
static void put_code_lines(struct sink *s, const struct sink *text)
{
	for (size_t i = 0; i < text->len; i++) {
		char c = text->bytes[i];
		sink_text(s, i == 0 || text->bytes[i - 1] == '\n' ? "    " : "");
		sink_char(s, c != '\n' && (unsigned char)c < ' ' ? ' ' : c);
	}
}

static void put_summary(struct sink *s, const struct sink *text)
{
	sink_text(s, "<details><summary>");
	put_xml_value(s, text->bytes, text->len);
	sink_text(s, "</summary>\n\n");
}

#define DETAILS_END "\n</details>\n\n"

/** "✗ fails: matrix.yaml[phone=...]: reply-to-via-port; expected works", and when it is opened all that is known of it. */
static void put_cell_block(struct sink *s, const struct show *show, const struct shown *shown,
			   const struct cell_result *r)
{
	struct sink text = { 0 };
	const struct check_result *bad = blamed_check(r);
	sink_printf(&text, "%s %s: ", verdict_mark(&markdown_paper, r->verdict), verdict_words[r->verdict]);
	put_cell_id(&text, shown->scenario, r->cell);
	sink_printf(&text, ": %s%s%s", bad && bad->cause ? bad->cause->word : "", bad && bad->cause ? "; " : "",
		    surprise_of(r));
	put_summary(s, &text);
	sink_clear(&text);
	put_plain_cell(&text, show, shown, r);
	put_code_lines(s, &text);
	sink_text(s, DETAILS_END);
	sink_free(&text);
}

/** A line that is the annotation of a failure, or is empty; behind it the block of a cell that is not as expected. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	const struct standing standing = standing_of(show, shown, r, scratch);
	if (standing.fails)
		put_cell_annotation(out, shown->scenario, r, standing.message);
	sink_text(out, standing.fails ? "" : "\n");
	if (!r->expected)
		put_cell_block(out, show, shown, r);
}

/* --- cells ----------------------------------------------------------------------------------- */

static void begin(struct report *report)
{
	struct github *github = calloc(1, sizeof *github);
	assert(github);
	github->findings = findings_new();
	github->unexpected.limit = GITHUB_BYTES * 3 / 9;
	github->matrices.limit = GITHUB_BYTES * 3 / 9;
	github->runs.limit = GITHUB_BYTES / 9;
	report->state = github;
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	gathered_begin(&github_of(report)->gathered, shown);
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct github *github = github_of(report);
	size_t line = (size_t)((const char *)memchr(rendered, '\n', n) - rendered) + 1;
	gathered_add(&github->gathered, shown, b);
	if (line > 1 && github->annotated++ < ANNOTATIONS_MAX)
		sink_put(&report->notes, rendered, line);
	if (n > line)
		add_block(&github->unexpected, rendered + line, n - line);
}

static void add_run(struct github *github, const struct shown *shown)
{
	struct sink row = { 0 };
	put_markdown_run(&row, shown, &github->gathered.last);
	add_block(&github->runs, row.bytes, row.len);
	sink_free(&row);
}

/** Folded, with its sums where they are seen. */
static void add_matrix(struct report *report, const struct shown *shown, const struct totals *totals,
		       const struct conditions *conditions)
{
	struct github *github = github_of(report);
	struct sink text = { 0 }, block = { 0 };
	sink_printf(&text, "%s: ", shown_name(shown));
	put_sums(&text, totals);
	put_summary(&block, &text);
	put_markdown_section(&block, report->show, shown, &github->gathered, totals, conditions);
	sink_text(&block, DETAILS_END);
	add_block(&github->matrices, block.bytes, block.len);
	sink_free(&text);
	sink_free(&block);
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct github *github = github_of(report);
	findings_add(github->findings, &github->gathered, shown);
	if (is_matrix(shown))
		add_matrix(report, shown, totals, conditions);
	else if (totals->cells)
		add_run(github, shown);
}

/* --- the summary ----------------------------------------------------------------------------- */

static void put_heading(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending)
{
	bool worse = show->compared && comparison_fails(show->compared);
	sink_text(s, "# viaport: ");
	if (show->compared)
		put_against_baseline(s, show->compared);
	if (totals->unexpected) {
		sink_text(s, show->compared ? "; " : "");
		put_thousands(s, totals->unexpected);
		sink_text(s, " not as expected");
	} else if (ending != ENDING_COMPLETE) {
		sink_text(s, show->compared ? "; cut short" : "cut short");
	} else if (!worse) {
		sink_text(s, show->compared ? "; as expected" : "as expected");
	}
	sink_text(s, "\n\n");
	if (ending == ENDING_COMPLETE)
		return;
	put_ending(s, show, totals, ending);
	sink_text(s, ".\n\n");
}

/** What was planned stands beside what was run, so that nobody takes half a run for a whole one. */
static void put_numbers(struct sink *s, const struct show *show, const struct totals *totals)
{
	const struct {
		const char *head;
		uint64_t n;
	} columns[] = {
		{ "cells planned", show->cells },
		{ "run", totals->cells + totals->hidden - totals->verdicts[VERDICT_SKIPPED] },
		{ "skipped", totals->verdicts[VERDICT_SKIPPED] },
		{ "work", totals->verdicts[VERDICT_WORKS] },
		{ "degraded", totals->verdicts[VERDICT_DEGRADED] },
		{ "stop", totals->verdicts[VERDICT_STOPS] },
		{ "fail", totals->verdicts[VERDICT_FAILS] },
		{ "errors", totals->verdicts[VERDICT_ERROR] },
		{ "known", totals->known },
		{ "not as expected", totals->unexpected },
		{ "hidden", totals->hidden },
	};
	for (size_t i = 0; i < COUNT(columns); i++)
		sink_printf(s, "| %s ", columns[i].head);
	sink_text(s, "|\n");
	for (size_t i = 0; i < COUNT(columns); i++)
		sink_text(s, "| ---: ");
	sink_text(s, "|\n");
	for (size_t i = 0; i < COUNT(columns); i++) {
		sink_text(s, "| ");
		put_thousands(s, columns[i].n);
		sink_char(s, ' ');
	}
	sink_text(s, "|\n\n");
	if (put_hidden(s, show, totals))
		sink_text(s, ".\n\n");
}

/** A portion with what stands above it, and how many of its blocks there are besides. */
static void put_portion(struct sink *s, const char *head, const struct portion *portion, const char *noun)
{
	if (!portion->text.len && !portion->left_out)
		return;
	sink_text(s, head);
	sink_put(s, portion->text.bytes, portion->text.len);
	if (portion->left_out) {
		sink_text(s, "\nAnd ");
		put_thousands(s, portion->left_out);
		sink_printf(s, " more %s, which would make this longer than GitHub shows.\n", noun);
	}
	sink_char(s, '\n');
}

static void put_causes(struct sink *s, const struct show *show, const struct finding *findings)
{
	struct sink text = { 0 };
	put_markdown_causes(&text, show, findings);
	if (s->len + text.len <= GITHUB_BYTES)
		sink_put(s, text.bytes, text.len);
	sink_free(&text);
}

/** As many cells of each class as there is room for. */
static void put_compared(struct sink *s, const struct comparison *c)
{
	struct sink text = { 0 };
	uint64_t told = CHANGES_TOLD * 2;
	do {
		sink_clear(&text);
		told /= 2;
		put_comparison_markdown(&text, c, told);
	} while (told && text.len > COMPARED_BYTES);
	sink_text(s, "## Against the baseline\n\n");
	sink_put(s, text.bytes, text.len);
	sink_free(&text);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct github *github = github_of(report);
	struct sink *s = &report->out;
	put_heading(s, report->show, totals, ending);
	put_numbers(s, report->show, totals);
	if (report->show->compared)
		put_compared(s, report->show->compared);
	put_portion(s, "## Not as expected\n\n", &github->unexpected, "cells");
	put_portion(s, MARKDOWN_RUNS_HEAD, &github->runs, "runs");
	put_portion(s, "## Matrices\n\n", &github->matrices, "matrices");
	put_causes(s, report->show, github->findings);
	if (github->annotated > ANNOTATIONS_MAX)
		put_more_annotations(&report->notes, github->annotated - ANNOTATIONS_MAX);
}

static void free_state(struct report *report)
{
	struct github *github = github_of(report);
	gathered_free(&github->gathered);
	free(github->findings);
	sink_free(&github->unexpected.text);
	sink_free(&github->runs.text);
	sink_free(&github->matrices.text);
	free(github);
}

const struct report_kind github_report = {
	.name = "github",
	.file = "github.md",
	.appends_to = "GITHUB_STEP_SUMMARY",
	.render = render,
	.begin = begin,
	.begin_scenario = begin_scenario,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
