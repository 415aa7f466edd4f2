#include "models/session.h"

#include <string.h>
#include <strings.h>

#include "models/sdp.h"

static const char *const direction_words[] = {
	[DIRECTION_SENDRECV] = "sendrecv",
	[DIRECTION_SENDONLY] = "sendonly",
	[DIRECTION_RECVONLY] = "recvonly",
	[DIRECTION_INACTIVE] = "inactive",
};

static enum direction direction_of(bool sends, bool hears)
{
	if (sends)
		return hears ? DIRECTION_SENDRECV : DIRECTION_SENDONLY;
	return hears ? DIRECTION_RECVONLY : DIRECTION_INACTIVE;
}

static bool sending(enum direction d)
{
	return d == DIRECTION_SENDRECV || d == DIRECTION_SENDONLY;
}

static bool hearing(enum direction d)
{
	return d == DIRECTION_SENDRECV || d == DIRECTION_RECVONLY;
}

enum direction direction_answer(enum direction offered, enum direction wished)
{
	return direction_of(hearing(offered) && sending(wished), sending(offered) && hearing(wished));
}

/* RTCP goes one port above RTP unless it is said otherwise (RFC 3550 11). */
static struct endpoint next_port(struct endpoint rtp)
{
	return (struct endpoint){ rtp.host, rtp.port && rtp.port < 65535 ? rtp.port + 1 : 0 };
}

/* --- writing -------------------------------------------------------------------------------------------- */

static char *put_number(char *at, const char *before, uint64_t number)
{
	at = stpcpy(at, before);
	return at + decimal_print(number, at);
}

static char *put_address(char *at, const char *before, uint32_t host)
{
	at = stpcpy(stpcpy(at, before), "IN IP4 ");
	return at + host_print(host, at);
}

static char *put_origin(char *at, const struct session *s, struct span user)
{
	at = mempcpy(stpcpy(at, "o="), user.at, user.len);
	at = put_number(at, " ", s->id);
	at = put_number(at, " ", s->version);
	return put_address(at, " ", s->origin);
}

static char *put_rtcp(char *at, const struct session *s)
{
	struct endpoint next = next_port(s->rtp);
	if (!s->rtcp.port || endpoint_equal(s->rtcp, next))
		return at;
	at = put_number(at, "\r\na=rtcp:", s->rtcp.port);
	return s->rtcp.host == next.host ? at : put_address(at, " ", s->rtcp.host);
}

size_t session_print(const struct session *s, struct span user, const char *name,
		     char text[static SESSION_TEXT_MAX])
{
	char *at = put_origin(stpcpy(text, "v=0\r\n"), s, user);
	at = stpcpy(stpcpy(at, "\r\ns="), name);
	at = put_address(at, "\r\nc=", s->rtp.host);
	at = put_number(at, "\r\nt=0 0\r\nm=audio ", s->rtp.port);
	at = put_rtcp(stpcpy(at, " RTP/AVP 0 101"), s);
	at = stpcpy(at, "\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=");
	at = stpcpy(stpcpy(at, direction_words[s->direction]), "\r\n");
	return (size_t)(at - text);
}

/* --- reading -------------------------------------------------------------------------------------------- */

struct reader {
	const char *text;
	struct session *session;
	enum part {
		SESSION,
		AUDIO,
		OTHER,
		DONE
	} part; /* of the description; only the first audio stream is of interest */
	bool addressed;
};

static bool begins_with(const char *text, struct slice s, const char *word)
{
	size_t len = strlen(word);
	return s.len >= len && !memcmp(text + s.at, word, len);
}

static struct slice behind(struct slice s, size_t len)
{
	return (struct slice){ (uint16_t)(s.at + len), (uint16_t)(s.len - len) };
}

/* A number of up to 64 bits, a time stamp for instance; what is none, or more, is 0. */
static uint64_t long_number(const char *text, struct slice s)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		char c = text[s.at + i];
		if (c < '0' || c > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(c - '0'), &n))
			return 0;
	}
	return n;
}

