#include "tests/nat_naive.h"

#include <assert.h>
#include <string.h>

struct naive_flow {
	struct endpoint inside, seen, outside, remote;
	usec born, deadline;
	uint32_t redirect;
	bool from_outside, answered;
	struct naive_flow *older;
};

struct naive_expected {
	struct nat_expectation e;
	usec made, deadline;
	bool gone;
	struct naive_expected *older;
};

struct naive_forward {
	uint32_t port;
	struct endpoint to;
	struct naive_forward *next;
};

struct naive {
	struct arena *arena;
	const struct nat_profile *p;
	const uint32_t *hosts, *given;
	uint32_t n_hosts, n_given, own_host;
	struct naive_flow *flows;	     /* newest first */
	struct naive_expected *expectations; /* newest first */
	struct naive_forward *forwards;
	uint32_t one_to_one, next_ports, last_port;
	struct endpoint drawn; /* the outside end that the table gave; port 0: it refused */
};

struct naive *naive_new(struct arena *a, const struct nat_profile *profile, const uint32_t *hosts, uint32_t n_hosts)
{
	struct naive *n = arena_alloc(a, sizeof *n);
	n->arena = a;
	n->p = profile;
	n->hosts = n->given = hosts;
	n->n_hosts = n->n_given = n_hosts;
	return n;
}

/* --- flows ----------------------------------------------------------------------------- */

static bool lives(const struct naive_flow *f, usec now)
{
	return f->deadline > now;
}

static struct naive_flow *inside_flow(const struct naive *n, usec now, struct endpoint inside, struct endpoint seen)
{
	for (struct naive_flow *f = n->flows; f; f = f->older)
		if (lives(f, now) && endpoint_equal(f->inside, inside) && endpoint_equal(f->seen, seen))
			return f;
	return NULL;
}

static struct naive_flow *outside_flow(const struct naive *n, usec now, struct endpoint outside, struct endpoint remote)
{
	for (struct naive_flow *f = n->flows; f; f = f->older)
		if (lives(f, now) && endpoint_equal(f->outside, outside) && endpoint_equal(f->remote, remote))
			return f;
	return NULL;
}

static bool alike(int dependence, struct endpoint a, struct endpoint b)
{
	return dependence == ENDPOINT_INDEPENDENT || (dependence == ADDRESS_DEPENDENT && a.host == b.host) ||
	       endpoint_equal(a, b);
}

static void refresh(const struct naive *n, struct naive_flow *f, usec now)
{
	bool stream = f->answered && now - f->born > n->p->stream_after;
	f->deadline = now + (stream ? n->p->stream : n->p->first);
}

static void went_out(const struct naive *n, struct naive_flow *f, usec now)
{
	if (n->p->refresh == REFRESH_OUTBOUND || n->p->refresh == REFRESH_BOTH)
		refresh(n, f, now);
	if (f->from_outside)
		f->answered = true;
}

static void came_in(const struct naive *n, struct naive_flow *f, usec now)
{
	if (n->p->refresh == REFRESH_INBOUND || n->p->refresh == REFRESH_BOTH)
		refresh(n, f, now);
	if (!f->from_outside)
		f->answered = true;
}

static void flow_add(struct naive *n, usec now, struct naive_flow made)
{
	struct naive_flow *f = arena_alloc(n->arena, sizeof *f);
	*f = made;
	f->born = now;
	f->older = n->flows;
	n->flows = f;
	refresh(n, f, now);
}

static bool is_full(const struct naive *n, usec now)
{
	return n->p->max_mappings && naive_flows(n, now) >= n->p->max_mappings;
}

size_t naive_flows(const struct naive *n, usec now)
{
	size_t count = 0;
	for (const struct naive_flow *f = n->flows; f; f = f->older)
		count += lives(f, now);
	return count;
}

bool naive_ends(const struct naive *n, usec now, size_t i, struct nat_path *inside, struct nat_path *outside)
{
	for (const struct naive_flow *f = n->flows; f; f = f->older) {
		if (!lives(f, now) || i--)
			continue;
		*inside = (struct nat_path){ f->inside, f->seen };
		*outside = (struct nat_path){ f->outside, f->remote };
		return true;
	}
	return false;
}

