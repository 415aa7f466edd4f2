/*
 * ALGs at work in a router: what they rewrite of a registration, how long flows live, what they open, what
 * they drop.
 *
 * The phone is 192.168.1.104:5060, the router 203.0.113.17, its next outside port 23201, the server
 * 198.51.100.158:5060.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lab.h"

#define RANDOM "ports=random next-ports=23201+23202+23203+23204 mapping=address-and-port-dependent"
#define STRICT "rport=off force-rport=off"

static struct lab *lab_alg_with(const char *phone, const char *router, const char *alg, const char *server)
{
	return lab_new(&(struct lab_setup){ .phone = phone, .router = router, .alg = alg, .server = server });
}

/* --- a registration -------------------------------------------------------------------- */

static void assert_header(const struct lab *lab, const struct record *r, const char *name, const char *value)
{
	const char *found = lab_header(lab, r, name);
	if (!found || strcmp(found, value) != 0)
		lab_fail(lab, "%s is %s and not %s", name, found ? found : "missing", value);
}

/* The value up to its branch, which chance has drawn. */
static void assert_via(const struct lab *lab, const struct record *r, const char *sent_by, const char *behind)
{
	const char *via = lab_header(lab, r, "Via"), *more = strchr(strstr(via, "branch="), ';');
	assert_string_equal(arena_copy(lab->arena, via, strcspn(via, ";")),
			    arena_printf(lab->arena, "SIP/2.0/UDP %s", sent_by));
	assert_string_equal(more ? more : "", behind);
}

TEST(linux_writes_the_outside_into_requests_and_the_inside_into_responses)
{
	struct lab *lab = lab_alg_with("rport=on", RANDOM, "linux", "rport=on");
	lab_register(lab);
	lab_run_ms(lab, 500);
	const struct record *request = lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 2);
	assert_via(lab, request, "203.0.113.17:23201", ";rport");
	assert_header(lab, request, "Contact", "<sip:100@203.0.113.17:23201>");
	const struct record *answer = lab_nth(lab, "server", EVENT_SENT, "200", 1);
	assert_via(lab, answer, "203.0.113.17:23201", ";rport=23201;received=203.0.113.17");
	const struct record *home = lab_nth(lab, "phone", EVENT_ARRIVED, "200", 1);
	assert_via(lab, home, "192.168.1.104:5060", ";rport=5060;received=192.168.1.104");
	assert_header(lab, home, "Contact", "<sip:100@192.168.1.104:5060>;expires=3600");
	lab_close(lab);
}

/* Both versions stay in the trace; the later one says what became of the earlier one. */
TEST(a_rewritten_datagram_points_at_what_it_was_and_says_what_changed)
{
	struct lab *lab = lab_alg_with("rport=off", RANDOM, "linux", STRICT);
	lab_register(lab);
	lab_run_ms(lab, 100);
	const struct record *before = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *after = lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 1);
	assert_int_equal(after->parent, before->id);
	assert_int_equal(before->payload->changes, 0);
	assert_non_null(strstr(lab_text(before), "Via: SIP/2.0/UDP 192.168.1.104:5060;"));
	assert_int_equal(after->payload->changes, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct change *c = &payload_changes(after->payload)[i];
		assert_memory_equal(lab_text(before) + c->old_at, "192.168.1.104:5060", c->old_len);
		assert_memory_equal(lab_text(after) + c->at, "203.0.113.17:23201", c->len);
	}
	lab_close(lab);
}

TEST(what_no_edit_applies_to_goes_on_as_the_same_payload)
{
	static const char *const algs[] = { "alg-a", "alg-b", "pin-5060" };
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct lab *lab = lab_alg_with("rport=on", RANDOM, algs[i], "");
		lab_register(lab);
		lab_run_ms(lab, 500);
		assert_ptr_equal(lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2)->payload,
				 lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 2)->payload);
		assert_ptr_equal(lab_nth(lab, "server", EVENT_SENT, "200", 1)->payload,
				 lab_nth(lab, "phone", EVENT_ARRIVED, "200", 1)->payload);
		lab_close(lab);
	}
}

/* Columns: without rport, with rport, with forced rport, with force-rport auto */
TEST(each_variant_lets_a_phone_register_or_not)
{
	static const struct {
		const char *alg, *works; /* one letter per column: + or - */
	} rows[] = {
		{ "alg-a", "-+++" },
		{ "alg-b", "++++" },
		{ "alg-c", "++++" },
		{ "alg-d", "++++" },
		/* the address is right and the port is not: asking for rport helps, a server that looks at
		   addresses does not */
		{ "alg-e", "-++-" },
		/* nothing is restored, and a strict phone discards the answer */
		{ "alg-f", "----" },
		{ "alg-g", "++++" },
		/* rport is taken out, so asking for it does not help */
		{ "alg-h", "--+-" },
		{ "linux", "++++" },
		{ "via-port-only", "++++" },
		{ "pin-5060", "++++" },
	};
	static const struct {
		const char *phone, *server;
	} columns[] = {
		{ "rport=off via-check=strict", "rport=on force-rport=off" },
		{ "rport=on via-check=strict", "rport=on force-rport=off" },
		{ "rport=off via-check=strict", "rport=on force-rport=on" },
		{ "rport=off via-check=strict", "rport=on force-rport=auto" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(columns); k++) {
			struct lab *lab =
				lab_alg_with(columns[k].phone, RANDOM, rows[i].alg, columns[k].server);
			lab_register(lab);
			lab_run_ms(lab, 5000);
			bool works = rows[i].works[k] == '+';
			int finals = lab_count(lab, "phone", EVENT_ARRIVED, "200");
			if (strchr(rows[i].alg, 'f') && !works)
				assert_dropped(lab, "phone", "the top Via is not the one it wrote");
			else if ((finals > 0) != works)
				lab_fail(lab, "%s, column %zu: %d answers", rows[i].alg, k + 1, finals);
			lab_close(lab);
		}
}

TEST(a_phone_that_takes_any_via_registers_behind_alg_f)
{
	struct lab *lab = lab_alg_with("rport=off via-check=branch", RANDOM, "alg-f", STRICT);
	lab_register(lab);
	lab_run_ms(lab, 500);
	assert_noted(lab, "phone", "registered", 84);
	lab_close(lab);
}

/* --- which datagrams ------------------------------------------------------------------- */

static const char *via_at_server(const char *alg, const char *server_at, const char *phone)
{
	static char text[128];
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = phone, .router = RANDOM, .alg = alg, .server = STRICT, .server_at = server_at });
	lab_register(lab);
	lab_run_ms(lab, 100);
	const char *via = lab_header(lab, lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1), "Via");
	snprintf(text, sizeof text, "%.*s", (int)strcspn(via, ";"), via);
	lab_close(lab);
	return text + strlen("SIP/2.0/UDP ");
}

