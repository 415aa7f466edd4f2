#include <assert.h>

#include "models/nat_shared.h"

/* Somebody who needs an outside port for a flow towards `remote`. */
struct wish {
	struct nat *nat;
	usec now;
	struct endpoint inside, remote;
	uint32_t host; /* number of the outside host */
	const struct nat_ports *ports;
};

/* The ports that may be searched: every step-th from low to high. */
struct room {
	uint32_t low, high, step;
};

static uint32_t room_size(const struct room *r)
{
	return r->low > r->high ? 0 : (r->high - r->low) / r->step + 1;
}

/* The first port of the room from `port` on, wrapping at its end. */
static uint32_t room_from(const struct room *r, uint32_t port)
{
	if (port <= r->low || port > r->high)
		return r->low;
	port += (port - r->low) % r->step;
	return port > r->high ? r->low : port;
}

/* --- who has a port ---------------------------------------------------------------------------------------------- */

static struct endpoint outside_of(const struct wish *w, uint32_t port)
{
	return (struct endpoint){ w->nat->hosts[w->host], port };
}

static bool is_shared(const struct nat *n)
{
	return n->profile->collision == COLLISION_SHARE || n->profile->collision == COLLISION_SHARE_OR_DROP;
}

/*
 * A live flow for which this outside port is taken; NULL: none. Shared ports are taken towards one remote end only, as
 * measured on Linux 6.18; others altogether, except that flows from the same inside end do not count where `mine` is.
 */
static struct flow *holder(const struct wish *w, uint32_t port, bool mine)
{
	const struct nat *n = w->nat;
	if (is_shared(n))
		return flow_by_path(n, w->now, OUTSIDE, outside_of(w, port), w->remote);
	struct walk along = walk_along(n, OUTSIDE_END, outside_of(w, port), w->remote);
	for (struct flow *f; (f = walk_next(&along));)
		if (flow_alive(f, w->now) && !(mine && endpoint_equal(flow_own(f, INSIDE), w->inside)))
			return f;
	return NULL;
}

static bool is_reserved(const struct wish *w, uint32_t port)
{
	return !is_shared(w->nat) && forward_reserves(w->nat, port, w->inside.host);
}

/* May a port that is wanted be had? Two flows of one inside end may share it, as long as it is known whose answers are whose. */
static bool is_available(const struct wish *w, uint32_t port)
{
	return !is_reserved(w, port) && !holder(w, port, true) &&
	       !flow_by_path(w->nat, w->now, OUTSIDE, outside_of(w, port), w->remote);
}

/* The time until which a port is certainly taken for everybody, long ago where it is so for us alone; 0: it is free. */
static usec taken_until(const struct wish *w, uint32_t port)
{
	const struct flow *f = holder(w, port, false);
	return f ? f->deadline : is_reserved(w, port);
}

/* --- ports that are closed for a while ---------------------------------------------------------------------------- */

/*
 * When nearly all ports are taken, looking at one after the other takes long. So a block of ports that was found full is
 * closed until the first of its flows can end; they end later when they are refreshed, and then the block is looked at once
 * more. If any flow's end is moved forward, nothing is known any more.
 */
#define BLOCK  64u
#define BLOCKS (65536u / BLOCK)

enum lane { ALL, EVEN, ODD, LANES };

struct closed {
	uint32_t shortened; /* what it was found for */
	struct endpoint remote;
	usec until[LANES][BLOCKS + 1]; /* the last one: no block opens before */
};

static struct closed *closed_of(const struct wish *w)
{
	struct nat *n = w->nat;
	struct endpoint remote = is_shared(n) ? w->remote : (struct endpoint){ 0, 0 };
	if (!n->closed)
		n->closed = arena_alloc(n->arena, n->n_given * sizeof *n->closed);
	struct closed *c = n->closed[w->host];
	if (!c)
		c = n->closed[w->host] = arena_alloc_raw(n->arena, sizeof *c);
	else if (c->shortened == n->shortened && endpoint_equal(c->remote, remote))
		return c;
	*c = (struct closed){ n->shortened, remote, { { 0 } } };
	return c;
}

/* Until when the blocks of this room are closed; NULL: not noted, for the room is only a part of all. */
static usec *lane_of(const struct wish *w, const struct room *r)
{
	const struct nat_profile *p = w->nat->profile;
	if (r->high != p->port_high || r->low < p->port_low || r->low - p->port_low >= r->step)
		return NULL;
	return closed_of(w)->until[r->step == 1 ? ALL : r->low % 2 ? ODD : EVEN];
}

