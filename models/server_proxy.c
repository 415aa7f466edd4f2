/*
 * A proxy (RFC 3261 16): it remembers transactions and no calls. A request goes to all bindings of a user at
 * once, or along its routes; of the responses every 2xx passes, and else the best one when all have come.
 * Loops end by Max-Forwards. Strict routers (16.4) and names that a resolver would have to look up are not
 * modelled.
 */
#include <string.h>

#include "models/far_end.h"
#include "models/server_proxy.h"

const struct fact fact_not_passed_on = { "not-passed-on",
					 "there is nowhere that the proxy could pass it on to",
					 "RFC 3261 16.11" };

struct proxy *proxy_of(struct server *s)
{
	struct world *w = server_world(s);
	if (!s->proxy) {
		s->proxy = arena_alloc(w->arena, sizeof *s->proxy);
		pool_init(&s->proxy->contexts_pool, w->arena, sizeof(struct context));
		pool_init(&s->proxy->branches_pool, w->arena, sizeof(struct branch));
		proxy_relays_init(s->proxy, w->arena);
	}
	return s->proxy;
}

static struct payload_pools *payloads_of(const struct context *c)
{
	return server_world(c->server)->payloads;
}

/* --- contexts
 * ---------------------------------------------------------------------------------------------------- */

static struct context *context_begin(const struct exchange *x)
{
	struct proxy *proxy = proxy_of(x->server);
	struct context *c = pool_get(&proxy->contexts_pool);
	bool invite = x->view->method == SIP_INVITE;
	*c = (struct context){
		.next = proxy->contexts,
		.at = &proxy->contexts,
		.server = x->server,
		.reply = x->reply,
		.invite = invite,
	};
	c->txn = invite ? invite_server_begin(&x->server->txns, x->txn, x->request, c)
			: server_txns_try(&x->server->txns, x->txn, x->request);
	if (c->next)
		c->next->at = &c->next;
	proxy->contexts = c;
	return c;
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

/* --- responses
 * --------------------------------------------------------------------------------------------------- */

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

static void branches_cancel(const struct context *c)
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
		branches_cancel(c); /* 16.7, step 5 */
	context_look(c);
}

static uint32_t status_of(const struct client_txn *t, const struct packet *response)
{
	if (!response)
		return t->unreachable ? 503 : 408;
	return sip_view(t->iface->node->world, response->payload)->status;
}

/* --- branches
 * ---------------------------------------------------------------------------------------------------- */

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
		branches_cancel(c); /* 16.7, step 10 */
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

/* --- requests
 * ---------------------------------------------------------------------------------------------------- */

/* The n-th branch of a request; the same when a request comes again, which matters where nobody remembers it
 * (16.11). */
static size_t branch_print(const struct exchange *x, uint32_t n, char text[static ID_TEXT_MAX])
{
	memcpy(text, BRANCH_COOKIE, BRANCH_COOKIE_LEN);
	stream_hex(server_ids(x->server, IDS_RELAY), x->txn + n, text + BRANCH_COOKIE_LEN);
	return BRANCH_COOKIE_LEN + STREAM_HEX;
}

static void put_far_uri(struct sip_builder *b, const struct server *s, struct endpoint at)
{
	sip_puts(b, "sip:");
	sip_puts(b, s->profile->far_end.user);
	sip_put(b, "@", 1);
	sip_put_endpoint(b, at, true);
}

static void put_uri(struct sip_builder *b, const struct exchange *x, const struct target *t)
{
	const struct payload *p = x->request->payload;
	if (t->far) {
		put_far_uri(b, x->server, t->to);
		return;
	}
	if (t->binding) {
		server_put_stored_uri(b, x->server, t->binding);
		return;
	}
	uint32_t end = (uint32_t)t->uri.at + t->uri.len, cut = t->left_out.len ? t->left_out.at : end;
	sip_put(b, p->bytes + t->uri.at, cut - t->uri.at);
	sip_put(b, p->bytes + cut + t->left_out.len, end - cut - t->left_out.len);
}

/* The request as its n-th branch carries it. False when it fits in no datagram. */
static bool request_build(const struct exchange *x, const struct route *r, const struct target *t, uint32_t n,
			  struct packet *packet)
{
	const struct server *s = x->server;
	char branch[ID_TEXT_MAX];
	struct forward f = {
		.packet = x->request,
		.view = x->view,
		.contact_fix = (int)proxy_fixes_request(x),
		.self = s->local,
		.branch = { branch, branch_print(x, n, branch) },
		.reply = &x->reply,
		.record_route = s->profile->record_route && x->view->method == SIP_INVITE,
		.drops_route = r->ours,
		.body = r->body,
	};
	struct sip_builder *b = forward_begin(server_world(s), &f);
	put_uri(b, x, t);
	*packet = (struct packet){
		.parent = x->request->id,
		.story = x->request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = s->local,
		.dst = t->to,
		.label = sip_label(x->view),
		.payload = forward_request(b, &f),
	};
	return packet->payload;
}

static void branch_begin(struct context *c, const struct exchange *x, const struct route *r,
			 const struct target *t, uint32_t n)
{
	struct server *s = c->server;
	struct proxy *proxy = s->proxy;
	struct packet packet;
	if (!request_build(x, r, t, n, &packet)) {
		best_consider(c, 513, NULL);
		return;
	}
	struct branch *b = pool_get(&proxy->branches_pool);
	*b = (struct branch){ .next = c->branches,
			      .context = c,
			      .natted = t->binding && t->binding->marks.natted };
	c->branches = b;
	patience_begins(b, s->profile->fr_timer);
	if (x->view->method == SIP_INVITE)
		b->txn = invite_client_start(&proxy->clients, s->iface, &packet, &txn_timers_usual, b,
					     &invite_ops);
	else
		b->txn = client_txn_start(&proxy->clients, s->iface, &packet, &txn_timers_usual, b,
					  request_done);
}

