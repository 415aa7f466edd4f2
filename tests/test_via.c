/* Where a response goes, and what its top Via says: RFC 3261 18.2.1 and 18.2.2, RFC 3581 4, row by row. */
#include <string.h>

#include "models/via.h"
#include "tests/lab.h"

struct row {
	const char *via;     /* of the request, behind "SIP/2.0/UDP " */
	const char *source;  /* where it comes from */
	const char *to;	     /* where the response goes */
	const char *rule;    /* the word of the rule that was used */
	const char *stamped; /* the Via of the response, behind "SIP/2.0/UDP " */
};

static const char *request(const struct lab *lab, const char *vias, const char *user)
{
	return arena_printf(lab->arena,
			    "OPTIONS sip:lab.example SIP/2.0\n"
			    "%s"
			    "From: <sip:%s@lab.example>;tag=one\n"
			    "To: <sip:%s@lab.example>\n"
			    "Call-ID: one\n"
			    "CSeq: 1 OPTIONS\n"
			    "Content-Length: 0\n\n",
			    vias, user, user);
}

/* The server's response to a request with these Via lines. */
static const struct record *answer_to(struct lab *lab, const char *vias, const char *source, const char *user)
{
	lab_send(lab, source, "198.51.100.158:5060", request(lab, vias, user));
	lab_run_ms(lab, 1);
	return lab_nth(lab, "server", EVENT_SENT, "200", 1);
}

static void assert_row(const char *server, const struct row *row)
{
	struct lab *lab = lab_with("", NULL, server);
	const char *line = arena_printf(lab->arena, "Via: SIP/2.0/UDP %s\n", row->via);
	const struct record *r = answer_to(lab, line, row->source, "100");
	char to[ENDPOINT_TEXT_MAX];
	endpoint_print(r->dst, to);
	print_message("           %s from %s\n", row->via, row->source);
	assert_string_equal(to, row->to);
	assert_string_equal(r->fact->word, row->rule);
	assert_string_equal(lab_header(lab, r, "Via"),
			    arena_printf(lab->arena, "SIP/2.0/UDP %s", row->stamped));
	/* always from where the request came to (RFC 3581 4; natural for everybody else) */
	assert_true(endpoint_equal(r->src, endpoint_of("198.51.100.158:5060")));
	lab_close(lab);
}

static void assert_rows(const char *server, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_row(server, &rows[i]);
}

TEST(without_rport_a_response_goes_to_the_port_in_the_via)
{
	static const struct row rows[] = {
		/* through a NAT: received is added, its port is not looked at */
		{ "192.168.1.104:5060;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5060", "via-port",
		  "192.168.1.104:5060;branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104:50822;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:50822", "via-port",
		  "192.168.1.104:50822;branch=z9hG4bKa;received=203.0.113.7" },
		/* no port means 5060 */
		{ "192.168.1.104;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5060", "via-port",
		  "192.168.1.104;branch=z9hG4bKa;received=203.0.113.7" },
		/* sent-by is the source: nothing to add */
		{ "203.0.113.7:5062;branch=z9hG4bKa", "203.0.113.7:5062", "203.0.113.7:5062", "sent-by",
		  "203.0.113.7:5062;branch=z9hG4bKa" },
		/* the same host with another port is still the source: received is about hosts only */
		{ "203.0.113.7:5062;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5062", "sent-by",
		  "203.0.113.7:5062;branch=z9hG4bKa" },
		{ "203.0.113.7;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5060", "sent-by",
		  "203.0.113.7;branch=z9hG4bKa" },
		/* a name is never equal to an address, not even its own */
		{ "phone.example:5062;branch=z9hG4bKa", "203.0.113.7:5062", "203.0.113.7:5062", "via-port",
		  "phone.example:5062;branch=z9hG4bKa;received=203.0.113.7" },
		{ "phone.example;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5060", "via-port",
		  "phone.example;branch=z9hG4bKa;received=203.0.113.7" },
		/* an IPv6 reference is not the source either */
		{ "[2001:db8::9]:5062;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5062", "via-port",
		  "[2001:db8::9]:5062;branch=z9hG4bKa;received=203.0.113.7" },
		/* no branch at all, as in RFC 2543 */
		{ "192.168.1.104:5060", "203.0.113.7:23201", "203.0.113.7:5060", "via-port",
		  "192.168.1.104:5060;received=203.0.113.7" },
	};
	assert_rows("rport=on force-rport=off", rows, COUNT(rows));
	assert_rows("rport=off force-rport=off", rows,
		    COUNT(rows)); /* nobody asked: it makes no difference */
}

