#include "models/registrar.h"

#include <string.h>

void registrar_init(struct registrar *r, struct arena *a, uint32_t users, const struct registrar_expires *expires)
{
	*r = (struct registrar){ .arena = a, .expires = expires };
	table_init(&r->table, a, users);
}

void registrar_limit(struct registrar *r, const struct binding_limit *limit)
{
	r->limit = limit;
}

/* Crowds are numbered and come one after the other: users who differ in the last three digits are neighbours. */
static uint32_t user_hash(struct span user)
{
	uint32_t number = 0, unit = 1;
	for (; unit < 1000 && user.len && (unsigned char)(user.at[user.len - 1] - '0') < 10; unit *= 10)
		number += unit * (uint32_t)(user.at[--user.len] - '0');
	return hash_bytes(HASH_START, user.at, user.len) + number;
}

void registrar_expect(const struct registrar *r, struct span user)
{
	table_prefetch(&r->table, user_hash(user));
}

/* The next binding of `user` in a chain, alive or not. */
static struct binding *of_user(struct link *l, struct span user)
{
	for (; l; l = table_next(l)) {
		struct binding *b = CONTAINER(l, struct binding, link);
		if (span_equal(binding_user(b), user))
			return b;
	}
	return NULL;
}

/* A user and its hash, computed once. */
struct who {
	struct span user;
	uint32_t hash;
};

static struct who who_is(struct span user)
{
	return (struct who){ user, user_hash(user) };
}

static struct binding *first_of(const struct registrar *r, struct who who)
{
	return of_user(table_first(&r->table, who.hash), who.user);
}

static struct binding *next_of(const struct binding *b)
{
	return of_user(table_next(&b->link), binding_user(b));
}

static const struct binding *living(const struct binding *b, usec now)
{
	while (b && b->ends <= now)
		b = next_of(b);
	return b;
}

const struct binding *registrar_first(const struct registrar *r, usec now, struct span user)
{
	return living(first_of(r, who_is(user)), now);
}

const struct binding *registrar_next(const struct registrar *r, usec now, const struct binding *b)
{
	(void)r;
	return living(next_of(b), now);
}

uint32_t binding_left(const struct binding *b, usec now)
{
	return (uint32_t)((b->ends - now + SEC - 1) / SEC);
}

static void binding_remove(struct registrar *r, struct binding *b)
{
	table_remove(&r->table, &b->link);
	b->link.next = (struct link *)(void *)r->spare;
	r->spare = b;
}

void registrar_forget(struct registrar *r)
{
	for (uint32_t i = 0; i < r->table.size; i++)
		while (r->table.buckets[i])
			binding_remove(r, CONTAINER(r->table.buckets[i], struct binding, link));
}

void registrar_each(const struct registrar *r, usec now, void *context, void (*visit)(void *, const struct binding *))
{
	for (uint32_t i = 0; i < r->table.size; i++)
		for (struct link *l = r->table.buckets[i]; l; l = l->next) {
			const struct binding *b = CONTAINER(l, struct binding, link);
			if (b->ends > now)
				visit(context, b);
		}
}

/* A place for a binding whose texts need `room` bytes; a removed one is used again when it is large enough. */
static struct binding *binding_place(struct registrar *r, uint32_t room)
{
	struct binding *b = r->spare;
	if (b && b->room >= room) {
		r->spare = (struct binding *)(void *)b->link.next;
		return b;
	}
	b = arena_alloc(r->arena, sizeof *b + room);
	b->room = (uint16_t)room;
	return b;
}

/* What has ended is not there, and its place is needed now. */
static void forget_ended(struct registrar *r, usec now, struct who who)
{
	for (struct binding *b = first_of(r, who), *next; b; b = next) {
		next = next_of(b);
		if (b->ends <= now)
			binding_remove(r, b);
	}
}

