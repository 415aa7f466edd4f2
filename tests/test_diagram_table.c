/* What of a router's table is told at a step, as a sentence and in columns. */
#include <string.h>

#include "reports/diagram_table.h"
#include "tests/lab.h"

#define INSIDE                   \
	{                        \
		0xC0A80168, 5060 \
	}
#define OUTSIDE                   \
	{                         \
		0x5605DF11, 23201 \
	}
#define REMOTE                   \
	{                        \
		0x054F059E, 5060 \
	}

/** One router, one step at 0.041 s, and its table. */
struct told {
	struct arena *arena;
	struct diagram_lane lane;
	struct diagram_table table;
	struct diagram_step step;
	struct diagram diagram;
	struct table_view view;
};

static void told_begin(struct told *t, uint32_t slot, const struct diagram_row *rows, uint32_t n)
{
	*t = (struct told){ .arena = arena_new(), .lane = { .name = "er6020", .wide = true } };
	t->table = (struct diagram_table){ .rows = rows, .n = n };
	t->step = (struct diagram_step){ .died = 41 * MSEC, .src = OUTSIDE, .dst = REMOTE };
	t->step.tables[slot] = &t->table;
	t->diagram = (struct diagram){ .lanes = &t->lane, .n_lanes = 1 };
}

static const char *sentence_of(struct told *t, uint32_t slot)
{
	return table_look(t->arena, &t->diagram, &t->step, slot, &t->view) ? table_sentence(t->arena, &t->view) : "";
}

static const char *columns_of(struct told *t, size_t width)
{
	struct sink s = { 0 };
	put_table_view(&s, t->arena, &(struct paper){ .width = (uint32_t)width }, &t->view);
	return sink_keep(&s, t->arena);
}

/* Which rows are told behind what is sent (slot 0), and before what comes (slot 1). */
static const struct {
	enum diagram_row_state state;
	uint32_t slot;
	bool missed;
	const char *told;
} rows[] = {
	{ ROW_NEW, 0, false,
	  "new in the table of er6020: 192.168.1.104:5060 as 86.5.223.17:23201 to 5.79.5.158:5060, 60.000 s" },
	{ ROW_EXPIRED, 1, false,
	  "gone from the table of er6020: 192.168.1.104:5060 as 86.5.223.17:23201 to 5.79.5.158:5060, expired" },
	/* what is as it was is not worth telling, and nothing is told twice */
	{ ROW_IDLE, 0, false, "" },
	{ ROW_USED, 0, false, "" },
	{ ROW_EXPIRED, 0, false, "" },
	{ ROW_NEW, 1, false, "" },
	/* but where something is asked for that is not there, all is */
	{ ROW_IDLE, 1, true,
	  "table of er6020 at 0.041 s: 192.168.1.104:5060 as 86.5.223.17:23201 to 5.79.5.158:5060, 60.000 s; "
	  "asked for 86.5.223.17:5060: refused" },
};

TEST(a_table_is_told_where_a_row_is_new_or_over_and_all_of_it_where_one_is_missed)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		usec left = rows[i].state == ROW_EXPIRED ? 0 : 60 * SEC;
		const struct diagram_row row = { NAT_ROW_FLOW, rows[i].state, INSIDE, OUTSIDE, REMOTE, left, 60 * SEC };
		struct told t;
		told_begin(&t, rows[i].slot, &row, 1);
		t.table.missed = rows[i].missed;
		t.table.asked = (struct endpoint){ 0x5605DF11, 5060 };
		assert_string_equal(sentence_of(&t, rows[i].slot), rows[i].told);
		arena_free(t.arena);
	}
}

TEST(a_flow_that_is_new_is_told_where_its_own_datagram_is_and_a_pinhole_where_it_is_opened)
{
	const struct diagram_row two[] = {
		{ NAT_ROW_FLOW, ROW_NEW, INSIDE, { 0x5605DF11, 40000 }, REMOTE, SEC, SEC },
		{ NAT_ROW_EXPECTATION, ROW_NEW, INSIDE, { 0x5605DF11, 30000 }, { 0, 0 }, SEC, SEC },
	};
	struct told t;
	told_begin(&t, 0, two, 2);
	assert_string_equal(sentence_of(&t, 0),
			    "new in the table of er6020: 192.168.1.104:5060 as 86.5.223.17:30000 to any, 1.000 s");
	arena_free(t.arena);
}

TEST(a_row_that_two_datagrams_of_one_moment_share_is_new_at_the_first_of_them)
{
	const struct diagram_row row = { NAT_ROW_FLOW, ROW_NEW, INSIDE, OUTSIDE, REMOTE, SEC, SEC };
	struct told t;
	struct diagram_step steps[2];
	told_begin(&t, 0, &row, 1);
	steps[0] = steps[1] = t.step;
	t.diagram.steps = steps;
	t.diagram.n_steps = 2;
	assert_true(table_look(t.arena, &t.diagram, &steps[0], 0, &t.view));
	assert_false(table_look(t.arena, &t.diagram, &steps[1], 0, &t.view));
	steps[1].at = 1; /* a row that was made anew, with the same ends */
	assert_true(table_look(t.arena, &t.diagram, &steps[1], 0, &t.view));
	arena_free(t.arena);
}

