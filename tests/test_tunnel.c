/*
 * A tunnel between a LAN and one server: a VPN.
 *
 *	phone 192.168.1.104 -- 1 ms -- router 203.0.113.17 ===tunnel=== server 198.51.100.158
 */
#include <string.h>

#include "tests/lab.h"

static const struct prefix lan = { 0xC0A80100u, 24 };

/* The seed's phone, behind a router that picks ports, at a server that takes a Contact as it is written. */
static struct lab *lab_tunnelled(const char *router)
{
	struct lab *lab = lab_with("rport=off", router, "stored-contact=literal");
	assert_null(router_tunnel(lab->router, NULL, lan, server_iface(lab->server)));
	return lab;
}

TEST(through_the_tunnel_the_server_sees_the_private_address_and_answers_it)
{
	struct lab *lab = lab_tunnelled("ports=random");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/lan note: goes through the tunnel\n"
		   "0.001 router/wan sent REGISTER\n"
		   "0.021 server arrived REGISTER\n"
		   "0.021 server sent 401\n"
		   "0.041 router/wan arrived 401\n"
		   "0.041 router/wan note: goes through the tunnel\n"
		   "0.041 router/lan sent 401\n"
		   "0.042 phone arrived 401\n"
		   "0.042 phone sent REGISTER\n"
		   "0.043 router/lan arrived REGISTER\n"
		   "0.043 router/lan note: goes through the tunnel\n"
		   "0.043 router/wan sent REGISTER\n"
		   "0.063 server arrived REGISTER\n"
		   "0.063 server note: bound until 3600 s\n"
		   "0.063 server sent 200\n"
		   "0.083 router/wan arrived 200\n"
		   "0.083 router/wan note: goes through the tunnel\n"
		   "0.083 router/lan sent 200\n"
		   "0.084 phone arrived 200\n"
		   "0.084 phone note: registered\n");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1)),
			    "192.168.1.104:5060 > 198.51.100.158:5060");
	lab_close(lab);
}

TEST(a_tunnel_does_not_forget_and_needs_no_keepalive)
{
	struct lab *lab = lab_tunnelled("udp-timeout.first=30s udp-timeout.stream=30s");
	lab_register(lab);
	lab_run_ms(lab, 3000000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 3001000);
	assert_noted(lab, "server", "OPTIONS was answered 200", 3000042);
	/* a router that starts anew opens its tunnels again */
	router_restart(lab->router);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 3002000);
	assert_noted(lab, "server", "OPTIONS was answered 200", 3001042);
	lab_close(lab);
}

TEST(without_a_tunnel_the_private_address_is_nowhere)
{
	struct lab *lab = lab_with("rport=on", "ports=random", "stored-contact=literal");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 1001);
	assert_dropped(lab, "server", "no route to 192.168.1.104");
	lab_close(lab);
}

TEST(nobody_else_gets_in_and_nothing_else_goes_through)
{
	struct lab *lab = lab_tunnelled("ports=random");
	/* from beside the server */
	lab_send(lab, "192.0.2.1:5060", "192.168.1.104:5060", "hello\n");
	lab_run_ms(lab, 100);
	assert_dropped(lab, "probe", "no route to 192.168.1.104");
	/* to beside the server: translated as ever */
	struct packet p = { .proto = PROTO_UDP,
			    .ttl = TTL_START,
			    .src = endpoint_of("192.168.1.104:5060"),
			    .dst = endpoint_of("192.0.2.1:5060"),
			    .label = "hello",
			    .payload = payload_new(lab->world->payloads, 5) };
	net_send(network_find(lab->lan, p.src), &p);
	payload_unref(lab->world->payloads, p.payload);
	lab_run_ms(lab, 200);
	assert_int_equal(lab_nth(lab, "probe", EVENT_ARRIVED, "hello", 1)->src.host,
			 endpoint_of("203.0.113.17").host);
	lab_close(lab);
}

