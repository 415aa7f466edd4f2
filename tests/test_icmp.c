/*
 * ICMP errors: who sends them, what they say, how they find their way through NATs, and what those who get
 * them make of it.
 */
#include <string.h>

#include "sim/icmp.h"
#include "tests/lab.h"
#include "tests/nat_table.h"

/* The last ICMP that arrived at `where`: "what it quotes" as "a > b". */
static const char *quoted(struct lab *lab, const char *where)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	const struct record *r =
		lab_nth(lab, where, EVENT_ARRIVED, "ICMP", lab_count(lab, where, EVENT_ARRIVED, "ICMP"));
	struct icmp_error e = icmp_read(&(struct packet){ .proto = PROTO_ICMP, .payload = r->payload });
	endpoint_print(e.src, src);
	endpoint_print(e.dst, dst);
	return arena_printf(lab->arena, "%s > %s", src, dst);
}

/* --- who sends what ---------------------------------------------------------------------------- */

TEST(who_does_not_listen_on_a_port_says_so_unless_it_is_told_not_to)
{
	static const struct row {
		struct lab_setup setup;
		const char *who, *at;
		int errors;
	} rows[] = {
		{ { .phone = "" }, "phone", "192.0.2.104:5999", 1 },
		{ { .phone = "" }, "phone", "192.0.2.104:5060", 0 },
		{ { .phone = "icmp=off" }, "phone", "192.0.2.104:5999", 0 },
		{ { .server = "" }, "server", "198.51.100.158:5999", 1 },
		{ { .server = "icmp=off" }, "server", "198.51.100.158:5999", 0 },
		{ { .gateway = "" }, "gateway", "192.168.1.2:5999", 1 },
		{ { .gateway = "icmp=off" }, "gateway", "192.168.1.2:5999", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&rows[i].setup);
		lab_send(lab, "192.0.2.1:5060", rows[i].at, "abc");
		lab_run_ms(lab, 100);
		assert_int_equal(lab_count(lab, rows[i].who, EVENT_SENT, "ICMP"), rows[i].errors);
		assert_int_equal(lab_count(lab, "probe", EVENT_ARRIVED, "ICMP"), rows[i].errors);
		lab_close(lab);
	}
}

TEST(a_router_says_so_inside_and_never_outside)
{
	static const struct row {
		const char *router, *dst, *from;
		bool inside;
	} rows[] = {
		/* a port of its own, and one outside that leads to nobody inside */
		{ "", "192.168.1.1:5060", "192.168.1.1 > 192.168.1.104:5060", true },
		{ "", "203.0.113.17:5070", "203.0.113.17 > 192.168.1.104:5060", true },
		{ "hairpin=outside-source", "203.0.113.17:5070", "203.0.113.17 > 192.168.1.104:5060", true },
		{ "icmp=off", "192.168.1.1:5060", NULL, true },
		{ "icmp=off", "203.0.113.17:5070", NULL, true },
		{ "", "203.0.113.17:5070", NULL, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", rows[i].router, "");
		if (rows[i].inside)
			lab_send_inside(lab, "192.168.1.104:5060", rows[i].dst, "abc");
		else
			lab_send(lab, "192.0.2.1:5060", rows[i].dst, "abc");
		lab_run_ms(lab, 100);
		assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, "forged"), 1);
		assert_int_equal(lab_count(lab, NULL, EVENT_SENT, "ICMP"), rows[i].from != NULL);
		if (rows[i].from)
			assert_string_equal(lab_flow(lab, lab_nth(lab, "phone", EVENT_ARRIVED, "ICMP", 1)),
					    rows[i].from);
		lab_close(lab);
	}
}

static uint32_t sum_of(const unsigned char *bytes, size_t len)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	return (sum & 0xFFFF) + (sum >> 16);
}

