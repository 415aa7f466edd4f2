#include "models/server.h"

#include <string.h>
#include <strings.h>

#include "models/phone.h"
#include "models/server_shared.h"

const struct fact fact_options_answered = { "options-answered", "OPTIONS was answered {value}", NULL };
const struct fact fact_options_failed = { "options-failed", "OPTIONS was not answered", "RFC 3261 8.1.3.1" };
const struct fact fact_no_binding = { "no-binding", "has nothing bound for the user that it could send to", "RFC 3261 16.5" };
const struct fact fact_server_restarted = { "server-restarted", "restarts: bindings, nonces and transactions are gone", NULL };
const struct fact fact_wrong_password = { "wrong-password", "the digest response does not fit the password", "RFC 3261 22.4" };
const struct fact fact_response_too_large = { "response-too-large", "its {value} fits in no datagram", "RFC 3261 18.1.1" };
const struct fact fact_via_differs = { "via-differs", "Via still {endpoint}", "RFC 3261 18.2.1" };
const struct fact fact_binding_stored = { "binding-stored", "bound until {value} s", "RFC 3261 10.3" };

/* The server's pins of one kind; NULL: none. */
#define PINNED(s, list) ((s)->pins ? &(s)->pins->list : NULL)

static struct server *server_of(struct node *n)
{
	return CONTAINER(n, struct server, node);
}

static usec now_of(const struct exchange *x)
{
	return world_now(server_world(x->server));
}

/* --- responses --------------------------------------------------------------------------------------------------- */

/* Whether requests to this binding go to where its REGISTER came from, by any of the names that has. */
static bool stored_source(const struct server *s, const struct binding *b)
{
	int stored = s->profile->stored_contact;
	return stored == STORED_SOURCE || (stored == STORED_SOURCE_IF_RPORT && b->asked_rport);
}

static void put_replaced_uri(struct sip_builder *b, const struct binding *binding)
{
	sip_puts(b, "sip:");
	sip_put(b, binding->text, binding->user_len);
	sip_put(b, "@", 1);
	sip_put_endpoint(b, binding->source, true);
}

/* ";alias=address~port~transport", transport 1 being UDP (Kamailio nathelper, add_contact_alias). */
static void put_alias(struct sip_builder *b, const struct binding *binding)
{
	sip_puts(b, ";alias=");
	sip_put_endpoint(b, binding->source, false);
	sip_put(b, "~", 1);
	sip_put_number(b, binding->source.port);
	sip_puts(b, "~1");
}

/* The URI that requests to this binding carry. */
static void put_stored_uri(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	b->foreign |= binding->foreign;
	struct span uri = binding_uri(binding);
	if (stored_source(s, binding)) {
		put_replaced_uri(b, binding);
		return;
	}
	sip_put(b, uri.at, uri.len);
	if (s->profile->stored_contact == STORED_ALIAS)
		put_alias(b, binding);
}

static void put_binding(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	uint32_t left = binding_left(binding, world_now(server_world(s)));
	bool first = !b->view.contact.len;
	sip_put(b, "<", 1);
	put_stored_uri(b, s, binding);
	struct slice uri = sip_since(b, from + 1);
	sip_puts(b, ">;expires=");
	sip_put_number(b, left);
	if (s->profile->stored_contact == STORED_RECEIVED) {
		sip_puts(b, ";received=\"sip:");
		sip_put_endpoint(b, binding->source, true);
		sip_put(b, "\"", 1);
	}
	b->view.contact_more |= !first;
	if (first) {
		b->view.contact = sip_since(b, from);
		b->view.contact_uri = uri;
		b->view.contact_expires = left;
	}
	sip_end_header(b);
}

/* A 200 to REGISTER lists all bindings (RFC 3261 10.3, step 8). */
static void put_bindings(struct sip_builder *b, const struct exchange *x)
{
	struct server *s = x->server;
	if (b->view.status != 200 || x->view->method != SIP_REGISTER)
		return;
	const struct binding *each = registrar_first(&s->registrar, now_of(x), x->user);
	for (; each; each = registrar_next(&s->registrar, now_of(x), each))
		put_binding(b, s, each);
}

