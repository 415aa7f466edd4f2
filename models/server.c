#include "models/server.h"

#include <string.h>
#include <strings.h>

#include "models/far_end.h"
#include "models/phone.h"
#include "models/server_shared.h"
#include "models/stun.h"

const struct fact fact_server_restarted = { "server-restarted",
					    "restarts: bindings, nonces and transactions are gone", NULL };
const struct fact fact_wrong_password = { "wrong-password", "the digest response does not fit the password",
					  "RFC 3261 22.4" };
const struct fact fact_not_forced = { "not-forced", "the Via has the source's address: rport is not forced", NULL };
const struct fact fact_other_uri = { "other-uri", "its credentials are for another Request-URI", "RFC 2617 3.2.2.5" };
const struct fact fact_bindings_full = { "bindings-full", "has {value} bindings already and takes no more", "RFC 3261 10.3" };
const struct fact fact_received_wrong = { "received-wrong", "the answer says that it came from {endpoint}", "RFC 3261 18.2.1" };
const struct fact fact_via_differs = { "via-differs", "Via says {endpoint}", "RFC 3261 18.2.1" };
const struct fact fact_binding_stored = { "binding-stored", "bound until {value} s", "RFC 3261 10.3" };

static struct server *server_of(struct node *n)
{
	return CONTAINER(n, struct server, node);
}

static usec now_of(const struct exchange *x)
{
	return world_now(server_world(x->server));
}

/* --- names ------------------------------------------------------------------------------------------------------- */

size_t server_tag(struct server *s, char text[static ID_TEXT_MAX])
{
	return id_write(PINNED(s, tag), server_ids(s, IDS_TAG), s->tags++, 10, text);
}

size_t server_branch(struct server *s, char text[static ID_TEXT_MAX])
{
	return branch_write(PINNED(s, branch), server_ids(s, IDS_BRANCH), s->branches++, text);
}

void server_put_call_id(struct sip_builder *b, struct server *s)
{
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_printed(b, id_write(PINNED(s, call_id), server_ids(s, IDS_CALL_ID), s->call_ids++, 16, sip_room(b, ID_TEXT_MAX)));
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

uint32_t server_first_cseq(const struct server *s)
{
	return id_number(PINNED(s, cseq), s->call_ids, 1);
}

/* --- responses ------------------------------------------------------------------------------------------ */

static void put_min_expires(struct sip_builder *b, const struct server *s)
{
	if (b->view.status != 423)
		return;
	b->view.min_expires = whole_seconds(s->profile->expires.min);
	sip_number_header(b, "Min-Expires", b->view.min_expires);
}

static void put_to(struct sip_builder *b, struct exchange *x)
{
	char tag[ID_TEXT_MAX];
	size_t len = b->view.status > 100 ? server_tag(x->server, tag) : 0;
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
		server_put_bindings(b, x);
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
		sip_content_length_header(b);
		break;
	default:
		break; /* headers of requests */
	}
}

static struct payload *response_build(struct exchange *x, uint32_t status)
{
	struct server *s = x->server;
	struct sip_builder *b = sip_response(server_world(s), status, (enum sip_method)x->view->method);
	const struct list order = s->profile->header_order;
	for (uint32_t i = 0; i < order.n; i++)
		put_header(b, x, (enum sip_header)((const uint8_t *)order.items)[i]);
	return sip_finish(b);
}

/* What fits in no datagram, thousands of bindings for instance, becomes a 500; a 500 that does not fit is not
 * sent. */
static struct payload *response_that_fits(struct exchange *x, uint32_t status)
{
	struct payload *payload = response_build(x, status);
	if (payload)
		return payload;
	trace_note(server_world(x->server), x->server->iface, x->request, &fact_response_too_large, status);
	return response_build(x, 500);
}

