/*
 * Datagrams that only keep a router's mapping alive.
 */
#ifndef MODELS_KEEPALIVE_H
#define MODELS_KEEPALIVE_H

#include "sim/world.h"

enum keepalive_type { KEEPALIVE_NONE, KEEPALIVE_CRLF, KEEPALIVE_OPTIONS, KEEPALIVE_STUN };

/** "none", "crlf", "options", "stun", NULL; of a server, which sends no STUN by itself, without that. */
extern const char *const keepalive_words[], *const ping_words[];

/** Sends two empty lines (RFC 5626 3.5.1), which belong to no conversation. */
void keepalive_send(struct iface *from, struct endpoint src, struct endpoint dst);

/** Is it one: a datagram with line ends or nothing in it? Whoever gets it has nothing to do (RFC 5626 3.5.1). */
bool is_keepalive(const struct payload *p);

#endif
