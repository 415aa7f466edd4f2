/*
 * Transactions on world timers (RFC 3261 17, RFC 6026).
 *
 *	client   Trying --1xx--> Proceeding --final--> Completed --Timer K--> gone
 *	           E: T1, 2*T1, ... T2      E: T2            swallows late responses
 *	           F: 64*T1, then the user hears of a timeout (8.1.3.1: as a 408)
 *
 *	server   Trying --final--> Completed --Timer J--> gone
 *	                            repeats the response to each repeated request
 *
 *	INVITE   Calling --1xx--> Proceeding --2xx--> Accepted --Timer M--> gone
 *	client     A: T1, 2*T1, ...    |               gives each 2xx to the user, who acknowledges it
 *	           B: 64*T1            +--300-699--> Completed --Timer D--> gone
 *	                                               acknowledges each repeat
 *
 *	INVITE   Proceeding --2xx--> Accepted --Timer L--> gone
 *	server     |                   swallows repeated INVITEs; the user repeats the 2xx until its ACK comes
 *	           +--300-699--> Completed --ACK--> Confirmed --Timer I--> gone
 *	                           G: T1, 2*T1, ... T2     swallows ACKs
 *	                           H: 64*T1
 */
#ifndef MODELS_TXN_H
#define MODELS_TXN_H

#include "models/sip.h"
#include "models/txn_timers.h"
#include "sim/keyed.h"
#include "sim/lately.h"

struct client_txn {
	struct timer timer; /* E or F; of an INVITE A, B, M or the end of a CANCEL */
	struct keyed_link link; /* by a hash of branch and method: what responses are matched by */
	struct client_txns *owner;
	struct iface *iface;
	struct packet request;
	struct txn_timers timers;
	usec interval, ends; /* to the next repeat; when it is given up */
	uint32_t sent; /* copies of the request sent so far */
	bool proceeding;
	bool unreachable; /* it did not time out: its user is told of no response because of an ICMP error */
	void *user;
	/** Called once, with the final response or with NULL after a timeout. NULL: an INVITE, see its ops. */
	void (*done)(struct client_txn *, const struct packet *response);
};

