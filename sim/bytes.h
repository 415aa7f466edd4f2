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

#endif
