#include "models/txn.h"

#include <assert.h>
#include <string.h>

#include "models/txn_shared.h"
#include "sim/icmp.h"

const struct txn_timers txn_timers_usual = {
	.t1 = T1,
	.t2 = T2,
	.t4 = T4,
	.max_retransmits = UINT32_MAX,
	.max_invite_retransmits = UINT32_MAX,
};

/* --- kept messages ------------------------------------------------------------------------------------------------ */

void kept_fill(struct kept *k, const struct packet *p)
{
	k->packet = *p;
	k->len = p->payload->len;
	memcpy(k + 1, p->payload->bytes, k->len);
}

void kept_send(struct iface *from, const struct kept *k, uint32_t parent)
{
	struct payload_pools *pools = world_of(from)->payloads;
	struct packet again = k->packet;
	again.parent = parent;
	again.payload = sip_built(pools, (const char *)(k + 1), k->len);
	net_send(from, &again);
	payload_unref(pools, again.payload);
}

/* --- client ----------------------------------------------------------------------------------------------------- */

static struct client_txn *client_of(struct keyed_link *link)
{
	return link ? CONTAINER(link, struct client_txn, link) : NULL;
}

/* A hash of the branch and the method: 64 bits tell the transactions of a client apart (17.1.3). */
static uint64_t client_key(const struct payload *p, const struct sip_view *v)
{
	return hash_bytes_64(HASH_START + v->method, slice_at(p, v->via_branch), v->via_branch.len);
}

/* Timers B and F. */
static usec lasting(const struct txn_timers *timers, bool invite)
{
	usec own = invite ? timers->b : timers->f;
	return own ? own : 64 * timers->t1;
}

void client_begin(struct client_txn *t, struct client_txns *txns, struct iface *iface, const struct packet *request,
		  const struct txn_timers *timers, void *user)
{
	struct world *w = world_of(iface);
	const struct sip_view *v = sip_view(w, request->payload);
	*t = (struct client_txn){
		.owner = txns,
		.iface = iface,
		.request = *request,
		.timers = *timers,
		.interval = timers->t1,
		.ends = world_now(w) + lasting(timers, v->method == SIP_INVITE),
		.user = user,
	};
	keyed_add(&txns->waiting, w->arena, &t->link, client_key(request->payload, v));
}

void client_stop(struct client_txn *t)
{
	keyed_remove(&t->owner->waiting, &t->link);
	timer_disarm(&t->timer);
	payload_unref(world_of(t->iface)->payloads, t->request.payload);
	t->request.payload = NULL;
}

void client_send(struct client_txn *t)
{
	t->sent++;
	net_send(t->iface, &t->request);
}

static void client_free(struct client_txn *t)
{
	pool_put(&sip_shared(world_of(t->iface))->client_txns, t);
}

static void client_wait(struct client_txn *t)
{
	struct world *w = world_of(t->iface);
	timer_arm(&w->wheel, &t->timer, earlier(world_now(w) + t->interval, t->ends));
}

/* E fired (or F, when it is due): one more copy, or the end. */
static void client_timer(struct timer *timer)
{
	struct client_txn *t = CONTAINER(timer, struct client_txn, timer);
	bool spent = t->sent > t->timers.max_retransmits;
	if (spent || world_now(world_of(t->iface)) >= t->ends) {
		client_stop(t); /* first, for who forgets all of them when it hears of it */
		t->done(t, NULL);
		client_free(t);
	} else {
		usec next = t->proceeding ? t->timers.t2 : 2 * t->interval;
		t->interval = earlier(next, t->timers.t2);
		client_send(t);
		client_wait(t);
	}
}

struct client_txn *client_txn_start(struct client_txns *txns, struct iface *iface, const struct packet *request,
				    const struct txn_timers *timers, void *user,
				    void (*done)(struct client_txn *, const struct packet *))
{
	struct client_txn *t = pool_get(&sip_shared(world_of(iface))->client_txns);
	client_begin(t, txns, iface, request, timers, user);
	t->timer.fire = client_timer;
	t->done = done;
	client_send(t);
	client_wait(t);
	return t;
}

