/*
 * Network address translation as a pure table, in the words of RFC 4787. No packets, no SIP, no printing, no clock.
 *
 *	            inside                |              outside
 *	inside 192.168.1.104:5060         |  outside 86.5.223.17:23201
 *	seen   5.79.5.158:5060            |  remote  5.79.5.158:5060
 *
 * It is a table of flows. A flow has two paths: its own and its far end as the inside sees them, and as the outside sees
 * them. The far ends are the same, except where that inside path was another flow's already.
 *
 * A *mapping* is the set of flows with the same inside end and the same far end after the fields that this NAT ignores
 * are set to zero; a *filter* likewise for the outside end. So the three dependences are one question, asked on both sides.
 *
 * A datagram that comes in goes, in this order, to the flow with just these ends; to whoever is expected; where a forward
 * rule says; to the flow whose filter lets it in; to the host that has the whole outside address. The newest flow is
 * meant where several would do.
 *
 * A refresh only writes a deadline. Flows past their deadline stay as evidence until their place is needed, so that an
 * inbound datagram can be told "that mapping expired" from "there never was one". A router with many flows forgets sooner.
 */
#ifndef MODELS_NAT_H
#define MODELS_NAT_H

#include "models/field.h"
#include "sim/rng.h"
#include "sim/trace.h"

enum dependence { ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT };
enum port_choice { PORTS_PRESERVE, PORTS_RANDOM, PORTS_SEQUENTIAL };
enum collision { COLLISION_RANDOM, COLLISION_NEXT, COLLISION_SHARE, COLLISION_STEAL, COLLISION_DROP, COLLISION_SHARE_OR_DROP };
enum pooling { POOLING_PAIRED, POOLING_ARBITRARY };
enum hairpin { HAIRPIN_OFF, HAIRPIN_INSIDE_SOURCE, HAIRPIN_OUTSIDE_SOURCE };
enum refresh { REFRESH_OUTBOUND, REFRESH_INBOUND, REFRESH_BOTH };

struct nat_profile {
	int mapping, filtering;          /* enum dependence; RFC 4787 4.1, 5 */
	int ports, collision;            /* enum port_choice, enum collision; RFC 4787 4.2 */
	uint32_t port_low, port_high;    /* where outside ports come from */
	uint32_t lowest, highest;        /* the same for inside ports below 1024; 0: as for all */
	bool parity;                     /* RFC 4787 4.2.2 */
	uint32_t port_block;             /* ports of one inside host; 0: any number; RFC 6888 3 */
	int pooling;                     /* enum pooling; RFC 4787 4.1 */
	int hairpin;                     /* enum hairpin; RFC 4787 6 */
	uint32_t max_mappings;           /* flows at once; 0: any number */
	struct list next_ports;          /* of uint32_t: the first ports to hand out, for replay */
	usec first, stream;              /* lifetime while unanswered; once both directions were seen */
	usec stream_after;               /* the flow must be older than this for `stream` to apply */
	int refresh;                     /* enum refresh; RFC 4787 4.3 */
};

struct nat;

/** Both ends of a datagram as they are on one side of the router. */
struct nat_path {
	struct endpoint src, dst;
};

/** A table for these outside hosts, at least one. `profile` and `outside` are kept. `ports` is the stream of its draws. */
struct nat *nat_new(struct arena *a, const struct nat_profile *profile, const uint32_t *outside, uint32_t n_outside,
		    struct stream ports);

/** About this many flows will be alive together: there is room for them at once. More may come. */
void nat_expect_flows(struct nat *n, uint32_t flows);

/* --- both directions --------------------------------------------------------------------------------------------- */

/**
 * How an outside port is chosen instead of the profile's way, next_ports included: for an ALG that treats the ports of SIP
 * by itself. A port that is kept need not be one that the profile hands out.
 */
struct nat_ports {
	int choice;      /* enum port_choice */
	uint32_t pinned; /* 0: none; else this port, whoever holds it */
};

