/*
 * Calls through a proxy, between a phone behind a router and the far end beside the proxy.
 *
 *	phone -- 1 ms -- router -- 20 ms -- (Internet) -- server 198.51.100.158:5060
 *	192.168.1.104                                     server.far 198.51.100.158:5070
 */
#include <string.h>

#include "models/server_proxy.h"
#include "tests/lab.h"

#define RANDOM "ports=random udp-timeout.first=300s udp-timeout.stream=300s"
#define PROXY  "kind=proxy challenge=401 "
#define MENDS  PROXY "force-rport=on stored-contact=received dialog-target=source "

static struct lab *registered(const char *phone, const char *router, const char *server)
{
	struct lab *lab = lab_with(phone, router, server);
	lab_register(lab);
	lab_run_ms(lab, 1000);
	return lab;
}

static uint32_t phone_calls(struct lab *lab)
{
	uint32_t story = world_story(lab->world);
	phone_call(lab->phone, server_far_user(lab->server), story);
	return story;
}

static uint32_t far_end_calls(struct lab *lab)
{
	uint32_t story = world_story(lab->world);
	server_call(lab->server, SPAN("100"), story);
	return story;
}

/* Was this noted of the call? */
static bool noted(const struct lab *lab, const char *where, uint32_t story, const char *sentence)
{
	struct trace_cursor c = trace_first(&lab->world->trace);
	char name[64], text[128];
	for (const struct record *r; (r = trace_next(&c));) {
		if (r->event != EVENT_NOTE || r->story != story ||
		    strcmp(iface_name(r->iface, name, sizeof name), where) != 0)
			continue;
		record_sentence(r, text, sizeof text);
		if (!strcmp(text, sentence))
			return true;
	}
	return false;
}

/* A call of 10 s each way and each hang-up: what of it works. */
struct outcome {
	bool in, out;		 /* answered, and the ACK came */
	bool bye_phone, bye_far; /* of calls of the phone */
};

static bool established(const struct lab *lab, const char *caller, const char *callee, uint32_t story)
{
	return noted(lab, caller, story, "its call was answered 200") &&
	       noted(lab, callee, story, "is in a call: the ACK has come");
}

static struct outcome outcome_of(struct lab *lab)
{
	struct outcome o = { 0 };
	uint32_t in = far_end_calls(lab);
	lab_run_ms(lab, 10000);
	o.in = established(lab, "server.far", "phone", in);
	server_abandon(lab->server, in);
	phone_abandon(lab->phone, in);
	uint32_t out = phone_calls(lab);
	lab_run_ms(lab, 20000);
	o.out = established(lab, "phone", "server.far", out);
	phone_hangup(lab->phone, out);
	lab_run_ms(lab, 60000);
	o.bye_phone = noted(lab, "phone", out, "has hung up: BYE was answered 200") &&
		      noted(lab, "server.far", out, "the other side has hung up");
	out = phone_calls(lab);
	lab_run_ms(lab, 70000);
	server_hangup(lab->server, out);
	lab_run_ms(lab, 110000);
	o.bye_far = noted(lab, "server.far", out, "has hung up: BYE was answered 200") &&
		    noted(lab, "phone", out, "the other side has hung up");
	return o;
}

