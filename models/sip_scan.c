#include "models/sip_scan.h"

#include <string.h>

#include "models/digest.h"

const struct sip_view sip_view_empty = {
	.method = SIP_OTHER,
	.via_port = SIP_ABSENT,
	.expires = SIP_ABSENT,
	.contact_expires = SIP_ABSENT,
	.min_expires = SIP_ABSENT,
	.content_length = SIP_ABSENT,
};

/* SIP_OTHER when it is none of ours; names are case-sensitive (RFC 3261 7.1). */
static enum sip_method sip_method_of(const char *text, struct slice name)
{
	for (int m = 0; m < SIP_OTHER; m++) {
		const char *known = sip_method_name((enum sip_method)m);
		if (strlen(known) == name.len && !memcmp(text + name.at, known, name.len))
			return (enum sip_method)m;
	}
	return SIP_OTHER;
}

static struct slice slice_between(uint32_t from, uint32_t to)
{
	return (struct slice){ (uint16_t)from, (uint16_t)(to - from) };
}

/* The word at *at, up to a blank or `end`; moves *at behind the blanks that follow. */
static struct slice word(const char *text, uint32_t *at, uint32_t end)
{
	uint32_t from = *at;
	while (*at < end && text[*at] != ' ' && text[*at] != '\t' && text[*at] != '\r' && text[*at] != '\n')
		++*at;
	struct slice w = slice_between(from, *at);
	while (*at < end && (text[*at] == ' ' || text[*at] == '\t' || text[*at] == '\r' || text[*at] == '\n'))
		++*at;
	return w;
}

/* "SIP/2.0 407 Reason" or "METHOD URI SIP/2.0" (RFC 3261 7.1, 7.2). */
static bool scan_start(const char *text, uint32_t end, struct sip_view *v)
{
	uint32_t at = 0;
	struct slice first = word(text, &at, end), second = word(text, &at, end);
	uint32_t number;
	if (first.len == 0 || second.len == 0)
		return false;
	v->request = first.len < 4 || memcmp(text + first.at, "SIP/", 4) != 0;
	if (v->request) {
		v->method = (uint8_t)sip_method_of(text, first);
		v->uri = second;
		return true;
	}
	if (second.len != 3 || !siptext_number(text, second, &number))
		return false;
	v->status = (uint16_t)number;
	return true;
}

/* "SIP/2.0/UDP host:port;params", blanks allowed around the slashes and the colon (RFC 3261 25.1). */
static struct slice sent_by(const char *text, struct slice via)
{
	uint32_t at = via.at, end = at + via.len;
	for (int slashes = 0; at < end && slashes < 2; at++)
		slashes += text[at] == '/';
	while (at < end && (text[at] == ' ' || text[at] == '\t'))
		at++;
	word(text, &at, end); /* the transport */
	const char *semicolon = memchr(text + at, ';', end - at);
	return siptext_trim(text, slice_between(at, semicolon ? (uint32_t)(semicolon - text) : end));
}

/* The colon before the port: behind the bracket of an IPv6 reference, if there is one. */
static uint32_t port_colon(const char *text, struct slice s)
{
	uint32_t at = s.at, end = at + s.len;
	if (at < end && text[at] == '[')
		while (at < end && text[at] != ']')
			at++;
	while (at < end && text[at] != ':')
		at++;
	return at;
}

static bool port_of(const char *text, struct slice s, uint32_t *port)
{
	return siptext_number(text, siptext_trim(text, s), port) && *port >= 1 && *port <= 65535;
}

struct slice sip_sent_by(const char *text, const struct sip_view *v)
{
	uint32_t end = (uint32_t)v->via_host.at + v->via_host.len;
	if (v->via_port == SIP_ABSENT)
		return v->via_host;
	while (text[end] < '0' || text[end] > '9')
		end++; /* the colon and blanks */
	while (text[end] >= '0' && text[end] <= '9')
		end++;
	return slice_between(v->via_host.at, end);
}

