/*
 * Transactions that wait, found by their keys. A phone has one at most times, a busy server very many.
 */
#ifndef MODELS_TXN_SET_H
#define MODELS_TXN_SET_H

#include "sim/table.h"

/** Embedded in each of them. */
struct txn_link {
	struct txn_link *next, **at; /* who points to it */
	struct link by_key;	     /* where there are many */
	uint64_t key;
};

struct txn_set {
	struct txn_link *first; /* the newest */
	uint32_t n;
	uint32_t forgotten;   /* how often all of them were */
	struct table *by_key; /* NULL: there were never many */
};

/** Adds one under `key`. A table, when it comes to that, is made in `a`. */
void txn_set_add(struct txn_set *set, struct arena *a, struct txn_link *t, uint64_t key);

/** Takes one out; it must be in. */
void txn_set_remove(struct txn_set *set, struct txn_link *t);

/** The newest one with this key; NULL when there is none. */
struct txn_link *txn_set_find(const struct txn_set *set, uint64_t key);

#endif
