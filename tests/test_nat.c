/* The NAT table as a logbook: who sends what to whom, and where it comes out. */
#include <string.h>

#include "models/nat.h"
#include "tests/lab.h"
#include "tests/nat_table.h"

/* Recognisable ends. Inside: two phones. Outside: 203.0.113.17. Remote: two hosts with two ports each. */
#define A   "192.168.1.104:5060"
#define B   "192.168.1.105:5060"
#define OUT "203.0.113.17:"
#define S   "198.51.100.1:5060"
#define S_2 "198.51.100.1:5070"
#define T   "198.51.100.2:5060"

/* --- mapping and filtering, independent of each other (RFC 4787 REQ-1, REQ-8) ---------- */

static const char *const dependences[] = { "endpoint-independent", "address-dependent",
					   "address-and-port-dependent" };

/* Is the outside port that A has towards S also the one it gets towards others? */
static const struct {
	const char *remote;
	bool same[3];
} mappings[] = {
	{ S, { true, true, true } },
	{ S_2, { true, true, false } },
	{ T, { true, false, false } },
};

/* A has sent to S only. Who may send to the port it left from? */
static const struct {
	const char *remote;
	bool passes[3];
} filters[] = {
	{ S, { true, true, true } },
	{ S_2, { true, true, false } },
	{ T, { true, false, false } },
};

TEST(each_mapping_goes_with_each_filtering)
{
	for (int m = 0; m < 3; m++)
		for (int f = 0; f < 3; f++) {
			struct table *t = table_with("ports=random");
			t->profile.nat.mapping = m;
			t->profile.nat.filtering = f;
			print_message("           mapping %s, filtering %s\n", dependences[m],
				      dependences[f]);
			const char *outside = out_at(t, 0, A, S);
			for (size_t i = 0; i < COUNT(filters); i++)
				assert_string_equal(in_at(t, 1, filters[i].remote, outside),
						    filters[i].passes[f] ? A : "filtered");
			for (size_t i = 0; i < COUNT(mappings); i++)
				assert_int_equal(!strcmp(out_at(t, 2, A, mappings[i].remote), outside),
						 mappings[i].same[m]);
			/* now that A has sent to all of them, all of them may answer to where they heard from
			 * it */
			for (size_t i = 0; i < COUNT(mappings); i++)
				assert_string_equal(
					in_at(t, 3, mappings[i].remote, out_at(t, 3, A, mappings[i].remote)),
					A);
			table_free(t);
		}
}

TEST(another_inside_port_or_host_is_another_mapping)
{
	for (int m = 0; m < 3; m++) {
		struct table *t = table_with("ports=random");
		t->profile.nat.mapping = m;
		const char *first = out_at(t, 0, A, S);
		assert_string_not_equal(out_at(t, 0, "192.168.1.104:5062", S), first);
		assert_string_not_equal(out_at(t, 0, B, S), first);
		assert_string_equal(out_at(t, 0, A, S), first);
		table_free(t);
	}
}

TEST(an_open_filter_lets_in_whom_the_mapping_never_heard_of)
{
	struct table *t = table_with("ports=preserve filtering=endpoint-independent");
	assert_string_equal(in_at(t, 0, T, OUT "5060"), "no-mapping");
	out_at(t, 1, A, S);
	assert_string_equal(in_at(t, 2, "8.8.8.8:53", OUT "5060"), A);
	table_free(t);
}

/* --- ports ----------------------------------------------------------------------------- */

