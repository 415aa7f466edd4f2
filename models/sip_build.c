#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "models/sip_shared.h"

static const char *const method_names[SIP_METHODS] = {
	[SIP_REGISTER] = "REGISTER", [SIP_OPTIONS] = "OPTIONS", [SIP_INVITE] = "INVITE", [SIP_ACK] = "ACK",
	[SIP_BYE] = "BYE",	     [SIP_CANCEL] = "CANCEL",	[SIP_OTHER] = "OTHER",
};

static const struct status {
	uint16_t code;
	const char *text, *reason;
} statuses[] = {
	{ 100, "100", "Trying" },
	{ 180, "180", "Ringing" },
	{ 181, "181", "Call Is Being Forwarded" },
	{ 182, "182", "Queued" },
	{ 183, "183", "Session Progress" },
	{ 200, "200", "OK" },
	{ 202, "202", "Accepted" },
	{ 300, "300", "Multiple Choices" },
	{ 301, "301", "Moved Permanently" },
	{ 302, "302", "Moved Temporarily" },
	{ 305, "305", "Use Proxy" },
	{ 380, "380", "Alternative Service" },
	{ 400, "400", "Bad Request" },
	{ 401, "401", "Unauthorized" },
	{ 403, "403", "Forbidden" },
	{ 404, "404", "Not Found" },
	{ 405, "405", "Method Not Allowed" },
	{ 407, "407", "Proxy Authentication Required" },
	{ 406, "406", "Not Acceptable" },
	{ 408, "408", "Request Timeout" },
	{ 410, "410", "Gone" },
	{ 413, "413", "Request Entity Too Large" },
	{ 415, "415", "Unsupported Media Type" },
	{ 416, "416", "Unsupported URI Scheme" },
	{ 420, "420", "Bad Extension" },
	{ 421, "421", "Extension Required" },
	{ 422, "422", "Session Interval Too Small" },
	{ 423, "423", "Interval Too Brief" },
	{ 430, "430", "Flow Failed" },
	{ 480, "480", "Temporarily Unavailable" },
	{ 481, "481", "Call/Transaction Does Not Exist" },
	{ 482, "482", "Loop Detected" },
	{ 483, "483", "Too Many Hops" },
	{ 484, "484", "Address Incomplete" },
	{ 485, "485", "Ambiguous" },
	{ 486, "486", "Busy Here" },
	{ 487, "487", "Request Terminated" },
	{ 488, "488", "Not Acceptable Here" },
	{ 491, "491", "Request Pending" },
	{ 500, "500", "Server Internal Error" },
	{ 501, "501", "Not Implemented" },
	{ 502, "502", "Bad Gateway" },
	{ 503, "503", "Service Unavailable" },
	{ 504, "504", "Server Time-out" },
	{ 505, "505", "Version Not Supported" },
	{ 513, "513", "Message Too Large" },
	{ 600, "600", "Busy Everywhere" },
	{ 603, "603", "Decline" },
	{ 604, "604", "Does Not Exist Anywhere" },
	{ 606, "606", "Not Acceptable" },
};

const char *sip_method_name(enum sip_method m)
{
	return method_names[m];
}

static const struct status *status_find(uint32_t code)
{
	static const struct status unknown = { 0, "response", "Unknown" };
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (statuses[i].code == code)
			return &statuses[i];
	return &unknown;
}

static const char *sip_reason(uint32_t status)
{
	return status_find(status)->reason;
}

const char *sip_label(const struct sip_view *v)
{
	return v->request ? sip_method_name((enum sip_method)v->method) : status_find(v->status)->text;
}

void sip_splice(struct sip_builder *b, uint32_t at, uint32_t old, const char *bytes, size_t len)
{
	assert(at + old <= b->len && b->len - old + len <= PAYLOAD_MAX);
	memmove(b->bytes + at + len, b->bytes + at + old, b->len - at - old);
	memcpy(b->bytes + at, bytes, len);
	b->len += (uint32_t)len - old;
}

void sip_put_number(struct sip_builder *b, uint64_t number)
{
	sip_printed(b, decimal_print(number, sip_room(b, DECIMAL_MAX)));
}

