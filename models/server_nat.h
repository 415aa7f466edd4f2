/*
 * Is a phone behind a NAT? The tests by which servers find out, from a REGISTER and where it came from.
 */
#ifndef MODELS_SERVER_NAT_H
#define MODELS_SERVER_NAT_H

#include "models/server.h"
#include "models/via.h"

/** What a REGISTER says of itself, and where it came from. */
struct nat_look {
	struct via via; /* its port as meant */
	struct endpoint source, contact;
	bool numeric; /* the Contact is an address and not a name */
};

struct nat_look nat_look_of(const struct payload *p, const struct sip_view *v, struct endpoint source);

/** Does the test find a NAT? Source: nat_uac_test of Kamailio, whose bits these are. */
bool nat_test_fires(enum nat_test test, const struct nat_look *l);

#endif
