#include "models/alg_pinholes.h"

#include "models/sdp.h"

const struct fact fact_alg_port_taken = { "alg-port-taken", "the ALG has promised its port to another flow",
					  "measured: Linux 6.18" };
const struct fact fact_alg_opens = { "alg-opens", "the ALG opens {endpoint}", NULL };

enum kind { SIGNALLING, MEDIA };

/* Measured on Linux 6.18: how long the pinhole of a REGISTER waits for its 2xx. */
#define UNANSWERED (180 * SEC)

static void note_open(const struct alg_talk *t, struct endpoint outside)
{
	const struct alg_passage *x = t->passage;
	trace_note(x->at->node->world, x->at, x->packet, &fact_alg_opens, (uint64_t)outside.host << 16 | outside.port);
}

static void close_all(const struct alg_talk *t, enum kind kind)
{
	nat_expect_end(t->passage->nat, t->inside, t->remote, (uint8_t)kind, UINT32_MAX);
}

/* A late answer says nothing about what a later request has opened. Source: Linux register_cseq, invite_cseq. */
static void close_answered(const struct alg_talk *t, enum kind kind)
{
	nat_expect_end(t->passage->nat, t->inside, t->remote, (uint8_t)kind, t->message.view->cseq);
}

bool alg_invited(const struct alg_talk *t)
{
	struct nat_path in = { t->far, t->message.flow.outside };
	const struct nat_expectation *e = nat_expected(t->passage->nat, t->now, in, false);
	return e && e->kind == SIGNALLING;
}

/* --- signalling -------------------------------------------------------------------------------------------------- */

/* Only for the phone itself: a Contact at the address that the REGISTER comes from. */
static bool registers_itself(const struct alg_talk *t, struct hostport *h)
{
	const struct alg_message *m = &t->message;
	struct sip_contacts walk = { 0 };
	struct sip_contact c;
	return sip_next_contact(t->passage->packet->payload, m->view, &walk, &c) && c.expires != 0 &&
	       siptext_hostport(m->text, siptext_uri_hostport(m->text, c.uri), h) && h->at.host == t->inside.host;
}

#define PORTS_TRIED 128 /* a box gives up some time; as many as Linux */

/* The outside port to try after this one; 0: there is none. */
static uint32_t another_port(const struct alg_talk *t, uint32_t wanted, uint32_t tried)
{
	switch (t->message.profile->port_busy) {
	case ALG_BUSY_INCREMENT:
		return tried < 65535 ? tried + 1 : 0;
	case ALG_BUSY_RANDOM:
		return nat_draw_port(t->passage->nat, wanted);
	default:
		return 0;
	}
}

static bool expect_somewhere(const struct alg_talk *t, struct nat_expectation *e)
{
	uint32_t wanted = e->outside.port;
	for (int tries = 0; tries < PORTS_TRIED && e->outside.port; tries++) {
		if (!nat_expect(t->passage->nat, t->now, e, 1))
			return true;
		e->outside.port = another_port(t, wanted, e->outside.port);
	}
	return false;
}

/* The Contact gets the outside end of the flow when it names the phone's own port, or else its own port there. */
static const struct fact *open_contact(struct alg_talk *t)
{
	const struct alg_profile *p = t->message.profile;
	struct hostport h;
	if (!registers_itself(t, &h))
		return NULL;
	struct nat_expectation e = {
		.inside = h.at,
		.outside = t->message.flow.outside,
		.remote.host = p->signalling_from == ALG_FROM_REGISTRAR ? t->remote.host : 0,
		.permanent = true,
		.kind = SIGNALLING,
		.serial = t->message.view->cseq,
		.most = (uint8_t)p->max_signalling,
		.owner_inside = t->inside,
		.owner_remote = t->remote,
		.lasts = UNANSWERED,
	};
	if (h.at.port != t->own_port)
		e.outside.port = h.at.port;
	if (!expect_somewhere(t, &e))
		return &fact_alg_port_taken;
	t->message.contact = (struct alg_pair){ h.at, e.outside };
	return NULL;
}

