#include "models/dialog.h"

#include "sim/table.h"

static const struct sip_view *view_of(struct world *w, struct payload *p)
{
	const struct sip_view *v = sip_view(w, p);
	assert(v); /* whoever handed it over has read it */
	return v;
}

/* --- the messages that are kept ------------------------------------------------------------------------- */

static void keep(struct payload **place, struct world *w, struct payload *p)
{
	struct payload *old = *place;
	*place = p ? payload_ref(p) : NULL;
	if (old)
		payload_unref(w->payloads, old);
}

static void take_target(struct dialog *d, struct world *w, struct payload *message)
{
	if (view_of(w, message)->contact.len)
		keep(&d->target, w, message);
}

void dialog_begin(struct dialog *d, struct world *w, struct payload *invite, bool caller,
		  struct endpoint source)
{
	uint32_t cseq = view_of(w, invite)->cseq;
	payload_ref(invite); /* it may be the one that is let go of */
	dialog_end(d, w);
	d->request = invite;
	d->source = source;
	d->caller = caller;
	d->local_cseq = caller ? cseq : 0;
	d->remote_cseq = caller ? 0 : cseq;
	if (!caller)
		take_target(d, w, invite);
}

void dialog_answered(struct dialog *d, struct world *w, struct payload *response, struct endpoint source)
{
	if (d->confirmed)
		return;
	keep(&d->response, w, response);
	d->confirmed = view_of(w, response)->status >= 200;
	if (d->caller)
		dialog_retarget(d, w, response, source);
}

void dialog_retarget(struct dialog *d, struct world *w, struct payload *message, struct endpoint source)
{
	take_target(d, w, message);
	d->source = source;
}

void dialog_end(struct dialog *d, struct world *w)
{
	keep(&d->request, w, NULL);
	keep(&d->response, w, NULL);
	keep(&d->target, w, NULL);
	*d = (struct dialog){ 0 };
}

/* --- tags ----------------------------------------------------------------------------------------------- */

static struct span from_tag(struct world *w, struct payload *p)
{
	return slice_span(p, view_of(w, p)->from_tag);
}

/* There is none before the callee has answered. */
static struct span to_tag(struct world *w, struct payload *response)
{
	return response ? slice_span(response, view_of(w, response)->to_tag) : (struct span){ 0 };
}

static struct span local_tag(const struct dialog *d, struct world *w)
{
	return d->caller ? from_tag(w, d->request) : to_tag(w, d->response);
}

static struct span remote_tag(const struct dialog *d, struct world *w)
{
	return d->caller ? to_tag(w, d->response) : from_tag(w, d->request);
}

static struct span call_id(const struct dialog *d, struct world *w)
{
	return slice_span(d->request, view_of(w, d->request)->call_id);
}

static uint32_t hash_of(struct span id, struct span tag)
{
	return hash_bytes(hash_bytes(HASH_START, id.at, id.len), tag.at, tag.len);
}

uint32_t dialog_hash(const struct dialog *d, struct world *w)
{
	return hash_of(call_id(d, w), local_tag(d, w));
}

uint32_t dialog_hash_of(const struct payload *p, const struct sip_view *v)
{
	return hash_of(slice_span(p, v->call_id), slice_span(p, v->request ? v->to_tag : v->from_tag));
}

bool dialog_matches(const struct dialog *d, struct world *w, const struct payload *p,
		    const struct sip_view *v)
{
	struct span to = slice_span(p, v->to_tag), from = slice_span(p, v->from_tag);
	if (!span_equal(call_id(d, w), slice_span(p, v->call_id)) ||
	    !span_equal(local_tag(d, w), v->request ? to : from))
		return false;
	return (d->caller && !d->response) || span_equal(remote_tag(d, w), v->request ? from : to);
}

static struct span uri_in(const struct payload *p, struct slice value)
{
	return slice_span(p, siptext_uri(p->bytes, value));
}

bool dialog_same_uris(const struct dialog *d, struct world *w, const struct payload *p, const struct sip_view *v)
{
	const struct sip_view *began = sip_view(w, d->request);
	struct span from = uri_in(d->request, began->from), to = uri_in(d->request, began->to);
	return span_equal(uri_in(p, v->from), d->caller ? to : from) && span_equal(uri_in(p, v->to), d->caller ? from : to);
}

/* --- where requests go ---------------------------------------------------------------------------------- */

/* The route set, from the next hop on; what exceeds the usual Max-Forwards would not be reached (RFC
 * 3261 8.1.1.6). */
struct routes {
	const char *text;
	uint32_t n;
	struct slice route[70];
};

