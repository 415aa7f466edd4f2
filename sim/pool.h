/*
 * Equal pieces that come and go (datagrams, payloads, transactions), recycled through a free list,
 * so that a simulated day costs no more memory than a minute.
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "sim/arena.h"

struct pool {
	struct arena *arena;
	void *free; /* first free piece; each holds the pointer to the next */
	size_t size;
	size_t out; /* pieces in use */
};

/** Prepares a pool of `size`-byte pieces that takes its memory from `a`. */
void pool_init(struct pool *p, struct arena *a, size_t size);

/** A piece with undefined contents; the caller gives it back with pool_put(). */
void *pool_get(struct pool *p);

/** Takes a piece back. It must have come from this pool. */
void pool_put(struct pool *p, void *piece);

#endif