static void nobody_hears(struct client_txn *t, const struct packet *response)
{
	(void)t, (void)response;
}

void client_txn_abandon(struct client_txn *t)
{
	if (client_is_invite(t))
		invite_client_abandon(t);
	else
		t->done = nobody_hears;
}

/* --- client: errors ----------------------------------------------------------------------------------------------- */

const struct fact fact_requests_unreachable = { "requests-unreachable", "takes that for a 503 and sends its request no more",
						 "RFC 3261 8.1.3.1" };

/* What one hears of an own datagram is only where it went; it was one of these requests, or its repeat. */
static bool is_about(const struct client_txn *t, const struct icmp_error *e)
{
	return endpoint_equal(t->request.src, e->src) && endpoint_equal(t->request.dst, e->dst) &&
	       (!client_is_invite(t) || invite_client_is_calling(t));
}

/* It ends as it does when time is up, and that is now. */
static void client_unreachable(struct client_txn *t)
{
	struct world *w = world_of(t->iface);
	t->unreachable = true;
	t->ends = world_now(w);
	timer_arm(&w->wheel, &t->timer, t->ends);
}

void client_txns_error(struct client_txns *txns, struct iface *at, const struct packet *error)
{
	struct icmp_error e = icmp_read(error);
	bool any = false;
	for (struct keyed_link *l = txns->waiting.first; l && e.code == ICMP_PORT_UNREACHABLE; l = l->next) {
		struct client_txn *t = client_of(l);
		if (!is_about(t, &e))
			continue;
		client_unreachable(t);
		any = true;
	}
	if (any)
		trace_note(world_of(at), at, error, &fact_requests_unreachable, 0);
}

/* --- client, finished: Timer K ----------------------------------------------------------------------------------- */

struct finished finished_of(const struct client_txns *txns, uint64_t key)
{
	return (struct finished){ txns, key, txns->waiting.forgotten };
}

bool same_finished(const void *entry, const void *sought)
{
	const struct finished *a = entry, *b = sought;
	return a->owner == b->owner && a->key == b->key && a->forgotten == b->forgotten;
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
	struct finished *f = lately_add(lately_of(w, t->timers.t4), (uint32_t)t->link.key, sizeof *f);
	*f = finished_of(t->owner, t->link.key);
	client_stop(t);
	t->done(t, response);
	client_free(t);
}

/* In Timer K a response is late and nobody's business any more. */
static bool client_finished(struct world *w, const struct finished *sought)
{
	for (const struct client_lately *each = sip_shared(w)->lately; each; each = each->next)
		if (lately_find(&each->finished, (uint32_t)sought->key, same_finished, sought))
			return true;
	return false;
}

static bool late(const struct client_txns *txns, struct world *w, uint64_t key, const struct packet *response,
		 const struct sip_view *v)
{
	const struct finished sought = finished_of(txns, key);
	if (v->method == SIP_INVITE)
		return invite_client_finished(&sought, w, response, v->status);
	return client_finished(w, &sought);
}

bool client_txns_receive(struct client_txns *txns, struct world *w, const struct packet *response, const struct sip_view *v)
{
	uint64_t key = client_key(response->payload, v);
	struct client_txn *t = client_of(keyed_find(&txns->waiting, key));
	if (!t)
		return late(txns, w, key, response, v);
	if (client_is_invite(t))
		invite_client_receive(t, response, v);
	else if (v->status < 200)
		t->proceeding = true;
	else
		client_finish(t, response);
	return true;
}