/* To every binding, also those that nobody uses any more. */
static void request_fork(struct context *c, const struct exchange *x, const struct route *r, struct span user)
{
	const struct registrar *registrar = &x->server->registrar;
	usec now = world_now(server_world(x->server));
	uint32_t n = 0;
	for (const struct binding *b = registrar_first(registrar, now, user); b;
	     b = registrar_next(registrar, now, b)) {
		struct target t = { .binding = b };
		if (server_target(x->server, b, &t.to))
			branch_begin(c, x, r, &t, n++);
	}
}

static void nobody_bound(struct context *c, const struct exchange *x)
{
	trace_note(server_world(x->server), x->server->iface, x->request, &fact_no_binding, 0);
	best_consider(c, 404, NULL);
}

static void request_pass(struct exchange *x, const struct route *r)
{
	struct context *c = context_begin(x);
	c->starting = true;
	if (x->view->method == SIP_INVITE)
		response_make(c, 100);
	if (r->served)
		request_fork(c, x, r,
			     slice_span(x->request->payload,
					siptext_uri_user(x->request->payload->bytes, x->view->uri)));
	else
		branch_begin(c, x, r, &r->target, 0);
	if (!c->branches && !c->best_status)
		nobody_bound(c, x);
	c->starting = false;
	context_look(c);
}

/* 0, or why it is refused before anything is looked up. */
static uint32_t request_admitted(struct exchange *x)
{
	const struct payload *p = x->request->payload;
	if (forwards_left(p, x->view) == 0)
		return 483;
	if (x->view->method != SIP_INVITE || x->view->to_tag.len || !x->server->profile->challenge_invite)
		return 0;
	uint32_t status = server_authenticate(x);
	return status == 200 ? 0 : status;
}

static void request_begins(struct exchange *x)
{
	char description[SESSION_TEXT_MAX];
	struct route r = { 0 };
	uint32_t status = request_admitted(x);
	if (!status) {
		r = proxy_route(x);
		status = r.status;
	}
	if (status) {
		server_respond(x, status);
		return;
	}
	r.body = proxy_relay(x->server, x->request, x->view, description);
	if (x->view->method == SIP_BYE)
		proxy_relay_ends(x->server, x->request->payload, x->view);
	request_pass(x, &r);
}

/* The ACK of a 2xx, which no transaction knows (16.11). */
static void ack_pass(struct exchange *x)
{
	char description[SESSION_TEXT_MAX];
	struct route r = proxy_route(x);
	struct packet packet;
	r.body = proxy_relay(x->server, x->request, x->view, description);
	if (r.status || r.served || forwards_left(x->request->payload, x->view) == 0 ||
	    !request_build(x, &r, &r.target, 0, &packet)) {
		trace_drop(server_world(x->server), x->server->iface, x->request, &fact_not_passed_on);
		return;
	}
	net_send(x->server->iface, &packet);
	payload_unref(server_world(x->server)->payloads, packet.payload);
}

/* Hop by hop: it is answered here, and this proxy sends CANCELs of its own (16.10). */
static void cancel_arrives(struct exchange *x)
{
	struct server_txn *waiting;
	bool known = invite_server_cancelled(&x->server->txns, x->request, x->view, &waiting);
	server_respond(x, known ? 200 : 481);
	if (known && waiting && waiting->user)
		branches_cancel(waiting->user);
}

static bool proxy_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	struct exchange x = server_exchange(s, request, v);
	if (v->method == SIP_ACK && invite_server_ack(&s->txns, request, v))
		return true;
	if (v->method == SIP_ACK)
		ack_pass(&x);
	else if (server_txns_repeat(&s->txns, x.txn, request))
		return true;
	else if (v->method == SIP_CANCEL)
		cancel_arrives(&x);
	else
		request_begins(&x);
	return true;
}

/* One Via at least belongs to somebody behind this proxy, but for the answers to its own CANCELs (16.7, step
 * 3). */
static bool is_for_others(const struct sip_view *v)
{
	return v->via_more || v->method == SIP_CANCEL;
}

static bool proxy_response(struct server *s, const struct packet *response, const struct sip_view *v)
{
	return s->proxy && is_for_others(v) &&
	       client_txns_receive(&s->proxy->clients, server_world(s), response, v);
}

static bool proxy_media(struct server *s, const struct packet *p)
{
	return s->proxy && media_receive(&s->proxy->media, p);
}

static void proxy_error(struct server *s, struct iface *in, const struct packet *error)
{
	if (s->proxy)
		client_txns_error(&s->proxy->clients, in, error);
}

static void context_forget(struct context *c)
{
	for (struct branch *b; (b = c->branches);) {
		c->branches = b->next;
		branch_free(b);
	}
	c->txn = NULL; /* all of them were forgotten before */
	context_free(c);
}

static void proxy_forget(struct server *s)
{
	if (!s->proxy)
		return;
	client_txns_forget(&s->proxy->clients);
	proxy_relays_forget(s->proxy);
	while (s->proxy->contexts)
		context_forget(s->proxy->contexts);
}

const struct server_calls server_proxy = {
	.request = proxy_request,
	.response = proxy_response,
	.media = proxy_media,
	.forget = proxy_forget,
	.error = proxy_error,
	.call = far_end_call,
	.hang_up = far_end_hang_up,
	.abandon = far_end_abandon,
};
