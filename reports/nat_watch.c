#include "reports/nat_watch.h"

#include <string.h>

#include "models/router.h"

struct watched_router {
	struct watched_router *next;
	const struct node *node;
	const struct nat *nat;
	struct watched_table *table; /* the latest; NULL: none yet */
	usec seen, before;	     /* when something happened here, and the time before that; -1: never */
	struct record came;	     /* the latest datagram that did */
};

/* --- tables ------------------------------------------------------------------------------------ */

static bool same_row(const struct nat_row *a, const struct nat_row *b)
{
	return a->kind == b->kind && a->since == b->since && endpoint_equal(a->inside, b->inside) &&
	       endpoint_equal(a->seen, b->seen) && endpoint_equal(a->outside, b->outside) &&
	       endpoint_equal(a->remote, b->remote);
}

static const struct watched_row *row_before(const struct watched_table *t, const struct nat_row *row)
{
	for (uint32_t i = 0; t && i < t->n; i++)
		if (same_row(&t->rows[i].row, row))
			return &t->rows[i];
	return NULL;
}

/** A deadline that is as it was was set when it was. */
static usec granted(const struct watched_table *before, const struct nat_row *row, usec now)
{
	const struct watched_row *old = row_before(before, row);
	if (row->until == NEVER)
		return NEVER;
	return old && old->row.until == row->until ? old->granted : row->until - now;
}

static bool is_as_before(const struct watched_table *t, const struct nat_row *rows, uint32_t n, uint32_t unseen)
{
	if (!t || t->n != n || t->unseen != unseen)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!same_row(&t->rows[i].row, &rows[i]) || t->rows[i].row.until != rows[i].until)
			return false;
	return true;
}

static struct watched_table *table_of(struct arena *a, const struct watched_table *before, const struct nat_row *rows,
				      uint32_t n, uint32_t unseen, usec now)
{
	struct watched_table *t = arena_alloc(a, sizeof *t);
	struct watched_row *watched = arena_alloc_raw(a, (n + 1) * sizeof *watched);
	for (uint32_t i = 0; i < n; i++)
		watched[i] = (struct watched_row){ rows[i], granted(before, &rows[i], now) };
	*t = (struct watched_table){ watched, n, unseen };
	return t;
}

static void look(struct nat_watch *w, struct watched_router *router, usec now)
{
	struct nat_row rows[NAT_WATCH_ROWS];
	uint32_t all = nat_rows(router->nat, now, rows, NAT_WATCH_ROWS);
	uint32_t n = all > NAT_WATCH_ROWS ? 0 : all;
	if (!is_as_before(router->table, rows, n, all - n))
		router->table = table_of(w->arena, router->table, rows, n, all - n, now);
}

/* --- which rows were used ---------------------------------------------------------------------- */

/** The live row of a flow by its ends as the inside sees them. */
static uint32_t row_of_flow(const struct watched_table *t, struct endpoint inside, struct endpoint seen, usec now)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct nat_row *row = &t->rows[i].row;
		if (row->kind == NAT_ROW_FLOW && row->until > now && endpoint_equal(row->inside, inside) &&
		    endpoint_equal(row->seen, seen))
			return i;
	}
	return NAT_WATCH_NONE;
}

static uint32_t row_in(const struct watched_router *router, struct endpoint from, struct endpoint to, usec now)
{
	struct nat_path name = nat_flow_in(router->nat, now, (struct nat_path){ from, to });
	return row_of_flow(router->table, name.dst, name.src, now);
}

static bool is_on(const struct record *r, const char *side)
{
	return r->iface->side && strcmp(r->iface->side, side) == 0;
}

