/*
 * SIP messages: the bytes on the wire are the truth; everybody reads them through one small view.
 *
 * A message built here brings its view from the builder, which knows where it put things. A message from elsewhere is
 * read by libosip2, whose word is final on what is malformed, and scanned for the places; where an ALG has rewritten one,
 * the places of what it was move along instead, if libosip2 then reads the same there. The view belongs to the
 * shared payload, so a message crossing hops unchanged is never read twice.
 */
#ifndef MODELS_SIP_H
#define MODELS_SIP_H

#include <assert.h>
#include <string.h>

#include "models/header.h"
#include "models/siptext.h"
#include "sim/world.h"

enum sip_method { SIP_REGISTER, SIP_OPTIONS, SIP_INVITE, SIP_ACK, SIP_BYE, SIP_CANCEL, SIP_OTHER, SIP_METHODS };

#define SIP_ABSENT UINT32_MAX

/** What a challenge or credentials say: algorithm and flags, and where the rest is; see digest.h. */
struct sip_auth {
	struct slice realm, nonce, opaque, username, uri, response, cnonce, nc;
	uint8_t algorithm; /* enum digest_algorithm */
	bool digest;	   /* the scheme is Digest and there is a nonce */
	bool qop_auth, stale;
};

/** Where things are in a message. Slices are empty and numbers SIP_ABSENT when a header is not there. */
struct sip_view {
	/* places */
	struct slice uri;  /* Request-URI */
	struct slice via;  /* value of the top Via */
	struct slice via_host, via_branch, via_received, via_maddr; /* inside it; received: its value */
	struct slice via_rport_value, via_rport_at; /* the value; the whole parameter, "rport" or "rport=5060" */
	struct slice from, from_tag, to, to_tag;
	struct slice to_user, to_host; /* of the URI in To: the address of record of a REGISTER */
	struct slice call_id;
	struct slice contact, contact_uri; /* the first Contact's value; the URI inside it */
	struct slice auth;		   /* value of the first challenge or credentials */
	struct sip_auth credentials;	   /* read from it */
	/* numbers */
	uint32_t via_address; /* via_host as an IPv4 address, when via_numeric */
	uint32_t via_port; /* SIP_ABSENT: none was written */
	uint32_t cseq, expires, contact_expires, min_expires, content_length;
	uint16_t status;     /* responses */
	uint16_t headers_at; /* where the first header begins */
	uint16_t body_at;    /* where the body begins */
	uint8_t method;      /* of the request, or of the response's CSeq */
	bool request;
	bool via_numeric;    /* via_host is an address, not a name */
	bool via_rport;	     /* the top Via has an rport parameter */
	bool via_more;	     /* there are Vias below the top one */
	bool contact_more;   /* there are Contacts behind the first one */
	bool auth_more;	     /* there are challenges or credentials behind the first ones */
	bool proxy_auth;     /* auth is Proxy-Authorization or Proxy-Authenticate */
};

/**
 * The view of a payload; NULL when it is no SIP message (RFC 3261 7, as far as libosip2 sees it) or lacks one of Via, From,
 * To, Call-ID, CSeq. Lives as long as the payload.
 */
const struct sip_view *sip_view(struct world *w, struct payload *p);

/** A Contact of a message: for how long it asks or is granted, by its own parameter or else by Expires (RFC 3261 10.2.1.1). */
struct sip_contact {
	struct slice element, uri;
	uint32_t expires; /* SIP_ABSENT: neither says it */
};

/** A walk along a list of values that may stand in one header or in many of the same name; begins with nothing but zeros. */
struct sip_elements {
	uint32_t at, in;
	struct slice value;
};
bool sip_next_element(const struct payload *p, const struct sip_view *v, const char *name, char compact,
		      struct sip_elements *walk, struct slice *element);

/** A walk along all Contacts of a message; begins with nothing but zeros. */
struct sip_contacts {
	uint32_t n; /* met so far */
	struct sip_elements elements;
};
bool sip_next_contact(const struct payload *p, const struct sip_view *v, struct sip_contacts *walk, struct sip_contact *c);

