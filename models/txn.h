/*
 * Non-INVITE transactions on world timers (RFC 3261 17.1.2, 17.2.2).
 *
 *	client   Trying --1xx--> Proceeding --final--> Completed --Timer K--> gone
 *	           E: T1, 2*T1, ... T2      E: T2            swallows late responses
 *	           F: 64*T1, then the user hears of a timeout (8.1.3.1: as a 408)
 *
 *	server   Trying --final--> Completed --Timer J--> gone
 *	                            repeats the response to each repeated request
 */
#ifndef MODELS_TXN_H
#define MODELS_TXN_H

#include "models/sip.h"
#include "sim/lately.h"
#include "sim/table.h"

/** The client's knobs; RFC 3261 17.1.2.2. */
struct txn_timers {
	usec t1, t2, t4;
	uint32_t max_retransmits;
};

struct client_txn {
	struct timer timer; /* E or F */
	struct client_txn *next, **at; /* of the owner's; who points to it */
	struct link by_key;	       /* where the owner has many */
	struct client_txns *owner;
	struct iface *iface;
	struct packet request;
	uint64_t key; /* hash of branch and method: what responses are matched by */
	struct txn_timers timers;
	usec interval, timer_f;
	uint32_t sent; /* copies of the request sent so far */
	bool proceeding;
	void *user;
	/** Called once, with the final response or with NULL after a timeout. */
	void (*done)(struct client_txn *, const struct packet *response);
};

/** A client's transactions that wait; a phone has one at most times, a server that pings a crowd very many. Those in Timer K are only remembered. */
struct client_txns {
	struct client_txn *first; /* the newest */
	uint32_t n;
	struct table *by_key; /* NULL: there were never many */
};

/** Finished transactions of all clients with the same T4: Timer K. */
struct client_lately {
	struct lately finished;
	struct client_lately *next;
};

/**
 * Starts a transaction: sends `request` (whose payload reference it takes over) and repeats it by Timer E until
 * something comes, Timer F fires, or `max_retransmits` repeats stayed unanswered for their interval.
 */
struct client_txn *client_txn_start(struct client_txns *txns, struct iface *iface, const struct packet *request,
				    const struct txn_timers *timers, void *user,
				    void (*done)(struct client_txn *, const struct packet *));

/** Gives a response to the transaction it belongs to, by branch and CSeq method (17.1.3). False when there is none. */
bool client_txns_receive(struct client_txns *txns, struct world *w, const struct packet *response,
			 const struct sip_view *v);

/** Ends all that wait without a word to their users: who began them has lost its memory. */
void client_txns_forget(struct client_txns *txns);

/** A request in Trying whose answer comes later; holds a reference to its payload. */
struct server_txn {
	struct server_txn *next;
	struct server_txns *owner;
	uint64_t key;
	struct packet request;
};

/** A server's transactions: those in Trying, most often none, and its last answers, for Timer J, 64*T1. */
struct server_txns {
	struct iface *iface;
	struct server_txn *trying;
	struct lately answered;
};

void server_txns_init(struct server_txns *txns, struct iface *iface);

/**
 * What the transaction of `request` is known by: a hash of its branch, sent-by and method (17.2.3), in 64 bits that tell all
 * of them apart. In a crowd a look-up takes a while: asks for its memory ahead.
 */
uint64_t server_txns_key(const struct server_txns *txns, const struct packet *request, const struct sip_view *v);

/**
 * Repeats the response when `request`, which has this key, is a repeat, or absorbs it while there is none.
 * False when it is new.
 */
bool server_txns_repeat(struct server_txns *txns, uint64_t key, const struct packet *request);

/** Keeps `request` in Trying until server_txn_end(): its answer comes later. */
struct server_txn *server_txns_try(struct server_txns *txns, uint64_t key, const struct packet *request);
void server_txn_end(struct server_txn *t);

/** Sends the final response to the request with this key and keeps it for Timer J, 64*T1. Takes over the payload reference. */
void server_txns_answer(struct server_txns *txns, uint64_t key, const struct packet *response);

/** Forgets all answers and whatever was to be answered: a repeat of a request counts as new. */
void server_txns_forget(struct server_txns *txns);

/* RFC 3261 17.1.1.1, for devices without knobs of their own. */
#define T1 (500 * MSEC)
#define T2 (4 * SEC)
#define T4 (5 * SEC)

#endif
