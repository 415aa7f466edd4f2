/* Questions about a played cell: whatever the scenario, the right answer is what its diagram shows, and nothing tells it before. */
#include <stdio.h>
#include <string.h>

#include "reports/lesson.h"
#include "scenarios/play.h"
#include "tests/everywhere.h"
#include "tests/lab.h"
#include "tests/loading.h"

struct taught {
	struct arena *arena;
	const struct scenario *scenario;
	struct diagram diagram;
	struct lesson lesson;
};

static void teach(struct taught *t, const struct scenario *s, uint64_t cell)
{
	const struct play_options options = { .level = TRACE_FULL };
	struct cell_result result;
	t->scenario = s;
	play_cell(t->arena, s, cell, &options, &result);
	diagram_make(t->arena, s, &result, &t->diagram);
	lesson_make(t->arena, s, &result, &t->diagram, &t->lesson);
}

static struct taught taught_begin(void)
{
	play_setup();
	return (struct taught){ .arena = arena_new() };
}

/* --- what a diagram shows ------------------------------------------------------------------------------------------- */

static const char *right_of(const struct lesson_question *q)
{
	return q->choices[q->right];
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/** The last arrow of the datagram that leaves with this one; NULL: it is not shown to its end. */
static const struct diagram_step *last_arrow(const struct diagram *d, uint32_t step)
{
	for (uint32_t i = step + 1; i < d->n_steps; i++)
		if (d->steps[i].joins == step)
			return last_arrow(d, i);
	const struct diagram_step *last = &d->steps[step];
	bool inside = last->to.lane != DIAGRAM_NOWHERE && d->lanes[last->to.lane].wide;
	return last->lost || (last->to.lane != DIAGRAM_NOWHERE && !inside) ? last : NULL;
}

/** "... Does desk get it?" */
static bool asks_for(const char *ask, const char *name)
{
	char end[128];
	snprintf(end, sizeof end, "Does %s get it?", name);
	size_t len = strlen(end);
	return strlen(ask) >= len && strcmp(ask + strlen(ask) - len, end) == 0;
}

static bool is_got(const struct diagram *d, const struct lesson_question *q)
{
	const struct diagram_step *last = last_arrow(d, q->step);
	assert_non_null(last);
	return !last->lost && asks_for(q->ask, d->lanes[last->to.lane].name);
}

static uint32_t asked_where, asked_got, got, asked_source, firsts, questions;

/** What is right in the diagram is right in the question. */
static void assert_true_of_diagram(const struct diagram *d, const struct lesson_question *q)
{
	const struct diagram_step *step = &d->steps[q->step];
	char place[ENDPOINT_TEXT_MAX];
	if (begins(q->ask, "Where does ")) {
		endpoint_print(step->dst, place);
		assert_string_equal(right_of(q), place);
		asked_where++;
	} else if (strstr(q->ask, " get it?")) {
		assert_int_equal(begins(right_of(q), "yes"), is_got(d, q));
		asked_got++;
		got += is_got(d, q);
	} else if (strstr(q->ask, "What source ")) {
		struct endpoint in = d->steps[step->joins].record->src, out = step->record->src;
		assert_int_equal(strstr(right_of(q), "another port") != NULL, in.port != out.port);
		assert_int_equal(strstr(right_of(q), "it stays") != NULL, endpoint_equal(in, out));
		asked_source++;
	}
}

/* --- what is true of every question --------------------------------------------------------------------------------- */

static void assert_different(const struct lesson_question *q)
{
	for (uint32_t i = 0; i < q->n_choices; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(q->choices[i], q->choices[k]);
}

/** Does the question name the right answer, and none of the others? */
static bool tells(const struct lesson_question *q)
{
	for (uint32_t i = 0; i < q->n_choices; i++)
		if (i != q->right && strstr(q->ask, q->choices[i]))
			return false;
	return strstr(q->ask, right_of(q));
}

static uint32_t of_responses, of_requests;

/** Clauses about responses stand under questions about responses. */
static void assert_clause_fits(const struct diagram *d, const struct lesson_question *q)
{
	bool about = begins(q->why, "RFC 3261 17.1.3") || begins(q->why, "RFC 3261 18.1.2") ||
		     begins(q->why, "RFC 3261 18.2.2") || begins(q->why, "RFC 3581");
	bool response = label_is_response(d->steps[q->step].record->label);
	assert_true(response || !about);
	of_responses += about;
	of_requests += begins(q->why, "It listens there, and no router");
}

static void assert_good(const struct taught *t, const struct lesson_question *q)
{
	assert_in_range(q->step, 0, t->diagram.n_steps - 1);
	assert_true(q->n_choices >= 2 && q->right < q->n_choices);
	assert_different(q);
	assert_false(tells(q));
	assert_true(*q->why);
	assert_true_of_diagram(&t->diagram, q);
	assert_clause_fits(&t->diagram, q);
	questions++;
	firsts += q->right == 0;
}

static struct taught all;

static void take(const struct scenario *s, uint64_t cell)
{
	teach(&all, s, cell);
	for (uint32_t i = 0; i < all.lesson.n; i++) {
		assert_good(&all, &all.lesson.questions[i]);
		assert_true(i == 0 || all.lesson.questions[i].step >= all.lesson.questions[i - 1].step);
	}
	assert_in_range(all.lesson.n, 0, 8);
	arena_reset(all.arena);
}

TEST(in_every_scenario_the_right_answer_is_what_the_diagram_shows)
{
	all = taught_begin();
	assert_true(cells_everywhere(take) > 200);
	assert_true(asked_where > 100 && asked_source > 100 && asked_got > 100);
	assert_true(got > 30 && asked_got - got > 30);
	assert_true(of_responses > 30 && of_requests);
	assert_true(firsts > questions / 10 &&
		    firsts < questions * 2 / 3); /* the place of the right one tells nothing */
	arena_free(all.arena);
}

/* --- one by one ------------------------------------------------------------------------------------------------------ */

/** Of a question: the step, a word of the text, the right answer. */
struct expected {
	uint32_t step;
	const char *ask, *right;
};

static void assert_asked(const char *file, const struct expected *expected, uint32_t n)
{
	struct taught t = taught_begin();
	struct loading *l = load_file(file);
	teach(&t, l->scenario, 0);
	assert_int_equal(t.lesson.n, n);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(t.lesson.questions[i].step, expected[i].step);
		assert_non_null(strstr(t.lesson.questions[i].ask, expected[i].ask));
		assert_string_equal(right_of(&t.lesson.questions[i]), expected[i].right);
	}
	loading_free(l);
	arena_free(t.arena);
}

TEST(the_seed_asks_for_each_decision_that_lost_the_407)
{
	const struct expected expected[] = {
		{ 1, "What source does it give it?", "its own address and another port" },
		{ 1, "names the address 192.168.1.104 inside (Via and Contact)", "none of them" },
		{ 2, "Where does pbx send its 407?", "86.5.223.17:5060" },
		{ 2, "Does cisco get it?", "no, er6020 has nothing open there" },
		{ 4, "No answer comes to the REGISTER of cisco", "it gives up after a while" },
	};
	assert_asked("scenarios/register/seed-test-1.yaml", expected, COUNT(expected));
}

TEST(whether_a_phone_takes_it_is_asked_when_the_alg_has_left_its_via)
{
	const struct expected expected[] = {
		{ 1, "What source", "its own address and another port" },
		{ 1, "names the address", "Via and Contact" },
		{ 3, "What does the Via of the 401 say", "203.0.113.10:56316, as it came" },
		{ 3, "Does desk get it?", "it comes there, and desk does not take it" },
		{ 5, "No answer comes", "it gives up after a while" },
	};
	assert_asked("scenarios/register/s06-via-one-way.yaml", expected, COUNT(expected));
}

TEST(a_long_silence_is_told_before_it_is_asked_what_is_still_open)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/keepalive/s09-pingless.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *last = &t.lesson.questions[t.lesson.n - 1];
	assert_true(begins(last->ask,
			   "For 600 s nothing has gone through home. pbx sends its OPTIONS to 203.0.113.10:56316."));
	assert_string_equal(right_of(last), "no, home has forgotten what was open there");
	assert_true(begins(last->why, "RFC 4787 4.3: "));
	loading_free(l);
	arena_free(t.arena);
}

