/*
 * A NAT table alone, with the knobs of a router.
 */
#ifndef TESTS_NAT_TABLE_H
#define TESTS_NAT_TABLE_H

#include "models/router.h"

struct table {
	struct arena *arena;
	struct router_profile profile;
	uint32_t outside;
	struct nat *nat;
};

/** A table with these knobs ("ports=random"), for the outside host 203.0.113.17. */
struct table *table_with(const char *knobs);

void table_free(struct table *t);

#endif
