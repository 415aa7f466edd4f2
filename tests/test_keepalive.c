/*
 * Keepalives: when a phone sends them, what they do to its router's mapping, and that nobody minds them.
 */
#include <string.h>

#include "tests/lab.h"

#define RANDOM "ports=random next-ports=23201 udp-timeout.first=60s udp-timeout.stream=60s"

TEST(empty_lines_leave_from_where_requests_leave_and_nobody_answers)
{
	struct lab *lab = lab_with("keepalive.type=crlf keepalive.every=20s", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 61000);
	assert_sent(lab, "phone", "CRLF", "20.084 40.084 60.084");
	const struct record *r = lab_nth(lab, "server", EVENT_ARRIVED, "CRLF", 3);
	assert_string_equal(lab_flow(lab, r), "203.0.113.17:23201 > 198.51.100.158:5060");
	assert_int_equal(r->payload->len, 4);
	assert_memory_equal(r->payload->bytes, "\r\n\r\n", 4);
	/* no conversation of anybody: nothing waits for them, nothing is blamed on them */
	assert_int_equal(r->story, 0);
	assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, NULL), 0);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, NULL), 2);
	lab_close(lab);
}

TEST(an_asymmetric_phone_keeps_the_mapping_of_the_port_it_sends_from)
{
	struct lab *lab = lab_with("keepalive.type=crlf send-port=ephemeral rport=off", NULL, "");
	lab_register(lab);
	lab_run_ms(lab, 31000);
	uint32_t port = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1)->src.port;
	assert_int_not_equal(port, 5060);
	assert_int_equal(lab_nth(lab, "phone", EVENT_SENT, "CRLF", 1)->src.port, port);
	lab_close(lab);
}

TEST(options_as_keepalives_are_conversations_of_their_own)
{
	struct lab *lab = lab_with("keepalive.type=options keepalive.every=20s", RANDOM, "");
	uint32_t story = lab_register(lab);
	lab_run_ms(lab, 41000);
	assert_sent(lab, "phone", "OPTIONS", "20.084 40.084");
	assert_noted(lab, "phone", "OPTIONS was answered 200", 40126);
	assert_int_not_equal(lab_nth(lab, "phone", EVENT_SENT, "OPTIONS", 1)->story, story);
	lab_close(lab);
}

TEST(they_begin_with_the_first_200_and_end_with_the_registration)
{
	struct lab *lab = lab_with("keepalive.type=crlf keepalive.every=10s register.retry=1h", RANDOM,
				   "password=other");
	lab_register(lab);
	lab_run_ms(lab, 60000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "CRLF"), 0);
	lab_close(lab);

	lab = lab_with("keepalive.type=crlf keepalive.every=10s register.expires=60s", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 25000);
	/* a refresh changes nothing in their pace */
	lab_register(lab);
	lab_run_ms(lab, 35000);
	assert_sent(lab, "phone", "CRLF", "10.084 20.084 30.084");
	lab_unregister(lab);
	lab_run_ms(lab, 60000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "CRLF"), 3);
	/* and so does a phone that has lost its memory */
	lab_register(lab);
	lab_run_ms(lab, 75000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "CRLF"), 4);
	phone_restart(lab->phone);
	lab_run_ms(lab, 100000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "CRLF"), 4);
	lab_close(lab);
}

TEST(the_mapping_lives_as_long_as_the_pauses_are_shorter_than_its_timeout)
{
	static const struct row {
		const char *phone, *router;
		int reached;
		bool stun; /* the server answers it */
	} rows[] = {
		{ "", RANDOM, 0 },
		{ "keepalive.type=crlf keepalive.every=59s", RANDOM, 1 },
		{ "keepalive.type=options keepalive.every=59s", RANDOM, 1 },
		/* too late: the router makes a new mapping, of which the server knows nothing */
		{ "keepalive.type=crlf keepalive.every=61s", RANDOM, 0 },
		/* a router that counts only what comes in hears nothing from empty lines, but the answers to
		   OPTIONS */
		{ "keepalive.type=crlf", RANDOM " refresh=inbound", 0 },
		{ "keepalive.type=options", RANDOM " refresh=inbound", 1 },
		/* STUN is one or the other, as the server likes; and who is answered notices what is too late */
		{ "keepalive.type=stun keepalive.every=59s", RANDOM, 1, .stun = true },
		{ "keepalive.type=stun keepalive.every=59s", RANDOM, 1, .stun = false },
		{ "keepalive.type=stun", RANDOM " refresh=inbound", 1, .stun = true },
		{ "keepalive.type=stun", RANDOM " refresh=inbound", 0, .stun = false },
		{ "keepalive.type=stun keepalive.every=61s", RANDOM, 1, .stun = true },
		{ "keepalive.type=stun keepalive.every=61s", RANDOM, 0, .stun = false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, rows[i].router,
					   rows[i].stun ? "stored-contact=source stun=on" : "stored-contact=source");
		lab_register(lab);
		lab_run_ms(lab, 600000);
		server_options(lab->server, "100", 3, world_story(lab->world));
		lab_run_ms(lab, 640000);
		assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS"), rows[i].reached);
		lab_close(lab);
	}
}

