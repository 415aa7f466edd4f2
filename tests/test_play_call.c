/* Calls as scenarios ask for them: when what begins and ends, and what is said of it. Phones, routers and servers are real. */
#include <stdio.h>
#include <string.h>

#include "models/ua.h"
#include "scenarios/play.h"
#include "tests/lab.h"
#include "tests/loading.h"

/* a is behind home, b on the Internet; the server believes sources and latches on. */
#define LAB                                                                                           \
	"viaport: 1\nname: calls\n"                                                                   \
	"phones: {a: {model: plain, behind: home, user: \"201\"%s}, b: {model: plain, user: \"202\"%s}," \
	" crowd: {model: plain, count: 4}}\n"                                                         \
	"routers: {home: {model: box, udp-timeout: 1h}}\n"                                            \
	"servers: {pbx: {model: pbx-1, stored-contact: source, dialog-target: source, media: relay, latch: always%s}}\n"

struct played {
	struct loading *loading;
	struct cell_result cell;
};

static struct played play_at(const char *text, enum trace_level level)
{
	struct played p = { .loading = load_text(text) };
	struct play_options options = { .level = level, .parse_all = true };
	if (p.loading->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(p.loading));
	play_cell(p.loading->arena, p.loading->scenario, 0, &options, &p.cell);
	return p;
}

/* Steps and checks in the lab, with further knobs of a, b and the server. */
static struct played play_with(const char *a, const char *b, const char *pbx, const char *steps, const char *checks)
{
	char text[2048];
	int n = snprintf(text, sizeof text, LAB, a, b, pbx);
	snprintf(text + n, sizeof text - (size_t)n, "do: [{register: [a, b, crowd]}, %s]\nexpect: [%s]\n", steps, checks);
	return play_at(text, TRACE_FULL);
}

static struct played play(const char *steps, const char *checks)
{
	return play_with("", "", "", steps, checks);
}

static void play_free(struct played *p)
{
	loading_free(p->loading);
}

/* When a node has sent the n-th datagram with this label, or noted this the n-th time, in milliseconds; -1: never. */
static long long when(const struct played *p, const char *node, const char *word, unsigned n)
{
	struct trace_cursor c = trace_first(&p->cell.world->trace);
	char name[64];
	for (const struct record *r; (r = trace_next(&c));) {
		bool sent = r->event == EVENT_SENT && strcmp(r->label, word) == 0;
		bool noted = r->event == EVENT_NOTE && r->fact && strcmp(r->fact->word, word) == 0;
		if ((sent || noted) && strcmp(node_name(r->iface->node, name, sizeof name), node) == 0 && n-- == 1)
			return r->at / MSEC;
	}
	return -1;
}

/* "works", "fails no-binding", "stops mapping-expired" */
static const char *result_of(const struct played *p, uint32_t check)
{
	const struct check_result *c = &p->cell.checks[check];
	assert_true(check < p->cell.n_checks);
	return arena_printf(p->loading->arena, "%s%s%s", verdict_words[c->result], c->cause ? " " : "",
			    c->cause ? c->cause->word : "");
}

#define WAIT "{wait: 10m}" /* a step behind the call, so that the run does not end with it */
#define ANY  "{no-misdelivery: any, result: works}" /* which is not decided before the end */

/* --- how long ------------------------------------------------------------------------------------------ */

TEST(a_call_lasts_from_when_both_ends_know_of_it_and_the_next_step_begins_when_it_is_over)
{
	struct played p = play("{call: {from: a, to: b, for: 20s}}, {set: {node: home, hairpin: off}}", ANY);
	long long answered = when(&p, "a", "call-answered", 1), established = when(&p, "b", "call-established", 1);
	long long both = answered > established ? answered : established;
	assert_int_equal(when(&p, "a", "BYE", 1), both + 20000);
	assert_int_equal(when(&p, "home", "set", 1), when(&p, "a", "hung-up", 1));
	assert_int_equal(when(&p, "b", "BYE", 1), -1);
	play_free(&p);
}

