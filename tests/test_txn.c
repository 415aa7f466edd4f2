/* Non-INVITE transactions: the tables of RFC 3261 17.1.2 and 17.2.2 to the millisecond. */
#include <string.h>

#include "tests/lab.h"

/* --- client ---------------------------------------------------------------------------- */

/* The router lets in what comes to 23201, but the server's answers go to the Via port, 5060: nothing reaches
 * the phone. */
static struct lab *lab_deaf(const char *phone)
{
	return lab_with(phone, "ports=random next-ports=23201 udp-timeout.first=1h", "rport=off");
}

#define SERVER	"198.51.100.158:5060"
#define MAPPING "203.0.113.17:23201"

TEST(a_register_without_any_answer_is_sent_eleven_times_and_fails_at_32_s)
{
	struct lab *lab = lab_deaf("rport=off");
	lab_register(lab);
	lab_run_ms(lab, 31999);
	assert_sent(lab, "phone", "REGISTER",
		    "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500 31.500");
	assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), 0);

	lab_run_ms(lab, 32000);
	assert_noted(lab, "phone", "gives up: no final response", 32000);
	lab_close(lab);
}

TEST(a_provisional_answer_makes_the_intervals_t2_and_stops_nothing)
{
	struct lab *lab = lab_deaf("rport=off");
	lab_register(lab);
	lab_run_ms(lab, 700);
	const struct record *request = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	lab_send(lab, SERVER, MAPPING, lab_response(lab, request, "100 Trying", ""));

	/* Timer E is running for 1.5 s already; from then on every 4 s; Timer F does not care */
	lab_run_ms(lab, 32000);
	assert_sent(lab, "phone", "REGISTER",
		    "0.000 0.500 1.500 5.500 9.500 13.500 17.500 21.500 25.500 29.500");
	assert_noted(lab, "phone", "gives up: no final response", 32000);
	lab_close(lab);
}

TEST(every_repeat_is_the_same_datagram_again)
{
	struct lab *lab = lab_deaf("rport=on");
	lab_register(lab);
	lab_run_ms(lab, 8000);
	for (int n = 2; n <= 5; n++) {
		const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
		const struct record *again = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", n);
		assert_string_equal(lab_text(again), lab_text(first));
		assert_string_equal(lab_flow(lab, again), lab_flow(lab, first));
	}
	lab_close(lab);
}

TEST(a_phone_may_give_up_after_fewer_repeats)
{
	static const struct {
		const char *knobs, *times;
		int64_t fails;
	} rows[] = {
		{ "rport=off timers.max-retransmits=0", "0.000", 500 },
		{ "rport=off timers.max-retransmits=3", "0.000 0.500 1.500 3.500", 7500 },
		/* Cisco 7940: ten repeats, so that Timer F comes first */
		{ "rport=off timers.max-retransmits=10",
		  "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500 31.500", 32000 },
		/* nine: the last one gets its 4 s, which end before Timer F */
		{ "rport=off timers.max-retransmits=9",
		  "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500", 31500 },
		/* other timers: F is 64 times T1, whatever T2 is */
		{ "rport=off timers.t1=100ms timers.t2=400ms timers.max-retransmits=4",
		  "0.000 0.100 0.300 0.700 1.100", 1500 },
		{ "rport=off timers.t1=10ms timers.t2=100ms",
		  "0.000 0.010 0.030 0.070 0.150 0.250 0.350 0.450 0.550", 640 },
		/* a Timer F of its own; that of INVITE does not matter */
		{ "rport=off timers.f=8s timers.b=1s", "0.000 0.500 1.500 3.500 7.500", 8000 },
		/* T2 below twice T1 caps the second interval */
		{ "rport=off timers.t1=500ms timers.t2=700ms timers.max-retransmits=3",
		  "0.000 0.500 1.200 1.900", 2600 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_deaf(rows[i].knobs);
		lab_register(lab);
		lab_run_ms(lab, 40000);
		assert_sent(lab, "phone", "REGISTER", rows[i].times);
		assert_noted(lab, "phone", "gives up: no final response", rows[i].fails);
		lab_close(lab);
	}
}

TEST(timer_k_swallows_late_answers_for_t4_and_no_longer)
{
	struct lab *lab = lab_with("", "ports=random next-ports=23201", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 100);
	assert_noted(lab, "phone", "registered", 42); /* Timer K ends at 5.042 */
	const char *again = lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "200 OK", "");

	lab_run_ms(lab, 5020); /* 21 ms of way: arrives at 5.041 */
	lab_send(lab, SERVER, MAPPING, again);
	lab_run_ms(lab, 5041);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, NULL), 2);
	assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), 0);

	lab_run_ms(lab, 5022 + 20);
	lab_send(lab, SERVER, MAPPING, again);
	lab_run_ms(lab, 5063);
	assert_dropped(lab, "phone", "no request of its own waits for this");
	assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), 1); /* and nothing was registered twice */
	lab_close(lab);
}

