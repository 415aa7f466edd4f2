/*
 * Path MTU discovery (RFC 1191): what a host makes of DF, the bit that forbids to cut a packet on its way.
 *
 *	 phone ---- 1500 bytes, DF ----> router  --- wire of 1492 ---
 *	       <--- ICMP 3/4, 1492 -----
 *	       ---- 1492 and 28 bytes -> router  ------------------->
 *
 * Who learns sets DF on what is no longer than the way is known to take, and cuts what is longer itself,
 * without DF. So it is the next packet that gets through, if the error came back; a transaction's repeat for
 * instance.
 */
#ifndef SIM_DISCOVERY_H
#define SIM_DISCOVERY_H

#include "sim/net.h"

enum df { DF_OFF, DF_LEARNS, DF_ALWAYS };

struct icmp_error;

/** How long a learned MTU is believed: Linux net.ipv4.route.mtu_expires. */
#define PATH_MTU_TIME (600 * SEC)

/** For an interface that sets DF, in the world's arena; NULL: one that does not. */
struct discovery *discovery_new(struct world *w, enum df rule);

/** Sets DF or not. Returns how long a packet to this destination may be, where the next wire takes `mtu`. */
uint32_t discovery_mark(const struct discovery *d, usec now, struct packet *p, uint32_t mtu);

/** `at`, which sets DF, has heard an error: p. Who learns believes an MTU that is less than what it knew. */
void discovery_hear(struct iface *at, const struct packet *p, const struct icmp_error *e);

/** A note at who learns: dst is the end of the way, the value its MTU. */
extern const struct fact fact_path_mtu;

#endif
