#include <assert.h>
#include <string.h>

#include "models/txn_shared.h"
#include "models/via.h"

/* "At least 32 seconds" for UDP, whatever T1 is (RFC 3261 17.1.1.2). */
#define TIMER_D (32 * SEC)

const struct fact fact_response_unacknowledged = { "response-unacknowledged", "nobody has acknowledged its {value}", "RFC 3261 17.2.1" };

/* --- client: what goes with an INVITE ----------------------------------------------------------------------------- */

static void put_routes(struct sip_builder *b, const struct payload *invite, const struct sip_view *v)
{
	struct header_line h;
	uint32_t at = v->headers_at;
	while (siptext_header_among(invite->bytes, invite->len, &at, letter_bit('R'), &h)) {
		if (!siptext_named(invite->bytes, h.name, "Route", 0))
			continue;
		sip_begin_header(b, "Route");
		sip_put(b, slice_at(invite, h.value), h.value.len);
		sip_end_header(b);
	}
}

/*
 * The CANCEL of an INVITE (RFC 3261 9.1), or the ACK of its 300-699 (17.1.1.3): Request-URI, top Via, Route, From, Call-ID and
 * CSeq number are the INVITE's; To is taken from `to`, which is the INVITE too, or the response. NULL when it fits in no datagram.
 */
static struct payload *companion_build(struct world *w, enum sip_method method, struct payload *invite, struct payload *to)
{
	const struct sip_view *v = sip_view(w, invite);
	struct sip_builder *b = sip_request(w, method);
	b->foreign |= !to->built;
	sip_put(b, slice_at(invite, v->uri), v->uri.len);
	sip_end_request_line(b);
	via_put_again(b, invite, v);
	sip_puts(b, "Max-Forwards: 70\r\n");
	put_routes(b, invite, v);
	sip_copy_from(b, invite, v);
	sip_copy_to(b, to, sip_view(w, to), NULL, 0);
	sip_copy_call_id(b, invite, v);
	sip_cseq_header(b, v->cseq);
	sip_content_length_header(b);
	return sip_finish(b);
}

/* It goes where the INVITE went, from where that left. */
static struct packet companion(struct client_txn *t, enum sip_method method, uint32_t parent, struct payload *to)
{
	struct packet p = t->request;
	p.parent = parent;
	p.label = sip_method_name(method);
	p.payload = companion_build(world_of(t->iface), method, t->request.payload, to);
	return p;
}

/* --- client ------------------------------------------------------------------------------------------------------ */

struct invite_client {
	struct client_txn txn;
	const struct invite_client_ops *ops;
	bool accepted;
	bool cancelled; /* a CANCEL was sent, or will be when a provisional response comes */
};

static struct invite_client *client_of(struct client_txn *t)
{
	return CONTAINER(t, struct invite_client, txn);
}

void invite_client_free(struct client_txn *t)
{
	pool_put(&sip_shared(world_of(t->iface))->invite_clients, client_of(t));
}

/* Until the next repeat or the end, if there is either. */
static void client_wait(struct client_txn *t)
{
	struct world *w = world_of(t->iface);
	usec repeat = t->interval == NEVER ? NEVER : world_now(w) + t->interval;
	usec at = earlier(repeat, t->ends);
	if (at == NEVER)
		timer_disarm(&t->timer);
	else
		timer_arm(&w->wheel, &t->timer, at);
}

/* From now on nothing is repeated, and all is over after `rest`. */
static void client_rest(struct client_txn *t, usec rest)
{
	t->interval = NEVER;
	t->ends = world_now(world_of(t->iface)) + rest;
	client_wait(t);
}

/* In Calling nobody answered, or a CANCEL did not help (9.1). */
static void client_give_up(struct client_txn *t)
{
	client_stop(t);
	client_of(t)->ops->refused(t, NULL);
	invite_client_free(t);
}

/* Timer M. */
static void client_over(struct client_txn *t)
{
	client_stop(t);
	if (client_of(t)->ops->over)
		client_of(t)->ops->over(t);
	invite_client_free(t);
}

static bool is_spent(const struct client_txn *t)
{
	return !t->proceeding && t->sent > t->timers.max_invite_retransmits;
}

/* A has no cap (17.1.1.2). */
static void client_repeat(struct client_txn *t)
{
	if (!t->proceeding)
		t->interval *= 2;
	client_send(t);
	client_wait(t);
}

static void client_timer(struct timer *timer)
{
	struct client_txn *t = CONTAINER(timer, struct client_txn, timer);
	bool due = world_now(world_of(t->iface)) >= t->ends;
	if (due && client_of(t)->accepted)
		client_over(t);
	else if (due || is_spent(t))
		client_give_up(t);
	else
		client_repeat(t);
}