TEST(maddr_comes_before_everything_else)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5062;maddr=192.0.2.9;branch=z9hG4bKa", "203.0.113.7:23201", "192.0.2.9:5062",
		  "maddr", "192.168.1.104:5062;maddr=192.0.2.9;branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104;maddr=192.0.2.9;branch=z9hG4bKa", "203.0.113.7:23201", "192.0.2.9:5060",
		  "maddr", "192.168.1.104;maddr=192.0.2.9;branch=z9hG4bKa;received=203.0.113.7" },
		/* rport is filled in, but does not decide (RFC 3581 4 puts its rule behind that of maddr) */
		{ "192.168.1.104:5062;rport;maddr=192.0.2.9;branch=z9hG4bKa", "203.0.113.7:23201",
		  "192.0.2.9:5062", "maddr",
		  "192.168.1.104:5062;rport=23201;maddr=192.0.2.9;branch=z9hG4bKa;received=203.0.113.7" },
		/* a name as maddr cannot be looked up here and is passed over */
		{ "192.168.1.104:5062;maddr=m.example;branch=z9hG4bKa", "203.0.113.7:23201",
		  "203.0.113.7:5062", "via-port",
		  "192.168.1.104:5062;maddr=m.example;branch=z9hG4bKa;received=203.0.113.7" },
	};
	assert_rows("", rows, COUNT(rows));
	assert_row("force-rport=on", &(struct row){ "192.168.1.104:5062;maddr=192.0.2.9;branch=z9hG4bKa",
						    "203.0.113.7:23201", "192.0.2.9:5062", "maddr",
						    "192.168.1.104:5062;maddr=192.0.2.9;branch=z9hG4bKa;"
						    "rport=23201;received=203.0.113.7" });
}

TEST(with_rport_a_response_goes_to_the_source)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201",
		  "rport", "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* received MUST be there even when sent-by is the source, port included */
		{ "203.0.113.7:5060;branch=z9hG4bKa;rport", "203.0.113.7:5060", "203.0.113.7:5060", "rport",
		  "203.0.113.7:5060;branch=z9hG4bKa;rport=5060;received=203.0.113.7" },
		{ "203.0.113.7;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201", "rport",
		  "203.0.113.7;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		{ "phone.example;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201", "rport",
		  "phone.example;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* wherever it stands, it is filled in there */
		{ "192.168.1.104:5060;rport;branch=z9hG4bKa", "203.0.113.7:1", "203.0.113.7:1", "rport",
		  "192.168.1.104:5060;rport=1;branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104:5060;a;RPORT;b=\"c;rport\";branch=z9hG4bKa", "203.0.113.7:65535",
		  "203.0.113.7:65535", "rport",
		  "192.168.1.104:5060;a;rport=65535;b=\"c;rport\";branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104:5060 ; rport ; branch=z9hG4bKa", "203.0.113.7:9", "203.0.113.7:9", "rport",
		  "192.168.1.104:5060 ; rport=9 ; branch=z9hG4bKa;received=203.0.113.7" },
		/* an rport that has a value is no wish (RFC 3581 3: without value); it is left as it is */
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport=777", "203.0.113.7:23201", "203.0.113.7:5060",
		  "via-port", "192.168.1.104:5060;branch=z9hG4bKa;rport=777;received=203.0.113.7" },
	};
	assert_rows("rport=on", rows, COUNT(rows));
}