TEST(a_preserving_router_keeps_the_port_and_a_random_one_stays_in_its_range)
{
	struct table *keeps = table_with("ports=preserve");
	struct table *draws = table_with("ports=random port-range.from=50001 port-range.to=50100");
	bool seen[100] = { false };
	int distinct = 0;
	for (int i = 0; i < 80; i++) {
		const char *inside = arena_printf(draws->arena, "192.168.1.104:%d", 2000 + i);
		struct endpoint e = endpoint_of(out_at(draws, 0, inside, S));
		assert_in_range(e.port, 50001, 50100);
		assert_false(seen[e.port - 50001]); /* nobody has it twice */
		seen[e.port - 50001] = true;
		distinct += e.port != 2000u + (uint32_t)i;
		assert_string_equal(out_at(keeps, 0, inside, S),
				    arena_printf(draws->arena, OUT "%d", 2000 + i));
	}
	assert_int_equal(distinct, 80);
	table_free(keeps);
	table_free(draws);
}

TEST(a_random_router_uses_its_whole_range_and_then_says_that_it_is_full)
{
	struct table *t = table_with("ports=random port-range.from=5000 port-range.to=5002");
	for (int i = 0; i < 3; i++) {
		struct endpoint e =
			endpoint_of(out_at(t, 0, arena_printf(t->arena, "192.168.1.10%d:5060", i), S));
		assert_in_range(e.port, 5000, 5002);
	}
	assert_string_equal(out_at(t, 0, "192.168.1.109:5060", S), "no-ports");
	/* who has a port keeps it, and when one expires the next gets it */
	assert_string_equal(in_at(t, 50000, S, out_at(t, 50000, "192.168.1.101:5060", S)),
			    "192.168.1.101:5060");
	assert_in_range(endpoint_of(out_at(t, 60000, "192.168.1.109:5060", S)).port, 5000, 5002);
	table_free(t);
}

TEST(next_ports_are_handed_out_in_order_before_anything_else)
{
	struct table *t = table_with("ports=preserve next-ports=23201+36321");
	assert_string_equal(out_at(t, 0, A, S), OUT "23201");
	assert_string_equal(out_at(t, 0, A, S), OUT "23201"); /* a mapping that is there takes none */
	assert_string_equal(out_at(t, 0, B, S), OUT "36321");
	assert_string_equal(out_at(t, 0, "192.168.1.106:5062", S), OUT "5062");
	table_free(t);
}

/* --- collisions ------------------------------------------------------------------------ */

TEST(a_port_outside_the_range_is_not_kept)
{
	struct table *t = table_with("ports=preserve port-range.from=20000 port-range.to=20000");
	assert_string_equal(out_at(t, 0, A, S), OUT "20000");
	assert_string_equal(out_at(t, 0, "192.168.1.106:20000", S), "no-ports");
	table_free(t);
}