TEST(what_a_proxy_mends_decides_which_calls_work)
{
	static const struct row {
		const char *phone, *router, *server;
		struct outcome works;
	} rows[] = {
		/* nothing between them */
		{ "", NULL, PROXY, { true, true, true, true } },
		/* It registers and calls, but nobody reaches what its Contact says. */
		{ "rport=on", RANDOM, PROXY, { false, true, true, false } },
		{ "rport=off", RANDOM, PROXY "force-rport=on", { false, true, true, false } },
		/* Bindings are mended, Contacts in calls are not. */
		{ "rport=on", RANDOM, PROXY "stored-contact=received", { false, true, true, false } },
		/* both are */
		{ "rport=off", RANDOM, MENDS, { true, true, true, true } },
		{ "rport=on",
		  RANDOM,
		  PROXY "stored-contact=received dialog-target=source",
		  { true, true, true, true } },
		{ "rport=off",
		  RANDOM,
		  PROXY "force-rport=on stored-contact=received dialog-target=alias",
		  { true, true, true, true } },
		{ "rport=off",
		  RANDOM,
		  PROXY "force-rport=on stored-contact=received dialog-target=alias nat-test=contact-private",
		  { true, true, true, true } },
		/* a test that finds nothing */
		{ "rport=off", RANDOM, MENDS "nat-test=source-private", { false, true, true, false } },
		/* Without Record-Route the far end speaks to the phone from a port of which the router knows
		   nothing. */
		{ "rport=off",
		  RANDOM " mapping=address-and-port-dependent",
		  MENDS "record-route=off",
		  { false, true, true, false } },
		/* unless the phone has spoken to that port before, and its own is the same for everybody */
		{ "rport=off", RANDOM, MENDS "record-route=off", { false, true, true, true } },
		/* a phone that registered, but cannot be heard: no answer finds it */
		{ "rport=off", RANDOM, PROXY, { false, false, false, false } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = registered(rows[i].phone, rows[i].router, rows[i].server);
		struct outcome o = outcome_of(lab);
		if (memcmp(&o, &rows[i].works, sizeof o) != 0)
			fail_msg("row %zu: in %d, out %d, BYE of the phone %d, of the far end %d", i, o.in,
				 o.out, o.bye_phone, o.bye_far);
		lab_close(lab);
	}
}

/* --- the 2xx and its ACK --------------------------------------------------------------- */

TEST(a_call_without_record_route_is_cut_after_32_s)
{
	struct lab *lab = registered("rport=off", RANDOM, MENDS "record-route=off");
	uint32_t story = far_end_calls(lab);
	lab_run_ms(lab, 60000);
	/* the phone's 200 is repeated, passed on and acknowledged each time, at the router's closed door */
	assert_sent(lab, "phone", "200",
		    "1.021 1.521 2.521 4.521 8.521 12.521 16.521 20.521 24.521 28.521 32.521");
	assert_sent(lab, "server.far", "ACK",
		    "1.042 1.542 2.542 4.542 8.542 12.542 16.542 20.542 24.542 28.542 32.542");
	assert_true(noted(lab, "phone", story, "hangs up: nobody has acknowledged its 200"));
	assert_true(noted(lab, "server.far", story, "the other side has hung up"));
	lab_close(lab);
}

TEST(messages_of_a_call_stay_with_its_story_on_all_legs)
{
	struct lab *lab = registered("rport=off", RANDOM, MENDS);
	uint32_t story = far_end_calls(lab);
	lab_run_ms(lab, 3000);
	server_hangup(lab->server, story);
	lab_run_ms(lab, 5000);
	static const char *const labels[] = { "INVITE", "100", "ACK", "BYE" };
	for (size_t i = 0; i < COUNT(labels); i++)
		for (int n = lab_count(lab, "server", EVENT_SENT, labels[i]); n; n--)
			assert_int_equal(lab_nth(lab, "server", EVENT_SENT, labels[i], n)->story, story);
	/* what came of what: the phone's INVITE is that of the far end */
	const struct record *passed = lab_nth(lab, "server", EVENT_SENT, "INVITE", 1);
	assert_int_equal(passed->parent, lab_nth(lab, "server.far", EVENT_SENT, "INVITE", 1)->id);
	lab_close(lab);
}

/* --- bindings that are dead ------------------------------------------------------------ */

/* Another port after a restart of the router: with a literal Contact of its own the phone has two bindings.
 */
TEST(a_binding_from_before_a_restart_is_called_too_and_does_no_harm)
{
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = "rport=off", .router = RANDOM, .alg = "linux", .server = PROXY });
	lab_register(lab);
	lab_run_ms(lab, 1000);
	router_restart(lab->router);
	lab_register(lab);
	lab_run_ms(lab, 2000);
	uint32_t story = far_end_calls(lab);
	lab_run_ms(lab, 5000);
	assert_true(established(lab, "server.far", "phone", story));
	assert_string_not_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "INVITE", 1)),
				lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "INVITE", 2)));
	server_hangup(lab->server, story);
	lab_run_ms(lab, 60000);
	assert_true(noted(lab, "server.far", story, "has hung up: BYE was answered 200"));
	lab_close(lab);
}

/* --- audio ----------------------------------------------------------------------------- */

TEST(who_hears_whom_depends_on_the_relay)
{
	static const struct row {
		const char *server;
		bool phone_hears, far_hears;
	} rows[] = {
		/* the far end sends to a private address */
		{ MENDS, false, true },
		/* it sends to where the phone's audio comes from */
		{ MENDS "latch=once", true, true },
		/* a relay that believes SDP */
		{ MENDS "media=relay", false, true },
		/* one that believes what comes */
		{ MENDS "media=relay latch=once latch-after=3s", true, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int outgoing = 0; outgoing < 2; outgoing++) {
			struct lab *lab = registered("rport=off", RANDOM, rows[i].server);
			uint32_t story = outgoing ? phone_calls(lab) : far_end_calls(lab);
			lab_run_ms(lab, 10000);
			assert_int_equal(noted(lab, "phone", story, "hears the other side"),
					 rows[i].phone_hears);
			assert_int_equal(noted(lab, "server.far", story, "hears the other side"),
					 rows[i].far_hears);
			lab_close(lab);
		}
	}
}

TEST(a_hold_passes_the_relay)
{
	struct lab *lab = registered("rport=off", RANDOM, MENDS "media=relay latch=once latch-after=3s");
	uint32_t story = phone_calls(lab);
	lab_run_ms(lab, 5000);
	phone_hold(lab->phone, story);
	lab_run_ms(lab, 6000);
	assert_true(noted(lab, "phone", story, "has put the other side on hold"));
	int heard = lab_count(lab, "phone", EVENT_ARRIVED, "RTP");
	lab_run_ms(lab, 9000);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "RTP"), heard);
	phone_resume(lab->phone, story);
	lab_run_ms(lab, 12000);
	assert_true(noted(lab, "phone", story, "talks again"));
	assert_true(lab_count(lab, "phone", EVENT_ARRIVED, "RTP") > heard);
	lab_close(lab);
}

