/* Sequence diagrams on a page: no text lies over another one, under a line or off the page, in any scenario of the project. */
#include <stdio.h>
#include <string.h>

#include "reports/diagram_page.h"
#include "reports/nat_watch.h"
#include "scenarios/play.h"
#include "tests/everywhere.h"
#include "tests/lab.h"
#include "tests/loading.h"

/* --- what lies where --------------------------------------------------------------------------------- */

#define SLACK 0.01

static bool boxes_meet(const struct page_box *a, const struct page_box *b)
{
	return a->x + SLACK < b->x + b->w && b->x + SLACK < a->x + a->w && a->y + SLACK < b->y + b->h &&
	       b->y + SLACK < a->y + a->h;
}

/** What part of the way from a to b is between low and high: cuts [*from, *until] down to it. */
static void clip(double a, double b, double low, double high, double *from, double *until)
{
	double way = b - a,
	       to_low = way	  ? (low - a) / way
			: a > low ? -1
				  : 2,
	       to_high = way	    ? (high - a) / way
			 : a < high ? 2
				    : -1;
	bool turned = way < 0;
	double enters = turned ? to_high : to_low, leaves = turned ? to_low : to_high;
	*from = enters > *from ? enters : *from;
	*until = leaves < *until ? leaves : *until;
}

/** Is any part of the line inside the box? */
static bool line_meets(const struct page_line *l, const struct page_box *b)
{
	double from = 0, until = 1;
	clip(l->x1, l->x2, b->x + SLACK, b->x + b->w - SLACK, &from, &until);
	clip(l->y1, l->y2, b->y + SLACK, b->y + b->h - SLACK, &from, &until);
	return from < until;
}

static bool off_page(const struct page *p, const struct page_box *b)
{
	return b->x < 0 || b->y < 0 || b->x + b->w > p->width || b->y + b->h > p->height || b->w <= 0 || b->h <= 0;
}

/** Says what is wrong with a page, and how often anything is. */
static uint32_t wrongs_of(const struct page *p, const char *name)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->n_boxes; i++) {
		const struct page_box *b = &p->boxes[i];
		if (off_page(p, b))
			n++, print_error("%s: off the page: %s\n", name, b->html);
		for (uint32_t k = 0; k < i; k++)
			if (boxes_meet(b, &p->boxes[k]))
				n++, print_error("%s: one over the other:\n  %s\n  %s\n", name, b->html,
						 p->boxes[k].html);
		for (uint32_t k = 0; k < p->n_lines; k++)
			if (line_meets(&p->lines[k], b))
				n++, print_error("%s: under a line: %s\n", name, b->html);
	}
	return n;
}

/* --- pages ------------------------------------------------------------------------------------------- */

struct drawn {
	struct arena *arena;
	struct cell_result result;
	struct diagram diagram;
	struct page page;
};

/** The one that a process may have. */
static struct painter *painter;

static int open_painter(void **state)
{
	(void)state;
	painter = painter_new();
	return 0;
}

static int close_painter(void **state)
{
	(void)state;
	painter_free(painter);
	return 0;
}

static void draw_cell(struct drawn *d, const struct scenario *s, uint64_t cell)
{
	const struct play_options options = { .level = TRACE_FULL, .watch = nat_watch };
	play_cell(d->arena, s, cell, &options, &d->result);
	diagram_make(d->arena, s, &d->result, &d->diagram);
	assert_true(page_lay(d->arena, painter, &d->diagram, &d->page));
}

static struct drawn drawn_begin(void)
{
	play_setup();
	return (struct drawn){ .arena = arena_new() };
}

static void drawn_end(struct drawn *d)
{
	arena_free(d->arena);
}

