/*
 * Lower-case hexadecimal digits, sixteen at a time.
 */
#ifndef SIM_HEX_H
#define SIM_HEX_H

#include <string.h>

#include "sim/base.h"

#define HEX_SIXTEEN uint8_t __attribute__((vector_size(16)))

/** Writes two digits for each of eight bytes, the lowest byte first; the digit of its lower half comes first. */
static inline void hex_halves(uint64_t bytes, char text[static 16])
{
	const uint64_t halves = 0x0F0F0F0F0F0F0F0Fu;
	const uint64_t low[2] = { bytes & halves }, high[2] = { bytes >> 4 & halves };
	HEX_SIXTEEN a, b;
	memcpy(&a, low, sizeof a);
	memcpy(&b, high, sizeof b);
	HEX_SIXTEEN digits = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
	digits += '0' + ((HEX_SIXTEEN)(digits > 9) & ('a' - '0' - 10));
	memcpy(text, &digits, sizeof digits);
}

/** Writes `n` bytes, a multiple of eight, as they are usually read, the upper half first, and a final zero. */
static inline void hex_print(const uint8_t *bytes, size_t n, char *text)
{
	const uint64_t halves = 0x0F0F0F0F0F0F0F0Fu;
	for (size_t i = 0; i < n; i += 8) {
		uint64_t eight;
		memcpy(&eight, bytes + i, sizeof eight);
		hex_halves((eight >> 4 & halves) | (eight & halves) << 4, text + 2 * i);
	}
	text[2 * n] = 0;
}

#endif
