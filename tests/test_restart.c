/* Devices that lose their memory while they run, and knobs that change. */
#include <string.h>

#include "tests/lab.h"

#define RANDOM "ports=random next-ports=23201+23202+23203"

/* --- routers --------------------------------------------------------------------------- */

TEST(a_router_that_restarts_lets_nothing_in_until_the_phone_sends_again)
{
	struct lab *lab = lab_with("rport=on", RANDOM, "auth=none stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	router_restart(lab->router);
	assert_noted(lab, "router/wan", "restarts: its table is empty", 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 1020);
	assert_dropped(lab, "router/wan", "no mapping for 203.0.113.17:23201");
	lab_run_ms(lab, 40000);
	lab_register(lab);
	lab_run_ms(lab, 41000);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 2)),
			    "203.0.113.17:23202 > 198.51.100.158:5060");
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 41042);
	assert_noted(lab, "server", "OPTIONS was answered 200", 41042);
	lab_close(lab);
}

TEST(a_rebind_gives_a_preserving_router_the_same_port_again)
{
	struct lab *lab = lab_with("rport=on", "ports=preserve", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	router_rebind(lab->router, 0);
	assert_noted(lab, "router/wan", "forgets its mappings", 1000);
	lab_register(lab);
	lab_run_ms(lab, 2000);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 2)),
			    "203.0.113.17:5060 > 198.51.100.158:5060");
	assert_noted(lab, "phone", "registered", 1042);
	lab_close(lab);
}

TEST(a_rebind_to_another_address_leaves_nobody_at_the_old_one)
{
	struct lab *lab = lab_with("rport=on", RANDOM, "auth=none stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	router_rebind(lab->router, endpoint_of("203.0.113.99").host);
	assert_noted(lab, "router/wan", "has another outside address, 203.0.113.99, and no mappings", 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	assert_dropped(lab, "server", "no route to 203.0.113.17");
	lab_run_ms(lab, 40000);
	lab_register(lab);
	lab_run_ms(lab, 40042);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 2)),
			    "203.0.113.99:23202 > 198.51.100.158:5060");
	assert_noted(lab, "phone", "registered", 40042);
	/* a rebind without an address keeps the new one */
	router_rebind(lab->router, 0);
	lab_register(lab);
	lab_run_ms(lab, 41000);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 3)),
			    "203.0.113.99:23203 > 198.51.100.158:5060");
	lab_close(lab);
}

TEST(what_was_under_way_to_the_old_address_dies_at_the_router)
{
	struct lab *lab = lab_with("rport=on", RANDOM, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 30);
	router_rebind(lab->router, endpoint_of("203.0.113.99").host);
	lab_run_ms(lab, 41);
	assert_dropped(lab, "router/wan", "no mapping for 203.0.113.17:23201");
	lab_close(lab);
}

/* --- phones ---------------------------------------------------------------------------- */

TEST(a_phone_that_restarts_registers_under_a_new_call_id_from_the_first_cseq)
{
	static const char *const call_ids[] = { "one@phone", "two@phone" };
	static const uint32_t cseqs[] = { 145, 7 };
	static const struct pins pins = { .call_id = { call_ids, 2 }, .cseq = { cseqs, 2 } };
	struct lab *lab = lab_new(&(struct lab_setup){ .phone_pins = &pins, .server = "auth=none" });
	assert_false(phone_restart(lab->phone));
	lab_close(lab);

	lab = lab_new(&(struct lab_setup){ .phone_pins = &pins, .server = "auth=none" });
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_true(phone_restart(lab->phone));
	assert_noted(lab, "phone", "restarts: it has forgotten its registration", 1000);
	lab_register(lab);
	lab_run_ms(lab, 2000);
	const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *second = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	assert_string_equal(lab_header(lab, first, "Call-ID"), "one@phone");
	assert_string_equal(lab_header(lab, first, "CSeq"), "145 REGISTER");
	assert_string_equal(lab_header(lab, second, "Call-ID"), "two@phone");
	assert_string_equal(lab_header(lab, second, "CSeq"), "7 REGISTER");
	lab_close(lab);
}