TEST(an_alg_looks_at_its_ports_only)
{
	assert_string_equal(via_at_server("linux", NULL, "rport=off"), "203.0.113.17:23201");
	assert_string_equal(via_at_server("linux", "198.51.100.158:5080", "rport=off"), "192.168.1.104:5060");
	assert_string_equal(
		via_at_server("linux trigger.server-ports=5060+5080", "198.51.100.158:5080", "rport=off"),
		"203.0.113.17:23201");
	assert_string_equal(
		via_at_server("linux trigger.phone-ports=5060", "198.51.100.158:5080", "rport=off"),
		"203.0.113.17:23201");
	assert_string_equal(via_at_server("linux", NULL, "rport=off listen-port=5062"), "203.0.113.17:23201");
}

/* What it would have written rightly into a request, had it looked at its port. */
TEST(an_alg_says_what_it_would_have_made_right_at_a_port_at_which_it_does_not_look)
{
	static const struct {
		const char *alg, *server_at;
		unsigned idle;
	} rows[] = {
		{ "linux", "198.51.100.158:5080", ALG_IDLE_VIA | ALG_IDLE_CONTACT },
		{ "alg-c", "198.51.100.158:5080", ALG_IDLE_VIA },
		/* half of it would have been wrong */
		{ "alg-e", "198.51.100.158:5080", 0 },
		{ "alg-a", "198.51.100.158:5080", 0 },
		/* it looks there */
		{ "linux", NULL, 0 },
		{ "linux trigger.server-ports=5060+5080", "198.51.100.158:5080", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&(struct lab_setup){
			.phone = "rport=on", .router = RANDOM, .alg = rows[i].alg, .server = STRICT, .server_at = rows[i].server_at });
		unsigned idle = 0;
		lab_register(lab);
		lab_run_ms(lab, 200);
		for (int n = lab_count(lab, "router/lan", EVENT_NOTE, NULL); n > 0; n--) {
			const struct record *r = lab_nth(lab, "router/lan", EVENT_NOTE, NULL, n);
			idle |= r->fact == &fact_alg_elsewhere ? (unsigned)r->value : 0;
		}
		if (idle != rows[i].idle)
			lab_fail(lab, "row %zu: %s would have helped with %u", i, rows[i].alg, idle);
		lab_close(lab);
	}
}

/* --- somebody inside and somebody outside who say what the test wants ------------------- */

#define HOST	"192.168.1.110"
#define PEER	"192.0.2.1" /* where the lab's probe is */
#define OUTSIDE "203.0.113.17"

struct host {
	struct node node;
	struct iface iface;
};

static void host_receive(struct node *n, struct iface *in, const struct packet *p)
{
	(void)n, (void)in, (void)p;
}

static void host_build(struct lab *lab, const char *name, const char *address)
{
	static const struct node_ops ops = { .kind = "host", .receive = host_receive };
	static const struct wire wire = { .mtu = MTU_USUAL };
	struct host *host = arena_alloc(lab->arena, sizeof *host);
	node_init(&host->node, lab->world, &ops, name, 0);
	host->iface = (struct iface){ .node = &host->node, .wire = &wire };
	network_attach(lab->lan, &host->iface, endpoint_of(address));
}

static struct lab *lab_with_host(const char *router, const char *alg)
{
	struct lab *lab = lab_alg_with("", router, alg, "");
	host_build(lab, "host", HOST);
	return lab;
}

static const char *message(const struct lab *lab, const char *start, const char *via, const char *cseq,
			   const char *more)
{
	return arena_printf(lab->arena,
			    "%s\nVia: SIP/2.0/UDP %s;branch=z9hG4bK1\nFrom: <sip:2006@lab.example>;tag=1\n"
			    "To: <sip:3001@lab.example>\nCall-ID: 1@host\nCSeq: %s\n%s",
			    start, via, cseq, more);
}

static const char *sdp(const struct lab *lab, const char *address, uint32_t port)
{
	return arena_printf(lab->arena,
			    "Content-Type: application/sdp\n\nv=0\no=- 1 1 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 "
			    "0\nm=audio %u RTP/AVP 0\n",
			    address, address, port);
}

static int arrived(const struct lab *lab, const char *where)
{
	return lab_count(lab, where, EVENT_ARRIVED, "forged");
}

/* The text that arrived last there. */
static const char *last_text(const struct lab *lab, const char *where)
{
	return lab_text(lab_nth(lab, where, EVENT_ARRIVED, "forged", arrived(lab, where)));
}

static const char *last_source(const struct lab *lab, const char *where)
{
	const char *flow = lab_flow(lab, lab_nth(lab, where, EVENT_ARRIVED, "forged", arrived(lab, where)));
	return arena_copy(lab->arena, flow, strcspn(flow, " "));
}

/* Sends from outside and says whether it got in. */
static bool gets_in(struct lab *lab, const char *where, const char *src, const char *dst, const char *text)
{
	int before = arrived(lab, where);
	lab_send(lab, src, dst, text);
	lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
	return arrived(lab, where) > before;
}

static void say(struct lab *lab, const char *src, const char *dst, const char *text)
{
	lab_send_inside(lab, src, dst, text);
	lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
}

/* --- how long flows live ---------------------------------------------------------------- */

/* Measured on Linux 6.18: whatever has a payload, either way, sets 3600 s; an empty datagram falls back to the NAT's own
 * lifetime. */