void sip_put_endpoint(struct sip_builder *b, struct endpoint e, bool with_port)
{
	char *text = sip_room(b, ENDPOINT_TEXT_MAX);
	if (!b->last.len || b->last.host != e.host) {
		b->last.host = e.host;
		b->last.len = (uint32_t)host_print(e.host, b->last.text);
	}
	size_t len = b->last.len;
	memcpy(text, b->last.text, sizeof b->last.text);
	if (with_port) {
		text[len++] = ':';
		len += decimal_print(e.port, text + len);
	}
	sip_printed(b, len);
}

struct slice sip_since(const struct sip_builder *b, uint32_t from)
{
	return (struct slice){ (uint16_t)from, (uint16_t)(b->len - from) };
}

static struct sip_builder *begin(struct world *w)
{
	struct sip_builder *b = sip_shared(w)->builder;
	b->world = w;
	b->view = sip_view_empty;
	b->len = 0;
	b->full = b->foreign = false;
	b->body_type = NULL;
	b->body.len = 0;
	b->last.len = 0;
	return b;
}

static void end_start_line(struct sip_builder *b)
{
	sip_put(b, "\r\n", 2);
	b->view.headers_at = (uint16_t)b->len;
}

struct sip_builder *sip_request(struct world *w, enum sip_method method)
{
	struct sip_builder *b = begin(w);
	b->view.request = true;
	b->view.method = (uint8_t)method;
	sip_puts(b, sip_method_name(method));
	sip_put(b, " ", 1);
	b->view.uri.at = (uint16_t)b->len;
	return b;
}

void sip_end_request_line(struct sip_builder *b)
{
	b->view.uri = sip_since(b, b->view.uri.at);
	sip_puts(b, " SIP/2.0");
	end_start_line(b);
}

struct sip_builder *sip_response(struct world *w, uint32_t status, enum sip_method method)
{
	struct sip_builder *b = begin(w);
	b->view.method = (uint8_t)method;
	b->view.status = (uint16_t)status;
	sip_puts(b, "SIP/2.0 ");
	sip_put_number(b, status);
	sip_put(b, " ", 1);
	sip_puts(b, sip_reason(status));
	end_start_line(b);
	return b;
}

struct sip_builder *sip_text(struct world *w)
{
	return begin(w);
}

void sip_put_line(struct sip_builder *b, struct span name, const char *text)
{
	if (!text || !*text)
		return;
	sip_put(b, name.at, name.len);
	sip_puts(b, text);
	sip_end_header(b);
}

void sip_put_number_line(struct sip_builder *b, struct span name, uint64_t number)
{
	sip_put(b, name.at, name.len);
	sip_put_number(b, number);
	sip_end_header(b);
}

void sip_date_header(struct sip_builder *b)
{
	time_t now = (time_t)(b->world->setup.wall_clock + world_now(b->world) / SEC);
	struct tm tm;
	char text[64];
	gmtime_r(&now, &tm);
	size_t n = strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	sip_put(b, text, n);
}

static struct slice moved(struct slice s, int32_t by)
{
	return (struct slice){ (uint16_t)(s.at + by), s.len };
}

void sip_copy_from(struct sip_builder *b, const struct payload *req, const struct sip_view *v)
{
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	sip_put(b, slice_at(req, v->from), v->from.len);
	b->view.from = sip_since(b, from);
	if (v->from_tag.len)
		b->view.from_tag = (struct slice){ (uint16_t)(from + v->from_tag.at - v->from.at), v->from_tag.len };
	sip_end_header(b);
}

void sip_copy_to(struct sip_builder *b, const struct payload *req, const struct sip_view *v, const char *tag, size_t len)
{
	sip_begin_header(b, "To");
	uint32_t from = b->len;
	sip_put(b, slice_at(req, v->to), v->to.len);
	b->view.to_user = moved(v->to_user, (int32_t)from - v->to.at);
	b->view.to_host = moved(v->to_host, (int32_t)from - v->to.at);
	if (v->to_tag.len) {
		b->view.to_tag = (struct slice){ (uint16_t)(from + v->to_tag.at - v->to.at), v->to_tag.len };
	} else if (len) {
		sip_puts(b, ";tag=");
		uint32_t at = b->len;
		sip_put(b, tag, len);
		b->view.to_tag = sip_since(b, at);
	}
	b->view.to = sip_since(b, from);
	sip_end_header(b);
}

