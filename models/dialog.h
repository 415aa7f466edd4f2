/*
 * A dialog (RFC 3261 12): what two user agents remember of an INVITE and its 2xx, so that later requests find their way.
 *
 * Nothing is copied: a dialog holds references to the two messages, and to the one that last changed the remote target.
 *
 *	                caller                                callee
 *	tags, URIs      From: mine   To: the other's          To: mine   From: the other's
 *	route set       Record-Route of the response,         Record-Route of the request, in order
 *	                backwards
 *	remote target   Contact of the 2xx                    Contact of the INVITE
 */
#ifndef MODELS_DIALOG_H
#define MODELS_DIALOG_H

#include "models/sip.h"

/** Begins with nothing but zeros. */
struct dialog {
	struct payload *request;  /* the INVITE that began it; NULL: there is none yet */
	struct payload *response; /* with the callee's tag; NULL: there is none yet */
	struct payload *target;   /* whose Contact is the remote target; NULL: none came */
	struct endpoint source;	  /* where the other side's last message came from, at first where the INVITE went */
	uint32_t local_cseq, remote_cseq; /* the last numbers; 0: none yet */
	bool caller;
	bool confirmed; /* a 2xx was sent or came */
};

/**
 * Begins with an INVITE of ours, which went to `source`, or with one that came from there. Takes references of its own, and lets
 * go of what it was before: of an INVITE that was challenged, for instance.
 */
void dialog_begin(struct dialog *d, struct world *w, struct payload *invite, bool caller, struct endpoint source);

/**
 * A provisional response with a To tag, or a 2xx, was sent or came: the tag, the route set and, at the caller, the target are
 * known (12.1). A later one takes its place, until a 2xx has; `source`: where it came from, if it came.
 */
void dialog_answered(struct dialog *d, struct world *w, struct payload *response, struct endpoint source);

/** A re-INVITE, or a 2xx to ours, came: its Contact, if it has one, is the new remote target (12.2.1.2, 12.2.2). */
void dialog_retarget(struct dialog *d, struct world *w, struct payload *message, struct endpoint source);

/** Lets go of all messages. */
void dialog_end(struct dialog *d, struct world *w);

/** What a dialog is found by: a hash of Call-ID and the local tag, which the callee has when it has answered. */
uint32_t dialog_hash(const struct dialog *d, struct world *w);

/** The same of a message that came: for requests the local tag stands in To, for responses in From. */
uint32_t dialog_hash_of(const struct payload *p, const struct sip_view *v);

/**
 * Is the message one of this dialog: by Call-ID and both tags; URIs are not compared (12.2.2, 12.1)? While the caller has no
 * response, the tag of the other side is not known and may be any.
 */
bool dialog_matches(const struct dialog *d, struct world *w, const struct payload *p, const struct sip_view *v);

/** Has a request of this dialog that came the URIs in From and To that the dialog began with? RFC 3261 12.2.2 does not ask. */
bool dialog_same_uris(const struct dialog *d, struct world *w, const struct payload *p, const struct sip_view *v);

/** The other side's Contact. When none came: where the INVITE went to, or who sent it, as in RFC 2543. */
struct span dialog_remote_target(const struct dialog *d, struct world *w);

/** The Request-URI of the next request: the remote target, or the first route when that is a strict router (12.2.1.1). */
struct span dialog_target(const struct dialog *d, struct world *w);

/**
 * Where the next request goes: the first route, or the remote target; `by_source`: where the other side was last seen,
 * whatever the routes say. False when that is a name.
 */
bool dialog_next_hop(const struct dialog *d, struct world *w, bool by_source, struct endpoint *to);

/** Appends a "Route: " header for each route that is left to go; nothing when there is none. */
void dialog_put_routes(struct sip_builder *b, const struct dialog *d);

/** Appends From, To and Call-ID of our next request, tags included. */
void dialog_put_from(struct sip_builder *b, const struct dialog *d);
void dialog_put_to(struct sip_builder *b, const struct dialog *d);
void dialog_put_call_id(struct sip_builder *b, const struct dialog *d);

#endif
