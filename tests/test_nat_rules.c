/*
 * The NAT table's knobs and rules, one by one: pools, blocks, parity, hairpins, forwards, expectations. What RFC 4787
 * requires is named by its number; what Linux does was measured on 6.18.
 */
#include <string.h>

#include "models/nat.h"
#include "tests/lab.h"
#include "tests/nat_table.h"

/* Inside: two phones. Outside: 203.0.113.17. Remote: two hosts with two ports each. */
#define A   "192.168.1.104:5060"
#define B   "192.168.1.105:5060"
#define OUT "203.0.113.17:"
#define S   "198.51.100.1:5060"
#define S_2 "198.51.100.1:5070"
#define T   "198.51.100.2:5060"

/* The n-th phone's n-th port. */
static const char *phone(struct table *t, int host, int port)
{
	return arena_printf(t->arena, "192.168.1.%d:%d", host, port);
}

static uint32_t port_of(const char *endpoint)
{
	return endpoint_of(endpoint).port;
}

static uint32_t host_of(const char *endpoint)
{
	return endpoint_of(endpoint).host;
}

/* --- pools (REQ-2) --------------------------------------------------------------------- */

#define POOL "outside=203.0.113.1+203.0.113.2+203.0.113.3 "

TEST(req_2_with_paired_pooling_an_inside_host_has_one_outside_host_and_all_are_used)
{
	struct table *t = table_with(POOL "ports=random");
	bool used[3] = { false };
	for (int host = 100; host < 110; host++) {
		uint32_t first = host_of(out_at(t, 0, phone(t, host, 5060), S));
		for (int port = 5061; port < 5070; port++)
			assert_int_equal(host_of(out_at(t, 0, phone(t, host, port), T)), first);
		used[first - host_of("203.0.113.1:1")] = true;
	}
	assert_true(used[0] && used[1] && used[2]);
	table_free(t);
}

TEST(req_2_with_arbitrary_pooling_an_inside_host_has_several)
{
	struct table *t = table_with(POOL "ports=random pooling=arbitrary mapping=endpoint-independent");
	bool used[3] = { false };
	for (int port = 5060; port < 5080; port++) {
		const char *outside = out_at(t, 0, phone(t, 104, port), S);
		assert_string_equal(out_at(t, 0, phone(t, 104, port), T), outside); /* a mapping has one */
		assert_string_equal(in_at(t, 1, S, outside), phone(t, 104, port));
		used[host_of(outside) - host_of("203.0.113.1:1")] = true;
	}
	assert_true(used[0] && used[1] && used[2]);
	table_free(t);
}

TEST(where_hosts_are_arbitrary_the_others_help_out_when_one_is_full)
{
	struct table *paired = table_with(POOL "ports=preserve collision=drop");
	struct table *arbitrary = table_with(POOL "ports=preserve collision=drop pooling=arbitrary");
	/* 192.168.1.102 and .105 have the same outside host where they are paired */
	const char *first = out_at(paired, 0, phone(paired, 102, 5060), S);
	assert_int_equal(host_of(out_at(paired, 0, phone(paired, 105, 5061), S)), host_of(first));
	assert_int_not_equal(host_of(out_at(paired, 0, phone(paired, 103, 5060), S)), host_of(first));
	assert_string_equal(out_at(paired, 0, phone(paired, 105, 5060), S), "port-taken");
	for (int host = 101; host < 104; host++)
		assert_int_equal(port_of(out_at(arbitrary, 0, phone(arbitrary, host, 5060), S)), 5060);
	assert_string_equal(out_at(arbitrary, 0, phone(arbitrary, 104, 5060), S), "port-taken");
	table_free(paired);
	table_free(arbitrary);
}

/* --- ports (REQ-3, REQ-4) -------------------------------------------------------------- */

TEST(a_sequential_router_hands_out_one_port_after_the_other_and_wraps)
{
	struct table *t = table_with("ports=sequential port-range.from=4000 port-range.to=4003 udp-timeout.first=10s");
	assert_string_equal(out_at(t, 0, A, S), OUT "4000");
	assert_string_equal(out_at(t, 1000, B, S), OUT "4001");
	assert_string_equal(out_at(t, 2000, phone(t, 106, 5060), S), OUT "4002");
	assert_string_equal(out_at(t, 3000, phone(t, 107, 5060), S), OUT "4003");
	assert_string_equal(out_at(t, 4000, phone(t, 108, 5060), S), "no-ports");
	assert_string_equal(out_at(t, 11000, phone(t, 108, 5060), S), OUT "4000");
	assert_string_equal(out_at(t, 13500, phone(t, 109, 5060), S), OUT "4001");
	table_free(t);
}

TEST(req_3_no_port_is_overloaded_unless_ports_are_shared)
{
	static const struct {
		const char *knobs;
		bool overloaded;
	} rows[] = {
		{ "ports=random port-range.from=4000 port-range.to=4001", false },
		{ "ports=sequential port-range.from=4000 port-range.to=4001", false },
		{ "ports=preserve collision=random port-range.from=5060 port-range.to=5061", false },
		{ "ports=preserve collision=next port-range.from=5060 port-range.to=5061", false },
		{ "ports=preserve collision=share port-range.from=5060 port-range.to=5061", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table *t = table_with(rows[i].knobs);
		print_message("           %s\n", rows[i].knobs);
		assert_string_not_equal(out_at(t, 0, A, S), out_at(t, 0, B, S));
		const char *third = out_at(t, 0, phone(t, 106, 5060), S_2);
		if (rows[i].overloaded)
			assert_string_equal(third, OUT "5060");
		else
			assert_string_equal(third, "no-ports");
		table_free(t);
	}
}

TEST(req_3a_inside_ports_below_1024_may_have_a_range_of_their_own)
{
	struct table *linux_like = table_with("ports=random low-port-range.from=600 low-port-range.to=1023");
	struct table *without = table_with("ports=random");
	for (int port = 512; port < 1024; port += 64) {
		assert_in_range(port_of(out_at(linux_like, 0, phone(linux_like, 104, port), S)), 600, 1023);
		assert_in_range(port_of(out_at(without, 0, phone(without, 104, port), S)), 1024, 65535);
	}
	assert_in_range(port_of(out_at(linux_like, 0, phone(linux_like, 104, 1024), S)), 1024, 65535);
	table_free(linux_like);
	table_free(without);
}

TEST(req_4_an_even_port_gets_an_even_port_and_an_odd_one_an_odd_one)
{
	static const char *const ways[] = {
		"ports=random parity=on",
		"ports=sequential parity=on",
		"ports=random parity=on port-range.from=4001 port-range.to=4100",
		"ports=sequential parity=on port-range.from=4001 port-range.to=4100",
		"ports=preserve parity=on collision=next",
		"ports=preserve parity=on collision=random",
		"ports=random parity=on port-block=64",
	};
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct table *t = table_with(ways[i]);
		print_message("           %s\n", ways[i]);
		for (int host = 104; host < 108; host++)
			for (int port = 16384; port < 16392; port++)
				assert_int_equal(port_of(out_at(t, 0, phone(t, host, port), S)) % 2, port % 2);
		table_free(t);
	}
}

