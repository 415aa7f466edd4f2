/*
 * A gateway as a logbook: what it asks upstream, when it answers its phones, what it passes on.
 *
 *	phone -- 1 ms -- gateway 192.168.1.2:5060, upstream from 5080 -- router -- 20 ms -- server
 */
#include <string.h>

#include "tests/lab.h"

/* A router that picks ports, as the one of the seed, and forgets nothing. */
#define RANDOM "ports=random next-ports=23201 udp-timeout.first=2h udp-timeout.stream=2h"

static struct lab *lab_behind(const char *phone, const char *gateway, const char *server)
{
	return lab_new(&(struct lab_setup){
		.phone = phone, .router = RANDOM, .gateway = gateway, .server = server });
}

/* Gateway and server beside each other on the Internet, where the probe can speak to both. */
static struct lab *lab_open(const char *gateway)
{
	return lab_new(&(struct lab_setup){ .gateway = gateway });
}

static const char *sent_header(const struct lab *lab, const char *where, const char *label, int n,
			       const char *name)
{
	return lab_header(lab, lab_nth(lab, where, EVENT_SENT, label, n), name);
}

/* Somebody at 192.0.2.1 says this to the gateway; `n` makes it new. */
static void say(struct lab *lab, const char *to, const char *method, const char *uri, const char *user, int n,
		const char *headers)
{
	lab_send(lab, "192.0.2.1:5060", to,
		 arena_printf(lab->arena,
			      "%s %s SIP/2.0\n"
			      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKsay%d\n"
			      "From: <sip:x@lab.example>;tag=one\n"
			      "To: <sip:%s@lab.example>\n"
			      "Call-ID: said\n"
			      "CSeq: %d %s\n"
			      "%sContent-Length: 0\n\n",
			      method, uri, n, user, n, method, headers));
}

#define PHONES	 "192.168.1.2:5060"
#define UPSTREAM "192.168.1.2:5080"

/* --- registering ----------------------------------------------------------------------- */

TEST(a_phone_without_rport_behind_random_ports_registers_through_the_gateway)
{
	struct lab *lab = lab_behind("rport=off", "", "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, "gateway",
		   "0.001 arrived REGISTER\n"
		   "0.001 sent 401\n"
		   "0.003 arrived REGISTER\n"
		   "0.003 note: registers upstream for its phone\n"
		   "0.003 sent REGISTER\n"
		   "0.043 arrived 401\n"
		   "0.043 sent REGISTER\n"
		   "0.083 arrived 200\n"
		   "0.083 note: is registered upstream\n"
		   "0.083 note: bound until 3600 s\n"
		   "0.083 sent 200\n");
	assert_noted(lab, "phone", "registered", 84);
	assert_int_equal(lab_nth(lab, "gateway", EVENT_SENT, "REGISTER", 1)->parent,
			 lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2)->id);
	lab_close(lab);
}

TEST(without_rport_the_gateway_fails_at_the_router_as_its_phone_would)
{
	struct lab *lab = lab_behind("rport=off", "upstream.rport=off", "");
	lab_register(lab);
	lab_run_ms(lab, 44);
	assert_dropped(lab, "router/wan", "no mapping for 203.0.113.17:5080");
	lab_run_ms(lab, 30002);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "504"), 0);
	/* 30 s after it was asked, while the phone still listens */
	lab_run_ms(lab, 30005);
	assert_noted(lab, "phone", "registration failed, status 504", 30004);
	lab_run_ms(lab, 32005);
	assert_noted(lab, "gateway", "nothing comes from upstream", 32003);
	/* Nobody is registered, so the gateway does not try again by itself; the phone does after a minute.
	 */
	lab_run_ms(lab, 90003);
	assert_sent(lab, "gateway", "REGISTER",
		    "0.003 0.503 1.503 3.503 7.503 11.503 15.503 19.503 23.503 27.503 31.503");
	lab_run_ms(lab, 90100);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 12);
	lab_close(lab);
}

