/* Two results compared: which cells are the same, and what became of them. */
#include <stdio.h>

#include "reports/compare_markdown.h"
#include "reports/compare_text.h"
#include "reports/json_scan.h"
#include "scenarios/axis_knobs.h"
#include "tests/lab.h"

#define WORKS	    "\"verdict\": \"works\""
#define FAILS(word) "\"verdict\": \"fails\", \"cause\": \"" word "\""
#define CHECK(subject, result, cause) \
	"{\"check\": \"register\", \"subject\": \"" subject "\", \"result\": \"" result "\", \"cause\": " cause "}"
#define CELL(choice, rest) "{\"cell\": {" choice "}, " rest "}"

static const struct compare_rules all = { .kept = 100 };
static const struct scenario a_yaml = { .path = "a.yaml" }, b_yaml = { .path = "b.yaml" };
static const struct shown plain = { .scenario = &a_yaml }, plain_again = { .scenario = &a_yaml };

static void tell_before(struct comparison *c, const struct shown *s, const char *cell)
{
	const char *wrong = comparison_before(c, s, cell, strlen(cell));
	assert_null(wrong);
}

static void tell_now(struct comparison *c, const struct shown *s, const char *cell)
{
	const char *wrong = comparison_now(c, s, cell, strlen(cell));
	assert_null(wrong);
}

/** The class of the only change; CHANGE_CLASSES: there are several. */
static enum change_class only_class(const struct comparison *c)
{
	enum change_class found = CHANGE_CLASSES;
	uint64_t n = 0;
	for (int i = 0; i < CHANGE_CLASSES; i++) {
		n += c->classes[i].n;
		found = c->classes[i].n ? (enum change_class)i : found;
	}
	return n == 1 ? found : CHANGE_CLASSES;
}