TEST(the_second_phone_on_the_same_port_meets_the_collision_policy)
{
	static const struct {
		const char *policy, *remote; /* of the second phone; the first one talks to S */
		const char *outside;	     /* NULL: some other port of the range */
	} rows[] = {
		{ "random", S, NULL },
		{ "random", T, NULL },
		{ "next", S, OUT "5061" },
		{ "next", T, OUT "5061" },
		/* shared as long as the remote endpoints differ, in host or in port */
		{ "share", S, NULL },
		{ "share", S_2, OUT "5060" },
		{ "share", T, OUT "5060" },
		{ "steal", S, OUT "5060" },
		{ "steal", T, OUT "5060" },
		{ "drop", S, "port-taken" },
		{ "drop", T, "port-taken" },
		{ "share-or-drop", S, "port-taken" },
		{ "share-or-drop", S_2, OUT "5060" },
		{ "share-or-drop", T, OUT "5060" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table *t = table_with("ports=preserve");
		const char *const *words = field_find(router_fields, "collision", 9)->words;
		for (int c = 0; words[c]; c++)
			if (!strcmp(words[c], rows[i].policy))
				t->profile.nat.collision = c;
		print_message("           %s\n", rows[i].policy);
		assert_string_equal(out_at(t, 0, A, S), OUT "5060");
		const char *second = out_at(t, 1, B, rows[i].remote);
		if (rows[i].outside) {
			assert_string_equal(second, rows[i].outside);
		} else {
			assert_in_range(endpoint_of(second).port, 1024, 65535);
			assert_string_not_equal(second, OUT "5060");
		}

		/* the first phone keeps its port, unless it was stolen */
		bool stolen = !strcmp(rows[i].policy, "steal");
		if (!stolen)
			assert_string_equal(in_at(t, 2, S, OUT "5060"), A);
		else
			assert_string_equal(in_at(t, 2, S, OUT "5060"),
					    strcmp(rows[i].remote, S) ? "mapping-expired" : B);
		/* and the second one, if it got any, is reached by its own */
		if (strcmp(second, "port-taken") != 0)
			assert_string_equal(in_at(t, 3, rows[i].remote, second), B);
		table_free(t);
	}
}

TEST(the_port_is_free_again_when_the_first_phone_falls_silent)
{
	static const char *const policies[] = { "random", "next", "share", "drop", "share-or-drop" };
	for (size_t i = 0; i < COUNT(policies); i++) {
		struct table *t = table_with("");
		knobs_read(router_fields, t->arena,
			   arena_printf(t->arena, "ports=preserve udp-timeout.first=5s collision=%s",
					policies[i]),
			   &t->profile);
		out_at(t, 0, A, S);
		assert_string_not_equal(out_at(t, 1, B, S), OUT "5060");
		/* both expire after 5 s */
		assert_string_equal(out_at(t, 6000, B, S), OUT "5060");
		assert_string_equal(in_at(t, 6001, S, OUT "5060"), B);
		table_free(t);
	}
}

TEST(next_wraps_at_the_end_of_the_range_and_skips_what_is_taken)
{
	struct table *t = table_with("ports=preserve collision=next port-range.from=5058 port-range.to=5061");
	assert_string_equal(out_at(t, 0, "192.168.1.1:5060", S), OUT "5060");
	assert_string_equal(out_at(t, 0, "192.168.1.2:5060", S), OUT "5061");
	assert_string_equal(out_at(t, 0, "192.168.1.3:5060", S), OUT "5058");
	assert_string_equal(out_at(t, 0, "192.168.1.4:5060", S), OUT "5059");
	assert_string_equal(out_at(t, 0, "192.168.1.5:5060", S), "no-ports");
	table_free(t);
}

/* Measured on Linux 6.18: a displaced phone keeps its displaced port towards others too. */
TEST(a_displaced_phone_uses_its_port_for_other_destinations)
{
	struct table *t = table_with("ports=preserve collision=share");
	out_at(t, 0, A, S);
	const char *displaced = out_at(t, 1, B, S);
	assert_string_not_equal(displaced, OUT "5060");
	assert_string_equal(out_at(t, 2, B, T), displaced);
	table_free(t);
}

/* And when it talks to others first, it keeps the preserved port for those; what is the first phone's remains
 * so. */
TEST(sharing_a_port_never_takes_the_answers_of_another_phone)
{
	struct table *t = table_with("ports=preserve collision=share");
	assert_string_equal(out_at(t, 0, A, S), OUT "5060");
	assert_string_equal(out_at(t, 1, B, T), OUT "5060");
	const char *second = out_at(t, 2, B, S);
	assert_string_not_equal(second, OUT "5060");
	assert_string_equal(in_at(t, 3, S, OUT "5060"), A);
	assert_string_equal(in_at(t, 3, T, OUT "5060"), B);
	assert_string_equal(in_at(t, 3, S, second), B);
	table_free(t);
}

/* --- lifetimes ------------------------------------------------------------------------- */

/* What is sent before the question, each at its time; then: what happens to an inbound datagram at `asked`?
 */
struct life {
	const char *remark;
	struct {
		char way; /* 'o' out, 'i' in; 0: end */
		int64_t ms;
	} traffic[6];
	int64_t lives, dies; /* asked then: still passes; has expired */
};

static void assert_lives(const char *knobs, const struct life *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int late = 0; late < 2; late++) {
			struct table *t = table_with(knobs);
			for (size_t k = 0; k < 6 && rows[i].traffic[k].way; k++)
				if (rows[i].traffic[k].way == 'o')
					assert_string_equal(out_at(t, rows[i].traffic[k].ms, A, S),
							    OUT "5060");
				else
					assert_string_equal(in_at(t, rows[i].traffic[k].ms, S, OUT "5060"),
							    A);
			print_message("           %s\n", rows[i].remark);
			assert_string_equal(in_at(t, late ? rows[i].dies : rows[i].lives, S, OUT "5060"),
					    late ? "mapping-expired" : A);
			table_free(t);
		}
}

