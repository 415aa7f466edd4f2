/*
 * A registrar's bindings and rules (RFC 3261 10.3). Time is given; no timers: a binding past its end is not there.
 */
#ifndef MODELS_REGISTRAR_H
#define MODELS_REGISTRAR_H

#include "models/digest.h"
#include "models/expires.h"
#include "models/sip.h"
#include "sim/table.h"

/** What a server has found out about a REGISTER. */
struct binding_marks {
	bool to_source; /* it is answered where it came from */
	bool natted;	/* it seems to come from behind a NAT */
};

/** One Contact of an address of record. */
struct binding {
	struct link link;	/* by user */
	struct endpoint source; /* where the REGISTER came from */
	usec ends;
	uint64_t call_id; /* hash of the Call-ID */
	uint32_t cseq;
	uint16_t user_len, uri_len, room; /* bytes of the two texts; of the memory behind this */
	struct binding_marks marks;	  /* of the REGISTER */
	bool foreign;			  /* the REGISTER came from outside, and so did the URI */
	char text[];			  /* user, then the Contact's URI as the phone wrote it */
};

struct registrar {
	struct arena *arena;
	struct table table;
	struct binding *spare; /* removed ones, chained through link.next */
	const struct registrar_expires *expires;
	const struct binding_limit *limit; /* NULL: none */
};

/** `users`: how many are expected to register; more may. `expires` is kept and read at each REGISTER. */
void registrar_init(struct registrar *r, struct arena *a, uint32_t users, const struct registrar_expires *expires);

/** From now on there is a limit, which is kept and read at each REGISTER. */
void registrar_limit(struct registrar *r, const struct binding_limit *limit);

/** Removes all bindings. */
void registrar_forget(struct registrar *r);

/** This user will soon come back with credentials. */
void registrar_expect(const struct registrar *r, struct span user);

/**
 * What a REGISTER would be answered.
 *
 * @return 200; 403 for more bindings than there may be; 400 for a `*` that is not alone with Expires 0; 423 when asked for less than expires->min (and not 0);
 *         500 when the CSeq is not higher than that of the binding's last REGISTER with the same Call-ID (steps 6, 7)
 */
uint32_t registrar_check(struct registrar *r, usec now, struct span user, const struct packet *request,
			 const struct sip_view *v);

/** Applies a REGISTER when registrar_check() says 200: all of it or nothing. Returns that status. */
uint32_t registrar_register(struct registrar *r, usec now, struct span user, const struct packet *request,
			    const struct sip_view *v, struct binding_marks marks);

/** Would the user have a binding after this REGISTER, which registrar_check() lets pass? */
bool registrar_would_hold(struct registrar *r, usec now, struct span user, const struct packet *request,
			  const struct sip_view *v);

/** The bindings of a user that are alive, newest first; NULL at the end. */
const struct binding *registrar_first(const struct registrar *r, usec now, struct span user);
const struct binding *registrar_next(const struct registrar *r, usec now, const struct binding *b);

/** Calls `visit` with each binding that is alive; it may change none of them. */
void registrar_each(const struct registrar *r, usec now, void *context, void (*visit)(void *context, const struct binding *));

/** Seconds that a binding has left, rounded up. */
uint32_t binding_left(const struct binding *b, usec now);

static inline struct span binding_user(const struct binding *b)
{
	return (struct span){ b->text, b->user_len };
}

static inline struct span binding_uri(const struct binding *b)
{
	return (struct span){ b->text + b->user_len, b->uri_len };
}

#endif
