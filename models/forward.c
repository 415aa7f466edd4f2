#include "models/forward.h"

#include <string.h>

#include "models/sip_scan.h"

/* One message on its way into the builder. */
struct job {
	struct sip_builder *b;
	const struct forward *f;
	const struct payload *from;
	uint32_t line, end; /* of the header at hand, with its line's end */
	bool route_dropped, counted;
};

static void put_slice(struct sip_builder *b, const struct payload *p, struct slice s)
{
	sip_put(b, slice_at(p, s), s.len);
}

static void put_until(struct job *j, uint32_t from, uint32_t to)
{
	sip_put(j->b, j->from->bytes + from, to - from);
}

static void put_line(struct job *j)
{
	put_until(j, j->line, j->end);
}

static uint32_t end_of(struct slice s)
{
	return (uint32_t)s.at + s.len;
}

static bool within(struct slice inner, struct slice outer)
{
	return inner.len && inner.at >= outer.at && end_of(inner) <= end_of(outer);
}

/* What else stands in a line from which one element was taken. */
static void put_others(struct job *j, const struct header_line *h, struct slice taken)
{
	struct slice element;
	for (uint32_t at = 0; siptext_element(j->from->bytes, h->value, &at, &element);) {
		if (element.at == taken.at)
			continue;
		put_slice(j->b, j->from, h->name);
		sip_puts(j->b, ": ");
		put_slice(j->b, j->from, element);
		sip_end_header(j->b);
	}
}

/* --- Via ------------------------------------------------------------------------------------------------ */

static void put_rport(struct job *j)
{
	sip_puts(j->b, ";rport=");
	sip_put_number(j->b, j->f->packet->src.port);
}

/* A `received` that the client wrote is no business of its own (RFC 3261 18.2.1); its rport gets a value
 * where it stands. */
static void put_via_params(struct job *j, const struct via_reply *reply)
{
	const char *text = j->from->bytes;
	struct param p;
	for (uint32_t at = 0; siptext_next_param(text, j->f->view->via, &at, &p);) {
		if (siptext_named(text, p.name, "received", 0))
			continue;
		if (siptext_named(text, p.name, "rport", 0) && reply->rport) {
			put_rport(j);
		} else {
			sip_put(j->b, ";", 1);
			put_slice(j->b, j->from, p.whole);
		}
	}
}

static void put_stamped_via(struct job *j)
{
	const struct sip_view *v = j->f->view;
	const struct via_reply *reply = j->f->reply;
	sip_begin_header(j->b, "Via");
	put_until(j, v->via.at, end_of(sip_sent_by(j->from->bytes, v)));
	if (reply->rport && !v->via_rport)
		put_rport(j);
	if (reply->received) {
		sip_puts(j->b, ";received=");
		sip_put_endpoint(j->b, (struct endpoint){ reply->received, 0 }, false);
	}
	put_via_params(j, reply);
	sip_end_header(j->b);
}

static void put_via(struct job *j, const struct header_line *h)
{
	const struct sip_view *v = j->f->view;
	if (!within(v->via, h->value)) {
		put_line(j);
		return;
	}
	if (v->request)
		put_stamped_via(j);
	put_others(j, h, v->via);
}

/* --- other headers -------------------------------------------------------------------------------------- */

static void put_route(struct job *j, const struct header_line *h)
{
	struct slice first;
	uint32_t at = 0;
	if (!j->f->drops_route || j->route_dropped ||
	    !siptext_element(j->from->bytes, h->value, &at, &first)) {
		put_line(j);
		return;
	}
	j->route_dropped = true;
	put_others(j, h, first);
}

static void put_max_forwards(struct job *j, const struct header_line *h)
{
	uint32_t left;
	j->counted = true;
	if (!j->f->view->request || !siptext_number(j->from->bytes, h->value, &left) || left == 0) {
		put_line(j);
		return;
	}
	sip_number_header(j->b, "Max-Forwards", left - 1);
}

/* Only a URI in angle brackets can hold a parameter of its own. */
static bool is_bracketed(const struct job *j, struct slice uri)
{
	return uri.at > j->line && j->from->bytes[uri.at - 1] == '<';
}

static void put_contact(struct job *j, const struct header_line *h)
{
	struct slice uri = j->f->view->contact_uri, host = siptext_uri_hostport(j->from->bytes, uri);
	int fix = within(uri, h->value) ? j->f->contact_fix : CONTACT_KEPT;
	if (fix == CONTACT_REPLACED) {
		put_until(j, j->line, host.at);
		sip_put_endpoint(j->b, j->f->packet->src, true);
		put_until(j, end_of(host), j->end);
	} else if (fix == CONTACT_ALIASED && is_bracketed(j, uri)) {
		put_until(j, j->line, end_of(uri));
		forward_put_alias(j->b, j->f->packet->src);
		put_until(j, end_of(uri), j->end);
	} else {
		put_line(j);
	}
}

