#include "sim/payload.h"

#include <assert.h>
#include <string.h>

#include "sim/pool.h"

#define CHANGES_ROOM (sizeof(struct change) * PAYLOAD_CHANGES + _Alignof(struct change))

/* One pool per size class, doubling; the last holds the largest datagram with all its changes. */
static const size_t class_bytes[] = { 512, 1024, 2048, 4096, 8192, PAYLOAD_MAX + CHANGES_ROOM };

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

/* `room`: the bytes and what stands behind their final zero. */
static struct payload *payload_with_room(struct payload_pools *pools, size_t len, size_t room)
{
	assert(len <= PAYLOAD_MAX);
	uint8_t c = 0;
	while (class_bytes[c] < room)
		c++;
	struct payload *p = pool_get(&pools->pools[c]);
	p->refs = 1;
	p->len = (uint16_t)len;
	p->size_class = c & 15;
	p->viewed = p->scanned = p->built = false;
	p->changes = 0;
	p->bytes[len] = 0;
	return p;
}

struct payload *payload_new(struct payload_pools *pools, size_t len)
{
	return payload_with_room(pools, len, len);
}

struct payload *payload_rewritten(struct payload_pools *pools, size_t len, size_t n)
{
	assert(n <= PAYLOAD_CHANGES);
	struct payload *p = payload_with_room(pools, len, len + _Alignof(struct change) + n * sizeof(struct change));
	p->changes = (uint8_t)n;
	return p;
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