TEST(req_4_with_parity_half_of_a_range_is_full_before_the_other_half)
{
	struct table *t = table_with("ports=random parity=on port-range.from=4000 port-range.to=4003");
	assert_int_not_equal(port_of(out_at(t, 0, phone(t, 104, 6000), S)), port_of(out_at(t, 0, phone(t, 105, 6000), S)));
	assert_string_equal(out_at(t, 0, phone(t, 106, 6000), S), "no-ports");
	assert_in_range(port_of(out_at(t, 0, phone(t, 106, 6001), S)), 4001, 4003);
	table_free(t);
}

TEST(next_finds_the_first_port_behind_a_thousand_that_are_taken)
{
	struct table *t = table_with("ports=preserve collision=next udp-timeout.first=60s");
	for (int i = 0; i < 1000; i++)
		assert_int_equal(port_of(out_at(t, i, arena_printf(t->arena, "10.0.%d.%d:5060", i / 250, i % 250 + 1), S)),
				 5060 + i);
	/* the 301st falls silent; its port is the first that is free again */
	for (int i = 0; i < 1000; i++)
		if (i != 300)
			out_at(t, 50000 + i, arena_printf(t->arena, "10.0.%d.%d:5060", i / 250, i % 250 + 1), S);
	assert_string_equal(out_at(t, 60299, "10.9.9.9:5060", S), OUT "6060");
	assert_string_equal(out_at(t, 60300, "10.9.9.10:5060", S), OUT "5360");
	table_free(t);
}

TEST(an_end_that_was_moved_forward_is_noticed_by_the_search)
{
	struct table *t = table_with("ports=sequential port-range.from=4000 port-range.to=4127 udp-timeout.first=3600s");
	for (int i = 0; i < 128; i++)
		assert_int_equal(port_of(out_at(t, 0, phone(t, 104, 6000 + i), S)), 4000 + i);
	assert_string_equal(out_at(t, 1, B, S), "no-ports");
	nat_lifetime(t->nat, 2 * MSEC, endpoint_of(phone(t, 104, 6100)), endpoint_of(S), 0);
	assert_string_equal(out_at(t, 3, B, S), OUT "4100");
	table_free(t);
}

/* --- blocks of ports (RFC 6888) -------------------------------------------------------- */

TEST(rfc_6888_a_host_gets_its_ports_from_a_block_of_its_own)
{
	struct table *t = table_with("outside=203.0.113.1+203.0.113.2 ports=random port-block=4 "
				     "port-range.from=4000 port-range.to=4007 udp-timeout.first=60s");
	/* two blocks on each of two hosts, handed out in turn */
	static const char *const hosts[] = { "203.0.113.1:1", "203.0.113.2:1" };
	for (int i = 0; i < 4; i++)
		for (int port = 6000; port < 6004; port++) {
			const char *outside = out_at(t, i, phone(t, 101 + i, port), S);
			assert_int_equal(host_of(outside), host_of(hosts[i % 2]));
			assert_in_range(port_of(outside), 4000 + i / 2 * 4, 4003 + i / 2 * 4);
		}
	/* who has used up its block gets no more, though the others do not need theirs */
	assert_string_equal(out_at(t, 10, phone(t, 101, 6004), S), "block-full");
	assert_string_equal(out_at(t, 10, phone(t, 105, 6000), S), "no-ports");
	/* the first to fall silent makes room for another host */
	for (int i = 1; i < 4; i++)
		assert_string_not_equal(out_at(t, 50000, phone(t, 101 + i, 6000), S), "no-ports");
	assert_string_equal(out_at(t, 59999, phone(t, 105, 6000), S), "no-ports");
	const char *outside = out_at(t, 60000, phone(t, 105, 6000), S);
	assert_int_equal(host_of(outside), host_of(hosts[0]));
	assert_in_range(port_of(outside), 4000, 4003);
	assert_string_equal(in_at(t, 60001, S, outside), phone(t, 105, 6000));
	table_free(t);
}

TEST(a_restart_gives_all_blocks_back)
{
	struct table *t = table_with("ports=random port-block=4 port-range.from=4000 port-range.to=4003");
	assert_in_range(port_of(out_at(t, 0, A, S)), 4000, 4003);
	assert_string_equal(out_at(t, 0, B, S), "no-ports");
	nat_flush(t->nat);
	assert_in_range(port_of(out_at(t, 1, B, S)), 4000, 4003);
	table_free(t);
}

/* --- rows ------------------------------------------------------------------------------ */

