/*
 * What becomes of a request that a proxy has passed on (RFC 3261 16.7, 16.8): of the responses every 2xx
 * passes, and else the best one when all have come.
 */
#include "models/server_proxy.h"

/* A request on its way to one place. */
struct branch {
	struct branch *next;
	struct context *context;
	struct client_txn *txn;
	struct timer patience; /* fr-timer; from a provisional response on invite-timer */
	bool proceeding;       /* a provisional response came */
	bool natted;	       /* it goes to a binding that was found behind a NAT */
};

/* A request that waits for its final response, or whose 2xx may still come again. */
struct context {
	struct context *next, **at; /* of the proxy's; who points to it */
	struct server *server;
	struct server_txn *txn;	 /* NULL: a final response has been sent */
	struct via_reply reply;	 /* where its responses go */
	struct branch *branches; /* those that are not over */
	struct packet best;	 /* the best final response so far; no payload: the proxy's own */
	uint32_t best_status;	 /* 0: none yet */
	bool invite;
	bool starting; /* branches are still being made */
};

static struct payload_pools *payloads_of(const struct context *c)
{
	return server_world(c->server)->payloads;
}

/* --- contexts ------------------------------------------------------------------------------------------- */

static void context_enter(struct context *c, struct proxy *proxy)
{
	c->next = proxy->contexts;
	c->at = &proxy->contexts;
	if (c->next)
		c->next->at = &c->next;
	proxy->contexts = c;
}

static void best_forget(struct context *c)
{
	if (c->best.payload)
		payload_unref(payloads_of(c), c->best.payload);
	c->best.payload = NULL;
}

static void context_free(struct context *c)
{
	best_forget(c);
	if (c->txn)
		server_txn_end(c->txn); /* what it was to be answered fits in no datagram */
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	pool_put(&c->server->proxy->contexts_pool, c);
}

static void branch_free(struct branch *b)
{
	timer_disarm(&b->patience);
	pool_put(&b->context->server->proxy->branches_pool, b);
}

static void branch_end(struct branch *b)
{
	struct branch **at = &b->context->branches;
	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	branch_free(b);
}

/* --- responses ------------------------------------------------------------------------------------------ */

/* Takes over the payload's reference. */
static void response_send(struct context *c, const struct packet *response, uint32_t status)
{
	struct server_txn *t = c->txn;
	if (status >= 200)
		c->txn = NULL;
	if (!t) {
		net_send(c->server->iface, response); /* a 2xx that comes again, or another one */
		payload_unref(payloads_of(c), response->payload);
	} else if (t->invite) {
		invite_server_respond(t, response, status);
	} else {
		server_txns_answer(&c->server->txns, t->link.key, response);
		server_txn_end(t);
	}
}

/* A response of the proxy's own. */
static void response_make(struct context *c, uint32_t status)
{
	const struct sip_view *v = sip_view(server_world(c->server), c->txn->request.payload);
	struct exchange x = server_exchange(c->server, &c->txn->request, v);
	struct packet response;
	if (server_response(&x, status, &response))
		response_send(c, &response, status);
}

/* A response that came, shorter by the Via of this proxy (16.7, steps 3 and 9). */
static void response_pass(struct context *c, const struct packet *came, bool natted)
{
	struct world *w = server_world(c->server);
	const struct sip_view *v = sip_view(w, came->payload);
	char description[SESSION_TEXT_MAX];
	struct forward f = {
		.packet = came,
		.view = v,
		.body = proxy_relay(c->server, came, v, description),
		.contact_fix = (int)proxy_fixes_response(c->server, came, v, natted),
	};
	struct packet response = {
		.parent = came->id,
		.story = came->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = c->server->local,
		.dst = c->reply.to,
		.label = sip_label(v),
		.rule = c->reply.rule,
		.payload = forward_response(w, &f),
	};
	if (response.payload)
		response_send(c, &response, v->status);
	else if (c->txn && v->status >= 200)
		response_make(c, 500);
}

/*
 * Which of two final responses is better (16.7, step 6): the lower one, but 6xx, which speaks for all, before
 * any, and before the other 4xx those that say what would help.
 */
static uint32_t rank(uint32_t status)
{
	static const uint16_t helpful[] = { 401, 407, 415, 420, 484 };
	for (size_t i = 0; i < COUNT(helpful); i++)
		if (helpful[i] == status)
			return 400;
	return status >= 600 ? 0 : status == 408 ? 499 : status + 1;
}

/* `came`: NULL when the status is the proxy's own idea. */
static void best_consider(struct context *c, uint32_t status, const struct packet *came)
{
	if (c->best_status && rank(c->best_status) <= rank(status))
		return;
	best_forget(c);
	c->best_status = status;
	if (!came)
		return;
	c->best = *came;
	payload_ref(came->payload);
}

/* An INVITE that began a call has begun none. */
static void call_fails(const struct context *c)
{
	struct payload *invite = c->txn->request.payload;
	const struct sip_view *v = sip_view(server_world(c->server), invite);
	if (c->invite && !v->to_tag.len)
		proxy_relay_ends(c->server, invite, v);
}

/* What a 503 says is of the next hop and not of the user (16.7, step 6). */
static void best_send(struct context *c)
{
	call_fails(c);
	if (!c->best.payload || c->best_status == 503)
		response_make(c, c->best_status == 503 ? 500 : c->best_status);
	else
		response_pass(c, &c->best, false);
}

