/* What is asked of a run, and what becomes of each check: scenarios in, results out. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "scenarios/play.h"
#include "tests/lab.h"
#include "tests/loading.h"

#define LAB                                                                                                 \
	"viaport: 1\nname: a lab\n"                                                                         \
	"phones: {a: {model: plain, behind: home}, b: {model: plain, behind: home}, crowd: {model: plain, " \
	"count: 3}}\n"                                                                                      \
	"servers: {pbx: {model: pbx-1, stored-contact: source}}\n"
#define HOME(knobs) "routers: {home: {model: box" knobs "}}\n"

struct run {
	struct loading *loading;
	struct cell_result cell;
};

static struct run run_at(const char *text, enum trace_level level)
{
	struct run r = { .loading = load_text(text) };
	struct play_options options = { .level = level, .parse_all = true };
	if (r.loading->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(r.loading));
	play_cell(r.loading->arena, r.loading->scenario, 0, &options, &r.cell);
	return r;
}

static struct run run(const char *text)
{
	return run_at(text, TRACE_FULL);
}

static void run_free(struct run *r)
{
	loading_free(r->loading);
}

/* "stops mapping-expired at home 180.084: the OPTIONS ..." */
static const char *result_text(const struct run *r, uint32_t check)
{
	struct arena *a = r->loading->arena;
	const struct check_result *c = &r->cell.checks[check];
	const char *text = verdict_words[c->result];
	assert_true(check < r->cell.n_checks);
	if (c->cause)
		text = arena_printf(a, "%s %s", text, c->cause->word);
	if (c->lost_at)
		text = arena_printf(a, "%s at %s", text, c->lost_at);
	if (c->at >= 0)
		text = arena_printf(a, "%s %lld.%03lld", text, (long long)(c->at / SEC),
				    (long long)(c->at % SEC / MSEC));
	return c->sentence ? arena_printf(a, "%s: %s", text, c->sentence) : text;
}

static void assert_result(const struct run *r, uint32_t check, const char *wanted)
{
	assert_string_equal(result_text(r, check), wanted);
}

/* --- reachable-after ------------------------------------------------------------------- */

TEST(a_phone_is_probed_when_it_has_registered_and_once_more_and_then_the_run_is_over)
{
	struct run r = run(LAB HOME(
		", udp-timeout: 1h") "do: [{register: a}]\n"
				     "expect: [{reachable-after: {phone: a, time: 10m}, result: works}]\n");
	assert_result(&r, 0, "works 600.126"); /* registered at 0.084, and 42 ms for the ping */
	assert_int_equal(r.cell.world->trace.counts[EVENT_NOTE], 6);
	assert_true(r.cell.expected);
	run_free(&r);
}

TEST(with_no_time_there_is_one_probe)
{
	struct run r = run(LAB HOME("") "do: [{register: a}]\n"
					"expect: [{reachable-after: {phone: a, time: 0s}, result: works}]\n");
	assert_result(&r, 0, "works 0.126");
	run_free(&r);
}

TEST(what_is_reached_once_and_not_again_stops_when_the_probe_is_lost)
{
	struct run r =
		run(LAB HOME(", udp-timeout: 60s") "do: [{register: a}]\n"
						   "expect: [{reachable-after: {phone: a, time: 3m}, result: "
						   "stops, cause: mapping-expired, lost-at: home}]\n");
	assert_result(&r, 0,
		      "stops mapping-expired at home 180.104: the OPTIONS for 203.0.113.10:5060 came to home "
		      "after the "
		      "mapping had expired");
	assert_int_equal(r.cell.verdict, VERDICT_STOPS);
	assert_true(r.cell.expected);
	run_free(&r);
}

TEST(what_is_not_reached_at_once_fails_and_is_not_tried_again)
{
	struct run r = run("viaport: 1\nname: a lab\n"
			   "phones: {a: {model: plain, behind: home}}\n" HOME(
				   "") "servers: {pbx: {model: pbx-1}}\n"
				       "do: [{register: a}]\n"
				       "expect: [{reachable-after: {phone: a, time: 10m}, result: fails}]\n");
	assert_result(&r, 0,
		      "fails private-contact at pbx 0.084: pbx has stored the Contact 192.168.1.100:5060 for "
		      "a, and its OPTIONS for there has no way to go");
	assert_true(world_now(r.cell.world) < 33 * SEC);
	run_free(&r);
}