/* A Contact of a 2xx: false when it grants nothing of ours. */
static bool grant(const struct alg_talk *t, const struct sip_contact *c)
{
	const struct alg_message *m = &t->message;
	struct hostport contact;
	if (!c->expires || c->expires == SIP_ABSENT ||
	    !siptext_hostport(m->text, siptext_uri_hostport(m->text, c->uri), &contact) ||
	    !nat_expect_activate(t->passage->nat, t->now, t->inside, t->remote, SIGNALLING, m->view->cseq, contact.at,
				 (usec)c->expires * SEC))
		return false;
	note_open(t, contact.at);
	return true;
}

/* A 2xx grants what it lists; any other final response, or one that lists nothing of ours, takes it back. */
static void answer_contact(const struct alg_talk *t)
{
	const struct sip_view *v = t->message.view;
	struct sip_contacts walk = { 0 };
	struct sip_contact c;
	bool granted = false;
	while (v->status < 300 && sip_next_contact(t->passage->packet->payload, v, &walk, &c))
		granted |= grant(t, &c);
	if (!granted)
		close_answered(t, SIGNALLING);
}

/* --- media ------------------------------------------------------------------------------------------------------- */

/* An m= line that has a port, with the address that holds for it; host 0: none of IPv4. */
struct media {
	struct endpoint at;
	bool addressed; /* there is a c= line for it, of whatever kind */
};

static uint32_t media_of(const struct alg_message *m, struct media media[static ALG_MEDIA_MAX])
{
	struct media session = { 0 }, other, *here = &session;
	struct sdp_line line;
	struct slice place;
	uint32_t n = 0, port;
	for (uint32_t at = m->view->body_at; sdp_line(m->text, m->len, &at, &line);) {
		if (line.type == 'c') {
			here->addressed = true;
			if (!sdp_address(m->text, &line, &place, &here->at.host))
				here->at.host = 0;
		} else if (line.type == 'm') {
			bool counts = sdp_port(m->text, &line, &place, &port) && port && n < ALG_MEDIA_MAX;
			here = counts ? &media[n++] : &other;
			*here = session;
			here->at.port = counts ? port : 0;
		}
	}
	return n;
}

static struct nat_expectation media_expectation(const struct alg_talk *t)
{
	return (struct nat_expectation){
		.active = true,
		.kind = MEDIA,
		.serial = t->message.view->cseq,
		.owner_inside = t->inside,
		.owner_remote = t->remote,
		.lasts = t->message.profile->media_timeout,
	};
}

static uint32_t next_port(uint32_t port)
{
	return port ? port + 1 : 0;
}

/* RTP, and RTCP one port above (RFC 3550 11): both or neither. */
static const struct fact *expect_pair(const struct alg_talk *t, struct nat_expectation rtp)
{
	struct nat_expectation pair[] = { rtp, rtp };
	pair[1].inside.port = next_port(rtp.inside.port);
	pair[1].outside.port = next_port(rtp.outside.port);
	if (rtp.from_inside)
		pair[1].remote.port = next_port(rtp.remote.port);
	return nat_expect(t->passage->nat, t->now, pair, 2);
}

/* The phone says where it listens: others may send there, to the same port outside if nobody else was promised that. */
static const struct fact *open_for_others(struct alg_talk *t, struct endpoint at)
{
	const struct alg_profile *p = t->message.profile;
	struct nat_expectation e = media_expectation(t);
	e.inside = at;
	e.outside = (struct endpoint){ t->message.flow.outside.host, at.port };
	e.remote.host = p->media_from == ALG_MEDIA_FROM_PEER ? t->remote.host : 0;
	int tries = p->media_busy == ALG_BUSY_INCREMENT ? PORTS_TRIED : 1;
	for (; tries > 0 && e.outside.port < 65535; tries--, e.outside.port += 2) {
		if (expect_pair(t, e))
			continue;
		t->media[t->message.n_media++] = (struct alg_pair){ at, e.outside };
		note_open(t, e.outside);
		return NULL;
	}
	return &fact_alg_port_taken;
}