/** The value of the first header of this name (`compact`: its one-letter form, 0: none). False when there is none. */
bool sip_find_header(const struct payload *p, const struct sip_view *v, const char *name, char compact, struct slice *value);

/** The body, as far as Content-Length lets it; without one up to the end (RFC 3261 18.3). Lives as long as the payload. */
static inline struct span sip_body(const struct payload *p, const struct sip_view *v)
{
	size_t rest = (size_t)p->len - v->body_at;
	return (struct span){ p->bytes + v->body_at, rest < v->content_length ? rest : v->content_length };
}

/**
 * Does Content-Length promise more than there is? Whoever gets a response or an ACK like that drops it; another request is
 * answered 400 (RFC 3261 18.3).
 */
static inline bool sip_cut_short(const struct payload *p, const struct sip_view *v)
{
	return v->content_length != SIP_ABSENT && v->content_length > (uint32_t)p->len - v->body_at;
}

/** What arrived at `at` has no view: a keepalive, which is let go without a word, or no SIP message, which is dropped. */
void sip_unread(const struct iface *at, const struct packet *p);

extern const struct fact fact_malformed;

/** Why what is cut short is dropped, and a note on a request that is answered 400 for it. */
extern const struct fact fact_cut_short;

/** A note on a request whose answer, of this status, fits in no datagram. */
extern const struct fact fact_response_too_large;

/** A payload of bytes that were built here before. Whoever looks has them scanned: libosip2 is not asked again. */
struct payload *sip_built(struct payload_pools *pools, const char *bytes, size_t len);

/** What all devices of a world share; made by sip_setup(), kept in world->shared. */
struct sip_shared;

/**
 * `parse_all`: every message built here is also read by libosip2 and both views are compared; a difference is a bug
 * and ends the program.
 */
void sip_setup(struct world *w, bool parse_all);

/** Once per process, before any thread: prepares libosip2 and points its allocator at thread-local memory. */
void sip_process_setup(void);

#define SIP_ROOM 256 /* bytes that can be printed in place, even behind a message of the largest size */

/** A message in the making; one per world, begun with sip_request() or sip_response(). */
struct sip_builder {
	struct world *world;
	struct sip_view view;
	uint32_t len;
	bool full;    /* something did not fit: sip_finish() gives nothing */
	bool foreign; /* answers a message from outside, and repeats what that one got wrong */
	const char *body_type; /* "application/sdp", until it is written; NULL: no body */
	struct span body;
	struct {
		uint32_t host;
		uint32_t len; /* 0: none yet */
		char text[HOST_TEXT_MAX];
	} last; /* address that was printed: most messages name one several times */
	char bytes[PAYLOAD_MAX + SIP_ROOM];
};

/** "METHOD "; the caller appends the Request-URI and then calls sip_end_request_line(). */
struct sip_builder *sip_request(struct world *w, enum sip_method method);
void sip_end_request_line(struct sip_builder *b);

/** A status line with the usual reason phrase. */
struct sip_builder *sip_response(struct world *w, uint32_t status, enum sip_method method);

/** A message that will be made of the text of another one; ended with sip_finish_text(). */
struct sip_builder *sip_text(struct world *w);

