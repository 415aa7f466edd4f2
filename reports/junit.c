#include "reports/junit.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/conditions_text.h"
#include "reports/plain.h"
#include "reports/standing.h"
#include "reports/text.h"
#include "reports/xml.h"
#include "sim/addr.h"

/*
 * The numbers of a suite stand before its cells, so a suite is kept until it has ended:
 *
 *	testsuites > testsuite (tests, failures, errors, skipped) > properties
 *	                                                          > testcase > failure | error | skipped
 *	                                                                     > system-out
 */

/** What a test case is besides its name. */
enum case_result { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ERROR, OUTCOME_SKIPPED, OUTCOMES };

/** The cells of a suite that are not written yet. */
struct junit {
	struct sink cells;
	uint64_t outcomes[OUTCOMES], in_suite;
	uint64_t in_file; /* cells in the suites before this one */
	size_t bytes;	  /* of them */
};

/* --- names ----------------------------------------------------------------------------------- */

/** Without ".yaml". */
static size_t stem_length(const char *path)
{
	const char *end = strrchr(path, '.');
	return end && strcmp(end, ".yaml") == 0 ? (size_t)(end - path) : strlen(path);
}

static char class_letter(char c)
{
	return c == '/' ? '.' : c;
}

static bool same_class(const char *a, const char *b)
{
	size_t length = stem_length(a);
	if (stem_length(b) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (class_letter(a[i]) != class_letter(b[i]))
			return false;
	return true;
}

/** How many scenarios before this one have the same class: files from outside are called by their base names. */
static uint32_t namesakes(const struct show *show, const struct shown *shown)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < show->n && &show->scenarios[i] != shown; i++)
		n += same_class(show->scenarios[i].scenario->path, shown->scenario->path);
	return n;
}

/** "scenarios.register.matrix": Jenkins makes packages of what stands before dots. */
static void put_class(struct sink *s, const struct show *show, const struct shown *shown)
{
	const char *path = shown->scenario->path;
	size_t length = stem_length(path);
	uint32_t before = namesakes(show, shown);
	for (size_t from = 0; from < length;) {
		size_t part = strcspn(path + from, "/");
		part = part < length - from ? part : length - from;
		put_xml_value(s, path + from, part);
		from += part;
		if (from < length)
			sink_char(s, '.'), from++;
	}
	if (before)
		sink_printf(s, "~%u", before + 1);
}

static void put_axis(struct sink *s, const struct scenario *scenario, uint32_t axis, const struct cell_result *r)
{
	const char *name = scenario->axes[axis].name, *value = scenario->axes[axis].values[r->choice[axis]];
	put_xml_value(s, name, strlen(name));
	sink_char(s, '=');
	put_xml_value(s, value, strlen(value));
}

/** The scenario, and the first of several axes. */
static void class_attribute(struct xml *x, const struct show *show, const struct shown *shown,
			    const struct cell_result *r)
{
	xml_key(x, "classname");
	put_class(x->out, show, shown);
	if (shown->scenario->n_axes > 1) {
		sink_char(x->out, '.');
		put_axis(x->out, shown->scenario, 0, r);
	}
	xml_quote(x);
}

/** The other axes, or what a single run is called. */
static void name_attribute(struct xml *x, const struct scenario *s, const struct cell_result *r)
{
	uint32_t first = s->n_axes > 1;
	if (!s->n_axes) {
		xml_attribute(x, "name", s->name);
		return;
	}
	xml_key(x, "name");
	for (uint32_t i = first; i < s->n_axes; i++) {
		sink_text(x->out, i > first ? ", " : "");
		put_axis(x->out, s, i, r);
	}
	xml_quote(x);
}

/* --- one cell, on any thread ----------------------------------------------------------------- */

static enum case_result outcome_of(const struct cell_result *r, const struct standing *standing)
{
	if (r->verdict == VERDICT_ERROR)
		return OUTCOME_ERROR;
	if (standing->fails)
		return OUTCOME_FAILED;
	return r->known || standing->forgiven || r->verdict == VERDICT_SKIPPED ? OUTCOME_SKIPPED : OUTCOME_PASSED;
}

