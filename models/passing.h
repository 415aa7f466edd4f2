/*
 * Fragments that pass a router one by one. Only the first has the ports by which a NAT decides; the others
 * follow it by their identification, and one that comes before it is lost.
 */
#ifndef MODELS_PASSING_H
#define MODELS_PASSING_H

#include "models/nat.h"
#include "sim/lately.h"

/** Where a first fragment went, and under which addresses. */
struct way {
	struct iface *out;
	struct nat_path path;
};

/** Keeps a copy of `way` for the fragments that follow `first`. `ways` were made to last REASSEMBLY_TIME. */
void way_keep(struct lately *ways, const struct packet *first, const struct way *way);

/** The way of the first fragment to whose datagram `later` belongs; NULL when none came by. */
const struct way *way_find(const struct lately *ways, const struct packet *later);

#endif
