/*
 * Somebody on the Internet of the tests who makes and takes calls, with nothing of a phone but its voice:
 * the user agent core and as little as possible around it.
 *
 *	alice 192.0.2.1:5060 -- 10 ms -- (Internet) -- bob 192.0.2.2:5060
 */
#ifndef TESTS_PARTY_H
#define TESTS_PARTY_H

#include "models/ua.h"
#include "tests/lab.h"

struct party {
	struct node node;
	struct iface iface;
	struct ua ua;
	struct client_txns clients;
	struct server_txns servers;
	const char *name;
	struct endpoint at;
	struct stream ids;
	uint32_t drawn;
	struct ua_knobs knobs;

	/* what it does */
	uint32_t refuses;     /* the status with which it refuses calls; 0: it takes them */
	uint32_t challenges;  /* 401 or 407 to an INVITE without credentials; 0: it takes everybody's word */
	uint32_t rings;	      /* the status that it answers at once, 180 or 183; 0: none */
	bool waits;	      /* it does not pick up by itself */
	bool early;	      /* its ringing has a description */
	bool by_source;	      /* its requests go where the other side was last seen */
	const char *password; /* with which it answers challenges; NULL: it cannot */
	enum direction wish;  /* of its answers to re-INVITEs */

	/* what it saw */
	struct leg *leg; /* the last one; NULL: it is over */
	int answered, acked, progressed, closing;
	enum leg_end how;
	uint32_t status;       /* with which the last one ended */
	uint32_t offer_status; /* with which its last re-INVITE ended */
};

struct party *party_new(struct lab *lab, const char *name, const char *at, const struct wire *wire);

/** Calls the other one under a new story. */
struct leg *party_calls(struct party *p, const struct party *other);

/** Calls anybody. */
struct leg *party_calls_at(struct party *p, const struct callee *callee, const struct session *offer);

/** Offers another direction in its call. */
bool party_offers(struct party *p, enum direction direction);

#endif
