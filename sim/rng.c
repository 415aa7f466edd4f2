#include "sim/rng.h"

#include <assert.h>
#include <string.h>

/* The finaliser of splitmix64: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x)
{
	x += 0x9E3779B97F4A7C15u;
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

static uint64_t mix_text(uint64_t key, const char *text)
{
	for (; *text; text++)
		key = (key ^ (unsigned char)*text) * 0x100000001B3u;
	return mix(key);
}

struct stream stream_named(uint64_t seed, const char *owner, uint32_t member, const char *purpose)
{
	return (struct stream){ mix_text(mix(mix_text(mix(seed), owner) ^ member), purpose) };
}

struct stream stream_sub(struct stream parent, uint64_t word)
{
	return (struct stream){ mix(parent.key ^ mix(word)) };
}

uint64_t stream_draw(struct stream s, uint64_t n)
{
	return mix(s.key ^ mix(n));
}

uint64_t stream_below(struct stream s, uint64_t n, uint64_t limit)
{
	assert(limit > 0);
	return (uint64_t)((unsigned __int128)stream_draw(s, n) * limit >> 64);
}

/* Eight hexadecimal digits at once, one nibble per byte. */
static uint64_t hex8(uint32_t x)
{
	uint64_t n = x;
	n = (n | n << 16) & 0x0000FFFF0000FFFFu;
	n = (n | n << 8) & 0x00FF00FF00FF00FFu;
	n = (n | n << 4) & 0x0F0F0F0F0F0F0F0Fu;
	uint64_t letters = (n + 0x0606060606060606u) >> 4 & 0x0101010101010101u;
	return n + 0x3030303030303030u + letters * ('a' - '0' - 10);
}

void stream_hex(struct stream s, uint64_t n, char *text, size_t digits)
{
	assert(digits >= 1 && digits <= 16);
	uint64_t x = stream_draw(s, n);
	uint64_t hex[] = { hex8((uint32_t)x), hex8((uint32_t)(x >> 32)) };
	memcpy(text, hex, digits);
}