/* Is none of these ports free? Then *end is when the first of them may be. */
static bool all_taken(const struct wish *w, const struct room *r, uint32_t first, uint32_t last, usec *end)
{
	for (uint32_t port = first; port <= last; port += r->step) {
		usec until = taken_until(w, port);
		if (!until)
			return false;
		*end = until < *end ? until : *end;
	}
	return true;
}

static uint32_t first_free(const struct wish *w, const struct room *r, uint32_t from, uint32_t last)
{
	for (uint32_t port = from; port <= last; port += r->step)
		if (!taken_until(w, port))
			return port;
	return 0;
}

/* The first free port from `from` to the end of its block; 0: none. `closed` is the block's, or NULL. */
static uint32_t block_search(const struct wish *w, const struct room *r, usec *closed, uint32_t from)
{
	uint32_t begin = from / BLOCK * BLOCK, first = room_from(r, begin);
	uint32_t last = begin + BLOCK - 1 < r->high ? begin + BLOCK - 1 : r->high;
	usec end = NEVER;
	if (closed && *closed > w->now)
		return 0;
	uint32_t port = first_free(w, r, from, last);
	if (!port && closed && all_taken(w, r, first, last, &end))
		*closed = end;
	return port;
}

static usec earliest(const usec *lane, const struct room *r)
{
	usec end = NEVER;
	for (uint32_t b = r->low / BLOCK; b <= r->high / BLOCK; b++)
		end = lane[b] < end ? lane[b] : end;
	return end;
}

/* The first free port of the room from `from` on, wrapping at its end; 0 when all are taken. */
static uint32_t port_from(const struct wish *w, const struct room *r, uint32_t from)
{
	uint32_t size = room_size(r), port = room_from(r, from);
	usec *lane = lane_of(w, r);
	if (lane && lane[BLOCKS] > w->now)
		return 0;
	for (uint32_t seen = 0; size && seen < size + BLOCK;) {
		uint32_t found = block_search(w, r, lane ? &lane[port / BLOCK] : NULL, port);
		uint32_t next = (port / BLOCK + 1) * BLOCK;
		if (found)
			return found;
		seen += (next - port + r->step - 1) / r->step;
		port = room_from(r, next);
	}
	if (lane)
		lane[BLOCKS] = earliest(lane, r);
	return 0;
}

/* --- blocks of ports ----------------------------------------------------------------------------------------------- */

/* An inside host that has a block of ports for itself, as long as it has flows. */
struct subscriber {
	struct link link;
	uint32_t host, block, flows;
	struct subscriber *next_free;
};

static uint32_t blocks_per_host(const struct nat *n)
{
	const struct nat_profile *p = n->profile;
	return (p->port_high - p->port_low + 1) / p->port_block;
}

static struct subscriber *subscriber_find(const struct nat *n, uint32_t host)
{
	for (struct link *l = table_first(&n->subscribers, host); l; l = table_next(l))
		if (CONTAINER(l, struct subscriber, link)->host == host)
			return CONTAINER(l, struct subscriber, link);
	return NULL;
}

/* Blocks that were given back come first; then the hosts take turns. NULL: none is left. */
static struct subscriber *block_free(struct nat *n)
{
	struct subscriber *s = n->free_blocks;
	if (s) {
		n->free_blocks = s->next_free;
	} else if (n->blocks < n->n_hosts * blocks_per_host(n)) {
		s = arena_alloc(n->arena, sizeof *s);
		s->block = n->blocks++;
	}
	return s;
}

static struct subscriber *subscriber_new(struct nat *n, usec now, uint32_t host)
{
	struct subscriber *s = block_free(n);
	if (!s && now >= n->full_until) {
		flows_forget(n, now);
		s = block_free(n);
	}
	if (!s)
		return NULL;
	if (!n->subscribers.arena)
		table_init(&n->subscribers, n->arena, 0);
	s->host = host;
	s->flows = 0;
	table_add(&n->subscribers, &s->link, host);
	return s;
}

static void block_return(struct nat *n, struct subscriber *s)
{
	table_remove(&n->subscribers, &s->link);
	s->next_free = n->free_blocks;
	n->free_blocks = s;
}

void ports_blocks_anew(struct nat *n)
{
	n->free_blocks = NULL;
	n->blocks = 0;
}

void ports_block_enter(struct nat *n, struct flow *f)
{
	struct subscriber *s = n->profile->port_block ? subscriber_find(n, f->ends[INSIDE].own_host) : NULL;
	f->in_block = s;
	if (s)
		s->flows++;
}