TEST(who_gets_line_ends_or_nothing_has_nothing_to_do_and_other_bytes_are_malformed)
{
	static const struct row {
		const char *bytes;
		int drops;
	} rows[] = {
		{ "\r\n\r\n", 0 }, { "\r\n", 0 }, { "\n", 0 }, { "", 0 }, { " ", 1 }, { "\r\n\r\nhello", 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .gateway = "" });
		static const char *const to[] = { "198.51.100.158:5060", "192.0.2.104:5060",
						  "192.168.1.2:5060", "192.168.1.2:5080" };
		for (size_t k = 0; k < COUNT(to); k++)
			lab_send_bytes(lab, "192.0.2.1:5060", to[k], rows[i].bytes, strlen(rows[i].bytes));
		lab_run_ms(lab, 100);
		assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, NULL), 4 * rows[i].drops);
		lab_close(lab);
	}
}

/* --- STUN ------------------------------------------------------------------------------ */

TEST(a_binding_request_has_20_bytes_and_its_answer_the_address_that_was_seen)
{
	struct lab *lab = lab_with("keepalive.type=stun keepalive.every=20s", RANDOM, "stun=on");
	lab_register(lab);
	lab_run_ms(lab, 41000);
	assert_sent(lab, "phone", "STUN", "20.084 40.084");
	assert_sent(lab, "server", "STUN", "20.105 40.105");
	const struct record *request = lab_nth(lab, "server", EVENT_ARRIVED, "STUN", 1);
	const struct record *response = lab_nth(lab, "server", EVENT_SENT, "STUN", 1);
	static const unsigned char asks[] = { 0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42 };
	static const unsigned char answers[] = { 1, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42 };
	/* 203.0.113.17:23201, each byte with one of the cookie */
	static const unsigned char mapped[] = { 0, 0x20, 0, 8, 0, 1, (23201 >> 8) ^ 0x21, (23201 & 255) ^ 0x12,
						203 ^ 0x21, 0 ^ 0x12, 113 ^ 0xA4, 17 ^ 0x42 };
	assert_int_equal(request->payload->len, 20);
	assert_memory_equal(request->payload->bytes, asks, sizeof asks);
	assert_int_equal(response->payload->len, 32);
	assert_memory_equal(response->payload->bytes, answers, sizeof answers);
	assert_memory_equal(response->payload->bytes + 8, request->payload->bytes + 8, 12);
	assert_memory_equal(response->payload->bytes + 20, mapped, sizeof mapped);
	/* each has an id of its own, no conversation waits for them, and all is well */
	assert_memory_not_equal(lab_nth(lab, "phone", EVENT_SENT, "STUN", 2)->payload->bytes + 12,
				request->payload->bytes + 12, 8);
	assert_int_equal(request->story, 0);
	assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, NULL), 0);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 2);
	lab_close(lab);
}

TEST(a_server_without_stun_takes_it_for_a_message_that_it_cannot_read)
{
	struct lab *lab = lab_with("keepalive.type=stun keepalive.every=20s", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 21000);
	assert_int_equal(lab_count(lab, "server", EVENT_DROPPED, "STUN"), 1);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "STUN"), 0);
	lab_close(lab);
}

/* The router forgets; the answer to the next keepalive tells (RFC 5626 4.4.2). */
TEST(who_is_seen_elsewhere_than_before_registers_anew_at_once)
{
	struct lab *lab = lab_with("keepalive.type=stun keepalive.every=20s",
				   "ports=random next-ports=23201+23202+23203", "stun=on stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 30000);
	router_restart(lab->router);
	lab_run_ms(lab, 50000);
	assert_sent(lab, "phone", "STUN", "20.084 40.084");
	assert_sent(lab, "phone", "REGISTER", "0.000 0.042 40.126 40.168");
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 51000);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "OPTIONS", 1)),
			    "198.51.100.158:5060 > 203.0.113.17:23202");
	assert_noted(lab, "server", "OPTIONS was answered 200", 50042);
	/* and then it is quiet again */
	lab_run_ms(lab, 120000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 4);
	lab_close(lab);
}

