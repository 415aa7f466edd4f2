#include "models/media.h"

#include <assert.h>

#include "models/sip_shared.h"
#include "sim/rng.h"

const struct fact fact_media_to_sdp = { "sdp", "where SDP says", "RFC 3264 5.1" };
const struct fact fact_media_to_sdp_first = { "sdp-first", "where SDP says, as nothing has come from there yet",
					      "RFC 3264 5.1" };
const struct fact fact_media_to_source = { "latched", "where its audio comes from, whatever SDP says", "RFC 7362" };

const struct fact fact_audio_heard = { "audio-heard", "hears the other side", NULL };
const struct fact fact_audio_of_another = { "audio-of-another", "hears the audio of another call", NULL };
const struct fact fact_media_latched = { "latches", "sends its audio to {endpoint} from now on", NULL };
const struct fact fact_media_kept = { "stays-latched", "hears audio from {endpoint}, and goes on sending to where it did", NULL };

const struct fact fact_audio_on_hold = { "audio-on-hold", "the call is on hold: nobody listens",
					 "RFC 3264 8.4" };
const struct fact fact_media_other_source = { "other-source",
					      "audio from somewhere else than it has latched on to", NULL };
const struct fact fact_media_malformed = { "no-rtp", "no RTP", "RFC 3550 5.1" };
const struct fact fact_media_nowhere = { "no-other-side", "nobody to send the audio on to", NULL };

enum { RTP, RTCP, STREAMS };

#define VERSION_2    0x80 /* of RTP and RTCP, in the first byte */
#define RTP_HEADER   12
#define REPORT_LEN   28
#define REPORT_EVERY (5 * SEC) /* RFC 3550 6.2 */
#define REPORT_TYPE  200       /* SR */
#define SAMPLE	     125       /* microseconds: PCMU, 8000 Hz, payload type 0 (RFC 3551 4.5.14) */
#define SAMPLES	     8	       /* in a datagram: enough to be seen */
#define SPEECH	     0x55
#define SILENCE	     0xFF

/* What each of the two streams is called, and how short it can be. */
static const struct {
	const char *label;
	uint16_t least;
} streams[STREAMS] = {
	[RTP] = { "RTP", RTP_HEADER },
	[RTCP] = { "RTCP", 8 },
};

/* RTP or RTCP of an end. */
struct media_stream {
	struct endpoint local, source; /* hears here; sends from there */
	struct endpoint said;	       /* by SDP; none: nowhere */
	struct endpoint heard;	       /* the last one; none: nobody */
	struct endpoint learned;       /* to send to, with latching; none: nothing yet */
	struct endpoint passed_over;   /* the last one that it did not follow; none: nobody */
	usec since;		       /* nobody but `heard` was heard */
	bool locked;		       /* `learned` stays until the next offer or answer */
};

struct media_end {
	struct timer timer, report;
	struct keyed_link by_port;
	struct media_setup setup;
	struct media_end *other; /* that it is joined with; NULL: none */
	struct media_stream stream[STREAMS];
	usec described; /* NEVER: not yet */
	uint32_t ssrc, sent;
	bool sends, hears, muted;
};

static struct world *world_of(const struct media_end *m)
{
	return m->setup.iface->node->world;
}

static bool is_somewhere(struct endpoint e)
{
	return e.host && e.port;
}

/* The newest that hears RTP there. */
static struct media_end *find(const struct media_ends *ends, uint32_t port)
{
	struct keyed_link *l = keyed_find(&ends->all, port);
	return l ? CONTAINER(l, struct media_end, by_port) : NULL;
}

uint32_t media_next_port(const struct media_ends *ends, const struct media_profile *p)
{
	if (!p->step)
		return p->port;
	assert(p->port <= 65534);
	uint32_t all = 65535 - p->port, ports = p->ports && p->ports < all ? p->ports : all;
	uint32_t room = (ports - 1) / p->step + 1, n = ends->opened;
	while (find(ends, p->port + n % room * p->step) && n - ends->opened < room)
		n++;
	return p->port + n % room * p->step;
}

/* --- sending ----------------------------------------------------------------------------------- */

static void put_16(char *to, uint32_t number)
{
	to[0] = (char)(number >> 8);
	to[1] = (char)number;
}