void ports_block_leave(struct nat *n, struct flow *f)
{
	if (!f->in_block)
		return;
	struct subscriber *s = subscriber_find(n, f->ends[INSIDE].own_host);
	assert(s && s->flows > 0);
	if (--s->flows == 0)
		block_return(n, s);
}

/* --- outside hosts and rooms --------------------------------------------------------------------------------------- */

static uint32_t host_paired(const struct nat *n, uint32_t inside_host)
{
	return inside_host % n->n_hosts;
}

uint32_t ports_paired_host(const struct nat *n, uint32_t inside_host)
{
	return n->hosts[host_paired(n, inside_host)];
}

static uint32_t host_arbitrary(struct nat *n)
{
	return (uint32_t)stream_below(stream_sub(n->ports, 1), n->address_draws++, n->n_hosts);
}

#define WELL_KNOWN 1024u /* RFC 4787 4.2.1 (REQ-3a): ports below are a range of their own */

static struct room room_by_profile(const struct nat_profile *p, uint32_t inside_port)
{
	if (inside_port < WELL_KNOWN && p->lowest)
		return (struct room){ p->lowest, p->highest, 1 };
	return (struct room){ p->port_low, p->port_high, 1 };
}

static struct room with_parity(struct room r, const struct nat_profile *p, uint32_t inside_port)
{
	if (p->parity) {
		r.low += (r.low ^ inside_port) & 1;
		r.step = 2;
	}
	return r;
}

/* A host's block of ports. The outside hosts take turns. */
static struct room block_room(const struct nat *n, const struct subscriber *s)
{
	uint32_t size = n->profile->port_block, low = n->profile->port_low + s->block / n->n_hosts * size;
	return (struct room){ low, low + size - 1, 1 };
}

/* --- one port ------------------------------------------------------------------------------------------------------ */

#define PORT_TRIES 16

/* When draws find nothing, ports are nearly all taken: the search goes on from the last one. */
static uint32_t port_random(const struct wish *w, const struct room *r)
{
	struct nat *n = w->nat;
	uint32_t port = 0;
	for (int i = 0; i < PORT_TRIES && room_size(r); i++) {
		port = r->low + r->step * (uint32_t)stream_below(n->ports, n->draws++, room_size(r));
		if (!taken_until(w, port))
			return port;
	}
	return port_from(w, r, port);
}

static uint32_t port_sequential(const struct wish *w, const struct room *r)
{
	uint32_t port = port_from(w, r, w->nat->last_port + 1);
	if (port)
		w->nat->last_port = port;
	return port;
}

/* The flows that keep this port from us end here and now. */
static uint32_t port_steal(const struct wish *w, uint32_t port)
{
	struct flow *f;
	while ((f = holder(w, port, true)) ||
	       (f = flow_by_path(w->nat, w->now, OUTSIDE, outside_of(w, port), w->remote)))
		flow_lasts_until(w->nat, f, w->now);
	return port;
}

static int choice_of(const struct wish *w)
{
	return w->ports ? w->ports->choice : w->nat->profile->ports;
}

static uint32_t port_searched(const struct wish *w, const struct room *r)
{
	return choice_of(w) == PORTS_SEQUENTIAL ? port_sequential(w, r) : port_random(w, r);
}

/* A port that the mapping must have: an ALG says so, or the whole outside host is for its inside host. */
static uint32_t port_pinned(const struct wish *w)
{
	if (w->ports && w->ports->pinned)
		return w->ports->pinned;
	return w->inside.host == w->nat->one_to_one ? w->inside.port : 0;
}

/*
 * The port that a mapping would like: said by the scenario, its own if that may be used, or none in particular (0). An ALG
 * that keeps ports keeps them whatever the profile hands out to others.
 */
static uint32_t port_wanted(const struct wish *w, const struct room *r)
{
	struct nat *n = w->nat;
	const struct nat_profile *p = n->profile;
	if (!w->ports && n->pinned < p->next_ports.n)
		return ((const uint32_t *)p->next_ports.items)[n->pinned++];
	bool usable = w->ports || (w->inside.port >= r->low && w->inside.port <= r->high);
	return choice_of(w) == PORTS_PRESERVE && usable ? w->inside.port : 0;
}

