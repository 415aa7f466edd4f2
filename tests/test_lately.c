/* What is remembered for a fixed time: found until it ends, to the microsecond, and forgotten without an event. */
#include "sim/lately.h"
#include "tests/lab.h"

static bool same_number(const void *entry, const void *sought)
{
	return *(const uint32_t *)entry == *(const uint32_t *)sought;
}

static void remember(struct lately *l, uint32_t hash, uint32_t number)
{
	*(uint32_t *)lately_add(l, hash, sizeof number) = number;
}

static bool remembers(const struct lately *l, uint32_t hash, uint32_t number)
{
	return lately_find(l, hash, same_number, &number) != NULL;
}

static struct world *world_at(struct arena *a)
{
	return world_new(a, &(struct world_setup){ .seed = 1 });
}

TEST(an_entry_is_found_until_its_time_is_over_and_not_a_microsecond_longer)
{
	struct arena *a = arena_new();
	struct world *w = world_at(a);
	struct lately l;
	lately_init(&l, w, 32 * SEC);
	w->wheel.now = 5 * SEC;
	remember(&l, 7, 1);
	w->wheel.now = 37 * SEC - 1;
	assert_true(remembers(&l, 7, 1));
	assert_false(remembers(&l, 7, 2)); /* the hash is not the entry */
	assert_false(remembers(&l, 8, 1));
	assert_false(remembers(&l, 7 | 1 << 24, 1)); /* the same slot and tag */
	w->wheel.now = 37 * SEC;
	assert_false(remembers(&l, 7, 1));
	assert_true(wheel_empty(&w->wheel)); /* and nothing had to fire */
	arena_free(a);
}

TEST(entries_of_one_hash_and_of_hash_zero_are_told_apart)
{
	struct arena *a = arena_new();
	struct lately l;
	lately_init(&l, world_at(a), SEC);
	for (uint32_t i = 0; i < 50; i++)
		remember(&l, i % 2, i);
	for (uint32_t i = 0; i < 50; i++)
		assert_true(remembers(&l, i % 2, i));
	assert_false(remembers(&l, 0, 50));
	arena_free(a);
}

TEST(a_day_of_entries_costs_no_more_memory_than_a_few_minutes)
{
	struct arena *a = arena_new();
	struct world *w = world_at(a);
	struct lately l;
	size_t early = 0;
	lately_init(&l, w, 32 * SEC);
	for (uint32_t i = 0; i < 86400; i++) {
		w->wheel.now = (usec)i * SEC;
		remember(&l, i * 2654435761u, i);
		assert_true(remembers(&l, i * 2654435761u, i));
		if (i >= 32)
			assert_false(remembers(&l, (i - 32) * 2654435761u, i - 32));
		if (i >= 31)
			assert_true(remembers(&l, (i - 31) * 2654435761u, i - 31));
		if (i == 300)
			early = arena_used(a);
	}
	assert_int_equal(arena_used(a), early);
	arena_free(a);
}

TEST(what_is_forgotten_is_not_found_whether_it_was_of_now_or_of_before)
{
	struct arena *a = arena_new();
	struct world *w = world_at(a);
	struct lately l;
	lately_init(&l, w, SEC);
	remember(&l, 1, 1);
	w->wheel.now = SEC - 1;
	remember(&l, 2, 2);
	w->wheel.now = SEC;
	remember(&l, 3, 3);
	assert_true(remembers(&l, 2, 2) && remembers(&l, 3, 3));
	lately_forget(&l);
	assert_false(remembers(&l, 2, 2) || remembers(&l, 3, 3));
	remember(&l, 3, 4);
	assert_true(remembers(&l, 3, 4));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_found_until_its_time_is_over_and_not_a_microsecond_longer),
		cmocka_unit_test(entries_of_one_hash_and_of_hash_zero_are_told_apart),
		cmocka_unit_test(what_is_forgotten_is_not_found_whether_it_was_of_now_or_of_before),
		cmocka_unit_test(a_day_of_entries_costs_no_more_memory_than_a_few_minutes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