/*
 * Measured on Linux 6.18 (nf_conntrack_udp): every packet in either direction sets the timer; it sets S only
 * if a reply had been seen before this packet and the entry is older than 2 s; otherwise U. Here U is 30 s
 * and S is 120 s.
 */
TEST(a_flow_lives_long_only_when_it_was_answered_before_and_is_older_than_two_seconds)
{
	static const struct life rows[] = {
		{ "new, unanswered: U", { { 'o', 0 } }, 29999, 30000 },
		{ "the first answer never gives S", { { 'o', 0 }, { 'i', 40 } }, 30039, 30040 },
		{ "not even when it comes late", { { 'o', 0 }, { 'i', 5000 } }, 34999, 35000 },
		{ "REGISTER 401 REGISTER 200 inside 2 s leaves U",
		  { { 'o', 0 }, { 'i', 40 }, { 'o', 50 }, { 'i', 90 } },
		  30089,
		  30090 },
		{ "a keepalive later than 2 s gives S",
		  { { 'o', 0 }, { 'i', 40 }, { 'o', 3000 } },
		  122999,
		  123000 },
		{ "so does a datagram that comes in",
		  { { 'o', 0 }, { 'i', 40 }, { 'i', 3000 } },
		  122999,
		  123000 },
		{ "at 2 s sharp it is not older than 2 s",
		  { { 'o', 0 }, { 'i', 40 }, { 'o', 2000 } },
		  31999,
		  32000 },
		{ "a millisecond later it is", { { 'o', 0 }, { 'i', 40 }, { 'o', 2001 } }, 122000, 122001 },
		{ "never answered: U for ever, each one renews it",
		  { { 'o', 0 }, { 'o', 20000 }, { 'o', 40000 } },
		  69999,
		  70000 },
		{ "unanswered keepalives renew S",
		  { { 'o', 0 }, { 'i', 40 }, { 'o', 10000 }, { 'o', 100000 } },
		  219999,
		  220000 },
	};
	assert_lives(
		"ports=preserve udp-timeout.first=30s udp-timeout.stream=120s udp-timeout.stream-after=2s",
		rows, COUNT(rows));
}

TEST(a_flow_that_came_too_late_begins_anew)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=30s udp-timeout.stream=120s");
	out_at(t, 0, A, S);
	in_at(t, 40, S, OUT "5060");
	out_at(t, 31000, A, S); /* new: unanswered and young again */
	assert_string_equal(in_at(t, 60999, S, OUT "5060"), A);
	assert_string_equal(in_at(t, 60999 + 30000, S, OUT "5060"), "mapping-expired");
	table_free(t);
}

