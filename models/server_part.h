/*
 * A server that is a part of another device, which is asked before certain answers.
 *
 *	request --> server_take() --> asked_register() ... server_answer() --> response
 */
#ifndef MODELS_SERVER_PART_H
#define MODELS_SERVER_PART_H

#include "models/server.h"
#include "models/txn.h"

/** The device; embedded in it. It may answer what it is asked at once or later. */
struct server_owner {
	struct iface *iface; /* the device's; the server is no node of its own */
	/** A REGISTER that would be granted; NULL: the server is no registrar. */
	void (*asked_register)(struct server_owner *, struct server_txn *);
	/** NULL: the server answers 200. */
	void (*asked_options)(struct server_owner *, struct server_txn *);
};

/** Gives it what came to its port. */
void server_take(struct server *s, const struct packet *p);

/** For an owner that restarts: forgets bindings, nonces, answers, and what was asked, which is gone then. */
void server_forget(struct server *s);

/** Answers what was asked; a REGISTER with status 200 is granted first. */
void server_answer(struct server_txn *t, uint32_t status);

/** Lets go of what was asked: nobody is answered. */
void server_be_silent(struct server_txn *t);

/** The user whom a REGISTER is about, or whom another request is for. */
struct span server_asked_user(const struct server_txn *t);

/** Would its user have a binding after this REGISTER? */
bool server_would_bind(const struct server_txn *t);

/** Has this user a binding? */
bool server_has_bound(const struct server *s, struct span user);

/**
 * Sends OPTIONS to the stored contact of `user`, provoked by `cause`. False when there is none that can be reached. `done`
 * is called as by client_txn_start(), with `context` as the transaction's user.
 */
bool server_pass_options(struct server *s, struct span user, const struct packet *cause, void *context,
			 void (*done)(struct client_txn *, const struct packet *response));

#endif
