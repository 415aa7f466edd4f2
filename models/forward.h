/*
 * A message that passes a proxy (RFC 3261 16.6, 16.7): its text, line by line, with what the proxy changes.
 *
 *	INVITE sip:200@lab.example SIP/2.0      INVITE sip:200@10.0.0.2:5070 SIP/2.0
 *	                                        Record-Route: <sip:198.51.100.158;lr;ftag=0d23>
 *	                                        Via: SIP/2.0/UDP 198.51.100.158;branch=z9hG4bK63
 *	Via: SIP/2.0/UDP 10.0.0.1;branch=z9h    Via: SIP/2.0/UDP 10.0.0.1;received=192.0.2.9;branch=z9h
 *	Max-Forwards: 70                        Max-Forwards: 69
 *	Route: <sip:198.51.100.158;lr>
 *	Contact: <sip:100@10.0.0.1>             Contact: <sip:100@192.0.2.9:40001>
 *
 * Whatever is not named here passes as it is.
 */
#ifndef MODELS_FORWARD_H
#define MODELS_FORWARD_H

#include "models/via.h"

/** How a Contact is mended: not, by another host and port, or by a parameter that says them. */
enum contact_fix { CONTACT_KEPT, CONTACT_REPLACED, CONTACT_ALIASED };

/** What a proxy changes. All pointers are borrowed. */
struct forward {
	const struct packet *packet; /* which came */
	const struct sip_view *view;
	int contact_fix;  /* enum contact_fix: its first Contact becomes packet->src */
	struct span body; /* stands in the place of its own; at NULL: its own */
	/* requests only */
	struct endpoint self;		/* of the proxy's Via and Record-Route; port 5060 is not written */
	struct span branch;		/* of its Via */
	const struct via_reply *reply;	/* how the Via below it is stamped */
	bool record_route, drops_route; /* writes a Record-Route; takes the first Route away */
};

/** Begins a request that is to be passed on: its method. The caller appends the Request-URI. */
struct sip_builder *forward_begin(struct world *w, const struct forward *f);

/**
 * The rest of the request, behind its Request-URI: Record-Route and Via on top, the Via below with `received`
 * and `rport` behind its sent-by, one less in Max-Forwards, which is 70 where there is none. One reference
 * for the caller; NULL as in sip_finish_text(). Source: the order of the headers and of Via's parameters
 * is measured on Kamailio 5.6.3.
 */
struct payload *forward_request(struct sip_builder *b, const struct forward *f);

/** The response without its top Via. One reference for the caller, or NULL. */
struct payload *forward_response(struct world *w, const struct forward *f);

/** How often a request may still be passed on (RFC 3261 20.22); 70 when it does not say. */
uint32_t forwards_left(const struct payload *p, const struct sip_view *v);

/**
 * "sip:100@10.0.0.1;alias=203.0.113.17~40000~1" (Kamailio nathelper, handle_ruri_alias()): where it shall be
 * sent, and the parameter with its semicolon. False when there is no alias.
 */
bool forward_alias(const struct payload *p, struct slice uri, struct endpoint *to, struct slice *whole);

/** Appends ";alias=address~port~1", where 1 means UDP (Kamailio nathelper, add_contact_alias()). */
void forward_put_alias(struct sip_builder *b, struct endpoint e);

#endif