/**
 * A datagram leaves: makes or refreshes its flow.
 *
 * A new flow of a mapping that has live flows gets the outside end of the newest, unless another flow uses that towards
 * this very remote end. A new mapping gets the port that it wants (its own, or one of next_ports), unless somebody else's
 * live flow has it: any, or where ports are shared one towards this very remote end. A port that is searched is one that no
 * flow has, or where they are shared none towards this remote end.
 *
 * @param in     its ends inside
 * @param ports  how a new mapping's port is chosen; NULL: the profile's way
 * @return       NULL and *out as it is outside, or why it cannot leave (fact_nat_port_taken, fact_nat_full,
 *               fact_nat_block_full, fact_nat_table_full)
 *
 * Source: RFC 4787 4.1, 4.2, 4.3 (REQ-1 to REQ-6); RFC 6888 3 (port blocks).
 */
const struct fact *nat_outbound(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct nat_path *out);

/**
 * A datagram comes in: refreshes its flow when this NAT does so, or makes one where a rule or an expectation says so.
 *
 * @param in  its ends outside
 * @return    NULL and *out as it is inside, or why it is refused (fact_nat_no_mapping, fact_nat_expired,
 *            fact_nat_filtered, fact_nat_port_taken, fact_nat_table_full)
 *
 * Where the inside path of a new flow is another flow's, *out has another source port.
 *
 * Source: RFC 4787 5 (REQ-8), 4.3; the changed source port: measured on Linux 6.18.
 */
const struct fact *nat_inbound(struct nat *n, usec now, struct nat_path in, struct nat_path *out);

/**
 * A datagram from inside to one of the outside hosts: both of the above in one.
 *
 * @return  NULL and *out as it goes back inside, or why not (fact_nat_hairpin_off, or those of both)
 *
 * Source: RFC 4787 6 (REQ-9).
 */
const struct fact *nat_hairpin(struct nat *n, usec now, struct nat_path in, struct nat_path *out);

/**
 * What an ICMP error that comes in, or leaves, is about: a datagram that passed the other way. It neither refreshes a flow nor
 * ends one.
 *
 * @param about  the ends of that datagram, as the error has them
 * @return       NULL and *out as they are on the other side, or fact_nat_unrelated
 *
 * Source: RFC 5508 3.2, 3.3 (REQ-3 to REQ-5); RFC 4787 10 (REQ-12).
 */
const struct fact *nat_error_outbound(const struct nat *n, usec now, struct nat_path about, struct nat_path *out);
const struct fact *nat_error_inbound(const struct nat *n, usec now, struct nat_path about, struct nat_path *out);

/** Is this one of its outside hosts? */
bool nat_owns(const struct nat *n, uint32_t host);

/** All of them; *count says how many. */
const uint32_t *nat_hosts(const struct nat *n, uint32_t *count);

/** Flows that are alive at `now`. */
size_t nat_flows(const struct nat *n, usec now);

/* --- the table as it is, for whoever shows it ------------------------------------------------------------------------ */

enum nat_row_kind {
	NAT_ROW_FORWARD,     /* a rule */
	NAT_ROW_ONE_TO_ONE,  /* likewise */
	NAT_ROW_EXPECTATION, /* a flow that may begin */
	NAT_ROW_FLOW,
};

/** One row. A host of 0 is any host, a port of 0 any port. */
struct nat_row {
	enum nat_row_kind kind;
	struct endpoint inside, seen;	 /* its own and its far end as the inside sees them; seen: of flows only */
	struct endpoint outside, remote; /* the same as the outside sees them */
	usec since;			 /* when it began; of rules 0 */
	usec until;			 /* its deadline; NEVER: a rule. What is over and still there is evidence */
};

/**
 * All rows: rules as they were given, pinholes that are open at `now`, and flows, alive or not; each kind in the order in which
 * they began.
 *
 * @param rows  where they are written
 * @param most  so many fit
 * @return      how many there are; of more than `most` none is written
 */
uint32_t nat_rows(const struct nat *n, usec now, struct nat_row *rows, uint32_t most);

/* --- rules, set up by whoever builds the lab ----------------------------------------------------------------------- */