static void text_element(struct xml *x, const char *name, const struct sink *text)
{
	xml_open(x, name);
	xml_text(x, text->bytes, text->len);
	xml_close(x, name);
}

/** A failure or an error: what it is, what was expected, and everything that is known of it. */
static void trouble_element(struct xml *x, const char *name, const struct cell_result *r, const char *message,
			    const struct sink *text)
{
	xml_open(x, name);
	xml_attribute(x, "type", blamed_word(r));
	xml_attribute(x, "message", message);
	xml_text(x, text->bytes, text->len);
	xml_close(x, name);
}

static void skipped_element(struct xml *x, const struct cell_result *r, const struct standing *standing)
{
	const char *why = standing->forgiven ? standing->message : skipped_why(r);
	xml_open(x, "skipped");
	xml_key(x, "message");
	sink_text(x->out, r->known ? "known: " : "");
	put_xml_value(x->out, why, strlen(why));
	xml_quote(x);
	xml_close(x, "skipped");
}

static void outcome_elements(struct xml *x, enum case_result outcome, const struct cell_result *r,
			     const struct standing *standing, const struct sink *text)
{
	bool told = r->verdict == VERDICT_WORKS || r->verdict == VERDICT_SKIPPED;
	if (outcome == OUTCOME_FAILED)
		trouble_element(x, "failure", r, standing->message, text);
	if (outcome == OUTCOME_ERROR)
		trouble_element(x, "error", r, surprise_of(r), text);
	if (outcome == OUTCOME_SKIPPED)
		skipped_element(x, r, standing);
	if ((outcome == OUTCOME_SKIPPED || outcome == OUTCOME_PASSED) && !told)
		text_element(x, "system-out", text);
}

/** The outcome in one byte, behind which its element stands. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	struct xml x = { out };
	struct sink text = { 0 };
	const struct standing standing = standing_of(show, shown, r, scratch);
	enum case_result outcome = outcome_of(r, &standing);
	sink_char(out, (char)outcome);
	put_plain_cell(&text, show, shown, r);
	xml_open(&x, "testcase");
	class_attribute(&x, show, shown, r);
	name_attribute(&x, shown->scenario, r);
	xml_attribute(&x, "time", "0");
	outcome_elements(&x, outcome, r, &standing, &text);
	xml_close(&x, "testcase");
	xml_line(&x);
	sink_free(&text);
}

/* --- suites and files ------------------------------------------------------------------------ */

static struct junit *junit_of(struct report *report)
{
	return report->state;
}

static void begin_file(struct report *report)
{
	struct xml x = { &report->out };
	xml_begin(&x);
	xml_open(&x, "testsuites");
	xml_attribute(&x, "name", "viaport");
	xml_line(&x);
}

static void end_file(struct report *report)
{
	struct xml x = { &report->out };
	xml_close(&x, "testsuites");
	xml_line(&x);
}

static void property(struct xml *x, const char *name, const char *value)
{
	xml_open(x, "property");
	xml_attribute(x, "name", name);
	xml_attribute(x, "value", value);
	xml_close(x, "property");
}

static void properties(struct xml *x, const struct show *show, const struct shown *shown)
{
	char seed[21];
	seed[decimal_print(shown->seed, seed)] = '\0';
	xml_open(x, "properties");
	property(x, "name", shown->scenario->name);
	property(x, "sha256", shown->scenario->sha256);
	property(x, "seed", seed);
	property(x, "viaport", show->version);
	property(x, "catalogue", show->catalogue);
	xml_close(x, "properties");
	xml_line(x);
}

static void suite_numbers(struct xml *x, uint64_t tests, const uint64_t outcomes[OUTCOMES])
{
	xml_number(x, "tests", tests);
	xml_number(x, "failures", outcomes[OUTCOME_FAILED]);
	xml_number(x, "errors", outcomes[OUTCOME_ERROR]);
	xml_number(x, "skipped", outcomes[OUTCOME_SKIPPED]);
	xml_attribute(x, "time", "0");
}

