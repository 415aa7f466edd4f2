#include <assert.h>

#include "models/nat_shared.h"

const struct fact fact_nat_expected_by_another = { "expected-by-another", "another flow expects the same", "measured: Linux 6.18" };
const struct fact fact_nat_expected = { "expected-already", "some of this is expected already", "measured: Linux 6.18" };

struct expected {
	struct link by_key, by_owner;
	struct nat_expectation e;
	usec made, deadline;
	uint64_t order;	       /* the newest has the highest */
	bool used;	       /* holds one */
	struct expected *next; /* of all, used or not */
	struct expected *next_free;
};

/* --- look-ups ---------------------------------------------------------------------------------------------------- */

/* The end by which it is looked up: where the datagram goes to. */
static uint32_t key_hash(struct endpoint dst, bool from_inside)
{
	return endpoints_hash(dst, (struct endpoint){ from_inside, 0 });
}

static uint32_t owner_hash(struct endpoint inside, struct endpoint remote)
{
	return endpoints_hash(inside, remote);
}

static struct endpoint key_of(const struct nat_expectation *e)
{
	return e->from_inside ? e->remote : e->outside;
}

/* It dies with its owner; a later flow with the same ends is not the owner. */
static bool is_alive(const struct nat *n, const struct expected *x, usec now)
{
	const struct flow *owner = flow_by_path(n, now, INSIDE, x->e.owner_inside, x->e.owner_remote);
	return x->deadline > now && owner && owner->born <= x->made;
}

static bool fits(struct endpoint pattern, struct endpoint e)
{
	return (!pattern.host || pattern.host == e.host) && (!pattern.port || pattern.port == e.port);
}

static struct expected *first_by_key(const struct nat *n, struct endpoint dst, bool from_inside)
{
	struct link *l = n->by_key.arena ? table_first(&n->by_key, key_hash(dst, from_inside)) : NULL;
	return l ? CONTAINER(l, struct expected, by_key) : NULL;
}

static struct expected *next_by_key(const struct expected *x)
{
	struct link *l = table_next(&x->by_key);
	return l ? CONTAINER(l, struct expected, by_key) : NULL;
}

static struct expected *first_by_owner(const struct nat *n, struct endpoint inside, struct endpoint remote)
{
	struct link *l = n->by_owner.arena ? table_first(&n->by_owner, owner_hash(inside, remote)) : NULL;
	return l ? CONTAINER(l, struct expected, by_owner) : NULL;
}

static struct expected *next_by_owner(const struct expected *x)
{
	struct link *l = table_next(&x->by_owner);
	return l ? CONTAINER(l, struct expected, by_owner) : NULL;
}

static bool is_of(const struct expected *x, struct endpoint inside, struct endpoint remote, uint8_t kind)
{
	return endpoint_equal(x->e.owner_inside, inside) && endpoint_equal(x->e.owner_remote, remote) && x->e.kind == kind;
}

static bool meets(const struct nat_expectation *e, struct nat_path in, bool from_inside)
{
	return e->active && e->from_inside == from_inside && endpoint_equal(key_of(e), in.dst) &&
	       fits(from_inside ? e->inside : e->remote, in.src);
}

static struct expected *find(const struct nat *n, usec now, struct nat_path in, bool from_inside)
{
	struct expected *newest = NULL;
	for (struct expected *x = first_by_key(n, in.dst, from_inside); x; x = next_by_key(x))
		if (meets(&x->e, in, from_inside) && is_alive(n, x, now) && (!newest || x->order > newest->order))
			newest = x;
	return newest;
}

const struct nat_expectation *nat_expected(const struct nat *n, usec now, struct nat_path in, bool from_inside)
{
	const struct expected *x = find(n, now, in, from_inside);
	return x ? &x->e : NULL;
}

size_t nat_expectations(const struct nat *n, usec now)
{
	size_t count = 0;
	for (const struct expected *x = n->expectations; x; x = x->next)
		count += x->used && is_alive(n, x, now);
	return count;
}