TEST(a_cell_is_of_one_class)
{
	static const struct {
		const char *old, *now; /* NULL: not there */
		enum change_class class;
	} rows[] = {
		{ WORKS, WORKS, CHANGE_NONE },
		{ WORKS, "\"verdict\": \"degraded\"", CHANGE_BROKEN },
		{ "\"verdict\": \"degraded\"", "\"verdict\": \"stops\"", CHANGE_BROKEN },
		{ "\"verdict\": \"stops\"", FAILS("x"), CHANGE_BROKEN },
		{ FAILS("x"), "\"verdict\": \"error\"", CHANGE_BROKEN },
		{ "\"verdict\": \"error\"", FAILS("x"), CHANGE_FIXED },
		{ FAILS("x"), "\"verdict\": \"stops\"", CHANGE_FIXED },
		{ "\"verdict\": \"stops\"", "\"verdict\": \"degraded\"", CHANGE_FIXED },
		{ "\"verdict\": \"degraded\"", WORKS, CHANGE_FIXED },
		/* what is skipped was not run, so it is not there */
		{ "\"verdict\": \"skipped\"", WORKS, CHANGE_NEW },
		{ "\"verdict\": \"skipped\"", FAILS("x"), CHANGE_NEW },
		{ WORKS, "\"verdict\": \"skipped\"", CHANGE_REMOVED },
		{ FAILS("x"), "\"verdict\": \"skipped\"", CHANGE_REMOVED },
		{ "\"verdict\": \"skipped\"", "\"verdict\": \"skipped\"", CHANGE_NONE },
		{ NULL, WORKS, CHANGE_NEW },
		{ NULL, FAILS("x"), CHANGE_NEW },
		{ NULL, "\"verdict\": \"skipped\"", CHANGE_NONE },
		{ WORKS, NULL, CHANGE_REMOVED },
		{ "\"verdict\": \"skipped\"", NULL, CHANGE_NONE },
		/* the cause alone, where a result was cut down to it */
		{ FAILS("x"), FAILS("x"), CHANGE_NONE },
		{ FAILS("x"), FAILS("y"), CHANGE_CAUSE },
		{ "\"verdict\": \"fails\"", FAILS("y"), CHANGE_NONE },
		{ FAILS("x"), "\"checks\": [" CHECK("a", "fails", "\"x\"") "], \"verdict\": \"fails\"", CHANGE_NONE },
		{ FAILS("x"), "\"checks\": [" CHECK("a", "fails", "\"y\"") "], \"verdict\": \"fails\"", CHANGE_CAUSE },
		/* else every check that does not work */
		{ "\"checks\": [" CHECK("a", "fails", "\"x\"") "], \"verdict\": \"fails\"",
		  "\"checks\": [" CHECK("a", "fails", "\"x\"") ", " CHECK("b", "fails",
									  "\"x\"") "], \"verdict\": \"fails\"",
		  CHANGE_CAUSE },
		{ "\"checks\": [" CHECK("a", "fails", "\"x\"") "], \"verdict\": \"fails\"",
		  "\"checks\": [" CHECK("b", "fails", "\"x\"") "], \"verdict\": \"fails\"", CHANGE_CAUSE },
		{ "\"checks\": [" CHECK("a", "stops", "\"x\"") ", " CHECK("b", "fails",
									  "\"x\"") "], \"verdict\": \"fails\"",
		  "\"checks\": [" CHECK("a", "fails", "\"x\"") ", " CHECK("b", "fails",
									  "\"x\"") "], \"verdict\": \"fails\"",
		  CHANGE_CAUSE },
		/* neither the order of checks nor one that works is a change */
		{ "\"checks\": [" CHECK("a", "fails", "\"x\"") ", " CHECK("b", "fails",
									  "\"y\"") "], \"verdict\": \"fails\"",
		  "\"checks\": [" CHECK("b", "fails", "\"y\"") ", " CHECK("a", "fails",
									  "\"x\"") "], \"verdict\": \"fails\"",
		  CHANGE_NONE },
		{ "\"checks\": [" CHECK("a", "fails", "\"x\"") "], \"verdict\": \"fails\"",
		  "\"checks\": [" CHECK("a", "fails", "\"x\"") ", " CHECK("b", "works",
									  "null") "], \"verdict\": \"fails\"",
		  CHANGE_NONE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct comparison *c = comparison_new(&all);
		char cell[512];
		/* a cell beside it, so that the scenario is in both */
		tell_before(c, &plain, CELL("\"p\": \"beside\"", WORKS));
		snprintf(cell, sizeof cell, CELL("\"p\": \"it\"", "%s"), rows[i].old ? rows[i].old : "");
		if (rows[i].old)
			tell_before(c, &plain, cell);
		tell_now(c, &plain_again, CELL("\"p\": \"beside\"", WORKS));
		snprintf(cell, sizeof cell, CELL("\"p\": \"it\"", "%s"), rows[i].now ? rows[i].now : "");
		if (rows[i].now)
			tell_now(c, &plain_again, cell);
		comparison_end(c);
		c->classes[CHANGE_NONE].n--; /* the one beside it */
		if (only_class(c) != rows[i].class)
			fail_msg("row %zu: %s -> %s is not %s", i, rows[i].old, rows[i].now,
				 change_words[rows[i].class]);
		comparison_free(c);
	}
}

TEST(it_got_worse_when_something_broke_or_what_is_new_surprises_or_has_no_result)
{
	static const struct {
		const char *old, *now;
		bool fails;
	} rows[] = {
		{ WORKS, FAILS("x"), true },
		{ FAILS("x"), FAILS("x") ", \"expected\": false", false },
		{ FAILS("x"), FAILS("y"), false },
		{ FAILS("x"), WORKS ", \"expected\": false", false },
		{ NULL, FAILS("x") ", \"expected\": false", true },
		{ NULL, FAILS("x") ", \"expected\": true", false },
		{ "\"verdict\": \"error\"", "\"verdict\": \"error\"", true },
		{ WORKS, NULL, false },
	};
	static const struct shown beside = { .scenario = &b_yaml }, beside_again = { .scenario = &b_yaml };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct comparison *c = comparison_new(&all);
		char cell[256];
		tell_before(c, &beside, CELL("", WORKS));
		snprintf(cell, sizeof cell, CELL("", "%s"), rows[i].old ? rows[i].old : "");
		if (rows[i].old)
			tell_before(c, &plain, cell);
		snprintf(cell, sizeof cell, CELL("", "%s"), rows[i].now ? rows[i].now : "");
		if (rows[i].now)
			tell_now(c, &plain_again, cell);
		tell_now(c, &beside_again, CELL("", WORKS));
		comparison_end(c);
		if (comparison_fails(c) != rows[i].fails)
			fail_msg("row %zu", i);
		comparison_free(c);
	}
}