/**
 * Writes the cells that were kept. A scenario that is spread over files has a suite of the same name in each, and what is said
 * of it as a whole in the last.
 */
static void put_suite(struct report *report, const struct shown *shown, const struct sink *text)
{
	struct junit *junit = junit_of(report);
	struct xml x = { &report->out };
	xml_open(&x, "testsuite");
	xml_attribute(&x, "name", shown->scenario->path);
	xml_attribute(&x, "file", shown->scenario->path);
	suite_numbers(&x, junit->in_suite, junit->outcomes);
	xml_line(&x);
	properties(&x, report->show, shown);
	sink_put(&report->out, junit->cells.bytes, junit->cells.len);
	if (text->len) {
		text_element(&x, "system-out", text);
		xml_line(&x);
	}
	xml_close(&x, "testsuite");
	xml_line(&x);
	junit->in_file += junit->in_suite;
	junit->bytes += junit->cells.len;
	junit->in_suite = 0;
	memset(junit->outcomes, 0, sizeof junit->outcomes);
	sink_clear(&junit->cells);
}

/** On standard output there is one root. */
static void next_file(struct report *report)
{
	struct junit *junit = junit_of(report);
	junit->in_file = junit->bytes = 0;
	if (!report->turn)
		return;
	end_file(report);
	report_turn(report);
	begin_file(report);
}

static bool is_full(const struct junit *junit, size_t more)
{
	uint64_t cells = junit->in_file + junit->in_suite;
	return cells == JUNIT_CELLS || (cells && junit->bytes + junit->cells.len + more > JUNIT_BYTES);
}

static void begin(struct report *report)
{
	report->state = calloc(1, sizeof(struct junit));
	assert(report->state);
	begin_file(report);
}

static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct junit *junit = junit_of(report);
	(void)b;
	if (is_full(junit, n)) {
		if (junit->in_suite)
			put_suite(report, shown, &(struct sink){ 0 });
		next_file(report);
	}
	sink_put(&junit->cells, rendered + 1, n - 1);
	junit->in_suite++;
	junit->outcomes[(enum case_result)rendered[0]]++;
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct sink text = { 0 };
	(void)totals;
	for (uint32_t i = 0; conditions && put_conditions_line(&text, shown->scenario, conditions, i); i++)
		sink_char(&text, '\n');
	if (junit_of(report)->in_suite)
		put_suite(report, shown, &text);
	sink_free(&text);
}

/** A run that was cut short must not look like a whole one that is green. */
static void put_cut_short(struct report *report, const struct totals *totals, enum ending ending)
{
	static const uint64_t one_error[OUTCOMES] = { [OUTCOME_ERROR] = 1 };
	struct xml x = { &report->out };
	struct sink sentence = { 0 };
	put_ending(&sentence, report->show, totals, ending);
	xml_open(&x, "testsuite");
	xml_attribute(&x, "name", "viaport");
	suite_numbers(&x, 1, one_error);
	xml_line(&x);
	xml_open(&x, "testcase");
	xml_attribute(&x, "classname", "viaport");
	xml_attribute(&x, "name", "every cell was run");
	xml_attribute(&x, "time", "0");
	text_element(&x, "error", &sentence);
	xml_close(&x, "testcase");
	xml_line(&x);
	xml_close(&x, "testsuite");
	xml_line(&x);
	sink_free(&sentence);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	if (ending != ENDING_COMPLETE)
		put_cut_short(report, totals, ending);
	end_file(report);
}

static void free_state(struct report *report)
{
	sink_free(&junit_of(report)->cells);
	free(report->state);
}

const struct report_kind junit_report = {
	.name = "junit",
	.file = "junit.xml",
	.turns = true,
	.render = render,
	.begin = begin,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