TEST(t4_is_a_knob_of_the_phone)
{
	struct lab *lab = lab_with("timers.t4=100ms", "next-ports=23201", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 142);
	const char *again = lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "200 OK", "");
	lab_send(lab, SERVER, MAPPING, again);
	lab_run_ms(lab, 200);
	assert_dropped(lab, "phone", "no request of its own waits for this");
	lab_close(lab);
}

TEST(an_answer_belongs_to_a_request_by_branch_and_method)
{
	static const struct {
		const char *what, *from, *to;
		bool taken;
	} rows[] = {
		{ "as it should be", "", "", true },
		{ "another branch", "branch=z9hG4bKone", "branch=z9hG4bKtwo", false },
		{ "a longer branch", "branch=z9hG4bKone", "branch=z9hG4bKone1", false },
		{ "another method", "1 REGISTER", "1 OPTIONS", false },
		/* 17.1.3 asks for no more: not for sent-by, not for the tags */
		{ "another sent-by", "192.168.1.104:5060;", "203.0.113.17:23201;", true },
		{ "another CSeq number", "1 REGISTER", "77 REGISTER", true },
		{ "another Call-ID", "Call-ID: ", "Call-ID: x", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const char *const branches[] = { "z9hG4bKone" };
		static const struct pins pins = { .branch = { branches, 1 } };
		struct lab *lab = lab_new(&(struct lab_setup){ .phone = "rport=off",
							       .router = "ports=random next-ports=23201",
							       .server = "rport=off",
							       .phone_pins = &pins });
		lab_register(lab);
		lab_run_ms(lab, 100);
		const char *good =
			lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "200 OK", "");
		const char *at = strstr(good, rows[i].from);
		assert_non_null(at);
		lab_send(lab, SERVER, MAPPING,
			 arena_printf(lab->arena, "%.*s%s%s", (int)(at - good), good, rows[i].to,
				      at + strlen(rows[i].from)));
		lab_run_ms(lab, 130);
		print_message("           %s\n", rows[i].what);
		assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), rows[i].taken);
		assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), !rows[i].taken);
		lab_close(lab);
	}
}

TEST(a_late_answer_is_swallowed_only_by_the_phone_that_asked)
{
	static const char *const branches[] = { "z9hG4bKone" };
	static const struct pins pins = { .branch = { branches, 1 } };
	struct lab *lab = lab_new(&(struct lab_setup){ .server = "auth=none", .phone_pins = &pins });
	lab_add_phone(lab, "second", "192.0.2.105", "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	const char *again = lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "200 OK", "");
	lab_send(lab, SERVER, "192.0.2.104:5060", again);
	lab_send(lab, SERVER, "192.0.2.105:5060", again);
	lab_run_ms(lab, 1100);
	assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), 0);
	assert_dropped(lab, "second", "no request of its own waits for this");
	lab_close(lab);
}

