#include <assert.h>
#include <string.h>

#include "models/nat_shared.h"

/* --- directories --------------------------------------------------------------------------------------------------- */

static void directory_add(struct arena *a, struct directory *d, void *item)
{
	if (d->n == d->size) {
		d->size = d->size ? 2 * d->size : 2;
		void **items = arena_alloc_raw(a, d->size * sizeof(void *));
		if (d->n)
			memcpy(items, d->items, d->n * sizeof(void *));
		d->items = items;
	}
	d->items[d->n++] = item;
}

#define BUCKETS_MIN 16u
#define SEGMENT	    4096u /* buckets */

/* --- chains -------------------------------------------------------------------------------------------------------- */

static enum side side_of(enum chain c)
{
	return c == INSIDE_PATH || c == INSIDE_END ? INSIDE : OUTSIDE;
}

static bool is_path(enum chain c)
{
	return c == INSIDE_PATH || c == OUTSIDE_PATH;
}

static struct ends ends_of(struct endpoint own, struct endpoint far)
{
	return (struct ends){ own.host, far.host, (uint16_t)own.port, (uint16_t)far.port };
}

static bool ends_match(const struct ends *a, const struct ends *b, enum chain c)
{
	return a->own_host == b->own_host && a->own_port == b->own_port &&
	       (!is_path(c) || (a->far_host == b->far_host && a->far_port == b->far_port));
}

static uint32_t ends_hash(const struct ends *e, enum chain c)
{
	struct endpoint own = { e->own_host, e->own_port }, far = { e->far_host, e->far_port };
	return endpoints_hash(own, is_path(c) ? far : (struct endpoint){ 0, 0 });
}

static struct flow *flow_at(const struct nat *n, uint32_t i);

/* Ends are looked up for new flows only: a quarter of the buckets does. */
static uint32_t buckets_in(const struct nat *n, enum chain c)
{
	return is_path(c) ? n->n_buckets : n->n_buckets / 4;
}

static uint32_t *bucket_at(const struct nat *n, enum chain c, uint32_t i)
{
	uint32_t *segment = n->buckets[c].items[i / SEGMENT];
	return &segment[i % SEGMENT];
}

static uint32_t *bucket_of(const struct nat *n, enum chain c, const struct ends *e)
{
	return bucket_at(n, c, ends_hash(e, c) & (buckets_in(n, c) - 1));
}

struct walk walk_along(const struct nat *n, enum chain c, struct endpoint own, struct endpoint far)
{
	struct walk w = { n, c, ends_of(own, far), NONE };
	if (n->n_buckets)
		w.at = *bucket_of(n, c, &w.wanted);
	return w;
}

struct flow *walk_next(struct walk *w)
{
	while (w->at != NONE) {
		struct flow *f = flow_at(w->nat, w->at);
		w->at = f->next[w->chain];
		if (ends_match(&f->ends[side_of(w->chain)], &w->wanted, w->chain))
			return f;
	}
	return NULL;
}

struct flow *flow_by_path(const struct nat *n, usec now, enum side s, struct endpoint own,
			  struct endpoint far)
{
	struct walk w = walk_along(n, s == INSIDE ? INSIDE_PATH : OUTSIDE_PATH, own, far);
	for (struct flow *f; (f = walk_next(&w));)
		if (flow_alive(f, now))
			return f;
	return NULL;
}

static void chain_up(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	for (enum chain c = 0; c < CHAINS; c++) {
		uint32_t *bucket = bucket_of(n, c, &f->ends[side_of(c)]);
		f->next[c] = *bucket;
		*bucket = i;
	}
}

static void unchain(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	for (enum chain c = 0; c < CHAINS; c++) {
		uint32_t *at = bucket_of(n, c, &f->ends[side_of(c)]);
		while (*at != i)
			at = &flow_at(n, *at)->next[c];
		*at = f->next[c];
	}
}

/* --- buckets ------------------------------------------------------------------------------------------------------- */

/*
 * Buckets lie in segments: a first one that doubles until it is full, then more of the same size. So hardly
 * anything is left behind in the arena when there are twice as many.
 */
