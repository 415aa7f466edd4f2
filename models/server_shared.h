/*
 * What the files of the server share: its state, and one request on its way to its response. Nobody else
 * includes this.
 */
#ifndef MODELS_SERVER_SHARED_H
#define MODELS_SERVER_SHARED_H

#include "models/registrar.h"
#include "models/server_part.h"
#include "models/sip_shared.h"
#include "models/via.h"

/* What a kind of server does with calls; each of the functions says whether it was its business. */
struct server_calls {
	/* A request that is no REGISTER, and no OPTIONS outside of a dialog. Otherwise it is answered 405. */
	bool (*request)(struct server *, const struct packet *, const struct sip_view *);
	/* A response that no ping waits for. */
	bool (*response)(struct server *, const struct packet *, const struct sip_view *);
	/* A datagram to a port where SIP is not spoken. */
	bool (*media)(struct server *, const struct packet *);
	/* An ICMP error that came, at a server that heeds them. */
	void (*error)(struct server *, struct iface *, const struct packet *);
	/* A restart: no call is known any more. */
	void (*forget)(struct server *);
	/* What the far end is asked to do; see server_call(). */
	void (*call)(struct server *, struct span user, uint32_t story);
	void (*hang_up)(struct server *, uint32_t story);
	void (*abandon)(struct server *, uint32_t story);
};

extern const struct server_calls server_pbx, server_proxy;

struct server {
	struct node node; /* with `own`, of a server that is a device by itself */
	struct iface own;
	struct iface *iface;	    /* own, or that of its owner */
	struct server_owner *owner; /* NULL: none */
	const struct server_profile *profile;
	const struct server_calls *calls;
	const struct pins *pins;
	const char *domain;
	struct endpoint local;
	struct registrar registrar;
	struct server_txns txns;
	struct client_txns pings;
	struct server_agent *agent; /* that takes part in calls; NULL: it has been in none yet */
	struct proxy *proxy; /* what a proxy remembers; NULL: it has passed nothing on yet */
	struct stream ids;
	uint32_t tags, nonces, branches, call_ids; /* drawn so far */
	usec booted;	    /* nonces from before are not known */
	struct timer round; /* of pings */
};

/* The server's pins of one kind; NULL: none. */
#define PINNED(s, list) ((s)->pins ? &(s)->pins->list : NULL)

static inline struct world *server_world(const struct server *s)
{
	return s->iface->node->world;
}

/* One request on its way to its response. */
struct exchange {
	struct server *server;
	const struct packet *request;
	const struct sip_view *view;
	uint64_t txn;	  /* its transaction's key */
	struct span user; /* whose request it is: of the address of record of a REGISTER, else of who sends it */
	struct via_reply reply;
};

/* A server's streams. */
enum server_stream { IDS_TAG, IDS_NONCE, IDS_BRANCH, IDS_CALL_ID, IDS_RELAY, IDS_CHANCE };

static inline struct stream server_ids(const struct server *s, enum server_stream purpose)
{
	return stream_sub(s->ids, purpose);
}

/* The next tag, branch and Call-ID; the first CSeq number that goes with the next Call-ID. */
size_t server_tag(struct server *s, char text[static ID_TEXT_MAX]);

/* Appends the From of a request of its own, with a new tag; no user: the server itself. */
void server_put_from(struct sip_builder *b, struct server *s, struct span user);
size_t server_branch(struct server *s, char text[static ID_TEXT_MAX]);
void server_put_call_id(struct sip_builder *b, struct server *s);
uint32_t server_first_cseq(const struct server *s);

/* Where the requests of its calls leave from, and where its audio is. */
struct endpoint server_calls_from(const struct server *s);
uint32_t server_media_host(const struct server *s);

/* How it answers a request. */
struct via_policy server_policy(const struct server *s, const struct packet *request, const struct sip_view *v);

/* A request and where its response goes. */
struct exchange server_exchange(struct server *s, const struct packet *request, const struct sip_view *v);

/*
 * Makes a response of the profile's headers, whose payload the caller then holds; 100 has no tag of its own (RFC 3261 8.2.6.2).
 * False when it fits in no datagram, and a 500 neither.
 */
bool server_response(struct exchange *x, uint32_t status, struct packet *response);

/* Sends the final response, whose headers are those of the profile, and keeps it for repeats of the request.
 */
void server_respond(struct exchange *x, uint32_t status);

/* Is it ours: our domain or our address; a port behind it does not matter (RFC 3261 10.3, step 5)? */
bool server_serves(const struct server *s, struct span host);

/* 200: the request is who it says; otherwise the status to refuse it with. */
uint32_t server_authenticate(struct exchange *x);

/* Does a REGISTER seem to come from behind a NAT: by the server's nat-tests, or because its Via has another
 * address? */
bool server_finds_nat(const struct exchange *x);

/*
 * Is who sent this taken to be behind a NAT? Without nat-tests everybody is. The Via of a response says nothing about who sent
 * it: then only those tests count that look at its Contact and its source.
 */
bool server_takes_for_natted(const struct server *s, const struct packet *p, const struct sip_view *v);

/* Somebody is bound: pings begin, if the server sends any and has not begun. */
void server_ping_start(struct server *s);

/* The URI that requests to this binding carry. */
void server_put_stored_uri(struct sip_builder *b, const struct server *s, const struct binding *binding);

/* Long enough for every URI that server_stored_uri() writes whole. */
#define SERVER_URI_MAX 1024

/* The same as text; a longer one is cut. */
struct span server_stored_uri(const struct server *s, const struct binding *binding, char text[static SERVER_URI_MAX]);

/* Where they are sent: its source, or where its Contact points; false when that is a name. */
bool server_target(const struct server *s, const struct binding *b, struct endpoint *to);

/*
 * Does what comes later in a call go to where the other side was seen, whatever its Contact says: when this INVITE of its
 * began the call, or when it was called, by its binding, which was found behind a NAT or not?
 */
bool server_follows_caller(const struct server *s, const struct packet *invite, const struct sip_view *v);
bool server_follows_callee(const struct server *s, bool natted);

/* Appends all bindings to a 200 to REGISTER (RFC 3261 10.3, step 8); nothing to other responses. */
void server_put_bindings(struct sip_builder *b, const struct exchange *x);

/* Appends the challenge of a 401 or 407; nothing to other responses. */
void server_put_challenge(struct sip_builder *b, struct exchange *x);

#endif
