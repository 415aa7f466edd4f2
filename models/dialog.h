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

struct dialog {
	struct payload *request;  /* the INVITE that began it; NULL: there is none yet */
	struct payload *response; /* with the callee's tag; NULL: there is none yet */
	struct payload *target;   /* whose Contact is the remote target; NULL: none came */
	struct endpoint source;	  /* where the other side's last message came from */
	uint32_t local_cseq, remote_cseq; /* the last numbers; 0: none yet */
	bool caller;
	bool confirmed; /* a 2xx was sent or came */
};

/** Begins with an INVITE of ours, or with one that came from `source`. Takes references of its own. */
void dialog_begin(struct dialog *d, struct world *w, const struct payload *invite, bool caller, struct endpoint source);

/** A provisional response with a To tag, or a 2xx, was sent or came: the tags, the route set and, at the caller, the target are known (12.1). */
void dialog_answered(struct dialog *d, struct world *w, const struct payload *response, struct endpoint source);

/** A re-INVITE, or a 2xx to ours, came: its Contact is the new remote target (12.2.1.2, 12.2.2). */
void dialog_retarget(struct dialog *d, struct world *w, const struct payload *message, struct endpoint source);

/** Lets go of all messages. */
void dialog_end(struct dialog *d, struct world *w);

/** What a dialog is found by: a hash of Call-ID and the local tag. */
uint32_t dialog_hash(const struct dialog *d, struct world *w);

/** The same of a message that came: for requests the local tag stands in To, for responses in From. */
uint32_t dialog_hash_of(const struct payload *p, const struct sip_view *v);

/** Is the message one of this dialog: by Call-ID and both tags; URIs are not compared (12.2.2, 12.1)? */
bool dialog_matches(const struct dialog *d, struct world *w, const struct payload *p, const struct sip_view *v);

/** The URI that the next request is about: the remote target, or the last route when that is a strict router (12.2.1.1). */
struct span dialog_target(const struct dialog *d, struct world *w);

/**
 * Where the next request goes: the first route, or the remote target; `by_source`: where the other side was last seen.
 * False when that is a name.
 */
bool dialog_next_hop(const struct dialog *d, struct world *w, bool by_source, struct endpoint *to);

/** Appends "Route: " headers; nothing when the route set is empty. */
void dialog_put_routes(struct sip_builder *b, const struct dialog *d);

/** Appends From, To and Call-ID of our next request, tags included. */
void dialog_put_from(struct sip_builder *b, const struct dialog *d);
void dialog_put_to(struct sip_builder *b, const struct dialog *d);
void dialog_put_call_id(struct sip_builder *b, const struct dialog *d);

#endif