TEST(what_has_a_payload_renews_a_flow_for_as_long_as_the_alg_says)
{
	static const struct {
		const char *alg, *last; /* what is sent last */
		bool from_outside;
		int64_t lives, dead; /* after so many seconds */
	} rows[] = {
		{ "linux", "SIP/2.0", false, 3599, 3601 },
		{ "linux", "\n\n", false, 3599, 3601 },
		{ "linux", "\n\n", true, 3599, 3601 },
		{ "linux", "x", true, 3599, 3601 },
		{ "linux", "", false, 11, 13 },
		{ "linux", "", true, 11, 13 },
		{ "linux keepalive-refreshes=off", "\n\n", false, 11, 13 },
		{ "linux keepalive-refreshes=off", "OPTIONS sip:a@b SIP/2.0", false, 3599, 3601 },
		{ "linux sip-flow=0s", "OPTIONS sip:a@b SIP/2.0", false, 11, 13 },
		{ "linux trigger.server-ports=5070", "\n\n", false, 11, 13 },
		{ "alg-h", "\n\n", false, 59, 61 },
		{ "alg-d", "\n\n", false, 11, 13 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int dead = 0; dead < 2; dead++) {
			char alg[80];
			snprintf(alg, sizeof alg, "%s on-unparsable=pass", rows[i].alg);
			struct lab *lab = lab_with_host("udp-timeout.first=12s udp-timeout.stream=12s", alg);
			lab_send_inside(lab, HOST ":5060", PEER ":5060", "\n\n");
			lab_run_ms(lab, 1000);
			if (rows[i].from_outside)
				lab_send(lab, PEER ":5060", OUTSIDE ":5060", rows[i].last);
			else
				lab_send_inside(lab, HOST ":5060", PEER ":5060", rows[i].last);
			lab_run_ms(lab, 1000 + 1000 * (dead ? rows[i].dead : rows[i].lives));
			if (gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060", "\n\n") == dead)
				lab_fail(lab, "row %zu: %s after %lld s", i, dead ? "lives" : "is dead",
					 (long long)(dead ? rows[i].dead : rows[i].lives));
			lab_close(lab);
		}
}

/* Who comes in by the filter of a flow has none of its own. */
#define OPEN "ports=random next-ports=23201 mapping=endpoint-independent filtering=endpoint-independent"

TEST(a_flow_is_renewed_by_what_comes_in_by_its_filter)
{
	struct lab *lab = lab_with_host(OPEN " udp-timeout.first=12s udp-timeout.stream=12s", "linux");
	lab_send_inside(lab, HOST ":5060", PEER ":5060", "\n\n");
	lab_run_ms(lab, 1000);
	assert_true(gets_in(lab, "host", "192.0.2.9:5060", OUTSIDE ":23201", "\n\n"));
	lab_run_ms(lab, 1000 + 3599 * 1000);
	assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":23201", "\n\n"));
	lab_close(lab);
}

/* --- ports ------------------------------------------------------------------------------- */

TEST(an_alg_may_choose_the_ports_of_sip_flows_by_itself)
{
	static const struct {
		const char *alg, *to, *outside;
	} rows[] = {
		{ "alg-a", PEER ":5060", OUTSIDE ":23201" },	{ "alg-b", PEER ":5060", OUTSIDE ":5062" },
		{ "alg-b", PEER ":5080", OUTSIDE ":23201" },	{ "pin-5060", PEER ":5060", OUTSIDE ":5060" },
		{ "pin-5060", PEER ":5080", OUTSIDE ":23201" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(RANDOM, rows[i].alg);
		say(lab, HOST ":5062", rows[i].to, "\n\n");
		assert_string_equal(last_source(lab, "probe"), rows[i].outside);
		lab_close(lab);
	}
}

TEST(a_pinned_port_is_taken_from_who_holds_it)
{
	struct lab *lab = lab_with_host(RANDOM, "pin-5060");
	host_build(lab, "other", "192.168.1.111");
	say(lab, HOST ":5060", PEER ":5060", "\n\n");
	assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060", "\n\n"));
	say(lab, "192.168.1.111:5060", PEER ":5060", "\n\n");
	assert_string_equal(last_source(lab, "probe"), OUTSIDE ":5060");
	assert_false(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060", "\n\n"));
	assert_true(gets_in(lab, "other", PEER ":5060", OUTSIDE ":5060", "\n\n"));
	lab_close(lab);
}

/* --- a phone that sends from one port and listens on another ----------------------------- */

/* Measured: with a server that answers the source it registers, with one that answers the Via port it does
 * not. */
TEST(answers_to_an_asymmetric_phone_are_sent_to_the_port_in_its_via)
{
	static const struct {
		const char *alg, *server;
		bool works;
	} rows[] = {
		{ "linux", "force-rport=on", true },
		{ "linux", "force-rport=off", false },
		{ "linux asymmetric-repair=off", "force-rport=on", false },
		{ "alg-d", "force-rport=on", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_alg_with("rport=off send-port=ephemeral-each", RANDOM, rows[i].alg,
					       rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 3000);
		assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "200") > 0, rows[i].works);
		lab_close(lab);
	}
}

/* Measured (p4-r3-s2): Via is left alone, Contact gets the outside end of the flow, and the answer's rport is
 * left alone. */
TEST(the_contact_of_an_asymmetric_phone_gets_the_outside_end_of_its_flow)
{
	struct lab *lab =
		lab_alg_with("rport=off send-port=ephemeral-each", RANDOM, "linux", "force-rport=on");
	lab_register(lab);
	lab_run_ms(lab, 3000);
	const struct record *request = lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 2);
	assert_via(lab, request, "192.168.1.104:5060", "");
	assert_header(lab, request, "Contact", "<sip:100@203.0.113.17:23202>");
	const struct record *answer = lab_nth(lab, "phone", EVENT_ARRIVED, "200", 1);
	assert_via(lab, answer, "192.168.1.104:5060", ";rport=23202;received=203.0.113.17");
	assert_header(lab, answer, "Contact", "<sip:100@192.168.1.104:5060>;expires=3600");
	assert_true(gets_in(lab, "phone", "198.51.100.158:5091", OUTSIDE ":23202", "\n\n"));
	lab_close(lab);
}

/* --- the pinhole of a registration --------------------------------------------------------- */

#define OPTIONS_TO_PHONE                                                                                     \
	"OPTIONS sip:100@203.0.113.17:23201 SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.158:5091;branch=z9hG4bK1\n" \
	"From: <sip:probe@198.51.100.158>;tag=1\nTo: <sip:100@203.0.113.17:23201>\nCall-ID: probe\nCSeq: 1 " \
	"OPTIONS\n\n"

