#include "sim/lately.h"

#include <string.h>

#define ALIGN      16u
#define BLOCK_SIZE (16u << 10)
#define SLOTS_MIN  8u

/* What stands in front of the caller's bytes. */
struct entry {
	_Alignas(ALIGN) usec ends;
	uint32_t hash;
};

struct lately_block {
	struct lately_block *next;
	size_t size, used;
	_Alignas(ALIGN) char bytes[];
};

void lately_init(struct lately *l, struct world *w, usec lasts)
{
	*l = (struct lately){ .world = w, .lasts = lasts };
}

/* --- memory ------------------------------------------------------------------------------------------------------ */

static struct lately_block *block_get(struct lately *l, size_t size)
{
	struct lately_block *b = l->spare;
	if (b && b->size >= size) {
		l->spare = b->next;
	} else {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		b = arena_alloc_raw(l->world->arena, sizeof *b + room);
		b->size = room;
	}
	b->next = NULL;
	b->used = 0;
	return b;
}

static struct entry *entry_place(struct lately *l, size_t size)
{
	struct generation *g = &l->now;
	size_t need = (sizeof(struct entry) + size + ALIGN - 1) / ALIGN * ALIGN;
	if (!g->last || g->last->size - g->last->used < need) {
		struct lately_block *b = block_get(l, need);
		*(g->last ? &g->last->next : &g->first) = b;
		g->last = b;
	}
	struct entry *e = (struct entry *)(void *)(g->last->bytes + g->last->used);
	g->last->used += need;
	return e;
}

/* --- slots ------------------------------------------------------------------------------------------------------- */

/* The bits that choose the slot least. */
static uint8_t tag_of(uint32_t hash)
{
	return (uint8_t)(hash >> 24 | 1);
}

static uint32_t home(const struct generation *g, uint32_t hash)
{
	return (hash ^ hash >> 15) & (g->size - 1);
}

static void put(struct generation *g, struct entry *e)
{
	uint32_t i = home(g, e->hash);
	while (g->tags[i])
		i = (i + 1) & (g->size - 1);
	g->tags[i] = tag_of(e->hash);
	g->entries[i] = e;
}

static void slots_grow(struct lately *l)
{
	struct generation old = l->now, *g = &l->now;
	g->size = old.size ? old.size * 2 : SLOTS_MIN;
	g->tags = arena_alloc(l->world->arena, g->size);
	g->entries = arena_alloc_raw(l->world->arena, g->size * sizeof(struct entry *));
	for (uint32_t i = 0; i < old.size; i++)
		if (old.tags[i])
			put(g, old.entries[i]);
}

/* --- generations ------------------------------------------------------------------------------------------------- */

/* All of the older generation is over: its memory serves the next one, and the younger one becomes the older. */
static void turn(struct lately *l)
{
	struct generation g = l->before;
	if (g.last) {
		g.last->next = l->spare;
		l->spare = g.first;
	}
	if (g.size)
		memset(g.tags, 0, g.size);
	l->before = l->now;
	l->now = (struct generation){
		.tags = g.tags,
		.entries = g.entries,
		.size = g.size,
		.began = world_now(l->world),
	};
}

void lately_forget(struct lately *l)
{
	turn(l);
	turn(l);
}

void *lately_add(struct lately *l, uint32_t hash, size_t size)
{
	usec now = world_now(l->world);
	if (now - l->now.began >= l->lasts)
		turn(l);
	if (l->now.used * 3 >= l->now.size * 2)
		slots_grow(l);
	struct entry *e = entry_place(l, size);
	e->ends = now + l->lasts;
	e->hash = hash;
	put(&l->now, e);
	l->now.used++;
	return e + 1;
}

#define LINE 64u /* bytes of a cache line */

void lately_prefetch(const struct lately *l, uint32_t hash)
{
	const struct generation *now = &l->now, *before = &l->before;
	if (before->used)
		__builtin_prefetch(&before->tags[home(before, hash)]);
	if (!now->used)
		return;
	__builtin_prefetch(&now->tags[home(now, hash)], 1);
	__builtin_prefetch(&now->entries[home(now, hash)], 1);
	for (size_t ahead = 0; ahead < 12 * LINE; ahead += LINE)
		__builtin_prefetch(now->last->bytes + now->last->used + ahead, 1);
}

static const void *find_in(const struct generation *g, usec now, uint32_t hash,
			   bool (*same)(const void *entry, const void *sought), const void *sought)
{
	if (!g->used)
		return NULL;
	uint8_t tag = tag_of(hash);
	for (uint32_t i = home(g, hash); g->tags[i]; i = (i + 1) & (g->size - 1)) {
		if (g->tags[i] != tag)
			continue;
		const struct entry *e = g->entries[i];
		if (e->hash == hash && e->ends > now && same(e + 1, sought))
			return e + 1;
	}
	return NULL;
}

const void *lately_find(const struct lately *l, uint32_t hash, bool (*same)(const void *entry, const void *sought),
			const void *sought)
{
	usec now = world_now(l->world);
	const void *found = find_in(&l->now, now, hash, same, sought);
	return found ? found : find_in(&l->before, now, hash, same, sought);
}
