#include "models/passing.h"

/* What all fragments of a datagram have in common: there are no ports in the later ones (RFC 791 3.2). */
struct common {
	uint32_t src, dst; /* hosts */
	uint32_t id;
};

struct passed {
	struct common common;
	struct way way;
};

static struct common common_of(const struct packet *p)
{
	return (struct common){ p->src.host, p->dst.host, p->fragment.id };
}

static uint32_t common_hash(const struct common *c)
{
	return endpoints_hash((struct endpoint){ c->src, 0 }, (struct endpoint){ c->dst, c->id });
}

static bool passed_same(const void *entry, const void *sought)
{
	const struct common *a = &((const struct passed *)entry)->common, *b = sought;
	return a->src == b->src && a->dst == b->dst && a->id == b->id;
}

void way_keep(struct lately *ways, const struct packet *first, const struct way *way)
{
	struct common common = common_of(first);
	struct passed *entry = lately_add(ways, common_hash(&common), sizeof *entry);
	*entry = (struct passed){ common, *way };
}

const struct way *way_find(const struct lately *ways, const struct packet *later)
{
	struct common common = common_of(later);
	const struct passed *entry = lately_find(ways, common_hash(&common), passed_same, &common);
	return entry ? &entry->way : NULL;
}