/* Measured: another port of the registrar reaches the phone, another address does not; Request-URI and To are
 * restored. */
TEST(after_a_registration_the_registrar_may_call_from_any_port)
{
	struct lab *lab = lab_alg_with("rport=off", RANDOM, "linux", STRICT);
	lab_register(lab);
	lab_run_ms(lab, 50);
	assert_false(gets_in(lab, "phone", "198.51.100.158:5091", OUTSIDE ":23201",
			     OPTIONS_TO_PHONE)); /* 200 is not there yet */
	lab_run_ms(lab, 500);
	assert_false(gets_in(lab, "phone", "198.51.100.159:5060", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	assert_true(gets_in(lab, "phone", "198.51.100.158:5091", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	assert_non_null(strstr(last_text(lab, "phone"), "OPTIONS sip:100@192.168.1.104:5060 SIP/2.0\r\n"));
	assert_non_null(strstr(last_text(lab, "phone"), "To: <sip:100@192.168.1.104:5060>\r\n"));
	/* and the answer goes back to that port from the same one */
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "200", 1)),
			    "203.0.113.17:23201 > 198.51.100.158:5091");
	lab_close(lab);
}

TEST(anyone_may_call_when_the_alg_says_so)
{
	struct lab *lab = lab_alg_with("rport=off", RANDOM, "linux pinhole.signalling-from=anyone", STRICT);
	lab_register(lab);
	lab_run_ms(lab, 500);
	assert_true(gets_in(lab, "phone", "198.51.100.159:1234", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	lab_close(lab);
}

TEST(an_unregistration_or_a_restart_closes_the_pinhole)
{
	struct lab *lab = lab_alg_with("rport=off", RANDOM, "linux", STRICT);
	lab_register(lab);
	lab_run_ms(lab, 500);
	lab_unregister(lab);
	lab_run_ms(lab, 1000);
	assert_false(gets_in(lab, "phone", "198.51.100.158:5091", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	lab_register(lab);
	lab_run_ms(lab, 2000);
	assert_true(gets_in(lab, "phone", "198.51.100.158:5091", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	router_restart(lab->router);
	assert_false(gets_in(lab, "phone", "198.51.100.158:5092", OUTSIDE ":23201", OPTIONS_TO_PHONE));
	lab_close(lab);
}

static const char *register_of(const struct lab *lab, const char *contact)
{
	return message(lab, "REGISTER sip:lab.example SIP/2.0", HOST ":5060", "1 REGISTER",
		       arena_printf(lab->arena, "Contact: %s\n\n", contact));
}

static const char *registered(const struct lab *lab, const char *status, const char *more)
{
	return message(lab, arena_printf(lab->arena, "SIP/2.0 %s", status), OUTSIDE ":5060", "1 REGISTER",
		       arena_printf(lab->arena, "%s\n", more));
}

TEST(a_pinhole_is_open_from_the_2xx_on_for_as_long_as_that_grants)
{
	static const struct {
		const char *contact, *status, *more;
		const char *open;    /* an outside end */
		int64_t opens, shut; /* seconds after the answer; 0: never opens */
	} rows[] = {
		{ "<sip:a@" HOST ":5060>", "200 OK", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n",
		  OUTSIDE ":5060", 59, 61 },
		{ "<sip:a@" HOST ">", "200 OK", "Contact: <sip:a@" OUTSIDE ">\nExpires: 60\n",
		  OUTSIDE ":5060", 59, 61 },
		/* among others of the same user */
		{ "<sip:a@" HOST ":5060>", "200 OK",
		  "m: <sip:a@192.0.2.9>;expires=9, <sip:a@" OUTSIDE ":5060>;expires=60\n", OUTSIDE ":5060",
		  59, 61 },
		/* a Contact at another port than the flow's gets that port outside */
		{ "<sip:a@" HOST ":5062>", "200 OK", "Contact: <sip:a@" OUTSIDE ":5062>;expires=60\n",
		  OUTSIDE ":5062", 59, 61 },
		/* not granted, not ours, refused, not yet */
		{ "<sip:a@" HOST ":5060>", "200 OK", "", OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" HOST ":5060>", "200 OK", "Contact: <sip:a@" OUTSIDE ":5060>;expires=0\n",
		  OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" HOST ":5060>", "200 OK", "Contact: <sip:a@192.0.2.9>;expires=60\n",
		  OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" HOST ":5060>", "403 Forbidden", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n",
		  OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" HOST ":5060>", "100 Trying", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n",
		  OUTSIDE ":5060", 0, 1 },
		/* a third party, a public address, a removal */
		{ "<sip:a@192.168.1.111:5060>", "200 OK", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n",
		  OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" OUTSIDE ":5060>", "200 OK", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n",
		  OUTSIDE ":5060", 0, 1 },
		{ "<sip:a@" HOST ":5060>;expires=0", "200 OK",
		  "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n", OUTSIDE ":5060", 0, 1 },
		{ "*", "200 OK", "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n", OUTSIDE ":5060", 0, 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int shut = 0; shut < 2; shut++) {
			struct lab *lab = lab_with_host("", "linux");
			int64_t after = shut ? rows[i].shut : rows[i].opens;
			say(lab, HOST ":5060", PEER ":5060", register_of(lab, rows[i].contact));
			assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060",
					    registered(lab, rows[i].status, rows[i].more)));
			lab_run_ms(lab, 200 + 1000 * after);
			bool open = gets_in(lab, "host", PEER ":5091", rows[i].open, "\n\n");
			if (open != (!shut && rows[i].opens > 0))
				lab_fail(lab, "row %zu is %s after %lld s", i, open ? "open" : "shut",
					 (long long)after);
			lab_close(lab);
		}
}

/* A late answer to the REGISTER before; its own 2xx comes afterwards. */
TEST(a_late_answer_does_not_close_what_a_later_request_has_opened)
{
	struct lab *lab = lab_with_host("", "linux");
	const char *contact = "Contact: <sip:a@" HOST ":5060>\n\n";
	const char *opened = "Contact: <sip:a@" OUTSIDE ":5060>;expires=60\n\n";
	say(lab, HOST ":5060", PEER ":5060",
	    message(lab, "REGISTER sip:lab.example SIP/2.0", HOST ":5060", "1 REGISTER", contact));
	say(lab, HOST ":5060", PEER ":5060",
	    message(lab, "REGISTER sip:lab.example SIP/2.0", HOST ":5060", "2 REGISTER", contact));
	assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060",
			    message(lab, "SIP/2.0 401 Unauthorized", OUTSIDE ":5060", "1 REGISTER", "\n")));
	assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060",
			    message(lab, "SIP/2.0 200 OK", OUTSIDE ":5060", "1 REGISTER", opened)));
	assert_false(gets_in(lab, "host", PEER ":5091", OUTSIDE ":5060", "\n\n"));
	assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060",
			    message(lab, "SIP/2.0 200 OK", OUTSIDE ":5060", "2 REGISTER", opened)));
	assert_true(gets_in(lab, "host", PEER ":5091", OUTSIDE ":5060", "\n\n"));
	lab_close(lab);
}

