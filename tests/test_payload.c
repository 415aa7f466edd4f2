/* Payloads and pools: memory depends on what is in flight, not on how long it has been going on. */
#include <string.h>

#include "sim/pool.h"
#include "tests/lab.h"

TEST(a_payload_has_its_length_one_reference_no_view_and_a_zero_behind_it)
{
	static const size_t lengths[] = { 0, 1, 511, 512, 513, 1024, 1025, 4096, 8192, 8193, PAYLOAD_MAX };
	struct arena *a = arena_new();
	struct payload_pools *pools = payload_pools_new(a);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct payload *p = payload_new(pools, lengths[i]);
		memset(p->bytes, 'x', lengths[i]);
		assert_int_equal(p->len, lengths[i]);
		assert_int_equal(p->refs, 1);
		assert_false(p->viewed);
		assert_int_equal(p->bytes[p->len], 0);
	}
	assert_int_equal(payload_count(pools), COUNT(lengths));
	arena_free(a);
}

TEST(the_last_reference_gives_the_memory_back_and_the_next_payload_gets_it)
{
	struct arena *a = arena_new();
	struct payload_pools *pools = payload_pools_new(a);
	struct payload *p = payload_new(pools, 100);
	p->viewed = true;
	assert_ptr_equal(payload_ref(p), p);
	payload_unref(pools, p);
	assert_int_equal(payload_count(pools), 1); /* one is left */
	payload_unref(pools, p);
	assert_int_equal(payload_count(pools), 0);

	struct payload *next = payload_new(pools, 200);
	assert_ptr_equal(next, p);
	assert_false(next->viewed); /* nothing of the one before */
	assert_int_equal(next->bytes[200], 0);
	arena_free(a);
}

TEST(sizes_do_not_take_from_each_other)
{
	struct arena *a = arena_new();
	struct payload_pools *pools = payload_pools_new(a);
	struct payload *small = payload_new(pools, 10);
	payload_unref(pools, small);
	struct payload *large = payload_new(pools, 60000);
	assert_ptr_not_equal(large, small);
	memset(large->bytes, 'y', 60000);
	payload_unref(pools, large);
	assert_ptr_equal(payload_new(pools, 10), small);
	arena_free(a);
}

TEST(pieces_of_a_pool_are_aligned_apart_and_recycled)
{
	struct arena *a = arena_new();
	struct pool pool;
	char *pieces[100];
	pool_init(&pool, a, 24);
	for (int i = 0; i < 100; i++) {
		pieces[i] = pool_get(&pool);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], i, 24);
	}
	for (int i = 0; i < 100; i++) /* nobody wrote over anybody */
		assert_int_equal(pieces[i][23], i);
	size_t used = arena_used(a);
	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 100; i++)
			pool_put(&pool, pieces[i]);
		for (int i = 0; i < 100; i++)
			pieces[i] = pool_get(&pool);
	}
	assert_int_equal(arena_used(a), used);
	assert_int_equal(pool.out, 100);
	arena_free(a);
}

/* Sends `n` datagrams over the network, a millisecond apart. */
static void chatter(struct lab *lab, int n)
{
	int64_t ms = world_now(lab->world) / MSEC;
	for (int i = 0; i < n; i++) {
		lab_send_bytes(lab, "192.0.2.1:7000", "203.0.113.17:9", "hello", 5);
		lab_run_ms(lab, ++ms);
	}
	lab_run_ms(lab, ms + 100); /* the last ones land */
}

TEST(a_hundred_thousand_datagrams_cost_no_more_memory_than_a_hundred)
{
	struct lab *lab = lab_with("", "", "");
	lab->world->trace.level = TRACE_COUNTS; /* what is kept would grow */
	chatter(lab, 100);
	size_t used = arena_used(lab->arena);
	chatter(lab, 100000);
	assert_int_equal(arena_used(lab->arena), used);
	assert_int_equal(lab->world->trace.counts[EVENT_ARRIVED], 100100);
	assert_int_equal(payload_count(lab->world->payloads), 0);
	assert_int_equal(lab->world->flights.out, 0);
	lab_close(lab);
}

/* A phone that registers for a minute at a time; the server lets each transaction go 32 s later. */
TEST(a_simulated_week_of_refreshes_costs_no_more_memory_than_an_hour)
{
	struct lab *lab = lab_with("register.expires=60s", "ports=random", "");
	lab->world->trace.level = TRACE_COUNTS;
	lab_register(lab);
	lab_run_ms(lab, 3600 * 1000);
	size_t used = arena_used(lab->arena);
	lab_run_ms(lab, 7 * 86400 * 1000LL);
	assert_int_equal(arena_used(lab->arena), used);
	assert_true(lab->world->trace.counts[EVENT_SENT] > 80000);
	lab_close(lab);
}

TEST(the_changes_of_a_rewritten_payload_stand_behind_its_bytes)
{
	struct arena *a = arena_new();
	struct payload_pools *pools = payload_pools_new(a);
	static const size_t sizes[] = { 0, 1, 500, 511, 512, 513, PAYLOAD_MAX };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct payload *p = payload_rewritten(pools, sizes[i], PAYLOAD_CHANGES);
		struct change *c = payload_changes(p);
		memset(p->bytes, 'z', sizes[i]);
		memset(c, 0xFF, PAYLOAD_CHANGES * sizeof *c);
		assert_int_equal(p->changes, PAYLOAD_CHANGES);
		assert_int_equal(p->len, sizes[i]);
		assert_int_equal(p->bytes[sizes[i]], 0);
		assert_true((char *)c > p->bytes + sizes[i]);
		payload_unref(pools, p);
		p = payload_new(pools, sizes[i]);
		assert_int_equal(p->changes, 0);
		payload_unref(pools, p);
	}
	assert_int_equal(payload_count(pools), 0);
	arena_free(a);
}

TEST(an_arena_gives_zeroed_aligned_memory_and_forgets_on_reset)
{
	struct arena *a = arena_new();
	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		char *p = arena_alloc(a, size);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 'z', size);
	}
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	assert_int_equal(*(char *)arena_alloc(a, 1), 0);
	assert_string_equal(arena_printf(a, "%s:%d", "port", 5060), "port:5060");
	assert_string_equal(arena_copy(a, "abcdef", 3), "abc");
	arena_free(a);
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_has_its_length_one_reference_no_view_and_a_zero_behind_it),
		cmocka_unit_test(the_last_reference_gives_the_memory_back_and_the_next_payload_gets_it),
		cmocka_unit_test(sizes_do_not_take_from_each_other),
		cmocka_unit_test(pieces_of_a_pool_are_aligned_apart_and_recycled),
		cmocka_unit_test(a_hundred_thousand_datagrams_cost_no_more_memory_than_a_hundred),
		cmocka_unit_test(a_simulated_week_of_refreshes_costs_no_more_memory_than_an_hour),
		cmocka_unit_test(the_changes_of_a_rewritten_payload_stand_behind_its_bytes),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_and_forgets_on_reset),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
