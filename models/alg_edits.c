#include "models/alg_edits.h"

#include <string.h>

#include "models/sdp.h"
#include "models/sip_scan.h"

/* --- places ------------------------------------------------------------------------------------------------------ */

/* `old` is to be replaced by the first `len` characters of `text`. */
struct place {
	struct slice old;
	uint8_t len;
	char text[ENDPOINT_TEXT_MAX];
};

/* In the order of the text, none touching another. */
struct alg_places {
	struct arena *arena;
	struct place *items;
	uint32_t n, size;
	int32_t grown; /* what the message gains in length */
};

struct alg_places *alg_places_new(struct arena *a)
{
	struct alg_places *places = arena_alloc(a, sizeof *places);
	places->arena = a;
	return places;
}

static void places_grow(struct alg_places *places)
{
	uint32_t size = places->size ? 2 * places->size : 32;
	struct place *items = arena_alloc_raw(places->arena, size * sizeof *items);
	if (places->n)
		memcpy(items, places->items, places->n * sizeof *items);
	places->items = items;
	places->size = size;
}

static uint32_t end_of(struct slice s)
{
	return (uint32_t)s.at + s.len;
}

/* Where a place that begins at `at` belongs. */
static uint32_t rank_of(const struct alg_places *places, uint32_t at)
{
	uint32_t rank = places->n;
	while (rank > 0 && places->items[rank - 1].old.at > at)
		rank--;
	return rank;
}

static bool taken(const struct alg_places *places, uint32_t rank, struct slice old)
{
	bool before = rank > 0 && end_of(places->items[rank - 1].old) > old.at;
	bool behind = rank < places->n && places->items[rank].old.at < end_of(old);
	return before || behind;
}

/* The first edit of a place wins. */
static void places_add(struct alg_places *places, struct slice old, const char *text, size_t len)
{
	uint32_t rank = rank_of(places, old.at);
	if (taken(places, rank, old))
		return;
	if (places->n == places->size)
		places_grow(places);
	struct place *place = &places->items[rank];
	memmove(place + 1, place, (places->n - rank) * sizeof *place);
	*place = (struct place){ .old = old, .len = (uint8_t)len };
	memcpy(place->text, text, len);
	places->n++;
	places->grown += (int32_t)len - old.len;
}

/* --- one message under the pen ----------------------------------------------------------------------------------- */

struct editor {
	const struct alg_message *m;
	struct alg_places *places;
	struct slice via;	 /* the top one, once it was met */
	char own[HOST_TEXT_MAX]; /* the host that is looked for, as text */
	size_t own_len;
};

static void write_text(struct editor *e, struct slice old, const char *text, size_t len)
{
	if (old.len != len || memcmp(e->m->text + old.at, text, len) != 0)
		places_add(e->places, old, text, len);
}

static void write_endpoint(struct editor *e, struct slice old, struct endpoint to, bool with_port)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t len = with_port ? endpoint_print(to, text) : host_print(to.host, text);
	write_text(e, old, text, len);
}

static void write_number(struct editor *e, struct slice old, uint32_t number)
{
	char text[DECIMAL_MAX];
	write_text(e, old, text, decimal_print(number, text));
}

/* --- what is eligible, and what becomes of it -------------------------------------------------------------------- */

static bool outward(const struct alg_message *m)
{
	return m->way == ALG_OUT_REQUEST || m->way == ALG_OUT_RESPONSE;
}

/* What this ALG writes outside in the place of the flow's inside endpoint. */
static struct endpoint written_outside(const struct alg_message *m)
{
	const struct alg_profile *p = m->profile;
	struct endpoint e = m->flow.inside;
	if (p->host == ALG_HOST_MAPPED)
		e.host = m->flow.outside.host;
	if (p->port == ALG_PORT_MAPPED)
		e.port = m->flow.outside.port;
	else if (p->port != ALG_PORT_KEEP)
		e.port = SIP_PORT;
	return e;
}

/* An address without a port: whatever the match, only the host can be compared. */
static bool host_eligible(const struct alg_message *m, uint32_t host)
{
	if (!outward(m))
		return host == written_outside(m).host;
	return m->profile->match == ALG_MATCH_PRIVATE_ANY ? host_is_private(host) : host == m->flow.inside.host;
}