TEST(a_flow_has_so_many_pinholes_for_signalling_at_once)
{
	static const struct {
		const char *alg;
		bool both;
	} rows[] = {
		{ "linux", false },
		{ "linux pinhole.max-signalling=2", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host("", rows[i].alg);
		say(lab, HOST ":5060", PEER ":5060", register_of(lab, "<sip:a@" HOST ":5062>"));
		say(lab, HOST ":5060", PEER ":5060", register_of(lab, "<sip:a@" HOST ":5064>"));
		assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":5060",
				    registered(lab, "200 OK",
					       "Contact: <sip:a@" OUTSIDE ":5062>;expires=60, <sip:a@" OUTSIDE
					       ":5064>;expires=60\n")));
		assert_true(gets_in(lab, "host", PEER ":5091", OUTSIDE ":5064", "\n\n"));
		assert_int_equal(gets_in(lab, "host", PEER ":5091", OUTSIDE ":5062", "\n\n"), rows[i].both);
		lab_close(lab);
	}
}

/* Linux: any port above, measured on 6.18. */
TEST(a_port_that_is_promised_to_another_is_passed_over_or_the_register_is_dropped)
{
	static const struct {
		const char *alg;
		uint32_t low, high; /* what the second one gets; 0: it is dropped */
	} rows[] = {
		{ "linux pinhole.port-busy=increment", 5063, 5063 },
		{ "linux pinhole.port-busy=drop", 0, 0 },
		{ "linux", 5064, 65535 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host("collision=share", rows[i].alg);
		host_build(lab, "other", "192.168.1.111");
		say(lab, HOST ":5060", PEER ":5060", register_of(lab, "<sip:a@" HOST ":5062>"));
		assert_non_null(strstr(last_text(lab, "probe"), "Contact: <sip:a@" OUTSIDE ":5062>"));
		say(lab, "192.168.1.111:5060", PEER ":5060", register_of(lab, "<sip:a@192.168.1.111:5062>"));
		if (rows[i].low)
			assert_in_range(
				strtoul(strstr(last_text(lab, "probe"), "Contact: <sip:a@" OUTSIDE ":") +
						strlen("Contact: <sip:a@" OUTSIDE ":"),
					NULL, 10),
				rows[i].low, rows[i].high);
		else
			assert_dropped(lab, "router/lan", "the ALG has promised its port to another flow");
		lab_close(lab);
	}
}

/* --- the pinholes of a call ------------------------------------------------------------------ */

static void invite(struct lab *lab, const char *host, const char *media, uint32_t port)
{
	say(lab, arena_printf(lab->arena, "%s:5060", host), PEER ":5060",
	    message(lab, "INVITE sip:3001@lab.example SIP/2.0", arena_printf(lab->arena, "%s:5060", host),
		    "1 INVITE", sdp(lab, media, port)));
}

static bool answer(struct lab *lab, const char *status, const char *media, uint32_t port)
{
	return gets_in(lab, "host", PEER ":5060", last_source(lab, "probe"),
		       message(lab, arena_printf(lab->arena, "SIP/2.0 %s", status), last_source(lab, "probe"),
			       "1 INVITE", port ? sdp(lab, media, port) : "\n"));
}

/* Measured: media from the server passes before the phone has sent anything. */
TEST(sdp_opens_rtp_and_rtcp_for_the_address_that_signals)
{
	struct lab *lab = lab_with_host(RANDOM, "linux");
	invite(lab, HOST, HOST, 16384);
	assert_non_null(strstr(last_text(lab, "probe"),
			       "c=IN IP4 203.0.113.17\r\nt=0 0\r\nm=audio 16384 RTP/AVP 0\r\n"));
	assert_false(gets_in(lab, "host", "192.0.2.2:30000", OUTSIDE ":16384", "audio"));
	assert_false(gets_in(lab, "host", PEER ":30000", OUTSIDE ":16386", "audio"));
	assert_true(gets_in(lab, "host", PEER ":30000", OUTSIDE ":16384", "audio"));
	assert_true(gets_in(lab, "host", PEER ":30001", OUTSIDE ":16385", "control"));
	assert_string_equal(lab_flow(lab, lab_nth(lab, "host", EVENT_ARRIVED, "forged", 1)),
			    PEER ":30000 > " HOST ":16384");
	lab_close(lab);
}

TEST(a_media_pinhole_stays_open_unused_for_its_time)
{
	for (int late = 0; late < 2; late++) {
		struct lab *lab = lab_with_host(RANDOM, "linux");
		invite(lab, HOST, HOST, 16384);
		lab_run_ms(lab, late ? 180100 : 179900);
		assert_int_equal(gets_in(lab, "host", PEER ":30000", OUTSIDE ":16384", "audio"), !late);
		lab_close(lab);
	}
}

/* Measured: so the phone's RTP leaves from the port in its SDP even where ports are random, but only towards
 * the address that signals. */
TEST(what_the_phone_sends_to_the_media_of_the_other_leaves_from_the_port_that_it_advertised)
{
	static const struct {
		const char *alg, *media;
		const char *source;
	} rows[] = {
		{ "linux", PEER, OUTSIDE ":16384" },
		{ "linux", "192.0.2.2", OUTSIDE ":23202" },
		{ "linux pinhole.media-from=anyone", "192.0.2.2", OUTSIDE ":16384" },
		{ "alg-d", PEER, OUTSIDE ":23202" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(RANDOM, rows[i].alg);
		network_attach(lab->internet, &lab->probe_iface, endpoint_of("192.0.2.2"));
		invite(lab, HOST, HOST, 16384);
		assert_true(answer(lab, "200 OK", rows[i].media, 30000));
		say(lab, HOST ":16384", arena_printf(lab->arena, "%s:30000", rows[i].media), "audio");
		assert_string_equal(last_source(lab, "probe"), rows[i].source);
		lab_close(lab);
	}
}

TEST(a_bye_a_failure_or_a_new_invite_closes_the_pinholes_of_its_flow)
{
	static const struct {
		const char *alg, *what;
		bool stays;
	} rows[] = {
		{ "linux", "bye", false },
		{ "linux", "bye inside", false },
		{ "linux", "failure", false },
		{ "linux", "failure of an earlier invite", true },
		{ "linux", "invite", false },
		{ "linux", "progress", true },
		{ "linux", "cancel", true }, /* what closes them is the 487 */
		{ "linux", "bye of another flow", true },
		{ "linux pinhole.close-on-bye=off", "bye", true },
		{ "linux pinhole.close-on-bye=off", "failure", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(RANDOM, rows[i].alg);
		const char *what = rows[i].what;
		invite(lab, HOST, HOST, 16384);
		const char *bye = message(lab, "BYE sip:a@b SIP/2.0", "192.0.2.1", "2 BYE", "\n");
		if (!strcmp(what, "bye"))
			assert_true(gets_in(lab, "host", PEER ":5060", last_source(lab, "probe"), bye));
		else if (!strcmp(what, "bye inside"))
			say(lab, HOST ":5060", PEER ":5060", bye);
		else if (!strcmp(what, "bye of another flow"))
			say(lab, HOST ":5062", PEER ":5060", bye);
		else if (!strcmp(what, "failure"))
			assert_true(answer(lab, "486 Busy Here", NULL, 0));
		else if (!strcmp(what, "failure of an earlier invite"))
			assert_true(gets_in(lab, "host", PEER ":5060", last_source(lab, "probe"),
					    message(lab, "SIP/2.0 407 Again", last_source(lab, "probe"),
						    "0 INVITE", "\n")));
		else if (!strcmp(what, "cancel"))
			say(lab, HOST ":5060", PEER ":5060", message(lab, "CANCEL sip:a@b SIP/2.0", "192.0.2.1", "1 CANCEL", "\n"));
		else if (!strcmp(what, "progress"))
			assert_true(answer(lab, "180 Ringing", NULL, 0));
		else
			invite(lab, HOST, HOST, 16388);
		bool open = gets_in(lab, "host", PEER ":30000", OUTSIDE ":16384", "audio");
		if (open != rows[i].stays)
			lab_fail(lab, "row %zu is %s", i, open ? "open" : "shut");
		lab_close(lab);
	}
}

/* Of a call whose INVITE had no offer. */
TEST(an_answer_in_the_ack_opens_pinholes_as_well)
{
	struct lab *lab = lab_with_host(RANDOM, "linux");
	say(lab, HOST ":5060", PEER ":5060", message(lab, "INVITE sip:a@b SIP/2.0", HOST ":5060", "1 INVITE", "\n"));
	assert_false(gets_in(lab, "host", PEER ":30000", OUTSIDE ":16384", "audio"));
	say(lab, HOST ":5060", PEER ":5060",
	    message(lab, "ACK sip:a@b SIP/2.0", HOST ":5060", "1 ACK", sdp(lab, HOST, 16384)));
	assert_true(gets_in(lab, "host", PEER ":30000", OUTSIDE ":16384", "audio"));
	lab_close(lab);
}

/* Measured: the second of two phones with the same RTP port in calls at once loses its message without a
 * word. */
TEST(media_ports_that_are_promised_to_another_flow_end_the_message_or_move)
{
	struct lab *lab = lab_with_host(RANDOM, "linux");
	host_build(lab, "other", "192.168.1.111");
	invite(lab, HOST, HOST, 16384);
	invite(lab, "192.168.1.111", "192.168.1.111", 16384);
	assert_dropped(lab, "router/lan", "the ALG has promised its port to another flow");
	assert_int_equal(arrived(lab, "probe"), 1);
	/* once the first call has ended, the second one may have the ports */
	say(lab, HOST ":5060", PEER ":5060",
	    message(lab, "BYE sip:a@b SIP/2.0", HOST ":5060", "2 BYE", "\n"));
	invite(lab, "192.168.1.111", "192.168.1.111", 16384);
	assert_int_equal(arrived(lab, "probe"), 3);
	lab_close(lab);

	lab = lab_with_host(RANDOM, "linux pinhole.media-busy=increment");
	host_build(lab, "other", "192.168.1.111");
	invite(lab, HOST, HOST, 16384);
	invite(lab, "192.168.1.111", "192.168.1.111", 16384);
	assert_non_null(strstr(last_text(lab, "probe"), "m=audio 16386 RTP/AVP 0\r\n"));
	assert_true(gets_in(lab, "other", PEER ":30000", OUTSIDE ":16386", "audio"));
	assert_string_equal(lab_flow(lab, lab_nth(lab, "other", EVENT_ARRIVED, "forged", 1)),
			    PEER ":30000 > 192.168.1.111:16384");
	lab_close(lab);
}

/* As in Linux, net/netfilter/nf_conntrack_sip.c: what is looked for is the pinhole for RTP. */
TEST(what_another_flow_has_opened_towards_the_other_side_need_not_be_opened_again)
{
	for (int used = 0; used < 2; used++) {
		struct lab *lab = lab_with_host(RANDOM, "linux");
		invite(lab, HOST, HOST, 16384);
		assert_true(answer(lab, "200 OK", PEER, 30000));
		size_t before = nat_expectations(router_nat(lab->router), world_now(lab->world));
		if (used)
			say(lab, HOST ":16384", PEER ":30000", "audio");
		say(lab, HOST ":5062", PEER ":5060",
		    message(lab, "INVITE sip:3001@lab.example SIP/2.0", HOST ":5062", "1 INVITE", sdp(lab, HOST, 16388)));
		assert_int_equal(answer(lab, "200 OK", PEER, 30000), !used);
		assert_int_equal(nat_expectations(router_nat(lab->router), world_now(lab->world)), before + 2 - (size_t)used);
		if (used)
			assert_dropped(lab, "router/wan", "the ALG has promised its port to another flow");
		lab_close(lab);
	}
}

/* RTP is not left open for a message that is dropped because RTCP was refused. */
TEST(rtp_and_rtcp_are_opened_both_or_neither)
{
	static const struct {
		const char *alg;
		size_t open;
	} rows[] = { { "linux", 2 }, { "linux pinhole.media-busy=increment", 4 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(RANDOM, rows[i].alg);
		host_build(lab, "other", "192.168.1.111");
		invite(lab, HOST, HOST, 16384);
		invite(lab, "192.168.1.111", "192.168.1.111", 16383);
		assert_int_equal(nat_expectations(router_nat(lab->router), world_now(lab->world)),
				 rows[i].open);
		lab_close(lab);
	}
}

TEST(a_call_that_comes_in_by_the_filter_opens_its_pinholes_for_the_flow_that_let_it_in)
{
	static const char *const algs[] = { "linux", "linux asymmetric-repair=off" };
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct lab *lab = lab_with_host(OPEN, algs[i]);
		say(lab, HOST ":5060", "198.51.100.158:5060", "\n\n");
		assert_true(gets_in(lab, "host", PEER ":5060", OUTSIDE ":23201",
				    message(lab, "INVITE sip:2006@" HOST " SIP/2.0", PEER ":5060", "1 INVITE",
					    sdp(lab, PEER, 30000))));
		assert_int_equal(nat_expectations(router_nat(lab->router), world_now(lab->world)), 2);
		say(lab, HOST ":16384", PEER ":30000", "audio");
		assert_string_equal(last_source(lab, "probe"), OUTSIDE ":16384");
		assert_true(
			gets_in(lab, "host", PEER ":5060", OUTSIDE ":23201",
				message(lab, "BYE sip:2006@" HOST " SIP/2.0", PEER ":5060", "2 BYE", "\n")));
		assert_int_equal(nat_expectations(router_nat(lab->router), world_now(lab->world)), 0);
		lab_close(lab);
	}
}

/* --- what it cannot read ------------------------------------------------------------------------ */

TEST(what_an_alg_cannot_read_passes_or_is_dropped)
{
	static const struct {
		const char *alg, *text;
		bool passes;
	} rows[] = {
		{ "linux", "REGISTER sip:a SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.110:5060\n\n", false },
		{ "linux on-unparsable=pass",
		  "REGISTER sip:a SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.110:5060\n\n", true },
		{ "alg-f", "REGISTER sip:a SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.110:5060\n\n", true },
		/* what does not look like SIP is none of its business, unless it looks at everything */
		{ "linux", "\n\n", true },
		{ "linux", "audio", true },
		{ "linux trigger.needs-sip-text=off", "audio", false },
		/* a keepalive says nothing (RFC 5626 4.4.1), and there is nothing in it to be misread */
		{ "linux trigger.needs-sip-text=off", "\n\n", true },
		{ "linux trigger.needs-sip-text=off", "", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(RANDOM, rows[i].alg);
		say(lab, HOST ":5060", PEER ":5060", rows[i].text);
		assert_int_equal(arrived(lab, "probe"), rows[i].passes);
		if (rows[i].passes)
			assert_string_equal(last_text(lab, "probe"), lab_crlf(lab, rows[i].text));
		else
			assert_dropped(lab, "router/lan", "the ALG drops what it cannot read");
		lab_close(lab);
	}
}

/* Linux: media without any c= line, and media below port 1024. */
TEST(sdp_that_it_cannot_make_sense_of_counts_as_unreadable)
{
	static const char *const bodies[] = {
		"v=0\ns=-\nm=audio 16384 RTP/AVP 0\n",
		"v=0\nc=IN IP4 192.168.1.110\nm=audio 1022 RTP/AVP 0\n",
	};
	for (size_t i = 0; i < COUNT(bodies); i++)
		for (int pass = 0; pass < 2; pass++) {
			struct lab *lab = lab_with_host(RANDOM, pass ? "linux on-unparsable=pass" : "linux");
			say(lab, HOST ":5060", PEER ":5060",
			    message(lab, "INVITE sip:3001@lab.example SIP/2.0", HOST ":5060", "1 INVITE",
				    arena_printf(lab->arena, "Content-Type: application/sdp\n\n%s",
						 bodies[i])));
			assert_int_equal(arrived(lab, "probe"), pass);
			lab_close(lab);
		}
}

TEST(fragments_that_the_router_passes_are_left_alone_or_dropped)
{
	static const struct {
		const char *router, *alg;
		const char *via; /* NULL: nothing arrives */
	} rows[] = {
		{ RANDOM " fragments=pass", "linux", "Via: SIP/2.0/UDP " HOST ":5060;" },
		{ RANDOM " fragments=pass", "linux fragments=drop", NULL },
		{ RANDOM " fragments=reassemble", "linux fragments=drop",
		  "Via: SIP/2.0/UDP " OUTSIDE ":23201;" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with_host(rows[i].router, rows[i].alg);
		char filler[2001] = "";
		memset(filler, 'x', sizeof filler - 1);
		say(lab, HOST ":5060", PEER ":5060",
		    message(lab, "OPTIONS sip:3001@lab.example SIP/2.0", HOST ":5060", "1 OPTIONS",
			    arena_printf(lab->arena, "Subject: %s\n\n", filler)));
		if (rows[i].via)
			assert_non_null(strstr(last_text(lab, "probe"), rows[i].via));
		else
			assert_int_equal(lab_count(lab, "router/wan", EVENT_SENT, "forged"), 0);
		lab_close(lab);
	}
}

TEST(what_does_not_fit_in_a_datagram_any_more_is_dropped)
{
	struct lab *lab = lab_with_host(RANDOM, "linux");
	const char *head = message(lab, "OPTIONS sip:a@b SIP/2.0", HOST ":5060", "1 OPTIONS",
				   "Contact: <sip:a@" HOST ">\nSubject: ");
	size_t rest = PAYLOAD_MAX - strlen(lab_crlf(lab, head)) - 4;
	char *filler = arena_alloc(lab->arena, rest + 1);
	memset(filler, 'x', rest);
	lab_send_inside(lab, HOST ":5060", PEER ":5060", arena_printf(lab->arena, "%s%s\n\n", head, filler));
	lab_run_ms(lab, 1000);
	assert_dropped(lab, "router/lan", "what the ALG makes of it fits in no datagram");
	lab_close(lab);
}

/* --- two routers in a row ------------------------------------------------------------------------ */

/* Measured, behind a carrier's router with random ports: one ALG of two is as good as none; two chain. */
TEST(one_alg_of_two_is_as_good_as_none_and_two_chain)
{
	static const struct {
		const char *home, *carrier, *server;
		const char *via, *contact; /* as the server sees them */
		bool works;
		const char *back; /* in the Via that comes home, behind its branch */
	} rows[] = {
		{ "linux", NULL, STRICT, "100.64.0.2:1111", "<sip:100@100.64.0.2:1111>", false, NULL },
		{ NULL, "linux", STRICT, "192.168.1.104:5060", "<sip:100@192.168.1.104:5060>", false, NULL },
		{ "linux", "linux", STRICT, "203.0.113.17:2222", "<sip:100@203.0.113.17:2222>", true, "" },
		{ "linux", "linux", "rport=on", "203.0.113.17:2222", "<sip:100@203.0.113.17:2222>", true,
		  ";rport=5060;received=192.168.1.104" },
		/* a server that forces rport answers the source, whatever the Via says */
		{ "linux", NULL, "force-rport=on", "100.64.0.2:1111", "<sip:100@100.64.0.2:1111>", true,
		  ";rport=2222;received=203.0.113.17" },
		{ NULL, "linux", "force-rport=on", "192.168.1.104:5060", "<sip:100@192.168.1.104:5060>", true,
		  ";rport=2222;received=203.0.113.17" },
		/* what is not its own mapping an ALG does not undo */
		{ "linux", NULL, "rport=on", "100.64.0.2:1111", "<sip:100@100.64.0.2:1111>", true,
		  ";rport=2222;received=203.0.113.17" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&(struct lab_setup){
			.phone = strcmp(rows[i].server, "rport=on") ? "rport=off" : "rport=on",
			.router = "ports=random next-ports=1111",
			.alg = rows[i].home,
			.carrier = "ports=random next-ports=2222",
			.carrier_alg = rows[i].carrier,
			.server = rows[i].server,
		});
		lab_register(lab);
		lab_run_ms(lab, 3000);
		const struct record *seen = lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1);
		assert_non_null(
			strstr(lab_header(lab, seen, "Via"), arena_printf(lab->arena, " %s;", rows[i].via)));
		assert_header(lab, seen, "Contact", rows[i].contact);
		assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "200") > 0, rows[i].works);
		if (rows[i].works)
			assert_via(lab, lab_nth(lab, "phone", EVENT_ARRIVED, "200", 1), "192.168.1.104:5060",
				   rows[i].back);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_writes_the_outside_into_requests_and_the_inside_into_responses),
		cmocka_unit_test(a_rewritten_datagram_points_at_what_it_was_and_says_what_changed),
		cmocka_unit_test(what_no_edit_applies_to_goes_on_as_the_same_payload),
		cmocka_unit_test(each_variant_lets_a_phone_register_or_not),
		cmocka_unit_test(a_phone_that_takes_any_via_registers_behind_alg_f),
		cmocka_unit_test(an_alg_looks_at_its_ports_only),
		cmocka_unit_test(an_alg_says_what_it_would_have_made_right_at_a_port_at_which_it_does_not_look),
		cmocka_unit_test(a_flow_has_so_many_pinholes_for_signalling_at_once),
		cmocka_unit_test(what_has_a_payload_renews_a_flow_for_as_long_as_the_alg_says),
		cmocka_unit_test(a_flow_is_renewed_by_what_comes_in_by_its_filter),
		cmocka_unit_test(an_alg_may_choose_the_ports_of_sip_flows_by_itself),
		cmocka_unit_test(a_pinned_port_is_taken_from_who_holds_it),
		cmocka_unit_test(answers_to_an_asymmetric_phone_are_sent_to_the_port_in_its_via),
		cmocka_unit_test(the_contact_of_an_asymmetric_phone_gets_the_outside_end_of_its_flow),
		cmocka_unit_test(after_a_registration_the_registrar_may_call_from_any_port),
		cmocka_unit_test(anyone_may_call_when_the_alg_says_so),
		cmocka_unit_test(an_unregistration_or_a_restart_closes_the_pinhole),
		cmocka_unit_test(a_pinhole_is_open_from_the_2xx_on_for_as_long_as_that_grants),
		cmocka_unit_test(
			a_port_that_is_promised_to_another_is_passed_over_or_the_register_is_dropped),
		cmocka_unit_test(a_late_answer_does_not_close_what_a_later_request_has_opened),
		cmocka_unit_test(sdp_opens_rtp_and_rtcp_for_the_address_that_signals),
		cmocka_unit_test(a_media_pinhole_stays_open_unused_for_its_time),
		cmocka_unit_test(
			what_the_phone_sends_to_the_media_of_the_other_leaves_from_the_port_that_it_advertised),
		cmocka_unit_test(a_bye_a_failure_or_a_new_invite_closes_the_pinholes_of_its_flow),
		cmocka_unit_test(an_answer_in_the_ack_opens_pinholes_as_well),
		cmocka_unit_test(media_ports_that_are_promised_to_another_flow_end_the_message_or_move),
		cmocka_unit_test(what_another_flow_has_opened_towards_the_other_side_need_not_be_opened_again),
		cmocka_unit_test(
			a_call_that_comes_in_by_the_filter_opens_its_pinholes_for_the_flow_that_let_it_in),
		cmocka_unit_test(rtp_and_rtcp_are_opened_both_or_neither),
		cmocka_unit_test(what_an_alg_cannot_read_passes_or_is_dropped),
		cmocka_unit_test(sdp_that_it_cannot_make_sense_of_counts_as_unreadable),
		cmocka_unit_test(fragments_that_the_router_passes_are_left_alone_or_dropped),
		cmocka_unit_test(what_does_not_fit_in_a_datagram_any_more_is_dropped),
		cmocka_unit_test(one_alg_of_two_is_as_good_as_none_and_two_chain),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