struct client_txn *invite_client_start(struct client_txns *txns, struct iface *iface, const struct packet *request,
				       const struct txn_timers *timers, void *user, const struct invite_client_ops *ops)
{
	struct invite_client *c = pool_get(&sip_shared(world_of(iface))->invite_clients);
	struct client_txn *t = &c->txn;
	client_begin(t, txns, iface, request, timers, user);
	t->timer.fire = client_timer;
	c->ops = ops;
	c->accepted = c->cancelled = false;
	client_send(t);
	client_wait(t);
	return t;
}

static void cancel_ends(struct client_txn *t, const struct packet *response)
{
	(void)t, (void)response; /* what becomes of the INVITE is what counts */
}

static void cancel_send(struct client_txn *t, uint32_t parent)
{
	struct packet cancel = companion(t, SIP_CANCEL, parent, t->request.payload);
	if (cancel.payload)
		client_txn_start(t->owner, t->iface, &cancel, &t->timers, NULL, cancel_ends);
	client_rest(t, 64 * t->timers.t1);
}

void invite_client_cancel(struct client_txn *t)
{
	struct invite_client *c = client_of(t);
	if (c->accepted || c->cancelled)
		return;
	c->cancelled = true;
	if (t->proceeding)
		cancel_send(t, 0);
}

static void ignore_response(struct client_txn *t, const struct packet *response)
{
	(void)t, (void)response;
}

void invite_client_abandon(struct client_txn *t)
{
	static const struct invite_client_ops nobody = {
		.provisional = ignore_response,
		.accepted = ignore_response,
		.refused = ignore_response,
	};
	client_of(t)->ops = &nobody;
}

/* Nothing has come yet. */
bool invite_client_is_calling(const struct client_txn *t)
{
	return !t->proceeding && !CONTAINER(t, const struct invite_client, txn)->accepted;
}

/* --- client: responses -------------------------------------------------------------------------------------------- */

/* A first 1xx ends Timers A and B. */
static void client_proceeds(struct client_txn *t, uint32_t parent)
{
	t->proceeding = true;
	t->interval = t->timers.invite_repeat ? t->timers.invite_repeat : NEVER;
	t->ends = NEVER;
	client_wait(t);
	if (client_of(t)->cancelled)
		cancel_send(t, parent);
}

static void client_provisional(struct client_txn *t, const struct packet *response)
{
	if (!t->proceeding)
		client_proceeds(t, response->id);
	client_of(t)->ops->provisional(t, response);
}

static void client_accepted(struct client_txn *t, const struct packet *response)
{
	struct invite_client *c = client_of(t);
	if (!c->accepted)
		client_rest(t, 64 * t->timers.t1);
	c->accepted = true;
	c->ops->accepted(t, response);
}

/* A transaction in Timer D, and behind it the bytes of its ACK. */
struct acknowledged {
	struct finished of;
	struct iface *iface;
	struct kept ack;
};

static struct lately *acknowledged(struct world *w)
{
	struct sip_shared *shared = sip_shared(w);
	if (!shared->acknowledged) {
		shared->acknowledged = arena_alloc(w->arena, sizeof *shared->acknowledged);
		lately_init(shared->acknowledged, w, TIMER_D);
	}
	return shared->acknowledged;
}

static void client_acknowledge(struct client_txn *t, const struct packet *response)
{
	struct world *w = world_of(t->iface);
	struct packet ack = companion(t, SIP_ACK, response->id, response->payload);
	size_t len = ack.payload ? ack.payload->len : 0;
	struct acknowledged *a = lately_add(acknowledged(w), (uint32_t)t->link.key, sizeof *a + len);
	a->of = finished_of(t->owner, t->link.key);
	a->iface = t->iface;
	a->ack.len = 0;
	if (!ack.payload)
		return;
	kept_fill(&a->ack, &ack);
	net_send(t->iface, &ack);
	payload_unref(w->payloads, ack.payload);
}

static void client_refused(struct client_txn *t, const struct packet *response)
{
	client_acknowledge(t, response);
	client_stop(t); /* first, for who forgets all of them when it hears of it */
	client_of(t)->ops->refused(t, response);
	invite_client_free(t);
}

void invite_client_receive(struct client_txn *t, const struct packet *response, const struct sip_view *v)
{
	if (v->status >= 200 && v->status < 300)
		client_accepted(t, response);
	else if (client_of(t)->accepted)
		return; /* a fork that lost, or a late one (RFC 6026 7.2) */
	else if (v->status < 200)
		client_provisional(t, response);
	else
		client_refused(t, response);
}

bool invite_client_finished(const struct finished *sought, struct world *w, const struct packet *response, uint32_t status)
{
	const struct acknowledged *a = lately_find(acknowledged(w), (uint32_t)sought->key, same_finished, sought);
	if (a && a->ack.len && status >= 300)
		kept_send(a->iface, &a->ack, response->id);
	return a != NULL;
}