static bool eligible(const struct alg_message *m, struct endpoint e)
{
	if (m->profile->match != ALG_MATCH_TUPLE)
		return host_eligible(m, e.host);
	return endpoint_equal(e, outward(m) ? m->flow.inside : written_outside(m));
}

static void edit_host(struct editor *e, struct slice place, uint32_t host)
{
	const struct alg_message *m = e->m;
	if (m->profile->host == ALG_HOST_MAPPED && host_eligible(m, host))
		write_endpoint(e, place, outward(m) ? m->flow.outside : m->flow.inside, false);
}

static void edit_hostport_outward(struct editor *e, const struct hostport *h)
{
	struct endpoint to = written_outside(e->m);
	bool with_port = true;
	if (e->m->profile->port == ALG_PORT_KEEP) {
		to.port = h->at.port;
		with_port = h->port_written;
	} else if (e->m->profile->port == ALG_PORT_STRIP) {
		with_port = false;
	}
	if (e->m->profile->host == ALG_HOST_NONE)
		to.host = h->at.host;
	write_endpoint(e, h->whole, to, with_port);
}

static void edit_hostport_inward(struct editor *e, const struct hostport *h)
{
	bool keep = e->m->profile->port == ALG_PORT_KEEP;
	struct endpoint to = { e->m->flow.inside.host, keep ? h->at.port : e->m->flow.inside.port };
	write_endpoint(e, h->whole, to, !keep || h->port_written);
}

/* Nearly all addresses in a message are somebody else's, and nearly all of those differ as text. */
static bool may_be_eligible(const struct editor *e, struct slice place)
{
	return e->m->profile->match == ALG_MATCH_PRIVATE_ANY ||
	       (place.len >= e->own_len && !memcmp(e->m->text + place.at, e->own, e->own_len));
}

/* "host" or "host:port"; names and IPv6 are left alone. */
static void edit_hostport(struct editor *e, struct slice place)
{
	struct hostport h;
	if (!may_be_eligible(e, place) || !siptext_hostport(e->m->text, place, &h) || !eligible(e->m, h.at))
		return;
	if (outward(e->m))
		edit_hostport_outward(e, &h);
	else
		edit_hostport_inward(e, &h);
}

/* --- the edits --------------------------------------------------------------------------------------------------- */

/* Blind: the address as text, wherever it stands, even in the middle of a longer one. */
static void edit_text(struct editor *e, struct slice value)
{
	const struct alg_message *m = e->m;
	const char *at = m->text + value.at, *end = at + value.len;
	if (m->profile->host == ALG_HOST_NONE)
		return;
	while ((at = memmem(at, (size_t)(end - at), e->own, e->own_len))) {
		write_endpoint(e, (struct slice){ (uint16_t)(at - m->text), (uint16_t)e->own_len },
			       outward(m) ? m->flow.outside : m->flow.inside, false);
		at += e->own_len;
	}
}

static void edit_uri(struct editor *e, struct slice uri)
{
	edit_hostport(e, siptext_uri_hostport(e->m->text, uri));
}

static void edit_addresses(struct editor *e, struct slice value)
{
	struct slice element;
	for (uint32_t at = 0; siptext_element(e->m->text, value, &at, &element);)
		edit_uri(e, siptext_uri(e->m->text, element));
}

/* The Contact for which a pinhole was opened: that is what it gets, whatever else is switched on. */
static void edit_opened_contact(struct editor *e, struct slice value)
{
	const struct alg_message *m = e->m;
	struct slice element;
	struct hostport h;
	for (uint32_t at = 0; siptext_element(m->text, value, &at, &element);) {
		struct slice place = siptext_uri_hostport(m->text, siptext_uri(m->text, element));
		if (siptext_hostport(m->text, place, &h) && endpoint_equal(h.at, m->contact.inside))
			write_endpoint(e, h.whole, m->contact.outside, true);
	}
}