TEST(either_end_hangs_up_as_the_step_says)
{
	struct played p = play("{call: {from: a, to: b, for: 20s, hangup: to}}", ANY);
	assert_int_equal(when(&p, "a", "BYE", 1), -1);
	assert_true(when(&p, "b", "BYE", 1) > 20000);
	assert_true(when(&p, "a", "call-over", 1) > 20000);
	play_free(&p);
}

TEST(a_call_that_is_refused_ends_its_step)
{
	struct played p = play("{unregister: b}, {call: {from: a, to: b}}, {set: {node: home, hairpin: off}}",
			       "{outgoing-call: a, result: fails, cause: no-binding}, {incoming-call: b, result: fails}, " ANY);
	assert_int_equal(when(&p, "home", "set", 1), when(&p, "a", "call-refused", 1));
	assert_string_equal(result_of(&p, 0), "fails no-binding");
	assert_string_equal(result_of(&p, 1), "fails no-binding");
	play_free(&p);
}

TEST(who_gets_no_answer_gives_up_after_three_minutes)
{
	struct played p = play_with("", "", ", far-end: {ring: 10m}", "{call: {from: a, to: pbx}}", "{outgoing-call: a, result: fails}");
	assert_int_equal(when(&p, "a", "CANCEL", 1), when(&p, "a", "INVITE", 1) + 180000);
	assert_int_equal(p.cell.checks[0].result, VERDICT_FAILS);
	play_free(&p);
}

TEST(with_a_time_of_its_own_a_call_that_nobody_answers_is_let_go_without_a_word)
{
	struct played p = play_with("", "", ", far-end: {ring: 10m}",
				    "{call: {from: a, to: pbx, give-up: 6s}}, {set: {node: home, hairpin: off}}, " WAIT,
				    "{outgoing-call: a, result: fails}, " ANY);
	assert_int_equal(when(&p, "home", "set", 1), when(&p, "a", "INVITE", 1) + 6000);
	assert_int_equal(when(&p, "a", "CANCEL", 1), -1);
	assert_int_equal(when(&p, "a", "call-answered", 1), -1);
	assert_int_equal(p.cell.checks[0].result, VERDICT_FAILS);
	play_free(&p);
}

TEST(whoever_has_not_heard_of_the_end_lets_the_call_go)
{
	struct played p = play("{call: {from: b, to: pbx, for: 20s}}, {at: 10s, set: {node: b, send-port: same}},"
			       " {at: 15s, restart: pbx}, " WAIT,
			       "{hangup: {phone: b}, result: fails}, " ANY);
	long long last = 0, said = 0;
	for (unsigned n = 1; (said = when(&p, "b", "RTP", n)) >= 0; n++)
		last = said;
	assert_true(last < 40000);
	assert_int_equal(p.cell.checks[0].result, VERDICT_FAILS);
	play_free(&p);
}

/* --- in a call ----------------------------------------------------------------------------------------- */

TEST(what_has_a_time_happens_in_the_call_and_the_step_behind_waits_for_all_of_it)
{
	struct played p = play("{at: 10s, call: {from: a, to: b, for: 20s}}, {at: 5s, set: {node: home, hairpin: off}},"
			       " {at: 60s, set: {node: home, hairpin: off}}, {set: {node: home, hairpin: off}}",
			       ANY);
	assert_int_equal(when(&p, "a", "INVITE", 1), 10000);
	assert_int_equal(when(&p, "home", "set", 1), 15000);
	assert_int_equal(when(&p, "home", "set", 2), 70000);
	assert_int_equal(when(&p, "home", "set", 3), 70000);
	play_free(&p);
}

TEST(two_calls_run_at_once)
{
	struct played p = play("{call: {from: a, to: b, for: 20s}}, {at: 5s, id: second, call: {from: crowd, to: pbx, for: 5s}}, " WAIT,
			       "{audio: both-ways, result: works}, {outgoing-call: crowd, result: works},"
			       " {hangup: {phone: crowd}, result: works}, {hangup: {phone: a}, result: works}");
	for (uint32_t i = 0; i < p.cell.n_checks; i++)
		assert_string_equal(result_of(&p, i), "works");
	assert_true(when(&p, "crowd.1", "BYE", 1) < when(&p, "a", "BYE", 1));
	assert_int_equal(p.cell.checks[1].works, 4);
	play_free(&p);
}

