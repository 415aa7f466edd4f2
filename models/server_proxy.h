/*
 * What the files of the proxy share. Nobody else includes this.
 *
 *	caller --INVITE--> context --INVITE--> branch --> binding    (RFC 3261 16.2, response context)
 *	                           --INVITE--> branch --> binding    each branch is a client transaction
 */
#ifndef MODELS_SERVER_PROXY_H
#define MODELS_SERVER_PROXY_H

#include "models/forward.h"
#include "models/media.h"
#include "models/server_shared.h"
#include "models/session.h"

/* The state of a server of kind proxy. */
struct proxy {
	struct client_txns clients;
	struct context *contexts; /* what became of requests; see server_proxy_context.c */
	struct keyed calls;	  /* whose audio it relays, by Call-ID */
	struct media_ends media;  /* their ends */
	bool claimed;		  /* the ports of these */
	struct pool contexts_pool, branches_pool, calls_pool;
};

/* Made when it is first needed. */
struct proxy *proxy_of(struct server *s);

/* Where a request goes next. */
struct target {
	struct endpoint to;
	bool far;		       /* the far end: its URI becomes the Request-URI */
	const struct binding *binding; /* whose URI becomes the Request-URI; NULL: uri does */
	struct slice uri, left_out;    /* of the message; a parameter in it that goes no further */
};

/* How a request is passed on when it is not for a user here (RFC 3261 16.4, 16.6). */
struct route {
	bool ours;	      /* its first Route is this proxy, and goes no further */
	bool served;	      /* no Route is left, and its Request-URI is an address of record here */
	struct target target; /* when it is not served */
	struct span body;     /* in the place of its own; empty: its own */
	uint32_t status;      /* 0; or why it cannot be passed on */
};

struct route proxy_route(const struct exchange *x);

/*
 * What became of a request. A context has its server transaction, and from then on a branch for each place
 * that the request is sent to; it answers when all branches have, and is gone when nothing can come any more.
 */
struct context;

/* A new one, which waits for its branches. An INVITE is answered 100 at once. */
struct context *context_begin(const struct exchange *x);

/* Sends it to one more place, perhaps behind a NAT. Takes over the payload's reference. */
void context_send(struct context *c, const struct packet *request, bool natted);

/* A final response that a branch would have had. */
void context_consider(struct context *c, uint32_t status);

/* All branches have been made: from now on it ends when they do. */
void context_go(struct context *c);

/* The caller has cancelled its INVITE: so are all branches (RFC 3261 16.10). */
void context_cancel(const struct context *c);

void contexts_init(struct proxy *proxy, struct arena *a);

/* A restart, when all server transactions have been forgotten. */
void contexts_forget(struct proxy *proxy);

/* What is done to the Contact of a request that came, and of a response, perhaps from behind a NAT. */
enum contact_fix proxy_fixes_request(const struct exchange *x);
enum contact_fix proxy_fixes_response(const struct server *s, const struct packet *p,
				      const struct sip_view *v, bool natted);

/*
 * A message passes that may describe audio: when the proxy relays that, what is to stand in the place of its
 * body is written into `text`. Empty: the body passes as it is.
 */
struct span proxy_relay(struct server *s, const struct packet *p, const struct sip_view *v,
			char text[static SESSION_TEXT_MAX]);

/* The call of this message is over: nothing more is relayed for it. */
void proxy_relay_ends(struct server *s, const struct payload *p, const struct sip_view *v);

void proxy_relays_init(struct proxy *proxy, struct arena *a);

/* All calls are over. */
void proxy_relays_forget(struct proxy *proxy);

#endif