static void put_min_expires(struct sip_builder *b, const struct server *s)
{
	if (b->view.status != 423)
		return;
	b->view.min_expires = whole_seconds(s->profile->expires.min);
	sip_number_header(b, "Min-Expires", b->view.min_expires);
}

static void put_to(struct sip_builder *b, struct exchange *x)
{
	struct server *s = x->server;
	char tag[ID_TEXT_MAX];
	size_t len = id_write(PINNED(s, tag), server_ids(s, IDS_TAG), s->tags++, 10, tag);
	sip_copy_to(b, x->request->payload, x->view, tag, len);
}

static void put_header(struct sip_builder *b, struct exchange *x, enum sip_header header)
{
	struct server *s = x->server;
	const struct payload *req = x->request->payload;
	switch (header) {
	case HEADER_VIA:
		via_put_stamped(b, req, x->view, x->request->src, &x->reply);
		break;
	case HEADER_FROM:
		sip_copy_from(b, req, x->view);
		break;
	case HEADER_TO:
		put_to(b, x);
		break;
	case HEADER_CALL_ID:
		sip_copy_call_id(b, req, x->view);
		break;
	case HEADER_CSEQ:
		sip_copy_cseq(b, req, x->view);
		break;
	case HEADER_AUTHENTICATE:
		server_put_challenge(b, x);
		break;
	case HEADER_CONTACT:
		put_bindings(b, x);
		break;
	case HEADER_MIN_EXPIRES:
		put_min_expires(b, s);
		break;
	case HEADER_SERVER:
		sip_text_header(b, "Server", s->profile->user_agent);
		break;
	case HEADER_USER_AGENT:
		sip_text_header(b, "User-Agent", s->profile->user_agent);
		break;
	case HEADER_ALLOW:
		sip_text_header(b, "Allow", "REGISTER, OPTIONS");
		break;
	case HEADER_DATE:
		sip_date_header(b);
		break;
	case HEADER_CONTENT_LENGTH:
		sip_no_body_header(b);
		break;
	default:
		break; /* headers of requests */
	}
}

static struct payload *response_build(struct exchange *x, uint32_t status)
{
	struct server *s = x->server;
	struct sip_builder *b = sip_response(server_world(s), status, (enum sip_method)x->view->method);
	const uint8_t *order = s->profile->header_order.items;
	for (uint32_t i = 0; i < s->profile->header_order.n; i++)
		put_header(b, x, (enum sip_header)order[i]);
	return sip_finish(b);
}

/* What fits in no datagram, thousands of bindings for instance, becomes a 500; a 500 that does not fit is not sent. */
static struct payload *response_that_fits(struct exchange *x, uint32_t status)
{
	struct payload *payload = response_build(x, status);
	if (payload)
		return payload;
	trace_note(server_world(x->server), x->server->iface, x->request, &fact_response_too_large, status);
	return response_build(x, 500);
}

