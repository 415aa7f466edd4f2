/* What machines read of a run: XML, JUnit in files of a bounded size, TAP. */
#include <stdio.h>
#include <string.h>

#include "reports/junit.h"
#include "reports/tap.h"
#include "reports/xml.h"
#include "tests/lab.h"

static void assert_put(struct sink *s, const char *wanted)
{
	sink_char(s, '\0');
	assert_string_equal(s->bytes, wanted);
	sink_free(s);
}

/* --- XML ------------------------------------------------------------------------------------- */

TEST(what_xml_cannot_say_becomes_something_that_it_can)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *value, *text;
	} rows[] = {
		{ "plain", 5, "plain", "plain" },
		{ "<&>\"'", 5, "&lt;&amp;&gt;&quot;'", "&lt;&amp;&gt;&quot;'" },
		{ "]]>", 3, "]]&gt;", "]]&gt;" },
		/* a reader would make blanks of these in an attribute */
		{ "a\tb\nc", 5,
		  "a\xE2\x90\x89"
		  "b\xE2\x90\x8A"
		  "c",
		  "a\tb\nc" },
		{ "\r", 1, "\xE2\x90\x8D", "\xE2\x90\x8D" },
		/* control characters stay different from each other */
		{ "\0\x01\x1F\x7F", 4, "\xE2\x90\x80\xE2\x90\x81\xE2\x90\x9F\xE2\x90\xA1",
		  "\xE2\x90\x80\xE2\x90\x81\xE2\x90\x9F\xE2\x90\xA1" },
		{ "\xC2\x85", 2, "\xEF\xBF\xBD", "\xEF\xBF\xBD" },
		{ "\xC2\xA0\xC3\xA4\xF0\x9F\x98\x80", 8, "\xC2\xA0\xC3\xA4\xF0\x9F\x98\x80",
		  "\xC2\xA0\xC3\xA4\xF0\x9F\x98\x80" },
		/* no characters of XML: U+FFFE, U+FFFF, a surrogate, half a character */
		{ "\xEF\xBF\xBE\xEF\xBF\xBF", 6, "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "x\xC3", 2, "x\xEF\xBF\xBD", "x\xEF\xBF\xBD" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sink s = { 0 };
		struct xml x = { &s };
		put_xml_value(&s, rows[i].bytes, rows[i].len);
		assert_put(&s, rows[i].value);
		xml_text(&x, rows[i].bytes, rows[i].len);
		assert_put(&s, rows[i].text);
	}
}

TEST(elements_close_in_one_tag_when_nothing_is_in_them)
{
	struct sink s = { 0 };
	struct xml x = { &s };
	xml_open(&x, "a");
	xml_number(&x, "n", 3);
	xml_open(&x, "b");
	xml_attribute(&x, "v", "<");
	xml_close(&x, "b");
	xml_open(&x, "c");
	xml_text(&x, "t", 1);
	xml_close(&x, "c");
	xml_line(&x);
	xml_close(&x, "a");
	assert_put(&s, "<a n=\"3\"><b v=\"&lt;\"/><c>t</c>\n</a>");
}

/* --- a run without worlds -------------------------------------------------------------------- */

/** Two axes, of which the second is as long as wanted, and what was written of it. */
struct run {
	struct axis axes[2];
	struct scenario scenario;
	struct shown shown;
	struct show show;
	struct report report;
	struct sink files[8];
	uint32_t made;
	struct arena *arena;
};

static void keep_file(struct report *report)
{
	struct run *run = report->turner;
	assert_true(run->made < COUNT(run->files));
	run->files[run->made++] = report->out;
	report->out = (struct sink){ 0 };
}

