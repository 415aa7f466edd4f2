#include "scenarios/judge_audio.h"

#include <string.h>

#include "models/media.h"

/* In an RTP header (RFC 3550 5.1). */
#define SEQUENCE_AT 2
#define SSRC_AT	    8

static uint32_t ssrc_of(const struct record *r)
{
	const unsigned char *b = (const unsigned char *)r->payload->bytes + SSRC_AT;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint16_t sequence_of(const struct record *r)
{
	const unsigned char *b = (const unsigned char *)r->payload->bytes + SEQUENCE_AT;
	return (uint16_t)(b[0] << 8 | b[1]);
}

static enum peer peer_of(const struct fact *rule)
{
	if (rule == &fact_media_to_sdp || rule == &fact_media_to_sdp_first)
		return PEER_SDP;
	return rule == &fact_media_to_source ? PEER_SOURCE : PEER_ANY;
}

void speech_begin(struct speech *d)
{
	for (int p = 0; p < PEERS; p++)
		d->tracks[p] = (struct track){ .unheard = -1, .spoken = -1, .heard = -1 };
}

void speech_init(struct speech *d, const struct node *speaker, const struct node *hearer)
{
	*d = (struct speech){ .speaker = speaker, .hearer = hearer };
	speech_begin(d);
}

bool speech_is(const struct speech *d, const struct record *r)
{
	return d->known && r->payload && r->payload->len >= SSRC_AT + sizeof d->ssrc && ssrc_of(r) == d->ssrc;
}

/* --- one track --------------------------------------------------------------------------------------------------- */

/* What was said before a pause and is still not heard is not missed for the time of the pause. */
static void track_said(struct track *t, const struct record *r)
{
	if (t->unheard >= 0 && r->at - t->spoken > SILENCE_MINDED)
		t->paused += r->at - t->spoken;
	if (t->unheard < 0)
		t->unheard = r->at;
	if (!t->sent++)
		t->first = sighting_of(r);
	t->spoken = r->at;
}

static usec silence(const struct track *t, usec until)
{
	return t->unheard < 0 ? 0 : until - t->unheard - t->paused;
}

static APART void gap_keep(struct track *t, usec until)
{
	t->gap[0] = t->unheard;
	t->gap[1] = until;
	t->gap_lost = t->lost;
}

static void track_heard(struct track *t, usec at)
{
	if (RARELY(silence(t, at) > SILENCE_MINDED && !t->gap[1]))
		gap_keep(t, at);
	t->heard = at;
	t->unheard = -1;
	t->paused = 0;
	t->lost.what.id = 0;
}

static void track_lost(struct track *t, const struct loss *lost)
{
	if (t->lost.what.id) {
		t->lost.drops += lost->what.fact == t->lost.what.fact && lost->what.iface == t->lost.what.iface;
		return;
	}
	t->lost = *lost;
	t->lost.drops = 1;
	t->lost.worked = t->heard >= 0;
}

enum verdict track_verdict(const struct track *t, usec end, usec *since)
{
	usec pause = end - t->spoken > SILENCE_MINDED ? end - t->spoken : 0;
	*since = t->unheard;
	if (t->heard < 0)
		return VERDICT_FAILS;
	if (silence(t, end - pause) > SILENCE_MINDED)
		return VERDICT_STOPS;
	return t->gap[1] ? VERDICT_DEGRADED : VERDICT_WORKS;
}

/* --- by which rule --------------------------------------------------------------------------------------------------- */

/* Routers between do not say it again: what arrives is known by its number, and others may have left meanwhile. */
static void sends(struct sending *s, const struct record *r, enum peer peer)
{
	if (s->now != peer || !s->any)
		*s = (struct sending){ peer, s->now, sequence_of(r), true };
}

static enum peer sent_by(const struct speech *d, const struct record *r)
{
	const struct sending *s = d->relayed.any ? &d->relayed : &d->own;
	bool later = (int16_t)(uint16_t)(sequence_of(r) - s->since) >= 0;
	return later ? s->now : s->before;
}

/* --- one direction ----------------------------------------------------------------------------------------------- */

static void said(struct speech *d, const struct record *r, enum peer peer)
{
	d->way = sighting_of(r);
	if (peer != PEER_ANY)
		track_said(&d->tracks[peer], r);
}

void audio_said(struct speech *d, const struct record *r, bool counts)
{
	if (RARELY(!d->known && r->payload && r->payload->len >= SSRC_AT + sizeof d->ssrc)) {
		d->ssrc = ssrc_of(r);
		d->known = true;
	}
	track_said(&d->tracks[PEER_ANY], r);
	if (counts)
		sends(&d->own, r, peer_of(r->fact));
	said(d, r, counts ? peer_of(r->fact) : PEER_ANY);
}

void audio_relayed(struct speech *d, const struct record *r)
{
	sends(&d->relayed, r, peer_of(r->fact));
	said(d, r, peer_of(r->fact));
}

void audio_arrived(struct speech *d, const struct record *r)
{
	d->arrived = speech_is(d, r) ? r->id : 0;
	d->arrived_by = d->arrived ? sent_by(d, r) : PEER_ANY;
}

void audio_heard(struct speech *d, const struct record *r)
{
	enum peer peer = d->arrived == r->id ? d->arrived_by : PEER_ANY;
	track_heard(&d->tracks[PEER_ANY], r->at);
	if (peer != PEER_ANY)
		track_heard(&d->tracks[peer], r->at);
}

static void lose(struct speech *d, const struct record *r, const struct fact *why)
{
	struct loss lost = { .what = sighting_of(r), .way = d->way };
	enum peer peer = sent_by(d, r);
	lost.what.fact = why;
	track_lost(&d->tracks[PEER_ANY], &lost);
	if (peer != PEER_ANY)
		track_lost(&d->tracks[peer], &lost);
}

void audio_lost(struct speech *d, const struct record *r)
{
	lose(d, r, r->fact);
}

void audio_astray(struct speech *d, const struct record *r)
{
	lose(d, r, &fact_audio_of_another);
}

struct evidence audio_evidence(const struct speech *d, const struct track *t, enum verdict result)
{
	const struct loss *lost = result == VERDICT_DEGRADED ? &t->gap_lost : &t->lost;
	return (struct evidence){
		.part = PART_AUDIO,
		.subject = d->hearer,
		.sender = d->speaker,
		.first = t->first,
		.answered = lost->what.id ? lost->way : d->way,
		.lost = lost->what,
		.worked = lost->what.id ? lost->worked : t->heard >= 0,
		.note = d->note,
		.noter = d->note ? d->hearer : NULL,
		.sent = t->sent,
		.drops = lost->what.id ? lost->drops : 0,
	};
}