void client_txns_forget(struct client_txns *txns)
{
	for (struct client_txn *t; (t = client_of(txns->waiting.first));) {
		client_stop(t);
		(client_is_invite(t) ? invite_client_free : client_free)(t);
	}
	txns->waiting.forgotten++;
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

/* An ACK has the branch of the INVITE when it acknowledges a 300-699 (17.1.1.3), and so has a CANCEL (9.1). */
uint64_t server_key(const struct packet *request, const struct sip_view *v, enum sip_method method)
{
	const struct payload *p = request->payload;
	uint64_t key = HASH_START + ((uint64_t)v->via_port << 32 | method);
	key = hash_slice(hash_slice(key, p, v->via_branch), p, v->via_host);
	if (!has_cookie(p, v))
		key = hash_slice(hash_slice(key + v->cseq, p, v->call_id), p, v->from_tag);
	return key;
}

uint64_t server_txns_key(const struct server_txns *txns, const struct packet *request, const struct sip_view *v)
{
	uint64_t key = server_key(request, v, (enum sip_method)v->method);
	lately_prefetch(&txns->answered, (uint32_t)key);
	return key;
}

/* An answer that was given, and its bytes behind it. */
struct answer {
	uint64_t key;
	struct kept kept;
};

static bool same_key(const void *entry, const void *sought)
{
	return ((const struct answer *)entry)->key == *(const uint64_t *)sought;
}

static void answer_keep(struct server_txns *txns, uint64_t key, const struct packet *response)
{
	struct answer *a = lately_add(&txns->answered, (uint32_t)key, sizeof *a + response->payload->len);
	a->key = key;
	kept_fill(&a->kept, response);
}

void answer_none(struct server_txns *txns, uint64_t key)
{
	struct answer *a = lately_add(&txns->answered, (uint32_t)key, sizeof *a);
	a->key = key;
	a->kept.len = 0;
}

static const struct answer *answer_find(const struct server_txns *txns, uint64_t key)
{
	return lately_find(&txns->answered, (uint32_t)key, same_key, &key);
}

bool answer_given(const struct server_txns *txns, uint64_t key)
{
	return answer_find(txns, key) != NULL;
}

struct server_txn *server_find(const struct server_txns *txns, uint64_t key)
{
	struct keyed_link *link = keyed_find(&txns->waiting, key);
	return link ? CONTAINER(link, struct server_txn, link) : NULL;
}

static bool repeat_answer(struct server_txns *txns, uint64_t key, const struct packet *request)
{
	const struct answer *a = answer_find(txns, key);
	if (a && a->kept.len)
		kept_send(txns->iface, &a->kept, request->id);
	return a != NULL;
}

bool server_txns_repeat(struct server_txns *txns, uint64_t key, const struct packet *request)
{
	struct server_txn *t = server_find(txns, key);
	if (!t)
		return repeat_answer(txns, key, request);
	if (t->invite)
		invite_server_repeat(t, request);
	return true;
}

void server_begin(struct server_txn *t, struct server_txns *txns, uint64_t key, const struct packet *request)
{
	*t = (struct server_txn){ .owner = txns, .request = *request };
	payload_ref(request->payload);
	keyed_add(&txns->waiting, world_of(txns->iface)->arena, &t->link, key);
}

void server_stop(struct server_txn *t)
{
	keyed_remove(&t->owner->waiting, &t->link);
	payload_unref(world_of(t->owner->iface)->payloads, t->request.payload);
}

struct server_txn *server_txns_try(struct server_txns *txns, uint64_t key, const struct packet *request)
{
	struct server_txn *t = pool_get(&sip_shared(world_of(txns->iface))->server_txns);
	server_begin(t, txns, key, request);
	return t;
}

static void server_free(struct server_txn *t)
{
	server_stop(t);
	pool_put(&sip_shared(world_of(t->owner->iface))->server_txns, t);
}

void server_txn_end(struct server_txn *t)
{
	(t->invite ? invite_server_free : server_free)(t);
}

void server_txns_forget(struct server_txns *txns)
{
	for (struct keyed_link *link; (link = txns->waiting.first);)
		server_txn_end(CONTAINER(link, struct server_txn, link));
	lately_forget(&txns->answered);
}

void server_txns_answer(struct server_txns *txns, uint64_t key, const struct packet *response)
{
	answer_keep(txns, key, response);
	net_send(txns->iface, response);
	payload_unref(world_of(txns->iface)->payloads, response->payload);
}
