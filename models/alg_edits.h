/*
 * What an ALG writes into SIP: places in the bytes of a message, found and filled. Pure: no packets, no NAT, no state.
 *
 *	struct alg_places *places = alg_places_new(arena);
 *	if (alg_find(places, &message))
 *		rewritten = alg_payload(places, pools, payload);
 */
#ifndef MODELS_ALG_EDITS_H
#define MODELS_ALG_EDITS_H

#include "models/alg.h"
#include "models/sip.h"

/** An endpoint behind the router and what stands for it outside. */
struct alg_pair {
	struct endpoint inside, outside;
};

/** One message and what the ALG knows about it. */
struct alg_message {
	const struct alg_profile *profile;
	enum alg_way way;
	struct alg_pair flow;	      /* of the datagram */
	struct alg_pair contact;      /* Contact of a REGISTER for which a pinhole was opened; all zero: none */
	const struct alg_pair *media; /* of SDP for which pinholes were opened, and how many */
	uint32_t n_media;
	const char *text;
	uint32_t len;
	const struct sip_view *view;
};

struct alg_places;

/** An empty list that grows in `a`. */
struct alg_places *alg_places_new(struct arena *a);

/** Does the body count as SDP for this ALG? */
bool alg_holds_sdp(const struct alg_message *m);

/** Finds what this ALG changes in the message. Returns how many places; 0: it goes on as it is. */
uint32_t alg_find(struct alg_places *places, const struct alg_message *m);

/**
 * The text of `before`, in which the places were found, with the new words in them and a record of what changed. More
 * than PAYLOAD_CHANGES places share the last record. One reference for the caller; NULL when it does not fit in a
 * datagram.
 */
struct payload *alg_payload(const struct alg_places *places, struct payload_pools *pools, const struct payload *before);

#endif
