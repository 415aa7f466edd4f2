/*
 * ICMP errors (RFC 792; RFC 1191 for the MTU): packets that say what became of another one.
 *
 *	host ---- a datagram for a port where nobody listens ---> host
 *	     <--- 3/3, quoting that datagram --------------------
 *
 * The payload is the message as it is on the wire: ICMP's header, and the headers of IP and UDP of the packet
 * that it is about, with the ends that this had where the error was made. So it fits every wire and is never a
 * fragment. As a packet it comes from a host without a port and goes to the very end that the quoted packet
 * left from, which tells apart nodes that share an address.
 */
#ifndef SIM_ICMP_H
#define SIM_ICMP_H

#include "sim/net.h"

/** The codes of type 3, destination unreachable, that are modelled. */
enum icmp_code { ICMP_PORT_UNREACHABLE = 3, ICMP_TOO_LONG = 4 };

struct icmp_error {
	uint32_t code;		  /* enum icmp_code */
	uint32_t mtu;		  /* ICMP_TOO_LONG: what the next wire takes */
	struct endpoint src, dst; /* of the packet that it is about, as they are where the error is now */
};

/**
 * Tells the sender of `about`, a UDP packet, what became of it.
 *
 * @param at    where the error leaves from
 * @param from  the host that tells
 */
void icmp_send(struct iface *at, uint32_t from, const struct packet *about, enum icmp_code code,
	       uint32_t mtu);

/** Reads an ICMP packet. */
struct icmp_error icmp_read(const struct packet *p);

/** The same message about a packet with other ends, for a NAT (RFC 5508 3.2). One reference for the caller.
 */
struct payload *icmp_requoted(struct payload_pools *pools, const struct payload *message, struct endpoint src,
			      struct endpoint dst);

/**
 * Drops a datagram that came to a port where nothing listens, and says so to its sender if `tells`.
 * Source: RFC 1122 3.2.2.1, 4.1.3.1.
 */
void port_closed(struct iface *at, const struct packet *p, bool tells);

/** All ICMP packets have it; compare addresses. */
extern const char icmp_label[];

/** What an ICMP packet says: its rule. */
extern const struct fact fact_icmp_port_unreachable, fact_icmp_too_long;

/** Why port_closed() drops. */
extern const struct fact fact_port_closed;

#endif
