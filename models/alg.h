/*
 * A SIP ALG: what a router does to SIP beside translating its addresses. A variant is a set of switches (data); an edit is
 * a function and a row. No code knows the name of a variant.
 */
#ifndef MODELS_ALG_H
#define MODELS_ALG_H

#include "models/nat.h"
#include "sim/world.h"

enum alg_port_policy { ALG_PORTS_INHERIT, ALG_PORTS_PRESERVE_SIP, ALG_PORTS_PIN_5060 };
enum alg_match { ALG_MATCH_TUPLE, ALG_MATCH_PRIVATE_ANY, ALG_MATCH_TEXT };
enum alg_host { ALG_HOST_NONE, ALG_HOST_MAPPED };
enum alg_port { ALG_PORT_KEEP, ALG_PORT_MAPPED, ALG_PORT_CONST_5060, ALG_PORT_STRIP };
enum alg_rport_out { ALG_RPORT_KEEP, ALG_RPORT_STRIP, ALG_RPORT_ADD };
enum alg_rport_in { ALG_RPORT_IN_KEEP, ALG_RPORT_IN_PRIVATE, ALG_RPORT_IN_WRONG };
enum alg_length { ALG_LENGTH_RECOMPUTE, ALG_LENGTH_STALE };
enum alg_unparsable { ALG_UNPARSABLE_PASS, ALG_UNPARSABLE_DROP };
enum alg_fragments { ALG_FRAGMENTS_SKIP, ALG_FRAGMENTS_DROP };
enum alg_signalling { ALG_SIGNALLING_NONE, ALG_SIGNALLING_REGISTER };
enum alg_media { ALG_MEDIA_NONE, ALG_MEDIA_SDP };
enum alg_signalling_from { ALG_FROM_REGISTRAR, ALG_FROM_ANYONE };
enum alg_media_from { ALG_MEDIA_FROM_PEER, ALG_MEDIA_FROM_ANYONE };
enum alg_busy { ALG_BUSY_INCREMENT, ALG_BUSY_DROP, ALG_BUSY_RANDOM };

/** Which way a message goes through the router, and what it is. */
enum alg_way { ALG_OUT_REQUEST, ALG_OUT_RESPONSE, ALG_IN_REQUEST, ALG_IN_RESPONSE, ALG_WAYS };

/** The parts of a message that are touched on one way, each by its own switch. */
struct alg_parts {
	bool request_uri, via, contact, from_to, call_id, record_route, sdp_c, sdp_o, sdp_m;
};

struct alg_profile {
	struct list server_ports, phone_ports; /* of uint32_t: remote ports, inside ports that it looks at */
	bool needs_sip_text;
	int port_policy, match, host, port;
	struct alg_parts parts[ALG_WAYS];
	int rport_out, rport_in, content_length;
	int signalling, signalling_from, port_busy;
	int media, media_from, media_busy;
	uint32_t max_signalling;
	usec media_timeout;
	bool close_on_bye;
	usec sip_flow; /* 0: the NAT's own lifetimes */
	bool keepalive_refreshes, asymmetric_repair, compact_names;
	int on_unparsable, fragments;
};

extern const struct field alg_fields[];

/** How the outside port of a flow is chosen when the ALG does that by itself; NULL: as the NAT does. `in`: as it is inside. */
const struct nat_ports *alg_ports(const struct alg_profile *profile, struct nat_path in);

/** A datagram that the NAT has translated and that has not left yet. */
struct alg_passage {
	const struct iface *at; /* where it came in */
	struct nat *nat;
	const struct packet *packet;
	struct nat_path before, after; /* its ends on the side it came from, and on the side it goes to */
	bool outward;
};

/**
 * What the ALG does to a datagram: reads SIP, rewrites it, opens pinholes, lets the flow live longer.
 *
 * A datagram that is none of its business, or in which nothing is to be changed, goes on with the payload it has.
 *
 * @param payload  what goes on; one reference for the caller
 * @return         NULL, or why it does not go on (then there is no reference): fact_alg_unparsable, fact_alg_port_taken,
 *                 fact_alg_fragment, fact_alg_too_large
 */
const struct fact *alg_pass(const struct alg_profile *profile, const struct alg_passage *x, struct payload **payload);

/** Reasons for which an ALG drops. */
extern const struct fact fact_alg_unparsable, fact_alg_port_taken, fact_alg_fragment, fact_alg_too_large;

/** What an ALG would have made right in a request if it looked at its port. */
enum alg_idle { ALG_IDLE_VIA = 1, ALG_IDLE_CONTACT = 2 };

/** Noted of a request that leaves unread because of its port; the value is of enum alg_idle, never 0. */
extern const struct fact fact_alg_elsewhere;

/** What it notes: a pinhole that others may use now, and that answers go to the port in the Via. */
extern const struct fact fact_alg_opens, fact_alg_redirects;

#endif