static struct run *run_of(uint32_t ports)
{
	static const char *sides[] = { "in", "out", "both" };
	struct arena *a = arena_new();
	struct run *run = arena_alloc(a, sizeof *run);
	const char **words = arena_alloc(a, ports * sizeof *words);
	for (uint32_t i = 0; i < ports; i++)
		words[i] = arena_printf(a, "%u", 20000 + i);
	*run = (struct run){ .arena = a };
	run->axes[0] = (struct axis){ "side", sides, sides, COUNT(sides) };
	run->axes[1] = (struct axis){ "port", words, words, ports };
	run->scenario = (struct scenario){ .path = "some/lab.yaml", .name = "lab", .axes = run->axes, .n_axes = 2 };
	run->shown = (struct shown){ .scenario = &run->scenario, .file = "some/lab.yaml", .cells = ports * 3 };
	run->show = (struct show){ .scenarios = &run->shown,
				   .n = 1,
				   .cells = ports * 3,
				   .version = "1",
				   .catalogue = "c",
				   .paper = { .width = 80 } };
	return run;
}

static void run_free(struct run *run)
{
	for (uint32_t i = 0; i < run->made; i++)
		sink_free(&run->files[i]);
	arena_free(run->arena);
}

enum where { ONE_STREAM, FILES };

/** Writes all cells, each as the template says; what was written is in the files. */
static void write_cells(struct run *run, const struct report_kind *kind, struct cell_result r, enum where where,
			enum ending ending)
{
	struct totals totals = { 0 };
	struct sink rendered = { 0 };
	uint32_t choice[2];
	struct brief b;
	report_begin(&run->report, kind, &run->show);
	run->report.turn = where == FILES ? keep_file : NULL;
	run->report.turner = run;
	report_begin_scenario(&run->report, &run->shown);
	for (r.cell = 0; r.cell < run->shown.cells; r.cell++) {
		scenario_choice(&run->scenario, r.cell, choice);
		r.choice = choice;
		brief_of(&run->shown, &r, &b);
		sink_clear(&rendered);
		kind->render(&run->show, &run->shown, &r, NULL, &rendered);
		report_cell(&run->report, &run->shown, &b, rendered.bytes, rendered.len);
		brief_count(&b, &totals);
	}
	report_end_scenario(&run->report, &run->shown, &totals, NULL);
	report_end(&run->report, &totals, ending);
	keep_file(&run->report);
	report_free(&run->report);
	sink_free(&rendered);
}

static uint32_t occurrences(const struct sink *s, const char *word)
{
	uint32_t n = 0;
	const char *at = s->bytes, *end = s->bytes + s->len;
	for (; (at = memmem(at, (size_t)(end - at), word, strlen(word))); at += strlen(word))
		n++;
	return n;
}

static bool has(const struct sink *s, const char *word)
{
	return occurrences(s, word) > 0;
}

/* --- JUnit ----------------------------------------------------------------------------------- */

static const struct cell_result failing = { .verdict = VERDICT_FAILS, .surprise = "expected works" };

TEST(a_file_has_20000_cells_and_its_own_root_and_sums)
{
	static const struct {
		uint32_t cells;
		const char *sums;
	} rows[] = {
		{ 20000, "tests=\"20000\" failures=\"20000\" errors=\"0\" skipped=\"0\"" },
		{ 20000, "tests=\"20000\" failures=\"20000\" errors=\"0\" skipped=\"0\"" },
		{ 5000, "tests=\"5000\" failures=\"5000\" errors=\"0\" skipped=\"0\"" },
	};
	struct run *run = run_of(15000);
	write_cells(run, &junit_report, failing, FILES, ENDING_COMPLETE);
	assert_int_equal(run->made, COUNT(rows));
	for (uint32_t i = 0; i < run->made; i++) {
		const struct sink *file = &run->files[i];
		assert_int_equal(occurrences(file, "<?xml "), 1);
		assert_int_equal(occurrences(file, "<testsuites "), 1);
		assert_int_equal(occurrences(file, "</testsuites>\n"), 1);
		assert_int_equal(occurrences(file, "<testsuite "), 1);
		assert_int_equal(occurrences(file, "<testcase "), rows[i].cells);
		assert_true(has(file, rows[i].sums));
	}
	assert_true(has(&run->files[0], "classname=\"some.lab.side=in\" name=\"port=20000\""));
	assert_true(has(&run->files[2], "classname=\"some.lab.side=both\" name=\"port=34999\""));
	run_free(run);
}

