#include "sim/table.h"

#include <assert.h>

#define SIZE_MIN 8u

static struct link **bucket(const struct table *t, uint32_t hash)
{
	return &t->buckets[(hash ^ hash >> 15) & (t->size - 1)];
}

static void chain(struct table *t, struct link *l)
{
	struct link **b = bucket(t, l->hash);
	l->next = *b;
	*b = l;
}

/* At least two buckets for each element: most chains have one. Old buckets stay in the arena. */
static void resize(struct table *t, uint32_t elements)
{
	struct link **old = t->buckets;
	uint32_t n = t->size;
	t->size = SIZE_MIN;
	while (t->size / 2 < elements)
		t->size *= 2;
	t->buckets = arena_alloc(t->arena, t->size * sizeof(struct link *));
	for (uint32_t i = 0; i < n; i++)
		for (struct link *l = old[i], *next; l; l = next) {
			next = l->next;
			chain(t, l);
		}
}

void table_init(struct table *t, struct arena *a, uint32_t expected)
{
	*t = (struct table){ .arena = a };
	if (expected)
		resize(t, expected);
}

void table_add(struct table *t, struct link *l, uint32_t hash)
{
	if (t->used >= t->size / 2)
		resize(t, 2 * t->used + 1);
	l->hash = hash;
	chain(t, l);
	t->used++;
}

void table_remove(struct table *t, struct link *l)
{
	struct link **at = bucket(t, l->hash);
	while (*at != l) {
		assert(*at);
		at = &(*at)->next;
	}
	*at = l->next;
	t->used--;
}

static struct link *same_hash(struct link *l, uint32_t hash)
{
	while (l && l->hash != hash)
		l = l->next;
	return l;
}

void table_prefetch(const struct table *t, uint32_t hash)
{
	if (t->size)
		__builtin_prefetch(bucket(t, hash));
}

struct link *table_first(const struct table *t, uint32_t hash)
{
	return t->size ? same_hash(*bucket(t, hash), hash) : NULL;
}

struct link *table_next(const struct link *l)
{
	return same_hash(l->next, l->hash);
}