/* Measured on Linux 6.18: what cannot be told from a flow that never was is one, and has a port like any new one. */
TEST(after_a_loss_a_keepalive_opens_a_new_flow_that_lives_short_and_on_a_random_router_elsewhere)
{
	static const struct {
		const char *ports;
		bool same;
	} rows[] = { { "preserve", true }, { "random", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct table *t = table_with(arena_printf(a, "ports=%s udp-timeout.first=30s udp-timeout.stream=120s", rows[i].ports));
		const char *first = out_at(t, 0, A, S);
		in_at(t, 40, S, first);
		out_at(t, 3000, A, S);
		const char *again = out_at(t, 123000, A, S);
		assert_int_equal(!strcmp(first, again), rows[i].same);
		assert_string_equal(in_at(t, 152999, S, again), A);
		if (!rows[i].same)
			assert_string_equal(in_at(t, 123001, S, first), "mapping-expired");
		table_free(t);
		arena_free(a);
	}
}

/* RFC 4787 REQ-6: outbound refresh is required, inbound refresh is allowed. */
TEST(a_router_may_be_renewed_by_one_direction_only)
{
	static const struct life outbound[] = {
		{ "in does not renew", { { 'o', 0 }, { 'i', 20000 }, { 'i', 29999 } }, 29999, 30000 },
		{ "out does", { { 'o', 0 }, { 'o', 20000 } }, 49999, 50000 },
		{ "in still counts as an answer",
		  { { 'o', 0 }, { 'i', 40 }, { 'o', 20000 } },
		  139999,
		  140000 },
	};
	static const struct life inbound[] = {
		{ "out does not renew", { { 'o', 0 }, { 'o', 20000 } }, 29999, 30000 },
		{ "in does", { { 'o', 0 }, { 'i', 20000 } }, 49999, 50000 },
	};
	assert_lives("ports=preserve refresh=outbound udp-timeout.first=30s udp-timeout.stream=120s",
		     outbound, COUNT(outbound));
	assert_lives("ports=preserve refresh=inbound udp-timeout.first=30s udp-timeout.stream=120s", inbound,
		     COUNT(inbound));
}

TEST(a_mapping_lives_as_long_as_any_of_its_flows)
{
	struct table *t = table_with("ports=random mapping=endpoint-independent "
				     "filtering=endpoint-independent udp-timeout.first=30s");
	const char *outside = out_at(t, 0, A, S);
	assert_string_equal(out_at(t, 20000, A, T), outside);
	assert_string_equal(out_at(t, 40000, A, S),
			    outside); /* the flow to S had expired, that to T had not */
	assert_int_equal(nat_flows(t->nat, 40 * SEC), 2);
	assert_int_equal(nat_flows(t->nat, 70 * SEC - 1), 1);
	assert_int_equal(nat_flows(t->nat, 70 * SEC), 0);
	assert_string_not_equal(out_at(t, 80000, A, S), outside);
	table_free(t);
}

/* --- refusals -------------------------------------------------------------------------- */

TEST(a_refusal_says_whether_it_was_never_open_is_open_for_others_or_has_closed)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=30s udp-timeout.stream=30s");
	assert_string_equal(in_at(t, 0, S, OUT "5060"), "no-mapping");
	out_at(t, 0, A, S);
	assert_string_equal(in_at(t, 1, S, OUT "5061"), "no-mapping");
	assert_string_equal(in_at(t, 1, T, OUT "5060"), "filtered");
	assert_string_equal(in_at(t, 1, S_2, OUT "5060"), "filtered");
	/* all is over */
	assert_string_equal(in_at(t, 30000, S, OUT "5060"), "mapping-expired");
	assert_string_equal(in_at(t, 30000, T, OUT "5060"), "mapping-expired");
	/* open again, but for T; S finds what it had closed */
	out_at(t, 31000, A, T);
	assert_string_equal(in_at(t, 31001, S, OUT "5060"), "mapping-expired");
	assert_string_equal(in_at(t, 31001, S_2, OUT "5060"), "filtered");
	table_free(t);
}

TEST(what_is_refused_renews_nothing)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=30s udp-timeout.stream=120s");
	out_at(t, 0, A, S);
	for (int64_t ms = 1000; ms < 30000; ms += 1000)
		assert_string_equal(in_at(t, ms, T, OUT "5060"), "filtered");
	assert_string_equal(in_at(t, 30000, S, OUT "5060"), "mapping-expired");
	table_free(t);
}