/* The one that was made first, of those from this number on; NULL: no more. */
static const struct expected *next_made(const struct nat *n, uint64_t order)
{
	const struct expected *next = NULL;
	for (const struct expected *x = n->expectations; x; x = x->next)
		if (x->used && x->order >= order && (!next || x->order < next->order))
			next = x;
	return next;
}

uint32_t expectations_rows(const struct nat *n, usec now, struct nat_row *rows)
{
	uint32_t count = 0;
	for (const struct expected *x = next_made(n, 0); x; x = next_made(n, x->order + 1))
		if (x->e.active && is_alive(n, x, now))
			rows[count++] = (struct nat_row){
				.kind = NAT_ROW_EXPECTATION,
				.inside = x->e.inside,
				.outside = x->e.outside,
				.remote = x->e.remote,
				.since = x->made,
				.until = x->deadline,
			};
	return count;
}

/* --- coming and going ---------------------------------------------------------------------------------------------- */

static void drop(struct nat *n, struct expected *x)
{
	table_remove(&n->by_key, &x->by_key);
	table_remove(&n->by_owner, &x->by_owner);
	x->used = false;
	x->next_free = n->free_expectations;
	n->free_expectations = x;
	n->n_expectations--;
}

void expectations_clear(struct nat *n)
{
	for (struct expected *x = n->expectations; x; x = x->next)
		if (x->used)
			drop(n, x);
}

/* The dead are looked for when there are twice as many as were left the last time. */
static void drop_dead(struct nat *n, usec now)
{
	if (n->n_expectations < 2 * n->expectations_checked + 16)
		return;
	for (struct expected *x = n->expectations; x; x = x->next)
		if (x->used && !is_alive(n, x, now))
			drop(n, x);
	n->expectations_checked = n->n_expectations;
}

static struct expected *place_for_expectation(struct nat *n)
{
	struct expected *x = n->free_expectations;
	if (x) {
		n->free_expectations = x->next_free;
		return x;
	}
	x = arena_alloc(n->arena, sizeof *x);
	x->next = n->expectations;
	n->expectations = x;
	return x;
}

static void add(struct nat *n, usec now, const struct nat_expectation *e)
{
	drop_dead(n, now);
	if (!n->by_key.arena) {
		table_init(&n->by_key, n->arena, 0);
		table_init(&n->by_owner, n->arena, 0);
	}
	struct expected *x = place_for_expectation(n);
	x->e = *e;
	x->made = now;
	x->deadline = now + e->lasts;
	x->order = n->expectations_made++;
	x->used = true;
	n->n_expectations++;
	table_add(&n->by_key, &x->by_key, key_hash(key_of(e), e->from_inside));
	table_add(&n->by_owner, &x->by_owner, owner_hash(e->owner_inside, e->owner_remote));
}

/* --- conflicts ----------------------------------------------------------------------------------------------------- */

/* From whom it lets in. */
static struct endpoint source_of(const struct nat_expectation *e)
{
	return e->from_inside ? e->inside : e->remote;
}

static bool overlap(struct endpoint a, struct endpoint b)
{
	return (!a.host || !b.host || a.host == b.host) && (!a.port || !b.port || a.port == b.port);
}

enum conflict { NO_CONFLICT, REPLACES, OVERLAPS, BELONGS_TO_ANOTHER };

static enum conflict conflict_of(const struct nat_expectation *e, const struct expected *x)
{
	if (x->e.from_inside != e->from_inside || !endpoint_equal(key_of(&x->e), key_of(e)) ||
	    !overlap(source_of(&x->e), source_of(e)))
		return NO_CONFLICT;
	if (!endpoint_equal(source_of(&x->e), source_of(e)))
		return OVERLAPS;
	return is_of(x, e->owner_inside, e->owner_remote, e->kind) ? REPLACES : BELONGS_TO_ANOTHER;
}

/* The gravest conflict with any that is there; *other is with whom. */
static enum conflict conflict_find(const struct nat *n, usec now, const struct nat_expectation *e, struct expected **other)
{
	enum conflict gravest = NO_CONFLICT;
	for (struct expected *x = first_by_key(n, key_of(e), e->from_inside); x; x = next_by_key(x)) {
		enum conflict c = is_alive(n, x, now) ? conflict_of(e, x) : NO_CONFLICT;
		if (c <= gravest)
			continue;
		gravest = c;
		*other = x;
	}
	return gravest;
}

