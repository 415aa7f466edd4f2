#include "tests/nat_table.h"

#include "tests/lab.h"

struct table *table_with(const char *knobs)
{
	static const uint32_t usual = 0xCB007111u; /* 203.0.113.17 */
	struct arena *a = arena_new();
	struct table *t = arena_alloc(a, sizeof *t);
	t->arena = a;
	knobs_read(router_fields, a, knobs, &t->profile);
	const struct list *outside = &t->profile.outside;
	t->nat = nat_new(a, &t->profile.nat, outside->n ? outside->items : &usual, outside->n ? outside->n : 1,
			 stream_named(1, "router", 0, "ports"));
	return t;
}

void table_free(struct table *t)
{
	arena_free(t->arena);
}

static const char *text_of(struct table *t, struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(e, text);
	return arena_strdup(t->arena, text);
}

const char *out_at(struct table *t, int64_t ms, const char *inside, const char *remote)
{
	struct nat_path in = { endpoint_of(inside), endpoint_of(remote) }, out;
	const struct fact *why = nat_outbound(t->nat, ms * MSEC, in, NULL, &out);
	return why ? why->word : text_of(t, out.src);
}

const char *in_at(struct table *t, int64_t ms, const char *remote, const char *outside)
{
	struct nat_path in = { endpoint_of(remote), endpoint_of(outside) }, out;
	const struct fact *why = nat_inbound(t->nat, ms * MSEC, in, &out);
	return why ? why->word : text_of(t, out.dst);
}

const char *through_at(struct table *t, int64_t ms,
		       const struct fact *(*way)(struct nat *, usec, struct nat_path, struct nat_path *),
		       const char *src, const char *dst)
{
	struct nat_path in = { endpoint_of(src), endpoint_of(dst) }, out;
	const struct fact *why = way(t->nat, ms * MSEC, in, &out);
	return why ? why->word : arena_printf(t->arena, "%s > %s", text_of(t, out.src), text_of(t, out.dst));
}
