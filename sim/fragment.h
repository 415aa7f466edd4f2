/*
 * IPv4 fragments (RFC 791 3.2): a datagram that is too long for a wire is cut, and its parts are put together
 * again.
 *
 *	datagram      UDP header, payload of 1620     bytes 0 to 1627
 *	fragment 1    0 ................. 1479        IP size 1500
 *	fragment 2                        1480 1627   IP size 168
 *
 * Each fragment is a packet of its own, with its own number in the trace and its own luck on the wires. All
 * of them share the payload of the datagram; `struct fragment` says which bytes of it one carries.
 */
#ifndef SIM_FRAGMENT_H
#define SIM_FRAGMENT_H

#include "sim/arena.h"

#define IP_HEADER  20
#define UDP_HEADER 8
#define MTU_LEAST  68	/* every wire takes so much (RFC 791 3.2) */
#define MTU_USUAL  1500 /* Ethernet's (RFC 894) */
#define MTU_MAX	   65535

struct fact;
struct iface;
struct node;
struct packet;

/** Which part of its datagram a packet is. All zero: the whole. */
struct fragment {
	uint16_t id;		/* the same in all parts of a datagram: RFC 791's identification */
	uint16_t offset, len;	/* bytes of the datagram, UDP header included; offset is a multiple of 8 */
	uint16_t number, count; /* "2 of 3", from 1; what is cut once more hands its own down to its pieces */
};

/** How long the first part to arrive waits for the others: Linux ipfrag_time; RFC 791 3.2 suggests 15 s. */
#define REASSEMBLY_TIME (30 * SEC)

/** Datagrams that may wait at one node; the parts of further ones are dropped. */
#define REASSEMBLIES_MAX 1024

/**
 * Writes the i-th part (from 0) of `p`, a datagram or itself a fragment, for wires that take `mtu` bytes of
 * IP. All parts but the last are as long as they can be. False when there are no more.
 */
bool fragment_cut(const struct packet *p, uint32_t mtu, uint32_t i, struct packet *part);

/**
 * Puts a fragment that arrived at `at` to the others of its datagram. With the last of them the node gets the
 * whole by its receive(), under the number of that last one. What stays incomplete is dropped after
 * REASSEMBLY_TIME, also what a double begins when the whole is there already. Else order and doubles do not
 * matter. Source: RFC 791 3.2; doubles: Linux.
 */
void reassemble(struct iface *at, const struct packet *fragment);

/** Datagrams of one world that wait for their parts. */
struct reassembler;
struct reassembler *reassembler_new(struct arena *a);

/** How many of them wait at a node. */
uint32_t reassembler_waiting(const struct reassembler *r, const struct node *n);

extern const struct fact fact_reassembly_timeout, fact_reassembly_full;

#endif