/* --- ports ----------------------------------------------------------------------------- */

struct need {
	struct naive *n;
	usec now;
	struct endpoint inside, remote;
	const struct nat_ports *ports;
};

static bool shares_ports(const struct need *w)
{
	return w->n->p->collision == COLLISION_SHARE || w->n->p->collision == COLLISION_SHARE_OR_DROP;
}

static bool is_forwarded_to_others(const struct need *w, uint32_t port)
{
	for (const struct naive_forward *f = w->n->forwards; f; f = f->next)
		if (f->port == port)
			return !shares_ports(w) && f->to.host != w->inside.host;
	return false;
}

/* Is the port in the way of one that is searched, or of one that is wanted? */
static bool in_the_way(const struct need *w, const struct naive_flow *f, struct endpoint outside, bool wanted)
{
	if (!lives(f, w->now) || !endpoint_equal(f->outside, outside))
		return false;
	if (endpoint_equal(f->remote, w->remote))
		return true;
	if (shares_ports(w))
		return false;
	return !wanted || !endpoint_equal(f->inside, w->inside);
}

static bool is_free(const struct need *w, uint32_t host, uint32_t port, bool wanted)
{
	for (const struct naive_flow *f = w->n->flows; f; f = f->older)
		if (in_the_way(w, f, (struct endpoint){ host, port }, wanted))
			return false;
	return !is_forwarded_to_others(w, port);
}

struct span {
	uint32_t from, to;
};

static struct span span_of(const struct need *w)
{
	const struct nat_profile *p = w->n->p;
	if (w->inside.port < 1024 && p->lowest)
		return (struct span){ p->lowest, p->highest };
	return (struct span){ p->port_low, p->port_high };
}

static bool in_span(const struct need *w, struct span s, uint32_t port)
{
	return port >= s.from && port <= s.to && (!w->n->p->parity || port % 2 == w->inside.port % 2);
}

/* The first free port behind `port`, wrapping; 0: none. */
static uint32_t after(const struct need *w, uint32_t host, struct span s, uint32_t port)
{
	for (uint32_t i = 0; i < 65536; i++) {
		port = port == 65535 ? 0 : port + 1;
		if (in_span(w, s, port) && is_free(w, host, port, false))
			return port;
	}
	return 0;
}

/* Any free port: the one that the table drew, if it could. */
static uint32_t any(const struct need *w, uint32_t host, struct span s)
{
	uint32_t drawn = w->n->drawn.port;
	if (drawn && w->n->drawn.host == host && in_span(w, s, drawn) && is_free(w, host, drawn, false))
		return drawn;
	return after(w, host, s, 0);
}

static int choice(const struct need *w)
{
	return w->ports ? w->ports->choice : w->n->p->ports;
}

static uint32_t searched(const struct need *w, uint32_t host, struct span s)
{
	if (choice(w) != PORTS_SEQUENTIAL)
		return any(w, host, s);
	/* it starts again where the port handed out last is not below the end of what may be searched */
	uint32_t last = w->n->last_port;
	uint32_t port = after(w, host, s, last < s.to && last >= s.from ? last : s.from - 1);
	if (port)
		w->n->last_port = port;
	return port;
}

static void steal(const struct need *w, uint32_t host, uint32_t port)
{
	for (struct naive_flow *f = w->n->flows; f; f = f->older)
		if (in_the_way(w, f, (struct endpoint){ host, port }, true))
			f->deadline = w->now;
}

static const struct fact *port_there(const struct need *w, uint32_t host, struct span s, uint32_t wanted, uint32_t *port)
{
	*port = wanted;
	if (wanted && is_free(w, host, wanted, true))
		return NULL;
	int collision = w->n->p->collision;
	if (wanted && (collision == COLLISION_DROP || collision == COLLISION_SHARE_OR_DROP))
		return &fact_nat_port_taken;
	if (wanted && collision == COLLISION_STEAL && !is_forwarded_to_others(w, wanted)) {
		steal(w, host, wanted);
		return NULL;
	}
	if (wanted && collision == COLLISION_NEXT)
		*port = after(w, host, s, wanted);
	else
		*port = searched(w, host, s);
	return *port ? NULL : &fact_nat_full;
}