TEST(where_no_cell_is_in_both_nothing_was_compared_and_that_is_no_success)
{
	static const struct shown other = { .scenario = &b_yaml };
	struct sink s = { 0 };
	struct comparison *c = comparison_new(&all);
	tell_before(c, &plain, CELL("", WORKS));
	tell_now(c, &other, CELL("", WORKS ", \"expected\": true"));
	assert_false(comparison_fails(c)); /* it may come */
	comparison_end(c);
	assert_true(c->apart);
	assert_true(comparison_fails(c));
	put_baseline_line(&s, c);
	sink_char(&s, '\0');
	assert_string_equal(s.bytes, "nothing was compared with the baseline: 1 new, 1 removed, 0 compared");
	sink_free(&s);
	comparison_free(c);
}

/* --- which cells are the same ------------------------------------------------------------------ */

/** A scenario with one axis or two of so many values. */
struct built {
	struct axis axes[2];
	struct scenario scenario;
	struct shown shown;
};

static const struct shown *with_axes(struct built *b, const char *first, uint32_t n, const char *second, uint32_t m)
{
	b->axes[0] = (struct axis){ .name = first, .n = n };
	b->axes[1] = (struct axis){ .name = second, .n = m };
	b->scenario = (struct scenario){ .path = "a.yaml", .axes = b->axes, .n_axes = second ? 2 : 1 };
	b->shown = (struct shown){ .scenario = &b->scenario };
	return &b->shown;
}

TEST(the_order_of_axes_and_cells_says_nothing)
{
	struct built built[2];
	const struct shown *old = with_axes(&built[0], "p", 2, "r", 2), *now = with_axes(&built[1], "r", 2, "p", 2);
	struct comparison *c = comparison_new(&all);
	tell_before(c, old, CELL("\"p\": \"1\", \"r\": \"2\"", WORKS));
	tell_before(c, old, CELL("\"p\": \"2\", \"r\": \"1\"", FAILS("x")));
	tell_now(c, now, CELL("\"r\": \"1\", \"p\": \"2\"", FAILS("x")));
	tell_now(c, now, CELL("\"r\": \"2\", \"p\": \"1\"", WORKS));
	comparison_end(c);
	assert_int_equal(c->classes[CHANGE_NONE].n, 2);
	assert_int_equal(c->cells, 2);
	comparison_free(c);
}

TEST(an_axis_of_one_value_that_came_or_went_makes_no_other_cells)
{
	for (uint32_t values = 1; values <= 2; values++) {
		struct built built[2];
		const struct shown *one = with_axes(&built[0], "p", 2, NULL, 0),
				   *two = with_axes(&built[1], "p", 2, "r", values);
		struct comparison *came = comparison_new(&all), *went = comparison_new(&all);
		for (int p = 0; p < 2; p++) {
			char narrow[128], wide[128];
			snprintf(narrow, sizeof narrow, CELL("\"p\": \"%d\"", WORKS), p);
			tell_before(came, one, narrow);
			for (uint32_t r = 0; r < values; r++) {
				snprintf(wide, sizeof wide, CELL("\"p\": \"%d\", \"r\": \"%u\"", WORKS), p, r);
				tell_now(came, two, wide);
				tell_before(went, two, wide);
			}
		}
		tell_now(went, one, CELL("\"p\": \"0\"", WORKS));
		tell_now(went, one, CELL("\"p\": \"1\"", WORKS));
		comparison_end(came);
		comparison_end(went);
		assert_int_equal(came->classes[CHANGE_NONE].n, values == 1 ? 2 : 0);
		assert_int_equal(came->classes[CHANGE_NEW].n, values == 1 ? 0 : 4);
		assert_int_equal(came->classes[CHANGE_REMOVED].n, values == 1 ? 0 : 2);
		assert_int_equal(went->classes[CHANGE_NONE].n, values == 1 ? 2 : 0);
		assert_int_equal(went->classes[CHANGE_REMOVED].n, values == 1 ? 0 : 4);
		comparison_free(came);
		comparison_free(went);
	}
}

