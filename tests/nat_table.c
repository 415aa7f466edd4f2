#include "tests/nat_table.h"

#include "tests/lab.h"

struct table *table_with(const char *knobs)
{
	struct arena *a = arena_new();
	struct table *t = arena_alloc(a, sizeof *t);
	t->arena = a;
	knobs_read(router_fields, a, knobs, &t->profile);
	t->outside = endpoint_of("203.0.113.17").host;
	t->nat = nat_new(a, &t->profile.nat, &t->outside, 1,
			 stream_named(1, "router", 0, "ports"));
	return t;
}

void table_free(struct table *t)
{
	arena_free(t->arena);
}