TEST(what_lies_over_something_else_is_found)
{
	struct page_box boxes[] = { { "a", false, 10, 10, 20, 10 }, { "b", false, 25, 15, 20, 10 } };
	struct page_line across = { .x1 = 0, .y1 = 12, .x2 = 20, .y2 = 12 };
	struct page page = { .boxes = boxes, .n_boxes = 2, .width = 100, .height = 100 };
	assert_int_equal(wrongs_of(&page, "two that meet"), 1);
	boxes[1].x = 30;
	assert_int_equal(wrongs_of(&page, "side by side"), 0);
	page.lines = &across;
	page.n_lines = 1;
	assert_int_equal(wrongs_of(&page, "a line through the first"), 1);
	boxes[1].x = 90;
	assert_int_equal(wrongs_of(&page, "and one off the page"), 2);
	boxes[1].x = 30;
	across = (struct page_line){ .x1 = 35, .y1 = 5000, .x2 = 35, .y2 = -5000 };
	assert_int_equal(wrongs_of(&page, "a long line up through the second"), 1);
	across = (struct page_line){ .x1 = 0, .y1 = 0, .x2 = 60, .y2 = 60 };
	assert_int_equal(wrongs_of(&page, "aslant through the first, and past the second"), 1);
}

static bool is_marked(const struct diagram *d, const struct cause *cause)
{
	for (uint32_t i = 0; i < d->n_steps; i++)
		if (d->steps[i].cause && strstr(d->steps[i].cause, cause->id))
			return true;
	return false;
}

/** Says which checks do not work without a mark at the datagram that decided them, and how many these are. */
static uint32_t unmarked_of(const struct drawn *d, const char *name)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->result.n_checks; i++) {
		const struct check_result *c = &d->result.checks[i];
		if (c->cause && c->datagram && !is_marked(&d->diagram, c->cause))
			n++, print_error("%s: %s is nowhere, datagram %u\n", name, c->cause->id, c->datagram);
	}
	return n;
}

static struct drawn all;
static uint32_t wrongs, unmarked;

static void draw_and_look(const struct scenario *s, uint64_t cell)
{
	draw_cell(&all, s, cell);
	wrongs += wrongs_of(&all.page, s->path);
	unmarked += unmarked_of(&all, s->path);
	arena_reset(all.arena);
}

TEST(no_text_lies_over_another_and_every_cause_is_marked_in_any_scenario)
{
	all = drawn_begin();
	assert_true(cells_everywhere(draw_and_look) > 200);
	assert_int_equal(wrongs, 0);
	assert_int_equal(unmarked, 0);
	drawn_end(&all);
}

TEST(the_diagram_of_the_seed_shows_where_the_407_died_and_what_the_router_had)
{
	struct drawn d = drawn_begin();
	struct loading *l = load_file("scenarios/register/seed-test-1.yaml");
	draw_cell(&d, l->scenario, 0);
	const struct diagram_step *steps = d.diagram.steps, *lost = &steps[2];
	assert_int_equal(d.diagram.n_lanes, 3);
	assert_true(d.diagram.lanes[1].wide);
	assert_string_equal(d.diagram.lanes[1].address[0], "LAN 192.168.1.1");
	assert_string_equal(d.diagram.lanes[1].address[1], "WAN 86.5.223.17");
	/* out: two arrows joined in the router, the second from its WAN edge, with what it wrote and what it left */
	assert_int_equal(steps[1].joins, 0);
	assert_true(steps[1].from.right);
	assert_int_equal(steps[1].patches->mark, MARK_NEW);
	assert_string_equal(steps[1].patches->text, "src 86.5.223.17:23201");
	assert_int_equal(steps[1].patches->next->mark, MARK_STALE);
	/* back: lost at the same edge, where the table has one row, and not that one */
	assert_true(lost->lost && lost->unmapped && lost->to.right);
	assert_int_equal(lost->to.lane, 1);
	assert_string_equal(lost->cause, "F01 reply-to-via-port");
	assert_string_equal(lost->reason, "no mapping for 86.5.223.17:5060");
	/* and ten more like it */
	assert_int_equal(steps[3].kind, DIAGRAM_FOLD);
	assert_string_equal(steps[3].label, "10 more until 31.500, same end");
	loading_free(l);
	drawn_end(&d);
}

/* "192.168.1.104:5060 86.5.223.17:23201 5.79.5.158:5060 29.980 of 30.000 new" */
static const char *row_text(struct arena *a, const struct diagram_row *r)
{
	char inside[ENDPOINT_TEXT_MAX], outside[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX];
	endpoint_print(r->inside, inside);
	endpoint_print(r->outside, outside);
	endpoint_print(r->remote, remote);
	return arena_printf(a, "%s %s %s %lld of %lld %s", inside, outside, remote, (long long)(r->left / MSEC),
			    (long long)(r->of / MSEC), diagram_row_words[r->state]);
}