TEST(an_error_is_the_bytes_of_rfc_792)
{
	struct lab *lab = lab_with("", NULL, "");
	lab_send(lab, "192.0.2.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 100);
	const struct record *r = lab_nth(lab, "server", EVENT_SENT, "ICMP", 1);
	const unsigned char *m = (const unsigned char *)r->payload->bytes;
	static const unsigned char head[] = { 3, 3 }, nothing[] = { 0, 0, 0, 0 };
	/* version and length, size 31, id 1, no DF */
	static const unsigned char ip[] = { 0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17 };
	static const unsigned char ends[] = { 192,	 0,	     2,		104,	    198, 51, 100, 158,
					      5060 >> 8, 5060 & 255, 5999 >> 8, 5999 & 255, 0,	 11, 0,	  0 };
	assert_int_equal(r->payload->len, 36);
	assert_memory_equal(m, head, sizeof head);
	assert_memory_equal(m + 4, nothing, sizeof nothing);
	assert_memory_equal(m + 8, ip, sizeof ip);
	assert_memory_equal(m + 20, ends, sizeof ends);
	assert_int_equal(sum_of(m, 36), 0xFFFF);
	assert_int_equal(sum_of(m + 8, 20), 0xFFFF);
	assert_int_equal(r->parent, 1);
	lab_close(lab);
}

/* --- through NATs (RFC 5508) ------------------------------------------------------------------- */

#define RANDOM "ports=random next-ports=23201"

TEST(an_error_about_what_went_out_speaks_inside_of_the_inside_ends)
{
	struct lab *lab = lab_with("", RANDOM, "");
	lab_send_inside(lab, "192.168.1.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 100);
	assert_string_equal(quoted(lab, "router/wan"), "203.0.113.17:23201 > 198.51.100.158:5999");
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 198.51.100.158:5999");
	const struct record *r = lab_nth(lab, "phone", EVENT_ARRIVED, "ICMP", 1);
	assert_string_equal(lab_flow(lab, r), "198.51.100.158 > 192.168.1.104:5060");
	assert_int_equal(sum_of((const unsigned char *)r->payload->bytes, 36), 0xFFFF);
	lab_close(lab);
}

TEST(an_error_about_what_came_in_speaks_outside_of_the_outside_ends)
{
	/* the answer goes to the port that the phone sends from, where it does not listen */
	struct lab *lab = lab_with("send-port=ephemeral rport=off", RANDOM, "force-rport=on");
	lab_register(lab);
	lab_run_ms(lab, 100);
	assert_string_equal(quoted(lab, "server"), "198.51.100.158:5060 > 203.0.113.17:23201");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_ARRIVED, "ICMP", 1)),
			    "203.0.113.17 > 198.51.100.158:5060");
	lab_close(lab);
}

TEST(an_error_passes_two_nats)
{
	struct lab *lab = lab_new(&(struct lab_setup){ .router = "ports=random next-ports=23201",
						       .carrier = "ports=random next-ports=40001" });
	lab_send_inside(lab, "192.168.1.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 200);
	assert_string_equal(quoted(lab, "carrier/wan"), "203.0.113.17:40001 > 198.51.100.158:5999");
	assert_string_equal(quoted(lab, "router/wan"), "100.64.0.2:23201 > 198.51.100.158:5999");
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 198.51.100.158:5999");
	lab_close(lab);
}

TEST(an_error_goes_back_through_a_hairpin)
{
	struct lab *lab =
		lab_with("", "hairpin=outside-source filtering=endpoint-independent " RANDOM "+23202", "");
	lab_add_phone(lab, "other", "192.168.1.105", "");
	lab_send_inside(lab, "192.168.1.105:5999", "198.51.100.158:5060",
			"abc"); /* 23201, from where it does not listen */
	lab_run_ms(lab, 100);
	lab_send_inside(lab, "192.168.1.104:5060", "203.0.113.17:23201", "abc");
	lab_run_ms(lab, 200);
	assert_string_equal(quoted(lab, "router/lan"), "203.0.113.17:23202 > 192.168.1.105:5999");
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 203.0.113.17:23201");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "phone", EVENT_ARRIVED, "ICMP", 1)),
			    "203.0.113.17 > 192.168.1.104:5060");
	lab_close(lab);
}

