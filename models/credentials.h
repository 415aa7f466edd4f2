/*
 * The client's side of digest authentication (RFC 2617, RFC 8760): reading a challenge and answering it.
 */
#ifndef MODELS_CREDENTIALS_H
#define MODELS_CREDENTIALS_H

#include "models/digest.h"

/** Algorithms that a client can compute; a set by enum digest_algorithm. */
struct algorithms {
	bool can[DIGEST_UNKNOWN];
};

/** A challenge to answer. */
struct challenge_read {
	const struct payload *message; /* where its places are; borrowed */
	struct sip_auth auth;
	bool proxy; /* it came with a 407 */
};

/** Who answers. */
struct account {
	struct span user, password, cnonce;
};

/** The topmost challenge of a 401 or 407 that the client can compute, in the server's order (RFC 8760 2.4). False: none. */
bool challenge_read(const struct packet *response, const struct sip_view *v, struct algorithms algorithms,
		    struct challenge_read *c);

/**
 * How often a request was sent with credentials: those that were refused are not tried again unless only the nonce was old,
 * and that once (RFC 2617 3.2.1).
 */
struct challenge_tries {
	bool challenged, renewed;
};

/** Is this challenge to be answered, after those tries? Counts it as the next one. */
bool challenge_retry(struct challenge_tries *tries, const struct challenge_read *c);

/** The client refuses to go on: credentials were refused and the nonce was not stale (RFC 3261 22.3). */
extern const struct fact fact_credentials_refused;

/** The client computes none of the algorithms that the server offers. */
extern const struct fact fact_challenge_unusable;

/** Why a challenge is not answered that the client is `able` to read; NULL: it was only old, again. */
const struct fact *challenge_refusal(bool able, const struct challenge_read *c);

/** Appends Authorization or Proxy-Authorization to a request whose request line stands. */
void credentials_put(struct sip_builder *b, const struct account *who, const struct challenge_read *c);

/** Appends the credentials that another request had, as an ACK repeats those of its INVITE (RFC 3261 22.1); perhaps none. */
void credentials_copy(struct sip_builder *b, const struct payload *request, const struct sip_view *v);

#endif
