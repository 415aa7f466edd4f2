/*
 * The bytes of a datagram: immutable once built, shared by reference count, recycled through pools.
 *
 * Each payload has one opaque slot in which models keep their own view of the bytes;
 * the kernel does not know what it is, and a message crossing hops unchanged is never read twice.
 */
#ifndef SIM_PAYLOAD_H
#define SIM_PAYLOAD_H

#include "sim/arena.h"

#define PAYLOAD_SLOT 152   /* bytes of the opaque slot */
#define PAYLOAD_MAX  65507 /* a UDP datagram cannot carry more: 65,535 without the headers of IP and UDP */

/** A place that was rewritten on the way: what stood at `old_at` before stands at `at` now, in other words. */
struct change {
	uint16_t old_at, old_len;
	uint16_t at, len;
};

#define PAYLOAD_CHANGES 63

struct payload {
	uint32_t refs;
	uint16_t len;
	uint8_t size_class : 4;
	bool viewed : 1;  /* the slot is filled */
	bool scanned : 1; /* the slot is filled with what nobody has confirmed yet */
	bool built : 1;   /* by a model of this world, and of nothing that was brought from outside */
	uint8_t changes;  /* places that differ from the payload it was before; see payload_changes() */
	_Alignas(8) unsigned char slot[PAYLOAD_SLOT];
	char bytes[]; /* `len` bytes, a final zero that is not part of them, and the changes */
};

struct payload_pools;

struct payload_pools *payload_pools_new(struct arena *a);

/** A payload of `len` (at most PAYLOAD_MAX) bytes with one reference; the builder fills `bytes`. */
struct payload *payload_new(struct payload_pools *pools, size_t len);

/** The same with room for `n` (at most PAYLOAD_CHANGES) changes, which the builder fills too, in order of their places. */
struct payload *payload_rewritten(struct payload_pools *pools, size_t len, size_t n);

/** Where the changes of `p->changes` places stand; they live as long as the payload. */
static inline struct change *payload_changes(struct payload *p)
{
	size_t behind = (p->len + 1u + _Alignof(struct change) - 1) / _Alignof(struct change) * _Alignof(struct change);
	return (struct change *)(void *)(p->bytes + behind);
}

/** One more reference, for whoever keeps it. */
static inline struct payload *payload_ref(struct payload *p)
{
	p->refs++;
	return p;
}

/** One reference less; the last one gives the memory back. */
void payload_unref(struct payload_pools *pools, struct payload *p);

/** Payloads that somebody still holds. */
size_t payload_count(const struct payload_pools *pools);

#endif