/* A tunnel translates nothing, and so neither what an error speaks of. */
TEST(an_error_passes_a_tunnel_as_it_is)
{
	struct lab *lab = lab_with("", "", "");
	struct prefix inside;
	assert_true(prefix_parse("192.168.1.0/24", 14, &inside));
	assert_null(router_tunnel(lab->router, NULL, inside, server_iface(lab->server)));
	lab_send_inside(lab, "192.168.1.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 100);
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 198.51.100.158:5999");
	lab_close(lab);
}

static void forge_error(struct lab *lab, const char *src, const char *dst)
{
	struct packet about = {
		.proto = PROTO_UDP,
		.src = endpoint_of(src),
		.dst = endpoint_of(dst),
		.payload = payload_new(lab->world->payloads, 3),
	};
	icmp_send(&lab->probe_iface, lab->probe_iface.host, &about, ICMP_PORT_UNREACHABLE, 0);
	payload_unref(lab->world->payloads, about.payload);
}

TEST(an_error_about_nothing_that_passed_is_dropped)
{
	struct lab *lab = lab_with("", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 100);
	forge_error(lab, "203.0.113.17:23201", "198.51.100.158:5061");
	forge_error(lab, "203.0.113.17:23202", "198.51.100.158:5060");
	lab_run_ms(lab, 200);
	assert_int_equal(lab_count(lab, "router/wan", EVENT_DROPPED, "ICMP"), 2);
	assert_dropped(lab, "router/wan", "is about nothing that passed here");
	/* from where the error comes does not matter: any host on the way may send it */
	forge_error(lab, "203.0.113.17:23201", "198.51.100.158:5060");
	lab_run_ms(lab, 300);
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 198.51.100.158:5060");
	lab_close(lab);
}

static const struct fact *error_in(struct nat *n, usec now, struct nat_path about, struct nat_path *out)
{
	return nat_error_inbound(n, now, about, out);
}

static const struct fact *error_out(struct nat *n, usec now, struct nat_path about, struct nat_path *out)
{
	return nat_error_outbound(n, now, about, out);
}

#define A    "192.168.1.104:5060"
#define S    "198.51.100.1:5060"
#define S2   "198.51.100.2:6060"
#define A_AT "203.0.113.17:23201"

/* RFC 4787 REQ-12: no ICMP message ends a mapping; RFC 5508 3.2: none renews one. */
TEST(an_error_neither_renews_nor_ends_a_flow)
{
	struct table *t = table_with(RANDOM " udp-timeout.first=60s udp-timeout.stream=60s");
	assert_string_equal(out_at(t, 0, A, S), A_AT);
	assert_string_equal(through_at(t, 50000, error_in, A_AT, S), A " > " S);
	assert_string_equal(through_at(t, 50000, error_out, S, A), S " > " A_AT);
	assert_string_equal(in_at(t, 59000, S, A_AT), A);
	assert_string_equal(through_at(t, 110000, error_in, A_AT, S), A " > " S);
	assert_string_equal(in_at(t, 120000, S, A_AT), "mapping-expired");
	assert_string_equal(through_at(t, 120000, error_in, A_AT, S), "unrelated");
	assert_string_equal(through_at(t, 120000, error_out, S, A), "unrelated");
	table_free(t);
}

TEST(an_error_about_whom_only_the_filter_let_in_goes_out_to_him)
{
	struct table *t = table_with(RANDOM " filtering=endpoint-independent");
	assert_string_equal(out_at(t, 0, A, S), A_AT);
	assert_string_equal(in_at(t, 1, S2, A_AT), A);
	assert_string_equal(through_at(t, 2, error_out, S2, A), S2 " > " A_AT);
	table_free(t);
	t = table_with(RANDOM " filtering=address-dependent");
	assert_string_equal(out_at(t, 0, A, S), A_AT);
	assert_string_equal(through_at(t, 2, error_out, S2, A), "unrelated");
	table_free(t);
}

TEST(the_mtu_of_a_carrier_is_learned_through_the_router_at_home)
{
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = "df=learns", .router = RANDOM, .carrier = "mtu=300", .server = "auth=none" });
	lab_register(lab);
	lab_run_ms(lab, 700);
	assert_noted(lab, "phone", "registered", 582);
	assert_int_equal(lab_count(lab, "carrier/lan", EVENT_SENT, "ICMP"), 1);
	assert_string_equal(quoted(lab, "phone"), "192.168.1.104:5060 > 198.51.100.158:5060");
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 3); /* whole, then in two */
	lab_close(lab);
}

/* --- what it means to a request (RFC 3261 8.1.3.1) ---------------------------------------------- */