TEST(what_it_sends_upstream_is_its_own)
{
	struct lab *lab = lab_behind("user=2006", "upstream.expires=300s", "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	const char *via = sent_header(lab, "gateway", "REGISTER", 1, "Via");
	assert_int_equal(strncmp(via, "SIP/2.0/UDP 192.168.1.2:5080;branch=z9hG4bK", 43), 0);
	assert_non_null(strstr(via, ";rport"));
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 1, "Contact"),
			    "<sip:2006@192.168.1.2:5080>");
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 1, "To"), "<sip:2006@lab.example>");
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 1, "Expires"), "300");
	assert_string_not_equal(sent_header(lab, "gateway", "REGISTER", 1, "Call-ID"),
				sent_header(lab, "phone", "REGISTER", 1, "Call-ID"));
	/* and what it grants is its own too */
	assert_string_equal(sent_header(lab, "gateway", "200", 1, "Contact"),
			    "<sip:2006@192.168.1.104:5060>;expires=3600");
	lab_close(lab);
}

TEST(repeats_of_a_request_are_absorbed_while_upstream_is_asked)
{
	struct lab *lab = lab_behind("", "upstream.rport=off", "");
	lab_register(lab);
	lab_run_ms(lab, 29000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 11);
	assert_int_equal(lab_count(lab, "gateway", EVENT_NOTE, NULL), 1);
	lab_run_ms(lab, 31600);
	assert_sent(lab, "gateway", "504", "30.003");
	lab_close(lab);
}

TEST(a_stranger_gets_no_further_than_the_gateway)
{
	struct lab *lab = lab_behind("password=wrong", "", "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registration failed, status 401", 4);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 0);
	lab_close(lab);
}

TEST(what_the_server_says_in_the_end_is_what_the_phone_hears)
{
	static const struct row {
		const char *server, *gateway, *heard;
	} rows[] = {
		{ "password=other", "", "registration failed, status 403" }, /* no challenge for the phone */
		{ "password=other challenge=407", "", "registration failed, status 403" },
		{ "password=other on-bad-credentials=forbid", "", "registration failed, status 403" },
		{ "auth=sha-256", "upstream.auth=md5", "registration failed, status 403" },
		{ "auth=sha-256", "", "registered" },
		{ "auth=none", "auth=none", "registered" },
		{ "expires.min=1h", "upstream.expires=60s", "registered" }, /* its own 423 it obeys */
		{ "password=other", "upstream.password=other", "registered" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_behind("", rows[i].gateway, rows[i].server);
		uint32_t story = lab_register(lab);
		lab_run_ms(lab, 1000);
		const struct record *last =
			lab_nth(lab, "phone", EVENT_NOTE, NULL, lab_count(lab, "phone", EVENT_NOTE, NULL));
		char sentence[128];
		record_sentence(last, sentence, sizeof sentence);
		assert_string_equal(sentence, rows[i].heard);
		assert_int_equal(last->story, story);
		lab_close(lab);
	}
}

/* The server's own answers do not get in, so that this one is the last. */
TEST(what_the_server_wants_of_the_expires_is_not_told_to_the_phone)
{
	struct lab *lab = lab_behind("", "upstream.rport=off", "");
	lab_register(lab);
	lab_run_ms(lab, 100);
	lab_send(lab, "198.51.100.158:5060", "203.0.113.17:23201",
		 lab_response(lab, lab_nth(lab, "gateway", EVENT_SENT, "REGISTER", 1),
			      "423 Interval Too Brief", "Min-Expires: 1\n"));
	lab_run_ms(lab, 200);
	assert_noted(lab, "gateway", "upstream says 423", 120);
	assert_sent(lab, "gateway", "500", "0.120");
	lab_close(lab);
}

TEST(what_the_gateway_refuses_itself_is_no_question_for_the_server)
{
	struct lab *lab = lab_open("auth=none");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "a%20b", 1, "Contact: <sip:a@192.0.2.1>\n");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 2, "Contact: *\nExpires: 9\n");
	lab_run_ms(lab, 1000);
	assert_log(lab, "gateway",
		   "0.000 arrived forged\n"
		   "0.000 sent 404\n"
		   "0.000 arrived forged\n"
		   "0.000 sent 400\n");
	lab_close(lab);
}

