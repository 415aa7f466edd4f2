#include "sim/arena.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN	  16u
#define CHUNK_MIN (64u << 10)
#define CHUNK_MAX (4u << 20)

struct chunk {
	struct chunk *next;
	size_t size; /* bytes behind this header */
	_Alignas(ALIGN) char bytes[];
};

/* Chunks stay in the order in which they were made; a reset starts again with the first. */
struct arena {
	struct chunk *first, *now;
	size_t at;   /* bytes used of `now` */
	size_t used; /* bytes handed out since the last reset */
};

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c = malloc(sizeof *c + size);
	if (!c) {
		fputs("viaport: out of memory\n", stderr);
		abort();
	}
	c->next = NULL;
	c->size = size;
	return c;
}

struct arena *arena_new(void)
{
	struct chunk *c = chunk_new(CHUNK_MIN);
	struct arena *a = (struct arena *)c->bytes;
	*a = (struct arena){ .first = c, .now = c, .at = (sizeof *a + ALIGN - 1) & ~(size_t)(ALIGN - 1) };
	return a;
}

void arena_free(struct arena *a)
{
	struct chunk *c = a ? a->first : NULL;
	while (c) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
}

void arena_reset(struct arena *a)
{
	a->now = a->first;
	a->at = (sizeof *a + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	a->used = 0;
}

/* Chunks double, so that a small world costs little and a large one few calls. */
static void arena_grow(struct arena *a, size_t size)
{
	while (a->now->next) {
		a->now = a->now->next;
		a->at = 0;
		if (size <= a->now->size)
			return;
	}
	size_t want = a->now->size * 2 < CHUNK_MAX ? a->now->size * 2 : CHUNK_MAX;
	a->now->next = chunk_new(size > want ? size : want);
	a->now = a->now->next;
	a->at = 0;
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
	size_t padded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	assert(padded >= size);
	if (a->now->size - a->at < padded)
		arena_grow(a, padded);
	void *p = a->now->bytes + a->at;
	a->at += padded;
	a->used += padded;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_alloc_raw(a, size), 0, size);
}

char *arena_copy(struct arena *a, const char *bytes, size_t len)
{
	char *copy = arena_alloc_raw(a, len + 1);
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = 0;
	return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
	return arena_copy(a, text, strlen(text));
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	assert(len >= 0);
	char *text = arena_alloc_raw(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