/** What came from inside was looked up by its inside ends, what goes inside by its outside ones. */
static void find_used(const struct watched_router *router, const struct record *r, struct nat_sight *sight)
{
	const struct record *came = &router->came;
	if (r->event != EVENT_SENT || r->parent != came->id || !came->id)
		return;
	if (is_on(came, "lan"))
		sight->used[0] = row_of_flow(router->table, came->src, came->dst, r->at);
	if (is_on(r, "lan"))
		sight->used[1] = row_in(router, is_on(came, "lan") ? r->src : came->src, came->dst, r->at);
}

/** What comes from outside, or turns round here, asks for an outside end. */
static struct endpoint asked_by(const struct watched_router *router, const struct record *r)
{
	const struct record *came = r->event == EVENT_SENT ? &router->came : r;
	bool comes_in = is_on(came, "wan") || (r->event == EVENT_SENT && is_on(r, "lan"));
	bool asks = r->id && came->dst.port && comes_in && nat_owns(router->nat, came->dst.host) &&
		    (came == r || came->id == r->parent);
	return asks ? came->dst : (struct endpoint){ 0, 0 };
}

/* --- watching ---------------------------------------------------------------------------------- */

static struct watched_router *router_watched(struct nat_watch *w, const struct node *n)
{
	struct watched_router *r = w->routers;
	const struct nat *nat = router_table(n);
	while (r && r->node != n)
		r = r->next;
	if (r || !nat)
		return r;
	r = arena_alloc(w->arena, sizeof *r);
	*r = (struct watched_router){ .next = w->routers, .node = n, .nat = nat, .seen = -1, .before = -1 };
	return w->routers = r;
}

static void add_sight(struct nat_watch *w, const struct nat_sight *sight)
{
	if (w->n == w->size) {
		uint32_t size = w->size ? 2 * w->size : 64;
		struct nat_sight *sights = arena_alloc_raw(w->arena, size * sizeof *sights);
		if (w->n)
			memcpy(sights, w->sights, w->n * sizeof *sights);
		w->sights = sights;
		w->size = size;
	}
	w->sights[w->n++] = *sight;
}

/** What happens at the same time is one thing. */
static void note_time(struct watched_router *router, usec now)
{
	if (now == router->seen)
		return;
	router->before = router->seen;
	router->seen = now;
}

static void see(struct tap *tap, const struct record *r)
{
	struct nat_watch *w = CONTAINER(tap, struct nat_watch, tap);
	struct watched_router *router = r->iface ? router_watched(w, r->iface->node) : NULL;
	if (!router)
		return;
	note_time(router, r->at);
	look(w, router, r->at);
	struct nat_sight sight = {
		.router = router->node,
		.table = router->table,
		.at = r->at,
		.before = router->before,
		.id = r->id,
		.event = r->event,
		.used = { NAT_WATCH_NONE, NAT_WATCH_NONE },
		.asked = asked_by(router, r),
	};
	find_used(router, r, &sight);
	add_sight(w, &sight);
	if (r->event == EVENT_ARRIVED)
		router->came = *r;
}

void nat_watch(struct world *w)
{
	struct nat_watch *watch = arena_alloc(w->arena, sizeof *watch);
	*watch = (struct nat_watch){ .tap.see = see, .arena = w->arena };
	trace_tap(&w->trace, &watch->tap);
}

const struct nat_watch *nat_watch_of(const struct world *w)
{
	for (struct tap *tap = w->trace.taps; tap; tap = tap->next)
		if (tap->see == see)
			return CONTAINER(tap, struct nat_watch, tap);
	return NULL;
}

/** The first sight at that time or later. */
static uint32_t first_from(const struct nat_watch *w, usec from)
{
	uint32_t low = 0, high = w->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (w->sights[middle].at < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct nat_sight *nat_watch_find(const struct nat_watch *w, const struct node *router, enum event event,
				       uint32_t id, usec from)
{
	for (uint32_t i = first_from(w, from); i < w->n; i++)
		if (w->sights[i].router == router && w->sights[i].event == event && w->sights[i].id == id)
			return &w->sights[i];
	return NULL;
}