static void put_32(char *to, uint32_t number)
{
	put_16(to, number >> 16);
	put_16(to + 2, number);
}

static uint32_t get_32(const char *from)
{
	const unsigned char *b = (const unsigned char *)from;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is_latched(const struct media_end *m, int kind)
{
	return m->setup.profile->latch != LATCH_OFF && m->stream[kind].learned.port;
}

static const struct fact *rule(const struct media_end *m, int kind)
{
	if (is_latched(m, kind))
		return &fact_media_to_source;
	return m->setup.profile->latch == LATCH_OFF ? &fact_media_to_sdp : &fact_media_to_sdp_first;
}

static struct endpoint target(const struct media_end *m, int kind)
{
	return is_latched(m, kind) ? m->stream[kind].learned : m->stream[kind].said;
}

/* SDP has to name some place, even if another one is used. */
static bool has_target(const struct media_end *m, int kind)
{
	return is_somewhere(m->stream[kind].said);
}

static struct packet datagram(const struct media_end *m, int kind, struct payload *payload)
{
	return (struct packet){
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.story = m->setup.story,
		.src = m->setup.profile->symmetric ? m->stream[kind].local : m->stream[kind].source,
		.dst = target(m, kind),
		.label = streams[kind].label,
		.rule = rule(m, kind),
		.payload = payload,
	};
}

static void send(struct media_end *m, int kind, struct payload *payload)
{
	struct packet p = datagram(m, kind, payload);
	net_send(m->setup.iface, &p);
	payload_unref(world_of(m)->payloads, payload);
}

static uint32_t timestamp(const struct media_end *m)
{
	return (uint32_t)(world_now(world_of(m)) / SAMPLE);
}

/* RFC 3550 5.1 */
static void send_audio(struct media_end *m)
{
	struct payload *p = payload_new(world_of(m)->payloads, RTP_HEADER + SAMPLES);
	p->bytes[0] = (char)VERSION_2;
	p->bytes[1] = 0;
	put_16(p->bytes + 2, m->sent++);
	put_32(p->bytes + 4, timestamp(m));
	put_32(p->bytes + 8, m->ssrc);
	memset(p->bytes + RTP_HEADER, m->muted ? SILENCE : SPEECH, SAMPLES);
	send(m, RTP, p);
}

#define SECONDS_1900_TO_1970 2208988800u

/* RFC 3550 6.4.1, without report blocks. */
static void send_report(struct media_end *m)
{
	const struct world *w = world_of(m);
	struct payload *p = payload_new(w->payloads, REPORT_LEN);
	p->bytes[0] = (char)VERSION_2;
	p->bytes[1] = (char)REPORT_TYPE;
	put_16(p->bytes + 2, REPORT_LEN / 4 - 1);
	put_32(p->bytes + 4, m->ssrc);
	put_32(p->bytes + 8, (uint32_t)(w->setup.wall_clock + world_now(w) / SEC) + SECONDS_1900_TO_1970);
	put_32(p->bytes + 12, (uint32_t)(((uint64_t)(world_now(w) % SEC) << 32) / SEC));
	put_32(p->bytes + 16, timestamp(m));
	put_32(p->bytes + 20, m->sent);
	put_32(p->bytes + 24, m->sent * SAMPLES);
	send(m, RTCP, p);
}

static bool is_awake(const struct media_end *m)
{
	return m->setup.talks && !(m->setup.profile->waits && !m->stream[RTP].heard.port);
}

static bool speaks(const struct media_end *m)
{
	bool silent = m->muted && m->setup.profile->silence_suppression;
	return is_awake(m) && m->sends && !silent && has_target(m, RTP);
}

static bool reports(const struct media_end *m)
{
	return is_awake(m) && m->setup.profile->rtcp && has_target(m, RTCP);
}

static void audio_due(struct timer *t)
{
	struct media_end *m = CONTAINER(t, struct media_end, timer);
	if (!speaks(m))
		return;
	world_after(world_of(m), t, m->setup.profile->every);
	send_audio(m);
}

static void report_due(struct timer *t)
{
	struct media_end *m = CONTAINER(t, struct media_end, report);
	if (!reports(m))
		return;
	world_after(world_of(m), t, REPORT_EVERY);
	send_report(m);
}

/* Something has changed: who has not been sending begins at once; who is to stop will see so when its time
 * comes. */
static void begin(struct media_end *m)
{
	if (!timer_armed(&m->timer))
		audio_due(&m->timer);
	if (!timer_armed(&m->report))
		report_due(&m->report);
}

/* --- one end ----------------------------------------------------------------------------------- */

#define EPHEMERAL_LOW	49152u /* RFC 6335 6 */
#define EPHEMERAL_PAIRS 8192u

static struct media_stream stream_at(struct endpoint rtp, uint32_t source_port, uint32_t above)
{
	return (struct media_stream){
		.local = { rtp.host, rtp.port + above },
		.source = { rtp.host, source_port + above },
	};
}

/* Draws of an end. */
enum { DRAW_SSRC, DRAW_PORT };

/* Calls come and go: their ends are shared by all devices. */
static struct pool *pool_of(struct world *w)
{
	struct pool *pool = &sip_shared(w)->media_ends;
	if (!pool->arena)
		pool_init(pool, w->arena, sizeof(struct media_end));
	return pool;
}

struct media_end *media_open(struct media_ends *ends, const struct media_setup *setup)
{
	struct node *n = setup->iface->node;
	struct stream draws = stream_sub(stream_named(n->world->setup.seed, n->name, n->member, "media"),
					 setup->local.port);
	uint64_t port = stream_below(stream_sub(draws, DRAW_PORT), ends->opened, EPHEMERAL_PAIRS);
	uint32_t source_port = EPHEMERAL_LOW + 2 * (uint32_t)port;
	struct media_end *m = pool_get(pool_of(n->world));
	*m = (struct media_end){
		.timer = { .fire = audio_due },
		.report = { .fire = report_due },
		.setup = *setup,
		.stream = { stream_at(setup->local, source_port, RTP),
			    stream_at(setup->local, source_port, RTCP) },
		.described = NEVER,
		.ssrc = (uint32_t)stream_draw(stream_sub(draws, DRAW_SSRC), ends->opened),
		.hears = true,
	};
	keyed_add(&ends->all, n->world->arena, &m->by_port, setup->local.port);
	ends->opened++;
	return m;
}

void media_close(struct media_ends *ends, struct media_end *m)
{
	keyed_remove(&ends->all, &m->by_port);
	timer_disarm(&m->timer);
	timer_disarm(&m->report);
	if (m->other)
		m->other->other = NULL;
	pool_put(pool_of(world_of(m)), m);
}

static void open_window(struct media_end *m)
{
	m->described = world_now(world_of(m));
	for (int kind = 0; kind < STREAMS; kind++)
		m->stream[kind].locked = false;
}

/* Another address than before is news, and more than what was learned before. */
static void say(struct media_stream *s, struct endpoint where)
{
	if (!endpoint_equal(s->said, where) && s->said.port)
		s->learned = (struct endpoint){ 0 };
	s->said = where;
}

void media_describe(struct media_end *m, struct endpoint rtp, struct endpoint rtcp, bool sends, bool hears)
{
	say(&m->stream[RTP], rtp);
	say(&m->stream[RTCP], rtcp);
	m->sends = sends;
	m->hears = hears;
	open_window(m);
	if (m->other)
		open_window(m->other);
	begin(m);
}

void media_mute(struct media_end *m, bool muted)
{
	m->muted = muted;
	begin(m);
}

void media_join(struct media_end *a, struct media_end *b)
{
	assert(!a->setup.talks && !b->setup.talks);
	a->other = b;
	b->other = a;
}

struct endpoint media_local(const struct media_end *m)
{
	return m->setup.local;
}

uint32_t media_ssrc(const struct media_end *m)
{
	return m->ssrc;
}

/* --- receiving --------------------------------------------------------------------------------- */

/* About a datagram, but in the end's own call. */
static void note(const struct media_end *m, const struct packet *p, const struct fact *what, uint64_t value)
{
	struct packet here = *p;
	here.story = m->setup.story;
	trace_note(world_of(m), m->setup.iface, &here, what, value);
}

static void note_place(const struct media_end *m, const struct packet *p, const struct fact *what)
{
	note(m, p, what, (uint64_t)p->src.host << 16 | p->src.port);
}

/* It sends there from now on. */
static void follow(struct media_end *m, int kind, const struct packet *p)
{
	const struct media_profile *profile = m->setup.profile;
	struct media_stream *s = &m->stream[kind];
	if (kind == RTP && profile->latch != LATCH_OFF && !endpoint_equal(target(m, kind), p->src))
		note_place(m, p, &fact_media_latched);
	s->learned = p->src;
	s->locked = world_now(world_of(m)) - m->described >= profile->latch_after;
}

/* For how long it has heard nobody but this source: what has come stands for the time until the next one. */
static usec known_for(const struct media_end *m, const struct media_stream *s)
{
	return world_now(world_of(m)) - s->since + m->setup.profile->every;
}

/* Is it somebody new whom it does not follow, because it has latched on to another one or does not know him
 * long enough? */
static bool keeps_to_another(const struct media_end *m, int kind, struct endpoint src)
{
	const struct media_profile *profile = m->setup.profile;
	const struct media_stream *s = &m->stream[kind];
	if (profile->latch == LATCH_OFF || endpoint_equal(target(m, kind), src))
		return false;
	bool settled = profile->latch == LATCH_ONCE && s->locked;
	return settled || known_for(m, s) < profile->latch_probation;
}

static void pass_over(struct media_end *m, int kind, const struct packet *p)
{
	struct media_stream *s = &m->stream[kind];
	bool known = endpoint_equal(s->passed_over, p->src);
	s->passed_over = p->src;
	if (kind == RTP && !known && !m->setup.profile->latch_strict)
		note_place(m, p, &fact_media_kept);
}

/* Learns from where a datagram came. False: it is not to be heard. */
static bool learn(struct media_end *m, int kind, const struct packet *p)
{
	struct media_stream *s = &m->stream[kind];
	if (!endpoint_equal(s->heard, p->src))
		s->since = world_now(world_of(m));
	s->heard = p->src;
	if (keeps_to_another(m, kind, p->src)) {
		pass_over(m, kind, p);
		return !m->setup.profile->latch_strict;
	}
	follow(m, kind, p);
	return true;
}

/* Why a relay does not send on through this end; NULL: it does. */
static const struct fact *no_way_on(const struct media_end *other, int kind)
{
	if (!other || !has_target(other, kind))
		return &fact_media_nowhere;
	return kind == RTP && !other->sends ? &fact_audio_on_hold : NULL;
}

static void send_on(const struct media_end *m, int kind, const struct packet *p)
{
	const struct media_end *other = m->other;
	const struct fact *why = no_way_on(other, kind);
	if (why) {
		trace_drop(world_of(m), m->setup.iface, p, why);
		return;
	}
	struct packet on = datagram(other, kind, p->payload);
	on.parent = p->id;
	on.story = p->story;
	net_send(other->setup.iface, &on);
}

/* Whose audio it is shows in the story, as nobody here knows the other's SSRC beforehand. */
static void hear(struct media_end *m, const struct packet *p)
{
	const struct fact *what = p->story == m->setup.story ? &fact_audio_heard : &fact_audio_of_another;
	note(m, p, what, get_32(p->payload->bytes + 8));
	begin(m);
}

static const struct fact *refusal(struct media_end *m, int kind, const struct packet *p)
{
	const struct payload *bytes = p->payload;
	if (bytes->len < streams[kind].least || (bytes->bytes[0] & 0xC0) != VERSION_2)
		return &fact_media_malformed;
	if (kind == RTP && !m->hears)
		return &fact_audio_on_hold;
	return learn(m, kind, p) ? NULL : &fact_media_other_source;
}

static void receive(struct media_end *m, int kind, const struct packet *p)
{
	const struct fact *why = refusal(m, kind, p);
	if (why)
		trace_drop(world_of(m), m->setup.iface, p, why);
	else if (!m->setup.talks)
		send_on(m, kind, p);
	else if (kind == RTP)
		hear(m, p);
}

bool media_receive(struct media_ends *ends, const struct packet *p)
{
	struct media_end *rtp = find(ends, p->dst.port);
	struct media_end *rtcp = rtp ? NULL : find(ends, p->dst.port - RTCP);
	if (rtp)
		receive(rtp, RTP, p);
	else if (rtcp)
		receive(rtcp, RTCP, p);
	return rtp || rtcp;
}