TEST(who_does_not_register_is_not_reached_for_the_same_cause)
{
	struct run r =
		run(LAB HOME("") "do: [{set: {node: a, password: wrong}}, {register: a}]\n"
				 "expect: [{reachable-after: {phone: a, time: 10m}, result: fails}]\n");
	assert_result(
		&r, 0,
		"fails wrong-password 0.084: pbx refused the credentials of a: the password does not fit");
	run_free(&r);
}

TEST(members_of_a_group_are_probed_one_by_one)
{
	struct run r =
		run(LAB HOME("") "do: [{register: {phone: crowd, over: 30s}}]\n"
				 "expect: [{reachable-after: {phone: crowd, time: 1m}, result: works}]\n");
	assert_result(&r, 0,
		      "works 80.120"); /* the last one begins at 20 s and has no router: 40 ms and 40 ms */
	assert_int_equal(r.cell.checks[0].works, 3);
	run_free(&r);
}

TEST(a_probe_that_is_under_way_at_the_end_counts_as_unanswered)
{
	struct run r = run(LAB HOME(
		", udp-timeout: 60s") "until: 181s\n"
				      "do: [{register: a}]\n"
				      "expect: [{reachable-after: {phone: a, time: 3m}, result: stops}]\n");
	assert_int_equal(r.cell.checks[0].result, VERDICT_STOPS);
	assert_string_equal(r.cell.checks[0].cause->word, "mapping-expired");
	run_free(&r);
}

TEST(verdicts_are_the_same_at_every_trace_level)
{
	static const char text[] =
		LAB HOME(", collision: steal, udp-timeout: 1h") "do: [{register: a}, {register: b}, "
								"{restart: home, at: 60s}]\n"
								"expect:\n"
								"  - {reachable-after: {phone: a, time: 2m}, "
								"result: works}\n"
								"  - {reachable-after: {phone: b, time: 2m}, "
								"result: works}\n"
								"  - {no-misdelivery: any, result: works}\n";
	struct run full = run_at(text, TRACE_FULL), counts = run_at(text, TRACE_COUNTS);
	for (uint32_t i = 0; i < 3; i++)
		assert_string_equal(result_text(&full, i), result_text(&counts, i));
	run_free(&full);
	run_free(&counts);
}

/* --- no-misdelivery -------------------------------------------------------------------- */

#define NEXT_PORT HOME(", collision: next")
#define VIA_PORT  "do: [{set: {node: pbx, rport: off}}, {register: a}, {id: second, register: b}]\n"

TEST(a_response_that_reaches_another_phone_is_seen_and_both_are_named)
{
	struct run r = run(LAB NEXT_PORT VIA_PORT
			   "expect:\n"
			   "  - {no-misdelivery: any, result: fails, cause: misdelivered, lost-at: a}\n"
			   "  - {no-misdelivery: a, of: second, result: fails}\n"
			   "  - {no-misdelivery: b, result: works}\n"
			   "  - {register: b, result: fails, cause: two-phones-one-port}\n");
	assert_result(&r, 0, "fails misdelivered at a 0.126: the 401 for b reached a");
	assert_result(&r, 1, "fails misdelivered at a 0.126: the 401 for b reached a");
	assert_result(&r, 2, "works 32.084");
	assert_result(&r, 3,
		      "fails two-phones-one-port at a 0.126: the 401 for b went to a, which has the outside "
		      "port 5060");
	assert_true(r.cell.expected);
	run_free(&r);
}