static struct binding *binding_add(struct registrar *r, struct who who, struct span uri)
{
	struct span user = who.user;
	struct binding *b = binding_place(r, (uint32_t)(user.len + uri.len));
	memcpy(b->text, user.at, user.len);
	memcpy(b->text + user.len, uri.at, uri.len);
	b->user_len = (uint16_t)user.len;
	b->uri_len = (uint16_t)uri.len;
	table_add(&r->table, &b->link, who.hash);
	return b;
}

/* --- one REGISTER ------------------------------------------------------------------------------------------------ */

struct registration {
	struct registrar *registrar;
	usec now;
	struct who who;
	const struct packet *request;
	const struct sip_view *view;
	struct binding_marks marks;
	uint64_t call_id;
	bool star;
	uint32_t contacts;
	int32_t held; /* bindings of the user */
};

static struct binding *find_uri(const struct registration *reg, struct span uri)
{
	struct binding *b = first_of(reg->registrar, reg->who);
	while (b && !span_equal(binding_uri(b), uri))
		b = next_of(b);
	return b;
}

/* One Contact of the request. */
struct contact {
	struct span uri;
	uint32_t expires; /* its parameter's seconds, or SIP_ABSENT */
	bool star;
};

static struct contact contact_of(const struct registration *reg, struct slice uri, uint32_t expires)
{
	struct span s = slice_span(reg->request->payload, uri);
	return (struct contact){ s, expires, s.len == 1 && *s.at == '*' };
}

/* The expires parameter, the Expires header, or the default, and no more than the maximum (10.3, step 7). */
static uint32_t wanted_expires(const struct registration *reg, const struct contact *c)
{
	const struct registrar_expires *e = reg->registrar->expires;
	uint32_t seconds = c->expires == SIP_ABSENT ? whole_seconds(e->by_default) : c->expires;
	uint32_t max = whole_seconds(e->max);
	return seconds < max ? seconds : max;
}

/* Repeats and reorderings must not undo what came later (10.3, steps 6 and 7). */
static bool stale(const struct registration *reg, const struct binding *b)
{
	return b && b->ends > reg->now && b->call_id == reg->call_id && reg->view->cseq <= b->cseq;
}

/* What a `*` would remove must not have come later than it (step 6). */
static bool any_stale(const struct registration *reg)
{
	const struct binding *b = first_of(reg->registrar, reg->who);
	while (b && !stale(reg, b))
		b = next_of(b);
	return b != NULL;
}

static uint32_t check_contact(struct registration *reg, const struct contact *c)
{
	uint32_t seconds = wanted_expires(reg, c);
	reg->contacts++;
	if (c->star) {
		reg->star = true;
		return reg->view->expires != 0 ? 400 : any_stale(reg) ? 500 : 200;
	}
	if (stale(reg, find_uri(reg, c->uri)))
		return 500;
	return seconds > 0 && seconds < whole_seconds(reg->registrar->expires->min) && seconds < 3600 ? 423 : 200;
}

/* What is wished for, or less where a mapping has to be kept: that is no reason to refuse. */
static uint32_t granted_expires(const struct registration *reg, const struct contact *c)
{
	uint32_t seconds = wanted_expires(reg, c), most = whole_seconds(reg->registrar->expires->natted);
	return reg->marks.natted && most && most < seconds ? most : seconds;
}

static uint32_t apply_contact(struct registration *reg, const struct contact *c)
{
	uint32_t seconds = granted_expires(reg, c);
	struct binding *b = find_uri(reg, c->uri);
	if (seconds == 0) {
		if (b)
			binding_remove(reg->registrar, b);
		return 200;
	}
	if (!b) {
		forget_ended(reg->registrar, reg->now, reg->who);
		b = binding_add(reg->registrar, reg->who, c->uri);
	}
	b->source = reg->request->src;
	b->ends = reg->now + (usec)seconds * SEC;
	b->call_id = reg->call_id;
	b->cseq = reg->view->cseq;
	b->marks = reg->marks;
	b->foreign = !reg->request->payload->built;
	return 200;
}