static uint32_t wanted_port(const struct need *w, struct span s)
{
	struct naive *n = w->n;
	if (!w->ports && n->next_ports < n->p->next_ports.n)
		return ((const uint32_t *)n->p->next_ports.items)[n->next_ports++];
	return choice(w) == PORTS_PRESERVE && (w->ports || in_span(w, s, w->inside.port)) ? w->inside.port : 0;
}

static uint32_t paired(const struct naive *n, uint32_t inside_host)
{
	return n->hosts[inside_host % n->n_hosts];
}

static bool owns(const struct naive *n, uint32_t host)
{
	for (uint32_t i = 0; i < n->n_hosts; i++)
		if (n->hosts[i] == host)
			return true;
	return false;
}

/* Where the table draws the host as well, the one that it drew; where it refused, all must refuse. */
static const struct fact *on_any_host(const struct need *w, struct span s, uint32_t wanted, struct endpoint *outside)
{
	const struct naive *n = w->n;
	const struct fact *refused = NULL;
	if (n->drawn.port && owns(n, n->drawn.host)) {
		outside->host = n->drawn.host;
		return port_there(w, outside->host, s, wanted, &outside->port);
	}
	for (uint32_t i = 0; i < n->n_hosts; i++) {
		outside->host = n->hosts[i];
		refused = port_there(w, outside->host, s, wanted, &outside->port);
		if (!refused)
			return NULL;
	}
	return refused;
}

/* --- blocks ---------------------------------------------------------------------------- */

struct block {
	uint32_t host;
	struct span span;
};

/* The blocks, counted so that the outside hosts take turns. */
static bool block_at(const struct naive *n, uint32_t i, struct block *b)
{
	uint32_t size = n->p->port_block, from = n->p->port_low + i / n->n_hosts * size;
	*b = (struct block){ n->hosts[i % n->n_hosts], { from, from + size - 1 } };
	return b->span.to <= n->p->port_high;
}

static bool in_block(const struct block *b, struct endpoint e)
{
	return e.host == b->host && e.port >= b->span.from && e.port <= b->span.to;
}

/* Whose live flows have ports of this block? 0: nobody's. */
static uint32_t block_owner(const struct need *w, const struct block *b)
{
	for (const struct naive_flow *f = w->n->flows; f; f = f->older)
		if (lives(f, w->now) && in_block(b, f->outside))
			return f->inside.host;
	return 0;
}

static bool block_of(const struct need *w, struct block *b)
{
	for (uint32_t i = 0; block_at(w->n, i, b); i++)
		if (block_owner(w, b) == w->inside.host)
			return true;
	return false;
}

/* A host without one gets any that is nobody's: the one in which the table drew. */
static bool block_new(const struct need *w, struct block *b)
{
	struct block nobodys;
	bool found = false;
	for (uint32_t i = 0; block_at(w->n, i, b); i++) {
		if (block_owner(w, b))
			continue;
		nobodys = *b;
		found = true;
		if (in_block(b, w->n->drawn))
			return true;
	}
	*b = found ? nobodys : *b;
	return found;
}

static const struct fact *from_block(const struct need *w, struct endpoint *outside)
{
	struct block b;
	if (!block_of(w, &b) && !block_new(w, &b))
		return &fact_nat_full;
	outside->host = b.host;
	const struct fact *refused = port_there(w, b.host, b.span, wanted_port(w, b.span), &outside->port);
	return refused == &fact_nat_full ? &fact_nat_block_full : refused;
}

/* --- out ------------------------------------------------------------------------------- */

static struct naive_flow *mapping_of(const struct need *w)
{
	for (struct naive_flow *f = w->n->flows; f; f = f->older)
		if (lives(f, w->now) && !f->from_outside && endpoint_equal(f->inside, w->inside) &&
		    alike(w->n->p->mapping, f->seen, w->remote))
			return f;
	return NULL;
}

