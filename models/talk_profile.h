/*
 * What a device's profile says of how it takes calls; see talk.h.
 */
#ifndef MODELS_TALK_PROFILE_H
#define MODELS_TALK_PROFILE_H

#include "models/media_profile.h"

/** How the other side is put on hold (RFC 3264 8.4). */
enum hold_by { HOLD_SENDONLY, HOLD_INACTIVE, HOLD_ZERO_ADDRESS };

/** A part of its device's profile, and read at each use. */
struct talk_profile {
	struct media_profile rtp;
	usec ring;   /* from an INVITE to its 200; 0: picks up at once */
	bool early;  /* rings with 183 and talks already (RFC 3960 3.2) */
	int hold_by; /* enum hold_by */
};

/** "sendonly", ... NULL; by enum hold_by. */
extern const char *const hold_by_words[];

#endif
