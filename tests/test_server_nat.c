/*
 * How a server finds phones behind a NAT, what it does for them, and whom it pings.
 */
#include <string.h>

#include "tests/lab.h"

#define RANDOM "ports=random next-ports=23201 udp-timeout.first=60s udp-timeout.stream=60s"

/* One REGISTER from `src`, of which `via` and `contact` say other things. */
static void visit(struct lab *lab, const char *src, const char *via, const char *contact, const char *agent)
{
	lab_send(lab, src, "198.51.100.158:5060",
		 arena_printf(lab->arena,
			      "REGISTER sip:lab.example SIP/2.0\n"
			      "Via: SIP/2.0/UDP %s;branch=z9hG4bKvisit\n"
			      "From: <sip:100@lab.example>;tag=one\n"
			      "To: <sip:100@lab.example>\n"
			      "Call-ID: visit\n"
			      "CSeq: 1 REGISTER\n"
			      "Contact: <sip:100@%s>\n"
			      "User-Agent: %s\n"
			      "Content-Length: 0\n\n",
			      via, contact, agent));
	lab_run_ms(lab, 10);
}

static bool is_noted(const struct lab *lab, const char *sentence)
{
	struct trace_cursor c = trace_first(&lab->world->trace);
	char text[128];
	for (const struct record *r; (r = trace_next(&c));) {
		record_sentence(r, text, sizeof text);
		if (r->event == EVENT_NOTE && !strncmp(text, sentence, strlen(sentence)))
			return true;
	}
	return false;
}

/* --- the tests ------------------------------------------------------------------------- */

TEST(each_test_looks_at_what_its_name_says)
{
	static const struct row {
		const char *source, *via, *contact;
		const char *fire; /* which do, in the order of the table */
	} rows[] = {
		/* nothing between phone and server */
		{ "192.0.2.7:5060", "192.0.2.7:5060", "192.0.2.7:5060", "" },
		{ "192.0.2.7:5060", "192.0.2.7", "192.0.2.7", "" }, /* no port is 5060 */
		/* a NAT, and a phone that knows nothing of it */
		{ "203.0.113.9:23201", "192.168.1.104:5060", "192.168.1.104:5060",
		  "contact-private via-address via-private via-port contact-port contact-address " },
		{ "203.0.113.9:5060", "192.168.1.104", "192.168.1.104",
		  "contact-private via-address via-private contact-address " },
		/* a phone that was told its public address, behind a router that picks ports */
		{ "203.0.113.9:23201", "203.0.113.9:5060", "203.0.113.9:5060", "via-port contact-port " },
		/* one that writes it into its Contact only */
		{ "203.0.113.9:23201", "192.168.1.104:5060", "203.0.113.9:23201",
		  "via-address via-private via-port " },
		/* an asymmetric phone without any NAT */
		{ "192.0.2.7:50933", "192.0.2.7:5060", "192.0.2.7:5060", "via-port contact-port " },
		/* names: a name is no private address, and not the source's */
		{ "192.0.2.7:5060", "phone.example", "phone.example", "via-address contact-address " },
		/* carriers' addresses are private too; a server inside the network sees them */
		{ "100.64.0.9:5060", "100.64.0.9:5060", "100.64.0.9:5060",
		  "contact-private via-private source-private " },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char fire[256] = "";
		for (int test = 0; test < NAT_TESTS; test++) {
			struct lab *lab = lab_with("", NULL, "auth=none");
			uint8_t items[] = { (uint8_t)test };
			lab->server_profile->nat_test = (struct list){ items, 1 };
			visit(lab, rows[i].source, rows[i].via, rows[i].contact, "x");
			bool found = is_noted(lab, "behind a NAT: ");
			assert_int_not_equal(found, is_noted(lab, "no test finds it behind a NAT"));
			if (found)
				strcat(strcat(fire, nat_test_words[test]), " ");
			lab_close(lab);
		}
		assert_string_equal(fire, rows[i].fire);
	}
}

TEST(any_of_several_tests_is_enough_and_the_first_is_named)
{
	struct lab *lab = lab_with("", NULL, "auth=none nat-test=source-private+via-port+contact-port");
	visit(lab, "203.0.113.9:23201", "203.0.113.9:5060", "203.0.113.9:5060", "x");
	assert_true(is_noted(lab, "behind a NAT: its Via has another port than the source"));
	assert_false(is_noted(lab, "behind a NAT: its Contact"));
	lab_close(lab);
}

TEST(without_tests_nothing_is_said_of_them)
{
	struct lab *lab = lab_with("", NULL, "auth=none");
	visit(lab, "203.0.113.9:23201", "192.168.1.104:5060", "192.168.1.104:5060", "x");
	assert_false(is_noted(lab, "behind a NAT"));
	assert_false(is_noted(lab, "no test finds"));
	lab_close(lab);
}

/* --- what follows from them ------------------------------------------------------------ */

