/*
 * Watches the routers of one world and keeps what their tables hold at each thing that happens at one of them.
 *
 *	play_cell(arena, scenario, cell, &(struct play_options){ .level = TRACE_FULL, .watch = nat_watch }, &result);
 *	const struct nat_watch *watch = nat_watch_of(result.world);
 *
 * A table is kept once as long as it stays the same. Of a router with more than NAT_WATCH_ROWS rows it is only known how many
 * they are.
 */
#ifndef REPORTS_NAT_WATCH_H
#define REPORTS_NAT_WATCH_H

#include "models/nat.h"
#include "sim/world.h"

#define NAT_WATCH_ROWS 64
#define NAT_WATCH_NONE UINT32_MAX

struct watched_row {
	struct nat_row row;
	usec granted; /* how long it had to live when its deadline was set; NEVER: a rule */
};

/** What stands in a router's table for a while. */
struct watched_table {
	const struct watched_row *rows;
	uint32_t n;
	uint32_t unseen; /* rows that are not among them */
};

/** Something that happened at a router, and its table behind that. */
struct nat_sight {
	const struct node *router;
	const struct watched_table *table;
	usec at, before; /* now, and when something had happened here the time before; -1: never */
	uint32_t id;	 /* of the datagram; 0: none */
	enum event event;
	uint32_t used[2];      /* rows by which it was sent on, or NAT_WATCH_NONE; two where it turned round here */
	struct endpoint asked; /* which outside end a datagram from outside goes to; host 0: there is none */
};

struct watched_router;

struct nat_watch {
	struct tap tap;
	struct arena *arena;
	struct watched_router *routers;
	struct nat_sight *sights; /* in order */
	uint32_t n, size;
};

/** Watches a world from now on. The watch lives as long as the world. */
void nat_watch(struct world *w);

/** The watch of a world; NULL: nobody has watched. */
const struct nat_watch *nat_watch_of(const struct world *w);

/** The first sight of such an event of a datagram, or of a note about none, at a router, from a time on; NULL: there is none. */
const struct nat_sight *nat_watch_find(const struct nat_watch *w, const struct node *router, enum event event,
				       uint32_t id, usec from);

#endif