bool server_response(struct exchange *x, uint32_t status, struct packet *response)
{
	struct server *s = x->server;
	struct payload *payload = response_that_fits(x, status);
	if (!payload)
		return false;
	*response = (struct packet){
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
	return true;
}

void server_respond(struct exchange *x, uint32_t status)
{
	struct server_txns *txns = &x->server->txns;
	struct packet response;
	if (!server_response(x, status, &response))
		return;
	if (x->view->method == SIP_INVITE)
		invite_server_respond(invite_server_begin(txns, x->txn, x->request, NULL), &response, status);
	else
		server_txns_answer(txns, x->txn, &response);
}

/* --- requests ------------------------------------------------------------------------------------------- */

bool server_serves(const struct server *s, struct span host)
{
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
	if (!server_serves(x->server, slice_span(m, x->view->to_host)))
		return 404;
	return server_authenticate(x);
}

static void note_binding(const struct exchange *x)
{
	struct server *s = x->server;
	const struct binding *b = registrar_first(&s->registrar, now_of(x), x->user);
	if (!b)
		return;
	trace_note(server_world(s), s->iface, x->request, &fact_binding_stored, (uint64_t)(b->ends / SEC));
	server_ping_start(s);
}

static void server_bind(struct exchange *x)
{
	struct binding_marks marks = { .to_source = x->reply.rport, .natted = server_finds_nat(x) };
	uint32_t status =
		registrar_register(&x->server->registrar, now_of(x), x->user, x->request, x->view, marks);
	if (status == 200)
		note_binding(x);
	if (status == 403)
		trace_note(server_world(x->server), x->server->iface, x->request, &fact_bindings_full, x->server->profile->bindings.most);
	server_respond(x, status);
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
		s->owner->asked_register(s->owner, server_txns_try(&s->txns, x->txn, x->request));
	else
		server_respond(x, status);
}

static void server_register(struct exchange *x)
{
	uint32_t status = register_admitted(x);
	if (status != 200)
		server_respond(x, status);
	else if (x->server->owner)
		owner_register(x);
	else
		server_bind(x);
}

static void server_options_asked(struct exchange *x)
{
	struct server *s = x->server;
	if (s->owner && s->owner->asked_options)
		s->owner->asked_options(s->owner, server_txns_try(&s->txns, x->txn, x->request));
	else
		server_respond(x, 200);
}

static bool user_forced(const struct server *s, struct span user)
{
	const struct list *users = &s->profile->force_rport_for;
	for (uint32_t i = 0; i < users->n; i++)
		if (span_equal(user, SPAN(((const char *const *)users->items)[i])))
			return true;
	return false;
}

static bool begins_with(struct span text, const char *word)
{
	size_t len = strlen(word);
	return text.len >= len && !strncasecmp(text.at, word, len);
}

static bool agent_named(const struct server *s, struct span agent)
{
	const struct list *agents = &s->profile->force_rport_for_agents;
	for (uint32_t i = 0; i < agents->n; i++)
		if (begins_with(agent, ((const char *const *)agents->items)[i]))
			return true;
	return false;
}

static bool agent_forced(const struct server *s, const struct payload *m, const struct sip_view *v)
{
	struct slice agent;
	return s->profile->force_rport_for_agents.n && sip_find_header(m, v, "User-Agent", 0, &agent) &&
	       agent_named(s, slice_span(m, agent));
}

static void note_place(const struct exchange *x, const struct fact *what, struct endpoint e)
{
	trace_note(server_world(x->server), x->server->iface, x->request, what, (uint64_t)e.host << 16 | e.port);
}

/* What decides later: a Via that does not say where the request came from, and what the server makes of it. */
static void note_via(const struct exchange *x)
{
	struct via via = via_read(x->request->payload, x->view);
	struct endpoint by = { via.host, via.port ? via.port : SIP_PORT }, source = x->request->src;
	const struct via_reply *reply = &x->reply;
	if (via.numeric && !endpoint_equal(by, source))
		note_place(x, &fact_via_differs, by);
	if (x->server->profile->force_rport == FORCE_AUTO && reply->rule == &fact_rule_sent_by && by.port != source.port)
		note_place(x, &fact_not_forced, by);
	if (reply->received && reply->received != source.host)
		note_place(x, &fact_received_wrong, (struct endpoint){ reply->received, source.port });
}

static struct span asking_user(const struct payload *m, const struct sip_view *v)
{
	if (v->method == SIP_REGISTER)
		return slice_span(m, v->to_user);
	return slice_span(m, siptext_uri_user(m->bytes, siptext_uri(m->bytes, v->from)));
}

struct via_policy server_policy(const struct server *s, const struct packet *request, const struct sip_view *v)
{
	const struct payload *m = request->payload;
	return (struct via_policy){
		.rport = s->profile->rport,
		.force = s->profile->force_rport,
		.forced_user = user_forced(s, asking_user(m, v)) || agent_forced(s, m, v),
		.stamp = s->profile->received,
		.self = s->local.host,
	};
}

static void decide_reply(struct exchange *x)
{
	struct via_policy policy = server_policy(x->server, x->request, x->view);
	struct via via = via_read(x->request->payload, x->view);
	x->reply = via_reply_to(&via, x->request->src, &policy);
}

struct exchange server_exchange(struct server *s, const struct packet *request, const struct sip_view *v)
{
	struct exchange x = {
		.server = s, .request = request, .view = v, .txn = server_txns_key(&s->txns, request, v)
	};
	x.user = asking_user(request->payload, v);
	decide_reply(&x);
	return x;
}

/* What is cut short is refused here. */
static bool is_of_calls(const struct packet *request, const struct sip_view *v)
{
	return !sip_cut_short(request->payload, v) && v->method != SIP_REGISTER &&
	       (v->method != SIP_OPTIONS || v->to_tag.len);
}

static void refuse_cut_short(struct exchange *x)
{
	trace_note(server_world(x->server), x->server->iface, x->request, &fact_cut_short, 0);
	server_respond(x, 400);
}

static void server_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	if (!s->owner && is_of_calls(request, v) && s->calls->request(s, request, v))
		return;
	if (v->method == SIP_ACK)
		return;
	struct exchange x = server_exchange(s, request, v);
	if (server_txns_repeat(&s->txns, x.txn, request))
		return;
	note_via(&x);
	if (sip_cut_short(request->payload, v))
		refuse_cut_short(&x);
	else if (v->method == SIP_REGISTER && is_registrar(s))
		server_register(&x);
	else if (v->method == SIP_OPTIONS)
		server_options_asked(&x);
	else
		server_respond(&x, 405);
}

