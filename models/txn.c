#include "models/txn.h"

#include <assert.h>
#include <string.h>

#include "models/ids.h"
#include "models/sip_shared.h"

static struct world *world_of(const struct iface *i)
{
	return i->node->world;
}

static usec earlier(usec a, usec b)
{
	return a < b ? a : b;
}

/* --- client ----------------------------------------------------------------------------------------------------- */

/* So many are looked through one by one: a table would cost more than it spares. */
#define CLIENT_FEW 8

static void client_enter_table(struct client_txn *t)
{
	table_add(t->owner->by_key, &t->by_key, (uint32_t)t->key);
}

/* Newest first, as in the list. */
static void client_table(struct client_txn *t)
{
	if (t->next)
		client_table(t->next);
	client_enter_table(t);
}

static void client_enter(struct client_txns *txns, struct client_txn *t)
{
	t->owner = txns;
	t->next = txns->first;
	t->at = &txns->first;
	if (t->next)
		t->next->at = &t->next;
	txns->first = t;
	txns->n++;
	if (txns->by_key) {
		client_enter_table(t);
	} else if (txns->n > CLIENT_FEW) {
		struct arena *a = world_of(t->iface)->arena;
		txns->by_key = arena_alloc(a, sizeof *txns->by_key);
		table_init(txns->by_key, a, 0);
		client_table(t);
	}
}

static void client_leave(struct client_txn *t)
{
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	t->owner->n--;
	if (t->owner->by_key)
		table_remove(t->owner->by_key, &t->by_key);
}

static struct client_txn *client_find_among_many(const struct table *by_key, uint64_t key)
{
	for (struct link *l = table_first(by_key, (uint32_t)key); l; l = table_next(l)) {
		struct client_txn *t = CONTAINER(l, struct client_txn, by_key);
		if (t->key == key)
			return t;
	}
	return NULL;
}

static struct client_txn *client_find(const struct client_txns *txns, uint64_t key)
{
	if (txns->by_key)
		return client_find_among_many(txns->by_key, key);
	struct client_txn *t = txns->first;
	while (t && t->key != key)
		t = t->next;
	return t;
}

/* Nothing more is sent: the request is let go while it is still at hand, long before Timer K. */
static void client_stop(struct client_txn *t)
{
	client_leave(t);
	timer_disarm(&t->timer);
	payload_unref(world_of(t->iface)->payloads, t->request.payload);
	t->request.payload = NULL;
}

static void client_wait(struct client_txn *t)
{
	struct world *w = world_of(t->iface);
	timer_arm(&w->wheel, &t->timer, earlier(world_now(w) + t->interval, t->timer_f));
}

static void client_send(struct client_txn *t)
{
	t->sent++;
	net_send(t->iface, &t->request);
}

/* E fired (or F, when it is due): one more copy, or the end. */
static void client_timer(struct timer *timer)
{
	struct client_txn *t = CONTAINER(timer, struct client_txn, timer);
	bool spent = t->sent > t->timers.max_retransmits;
	if (spent || world_now(world_of(t->iface)) >= t->timer_f) {
		client_stop(t); /* first, for who forgets all of them when it hears of it */
		t->done(t, NULL);
		pool_put(&sip_shared(world_of(t->iface))->client_txns, t);
	} else {
		usec next = t->proceeding ? t->timers.t2 : 2 * t->interval;
		t->interval = earlier(next, t->timers.t2);
		client_send(t);
		client_wait(t);
	}
}

/* A hash of the branch and the method: 64 bits tell the transactions of a client apart (17.1.3). */
static uint64_t client_key(const struct payload *p, const struct sip_view *v)
{
	return hash_bytes_64(HASH_START + v->method, slice_at(p, v->via_branch), v->via_branch.len);
}

struct client_txn *client_txn_start(struct client_txns *txns, struct iface *iface, const struct packet *request,
				    const struct txn_timers *timers, void *user,
				    void (*done)(struct client_txn *, const struct packet *))
{
	struct world *w = world_of(iface);
	struct client_txn *t = pool_get(&sip_shared(w)->client_txns);
	*t = (struct client_txn){
		.timer = { .fire = client_timer },
		.iface = iface,
		.request = *request,
		.key = client_key(request->payload, sip_view(w, request->payload)),
		.timers = *timers,
		.interval = timers->t1,
		.timer_f = world_now(w) + 64 * timers->t1,
		.user = user,
		.done = done,
	};
	client_enter(txns, t);
	client_send(t);
	client_wait(t);
	return t;
}

/* --- client, finished: Timer K ----------------------------------------------------------------------------------- */

struct finished {
	const struct client_txns *owner;
	uint64_t key;
};

static bool same_finished(const void *entry, const void *sought)
{
	const struct finished *a = entry, *b = sought;
	return a->owner == b->owner && a->key == b->key;
}

static struct lately *lately_of(struct world *w, usec t4)
{
	struct sip_shared *shared = sip_shared(w);
	for (struct client_lately *each = shared->lately; each; each = each->next)
		if (each->finished.lasts == t4)
			return &each->finished;
	struct client_lately *c = arena_alloc(w->arena, sizeof *c);
	lately_init(&c->finished, w, t4);
	c->next = shared->lately;
	shared->lately = c;
	return &c->finished;
}