void sip_copy_call_id(struct sip_builder *b, const struct payload *req, const struct sip_view *v)
{
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_put(b, slice_at(req, v->call_id), v->call_id.len);
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

/* The method stands in front of the Request-URI; ours or not, it is copied. */
void sip_copy_cseq(struct sip_builder *b, const struct payload *req, const struct sip_view *v)
{
	uint32_t len = 0;
	while (len < v->uri.at && req->bytes[len] != ' ')
		len++;
	sip_begin_header(b, "CSeq");
	sip_put_number(b, v->cseq);
	sip_put(b, " ", 1);
	sip_put(b, req->bytes, len);
	sip_end_header(b);
	b->view.cseq = v->cseq;
}

void sip_copy_record_routes(struct sip_builder *b, const struct payload *req, const struct sip_view *v)
{
	struct slice element;
	struct sip_elements walk = { 0 };
	while (sip_next_element(req, v, "Record-Route", 0, &walk, &element)) {
		sip_begin_header(b, "Record-Route");
		sip_put(b, slice_at(req, element), element.len);
		sip_end_header(b);
	}
}

static struct slice put_value(struct sip_builder *b, struct span value)
{
	uint32_t from = b->len;
	sip_put(b, value.at, value.len);
	return sip_since(b, from);
}

void sip_from_header(struct sip_builder *b, struct span value)
{
	sip_begin_header(b, "From");
	sip_scan_from(b->bytes, put_value(b, value), &b->view);
	sip_end_header(b);
}

void sip_to_header(struct sip_builder *b, struct span value)
{
	sip_begin_header(b, "To");
	sip_scan_to(b->bytes, put_value(b, value), &b->view);
	sip_end_header(b);
}

void sip_cseq_header(struct sip_builder *b, uint32_t number)
{
	sip_begin_header(b, "CSeq");
	sip_put_number(b, number);
	sip_put(b, " ", 1);
	sip_puts(b, sip_method_name((enum sip_method)b->view.method));
	sip_end_header(b);
	b->view.cseq = number;
}

void sip_set_body(struct sip_builder *b, const char *type, struct span body)
{
	b->body_type = type;
	b->body = body;
}

void sip_content_type_header(struct sip_builder *b)
{
	sip_text_header(b, "Content-Type", b->body_type);
	b->body_type = NULL;
}

void sip_content_length_header(struct sip_builder *b)
{
	sip_content_type_header(b);
	sip_number_header(b, "Content-Length", b->body.len);
	b->view.content_length = (uint32_t)b->body.len;
}

struct payload *sip_finish(struct sip_builder *b)
{
	sip_put(b, "\r\n", 2);
	uint32_t body_at = b->len;
	sip_put(b, b->body.at, b->body.len);
	if (b->full)
		return NULL;
	b->view.body_at = (uint16_t)body_at;
	struct payload *p = payload_new(b->world->payloads, b->len);
	memcpy(p->bytes, b->bytes, b->len);
	if (sip_shared(b->world)->parse_all && !b->foreign)
		sip_compare(b->world, p, &b->view);
	_Static_assert(sizeof b->view <= PAYLOAD_SLOT, "the view must fit in its slot");
	memcpy(p->slot, &b->view, sizeof b->view);
	p->viewed = true;
	p->built = !b->foreign;
	return p;
}

struct payload *sip_finish_text(struct sip_builder *b, const struct payload *before)
{
	if (b->full)
		return NULL;
	struct payload *p = sip_built(b->world->payloads, b->bytes, b->len);
	p->built = before->built;
	if (sip_view(b->world, p))
		return p;
	payload_unref(b->world->payloads, p);
	return NULL;
}