static void respond(struct exchange *x, uint32_t status)
{
	struct server *s = x->server;
	struct payload *payload = response_that_fits(x, status);
	if (!payload)
		return;
	struct packet response = {
		.parent = x->request->id,
		.story = x->request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = s->local,
		.dst = x->reply.to,
		.label = sip_label(sip_view(server_world(s), payload)),
		.rule = x->reply.rule,
		.payload = payload,
	};
	server_txns_answer(&s->txns, x->txn, &response);
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

/* Ours when its host is our domain or our address; a port behind it does not matter (RFC 3261 10.3, step 5). */
static bool domain_served(const struct exchange *x, struct span host)
{
	const struct server *s = x->server;
	struct span domain = { s->domain, strcspn(s->domain, ":") };
	uint32_t address;
	if (host.len == domain.len && !strncasecmp(host.at, domain.at, host.len))
		return true;
	return host_parse(host.at, host.len, &address) && address == s->local.host;
}

/* 200: the registrar may be asked; otherwise the status to refuse with. */
static uint32_t register_admitted(struct exchange *x)
{
	const struct payload *m = x->request->payload;
	if (!domain_served(x, slice_span(m, x->view->to_host)))
		return 404;
	return server_authenticate(x);
}

static void note_binding(const struct exchange *x)
{
	struct server *s = x->server;
	const struct binding *b = registrar_first(&s->registrar, now_of(x), x->user);
	if (b)
		trace_note(server_world(s), s->iface, x->request, &fact_binding_stored, (uint64_t)(b->ends / SEC));
}

static void server_bind(struct exchange *x)
{
	uint32_t status = registrar_register(&x->server->registrar, now_of(x), x->user, x->request, x->view);
	if (status == 200)
		note_binding(x);
	respond(x, status);
}

/* A part of a device is one only when the device wants to hear of it. */
static bool is_registrar(const struct server *s)
{
	return !s->owner || s->owner->asked_register;
}

/* What the registrar would refuse is no question for the owner. */
static void owner_register(struct exchange *x)
{
	struct server *s = x->server;
	uint32_t status = registrar_check(&s->registrar, now_of(x), x->user, x->request, x->view);
	if (status == 200)
		s->owner->asked_register(s->owner, server_txns_try(&s->txns, x->request));
	else
		respond(x, status);
}

static void server_register(struct exchange *x)
{
	uint32_t status = register_admitted(x);
	if (status != 200)
		respond(x, status);
	else if (x->server->owner)
		owner_register(x);
	else
		server_bind(x);
}

static void server_options_asked(struct exchange *x)
{
	struct server *s = x->server;
	if (s->owner && s->owner->asked_options)
		s->owner->asked_options(s->owner, server_txns_try(&s->txns, x->request));
	else
		respond(x, 200);
}

static bool user_forced(const struct server *s, struct span user)
{
	const struct list *users = &s->profile->force_rport_for;
	for (uint32_t i = 0; i < users->n; i++)
		if (span_equal(user, SPAN(((const char *const *)users->items)[i])))
			return true;
	return false;
}

/* For ladders: the Via of a request that does not say where it came from. */
static void note_via(const struct exchange *x)
{
	struct server *s = x->server;
	struct via via = via_read(x->request->payload, x->view);
	struct endpoint by = { via.host, via.port ? via.port : SIP_PORT };
	if (via.numeric && !endpoint_equal(by, x->request->src))
		trace_note(server_world(s), s->iface, x->request, &fact_via_differs, (uint64_t)by.host << 16 | by.port);
}

static void decide_reply(struct exchange *x)
{
	const struct server *s = x->server;
	struct via_policy policy = {
		.rport = s->profile->rport,
		.force = s->profile->force_rport,
		.forced_user = user_forced(s, x->user),
	};
	struct via via = via_read(x->request->payload, x->view);
	x->reply = via_reply_to(&via, x->request->src, &policy);
}

static struct exchange exchange_of(struct server *s, const struct packet *request, const struct sip_view *v)
{
	struct exchange x = { .server = s, .request = request, .view = v, .txn = server_txns_key(&s->txns, request, v) };
	x.user = slice_span(request->payload, v->to_user);
	decide_reply(&x);
	return x;
}

static void server_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	if (v->method == SIP_ACK)
		return;
	struct exchange x = exchange_of(s, request, v);
	if (server_txns_repeat(&s->txns, x.txn, request, v))
		return;
	note_via(&x);
	if (v->method == SIP_REGISTER && is_registrar(s))
		server_register(&x);
	else if (v->method == SIP_OPTIONS)
		server_options_asked(&x);
	else
		respond(&x, 405);
}

/* --- as a part of another device --------------------------------------------------------------------------------- */

static struct server *server_of_txn(const struct server_txn *t)
{
	return CONTAINER(t->owner, struct server, txns);
}

static const struct sip_view *txn_view(const struct server_txn *t)
{
	return sip_view(server_world(server_of_txn(t)), t->request.payload);
}

void server_answer(struct server_txn *t, uint32_t status)
{
	struct exchange x = exchange_of(server_of_txn(t), &t->request, txn_view(t));
	if (status == 200 && x.view->method == SIP_REGISTER)
		server_bind(&x);
	else
		respond(&x, status);
	server_txn_end(t);
}