static void client_finish(struct client_txn *t, const struct packet *response)
{
	struct world *w = world_of(t->iface);
	struct finished *f = lately_add(lately_of(w, t->timers.t4), (uint32_t)t->key, sizeof *f);
	*f = (struct finished){ t->owner, t->key };
	client_stop(t);
	t->done(t, response);
	pool_put(&sip_shared(w)->client_txns, t);
}

/* In Timer K a response is late and nobody's business any more. */
static bool client_finished(const struct client_txns *txns, struct world *w, uint64_t key)
{
	const struct finished sought = { txns, key };
	for (const struct client_lately *each = sip_shared(w)->lately; each; each = each->next)
		if (lately_find(&each->finished, (uint32_t)key, same_finished, &sought))
			return true;
	return false;
}

bool client_txns_receive(struct client_txns *txns, struct world *w, const struct packet *response, const struct sip_view *v)
{
	uint64_t key = client_key(response->payload, v);
	struct client_txn *t = client_find(txns, key);
	if (!t)
		return client_finished(txns, w, key);
	if (v->status < 200)
		t->proceeding = true;
	else
		client_finish(t, response);
	return true;
}

void client_txns_forget(struct client_txns *txns)
{
	for (struct client_txn *t; (t = txns->first);) {
		client_stop(t);
		pool_put(&sip_shared(world_of(t->iface))->client_txns, t);
	}
}

/* --- server ----------------------------------------------------------------------------------------------------- */

void server_txns_init(struct server_txns *txns, struct iface *iface)
{
	txns->iface = iface;
	lately_init(&txns->answered, world_of(iface), 64 * T1);
}

/* A branch without the magic cookie says little: then the whole call is looked at (17.2.3, second list). */
static bool has_cookie(const struct payload *p, const struct sip_view *v)
{
	return v->via_branch.len > BRANCH_COOKIE_LEN &&
	       !memcmp(slice_at(p, v->via_branch), BRANCH_COOKIE, BRANCH_COOKIE_LEN);
}

static uint64_t hash_slice(uint64_t hash, const struct payload *p, struct slice s)
{
	return hash_bytes_64(hash, slice_at(p, s), s.len);
}

uint64_t server_txns_key(const struct server_txns *txns, const struct packet *request, const struct sip_view *v)
{
	const struct payload *p = request->payload;
	uint64_t key = HASH_START + ((uint64_t)v->via_port << 32 | v->method);
	key = hash_slice(hash_slice(key, p, v->via_branch), p, v->via_host);
	if (!has_cookie(p, v))
		key = hash_slice(hash_slice(key + v->cseq, p, v->call_id), p, v->from_tag);
	lately_prefetch(&txns->answered, (uint32_t)key);
	return key;
}

/*
 * An answer that was given, and its bytes behind it. They are a copy: the payload is soon needed again for other messages,
 * while it is at hand. The view is not kept, being as large as half a message.
 */
struct answer {
	uint64_t key;
	struct packet packet; /* without its payload */
	uint16_t len;
	char bytes[];
};

static bool same_key(const void *entry, const void *sought)
{
	return ((const struct answer *)entry)->key == *(const uint64_t *)sought;
}

static void answer_keep(struct server_txns *txns, uint64_t key, const struct packet *response)
{
	const struct payload *p = response->payload;
	struct answer *a = lately_add(&txns->answered, (uint32_t)key, sizeof *a + p->len);
	a->key = key;
	a->packet = *response;
	a->len = p->len;
	memcpy(a->bytes, p->bytes, p->len);
}

static void answer_again(struct server_txns *txns, const struct answer *a, const struct packet *request)
{
	struct payload_pools *pools = world_of(txns->iface)->payloads;
	struct packet again = a->packet;
	again.parent = request->id;
	again.payload = sip_built(pools, a->bytes, a->len);
	net_send(txns->iface, &again);
	payload_unref(pools, again.payload);
}

static bool is_tried(const struct server_txns *txns, uint64_t key)
{
	const struct server_txn *t = txns->trying;
	while (t && t->key != key)
		t = t->next;
	return t != NULL;
}

bool server_txns_repeat(struct server_txns *txns, uint64_t key, const struct packet *request)
{
	const struct answer *a;
	if (is_tried(txns, key))
		return true;
	a = lately_find(&txns->answered, (uint32_t)key, same_key, &key);
	if (a)
		answer_again(txns, a, request);
	return a != NULL;
}

struct server_txn *server_txns_try(struct server_txns *txns, uint64_t key, const struct packet *request)
{
	struct server_txn *t = pool_get(&sip_shared(world_of(txns->iface))->server_txns);
	*t = (struct server_txn){ txns->trying, txns, key, *request };
	payload_ref(request->payload);
	txns->trying = t;
	return t;
}

void server_txn_end(struct server_txn *t)
{
	struct world *w = world_of(t->owner->iface);
	struct server_txn **at = &t->owner->trying;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	payload_unref(w->payloads, t->request.payload);
	pool_put(&sip_shared(w)->server_txns, t);
}

void server_txns_forget(struct server_txns *txns)
{
	while (txns->trying)
		server_txn_end(txns->trying);
	lately_forget(&txns->answered);
}

void server_txns_answer(struct server_txns *txns, uint64_t key, const struct packet *response)
{
	answer_keep(txns, key, response);
	net_send(txns->iface, response);
	payload_unref(world_of(txns->iface)->payloads, response->payload);
}
