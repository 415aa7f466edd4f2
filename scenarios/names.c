#include "scenarios/names.h"

#include <string.h>

struct slot {
	const char *text; /* NULL: free */
	uint32_t len, number;
};

/* Open addressing, never more than half full. */
struct names {
	struct arena *arena;
	struct slot *slots;
	uint32_t size, used;
};

struct names *names_new(struct arena *a)
{
	struct names *n = arena_alloc(a, sizeof *n);
	n->arena = a;
	n->size = 16;
	n->slots = arena_alloc(a, n->size * sizeof *n->slots);
	return n;
}

/* FNV-1a, with the high bits folded in. */
static uint32_t hash(const char *text, size_t len)
{
	uint64_t h = 0xCBF29CE484222325u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001B3u;
	return (uint32_t)(h ^ h >> 32);
}

/** The slot that holds the name, or the free one where it belongs. */
static struct slot *slot_of(const struct names *n, const char *text, size_t len)
{
	uint32_t i = hash(text, len) & (n->size - 1);
	while (n->slots[i].text && (n->slots[i].len != len || memcmp(n->slots[i].text, text, len) != 0))
		i = (i + 1) & (n->size - 1);
	return &n->slots[i];
}

static void grow(struct names *n)
{
	struct slot *old = n->slots;
	uint32_t size = n->size;
	n->size *= 2;
	n->slots = arena_alloc(n->arena, n->size * sizeof *n->slots);
	for (uint32_t i = 0; i < size; i++)
		if (old[i].text)
			*slot_of(n, old[i].text, old[i].len) = old[i];
}

bool names_add(struct names *n, const char *text, size_t len, uint32_t *number)
{
	struct slot *s = slot_of(n, text, len);
	if (s->text) {
		*number = s->number;
		return false;
	}
	*s = (struct slot){ text, (uint32_t)len, *number };
	if (++n->used * 2 > n->size)
		grow(n);
	return true;
}

int64_t names_find(const struct names *n, const char *text, size_t len)
{
	const struct slot *s = slot_of(n, text, len);
	return s->text ? (int64_t)s->number : -1;
}