/* --- as a part of another device ------------------------------------------------------------------------ */

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
	struct exchange x = server_exchange(server_of_txn(t), &t->request, txn_view(t));
	if (status == 200 && x.view->method == SIP_REGISTER)
		server_bind(&x);
	else
		server_respond(&x, status);
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
	return registrar_would_hold(&s->registrar, world_now(server_world(s)), server_asked_user(t),
				    &t->request, txn_view(t));
}

bool server_has_bound(const struct server *s, struct span user)
{
	return registrar_first(&s->registrar, world_now(server_world(s)), user) != NULL;
}

/* --- the node ------------------------------------------------------------------------------------------- */

void server_take(struct server *s, const struct packet *p)
{
	struct world *w = server_world(s);
	if (s->profile->stun && stun_answer(s->iface, p))
		return;
	const struct sip_view *v = sip_view(w, p->payload);
	if (!v)
		sip_unread(s->iface, p);
	else if (v->request)
		server_request(s, p, v);
	else if (sip_cut_short(p->payload, v))
		trace_drop(w, s->iface, p, &fact_cut_short);
	else if (!client_txns_receive(&s->pings, w, p, v) && (s->owner || !s->calls->response(s, p, v)))
		trace_drop(w, s->iface, p, &fact_no_transaction);
}

struct endpoint server_calls_from(const struct server *s)
{
	struct endpoint from = s->profile->call_from;
	if (!from.host)
		return s->local;
	return (struct endpoint){ from.host, from.port ? from.port : SIP_PORT };
}

uint32_t server_media_host(const struct server *s)
{
	return s->profile->far_end.media_address ? s->profile->far_end.media_address : s->local.host;
}

static bool is_sip_port(const struct server *s, uint32_t port)
{
	return port == s->local.port || port == server_calls_from(s).port || port == s->profile->ping.from_port;
}

static void server_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct server *s = server_of(n);
	if (is_sip_port(s, p->dst.port))
		server_take(s, p);
	else if (!s->calls->media(s, p))
		port_closed(in, p, s->profile->icmp);
}

static void server_receive_error(struct node *n, struct iface *in, const struct packet *error)
{
	struct server *s = server_of(n);
	if (!s->profile->heeds_icmp)
		return;
	client_txns_error(&s->pings, in, error);
	s->calls->error(s, in, error);
}

static const struct node_ops server_ops = {
	.kind = "server",
	.receive = server_receive,
	.receive_error = server_receive_error,
};

/* A device by itself: a node on the network. */
static void become_node(struct server *s, struct world *w, const struct server_setup *setup)
{
	node_init(&s->node, w, &server_ops, setup->name, 0);
	s->own = (struct iface){ .node = &s->node, .wire = setup->wire };
	s->iface = &s->own;
	network_attach(setup->network, &s->own, setup->address);
	if (setup->profile->call_from.host)
		network_attach(setup->network, &s->own, server_calls_from(s));
	if (setup->profile->ping.from_port)
		network_attach(setup->network, &s->own, (struct endpoint){ s->local.host, setup->profile->ping.from_port });
}

/* Two servers of one device draw from streams of their own. */
static void become_part(struct server *s, struct server_owner *owner)
{
	s->owner = owner;
	s->iface = owner->iface;
	s->ids = stream_sub(s->ids, s->local.port);
}

static const struct server_calls *const calls[] = {
	[SERVER_PBX] = &server_pbx, [SERVER_PROXY] = &server_proxy
};

struct server *server_new(struct world *w, const struct server_setup *setup)
{
	const struct server_profile *profile = setup->profile;
	struct server *s = arena_alloc(w->arena, sizeof *s);
	s->profile = profile;
	s->calls = calls[profile->kind];
	s->pins = setup->pins;
	s->domain = setup->domain;
	s->local = setup->address;
	s->ids = stream_named(w->setup.seed, setup->name, 0, "ids");
	if (setup->owner)
		become_part(s, setup->owner);
	else
		become_node(s, w, setup);
	registrar_init(&s->registrar, w->arena, setup->users, &profile->expires);
	registrar_limit(&s->registrar, &profile->bindings);
	server_txns_init(&s->txns, s->iface);
	if (profile->kind == SERVER_PROXY && !setup->owner)
		far_end_new(s, setup);
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
	s->calls->forget(s); /* before the transactions, of which it lets go */
	server_txns_forget(&s->txns);
	registrar_forget(&s->registrar);
	s->booted = world_now(server_world(s));
}

void server_restart(struct server *s)
{
	struct world *w = server_world(s);
	trace_note(w, s->iface, NULL, &fact_server_restarted, 0);
	for (struct keyed_link *l = s->pings.waiting.first; l; l = l->next)
		trace_note_story(w, s->iface, CONTAINER(l, struct client_txn, link)->request.story, &fact_options_failed, 0);
	server_forget(s);
}
