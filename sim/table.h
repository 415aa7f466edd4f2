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

void table_init(struct table *t, struct arena *a);

/** Adds `l` under `hash`. The element must stay where it is while it is in the table. */
void table_add(struct table *t, struct link *l, uint32_t hash);

/** Takes `l` out; it must be in. */
void table_remove(struct table *t, struct link *l);

/** The first element with this hash, NULL when there is none. */
struct link *table_first(const struct table *t, uint32_t hash);

/** The next element with the same hash as `l`. */
struct link *table_next(const struct link *l);

/** FNV-1a, carried on from `hash`; start with HASH_START. */
#define HASH_START 2166136261u
static inline uint32_t hash_bytes(uint32_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

#endif
