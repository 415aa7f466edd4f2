/*
 * Session descriptions of one audio stream: what SDP offers and answers (RFC 3264, RFC 4566).
 *
 *	v=0
 *	o=100 1 1 IN IP4 192.168.1.104
 *	s=call
 *	c=IN IP4 192.168.1.104
 *	t=0 0
 *	m=audio 16384 RTP/AVP 0 101
 *	a=sendonly
 */
#ifndef MODELS_SESSION_H
#define MODELS_SESSION_H

#include "models/sip.h"

/** As seen by who writes it (RFC 3264 5.1). */
enum direction { DIRECTION_SENDRECV, DIRECTION_SENDONLY, DIRECTION_RECVONLY, DIRECTION_INACTIVE };

struct session {
	uint32_t origin;      /* host of o= */
	struct endpoint rtp;  /* c= and the port of m=; port 0: the stream is refused (RFC 3264 6); host 0: on hold, the old way (8.4) */
	struct endpoint rtcp; /* a=rtcp (RFC 3605), else the next port */
	uint8_t direction;    /* enum direction */
	uint32_t version;     /* of o=: one more with each change (RFC 3264 8) */
};

/** The longest description that session_print() writes. */
#define SESSION_TEXT_MAX 512

/** Writes a description; `user` is the name in o=, `id` the session's number there. Returns its length. */
size_t session_print(const struct session *s, struct span user, uint64_t id, char text[static SESSION_TEXT_MAX]);

/**
 * Reads the body of a message, as far as its Content-Length lets it (RFC 3261 18.3). False when it has none, is no SDP, or has
 * no audio stream with an IPv4 address. The first m=audio counts; a c= of its own overrides that of the session.
 */
bool session_read(const struct payload *p, const struct sip_view *v, struct session *s);

/** Does who wrote it send, and does it want to hear? */
static inline bool session_sends(const struct session *s)
{
	return s->rtp.port && s->rtp.host && (s->direction == DIRECTION_SENDRECV || s->direction == DIRECTION_SENDONLY);
}

static inline bool session_hears(const struct session *s)
{
	return s->rtp.port && s->rtp.host && (s->direction == DIRECTION_SENDRECV || s->direction == DIRECTION_RECVONLY);
}

/** The direction with which an offer is answered when the other side wants `wished` (RFC 3264 6.1). */
enum direction direction_answer(enum direction offered, enum direction wished);

#endif
