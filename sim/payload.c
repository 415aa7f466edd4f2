#include "sim/payload.h"

#include <assert.h>
#include <string.h>

#include "sim/pool.h"

/* One pool per size class, doubling; the last holds the largest datagram. */
static const size_t class_bytes[] = { 512, 1024, 2048, 4096, 8192, PAYLOAD_MAX };

struct payload_pools {
	struct pool pools[COUNT(class_bytes)];
};

struct payload_pools *payload_pools_new(struct arena *a)
{
	struct payload_pools *pools = arena_alloc(a, sizeof *pools);
	for (size_t i = 0; i < COUNT(class_bytes); i++)
		pool_init(&pools->pools[i], a, sizeof(struct payload) + class_bytes[i] + 1);
	return pools;
}

struct payload *payload_new(struct payload_pools *pools, size_t len)
{
	assert(len <= PAYLOAD_MAX);
	uint8_t c = 0;
	while (class_bytes[c] < len)
		c++;
	struct payload *p = pool_get(&pools->pools[c]);
	p->refs = 1;
	p->len = (uint16_t)len;
	p->size_class = c;
	p->viewed = p->built = false;
	p->bytes[len] = 0;
	return p;
}

struct payload *payload_again(struct payload_pools *pools, const struct payload *p)
{
	struct payload *again = payload_new(pools, p->len);
	memcpy(again->slot, p->slot, sizeof p->slot);
	memcpy(again->bytes, p->bytes, p->len);
	again->viewed = p->viewed;
	again->built = p->built;
	return again;
}

void payload_unref(struct payload_pools *pools, struct payload *p)
{
	assert(p->refs > 0);
	if (--p->refs == 0)
		pool_put(&pools->pools[p->size_class], p);
}

size_t payload_count(const struct payload_pools *pools)
{
	size_t n = 0;
	for (size_t i = 0; i < COUNT(class_bytes); i++)
		n += pools->pools[i].out;
	return n;
}