static void put_content_length(struct job *j, const struct header_line *h)
{
	(void)h;
	if (j->f->body.at)
		sip_number_header(j->b, "Content-Length", j->f->body.len);
	else
		put_line(j);
}

static const struct passing {
	const char *name;
	char compact;
	void (*put)(struct job *, const struct header_line *);
} passings[] = {
	{ "Via", 'v', put_via },
	{ "Route", 0, put_route },
	{ "Max-Forwards", 0, put_max_forwards },
	{ "Contact", 'm', put_contact },
	{ "Content-Length", 'l', put_content_length },
};

static void put_header(struct job *j, const struct header_line *h)
{
	for (size_t i = 0; i < COUNT(passings); i++) {
		if (!siptext_named(j->from->bytes, h->name, passings[i].name, passings[i].compact))
			continue;
		passings[i].put(j, h);
		return;
	}
	put_line(j);
}

/* --- the whole ------------------------------------------------------------------------------------------ */

static void put_body(struct job *j)
{
	if (j->f->body.at)
		sip_put(j->b, j->f->body.at, j->f->body.len);
	else
		put_until(j, j->f->view->body_at, j->from->len);
}

static struct payload *pass(struct sip_builder *b, const struct forward *f)
{
	struct job j = { .b = b, .f = f, .from = f->packet->payload };
	struct header_line h;
	j.end = f->view->headers_at;
	for (j.line = j.end; siptext_header(j.from->bytes, j.from->len, &j.end, &h); j.line = j.end)
		put_header(&j, &h);
	if (f->view->request && !j.counted)
		sip_number_header(b, "Max-Forwards", 70);
	sip_end_header(b);
	put_body(&j);
	return sip_finish_text(b, j.from);
}

struct sip_builder *forward_begin(struct world *w, const struct forward *f)
{
	struct sip_builder *b = sip_text(w);
	sip_put(b, f->packet->payload->bytes, f->view->uri.at);
	return b;
}

static uint32_t port_written(const struct forward *f)
{
	return f->self.port == SIP_PORT ? 0 : f->self.port;
}

/* The parameter is the tag of who asked (rr module of Kamailio and OpenSIPS, append_fromtag). */
static void put_record_route(struct sip_builder *b, const struct forward *f)
{
	sip_begin_header(b, "Record-Route");
	sip_puts(b, "<sip:");
	sip_put_endpoint(b, f->self, port_written(f));
	sip_puts(b, ";lr;ftag=");
	put_slice(b, f->packet->payload, f->view->from_tag);
	sip_put(b, ">", 1);
	sip_end_header(b);
}

struct payload *forward_request(struct sip_builder *b, const struct forward *f)
{
	sip_puts(b, " SIP/2.0\r\n");
	if (f->record_route)
		put_record_route(b, f);
	via_put_own(b, f->self.host, port_written(f), f->branch.at, f->branch.len, false);
	return pass(b, f);
}

struct payload *forward_response(struct world *w, const struct forward *f)
{
	struct sip_builder *b = sip_text(w);
	sip_put(b, f->packet->payload->bytes, f->view->headers_at);
	return pass(b, f);
}

uint32_t forwards_left(const struct payload *p, const struct sip_view *v)
{
	struct slice value;
	uint32_t left;
	return sip_find_header(p, v, "Max-Forwards", 0, &value) && siptext_number(p->bytes, value, &left)
		       ? left
		       : 70;
}

/* --- aliases -------------------------------------------------------------------------------------------- */

bool forward_alias(const struct payload *p, struct slice uri, struct endpoint *to, struct slice *whole)
{
	struct slice value, param;
	if (!siptext_param(p->bytes, uri, "alias", &value, &param))
		return false;
	const char *text = slice_at(p, value), *tilde = memchr(text, '~', value.len);
	if (!tilde || !host_parse(text, (size_t)(tilde - text), &to->host))
		return false;
	const char *port = tilde + 1, *end = text + value.len,
		   *last = memchr(port, '~', (size_t)(end - port));
	struct slice number = { (uint16_t)(port - p->bytes), (uint16_t)((last ? last : end) - port) };
	if (!siptext_number(p->bytes, number, &to->port) || to->port > 65535)
		return false;
	*whole = (struct slice){ (uint16_t)(param.at - 1), (uint16_t)(param.len + 1) };
	return true;
}

void forward_put_alias(struct sip_builder *b, struct endpoint e)
{
	sip_puts(b, ";alias=");
	sip_put_endpoint(b, e, false);
	sip_put(b, "~", 1);
	sip_put_number(b, e.port);
	sip_puts(b, "~1");
}