static void read_origin(struct reader *r, const struct sdp_line *line)
{
	struct slice place;
	r->session->id = long_number(r->text, sdp_word(r->text, line->value, 1));
	r->session->version = long_number(r->text, sdp_word(r->text, line->value, 2));
	if (!sdp_address(r->text, line, &place, &r->session->origin))
		r->session->origin = 0;
}

static void read_address(struct reader *r, const struct sdp_line *line)
{
	struct slice place;
	r->addressed = sdp_address(r->text, line, &place, &r->session->rtp.host);
}

static void read_media(struct reader *r, const struct sdp_line *line)
{
	struct slice place;
	if (r->part == AUDIO)
		r->part = DONE;
	else if (begins_with(r->text, line->value, "audio ") &&
		 sdp_port(r->text, line, &place, &r->session->rtp.port))
		r->part = AUDIO;
	else
		r->part = OTHER;
}

/* "rtcp:53020" or "rtcp:53020 IN IP4 126.16.64.4" (RFC 3605 2.1). */
static void read_rtcp(struct reader *r, struct slice value)
{
	uint32_t port, host = 0;
	struct slice address = sdp_word(r->text, value, 3);
	if (!siptext_number(r->text, sdp_word(r->text, value, 0), &port) || port > 65535)
		return;
	if (address.len && !host_parse(r->text + address.at, address.len, &host))
		return;
	r->session->rtcp = (struct endpoint){ host, port };
}

static void read_attribute(struct reader *r, const struct sdp_line *line)
{
	struct span value = { r->text + line->value.at, line->value.len };
	if (r->part == AUDIO && begins_with(r->text, line->value, "rtcp:"))
		read_rtcp(r, behind(line->value, strlen("rtcp:")));
	for (uint8_t d = 0; d < COUNT(direction_words); d++)
		if (span_equal(value, SPAN(direction_words[d])))
			r->session->direction = d;
}

static const struct sdp_reading {
	char type;
	void (*read)(struct reader *r, const struct sdp_line *line);
} readings[] = {
	{ 'o', read_origin },
	{ 'c', read_address },
	{ 'a', read_attribute },
};

static void read_line(struct reader *r, const struct sdp_line *line)
{
	for (size_t i = 0; i < COUNT(readings); i++)
		if (line->type == readings[i].type)
			readings[i].read(r, line);
}

static bool is_sdp(const struct payload *p, const struct sip_view *v)
{
	struct slice value;
	if (!sip_find_header(p, v, "Content-Type", 'c', &value))
		return false;
	const char *params = memchr(slice_at(p, value), ';', value.len);
	value.len = params ? (uint16_t)(params - slice_at(p, value)) : value.len;
	return siptext_named(p->bytes, siptext_trim(p->bytes, value), SESSION_TYPE, 0);
}

/* Of RTCP at most the port was said. */
static struct endpoint rtcp_of(const struct session *s)
{
	if (!s->rtcp.port)
		return next_port(s->rtp);
	return (struct endpoint){ s->rtcp.host ? s->rtcp.host : s->rtp.host, s->rtcp.port };
}

static bool read_body(const struct payload *p, const struct sip_view *v, struct session *s)
{
	struct reader r = { .text = p->bytes, .session = s };
	struct sdp_line line;
	if (v->body_at == p->len || sip_cut_short(p, v) || !is_sdp(p, v))
		return false;
	uint32_t at = v->body_at, end = at + (uint32_t)sip_body(p, v).len;
	while (r.part != DONE && sdp_line(p->bytes, end, &at, &line)) {
		if (line.type == 'm')
			read_media(&r, &line);
		else if (r.part != OTHER)
			read_line(&r, &line);
	}
	s->rtcp = rtcp_of(s);
	return (r.part == AUDIO || r.part == DONE) && (r.addressed || !s->rtp.port);
}

bool session_read(const struct payload *p, const struct sip_view *v, struct session *s)
{
	static const struct session nothing = { .direction = DIRECTION_SENDRECV };
	*s = nothing;
	bool good = read_body(p, v, s);
	if (!good)
		*s = nothing;
	return good;
}