void server_be_silent(struct server_txn *t)
{
	server_txn_end(t);
}

struct span server_asked_user(const struct server_txn *t)
{
	const struct payload *m = t->request.payload;
	const struct sip_view *v = txn_view(t);
	return slice_span(m, v->method == SIP_REGISTER ? v->to_user : siptext_uri_user(m->bytes, v->uri));
}

bool server_would_bind(const struct server_txn *t)
{
	struct server *s = server_of_txn(t);
	return registrar_would_hold(&s->registrar, world_now(server_world(s)), server_asked_user(t), &t->request, txn_view(t));
}

bool server_has_bound(const struct server *s, struct span user)
{
	return registrar_first(&s->registrar, world_now(server_world(s)), user) != NULL;
}

/* --- OPTIONS ----------------------------------------------------------------------------------------------------- */

static void ping_done(struct client_txn *t, const struct packet *response)
{
	struct server *s = t->user;
	struct world *w = server_world(s);
	if (response)
		trace_note(w, s->iface, response, &fact_options_answered, sip_view(w, response->payload)->status);
	else
		trace_note_story(w, s->iface, t->request.story, &fact_options_failed, 0);
}

/* Where requests to a binding are sent: its source, or where its Contact points; false when that is a name. */
static bool binding_target(const struct server *s, const struct binding *b, struct endpoint *to)
{
	struct slice uri = { b->user_len, b->uri_len };
	int stored = s->profile->stored_contact;
	*to = b->source;
	if (stored_source(s, b) || stored == STORED_ALIAS || stored == STORED_RECEIVED)
		return true;
	return siptext_uri_endpoint(b->text, uri, to);
}

static void put_ping_from(struct sip_builder *b, struct server *s)
{
	char tag[ID_TEXT_MAX];
	size_t len = id_write(PINNED(s, tag), server_ids(s, IDS_TAG), s->tags++, 10, tag);
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	sip_puts(b, "<sip:");
	sip_puts(b, s->domain);
	sip_puts(b, ">;tag=");
	uint32_t at = b->len;
	sip_put(b, tag, len);
	b->view.from_tag = sip_since(b, at);
	b->view.from = sip_since(b, from);
	sip_end_header(b);
}

static void put_ping_to(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	sip_begin_header(b, "To");
	uint32_t from = b->len;
	sip_put(b, "<", 1);
	put_stored_uri(b, s, binding);
	struct slice uri = sip_since(b, from + 1);
	sip_put(b, ">", 1);
	b->view.to = sip_since(b, from);
	b->view.to_user = siptext_uri_user(b->bytes, uri);
	b->view.to_host = siptext_uri_host(b->bytes, uri);
	sip_end_header(b);
}

