#include "models/server.h"

#include <string.h>
#include <strings.h>

#include "models/digest.h"
#include "models/phone.h"
#include "models/registrar.h"
#include "models/sip_shared.h"
#include "models/txn.h"
#include "models/via.h"

const struct fact fact_options_answered = { "options-answered", "OPTIONS was answered {value}", NULL };
const struct fact fact_options_failed = { "options-failed", "OPTIONS was not answered", "RFC 3261 8.1.3.1" };
const struct fact fact_wrong_password = { "wrong-password", "the digest response does not fit the password", "RFC 3261 22.4" };
const struct fact fact_via_differs = { "via-differs", "Via still {endpoint}", "RFC 3261 18.2.1" };
const struct fact fact_binding_stored = { "binding-stored", "bound until {value} s", "RFC 3261 10.3" };

struct server {
	struct node node;
	struct iface iface;
	const struct server_profile *profile;
	const struct pins *pins;
	const char *domain, *realm;
	struct endpoint local;
	struct registrar registrar;
	struct server_txns txns;
	struct client_txns pings;
	struct stream ids;
	uint32_t tags, nonces, branches;
};

enum purpose { IDS_TAG, IDS_NONCE, IDS_BRANCH, IDS_CALL_ID };

static struct server *server_of(struct node *n)
{
	return CONTAINER(n, struct server, node);
}

static struct stream ids(const struct server *s, enum purpose purpose)
{
	return stream_sub(s->ids, purpose);
}

/* One request on its way to its response. */
struct exchange {
	struct server *server;
	const struct packet *request;
	const struct sip_view *view;
	struct span user; /* of the address of record, from To */
	struct via_reply reply;
	bool stale; /* the credentials' nonce was too old */
};

static usec now_of(const struct exchange *x)
{
	return world_now(x->server->node.world);
}

/* --- nonces ------------------------------------------------------------------------------------------------------ */

/* A nonce is its time and a signature, so that the server keeps none of them (RFC 2617 3.2.1). */
#define NONCE_TIME 12 /* digits: as far as the clock goes */
#define NONCE_SIGN 16
#define NONCE_LEN  (NONCE_TIME + NONCE_SIGN)

static const struct list *pinned_nonces(const struct server *s)
{
	return s->pins ? &s->pins->nonce : NULL;
}

static void nonce_print(const struct server *s, usec at, char text[static NONCE_LEN])
{
	for (int i = 0; i < NONCE_TIME; i++)
		text[i] = "0123456789abcdef"[(uint64_t)at >> 4 * (NONCE_TIME - 1 - i) & 15];
	stream_hex(ids(s, IDS_NONCE), (uint64_t)at, text + NONCE_TIME, NONCE_SIGN);
}

static size_t nonce_write(struct server *s, char text[static ID_TEXT_MAX])
{
	const struct list *pins = pinned_nonces(s);
	if (pins && s->nonces < pins->n)
		return id_write(pins, s->ids, s->nonces++, 16, text);
	nonce_print(s, world_now(s->node.world), text);
	return NONCE_LEN;
}

static bool nonce_pinned(const struct server *s, struct span nonce)
{
	const struct list *pins = pinned_nonces(s);
	for (uint32_t i = 0; pins && i < pins->n; i++) {
		const char *pin = ((const char *const *)pins->items)[i];
		if (span_equal(nonce, SPAN(pin)))
			return true;
	}
	return false;
}

