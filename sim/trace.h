/*
 * The trace: the only door out of a world. Models write it and never read it; judge and reports read it.
 *
 * It is a stream: every record is shown to all taps as it happens. The level says what is *kept* afterwards:
 * `full` keeps records and bytes, `facts` records, `counts` nothing but numbers.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "sim/addr.h"
#include "sim/fragment.h"

struct iface;
struct payload;
struct packet;
struct world;

enum event { EVENT_SENT, EVENT_ARRIVED, EVENT_DROPPED, EVENT_NOTE, EVENTS };

enum trace_level { TRACE_COUNTS, TRACE_FACTS, TRACE_FULL };

/**
 * A thing that can be said of a datagram or a node; a constant, so that readers compare by address.
 *
 * In `sentence`, {src} {dst} {host} (of dst) {port} (of dst) and {value} stand for what the record holds.
 */
struct fact {
	const char *word;     /* short, kebab-case */
	const char *sentence; /* for people */
	const char *clause;   /* "RFC 3261 18.2.2", or NULL */
};

struct record {
	usec at;
	uint32_t id;     /* the datagram, from 1; 0 in notes about no datagram */
	uint32_t parent; /* the datagram that provoked it or that it was before a rewrite; 0: none */
	uint32_t story;  /* the conversation it belongs to, handed down from parent to child; 0: none */
	enum event event : 8;
	uint8_t ttl; /* the packet's, as is `df`; 0 in notes about no datagram */
	bool df;
	const struct iface *iface; /* where; a node's name and side come from it */
	struct endpoint src, dst;
	const char *label;       /* "REGISTER", "407", "RTP"; a constant */
	const struct fact *fact; /* dropped: why; sent: the rule that chose the destination, or NULL; note: what */
	uint64_t value;          /* notes: the number in the sentence */
	struct payload *payload; /* kept records: only with TRACE_FULL; taps: during the call */
	const struct fragment *fragment; /* which part of the payload it is about; NULL: the whole */
};

/** Is it about a fragment that is not its datagram's first? The first stands for all where datagrams are counted. */
static inline bool record_later_part(const struct record *r)
{
	return r->fragment && r->fragment->offset > 0;
}

/** Somebody who watches; embedded in its owner, lives as long as the world. */
struct tap {
	void (*see)(struct tap *, const struct record *);
	struct tap *next;
};

struct trace {
	enum trace_level level;
	struct tap *taps;
	uint64_t counts[EVENTS];
	const struct trace_block *blocks, *last; /* kept records, in order */
	size_t kept;
};

#define TRACE_BLOCK 128

struct trace_block {
	const struct trace_block *next;
	size_t n;
	struct record records[TRACE_BLOCK];
};

/** Adds a watcher; watchers see each record in the order in which they were added. */
void trace_tap(struct trace *t, struct tap *tap);

/** A datagram died at `at` for the reason `why`. */
void trace_drop(struct world *w, const struct iface *at, const struct packet *p, const struct fact *why);

/** Something happened at a node: a change of state, or a remark about datagram `p` (may be NULL). */
void trace_note(struct world *w, const struct iface *at, const struct packet *p, const struct fact *what, uint64_t value);

/** As trace_note() when no datagram is at hand, but the conversation is known. */
void trace_note_story(struct world *w, const struct iface *at, uint32_t story, const struct fact *what, uint64_t value);

/** For the network only: `p` left from or arrived at `at`. */
void trace_packet(struct world *w, enum event event, const struct iface *at, const struct packet *p);

/** Writes the record's sentence with its places filled in, cut to `size`. Empty when it has no fact. */
void record_sentence(const struct record *r, char *text, size_t size);

/** For loops over kept records: `for (cursor c = trace_first(t); (r = trace_next(&c)); )`. */
struct trace_cursor {
	const struct trace_block *block;
	size_t i;
};
struct trace_cursor trace_first(const struct trace *t);
const struct record *trace_next(struct trace_cursor *c);

#endif
