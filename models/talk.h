/*
 * Talking: what phones and far ends do in calls, on top of the user agent core. A *talk* is a leg with a voice.
 *
 *	INVITE comes    rings for `ring`, answers, and talks
 *	2xx comes       talks
 *	re-INVITE       on hold it is silent, and talks again
 *	BYE             is silent; who hangs up hears until it is answered
 */
#ifndef MODELS_TALK_H
#define MODELS_TALK_H

#include "models/media.h"
#include "models/talk_profile.h"
#include "models/ua.h"

/** Embedded in a device, which keeps it for the world's life. */
struct talker {
	struct ua *ua;
	const struct talk_profile *profile;
	struct iface *iface; /* where its voice comes from; mostly the ua's */
	uint32_t host;	     /* where it hears */
	uint32_t said;	     /* the host that it writes into descriptions: its own, or the one it was told */
	struct media_ends ends;
	bool muted;
};

/** Calls somebody under `story`. */
void talk_call(struct talker *t, const struct callee *callee, uint32_t story);

/** A call came that is for this talker: from invited(), before it returns 0. */
void talk_take(struct talker *t, struct leg *leg);

/** Ends the call with this story: BYE, CANCEL, or 480. Nothing when there is none. */
void talk_hang_up(struct talker *t, uint32_t story);

/** A re-INVITE; ends with fact_call_held, fact_call_resumed or fact_call_hold_failed, at once when it cannot be made now. */
void talk_hold(struct talker *t, uint32_t story);
void talk_resume(struct talker *t, uint32_t story);

/** Is silent in all its calls, or talks again. */
void talk_mute(struct talker *t, bool muted);

/** Forgets the call without a word. */
void talk_abandon(struct talker *t, uint32_t story);
void talk_abandon_all(struct talker *t);

/** Gives it a datagram that came to its host. False when none of its calls has that port. */
bool talk_hears(struct talker *t, const struct packet *p);

#endif
