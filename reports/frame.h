/*
 * A record of the trace as the bytes that a capture would show: Ethernet, IPv4, and UDP or ICMP.
 *
 *	Ethernet    addresses that are made up (struct mac)
 *	IPv4        id: the datagram's number in the trace, or what all its fragments have in common
 *	UDP         checksum of the whole datagram, in its first fragment
 */
#ifndef REPORTS_FRAME_H
#define REPORTS_FRAME_H

#include "reports/sink.h"
#include "sim/net.h"

#define ETHERNET_HEADER 14

/** An Ethernet address. */
struct mac {
	unsigned char bytes[6];
};

/**
 * 02:00:00:00:03:01, the same in every run: of the node with index 3, the second of its sides. Locally administered
 * (IEEE 802 8.4), so that it is nobody's. All zero for NULL.
 */
struct mac mac_of(const struct iface *i);

/** The frame of a datagram of which the trace has the bytes. */
void put_frame(struct sink *s, const struct record *r, struct mac src, struct mac dst);

#endif
