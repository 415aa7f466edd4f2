/*
 * What the files of the NAT table share; for nat*.c only.
 */
#ifndef MODELS_NAT_SHARED_H
#define MODELS_NAT_SHARED_H

#include "models/nat.h"
#include "sim/table.h"

#define NONE UINT32_MAX

enum side { INSIDE, OUTSIDE };

/* A flow is in four chains: of its path and of its own end, on both sides. */
enum chain { INSIDE_PATH, OUTSIDE_PATH, INSIDE_END, OUTSIDE_END, CHAINS };

/* Own and far end of a flow on one side: inside and seen, or outside and remote. */
struct ends {
	uint32_t own_host, far_host;
	uint16_t own_port, far_port;
};

/* One line of cache. */
struct flow {
	usec born, deadline;
	uint32_t next[CHAINS]; /* number of the next flow in the bucket */
	struct ends ends[2];   /* by side */
	uint16_t redirect;     /* where what comes in goes instead of to the inside port; 0: there */
	bool used;	       /* holds a flow, alive or expired */
	bool from_outside;     /* who began it */
	bool answered;	       /* something came the other way */
	bool in_block;	       /* counts for its host's block of ports */
};
_Static_assert(sizeof(struct flow) == 64, "a flow is one line of cache");

/* Ports that are known to be taken for a while; see nat_ports.c. */
struct closed;

/* Pieces of memory that are counted through. */
struct directory {
	void **items;
	uint32_t n, size;
};

struct nat {
	struct arena *arena;
	const struct nat_profile *profile;
	const uint32_t *hosts, *given; /* outside: now, and as it was made */
	uint32_t n_hosts, n_given, rebound;

	/* flows, in chunks; nat_flows.c */
	struct directory chunks;
	uint32_t expected; /* flows, at least one */
	uint32_t capacity; /* flows that fit */
	uint32_t used;	   /* flows in chains, alive or expired */
	uint32_t free;	   /* first free flow, chained through next[0] */
	struct directory buckets[CHAINS];
	uint32_t n_buckets; /* for paths: a power of two, at least `capacity` */
	usec full_until;    /* no flow ends before */

	/* ports; nat_ports.c */
	struct stream ports;
	uint64_t draws, address_draws, seen_draws, asked_draws; /* so far */
	uint32_t pinned;			   /* next_ports used so far */
	uint32_t last_port;			   /* handed out in sequence */
	struct closed **closed;			   /* by outside host; NULL: none yet */
	uint32_t shortened;			   /* how often a flow's end was moved forward */
	struct table subscribers;		   /* hosts with a block of ports */
	struct subscriber *free_blocks;
	uint32_t blocks; /* handed out so far */

	/* rules; nat.c */
	struct forward *forwards;
	uint32_t n_forwards, forwards_size;
	uint32_t one_to_one; /* an inside host; 0: none */

	/* expectations; nat_expect.c */
	struct table by_key, by_owner;
	struct expected *expectations, *free_expectations;
	uint32_t n_expectations, expectations_checked;
	uint64_t expectations_made;
};

/* --- nat_flows.c ------------------------------------------------------------------------------------------------- */

static inline bool flow_alive(const struct flow *f, usec now)
{
	return f->deadline > now;
}

static inline struct endpoint flow_own(const struct flow *f, enum side s)
{
	return (struct endpoint){ f->ends[s].own_host, f->ends[s].own_port };
}

static inline struct endpoint flow_far(const struct flow *f, enum side s)
{
	return (struct endpoint){ f->ends[s].far_host, f->ends[s].far_port };
}

/* Does a flow, which may depend so much on its far end, do for this one? */
static inline bool flow_means(const struct flow *f, enum side s, int dependence, struct endpoint far)
{
	switch (dependence) {
	case ENDPOINT_INDEPENDENT:
		return true;
	case ADDRESS_DEPENDENT:
		return f->ends[s].far_host == far.host;
	default:
		return endpoint_equal(flow_far(f, s), far);
	}
}

/* A walk through the flows of one chain, newest first, alive or not. For chains of ends, `far` does not matter. */
struct walk {
	const struct nat *nat;
	enum chain chain;
	struct ends wanted;
	uint32_t at;
};
struct walk walk_along(const struct nat *n, enum chain c, struct endpoint own, struct endpoint far);
struct flow *walk_next(struct walk *w);

/* The newest live flow with this path; NULL: none. */
struct flow *flow_by_path(const struct nat *n, usec now, enum side s, struct endpoint own, struct endpoint far);

/* A new flow in its chains, for which there is room; its times and marks are for the caller to set. */
struct flow *flow_add(struct nat *n, usec now, struct nat_path inside, struct nat_path outside);

/*
 * Makes room for one more flow, before anything is decided about it: what is forgotten gives its port back. False: there may
 * be no more.
 */
bool flows_make_room(struct nat *n, usec now);

/* Forgets flows that are over, so that what they held is free. */
void flows_forget(struct nat *n, usec now);

/* Forgets all flows. */
void flows_clear(struct nat *n);

/* Writes all flows, alive or not, in the order in which they began. Returns how many. */
uint32_t flows_rows(const struct nat *n, struct nat_row *rows);

/* Moves the end of a flow. */
void flow_lasts_until(struct nat *n, struct flow *f, usec deadline);

/* --- nat_ports.c ------------------------------------------------------------------------------------------------- */

/* The outside end of a new mapping for a datagram with these ends inside. */
const struct fact *ports_choose(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct endpoint *outside);

/* The outside host of an inside one where hosts are paired. */
uint32_t ports_paired_host(const struct nat *n, uint32_t inside_host);

/* The far end as a new flow's inside sees it: `remote`, or with another port when that path is taken; port 0: none is left. */
struct endpoint ports_seen(struct nat *n, usec now, struct endpoint inside, struct endpoint remote);

/* A flow was made, or is forgotten: for the count of those in its host's block. */
void ports_block_enter(struct nat *n, struct flow *f);
void ports_block_leave(struct nat *n, struct flow *f);

/* Nobody has a block, and the outside hosts are others: they are handed out from the first one. */
void ports_blocks_anew(struct nat *n);

/* Is this outside port, because of a forward rule, for others than this inside host? */
bool forward_reserves(const struct nat *n, uint32_t port, uint32_t inside_host);

/* --- nat_expect.c ------------------------------------------------------------------------------------------------ */

/* Uses the expectation that a datagram with these ends meets. False: there is none. outside->port 0: it leaves that open. */
bool expectation_use(struct nat *n, usec now, struct nat_path in, bool from_inside, struct endpoint *inside,
		     struct endpoint *outside);

void expectations_clear(struct nat *n);

/* Writes those that are open, in the order in which they began. Returns how many. */
uint32_t expectations_rows(const struct nat *n, usec now, struct nat_row *rows);

#endif