TEST(scenarios_of_one_path_are_told_apart_by_their_order)
{
	static const struct shown first = { .scenario = &a_yaml }, second = { .scenario = &a_yaml },
				  other = { .scenario = &b_yaml };
	struct comparison *c = comparison_new(&all);
	tell_before(c, &first, CELL("", WORKS));
	tell_before(c, &second, CELL("", FAILS("x")));
	tell_now(c, &plain, CELL("", WORKS));
	tell_now(c, &plain_again, CELL("", FAILS("x")));
	tell_now(c, &other, CELL("", FAILS("x")));
	comparison_end(c);
	assert_int_equal(c->classes[CHANGE_NONE].n, 2);
	assert_int_equal(c->classes[CHANGE_NEW].n, 1);
	assert_int_equal(c->met, 2);
	assert_false(c->apart);
	comparison_free(c);
}

TEST(a_cell_that_is_there_twice_or_lacks_an_axis_is_complained_of)
{
	struct comparison *c = comparison_new(&all);
	const char *cell = CELL("\"p\": \"1\"", WORKS), *lacks = CELL("\"q\": \"1\"", WORKS);
	tell_before(c, &plain, cell);
	assert_string_equal(comparison_before(c, &plain, cell, strlen(cell)), "a cell of a.yaml is there twice");
	assert_string_equal(comparison_before(c, &plain, lacks, strlen(lacks)),
			    "a cell of a.yaml has no value of the axis p");
	tell_now(c, &plain_again, cell);
	assert_string_equal(comparison_now(c, &plain_again, cell, strlen(cell)), "a cell of a.yaml is there twice");
	comparison_free(c);
}

/* --- what is told ------------------------------------------------------------------------------ */

static bool not_q(void *context, const char *path, const char *const *axes, const char *const *values, uint32_t n)
{
	(void)context;
	return strcmp(path, "a.yaml") == 0 && n == 1 && strcmp(axes[0], "p") == 0 && strcmp(values[0], "q") != 0;
}

TEST(only_what_would_have_been_run_is_missed)
{
	struct comparison *c = comparison_new(&(struct compare_rules){ .kept = 100, .covers = not_q });
	tell_before(c, &plain, CELL("\"p\": \"q\"", WORKS));
	tell_before(c, &plain, CELL("\"p\": \"r\"", WORKS));
	tell_before(c, &plain, CELL("\"p\": \"s\"", WORKS));
	const char *hidden = CELL("\"p\": \"s\"", FAILS("x"));
	assert_null(comparison_hide(c, &plain_again, hidden, strlen(hidden)));
	comparison_end(c);
	assert_int_equal(c->classes[CHANGE_REMOVED].n, 1);
	assert_string_equal(c->classes[CHANGE_REMOVED].first->first->values[0], "r");
	comparison_free(c);
}

TEST(all_are_counted_and_some_are_kept_with_what_they_have_in_common)
{
	struct built built;
	const struct shown *now = with_axes(&built, "p", 20, "r", 2);
	struct comparison *c = comparison_new(&(struct compare_rules){ .kept = 3 });
	for (int half = 0; half < 2; half++) {
		for (int p = 0; p < 20; p++) {
			char cell[256];
			snprintf(cell, sizeof cell, CELL("\"p\": \"%d\", \"r\": \"x\"", WORKS), p);
			if (!half)
				tell_before(c, &plain, cell);
			snprintf(cell, sizeof cell, CELL("\"p\": \"%d\", \"r\": \"x\"", FAILS("far")), p);
			if (half)
				tell_now(c, now, cell);
		}
	}
	comparison_end(c);
	const struct change_list *broken = &c->classes[CHANGE_BROKEN];
	assert_int_equal(broken->n, 20);
	assert_int_equal(broken->kept, 3);
	assert_int_equal(broken->first->n, 20);
	assert_null(broken->first->common[0]);
	assert_string_equal(broken->first->common[1], "x");
	assert_string_equal(broken->first->first->now->causes, "far");
	comparison_free(c);
}