/** Appends what fits in a datagram. Profiles cannot fill one, but a request to be answered or many bindings can. */
static inline __attribute__((always_inline)) void sip_put(struct sip_builder *b, const char *bytes, size_t len)
{
	if (RARELY(b->len + len > PAYLOAD_MAX)) {
		b->full = true;
		return;
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += (uint32_t)len;
}

/** Room for at most `len` (up to SIP_ROOM) bytes at the end; whoever prints there says sip_printed(). */
static inline char *sip_room(struct sip_builder *b, size_t len)
{
	assert(b->len + len <= sizeof b->bytes);
	return b->bytes + b->len;
}

static inline void sip_printed(struct sip_builder *b, size_t len)
{
	if (RARELY(b->len + len > PAYLOAD_MAX))
		b->full = true;
	else
		b->len += (uint32_t)len;
}

static inline __attribute__((always_inline)) void sip_puts(struct sip_builder *b, const char *text)
{
	sip_put(b, text, strlen(text));
}

void sip_put_number(struct sip_builder *b, uint64_t number);
void sip_put_endpoint(struct sip_builder *b, struct endpoint e, bool with_port);

/** Replaces `old` bytes at position `at` by others; what stands behind moves. */
void sip_splice(struct sip_builder *b, uint32_t at, uint32_t old, const char *bytes, size_t len);

/** What was appended since position `from`. */
struct slice sip_since(const struct sip_builder *b, uint32_t from);

/** Appends "Name: " of a header, whose name is a literal; sip_end_header() appends the line's end. */
#define sip_begin_header(b, name) sip_puts(b, name ": ")

static inline __attribute__((always_inline)) void sip_end_header(struct sip_builder *b)
{
	sip_put(b, "\r\n", 2);
}

/** A whole header from a text; nothing when the text is NULL or empty. The name is a literal. */
#define sip_text_header(b, name, text) sip_put_line(b, SPAN(name ": "), text)
void sip_put_line(struct sip_builder *b, struct span name, const char *text);

/** A whole header from a number. */
#define sip_number_header(b, name, number) sip_put_number_line(b, SPAN(name ": "), number)
void sip_put_number_line(struct sip_builder *b, struct span name, uint64_t number);

/** "Date: Fri, 10 May 2013 16:00:52 GMT", from the world's clock. */
void sip_date_header(struct sip_builder *b);

/** From, To (with `tag`, unless that is empty, when it has none yet), Call-ID and CSeq of a request, for its response (RFC 3261 8.2.6.2). */
void sip_copy_from(struct sip_builder *b, const struct payload *req, const struct sip_view *v);
void sip_copy_to(struct sip_builder *b, const struct payload *req, const struct sip_view *v, const char *tag, size_t len);
void sip_copy_call_id(struct sip_builder *b, const struct payload *req, const struct sip_view *v);
void sip_copy_cseq(struct sip_builder *b, const struct payload *req, const struct sip_view *v);

/** All Record-Routes of a request, for its response: in one header each, in order (RFC 3261 12.1.1, 16.7). */
void sip_copy_record_routes(struct sip_builder *b, const struct payload *req, const struct sip_view *v);

/** "From: <sip:100@lab.example>;tag=a" and To, from their values. */
void sip_from_header(struct sip_builder *b, struct span value);
void sip_to_header(struct sip_builder *b, struct span value);

/** "CSeq: 145 REGISTER". */
void sip_cseq_header(struct sip_builder *b, uint32_t number);

/** The message will have a body of this type; both are borrowed until sip_finish(). Before its headers are written. */
void sip_set_body(struct sip_builder *b, const char *type, struct span body);

/** "Content-Type: application/sdp"; nothing without a body, or when it was written before. */
void sip_content_type_header(struct sip_builder *b);

/** "Content-Length: 196", behind Content-Type if nobody has written that yet. */
void sip_content_length_header(struct sip_builder *b);

/** Ends the headers and appends the body. One reference for the caller; NULL when it does not fit in a datagram. */
struct payload *sip_finish(struct sip_builder *b);

/**
 * Ends what sip_text() began. It is scanned, and libosip2 is asked as it was for `before`, from which the text comes. One
 * reference for the caller; NULL when it does not fit in a datagram (b->full) or cannot be read.
 */
struct payload *sip_finish_text(struct sip_builder *b, const struct payload *before);

/** "REGISTER", "OPTIONS", ...; "OTHER" for unknown ones. */
const char *sip_method_name(enum sip_method m);

/** What a ladder calls a message: the method, or the status as text. A constant. */
const char *sip_label(const struct sip_view *v);

/** Is it what a ladder calls a response, "200" and so on? NULL is none. */
static inline bool label_is_response(const char *label)
{
	return label && label[0] >= '1' && label[0] <= '6';
}

static inline const char *slice_at(const struct payload *p, struct slice s)
{
	return p->bytes + s.at;
}

static inline struct span slice_span(const struct payload *p, struct slice s)
{
	return (struct span){ slice_at(p, s), s.len };
}

/** True when both slices hold the same bytes. */
bool slice_equal(const struct payload *p, struct slice a, const struct payload *q, struct slice b);

#endif