TEST(what_is_gone_when_a_datagram_dies_is_told_with_the_time_of_that)
{
	const struct diagram_row row = { NAT_ROW_FLOW, ROW_EXPIRED, INSIDE, OUTSIDE, REMOTE, 0, SEC };
	struct told t;
	told_begin(&t, 1, &row, 1);
	t.step.lost = true;
	assert_non_null(strstr(sentence_of(&t, 1), "gone from the table of er6020 by 0.041 s: "));
	arena_free(t.arena);
}

TEST(what_is_over_is_told_once_and_again_when_it_was_there_in_between)
{
	const struct diagram_row row = { NAT_ROW_FLOW, ROW_EXPIRED, INSIDE, OUTSIDE, REMOTE, 0, SEC };
	const struct diagram_row anew = { NAT_ROW_FLOW, ROW_NEW, INSIDE, OUTSIDE, REMOTE, SEC, SEC };
	const struct diagram_table there = { .rows = &anew, .n = 1 };
	static const bool told[] = { true, false, false, true }; /* the third makes the row anew */
	struct told t;
	struct diagram_step steps[COUNT(told)];
	told_begin(&t, 1, &row, 1);
	t.diagram.steps = steps;
	t.diagram.n_steps = COUNT(told);
	for (size_t i = 0; i < COUNT(told); i++)
		steps[i] = t.step;
	steps[2].tables[0] = &there;
	steps[2].tables[1] = NULL;
	for (size_t i = 0; i < COUNT(told); i++)
		if (steps[i].tables[1])
			assert_int_equal(table_look(t.arena, &t.diagram, &steps[i], 1, &t.view), told[i]);
	arena_free(t.arena);
}

TEST(a_rule_is_for_ever_and_from_anybody_and_what_is_over_has_no_time)
{
	const struct diagram_row two[] = {
		{ NAT_ROW_FORWARD, ROW_IDLE, INSIDE, OUTSIDE, { 0, 0 }, NEVER, NEVER },
		{ NAT_ROW_EXPECTATION, ROW_EXPIRED, INSIDE, { 0x5605DF11, 0 }, { 0, 5060 }, 0, SEC },
	};
	struct told t;
	told_begin(&t, 1, two, 2);
	t.table.missed = true;
	t.table.asked = (struct endpoint)OUTSIDE;
	assert_string_equal(sentence_of(&t, 1),
			    "table of er6020 at 0.041 s: 192.168.1.104:5060 as 86.5.223.17:23201 to any, for ever; "
			    "192.168.1.104:5060 as 86.5.223.17:any to any:5060, expired; "
			    "asked for 86.5.223.17:23201: refused");
	arena_free(t.arena);
}

TEST(of_many_rows_the_last_eight_are_told_and_the_others_counted)
{
	struct diagram_row many[12];
	struct told t;
	for (uint32_t i = 0; i < 12; i++)
		many[i] = (struct diagram_row){ .inside = INSIDE, .outside = { 0x5605DF11, 1000 + i }, .left = SEC };
	told_begin(&t, 1, many, 12);
	t.table.missed = true;
	t.table.unseen = 1300;
	assert_non_null(strstr(sentence_of(&t, 1), "1,304 rows more; asked for"));
	assert_int_equal(t.view.n, 8);
	assert_string_equal(t.view.rows[0][TABLE_OUTSIDE], "86.5.223.17:1004");
	assert_string_equal(t.view.rows[7][TABLE_OUTSIDE], "86.5.223.17:1011");
	arena_free(t.arena);
}

TEST(columns_move_to_the_left_on_narrow_paper_and_are_a_sentence_on_paper_that_is_too_narrow)
{
	const struct diagram_row row = { NAT_ROW_FLOW, ROW_NEW, INSIDE, OUTSIDE, REMOTE, 60 * SEC, 60 * SEC };
	struct told t;
	told_begin(&t, 0, &row, 1);
	sentence_of(&t, 0);
	assert_string_equal(columns_of(&t, 80),
			    "          new in the table of er6020\n"
			    "          outside            inside              remote           left\n"
			    "          86.5.223.17:23201  192.168.1.104:5060  5.79.5.158:5060  60.000 s\n");
	assert_string_equal(columns_of(&t, 70),
			    "      new in the table of er6020\n"
			    "      outside            inside              remote           left\n"
			    "      86.5.223.17:23201  192.168.1.104:5060  5.79.5.158:5060  60.000 s\n");
	assert_string_equal(columns_of(&t, 60), "          new in the table of er6020: 192.168.1.104:5060 as\n"
						"          86.5.223.17:23201 to 5.79.5.158:5060, 60.000 s\n");
	arena_free(t.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_told_where_a_row_is_new_or_over_and_all_of_it_where_one_is_missed),
		cmocka_unit_test(a_flow_that_is_new_is_told_where_its_own_datagram_is_and_a_pinhole_where_it_is_opened),
		cmocka_unit_test(a_row_that_two_datagrams_of_one_moment_share_is_new_at_the_first_of_them),
		cmocka_unit_test(what_is_gone_when_a_datagram_dies_is_told_with_the_time_of_that),
		cmocka_unit_test(what_is_over_is_told_once_and_again_when_it_was_there_in_between),
		cmocka_unit_test(a_rule_is_for_ever_and_from_anybody_and_what_is_over_has_no_time),
		cmocka_unit_test(of_many_rows_the_last_eight_are_told_and_the_others_counted),
		cmocka_unit_test(
			columns_move_to_the_left_on_narrow_paper_and_are_a_sentence_on_paper_that_is_too_narrow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