TEST(what_has_gone_round_too_often_dies_in_the_tunnel_too)
{
	struct lab *lab = lab_tunnelled("");
	struct packet p = { .proto = PROTO_UDP,
			    .ttl = 1,
			    .src = endpoint_of("192.168.1.104:5060"),
			    .dst = endpoint_of("198.51.100.158:5060"),
			    .label = "tired",
			    .payload = payload_new(lab->world->payloads, 5) };
	net_send(network_find(lab->lan, p.src), &p);
	payload_unref(lab->world->payloads, p.payload);
	lab_run_ms(lab, 200);
	assert_dropped(lab, "router/wan", "went round too often");
	lab_close(lab);
}

static struct router *second_router(struct lab *lab, const char *outside, struct network *wan)
{
	struct router_profile *profile = arena_alloc(lab->arena, sizeof *profile);
	uint32_t *host = arena_alloc(lab->arena, sizeof *host);
	*host = endpoint_of(outside).host;
	knobs_read(router_fields, lab->arena, "", profile);
	struct router_setup setup = {
		.profile = profile,
		.name = "other",
		.wan = wan,
		.lan = network_new(lab->world, 2),
		.outside = host,
		.n_outside = 1,
		.inside = endpoint_of("192.168.1.1").host,
	};
	return router_new(lab->world, &setup);
}

TEST(one_server_cannot_tell_two_networks_with_the_same_addresses_apart)
{
	static const struct row {
		struct prefix inside;
		const char *trouble;
	} rows[] = {
		{ { 0xC0A80100u, 24 }, "has a tunnel to a network with the same addresses already" },
		{ { 0xC0A80180u, 25 }, "has a tunnel to a network with the same addresses already" },
		{ { 0xC0A80000u, 16 }, "has a tunnel to a network with the same addresses already" },
		{ { 0xC0A80200u, 24 }, NULL },
		{ { 0x0A000000u, 8 }, NULL },
	};
	struct lab *lab = lab_tunnelled("");
	struct router *other = second_router(lab, "203.0.113.18", lab->internet);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *trouble = router_tunnel(other, NULL, rows[i].inside, server_iface(lab->server));
		assert_int_equal(!trouble, !rows[i].trouble);
		if (trouble)
			assert_string_equal(trouble, rows[i].trouble);
	}
	lab_close(lab);
}

/* phone -- router -- carrier -- server: the tunnel of the inner router passes the outer one, in both directions. */
TEST(a_tunnel_passes_the_routers_around_its_own)
{
	struct lab *lab = lab_with("", "", "");
	struct router *inner = second_router(lab, "192.168.1.50", lab->lan);
	struct prefix inside = { 0x0A000000u, 8 };
	struct packet p = { .proto = PROTO_UDP,
			    .ttl = TTL_START,
			    .src = endpoint_of("198.51.100.158:5060"),
			    .dst = endpoint_of("10.0.0.9:5060"),
			    .label = "hello",
			    .payload = payload_new(lab->world->payloads, 5) };
	assert_null(router_tunnel(inner, NULL, inside, server_iface(lab->server)));
	assert_null(router_tunnel(lab->router, inner, inside, server_iface(lab->server)));
	/* the same once more is no other way */
	assert_null(router_tunnel(lab->router, inner, inside, server_iface(lab->server)));
	net_send(network_find(lab->internet, p.src), &p);
	payload_unref(lab->world->payloads, p.payload);
	lab_run_ms(lab, 100);
	assert_non_null(lab_nth(lab, "other/wan", EVENT_ARRIVED, "hello", 1));
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_the_tunnel_the_server_sees_the_private_address_and_answers_it),
		cmocka_unit_test(a_tunnel_does_not_forget_and_needs_no_keepalive),
		cmocka_unit_test(without_a_tunnel_the_private_address_is_nowhere),
		cmocka_unit_test(nobody_else_gets_in_and_nothing_else_goes_through),
		cmocka_unit_test(what_has_gone_round_too_often_dies_in_the_tunnel_too),
		cmocka_unit_test(one_server_cannot_tell_two_networks_with_the_same_addresses_apart),
		cmocka_unit_test(a_tunnel_passes_the_routers_around_its_own),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
