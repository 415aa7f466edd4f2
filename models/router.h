/*
 * A router: a LAN side, a WAN side, and a NAT between them.
 */
#ifndef MODELS_ROUTER_H
#define MODELS_ROUTER_H

#include "models/alg.h"
#include "models/device.h"
#include "models/nat.h"
#include "sim/world.h"

/** One rule of `forward`. */
struct port_forward {
	uint32_t port;
	const char *to; /* a node behind it, an address, or "first-phone" */
};

enum fragments { FRAGMENTS_PASS, FRAGMENTS_DROP, FRAGMENTS_REASSEMBLE };

struct router_profile {
	struct nat_profile nat;
	struct list outside;    /* of uint32_t; none: the next free one */
	struct prefix inside;   /* bits 0: chosen by how many live there */
	const struct model *alg; /* its profile is a struct alg_profile; NULL: none; read for every datagram */
	struct list forward;    /* of struct port_forward */
	const char *one_to_one; /* a node behind it, "first-phone" or "none" */
	struct list vpn_to;     /* of const char *: servers, "all", "none" */
	int fragments;          /* enum fragments; RFC 4787 10, 11 */
	uint32_t mtu;           /* of the WAN side, beside that of its wire */
	bool icmp;              /* tells who sends what it cannot pass on */
};

extern const struct field router_fields[];

struct router;

/** All pointers are kept and outlive the world. */
struct router_setup {
	const struct router_profile *profile;
	const char *name;
	uint32_t member;
	struct network *wan, *lan;
	const uint32_t *outside; /* its hosts on the WAN, at least one */
	uint32_t n_outside;
	uint32_t inside;         /* its host in the LAN */
	uint32_t residents;      /* nodes that will live behind it, as far as that is known */
	const struct wire *wire; /* on the WAN side */
};

/** A router in the world's arena; becomes the LAN's gateway. */
struct router *router_new(struct world *w, const struct router_setup *setup);

/** Its table, for rules that whoever builds the lab gives it. */
struct nat *router_nat(struct router *r);

/** The table of a node, to look at; NULL: it is no router. */
const struct nat *router_table(const struct node *n);

/** Where it hangs on the outer network, for remarks about it. */
const struct iface *router_wan(const struct router *r);

/**
 * From now on a tunnel between the network `inside` and `server` passes this router: what goes from there to any port of
 * the server's host is not translated, so the server sees private addresses, and what it sends to them comes back the same
 * way. A tunnel out of routers behind routers passes each of them.
 *
 * What a tunnel wraps around datagrams is not modelled: they cross the wires as they are.
 *
 * @param inner  the router on the LAN side behind which `inside` is; NULL: it is the LAN itself
 * @return       NULL, or why there can be none, as the end of a sentence
 */
const char *router_tunnel(struct router *r, struct router *inner, struct prefix inside, const struct iface *server);

/** Loses its table; the same addresses. */
void router_restart(struct router *r);

/**
 * Forgets all mappings, so that new ones get new outside ports where they are not kept, as after a new dial-in.
 *
 * @param outside  its address from now on, which nobody may have yet; 0: the one it has. The old one is nobody's afterwards.
 */
void router_rebind(struct router *r, uint32_t outside);

/** What its ALG has promised is forgotten; mappings stay. */
void router_close_pinholes(struct router *r);

/** Notes of these. fact_router_moved: src is the address it had, dst the one it has. */
extern const struct fact fact_router_restarted, fact_router_rebound, fact_router_moved, fact_router_pinholes_closed;

/** A remark on what a router sends through a tunnel. */
extern const struct fact fact_tunnelled;

extern const struct fact fact_fragment_refused, fact_fragment_early;

#endif
