/*
 * IPv4 hosts, endpoints (host and port) and prefixes as plain values in host byte order.
 *
 * IPv6 is not modelled yet; whoever adds it interns the 128 bits and keeps the 8-byte value.
 */
#ifndef SIM_ADDR_H
#define SIM_ADDR_H

#include "sim/base.h"

/** Host and UDP port; all zero means "none". 8 bytes, compared by value. */
struct endpoint {
	uint32_t host;
	uint32_t port;
};

/** All hosts whose first `bits` bits equal those of `host`. */
struct prefix {
	uint32_t host;
	uint32_t bits;
};

#define DECIMAL_MAX       20 /* digits of a 64-bit number */
#define HOST_TEXT_MAX     16 /* "255.255.255.255" and the final zero */
#define ENDPOINT_TEXT_MAX 22 /* the same with ":65535" */

/** Reads "a.b.c.d" from exactly `len` characters; false when it is anything else, leading zeros included. */
bool host_parse(const char *text, size_t len, uint32_t *host);

/** Writes "a.b.c.d" and a final zero. Returns the length without it. */
size_t host_print(uint32_t host, char text[static HOST_TEXT_MAX]);

/** Reads "a.b.c.d" or "a.b.c.d:port" (1 to 65535); without a port it is `default_port`. */
bool endpoint_parse(const char *text, size_t len, uint32_t default_port, struct endpoint *out);

/** Writes "a.b.c.d:port", without a port when there is none, and a final zero. Returns the length without it. */
size_t endpoint_print(struct endpoint e, char text[static ENDPOINT_TEXT_MAX]);

/** Writes `number` in decimal without a final zero. Returns the number of digits (at most DECIMAL_MAX). */
size_t decimal_print(uint64_t number, char *text);

/** Reads "a.b.c.d/bits"; the host's own bits must be zero. */
bool prefix_parse(const char *text, size_t len, struct prefix *out);

static inline bool endpoint_equal(struct endpoint a, struct endpoint b)
{
	return a.host == b.host && a.port == b.port;
}

static inline bool prefix_holds(struct prefix p, uint32_t host)
{
	return p.bits == 0 || (host ^ p.host) >> (32 - p.bits) == 0;
}

/** Is it an address that exists only inside networks: RFC 1918 3, RFC 6598 7, RFC 7335 3? */
bool host_is_private(uint32_t host);

/** One well-mixed 32-bit number from two endpoints, for hash tables. */
static inline uint32_t endpoints_hash(struct endpoint a, struct endpoint b)
{
	uint64_t x = ((uint64_t)a.host << 32 | a.port) * 0x9E3779B97F4A7C15u;
	x ^= x >> 29;
	x += ((uint64_t)b.host << 32 | b.port) * 0xBF58476D1CE4E5B9u;
	x ^= x >> 32;
	x *= 0x94D049BB133111EBu;
	return (uint32_t)(x >> 32);
}

#endif
