/* The NAT table with very many flows, and against a table that is nothing but a list. */
#include "models/nat.h"
#include "tests/lab.h"
#include "tests/nat_table.h"

/* --- size ------------------------------------------------------------------------------ */

#define CROWD 100000u

static struct endpoint member(uint32_t i)
{
	return (struct endpoint){ 0x0A000000 + i / 60000, 2000 + i % 60000 };
}

static struct endpoint far_end(uint32_t i)
{
	return (struct endpoint){ 0xC6330000 + i / 50000, 10000 + i % 50000 };
}

static void crowd_sends(struct table *t, usec now)
{
	for (uint32_t i = 0; i < CROWD; i++) {
		struct nat_path out;
		assert_null(nat_outbound(t->nat, now, (struct nat_path){ member(i), far_end(i) }, NULL, &out));
	}
}

TEST(a_hundred_thousand_flows_are_all_found_and_their_places_used_again)
{
	struct table *t = table_with("ports=preserve collision=share udp-timeout.first=60s");
	crowd_sends(t, 0);
	assert_int_equal(nat_flows(t->nat, 1), CROWD);
	for (uint32_t i = 0; i < CROWD; i++) {
		struct nat_path out, back;
		assert_null(nat_outbound(t->nat, 1, (struct nat_path){ member(i), far_end(i) }, NULL, &out));
		assert_null(nat_inbound(t->nat, 1, (struct nat_path){ far_end(i), out.src }, &back));
		assert_true(endpoint_equal(back.dst, member(i)));
	}
	assert_int_equal(nat_flows(t->nat, 1), CROWD);
	assert_int_equal(nat_flows(t->nat, 60 * SEC + 1), 0);

	/* as evidence the expired ones stay until the room is needed; then they go, and no more is asked for
	 */
	size_t used = arena_used(t->arena);
	for (int64_t round = 2; round < 5; round++)
		crowd_sends(t, round * 60 * SEC);
	assert_int_equal(nat_flows(t->nat, 240 * SEC + 1), CROWD);
	assert_true(arena_used(t->arena) < used * 2);
	used = arena_used(t->arena);
	for (int64_t round = 5; round < 8; round++)
		crowd_sends(t, round * 60 * SEC);
	assert_int_equal(arena_used(t->arena), used);
	table_free(t);
}

/* --- against a table that is nothing but a list ---------------------------------------- */

#define NAIVE 4096

struct naive_flow {
	struct endpoint inside, outside, remote;
	usec deadline;
};

struct naive {
	struct naive_flow flows[NAIVE];
	int n;
};

static bool ignores(int dependence, struct endpoint a, struct endpoint b)
{
	return dependence == ENDPOINT_INDEPENDENT || (dependence == ADDRESS_DEPENDENT && a.host == b.host) ||
	       endpoint_equal(a, b);
}

/* Whatever the table decided, the list must agree that it was allowed to. */
static void check_outbound(struct naive *list, const struct nat_profile *p, usec now, struct endpoint inside,
			   struct endpoint remote, struct endpoint outside)
{
	struct naive_flow *own = NULL;
	for (int i = 0; i < list->n; i++) {
		struct naive_flow *f = &list->flows[i];
		if (f->deadline <= now)
			continue;
		bool mine = endpoint_equal(f->inside, inside);
		if (mine && ignores(p->mapping, f->remote, remote))
			assert_true(endpoint_equal(f->outside, outside)); /* one mapping, one port */
		if (!mine)
			assert_false(endpoint_equal(f->outside, outside)); /* a port belongs to one phone */
		if (mine && endpoint_equal(f->remote, remote))
			own = f;
	}
	if (!own)
		own = &list->flows[list->n++];
	assert_true(list->n < NAIVE);
	*own = (struct naive_flow){ inside, outside, remote, now + p->first };
}

static void check_inbound(struct naive *list, const struct nat_profile *p, usec now, struct endpoint remote,
			  struct endpoint outside, const struct fact *why, struct endpoint inside)
{
	struct naive_flow *open = NULL;
	for (int i = 0; i < list->n; i++) {
		struct naive_flow *f = &list->flows[i];
		if (f->deadline <= now || !endpoint_equal(f->outside, outside) ||
		    !ignores(p->filtering, f->remote, remote))
			continue;
		if (!open || endpoint_equal(f->remote, remote))
			open = f;
	}
	assert_int_equal(why == NULL, open != NULL);
	if (open)
		assert_true(endpoint_equal(inside, open->inside));
}

static struct endpoint pick(struct stream s, uint64_t n, uint32_t host, uint64_t hosts, uint32_t port,
			    uint64_t ports)
{
	return (struct endpoint){ host + (uint32_t)stream_below(s, 2 * n, hosts),
				  port + (uint32_t)stream_below(s, 2 * n + 1, ports) };
}

TEST(random_traffic_agrees_with_a_naive_list)
{
	for (int kind = 0; kind < 18; kind++) {
		struct table *t = table_with("refresh=outbound udp-timeout.first=20s udp-timeout.stream=20s");
		struct naive *list = arena_alloc(t->arena, sizeof *list);
		struct stream chance = stream_named(1, "test", (uint32_t)kind, "traffic");
		struct nat_profile *p = &t->profile.nat;
		p->mapping = kind % 3;
		p->filtering = kind / 3 % 3;
		p->ports = kind / 9;
		uint32_t outside_host = endpoint_of("203.0.113.17").host;
		for (uint64_t n = 0; n < 3000; n++) {
			usec now = (usec)n * 300 * MSEC;
			struct endpoint remote = pick(stream_sub(chance, 1), n, 0xC6330001, 2, 5060, 3);
			if (stream_below(stream_sub(chance, 2), n, 2)) {
				struct endpoint inside =
					pick(stream_sub(chance, 3), n, 0xC0A80168, 3, 5060, 2);
				struct nat_path out;
				assert_null(nat_outbound(t->nat, now, (struct nat_path){ inside, remote },
							 NULL, &out));
				check_outbound(list, p, now, inside, remote, out.src);
			} else {
				/* towards an outside endpoint that was used before, or nobody's */
				struct endpoint outside = { outside_host, 5060 };
				struct nat_path back = { 0 };
				if (list->n)
					outside = list->flows[stream_below(stream_sub(chance, 4), n,
									   (uint64_t)list->n)]
							  .outside;
				const struct fact *why = nat_inbound(
					t->nat, now, (struct nat_path){ remote, outside }, &back);
				check_inbound(list, p, now, remote, outside, why, back.dst);
			}
		}
		table_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_thousand_flows_are_all_found_and_their_places_used_again),
		cmocka_unit_test(random_traffic_agrees_with_a_naive_list),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
