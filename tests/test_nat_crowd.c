/* The NAT table with very many flows. */
#include "models/nat.h"
#include "tests/lab.h"
#include "tests/nat_table.h"

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

/* Each search would look at all ports before its own, if it did not know that they are taken. */
TEST(sixty_thousand_phones_on_one_port_get_one_each_and_the_rest_is_told_at_once_that_there_is_none)
{
	static const char *const ways[] = { "ports=preserve collision=next", "ports=preserve collision=random",
					    "ports=preserve collision=share", "ports=random", "ports=sequential" };
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct table *t = table_with(ways[i]);
		bool *taken = arena_alloc(t->arena, 65536);
		uint32_t served = 0;
		for (uint32_t n = 0; n < CROWD; n++) {
			struct nat_path in = { { 0x0A000001 + n, 5060 }, far_end(0) }, out;
			const struct fact *refused = nat_outbound(t->nat, n * MSEC / 10, in, NULL, &out);
			assert_true(!refused || (refused == &fact_nat_full && served == 64512));
			if (refused)
				continue;
			assert_false(taken[out.src.port]);
			taken[out.src.port] = true;
			served++;
		}
		assert_int_equal(served, 64512);
		table_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_thousand_flows_are_all_found_and_their_places_used_again),
		cmocka_unit_test(sixty_thousand_phones_on_one_port_get_one_each_and_the_rest_is_told_at_once_that_there_is_none),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