/**
 * What comes to this outside port, from anybody, goes to `to`. It says nothing about what `to` sends by itself. Unless
 * ports are shared, nobody else gets that port.
 */
void nat_forward(struct nat *n, uint32_t port, struct endpoint to);

/** What comes to the outside host of this inside one and is nobody else's goes to it; what it sends keeps its port. */
void nat_one_to_one(struct nat *n, uint32_t inside_host);

/* --- steps --------------------------------------------------------------------------------------------------------- */

/** A restart: flows and expectations are gone, rules stay. */
void nat_flush(struct nat *n);

/** Expectations are gone; flows and rules stay. */
void nat_expect_nothing(struct nat *n);

/** A restart, and from now on its only outside host is this one; 0: those that it was made with. */
void nat_rebind(struct nat *n, uint32_t outside);

/* --- for an ALG; a flow is named by its ends as the inside sees them: src is the far one, dst its own ---------------- */

/**
 * The name of the live flow through which a datagram with these ends outside comes in: the one with just these ends, or
 * else the one whose filter lets it in. All zero: there is none.
 */
struct nat_path nat_flow_in(const struct nat *n, usec now, struct nat_path in);

/** The flow, if there is one, lasts so long from now; its next datagram sets that anew. */
void nat_lifetime(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts);

/** What comes in through the flow, if there is one, goes to this inside port. Source: Linux forced_dport. */
void nat_redirect(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, uint32_t port);

/**
 * A pinhole: a flow that may begin, and then has these ends. It belongs to a flow, whose end is its own.
 *
 * From outside: a datagram from `remote` to `outside` begins a flow to `inside`. From inside: a datagram from `inside`
 * to `remote` begins a flow that leaves from `outside`.
 *
 * Source: Linux nf_conntrack_expect; measured on 6.18.
 */
struct nat_expectation {
	struct endpoint inside, outside; /* from inside: inside.port 0: any; outside.port 0: as in the owner's expectation
					    of this kind for the inside end, else the inside port if it is free */
	struct endpoint remote;          /* from outside: host 0: anybody, port 0: any */
	bool from_inside;
	bool permanent; /* not gone when it was used once */
	bool active;
	uint8_t kind;                               /* what it is for, in the owner's words */
	uint32_t serial;                            /* which request asked for it, likewise: later ones have higher ones */
	uint8_t most;                               /* of this kind at once, the oldest goes; 0: any number */
	struct endpoint owner_inside, owner_remote; /* its flow, which is alive */
	usec lasts;
};

/**
 * Adds expectations, all or none, each in the place of an equal one of the same owner and kind. Live flows do not matter.
 *
 * @param e  so many of them, which are not for the same end
 * @return   NULL, or why not: fact_nat_expected_by_another (an equal one of another owner or kind), fact_nat_expected
 *           (one that lets in some of the same)
 */
const struct fact *nat_expect(struct nat *n, usec now, const struct nat_expectation *e, uint32_t count);

/**
 * Makes the owner's expectations of this kind for this outside end active, up to this serial number, for so long from now.
 * False: none is there.
 */
bool nat_expect_activate(struct nat *n, usec now, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind,
			 uint32_t serial, struct endpoint outside, usec lasts);

/** Removes the owner's expectations of this kind, up to this serial number. */
void nat_expect_end(struct nat *n, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind, uint32_t serial);

/** The newest active expectation that a datagram with these ends meets; NULL: none. Valid until the table changes. */
const struct nat_expectation *nat_expected(const struct nat *n, usec now, struct nat_path in, bool from_inside);

/** A port from `low` on, drawn from the NAT's stream of ports, for who looks for one by himself. */
uint32_t nat_draw_port(struct nat *n, uint32_t low);

/** Expectations that are alive at `now`, active or not. */
size_t nat_expectations(const struct nat *n, usec now);

extern const struct fact fact_nat_no_mapping, fact_nat_expired, fact_nat_filtered, fact_nat_port_taken, fact_nat_full,
	fact_nat_block_full, fact_nat_table_full, fact_nat_hairpin_off, fact_nat_unrelated, fact_nat_expected_by_another,
	fact_nat_expected;

#endif