static void segment_double(struct nat *n, struct directory *d, uint32_t buckets)
{
	uint32_t *larger = arena_alloc_raw(n->arena, 2 * buckets * sizeof(uint32_t));
	memcpy(larger, d->items[0], buckets * sizeof(uint32_t));
	d->items[0] = larger;
}

static void segments_double(struct nat *n, struct directory *d, uint32_t buckets)
{
	if (buckets < SEGMENT)
		segment_double(n, d, buckets);
	else
		for (uint32_t i = 0; i < buckets; i += SEGMENT)
			directory_add(n->arena, d, arena_alloc_raw(n->arena, SEGMENT * sizeof(uint32_t)));
}

/* Each bucket of the first half becomes two; the order in both stays. */
static void split(struct nat *n, enum chain c)
{
	uint32_t half = buckets_in(n, c) / 2;
	for (uint32_t b = 0; b < half; b++) {
		uint32_t *low = bucket_at(n, c, b), *high = bucket_at(n, c, b + half), i = *low;
		while (i != NONE) {
			struct flow *f = flow_at(n, i);
			uint32_t **end = ends_hash(&f->ends[side_of(c)], c) & half ? &high : &low;
			**end = i;
			*end = &f->next[c];
			i = f->next[c];
		}
		*low = *high = NONE;
	}
}

static void buckets_double(struct nat *n)
{
	for (enum chain c = 0; c < CHAINS; c++)
		segments_double(n, &n->buckets[c], buckets_in(n, c));
	n->n_buckets *= 2;
	for (enum chain c = 0; c < CHAINS; c++)
		split(n, c);
}

static void segment_begin(struct nat *n, struct directory *d, uint32_t buckets)
{
	size_t size = buckets * sizeof(uint32_t);
	directory_add(n->arena, d, memset(arena_alloc_raw(n->arena, size), 0xFF, size));
}

/* The first ones: as many as will be needed when it is known how many flows to expect. */
static void buckets_begin(struct nat *n)
{
	n->n_buckets = BUCKETS_MIN;
	while (n->n_buckets < n->capacity)
		n->n_buckets *= 2;
	for (enum chain c = 0; c < CHAINS; c++)
		for (uint32_t i = 0; i < buckets_in(n, c); i += SEGMENT)
			segment_begin(n, &n->buckets[c], buckets_in(n, c) < SEGMENT ? buckets_in(n, c) : SEGMENT);
}

/* --- places -------------------------------------------------------------------------------------------------------- */

/*
 * Flows live in chunks, so that numbers stay valid and nothing is copied when the table grows: 8, 16, 32 and
 * so on up to 4096 flows, and from then on 4096 each.
 */
#define SMALL	  8u
#define LARGE	  4096u
#define DOUBLINGS 10u /* chunks from SMALL to LARGE */
#define LINE	  64u

static uint32_t chunk_size(uint32_t chunk)
{
	return chunk < DOUBLINGS ? SMALL << chunk : LARGE;
}

/* With SMALL added, the number of a flow in a chunk that has doubled has the chunk's size as its highest bit. */
static struct flow *flow_at(const struct nat *n, uint32_t i)
{
	i += SMALL;
	if (i >= 2 * LARGE)
		return &((struct flow *)n->chunks.items[DOUBLINGS - 2 + i / LARGE])[i % LARGE];
	uint32_t top = 31 - (uint32_t)__builtin_clz(i);
	return &((struct flow *)n->chunks.items[top - (uint32_t)__builtin_ctz(SMALL)])[i - (1u << top)];
}

static void set_free(struct nat *n, uint32_t i)
{
	struct flow *f = flow_at(n, i);
	f->used = false;
	f->next[0] = n->free;
	n->free = i;
}

static void forget(struct nat *n, uint32_t i)
{
	ports_block_leave(n, flow_at(n, i));
	unchain(n, i);
	set_free(n, i);
	n->used--;
}