TEST(the_rows_of_a_table_are_its_rules_and_then_its_flows_as_they_began)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=30s udp-timeout.stream=120s");
	struct nat_row rows[4];
	nat_forward(t->nat, 5080, endpoint_of(B));
	out_at(t, 0, A, S);
	out_at(t, 20000, A, T);
	assert_int_equal(nat_rows(t->nat, 40 * SEC, rows, 2), 3); /* more than there is room for: none is written */
	assert_int_equal(nat_rows(t->nat, 40 * SEC, rows, 4), 3);
	assert_int_equal(rows[0].kind, NAT_ROW_FORWARD);
	assert_true(endpoint_equal(rows[0].inside, endpoint_of(B)));
	assert_true(endpoint_equal(rows[0].outside, endpoint_of(OUT "5080")));
	assert_true(rows[0].until == NEVER);
	assert_true(endpoint_equal(rows[1].remote, endpoint_of(S)));
	assert_true(rows[1].until == 30 * SEC); /* over at 40 s: evidence */
	assert_true(endpoint_equal(rows[2].remote, endpoint_of(T)));
	assert_true(rows[2].since == 20 * SEC && rows[2].until == 50 * SEC);
	nat_flush(t->nat);
	assert_int_equal(nat_rows(t->nat, 40 * SEC, rows, 4), 1);
	table_free(t);
}

TEST(a_pinhole_is_a_row_while_it_is_open)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=60s");
	struct nat_row rows[4];
	out_at(t, 0, A, S);
	struct nat_expectation e = {
		.inside = endpoint_of("192.168.1.104:16384"),
		.outside = endpoint_of(OUT "16384"),
		.active = true,
		.owner_inside = endpoint_of(A),
		.owner_remote = endpoint_of(S),
		.lasts = 10 * SEC,
	};
	assert_null(nat_expect(t->nat, SEC, &e, 1));
	assert_int_equal(nat_rows(t->nat, 2 * SEC, rows, 4), 2);
	assert_int_equal(rows[0].kind, NAT_ROW_EXPECTATION);
	assert_true(endpoint_equal(rows[0].outside, e.outside) && rows[0].remote.host == 0);
	assert_true(rows[0].until == 11 * SEC);
	assert_int_equal(nat_rows(t->nat, 11 * SEC, rows, 4), 1);
	table_free(t);
}

/* --- max-mappings ---------------------------------------------------------------------- */

TEST(a_full_table_takes_nobody_until_a_flow_ends)
{
	struct table *t = table_with("ports=preserve max-mappings=2 udp-timeout.first=30s");
	nat_forward(t->nat, 5080, endpoint_of("192.168.1.104:5080"));
	out_at(t, 0, A, S);
	out_at(t, 10000, A, T);
	assert_string_equal(out_at(t, 20000, A, S_2), "table-full");
	assert_string_equal(in_at(t, 20000, S, OUT "5080"), "table-full");
	assert_string_equal(out_at(t, 20000, A, T), OUT "5060"); /* who is in stays in */
	assert_string_equal(out_at(t, 29999, A, S_2), "table-full");
	assert_string_equal(out_at(t, 30000, A, S_2), OUT "5060");
	assert_string_equal(in_at(t, 30001, S, OUT "5080"), "table-full");
	assert_int_equal(nat_flows(t->nat, 30001 * MSEC), 2);
	table_free(t);
}

/* --- hairpins (REQ-9) ------------------------------------------------------------------ */