TEST(who_was_away_compares_with_nothing_from_before)
{
	struct lab *lab = lab_with("keepalive.type=stun keepalive.every=20s", "ports=random next-ports=23201+23202", "stun=on");
	lab_register(lab);
	lab_run_ms(lab, 30000);
	router_restart(lab->router);
	phone_restart(lab->phone);
	lab_register(lab);
	lab_run_ms(lab, 60000);
	assert_sent(lab, "phone", "STUN", "20.084 50.084");
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 4);
	lab_close(lab);
}

TEST(an_answer_that_nobody_waits_for_says_nothing)
{
	static const unsigned char answer[] = { 1,    1,  0,	12,   0x21, 0x12, 0xA4, 0x42, 0, 0, 0,
						0,    0,  0,	0,    0,    0,	  0,	0,    1, 0, 0x20,
						0,    8,  0,	1,    0x21, 0x12, 1,	2,    3, 4 };
	struct lab *lab = lab_with("keepalive.type=stun keepalive.every=20s", NULL, "stun=on");
	lab_register(lab);
	lab_run_ms(lab, 30000);
	lab_send_bytes(lab, "198.51.100.158:5060", "192.0.2.104:5060", (const char *)answer, sizeof answer);
	lab_run_ms(lab, 35000);
	assert_dropped(lab, "phone", "no request of its own waits for this");
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 2);
	/* whatever else begins like STUN and is none is not answered, and is no SIP either */
	lab_send_bytes(lab, "192.0.2.1:5060", "198.51.100.158:5060", (const char *)answer, sizeof answer);
	lab_send_bytes(lab, "192.0.2.1:5060", "198.51.100.158:5060", (const char *)answer, 20);
	lab_run_ms(lab, 39000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "STUN"), 1);
	assert_int_equal(lab_count(lab, "server", EVENT_DROPPED, NULL), 2);
	lab_close(lab);
}

TEST(a_gateway_that_is_seen_elsewhere_registers_its_phones_anew)
{
	struct lab *lab = lab_new(&(struct lab_setup){
		.router = "ports=random next-ports=23201+23202",
		.gateway = "upstream.keepalive.type=stun upstream.keepalive.every=50s",
		.server = "stored-contact=source stun=on" });
	lab_register(lab);
	lab_run_ms(lab, 60000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 2);
	router_restart(lab->router);
	lab_run_ms(lab, 110000);
	assert_int_equal(lab_count(lab, "gateway", EVENT_SENT, "REGISTER"), 4);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 111000);
	assert_noted(lab, "server", "OPTIONS was answered 200", 110042);
	assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, "STUN"), 0);
	lab_close(lab);
}

TEST(a_gateway_keeps_its_own_mapping)
{
	struct lab *lab = lab_new(
		&(struct lab_setup){ .router = RANDOM,
				     .gateway = "upstream.keepalive.type=crlf upstream.keepalive.every=50s",
				     .server = "stored-contact=source" });
	lab_register(lab);
	lab_run_ms(lab, 600000);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "gateway", EVENT_SENT, "CRLF", 1)),
			    "192.168.1.2:5080 > 198.51.100.158:5060");
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 601000);
	assert_noted(lab, "server", "OPTIONS was answered 200", 600042);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_lines_leave_from_where_requests_leave_and_nobody_answers),
		cmocka_unit_test(an_asymmetric_phone_keeps_the_mapping_of_the_port_it_sends_from),
		cmocka_unit_test(options_as_keepalives_are_conversations_of_their_own),
		cmocka_unit_test(they_begin_with_the_first_200_and_end_with_the_registration),
		cmocka_unit_test(the_mapping_lives_as_long_as_the_pauses_are_shorter_than_its_timeout),
		cmocka_unit_test(
			who_gets_line_ends_or_nothing_has_nothing_to_do_and_other_bytes_are_malformed),
		cmocka_unit_test(a_binding_request_has_20_bytes_and_its_answer_the_address_that_was_seen),
		cmocka_unit_test(a_server_without_stun_takes_it_for_a_message_that_it_cannot_read),
		cmocka_unit_test(who_is_seen_elsewhere_than_before_registers_anew_at_once),
		cmocka_unit_test(who_was_away_compares_with_nothing_from_before),
		cmocka_unit_test(an_answer_that_nobody_waits_for_says_nothing),
		cmocka_unit_test(a_gateway_that_is_seen_elsewhere_registers_its_phones_anew),
		cmocka_unit_test(a_gateway_keeps_its_own_mapping),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
