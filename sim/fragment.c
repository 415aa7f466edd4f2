#include "sim/fragment.h"

#include <string.h>

#include "sim/table.h"
#include "sim/world.h"

const struct fact fact_reassembly_timeout = { "reassembly-timeout",
					      "the other fragments did not come within 30 s", "RFC 791 3.2" };
const struct fact fact_reassembly_full = { "reassembly-full",
					   "too many datagrams wait for their fragments here",
					   "Linux ipfrag_high_thresh" };

#define UNIT 8 /* offsets count in units of so many bytes */

/* --- cutting ------------------------------------------------------------------------------------- */

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

bool fragment_cut(const struct packet *p, uint32_t mtu, uint32_t i, struct packet *part)
{
	uint32_t room = (mtu - IP_HEADER) / UNIT * UNIT, data = packet_size(p) - IP_HEADER, from = i * room;
	if (from >= data)
		return false;
	*part = *p;
	part->fragment.offset += (uint16_t)from;
	part->fragment.len = (uint16_t)least(room, data - from);
	if (!is_fragment(p)) {
		part->fragment.number = (uint16_t)(i + 1);
		part->fragment.count = (uint16_t)((data + room - 1) / room);
	}
	return true;
}

/* --- putting together ---------------------------------------------------------------------------- */

#define UNITS ((PAYLOAD_MAX + UDP_HEADER + UNIT - 1) / UNIT)

/* One datagram that waits. */
struct waiting {
	struct link link;
	struct timer timer;
	struct iface *at;
	struct packet first;		   /* to arrive; holds a reference to the payload */
	uint32_t missing;		   /* bytes */
	uint64_t received[UNITS / 64 + 1]; /* a bit for each unit: RFC 791's fragment block bit table */
};

struct reassembler {
	struct table waiting; /* by hosts and id */
	struct pool pool;
	uint32_t *counts; /* by index of a node */
	uint32_t nodes;	  /* of counts */
};

struct reassembler *reassembler_new(struct arena *a)
{
	struct reassembler *r = arena_alloc(a, sizeof *r);
	table_init(&r->waiting, a, 0);
	pool_init(&r->pool, a, sizeof(struct waiting));
	return r;
}

uint32_t reassembler_waiting(const struct reassembler *r, const struct node *n)
{
	return n->index < r->nodes ? r->counts[n->index] : 0;
}

static uint32_t *count_of(struct world *w, const struct node *n)
{
	struct reassembler *r = w->reassembler;
	if (n->index >= r->nodes) {
		uint32_t *counts = arena_alloc(w->arena, w->n_nodes * sizeof *counts);
		if (r->nodes)
			memcpy(counts, r->counts, r->nodes * sizeof *counts);
		r->counts = counts;
		r->nodes = w->n_nodes;
	}
	return &r->counts[n->index];
}

/* Of the endpoints only the hosts: the ports stand in the first fragment alone. */
static uint32_t waiting_hash(const struct packet *p)
{
	return endpoints_hash((struct endpoint){ p->src.host, 0 },
			      (struct endpoint){ p->dst.host, p->fragment.id });
}

/* Ids come again after 65,536 datagrams; the payload tells apart what a checksum would (RFC 4963). */
static bool same_datagram(const struct waiting *d, const struct iface *at, const struct packet *p)
{
	return d->at == at && d->first.src.host == p->src.host && d->first.dst.host == p->dst.host &&
	       d->first.fragment.id == p->fragment.id && d->first.payload == p->payload;
}

static struct waiting *waiting_find(const struct reassembler *r, const struct iface *at,
				    const struct packet *p)
{
	for (struct link *l = table_first(&r->waiting, waiting_hash(p)); l; l = table_next(l)) {
		struct waiting *d = CONTAINER(l, struct waiting, link);
		if (same_datagram(d, at, p))
			return d;
	}
	return NULL;
}

static void waiting_end(struct waiting *d)
{
	struct world *w = d->at->node->world;
	timer_disarm(&d->timer);
	table_remove(&w->reassembler->waiting, &d->link);
	--*count_of(w, d->at->node);
	payload_unref(w->payloads, d->first.payload);
	pool_put(&w->reassembler->pool, d);
}

static void give_up(struct timer *t)
{
	struct waiting *d = CONTAINER(t, struct waiting, timer);
	trace_drop(d->at->node->world, d->at, &d->first, &fact_reassembly_timeout);
	waiting_end(d);
}

/* NULL: there is no room for one more. */
static struct waiting *waiting_begin(struct iface *at, const struct packet *p)
{
	struct world *w = at->node->world;
	uint32_t *count = count_of(w, at->node);
	if (*count == REASSEMBLIES_MAX)
		return NULL;
	struct waiting *d = pool_get(&w->reassembler->pool);
	*d = (struct waiting){
		.timer = { .fire = give_up },
		.at = at,
		.first = *p,
		.missing = datagram_size(p),
	};
	payload_ref(p->payload);
	table_add(&w->reassembler->waiting, &d->link, waiting_hash(p));
	world_after(w, &d->timer, REASSEMBLY_TIME);
	++*count;
	return d;
}

/* Takes what was not there yet. */
static void waiting_take(struct waiting *d, const struct fragment *f)
{
	for (uint32_t at = f->offset, end = at + f->len; at < end; at += UNIT) {
		uint64_t bit = (uint64_t)1 << at / UNIT % 64, *word = &d->received[at / UNIT / 64];
		if (!(*word & bit))
			d->missing -= least(UNIT, end - at);
		*word |= bit;
	}
}

void reassemble(struct iface *at, const struct packet *fragment)
{
	struct world *w = at->node->world;
	struct waiting *d = waiting_find(w->reassembler, at, fragment);
	if (!d)
		d = waiting_begin(at, fragment);
	if (!d) {
		trace_drop(w, at, fragment, &fact_reassembly_full);
		return;
	}
	waiting_take(d, &fragment->fragment);
	if (d->missing)
		return;
	struct packet whole = *fragment;
	whole.fragment = (struct fragment){ 0 };
	waiting_end(d);
	at->node->ops->receive(at->node, at, &whole);
}
