/*
 * Who hears whom in a call, and for how long not. Nobody but the judge includes this.
 *
 *	speaker  --RTP-->  (relay)  --RTP-->  hearer
 *
 * Silence is what was said and not heard: from when the first datagram left that was not heard to when one is heard again.
 * What a speaker does not say, because it is muted or on hold, nobody misses.
 */
#ifndef SCENARIOS_JUDGE_AUDIO_H
#define SCENARIOS_JUDGE_AUDIO_H

#include "scenarios/evidence.h"
#include "scenarios/scenario.h"

/** Silence that nobody minds. */
#define SILENCE_MINDED (2 * SEC)

/** The first datagram that was lost; id 0: none. */
struct loss {
	struct sighting what;
	struct sighting way; /* by which it was sent there */
	bool worked;	     /* something had been heard before */
	uint32_t drops;	     /* for this reason at this place, this one included */
};

/** What is known of all that is said, or of what a server sends by one rule. */
struct track {
	usec unheard; /* when the first datagram left that nobody has heard since; -1: there is none */
	usec paused;  /* for how long since then nothing was said */
	usec spoken;  /* when the last one left; -1: none has */
	usec heard;   /* when one was heard last; -1: none was */
	usec gap[2];  /* the first silence that ended; [1] 0: there was none */
	uint32_t sent;
	struct sighting first; /* the first that left */
	struct loss lost;      /* since one was heard */
	struct loss gap_lost;  /* the same of the gap */
};

/** By which rule somebody sends, from which sequence number on, and by which before. Zeroed: has not sent anything. */
struct sending {
	enum peer now, before;
	uint16_t since;
	bool any;
};

/** One direction of the audio of a call: what one end says, and what the other hears of it. */
struct speech {
	const struct node *speaker, *hearer;
	uint32_t ssrc; /* of the speaker, once `known` */
	bool known;
	struct sighting way;	     /* the last datagram that left the speaker or a relay */
	struct sending own, relayed; /* of a server's end that speaks, and of the last relay */
	uint32_t arrived;	     /* the last one that arrived at the hearer */
	enum peer arrived_by;	     /* and the rule by which it was sent */
	const struct fact *note;     /* the hearer heard somebody else; NULL: it did not */
	struct track tracks[PEERS];
};

void speech_init(struct speech *d, const struct node *speaker, const struct node *hearer);

/** The call was answered: what was said while it rang does not count. */
void speech_begin(struct speech *d);

/** Does what a record says of RTP go in this direction? */
bool speech_is(const struct speech *d, const struct record *r);

/** The speaker has sent something new; `counts`: its rule is that of a server's end. */
void audio_said(struct speech *d, const struct record *r, bool counts);

/** A relay has sent it on. */
void audio_relayed(struct speech *d, const struct record *r);

/** It arrived at the hearer's node; that it was heard comes as a note. */
void audio_arrived(struct speech *d, const struct record *r);
void audio_heard(struct speech *d, const struct record *r);
void audio_lost(struct speech *d, const struct record *r);

/** It arrived at somebody else, and is lost for the hearer. */
void audio_astray(struct speech *d, const struct record *r);

/** What became of a track by `end`. *since is when it ceased, of what stops. */
enum verdict track_verdict(const struct track *t, usec end, usec *since);

/** The evidence of its failure: of the silence at its end, or of the gap. */
struct evidence audio_evidence(const struct speech *d, const struct track *t, enum verdict result);

#endif
