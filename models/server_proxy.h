/*
 * What the files of the proxy share. Nobody else includes this.
 *
 *	caller --INVITE--> context --INVITE--> branch --> binding     what became of a request (RFC 3261 16.2,
 *response
 *	                           --INVITE--> branch --> binding     context); each branch is a client
 *transaction
 */
#ifndef MODELS_SERVER_PROXY_H
#define MODELS_SERVER_PROXY_H

#include "models/forward.h"
#include "models/media.h"
#include "models/server_shared.h"
#include "models/session.h"

struct context;

/* A request on its way to one place. */
struct branch {
	struct branch *next;
	struct context *context;
	struct client_txn *txn;
	struct timer patience; /* fr-timer; from a provisional response on invite-timer */
	bool proceeding;       /* a provisional response came */
	bool natted;	       /* it goes to a binding that was found behind a NAT */
};

/* A request that waits for its final response, or whose 2xx may still come again. */
struct context {
	struct context *next, **at; /* of the proxy's; who points to it */
	struct server *server;
	struct server_txn *txn;	 /* NULL: a final response has been sent */
	struct via_reply reply;	 /* where its responses go */
	struct branch *branches; /* those that are not over */
	struct packet
		best; /* the best final response so far; its payload is held, NULL: one of the proxy's own */
	uint32_t best_status; /* 0: none yet */
	bool invite;
	bool starting; /* branches are still being made */
};

/* The state of a server of kind proxy. */
struct proxy {
	struct client_txns clients;
	struct context *contexts;
	struct keyed calls;	 /* whose audio it relays, by Call-ID */
	struct media_ends media; /* their ends */
	bool claimed;		 /* the ports of these */
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

/* What is done to the Contact of a request that came, and of a response from a place that is natted or not.
 */
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
