#include "sim/discovery.h"

#include "sim/icmp.h"
#include "sim/world.h"

const struct fact fact_path_mtu = { "path-mtu", "hears that the way to {host} takes {value} bytes",
				    "RFC 1191 4" };

/* What is known of the way to a host. */
struct path {
	struct path *next;
	uint32_t host, mtu;
	usec until;
};

struct discovery {
	enum df rule;
	struct path *paths;
};

struct discovery *discovery_new(struct world *w, enum df rule)
{
	if (rule == DF_OFF)
		return NULL;
	struct discovery *d = arena_alloc(w->arena, sizeof *d);
	d->rule = rule;
	return d;
}

static struct path *path_find(const struct discovery *d, uint32_t host)
{
	struct path *path = d->paths;
	while (path && path->host != host)
		path = path->next;
	return path;
}

static uint32_t known(const struct discovery *d, usec now, uint32_t host)
{
	const struct path *path = path_find(d, host);
	return path && path->until > now ? path->mtu : MTU_MAX;
}

uint32_t discovery_mark(const struct discovery *d, usec now, struct packet *p, uint32_t mtu)
{
	uint32_t learned = known(d, now, p->dst.host);
	if (learned < mtu)
		mtu = learned;
	p->df = d->rule == DF_ALWAYS || packet_size(p) <= mtu;
	return mtu;
}

static void learn(struct world *w, struct discovery *d, uint32_t host, uint32_t mtu)
{
	struct path *path = path_find(d, host);
	if (!path) {
		path = arena_alloc(w->arena, sizeof *path);
		*path = (struct path){ .next = d->paths, .host = host };
		d->paths = path;
	}
	path->mtu = mtu;
	path->until = world_now(w) + PATH_MTU_TIME;
}

void discovery_hear(struct iface *at, const struct packet *p, const struct icmp_error *e)
{
	struct discovery *d = at->discovery;
	struct world *w = at->node->world;
	if (d->rule != DF_LEARNS || e->code != ICMP_TOO_LONG)
		return;
	struct packet way = *p;
	way.dst = e->dst;
	trace_note(w, at, &way, &fact_path_mtu, e->mtu);
	if (e->mtu >= MTU_LEAST && e->mtu < known(d, world_now(w), e->dst.host))
		learn(w, d, e->dst.host, e->mtu);
}
