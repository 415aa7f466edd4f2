/*
 * Who is to blame: the decisions that together lost what was lost, from the first one to the last, each with whose it is and how
 * it stands to the RFCs.
 *
 *	er6020  router  gave the request another source port     RFC 4787 4.2.1   allowed
 *	cisco   phone   did not ask for rport                    RFC 3581 3       allowed
 *	pbx     server  answered to the port in the Via          RFC 3261 18.2.2  required
 *
 * A link is a row of a table: of which cause, whose, under what knob it is true, what was done.
 */
#ifndef SCENARIOS_CHAIN_H
#define SCENARIOS_CHAIN_H

#include "scenarios/result.h"

/** Whose behaviour a link is; the words of reports, in this order. */
enum whose { WHOSE_PHONE, WHOSE_ROUTER, WHOSE_SERVER, WHOSE_NETWORK, WHOSES };

/** "phone", "router", "server", "network", NULL. */
extern const char *const whose_words[];

/** How it stands to the RFC. */
enum standing { STANDING_REQUIRED, STANDING_ALLOWED, STANDING_AGAINST, STANDINGS };

/** "required", "allowed", "against", NULL. */
extern const char *const standing_words[];

struct chain_link {
	enum whose whose;
	const char *name;   /* of the node; NULL: of the network */
	const char *did;    /* "did not ask for rport": goes on behind its name */
	const char *clause; /* NULL: no RFC speaks of it */
	enum standing standing;
};

#define CHAIN_MAX 8

struct chain {
	const struct check_result *of; /* the first check that does not work; NULL: all do, and there are no links */
	struct chain_link links[CHAIN_MAX];
	uint32_t n;
};

/** The chain behind the first check of a cell that does not work. Points into the scenario; lives in `a`. */
struct chain chain_of(struct arena *a, const struct scenario *s, const struct cell_result *r);

/** Has a cause a link that is true in every lab? For tests. */
bool chain_is_certain(const struct cause *c);

/** What a row of the table hangs on and what no device has; NULL: there is no such row. For tests. */
const char *chain_misspelt(struct arena *a);

#endif