TEST(a_call_for_one_phone_that_comes_to_the_other_is_asked_about)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/call/s12-two-phones-a.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *last = &t.lesson.questions[t.lesson.n - 1];
	assert_non_null(strstr(last->ask, "Does first get it?"));
	assert_string_equal(right_of(last), "no, it comes to another than first");
	loading_free(l);
	arena_free(t.arena);
}

/** The one that asks this; ends the test when there is none. */
static const struct lesson_question *question_of(const struct taught *t, const char *ask)
{
	for (uint32_t i = 0; i < t->lesson.n; i++)
		if (strstr(t->lesson.questions[i].ask, ask))
			return &t->lesson.questions[i];
	fail_msg("nobody asks: %s", ask);
	return NULL;
}

static bool offers(const struct lesson_question *q, const char *choice)
{
	for (uint32_t i = 0; i < q->n_choices; i++)
		if (strcmp(q->choices[i], choice) == 0)
			return true;
	return false;
}

TEST(what_is_sent_to_a_phone_has_to_come_in_at_its_own_router_and_not_at_that_of_the_server)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/router/hairpin.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *q = question_of(&t, "Does sofa get it?");
	assert_true(offers(q, "no, home has nothing open there"));
	assert_false(offers(q, "no, office has nothing open there"));
	loading_free(l);
	arena_free(t.arena);
}