static const struct fact *outside_for(const struct need *w, struct endpoint *outside)
{
	struct naive *n = w->n;
	uint32_t pinned = w->ports ? w->ports->pinned : 0;
	if (!pinned && w->inside.host == n->one_to_one)
		pinned = w->inside.port;
	outside->host = paired(n, w->inside.host);
	outside->port = pinned;
	if (pinned) {
		steal(w, outside->host, pinned);
		return NULL;
	}
	const struct naive_flow *f = mapping_of(w);
	if (f && !outside_flow(n, w->now, f->outside, w->remote)) {
		*outside = f->outside;
		return NULL;
	}
	if (n->p->port_block)
		return from_block(w, outside);
	uint32_t wanted = wanted_port(w, span_of(w));
	if (n->p->pooling == POOLING_ARBITRARY)
		return on_any_host(w, span_of(w), wanted, outside);
	return port_there(w, outside->host, span_of(w), wanted, &outside->port);
}

static struct naive_expected *expected(const struct naive *n, usec now, struct nat_path in, bool from_inside);
static struct endpoint pair_of(const struct naive *n, usec now, const struct naive_expected *x, struct endpoint inside);

static const struct fact *outside_end(const struct need *w, struct endpoint *outside)
{
	static const struct nat_ports own = { PORTS_PRESERVE, 0 };
	struct naive *n = w->n;
	struct naive_expected *x = expected(n, w->now, (struct nat_path){ w->inside, w->remote }, true);
	struct need alone = *w;
	if (!x)
		return outside_for(w, outside);
	*outside = x->e.outside.port ? x->e.outside : pair_of(n, w->now, x, w->inside);
	if (!x->e.permanent)
		x->gone = true;
	alone.ports = &own;
	if (!outside->port)
		return outside_for(&alone, outside);
	return outside_flow(n, w->now, *outside, w->remote) ? &fact_nat_port_taken : NULL;
}

const struct fact *naive_outbound(struct naive *n, usec now, struct nat_path in, const struct nat_ports *ports,
				  struct nat_path *path)
{
	struct need w = { n, now, in.src, in.dst, ports };
	struct naive_flow *f = inside_flow(n, now, in.src, in.dst);
	n->drawn = path->src;
	if (f) {
		went_out(n, f, now);
		*path = (struct nat_path){ f->outside, f->remote };
		return NULL;
	}
	if (is_full(n, now))
		return &fact_nat_table_full;
	path->dst = in.dst;
	const struct fact *refused = outside_end(&w, &path->src);
	if (!refused)
		flow_add(n, now, (struct naive_flow){ .inside = in.src, .seen = in.dst, .outside = path->src, .remote = in.dst });
	return refused;
}

/* --- in -------------------------------------------------------------------------------- */

/* From outside to `inside`; the far end's port is another one, which the table drew, where the path is taken. */
static const struct fact *begin(struct naive *n, usec now, struct nat_path in, struct endpoint inside, struct nat_path *path)
{
	struct endpoint seen = in.src;
	if (is_full(n, now))
		return &fact_nat_table_full;
	if (inside_flow(n, now, inside, seen)) {
		seen.port = path->src.port;
		if (seen.port < 1024 || inside_flow(n, now, inside, seen))
			seen.port = 1; /* that was not allowed */
	}
	*path = (struct nat_path){ seen, inside };
	flow_add(n, now,
		 (struct naive_flow){ .inside = inside, .seen = seen, .outside = in.dst, .remote = in.src, .from_outside = true });
	return NULL;
}

static const struct fact *why_not(const struct naive *n, usec now, struct nat_path in)
{
	bool open = false, was = false;
	for (const struct naive_flow *f = n->flows; f; f = f->older) {
		if (!endpoint_equal(f->outside, in.dst))
			continue;
		if (alike(n->p->filtering, f->remote, in.src))
			return &fact_nat_expired;
		open = open || lives(f, now);
		was = true;
	}
	return open ? &fact_nat_filtered : was ? &fact_nat_expired : &fact_nat_no_mapping;
}

