#include "sim/pool.h"

#include <assert.h>

/* Pieces are taken from the arena in slabs that grow with the pool, to keep a small world small. */
#define SLAB_MIN 4u
#define SLAB_MAX 256u

void pool_init(struct pool *p, struct arena *a, size_t size)
{
	*p = (struct pool){ .arena = a, .size = (size + 15) & ~(size_t)15 };
}

static void pool_refill(struct pool *p)
{
	size_t n = p->out < SLAB_MIN ? SLAB_MIN : p->out > SLAB_MAX ? SLAB_MAX : p->out;
	char *slab = arena_alloc_raw(p->arena, n * p->size);
	for (size_t i = n; i-- > 0;) {
		void **piece = (void **)(void *)(slab + i * p->size);
		*piece = p->free;
		p->free = piece;
	}
}

void *pool_get(struct pool *p)
{
	if (!p->free)
		pool_refill(p);
	void **piece = p->free;
	p->free = *piece;
	p->out++;
	return piece;
}

void pool_put(struct pool *p, void *piece)
{
	assert(p->out > 0);
	*(void **)piece = p->free;
	p->free = piece;
	p->out--;
}
