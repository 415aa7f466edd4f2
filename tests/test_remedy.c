#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "models/sip.h"
#include "scenarios/lab.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

/** A scenario that was read, and the lab of one of its cells. */
struct built {
	struct loading *loading;
	struct world *world;
	struct lab lab;
	uint32_t choice[1];
};

static const char cures[] = "models:\n"
			    "  other: {like: plain, rport: on, listen-port: 5062, user-agent: other}\n"
			    "  gate: {kind: gateway}\n"
			    "  replace: {kind: remedy, phone: other}\n"
			    "  silence: {kind: remedy, phones: {rport: off}, routers: {ports: random, "
			    "udp-timeout: {first: 7s}}}\n"
			    "  gateway: {kind: remedy, gateway: gate}\n"
			    "  low: {kind: remedy, routers: {port-range: {from: 1024, to: 4000}}}\n"
			    "  opt-in: {kind: remedy, force-rport-opt-in: on}\n"
			    "  tunnel: {kind: remedy, routers: {vpn-to: all}}\n"
			    "do: [{wait: 1s}]\n"
			    "expect: [{no-misdelivery: any, result: works}]\n"
			    "servers: {pbx: {model: pbx-1}}\n";

static struct built *built_with(const char *nodes)
{
	struct arena *a = arena_new();
	const char *text = arena_printf(a, "viaport: 1\nname: cured\n%s%s", cures, nodes);
	struct loading *l = load_text(text);
	if (l->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(l));
	struct built *b = arena_alloc(l->arena, sizeof *b);
	b->loading = l;
	b->world = world_new(l->arena, &(struct world_setup){ .seed = 1 });
	sip_setup(b->world, false);
	lab_build(&b->lab, b->world, l->scenario, b->choice);
	arena_free(a);
	return b;
}

static void built_free(struct built *b)
{
	loading_free(b->loading);
}

/** The group with this name; NULL when there is none. */
static const struct lab_group *group(const struct built *b, const char *name)
{
	for (uint32_t i = 0; i < b->lab.n_groups; i++)
		if (strcmp(b->lab.groups[i].spec->name, name) == 0)
			return &b->lab.groups[i];
	return NULL;
}

TEST(another_phone_takes_over_account_and_place_and_nothing_else)
{
	struct built *b =
		built_with("phones:\n"
			   "  a: {model: shy, behind: home, user: u7, password: p, domain: d.example,\n"
			   "      address: 192.168.1.9, rport: off, send-port: ephemeral}\n"
			   "routers: {home: {model: box}}\n"
			   "remedy: replace\n");
	const struct phone_profile *p = group(b, "a")->profile;
	assert_null(b->lab.trouble);
	assert_string_equal(p->user, "u7");
	assert_string_equal(p->password, "p");
	assert_string_equal(p->domain, "d.example");
	assert_int_equal(phone_iface(group(b, "a")->phones[0])->host, 0xC0A80109u);
	assert_true(p->rport);
	assert_int_equal(p->send_port, SEND_SAME);
	assert_int_equal(p->listen_port, 5062);
	built_free(b);
}

TEST(remedies_come_after_what_the_file_gives_and_one_after_the_other)
{
	struct built *b = built_with("phones: {a: {model: plain, behind: home, rport: on}}\n"
				     "routers: {home: {model: box, ports: preserve, udp-timeout: 40s}}\n"
				     "remedy: [silence, replace]\n");
	const struct phone_profile *phone = group(b, "a")->profile;
	const struct router_profile *router = group(b, "home")->profile;
	assert_string_equal(phone->user_agent, "other");
	assert_false(phone->rport);
	assert_int_equal(router->nat.ports, PORTS_RANDOM);
	assert_int_equal(router->nat.first, 7 * SEC);
	assert_int_equal(router->nat.stream, 40 * SEC);
	built_free(b);
}

TEST(a_gateway_comes_behind_every_router_with_phones_and_without_one_of_its_own)
{
	struct built *b = built_with(
		"phones: {a: {model: plain, behind: home, count: 3}, b: {model: plain}}\n"
		"routers: {home: {model: box, count: 3}, empty: {model: box}, ready: {model: box}}\n"
		"gateways: {own: {model: gate, behind: ready}}\n"
		"remedy: gateway\n");
	const struct lab_group *added = group(b, "home-gateway");
	assert_null(b->lab.trouble);
	assert_int_equal(b->lab.n_groups, b->loading->scenario->n_nodes + 1);
	assert_int_equal(added->spec->count, 3);
	assert_int_equal(gateway_iface(added->gateways[2])->host, 0xC0A80102u);
	assert_ptr_equal(gateway_iface(added->gateways[2])->network,
			 phone_iface(group(b, "a")->phones[2])->network);
	built_free(b);
}

