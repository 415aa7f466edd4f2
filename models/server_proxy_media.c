/*
 * The audio of calls that pass a proxy, when it passes too: the proxy writes itself into the descriptions, and
 * relays what comes.
 *
 *	caller --- ends[CALLER] = ends[CALLEE] --- callee
 *
 * A description of the caller's is about the end on its side, and goes on with the place of the other one.
 * Source: rtpengine 10.5 beside Kamailio (replace-origin, replace-session-connection).
 */
#include <string.h>

#include "models/sdp.h"
#include "models/server_proxy.h"
#include "models/session.h"

enum side { CALLER, CALLEE, SIDES };

struct relayed_call {
	struct keyed_link link; /* by Call-ID */
	uint64_t caller;	/* hash of the tag of who began it */
	struct media_end *ends[SIDES];
};

static uint64_t hash_of(const struct payload *p, struct slice s)
{
	return hash_bytes_64(HASH_START, slice_at(p, s), s.len);
}

static struct relayed_call *call_find(const struct proxy *proxy, const struct payload *p,
				      const struct sip_view *v)
{
	struct keyed_link *link = keyed_find(&proxy->calls, hash_of(p, v->call_id));
	return link ? CONTAINER(link, struct relayed_call, link) : NULL;
}

/* Behind the ports of the far end, which may be at the same host. */
static struct media_profile relay_ports(const struct server *s)
{
	struct media_profile ports = s->profile->talk.rtp;
	ports.port += ports.ports;
	return ports;
}

/* Its audio has ports at its own host, from the first call on. */
static void ports_claim(struct server *s)
{
	struct media_profile ports = relay_ports(s);
	uint32_t last = ports.port + ports.ports - 1;
	if (s->proxy->claimed)
		return;
	s->proxy->claimed = true;
	network_attach_ports(s->iface->network, s->iface, s->local.host, (uint16_t)ports.port,
			     (uint16_t)(last < 65535 ? last : 65535));
}

static struct media_end *end_open(struct server *s, uint32_t story)
{
	struct media_profile ports = relay_ports(s);
	struct media_setup setup = {
		.iface = s->iface,
		.profile = &s->profile->talk.rtp,
		.local = { s->local.host, media_next_port(&s->proxy->media, &ports) },
		.story = story,
	};
	return media_open(&s->proxy->media, &setup);
}

static struct relayed_call *call_begin(struct server *s, const struct packet *p, const struct sip_view *v)
{
	struct proxy *proxy = s->proxy;
	struct relayed_call *call = pool_get(&proxy->calls_pool);
	ports_claim(s);
	*call = (struct relayed_call){ .caller = hash_of(p->payload, v->from_tag) };
	for (int side = 0; side < SIDES; side++)
		call->ends[side] = end_open(s, p->story);
	media_join(call->ends[CALLER], call->ends[CALLEE]);
	keyed_add(&proxy->calls, server_world(s)->arena, &call->link, hash_of(p->payload, v->call_id));
	return call;
}

static void call_end(struct proxy *proxy, struct relayed_call *call)
{
	keyed_remove(&proxy->calls, &call->link);
	for (int side = 0; side < SIDES; side++)
		media_close(&proxy->media, call->ends[side]);
	pool_put(&proxy->calls_pool, call);
}

/* Whose description it is: From names who sends a request, and who gets a response. */
static enum side speaker_of(const struct relayed_call *call, const struct payload *p,
			    const struct sip_view *v)
{
	bool from_caller = hash_of(p, v->from_tag) == call->caller;
	return from_caller == v->request ? CALLER : CALLEE;
}

/* --- descriptions --------------------------------------------------------------------------------------- */

/* A description on its way from the message to `text`. */
struct copy {
	const char *from;
	char *text;
	size_t len;
	struct endpoint at;    /* where it will say that audio is heard */
	bool audio, elsewhere; /* in the section of the first audio stream; in that of another stream */
};

