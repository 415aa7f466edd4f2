#include "models/nat.h"

#include <assert.h>
#include <string.h>

const struct fact fact_nat_no_mapping = { "no-mapping", "no mapping for {dst}", "RFC 4787 5" };
const struct fact fact_nat_expired = { "mapping-expired", "the mapping for {dst} had expired", "RFC 4787 4.3" };
const struct fact fact_nat_filtered = { "filtered", "{dst} is not open for {src}", "RFC 4787 5" };
const struct fact fact_nat_port_taken = { "port-taken", "the outside port for {src} is in use", "RFC 4787 4.2.1" };
const struct fact fact_nat_full = { "no-ports", "no outside port is left", "RFC 4787 4.2" };

#define NONE UINT32_MAX

/* A flow is in three chains: of its mapping, of its filter, and of its outside endpoint. */
enum chain { BY_MAPPING, BY_FILTER, BY_OUTSIDE, CHAINS };

struct flow {
	struct endpoint inside, outside, remote;
	usec born, deadline;
	uint32_t next[CHAINS]; /* number of the next flow in the bucket */
	bool answered;         /* something came in through it */
	bool used;             /* holds a flow, alive or expired */
};

/*
 * Flows live in chunks that double, so that numbers stay valid and nothing is copied when the table grows:
 * chunk k holds FIRST_CHUNK << k flows.
 */
#define FIRST_CHUNK 16u
#define CHUNKS      24

struct nat {
	struct arena *arena;
	const struct nat_profile *profile;
	const uint32_t *hosts; /* outside */
	uint32_t n_hosts, rebound;
	struct stream ports;
	uint64_t draws;	 /* random ports drawn so far */
	uint32_t pinned; /* next_ports used so far */
	uint32_t cursor; /* where the last search for a free port ended */
	usec full_until; /* no port can become free before */
	struct flow *chunks[CHUNKS];
	uint32_t n_chunks, capacity; /* flows that fit */
	uint32_t used;		     /* flows in chains, alive or expired */
	uint32_t free;		     /* first free flow, chained through next[0] */
	uint32_t *buckets[CHAINS];
	uint32_t n_buckets; /* a power of two, at least `capacity` */
};

struct nat *nat_new(struct arena *a, const struct nat_profile *profile, const uint32_t *outside, uint32_t n_outside,
		    struct stream ports)
{
	struct nat *n = arena_alloc_raw(a, sizeof *n);
	assert(n_outside > 0);
	*n = (struct nat){
		.arena = a, .profile = profile, .hosts = outside, .n_hosts = n_outside, .ports = ports, .free = NONE
	};
	return n;
}

static struct flow *flow_at(const struct nat *n, uint32_t i)
{
	uint32_t chunk = 31 - (uint32_t)__builtin_clz(i / FIRST_CHUNK + 1);
	return &n->chunks[chunk][i - FIRST_CHUNK * ((1u << chunk) - 1)];
}

static bool alive(const struct flow *f, usec now)
{
	return f->deadline > now;
}

/* --- chains ------------------------------------------------------------------------------------------------------ */

/* The remote end with the fields that this behaviour ignores set to zero. */
static struct endpoint masked(struct endpoint remote, int dependence)
{
	if (dependence == ENDPOINT_INDEPENDENT)
		return (struct endpoint){ 0, 0 };
	if (dependence == ADDRESS_DEPENDENT)
		return (struct endpoint){ remote.host, 0 };
	return remote;
}

static struct endpoint chain_remote(const struct nat *n, enum chain c, struct endpoint remote)
{
	if (c == BY_OUTSIDE)
		return (struct endpoint){ 0, 0 };
	return masked(remote, c == BY_MAPPING ? n->profile->mapping : n->profile->filtering);
}

static struct endpoint chain_own(const struct flow *f, enum chain c)
{
	return c == BY_MAPPING ? f->inside : f->outside;
}

static uint32_t *bucket_of(const struct nat *n, enum chain c, struct endpoint own, struct endpoint remote)
{
	uint32_t hash = endpoints_hash(own, chain_remote(n, c, remote));
	return &n->buckets[c][hash & (n->n_buckets - 1)];
}

/*
 * The next flow of a chain at *at, newest first, that has this own endpoint and, after masking, this remote one;
 * NULL at the end. Moves *at behind it.
 */