static void put_ping_call_id(struct sip_builder *b, const struct server *s)
{
	char id[ID_TEXT_MAX];
	size_t len = id_write(PINNED(s, call_id), server_ids(s, IDS_CALL_ID), s->pings_sent, 16, id);
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_put(b, id, len);
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

static struct payload *ping_build(struct server *s, const struct binding *binding)
{
	char branch[ID_TEXT_MAX];
	size_t len = branch_write(PINNED(s, branch), server_ids(s, IDS_BRANCH), s->pings_sent, branch);
	struct sip_builder *b = sip_request(server_world(s), SIP_OPTIONS);
	put_stored_uri(b, s, binding);
	sip_end_request_line(b);
	via_put_own(b, s->local.host, s->local.port, branch, len, false);
	sip_puts(b, "Max-Forwards: 70\r\n");
	put_ping_from(b, s);
	put_ping_to(b, s, binding);
	put_ping_call_id(b, s);
	sip_cseq_header(b, id_number(PINNED(s, cseq), s->pings_sent, 1));
	sip_text_header(b, "User-Agent", s->profile->user_agent);
	sip_no_body_header(b);
	s->pings_sent++;
	return sip_finish(b);
}

/* What provokes a ping; nothing does when the server itself wants to know. */
struct provocation {
	uint32_t story, parent;
};

static bool ping_send(struct server *s, struct span user, struct provocation by, void *context,
		      void (*done)(struct client_txn *, const struct packet *))
{
	static const struct txn_timers timers = { .t1 = T1, .t2 = T2, .t4 = T4, .max_retransmits = UINT32_MAX };
	const struct binding *b = registrar_first(&s->registrar, world_now(server_world(s)), user);
	struct packet packet = {
		.parent = by.parent,
		.story = by.story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = s->local,
		.label = sip_method_name(SIP_OPTIONS),
	};
	if (!b || !binding_target(s, b, &packet.dst))
		return false;
	packet.payload = ping_build(s, b);
	client_txn_start(&s->pings, s->iface, &packet, &timers, context, done);
	return true;
}

void server_options(struct server *s, const char *user, size_t len, uint32_t story)
{
	struct provocation by = { .story = story };
	struct world *w = server_world(s);
	if (ping_send(s, (struct span){ user, len }, by, s, ping_done))
		return;
	trace_note_story(w, s->iface, story, &fact_no_binding, 0);
	trace_note_story(w, s->iface, story, &fact_options_failed, 0);
}

bool server_pass_options(struct server *s, struct span user, const struct packet *cause, void *context,
			 void (*done)(struct client_txn *, const struct packet *))
{
	return ping_send(s, user, (struct provocation){ cause->story, cause->id }, context, done);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

void server_take(struct server *s, const struct packet *p)
{
	struct world *w = server_world(s);
	const struct sip_view *v = sip_view(w, p->payload);
	if (!v)
		sip_unread(s->iface, p);
	else if (v->request)
		server_request(s, p, v);
	else if (!client_txns_receive(&s->pings, w, p, v))
		trace_drop(w, s->iface, p, &fact_no_transaction);
}

static void server_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct server *s = server_of(n);
	if (p->dst.port == s->local.port)
		server_take(s, p);
	else
		trace_drop(n->world, in, p, &fact_port_closed);
}

static const struct node_ops server_ops = { .kind = "server", .receive = server_receive };

/* A device by itself: a node on the network. */
static void become_node(struct server *s, struct world *w, const struct server_setup *setup)
{
	node_init(&s->node, w, &server_ops, setup->name, 0);
	s->own = (struct iface){ .node = &s->node, .wire = setup->wire };
	s->iface = &s->own;
	network_attach(setup->network, &s->own, setup->address);
}

/* Two servers of one device draw from streams of their own. */
static void become_part(struct server *s, struct server_owner *owner)
{
	s->owner = owner;
	s->iface = owner->iface;
	s->ids = stream_sub(s->ids, s->local.port);
}

struct server *server_new(struct world *w, const struct server_setup *setup)
{
	const struct server_profile *profile = setup->profile;
	struct server *s = arena_alloc(w->arena, sizeof *s);
	s->profile = profile;
	s->pins = setup->pins;
	s->domain = setup->domain;
	s->local = setup->address;
	s->ids = stream_named(w->setup.seed, setup->name, 0, "ids");
	if (setup->owner)
		become_part(s, setup->owner);
	else
		become_node(s, w, setup);
	registrar_init(&s->registrar, w->arena, setup->users, &profile->expires);
	server_txns_init(&s->txns, s->iface);
	return s;
}

struct node *server_node(struct server *s)
{
	return s->iface->node;
}

const struct iface *server_iface(const struct server *s)
{
	return s->iface;
}

void server_forget(struct server *s)
{
	client_txns_forget(&s->pings);
	server_txns_forget(&s->txns);
	registrar_forget(&s->registrar);
	s->booted = world_now(server_world(s));
}

void server_restart(struct server *s)
{
	struct world *w = server_world(s);
	trace_note(w, s->iface, NULL, &fact_server_restarted, 0);
	for (const struct client_txn *t = s->pings.first; t; t = t->next)
		trace_note_story(w, s->iface, t->request.story, &fact_options_failed, 0);
	server_forget(s);
}