/* The top Via, read; `room` is for one that the view does not know as such. NULL when it cannot be read. */
static const struct sip_view *read_via(const struct editor *e, struct slice via, struct sip_view *room)
{
	if (e->m->view->via.at == via.at)
		return e->m->view;
	*room = sip_view_empty;
	room->via = via;
	return sip_scan_via(e->m->text, room) ? room : NULL;
}

static bool via_eligible(const struct editor *e, const struct sip_view *v)
{
	return v && v->via_numeric &&
	       eligible(e->m, (struct endpoint){ v->via_address, v->via_port == SIP_ABSENT ? SIP_PORT : v->via_port });
}

static void edit_via(struct editor *e, struct slice via)
{
	struct sip_view room;
	const struct sip_view *v = read_via(e, via, &room);
	if (via_eligible(e, v))
		edit_hostport(e, sip_sent_by(e->m->text, v));
}

static void strip_rport(struct editor *e, struct slice param)
{
	uint32_t from = param.at;
	while (e->m->text[from] != ';')
		from--;
	write_text(e, (struct slice){ (uint16_t)from, (uint16_t)(end_of(param) - from) }, "", 0);
}

static void edit_rport_out(struct editor *e, struct slice via)
{
	struct sip_view room;
	const struct sip_view *v = read_via(e, via, &room);
	if (!v)
		return;
	if (e->m->profile->rport_out == ALG_RPORT_STRIP && v->via_rport)
		strip_rport(e, v->via_rport_at);
	if (e->m->profile->rport_out == ALG_RPORT_ADD && !v->via_rport)
		write_text(e, (struct slice){ (uint16_t)end_of(via), 0 }, ";rport", strlen(";rport"));
}

/* Measured on Linux 6.18: only in a Via that carries the own mapping, and only values that are the own mapping. */
static void edit_rport_in(struct editor *e, struct slice via)
{
	const struct alg_message *m = e->m;
	struct sip_view room;
	uint32_t host, port;
	const struct sip_view *v = read_via(e, via, &room);
	if (!via_eligible(e, v))
		return;
	if (siptext_number(m->text, v->via_rport_value, &port) && port == m->flow.outside.port)
		write_number(e, v->via_rport_value, m->flow.inside.port);
	if (m->profile->rport_in == ALG_RPORT_IN_PRIVATE &&
	    host_parse(m->text + v->via_received.at, v->via_received.len, &host) && host == m->flow.outside.host)
		write_endpoint(e, v->via_received, m->flow.inside, false);
}

static void edit_call_id(struct editor *e, struct slice value)
{
	const char *at = memchr(e->m->text + value.at, '@', value.len);
	uint32_t host, from = at ? (uint32_t)(at + 1 - e->m->text) : value.at;
	struct slice place = { (uint16_t)from, (uint16_t)(end_of(value) - from) };
	if (host_parse(e->m->text + place.at, place.len, &host))
		edit_host(e, place, host);
}

static void edit_sdp_address(struct editor *e, const struct sdp_line *line)
{
	struct slice place;
	uint32_t host;
	if (e->m->profile->match == ALG_MATCH_TEXT)
		edit_text(e, line->value);
	else if (sdp_address(e->m->text, line, &place, &host))
		edit_host(e, place, host);
}

static void edit_sdp_port(struct editor *e, const struct sdp_line *line)
{
	struct slice place;
	uint32_t port;
	if (!sdp_port(e->m->text, line, &place, &port))
		return;
	for (uint32_t i = 0; i < e->m->n_media; i++)
		if (e->m->media[i].inside.port == port)
			write_number(e, place, e->m->media[i].outside.port);
}

static void edit_content_length(struct editor *e, struct slice value)
{
	const struct alg_message *m = e->m;
	int32_t grown = 0;
	bool touched = false;
	for (uint32_t i = 0; i < e->places->n; i++) {
		const struct place *place = &e->places->items[i];
		if (place->old.at < m->view->body_at)
			continue;
		touched = true;
		grown += (int32_t)place->len - place->old.len;
	}
	if (touched && m->profile->content_length == ALG_LENGTH_RECOMPUTE)
		write_number(e, value, (uint32_t)((int32_t)(m->len - m->view->body_at) + grown));
}

