/*
 * The top Via of a request decides where its response goes: the one decision this program is named after.
 */
#ifndef MODELS_VIA_H
#define MODELS_VIA_H

#include "models/sip.h"

/** A top Via, read. */
struct via {
	bool numeric;   /* sent-by is an IPv4 address, not a name */
	uint32_t host;  /* when numeric */
	uint32_t port;  /* 0: none was written, which means 5060 */
	bool rport;     /* an empty rport parameter: the client asks (RFC 3581 3) */
	uint32_t maddr; /* 0: none, or a name */
};

/** How a server treats Vias; its knobs. */
struct via_policy {
	bool rport;       /* honours an empty rport */
	int force;        /* enum force_rport of server.h: off, on, auto */
	bool forced_user; /* rport is forced for this user or this kind of phone */
	int stamp;        /* enum received_stamp of server.h: what received= says */
	uint32_t self;    /* its own address */
};

/** The decision: where to, by which rule, and what is written into the response's top Via. */
struct via_reply {
	struct endpoint to;
	const struct fact *rule;
	uint32_t received; /* what received= says; 0: there is none */
	bool rport;        /* set rport=source port */
};

/** Reads the top Via of a message. */
struct via via_read(const struct payload *p, const struct sip_view *v);

/**
 * Where the response to a request goes that came from `source` with `via` on top.
 *
 * Cannot fail. In this order: `received` when sent-by is a name or not the source (RFC 3261 18.2.1), or with rport (RFC 3581 4);
 * maddr, sent-by port or 5060 (18.2.2); rport or forced: the source; else received or sent-by with the sent-by port or 5060.
 * An rport that arrives with a value is not covered by RFC 3581 and is not taken for a wish.
 */
struct via_reply via_reply_to(const struct via *via, struct endpoint source, const struct via_policy *policy);

/** Appends the request's Via headers to a response: the top one stamped as decided, the others as they are. */
void via_put_stamped(struct sip_builder *b, const struct payload *req, const struct sip_view *v, struct endpoint source,
		     const struct via_reply *decided);

/** Appends the top Via of a request of ours as it was: for its ACK and its CANCEL (RFC 3261 17.1.1.3, 9.1). */
void via_put_again(struct sip_builder *b, const struct payload *request, const struct sip_view *v);

/** Appends the Via of a request; `host` and `port` (0: not written) are what the client writes. */
void via_put_own(struct sip_builder *b, uint32_t host, uint32_t port, const char *branch, size_t branch_len, bool rport);

/** The rules, as facts on the response. */
extern const struct fact fact_rule_maddr, fact_rule_rport, fact_rule_forced, fact_rule_via_port_other,
	fact_rule_via_port_same, fact_rule_sent_by;

#endif