TEST(each_account_has_a_line_of_its_own_at_one_port)
{
	struct lab *lab = lab_behind("user=100", "", "");
	struct phone *other = lab_add_phone(lab, "other", "192.168.1.105", "user=reception");
	lab_register(lab);
	phone_register(other, world_story(lab->world));
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registered", 84);
	assert_noted(lab, "other", "registered", 84);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "200"), 2);
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 2, "Contact"),
			    "<sip:reception@192.168.1.2:5080>");
	assert_string_not_equal(sent_header(lab, "gateway", "REGISTER", 1, "Call-ID"),
				sent_header(lab, "gateway", "REGISTER", 2, "Call-ID"));
	assert_string_not_equal(sent_header(lab, "gateway", "REGISTER", 1, "Via"),
				sent_header(lab, "gateway", "REGISTER", 2, "Via"));
	lab_close(lab);
}

TEST(a_second_device_is_asked_back_later_while_the_first_one_waits)
{
	struct lab *lab = lab_open("auth=none");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 1, "Contact: <sip:a@192.0.2.1>\n");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 2, "Contact: <sip:b@192.0.2.1>\n");
	lab_run_ms(lab, 1);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "500"), 1);
	/* Once the account is registered upstream, a second device is no news there. */
	lab_run_ms(lab, 1000);
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 3, "Contact: <sip:b@192.0.2.1>\n");
	lab_run_ms(lab, 1001);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "200"), 2);
	/* And it stays registered until the last of them has gone. */
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 4, "Contact: <sip:a@192.0.2.1>\nExpires: 0\n");
	lab_run_ms(lab, 2000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 2);
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 5, "Contact: *\nExpires: 0\n");
	lab_run_ms(lab, 3000);
	assert_noted(lab, "gateway", "is no longer registered upstream", 2000);
	lab_close(lab);
}

/* --- later ----------------------------------------------------------------------------- */

TEST(upstream_is_refreshed_without_a_word_from_the_phone)
{
	struct lab *lab = lab_behind("", "upstream.expires=60s upstream.refresh-before=10s", "");
	lab_register(lab);
	lab_run_ms(lab, 120000);
	/* a second try of each is the one with credentials */
	assert_sent(lab, "gateway", "REGISTER", "0.003 0.043 50.083 50.123 100.163 100.203");
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 2);
	lab_close(lab);
}

TEST(a_refresh_of_the_phone_is_answered_at_once_while_upstream_stands)
{
	struct lab *lab = lab_behind("register.expires=60s register.refresh-before=10s", "", "");
	lab_register(lab);
	lab_run_ms(lab, 51000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 4);
	assert_noted(lab, "phone", "registered", 50088);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 2);
	lab_close(lab);
}

TEST(upstream_lapses_when_the_phone_does_not_come_back)
{
	struct lab *lab = lab_open("auth=none upstream.expires=60s upstream.refresh-before=10s");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 1,
	    "Contact: <sip:a@192.0.2.1>\nExpires: 40\n");
	lab_run_ms(lab, 120000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 2);
	/* and when it does, upstream is asked again */
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 2,
	    "Contact: <sip:a@192.0.2.1>\nExpires: 40\n");
	lab_run_ms(lab, 121000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 4);
	lab_close(lab);
}

TEST(a_refresh_that_fails_is_tried_again_after_the_pause)
{
	static const uint32_t lost[] = { 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const struct wire wan = { .delay = 20 * MSEC, .drop = lost, .drops = COUNT(lost) };
	struct lab *lab = lab_new(&(struct lab_setup){
		.router = RANDOM,
		.gateway = "upstream.expires=60s upstream.refresh-before=10s upstream.retry=30s",
		.wan = &wan });
	lab_register(lab);
	lab_run_ms(lab, 82084);
	assert_noted(lab, "gateway", "nothing comes from upstream", 82083);
	lab_run_ms(lab, 113000);
	assert_noted(lab, "gateway", "is registered upstream", 112163);
	lab_close(lab);
}

TEST(unregistering_is_passed_up)
{
	struct lab *lab = lab_behind("", "", "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	lab_unregister(lab);
	lab_run_ms(lab, 2000);
	assert_noted(lab, "phone", "unregistered", 1084);
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 3, "Expires"), "0");
	assert_noted(lab, "gateway", "is no longer registered upstream", 1083);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 2001);
	assert_noted(lab, "server", "OPTIONS was not answered", 2000);
	/* and no refresh follows */
	lab_run_ms(lab, 7200000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 4);
	lab_close(lab);
}