static bool is_own(const struct alg_talk *t, const struct nat_expectation *e)
{
	return endpoint_equal(e->owner_inside, t->inside) && endpoint_equal(e->owner_remote, t->remote);
}

/* Linux looks for the RTP of the phone to there first, as a call may be described in several flows. */
static bool opened_elsewhere(const struct alg_talk *t, struct endpoint at)
{
	struct nat_path rtp = { { t->inside.host, 0 }, at };
	const struct nat_expectation *e = nat_expected(t->passage->nat, t->now, rtp, true);
	return e && e->kind == MEDIA && !is_own(t, e);
}

/* The other side says where it listens: what the phone sends there leaves from the port that it was promised outside.
 */
static const struct fact *open_for_phone(struct alg_talk *t, struct endpoint at)
{
	if (opened_elsewhere(t, at))
		return NULL;
	struct nat_expectation e = media_expectation(t);
	e.from_inside = true;
	e.inside.host = t->inside.host;
	e.remote = at;
	return expect_pair(t, e) ? &fact_alg_port_taken : NULL;
}

/* Linux: a third party's media is left alone. */
static bool is_party(const struct alg_talk *t, uint32_t host)
{
	uint32_t party = t->passage->outward ? t->inside.host : t->far.host;
	return host && (t->message.profile->media_from == ALG_MEDIA_FROM_ANYONE || host == party);
}

#define PORT_LEAST 1024 /* Linux: media below is no media */

static const struct fact *open_media(struct alg_talk *t)
{
	struct media media[ALG_MEDIA_MAX];
	uint32_t n = media_of(&t->message, media);
	for (uint32_t i = 0; i < n; i++) {
		const struct fact *refused = NULL;
		if (!media[i].addressed || media[i].at.port < PORT_LEAST)
			refused =
				t->message.profile->on_unparsable == ALG_UNPARSABLE_DROP ? &fact_alg_unparsable : NULL;
		else if (is_party(t, media[i].at.host))
			refused =
				t->passage->outward ? open_for_others(t, media[i].at) : open_for_phone(t, media[i].at);
		if (refused)
			return refused;
	}
	return NULL;
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

static const struct fact *invite(struct alg_talk *t)
{
	const struct sip_view *v = t->message.view;
	if (t->message.profile->close_on_bye && v->request)
		close_all(t, MEDIA);
	else if (t->message.profile->close_on_bye && v->status >= 300)
		close_answered(t, MEDIA);
	bool offers = (v->request || v->status < 300) && alg_holds_sdp(&t->message);
	return offers ? open_media(t) : NULL;
}

static const struct fact *bye(struct alg_talk *t)
{
	if (t->message.profile->close_on_bye)
		close_all(t, MEDIA);
	return NULL;
}

static const struct fact *registration(struct alg_talk *t)
{
	const struct sip_view *v = t->message.view;
	if (v->request && t->passage->outward)
		return open_contact(t);
	if (!v->request && !t->passage->outward && v->status >= 200)
		answer_contact(t);
	return NULL;
}

const struct fact *alg_open(struct alg_talk *t)
{
	const struct alg_profile *p = t->message.profile;
	bool signalling = p->signalling != ALG_SIGNALLING_NONE, media = p->media != ALG_MEDIA_NONE;
	switch (t->message.view->method) {
	case SIP_REGISTER:
		return signalling ? registration(t) : NULL;
	case SIP_INVITE:
		return media ? invite(t) : NULL;
	case SIP_ACK: /* with the answer to an offer that came in the 2xx */
		return media && alg_holds_sdp(&t->message) ? open_media(t) : NULL;
	case SIP_BYE: /* a CANCEL closes nothing, but the 487 that follows does */
		return media ? bye(t) : NULL;
	default:
		return NULL;
	}
}