TEST(audio_is_for_who_has_written_sdp_and_not_for_the_server_that_has_handed_it_on)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/media/two-homes.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *q =
		question_of(&t, "bob sends its audio to 192.168.1.100:16384. Does alice get it?");
	assert_string_equal(right_of(q), "no, there is no way to such an address");
	assert_true(offers(q, "no, here has nothing open there"));
	loading_free(l);
	arena_free(t.arena);
}

TEST(a_binding_is_why_a_request_goes_there_though_a_later_via_says_the_same)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/call/s15-double-contact.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *q = &t.lesson.questions[t.lesson.n - 2];
	assert_non_null(strstr(q->ask, "Where does pbx send its INVITE for desk?"));
	assert_string_equal(right_of(q), "192.168.1.100:5060");
	assert_true(begins(q->why, "RFC 3261 10.3, 16.5: "));
	loading_free(l);
	arena_free(t.arena);
}

TEST(audio_goes_where_sdp_says_until_some_has_come)
{
	struct taught t = taught_begin();
	struct loading *l = load_file("scenarios/media/s20-one-way.yaml");
	teach(&t, l->scenario, 0);
	const struct lesson_question *q = question_of(&t, "Where does pbx send its audio for desk?");
	assert_string_equal(right_of(q), "192.168.1.100:16384");
	assert_string_equal(q->choices[1], "203.0.113.10:16384");
	loading_free(l);
	arena_free(t.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_scenario_the_right_answer_is_what_the_diagram_shows),
		cmocka_unit_test(the_seed_asks_for_each_decision_that_lost_the_407),
		cmocka_unit_test(whether_a_phone_takes_it_is_asked_when_the_alg_has_left_its_via),
		cmocka_unit_test(a_long_silence_is_told_before_it_is_asked_what_is_still_open),
		cmocka_unit_test(a_call_for_one_phone_that_comes_to_the_other_is_asked_about),
		cmocka_unit_test(
			what_is_sent_to_a_phone_has_to_come_in_at_its_own_router_and_not_at_that_of_the_server),
		cmocka_unit_test(audio_is_for_who_has_written_sdp_and_not_for_the_server_that_has_handed_it_on),
		cmocka_unit_test(a_binding_is_why_a_request_goes_there_though_a_later_via_says_the_same),
		cmocka_unit_test(audio_goes_where_sdp_says_until_some_has_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