/* Of parameters that are there twice the first one counts. */
static void scan_via_params(const char *text, struct sip_view *v)
{
	struct param p;
	bool branch = false, received = false, maddr = false;
	v->via_rport = false;
	for (uint32_t at = 0; siptext_next_param(text, v->via, &at, &p);) {
		if (!branch && siptext_named(text, p.name, "branch", 0)) {
			v->via_branch = p.value;
			branch = true;
		} else if (!received && siptext_named(text, p.name, "received", 0)) {
			v->via_received = p.value;
			received = true;
		} else if (!maddr && siptext_named(text, p.name, "maddr", 0)) {
			v->via_maddr = p.value;
			maddr = true;
		} else if (!v->via_rport && siptext_named(text, p.name, "rport", 0)) {
			v->via_rport_value = p.value;
			v->via_rport_at = p.whole;
			v->via_rport = true;
		}
	}
}

bool sip_scan_via(const char *text, struct sip_view *v)
{
	struct slice by = sent_by(text, v->via);
	uint32_t end = (uint32_t)by.at + by.len, colon = port_colon(text, by);
	v->via_host = siptext_trim(text, slice_between(by.at, colon));
	v->via_numeric = host_parse(text + v->via_host.at, v->via_host.len, &v->via_address);
	if (colon < end && !port_of(text, slice_between(colon + 1, end), &v->via_port))
		return false;
	scan_via_params(text, v);
	return v->via_host.len > 0;
}

static bool scan_via(const char *text, struct slice value, struct sip_view *v)
{
	uint32_t at = 0;
	struct slice first, second;
	if (!siptext_element(text, value, &at, &first))
		return v->via.len > 0;
	v->via_more |= v->via.len || siptext_element(text, value, &at, &second);
	if (v->via.len)
		return true;
	v->via = first;
	return sip_scan_via(text, v);
}

bool sip_scan_from(const char *text, struct slice value, struct sip_view *v)
{
	v->from = value;
	siptext_param(text, value, "tag", &v->from_tag, NULL);
	return true;
}

bool sip_scan_to(const char *text, struct slice value, struct sip_view *v)
{
	struct slice uri = siptext_uri(text, value);
	v->to = value;
	v->to_user = siptext_uri_user(text, uri);
	v->to_host = siptext_uri_host(text, uri);
	siptext_param(text, value, "tag", &v->to_tag, NULL);
	return true;
}

static bool scan_call_id(const char *text, struct slice value, struct sip_view *v)
{
	(void)text;
	v->call_id = value;
	return true;
}

static bool scan_cseq(const char *text, struct slice value, struct sip_view *v)
{
	uint32_t at = value.at, end = at + value.len;
	struct slice number = word(text, &at, end);
	if (!v->request)
		v->method = (uint8_t)sip_method_of(text, slice_between(at, end));
	return siptext_number(text, number, &v->cseq);
}

/* 2^32 - 1 is a number, the largest there is; one less keeps it apart from SIP_ABSENT. */
static uint32_t below_absent(uint32_t number)
{
	return number < SIP_ABSENT ? number : SIP_ABSENT - 1;
}

/* A number that is none counts as absent: RFC 3261 20.19 lets a registrar take its default then. */
static uint32_t seconds_of(const char *text, struct slice value)
{
	uint32_t seconds;
	if (!siptext_number(text, value, &seconds))
		return SIP_ABSENT;
	return below_absent(seconds);
}

static bool scan_contact(const char *text, struct slice value, struct sip_view *v)
{
	uint32_t at = 0;
	struct slice first, second;
	if (!siptext_element(text, value, &at, &first))
		return true;
	v->contact_more |= v->contact.len || siptext_element(text, value, &at, &second);
	if (v->contact.len)
		return true;
	v->contact = first;
	v->contact_uri = siptext_uri(text, first);
	if (siptext_param(text, first, "expires", &second, NULL))
		v->contact_expires = seconds_of(text, second);
	return true;
}

static bool scan_expires(const char *text, struct slice value, struct sip_view *v)
{
	v->expires = seconds_of(text, value);
	return true;
}

static bool scan_min_expires(const char *text, struct slice value, struct sip_view *v)
{
	v->min_expires = seconds_of(text, value);
	return true;
}

static bool scan_content_length(const char *text, struct slice value, struct sip_view *v)
{
	if (!siptext_number(text, value, &v->content_length))
		return false;
	v->content_length = below_absent(v->content_length);
	return true;
}

static bool scan_auth(const char *text, struct slice value, struct sip_view *v)
{
	v->auth_more |= v->auth.len > 0;
	if (v->auth.len)
		return true;
	v->auth = value;
	v->credentials = digest_read(text, value);
	return true;
}

static bool scan_proxy_auth(const char *text, struct slice value, struct sip_view *v)
{
	v->proxy_auth |= v->auth.len == 0;
	return scan_auth(text, value, v);
}