TEST(a_server_that_does_not_know_rport_leaves_it_alone)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:5060",
		  "via-port", "192.168.1.104:5060;branch=z9hG4bKa;rport;received=203.0.113.7" },
		{ "203.0.113.7:5060;rport;branch=z9hG4bKa", "203.0.113.7:5060", "203.0.113.7:5060", "sent-by",
		  "203.0.113.7:5060;rport;branch=z9hG4bKa" },
	};
	assert_rows("rport=off", rows, COUNT(rows));
}

TEST(forced_rport_answers_to_the_source_though_nobody_asked)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:23201", "forced",
		  "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* the RFC's "MUST add received" is for those who asked; Kamailio's force_rport() does not add
		   it either */
		{ "203.0.113.7:5060;branch=z9hG4bKa", "203.0.113.7:50933", "203.0.113.7:50933", "forced",
		  "203.0.113.7:5060;branch=z9hG4bKa;rport=50933" },
		/* who asked gets it by right, and the rule says so */
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201",
		  "rport", "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* a value is replaced by the truth */
		{ "192.168.1.104:5060;rport=777;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:23201",
		  "forced", "192.168.1.104:5060;rport=23201;branch=z9hG4bKa;received=203.0.113.7" },
	};
	assert_rows("force-rport=on", rows, COUNT(rows));
}

TEST(auto_forces_rport_when_the_via_host_is_not_the_source)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:23201", "forced",
		  "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		{ "phone.example;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:23201", "forced",
		  "phone.example;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* no NAT in between: an asymmetric phone is spared */
		{ "203.0.113.7:5060;branch=z9hG4bKa", "203.0.113.7:50933", "203.0.113.7:5060", "sent-by",
		  "203.0.113.7:5060;branch=z9hG4bKa" },
	};
	assert_rows("force-rport=auto", rows, COUNT(rows));
}

TEST(rport_may_be_forced_for_some_users_only)
{
	static const struct {
		const char *user, *word;
	} rows[] = { { "100", "via-port" },
		     { "2006", "forced" },
		     { "2101", "forced" },
		     { "20", "via-port" },
		     { "20060", "via-port" } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "force-rport-for=2006+2101");
		const struct record *r =
			answer_to(lab, "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKa\n",
				  "203.0.113.7:23201", rows[i].user);
		assert_string_equal(r->fact->word, rows[i].word);
		lab_close(lab);
	}
}

TEST(a_received_that_the_client_wrote_is_replaced)
{
	static const struct row rows[] = {
		{ "192.168.1.104:5060;received=1.2.3.4;branch=z9hG4bKa", "203.0.113.7:23201",
		  "203.0.113.7:5060", "via-port", "192.168.1.104:5060;branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104:5060;branch=z9hG4bKa;received=1.2.3.4", "203.0.113.7:23201",
		  "203.0.113.7:5060", "via-port", "192.168.1.104:5060;branch=z9hG4bKa;received=203.0.113.7" },
		/* ours is not needed: then there is none */
		{ "203.0.113.7:5060;branch=z9hG4bKa;received=1.2.3.4", "203.0.113.7:5060", "203.0.113.7:5060",
		  "sent-by", "203.0.113.7:5060;branch=z9hG4bKa" },
		{ "192.168.1.104:5060;rport;received=1.2.3.4;branch=z9hG4bKa", "203.0.113.7:23201",
		  "203.0.113.7:23201", "rport",
		  "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=203.0.113.7" },
		/* twice, and with blanks around it */
		{ "192.168.1.104:5060;received=1.2.3.4;received=5.6.7.8;branch=z9hG4bKa", "203.0.113.7:1",
		  "203.0.113.7:5060", "via-port", "192.168.1.104:5060;branch=z9hG4bKa;received=203.0.113.7" },
		{ "192.168.1.104:5060 ; received = 1.2.3.4 ; branch=z9hG4bKa", "203.0.113.7:1",
		  "203.0.113.7:5060", "via-port",
		  "192.168.1.104:5060 ; branch=z9hG4bKa;received=203.0.113.7" },
	};
	assert_rows("", rows, COUNT(rows));
}

