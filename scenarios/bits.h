/*
 * Sets of small numbers as rows of bits. A set of numbers below n has bits_words(n) words; two sets that are compared have
 * the same.
 */
#ifndef SCENARIOS_BITS_H
#define SCENARIOS_BITS_H

#include "sim/arena.h"

static inline uint32_t bits_words(uint64_t n)
{
	return (uint32_t)((n + 63) / 64);
}

/** An empty set. */
static inline uint64_t *bits_new(struct arena *a, uint64_t n)
{
	return arena_alloc(a, bits_words(n) * sizeof(uint64_t));
}

static inline uint64_t *bits_copy(struct arena *a, const uint64_t *set, uint32_t words)
{
	uint64_t *copy = arena_alloc_raw(a, words * sizeof *copy);
	for (uint32_t i = 0; i < words; i++)
		copy[i] = set[i];
	return copy;
}

static inline bool bit_is_set(const uint64_t *set, uint64_t i)
{
	return set[i / 64] >> i % 64 & 1;
}

static inline void bit_set(uint64_t *set, uint64_t i)
{
	set[i / 64] |= UINT64_C(1) << i % 64;
}

static inline uint32_t bits_count(const uint64_t *set, uint32_t words)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < words; i++)
		n += (uint32_t)__builtin_popcountll(set[i]);
	return n;
}

/** Is each of `part` in `whole`? */
static inline bool bits_within(const uint64_t *part, const uint64_t *whole, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		if (part[i] & ~whole[i])
			return false;
	return true;
}

/** Have they one in common? */
static inline bool bits_meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

static inline void bits_add(uint64_t *set, const uint64_t *more, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		set[i] |= more[i];
}

/** The least number from `from` on that is in the set; `n` when there is none. */
static inline uint32_t bits_next(const uint64_t *set, uint32_t from, uint32_t n)
{
	while (from < n) {
		uint64_t rest = set[from / 64] >> from % 64;
		if (rest)
			return from + (uint32_t)__builtin_ctzll(rest);
		from = (from / 64 + 1) * 64;
	}
	return n;
}

#endif
