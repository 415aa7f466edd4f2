/*
 * STUN Binding requests and responses (RFC 8489), on the port of SIP (RFC 5626 3.5.2): a keepalive that is answered, and whose
 * answer says which address the server saw.
 *
 *	request    type 0x0001, length 0, magic cookie, 96 bits of transaction id
 *	response   type 0x0101, length 12, cookie, id, XOR-MAPPED-ADDRESS
 */
#ifndef MODELS_STUN_H
#define MODELS_STUN_H

#include "sim/world.h"

#define STUN_HEADER 20
#define STUN_COOKIE 0x2112A442u

struct stun_message {
	bool response;
	uint64_t id;		/* 64 bits of it; nobody here draws more */
	struct endpoint mapped; /* of a response */
};

/** Is it STUN? SIP never begins so (RFC 5626 8.1). */
bool is_stun(const struct payload *p);

/** Reads a Binding request or success response. False: it is another message. */
bool stun_read(const struct payload *p, struct stun_message *m);

/** Sends a Binding request, which belongs to no conversation. */
void stun_ask(struct iface *from, struct endpoint src, struct endpoint dst, uint64_t id);

/** Answers a Binding request that came to `at`. False, and nothing happens, when it is another message. */
bool stun_answer(struct iface *at, const struct packet *request);

#endif