TEST(req_9_a_hairpin_shows_the_outside_source_or_the_inside_one_or_is_not_there)
{
	static const struct {
		const char *hairpin, *filtering, *found; /* A sends to where B is reached, who has talked to S */
	} rows[] = {
		{ "off", "endpoint-independent", "no-hairpin" },
		{ "outside-source", "endpoint-independent", OUT "6000 > " B },
		{ "inside-source", "endpoint-independent", "192.168.1.104:6000 > " B },
		/* B's filter is open for S only: measured on Linux, a live mapping is not reachable from inside */
		{ "outside-source", "address-and-port-dependent", "filtered" },
		{ "inside-source", "address-and-port-dependent", "filtered" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct table *t = table_with(
			arena_printf(a, "ports=preserve hairpin=%s filtering=%s", rows[i].hairpin, rows[i].filtering));
		out_at(t, 0, B, S);
		print_message("           %s, %s\n", rows[i].hairpin, rows[i].filtering);
		assert_string_equal(through_at(t, 1, nat_hairpin, "192.168.1.104:6000", OUT "5060"), rows[i].found);
		table_free(t);
		arena_free(a);
	}
}

TEST(req_9_a_hairpin_goes_both_ways)
{
	struct table *t = table_with("ports=preserve hairpin=outside-source filtering=address-and-port-dependent");
	out_at(t, 0, B, OUT "6000"); /* as if B had spoken first */
	assert_string_equal(through_at(t, 1, nat_hairpin, "192.168.1.104:6000", OUT "5060"), OUT "6000 > " B);
	assert_string_equal(through_at(t, 2, nat_hairpin, B, OUT "6000"), OUT "5060 > 192.168.1.104:6000");
	table_free(t);
}

TEST(a_hairpin_finds_a_forward_rule)
{
	static const struct {
		const char *hairpin, *found, *back;
	} rows[] = {
		{ "off", "no-hairpin", NULL },
		{ "outside-source", OUT "5060 > " B, OUT "5080 > " A },
		{ "inside-source", A " > " B, NULL }, /* the answer does not pass the router */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct table *t = table_with(arena_printf(a, "ports=preserve hairpin=%s", rows[i].hairpin));
		nat_forward(t->nat, 5080, endpoint_of(B));
		assert_string_equal(through_at(t, 1, nat_hairpin, A, OUT "5080"), rows[i].found);
		if (rows[i].back)
			assert_string_equal(through_at(t, 2, nat_hairpin, B, OUT "5060"), rows[i].back);
		table_free(t);
		arena_free(a);
	}
}

/* --- forwards -------------------------------------------------------------------------- */

TEST(a_forward_lets_anybody_in_whatever_the_filter)
{
	struct table *t = table_with("ports=random filtering=address-and-port-dependent udp-timeout.first=30s");
	nat_forward(t->nat, 5060, endpoint_of(A));
	assert_string_equal(in_at(t, 0, S, OUT "5060"), A);
	assert_string_equal(in_at(t, 0, T, OUT "5060"), A);
	assert_string_equal(in_at(t, 0, T, OUT "5061"), "no-mapping");
	/* the answers leave from the forwarded port, what A sends elsewhere does not */
	assert_string_equal(out_at(t, 1, A, S), OUT "5060");
	assert_string_equal(out_at(t, 1, A, T), OUT "5060");
	assert_string_not_equal(out_at(t, 1, A, S_2), OUT "5060");
	/* a restart does not touch the rule */
	nat_flush(t->nat);
	assert_string_equal(in_at(t, 2, S, OUT "5060"), A);
	table_free(t);
}

/* The phone's own flow to S came first, so that its inside path is taken: S appears with another port. */
/* It was under way when the router moved. */
TEST(what_comes_to_an_address_that_was_given_up_is_not_forwarded)
{
	struct table *t = table_with("");
	nat_forward(t->nat, 5060, endpoint_of(A));
	nat_rebind(t->nat, host_of("203.0.113.9:1"));
	assert_string_equal(in_at(t, 0, T, OUT "5060"), "no-mapping");
	assert_string_equal(in_at(t, 0, T, "203.0.113.9:5060"), A);
	table_free(t);
}

TEST(what_a_forward_lets_in_gets_another_source_port_when_its_path_is_taken)
{
	struct table *t = table_with("ports=random udp-timeout.first=30s udp-timeout.stream=120s");
	nat_forward(t->nat, 5060, endpoint_of(A));
	const char *own = out_at(t, 0, A, S);
	const char *found = through_at(t, 1, nat_inbound, S, OUT "5060");
	const char *seen = arena_copy(t->arena, found, strcspn(found, " "));
	assert_string_equal(found, arena_printf(t->arena, "%s > " A, seen));
	assert_int_equal(host_of(seen), host_of(S));
	assert_in_range(port_of(seen), 1024, 65535);
	assert_string_not_equal(seen, S);
	/* it stays the same, and what the phone sends there goes to S from the forwarded port */
	assert_string_equal(through_at(t, 2, nat_inbound, S, OUT "5060"), found);
	struct nat_path in = { endpoint_of(A), endpoint_of(seen) }, out;
	assert_null(nat_outbound(t->nat, 3 * MSEC, in, NULL, &out));
	assert_true(endpoint_equal(out.src, endpoint_of(OUT "5060")) && endpoint_equal(out.dst, endpoint_of(S)));
	/* the phone's own flow stays unanswered, and as it was */
	assert_string_equal(in_at(t, 29999, S, own), A);
	assert_string_equal(in_at(t, 59998, S, own), A);
	table_free(t);
}

/* One outside path cannot be that of two flows, even of the same inside end: whose would the answers be? */
TEST(a_port_is_not_its_own_where_a_forwarded_flow_has_it_towards_the_same_remote_end)
{
	struct table *t = table_with("ports=preserve next-ports=40000 udp-timeout.first=30s udp-timeout.stream=30s");
	nat_forward(t->nat, 5060, endpoint_of(A));
	assert_string_equal(out_at(t, 0, A, S), OUT "40000");
	const char *seen = through_at(t, 20000, nat_inbound, S, OUT "5060");
	assert_string_not_equal(seen, S " > " A);
	assert_int_not_equal(port_of(out_at(t, 31000, A, S)), 5060);
	assert_string_equal(out_at(t, 31000, A, T), out_at(t, 31000, A, S)); /* the mapping */
	assert_string_equal(through_at(t, 32000, nat_inbound, S, OUT "5060"), seen);
	table_free(t);
}

TEST(what_began_outside_is_answered_when_the_inside_has_spoken)
{
	static const struct {
		bool spoke;
		int64_t dies;
	} rows[] = { { false, 35000 }, { true, 125000 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table *t = table_with("ports=random udp-timeout.first=30s udp-timeout.stream=120s");
		nat_forward(t->nat, 5060, endpoint_of(A));
		in_at(t, 0, S, OUT "5060");
		if (rows[i].spoke)
			out_at(t, 40, A, S);
		in_at(t, 5000, S, OUT "5060");
		assert_int_equal(nat_flows(t->nat, rows[i].dies * MSEC - 1), 1);
		assert_int_equal(nat_flows(t->nat, rows[i].dies * MSEC), 0);
		table_free(t);
	}
}

TEST(a_forwarded_port_is_not_handed_out_unless_ports_are_shared)
{
	static const struct {
		const char *collision, *outside; /* of B, who would like 5060 */
	} rows[] = {
		{ "next", OUT "5061" }, { "drop", "port-taken" }, { "share", OUT "5060" }, { "share-or-drop", OUT "5060" }, { "steal", NULL }, { "random", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct table *t = table_with(arena_printf(a, "ports=preserve collision=%s", rows[i].collision));
		nat_forward(t->nat, 5060, endpoint_of(A));
		print_message("           %s\n", rows[i].collision);
		const char *outside = out_at(t, 0, B, S);
		if (rows[i].outside)
			assert_string_equal(outside, rows[i].outside);
		else
			assert_int_not_equal(port_of(outside), 5060);
		assert_string_equal(out_at(t, 0, A, T), OUT "5060");
		table_free(t);
		arena_free(a);
	}
}

TEST(one_to_one_takes_what_is_nobody_elses_and_keeps_its_ports)
{
	struct table *t = table_with("ports=random");
	nat_one_to_one(t->nat, endpoint_of(A).host);
	const char *other = out_at(t, 0, B, S);
	assert_string_equal(in_at(t, 1, S, other), B);
	assert_string_equal(in_at(t, 1, T, OUT "7000"), "192.168.1.104:7000");
	assert_string_equal(out_at(t, 1, A, S), OUT "5060");
	assert_string_equal(out_at(t, 1, "192.168.1.104:7000", T), OUT "7000");
	assert_int_not_equal(port_of(out_at(t, 1, phone(t, 106, 5060), S)), 5060);
	table_free(t);
}

TEST(in_a_pool_one_to_one_takes_the_host_that_is_paired)
{
	struct table *t = table_with(POOL "ports=random");
	nat_one_to_one(t->nat, endpoint_of(A).host);
	const char *outside = out_at(t, 0, A, S);
	assert_int_equal(port_of(outside), 5060);
	for (int i = 1; i < 4; i++) {
		const char *to = arena_printf(t->arena, "203.0.113.%d:7000", i);
		bool own = host_of(to) == host_of(outside);
		assert_string_equal(in_at(t, 1, T, to), own ? "192.168.1.104:7000" : "no-mapping");
	}
	table_free(t);
}

/* --- a port that an ALG says ----------------------------------------------------------- */

TEST(a_pinned_port_goes_to_whoever_asked_last)
{
	struct table *t = table_with("ports=random");
	struct nat_ports pinned = { .choice = PORTS_RANDOM, .pinned = 5060 };
	struct nat_path a = { endpoint_of(A), endpoint_of(S) }, b = { endpoint_of(B), endpoint_of(S) }, out;
	assert_null(nat_outbound(t->nat, 0, a, &pinned, &out));
	assert_string_equal(in_at(t, 1, S, OUT "5060"), A);
	assert_null(nat_outbound(t->nat, 2 * MSEC, b, &pinned, &out));
	assert_int_equal(out.src.port, 5060);
	assert_string_equal(in_at(t, 3, S, OUT "5060"), B);
	assert_null(nat_outbound(t->nat, 4 * MSEC, a, &pinned, &out));
	assert_string_equal(in_at(t, 5, S, OUT "5060"), A);
	table_free(t);
}

TEST(a_redirected_flow_is_answered_at_another_port)
{
	struct table *t = table_with("ports=preserve");
	out_at(t, 0, "192.168.1.104:40000", S);
	nat_redirect(t->nat, 0, endpoint_of("192.168.1.104:40000"), endpoint_of(S), 5060);
	assert_string_equal(in_at(t, 1, S, OUT "40000"), A);
	assert_string_equal(out_at(t, 2, "192.168.1.104:40000", S), OUT "40000");
	assert_string_equal(out_at(t, 2, A, S), OUT "5060"); /* what leaves from there is a flow of its own */
	table_free(t);
}

TEST(what_comes_in_has_the_name_of_the_flow_that_lets_it_in)
{
	static const struct {
		const char *knobs, *from, *name; /* NULL: nothing lets it in */
	} rows[] = {
		{ "filtering=address-and-port-dependent", S, S }, { "filtering=address-and-port-dependent", S_2, NULL },
		{ "filtering=address-dependent", S_2, S },        { "filtering=address-dependent", T, NULL },
		{ "filtering=endpoint-independent", T, S },       { "filtering=endpoint-independent", S, S },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table *t = table_with(rows[i].knobs);
		struct endpoint outside = endpoint_of(out_at(t, 0, A, S));
		nat_redirect(t->nat, 0, endpoint_of(A), endpoint_of(S), 5070);
		struct nat_path name = nat_flow_in(t->nat, MSEC, (struct nat_path){ endpoint_of(rows[i].from), outside });
		assert_true(endpoint_equal(name.dst, rows[i].name ? endpoint_of(A) : (struct endpoint){ 0, 0 }));
		assert_true(endpoint_equal(name.src, rows[i].name ? endpoint_of(rows[i].name) : (struct endpoint){ 0, 0 }));
		table_free(t);
	}
}

/* --- expectations ---------------------------------------------------------------------- */

enum { SIGNALLING, AUDIO };

#define RTP  "192.168.1.104:16384"
#define SRTP "198.51.100.1:30000"

/* A has a flow to S, which expects what comes from the host of S, whatever its port, to an outside port. */
static struct nat_expectation from_server(const char *owner, const char *inside, const char *outside)
{
	return (struct nat_expectation){
		.inside = endpoint_of(inside),
		.outside = endpoint_of(outside),
		.remote = { endpoint_of(S).host, 0 },
		.active = true,
		.kind = AUDIO,
		.owner_inside = endpoint_of(owner),
		.owner_remote = endpoint_of(S),
		.lasts = 180 * SEC,
	};
}

/* And what A sends to where S wants to have audio. */
static struct nat_expectation to_server(const char *owner, const char *remote)
{
	struct nat_expectation e = from_server(owner, "192.168.1.104", "0.0.0.0");
	e.from_inside = true;
	e.remote = endpoint_of(remote);
	return e;
}

static const char *expect_at(struct table *t, int64_t ms, struct nat_expectation e)
{
	const struct fact *why = nat_expect(t->nat, ms * MSEC, &e, 1);
	return why ? why->word : "expected";
}

static struct table *table_calling(const char *knobs)
{
	struct table *t = table_with(knobs);
	out_at(t, 0, A, S);
	out_at(t, 0, B, S);
	nat_lifetime(t->nat, 0, endpoint_of(A), endpoint_of(S), 3600 * SEC);
	nat_lifetime(t->nat, 0, endpoint_of(B), endpoint_of(S), 3600 * SEC);
	return t;
}

TEST(a_pinhole_lets_in_whom_it_expects_once)
{
	struct table *t = table_calling("ports=random udp-timeout.first=30s");
	expect_at(t, 0, from_server(A, RTP, OUT "16384"));
	assert_string_equal(in_at(t, 1, T, OUT "16384"), "no-mapping");
	assert_string_equal(in_at(t, 1, SRTP, OUT "16384"), RTP);
	assert_string_equal(out_at(t, 2, RTP, SRTP), OUT "16384");
	/* it is used up; the flow that it began stays as long as any other */
	assert_int_equal(nat_expectations(t->nat, 2 * MSEC), 0);
	assert_string_equal(in_at(t, 3, "198.51.100.1:30002", OUT "16384"), "filtered");
	assert_string_equal(in_at(t, 40000, SRTP, OUT "16384"), "mapping-expired");
	table_free(t);
}

TEST(a_permanent_pinhole_lets_in_all_whom_it_expects_until_its_time_is_up)
{
	struct table *t = table_calling("ports=random");
	struct nat_expectation e = from_server(A, A, OUT "5060");
	e.permanent = true;
	e.kind = SIGNALLING;
	expect_at(t, 0, e);
	assert_string_equal(in_at(t, 1, "198.51.100.1:5080", OUT "5060"), A);
	assert_string_equal(in_at(t, 179999, "198.51.100.1:5081", OUT "5060"), A);
	assert_string_not_equal(in_at(t, 180000, "198.51.100.1:5082", OUT "5060"), A);
	table_free(t);
}

TEST(a_pinhole_that_is_not_active_waits_for_its_owner)
{
	struct table *t = table_calling("ports=random");
	struct nat_expectation e = from_server(A, A, OUT "5060");
	e.permanent = true;
	e.active = false;
	e.kind = SIGNALLING;
	expect_at(t, 0, e);
	assert_string_equal(in_at(t, 1, S_2, OUT "5060"), "no-mapping");
	/* not another owner, nor for another port or purpose */
	assert_false(nat_expect_activate(t->nat, 2, endpoint_of(B), endpoint_of(S), SIGNALLING, 1, endpoint_of(OUT "5060"), SEC));
	assert_false(nat_expect_activate(t->nat, 2, endpoint_of(A), endpoint_of(S), SIGNALLING, 1, endpoint_of(OUT "5061"), SEC));
	assert_false(nat_expect_activate(t->nat, 2, endpoint_of(A), endpoint_of(S), AUDIO, 1, endpoint_of(OUT "5060"), SEC));
	assert_string_equal(in_at(t, 3, S_2, OUT "5060"), "no-mapping");
	assert_true(nat_expect_activate(t->nat, 4 * MSEC, endpoint_of(A), endpoint_of(S), SIGNALLING, 1, endpoint_of(OUT "5060"),
					120 * SEC));
	assert_string_equal(in_at(t, 5, S_2, OUT "5060"), A);
	assert_string_equal(in_at(t, 120003, "198.51.100.1:5080", OUT "5060"), A);
	assert_string_equal(in_at(t, 120004, "198.51.100.1:5081", OUT "5060"), "filtered");
	table_free(t);
}

TEST(what_is_expected_from_inside_leaves_from_where_its_owner_is_expected)
{
	struct table *t = table_calling("ports=random");
	expect_at(t, 0, from_server(A, RTP, OUT "16384"));
	expect_at(t, 0, to_server(A, SRTP));
	/* even on a router that draws ports; elsewhere it draws */
	assert_string_not_equal(out_at(t, 1, RTP, T), OUT "16384");
	assert_string_equal(out_at(t, 1, RTP, SRTP), OUT "16384");
	assert_string_equal(in_at(t, 2, SRTP, OUT "16384"), RTP);
	assert_int_equal(nat_expectations(t->nat, 3 * MSEC), 1);
	table_free(t);
}

TEST(what_is_expected_from_inside_alone_keeps_its_port)
{
	struct table *t = table_calling("ports=random");
	expect_at(t, 0, to_server(A, SRTP));
	assert_string_equal(out_at(t, 1, RTP, SRTP), OUT "16384");
	assert_string_equal(out_at(t, 1, "192.168.1.105:9", SRTP), out_at(t, 2, "192.168.1.105:9", SRTP));
	assert_int_not_equal(port_of(out_at(t, 1, "192.168.1.104:16386", SRTP)), 16386); /* it is used up */
	table_free(t);
}

/* Measured: the second phone's SDP with the port of another flow is refused, its own is taken again. */
TEST(an_equal_expectation_of_another_owner_or_kind_is_refused)
{
	struct table *t = table_calling("ports=random");
	struct nat_expectation own = from_server(A, RTP, OUT "16384");
	struct nat_expectation other = from_server(B, "192.168.1.105:16384", OUT "16384");
	struct nat_expectation signalling = own, anybody = own, elsewhere = other;
	signalling.kind = SIGNALLING;
	anybody.remote = (struct endpoint){ 0, 0 };
	elsewhere.outside.port = 16386;
	assert_string_equal(expect_at(t, 0, own), "expected");
	assert_string_equal(expect_at(t, 1, other), "expected-by-another");
	assert_string_equal(expect_at(t, 1, signalling), "expected-by-another");
	assert_string_equal(expect_at(t, 1, anybody), "expected-already");
	assert_string_equal(expect_at(t, 1, elsewhere), "expected");
	assert_string_equal(expect_at(t, 1, own), "expected");
	assert_int_equal(nat_expectations(t->nat, 1 * MSEC), 2);
	/* used up, over or ended, it is in nobody's way */
	in_at(t, 2, SRTP, OUT "16384");
	assert_string_equal(expect_at(t, 3, other), "expected");
	assert_string_equal(expect_at(t, 3, own), "expected-by-another");
	nat_expect_end(t->nat, endpoint_of(B), endpoint_of(S), AUDIO, 1);
	assert_int_equal(nat_expectations(t->nat, 3 * MSEC), 0);
	assert_string_equal(expect_at(t, 4, own), "expected");
	assert_string_equal(expect_at(t, 180004, other), "expected");
	table_free(t);
}

/* Of a pair neither is open when one of them cannot be. */
TEST(expectations_come_all_or_none)
{
	struct table *t = table_calling("ports=random");
	struct nat_expectation pair[] = { from_server(B, "192.168.1.105:9999", OUT "9999"),
					  from_server(B, "192.168.1.105:10000", OUT "10000") };
	assert_string_equal(expect_at(t, 0, from_server(A, "192.168.1.104:10000", OUT "10000")), "expected");
	assert_ptr_equal(nat_expect(t->nat, MSEC, pair, 2), &fact_nat_expected_by_another);
	assert_int_equal(nat_expectations(t->nat, MSEC), 1);
	nat_expect_end(t->nat, endpoint_of(A), endpoint_of(S), AUDIO, 1);
	assert_null(nat_expect(t->nat, MSEC, pair, 2));
	assert_int_equal(nat_expectations(t->nat, MSEC), 2);
	table_free(t);
}

/* An answer to an earlier request neither opens nor closes what a later one asked for. */
TEST(what_has_a_later_serial_number_stays_as_it_is)
{
	struct table *t = table_calling("ports=random");
	struct nat_expectation e = from_server(A, A, OUT "5060");
	e.active = false;
	e.serial = 7;
	expect_at(t, 0, e);
	assert_false(nat_expect_activate(t->nat, 0, endpoint_of(A), endpoint_of(S), AUDIO, 6, endpoint_of(OUT "5060"), SEC));
	nat_expect_end(t->nat, endpoint_of(A), endpoint_of(S), AUDIO, 6);
	assert_int_equal(nat_expectations(t->nat, 0), 1);
	assert_true(nat_expect_activate(t->nat, 0, endpoint_of(A), endpoint_of(S), AUDIO, 7, endpoint_of(OUT "5060"), SEC));
	nat_expect_end(t->nat, endpoint_of(A), endpoint_of(S), AUDIO, 8);
	assert_int_equal(nat_expectations(t->nat, 0), 0);
	table_free(t);
}

/* Measured: who uses the ports of a call that is just over hears what is for the phone before. */
TEST(a_live_flow_comes_before_an_expectation)
{
	struct table *t = table_calling("ports=preserve collision=share udp-timeout.first=30s udp-timeout.stream=30s");
	assert_string_equal(out_at(t, 0, RTP, SRTP), OUT "16384");
	assert_string_equal(expect_at(t, 1, from_server(B, "192.168.1.105:16384", OUT "16384")), "expected");
	struct nat_expectation out = to_server(B, SRTP);
	out.inside = endpoint_of("192.168.1.105");
	expect_at(t, 1, out);
	assert_string_equal(in_at(t, 2, SRTP, OUT "16384"), RTP);
	assert_string_equal(out_at(t, 3, "192.168.1.105:16384", SRTP), "port-taken");
	/* when that is over it gets its own */
	assert_string_equal(in_at(t, 40000, SRTP, OUT "16384"), "192.168.1.105:16384");
	table_free(t);
}

TEST(an_expectation_dies_with_its_owner_and_is_not_its_successors)
{
	struct table *t = table_calling("ports=preserve udp-timeout.first=30s");
	nat_lifetime(t->nat, 0, endpoint_of(A), endpoint_of(S), 60 * SEC);
	expect_at(t, 0, from_server(A, RTP, OUT "16384"));
	assert_int_equal(nat_expectations(t->nat, 60 * SEC - 1), 1);
	assert_int_equal(nat_expectations(t->nat, 60 * SEC), 0);
	out_at(t, 61000, A, S);
	assert_int_equal(nat_expectations(t->nat, 61 * SEC), 0);
	assert_string_equal(in_at(t, 61001, SRTP, OUT "16384"), "no-mapping");
	table_free(t);
}

TEST(the_oldest_goes_when_there_are_too_many_of_a_kind)
{
	struct table *t = table_calling("ports=random");
	for (int port = 5061; port < 5064; port++) {
		struct nat_expectation e = from_server(A, A, arena_printf(t->arena, OUT "%d", port));
		e.most = 2;
		expect_at(t, port, e);
	}
	struct nat_path to = { endpoint_of(S_2), endpoint_of(OUT "5061") };
	assert_null(nat_expected(t->nat, 6 * SEC, to, false));
	to.dst.port = 5062;
	assert_non_null(nat_expected(t->nat, 6 * SEC, to, false));
	to.dst.port = 5063;
	assert_non_null(nat_expected(t->nat, 6 * SEC, to, false));
	assert_null(nat_expected(t->nat, 6 * SEC, to, true));
	table_free(t);
}

TEST(a_restart_forgets_expectations)
{
	struct table *t = table_calling("ports=random");
	expect_at(t, 0, from_server(A, RTP, OUT "16384"));
	nat_flush(t->nat);
	out_at(t, 1, A, S);
	assert_int_equal(nat_expectations(t->nat, 2 * MSEC), 0);
	assert_string_equal(in_at(t, 3, SRTP, OUT "16384"), "no-mapping");
	table_free(t);
}

TEST(expectations_that_nobody_uses_do_not_pile_up)
{
	struct table *t = table_calling("ports=random");
	size_t used = 0;
	for (int64_t round = 0; round < 10; round++) {
		int64_t ms = round * 200000;
		out_at(t, ms, A, S);
		nat_lifetime(t->nat, ms * MSEC, endpoint_of(A), endpoint_of(S), 3600 * SEC);
		for (int port = 20000; port < 20200; port++) {
			struct nat_expectation e = from_server(A, RTP, OUT "1");
			e.outside.port = (uint32_t)(port + 200 * round);
			assert_null(nat_expect(t->nat, ms * MSEC, &e, 1));
		}
		assert_int_equal(nat_expectations(t->nat, ms * MSEC), 200);
		if (round == 3)
			used = arena_used(t->arena);
	}
	assert_in_range(arena_used(t->arena), used, used + 4096);
	table_free(t);
}

/* --- a new address --------------------------------------------------------------------- */

TEST(behind_a_new_address_blocks_are_handed_out_from_the_first_one)
{
	struct table *t = table_with(POOL "ports=random port-block=4 port-range.from=4000 port-range.to=4007");
	for (int host = 101; host < 107; host++)
		assert_in_range(port_of(out_at(t, 0, phone(t, host, 5060), S)), 4000, 4007);
	nat_rebind(t->nat, host_of("203.0.113.9:1"));
	assert_in_range(port_of(out_at(t, 1, phone(t, 106, 5060), S)), 4000, 4003);
	assert_in_range(port_of(out_at(t, 1, phone(t, 101, 5060), S)), 4004, 4007);
	assert_string_equal(out_at(t, 1, phone(t, 102, 5060), S), "no-ports");
	table_free(t);
}

/* --- the same again (REQ-11) ----------------------------------------------------------- */

TEST(req_11_the_same_datagrams_get_the_same_ports_and_a_collision_changes_no_rule)
{
	struct table *one = table_with("ports=random"), *other = table_with("ports=random");
	for (int host = 100; host < 200; host++)
		assert_string_equal(out_at(one, 0, phone(one, host, 5060), S), out_at(other, 0, phone(other, host, 5060), S));
	table_free(one);
	table_free(other);
	/* another phone with the same port, earlier or later: the mapping depends on the same, as does the filter */
	for (int crowd = 0; crowd < 2; crowd++) {
		struct table *t = table_with("ports=preserve collision=random filtering=address-dependent");
		if (crowd)
			out_at(t, 0, B, S);
		const char *outside = out_at(t, 1, A, S);
		assert_int_equal(!strcmp(outside, OUT "5060"), !crowd);
		assert_string_equal(out_at(t, 1, A, T), outside);
		assert_string_equal(in_at(t, 2, S_2, outside), A);
		assert_string_equal(in_at(t, 2, "198.51.100.3:5060", outside), "filtered");
		table_free(t);
	}
}

/* --- knobs that change while it runs --------------------------------------------------- */

TEST(mapping_filtering_and_ports_may_change_while_flows_live)
{
	struct table *t = table_with("ports=preserve mapping=address-and-port-dependent "
				     "filtering=address-and-port-dependent");
	out_at(t, 0, A, S);
	assert_string_equal(in_at(t, 1, T, OUT "5060"), "filtered");
	t->profile.nat.filtering = ENDPOINT_INDEPENDENT;
	assert_string_equal(in_at(t, 2, T, OUT "5060"), A);
	t->profile.nat.ports = PORTS_RANDOM;
	assert_string_not_equal(out_at(t, 3, A, T), OUT "5060");
	t->profile.nat.mapping = ADDRESS_DEPENDENT;
	assert_string_equal(out_at(t, 4, A, S_2), OUT "5060");
	t->profile.nat.filtering = ADDRESS_AND_PORT_DEPENDENT;
	assert_string_equal(in_at(t, 5, S, OUT "5060"), A);
	assert_string_equal(in_at(t, 5, T, OUT "5060"), "filtered");
	table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(req_2_with_paired_pooling_an_inside_host_has_one_outside_host_and_all_are_used),
		cmocka_unit_test(req_2_with_arbitrary_pooling_an_inside_host_has_several),
		cmocka_unit_test(where_hosts_are_arbitrary_the_others_help_out_when_one_is_full),
		cmocka_unit_test(a_sequential_router_hands_out_one_port_after_the_other_and_wraps),
		cmocka_unit_test(req_3_no_port_is_overloaded_unless_ports_are_shared),
		cmocka_unit_test(req_3a_inside_ports_below_1024_may_have_a_range_of_their_own),
		cmocka_unit_test(req_4_an_even_port_gets_an_even_port_and_an_odd_one_an_odd_one),
		cmocka_unit_test(req_4_with_parity_half_of_a_range_is_full_before_the_other_half),
		cmocka_unit_test(next_finds_the_first_port_behind_a_thousand_that_are_taken),
		cmocka_unit_test(an_end_that_was_moved_forward_is_noticed_by_the_search),
		cmocka_unit_test(rfc_6888_a_host_gets_its_ports_from_a_block_of_its_own),
		cmocka_unit_test(a_restart_gives_all_blocks_back),
		cmocka_unit_test(the_rows_of_a_table_are_its_rules_and_then_its_flows_as_they_began),
		cmocka_unit_test(a_pinhole_is_a_row_while_it_is_open),
		cmocka_unit_test(a_full_table_takes_nobody_until_a_flow_ends),
		cmocka_unit_test(req_9_a_hairpin_shows_the_outside_source_or_the_inside_one_or_is_not_there),
		cmocka_unit_test(req_9_a_hairpin_goes_both_ways),
		cmocka_unit_test(a_hairpin_finds_a_forward_rule),
		cmocka_unit_test(a_forward_lets_anybody_in_whatever_the_filter),
		cmocka_unit_test(what_comes_to_an_address_that_was_given_up_is_not_forwarded),
		cmocka_unit_test(what_a_forward_lets_in_gets_another_source_port_when_its_path_is_taken),
		cmocka_unit_test(a_port_is_not_its_own_where_a_forwarded_flow_has_it_towards_the_same_remote_end),
		cmocka_unit_test(what_began_outside_is_answered_when_the_inside_has_spoken),
		cmocka_unit_test(a_forwarded_port_is_not_handed_out_unless_ports_are_shared),
		cmocka_unit_test(one_to_one_takes_what_is_nobody_elses_and_keeps_its_ports),
		cmocka_unit_test(in_a_pool_one_to_one_takes_the_host_that_is_paired),
		cmocka_unit_test(a_pinned_port_goes_to_whoever_asked_last),
		cmocka_unit_test(a_redirected_flow_is_answered_at_another_port),
		cmocka_unit_test(what_comes_in_has_the_name_of_the_flow_that_lets_it_in),
		cmocka_unit_test(a_pinhole_lets_in_whom_it_expects_once),
		cmocka_unit_test(a_permanent_pinhole_lets_in_all_whom_it_expects_until_its_time_is_up),
		cmocka_unit_test(a_pinhole_that_is_not_active_waits_for_its_owner),
		cmocka_unit_test(what_is_expected_from_inside_leaves_from_where_its_owner_is_expected),
		cmocka_unit_test(what_is_expected_from_inside_alone_keeps_its_port),
		cmocka_unit_test(an_equal_expectation_of_another_owner_or_kind_is_refused),
		cmocka_unit_test(expectations_come_all_or_none),
		cmocka_unit_test(what_has_a_later_serial_number_stays_as_it_is),
		cmocka_unit_test(a_live_flow_comes_before_an_expectation),
		cmocka_unit_test(an_expectation_dies_with_its_owner_and_is_not_its_successors),
		cmocka_unit_test(the_oldest_goes_when_there_are_too_many_of_a_kind),
		cmocka_unit_test(a_restart_forgets_expectations),
		cmocka_unit_test(expectations_that_nobody_uses_do_not_pile_up),
		cmocka_unit_test(behind_a_new_address_blocks_are_handed_out_from_the_first_one),
		cmocka_unit_test(req_11_the_same_datagrams_get_the_same_ports_and_a_collision_changes_no_rule),
		cmocka_unit_test(mapping_filtering_and_ports_may_change_while_flows_live),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
