/* The drawers of a page: what stands in several of them stands there once, and what would be too much is left out. */
#include "reports/drawer.h"
#include "reports/drawers.h"
#include "reports/message.h"
#include "tests/lab.h"

static const struct drawer_cell first_cell = { .cell = 17 },
				second_cell = { .scenario = 1, .cell = 18, .seed = 7, .seeded = true };

/* As drawer_render() writes: a text, a part that refers to it, and members that refer to both. */
#define TEXT "t\"REGISTER\\r\\nVia: x\\r\\n\"\n"
#define STEP              \
	"p{\"text\":\x01" \
	"0}\n"
#define MEMBERS            \
	"d\"steps\":[\x02" \
	"0]"

static uint32_t add(struct drawers *d, const struct drawer_cell *of, const char *rendered, bool followed)
{
	return drawers_add(d, of, rendered, strlen(rendered), NULL, followed);
}

static void assert_data(const struct drawers *d, uint32_t n, const char *wanted)
{
	struct sink s = { 0 };
	struct json j = { .out = &s, .tight = true };
	json_open(&j, '{');
	put_drawers_data(&j, d, n);
	json_close(&j, '}');
	sink_char(&s, '\0');
	assert_string_equal(s.bytes, wanted);
	sink_free(&s);
}

TEST(what_two_drawers_have_in_common_stands_once_whatever_its_number_was)
{
	struct drawers *d = drawers_new();
	add(d, &first_cell, TEXT STEP MEMBERS, false);
	add(d, &second_cell,
	    "t\"BYE\\r\\n\"\n" TEXT "p{}\np{\"text\":\x01"
	    "1}\nd\"steps\":[\x02"
	    "1]",
	    false);
	assert_data(d, 2,
		    "{\"drawers\":[{\"n\":17,\"s\":0,\"steps\":[2]},{\"n\":18,\"s\":1,\"seed\":\"7\",\"steps\":[2]}],"
		    "\"parts\":[\"REGISTER\\r\\n\",\"Via: x\\r\\n\",{\"text\":0},\"BYE\\r\\n\",{}],"
		    "\"texts\":[[0,1],[3]],\"undrawn\":null}");
	drawers_free(d);
}

TEST(what_is_behind_the_last_drawer_that_is_shown_is_left_out_with_its_parts_and_that_is_said)
{
	struct drawers *d = drawers_new();
	add(d, &first_cell, TEXT STEP MEMBERS, false);
	add(d, &second_cell,
	    "p{\"label\":\"BYE\"}\nd\"steps\":[\x02"
	    "0]",
	    false);
	drawers_assign(d, (const uint32_t[]){ 0, DRAWER_NONE, 1 }, 3);
	assert_data(d, 1,
		    "{\"drawers\":[{\"n\":17,\"s\":0,\"steps\":[2]}],\"parts\":[\"REGISTER\\r\\n\",\"Via: "
		    "x\\r\\n\",{\"text\":0}],"
		    "\"texts\":[[0,1]],\"undrawn\":\"the page would be too large: 1 of 2 ladders are in it\"}");
	assert_int_equal(drawers_of_cell(d, 0, 1), 0);
	assert_int_equal(drawers_of_cell(d, 1, 1), DRAWER_NONE);
	assert_int_equal(drawers_of_cell(d, 2, 1), DRAWER_NONE);
	assert_int_equal(drawers_of_cell(d, 2, 2), 1);
	drawers_free(d);
}

TEST(a_cell_is_not_cut_off_from_the_same_cell_with_its_remedy)
{
	struct drawers *d = drawers_new();
	add(d, &first_cell,
	    "p1\nd\"steps\":[\x02"
	    "0]",
	    true);
	add(d, &first_cell,
	    "p2\nd\"steps\":[\x02"
	    "0]",
	    false);
	assert_int_equal(drawers_fit(d, 0), 0);
	size_t enough = 0;
	while (drawers_fit(d, enough) == 0)
		enough++;
	assert_int_equal(drawers_fit(d, enough), 2);
	drawers_free(d);
}

TEST(places_in_a_text_are_counted_as_javascript_does)
{
	const char *text = "a\xC3\xA9\xF0\x9F\x93\x9E"
			   "b",
		   *broken = "a\xC3"
			     "b";
	struct span s = SPAN(text), t = SPAN(broken);
	assert_int_equal(message_units(s, 1), 1);
	assert_int_equal(message_units(s, 3), 2); /* two bytes, one unit */
	assert_int_equal(message_units(s, 7), 4); /* four bytes, two units */
	assert_int_equal(message_units(s, 8), 5);
	assert_int_equal(message_units(t, 3), 3); /* no UTF-8: each byte is a character */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_two_drawers_have_in_common_stands_once_whatever_its_number_was),
		cmocka_unit_test(
			what_is_behind_the_last_drawer_that_is_shown_is_left_out_with_its_parts_and_that_is_said),
		cmocka_unit_test(a_cell_is_not_cut_off_from_the_same_cell_with_its_remedy),
		cmocka_unit_test(places_in_a_text_are_counted_as_javascript_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
