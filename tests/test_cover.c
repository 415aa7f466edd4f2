/* The cheapest columns that have every row, against all choices there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenarios/cover.h"
#include "sim/rng.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

#define PLENTY 1000000

/** A problem of up to 64 rows, written as strings of x and . for each column. */
static uint32_t solve(struct arena *a, const char *const *columns, const uint64_t *prices, uint32_t n, uint32_t *chosen,
		      bool *proven)
{
	const uint64_t **has = arena_alloc(a, n * sizeof *has);
	for (uint32_t k = 0; k < n; k++) {
		uint64_t *rows = bits_new(a, strlen(columns[k]));
		for (uint32_t r = 0; columns[k][r]; r++)
			if (columns[k][r] == 'x')
				bit_set(rows, r);
		has[k] = rows;
	}
	const struct cover cover = { (uint32_t)strlen(columns[0]), n, has, prices };
	return cover_cheapest(a, &cover, PLENTY, chosen, proven);
}

TEST(the_price_decides_and_not_how_many_rows_a_column_has)
{
	static const struct {
		const char *columns[4];
		uint64_t prices[4];
		uint32_t chosen[3], n;
	} rows[] = {
		{ { "xxx", "x..", ".x.", "..x" }, { 1, 1, 1, 1 }, { 0 }, 1 },
		{ { "xxx", "x..", ".x.", "..x" }, { 4, 1, 1, 1 }, { 1, 2, 3 }, 3 },
		{ { "xxx.", "..xx", "xx..", "...x" }, { 3, 3, 2, 3 }, { 1, 2 }, 2 },
		/* greed takes the first one and needs two more */
		{ { ".xxxx.", "xxx...", "...xxx", "x....x" }, { 1, 1, 1, 1 }, { 0, 3 }, 2 },
		{ { ".xxxx.", "xxx...", "...xxx", "x....." }, { 1, 1, 1, 1 }, { 1, 2 }, 2 },
		/* of equal ones the first */
		{ { "xx", "xx", "x.", ".x" }, { 2, 2, 1, 1 }, { 0 }, 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		uint32_t chosen[4];
		bool proven = false;
		assert_int_equal(solve(a, rows[i].columns, rows[i].prices, 4, chosen, &proven), rows[i].n);
		assert_memory_equal(chosen, rows[i].chosen, rows[i].n * sizeof *chosen);
		assert_true(proven);
		arena_free(a);
	}
}

#define ROWS	12
#define COLUMNS 14

/** A problem whose rows and columns are drawn. */
struct drawn {
	uint64_t sets[COLUMNS], prices[COLUMNS];
	const uint64_t *has[COLUMNS];
	struct cover cover;
};

static void draw(struct drawn *d, uint64_t seed)
{
	struct stream some = { seed }, others = stream_sub(some, 1), prices = stream_sub(some, 2);
	uint64_t all = 0;
	for (uint32_t k = 0; k < COLUMNS; k++) {
		d->sets[k] = stream_draw(some, k) & stream_draw(others, k) & ((UINT64_C(1) << ROWS) - 1);
		d->prices[k] = 1 + stream_below(prices, k, 4);
		d->has[k] = &d->sets[k];
		all |= d->sets[k];
	}
	d->sets[0] |= ~all & ((UINT64_C(1) << ROWS) - 1);
	d->cover = (struct cover){ ROWS, COLUMNS, d->has, d->prices };
}

static uint64_t price_of(const struct drawn *d, uint64_t choice)
{
	uint64_t rows = 0, price = 0;
	for (uint32_t k = 0; k < COLUMNS; k++)
		if (choice >> k & 1) {
			rows |= d->sets[k];
			price += d->prices[k];
		}
	return rows == (UINT64_C(1) << ROWS) - 1 ? price : UINT64_MAX;
}

TEST(no_choice_at_all_is_cheaper)
{
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct arena *a = arena_new();
		struct drawn d;
		uint32_t chosen[COLUMNS];
		uint64_t choice = 0, least = UINT64_MAX;
		bool proven = false;
		draw(&d, seed);
		uint32_t n = cover_cheapest(a, &d.cover, PLENTY, chosen, &proven);
		for (uint32_t i = 0; i < n; i++)
			choice |= UINT64_C(1) << chosen[i];
		for (uint64_t other = 0; other < UINT64_C(1) << COLUMNS; other++)
			least = price_of(&d, other) < least ? price_of(&d, other) : least;
		if (price_of(&d, choice) != least || !proven)
			fail_msg("seed %u", (unsigned)seed);
		arena_free(a);
	}
}

TEST(without_steps_every_row_is_had_all_the_same_and_nothing_is_claimed)
{
	uint32_t unproven = 0;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct arena *a = arena_new();
		struct drawn d;
		uint32_t chosen[COLUMNS];
		uint64_t choice = 0;
		bool proven = true;
		draw(&d, seed);
		uint32_t n = cover_cheapest(a, &d.cover, 0, chosen, &proven);
		for (uint32_t i = 0; i < n; i++)
			choice |= UINT64_C(1) << chosen[i];
		assert_true(price_of(&d, choice) != UINT64_MAX);
		unproven += !proven;
		arena_free(a);
	}
	assert_int_equal(unproven, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_price_decides_and_not_how_many_rows_a_column_has),
		cmocka_unit_test(no_choice_at_all_is_cheaper),
		cmocka_unit_test(without_steps_every_row_is_had_all_the_same_and_nothing_is_claimed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