static struct flow *chain_next(const struct nat *n, enum chain c, uint32_t *at, struct endpoint own, struct endpoint remote)
{
	struct endpoint wanted = chain_remote(n, c, remote);
	while (*at != NONE) {
		struct flow *f = flow_at(n, *at);
		*at = f->next[c];
		if (endpoint_equal(chain_own(f, c), own) && endpoint_equal(chain_remote(n, c, f->remote), wanted))
			return f;
	}
	return NULL;
}

static uint32_t chain_first(const struct nat *n, enum chain c, struct endpoint own, struct endpoint remote)
{
	return n->n_buckets ? *bucket_of(n, c, own, remote) : NONE;
}

static void chain_up(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	for (int c = 0; c < CHAINS; c++) {
		uint32_t *bucket = bucket_of(n, (enum chain)c, chain_own(f, (enum chain)c), f->remote);
		f->next[c] = *bucket;
		*bucket = i;
	}
}

static void unchain(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	for (int c = 0; c < CHAINS; c++) {
		uint32_t *at = bucket_of(n, (enum chain)c, chain_own(f, (enum chain)c), f->remote);
		while (*at != i)
			at = &flow_at(n, *at)->next[c];
		*at = f->next[c];
	}
}

/* --- places ------------------------------------------------------------------------------------------------------ */

static void set_free(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	f->used = false;
	f->next[0] = n->free;
	n->free = i;
}

/* Expired flows are evidence for as long as their place is not needed. */
static void forget_expired(struct nat *n, usec now)
{
	for (uint32_t i = n->capacity; i-- > 0;) {
		struct flow *f = flow_at(n, i);
		if (!f->used || alive(f, now))
			continue;
		unchain(n, i);
		set_free(n, i);
		n->used--;
	}
}

static void rehash(struct nat *n)
{
	n->n_buckets = n->n_buckets ? n->n_buckets * 2 : 2 * FIRST_CHUNK;
	for (int c = 0; c < CHAINS; c++) {
		n->buckets[c] = arena_alloc_raw(n->arena, n->n_buckets * sizeof(uint32_t));
		memset(n->buckets[c], 0xFF, n->n_buckets * sizeof(uint32_t));
	}
	for (uint32_t i = 0; i < n->capacity; i++)
		if (flow_at(n, i)->used)
			chain_up(n, i);
}

static void grow(struct nat *n)
{
	assert(n->n_chunks < CHUNKS);
	uint32_t more = FIRST_CHUNK << n->n_chunks, from = n->capacity;
	n->chunks[n->n_chunks++] = arena_alloc_raw(n->arena, more * sizeof(struct flow));
	n->capacity += more;
	for (uint32_t i = n->capacity; i-- > from;)
		set_free(n, i);
	rehash(n);
}

static uint32_t place_for_flow(struct nat *n, usec now)
{
	if (n->free == NONE) {
		forget_expired(n, now);
		if (n->used * 2 >= n->capacity)
			grow(n);
	}
	uint32_t i = n->free;
	n->free = flow_at(n, i)->next[0];
	n->used++;
	return i;
}

/* --- lifetimes --------------------------------------------------------------------------------------------------- */

/*
 * Measured on Linux 6.18: a packet sets the stream lifetime only if an answer was seen before it and the flow is older than
 * stream_after; otherwise the first one. A NAT with one timeout has both the same.
 */
static void refresh(const struct nat *n, struct flow *f, usec now)
{
	const struct nat_profile *p = n->profile;
	bool stream = f->answered && now - f->born > p->stream_after;
	f->deadline = now + (stream ? p->stream : p->first);
}

static struct flow *flow_new(struct nat *n, usec now, struct endpoint inside, struct endpoint outside, struct endpoint remote)
{
	uint32_t i = place_for_flow(n, now);
	struct flow *f = flow_at(n, i);
	*f = (struct flow){ .inside = inside, .outside = outside, .remote = remote, .born = now, .used = true };
	refresh(n, f, now);
	chain_up(n, i);
	return f;
}

/* --- ports ------------------------------------------------------------------------------------------------------- */

