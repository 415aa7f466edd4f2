/*
 * Network address translation as a pure table, in the words of RFC 4787. No packets, no SIP, no printing, no clock.
 *
 *	inside 192.168.1.104:5060  ->  outside 86.5.223.17:23201  ->  remote 5.79.5.158:5060
 *
 * It is a table of flows (inside, outside, remote, state, deadline). A *mapping* is the set of flows with the same inside
 * endpoint and the same remote after the fields that this NAT type ignores are set to zero; a *filter* likewise for
 * the outside endpoint. So endpoint-independent, address-dependent and address-and-port-dependent are one look-up
 * with three masks.
 *
 * A refresh only writes a deadline. Flows past their deadline stay as evidence until their place is needed, so that an
 * inbound datagram can be told "that mapping expired" from "there never was one". A router with many flows forgets sooner.
 */
#ifndef MODELS_NAT_H
#define MODELS_NAT_H

#include "models/field.h"
#include "sim/rng.h"
#include "sim/trace.h"

enum dependence { ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT };
enum port_choice { PORTS_PRESERVE, PORTS_RANDOM };
enum collision { COLLISION_RANDOM, COLLISION_NEXT, COLLISION_SHARE, COLLISION_STEAL, COLLISION_DROP };
enum refresh { REFRESH_OUTBOUND, REFRESH_INBOUND, REFRESH_BOTH };

struct nat_profile {
	int mapping, filtering;     /* enum dependence; RFC 4787 4.1, 5 */
	int ports, collision;       /* enum port_choice, enum collision; RFC 4787 4.2 */
	uint32_t port_low, port_high;
	struct list next_ports;     /* of uint32_t: the first ports to hand out, for replay */
	usec first, stream;         /* lifetime while unanswered; once both directions were seen */
	usec stream_after;          /* the flow must be older than this for `stream` to apply */
	int refresh;                /* enum refresh; RFC 4787 4.3 */
};

/** Rows for a router's table; offsets count from struct nat_profile. */
extern const struct field nat_fields[];

struct nat;

/** Both ends of a datagram as they are on one side of the router. */
struct nat_path {
	struct endpoint src, dst;
};

/** A table for these outside hosts, at least one. `profile` and `outside` are kept. `ports` is the stream of its draws. */
struct nat *nat_new(struct arena *a, const struct nat_profile *profile, const uint32_t *outside, uint32_t n_outside,
		    struct stream ports);

/** How an outside port is chosen instead of the profile's way: for an ALG that treats the ports of SIP by itself. */
struct nat_ports {
	int choice;      /* enum port_choice */
	uint32_t pinned; /* 0: none; else this port, whoever holds it */
};

/**
 * A datagram leaves: makes or refreshes its flow.
 *
 * @param in     its ends inside
 * @param ports  how a new mapping's port is chosen; NULL: the profile's way
 * @return       NULL and *out as it is outside, or why it cannot leave (fact_nat_port_taken, fact_nat_full)
 *
 * Source: RFC 4787 4.1, 4.2, 4.3 (REQ-1, REQ-3, REQ-5, REQ-6).
 */
const struct fact *nat_outbound(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct nat_path *out);

/**
 * A datagram comes in: refreshes its flow when this NAT does so.
 *
 * @param in  its ends outside
 * @return    NULL and *out as it is inside, or why it is refused (fact_nat_no_mapping, fact_nat_expired, fact_nat_filtered)
 *
 * Source: RFC 4787 5 (REQ-8), 4.3.
 */
const struct fact *nat_inbound(struct nat *n, usec now, struct nat_path in, struct nat_path *out);

/** Is this one of its outside hosts? */
bool nat_owns(const struct nat *n, uint32_t host);

/** A restart: all flows are gone. */
void nat_flush(struct nat *n);

/** The same, and from now on its only outside host is this one; 0: those that it has had. */
void nat_rebind(struct nat *n, uint32_t outside);

/** The flow that is `inside` and `remote` to the inside lasts so long from now, if there is such a flow. For an ALG. */
void nat_lifetime(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts);

/** Flows that are alive at `now`. */
size_t nat_flows(const struct nat *n, usec now);

extern const struct fact fact_nat_no_mapping, fact_nat_expired, fact_nat_filtered, fact_nat_port_taken, fact_nat_full;

#endif
