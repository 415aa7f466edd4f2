/*
 * Intrusive hash chains: the element embeds a link, the table owns only its buckets and doubles when it fills.
 *
 *	for (struct link *l = table_first(&t, hash); l; l = table_next(l))
 *		if (same(CONTAINER(l, struct binding, link), ...))
 *
 * Elements of one hash come in order of insertion, newest first.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <string.h>

#include "sim/arena.h"

struct link {
	struct link *next;
	uint32_t hash;
};

struct table {
	struct arena *arena;
	struct link **buckets;
	uint32_t size, used;
};

/** An empty table; with room for `expected` elements it does not have to grow, which visits all of them. */
void table_init(struct table *t, struct arena *a, uint32_t expected);

/** Adds `l` under `hash`. The element must stay where it is while it is in the table. */
void table_add(struct table *t, struct link *l, uint32_t hash);

/** Takes `l` out; it must be in. */
void table_remove(struct table *t, struct link *l);

/** The first element with this hash, NULL when there is none. */
struct link *table_first(const struct table *t, uint32_t hash);

/** Asks for the memory that table_first() will look at, when that is known a while ahead. */
void table_prefetch(const struct table *t, uint32_t hash);

/** The next element with the same hash as `l`. */
struct link *table_next(const struct link *l);

/** A hash of bytes, eight at a time, carried on from `hash`; start with HASH_START. Not for chance: see rng.h. */
#define HASH_START 2166136261u
static inline uint64_t hash_bytes_64(uint64_t hash, const char *bytes, size_t len)
{
	uint64_t h = hash ^ len * 0x9E3779B97F4A7C15u, word = 0;
	size_t at = 0;
	for (; at + 8 <= len; at += 8) {
		memcpy(&word, bytes + at, 8);
		h = (h ^ word) * 0xBF58476D1CE4E5B9u;
		h ^= h >> 29;
	}
	if (len >= 8)
		memcpy(&word, bytes + len - 8, 8); /* the rest, and some bytes once more: one load instead of a copy */
	else
		memcpy(&word, bytes, len);
	h = (h ^ word) * 0x94D049BB133111EBu;
	return h ^ h >> 32;
}

/** The same in 32 bits. */
static inline uint32_t hash_bytes(uint32_t hash, const char *bytes, size_t len)
{
	return (uint32_t)hash_bytes_64(hash, bytes, len);
}

#endif
