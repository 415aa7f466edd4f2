/*
 * Things that come and go and are found by a key: a few in a list, many in a table. A phone waits for one
 * response at most times, a busy server for very many.
 */
#ifndef SIM_KEYED_H
#define SIM_KEYED_H

#include "sim/table.h"

/** Embedded in each of them. */
struct keyed_link {
	struct keyed_link *next, **at; /* who points to it */
	struct link by_key;	       /* where there are many */
	uint64_t key;
};

struct keyed {
	struct keyed_link *first; /* the newest */
	uint32_t n;
	uint32_t forgotten;   /* how often all of them were */
	struct table *by_key; /* NULL: there were never many */
};

/** Adds one under `key`. A table, when it comes to that, is made in `a`. */
void keyed_add(struct keyed *k, struct arena *a, struct keyed_link *t, uint64_t key);

/** Takes one out; it must be in. */
void keyed_remove(struct keyed *k, struct keyed_link *t);

/** The newest one with this key; NULL when there is none. */
struct keyed_link *keyed_find(const struct keyed *k, uint64_t key);

/** An older one with the same key as `t`; NULL: there is none. */
struct keyed_link *keyed_next(const struct keyed *k, const struct keyed_link *t);

#endif
