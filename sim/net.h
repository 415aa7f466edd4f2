/*
 * Packets, wires, networks and the nodes on them.
 *
 *	 phone --wire--+                          +--wire-- server
 *	               | LAN | router --wire-- (internet)
 *	 phone --wire--+                          +--wire-- phone
 *
 * A network is a place where everybody reaches everybody; each node hangs on it by a wire of its own, and a datagram
 * crosses the sender's wire and the receiver's. What is not on the network goes to its gateway, if it has one.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "sim/fragment.h"
#include "sim/payload.h"
#include "sim/rng.h"
#include "sim/timer.h"
#include "sim/trace.h"

enum proto { PROTO_ICMP = 1, PROTO_UDP = 17 };

#define TTL_START 64

/** What travels. A value: forwarding copies it, edits the copy and sends that. */
struct packet {
	uint32_t id;     /* set by net_send() */
	uint32_t parent; /* id of the packet that provoked this one, 0: none */
	uint32_t story;  /* the conversation, inherited from the parent; see world_story() */
	uint8_t proto : 7; /* enum proto */
	bool df : 1;	   /* must not be cut on its way (RFC 791 3.2) */
	uint8_t ttl;
	struct fragment fragment; /* all zero: a whole datagram */
	struct endpoint src, dst;
	const char *label;       /* a constant for ladders: "REGISTER", "407" */
	const struct fact *rule; /* the rule that chose dst, or NULL */
	struct payload *payload; /* borrowed; net_send() takes its own reference */
};

/** Is it only a part? Then the payload is that of the whole datagram, and nobody but a host that put it together may read it. */
static inline bool is_fragment(const struct packet *p)
{
	return p->fragment.len != 0;
}

/** The bytes of a whole datagram behind the IP header; ICMP's own header is in its payload. */
static inline uint32_t datagram_size(const struct packet *p)
{
	return (p->proto == PROTO_UDP ? UDP_HEADER : 0) + (uint32_t)p->payload->len;
}

/** What it takes of a wire's MTU, in bytes: the IP header and the datagram, or its part of it. */
static inline uint32_t packet_size(const struct packet *p)
{
	return IP_HEADER + (is_fragment(p) ? p->fragment.len : datagram_size(p));
}

struct node;

/** A kind of device. `receive` borrows the packet until it returns. */
struct node_ops {
	const char *kind;
	void (*start)(struct node *);
	/** A whole datagram. */
	void (*receive)(struct node *, struct iface *, const struct packet *);
	/** A part of one; NULL: reassemble(). */
	void (*receive_fragment)(struct node *, struct iface *, const struct packet *);
	/** An ICMP error; NULL: it does not mind. What it says of an MTU is heeded below, see discovery.h. */
	void (*receive_error)(struct node *, struct iface *, const struct packet *);
};

/** Embedded first in every device. */
struct node {
	const struct node_ops *ops;
	struct world *world;
	const char *name; /* of the node, or of the group */
	uint32_t member;  /* from 1 in a group, 0 otherwise */
	uint32_t index;   /* counts the nodes of a world from 0 */
};

/** What a wire does to the datagrams that cross it; const to every world. */
struct wire {
	usec delay, jitter;         /* one way; jitter is uniform from 0 up to this, so datagrams may overtake */
	uint32_t loss, duplicate;   /* per million */
	const uint32_t *drop;       /* these datagrams, counted from 1 in both directions, never arrive */
	uint32_t drops;
	uint32_t mtu; /* longest IP packet in bytes, at least MTU_LEAST; 0: MTU_USUAL */
};

/** Where a node meets a network; embedded in the node. */
struct iface {
	struct node *node;
	struct network *network;
	const char *side; /* NULL, or "lan" and "wan" of a router */
	const struct wire *wire; /* NULL: none, which neither delays nor limits anything */
	uint32_t host;    /* its first address; 0: given up */
	uint32_t crossed; /* datagrams that crossed its wire so far */
	struct discovery *discovery; /* NULL: what it sends itself may be cut */
};

struct network {
	struct world *world;
	struct iface *gateway;      /* NULL: what is not here does not exist */
	struct network_host *slots; /* open addressing by host */
	uint32_t used, size;
	uint32_t lowest, highest; /* no host was ever below or above */
	struct route *routes; /* NULL: none, as on most networks */
	uint32_t mtu; /* the least that a wire here ever had: what is no longer needs no look at the wires */
};

/** Makes room for so many nodes in all; a world with more of them grows by copying. */
void nodes_expect(struct world *w, uint32_t nodes);

/** Registers a node with its world; fills `n`. `name` is kept. */
void node_init(struct node *n, struct world *w, const struct node_ops *ops, const char *name, uint32_t member);

/** Writes "name" or "name.member", cut to `size`. Returns `text`. */
const char *node_name(const struct node *n, char *text, size_t size);

/** Writes the name and the side, "er6020/wan", cut to `size`. Returns `text`. */
const char *iface_name(const struct iface *i, char *text, size_t size);

/** An empty network in the world's arena, with room for `hosts` before it has to grow. */
struct network *network_new(struct world *w, uint32_t hosts);

/**
 * Hangs `i` on `net` with an address. May be called again for further addresses of the same interface.
 * Several nodes may share a host when they are told apart by `port`; port 0 takes what nobody else claimed.
 */
void network_attach(struct network *net, struct iface *i, struct endpoint at);

/** The same for all ports from `first` to `last`; somebody else may claim some of them for himself. */
void network_attach_ports(struct network *net, struct iface *i, uint32_t host, uint16_t first, uint16_t last);

/**
 * Takes `i` off `net` at one of its hosts, all ports of it; nothing when it is not there. It stays on the network and can
 * send. After its first host the next that it is attached at becomes the first.
 */
void network_detach(struct network *net, struct iface *i, uint32_t host);

/** The interface that claimed `dst` on this network; NULL: nobody did. */
struct iface *network_find(const struct network *net, struct endpoint dst);

/** Somebody who has `host`, on whatever port, and so gets what is sent to ports that nobody claimed; NULL: nobody. */
struct iface *network_resident(const struct network *net, uint32_t host);

/**
 * From now on `from` knows a way to the addresses of `to`, whoever has them here: what it sends there lands at `via`, on the
 * same network, and so does what others at its address send. False, and nothing changes, when it knows another way to some of
 * them already.
 */
bool network_route(struct network *net, const struct iface *from, struct prefix to, struct iface *via);

/**
 * Sends a copy of `p` from `from`: gives it an id, records it, and lands it at its destination after the wires' delay.
 * What is longer than the least MTU of the two wires goes in fragments, each a packet with an id of its own, unless it has DF.
 * Loss, missing routes, an exhausted TTL and a DF in the way are recorded as drops.
 */
void net_send(struct iface *from, const struct packet *p);

/** The longest packet that goes from `from` towards `dst` uncut, as far as the next node. */
uint32_t net_mtu(const struct iface *from, struct endpoint dst);

/** A datagram under way; from the world's pool. */
struct flight {
	struct timer timer;
	struct iface *to;
	struct packet packet;
};

/** The kernel's own reasons. */
extern const struct fact fact_no_route, fact_wire_lost, fact_wire_dropped, fact_ttl, fact_too_long;

#endif