TEST(of_many_that_wait_each_hears_its_own_answer)
{
	struct lab *lab = lab_with("keepalive.type=options keepalive.every=1ms", NULL, "auth=none");
	lab_register(lab);
	lab_run_ms(lab,
		   1040); /* registered at 40; from 41 on one leaves each ms and is answered 40 ms later */
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "OPTIONS"), 1000);
	assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), 1 + 960);
	assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), 0);
	phone_restart(lab->phone); /* nobody waits for those 40 any more */
	lab_run_ms(lab, 1079);
	assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), 39);
	lab_close(lab);
}

/* --- server ---------------------------------------------------------------------------- */

/* A REGISTER from somebody on the Internet, whose Via and Call-ID the test writes. */
static const char *request_with(const struct lab *lab, const char *via, const char *call_id, int cseq)
{
	return arena_printf(lab->arena,
			    "REGISTER sip:lab.example SIP/2.0\n"
			    "Via: SIP/2.0/UDP %s\n"
			    "From: <sip:100@lab.example>;tag=one\n"
			    "To: <sip:100@lab.example>\n"
			    "Call-ID: %s\n"
			    "CSeq: %d REGISTER\n"
			    "Contact: <sip:100@192.0.2.1>\n"
			    "Content-Length: 0\n\n",
			    via, call_id, cseq);
}

static void ask(struct lab *lab, const char *via, const char *call_id)
{
	lab_send(lab, "192.0.2.1:5060", SERVER, request_with(lab, via, call_id, 1));
}

TEST(timer_j_repeats_the_last_answer_for_32_s_and_no_longer)
{
	struct lab *lab = lab_with("", NULL, "");
	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 0);
	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 31999);
	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 32000);
	assert_sent(lab, "server", "401", "0.000 0.000 31.999");
	const struct record *first = lab_nth(lab, "server", EVENT_SENT, "401", 1);
	for (int n = 2; n <= 3; n++)
		assert_string_equal(lab_text(lab_nth(lab, "server", EVENT_SENT, "401", n)), lab_text(first));

	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 32001);
	const struct record *fourth = lab_nth(lab, "server", EVENT_SENT, "401", 4);
	assert_string_not_equal(lab_header(lab, fourth, "To"), lab_header(lab, first, "To"));
	lab_close(lab);
}

TEST(a_repeated_request_is_answered_but_not_obeyed_again)
{
	/* the second 200 is the first one: it still grants 3600 s, though 10 s have passed */
	struct lab *lab = lab_with("", NULL, "auth=none");
	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 10000);
	ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
	lab_run_ms(lab, 10001);
	assert_log(lab, "server",
		   "0.000 arrived forged\n"
		   "0.000 note: bound until 3600 s\n"
		   "0.000 sent 200\n"
		   "10.000 arrived forged\n"
		   "10.000 sent 200\n");
	assert_string_equal(lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 2), "Contact"),
			    "<sip:100@192.0.2.1>;expires=3600");
	lab_close(lab);
}

TEST(a_request_repeats_another_by_branch_sent_by_and_method)
{
	static const struct {
		const char *what, *via, *call_id;
		bool repeat;
	} rows[] = {
		{ "the same again", "192.0.2.1:5060;branch=z9hG4bKsame", "a", true },
		{ "with parameters in another order", "192.0.2.1:5060;rport;branch=z9hG4bKsame", "a", true },
		{ "another branch", "192.0.2.1:5060;branch=z9hG4bKother", "a", false },
		{ "another sent-by host", "192.0.2.2:5060;branch=z9hG4bKsame", "a", false },
		{ "another sent-by port", "192.0.2.1:5062;branch=z9hG4bKsame", "a", false },
		/* with the magic cookie the branch says it all */
		{ "another Call-ID", "192.0.2.1:5060;branch=z9hG4bKsame", "b", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		ask(lab, "192.0.2.1:5060;branch=z9hG4bKsame", "a");
		ask(lab, rows[i].via, rows[i].call_id);
		lab_run_ms(lab, 1);
		const char *first = lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "401", 1), "To");
		const char *second = lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "401", 2), "To");
		print_message("           %s\n", rows[i].what);
		assert_int_equal(!strcmp(first, second), rows[i].repeat);
		lab_close(lab);
	}
}