/* The lab cannot be built, for a reason in which `trouble` stands; NULL: it can. */
static void assert_trouble(const struct built *b, const char *trouble)
{
	if (!trouble) {
		assert_null(b->lab.trouble);
		return;
	}
	assert_non_null(b->lab.trouble);
	assert_non_null(strstr(b->lab.trouble, trouble));
}

TEST(a_gateway_in_a_small_network_leaves_the_phones_theirs)
{
	static const struct {
		const char *inside, *phones; /* knobs of the phones */
		const char *trouble;	     /* NULL: all find room */
	} rows[] = {
		{ "192.168.7.0/25", "count: 5", NULL },
		{ "192.168.7.0/28", "count: 12", NULL },
		{ "192.168.7.0/28", "count: 13", "no address left" },
		{ "192.168.7.0/29", "count: 3, address: 192.168.7.2", NULL },
		{ "192.168.7.0/29", "count: 5, address: 192.168.7.2", "no address left" },
		{ "192.168.7.0/30", "count: 1", "no address left" },
		{ "192.168.7.0/24", "count: 252, address: 192.168.7.2", NULL },
		{ "192.168.7.0/24", "count: 253, address: 192.168.7.2", "no address left" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct built *b = built_with(arena_printf(a, "phones: {a: {model: plain, behind: home, %s}}\n"
							     "routers: {home: {model: box, inside: %s}}\n"
							     "remedy: gateway\n",
							  rows[i].phones, rows[i].inside));
		print_message("           %s, %s\n", rows[i].inside, rows[i].phones);
		assert_trouble(b, rows[i].trouble);
		built_free(b);
		arena_free(a);
	}
}

TEST(an_opt_in_names_the_phones_that_need_it_and_can_stand_it)
{
	struct built *b = built_with("phones:\n"
				     "  a: {model: shy, count: 2, user: u8}\n"
				     "  b: {model: plain, user: asks}\n"
				     "  c: {model: shy, user: elsewhere, send-port: ephemeral-each}\n"
				     "remedy: opt-in\n");
	const struct list *users =
		&((const struct server_profile *)group(b, "pbx")->profile)->force_rport_for;
	const char *const *user = users->items;
	assert_int_equal(users->n, 2);
	assert_string_equal(user[0], "u8");
	assert_string_equal(user[1], "u82");
	built_free(b);
}

TEST(what_a_remedy_changes_must_fit_what_the_file_gives)
{
	static const struct {
		const char *router, *trouble;
	} rows[] = {
		{ "port-block: 64", NULL },
		{ "port-block: 5000", "'port-block' is larger than 'port-range'" },
		{ "low-port-range: {from: 600, to: 1023}", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct built *b = built_with(arena_printf(a, "phones: {a: {model: plain, behind: home}}\n"
							     "routers: {home: {model: box, %s}}\n"
							     "remedy: low\n", rows[i].router));
		print_message("           %s\n", rows[i].router);
		assert_trouble(b, rows[i].trouble);
		built_free(b);
		arena_free(a);
	}
}

TEST(tunnels_of_routers_behind_routers_pass_each_other)
{
	struct built *b = built_with("phones: {a: {model: plain, behind: inner}, b: {model: plain, behind: home}}\n"
				     "routers: {home: {model: box}, inner: {model: box, behind: home}}\n"
				     "remedy: tunnel\n");
	assert_null(b->lab.trouble);
	built_free(b);
}

TEST(two_networks_with_the_same_addresses_cannot_both_have_a_tunnel)
{
	struct built *b = built_with("phones: {a: {model: plain, behind: home}}\n"
				     "routers: {home: {model: box}, office: {model: box}}\n"
				     "remedy: tunnel\n");
	assert_string_equal(b->lab.trouble,
			    "office can have no tunnel to pbx, which has a tunnel to a network with "
			    "the same addresses already");
	built_free(b);
}

TEST(different_networks_can)
{
	struct built *b =
		built_with("phones: {a: {model: plain, behind: home}}\n"
			   "routers: {home: {model: box}, office: {model: box, inside: 192.168.7.0/24}}\n"
			   "remedy: tunnel\n");
	assert_null(b->lab.trouble);
	built_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_phone_takes_over_account_and_place_and_nothing_else),
		cmocka_unit_test(remedies_come_after_what_the_file_gives_and_one_after_the_other),
		cmocka_unit_test(a_gateway_comes_behind_every_router_with_phones_and_without_one_of_its_own),
		cmocka_unit_test(a_gateway_in_a_small_network_leaves_the_phones_theirs),
		cmocka_unit_test(an_opt_in_names_the_phones_that_need_it_and_can_stand_it),
		cmocka_unit_test(what_a_remedy_changes_must_fit_what_the_file_gives),
		cmocka_unit_test(tunnels_of_routers_behind_routers_pass_each_other),
		cmocka_unit_test(two_networks_with_the_same_addresses_cannot_both_have_a_tunnel),
		cmocka_unit_test(different_networks_can),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
