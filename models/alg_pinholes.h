/*
 * What an ALG opens for others: the Contact of a REGISTER, and the ports that SDP names. All of it is kept by the NAT.
 */
#ifndef MODELS_ALG_PINHOLES_H
#define MODELS_ALG_PINHOLES_H

#include "models/alg_edits.h"

#define ALG_MEDIA_MAX 8 /* lines of SDP for which pinholes are opened; the others are left alone */

/** A SIP message on its way through, with its flow. */
struct alg_talk {
	const struct alg_passage *passage;
	usec now;
	struct endpoint inside, remote; /* the flow, by the name it has in the NAT: as the inside sees it */
	struct endpoint far;		/* where the datagram comes from or goes to outside */
	uint32_t own_port;		/* the phone's, as it sees itself */
	struct alg_message message;	/* `contact` and `media` are filled by alg_open() */
	struct alg_pair *media; /* room for ALG_MEDIA_MAX of them */
};

/** Opens and closes what this message asks for. Returns NULL, or why it cannot go on. */
const struct fact *alg_open(struct alg_talk *t);

/** Does the flow belong to a pinhole for signalling? */
bool alg_invited(const struct alg_talk *t);

#endif