/* --- the table --------------------------------------------------------------------------------------------------- */

#define WAY(way)     (1u << (way))
#define ALL_WAYS     (WAY(ALG_WAYS) - 1)
#define REQUESTS     (WAY(ALG_OUT_REQUEST) | WAY(ALG_IN_REQUEST))
#define OUTWARD	     (WAY(ALG_OUT_REQUEST) | WAY(ALG_OUT_RESPONSE))
#define PART(member) offsetof(struct alg_parts, member)

/* Switches that are no parts of a message. */
enum { RPORT_OUT = sizeof(struct alg_parts), RPORT_IN, OPENED };

static const struct edit {
	size_t part; /* offset of its switch */
	uint32_t ways;
	const char *name;
	char compact;
	bool top; /* only the first element of the first such header */
	void (*edit)(struct editor *, struct slice value);
} header_edits[] = {
	{ PART(via), ALL_WAYS, "Via", 'v', true, edit_via },
	{ RPORT_OUT, WAY(ALG_OUT_REQUEST), "Via", 'v', true, edit_rport_out },
	{ RPORT_IN, WAY(ALG_IN_RESPONSE), "Via", 'v', true, edit_rport_in },
	{ OPENED, WAY(ALG_OUT_REQUEST), "Contact", 'm', false, edit_opened_contact },
	{ PART(contact), ALL_WAYS, "Contact", 'm', false, edit_addresses },
	{ PART(from_to), ALL_WAYS, "From", 'f', false, edit_addresses },
	{ PART(from_to), ALL_WAYS, "To", 't', false, edit_addresses },
	{ PART(call_id), ALL_WAYS, "Call-ID", 'i', false, edit_call_id },
	{ PART(record_route), ALL_WAYS, "Record-Route", 0, false, edit_addresses },
};

static const struct sdp_edit {
	size_t part;
	uint32_t ways;
	char type;
	void (*edit)(struct editor *, const struct sdp_line *);
} sdp_edits[] = {
	{ PART(sdp_o), ALL_WAYS, 'o', edit_sdp_address },
	{ PART(sdp_c), ALL_WAYS, 'c', edit_sdp_address },
	{ PART(sdp_m), OUTWARD, 'm', edit_sdp_port },
};

static bool switched_on(const struct alg_message *m, size_t part, uint32_t ways)
{
	if (!(ways & WAY(m->way)))
		return false;
	if (part == RPORT_OUT)
		return m->profile->rport_out != ALG_RPORT_KEEP;
	if (part == RPORT_IN)
		return m->profile->rport_in != ALG_RPORT_IN_KEEP;
	if (part == OPENED)
		return m->contact.inside.host != 0;
	return *((const bool *)&m->profile->parts[m->way] + part);
}

static bool named(const struct alg_message *m, const struct header_line *h, const char *name, char compact)
{
	return siptext_named(m->text, h->name, name, m->profile->compact_names ? compact : 0);
}

/* The top Via is the first that this ALG recognises. */
static bool top_of(struct editor *e, struct slice *value)
{
	uint32_t at = 0;
	if (!siptext_element(e->m->text, *value, &at, value))
		return false;
	if (!e->via.len)
		e->via = *value;
	return e->via.at == value->at;
}

static void edit_start_line(struct editor *e)
{
	const struct alg_message *m = e->m;
	if (!switched_on(m, PART(request_uri), REQUESTS))
		return;
	if (m->profile->match == ALG_MATCH_TEXT)
		edit_text(e, m->view->uri);
	else
		edit_uri(e, m->view->uri);
}

static void edit_header(struct editor *e, const struct edit *edit, struct slice value)
{
	if (edit->top && !top_of(e, &value))
		return;
	if (edit->part < sizeof(struct alg_parts) && e->m->profile->match == ALG_MATCH_TEXT)
		edit_text(e, value);
	else
		edit->edit(e, value);
}

