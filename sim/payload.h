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

struct payload {
	uint32_t refs;
	uint16_t len;
	uint8_t size_class;
	bool viewed : 1; /* the slot is filled */
	bool built : 1;  /* by a model of this world, not brought from outside */
	_Alignas(8) unsigned char slot[PAYLOAD_SLOT];
	char bytes[]; /* `len` bytes and a final zero that is not part of them */
};

struct payload_pools;

struct payload_pools *payload_pools_new(struct arena *a);

/** A payload of `len` (at most PAYLOAD_MAX) bytes with one reference; the builder fills `bytes`. */
struct payload *payload_new(struct payload_pools *pools, size_t len);

/** Bytes of a payload with its slot, for whoever keeps a copy of its own. */
static inline size_t payload_size(const struct payload *p)
{
	return sizeof *p + p->len + 1u;
}

/** A payload with the bytes and the slot of `p`, which may be such a copy. */
struct payload *payload_again(struct payload_pools *pools, const struct payload *p);

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
