#include "sim/rng.h"

#include <assert.h>

#include "sim/hex.h"

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

void stream_hex(struct stream s, uint64_t n, char text[static STREAM_HEX])
{
	hex_halves(stream_draw(s, n), text);
}