TEST(what_is_stored_depends_on_the_tests_and_what_is_listed_on_its_own_knob)
{
	static const struct row {
		const char *server, *source, *listed;
	} rows[] = {
#define NATTED "203.0.113.9:23201"
#define OPEN   "192.0.2.7:5060"
		{ "stored-contact=source", NATTED, "<sip:100@203.0.113.9:23201>;expires=3600" },
		{ "stored-contact=source", OPEN, "<sip:100@192.0.2.7:5060>;expires=3600" },
		{ "stored-contact=source nat-test=via-address", NATTED,
		  "<sip:100@203.0.113.9:23201>;expires=3600" },
		{ "stored-contact=source nat-test=via-address", OPEN, "<sip:100@192.0.2.7>;expires=3600" },
		{ "stored-contact=source nat-test=source-private", NATTED,
		  "<sip:100@192.0.2.7>;expires=3600" },
		{ "stored-contact=alias nat-test=via-address", NATTED,
		  "<sip:100@192.0.2.7;alias=203.0.113.9~23201~1>;expires=3600" },
		{ "stored-contact=alias nat-test=via-address", OPEN, "<sip:100@192.0.2.7>;expires=3600" },
		{ "stored-contact=received nat-test=via-address", NATTED,
		  "<sip:100@192.0.2.7>;expires=3600;received=\"sip:203.0.113.9:23201\"" },
		{ "stored-contact=received nat-test=via-address", OPEN, "<sip:100@192.0.2.7>;expires=3600" },
		/* the source when the answer goes there, asked or forced */
		{ "stored-contact=source-if-rport", NATTED, "<sip:100@192.0.2.7>;expires=3600" },
		{ "stored-contact=source-if-rport force-rport=auto", NATTED,
		  "<sip:100@203.0.113.9:23201>;expires=3600" },
		{ "stored-contact=source-if-rport force-rport=auto", OPEN,
		  "<sip:100@192.0.2.7>;expires=3600" },
		/* the phone recognises what it wrote */
		{ "stored-contact=source listed-contact=as-written", NATTED,
		  "<sip:100@192.0.2.7>;expires=3600" },
		/* back before its router forgets it */
		{ "expires.natted=30s", NATTED, "<sip:100@192.0.2.7>;expires=30" },
		{ "expires.natted=30s", OPEN, "<sip:100@192.0.2.7>;expires=3600" },
		{ "expires.natted=2h", NATTED, "<sip:100@192.0.2.7>;expires=3600" },
		{ "expires.natted=30s nat-test=source-private", NATTED, "<sip:100@192.0.2.7>;expires=3600" },
		/* less than the least wish is no reason to refuse */
		{ "expires.natted=30s expires.min=60s", NATTED, "<sip:100@192.0.2.7>;expires=30" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct lab *lab = lab_with("", NULL, arena_printf(a, "auth=none %s", rows[i].server));
		visit(lab, rows[i].source, "192.0.2.7", "192.0.2.7", "x");
		const char *listed = lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 1), "Contact");
		assert_string_equal(listed, rows[i].listed);
		lab_close(lab);
		arena_free(a);
	}
}

