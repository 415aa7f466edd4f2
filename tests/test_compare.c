/* Two results compared: which cells are the same, and what became of them. */
#include <stdio.h>

#include "reports/compare.h"
#include "reports/json_scan.h"
#include "tests/lab.h"

#define WORKS	    "\"verdict\": \"works\""
#define FAILS(word) "\"verdict\": \"fails\", \"cause\": \"" word "\""
#define CHECK(subject, result, cause) \
	"{\"check\": \"register\", \"subject\": \"" subject "\", \"result\": \"" result "\", \"cause\": " cause "}"
#define CELL(choice, rest) "{\"cell\": {" choice "}, " rest "}"

static const struct compare_rules all = { .kept = 100 };
static const struct scenario plain = { .path = "a.yaml" }, plain_again = { .path = "a.yaml" };

static void tell_before(struct comparison *c, const struct scenario *s, const char *cell)
{
	const char *wrong = comparison_before(c, s, cell, strlen(cell));
	assert_null(wrong);
}

static void tell_now(struct comparison *c, const struct scenario *s, const char *cell)
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
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct comparison *c = comparison_new(&all);
		char cell[256];
		snprintf(cell, sizeof cell, CELL("", "%s"), rows[i].old ? rows[i].old : "");
		if (rows[i].old)
			tell_before(c, &plain, cell);
		snprintf(cell, sizeof cell, CELL("", "%s"), rows[i].now ? rows[i].now : "");
		if (rows[i].now)
			tell_now(c, &plain_again, cell);
		comparison_end(c);
		if (comparison_fails(c) != rows[i].fails)
			fail_msg("row %zu", i);
		comparison_free(c);
	}
}

/* --- which cells are the same ------------------------------------------------------------------ */

/** A scenario with up to two axes of so many values. */
static struct scenario with_axes(const char *path, struct axis *axes, const char *first, uint32_t n, const char *second,
				 uint32_t m)
{
	axes[0] = (struct axis){ .name = first, .n = n };
	axes[1] = (struct axis){ .name = second, .n = m };
	return (struct scenario){ .path = path, .axes = axes, .n_axes = second ? 2 : 1 };
}

TEST(the_order_of_axes_and_cells_says_nothing)
{
	struct axis axes[4];
	const struct scenario old = with_axes("a.yaml", axes, "p", 2, "r", 2),
			      now = with_axes("a.yaml", axes + 2, "r", 2, "p", 2);
	struct comparison *c = comparison_new(&all);
	tell_before(c, &old, CELL("\"p\": \"1\", \"r\": \"2\"", WORKS));
	tell_before(c, &old, CELL("\"p\": \"2\", \"r\": \"1\"", FAILS("x")));
	tell_now(c, &now, CELL("\"r\": \"1\", \"p\": \"2\"", FAILS("x")));
	tell_now(c, &now, CELL("\"r\": \"2\", \"p\": \"1\"", WORKS));
	comparison_end(c);
	assert_int_equal(c->classes[CHANGE_NONE].n, 2);
	assert_int_equal(c->cells, 2);
	comparison_free(c);
}

TEST(an_axis_of_one_value_that_came_or_went_makes_no_other_cells)
{
	for (uint32_t values = 1; values <= 2; values++) {
		struct axis axes[4];
		const struct scenario one = with_axes("a.yaml", axes, "p", 2, NULL, 0),
				      two = with_axes("a.yaml", axes + 2, "p", 2, "r", values);
		struct comparison *came = comparison_new(&all), *went = comparison_new(&all);
		for (int p = 0; p < 2; p++) {
			char narrow[128], wide[128];
			snprintf(narrow, sizeof narrow, CELL("\"p\": \"%d\"", WORKS), p);
			tell_before(came, &one, narrow);
			for (uint32_t r = 0; r < values; r++) {
				snprintf(wide, sizeof wide, CELL("\"p\": \"%d\", \"r\": \"%u\"", WORKS), p, r);
				tell_now(came, &two, wide);
				tell_before(went, &two, wide);
			}
		}
		tell_now(went, &one, CELL("\"p\": \"0\"", WORKS));
		tell_now(went, &one, CELL("\"p\": \"1\"", WORKS));
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
	static const struct scenario first = { .path = "a.yaml" }, second = { .path = "a.yaml" },
				     other = { .path = "b.yaml" };
	struct comparison *c = comparison_new(&all);
	tell_before(c, &first, CELL("", WORKS));
	tell_before(c, &second, CELL("", FAILS("x")));
	tell_now(c, &plain, CELL("", WORKS));
	tell_now(c, &plain_again, CELL("", FAILS("x")));
	tell_now(c, &other, CELL("", FAILS("x")));
	comparison_end(c);
	assert_int_equal(c->classes[CHANGE_NONE].n, 2);
	assert_int_equal(c->classes[CHANGE_NEW].n, 1);
	assert_int_equal(c->shared, 2);
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
	struct axis axes[2];
	const struct scenario now = with_axes("a.yaml", axes, "p", 20, "r", 2);
	struct comparison *c = comparison_new(&(struct compare_rules){ .kept = 3 });
	for (int half = 0; half < 2; half++) {
		for (int p = 0; p < 20; p++) {
			char cell[256];
			snprintf(cell, sizeof cell, CELL("\"p\": \"%d\", \"r\": \"x\"", WORKS), p);
			if (!half)
				tell_before(c, &plain, cell);
			snprintf(cell, sizeof cell, CELL("\"p\": \"%d\", \"r\": \"x\"", FAILS("far")), p);
			if (half)
				tell_now(c, &now, cell);
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
		cmocka_unit_test(the_order_of_axes_and_cells_says_nothing),
		cmocka_unit_test(an_axis_of_one_value_that_came_or_went_makes_no_other_cells),
		cmocka_unit_test(scenarios_of_one_path_are_told_apart_by_their_order),
		cmocka_unit_test(a_cell_that_is_there_twice_or_lacks_an_axis_is_complained_of),
		cmocka_unit_test(only_what_would_have_been_run_is_missed),
		cmocka_unit_test(all_are_counted_and_some_are_kept_with_what_they_have_in_common),
		cmocka_unit_test(a_string_is_read_with_what_is_escaped_in_it),
		cmocka_unit_test(a_cell_is_read_whatever_stands_beside),
		cmocka_unit_test(what_is_no_cell_is_complained_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