/* The oldest goes when there are as many as there may be. */
static void make_way(struct nat *n, usec now, const struct nat_expectation *e)
{
	struct expected *oldest = NULL;
	uint32_t count = 0;
	for (struct expected *x = first_by_owner(n, e->owner_inside, e->owner_remote); x; x = next_by_owner(x)) {
		if (!is_of(x, e->owner_inside, e->owner_remote, e->kind) || !is_alive(n, x, now))
			continue;
		count++;
		if (!oldest || x->order < oldest->order)
			oldest = x;
	}
	if (e->most && count >= e->most)
		drop(n, oldest);
}

static const struct fact *refusal(const struct nat *n, usec now, const struct nat_expectation *e)
{
	static const struct fact *const refusals[] = {
		[OVERLAPS] = &fact_nat_expected,
		[BELONGS_TO_ANOTHER] = &fact_nat_expected_by_another,
	};
	struct expected *other;
	assert(e->from_inside || e->outside.port);
	assert(flow_by_path(n, now, INSIDE, e->owner_inside, e->owner_remote));
	return refusals[conflict_find(n, now, e, &other)];
}

static void add_or_replace(struct nat *n, usec now, const struct nat_expectation *e)
{
	struct expected *other;
	if (conflict_find(n, now, e, &other) == REPLACES)
		drop(n, other);
	make_way(n, now, e);
	add(n, now, e);
}

const struct fact *nat_expect(struct nat *n, usec now, const struct nat_expectation *e, uint32_t count)
{
	const struct fact *refused = NULL;
	for (uint32_t i = 0; i < count && !refused; i++)
		refused = refusal(n, now, &e[i]);
	for (uint32_t i = 0; i < count && !refused; i++)
		add_or_replace(n, now, &e[i]);
	return refused;
}

bool nat_expect_activate(struct nat *n, usec now, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind,
			 uint32_t serial, struct endpoint outside, usec lasts)
{
	bool found = false;
	for (struct expected *x = first_by_owner(n, owner_inside, owner_remote); x; x = next_by_owner(x)) {
		if (!is_of(x, owner_inside, owner_remote, kind) || x->e.serial > serial ||
		    !endpoint_equal(x->e.outside, outside) || !is_alive(n, x, now))
			continue;
		x->e.active = found = true;
		x->deadline = now + lasts;
	}
	return found;
}

void nat_expect_end(struct nat *n, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind, uint32_t serial)
{
	struct expected *next;
	for (struct expected *x = first_by_owner(n, owner_inside, owner_remote); x; x = next) {
		next = next_by_owner(x);
		if (is_of(x, owner_inside, owner_remote, kind) && x->e.serial <= serial)
			drop(n, x);
	}
}

/* --- use ----------------------------------------------------------------------------------------------------------- */

/* The outside end at which the owner of `x` expects those who want to reach this inside end; port 0: none. */
static struct endpoint paired_outside(const struct nat *n, usec now, const struct expected *x, struct endpoint inside)
{
	const struct expected *newest = NULL;
	for (const struct expected *y = first_by_owner(n, x->e.owner_inside, x->e.owner_remote); y; y = next_by_owner(y))
		if (is_of(y, x->e.owner_inside, x->e.owner_remote, x->e.kind) && !y->e.from_inside && is_alive(n, y, now) &&
		    endpoint_equal(y->e.inside, inside) && (!newest || y->order > newest->order))
			newest = y;
	return newest ? newest->e.outside : (struct endpoint){ 0, 0 };
}

bool expectation_use(struct nat *n, usec now, struct nat_path in, bool from_inside, struct endpoint *inside,
		     struct endpoint *outside)
{
	struct expected *x = n->n_expectations ? find(n, now, in, from_inside) : NULL;
	if (!x)
		return false;
	*inside = from_inside ? in.src : x->e.inside;
	*outside = x->e.outside.port ? x->e.outside : paired_outside(n, now, x, *inside);
	if (!x->e.permanent)
		drop(n, x);
	return true;
}
