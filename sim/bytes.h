/*
 * Numbers in network byte order, for messages that are no text.
 */
#ifndef SIM_BYTES_H
#define SIM_BYTES_H

#include "sim/base.h"

static inline void put16(char *at, uint32_t value)
{
	at[0] = (char)(value >> 8);
	at[1] = (char)value;
}

static inline void put32(char *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static inline uint32_t get16(const char *at)
{
	return (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

static inline uint32_t get32(const char *at)
{
	return get16(at) << 16 | get16(at + 2);
}

/** Adds bytes to a sum of 16-bit words (RFC 1071); only what is added last may be of odd length. At most 128 KiB in all. */
static inline uint32_t checksum_add(uint32_t sum, const char *from, size_t len)
{
	for (; len > 1; from += 2, len -= 2)
		sum += get16(from);
	return len ? sum + ((uint32_t)(unsigned char)*from << 8) : sum;
}

/** The checksum of what was added. */
static inline uint32_t checksum_end(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return ~sum & 0xFFFF;
}

#endif
