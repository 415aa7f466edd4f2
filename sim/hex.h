/*
 * Lower-case hexadecimal digits, eight at a time.
 */
#ifndef SIM_HEX_H
#define SIM_HEX_H

#include <string.h>

#include "sim/base.h"

/** Writes the digits of eight nibbles, the lowest first. */
static inline void hex_nibbles(uint32_t nibbles, char text[static 8])
{
	uint64_t n = nibbles;
	n = (n | n << 16) & 0x0000FFFF0000FFFFu;
	n = (n | n << 8) & 0x00FF00FF00FF00FFu;
	n = (n | n << 4) & 0x0F0F0F0F0F0F0F0Fu;
	uint64_t letters = (n + 0x0606060606060606u) >> 4 & 0x0101010101010101u;
	n += 0x3030303030303030u + letters * ('a' - '0' - 10);
	memcpy(text, &n, sizeof n);
}

/** Writes `n` bytes, a multiple of four, as hexadecimal digits and a final zero. */
static inline void hex_print(const uint8_t *bytes, size_t n, char *text)
{
	uint32_t four;
	for (size_t i = 0; i < n; i += 4) {
		memcpy(&four, bytes + i, sizeof four);
		hex_nibbles((four >> 4 & 0x0F0F0F0Fu) | (four & 0x0F0F0F0Fu) << 4, text + 2 * i);
	}
	text[2 * n] = 0;
}

#endif
