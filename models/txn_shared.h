/*
 * What the files of transactions share. Nobody else includes this.
 */
#ifndef MODELS_TXN_SHARED_H
#define MODELS_TXN_SHARED_H

#include "models/ids.h"
#include "models/sip_shared.h"

static inline struct world *world_of(const struct iface *i)
{
	return i->node->world;
}

static inline usec earlier(usec a, usec b)
{
	return a < b ? a : b;
}

/* A message that was sent, for when it is asked for again. Its bytes stand behind it: they are a copy, since the payload is soon
 * needed again for other messages, while it is at hand. The view is not kept, being as large as half a message. */
struct kept {
	struct packet packet; /* without its payload */
	uint16_t len;	      /* 0: nothing is said */
};

/* For `k`, with room for the bytes of `p` behind it. */
void kept_fill(struct kept *k, const struct packet *p);

/* Sends it once more, because of datagram `parent`. */
void kept_send(struct iface *from, const struct kept *k, uint32_t parent);

/* --- client ------------------------------------------------------------------------------------------------------ */

static inline bool client_is_invite(const struct client_txn *t)
{
	return !t->done;
}

/* What a transaction in Timer K or D is known by. */
struct finished {
	const struct client_txns *owner;
	uint64_t key;
	uint32_t forgotten; /* what came before was its owner's former life */
};

struct finished finished_of(const struct client_txns *txns, uint64_t key);
bool same_finished(const void *entry, const void *sought);

/* Fills `t`, which has memory and nothing in it, and enters it; its kind says what its timer does. */
void client_begin(struct client_txn *t, struct client_txns *txns, struct iface *iface, const struct packet *request,
		  const struct txn_timers *timers, void *user);

/* Nothing more is sent: the request is let go while it is still at hand, long before Timer K. */
void client_stop(struct client_txn *t);

void client_send(struct client_txn *t);

void invite_client_receive(struct client_txn *t, const struct packet *response, const struct sip_view *v);
void invite_client_abandon(struct client_txn *t);
bool invite_client_is_calling(const struct client_txn *t);
void invite_client_free(struct client_txn *t);

/* In Timer D: a repeat is acknowledged, whatever else comes is swallowed. False when there is no such transaction. */
bool invite_client_finished(const struct finished *sought, struct world *w, const struct packet *response, uint32_t status);

/* --- server ------------------------------------------------------------------------------------------------------ */

/* The key of the transaction of that method which `request` belongs to. */
uint64_t server_key(const struct packet *request, const struct sip_view *v, enum sip_method method);

/* The one that waits for something; NULL when none does. */
struct server_txn *server_find(const struct server_txns *txns, uint64_t key);

/* For 64*T1 repeats of this request are not answered. */
void answer_none(struct server_txns *txns, uint64_t key);

/* Had this request its final answer lately? */
bool answer_given(const struct server_txns *txns, uint64_t key);

/* Fills `t`, which has memory and nothing in it, and enters it. */
void server_begin(struct server_txn *t, struct server_txns *txns, uint64_t key, const struct packet *request);

/* Takes it out and lets go of its request. */
void server_stop(struct server_txn *t);

void invite_server_repeat(struct server_txn *t, const struct packet *request);
void invite_server_free(struct server_txn *t);

#endif
