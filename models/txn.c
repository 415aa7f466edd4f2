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

/* Nothing more is sent: the request is let go while it is still at hand, long before Timer K. */
static void client_stop(struct client_txn *t)
{
	struct client_txn **at = &t->owner->first;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
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
		t->done(t, NULL);
		client_stop(t);
		pool_put(&sip_shared(world_of(t->iface))->client_txns, t);
	} else {
		usec next = t->proceeding ? t->timers.t2 : 2 * t->interval;
		t->interval = earlier(next, t->timers.t2);
		client_send(t);
		client_wait(t);
	}
}

static void timer_k(struct linger *l, struct lingering *thing)
{
	struct sip_shared *shared = sip_shared(l->world);
	struct client_txn *t = CONTAINER(thing, struct client_txn, lingering);
	table_remove(&shared->finished, &t->link);
	pool_put(&shared->client_txns, t);
	if (l->first) /* its place in a crowded table has left the cache in the meantime */
		table_prefetch(&shared->finished, CONTAINER(l->first, struct client_txn, lingering)->link.hash);
}

static struct linger *linger_of(struct world *w, usec t4)
{
	struct sip_shared *shared = sip_shared(w);
	for (struct client_linger *each = shared->lingering; each; each = each->next)
		if (each->linger.lasts == t4)
			return &each->linger;
	struct client_linger *c = arena_alloc(w->arena, sizeof *c);
	linger_init(&c->linger, w, t4, timer_k);
	c->next = shared->lingering;
	shared->lingering = c;
	return &c->linger;
}

/* A hash of the branch and the method: 64 bits tell the few transactions of a client apart (17.1.3). */
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
		.next = txns->first,
		.owner = txns,
		.iface = iface,
		.request = *request,
		.key = client_key(request->payload, sip_view(w, request->payload)),
		.timers = *timers,
		.interval = timers->t1,
		.timer_f = world_now(w) + 64 * timers->t1,
		.user = user,
		.done = done,
	};
	txns->first = t;
	client_send(t);
	client_wait(t);
	return t;
}

static void client_finish(struct client_txn *t, const struct packet *response)
{
	struct world *w = world_of(t->iface);
	client_stop(t);
	table_add(&sip_shared(w)->finished, &t->link, (uint32_t)t->key);
	linger_add(linger_of(w, t->timers.t4), &t->lingering);
	t->done(t, response);
}

/* In Timer K a response is late and nobody's business any more. */
static bool client_finished(const struct client_txns *txns, struct world *w, uint64_t key)
{
	struct link *l = table_first(&sip_shared(w)->finished, (uint32_t)key);
	for (; l; l = table_next(l)) {
		const struct client_txn *t = CONTAINER(l, struct client_txn, link);
		if (t->owner == txns && t->key == key)
			return true;
	}
	return false;
}

bool client_txns_receive(struct client_txns *txns, struct world *w, const struct packet *response, const struct sip_view *v)
{
	uint64_t key = client_key(response->payload, v);
	struct client_txn *t = txns->first;
	while (t && t->key != key)
		t = t->next;
	if (!t)
		return client_finished(txns, w, key);
	if (v->status < 200)
		t->proceeding = true;
	else
		client_finish(t, response);
	return true;
}

/* --- server ----------------------------------------------------------------------------------------------------- */

/*
 * In a crowd nobody has looked at a transaction for 32 s when its time is over, and then its memory is used again at
 * once. It is asked for one transaction ahead.
 */
static void fetch_soon(const struct table *table, const struct server_txn *next)
{
	const char *payload = (const char *)next->response.payload;
	table_prefetch(table, next->link.hash);
	for (size_t at = 0; at < sizeof(struct payload) + 448; at += 64)
		__builtin_prefetch(payload + at, 1);
	if (next->lingering.next)
		__builtin_prefetch(CONTAINER(next->lingering.next, struct server_txn, lingering), 1);
}

static void timer_j(struct linger *l, struct lingering *thing)
{
	struct server_txns *txns = CONTAINER(l, struct server_txns, linger);
	struct server_txn *t = CONTAINER(thing, struct server_txn, lingering);
	table_remove(&txns->table, &t->link);
	payload_unref(world_of(txns->iface)->payloads, t->response.payload);
	pool_put(&txns->pool, t);
	if (l->first)
		fetch_soon(&txns->table, CONTAINER(l->first, struct server_txn, lingering));
}

void server_txns_init(struct server_txns *txns, struct iface *iface)
{
	struct world *w = world_of(iface);
	txns->iface = iface;
	table_init(&txns->table, w->arena, 0);
	pool_init(&txns->pool, w->arena, sizeof(struct server_txn));
	linger_init(&txns->linger, w, 64 * T1, timer_j);
}

/* The response's top Via carries the request's sent-by and branch, so both hash alike. */
static uint32_t txn_hash(const struct payload *p, const struct sip_view *v)
{
	uint32_t hash = hash_bytes(HASH_START, slice_at(p, v->via_branch), v->via_branch.len);
	return hash_bytes(hash, slice_at(p, v->via_host), v->via_host.len) ^ v->method;
}

/* A branch without the magic cookie says little: then the whole call is compared (17.2.3, second list). */
static bool has_cookie(const struct payload *p, const struct sip_view *v)
{
	return v->via_branch.len > BRANCH_COOKIE_LEN &&
	       !memcmp(slice_at(p, v->via_branch), BRANCH_COOKIE, BRANCH_COOKIE_LEN);
}

static bool server_matches(struct world *w, const struct server_txn *t, const struct payload *p, const struct sip_view *v)
{
	const struct payload *mine = t->response.payload;
	const struct sip_view *m = sip_view(w, t->response.payload);
	return m->method == v->method && m->via_port == v->via_port &&
	       slice_equal(mine, m->via_branch, p, v->via_branch) && slice_equal(mine, m->via_host, p, v->via_host) &&
	       (has_cookie(p, v) || (m->cseq == v->cseq && slice_equal(mine, m->call_id, p, v->call_id) &&
				     slice_equal(mine, m->from_tag, p, v->from_tag)));
}

bool server_txns_repeat(struct server_txns *txns, const struct packet *request, const struct sip_view *v)
{
	struct link *l = table_first(&txns->table, txn_hash(request->payload, v));
	for (; l; l = table_next(l)) {
		struct server_txn *t = CONTAINER(l, struct server_txn, link);
		if (!server_matches(world_of(txns->iface), t, request->payload, v))
			continue;
		struct packet again = t->response;
		again.parent = request->id;
		net_send(txns->iface, &again);
		return true;
	}
	return false;
}

void server_txns_answer(struct server_txns *txns, const struct packet *response)
{
	struct world *w = world_of(txns->iface);
	struct server_txn *t = pool_get(&txns->pool);
	*t = (struct server_txn){ .response = *response };
	table_add(&txns->table, &t->link, txn_hash(response->payload, sip_view(w, response->payload)));
	linger_add(&txns->linger, &t->lingering);
	net_send(txns->iface, response);
}
