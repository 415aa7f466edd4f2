/*
 * The lab of one cell: its world, with all nodes in their places.
 *
 *	LAN 192.168.1.0/24 (10.0.0.0/8 for many)          the Internet
 *	phones from .100 on -- 1 ms --  router  -- 20 ms --  servers 198.51.100.10 on, routers and phones 203.0.113.10 on,
 *	                                                     groups 240.0.0.1 on
 */
#ifndef SCENARIOS_LAB_H
#define SCENARIOS_LAB_H

#include "models/gateway.h"
#include "models/phone.h"
#include "models/remedy.h"
#include "models/router.h"
#include "models/server.h"
#include "scenarios/scenario.h"

/** What one entry of phones, routers, servers or gateways has become; arrays by member, from 0. */
struct lab_group {
	const struct node_spec *spec;
	void *profile; /* of the kind, for this cell */
	int behind;    /* index of a router group; -1: the internet */
	struct wire wire;
	const struct wire *access; /* &wire, or NULL: none of its own */
	bool built;
	struct phone **phones;
	struct router **routers;
	struct gateway **gateways;
	struct network **lans; /* a router's inner networks */
	struct prefix inside;  /* of each LAN */
	uint32_t residents;    /* of each LAN, at most */
	const struct lab_group *gateway; /* in each LAN; NULL: none */
	uint32_t *next_host;   /* per LAN: how many addresses were handed out */
	struct server *server;   /* servers have no groups; of phones and gateways: the one they register with in the end */
	struct endpoint address; /* a server's */
};

struct lab {
	struct world *world;
	const struct scenario *scenario;
	const uint32_t *choice;
	struct network *internet;
	uint32_t singles, many; /* addresses of the Internet handed out */
	struct lab_group *groups; /* one per node_spec */
	uint32_t n_groups;
	const char *trouble; /* a sentence when the lab cannot be built */
};

/** The network behind a router that is given none, which is behind `outer` others, for so many nodes. */
struct prefix lab_inside(uint32_t crowd, uint32_t outer);

/** Are two domains the same, whatever their ports? NULL is none. A phone's server is the first of its domain. */
bool lab_same_domain(const char *a, const char *b);

/** Builds the world; lab->trouble says why it cannot be, else it is NULL. */
void lab_build(struct lab *lab, struct world *w, const struct scenario *s, const uint32_t *choice);

/** In which of a router group's LANs a member of a group behind it is: they are spread evenly. */
uint32_t lab_lan(const struct lab_group *router, const struct lab_group *g, uint32_t member);

/** The first member of `g` that is in this LAN of a router group; -1: none is. */
int64_t lab_resident(const struct lab *lab, int router, uint32_t lan, const struct lab_group *g);

/** Adds a node, or so many alike. */
void lab_group_add(struct lab *lab, const struct node_spec *spec);

/** What a node is in a cell: its model's or a remedy's profile, what the file gives beside it, what remedies do, and what is tried out. */
void *cell_profile(struct arena *a, const struct scenario *s, const struct node_spec *spec, const uint32_t *choice);

/** The knobs of a kind of device that a remedy changes; NULL: it changes none of such. */
const struct list *remedy_changes(const struct remedy_profile *r, enum device_kind kind);

/** The same in this lab, which has trouble when its knobs do not go together. */
void *lab_profile(struct lab *lab, const struct node_spec *spec);

/** Adds the gateways of remedies; all nodes of the scenario are there. */
void lab_gateways(struct lab *lab);

/** Tells the servers for whose phones they are to force rport, when a remedy says so; the phones are there. */
void lab_opt_in(struct lab *lab);

/** Gives the routers their port forwards, one-to-one hosts and tunnels; all nodes are there. */
void lab_rules(struct lab *lab);

/** Where a member hangs on its network (a router: on the outer one), for remarks about it. */
const struct iface *lab_iface(const struct lab_group *g, uint32_t member);

/** Rebinds a router; lab->trouble says why it cannot have the address. 0: the one it has. */
void lab_rebind(struct lab *lab, struct lab_group *g, uint32_t member, uint32_t address);

#endif