/* 45,000 cells are three suites of the same name, and no more than that many are ever kept. */
TEST(on_standard_output_there_is_one_root)
{
	struct run *run = run_of(15000);
	write_cells(run, &junit_report, failing, ONE_STREAM, ENDING_COMPLETE);
	assert_int_equal(run->made, 1);
	assert_int_equal(occurrences(&run->files[0], "<?xml "), 1);
	assert_int_equal(occurrences(&run->files[0], "<testsuites "), 1);
	assert_int_equal(occurrences(&run->files[0], "<testsuite name=\"some/lab.yaml\""), 3);
	assert_int_equal(occurrences(&run->files[0], "<testcase "), 45000);
	run_free(run);
}

/* Each of 300 cells says 200,000 bytes. */
TEST(a_file_stays_below_30_megabytes)
{
	struct run *run = run_of(100);
	char *long_sentence = arena_alloc(run->arena, 200001);
	memset(long_sentence, 'x', 200000);
	struct cell_result r = { .verdict = VERDICT_FAILS, .surprise = long_sentence };
	write_cells(run, &junit_report, r, FILES, ENDING_COMPLETE);
	assert_int_equal(run->made, 3);
	for (uint32_t i = 0; i < run->made; i++)
		assert_true(run->files[i].len > 1000000 && run->files[i].len <= 30000000);
	run_free(run);
}

