/*
 * Reading messages with libosip2: the only file that knows it.
 *
 * libosip2 copies every value into pieces of its own, so a view's places come from our scan of the same bytes and its
 * values are compared with libosip2's. What libosip2 refuses is malformed; what the two read differently is refused too.
 */
#include "models/sip.h"

#include <osipparser2/osip_parser.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/keepalive.h"
#include "models/sip_move.h"
#include "models/sip_shared.h"

const struct fact fact_response_too_large = { "response-too-large", "its {value} fits in no datagram", "RFC 3261 18.1.1" };
const struct fact fact_malformed = { "malformed", "not a SIP message", "RFC 3261 7" };
const struct fact fact_cut_short = { "cut-short", "its body is shorter than its Content-Length says", "RFC 3261 18.3" };

/*
 * libosip2 makes some hundred pieces per message and has one allocator per process. While a message is read on this
 * thread, pieces come one behind the other from the world's scratch memory, and nothing is given back on its own.
 */
struct bump {
	char *base;
	size_t at, size;
};
static _Thread_local struct bump bump;

#define PIECE_ALIGN 16u

static void *bump_malloc(size_t size)
{
	size_t need = (size + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN + PIECE_ALIGN;
	if (bump.size - bump.at < need)
		return NULL;
	char *piece = bump.base + bump.at;
	bump.at += need;
	memcpy(piece, &size, sizeof size); /* for realloc */
	return piece + PIECE_ALIGN;
}

static void *bump_realloc(void *old, size_t size)
{
	size_t had = 0;
	if (old)
		memcpy(&had, (char *)old - PIECE_ALIGN, sizeof had);
	void *piece = bump_malloc(size);
	if (piece && had)
		memcpy(piece, old, had < size ? had : size);
	return piece;
}

static void bump_free(void *piece)
{
	(void)piece;
}

/* Left alone, libosip2 complains of malformed messages on stdout, with the wall clock's time. */
static void say_nothing(const char *file, int line, osip_trace_level_t level, const char *format, va_list args)
{
	(void)file, (void)line, (void)level, (void)format, (void)args;
}

void sip_process_setup(void)
{
	osip_set_allocators(bump_malloc, bump_realloc, bump_free);
	static char setup[64u << 10]; /* parser_init() keeps nothing that outlives it, but may ask for memory */
	bump = (struct bump){ setup, 0, sizeof setup };
	parser_init();
	osip_trace_initialize_func(TRACE_LEVEL0, say_nothing);
	bump = (struct bump){ 0 };
}

void sip_setup(struct world *w, bool parse_all)
{
	struct sip_shared *shared = arena_alloc(w->arena, sizeof *shared);
	shared->builder = arena_alloc_raw(w->arena, sizeof *shared->builder);
	shared->memo = arena_alloc_raw(w->arena, sizeof *shared->memo);
	digest_memo_init(shared->memo);
	shared->parse_all = parse_all;
	pool_init(&shared->client_txns, w->arena, sizeof(struct client_txn));
	pool_init(&shared->server_txns, w->arena, sizeof(struct server_txn));
	invite_pools_init(shared, w->arena);
	ua_pools_init(shared, w->arena);
	talk_pools_init(shared, w->arena);
	w->shared = shared;
}

/* Room for one message: libosip2 takes 3 KB for a REGISTER, far less than 64 times its size. */
static void scratch_begin(struct world *w, size_t message)
{
	struct sip_shared *shared = sip_shared(w);
	size_t need = (32u << 10) + 64 * message;
	if (shared->scratch_size < need) {
		if (need < 2 * shared->scratch_size)
			need = 2 * shared->scratch_size; /* the old one is lost to the arena */
		shared->scratch = arena_alloc_raw(w->arena, need);
		shared->scratch_size = need;
	}
	bump = (struct bump){ shared->scratch, 0, shared->scratch_size };
}

static osip_message_t *osip_read_text(const char *text, size_t len)
{
	osip_message_t *m = NULL;
	if (osip_message_init(&m) != OSIP_SUCCESS || osip_message_parse(m, text, len) != OSIP_SUCCESS)
		return NULL;
	return m;
}

/*
 * It refuses a message that is cut short before it has looked at anything else: it gets the headers, without the one that
 * promises more.
 */
static osip_message_t *osip_read_headers(const struct payload *p, const struct sip_view *v)
{
	char *text = bump_malloc(v->body_at);
	uint32_t from, at = v->headers_at;
	struct header_line h;
	do
		from = at;
	while (siptext_header(p->bytes, v->body_at, &at, &h) && !siptext_named(p->bytes, h.name, "Content-Length", 'l'));
	memcpy(text, p->bytes, from);
	memcpy(text + from, p->bytes + at, (size_t)v->body_at - at);
	return osip_read_text(text, from + ((size_t)v->body_at - at));
}

static osip_message_t *osip_read(struct world *w, const struct payload *p, const struct sip_view *v)
{
	scratch_begin(w, p->len);
	return sip_cut_short(p, v) ? osip_read_headers(p, v) : osip_read_text(p->bytes, p->len);
}

static bool same(const struct payload *p, struct slice s, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	return s.len == len && (len == 0 || !memcmp(slice_at(p, s), text, len));
}

static const char *param(osip_list_t *params, const char *name)
{
	osip_generic_param_t *found = NULL;
	char key[16]; /* it wants to be able to write there */
	memcpy(key, name, strlen(name) + 1);
	osip_generic_param_get_byname(params, key, &found);
	return found ? found->gvalue : NULL;
}

static bool same_start(osip_message_t *m, const struct payload *p, const struct sip_view *v)
{
	char *uri = NULL;
	if (!v->request)
		return !MSG_IS_REQUEST(m) && m->status_code == v->status;
	if (!MSG_IS_REQUEST(m))
		return false;
	if (v->method != SIP_OTHER && strcmp(m->sip_method, sip_method_name((enum sip_method)v->method)) != 0)
		return false;
	return osip_uri_to_str(m->req_uri, &uri) == OSIP_SUCCESS && same(p, v->uri, uri);
}

/* The host of a Via; libosip2 takes the brackets off an IPv6 reference. */
static bool same_host(const struct payload *p, struct slice host, const char *text)
{
	bool brackets = host.len >= 2 && slice_at(p, host)[0] == '[';
	return same(p, brackets ? (struct slice){ (uint16_t)(host.at + 1), (uint16_t)(host.len - 2) } : host, text);
}

static bool same_via(osip_message_t *m, const struct payload *p, const struct sip_view *v)
{
	osip_via_t *via = NULL;
	if (osip_message_get_via(m, 0, &via) < 0 || !via)
		return false;
	bool port = v->via_port == SIP_ABSENT ? !via->port : via->port && strtoul(via->port, NULL, 10) == v->via_port;
	return port && same_host(p, v->via_host, via->host) &&
	       same(p, v->via_branch, param(&via->via_params, "branch")) &&
	       same(p, v->via_received, param(&via->via_params, "received")) &&
	       same(p, v->via_rport_value, param(&via->via_params, "rport"));
}

/* It takes "number@host" apart. */
static bool same_call_id(const struct payload *p, struct slice s, const osip_call_id_t *id)
{
	const char *at = id->host ? memchr(slice_at(p, s), '@', s.len) : NULL;
	uint16_t number = at ? (uint16_t)(at - slice_at(p, s)) : s.len;
	if (!at != !id->host || !same(p, (struct slice){ s.at, number }, id->number))
		return false;
	return !at || same(p, (struct slice){ (uint16_t)(s.at + number + 1), (uint16_t)(s.len - number - 1) }, id->host);
}

static bool same_call(osip_message_t *m, const struct payload *p, const struct sip_view *v)
{
	if (!m->from || !m->to || !m->call_id || !m->cseq || !m->cseq->number)
		return false;
	return same(p, v->from_tag, param(&m->from->gen_params, "tag")) &&
	       same(p, v->to_tag, param(&m->to->gen_params, "tag")) &&
	       same_call_id(p, v->call_id, m->call_id) &&
	       strtoul(m->cseq->number, NULL, 10) == v->cseq;
}

static bool same_length(osip_message_t *m, const struct sip_view *v)
{
	if (v->content_length == SIP_ABSENT)
		return true;
	return m->content_length && m->content_length->value &&
	       strtoul(m->content_length->value, NULL, 10) == v->content_length;
}

/* It passes over a body of no type, and takes apart one of several parts. */
static bool same_body(osip_message_t *m, const struct payload *p, const struct sip_view *v)
{
	osip_body_t *body = NULL;
	struct span ours = sip_body(p, v);
	if (!m->content_type || !m->content_type->type || !strcasecmp(m->content_type->type, "multipart"))
		return true;
	osip_message_get_body(m, 0, &body);
	return span_equal(ours, body ? (struct span){ body->body, body->length } : (struct span){ 0 });
}

/* Both readings of a message, part by part. */
static bool same_reading(osip_message_t *m, const struct payload *p, const struct sip_view *v)
{
	return same_start(m, p, v) && same_via(m, p, v) && same_call(m, p, v) &&
	       (sip_cut_short(p, v) || (same_length(m, v) && same_body(m, p, v)));
}

const struct sip_view *sip_view(struct world *w, struct payload *p)
{
	struct sip_view *v = (struct sip_view *)(void *)p->slot;
	if (p->viewed)
		return v;
	if (p->built) {
		p->viewed = sip_scan(p->bytes, p->len, v);
		return p->viewed ? v : NULL;
	}
	if (!p->scanned && (p->len == 0 || !sip_scan(p->bytes, p->len, v)))
		return NULL;
	osip_message_t *m = osip_read(w, p, v);
	if (!m || !same_reading(m, p, v))
		return NULL;
	p->scanned = p->viewed = true;
	return v;
}

void sip_take_along(struct world *w, const struct sip_view *before, struct payload *after)
{
	struct sip_view *v = (struct sip_view *)(void *)after->slot, scanned;
	after->scanned = sip_view_moved(before, after, v);
	if (after->scanned && sip_shared(w)->parse_all)
		assert(sip_scan(after->bytes, after->len, &scanned) && sip_view_equal(v, &scanned) &&
		       "a view has moved to where a reader finds something else");
}

struct payload *sip_built(struct payload_pools *pools, const char *bytes, size_t len)
{
	struct payload *p = payload_new(pools, len);
	memcpy(p->bytes, bytes, len);
	p->built = true;
	return p;
}

void sip_unread(const struct iface *at, const struct packet *p)
{
	if (!is_keepalive(p->payload))
		trace_drop(at->node->world, at, p, &fact_malformed);
}

static bool same_auth(const struct sip_auth *a, const struct sip_auth *b)
{
	return !memcmp(a, b, offsetof(struct sip_auth, algorithm)) && a->digest == b->digest &&
	       (!a->digest || a->algorithm == b->algorithm) && a->qop_auth == b->qop_auth && a->stale == b->stale;
}

bool sip_view_equal(const struct sip_view *a, const struct sip_view *b)
{
	return a->request == b->request && a->method == b->method && a->status == b->status &&
	       a->via_rport == b->via_rport && a->via_more == b->via_more && a->contact_more == b->contact_more &&
	       a->auth_more == b->auth_more && a->proxy_auth == b->proxy_auth && a->headers_at == b->headers_at &&
	       a->body_at == b->body_at && a->via_numeric == b->via_numeric && a->via_address == b->via_address && a->via_port == b->via_port && a->cseq == b->cseq && a->expires == b->expires &&
	       a->contact_expires == b->contact_expires && a->min_expires == b->min_expires &&
	       a->content_length == b->content_length && same_auth(&a->credentials, &b->credentials) &&
	       /* the slices stand one behind the other without padding */
	       !memcmp(a, b, offsetof(struct sip_view, credentials));
}

void sip_compare(struct world *w, struct payload *p, const struct sip_view *built)
{
	struct sip_view scanned;
	assert(sip_scan(p->bytes, p->len, &scanned));
	osip_message_t *m = osip_read(w, p, &scanned);
	assert(m && "libosip2 refuses a message that was built here");
	assert(sip_view_equal(built, &scanned) && "the builder's view is not what a reader finds");
	assert(same_reading(m, p, &scanned) && "libosip2 reads a message that was built here differently");
}

bool slice_equal(const struct payload *p, struct slice a, const struct payload *q, struct slice b)
{
	return a.len == b.len && !memcmp(slice_at(p, a), slice_at(q, b), a.len);
}
