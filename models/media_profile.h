/*
 * What a device's profile says of its audio; see media.h.
 */
#ifndef MODELS_MEDIA_PROFILE_H
#define MODELS_MEDIA_PROFILE_H

#include "sim/base.h"

enum latch { LATCH_OFF, LATCH_ONCE, LATCH_ALWAYS };

/** How an end behaves; a part of its device's profile, and read at each datagram. */
struct media_profile {
	uint32_t port;		  /* RTP of the first call */
	uint32_t ports;		  /* no call takes one as far above as this; 0: up to 65534 */
	uint32_t step;		  /* each further call takes a port higher by so much; 0: always the same */
	usec every;		  /* between two datagrams */
	bool rtcp;		  /* sends RTCP too */
	bool symmetric;		  /* sends from the port where it hears (RFC 4961); off: from another one */
	bool silence_suppression; /* sends nothing while muted */
	bool waits;		  /* sends nothing before it has heard something */
	int latch;		  /* enum latch */
	usec latch_after;
	usec latch_probation; /* a new source is followed when it alone was heard for so long; a datagram counts for `every` */
	bool latch_strict;    /* drops what does not come from where it has latched on */
};

#endif
