#include "models/siptext.h"

#include <string.h>
#include <strings.h>

static bool blank(char c)
{
	return (unsigned char)c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

static struct slice slice_of(uint32_t from, uint32_t to)
{
	return (struct slice){ (uint16_t)from, (uint16_t)(to - from) };
}

struct slice siptext_trim(const char *text, struct slice s)
{
	uint32_t from = s.at, to = from + s.len;
	while (from < to && blank(text[from]))
		from++;
	while (to > from && blank(text[to - 1]))
		to--;
	return slice_of(from, to);
}

/* The end of the line at `at`: the position of its CR or LF, or `len`. */
static uint32_t line_end(const char *text, uint32_t len, uint32_t at)
{
	const char *lf = memchr(text + at, '\n', len - at);
	uint32_t end = lf ? (uint32_t)(lf - text) : len;
	return end > at && lf && text[end - 1] == '\r' ? end - 1 : end;
}

static uint32_t next_line(const char *text, uint32_t len, uint32_t end)
{
	if (end < len && text[end] == '\r')
		end++;
	return end < len ? end + 1 : len;
}

bool siptext_header(const char *text, uint32_t len, uint32_t *at, struct header_line *h)
{
	uint32_t start = *at, end = line_end(text, len, start);
	*at = next_line(text, len, end);
	if (end == start)
		return false;
	while (*at < len && (text[*at] == ' ' || text[*at] == '\t')) {
		end = line_end(text, len, *at);
		*at = next_line(text, len, end);
	}
	const char *colon = memchr(text + start, ':', end - start);
	uint32_t name_end = colon ? (uint32_t)(colon - text) : end;
	h->name = siptext_trim(text, slice_of(start, name_end));
	h->value = siptext_trim(text, slice_of(colon ? name_end + 1 : end, end));
	return true;
}

bool siptext_header_among(const char *text, uint32_t len, uint32_t *at, uint32_t letters, struct header_line *h)
{
	while (*at < len && text[*at] != '\r' && text[*at] != '\n') {
		if (letter_bit(text[*at]) & letters)
			return siptext_header(text, len, at, h);
		const char *lf = memchr(text + *at, '\n', len - *at);
		*at = lf ? (uint32_t)(lf - text) + 1 : len;
	}
	return false;
}

bool siptext_named_so(const char *text, struct slice name, const char *full)
{
	return strlen(full) == name.len && !strncasecmp(text + name.at, full, name.len);
}

/* Behind a quoted string whose opening quote is at `at`; `end` when it is not closed (RFC 3261 25.1, quoted-string). */
static uint32_t behind_quotes(const char *text, uint32_t at, uint32_t end)
{
	for (at++; at < end && text[at] != '"'; at++)
		at += text[at] == '\\';
	return at < end ? at + 1 : end;
}

static uint32_t behind_angles(const char *text, uint32_t at, uint32_t end)
{
	const char *close = memchr(text + at, '>', end - at);
	return close ? (uint32_t)(close - text) + 1 : end;
}

/* The first `stop` from `at` that is neither quoted nor inside <...>; `end` when there is none. */
static uint32_t find_outside(const char *text, uint32_t at, uint32_t end, char stop)
{
	const char *any = memchr(text + at, stop, end - at);
	if (!any)
		return end;
	uint32_t first = (uint32_t)(any - text);
	if (!memchr(text + at, '"', first - at) && !memchr(text + at, '<', first - at))
		return first;
	while (at < end && text[at] != stop) {
		if (text[at] == '"')
			at = behind_quotes(text, at, end);
		else if (text[at] == '<')
			at = behind_angles(text, at, end);
		else
			at++;
	}
	return at;
}

bool siptext_element(const char *text, struct slice list, uint32_t *at, struct slice *element)
{
	uint32_t end = (uint32_t)list.at + list.len;
	if (*at < list.at)
		*at = list.at;
	if (*at >= end)
		return false;
	uint32_t comma = find_outside(text, *at, end, ',');
	*element = siptext_trim(text, slice_of(*at, comma));
	*at = comma < end ? comma + 1 : end;
	return true;
}

static struct slice unquote(const char *text, struct slice s)
{
	if (s.len >= 2 && text[s.at] == '"' && text[s.at + s.len - 1] == '"')
		return (struct slice){ (uint16_t)(s.at + 1), (uint16_t)(s.len - 2) };
	return s;
}

bool siptext_next_param(const char *text, struct slice s, uint32_t *at, struct param *p)
{
	uint32_t end = (uint32_t)s.at + s.len;
	if (*at <= s.at)
		*at = find_outside(text, s.at, end, ';');
	if (*at >= end)
		return false;
	uint32_t stop = find_outside(text, *at + 1, end, ';');
	p->whole = siptext_trim(text, slice_of(*at + 1, stop));
	*at = stop;
	end = (uint32_t)p->whole.at + p->whole.len;
	uint32_t equals = find_outside(text, p->whole.at, end, '=');
	p->name = siptext_trim(text, slice_of(p->whole.at, equals));
	p->value = unquote(text, siptext_trim(text, slice_of(equals < end ? equals + 1 : end, end)));
	if (!p->value.len)
		p->value = (struct slice){ 0, 0 }; /* empty slices are all alike, wherever they were */
	return true;
}

bool siptext_param(const char *text, struct slice s, const char *name, struct slice *value, struct slice *whole)
{
	struct param p;
	for (uint32_t at = 0; siptext_next_param(text, s, &at, &p);) {
		if (!siptext_named(text, p.name, name, 0))
			continue;
		*value = p.value;
		if (whole)
			*whole = p.whole;
		return true;
	}
	return false;
}

struct slice siptext_uri(const char *text, struct slice name_addr)
{
	uint32_t from = name_addr.at, end = from + name_addr.len;
	uint32_t open = find_outside(text, from, end, '<');
	if (open == end)
		return siptext_trim(text, slice_of(from, find_outside(text, from, end, ';')));
	const char *close = memchr(text + open, '>', end - open);
	return slice_of(open + 1, close ? (uint32_t)(close - text) : end);
}

/* What follows the scheme and the user, up to the parameters and headers. */
struct slice siptext_uri_hostport(const char *text, struct slice uri)
{
	uint32_t from = uri.at, end = from + uri.len;
	const char *colon = memchr(text + from, ':', uri.len);
	from = colon ? (uint32_t)(colon - text) + 1 : from;
	const char *at = memchr(text + from, '@', end - from);
	from = at ? (uint32_t)(at - text) + 1 : from;
	const char *params = memchr(text + from, ';', end - from);
	end = params ? (uint32_t)(params - text) : end;
	const char *headers = memchr(text + from, '?', end - from);
	return slice_of(from, headers ? (uint32_t)(headers - text) : end);
}

bool siptext_hostport(const char *text, struct slice s, struct hostport *out)
{
	struct slice whole = siptext_trim(text, s);
	uint32_t end = (uint32_t)whole.at + whole.len;
	if (!whole.len || text[whole.at] < '0' || text[whole.at] > '9')
		return false;
	const char *colon = memchr(text + whole.at, ':', whole.len);
	struct slice host = siptext_trim(text, slice_of(whole.at, colon ? (uint32_t)(colon - text) : end));
	*out = (struct hostport){ .whole = whole, .at.port = SIP_PORT, .port_written = colon };
	if (!host_parse(text + host.at, host.len, &out->at.host))
		return false;
	if (!colon)
		return true;
	struct slice port = siptext_trim(text, slice_of((uint32_t)(colon - text) + 1, end));
	return siptext_number(text, port, &out->at.port) && out->at.port >= 1 && out->at.port <= 65535;
}

bool siptext_uri_endpoint(const char *text, struct slice uri, struct endpoint *out)
{
	struct slice s = siptext_uri_hostport(text, uri);
	return endpoint_parse(text + s.at, s.len, SIP_PORT, out);
}

struct slice siptext_uri_host(const char *text, struct slice uri)
{
	struct slice s = siptext_uri_hostport(text, uri);
	const char *colon = memchr(text + s.at, ':', s.len);
	return colon ? slice_of(s.at, (uint32_t)(colon - text)) : s;
}

struct slice siptext_uri_user(const char *text, struct slice uri)
{
	uint32_t end = (uint32_t)uri.at + uri.len;
	const char *colon = memchr(text + uri.at, ':', uri.len);
	uint32_t from = colon ? (uint32_t)(colon - text) + 1 : uri.at;
	const char *at = memchr(text + from, '@', end - from);
	if (!at)
		return slice_of(from, from);
	const char *password = memchr(text + from, ':', (size_t)(at - text) - from);
	return slice_of(from, (uint32_t)((password ? password : at) - text));
}

bool siptext_number(const char *text, struct slice s, uint32_t *number)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		char c = text[s.at + i];
		if (c < '0' || c > '9')
			return false;
		n = n * 10 + (uint64_t)(c - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)n;
	return s.len > 0;
}