/* --- what others ask of it --------------------------------------------------------------- */

TEST(a_restart_forgets_every_flow_and_a_new_address_is_used_from_now_on)
{
	struct table *t = table_with("ports=preserve");
	uint32_t other = endpoint_of("203.0.113.18").host;
	out_at(t, 0, A, S);
	nat_flush(t->nat);
	assert_int_equal(nat_flows(t->nat, 1), 0);
	assert_string_equal(in_at(t, 1, S, OUT "5060"), "no-mapping");
	assert_string_equal(out_at(t, 2, A, S), OUT "5060");
	nat_rebind(t->nat, other);
	assert_true(nat_owns(t->nat, other));
	assert_false(nat_owns(t->nat, endpoint_of("203.0.113.17").host));
	assert_string_equal(out_at(t, 3, A, S), "203.0.113.18:5060");
	nat_rebind(t->nat, 0);
	assert_true(nat_owns(t->nat, endpoint_of("203.0.113.17").host));
	assert_string_equal(out_at(t, 4, A, S), OUT "5060");
	table_free(t);
}

TEST(a_lifetime_that_was_set_lasts_until_the_next_datagram)
{
	struct table *t = table_with("ports=preserve udp-timeout.first=30s");
	out_at(t, 0, A, S);
	nat_lifetime(t->nat, 0, endpoint_of(A), endpoint_of(S), 3600 * SEC);
	nat_lifetime(t->nat, 0, endpoint_of(A), endpoint_of(T), 5 * SEC); /* there is no such flow */
	assert_string_equal(in_at(t, 3599999, S, OUT "5060"), A);
	assert_string_equal(in_at(t, 3599999 + 30000, S, OUT "5060"), "mapping-expired");
	table_free(t);
}

TEST(a_port_may_be_chosen_otherwise_than_by_the_profile)
{
	struct table *t = table_with("ports=random");
	struct nat_path in = { endpoint_of(A), endpoint_of(S) }, other = { endpoint_of(B), endpoint_of(S) }, out;
	assert_null(nat_outbound(t->nat, 0, in, &(struct nat_ports){ PORTS_PRESERVE, 0 }, &out));
	assert_int_equal(out.src.port, 5060);
	assert_null(nat_outbound(t->nat, 0, other, &(struct nat_ports){ PORTS_RANDOM, 5060 }, &out));
	assert_int_equal(out.src.port, 5060);
	assert_string_equal(in_at(t, 1, S, OUT "5060"), B);
	table_free(t);
}

TEST(a_port_that_is_kept_for_an_alg_need_not_be_one_that_the_profile_hands_out)
{
	static const char *const profiles[] = { "ports=random port-range.from=50001", "ports=random port-block=512" };
	for (size_t i = 0; i < COUNT(profiles); i++) {
		struct table *t = table_with(profiles[i]);
		struct nat_path in = { endpoint_of(A), endpoint_of(S) }, out;
		assert_null(nat_outbound(t->nat, 0, in, &(struct nat_ports){ PORTS_PRESERVE, 0 }, &out));
		assert_int_equal(out.src.port, 5060);
		assert_string_equal(in_at(t, 1, S, OUT "5060"), A);
		table_free(t);
	}
}

/* --- two phones in the lab ------------------------------------------------------------- */