/* Two phones behind one router: what their descriptions say is right there and nowhere else. */
TEST(neighbours_hear_each_other_directly_or_through_the_relay)
{
	static const struct row {
		const char *server;
		bool relayed;
	} rows[] = {
		{ MENDS, false },
		{ MENDS "media=relay latch=once latch-after=3s", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = registered("rport=off", RANDOM, rows[i].server);
		struct phone *second = lab_add_phone(lab, "second", "192.168.1.105", "user=101 rport=off");
		phone_register(second, world_story(lab->world));
		lab_run_ms(lab, 2000);
		uint32_t story = world_story(lab->world);
		phone_call(lab->phone, SPAN("101"), story);
		lab_run_ms(lab, 5000);
		assert_true(established(lab, "phone", "second", story));
		assert_true(noted(lab, "phone", story, "hears the other side"));
		assert_true(noted(lab, "second", story, "hears the other side"));
		assert_int_equal(lab_count(lab, "server", EVENT_ARRIVED, "RTP") > 0, rows[i].relayed);
		phone_hangup(second, story);
		lab_run_ms(lab, 8000);
		assert_true(noted(lab, "second", story, "has hung up: BYE was answered 200"));
		assert_true(noted(lab, "phone", story, "the other side has hung up"));
		lab_close(lab);
	}
}

TEST(a_phone_answers_the_challenge_of_an_invite)
{
	struct lab *lab = registered("", NULL, PROXY "challenge-invite=on");
	uint32_t story = phone_calls(lab);
	lab_run_ms(lab, 2000);
	assert_true(established(lab, "phone", "server.far", story));
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "407"), 1);
	lab_close(lab);
}

TEST(damaged_messages_of_a_call_never_break_the_proxy)
{
	static const char *const servers[] = {
		PROXY "media=relay dialog-target=alias",
		MENDS "media=relay latch=once nat-test=contact-private+via-port",
		PROXY "challenge-invite=on record-route=off",
	};
	for (uint64_t n = 0; n < 150; n++) {
		struct lab *lab = registered("rport=off", RANDOM, servers[n % COUNT(servers)]);
		uint32_t story = n % 2 ? phone_calls(lab) : far_end_calls(lab);
		lab_run_ms(lab, 3000);
		phone_hold(lab->phone, story);
		lab_run_ms(lab, 4000);
		lab_send_damaged(lab, n);
		lab_run_ms(lab, 5000);
		phone_hangup(lab->phone, story);
		lab_send_damaged(lab, n + 1000);
		lab_run_ms(lab, 200000);
		lab_close(lab);
	}
}

/* --- memory ---------------------------------------------------------------------------- */

/* What is under way, of whatever kind. */
static size_t things(const struct lab *lab)
{
	const struct sip_shared *shared = sip_shared(lab->world);
	const struct proxy *proxy = lab->server->proxy;
	return shared->legs.out + shared->talks.out + shared->media_ends.out + shared->client_txns.out +
	       shared->server_txns.out + shared->invite_clients.out + shared->invite_servers.out +
	       proxy->contexts_pool.out + proxy->branches_pool.out + proxy->calls_pool.out;
}

TEST(calls_leave_nothing_behind)
{
	struct lab *lab = registered("rport=off", RANDOM, MENDS "media=relay latch=once");
	int64_t ms = 1000;
	for (int i = 0; i < 6; i++) {
		uint32_t story = i % 2 ? phone_calls(lab) : far_end_calls(lab);
		lab_run_ms(lab, ms += 2000);
		assert_true(things(lab) > 0);
		phone_hangup(lab->phone, story);
		lab_run_ms(lab, ms += 70000);
		assert_int_equal(things(lab), 0);
	}
	lab_close(lab);
}

TEST(a_restart_in_a_call_leaves_nothing_behind_either)
{
	struct lab *lab = registered("rport=off", RANDOM, MENDS "media=relay latch=once");
	uint32_t story = phone_calls(lab);
	lab_run_ms(lab, 2000);
	server_restart(lab->server);
	phone_hangup(lab->phone, story);
	server_abandon(lab->server, story);
	lab_run_ms(lab, 80000);
	assert_int_equal(things(lab), 0);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_proxy_mends_decides_which_calls_work),
		cmocka_unit_test(a_call_without_record_route_is_cut_after_32_s),
		cmocka_unit_test(messages_of_a_call_stay_with_its_story_on_all_legs),
		cmocka_unit_test(a_binding_from_before_a_restart_is_called_too_and_does_no_harm),
		cmocka_unit_test(who_hears_whom_depends_on_the_relay),
		cmocka_unit_test(a_hold_passes_the_relay),
		cmocka_unit_test(neighbours_hear_each_other_directly_or_through_the_relay),
		cmocka_unit_test(a_phone_answers_the_challenge_of_an_invite),
		cmocka_unit_test(damaged_messages_of_a_call_never_break_the_proxy),
		cmocka_unit_test(calls_leave_nothing_behind),
		cmocka_unit_test(a_restart_in_a_call_leaves_nothing_behind_either),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
