/* The timer wheel: order by (time, order of arming), whatever the levels do. */
#include "sim/rng.h"
#include "sim/timer.h"
#include "tests/lab.h"

/* One 64 us block; 64 of them; and so on: where a timer changes its level. */
#define BLOCK	((usec)64)
#define BLOCK_2 (64 * BLOCK)
#define BLOCK_3 (64 * BLOCK_2)

static struct wheel *wheel_at(struct arena *a, usec now)
{
	struct wheel *w = arena_alloc(a, sizeof *w);
	struct timer *mover = arena_alloc(a, sizeof *mover);
	wheel_init(w);
	timer_arm(w, mover, now);
	assert_ptr_equal(wheel_next(w, NEVER), mover);
	return w;
}

/* Takes the next timer off and expects it to be number `i`, at its own time. */
static void assert_next(struct wheel *w, const struct timer *timers, int i)
{
	const struct timer *t = wheel_next(w, NEVER);
	assert_non_null(t);
	assert_int_equal(t - timers, i);
	assert_int_equal(w->now, t->at);
	assert_false(timer_armed(t));
}

TEST(timers_fire_by_time_and_ties_in_the_order_of_arming)
{
	static const struct row {
		const char *what;
		usec now, at[6];
		int order[6];
	} rows[] = {
		{ "within one block", 0, { 5, 3, 5, 1, 3, 0 }, { 5, 3, 1, 4, 0, 2 } },
		{ "over three levels", 0, { BLOCK_3, BLOCK, 1, BLOCK_2, 0, BLOCK_2 }, { 4, 2, 1, 3, 5, 0 } },

		/* block borders, one microsecond on each side */
		{ "around a block's end",
		  0,
		  { BLOCK, BLOCK - 1, BLOCK + 1, BLOCK, BLOCK - 1, 0 },
		  { 5, 1, 4, 0, 3, 2 } },
		{ "around the second level",
		  0,
		  { BLOCK_2 + 1, BLOCK_2 - 1, BLOCK_2, BLOCK_2, BLOCK_2 - 1, 7 },
		  { 5, 1, 4, 2, 3, 0 } },
		{ "around the third level",
		  0,
		  { BLOCK_3, BLOCK_3 - 1, BLOCK_3 + 1, BLOCK_3 - 1, BLOCK_3, 9 },
		  { 5, 1, 3, 0, 4, 2 } },

		/* the clock stands on a border, just before one, and just behind one */
		{ "from a border",
		  BLOCK_2,
		  { BLOCK_2 + BLOCK, BLOCK_2, BLOCK_3, BLOCK_2 + 1, BLOCK_2, BLOCK_3 },
		  { 1, 4, 3, 0, 2, 5 } },
		{ "from before one",
		  BLOCK_3 - 1,
		  { BLOCK_3, BLOCK_3 - 1, BLOCK_3 + BLOCK, BLOCK_3, BLOCK_3 + 1, BLOCK_3 - 1 },
		  { 1, 5, 0, 3, 4, 2 } },

		/* all at once, far away: dealt out level by level, still in order */
		{ "all at one far time",
		  0,
		  { 1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30 },
		  { 0, 1, 2, 3, 4, 5 } },
		{ "years ahead",
		  12345,
		  { 100000000 * SEC, 3 * SEC, 100000000 * SEC, 99999999 * SEC, 12345, 3 * SEC },
		  { 4, 1, 5, 3, 0, 2 } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct wheel *w = wheel_at(a, rows[i].now);
		struct timer *t = arena_alloc(a, 6 * sizeof *t);
		print_message("           %s\n", rows[i].what);
		for (int n = 0; n < 6; n++)
			timer_arm(w, &t[n], rows[i].at[n]);
		for (int n = 0; n < 6; n++)
			assert_next(w, t, rows[i].order[n]);
		assert_null(wheel_next(w, NEVER));
		arena_free(a);
	}
}

TEST(a_tie_is_in_order_of_arming_even_when_the_timers_were_armed_levels_apart)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 0);
	struct timer t[4] = { 0 };
	usec meeting = BLOCK_3 + 3 * BLOCK_2 + 5 * BLOCK + 7;

	timer_arm(w, &t[0], meeting); /* level 3 */
	timer_arm(w, &t[1], meeting - BLOCK_2);
	assert_next(w, t, 1);
	timer_arm(w, &t[1], meeting); /* nearer: level 2 */
	timer_arm(w, &t[2], meeting - BLOCK);
	assert_next(w, t, 2);
	timer_arm(w, &t[2], meeting); /* level 1 */
	timer_arm(w, &t[3], meeting - 1);
	assert_next(w, t, 3);
	timer_arm(w, &t[3], meeting); /* level 0 */

	for (int i = 0; i < 4; i++)
		assert_next(w, t, i);
	arena_free(a);
}

TEST(arming_again_moves_a_timer_and_puts_it_behind_its_equals)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 0);
	struct timer t[3] = { 0 };
	for (int i = 0; i < 3; i++)
		timer_arm(w, &t[i], 1000);
	timer_arm(w, &t[0], 1000); /* same time, but armed last */
	timer_arm(w, &t[1], 2000);
	assert_next(w, t, 2);
	assert_next(w, t, 0);
	assert_next(w, t, 1);
	assert_true(wheel_empty(w));
	arena_free(a);
}