static bool has_host(const struct naive *n, uint32_t host)
{
	for (uint32_t i = 0; i < n->n_hosts; i++)
		if (n->hosts[i] == host)
			return true;
	return false;
}

const struct fact *naive_inbound(struct naive *n, usec now, struct nat_path in, struct nat_path *path)
{
	struct naive_flow *f = outside_flow(n, now, in.dst, in.src);
	struct naive_expected *x;
	if (f) {
		came_in(n, f, now);
		*path = (struct nat_path){ f->seen, { f->inside.host, f->redirect ? f->redirect : f->inside.port } };
		return NULL;
	}
	if ((x = expected(n, now, in, false))) {
		if (!x->e.permanent)
			x->gone = true;
		return begin(n, now, in, x->e.inside, path);
	}
	for (const struct naive_forward *r = n->forwards; r; r = r->next)
		if (r->port == in.dst.port && has_host(n, in.dst.host))
			return begin(n, now, in, r->to, path);
	for (f = n->flows; f; f = f->older)
		if (lives(f, now) && endpoint_equal(f->outside, in.dst) && alike(n->p->filtering, f->remote, in.src)) {
			came_in(n, f, now);
			*path = (struct nat_path){ in.src, { f->inside.host, f->redirect ? f->redirect : f->inside.port } };
			return NULL;
		}
	if (n->one_to_one && paired(n, n->one_to_one) == in.dst.host)
		return begin(n, now, in, (struct endpoint){ n->one_to_one, in.dst.port }, path);
	return why_not(n, now, in);
}

const struct fact *naive_hairpin(struct naive *n, usec now, struct nat_path in, struct nat_path *path)
{
	struct nat_path outside = { path->src, path->dst };
	if (n->p->hairpin == HAIRPIN_OFF)
		return &fact_nat_hairpin_off;
	if (n->p->hairpin == HAIRPIN_INSIDE_SOURCE)
		return naive_inbound(n, now, in, path);
	const struct fact *refused = naive_outbound(n, now, in, NULL, &outside);
	return refused ? refused : naive_inbound(n, now, outside, path);
}

/* --- rules, steps, an ALG's wishes ----------------------------------------------------- */

void naive_forward(struct naive *n, uint32_t port, struct endpoint to)
{
	struct naive_forward **end = &n->forwards;
	while (*end)
		end = &(*end)->next;
	*end = arena_alloc(n->arena, sizeof **end);
	**end = (struct naive_forward){ port, to, NULL };
}

void naive_one_to_one(struct naive *n, uint32_t inside_host)
{
	n->one_to_one = inside_host;
}

void naive_rebind(struct naive *n, uint32_t outside)
{
	n->flows = NULL;
	n->expectations = NULL;
	n->own_host = outside;
	n->hosts = outside ? &n->own_host : n->given;
	n->n_hosts = outside ? 1 : n->n_given;
}

void naive_lifetime(struct naive *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts)
{
	struct naive_flow *f = inside_flow(n, now, inside, remote);
	if (f)
		f->deadline = now + lasts;
}

void naive_redirect(struct naive *n, usec now, struct endpoint inside, struct endpoint remote, uint32_t port)
{
	struct naive_flow *f = inside_flow(n, now, inside, remote);
	if (f)
		f->redirect = port;
}

/* --- expectations ---------------------------------------------------------------------- */

static bool stands(const struct naive *n, const struct naive_expected *x, usec now)
{
	const struct naive_flow *owner = inside_flow(n, now, x->e.owner_inside, x->e.owner_remote);
	return !x->gone && x->deadline > now && owner && owner->born <= x->made;
}

static bool field_fits(uint32_t pattern, uint32_t value)
{
	return pattern == 0 || pattern == value;
}