TEST(a_router_shows_its_table_before_what_comes_and_behind_what_goes)
{
	struct drawn d = drawn_begin();
	struct loading *l = load_file("scenarios/register/seed-test-1.yaml");
	draw_cell(&d, l->scenario, 0);
	const struct diagram_step *steps = d.diagram.steps;
	const struct diagram_table *came = steps[0].tables[1], *sent = steps[1].tables[0], *died = steps[2].tables[1];
	assert_null(steps[0].tables[0]); /* a phone has none */
	assert_int_equal(came->n, 0);
	assert_int_equal(came->asked.host, 0);
	/* the REGISTER makes a row */
	assert_int_equal(sent->lane, 1);
	assert_int_equal(sent->n, 1);
	assert_string_equal(row_text(d.arena, &sent->rows[0]),
			    "192.168.1.104:5060 86.5.223.17:23201 5.79.5.158:5060 60000 of 60000 new");
	assert_int_equal(sent->asked.host, 0);
	/* the answer asks for another one */
	assert_true(died->missed);
	assert_int_equal(died->asked.port, 5060);
	assert_string_equal(row_text(d.arena, &died->rows[0]),
			    "192.168.1.104:5060 86.5.223.17:23201 5.79.5.158:5060 59960 of 60000 ");
	loading_free(l);
	drawn_end(&d);
}

TEST(a_table_frames_the_row_that_an_answer_comes_in_by_and_tells_that_one_is_over)
{
	struct drawn d = drawn_begin();
	struct loading *l = load_file("scenarios/keepalive/too-slow.yaml");
	uint32_t used = 0, expired = 0;
	draw_cell(&d, l->scenario, 0);
	for (uint32_t i = 0; i < d.diagram.n_tables; i++)
		for (uint32_t k = 0; k < d.diagram.tables[i].n; k++) {
			const struct diagram_row *row = &d.diagram.tables[i].rows[k];
			used += row->state == ROW_USED && endpoint_equal(row->outside, d.diagram.tables[i].asked);
			expired += row->state == ROW_EXPIRED && row->left == 0;
		}
	assert_true(used > 0 && expired > 0);
	loading_free(l);
	drawn_end(&d);
}

TEST(servers_stand_between_two_places_and_the_second_router_faces_the_other_way)
{
	struct drawn d = drawn_begin();
	struct loading *l = load_file("scenarios/media/two-homes.yaml");
	draw_cell(&d, l->scenario, 0);
	const struct diagram_lane *lanes = d.diagram.lanes;
	assert_int_equal(d.diagram.n_lanes, 5);
	assert_true(!lanes[0].wide && lanes[1].wide && !lanes[2].wide && lanes[3].wide && !lanes[4].wide);
	assert_false(lanes[1].mirrored);
	assert_true(lanes[3].mirrored);
	assert_memory_equal(lanes[3].address[0], "WAN", 3);
	assert_memory_equal(lanes[3].address[1], "LAN", 3);
	loading_free(l);
	drawn_end(&d);
}

TEST(what_would_be_markup_is_text_in_every_form)
{
	struct arena *a = arena_new();
	struct diagram_lane lane = { .name = "<b>&;\"" };
	struct diagram_step step = { .kind = DIAGRAM_NOTE, .label = "x", .remark = "end; <script>\n\xFF" };
	struct diagram d = {
		.title = "</title>\"\\", .desc = "<desc>&", .lanes = &lane, .steps = &step, .n_lanes = 1, .n_steps = 1
	};
	struct page page;
	struct sink s = { 0 }, svg = { 0 };
	assert_true(page_lay(a, painter, &d, &page));
	put_page_dot(&s, &page);
	assert_true(picture_draw(painter, &s, "nop2", "svg", &svg));
	sink_clear(&s);
	put_accessible_svg(&s, &svg, d.title, d.desc);
	put_mermaid(&s, &d);
	put_plantuml(&s, &d);
	assert_null(memmem(s.bytes, s.len, "<script>", 8));
	assert_null(memmem(s.bytes, s.len, "<b>", 3));
	assert_non_null(memmem(s.bytes, s.len, "<title>&lt;/title&gt;", 21));
	assert_non_null(memmem(s.bytes, s.len, "<desc>&lt;desc&gt;&amp;</desc>", 30));
	assert_non_null(memmem(s.bytes, s.len, "end#59; #60;script#62; \xEF\xBF\xBD", 25));
	assert_non_null(memmem(s.bytes, s.len, "end; <U+003C>script<U+003E> \xEF\xBF\xBD", 31));
	sink_free(&s);
	sink_free(&svg);
	arena_free(a);
}