/* --- OPTIONS --------------------------------------------------------------------------- */

TEST(options_of_the_server_reach_the_phone_and_its_answer_the_server)
{
	struct lab *lab = lab_behind("rport=off", "", "stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	uint32_t story = world_story(lab->world);
	server_options(lab->server, "100", 3, story);
	lab_run_ms(lab, 2000);
	assert_noted(lab, "phone", "registered", 84);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "phone", EVENT_ARRIVED, "OPTIONS", 1)),
			    "192.168.1.2:5060 > 192.168.1.104:5060");
	assert_noted(lab, "server", "OPTIONS was answered 200", 1042);
	assert_int_equal(lab_nth(lab, "phone", EVENT_ARRIVED, "OPTIONS", 1)->story, story);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "gateway", EVENT_SENT, "200", 2)),
			    "192.168.1.2:5080 > 198.51.100.158:5060");
	lab_close(lab);
}

TEST(options_for_nobody_are_answered_480)
{
	struct lab *lab = lab_open("");
	say(lab, UPSTREAM, "OPTIONS", "sip:100@192.168.1.2:5080", "100", 1, "");
	lab_run_ms(lab, 10);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "480"), 1);
	lab_close(lab);
}

TEST(a_silent_phone_is_passed_on_as_silence)
{
	struct lab *lab = lab_open("auth=none");
	say(lab, PHONES, "REGISTER", "sip:lab.example", "100", 1, "Contact: <sip:100@192.0.2.77>\n");
	lab_run_ms(lab, 1000);
	int answers = lab_count(lab, "gateway", EVENT_SENT, "200");
	say(lab, UPSTREAM, "OPTIONS", "sip:100@192.168.1.2:5080", "100", 2, "");
	lab_run_ms(lab, 1500);
	say(lab, UPSTREAM, "OPTIONS", "sip:100@192.168.1.2:5080", "100", 2, ""); /* a repeat */
	lab_run_ms(lab, 40000);
	assert_sent(lab, "gateway", "OPTIONS",
		    "1.000 1.500 2.500 4.500 8.500 12.500 16.500 20.500 24.500 28.500 32.500");
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "200"), answers);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "408"), 0);
	lab_close(lab);
}

TEST(the_upstream_side_is_no_registrar_and_hears_no_strangers)
{
	struct lab *lab = lab_open("auth=none");
	say(lab, UPSTREAM, "REGISTER", "sip:lab.example", "100", 1, "Contact: <sip:a@192.0.2.1>\n");
	lab_run_ms(lab, 10);
	assert_log(lab, "gateway", "0.000 arrived forged\n0.000 sent 405\n");
	const struct record *r = lab_nth(lab, "gateway", EVENT_ARRIVED, "forged", 1);
	lab_send(lab, "198.51.100.158:5060", UPSTREAM, lab_response(lab, r, "200 OK", ""));
	lab_run_ms(lab, 20);
	assert_dropped(lab, "gateway", "no request of its own waits for this");
	lab_send(lab, "198.51.100.158:5060", "192.168.1.2:5070", lab_response(lab, r, "200 OK", ""));
	lab_run_ms(lab, 30);
	assert_dropped(lab, "gateway", "nothing listens on port 5070");
	lab_close(lab);
}