static bool nonce_time(struct span nonce, usec *at)
{
	uint64_t time = 0;
	for (int i = 0; i < NONCE_TIME; i++) {
		char c = nonce.at[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		time = time << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*at = (usec)time;
	return true;
}

static bool nonce_fresh(const struct server *s, struct span nonce)
{
	char expected[NONCE_LEN];
	usec at, now = world_now(s->node.world);
	if (nonce_pinned(s, nonce))
		return true;
	if (nonce.len != NONCE_LEN || !nonce_time(nonce, &at) || at > now)
		return false;
	nonce_print(s, at, expected);
	return !memcmp(expected, nonce.at, NONCE_LEN) && now - at <= s->profile->nonce_lifetime;
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

static enum digest_algorithm server_algorithm(const struct server *s)
{
	return s->profile->auth == SERVER_AUTH_SHA_256 ? DIGEST_SHA_256 : DIGEST_MD5;
}

static bool credentials_fit(const struct exchange *x, const struct sip_auth *said)
{
	const struct server *s = x->server;
	const struct payload *m = x->request->payload;
	char expected[DIGEST_HEX_MAX];
	struct digest_input in = {
		.algorithm = server_algorithm(s),
		.username = slice_span(m, said->username),
		.realm = SPAN(s->realm),
		.password = SPAN(s->profile->password),
		.method = SPAN(sip_method_name((enum sip_method)x->view->method)),
		.uri = slice_span(m, said->uri),
		.nonce = slice_span(m, said->nonce),
		.qop_auth = said->qop_auth,
		.nc = slice_span(m, said->nc),
		.cnonce = slice_span(m, said->cnonce),
	};
	size_t len = digest_response(sip_shared(s->node.world)->memo, &in, expected);
	return said->algorithm == in.algorithm && span_equal(in.username, x->user) &&
	       span_equal(slice_span(m, said->response), (struct span){ expected, len });
}

/* 200: the request is who it says; otherwise the status to refuse it with. */
static uint32_t authenticate(struct exchange *x)
{
	const struct server_profile *profile = x->server->profile;
	uint32_t challenge = profile->challenge == CHALLENGE_407 ? 407 : 401;
	const struct sip_auth *said = &x->view->credentials;
	if (profile->auth == SERVER_AUTH_NONE)
		return 200;
	if (!said->digest) {
		registrar_expect(&x->server->registrar, x->user);
		return challenge;
	}
	if (!nonce_fresh(x->server, slice_span(x->request->payload, said->nonce))) {
		x->stale = true;
		return challenge;
	}
	if (credentials_fit(x, said))
		return 200;
	trace_note(x->server->node.world, &x->server->iface, x->request, &fact_wrong_password, 0);
	return profile->bad_credentials == BAD_CREDENTIALS_FORBID ? 403 : challenge;
}

/* --- responses --------------------------------------------------------------------------------------------------- */

static struct slice put_text(struct sip_builder *b, const char *text, size_t len)
{
	uint32_t from = b->len;
	sip_put(b, text, len);
	return sip_since(b, from);
}

static void put_challenge(struct sip_builder *b, struct exchange *x)
{
	struct server *s = x->server;
	bool proxy = b->view.status == 407;
	char nonce[ID_TEXT_MAX];
	if (b->view.status != 401 && !proxy)
		return;
	size_t len = nonce_write(s, nonce);
	sip_begin_header(b, proxy ? "Proxy-Authenticate" : "WWW-Authenticate");
	uint32_t from = b->len;
	struct sip_auth *said = &b->view.credentials;
	*said = (struct sip_auth){
		.digest = true,
		.algorithm = (uint8_t)server_algorithm(s),
		.qop_auth = s->profile->qop,
		.stale = x->stale,
	};
	sip_puts(b, "Digest nonce=\"");
	said->nonce = put_text(b, nonce, len);
	sip_puts(b, "\",algorithm=");
	sip_puts(b, digest_name(server_algorithm(s)));
	sip_puts(b, ",realm=\"");
	said->realm = put_text(b, s->realm, strlen(s->realm));
	sip_put(b, "\"", 1);
	if (s->profile->qop)
		sip_puts(b, ",qop=\"auth\"");
	if (x->stale)
		sip_puts(b, ",stale=true");
	b->view.auth = sip_since(b, from);
	b->view.proxy_auth = proxy;
	sip_end_header(b);
}

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
	uint32_t left = binding_left(binding, world_now(s->node.world));
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
	b->view.min_expires = s->registrar.expires_min;
	sip_number_header(b, "Min-Expires", s->registrar.expires_min);
}

static void put_to(struct sip_builder *b, struct exchange *x)
{
	struct server *s = x->server;
	char tag[ID_TEXT_MAX];
	size_t len = id_write(s->pins ? &s->pins->tag : NULL, ids(s, IDS_TAG), s->tags++, 10, tag);
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
		put_challenge(b, x);
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
	struct sip_builder *b = sip_response(s->node.world, status, (enum sip_method)x->view->method);
	const uint8_t *order = s->profile->header_order.items;
	for (uint32_t i = 0; i < s->profile->header_order.n; i++)
		put_header(b, x, (enum sip_header)order[i]);
	return sip_finish(b);
}

static void respond(struct exchange *x, uint32_t status)
{
	struct server *s = x->server;
	struct payload *payload = response_build(x, status);
	struct packet response = {
		.parent = x->request->id,
		.story = x->request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = s->local,
		.dst = x->reply.to,
		.label = sip_label(sip_view(s->node.world, payload)),
		.rule = x->reply.rule,
		.payload = payload,
	};
	server_txns_answer(&s->txns, &response);
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

static uint32_t register_status(struct exchange *x)
{
	const struct payload *m = x->request->payload;
	if (!domain_served(x, slice_span(m, x->view->to_host)))
		return 404;
	uint32_t status = authenticate(x);
	if (status != 200)
		return status;
	return registrar_register(&x->server->registrar, now_of(x), x->user, x->request, x->view);
}

static void note_binding(const struct exchange *x)
{
	struct server *s = x->server;
	const struct binding *b = registrar_first(&s->registrar, now_of(x), x->user);
	if (b)
		trace_note(s->node.world, &s->iface, x->request, &fact_binding_stored, (uint64_t)(b->ends / SEC));
}

static void server_register(struct exchange *x)
{
	uint32_t status = register_status(x);
	if (status == 200)
		note_binding(x);
	respond(x, status);
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
static void note_via(const struct exchange *x, const struct via *via)
{
	struct server *s = x->server;
	struct endpoint by = { via->host, via->port ? via->port : 5060 };
	if (via->numeric && !endpoint_equal(by, x->request->src))
		trace_note(s->node.world, &s->iface, x->request, &fact_via_differs, (uint64_t)by.host << 16 | by.port);
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
	note_via(x, &via);
}

static void server_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	const struct payload *m = request->payload;
	struct exchange x = { .server = s, .request = request, .view = v };
	if (v->method == SIP_ACK || server_txns_repeat(&s->txns, request, v))
		return;
	x.user = slice_span(m, v->to_user);
	decide_reply(&x);
	if (v->method == SIP_REGISTER)
		server_register(&x);
	else
		respond(&x, v->method == SIP_OPTIONS ? 200 : 405);
}

/* --- OPTIONS ----------------------------------------------------------------------------------------------------- */

static void ping_done(struct client_txn *t, const struct packet *response)
{
	struct server *s = t->user;
	struct world *w = s->node.world;
	if (response)
		trace_note(w, &s->iface, response, &fact_options_answered, sip_view(w, response->payload)->status);
	else
		trace_note_story(w, &s->iface, t->request.story, &fact_options_failed, 0);
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
	char tag[16];
	stream_hex(ids(s, IDS_TAG), s->tags++, tag, 10);
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	sip_puts(b, "<sip:");
	sip_puts(b, s->domain);
	sip_puts(b, ">;tag=");
	uint32_t at = b->len;
	sip_put(b, tag, 10);
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
	char id[16];
	stream_hex(ids(s, IDS_CALL_ID), s->branches, id, sizeof id);
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_put(b, id, sizeof id);
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

static struct payload *ping_build(struct server *s, const struct binding *binding)
{
	char branch[7 + 12] = "z9hG4bK";
	struct sip_builder *b = sip_request(s->node.world, SIP_OPTIONS);
	put_stored_uri(b, s, binding);
	sip_end_request_line(b);
	stream_hex(ids(s, IDS_BRANCH), s->branches, branch + 7, 12);
	via_put_own(b, s->local.host, s->local.port, branch, sizeof branch, false);
	sip_puts(b, "Max-Forwards: 70\r\n");
	put_ping_from(b, s);
	put_ping_to(b, s, binding);
	put_ping_call_id(b, s);
	sip_cseq_header(b, 1);
	sip_text_header(b, "User-Agent", s->profile->user_agent);
	sip_no_body_header(b);
	s->branches++;
	return sip_finish(b);
}

static void ping_send(struct server *s, const struct binding *binding, struct endpoint to, uint32_t story)
{
	static const struct txn_timers timers = { .t1 = T1, .t2 = T2, .t4 = T4, .max_retransmits = UINT32_MAX };
	struct packet packet = {
		.story = story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = s->local,
		.dst = to,
		.label = sip_method_name(SIP_OPTIONS),
		.payload = ping_build(s, binding),
	};
	client_txn_start(&s->pings, &s->iface, &packet, &timers, s, ping_done);
}

void server_options(struct server *s, const char *user, size_t len, uint32_t story)
{
	struct world *w = s->node.world;
	const struct binding *b = registrar_first(&s->registrar, world_now(w), (struct span){ user, len });
	struct endpoint to;
	if (b && binding_target(s, b, &to))
		ping_send(s, b, to, story);
	else
		trace_note_story(w, &s->iface, story, &fact_options_failed, 0);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

static void server_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct server *s = server_of(n);
	if (p->dst.port != s->local.port) {
		trace_drop(n->world, in, p, &fact_port_closed);
		return;
	}
	const struct sip_view *v = sip_view(n->world, p->payload);
	if (!v)
		trace_drop(n->world, in, p, &fact_malformed);
	else if (v->request)
		server_request(s, p, v);
	else if (!client_txns_receive(&s->pings, n->world, p, v))
		trace_drop(n->world, in, p, &fact_no_transaction);
}

static const struct node_ops server_ops = { .kind = "server", .receive = server_receive };

struct server *server_new(struct world *w, const struct server_setup *setup)
{
	const struct server_profile *profile = setup->profile;
	struct server *s = arena_alloc(w->arena, sizeof *s);
	node_init(&s->node, w, &server_ops, setup->name, setup->member);
	s->iface = (struct iface){ .node = &s->node, .wire = setup->wire };
	network_attach(setup->network, &s->iface, (struct endpoint){ setup->address.host, setup->address.port });
	s->profile = profile;
	s->pins = setup->pins;
	s->domain = setup->domain;
	s->realm = profile->realm ? profile->realm : setup->domain;
	s->local = setup->address;
	s->ids = stream_named(w->setup.seed, setup->name, setup->member, "ids");
	registrar_init(&s->registrar, w->arena, setup->users, profile->expires_default, profile->expires_min, profile->expires_max);
	server_txns_init(&s->txns, &s->iface);
	return s;
}

struct node *server_node(struct server *s)
{
	return &s->node;
}
