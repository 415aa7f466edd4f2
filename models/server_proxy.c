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
		contexts_init(s->proxy, w->arena);
		proxy_relays_init(s->proxy, w->arena);
	}
	return s->proxy;
}

/* --- requests ------------------------------------------------------------------------------------------- */

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

/* The request as its n-th branch carries it. 0, or the status that says why there is none. */
static uint32_t request_build(const struct exchange *x, const struct route *r, const struct target *t, uint32_t n,
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
	if (packet->payload)
		return 0;
	return b->full ? 513 : 400;
}

static void branch_begin(struct context *c, const struct exchange *x, const struct route *r,
			 const struct target *t, uint32_t n)
{
	struct packet packet;
	uint32_t status = request_build(x, r, t, n, &packet);
	if (status)
		context_consider(c, status);
	else
		context_send(c, &packet, t->binding && t->binding->marks.natted);
}

static void nobody_bound(struct context *c, const struct exchange *x)
{
	trace_note(server_world(x->server), x->server->iface, x->request, &fact_no_binding, 0);
	context_consider(c, 404);
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
	if (!n)
		nobody_bound(c, x);
}

static struct span asked_user(const struct exchange *x)
{
	const struct payload *p = x->request->payload;
	return slice_span(p, siptext_uri_user(p->bytes, x->view->uri));
}

static void request_pass(const struct exchange *x, const struct route *r)
{
	struct context *c = context_begin(x);
	if (r->served)
		request_fork(c, x, r, asked_user(x));
	else
		branch_begin(c, x, r, &r->target, 0);
	context_go(c);
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
	    request_build(x, &r, &r.target, 0, &packet)) {
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
		context_cancel(waiting->user);
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

static void proxy_forget(struct server *s)
{
	if (!s->proxy)
		return;
	client_txns_forget(&s->proxy->clients);
	proxy_relays_forget(s->proxy);
	contexts_forget(s->proxy);
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