TEST(without_the_cookie_a_branch_says_little_and_the_call_is_compared)
{
	struct lab *lab = lab_with("", NULL, "");
	ask(lab, "192.0.2.1:5060;branch=1", "a");
	ask(lab, "192.0.2.1:5060;branch=1", "a");
	ask(lab, "192.0.2.1:5060;branch=1", "b");
	ask(lab, "192.0.2.1:5060", "c"); /* RFC 2543 knew no branch */
	ask(lab, "192.0.2.1:5060", "c");
	ask(lab, "192.0.2.1:5060", "d");
	lab_run_ms(lab, 1);
	const char *to[7];
	for (int n = 1; n <= 6; n++)
		to[n] = lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "401", n), "To");
	assert_string_equal(to[1], to[2]);
	assert_string_not_equal(to[2], to[3]);
	assert_string_equal(to[4], to[5]);
	assert_string_not_equal(to[5], to[6]);
	lab_close(lab);
}

TEST(a_lost_answer_is_repeated_when_the_request_is)
{
	static const uint32_t second[] = { 2 };
	static const struct wire wan = { .delay = 20 * MSEC, .drop = second, .drops = 1 };
	struct lab *lab = lab_new(&(struct lab_setup){ .router = "", .server = "auth=none", .wan = &wan });
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, "server",
		   "0.021 arrived REGISTER\n"
		   "0.021 note: Via says 192.168.1.104:5060\n"
		   "0.021 note: bound until 3600 s\n"
		   "0.021 sent 200\n"
		   "0.021 dropped 200: dropped on the wire, as the scenario says\n"
		   "0.521 arrived REGISTER\n"
		   "0.521 sent 200\n");
	assert_noted(lab, "phone", "registered", 542);
	lab_close(lab);
}

TEST(finished_transactions_wake_nobody)
{
	struct lab *lab = lab_with("", "", "");
	lab_register(lab);
	lab_run_ms(lab, 1000); /* Timers K and J run, but nothing has to happen when they end */
	uint64_t events = lab->world->events;
	lab_run_ms(lab, 3594999);
	assert_int_equal(lab->world->events - events, 1); /* the clock of this test */
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_without_any_answer_is_sent_eleven_times_and_fails_at_32_s),
		cmocka_unit_test(a_provisional_answer_makes_the_intervals_t2_and_stops_nothing),
		cmocka_unit_test(every_repeat_is_the_same_datagram_again),
		cmocka_unit_test(a_phone_may_give_up_after_fewer_repeats),
		cmocka_unit_test(timer_k_swallows_late_answers_for_t4_and_no_longer),
		cmocka_unit_test(t4_is_a_knob_of_the_phone),
		cmocka_unit_test(an_answer_belongs_to_a_request_by_branch_and_method),
		cmocka_unit_test(a_late_answer_is_swallowed_only_by_the_phone_that_asked),
		cmocka_unit_test(of_many_that_wait_each_hears_its_own_answer),
		cmocka_unit_test(timer_j_repeats_the_last_answer_for_32_s_and_no_longer),
		cmocka_unit_test(a_repeated_request_is_answered_but_not_obeyed_again),
		cmocka_unit_test(a_request_repeats_another_by_branch_sent_by_and_method),
		cmocka_unit_test(without_the_cookie_a_branch_says_little_and_the_call_is_compared),
		cmocka_unit_test(a_lost_answer_is_repeated_when_the_request_is),
		cmocka_unit_test(finished_transactions_wake_nobody),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