/* What a cell is in JUnit and in TAP. */
TEST(what_was_expected_passes_and_what_is_known_is_skipped)
{
	static const struct exception known = { .why = "that is how it is", .at = { .line = 7 } },
				      skip = { .skip = true, .why = "takes days" };
	static const struct {
		const char *remark;
		struct cell_result r;
		const char *junit, *sums, *tap;
	} rows[] = {
		{ "works",
		  { .verdict = VERDICT_WORKS, .expected = true },
		  "time=\"0\"/>",
		  "failures=\"0\" errors=\"0\" skipped=\"0\"",
		  "ok 1 - some/lab.yaml[side=in,port=20000]\n" },
		{ "fails, as expected",
		  { .verdict = VERDICT_FAILS, .expected = true },
		  "<system-out>repeat with: viaport run",
		  "failures=\"0\" errors=\"0\" skipped=\"0\"",
		  "ok 1 - some/lab.yaml[side=in,port=20000]\n" },
		{ "known",
		  { .verdict = VERDICT_STOPS,
		    .expected = true,
		    .known = true,
		    .exception = &known,
		    .why = "that is how it is" },
		  "<skipped message=\"known: that is how it is\"/><system-out>at some/lab.yaml:7\n",
		  "failures=\"0\" errors=\"0\" skipped=\"3\"",
		  "not ok 1 - some/lab.yaml[side=in,port=20000] # TODO that is how it is\n" },
		{ "skipped",
		  { .verdict = VERDICT_SKIPPED, .expected = true, .exception = &skip, .why = "takes days" },
		  "<skipped message=\"takes days\"/></testcase>",
		  "failures=\"0\" errors=\"0\" skipped=\"3\"",
		  "ok 1 - some/lab.yaml[side=in,port=20000] # SKIP takes days\n" },
		{ "nothing to judge",
		  { .verdict = VERDICT_SKIPPED, .expected = true },
		  "<skipped message=\"none of the steps",
		  "failures=\"0\" errors=\"0\" skipped=\"3\"",
		  "[side=in,port=20000] # SKIP none of the steps" },
		{ "known, and works",
		  { .verdict = VERDICT_WORKS, .exception = &known, .surprise = "works now: remove the known entry" },
		  "<failure type=\"works\" message=\"works now: remove the known entry\">at some/lab.yaml:7\n",
		  "failures=\"3\" errors=\"0\" skipped=\"0\"",
		  "not ok 1 - some/lab.yaml[side=in,port=20000]\n  ---\n  message: \"works now: remove the known "
		  "entry\"\n" },
		{ "error",
		  { .verdict = VERDICT_ERROR, .why = "too many events", .surprise = "too many events" },
		  "<error type=\"error\" message=\"too many events\">",
		  "failures=\"0\" errors=\"3\" skipped=\"0\"",
		  "not ok 1 - some/lab.yaml[side=in,port=20000]\n  ---\n  message: \"too many events\"\n  verdict: "
		  "error\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run *run = run_of(1);
		write_cells(run, &junit_report, rows[i].r, ONE_STREAM, ENDING_COMPLETE);
		write_cells(run, &tap_report, rows[i].r, ONE_STREAM, ENDING_COMPLETE);
		if (!has(&run->files[0], rows[i].junit) || !has(&run->files[0], rows[i].sums) ||
		    !has(&run->files[1], rows[i].tap))
			fail_msg("%s: %.*s\n%.*s", rows[i].remark, (int)run->files[0].len, run->files[0].bytes,
				 (int)run->files[1].len, run->files[1].bytes);
		run_free(run);
	}
}

TEST(files_of_the_same_base_name_are_different_classes)
{
	static const struct {
		const char *first, *second, *classname;
	} rows[] = {
		{ "lab.yaml", "lab.yaml", "classname=\"lab~2.side=in\"" },
		{ "a.b/c.yaml", "a/b/c.yaml", "classname=\"a.b.c~2.side=in\"" },
		{ "a/b.yaml", "a/c.yaml", "classname=\"a.c.side=in\"" },
		{ "a/b.yaml", "a/b.yml", "classname=\"a.b.yml.side=in\"" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run *run = run_of(1);
		struct scenario scenarios[2] = { run->scenario, run->scenario };
		struct shown shown[2] = { run->shown, run->shown };
		uint32_t choice[] = { 0, 0 };
		struct sink s = { 0 };
		scenarios[0].path = rows[i].first;
		scenarios[1].path = rows[i].second;
		shown[0].scenario = &scenarios[0];
		shown[1].scenario = &scenarios[1];
		run->show.scenarios = shown;
		run->show.n = 2;
		junit_report.render(&run->show, &shown[1], &(struct cell_result){ .choice = choice, .expected = true },
				    NULL, &s);
		assert_true(has(&s, rows[i].classname));
		sink_free(&s);
		run_free(run);
	}
}

/* --- runs that were cut short ---------------------------------------------------------------- */

TEST(a_run_that_was_cut_short_is_not_green)
{
	const struct cell_result fine = { .verdict = VERDICT_WORKS, .expected = true };
	struct run *run = run_of(1);
	run->show.cells = 10;
	write_cells(run, &junit_report, fine, ONE_STREAM, ENDING_INTERRUPTED);
	write_cells(run, &tap_report, fine, ONE_STREAM, ENDING_INTERRUPTED);
	assert_true(has(&run->files[0],
			"name=\"every cell was run\" time=\"0\"><error>interrupted: 3 of 10 cells ran</error>"));
	assert_true(has(&run->files[1],
			"ok 3 - some/lab.yaml[side=both,port=20000]\nBail out! interrupted: 3 of 10 cells ran\n"));
	assert_false(has(&run->files[1], "1.."));
	run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_xml_cannot_say_becomes_something_that_it_can),
		cmocka_unit_test(elements_close_in_one_tag_when_nothing_is_in_them),
		cmocka_unit_test(a_file_has_20000_cells_and_its_own_root_and_sums),
		cmocka_unit_test(on_standard_output_there_is_one_root),
		cmocka_unit_test(a_file_stays_below_30_megabytes),
		cmocka_unit_test(what_was_expected_passes_and_what_is_known_is_skipped),
		cmocka_unit_test(files_of_the_same_base_name_are_different_classes),
		cmocka_unit_test(a_run_that_was_cut_short_is_not_green),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