/* Somebody else's live flow that keeps `inside` from using this outside endpoint towards `remote`; NULL when it is free. */
static struct flow *holder(const struct nat *n, usec now, struct endpoint outside, struct endpoint inside,
			   struct endpoint remote)
{
	bool shared = n->profile->collision == COLLISION_SHARE;
	uint32_t at = chain_first(n, BY_OUTSIDE, outside, remote);
	for (struct flow *f; (f = chain_next(n, BY_OUTSIDE, &at, outside, remote));)
		if (alive(f, now) && !endpoint_equal(f->inside, inside) && (!shared || endpoint_equal(f->remote, remote)))
			return f;
	return NULL;
}

struct wish {
	struct nat *nat;
	usec now;
	struct endpoint inside, remote;
	uint32_t host;		       /* outside */
	const struct nat_ports *ports; /* NULL: the profile's */
};

static bool port_free(const struct wish *w, uint32_t port)
{
	return !holder(w->nat, w->now, (struct endpoint){ w->host, port }, w->inside, w->remote);
}

/* A mapping's port may be shared with somebody who uses it towards this very remote end; measured on Linux 6.18. */
static bool shared_with_another(const struct wish *w, uint32_t port)
{
	return w->nat->profile->collision == COLLISION_SHARE && !port_free(w, port);
}

static usec earliest_end(const struct nat *n, usec now)
{
	usec end = NEVER;
	for (uint32_t i = 0; i < n->capacity; i++) {
		const struct flow *f = flow_at(n, i);
		if (f->used && alive(f, now) && f->deadline < end)
			end = f->deadline;
	}
	return end;
}

/* The first free port from `from` on, wrapping at the end of the range; 0 when all are taken. */
static uint32_t port_from(const struct wish *w, uint32_t from)
{
	const struct nat_profile *p = w->nat->profile;
	uint32_t port = from;
	for (uint32_t i = p->port_low; i <= p->port_high; i++, port++) {
		if (port > p->port_high || port < p->port_low)
			port = p->port_low;
		if (port_free(w, port))
			return port;
	}
	return 0;
}

static uint32_t port_drawn(struct nat *n)
{
	const struct nat_profile *p = n->profile;
	return p->port_low + (uint32_t)stream_below(n->ports, n->draws++, p->port_high - p->port_low + 1);
}

#define PORT_TRIES 16

/* When draws find nothing, ports are nearly all taken: the search goes on where the last one ended. */
static uint32_t port_left(const struct wish *w)
{
	struct nat *n = w->nat;
	if (w->now < n->full_until)
		return 0;
	uint32_t port = port_from(w, n->cursor);
	n->cursor = port + 1;
	/* ports that are shared per remote endpoint may be taken for one and free for another */
	if (!port && n->profile->collision != COLLISION_SHARE)
		n->full_until = earliest_end(n, w->now);
	return port;
}

static uint32_t port_random(const struct wish *w)
{
	for (int i = 0; i < PORT_TRIES; i++) {
		uint32_t port = port_drawn(w->nat);
		if (port_free(w, port))
			return port;
	}
	return port_left(w);
}

/* The other's flows end here and now; from now on the outside endpoint is ours. */
static uint32_t port_steal(const struct wish *w, uint32_t port)
{
	struct endpoint outside = { w->host, port };
	for (struct flow *f; (f = holder(w->nat, w->now, outside, w->inside, w->remote));)
		f->deadline = w->now;
	return port;
}

/* The port that a new mapping would like: pinned by the scenario, its own if that may be used, or none in particular (0). */
static uint32_t port_wanted(const struct wish *w)
{
	struct nat *n = w->nat;
	const struct nat_profile *p = n->profile;
	if (n->pinned < p->next_ports.n)
		return ((const uint32_t *)p->next_ports.items)[n->pinned++];
	int choice = w->ports ? w->ports->choice : p->ports;
	bool usable = w->inside.port >= p->port_low && w->inside.port <= p->port_high;
	return choice == PORTS_PRESERVE && usable ? w->inside.port : 0;
}

static const struct fact *port_choose(const struct wish *w, uint32_t *port)
{
	uint32_t pinned = w->ports ? w->ports->pinned : 0;
	uint32_t wanted = pinned ? pinned : port_wanted(w);
	int collision = w->nat->profile->collision;
	if (wanted && port_free(w, wanted))
		*port = wanted;
	else if (pinned)
		*port = port_steal(w, pinned);
	else if (!wanted || collision == COLLISION_RANDOM || collision == COLLISION_SHARE)
		*port = port_random(w);
	else if (collision == COLLISION_NEXT)
		*port = port_from(w, wanted + 1);
	else if (collision == COLLISION_STEAL)
		*port = port_steal(w, wanted);
	else
		return &fact_nat_port_taken;
	return *port ? NULL : &fact_nat_full;
}