TEST(what_else_is_not_the_same_is_noted_once)
{
	static const char *const names[] = { "x", "y" }, *const off_on[] = { "off", "on" },
				 *const both_on[] = { "on", "on" };
	const struct axis axis = { .name = "p", .values = (const char **)names, .n = 2 };
	const struct axis_knob before = { "p rport", off_on }, after = { "p rport", both_on };
	const struct axis_knobs knobs[] = { { &before, 1 }, { &after, 1 } };
	struct scenario scenarios[4];
	struct shown shown[4];
	struct comparison *c = comparison_new(&all);
	comparison_tools(c, "version", "1", "1");
	comparison_tools(c, "catalogue", "abc", "def");
	comparison_tools(c, "catalogue", NULL, "def");
	for (int i = 0; i < 4; i++) {
		scenarios[i] = (struct scenario){
			.path = i % 2 ? "b.yaml" : "a.yaml", .axes = (struct axis *)&axis, .n_axes = 1, .sha256 = "1"
		};
		shown[i] = (struct shown){ .scenario = &scenarios[i], .knobs = &knobs[i / 2], .seed = i == 2 ? 7 : 1 };
	}
	scenarios[3].sha256[0] = '2';
	for (int i = 0; i < 4; i++)
		(i < 2 ? tell_before : tell_now)(c, &shown[i], CELL("\"p\": \"x\"", WORKS));
	comparison_end(c);
	struct sink s = { 0 };
	for (const struct difference *d = c->differences; d; d = d->next)
		sink_printf(&s, "%s %s %s=%s %s->%s\n", d->what, d->path, d->axis, d->value, d->old, d->now);
	sink_char(&s, '\0');
	assert_string_equal(s.bytes, "catalogue (null) (null)=(null) abc->def\n"
				     "knob a.yaml p=x off->on\n"
				     "seed a.yaml (null)=(null) 1->7\n"
				     "file b.yaml (null)=(null) 1->2\n");
	sink_free(&s);
	comparison_free(c);
}

/* --- words ------------------------------------------------------------------------------------- */

static struct comparison *small_comparison(struct built *built)
{
	static const char *const cells[][2] = {
		{ "\"cell\": {\"p\": \"1\", \"r\": \"1\"}, " WORKS,
		  "\"cell\": {\"p\": \"1\", \"r\": \"1\"}, \"verdict\": \"fails\", \"checks\": [{\"check\": "
		  "\"register\", "
		  "\"subject\": \"alice\", \"result\": \"fails\", \"cause\": \"far\", \"sentence\": \"It is far.\"}]" },
		{ "\"cell\": {\"p\": \"1\", \"r\": \"2\"}, " WORKS,
		  "\"cell\": {\"p\": \"1\", \"r\": \"2\"}, \"verdict\": \"fails\", \"checks\": [{\"check\": "
		  "\"register\", "
		  "\"subject\": \"alice\", \"result\": \"fails\", \"cause\": \"far\", \"sentence\": \"It is far.\"}]" },
		{ "\"cell\": {\"p\": \"2\", \"r\": \"1\"}, \"verdict\": \"fails\", \"checks\": [" CHECK("a", "fails",
													"\"x\"") "]",
		  "\"cell\": {\"p\": \"2\", \"r\": \"1\"}, \"verdict\": \"fails\", \"checks\": [" CHECK("b", "fails",
													"\"x\"") "]" },
		{ "\"cell\": {\"p\": \"2\", \"r\": \"2\"}, " FAILS("x"),
		  "\"cell\": {\"p\": \"2\", \"r\": \"2\"}, " WORKS },
		{ NULL, "\"cell\": {\"p\": \"3\", \"r\": \"2\"}, " FAILS("x") },
		{ "\"cell\": {\"p\": \"4\", \"r\": \"2\"}, " WORKS, NULL },
	};
	struct comparison *c = comparison_new(&all);
	const struct shown *old = with_axes(&built[0], "r", 2, "p", 4), *now = with_axes(&built[1], "r", 2, "p", 4);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < COUNT(cells); i++) {
			char cell[512];
			snprintf(cell, sizeof cell, "{%s}", cells[i][side] ? cells[i][side] : "");
			if (cells[i][side])
				(side ? tell_now : tell_before)(c, side ? now : old, cell);
		}
	}
	comparison_end(c);
	return c;
}

