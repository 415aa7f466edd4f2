/*
 * What is known about one attempt of one node, gathered record by record while the world runs, so that a verdict
 * needs no kept trace and is the same at every trace level.
 */
#ifndef SCENARIOS_EVIDENCE_H
#define SCENARIOS_EVIDENCE_H

#include "sim/trace.h"

/** A datagram as the evidence remembers it. */
struct sighting {
	usec at;
	uint32_t id, parent;
	struct endpoint src, dst;
	const struct iface *iface;
	const char *label;
	const struct fact *fact; /* dropped: why; sent: the rule */
};

/** What has not worked: one request and its answer, or a part of a call. */
enum part {
	PART_REQUEST,
	PART_SETUP,  /* of a call: INVITE and what answers it */
	PART_ACK,
	PART_HANGUP, /* BYE and its answer */
	PART_HOLD,   /* re-INVITEs */
	PART_AUDIO,  /* `sender` speaks, `subject` hears; `answered` is `lost` as it left whoever chose where it went */
};

/** What the registration of a phone tells of it. */
struct traits {
	bool contact_rewritten; /* by a router on its way */
	bool not_pinged;	/* the server pings phones behind a NAT, and did not find this one there */
	bool misinformed;	/* the server told it another address than the one that it came from */
	uint8_t idle;		/* what an ALG would have rewritten if it looked at this port: enum alg_idle */
	struct endpoint opened; /* where its registration came from, as the server saw it: open outside since then; port 0: not known */
};

struct evidence {
	enum part part;
	uint32_t story;
	const struct node *subject; /* whom the check is about */
	const struct node *sender;  /* who begins: the subject itself, or a server that sends it a request */
	usec since;                 /* when the way to or from the subject was opened; -1: by what it sends itself */
	struct sighting first;    /* the first datagram that left the sender in this story */
	struct endpoint inner;    /* its source behind the first router; port 0: it passed none */
	struct sighting arrived;  /* the last datagram that arrived anywhere */
	struct sighting answered; /* the last datagram sent by a reply rule: its rule and destination; id 0: none */
	struct sighting provoked; /* the request that it answers, as it reached its sender; id 0: not seen */
	struct sighting lost;     /* the first of the latest run of drops for one reason at one place; id 0: none */
	struct traits traits;
	bool via_rewritten;	  /* of a request, by a router on its way */
	bool call_id_rewritten;	  /* of any message */
	bool not_forced;	  /* the server forces rport on phones behind a NAT, and took this one for one without */
	bool uri_differs;	  /* the credentials are for another Request-URI than the one that came */
	bool forked;		  /* its sender has sent the same to several places */
	const struct node *taken_by; /* a phone that has taken the call for the subject; NULL: none has */
	bool lost_answer;	  /* it was that answer, or what a router made of it */
	bool astray;		  /* `lost` has reached a phone that it was not meant for, and that is what was asked */
	bool worked;		  /* the same was seen to work before */
	bool unsaid;		  /* of audio: the subject has said nothing itself */
	const struct sighting *upset; /* the last time that somebody on the way lost its memory since; NULL: nobody did */
	const struct fact *note;  /* the last remark of a node that matters to causes, or NULL */
	const struct node *noter; /* that node */
	uint64_t status;          /* final status that the subject saw; 0: none */
	usec ended;
	uint32_t sent, drops;     /* requests that left the sender, repeats included; datagrams dropped */
};

/** Is it the server who begins, so that requests go to the subject? */
static inline bool is_inward(const struct evidence *e)
{
	return e->sender != e->subject && e->part != PART_AUDIO;
}

bool is_phone(const struct node *n);

/** What a record says of its datagram. */
struct sighting sighting_of(const struct record *r);

/** Adds what a record says. */
void evidence_add(struct evidence *e, const struct record *r);

#endif