TEST(a_phone_that_restarts_forgets_its_refresh_what_it_learned_and_what_it_waits_for)
{
	struct lab *lab =
		lab_with("rport=on learn.from=received-and-rport register.expires=60s", RANDOM, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_true(phone_restart(lab->phone));
	lab_run_ms(lab, 100000);
	assert_sent(lab, "phone", "REGISTER",
		    "0.000 0.042"); /* the second one with the learned Contact, no refresh */
	lab_register(lab);
	assert_string_equal(lab_header(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 3), "Contact"),
			    "<sip:100@192.168.1.104:5060>");
	lab_run_ms(lab, 100001);
	assert_true(phone_restart(lab->phone));
	lab_run_ms(lab, 140000);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 3); /* Timer E is gone */
	assert_dropped(lab, "phone", "no request of its own waits for this");
	lab_close(lab);
}

TEST(a_phone_that_sends_from_another_port_has_a_new_one_after_a_restart)
{
	struct lab *lab = lab_with("send-port=ephemeral rport=off", NULL, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	lab_register(lab);
	lab_run_ms(lab, 2000);
	phone_restart(lab->phone);
	lab_register(lab);
	lab_run_ms(lab, 3000);
	const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *second = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	const struct record *third = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 3);
	assert_int_equal(first->src.port, second->src.port);
	assert_int_not_equal(second->src.port, third->src.port);
	lab_close(lab);
}

TEST(a_phone_that_was_still_trying_is_to_register_again)
{
	struct lab *lab = lab_with("rport=off", RANDOM, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 5000);
	assert_true(phone_restart(lab->phone)); /* no answer yet */
	lab_register(lab);
	lab_run_ms(lab, 40000);
	assert_true(phone_restart(lab->phone)); /* given up, and about to try once more */
	lab_close(lab);
}

TEST(a_request_for_another_user_is_answered_404)
{
	static const struct {
		const char *uri, *status;
	} rows[] = {
		{ "sip:100@192.0.2.104", "200" },
		{ "sip:192.0.2.104", "200" }, /* whoever is there */
		{ "sip:101@192.0.2.104", "404" },
		{ "sip:10@192.0.2.104", "404" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		lab_send(lab, "192.0.2.1:5060", "192.0.2.104:5060",
			 arena_printf(lab->arena,
				      "OPTIONS %s SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKone\n"
				      "From: <sip:x@y>;tag=x\nTo: <%s>\nCall-ID: z\nCSeq: 1 "
				      "OPTIONS\nContent-Length: 0\n\n",
				      rows[i].uri, rows[i].uri));
		lab_run_ms(lab, 100);
		assert_string_equal(lab_nth(lab, "phone", EVENT_SENT, NULL, 1)->label, rows[i].status);
		if (rows[i].status[0] == '4')
			assert_noted(lab, "phone", "it is for another user", 20);
		lab_close(lab);
	}
}

/* --- servers --------------------------------------------------------------------------- */

TEST(a_server_that_restarts_knows_nobody)
{
	struct lab *lab = lab_with("", NULL, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	server_restart(lab->server);
	assert_noted(lab, "server", "restarts: bindings, nonces and transactions are gone", 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 1100);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 0);
	assert_noted(lab, "server", "OPTIONS was not answered", 1000);
	lab_close(lab);
}

TEST(a_nonce_from_before_the_restart_is_stale)
{
	struct lab *lab = lab_with("", NULL, "");
	lab_register(lab);
	lab_run_ms(lab, 30); /* the challenge is on its way */
	server_restart(lab->server);
	lab_run_ms(lab, 1000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.040 arrived 401\n"
		   "0.040 sent REGISTER\n"
		   "0.080 arrived 401\n"
		   "0.080 sent REGISTER\n"
		   "0.120 arrived 200\n"
		   "0.120 note: registered\n");
	assert_non_null(strstr(lab_text(lab_nth(lab, "server", EVENT_SENT, "401", 2)), "stale=true"));
	lab_close(lab);
}

TEST(a_repeated_request_is_new_to_a_server_that_has_restarted)
{
	static const uint32_t second[] = { 2 };
	static const struct wire lossy = { .delay = 20 * MSEC, .drop = second, .drops = 1 };
	for (int restarts = 0; restarts < 2; restarts++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .wan = &lossy });
		lab_register(lab);
		lab_run_ms(lab, 100); /* the challenge was lost */
		if (restarts)
			server_restart(lab->server);
		lab_run_ms(lab, 530);
		const char *first = lab_text(lab_nth(lab, "server", EVENT_SENT, "401", 1));
		const char *again = lab_text(lab_nth(lab, "server", EVENT_SENT, "401", 2));
		assert_true(!strcmp(first, again) == !restarts);
		lab_close(lab);
	}
}

