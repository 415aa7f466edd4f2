/*
 * What a sender knew of the one that it sends to: the message that has come from there, and the places that it names.
 *
 *	REGISTER sip:5.79.5.158 SIP/2.0		from 86.5.223.17:23201			PLACE_SOURCE
 *	Via: SIP/2.0/UDP 192.168.1.104:5060	PLACE_VIA; at the source's address	PLACE_VIA_PORT
 *	Contact: <sip:100@192.168.1.104:5060>	PLACE_CONTACT
 */
#ifndef REPORTS_ADDRESSED_H
#define REPORTS_ADDRESSED_H

#include "reports/fate.h"

enum place_of {
	PLACE_SOURCE,	/* where it came from: of audio, where theirs comes from */
	PLACE_VIA,	/* of a request, as written */
	PLACE_VIA_PORT, /* the port in the Via, at the address that it came from */
	PLACE_CONTACT,	/* as written */
	PLACE_SDP,	/* as written */
	PLACE_SDP_PORT, /* the port in SDP, at the address that it came from */
	PLACES,
};

struct addressed {
	const struct node *whom;   /* who has written the message */
	const struct node *router; /* that it came out of, and what is sent there has to come in through; NULL: none */
	struct endpoint place[PLACES]; /* port 0: it names none */
};

/**
 * Fills what the sender of `sent` knew by then: of a response from its request, of a request from the last message of the same
 * call, or a REGISTER of the user, that names where it goes; of audio from SDP and from what was heard. False: nothing that it
 * has received names that place.
 */
bool addressed_find(const struct fates *f, const struct trace *t, const struct record *sent, struct addressed *out);

/** Where the addresses in a message are, whoever sent it: PLACE_VIA, PLACE_CONTACT, PLACE_SDP. False when it is none of SIP. */
bool places_written(const struct record *r, struct endpoint place[static PLACES]);

/** The address and port in the top Via of a message, 5060 when none is written; port 0: there is none. */
struct endpoint via_written(const struct record *r);

#endif