TEST(blanks_are_allowed_around_the_parts_of_a_via)
{
	assert_row("", &(struct row){ "192.168.1.104 : 5062 ;branch=z9hG4bKa", "203.0.113.7:23201",
				      "203.0.113.7:5062", "via-port",
				      "192.168.1.104 : 5062 ;branch=z9hG4bKa;received=203.0.113.7" });
}

TEST(a_sent_by_that_cannot_be_one_is_refused)
{
	static const char *const rows[] = {
		":5062;branch=z9hG4bKa",
		";branch=z9hG4bKa",
		"192.168.1.104:port;branch=z9hG4bKa",
		"192.168.1.104:0;branch=z9hG4bKa",
		"192.168.1.104:65536;branch=z9hG4bKa",
		"192.168.1.104:;branch=z9hG4bKa",
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		const char *line = arena_printf(lab->arena, "Via: SIP/2.0/UDP %s\n", rows[i]);
		lab_send(lab, "203.0.113.7:5060", "198.51.100.158:5060", request(lab, line, "100"));
		lab_run_ms(lab, 1);
		assert_dropped(lab, "server", "not a SIP message");
		assert_int_equal(lab_count(lab, "server", EVENT_SENT, NULL), 0);
		lab_close(lab);
	}
}

/* --- more than one Via ----------------------------------------------------------------- */

static const char *all_vias(const struct lab *lab, const struct record *r)
{
	const char *all = "";
	struct header_line h;
	uint32_t at = (uint32_t)strcspn(lab_text(r), "\n") + 1;
	while (siptext_header(lab_text(r), r->payload->len, &at, &h))
		if (siptext_named(lab_text(r), h.name, "Via", 'v'))
			all = arena_printf(lab->arena, "%s%.*s\n", all, h.value.len,
					   lab_text(r) + h.value.at);
	return all;
}