static const char *written(struct arena *a, void (*put)(struct sink *, const struct diagram *), const struct diagram *d)
{
	struct sink s = { 0 };
	put(&s, d);
	return sink_keep(&s, a);
}

TEST(what_gets_nowhere_is_no_arrow_to_somebody_and_sentences_are_broken_into_lines)
{
	static const char *verdict =
		"pbx received the request from 86.5.223.17:23201 and answered to 86.5.223.17:5060; \"er\"";
	struct arena *a = arena_new();
	struct diagram_lane lanes[] = { { .name = "a" }, { .name = "b" } };
	struct diagram_step steps[] = {
		{ .kind = DIAGRAM_ARROW, .label = "BYE", .to.lane = 1 },
		{ .kind = DIAGRAM_ARROW, .label = "ACK", .to.lane = DIAGRAM_NOWHERE },
		{ .kind = DIAGRAM_ARROW,
		  .label = "RTP",
		  .to.lane = DIAGRAM_NOWHERE,
		  .lost = true,
		  .reason = "no route" },
	};
	struct diagram d = { .title = "two \"homes\" \\",
			     .lanes = lanes,
			     .n_lanes = 2,
			     .steps = steps,
			     .n_steps = 3,
			     .verdicts = &verdict,
			     .n_verdicts = 1 };
	assert_string_equal(written(a, put_mermaid, &d),
			    "---\ntitle: \"two \\\"homes\\\" \\\\\"\n---\nsequenceDiagram\n"
			    "    participant L0 as a\n"
			    "    participant L1 as b\n"
			    "    L0->>L1: 0.000 BYE\n"
			    "    L0--)L0: 0.000 ACK\n"
			    "    L0--xL0: 0.000 RTP<br/>LOST no route\n"
			    "    Note over L0,L1: pbx received the request from 86.5.223.17:23201 and answered<br/>"
			    "to 86.5.223.17:5060#59; #34;er#34;\n");
	assert_string_equal(written(a, put_plantuml, &d),
			    "@startuml\nhide footbox\ntitle two <U+0022>homes<U+0022> <U+005C>\n"
			    "participant \"a\" as L0\n"
			    "participant \"b\" as L1\n"
			    "L0 -> L1 : 0.000 BYE\n"
			    "L0 -->? : 0.000 ACK\n"
			    "L0 -[#b3261e]->x? : 0.000 RTP\\nLOST no route\n"
			    "note over L0,L1: pbx received the request from 86.5.223.17:23201 and answered\\n"
			    "to 86.5.223.17:5060; <U+0022>er<U+0022>\n"
			    "@enduml\n");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_gets_nowhere_is_no_arrow_to_somebody_and_sentences_are_broken_into_lines),
		cmocka_unit_test(what_lies_over_something_else_is_found),
		cmocka_unit_test(no_text_lies_over_another_and_every_cause_is_marked_in_any_scenario),
		cmocka_unit_test(the_diagram_of_the_seed_shows_where_the_407_died_and_what_the_router_had),
		cmocka_unit_test(a_router_shows_its_table_before_what_comes_and_behind_what_goes),
		cmocka_unit_test(a_table_frames_the_row_that_an_answer_comes_in_by_and_tells_that_one_is_over),
		cmocka_unit_test(servers_stand_between_two_places_and_the_second_router_faces_the_other_way),
		cmocka_unit_test(what_would_be_markup_is_text_in_every_form),
	};
	return cmocka_run_group_tests(tests, open_painter, close_painter);
}