static const struct fact *port_in_room(const struct wish *w, const struct room *r, uint32_t wanted, uint32_t *port)
{
	int collision = w->nat->profile->collision;
	if (wanted && is_available(w, wanted))
		*port = wanted;
	else if (wanted && (collision == COLLISION_DROP || collision == COLLISION_SHARE_OR_DROP))
		return &fact_nat_port_taken;
	else if (wanted && collision == COLLISION_STEAL && !is_reserved(w, wanted))
		*port = port_steal(w, wanted);
	else if (wanted && collision == COLLISION_NEXT)
		*port = port_from(w, r, wanted + 1);
	else
		*port = port_searched(w, r);
	return *port ? NULL : &fact_nat_full;
}

/* Where outside hosts are arbitrary, the next one helps out. */
static const struct fact *port_on_hosts(struct wish *w, const struct room *r, uint32_t *port)
{
	struct nat *n = w->nat;
	uint32_t wanted = port_wanted(w, r), tries = n->profile->pooling == POOLING_ARBITRARY ? n->n_hosts : 1;
	const struct fact *refused;
	for (uint32_t i = 0; (refused = port_in_room(w, r, wanted, port)) && i + 1 < tries; i++)
		w->host = (w->host + 1) % n->n_hosts;
	return refused;
}

static const struct fact *port_in_block(struct wish *w, uint32_t *port)
{
	struct nat *n = w->nat;
	struct subscriber *s = subscriber_find(n, w->inside.host);
	if (!s)
		s = subscriber_new(n, w->now, w->inside.host);
	if (!s)
		return &fact_nat_full;
	w->host = s->block % n->n_hosts;
	struct room r = with_parity(block_room(n, s), n->profile, w->inside.port);
	const struct fact *refused = port_in_room(w, &r, port_wanted(w, &r), port);
	if (refused && !s->flows)
		block_return(n, s);
	return refused == &fact_nat_full ? &fact_nat_block_full : refused;
}

/* --- what a mapping gets ------------------------------------------------------------------------------------------- */

/* The newest live flow of the mapping. What began outside came in by a rule, and is no mapping. */
static struct flow *mapping_find(const struct nat *n, usec now, struct nat_path in)
{
	if (n->profile->mapping == ADDRESS_AND_PORT_DEPENDENT)
		return NULL;
	struct walk w = walk_along(n, INSIDE_END, in.src, in.dst);
	for (struct flow *f; (f = walk_next(&w));)
		if (flow_alive(f, now) && !f->from_outside && flow_means(f, INSIDE, n->profile->mapping, in.dst))
			return f;
	return NULL;
}

/* A mapping's outside end serves unless somebody else uses it towards this very remote end; measured on Linux 6.18. */
static bool mapping_serves(const struct nat *n, usec now, struct nat_path in, struct endpoint *outside)
{
	const struct flow *f = mapping_find(n, now, in);
	if (!f)
		return false;
	*outside = flow_own(f, OUTSIDE);
	return !flow_by_path(n, now, OUTSIDE, *outside, in.dst);
}

const struct fact *ports_choose(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct endpoint *outside)
{
	const struct nat_profile *p = n->profile;
	struct wish w = { n, now, in.src, in.dst, host_paired(n, in.src.host), ports };
	const struct fact *refused = NULL;
	uint32_t port = port_pinned(&w);
	if (!port && mapping_serves(n, now, in, outside))
		return NULL;
	if (!port && p->pooling == POOLING_ARBITRARY)
		w.host = host_arbitrary(n);
	struct room room = with_parity(room_by_profile(p, in.src.port), p, in.src.port);
	if (port)
		port_steal(&w, port);
	else if (p->port_block)
		refused = port_in_block(&w, &port);
	else
		refused = port_on_hosts(&w, &room, &port);
	*outside = outside_of(&w, port);
	return refused;
}

/* As Linux does, which gives it any unprivileged port. */
struct endpoint ports_seen(struct nat *n, usec now, struct endpoint inside, struct endpoint remote)
{
	struct endpoint seen = remote;
	for (int i = 0; flow_by_path(n, now, INSIDE, inside, seen); i++) {
		if (i == PORT_TRIES)
			return (struct endpoint){ remote.host, 0 };
		uint64_t draw = stream_below(stream_sub(n->ports, 2), n->seen_draws++, 65536 - WELL_KNOWN);
		seen.port = WELL_KNOWN + (uint32_t)draw;
	}
	return seen;
}

uint32_t nat_draw_port(struct nat *n, uint32_t low)
{
	assert(low > 0 && low <= 65535);
	return low + (uint32_t)stream_below(stream_sub(n->ports, 3), n->asked_draws++, 65536 - low);
}
