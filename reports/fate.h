/*
 * Where the datagrams of a trace came from, and what became of them behind the routers that passed them on.
 *
 *	 cisco --REGISTER--> er6020 --REGISTER--> pbx
 *	       origin               end: arrived at pbx
 *	 pbx   --407-------> er6020 x
 *	       origin               end: dropped at er6020
 */
#ifndef REPORTS_FATE_H
#define REPORTS_FATE_H

#include "sim/world.h"

/** By id of a datagram, NULL where there is none. */
struct fates {
	const struct record **sent, **arrived, **dropped;
	const struct record **onward; /* its sending by the router that it has come to */
	uint32_t size;
};

/** Reads a kept trace. Lives in `a`; records are borrowed. */
void fates_read(struct arena *a, const struct trace *trace, struct fates *out);

/** The sending of that datagram; NULL: it was not kept, or there is none with this id. */
const struct record *fate_sent(const struct fates *f, uint32_t id);

/** The sending of a datagram by whoever made it, however many routers have passed it on. */
const struct record *fate_origin(const struct fates *f, const struct record *sent);

/** Where it died or arrived for good, behind all routers; NULL: it is on its way. */
const struct record *fate_end(const struct fates *f, const struct record *sent);

/**
 * The router through whose outer side a datagram has left the network of whoever made it, of several the outermost: what is sent
 * back has to come in there. NULL: none.
 */
const struct node *fate_door(const struct fates *f, const struct record *sent);

#endif