TEST(who_heeds_an_error_fails_at_once_and_who_does_not_waits_in_vain)
{
	static const struct row {
		const char *phone, *server, *sentence;
		int64_t ms;
	} rows[] = {
		{ "heeds-icmp=on", "", "registration failed, status 503", 42 },
		{ "heeds-icmp=off", "", "gives up: no final response", 32000 },
		{ "heeds-icmp=on", "icmp=off", "gives up: no final response", 32000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .phone = rows[i].phone,
							       .router = RANDOM,
							       .server = rows[i].server,
							       .phone_asks = "198.51.100.158:5999" });
		lab_register(lab);
		lab_run_ms(lab, 33000);
		assert_noted(lab, "phone", rows[i].sentence, rows[i].ms);
		lab_close(lab);
	}
}

TEST(a_call_to_where_nobody_listens_is_over_at_once_for_who_heeds_an_error)
{
	for (int heeds = 0; heeds <= 1; heeds++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .phone = heeds ? "heeds-icmp=on" : "",
							       .router = RANDOM,
							       .phone_asks = "198.51.100.158:5999" });
		phone_call(lab->phone, SPAN("200"), world_story(lab->world));
		lab_run_ms(lab, 40000);
		assert_noted(lab, "phone",
			     heeds ? "its call failed, status 503" : "its call failed: no final response",
			     heeds ? 42 : 32000);
		assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "INVITE"), heeds ? 1 : 7);
		lab_close(lab);
	}
}

TEST(a_phone_that_was_told_tries_again_after_its_pause)
{
	struct lab *lab = lab_new(&(struct lab_setup){ .phone = "heeds-icmp=on register.retry=10s",
						       .phone_asks = "198.51.100.158:5999" });
	lab_register(lab);
	lab_run_ms(lab, 25000);
	assert_sent(lab, "phone", "REGISTER", "0.000 10.040 20.080");
	assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, "ICMP"), 3);
	lab_close(lab);
}

TEST(an_error_about_a_datagram_to_somebody_else_ends_nothing)
{
	struct lab *lab = lab_with("heeds-icmp=on", NULL, "auth=none");
	lab_register(lab);
	lab_send(lab, "192.0.2.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 100);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "ICMP"), 1);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "200"), 1);
	lab_close(lab);
}

TEST(a_server_that_heeds_errors_knows_at_once_that_a_phone_does_not_listen)
{
	for (int heeds = 0; heeds <= 1; heeds++) {
		struct lab *lab = lab_with("send-port=ephemeral rport=off", NULL,
					   heeds ? "heeds-icmp=on auth=none stored-contact=source"
						 : "auth=none stored-contact=source");
		lab_register(lab);
		lab_run_ms(lab, 1000);
		server_options(lab->server, "100", 3, world_story(lab->world));
		lab_run_ms(lab, 40000);
		assert_noted(lab, "server", "OPTIONS was not answered", heeds ? 1040 : 33000);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_listen_on_a_port_says_so_unless_it_is_told_not_to),
		cmocka_unit_test(a_router_says_so_inside_and_never_outside),
		cmocka_unit_test(an_error_is_the_bytes_of_rfc_792),
		cmocka_unit_test(an_error_about_what_went_out_speaks_inside_of_the_inside_ends),
		cmocka_unit_test(an_error_about_what_came_in_speaks_outside_of_the_outside_ends),
		cmocka_unit_test(an_error_passes_two_nats),
		cmocka_unit_test(an_error_goes_back_through_a_hairpin),
		cmocka_unit_test(an_error_passes_a_tunnel_as_it_is),
		cmocka_unit_test(an_error_about_nothing_that_passed_is_dropped),
		cmocka_unit_test(an_error_neither_renews_nor_ends_a_flow),
		cmocka_unit_test(an_error_about_whom_only_the_filter_let_in_goes_out_to_him),
		cmocka_unit_test(the_mtu_of_a_carrier_is_learned_through_the_router_at_home),
		cmocka_unit_test(who_heeds_an_error_fails_at_once_and_who_does_not_waits_in_vain),
		cmocka_unit_test(a_call_to_where_nobody_listens_is_over_at_once_for_who_heeds_an_error),
		cmocka_unit_test(a_phone_that_was_told_tries_again_after_its_pause),
		cmocka_unit_test(an_error_about_a_datagram_to_somebody_else_ends_nothing),
		cmocka_unit_test(a_server_that_heeds_errors_knows_at_once_that_a_phone_does_not_listen),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