/* --- both directions --------------------------------------------------------------------------------------------- */

/* The live flow of exactly these two ends, or else any live flow of their mapping or filter; NULL when there is none. */
static struct flow *find(const struct nat *n, usec now, enum chain c, struct endpoint own, struct endpoint remote)
{
	struct flow *any = NULL;
	uint32_t at = chain_first(n, c, own, remote);
	for (struct flow *f; (f = chain_next(n, c, &at, own, remote));) {
		if (!alive(f, now))
			continue;
		if (endpoint_equal(f->remote, remote))
			return f;
		if (!any)
			any = f;
	}
	return any;
}

static uint32_t outside_host(const struct nat *n)
{
	return n->rebound ? n->rebound : n->hosts[0];
}

const struct fact *nat_outbound(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct nat_path *out)
{
	struct wish w = { n, now, in.src, in.dst, outside_host(n), ports };
	struct flow *f = find(n, now, BY_MAPPING, in.src, in.dst);
	*out = (struct nat_path){ f ? f->outside : (struct endpoint){ w.host, 0 }, in.dst };
	if (f && endpoint_equal(f->remote, in.dst)) {
		if (n->profile->refresh != REFRESH_INBOUND)
			refresh(n, f, now);
		return NULL;
	}
	if (!f || shared_with_another(&w, f->outside.port)) {
		const struct fact *refused = port_choose(&w, &out->src.port);
		if (refused)
			return refused;
	}
	flow_new(n, now, in.src, out->src, in.dst);
	return NULL;
}

static bool has_any(const struct nat *n, usec now, enum chain c, struct endpoint outside, struct endpoint remote, bool living)
{
	uint32_t at = chain_first(n, c, outside, remote);
	for (struct flow *f; (f = chain_next(n, c, &at, outside, remote));)
		if (alive(f, now) == living)
			return true;
	return false;
}

/* Why nothing passes: what was open is closed again, others may pass, or nobody ever could. */
static const struct fact *refusal(const struct nat *n, usec now, struct endpoint outside, struct endpoint remote)
{
	if (has_any(n, now, BY_FILTER, outside, remote, false))
		return &fact_nat_expired;
	if (has_any(n, now, BY_OUTSIDE, outside, remote, true))
		return &fact_nat_filtered;
	if (has_any(n, now, BY_OUTSIDE, outside, remote, false))
		return &fact_nat_expired;
	return &fact_nat_no_mapping;
}

const struct fact *nat_inbound(struct nat *n, usec now, struct nat_path in, struct nat_path *out)
{
	struct flow *f = find(n, now, BY_FILTER, in.dst, in.src);
	if (!f)
		return refusal(n, now, in.dst, in.src);
	if (n->profile->refresh != REFRESH_OUTBOUND)
		refresh(n, f, now);
	f->answered = true;
	*out = (struct nat_path){ in.src, f->inside };
	return NULL;
}

bool nat_owns(const struct nat *n, uint32_t host)
{
	if (n->rebound)
		return host == n->rebound;
	for (uint32_t i = 0; i < n->n_hosts; i++)
		if (n->hosts[i] == host)
			return true;
	return false;
}

void nat_flush(struct nat *n)
{
	for (uint32_t i = n->capacity; i-- > 0;) {
		if (!flow_at(n, i)->used)
			continue;
		unchain(n, i);
		set_free(n, i);
		n->used--;
	}
	n->full_until = 0;
}

void nat_rebind(struct nat *n, uint32_t outside)
{
	nat_flush(n);
	n->rebound = outside;
}

void nat_lifetime(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts)
{
	struct flow *f = find(n, now, BY_MAPPING, inside, remote);
	if (f && endpoint_equal(f->remote, remote))
		f->deadline = now + lasts;
}

size_t nat_flows(const struct nat *n, usec now)
{
	size_t count = 0;
	for (uint32_t i = 0; i < n->capacity; i++)
		count += flow_at(n, i)->used && alive(flow_at(n, i), now);
	return count;
}