static const struct scanned {
	const char *name;
	char compact;
	bool (*scan)(const char *text, struct slice value, struct sip_view *v);
} scanned[] = {
	{ "Via", 'v', scan_via },
	{ "From", 'f', sip_scan_from },
	{ "To", 't', sip_scan_to },
	{ "Call-ID", 'i', scan_call_id },
	{ "CSeq", 0, scan_cseq },
	{ "Contact", 'm', scan_contact },
	{ "Expires", 0, scan_expires },
	{ "Min-Expires", 0, scan_min_expires },
	{ "Content-Length", 'l', scan_content_length },
	{ "Authorization", 0, scan_auth },
	{ "Proxy-Authorization", 0, scan_proxy_auth },
	{ "WWW-Authenticate", 0, scan_auth },
	{ "Proxy-Authenticate", 0, scan_proxy_auth },
};

static bool scan_header(const char *text, const struct header_line *h, struct sip_view *v)
{
	for (size_t i = 0; i < COUNT(scanned); i++)
		if (siptext_named(text, h->name, scanned[i].name, scanned[i].compact))
			return scanned[i].scan(text, h->value, v);
	return true;
}

bool sip_scan(const char *text, uint32_t len, struct sip_view *v)
{
	*v = sip_view_empty;
	struct header_line h;
	uint32_t at = 0;
	const char *lf = memchr(text, '\n', len);
	if (!lf || !scan_start(text, (uint32_t)(lf - text), v))
		return false;
	at = (uint32_t)(lf - text) + 1;
	v->headers_at = (uint16_t)at;
	bool cseq = false;
	while (siptext_header(text, len, &at, &h)) {
		cseq |= siptext_named(text, h.name, "CSeq", 0);
		if (!scan_header(text, &h, v))
			return false;
	}
	v->body_at = (uint16_t)at;
	return cseq && v->via.len && v->from.len && v->to.len && v->call_id.len;
}

/* --- headers that are not in the view ---------------------------------------------------------------------------- */

/* The next header of this name, from *at. */
static bool next_named(const struct payload *p, const char *name, char compact, uint32_t *at, struct slice *value)
{
	struct header_line h;
	uint32_t letters = letter_bit(name[0]) | letter_bit(compact);
	while (siptext_header_among(p->bytes, p->len, at, letters, &h))
		if (siptext_named(p->bytes, h.name, name, compact)) {
			*value = h.value;
			return true;
		}
	return false;
}

bool sip_find_header(const struct payload *p, const struct sip_view *v, const char *name, char compact, struct slice *value)
{
	uint32_t at = v->headers_at;
	return next_named(p, name, compact, &at, value);
}

bool sip_next_element(const struct payload *p, const struct sip_view *v, const char *name, char compact,
		      struct sip_elements *walk, struct slice *element)
{
	if (walk->at == 0)
		walk->at = v->headers_at;
	while (!siptext_element(p->bytes, walk->value, &walk->in, element)) {
		if (!next_named(p, name, compact, &walk->at, &walk->value))
			return false;
		walk->in = 0;
	}
	return true;
}

/* --- Contacts ---------------------------------------------------------------------------------------------------- */

/* The only one is in the view; of several it has the first. */
static bool next_element(const struct payload *p, const struct sip_view *v, struct sip_contacts *walk, struct slice *element)
{
	if (v->contact_more)
		return sip_next_element(p, v, "Contact", 'm', &walk->elements, element);
	*element = v->contact;
	return walk->n == 0 && v->contact.len;
}

static uint32_t contact_seconds(const struct payload *p, const struct sip_view *v, struct slice element)
{
	struct slice value;
	uint32_t seconds = v->contact_expires;
	if (v->contact_more && !(siptext_param(p->bytes, element, "expires", &value, NULL) &&
				 siptext_number(p->bytes, value, &seconds)))
		seconds = SIP_ABSENT;
	return seconds == SIP_ABSENT ? v->expires : seconds;
}

bool sip_next_contact(const struct payload *p, const struct sip_view *v, struct sip_contacts *walk, struct sip_contact *c)
{
	if (!next_element(p, v, walk, &c->element))
		return false;
	walk->n++;
	c->uri = v->contact_more ? siptext_uri(p->bytes, c->element) : v->contact_uri;
	c->expires = contact_seconds(p, v, c->element);
	return true;
}