static struct naive_expected *expected(const struct naive *n, usec now, struct nat_path in, bool from_inside)
{
	for (struct naive_expected *x = n->expectations; x; x = x->older) {
		struct endpoint src = from_inside ? x->e.inside : x->e.remote, dst = from_inside ? x->e.remote : x->e.outside;
		if (stands(n, x, now) && x->e.active && x->e.from_inside == from_inside && endpoint_equal(dst, in.dst) &&
		    field_fits(src.host, in.src.host) && field_fits(src.port, in.src.port))
			return x;
	}
	return NULL;
}

static bool same_owner(const struct nat_expectation *a, const struct nat_expectation *b)
{
	return endpoint_equal(a->owner_inside, b->owner_inside) && endpoint_equal(a->owner_remote, b->owner_remote) &&
	       a->kind == b->kind;
}

static struct endpoint pair_of(const struct naive *n, usec now, const struct naive_expected *x, struct endpoint inside)
{
	for (const struct naive_expected *y = n->expectations; y; y = y->older)
		if (stands(n, y, now) && same_owner(&x->e, &y->e) && !y->e.from_inside && endpoint_equal(y->e.inside, inside))
			return y->e.outside;
	return (struct endpoint){ 0, 0 };
}

static bool fields_meet(uint32_t a, uint32_t b)
{
	return a == 0 || b == 0 || a == b;
}

/* Are both for one destination, and could one source meet both? */
static bool clash(const struct nat_expectation *a, const struct nat_expectation *b)
{
	if (a->from_inside != b->from_inside)
		return false;
	if (a->from_inside)
		return endpoint_equal(a->remote, b->remote) && fields_meet(a->inside.host, b->inside.host) &&
		       fields_meet(a->inside.port, b->inside.port);
	return endpoint_equal(a->outside, b->outside) && fields_meet(a->remote.host, b->remote.host) &&
	       fields_meet(a->remote.port, b->remote.port);
}

static bool same_source(const struct nat_expectation *a, const struct nat_expectation *b)
{
	return a->from_inside ? endpoint_equal(a->inside, b->inside) : endpoint_equal(a->remote, b->remote);
}

const struct fact *naive_expect(struct naive *n, usec now, const struct nat_expectation *e)
{
	struct naive_expected *oldest = NULL;
	uint32_t count = 0;
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (stands(n, x, now) && clash(&x->e, e) && same_source(&x->e, e) && !same_owner(&x->e, e))
			return &fact_nat_expected_by_another;
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (stands(n, x, now) && clash(&x->e, e) && !same_source(&x->e, e))
			return &fact_nat_expected;
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (stands(n, x, now) && clash(&x->e, e))
			x->gone = true;
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (stands(n, x, now) && same_owner(&x->e, e)) {
			oldest = x;
			count++;
		}
	if (e->most && count >= e->most)
		oldest->gone = true;
	struct naive_expected *x = arena_alloc(n->arena, sizeof *x);
	*x = (struct naive_expected){ *e, now, now + e->lasts, false, n->expectations };
	n->expectations = x;
	return NULL;
}

bool naive_expect_activate(struct naive *n, usec now, struct endpoint owner_inside, struct endpoint owner_remote,
			   uint8_t kind, uint32_t serial, struct endpoint outside, usec lasts)
{
	const struct nat_expectation owner = { .owner_inside = owner_inside, .owner_remote = owner_remote, .kind = kind };
	bool found = false;
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (stands(n, x, now) && same_owner(&x->e, &owner) && x->e.serial <= serial &&
		    endpoint_equal(x->e.outside, outside)) {
			x->e.active = found = true;
			x->deadline = now + lasts;
		}
	return found;
}

void naive_expect_end(struct naive *n, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind,
		      uint32_t serial)
{
	const struct nat_expectation owner = { .owner_inside = owner_inside, .owner_remote = owner_remote, .kind = kind };
	for (struct naive_expected *x = n->expectations; x; x = x->older)
		if (same_owner(&x->e, &owner) && x->e.serial <= serial)
			x->gone = true;
}

size_t naive_expectations(const struct naive *n, usec now)
{
	size_t count = 0;
	for (const struct naive_expected *x = n->expectations; x; x = x->older)
		count += stands(n, x, now);
	return count;
}