typedef uint32_t contact_step(struct registration *, const struct contact *);

/* Does `what` to each Contact until one of them is not fine. */
static uint32_t each_contact(struct registration *reg, contact_step *what)
{
	struct sip_contacts walk = { 0 };
	struct sip_contact each;
	uint32_t status = 200;
	while (status == 200 && sip_next_contact(reg->request->payload, reg->view, &walk, &each)) {
		struct contact c = contact_of(reg, each.uri, each.expires);
		status = what(reg, &c);
	}
	return status;
}

static void remove_all(const struct registration *reg)
{
	struct binding *b;
	while ((b = first_of(reg->registrar, reg->who)))
		binding_remove(reg->registrar, b);
}

static struct registration registration_of(struct registrar *r, usec now, struct span user, const struct packet *request,
					   const struct sip_view *v)
{
	uint64_t call_id = hash_bytes_64(HASH_START, slice_at(request->payload, v->call_id), v->call_id.len);
	return (struct registration){ r, now, who_is(user), request, v, .call_id = call_id };
}

/* A binding that the request adds or keeps counts up, one that it removes counts down. */
static uint32_t count_contact(struct registration *reg, const struct contact *c)
{
	const struct binding *b = find_uri(reg, c->uri);
	bool there = b && b->ends > reg->now, stays = wanted_expires(reg, c) > 0;
	reg->held += stays - there;
	reg->star |= c->star;
	return 200;
}

/* How many bindings the user would have. */
static int32_t count_held(struct registration *reg)
{
	const struct registrar *r = reg->registrar;
	reg->held = 0;
	for (const struct binding *b = registrar_first(r, reg->now, reg->who.user); b; b = registrar_next(r, reg->now, b))
		reg->held++;
	each_contact(reg, count_contact);
	return reg->star ? 0 : reg->held;
}

static const struct binding_limit *limit_of(const struct registration *reg)
{
	const struct binding_limit *limit = reg->registrar->limit;
	return limit && limit->most ? limit : NULL;
}

static bool is_full(struct registration *reg)
{
	const struct binding_limit *limit = limit_of(reg);
	return limit && limit->when_full == FULL_REFUSE && count_held(reg) > (int32_t)limit->most;
}

static uint32_t registration_check(struct registration *reg)
{
	uint32_t status = each_contact(reg, check_contact);
	if (status != 200)
		return status;
	return reg->star && reg->contacts > 1 ? 400 : is_full(reg) ? 403 : 200;
}

/* New ones come first in their chain. */
static void replace_oldest(const struct registration *reg)
{
	const struct binding_limit *limit = limit_of(reg);
	uint32_t n = 0;
	for (struct binding *b = limit ? first_of(reg->registrar, reg->who) : NULL, *next; b; b = next) {
		next = next_of(b);
		if (b->ends > reg->now && ++n > limit->most)
			binding_remove(reg->registrar, b);
	}
}

uint32_t registrar_check(struct registrar *r, usec now, struct span user, const struct packet *request,
			 const struct sip_view *v)
{
	struct registration reg = registration_of(r, now, user, request, v);
	return registration_check(&reg);
}

uint32_t registrar_register(struct registrar *r, usec now, struct span user, const struct packet *request,
			    const struct sip_view *v, struct binding_marks marks)
{
	struct registration reg = registration_of(r, now, user, request, v);
	reg.marks = marks;
	uint32_t status = registration_check(&reg);
	if (status != 200)
		return status;
	if (reg.star)
		remove_all(&reg);
	else
		each_contact(&reg, apply_contact);
	replace_oldest(&reg);
	return 200;
}

bool registrar_would_hold(struct registrar *r, usec now, struct span user, const struct packet *request,
			  const struct sip_view *v)
{
	struct registration reg = registration_of(r, now, user, request, v);
	return count_held(&reg) > 0;
}