static void turn_round(struct routes *r)
{
	for (uint32_t i = 0; i < r->n / 2; i++) {
		struct slice first = r->route[i];
		r->route[i] = r->route[r->n - 1 - i];
		r->route[r->n - 1 - i] = first;
	}
}

static struct routes routes_of(const struct dialog *d, struct world *w)
{
	struct payload *message = d->caller ? d->response : d->request;
	struct routes r;
	struct sip_elements walk = { 0 };
	struct slice element;
	r.n = 0;
	r.text = message ? message->bytes : NULL;
	if (!message)
		return r;
	while (r.n < COUNT(r.route) &&
	       sip_next_element(message, view_of(w, message), "Record-Route", 0, &walk, &element))
		if (element.len)
			r.route[r.n++] = element;
	if (d->caller)
		turn_round(&r);
	return r;
}

/* What follows scheme and user: "host:port;params?headers". */
static struct slice behind_user(const char *text, struct slice uri)
{
	uint16_t at = siptext_uri_hostport(text, uri).at;
	return (struct slice){ at, (uint16_t)(uri.at + uri.len - at) };
}

/* Headers have no place in a Request-URI (19.1.1). */
static struct span without_headers(const char *text, struct slice uri)
{
	struct slice rest = behind_user(text, uri);
	const char *headers = memchr(text + rest.at, '?', rest.len);
	return (struct span){ text + uri.at, headers ? (size_t)(headers - (text + uri.at)) : uri.len };
}

/* A router that does not say lr wants its own URI as the Request-URI (12.2.1.1). */
static bool strict(const struct routes *r)
{
	struct slice value;
	return r->n && !siptext_param(r->text, behind_user(r->text, siptext_uri(r->text, r->route[0])), "lr",
				      &value, NULL);
}

static struct slice target_uri(const struct dialog *d, struct world *w, const char **text)
{
	struct payload *message = d->target ? d->target : d->request;
	const struct sip_view *v = view_of(w, message);
	*text = message->bytes;
	if (d->target)
		return v->contact_uri;
	return d->caller ? v->uri : siptext_uri(*text, v->from);
}

struct span dialog_remote_target(const struct dialog *d, struct world *w)
{
	const char *text;
	struct slice uri = target_uri(d, w, &text);
	return without_headers(text, uri);
}

struct span dialog_target(const struct dialog *d, struct world *w)
{
	struct routes r = routes_of(d, w);
	return strict(&r) ? without_headers(r.text, siptext_uri(r.text, r.route[0]))
			  : dialog_remote_target(d, w);
}

bool dialog_next_hop(const struct dialog *d, struct world *w, bool by_source, struct endpoint *to)
{
	const char *text;
	struct routes r = routes_of(d, w);
	if (by_source) {
		*to = d->source;
		return true;
	}
	if (r.n)
		return siptext_uri_endpoint(r.text, siptext_uri(r.text, r.route[0]), to);
	struct slice uri = target_uri(d, w, &text);
	return siptext_uri_endpoint(text, uri, to);
}

/* --- what the next request says ------------------------------------------------------------------------- */

static void put_route(struct sip_builder *b, struct span before, struct span route, struct span behind)
{
	sip_begin_header(b, "Route");
	sip_put(b, before.at, before.len);
	sip_put(b, route.at, route.len);
	sip_put(b, behind.at, behind.len);
	sip_end_header(b);
}

void dialog_put_routes(struct sip_builder *b, const struct dialog *d)
{
	struct routes r = routes_of(d, b->world);
	bool first_is_strict = strict(&r);
	for (uint32_t i = first_is_strict; i < r.n; i++)
		put_route(b, SPAN(""), (struct span){ r.text + r.route[i].at, r.route[i].len }, SPAN(""));
	if (first_is_strict)
		put_route(b, SPAN("<"), dialog_remote_target(d, b->world), SPAN(">"));
}

void dialog_put_from(struct sip_builder *b, const struct dialog *d)
{
	struct payload *said = d->caller ? d->request : d->response;
	const struct sip_view *v = view_of(b->world, said);
	b->foreign |= !said->built;
	sip_from_header(b, slice_span(said, d->caller ? v->from : v->to));
}

void dialog_put_to(struct sip_builder *b, const struct dialog *d)
{
	struct payload *said = d->caller && d->response ? d->response : d->request;
	const struct sip_view *v = view_of(b->world, said);
	b->foreign |= !said->built;
	sip_to_header(b, slice_span(said, d->caller ? v->to : v->from));
}

void dialog_put_call_id(struct sip_builder *b, const struct dialog *d)
{
	b->foreign |= !d->request->built;
	sip_copy_call_id(b, d->request, view_of(b->world, d->request));
}