TEST(a_response_to_a_phone_of_the_same_user_is_seen_too)
{
	struct run r = run("viaport: 1\nname: a shared line\n"
			   "phones: {a: {model: plain, behind: home, user: '7'}, b: {model: plain, behind: "
			   "home, user: '7'}}\n"
			   "servers: {pbx: {model: pbx-1}}\n" NEXT_PORT VIA_PORT
			   "expect: [{no-misdelivery: any, result: fails}]\n");
	assert_result(&r, 0, "fails misdelivered at a 0.126: the 401 for b reached a");
	run_free(&r);
}

TEST(a_refresh_that_nobody_asked_for_is_watched_as_well)
{
	struct run r = run(
		LAB HOME(", collision: next") "do:\n"
					      "  - set: {node: b, register: {expires: 60s}}\n"
					      "  - register: [a, b]\n"
					      "  - set: {node: pbx, rport: off}\n"
					      "  - {id: later, wait: 2m}\n"
					      "expect: [{no-misdelivery: any, of: later, result: fails}]\n");
	assert_result(&r, 0, "fails misdelivered at a 55.126: the 401 for b reached a");
	run_free(&r);
}

TEST(a_request_for_another_user_is_seen)
{
	struct run r = run(
		LAB HOME(", collision: steal") "do: [{register: a}, {wait: 5s}, {register: b}]\n"
					       "expect:\n"
					       "  - {no-misdelivery: b, result: fails}\n"
					       "  - {no-misdelivery: a, result: works}\n"
					       "  - {reachable-after: {phone: a, time: 0s}, result: works}\n"
					       "  - {reachable-after: {phone: a, time: 10s}, as: later, "
					       "result: stops, cause: two-phones-one-port}\n");
	assert_result(&r, 0, "fails misdelivered at b 10.105: the OPTIONS for a reached b");
	assert_result(&r, 2, "works 0.126");
	assert_result(&r, 3,
		      "stops two-phones-one-port at b 10.105: the OPTIONS for a went to b, which has the "
		      "outside port 5060");
	run_free(&r);
}

TEST(only_while_its_step_runs_is_a_step_watched)
{
	struct run r = run(LAB NEXT_PORT
			   "do: [{set: {node: pbx, rport: off}}, {id: first, register: a}, {register: b}]\n"
			   "expect:\n"
			   "  - {no-misdelivery: any, of: first, result: works}\n"
			   "  - {register: b, result: fails}\n");
	assert_result(&r, 0, "works 0.084");
	run_free(&r);
}

TEST(a_run_in_which_nothing_goes_astray_lasts_to_its_end)
{
	struct run r = run(LAB HOME("") "do: [{register: a}, {wait: 5m}]\n"
					"expect: [{no-misdelivery: any, result: works}]\n");
	assert_result(&r, 0, "works 300.084");
	run_free(&r);
}

/* --- steps ----------------------------------------------------------------------------- */

TEST(a_phone_that_restarts_is_waited_for_until_it_has_registered_again)
{
	struct run r = run(LAB HOME("") "do: [{register: [a, b]}, {restart: a}, {id: again, register: a}]\n"
					"expect: [{register: a, of: again, result: works}]\n");
	assert_result(&r, 0, "works 0.252"); /* three times 84 ms */
	run_free(&r);
}

TEST(a_phone_that_was_not_registered_restarts_in_no_time)
{
	struct run r = run(LAB HOME("") "do: [{restart: a}, {register: a}]\n"
					"expect: [{register: a, result: works}]\n");
	assert_result(&r, 0, "works 0.084");
	run_free(&r);
}

TEST(a_group_restarts_as_a_whole)
{
	struct run r =
		run(LAB HOME("") "do: [{register: crowd}, {restart: crowd}, {id: again, register: crowd}]\n"
				 "expect: [{register: crowd, of: again, result: works}]\n");
	assert_result(&r, 0, "works 0.240");
	run_free(&r);
}