TEST(only_the_top_via_is_stamped_and_all_are_returned_in_order)
{
	static const struct {
		const char *vias;
	} rows[] = {
		{ "Via: SIP/2.0/UDP 192.168.1.104;rport;branch=z9hG4bKa\nVia: SIP/2.0/UDP "
		  "b;branch=z9hG4bKb\nv: SIP/2.0/TCP c;rport\n" },
		{ "Via: SIP/2.0/UDP 192.168.1.104;rport;branch=z9hG4bKa, SIP/2.0/UDP b;branch=z9hG4bKb, "
		  "SIP/2.0/TCP c;rport\n" },
		{ "v: SIP/2.0/UDP 192.168.1.104;rport;branch=z9hG4bKa,SIP/2.0/UDP "
		  "b;branch=z9hG4bKb\nVIA:SIP/2.0/TCP c;rport\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		const struct record *r = answer_to(lab, rows[i].vias, "203.0.113.7:23201", "100");
		assert_string_equal(
			all_vias(lab, r),
			"SIP/2.0/UDP 192.168.1.104;rport=23201;branch=z9hG4bKa;received=203.0.113.7\n"
			"SIP/2.0/UDP b;branch=z9hG4bKb\n"
			"SIP/2.0/TCP c;rport\n");
		lab_close(lab);
	}
}

/* --- the example of RFC 3581 6 --------------------------------------------------------- */

/*
 * 10.1.1.1:4540 -- NAT 192.0.2.1:9988 -- server. The RFC prints received, rport and branch in this order;
 * here rport stays where the client put it. The order of parameters means nothing (RFC 3261 19.1.4 for
 * URIs, 20.42).
 */
TEST(the_example_of_rfc_3581_comes_out_with_its_received_its_rport_and_its_destination)
{
	struct lab *lab = lab_with("", NULL, "");
	const struct record *r =
		answer_to(lab, "Via: SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff\n",
			  "192.0.2.1:9988", "user");
	assert_string_equal(lab_header(lab, r, "Via"),
			    "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1");
	assert_string_equal(lab_flow(lab, r), "198.51.100.158:5060 > 192.0.2.1:9988");
	assert_ptr_equal(r->fact, &fact_rule_rport);
	assert_string_equal(r->fact->clause, "RFC 3581 4");
	lab_close(lab);
}

/* Where the response goes is not changed by it: only phones that learn from it go wrong. */
TEST(a_server_may_stamp_its_own_address_or_none)
{
	static const struct row own[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201", "rport",
		  "192.168.1.104:5060;branch=z9hG4bKa;rport=23201;received=198.51.100.158" },
		{ "192.168.1.104:5060;branch=z9hG4bKa", "203.0.113.7:23201", "203.0.113.7:5060", "via-port",
		  "192.168.1.104:5060;branch=z9hG4bKa;received=198.51.100.158" },
	};
	static const struct row none[] = {
		{ "192.168.1.104:5060;branch=z9hG4bKa;rport", "203.0.113.7:23201", "203.0.113.7:23201", "rport",
		  "192.168.1.104:5060;branch=z9hG4bKa;rport=23201" },
	};
	assert_rows("rport=on received=own-address", own, COUNT(own));
	assert_rows("rport=on received=none", none, COUNT(none));
}

/* --- the decision alone ---------------------------------------------------------------- */

TEST(the_decision_needs_no_message)
{
	struct via via = { .numeric = true, .host = 0xC0A80168, .port = 5060 };
	struct endpoint source = { 0xCB007107, 23201 };
	struct via_policy policy = { .rport = true };

	struct via_reply r = via_reply_to(&via, source, &policy);
	assert_true(endpoint_equal(r.to, (struct endpoint){ 0xCB007107, 5060 }));
	assert_ptr_equal(r.rule, &fact_rule_via_port_other);
	assert_true(r.received);
	assert_false(r.rport);

	source.port = 5060; /* the router kept the port: the same rule, and it does not matter */
	assert_ptr_equal(via_reply_to(&via, source, &policy).rule, &fact_rule_via_port_same);

	policy.forced_user = true;
	r = via_reply_to(&via, source, &policy);
	assert_ptr_equal(r.rule, &fact_rule_forced);
	assert_string_equal(r.rule->clause, "outside RFC 3581");
	assert_true(r.rport);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_may_stamp_its_own_address_or_none),
		cmocka_unit_test(without_rport_a_response_goes_to_the_port_in_the_via),
		cmocka_unit_test(maddr_comes_before_everything_else),
		cmocka_unit_test(with_rport_a_response_goes_to_the_source),
		cmocka_unit_test(a_server_that_does_not_know_rport_leaves_it_alone),
		cmocka_unit_test(forced_rport_answers_to_the_source_though_nobody_asked),
		cmocka_unit_test(auto_forces_rport_when_the_via_host_is_not_the_source),
		cmocka_unit_test(rport_may_be_forced_for_some_users_only),
		cmocka_unit_test(a_received_that_the_client_wrote_is_replaced),
		cmocka_unit_test(blanks_are_allowed_around_the_parts_of_a_via),
		cmocka_unit_test(a_sent_by_that_cannot_be_one_is_refused),
		cmocka_unit_test(only_the_top_via_is_stamped_and_all_are_returned_in_order),
		cmocka_unit_test(
			the_example_of_rfc_3581_comes_out_with_its_received_its_rport_and_its_destination),
		cmocka_unit_test(the_decision_needs_no_message),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