TEST(options_go_to_what_the_tests_have_made_of_the_binding)
{
	static const struct row {
		const char *server, *to;
	} rows[] = {
		{ "stored-contact=source nat-test=contact-private", "203.0.113.17:23201" },
		{ "stored-contact=received nat-test=contact-private", "203.0.113.17:23201" },
		{ "stored-contact=alias nat-test=contact-private", "203.0.113.17:23201" },
		{ "stored-contact=source nat-test=source-private", "192.168.1.104:5060" },
		{ "stored-contact=source listed-contact=as-written", "203.0.113.17:23201" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", RANDOM, rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 1000);
		server_options(lab->server, "100", 3, world_story(lab->world));
		const struct record *ping = lab_nth(lab, "server", EVENT_SENT, "OPTIONS", 1);
		char to[ENDPOINT_TEXT_MAX];
		endpoint_print(ping->dst, to);
		assert_string_equal(to, rows[i].to);
		lab_close(lab);
	}
}

TEST(rport_is_forced_for_phones_with_these_names)
{
	static const struct row {
		const char *agent, *rule;
	} rows[] = {
		{ "PolycomSoundPointIP-SPIP_550-UA/3.3.1", "forced" },
		{ "polycom", "forced" },
		{ "KIRK IP6000", "forced" },
		{ "NotPolycom", "via-port" },
		{ "Poly", "via-port" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "force-rport-for-agents=Polycom+KIRK");
		visit(lab, "203.0.113.9:23201", "192.168.1.104:5060", "192.168.1.104:5060", rows[i].agent);
		assert_string_equal(lab_nth(lab, "server", EVENT_SENT, "401", 1)->fact->word, rows[i].rule);
		lab_close(lab);
	}
}

/* --- pings ----------------------------------------------------------------------------- */

TEST(pings_go_out_in_rounds_while_somebody_is_bound)
{
	struct lab *lab = lab_with("", RANDOM, "stored-contact=source ping.type=options ping.every=20s");
	struct phone *other = lab_add_phone(lab, "other", "192.168.1.105", "user=101");
	lab_register(lab);
	lab_run_ms(lab, 10000);
	phone_register(other, world_story(lab->world));
	lab_run_ms(lab, 45000);
	/* the first binding starts the clock; the second one is pinged in the same rounds */
	assert_sent(lab, "server", "OPTIONS", "20.063 20.063 40.063 40.063");
	assert_noted(lab, "server", "OPTIONS was answered 200", 40105);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS"), 2);
	assert_int_equal(lab_count(lab, "other", EVENT_ARRIVED, "OPTIONS"), 2);
	/* when all have gone it stops */
	lab_unregister(lab);
	phone_unregister(other, world_story(lab->world));
	lab_run_ms(lab, 200000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 4);
	lab_register(lab);
	lab_run_ms(lab, 225000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 5);
	lab_close(lab);
}

TEST(a_ping_is_sent_once_and_its_answer_awaited)
{
	struct lab *lab = lab_with("", RANDOM, "stored-contact=literal ping.type=options ping.every=50s");
	lab_register(lab);
	lab_run_ms(lab, 90000);
	assert_sent(lab, "server", "OPTIONS", "50.063");
	assert_dropped(lab, "server", "no route to 192.168.1.104");
	assert_noted(lab, "server", "OPTIONS was not answered", 82063);
	lab_close(lab);
}

TEST(empty_lines_go_to_where_the_binding_points_and_nobody_answers)
{
	struct lab *lab = lab_with("", RANDOM, "stored-contact=source ping.type=crlf ping.every=20s");
	lab_register(lab);
	lab_run_ms(lab, 41000);
	assert_sent(lab, "server", "CRLF", "20.063 40.063");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "phone", EVENT_ARRIVED, "CRLF", 2)),
			    "198.51.100.158:5060 > 192.168.1.104:5060");
	assert_int_equal(lab_nth(lab, "server", EVENT_SENT, "CRLF", 1)->story, 0);
	assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, NULL), 0);
	lab_close(lab);
}

TEST(only_those_found_behind_a_nat_are_pinged_when_it_says_so)
{
	static const struct row {
		const char *server, *router;
		int pings;
	} rows[] = {
		{ "ping.to=all", RANDOM, 1 },
		{ "ping.to=all", NULL, 1 },
		{ "ping.to=natted", RANDOM, 1 },
		{ "ping.to=natted", NULL, 0 },
		/* the tests decide, when there are any */
		{ "ping.to=natted nat-test=source-private", RANDOM, 0 },
		{ "ping.to=natted nat-test=contact-private", RANDOM, 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct lab *lab =
			lab_with("", rows[i].router,
				 arena_printf(a, "stored-contact=source ping.type=crlf %s", rows[i].server));
		lab_register(lab);
		lab_run_ms(lab, 31000);
		assert_int_equal(lab_count(lab, "server", EVENT_SENT, "CRLF"), rows[i].pings);
		lab_close(lab);
		arena_free(a);
	}
}

TEST(pings_keep_a_mapping_when_they_or_their_answers_count)
{
	static const struct row {
		const char *server, *router;
		int reached; /* does an OPTIONS after ten minutes get there? */
	} rows[] = {
		{ "", RANDOM, 0 },
		{ "ping.type=crlf", RANDOM, 1 },
		{ "ping.type=crlf", RANDOM " refresh=outbound", 0 },
		{ "ping.type=options", RANDOM " refresh=outbound", 1 },
		{ "ping.type=options ping.every=61s", RANDOM, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct lab *lab = lab_with("", rows[i].router,
					   arena_printf(a, "stored-contact=source %s", rows[i].server));
		lab_register(lab);
		lab_run_ms(lab, 599000);
		int before = lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS");
		server_options(lab->server, "100", 3, world_story(lab->world));
		lab_run_ms(lab, 599100);
		assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS") - before, rows[i].reached);
		lab_close(lab);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_test_looks_at_what_its_name_says),
		cmocka_unit_test(any_of_several_tests_is_enough_and_the_first_is_named),
		cmocka_unit_test(without_tests_nothing_is_said_of_them),
		cmocka_unit_test(what_is_stored_depends_on_the_tests_and_what_is_listed_on_its_own_knob),
		cmocka_unit_test(options_go_to_what_the_tests_have_made_of_the_binding),
		cmocka_unit_test(rport_is_forced_for_phones_with_these_names),
		cmocka_unit_test(pings_go_out_in_rounds_while_somebody_is_bound),
		cmocka_unit_test(a_ping_is_sent_once_and_its_answer_awaited),
		cmocka_unit_test(empty_lines_go_to_where_the_binding_points_and_nobody_answers),
		cmocka_unit_test(only_those_found_behind_a_nat_are_pinged_when_it_says_so),
		cmocka_unit_test(pings_keep_a_mapping_when_they_or_their_answers_count),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