TEST(changes_are_told_with_what_was_and_what_is)
{
	static const char wanted[] = "broken:\n"
				     "  a.yaml: 2 cells, all with p=1\n"
				     "    r=1, p=1\n"
				     "      works -> fails: far\n"
				     "        It is far.\n"
				     "    r=2, p=1\n"
				     "      works -> fails: far\n"
				     "\n"
				     "cause changed:\n"
				     "  a.yaml\n"
				     "    r=1, p=2\n"
				     "      fails: x (register a fails) -> fails: x (register b fails)\n"
				     "\n"
				     "fixed:\n"
				     "  a.yaml\n"
				     "    r=2, p=2\n"
				     "      fails: x -> works\n"
				     "\n"
				     "new:\n"
				     "  a.yaml\n"
				     "    r=2, p=3\n"
				     "      fails: x, not as expected\n"
				     "\n"
				     "removed:\n"
				     "  a.yaml\n"
				     "    r=2, p=4\n"
				     "      works\n"
				     "\n";
	struct built built[2];
	struct comparison *c = small_comparison(built);
	struct sink s = { 0 };
	put_comparison(&s, &(struct paper){ .width = 80 }, c);
	sink_char(&s, '\0');
	assert_string_equal(s.bytes, wanted);
	sink_clear(&s);
	put_comparison_sums(&s, c);
	sink_text(&s, "\n");
	put_against_baseline(&s, c);
	sink_text(&s, "\n");
	put_baseline_line(&s, c);
	sink_char(&s, '\0');
	assert_string_equal(s.bytes, "2 broken, 1 cause changed, 1 fixed, 1 new, 1 removed\n"
				     "2 broke against the baseline, 1 new not as expected\n"
				     "2 broke against the baseline, 1 new not as expected: "
				     "1 cause changed, 1 fixed, 1 new, 1 removed, 4 compared");
	sink_free(&s);
	comparison_free(c);
}

TEST(changes_are_told_in_markdown)
{
	static const char wanted[] = "5 cells: 2 broken, 1 cause changed, 1 fixed, 1 new, 1 removed.\n"
				     "\n"
				     "### Broken\n"
				     "\n"
				     "`a.yaml`: 2 cells, all with p=1\n"
				     "\n"
				     "| r | p | change | why |\n"
				     "| --- | --- | --- | --- |\n"
				     "| 1 | 1 | works -\\> fails: far | It is far. |\n"
				     "\n"
				     "and 1 more\n"
				     "\n"
				     "### Cause changed\n"
				     "\n"
				     "`a.yaml`\n"
				     "\n"
				     "| r | p | change | why |\n"
				     "| --- | --- | --- | --- |\n"
				     "| 1 | 2 | fails: x (register a fails) -\\> fails: x (register b fails) |  |\n";
	struct built built[2];
	struct comparison *c = small_comparison(built);
	struct sink s = { 0 };
	put_comparison_markdown(&s, c, 1);
	sink_char(&s, '\0');
	s.bytes[strlen(wanted)] = '\0';
	assert_string_equal(s.bytes, wanted);
	sink_free(&s);
	comparison_free(c);
}

