/*
 * One end of an audio stream: a port that sends and hears RTP (RFC 3550), and RTCP on the next port.
 *
 *	talker  --RTP every 1 s-->  end            heard: fact_audio_heard
 *	phone   --RTP-->  end == end  --RTP-->  phone      two ends that are joined relay to each other
 *
 * Datagrams are sparse: one every `every` stands for all those that a phone sends in that time, one every 20 ms.
 * What is said of a call does not depend on how many there are.
 *
 * Where an end sends to is a question of its own, since SDP often names an address that cannot be reached:
 *
 *	latch off      where SDP says, always
 *	latch once     where the first datagram came from that arrived `latch_after` or more after the last offer or
 *	               answer; until then where the last one came from; before any, where SDP says
 *	latch always   where the last one came from
 *
 * RTP and RTCP learn apart. An offer or answer that names another address than before is believed until
 * something is heard; one that names the same address only opens the window anew.
 *
 * Source: rtpengine 10.5 (endpoint learning off, immediate = once with latch_after 0, delayed = once with 3 s;
 * media handover = always; strict source), measured. Asterisk and FreeSWITCH: once, with latch_probation.
 */
#ifndef MODELS_MEDIA_H
#define MODELS_MEDIA_H

#include "models/media_profile.h"
#include "sim/keyed.h"
#include "sim/world.h"

struct media_end;

/** All that is pointed to outlives the end. */
struct media_setup {
	struct iface *iface;
	const struct media_profile *profile;
	struct endpoint local; /* where it hears RTP */
	uint32_t story;	       /* of the call */
	bool talks;	       /* there is somebody who speaks: not at a relay */
};

/** Ends of a device, found by port; zeroed memory has none. */
struct media_ends {
	struct keyed all;
	uint32_t opened; /* so far: the next call's port depends on it */
};

/**
 * Where the next call hears RTP: profile->port, higher by profile->step for each call before, never beyond
 * 65534, and free where there is a free one.
 */
uint32_t media_next_port(const struct media_ends *ends, const struct media_profile *profile);

/** A new end, which hears and is silent until it knows where to send. */
struct media_end *media_open(struct media_ends *ends, const struct media_setup *setup);

/** Nothing more is sent or heard. */
void media_close(struct media_ends *ends, struct media_end *m);

/**
 * An offer or answer said where the other side hears RTP (port or host 0: nowhere) and RTCP, whether this end
 * may send, and whether it is to hear. It opens the learning window anew, also that of the end it is joined
 * with. When it begins to send, the first datagram leaves at once. RTCP goes on while neither sends (RFC
 * 3264 5.1).
 */
void media_describe(struct media_end *m, struct endpoint rtp, struct endpoint rtcp, bool sends, bool hears);

/** Speaks or not; a muted end sends silence, or with silence suppression nothing. */
void media_mute(struct media_end *m, bool muted);

/** Whatever one of them hears the other one sends on. Both were opened without a talker. */
void media_join(struct media_end *a, struct media_end *b);

/** Where it hears RTP. */
struct endpoint media_local(const struct media_end *m);

/** What identifies the speaker in its datagrams (RFC 3550 5.1, SSRC): bytes 8 to 11. */
uint32_t media_ssrc(const struct media_end *m);

/** Gives a datagram to the end whose port it came to. False when no end has that port. */
bool media_receive(struct media_ends *ends, const struct packet *p);

/** Where a datagram's destination came from: rules of `struct packet`, also of those that are relayed. `_first`: of an end
 * that latches and knows no better yet. */
extern const struct fact fact_media_to_sdp, fact_media_to_sdp_first, fact_media_to_source;

/**
 * Noted, with the story of the end's call, of ends that are not relays: RTP of this call was heard ({value}:
 * its SSRC), or that of another one (its story is another) in its place.
 */
extern const struct fact fact_audio_heard, fact_audio_of_another;

/** Noted when an end that latches sends somewhere else from now on: where a datagram came from; and when it does not, as it has
 * latched on before. */
extern const struct fact fact_media_latched, fact_media_kept;

/** Reasons for which an end drops: it is on hold; it has latched on to another source; no RTP; nowhere to
 * send it on to. */
extern const struct fact fact_audio_on_hold, fact_media_other_source, fact_media_malformed,
	fact_media_nowhere;

/** Is it what a ladder calls RTP or RTCP; is it RTP? NULL is none. */
static inline bool label_is_media(const char *label)
{
	return label && label[0] == 'R' && label[1] == 'T';
}

static inline bool label_is_rtp(const char *label)
{
	return label_is_media(label) && label[2] == 'P';
}

#endif