void context_cancel(const struct context *c)
{
	if (!c->invite)
		return; /* 9.1 */
	for (const struct branch *b = c->branches; b; b = b->next)
		invite_client_cancel(b->txn);
}

/* A branch has gone: was it the last one? */
static void context_look(struct context *c)
{
	if (c->branches || c->starting)
		return;
	if (c->txn)
		best_send(c);
	context_free(c);
}

/* A branch has its final response, or will have none. */
static void branch_closes(struct branch *b, uint32_t status, const struct packet *came)
{
	struct context *c = b->context;
	best_consider(c, status, came);
	branch_end(b);
	if (status >= 600)
		context_cancel(c); /* 16.7, step 5 */
	context_look(c);
}

static uint32_t status_of(const struct client_txn *t, const struct packet *response)
{
	if (!response)
		return t->unreachable ? 503 : 408;
	return sip_view(t->iface->node->world, response->payload)->status;
}

/* --- branches ------------------------------------------------------------------------------------------- */

/*
 * Nothing has come for so long. A branch that rang is cancelled (16.8); whatever it says to that, the caller
 * hears of the timeout (Kamailio and OpenSIPS, tm: fr_timer, fr_inv_timer).
 */
static void patience_ends(struct timer *timer)
{
	struct branch *b = CONTAINER(timer, struct branch, patience);
	if (b->proceeding)
		invite_client_cancel(b->txn);
	b->txn->timers.max_retransmits = b->txn->timers.max_invite_retransmits = 0;
	client_txn_abandon(b->txn);
	branch_closes(b, 408, NULL);
}

static void patience_begins(struct branch *b, usec lasts)
{
	b->patience.fire = patience_ends;
	world_after(server_world(b->context->server), &b->patience, lasts);
}

static void invite_provisional(struct client_txn *t, const struct packet *response)
{
	struct branch *b = t->user;
	struct context *c = b->context;
	b->proceeding = true;
	patience_begins(b, c->server->profile->invite_timer);
	if (status_of(t, response) > 100 && c->txn)
		response_pass(c, response, b->natted);
}

static void invite_accepted(struct client_txn *t, const struct packet *response)
{
	struct branch *b = t->user;
	struct context *c = b->context;
	bool first = c->txn != NULL;
	timer_disarm(&b->patience);
	response_pass(c, response, b->natted);
	if (first)
		context_cancel(c); /* 16.7, step 10 */
}

static void invite_refused(struct client_txn *t, const struct packet *response)
{
	branch_closes(t->user, status_of(t, response), response);
}

static void invite_over(struct client_txn *t)
{
	struct branch *b = t->user;
	struct context *c = b->context;
	branch_end(b);
	context_look(c);
}

static const struct invite_client_ops invite_ops = {
	.provisional = invite_provisional,
	.accepted = invite_accepted,
	.refused = invite_refused,
	.over = invite_over,
};

static void request_done(struct client_txn *t, const struct packet *response)
{
	struct branch *b = t->user;
	uint32_t status = status_of(t, response);
	if (response && status < 300 && b->context->txn)
		response_pass(b->context, response, b->natted);
	branch_closes(b, status, response);
}

/* --- from outside --------------------------------------------------------------------------------------- */

struct context *context_begin(const struct exchange *x)
{
	struct server *s = x->server;
	struct context *c = pool_get(&proxy_of(s)->contexts_pool);
	bool invite = x->view->method == SIP_INVITE;
	*c = (struct context){ .server = s, .reply = x->reply, .invite = invite, .starting = true };
	context_enter(c, s->proxy);
	if (invite) {
		c->txn = invite_server_begin(&s->txns, x->txn, x->request, c);
		response_make(c, 100);
	} else {
		c->txn = server_txns_try(&s->txns, x->txn, x->request);
	}
	return c;
}

void context_send(struct context *c, const struct packet *request, bool natted)
{
	struct server *s = c->server;
	struct client_txns *clients = &s->proxy->clients;
	struct branch *b = pool_get(&s->proxy->branches_pool);
	*b = (struct branch){ .next = c->branches, .context = c, .natted = natted };
	c->branches = b;
	patience_begins(b, s->profile->fr_timer);
	if (c->invite)
		b->txn = invite_client_start(clients, s->iface, request, &txn_timers_usual, b, &invite_ops);
	else
		b->txn = client_txn_start(clients, s->iface, request, &txn_timers_usual, b, request_done);
}

void context_consider(struct context *c, uint32_t status)
{
	best_consider(c, status, NULL);
}

void context_go(struct context *c)
{
	c->starting = false;
	context_look(c);
}

void contexts_init(struct proxy *proxy, struct arena *a)
{
	pool_init(&proxy->contexts_pool, a, sizeof(struct context));
	pool_init(&proxy->branches_pool, a, sizeof(struct branch));
}

static void context_forget(struct context *c)
{
	for (struct branch *b; (b = c->branches);) {
		c->branches = b->next;
		branch_free(b);
	}
	c->txn = NULL;
	context_free(c);
}

void contexts_forget(struct proxy *proxy)
{
	while (proxy->contexts)
		context_forget(proxy->contexts);
}
