/* Chance without state: draws depend on seed, owner, purpose and number, and on nothing else. */
#include <string.h>

#include "sim/rng.h"
#include "tests/lab.h"

TEST(the_same_four_words_give_the_same_draw)
{
	struct stream a = stream_named(7, "home", 2, "ports"), b = stream_named(7, "home", 2, "ports");
	for (uint64_t n = 0; n < 100; n++)
		assert_int_equal(stream_draw(a, n), stream_draw(b, n));
	/* in any order, as often as one likes */
	assert_int_equal(stream_draw(a, 3), stream_draw(a, 3));
}

TEST(a_draw_is_the_same_on_every_machine_and_in_every_version)
{
	/* written down once: if these change, every pinned result of every scenario changes */
	struct stream s = stream_named(1, "home", 0, "ports");
	char hex[17] = "";
	stream_hex(s, 0, hex);
	assert_string_equal(hex, "7edfbe90a383a6bd");
	assert_int_equal(stream_below(s, 0, 64512), 55292);
}

TEST(another_seed_owner_member_purpose_or_number_gives_another_draw)
{
	struct stream s = stream_named(1, "home", 1, "ports");
	uint64_t first = stream_draw(s, 0);
	assert_int_not_equal(first, stream_draw(stream_named(2, "home", 1, "ports"), 0));
	assert_int_not_equal(first, stream_draw(stream_named(1, "homf", 1, "ports"), 0));
	assert_int_not_equal(first, stream_draw(stream_named(1, "home", 2, "ports"), 0));
	assert_int_not_equal(first, stream_draw(stream_named(1, "home", 1, "loss"), 0));
	assert_int_not_equal(first, stream_draw(s, 1));
	assert_int_not_equal(stream_draw(stream_sub(s, 1), 0), stream_draw(stream_sub(s, 2), 0));
	/* where one word ends and the next begins matters */
	assert_int_not_equal(stream_draw(stream_named(1, "ab", 0, "c"), 0),
			     stream_draw(stream_named(1, "a", 0, "bc"), 0));
}

/* Bits in which two streams agree, over many draws: half of them when they know nothing of each other. */
static double agreement(struct stream a, struct stream b)
{
	int same = 0;
	for (uint64_t n = 0; n < 4000; n++)
		same += 64 - __builtin_popcountll(stream_draw(a, n) ^ stream_draw(b, n));
	return same / (4000.0 * 64);
}

TEST(neighbouring_streams_know_nothing_of_each_other)
{
	struct stream s = stream_named(1, "phone", 1, "loss");
	struct stream others[] = {
		stream_named(2, "phone", 1, "loss"),
		stream_named(1, "phone", 2, "loss"),
		stream_named(1, "phonf", 1, "loss"),
		stream_named(1, "phone", 1, "jitter"),
		stream_sub(s, 0),
	};
	for (size_t i = 0; i < COUNT(others); i++) {
		double share = agreement(s, others[i]);
		assert_true(share > 0.495 && share < 0.505);
	}
}

TEST(below_stays_in_range_and_is_roughly_uniform)
{
	struct stream s = stream_named(1, "test", 0, "below");
	int buckets[10] = { 0 };
	for (uint64_t n = 0; n < 100000; n++) {
		uint64_t x = stream_below(s, n, 10);
		assert_true(x < 10);
		buckets[x]++;
	}
	for (int i = 0; i < 10; i++) /* 10,000 each; six standard deviations are 570 */
		assert_in_range(buckets[i], 9430, 10570);
	assert_int_equal(stream_below(s, 5, 1), 0);
	for (uint64_t n = 0; n < 1000; n++)
		assert_true(stream_below(s, n, UINT64_MAX) < UINT64_MAX);
}

TEST(hex_is_sixteen_digits_and_no_zero_behind_them)
{
	char text[STREAM_HEX + 1];
	memset(text, '!', sizeof text);
	stream_hex(stream_named(1, "test", 0, "hex"), 0, text);
	assert_int_equal(strspn(text, "0123456789abcdef"), STREAM_HEX);
	assert_int_equal(text[STREAM_HEX], '!');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_four_words_give_the_same_draw),
		cmocka_unit_test(a_draw_is_the_same_on_every_machine_and_in_every_version),
		cmocka_unit_test(another_seed_owner_member_purpose_or_number_gives_another_draw),
		cmocka_unit_test(neighbouring_streams_know_nothing_of_each_other),
		cmocka_unit_test(below_stays_in_range_and_is_roughly_uniform),
		cmocka_unit_test(hex_is_sixteen_digits_and_no_zero_behind_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