/* --- server ------------------------------------------------------------------------------------------------------ */

struct invite_server {
	struct server_txn txn;
	struct timer timer;	/* G, H or I */
	struct packet response; /* the last one; its payload is held, NULL: there is none to repeat */
	uint32_t status;	/* its; 0: none was sent yet */
	usec interval, ends;
	bool confirmed; /* the ACK has come */
};

static struct invite_server *server_of(struct server_txn *t)
{
	return CONTAINER(t, struct invite_server, txn);
}

static struct world *server_world(const struct invite_server *s)
{
	return world_of(s->txn.owner->iface);
}

static void response_let_go(struct invite_server *s)
{
	if (s->response.payload)
		payload_unref(server_world(s)->payloads, s->response.payload);
	s->response.payload = NULL;
}

void invite_server_free(struct server_txn *t)
{
	struct invite_server *s = server_of(t);
	timer_disarm(&s->timer);
	response_let_go(s);
	server_stop(t);
	pool_put(&sip_shared(server_world(s))->invite_servers, s);
}

static void server_wait(struct invite_server *s)
{
	struct world *w = server_world(s);
	timer_arm(&w->wheel, &s->timer, earlier(world_now(w) + s->interval, s->ends));
}

/* Timer H. */
static void server_fails(struct invite_server *s)
{
	const struct iface *at = s->txn.owner->iface;
	trace_note_story(server_world(s), at, s->txn.request.story, &fact_response_unacknowledged, s->status);
	invite_server_free(&s->txn);
}

/* Timer G. */
static void server_repeats(struct invite_server *s)
{
	s->interval = earlier(2 * s->interval, T2);
	net_send(s->txn.owner->iface, &s->response);
	server_wait(s);
}

static void server_timer(struct timer *timer)
{
	struct invite_server *s = CONTAINER(timer, struct invite_server, timer);
	if (s->confirmed)
		invite_server_free(&s->txn);
	else if (world_now(server_world(s)) >= s->ends)
		server_fails(s);
	else
		server_repeats(s);
}

struct server_txn *invite_server_begin(struct server_txns *txns, uint64_t key, const struct packet *request, void *user)
{
	struct invite_server *s = pool_get(&sip_shared(world_of(txns->iface))->invite_servers);
	*s = (struct invite_server){ .timer = { .fire = server_timer } };
	server_begin(&s->txn, txns, key, request);
	s->txn.user = user;
	s->txn.invite = true;
	return &s->txn;
}

void invite_server_repeat(struct server_txn *t, const struct packet *request)
{
	struct invite_server *s = server_of(t);
	struct packet again = s->response;
	again.parent = request->id;
	if (again.payload)
		net_send(t->owner->iface, &again);
}

static void server_completes(struct invite_server *s)
{
	s->txn.user = NULL;
	s->interval = T1;
	s->ends = world_now(server_world(s)) + 64 * T1;
	server_wait(s);
}

static void server_accepts(struct invite_server *s)
{
	answer_none(s->txn.owner, s->txn.link.key);
	invite_server_free(&s->txn);
}

void invite_server_respond(struct server_txn *t, const struct packet *response, uint32_t status)
{
	struct invite_server *s = server_of(t);
	assert(s->status < 200);
	net_send(t->owner->iface, response);
	response_let_go(s);
	s->response = *response;
	s->status = status;
	if (status >= 300)
		server_completes(s);
	else if (status >= 200)
		server_accepts(s);
}

static void server_confirmed(struct invite_server *s)
{
	s->confirmed = true;
	response_let_go(s);
	world_after(server_world(s), &s->timer, T4); /* Timer I */
}

bool invite_server_ack(struct server_txns *txns, const struct packet *ack, const struct sip_view *v)
{
	struct server_txn *t = server_find(txns, server_key(ack, v, SIP_INVITE));
	if (!t || server_of(t)->status < 300)
		return false;
	if (!server_of(t)->confirmed)
		server_confirmed(server_of(t));
	return true;
}

bool invite_server_cancelled(struct server_txns *txns, const struct packet *cancel, const struct sip_view *v,
			     struct server_txn **waiting)
{
	uint64_t key = server_key(cancel, v, SIP_INVITE);
	struct server_txn *t = server_find(txns, key);
	*waiting = t && server_of(t)->status < 300 ? t : NULL;
	return t || answer_given(txns, key);
}

/* --- memory ------------------------------------------------------------------------------------------------------ */

void invite_pools_init(struct sip_shared *shared, struct arena *a)
{
	pool_init(&shared->invite_clients, a, sizeof(struct invite_client));
	pool_init(&shared->invite_servers, a, sizeof(struct invite_server));
}
