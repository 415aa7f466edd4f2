/*
 * Chance without state: a draw is a hash of (seed, owner, purpose, n).
 *
 * Every consumer has its own stream, so losing a datagram on a wire never changes which port a NAT picks:
 *
 *	struct stream ports = stream_named(seed, "home", 0, "ports");
 *	uint32_t port = 1024 + stream_below(ports, n++, 64512);
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include "sim/base.h"

struct stream {
	uint64_t key;
};

/** The stream of `purpose` that belongs to `owner`; `member` tells apart the members of a group. */
struct stream stream_named(uint64_t seed, const char *owner, uint32_t member, const char *purpose);

/** The stream of one more word under `parent`. */
struct stream stream_sub(struct stream parent, uint64_t word);

/** The n-th draw of a stream: 64 bits. */
uint64_t stream_draw(struct stream s, uint64_t n);

/** The n-th draw as a number from 0 to limit-1. */
uint64_t stream_below(struct stream s, uint64_t n, uint64_t limit);

/** Writes the n-th draw as hexadecimal digits, without a final zero. Who wants fewer takes the first ones. */
#define STREAM_HEX 16
void stream_hex(struct stream s, uint64_t n, char text[static STREAM_HEX]);

#endif