TEST(calls_of_a_group_are_spread_over_the_time_that_is_given)
{
	struct played p = play("{id: many, call: {from: pbx, to: crowd, for: 5s, over: 40s, hangup: to}}, " WAIT,
			       "{incoming-call: crowd, result: works}, {hangup: {phone: crowd}, result: works}, " ANY);
	for (unsigned n = 1; n <= 4; n++) {
		char name[16];
		snprintf(name, sizeof name, "crowd.%u", n);
		long long rings = when(&p, name, "call-established", 1) - when(&p, "crowd.1", "call-established", 1);
		assert_int_equal(rings, (n - 1) * 10000);
	}
	assert_string_equal(result_of(&p, 1), "works");
	play_free(&p);
}

TEST(a_call_on_hold_is_held_by_the_phone_that_is_named_until_it_resumes)
{
	struct played p = play("{call: {from: a, to: b, for: 40s}}, {at: 10s, hold: b}, {at: 20s, resume: b}",
			       "{hold: b, result: works}, {audio: both-ways, result: works}");
	assert_int_equal(when(&p, "a", "call-held", 1), -1);
	assert_true(when(&p, "b", "call-held", 1) > 10000 && when(&p, "b", "call-held", 1) < 11000);
	assert_true(when(&p, "b", "call-resumed", 1) > 20000 && when(&p, "b", "call-resumed", 1) < 21000);
	assert_string_equal(result_of(&p, 0), "works");
	assert_string_equal(result_of(&p, 1), "works");
	play_free(&p);
}

TEST(a_phone_that_restarts_in_a_call_has_left_it_and_the_other_one_hangs_up)
{
	struct played p = play("{call: {from: a, to: b, for: 40s}}, {at: 10s, restart: a}, " WAIT,
			       "{audio: {from: b, to: a}, result: stops}, {hangup: {phone: a}, result: fails}");
	assert_int_equal(when(&p, "a", "BYE", 1), -1);
	assert_true(when(&p, "b", "BYE", 1) > 40000);
	assert_int_equal(p.cell.checks[0].result, VERDICT_STOPS);
	assert_int_equal(p.cell.checks[1].result, VERDICT_FAILS);
	play_free(&p);
}

/* --- what is heard ------------------------------------------------------------------------------------- */

#define SIX(router, latch)                                                                             \
	"viaport: 1\nname: one way\n"                                                                  \
	"phones: {a: {model: plain, behind: home, rtp: {silence-suppression: on}}, b: {model: plain}}\n" \
	"routers: {home: {model: box, ports: random, udp-timeout: 30s, " router "}}\n"                                \
	"servers: {pbx: {model: pbx-1, stored-contact: source, media: relay, latch: " latch "}}\n"     \
	"do: [{register: [a, b]}, {call: {from: a, to: b, for: 90s}}, {at: 20s, mute: {phone: a, for: 45s}}]\n" \
	"expect: [{audio: {from: a, to: b}, result: works}, {audio: {from: b, to: a}, result: works},"  \
	" {audio: both-ways, result: works}]\n"

