/*
 * ALGs at work in a router: what they rewrite of a registration, how long flows live, what they open, what
 * they drop.
 *
 * The phone is 192.168.1.104:5060, the router 203.0.113.17, its next outside port 23201, the server
 * 198.51.100.158:5060.
 */
#include <stdio.h>
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

/* alg-taxonomy's first columns: without rport, with rport, with forced rport, with force-rport auto */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_writes_the_outside_into_requests_and_the_inside_into_responses),
		cmocka_unit_test(a_rewritten_datagram_points_at_what_it_was_and_says_what_changed),
		cmocka_unit_test(what_no_edit_applies_to_goes_on_as_the_same_payload),
		cmocka_unit_test(each_variant_lets_a_phone_register_or_not),
		cmocka_unit_test(a_phone_that_takes_any_via_registers_behind_alg_f),
		cmocka_unit_test(an_alg_looks_at_its_ports_only),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
