/*
 * A NAT table alone, with the knobs of a router, and what goes out and comes in as texts.
 *
 *	struct table *t = table_with("ports=random next-ports=23201");
 *	assert_string_equal(out_at(t, 0, "192.168.1.104:5060", "198.51.100.1:5060"), "203.0.113.17:23201");
 *	assert_string_equal(in_at(t, 1, "198.51.100.2:5060", "203.0.113.17:23201"), "filtered");
 */
#ifndef TESTS_NAT_TABLE_H
#define TESTS_NAT_TABLE_H

#include "models/router.h"

struct table {
	struct arena *arena;
	struct router_profile profile;
	struct nat *nat;
};

/** A table with these knobs, for the outside hosts that they give or for 203.0.113.17. */
struct table *table_with(const char *knobs);

void table_free(struct table *t);

/** Sends out at `ms`: the outside end, or the word of the refusal. */
const char *out_at(struct table *t, int64_t ms, const char *inside, const char *remote);

/** Comes in at `ms`: the inside end, or the word of the refusal. */
const char *in_at(struct table *t, int64_t ms, const char *remote, const char *outside);

/** Both ends of what became of a datagram: "a > b", or the word of the refusal. */
const char *through_at(struct table *t, int64_t ms,
		       const struct fact *(*way)(struct nat *, usec, struct nat_path, struct nat_path *),
		       const char *src, const char *dst);

#endif
