/*
 * What captures at every point of a world would have seen, laid out once from its trace.
 *
 *	cisco ---- er6020/lan | er6020/wan ---- 3cx      four points
 *
 * A datagram is seen where it leaves and where it arrives. What is known of it beside its bytes stands in remarks:
 *
 *	NAT:   which address a router has put in the place of which other
 *	ALG:   which words of a message it has changed
 *	RULE:  by which rule its sender has chosen where it goes; of audio now and then
 *	LOST:  why it went no further; where it was seen last
 *	NOTE:  what a node remarks about it, and what an ICMP error says
 */
#ifndef REPORTS_CAPTURE_H
#define REPORTS_CAPTURE_H

#include "reports/report.h"
#include "sim/net.h"

/** Where packets are seen. */
struct capture_point {
	const struct iface *iface;
	const char *name;  /* "er6020/wan" */
	const char *about; /* "router er6020/wan at 86.5.223.17" */
	const char *file;  /* "er6020-wan.pcapng"; no two points have the same, and none has `capture_all` */
	uint32_t packets;
};

struct capture_remark {
	const char *text;
	struct capture_remark *next;
};

struct captured {
	const struct record *record;	/* sent or arrived */
	uint32_t point;			/* index */
	const struct iface *from, *to;	/* the ends of the wire; `to` is NULL when nobody is there */
	struct capture_remark *remarks; /* in order of time */
};

/** Whose address it is on one network: behind two routers the same address may be two phones. */
struct capture_name {
	uint32_t host;
	const struct network *network;
	const char *name;
};

struct capture {
	const char *about;	      /* lines: the cell, and what became of each check */
	const char *tool;	      /* "viaport 0.1.0" */
	int64_t wall_clock;	      /* seconds since 1970 when the run began */
	struct capture_point *points; /* in the order in which they first saw something */
	struct captured *packets;     /* in order of time */
	struct capture_name *names;   /* of the points' addresses, and of what else nodes sent from; by address */
	uint32_t n_points, n_packets, n_names;
};

/** The file of all points together. */
extern const char capture_all[];

/**
 * What the host of the name with index `first` is called on a network, or on all of them together (NULL): who has it there, else who
 * alone has it. NULL: several have it, and none of them there. `*end` is the index of the next host's first name.
 */
const struct capture_name *capture_name_at(const struct capture *c, uint32_t first, const struct network *network,
					   uint32_t *end);

/** Lays out a cell that was played with TRACE_FULL. Everything lives in `a`; records are borrowed from the trace. */
void capture_lay(struct arena *a, const struct show *show, const struct shown *shown, const struct cell_result *r,
		 struct capture *out);

#endif
