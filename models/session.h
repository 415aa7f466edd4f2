/*
 * Session descriptions of one audio stream: what SDP offers and answers (RFC 3264, RFC 4566).
 *
 *	v=0
 *	o=100 2890844526 2890844526 IN IP4 192.168.1.104
 *	s=SIP Call
 *	c=IN IP4 192.168.1.104
 *	t=0 0
 *	m=audio 16384 RTP/AVP 0 101
 *	a=rtcp:16390                          only when it is not the next port (RFC 3605)
 *	a=rtpmap:0 PCMU/8000
 *	a=rtpmap:101 telephone-event/8000
 *	a=sendrecv
 */
#ifndef MODELS_SESSION_H
#define MODELS_SESSION_H

#include "models/sip.h"

/** As seen by who writes it (RFC 3264 5.1). */
enum direction { DIRECTION_SENDRECV, DIRECTION_SENDONLY, DIRECTION_RECVONLY, DIRECTION_INACTIVE };

struct session {
	uint32_t origin;      /* host of o=; 0: a name */
	struct endpoint rtp;  /* c= and the port of m=; port 0: the stream is refused (RFC 3264 6); host 0: on hold, the old way (8.4) */
	struct endpoint rtcp; /* a=rtcp (RFC 3605), else the next port; all zero for who writes means just that */
	uint64_t id, version; /* of o=; the version is one more with each change (RFC 3264 8) */
	uint8_t direction;    /* enum direction */
};

/** What SDP bodies are called in Content-Type. */
#define SESSION_TYPE "application/sdp"

/** The longest description that session_print() writes: both texts may be as long as those of profiles. */
#define SESSION_TEXT_MAX 768

/** Writes a description; `user` is the name in o=, `name` stands in s=. Returns its length. */
size_t session_print(const struct session *s, struct span user, const char *name, char text[static SESSION_TEXT_MAX]);

/**
 * Reads the body of a message. False when it has none, is no SDP, is cut short (RFC 3261 18.3), or has no audio stream with an
 * IPv4 address; *s then says nothing. The first m=audio counts; what it says for itself overrides what is said for the session.
 */
bool session_read(const struct payload *p, const struct sip_view *v, struct session *s);

/** Does who wrote it send, and does it want to hear? Host 0 says only that nothing is to be sent there (RFC 3264 8.4). */
static inline bool session_sends(const struct session *s)
{
	return s->rtp.port && (s->direction == DIRECTION_SENDRECV || s->direction == DIRECTION_SENDONLY);
}

static inline bool session_hears(const struct session *s)
{
	return s->rtp.port && s->rtp.host && (s->direction == DIRECTION_SENDRECV || s->direction == DIRECTION_RECVONLY);
}

/** The direction with which an offer is answered when the other side wants `wished` (RFC 3264 6.1). */
enum direction direction_answer(enum direction offered, enum direction wished);

#endif
