/*
 * What happened lately: entries that are remembered for a fixed time, such as answers that may be asked for again.
 *
 * Nothing has to happen when an entry's time is over, so nothing does: it is not found any more. Entries are forgotten in
 * two generations, all at once and without being visited, which in a crowd is most of what they would cost.
 */
#ifndef SIM_LATELY_H
#define SIM_LATELY_H

#include "sim/world.h"

/** The entries of one span of time. */
struct generation {
	uint8_t *tags;		   /* open addressing: some bits of each hash, so that a crowd's stay at hand; 0: an empty slot */
	struct entry **entries;	   /* by slot */
	struct lately_block *first, *last; /* memory of the entries, in order */
	uint32_t size, used; /* slots; entries */
	usec began;
};

struct lately {
	struct world *world;
	usec lasts;
	struct generation now, before;
	struct lately_block *spare;
};

/** Nothing is remembered yet; entries will be found for `lasts`. */
void lately_init(struct lately *l, struct world *w, usec lasts);

/** A new entry of `size` bytes under `hash`, for the caller to fill; stays where it is while it can be found. */
void *lately_add(struct lately *l, uint32_t hash, size_t size);

/** Asks for the memory that lately_find() and then lately_add() will touch, when the hash is known a while ahead. */
void lately_prefetch(const struct lately *l, uint32_t hash);

/** The entry under `hash` that `same` says yes to; NULL when there is none, or when its time is over. */
const void *lately_find(const struct lately *l, uint32_t hash, bool (*same)(const void *entry, const void *sought),
			const void *sought);

/** Forgets everything. */
void lately_forget(struct lately *l);

#endif