static bool copy_put(struct copy *c, const char *bytes, size_t len)
{
	if (c->len + len > SESSION_TEXT_MAX)
		return false;
	memcpy(c->text + c->len, bytes, len);
	c->len += len;
	return true;
}

/* The place in a line that is replaced; empty: none. */
static struct slice replaced(struct copy *c, const struct sdp_line *line, char by[static ENDPOINT_TEXT_MAX],
			     size_t *len)
{
	struct slice place = { 0, 0 };
	uint32_t old;
	if (line->type == 'm') {
		c->elsewhere = c->audio || memcmp(c->from + line->value.at, "audio ", strlen("audio ")) != 0;
		c->audio = true;
	}
	if (c->elsewhere)
		return place;
	if (sdp_address(c->from, line, &place, &old) && old) /* 0.0.0.0 is a hold (RFC 3264 8.4) */
		*len = host_print(c->at.host, by);
	else if (sdp_port(c->from, line, &place, &old) && old) /* 0 refuses the stream (RFC 3264 6) */
		*len = decimal_print(c->at.port, by);
	else
		place.len = 0;
	return place;
}

/* Beside a relay RTCP is on the next port, and need not be named (RFC 3605). */
static bool names_rtcp(const struct copy *c, const struct sdp_line *line)
{
	return line->type == 'a' && line->value.len >= 5 && !memcmp(c->from + line->value.at, "rtcp:", 5);
}

/* The line that stands from `start` to `end`. */
static bool copy_line(struct copy *c, uint32_t start, uint32_t end, const struct sdp_line *line)
{
	char by[ENDPOINT_TEXT_MAX];
	size_t len = 0;
	struct slice place = replaced(c, line, by, &len);
	uint32_t behind = (uint32_t)place.at + place.len;
	if (names_rtcp(c, line))
		return true;
	if (!place.len)
		return copy_put(c, c->from + start, end - start);
	return copy_put(c, c->from + start, place.at - start) && copy_put(c, by, len) &&
	       copy_put(c, c->from + behind, end - behind);
}

/* The same description with the place of `end` in it. Empty when it is too long. */
static struct span readdress(const struct payload *p, const struct sip_view *v, const struct media_end *end,
			     char *text)
{
	struct copy c = { .from = p->bytes, .text = text, .at = media_local(end) };
	struct sdp_line line;
	uint32_t start = v->body_at, at = start, stop = start + (uint32_t)sip_body(p, v).len;
	for (; sdp_line(p->bytes, stop, &at, &line); start = at)
		if (!copy_line(&c, start, at, &line))
			return (struct span){ NULL, 0 };
	return (struct span){ text, c.len };
}

struct span proxy_relay(struct server *s, const struct packet *p, const struct sip_view *v,
			char text[static SESSION_TEXT_MAX])
{
	struct span none = { NULL, 0 };
	struct session said;
	if (s->profile->media != MEDIA_RELAY || !session_read(p->payload, v, &said))
		return none;
	struct relayed_call *call = call_find(proxy_of(s), p->payload, v);
	if (!call && !(v->request && v->method == SIP_INVITE))
		return none; /* it is over, or was there before a restart */
	if (!call)
		call = call_begin(s, p, v);
	enum side side = speaker_of(call, p->payload, v);
	media_describe(call->ends[side], said.rtp, said.rtcp, session_hears(&said), session_sends(&said));
	return readdress(p->payload, v, call->ends[side == CALLER ? CALLEE : CALLER], text);
}

void proxy_relay_ends(struct server *s, const struct payload *p, const struct sip_view *v)
{
	struct relayed_call *call = s->proxy ? call_find(s->proxy, p, v) : NULL;
	if (call)
		call_end(s->proxy, call);
}

void proxy_relays_init(struct proxy *proxy, struct arena *a)
{
	pool_init(&proxy->calls_pool, a, sizeof(struct relayed_call));
}

void proxy_relays_forget(struct proxy *proxy)
{
	while (proxy->calls.first)
		call_end(proxy, CONTAINER(proxy->calls.first, struct relayed_call, link));
}