/* --- JSON -------------------------------------------------------------------------------------- */

TEST(a_string_is_read_with_what_is_escaped_in_it)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{ "\"plain\"", "plain" },
		{ "\"\"", "" },
		{ "\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d" },
		{ "\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t" },
		{ "\"\\u0041\\u00e4\\u20AC\"", "A\xC3\xA4\xE2\x82\xAC" },
		{ "\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80" },
		{ "\"\\u12\"", "\xEF\xBF\xBD" },
		{ "5", NULL },
		{ "null", NULL },
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = string_of(a, rows[i].json, strlen(rows[i].json));
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
		else
			assert_null(text);
	}
	arena_free(a);
}

TEST(a_cell_is_read_whatever_stands_beside)
{
	static const char json[] = "{ \"trace\" : [{\"text\": \"},{\"}], \"checks\":[\n"
				   "{\"check\":\"audio\",\"subject\":\"a\",\"to\":\"b\",\"result\":\"degraded\","
				   "\"cause\":\"one-way\",\"sentence\":\"It is \\\"quiet\\\".\"},"
				   "{\"check\":\"setup\",\"result\":\"works\",\"cause\":null}],"
				   "\"expected\":true, \"cell\" : { \"p\" : \"x,y\" } , \"verdict\":\"degraded\"}";
	struct arena *a = arena_new();
	struct scanned_cell cell;
	assert_null(cell_scan(json, sizeof json - 1, a, &cell));
	assert_int_equal(cell.n_axes, 1);
	assert_string_equal(cell.axes[0], "p");
	assert_string_equal(cell.values[0], "x,y");
	assert_int_equal(cell.verdict, VERDICT_DEGRADED);
	assert_int_equal(cell.n_troubles, 1);
	assert_string_equal(cell.troubles[0].to, "b");
	assert_string_equal(cell.cause, "one-way");
	assert_string_equal(cell.sentence, "It is \"quiet\".");
	assert_true(cell.expected && cell.detailed);
	arena_free(a);
}

TEST(what_is_no_cell_is_complained_of)
{
	static const struct {
		const char *json, *sentence;
	} rows[] = {
		{ "[]", "a cell does not say which one it is" },
		{ "{\"verdict\": \"works\"}", "a cell does not say which one it is" },
		{ "{\"cell\": {}}", "a cell has no verdict" },
		{ "{\"cell\": {}, \"verdict\": \"sings\"}", "a cell has no verdict" },
		{ "{\"cell\": {}, \"verdict\": \"fails\", \"checks\": [{\"result\": \"sings\"}]}",
		  "a check has a result that is not known here" },
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scanned_cell cell;
		assert_string_equal(cell_scan(rows[i].json, strlen(rows[i].json), a, &cell), rows[i].sentence);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_is_of_one_class),
		cmocka_unit_test(it_got_worse_when_something_broke_or_what_is_new_surprises_or_has_no_result),
		cmocka_unit_test(where_no_cell_is_in_both_nothing_was_compared_and_that_is_no_success),
		cmocka_unit_test(the_order_of_axes_and_cells_says_nothing),
		cmocka_unit_test(an_axis_of_one_value_that_came_or_went_makes_no_other_cells),
		cmocka_unit_test(scenarios_of_one_path_are_told_apart_by_their_order),
		cmocka_unit_test(a_cell_that_is_there_twice_or_lacks_an_axis_is_complained_of),
		cmocka_unit_test(only_what_would_have_been_run_is_missed),
		cmocka_unit_test(all_are_counted_and_some_are_kept_with_what_they_have_in_common),
		cmocka_unit_test(what_else_is_not_the_same_is_noted_once),
		cmocka_unit_test(changes_are_told_with_what_was_and_what_is),
		cmocka_unit_test(changes_are_told_in_markdown),
		cmocka_unit_test(a_string_is_read_with_what_is_escaped_in_it),
		cmocka_unit_test(a_cell_is_read_whatever_stands_beside),
		cmocka_unit_test(what_is_no_cell_is_complained_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