void flows_forget(struct nat *n, usec now)
{
	n->full_until = NEVER;
	for (uint32_t i = n->capacity; i-- > 0;) {
		const struct flow *f = flow_at(n, i);
		if (f->used && !flow_alive(f, now))
			forget(n, i);
		else if (f->used && f->deadline < n->full_until)
			n->full_until = f->deadline;
	}
}

void flows_clear(struct nat *n)
{
	for (uint32_t i = n->capacity; i-- > 0;)
		if (flow_at(n, i)->used)
			forget(n, i);
	n->shortened++;
	n->full_until = 0;
}

static struct flow *chunk_new(struct nat *n, uint32_t flows)
{
	char *room = arena_alloc_raw(n->arena, flows * sizeof(struct flow) + LINE);
	return (struct flow *)(void *)(room + (LINE - (uintptr_t)room % LINE) % LINE);
}

static void chunk_add(struct nat *n)
{
	uint32_t from = n->capacity, more = chunk_size(n->chunks.n);
	directory_add(n->arena, &n->chunks, chunk_new(n, more));
	n->capacity += more;
	for (uint32_t i = n->capacity; i-- > from;)
		set_free(n, i);
}

/* By an eighth at least: forgetting looks at every flow, and must not happen too often. */
static void grow(struct nat *n)
{
	uint32_t enough = n->capacity ? n->capacity + n->capacity / 8 + 1 : n->expected;
	assert(enough < NONE / 2);
	while (n->capacity < enough)
		chunk_add(n);
	if (!n->n_buckets)
		buckets_begin(n);
	while (n->n_buckets < n->capacity)
		buckets_double(n);
}

struct flow *flow_add(struct nat *n, usec now, struct nat_path inside, struct nat_path outside)
{
	assert(n->free != NONE);
	uint32_t i = n->free;
	struct flow *f = flow_at(n, i);
	n->free = f->next[0];
	n->used++;
	*f = (struct flow){
		.born = now,
		.used = true,
		.ends = { ends_of(inside.src, inside.dst), ends_of(outside.src, outside.dst) },
	};
	chain_up(n, i);
	ports_block_enter(n, f);
	return f;
}

/* Only live flows count; as long as none of them can have ended there is no use in looking. */
static bool is_allowed(struct nat *n, usec now)
{
	uint32_t most = n->profile->max_mappings;
	if (!most || n->used < most)
		return true;
	if (now >= n->full_until)
		flows_forget(n, now);
	return n->used < most;
}

/* Expired flows are evidence for as long as their place is not needed. */
bool flows_make_room(struct nat *n, usec now)
{
	if (!is_allowed(n, now))
		return false;
	if (n->free == NONE) {
		flows_forget(n, now);
		if (n->used * 2ull >= n->capacity)
			grow(n);
	}
	return true;
}

void flow_lasts_until(struct nat *n, struct flow *f, usec deadline)
{
	if (deadline < f->deadline)
		n->shortened++;
	if (deadline < n->full_until)
		n->full_until = deadline;
	f->deadline = deadline;
}

size_t nat_flows(const struct nat *n, usec now)
{
	size_t count = 0;
	for (uint32_t i = 0; i < n->capacity; i++)
		count += flow_at(n, i)->used && flow_alive(flow_at(n, i), now);
	return count;
}

static struct nat_row flow_row(const struct flow *f)
{
	return (struct nat_row){
		.kind = NAT_ROW_FLOW,
		.inside = flow_own(f, INSIDE),
		.seen = flow_far(f, INSIDE),
		.outside = flow_own(f, OUTSIDE),
		.remote = flow_far(f, OUTSIDE),
		.since = f->born,
		.until = f->deadline,
	};
}

uint32_t flows_rows(const struct nat *n, struct nat_row *rows)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < n->capacity; i++) {
		const struct flow *f = flow_at(n, i);
		uint32_t at = count;
		if (!f->used)
			continue;
		for (; at > 0 && rows[at - 1].since > f->born; at--)
			rows[at] = rows[at - 1];
		rows[at] = flow_row(f);
		count++;
	}
	return count;
}