TEST(pins_are_those_of_its_own_registration_and_of_its_challenge)
{
	static const char *const call_ids[] = { "up" }, *const nonces[] = { "n0" };
	static const uint32_t cseqs[] = { 7 };
	static const struct pins pins = { .call_id = { call_ids, 1 },
					  .nonce = { nonces, 1 },
					  .cseq = { cseqs, 1 } };
	struct lab *lab =
		lab_new(&(struct lab_setup){ .router = RANDOM, .gateway = "", .gateway_pins = &pins });
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_non_null(strstr(sent_header(lab, "gateway", "401", 1, "WWW-Authenticate"), "nonce=\"n0\""));
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 1, "Call-ID"), "up");
	assert_string_equal(sent_header(lab, "gateway", "REGISTER", 2, "CSeq"), "8 REGISTER");
	assert_null(strstr(sent_header(lab, "gateway", "REGISTER", 2, "Authorization"), "cnonce=\"n0\""));
	lab_close(lab);
}

/* --- restarting ------------------------------------------------------------------------ */

TEST(a_gateway_that_restarts_knows_nobody_until_its_phones_register_again)
{
	struct lab *lab = lab_behind("", "", "stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	gateway_restart(lab->gateway);
	assert_noted(lab, "gateway", "restarts: it knows none of its phones", 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 2000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "480"), 1);
	lab_register(lab);
	lab_run_ms(lab, 3000);
	const char *first = sent_header(lab, "gateway", "REGISTER", 1, "Call-ID");
	assert_string_not_equal(sent_header(lab, "gateway", "REGISTER", 3, "Call-ID"), first);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 4000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "200"), 1);
	lab_close(lab);
}

TEST(a_gateway_that_restarts_while_it_asks_upstream_answers_nobody)
{
	struct lab *lab = lab_behind("", "", "");
	lab_register(lab);
	lab_run_ms(lab, 10); /* the second REGISTER waits for upstream */
	gateway_restart(lab->gateway);
	lab_run_ms(lab, 400);
	assert_dropped(lab, "gateway", "no request of its own waits for this");
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "200"), 0);
	lab_run_ms(lab, 600); /* the phone repeats its REGISTER, whose nonce is too old now */
	assert_noted(lab, "phone", "registered", 586);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gateway_that_restarts_knows_nobody_until_its_phones_register_again),
		cmocka_unit_test(a_gateway_that_restarts_while_it_asks_upstream_answers_nobody),
		cmocka_unit_test(a_phone_without_rport_behind_random_ports_registers_through_the_gateway),
		cmocka_unit_test(without_rport_the_gateway_fails_at_the_router_as_its_phone_would),
		cmocka_unit_test(what_it_sends_upstream_is_its_own),
		cmocka_unit_test(repeats_of_a_request_are_absorbed_while_upstream_is_asked),
		cmocka_unit_test(a_stranger_gets_no_further_than_the_gateway),
		cmocka_unit_test(what_the_server_says_in_the_end_is_what_the_phone_hears),
		cmocka_unit_test(what_the_server_wants_of_the_expires_is_not_told_to_the_phone),
		cmocka_unit_test(what_the_gateway_refuses_itself_is_no_question_for_the_server),
		cmocka_unit_test(each_account_has_a_line_of_its_own_at_one_port),
		cmocka_unit_test(a_second_device_is_asked_back_later_while_the_first_one_waits),
		cmocka_unit_test(upstream_is_refreshed_without_a_word_from_the_phone),
		cmocka_unit_test(a_refresh_of_the_phone_is_answered_at_once_while_upstream_stands),
		cmocka_unit_test(upstream_lapses_when_the_phone_does_not_come_back),
		cmocka_unit_test(a_refresh_that_fails_is_tried_again_after_the_pause),
		cmocka_unit_test(unregistering_is_passed_up),
		cmocka_unit_test(options_of_the_server_reach_the_phone_and_its_answer_the_server),
		cmocka_unit_test(options_for_nobody_are_answered_480),
		cmocka_unit_test(a_silent_phone_is_passed_on_as_silence),
		cmocka_unit_test(the_upstream_side_is_no_registrar_and_hears_no_strangers),
		cmocka_unit_test(pins_are_those_of_its_own_registration_and_of_its_challenge),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