TEST(a_ping_under_way_ends_when_its_server_restarts)
{
	struct lab *lab = lab_with("rport=on", RANDOM, "auth=none stored-contact=literal");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 3000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 3);
	server_restart(lab->server);
	assert_noted(lab, "server", "OPTIONS was not answered", 3000);
	lab_run_ms(lab, 40000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 3);
	lab_close(lab);
}

/* --- knobs that change ----------------------------------------------------------------- */

static void set_phone(struct lab *lab, const char *knobs)
{
	*lab->phone_profile = (struct phone_profile){ 0 };
	knobs_read(phone_fields, lab->arena, knobs, lab->phone_profile);
}

static void set_server(struct lab *lab, const char *knobs)
{
	*lab->server_profile = (struct server_profile){ 0 };
	knobs_read(server_fields, lab->arena, knobs, lab->server_profile);
}

TEST(knobs_of_a_running_phone_count_from_its_next_request_on)
{
	struct lab *lab = lab_with("user-agent=before register.expires=60s", NULL, "auth=none");
	lab_register(lab);
	set_phone(lab, "user-agent=after register.expires=90s rport=off");
	lab_run_ms(lab, 60000); /* the refresh at 55.04 s, by the 60 s that were granted */
	const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *second = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	assert_string_equal(lab_header(lab, first, "User-Agent"), "before");
	assert_string_equal(lab_header(lab, first, "Expires"), "60");
	assert_non_null(strstr(lab_header(lab, first, "Via"), ";rport"));
	assert_int_equal(second->at, 55040 * MSEC);
	assert_string_equal(lab_header(lab, second, "User-Agent"), "after");
	assert_string_equal(lab_header(lab, second, "Expires"), "90");
	assert_null(strstr(lab_header(lab, second, "Via"), ";rport"));
	lab_close(lab);
}

TEST(knobs_of_a_running_server_count_from_its_next_answer_on)
{
	struct lab *lab = lab_with("", NULL, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	set_server(lab, "auth=none expires.max=600s user-agent=after");
	lab_register(lab);
	lab_run_ms(lab, 2000);
	assert_string_equal(lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 1), "Contact"),
			    "<sip:100@192.0.2.104:5060>;expires=3600");
	assert_string_equal(lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 2), "Contact"),
			    "<sip:100@192.0.2.104:5060>;expires=600");
	assert_string_equal(lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 2), "Server"), "after");
	set_server(lab, "auth=md5 realm=another");
	lab_register(lab);
	lab_run_ms(lab, 3000);
	assert_non_null(strstr(lab_text(lab_nth(lab, "server", EVENT_SENT, "401", 1)), "realm=\"another\""));
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_router_that_restarts_lets_nothing_in_until_the_phone_sends_again),
		cmocka_unit_test(a_rebind_gives_a_preserving_router_the_same_port_again),
		cmocka_unit_test(a_rebind_to_another_address_leaves_nobody_at_the_old_one),
		cmocka_unit_test(what_was_under_way_to_the_old_address_dies_at_the_router),
		cmocka_unit_test(a_phone_that_restarts_registers_under_a_new_call_id_from_the_first_cseq),
		cmocka_unit_test(
			a_phone_that_restarts_forgets_its_refresh_what_it_learned_and_what_it_waits_for),
		cmocka_unit_test(a_phone_that_sends_from_another_port_has_a_new_one_after_a_restart),
		cmocka_unit_test(a_phone_that_was_still_trying_is_to_register_again),
		cmocka_unit_test(a_request_for_another_user_is_answered_404),
		cmocka_unit_test(a_server_that_restarts_knows_nobody),
		cmocka_unit_test(a_nonce_from_before_the_restart_is_stale),
		cmocka_unit_test(a_repeated_request_is_new_to_a_server_that_has_restarted),
		cmocka_unit_test(a_ping_under_way_ends_when_its_server_restarts),
		cmocka_unit_test(knobs_of_a_running_phone_count_from_its_next_request_on),
		cmocka_unit_test(knobs_of_a_running_server_count_from_its_next_answer_on),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