TEST(two_phones_on_one_port_and_a_server_that_answers_to_the_via_port)
{
	static const struct {
		const char *collision;
		bool first, second;	 /* is registered */
		const char *where, *why; /* the second phone's answers end */
	} rows[] = {
		/* another outside port, but the answer goes to 5060, which is the first phone's */
		{ "random", true, false, "phone", "no request of its own waits for this" },
		{ "next", true, false, "phone", "no request of its own waits for this" },
		{ "share", true, false, "phone", "no request of its own waits for this" },
		{ "steal", true, true, NULL, NULL },
		{ "drop", true, false, "router/lan", "the outside port for 192.168.1.105:5060 is in use" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char router[64] = "ports=preserve collision=";
		strcat(router, rows[i].collision);
		struct lab *lab = lab_with("rport=off", router, "rport=off");
		struct phone *second = lab_add_phone(lab, "second", "192.168.1.105:5060", "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 1000);
		phone_register(second, world_story(lab->world));
		lab_run_ms(lab, 1400);
		print_message("           %s\n", rows[i].collision);
		assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), rows[i].first);
		assert_int_equal(lab_count(lab, "second", EVENT_NOTE, NULL), rows[i].second);
		if (rows[i].where)
			assert_dropped(lab, rows[i].where, rows[i].why);
		lab_close(lab);
	}
}

TEST(two_phones_on_one_port_and_a_server_that_answers_to_the_source)
{
	static const char *const works[] = { "random", "next", "share", "steal" };
	for (size_t i = 0; i < COUNT(works); i++) {
		char router[64] = "ports=preserve collision=";
		strcat(router, works[i]);
		struct lab *lab = lab_with("rport=off", router, "force-rport=on");
		struct phone *second = lab_add_phone(lab, "second", "192.168.1.105:5060", "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 1000);
		phone_register(second, world_story(lab->world));
		lab_run_ms(lab, 2000);
		assert_noted(lab, "phone", "registered", 84);
		assert_noted(lab, "second", "registered", 1084);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mapping_goes_with_each_filtering),
		cmocka_unit_test(another_inside_port_or_host_is_another_mapping),
		cmocka_unit_test(an_open_filter_lets_in_whom_the_mapping_never_heard_of),
		cmocka_unit_test(a_preserving_router_keeps_the_port_and_a_random_one_stays_in_its_range),
		cmocka_unit_test(a_random_router_uses_its_whole_range_and_then_says_that_it_is_full),
		cmocka_unit_test(next_ports_are_handed_out_in_order_before_anything_else),
		cmocka_unit_test(a_port_outside_the_range_is_not_kept),
		cmocka_unit_test(the_second_phone_on_the_same_port_meets_the_collision_policy),
		cmocka_unit_test(the_port_is_free_again_when_the_first_phone_falls_silent),
		cmocka_unit_test(next_wraps_at_the_end_of_the_range_and_skips_what_is_taken),
		cmocka_unit_test(a_displaced_phone_uses_its_port_for_other_destinations),
		cmocka_unit_test(sharing_a_port_never_takes_the_answers_of_another_phone),
		cmocka_unit_test(
			a_flow_lives_long_only_when_it_was_answered_before_and_is_older_than_two_seconds),
		cmocka_unit_test(a_flow_that_came_too_late_begins_anew),
		cmocka_unit_test(after_a_loss_a_keepalive_opens_a_new_flow_that_lives_short_and_on_a_random_router_elsewhere),
		cmocka_unit_test(a_router_may_be_renewed_by_one_direction_only),
		cmocka_unit_test(a_mapping_lives_as_long_as_any_of_its_flows),
		cmocka_unit_test(a_refusal_says_whether_it_was_never_open_is_open_for_others_or_has_closed),
		cmocka_unit_test(what_is_refused_renews_nothing),
		cmocka_unit_test(a_restart_forgets_every_flow_and_a_new_address_is_used_from_now_on),
		cmocka_unit_test(a_lifetime_that_was_set_lasts_until_the_next_datagram),
		cmocka_unit_test(a_port_may_be_chosen_otherwise_than_by_the_profile),
		cmocka_unit_test(a_port_that_is_kept_for_an_alg_need_not_be_one_that_the_profile_hands_out),
		cmocka_unit_test(two_phones_on_one_port_and_a_server_that_answers_to_the_via_port),
		cmocka_unit_test(two_phones_on_one_port_and_a_server_that_answers_to_the_source),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
