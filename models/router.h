/*
 * A router: a LAN side, a WAN side, and a NAT between them.
 */
#ifndef MODELS_ROUTER_H
#define MODELS_ROUTER_H

#include "models/alg.h"
#include "models/device.h"
#include "models/nat.h"
#include "sim/world.h"

enum fragments { FRAGMENTS_PASS, FRAGMENTS_DROP, FRAGMENTS_REASSEMBLE };

struct router_profile {
	struct nat_profile nat; /* first, so that nat_fields fit */
	uint32_t outside;       /* 0: the next free one */
	struct prefix inside;   /* bits 0: chosen by how many live there */
	const struct model *alg; /* its profile is a struct alg_profile; NULL: none; read for every datagram */
	int fragments;          /* enum fragments; RFC 4787 10, 11 */
	uint32_t mtu;           /* of the WAN side, beside that of its wire */
};

extern const struct field router_fields[];

struct router;

/** All pointers are kept and outlive the world. */
struct router_setup {
	const struct router_profile *profile;
	const char *name;
	uint32_t member;
	struct network *wan, *lan;
	uint32_t outside, inside; /* resolved hosts of the two sides */
	const struct wire *wire;  /* on the WAN side */
};

/** A router in the world's arena; becomes the LAN's gateway. */
struct router *router_new(struct world *w, const struct router_setup *setup);

extern const struct fact fact_fragment_refused, fact_fragment_early;

#endif