/* The mapping is refreshed by what a sends, last at 20.08 s; after the silence it speaks through a new one. */
TEST(who_is_silent_for_longer_than_the_router_remembers_is_deaf_unless_the_relay_follows)
{
	static const struct row {
		const char *text, *back;
		usec between[2];
	} rows[] = {
		{ SIX("refresh: outbound", "once"), "stops mapping-expired", { 0 } },
		{ SIX("refresh: outbound", "always"), "degraded mapping-expired", { 50 * SEC, 65 * SEC } },
		{ SIX("refresh: both", "once"), "works", { 0 } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct played p = play_at(rows[i].text, TRACE_FULL);
		assert_string_equal(result_of(&p, 0), "works");
		assert_string_equal(result_of(&p, 1), rows[i].back);
		assert_string_equal(result_of(&p, 2), rows[i].back);
		for (int k = 0; k < 2; k++)
			assert_int_equal(p.cell.checks[1].between[k] / SEC, rows[i].between[k] / SEC);
		play_free(&p);
	}
}

TEST(what_is_said_of_a_call_is_the_same_whatever_is_kept)
{
	static const enum trace_level levels[] = { TRACE_COUNTS, TRACE_FACTS };
	struct played full = play_at(SIX("refresh: outbound", "once"), TRACE_FULL);
	for (size_t i = 0; i < COUNT(levels); i++) {
		struct played p = play_at(SIX("refresh: outbound", "once"), levels[i]);
		for (uint32_t k = 0; k < p.cell.n_checks; k++) {
			const struct check_result *x = &p.cell.checks[k], *y = &full.cell.checks[k];
			assert_int_equal(x->result, y->result);
			assert_ptr_equal(x->cause, y->cause);
			assert_int_equal(x->at, y->at);
			assert_int_equal(x->datagram, y->datagram);
			assert_true(!x->sentence == !y->sentence && (!x->sentence || !strcmp(x->sentence, y->sentence)));
		}
		play_free(&p);
	}
	play_free(&full);
}

/* --- what a call has to do with the registration ------------------------------------------------------- */

TEST(a_restart_of_the_router_before_the_phone_has_registered_is_no_cause)
{
	struct played p = play("{unregister: a}, {restart: home}, {set: {node: pbx, stored-contact: literal}}, {register: a},"
			       " {call: {from: pbx, to: a}}",
			       "{incoming-call: a, result: fails}");
	assert_string_equal(result_of(&p, 0), "fails private-contact");
	play_free(&p);
}

TEST(a_restart_of_the_router_after_it_is_one)
{
	struct played p = play("{restart: home}, {call: {from: pbx, to: a}}", "{incoming-call: a, result: fails}");
	assert_string_equal(result_of(&p, 0), "fails router-restarted");
	play_free(&p);
}

TEST(nothing_of_a_call_between_two_phones_is_misdelivered)
{
	struct played p = play("{call: {from: a, to: b, for: 20s}}", ANY);
	assert_string_equal(result_of(&p, 0), "works");
	play_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_lasts_from_when_both_ends_know_of_it_and_the_next_step_begins_when_it_is_over),
		cmocka_unit_test(either_end_hangs_up_as_the_step_says),
		cmocka_unit_test(a_call_that_is_refused_ends_its_step),
		cmocka_unit_test(who_gets_no_answer_gives_up_after_three_minutes),
		cmocka_unit_test(with_a_time_of_its_own_a_call_that_nobody_answers_is_let_go_without_a_word),
		cmocka_unit_test(whoever_has_not_heard_of_the_end_lets_the_call_go),
		cmocka_unit_test(what_has_a_time_happens_in_the_call_and_the_step_behind_waits_for_all_of_it),
		cmocka_unit_test(two_calls_run_at_once),
		cmocka_unit_test(calls_of_a_group_are_spread_over_the_time_that_is_given),
		cmocka_unit_test(a_call_on_hold_is_held_by_the_phone_that_is_named_until_it_resumes),
		cmocka_unit_test(a_phone_that_restarts_in_a_call_has_left_it_and_the_other_one_hangs_up),
		cmocka_unit_test(who_is_silent_for_longer_than_the_router_remembers_is_deaf_unless_the_relay_follows),
		cmocka_unit_test(what_is_said_of_a_call_is_the_same_whatever_is_kept),
		cmocka_unit_test(a_restart_of_the_router_before_the_phone_has_registered_is_no_cause),
		cmocka_unit_test(a_restart_of_the_router_after_it_is_one),
		cmocka_unit_test(nothing_of_a_call_between_two_phones_is_misdelivered),
	};
	play_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
