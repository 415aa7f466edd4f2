/*
 * One world: a clock, timers, networks, nodes and the trace. Used by one thread at a time.
 *
 *	struct world *w = world_new(arena, &(struct world_setup){ .seed = 1, .until = 60 * SEC });
 *	... attach nodes ...
 *	world_run(w);
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim/net.h"
#include "sim/pool.h"

struct world_setup {
	uint64_t seed;
	usec until;           /* no event after this time; 0: one day */
	uint64_t max_events;  /* timers fired; 0: 1,000,000,000 */
	uint64_t max_packets; /* datagrams sent; 0: 1,000,000,000 */
	enum trace_level level;
	int64_t wall_clock; /* seconds since 1970 at virtual time 0 */
};

enum world_end {
	WORLD_RUNNING,
	WORLD_QUIET,       /* nothing is left to happen */
	WORLD_STOPPED,     /* world_stop() was called: everything asked is known */
	WORLD_UNTIL,       /* the time is up */
	WORLD_MAX_EVENTS,  /* a bound was hit: the result is an error, never a hang */
	WORLD_MAX_PACKETS,
};

struct world {
	struct arena *arena;
	struct world_setup setup;
	struct wheel wheel;
	struct trace trace;
	struct payload_pools *payloads;
	struct pool flights;
	struct reassembler *reassembler;
	struct node **nodes; /* in order of node_init() */
	uint32_t n_nodes, nodes_size;
	uint32_t last_id, last_story;
	uint64_t events;
	enum world_end end;
	void *shared; /* models keep here what belongs to the whole world; opaque to the kernel */
};

/** A world whose memory comes from `a` and dies with it. */
struct world *world_new(struct arena *a, const struct world_setup *setup);

static inline usec world_now(const struct world *w)
{
	return w->wheel.now;
}

/** A new conversation: datagrams that answer each other share its number. */
static inline uint32_t world_story(struct world *w)
{
	return ++w->last_story;
}

/** Arms a timer `after` from now; re-arms it when it is armed already. */
static inline void world_after(struct world *w, struct timer *t, usec after)
{
	timer_arm(&w->wheel, t, w->wheel.now + after);
}

/** Calls every node's start() in the order of creation. */
void world_start(struct world *w);

/** Fires the next timer. False when the world has ended; world->end says why. */
bool world_step(struct world *w);

/** Steps until the end. */
enum world_end world_run(struct world *w);

/** Ends the world after the event that is running now. */
void world_stop(struct world *w);

#endif