/* The edits of headers that are switched on for this message, and the letters with which those headers begin. */
static uint32_t edits_on(const struct alg_message *m, const struct edit *on[static COUNT(header_edits)],
			 uint32_t *letters)
{
	uint32_t n = 0;
	*letters = 0;
	for (size_t i = 0; i < COUNT(header_edits); i++) {
		const struct edit *edit = &header_edits[i];
		if (!switched_on(m, edit->part, edit->ways))
			continue;
		on[n++] = edit;
		*letters |= letter_bit(edit->name[0]) | letter_bit(edit->compact);
	}
	return n;
}

static void edit_headers(struct editor *e)
{
	const struct alg_message *m = e->m;
	const struct edit *on[COUNT(header_edits)];
	uint32_t letters, n = edits_on(m, on, &letters);
	struct header_line h;
	for (uint32_t at = m->view->headers_at; siptext_header_among(m->text, m->len, &at, letters, &h);)
		for (uint32_t i = 0; i < n; i++)
			if (named(m, &h, on[i]->name, on[i]->compact))
				edit_header(e, on[i], h.value);
}

bool alg_holds_sdp(const struct alg_message *m)
{
	static const char type[] = "application/sdp";
	struct header_line h;
	if (m->view->body_at == m->len)
		return false;
	for (uint32_t at = m->view->headers_at; siptext_header(m->text, m->len, &at, &h);)
		if (named(m, &h, "Content-Type", 'c'))
			return h.value.len >= strlen(type) && !strncasecmp(m->text + h.value.at, type, strlen(type));
	return false;
}

static void edit_sdp(struct editor *e)
{
	const struct alg_message *m = e->m;
	struct sdp_line line;
	for (uint32_t at = m->view->body_at; sdp_line(m->text, m->len, &at, &line);)
		for (size_t i = 0; i < COUNT(sdp_edits); i++)
			if (sdp_edits[i].type == line.type && switched_on(m, sdp_edits[i].part, sdp_edits[i].ways))
				sdp_edits[i].edit(e, &line);
}

/* Behind everything else: it counts what the body has become. */
static void edit_lengths(struct editor *e)
{
	const struct alg_message *m = e->m;
	struct header_line h;
	for (uint32_t at = m->view->headers_at; siptext_header(m->text, m->len, &at, &h);)
		if (named(m, &h, "Content-Length", 'l'))
			edit_content_length(e, h.value);
}

uint32_t alg_find(struct alg_places *places, const struct alg_message *m)
{
	struct editor e = { .m = m, .places = places };
	e.own_len = host_print(outward(m) ? m->flow.inside.host : written_outside(m).host, e.own);
	places->n = 0;
	places->grown = 0;
	edit_start_line(&e);
	edit_headers(&e);
	if (alg_holds_sdp(m)) {
		edit_sdp(&e);
		edit_lengths(&e);
	}
	return places->n;
}

/* --- the new text ------------------------------------------------------------------------------------------------ */

/* Places beyond what can be recorded one by one: the last record reaches to the end of the last of them. */
static void record_change(struct change *changes, uint32_t i, struct change c)
{
	if (i < PAYLOAD_CHANGES) {
		changes[i] = c;
		return;
	}
	struct change *last = &changes[PAYLOAD_CHANGES - 1];
	last->old_len = (uint16_t)(c.old_at + c.old_len - last->old_at);
	last->len = (uint16_t)(c.at + c.len - last->at);
}

struct payload *alg_payload(const struct alg_places *places, struct payload_pools *pools, const struct payload *before)
{
	uint32_t len = (uint32_t)((int32_t)before->len + places->grown), from = 0, to = 0;
	if (len > PAYLOAD_MAX)
		return NULL;
	struct payload *p = payload_rewritten(pools, len, places->n < PAYLOAD_CHANGES ? places->n : PAYLOAD_CHANGES);
	for (uint32_t i = 0; i < places->n; i++) {
		const struct place *place = &places->items[i];
		memcpy(p->bytes + to, before->bytes + from, place->old.at - from);
		to += place->old.at - from;
		memcpy(p->bytes + to, place->text, place->len);
		record_change(payload_changes(p), i,
			      (struct change){ place->old.at, place->old.len, (uint16_t)to, place->len });
		to += place->len;
		from = end_of(place->old);
	}
	memcpy(p->bytes + to, before->bytes + from, before->len - from);
	return p;
}