TEST(a_disarmed_timer_does_not_fire_and_may_be_disarmed_again)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 0);
	struct timer t[2] = { 0 };
	timer_disarm(&t[0]); /* zeroed memory is a disarmed timer */
	timer_arm(w, &t[0], 500);
	timer_arm(w, &t[1], BLOCK_3);
	assert_true(timer_armed(&t[0]));
	timer_disarm(&t[0]);
	timer_disarm(&t[0]);
	assert_false(timer_armed(&t[0]));
	assert_next(w, t, 1);
	assert_null(wheel_next(w, NEVER));
	arena_free(a);
}

TEST(the_clock_stands_still_when_nothing_is_due)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 100);
	struct timer t = { 0 };
	timer_arm(w, &t, BLOCK_3 + 10);

	/* before its block, inside its block, one microsecond early, and at the very time */
	assert_null(wheel_next(w, 100));
	assert_null(wheel_next(w, BLOCK_3 - 1));
	assert_null(wheel_next(w, BLOCK_3));
	assert_null(wheel_next(w, BLOCK_3 + 9));
	assert_int_equal(w->now, 100);
	assert_false(wheel_empty(w));
	assert_ptr_equal(wheel_next(w, BLOCK_3 + 10), &t);
	assert_int_equal(w->now, BLOCK_3 + 10);
	assert_true(wheel_empty(w));
	arena_free(a);
}

TEST(a_timer_may_arm_itself_and_others_for_this_very_moment)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 0);
	struct timer t[2] = { 0 };
	timer_arm(w, &t[0], 640);
	assert_next(w, t, 0);
	timer_arm(w, &t[1], 640);
	timer_arm(w, &t[0], 640);
	assert_next(w, t, 1);
	assert_next(w, t, 0);
	assert_int_equal(w->now, 640);
	arena_free(a);
}

/* --- against a list that is sorted by looking at all of it ----------------------------- */

#define NAIVE 200

struct naive {
	struct {
		bool armed;
		usec at;
		uint64_t turn; /* order of arming */
	} timers[NAIVE];
	uint64_t turns;
	usec now;
};

static int naive_next(const struct naive *n, usec until)
{
	int best = -1;
	for (int i = 0; i < NAIVE; i++) {
		if (!n->timers[i].armed || n->timers[i].at > until)
			continue;
		if (best < 0 || n->timers[i].at < n->timers[best].at ||
		    (n->timers[i].at == n->timers[best].at && n->timers[i].turn < n->timers[best].turn))
			best = i;
	}
	return best;
}

/* Times cluster: many at once, many near, some far. */
static usec random_delay(struct stream s, uint64_t n)
{
	static const usec spans[] = { 1, 3, 64, 200, 4096, 5000, 262144, SEC, 32 * SEC, 86400 * SEC };
	usec span = spans[stream_below(s, 2 * n, COUNT(spans))];
	return (usec)stream_below(s, 2 * n + 1, (uint64_t)span);
}

static void both_arm(struct wheel *w, struct timer *t, struct naive *n, int i, usec after)
{
	timer_arm(w, t, w->now + after);
	n->timers[i].armed = true;
	n->timers[i].at = n->now + after;
	n->timers[i].turn = ++n->turns;
}

static void both_next(struct wheel *w, struct timer *timers, struct naive *n, usec until)
{
	int expected = naive_next(n, until);
	const struct timer *t = wheel_next(w, until);
	assert_int_equal(t ? t - timers : -1, expected);
	if (t) {
		n->now = n->timers[expected].at;
		n->timers[expected].armed = false;
	}
	assert_int_equal(w->now, n->now);
}

TEST(a_hundred_thousand_random_operations_agree_with_a_naive_list)
{
	struct arena *a = arena_new();
	struct wheel *w = wheel_at(a, 0);
	struct timer *timers = arena_alloc(a, NAIVE * sizeof *timers);
	struct naive *n = arena_alloc(a, sizeof *n);
	struct stream what = stream_named(1, "test", 0, "what"), when = stream_named(1, "test", 0, "when");
	for (uint64_t k = 0; k < 100000; k++) {
		int i = (int)stream_below(what, 2 * k, NAIVE);
		uint64_t choice = stream_below(what, 2 * k + 1, 100);
		if (choice < 50) {
			both_arm(w, &timers[i], n, i, random_delay(when, k));
		} else if (choice < 60) {
			timer_disarm(&timers[i]);
			n->timers[i].armed = false;
		} else if (choice < 80) {
			both_next(w, timers, n, NEVER);
		} else {
			both_next(w, timers, n, n->now + random_delay(when, k));
		}
		assert_int_equal(timer_armed(&timers[i]), n->timers[i].armed);
	}
	while (!wheel_empty(w))
		both_next(w, timers, n, NEVER);
	assert_int_equal(naive_next(n, NEVER), -1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_by_time_and_ties_in_the_order_of_arming),
		cmocka_unit_test(a_tie_is_in_order_of_arming_even_when_the_timers_were_armed_levels_apart),
		cmocka_unit_test(arming_again_moves_a_timer_and_puts_it_behind_its_equals),
		cmocka_unit_test(a_disarmed_timer_does_not_fire_and_may_be_disarmed_again),
		cmocka_unit_test(the_clock_stands_still_when_nothing_is_due),
		cmocka_unit_test(a_timer_may_arm_itself_and_others_for_this_very_moment),
		cmocka_unit_test(a_hundred_thousand_random_operations_agree_with_a_naive_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