TEST(the_cause_is_the_restart_only_when_it_came_in_between)
{
	static const struct {
		const char *steps, *result;
	} rows[] = {
		{ "{register: a}, {restart: home, at: 60s}",
		  "stops router-restarted at home 120.104: home restarted at 1m; the OPTIONS for a still "
		  "went to 203.0.113.10:5060" },
		{ "{register: a}, {rebind: home, at: 60s}",
		  "stops router-restarted at home 120.104: home forgot its mappings at 1m; the OPTIONS for a "
		  "still went to "
		  "203.0.113.10:5060" },
		{ "{register: a}, {rebind: {router: home, address: 203.0.113.77}, at: 60s}",
		  "stops router-restarted at pbx 120.084: home got another outside address at 1m; the "
		  "OPTIONS for a still went to "
		  "203.0.113.10:5060" },
		{ "{register: a}, {restart: pbx, at: 60s}",
		  "stops no-binding 120.084: pbx has no binding of a any more: pbx restarted at 1m" },
		{ "{restart: home}, {register: a}, {set: {node: home, udp-timeout: 1s}}",
		  "stops mapping-expired at home 120.104: the OPTIONS for 203.0.113.10:5060 came to home "
		  "after the mapping had "
		  "expired" },
		{ "{register: a}, {restart: home, at: 60s}, {restart: b}, {register: a}", "works 120.126" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct run r =
			run(arena_printf(a,
					 LAB HOME(", udp-timeout: 119s") "do: [%s]\n"
									 "expect: [{reachable-after: {phone: "
									 "a, time: 2m}, result: works}]\n",
					 rows[i].steps));
		assert_result(&r, 0, rows[i].result);
		run_free(&r);
		arena_free(a);
	}
}

TEST(an_address_that_somebody_has_cannot_be_taken)
{
	static const struct {
		const char *routers, *address, *why;
	} rows[] = {
		{ "{home: {model: box}}", "198.51.100.10", "pbx and home are both at 198.51.100.10" },
		{ "{home: {model: box}, other: {model: box, outside: 203.0.113.77}}", "203.0.113.77",
		  "other and home are both at 203.0.113.77" },
		{ "{home: {model: box, behind: other}, other: {model: box}}", "203.0.113.77",
		  "203.0.113.77 is not in the network behind other, so home cannot have it" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct run r = run(arena_printf(
			a,
			LAB "routers: %s\n"
			    "do: [{register: a}, {rebind: {router: home, address: %s}}, {wait: 1h}]\n"
			    "expect: [{no-misdelivery: any, result: works}]\n",
			rows[i].routers, rows[i].address));
		assert_int_equal(r.cell.verdict, VERDICT_ERROR);
		assert_string_equal(r.cell.why, rows[i].why);
		run_free(&r);
		arena_free(a);
	}
}

TEST(what_is_set_is_noted_with_its_group)
{
	struct run r = run(
		LAB HOME("") "do: [{set: {node: home, udp-timeout: 10s, refresh: inbound}}, {register: a}]\n"
			     "expect: [{register: a, result: works}]\n");
	struct trace_cursor c = trace_first(&r.cell.world->trace);
	const struct record *first = trace_next(&c);
	char text[200];
	record_sentence(first, text, sizeof text);
	assert_int_equal(first->event, EVENT_NOTE);
	assert_string_equal(first->iface->node->name, "home");
	assert_string_equal(text, "is set: udp-timeout first 10s, udp-timeout stream 10s, refresh inbound");
	run_free(&r);
}

/* A day is long, but not for who asks for more. */
TEST(without_until_a_run_lasts_as_long_as_its_steps_and_checks_ask_for)
{
	struct run r = run(LAB HOME(
		", udp-timeout: 100h") "do: [{wait: 25h}, {register: {phone: a, over: 1h}}]\n"
				       "expect: [{reachable-after: {phone: a, time: 30h}, result: works}]\n");
	assert_result(&r, 0, "works 198000.126");
	run_free(&r);
}

/* --- many at once ------------------------------------------------------------------------ */

/* CPU seconds in which a server pings so many phones within the same second. */
static double pinged(unsigned phones)
{
	char text[400];
	snprintf(text, sizeof text,
		 "viaport: 1\nname: a crowd\nphones: {a: {model: plain, count: %u}}\nservers: {pbx: {model: "
		 "pbx-1}}\n"
		 "do: [{register: {phone: a, over: 1s}}]\nuntil: 1h\n"
		 "expect: [{reachable-after: {phone: a, time: 10m}, result: works}]\n",
		 phones);
	clock_t start = clock();
	struct run r = run_at(text, TRACE_COUNTS);
	assert_int_equal(r.cell.checks[0].works, phones);
	run_free(&r);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Each phone costs about the same; if all of them were looked through for each, it would be 8 * 8 times as
 * much, however often it is measured. A machine that does something else may take longer once. */
TEST(who_pings_a_crowd_does_not_look_through_all_of_it_for_each_answer)
{
	double few = 0, many = 1;
	for (int tries = 0; tries < 5 && many > 3 * 8 * few; tries++) {
		few = pinged(5000);
		many = pinged(40000);
	}
	if (many > 3 * 8 * few)
		fail_msg("%.2f s and %.2f s", few, many);
}

/* What a phone weighs that sends a keepalive every 30 s for so many days. */
static size_t weight_of_days(unsigned days)
{
	char text[500];
	snprintf(text, sizeof text,
		 "viaport: 1\nname: days\n"
		 "phones: {a: {model: plain, behind: home, keepalive: crlf, register: {expires: 600s}}}\n"
		 "routers: {home: {model: box}}\nservers: {pbx: {model: pbx-1, stored-contact: source}}\n"
		 "do: [{register: a}]\n"
		 "expect: [{reachable-after: {phone: a, time: %ud}, result: works}]\n",
		 days);
	struct run r = run_at(text, TRACE_COUNTS);
	size_t used = arena_used(r.loading->arena);
	assert_int_equal(r.cell.checks[0].result, VERDICT_WORKS);
	assert_true(r.cell.world->trace.counts[EVENT_SENT] > days * 86400 / 30);
	run_free(&r);
	return used;
}

TEST(nine_days_of_keepalives_and_refreshes_cost_no_more_memory_than_one)
{
	assert_int_equal(weight_of_days(2), weight_of_days(1));
	assert_int_equal(weight_of_days(9), weight_of_days(1));
}

/* --- where requests go ----------------------------------------------------------------- */

#define OFFICE(more, served) "viaport: 1\nname: a lab\n" \
	"phones: {a: {model: plain" more "}}\n" \
	"routers: {office: {model: box, outside: 203.0.113.50, hairpin: inside-source, forward: [{port: 5070, to: \"192.168.1.100:5060\"}]}}\n" \
	"servers: {pbx: {model: pbx-1, behind: office, domain: " served "}}\n" \
	"do: [{register: a}]\nexpect: [{register: a, result: works}]\n"

TEST(a_domain_that_is_an_address_is_where_requests_go_and_any_other_one_means_its_server)
{
	const struct {
		const char *text, *result;
	} rows[] = {
		/* from outside and from inside */
		{ OFFICE(", domain: \"203.0.113.50:5070\"", "203.0.113.50"), "works 0.160" },
		{ OFFICE(", domain: \"203.0.113.50:5070\", behind: office", "203.0.113.50"), "works 0.004" },
		{ OFFICE(", domain: \"203.0.113.50\"", "203.0.113.50"),
		  "fails no-answer at office 0.040: a sent 11 requests and nothing came back" },
		/* by name, where the server is not to be seen, and where it is */
		{ OFFICE(", domain: pbx.example", "pbx.example"),
		  "fails no-route at a 0.000: the REGISTER of a for 192.168.1.100:5060 had no way to go" },
		{ OFFICE(", domain: \"pbx.example:5070\", behind: office", "pbx.example"), "works 0.004" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run r = run(rows[i].text);
		assert_result(&r, 0, rows[i].result);
		run_free(&r);
	}
}

TEST(a_gateway_registers_at_a_domain_that_is_an_address)
{
	struct run r = run("viaport: 1\nname: a lab\n"
			   "models: {gate: {kind: gateway}}\n"
			   "phones: {a: {model: plain, behind: home}}\n"
			   "gateways: {gw: {model: gate, behind: home}}\n"
			   "routers:\n"
			   "  home: {model: box}\n"
			   "  office: {model: box, outside: 203.0.113.50, forward: [{port: 5060, to: pbx}]}\n"
			   "servers: {pbx: {model: pbx-1, behind: office, domain: 203.0.113.50}}\n"
			   "do: [{register: a}]\nexpect: [{register: a, result: works}]\n");
	assert_result(&r, 0, "works 0.172");
	run_free(&r);
}

TEST(what_a_router_passes_on_to_nobody_is_told_as_its_doing)
{
	struct run r = run("viaport: 1\nname: a lab\n"
			   "phones: {a: {model: plain, rport: off, behind: home}}\n"
			   "routers: {home: {model: box, ports: random, forward: [{port: 5060, to: 192.168.1.77}]}}\n"
			   "servers: {pbx: {model: pbx-1}}\n"
			   "do: [{register: a}]\nexpect: [{register: a, result: fails}]\n");
	assert_result(&r, 0, "fails no-route at home 0.041: home passed the 401 on to 192.168.1.77:5060, where nobody is");
	run_free(&r);
}

TEST(steps_that_have_not_begun_when_all_is_known_are_counted)
{
	struct run r = run(LAB HOME("") "do: [{register: a}, {register: b}, {restart: home}, {wait: 1h}]\n"
					"expect: [{register: b, result: works}]\n");
	assert_int_equal(r.cell.unreached, 2);
	run_free(&r);
	r = run(LAB HOME("") "do: [{register: a}, {register: b}]\n"
			     "expect: [{register: b, result: works}]\n");
	assert_int_equal(r.cell.unreached, 0);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_phone_is_probed_when_it_has_registered_and_once_more_and_then_the_run_is_over),
		cmocka_unit_test(with_no_time_there_is_one_probe),
		cmocka_unit_test(what_is_reached_once_and_not_again_stops_when_the_probe_is_lost),
		cmocka_unit_test(what_is_not_reached_at_once_fails_and_is_not_tried_again),
		cmocka_unit_test(who_does_not_register_is_not_reached_for_the_same_cause),
		cmocka_unit_test(members_of_a_group_are_probed_one_by_one),
		cmocka_unit_test(a_probe_that_is_under_way_at_the_end_counts_as_unanswered),
		cmocka_unit_test(verdicts_are_the_same_at_every_trace_level),
		cmocka_unit_test(a_response_that_reaches_another_phone_is_seen_and_both_are_named),
		cmocka_unit_test(a_response_to_a_phone_of_the_same_user_is_seen_too),
		cmocka_unit_test(a_refresh_that_nobody_asked_for_is_watched_as_well),
		cmocka_unit_test(a_request_for_another_user_is_seen),
		cmocka_unit_test(only_while_its_step_runs_is_a_step_watched),
		cmocka_unit_test(a_run_in_which_nothing_goes_astray_lasts_to_its_end),
		cmocka_unit_test(a_phone_that_restarts_is_waited_for_until_it_has_registered_again),
		cmocka_unit_test(a_phone_that_was_not_registered_restarts_in_no_time),
		cmocka_unit_test(a_group_restarts_as_a_whole),
		cmocka_unit_test(the_cause_is_the_restart_only_when_it_came_in_between),
		cmocka_unit_test(an_address_that_somebody_has_cannot_be_taken),
		cmocka_unit_test(what_is_set_is_noted_with_its_group),
		cmocka_unit_test(without_until_a_run_lasts_as_long_as_its_steps_and_checks_ask_for),
		cmocka_unit_test(who_pings_a_crowd_does_not_look_through_all_of_it_for_each_answer),
		cmocka_unit_test(nine_days_of_keepalives_and_refreshes_cost_no_more_memory_than_one),
		cmocka_unit_test(a_domain_that_is_an_address_is_where_requests_go_and_any_other_one_means_its_server),
		cmocka_unit_test(a_gateway_registers_at_a_domain_that_is_an_address),
		cmocka_unit_test(what_a_router_passes_on_to_nobody_is_told_as_its_doing),
		cmocka_unit_test(steps_that_have_not_begun_when_all_is_known_are_counted),
	};
	play_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