/** A client's transactions that wait; a phone has few at most times, a server that pings a crowd very many. Those in Timer K or D are only remembered. */
struct client_txns {
	struct keyed waiting;
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

/** What becomes of an INVITE. Each may begin other transactions, abandon this one or forget all of them. */
struct invite_client_ops {
	/** A 1xx came. */
	void (*provisional)(struct client_txn *, const struct packet *response);
	/**
	 * A 2xx came: the first one, a repeat, or one of another fork, which has another To tag (RFC 6026 8.4). The user sends
	 * its ACK, or passes it on when it is a proxy. From the first one on there is no other end than over().
	 */
	void (*accepted)(struct client_txn *, const struct packet *response);
	/** A 300-699 came and its ACK has left; or nothing did before Timer B, or after a CANCEL for 64*T1: NULL. The last call. */
	void (*refused)(struct client_txn *, const struct packet *response);
	/** Timer M: no 2xx will be told of any more. The last call; NULL when the user does not care. */
	void (*over)(struct client_txn *);
};

/**
 * Starts an INVITE transaction: sends `request` (whose payload reference it takes over) and repeats it by Timer A until
 * something comes, Timer B fires, or `max_invite_retransmits` repeats stayed unanswered for their interval. In Proceeding it
 * waits without end. The pointer is good until refused() or over() was called.
 */
struct client_txn *invite_client_start(struct client_txns *txns, struct iface *iface, const struct packet *request,
				       const struct txn_timers *timers, void *user, const struct invite_client_ops *ops);

/**
 * Sends a CANCEL, now or as soon as a provisional response has come (RFC 3261 9.1), in a transaction of its own. The INVITE's
 * final response is still told; a 2xx means that the CANCEL came too late. Nothing when the INVITE was accepted or cancelled before.
 */
void invite_client_cancel(struct client_txn *t);

/** Its user has gone: it goes on by itself, without a word, until its end. A 300-699 is still acknowledged, a 2xx is not. */
void client_txn_abandon(struct client_txn *t);

/** Gives a response to the transaction it belongs to, by branch and CSeq method (17.1.3). False when there is none. */
bool client_txns_receive(struct client_txns *txns, struct world *w, const struct packet *response,
			 const struct sip_view *v);

/**
 * An ICMP error came. One that says that nobody listens where requests go ends them, as far as no provisional response to an
 * INVITE has come: `unreachable` tells their users, for whom it is a 503 (RFC 3261 8.1.3.1, 17.1.4, 18.4).
 */
void client_txns_error(struct client_txns *txns, struct iface *at, const struct packet *error);

/** Ends all that wait without a word to their users: who began them has lost its memory. */
void client_txns_forget(struct client_txns *txns);

/** A request whose final answer comes later; holds a reference to its payload. */
struct server_txn {
	struct keyed_link link;
	struct server_txns *owner;
	struct packet request;
	void *user; /* of an INVITE, until its final response */
	bool invite;
};

/** A server's transactions: those that wait for something, most often none, and its last answers, for Timers J and L, 64*T1. */
struct server_txns {
	struct iface *iface;
	struct keyed waiting;
	struct lately answered;
};

void server_txns_init(struct server_txns *txns, struct iface *iface);

/**
 * What the transaction of `request` is known by: a hash of its branch, sent-by and method (17.2.3), in 64 bits that tell all
 * of them apart. In a crowd a look-up takes a while: asks for its memory ahead.
 */
uint64_t server_txns_key(const struct server_txns *txns, const struct packet *request, const struct sip_view *v);

/**
 * Repeats the last response when `request`, which has this key, is a repeat, or absorbs it while there is none.
 * False when it is new.
 */
bool server_txns_repeat(struct server_txns *txns, uint64_t key, const struct packet *request);

/** Keeps `request` in Trying until server_txn_end(): its answer comes later. Not for INVITE. */
struct server_txn *server_txns_try(struct server_txns *txns, uint64_t key, const struct packet *request);

/** Lets go of a request, an INVITE too, that has been answered elsewhere or never will be: a repeat of it counts as new. */
void server_txn_end(struct server_txn *t);

/** Sends the final response to the request with this key and keeps it for Timer J, 64*T1. Takes over the payload reference. Not for INVITE. */
void server_txns_answer(struct server_txns *txns, uint64_t key, const struct packet *response);

/** A new INVITE, which has this key: kept until invite_server_respond() has sent its final response. */
struct server_txn *invite_server_begin(struct server_txns *txns, uint64_t key, const struct packet *request, void *user);

/**
 * Sends a response, and takes over its payload reference. A 1xx answers repeats of the INVITE. With a final one the user is done
 * with the transaction, and its pointer is dead: a 300-699 is repeated by Timer G until its ACK comes or Timer H fires, which is
 * noted; repeating a 2xx is the user's business (13.3.1.4).
 */
void invite_server_respond(struct server_txn *t, const struct packet *response, uint32_t status);

/** Takes an ACK that acknowledges a 300-699. False: it belongs to a 2xx, or to nothing. */
bool invite_server_ack(struct server_txns *txns, const struct packet *ack, const struct sip_view *v);

/**
 * Is there an INVITE that this CANCEL is for (9.2)? *waiting is its transaction; NULL when it has its final response and
 * there is nothing left to cancel.
 */
bool invite_server_cancelled(struct server_txns *txns, const struct packet *cancel, const struct sip_view *v,
			     struct server_txn **waiting);

/** Forgets all answers and whatever was to be answered: a repeat of a request counts as new. */
void server_txns_forget(struct server_txns *txns);

/** An ICMP error has ended requests. */
extern const struct fact fact_requests_unreachable;

/** Nobody has acknowledged a final response, the value: Timer H. */
extern const struct fact fact_response_unacknowledged;

#endif
