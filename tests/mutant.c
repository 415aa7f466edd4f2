#include "tests/mutant.h"

#include <assert.h>
#include <string.h>

struct mutant mutant_new(struct arena *a, const char *const *words, size_t n)
{
	struct mutant m = {
		.chance = stream_named(1, "test", 0, "mutants"), .words = words, .n_words = n, .size = 4096
	};
	m.bytes = arena_alloc(a, m.size);
	return m;
}

size_t mutant_draw(struct mutant *m, size_t limit)
{
	return (size_t)stream_below(m->chance, m->n++, limit ? limit : 1);
}

static void change_byte(struct mutant *m)
{
	if (m->len)
		m->bytes[mutant_draw(m, m->len)] = (char)mutant_draw(m, 256);
}

static void cut(struct mutant *m)
{
	size_t from = mutant_draw(m, m->len), n = mutant_draw(m, m->len - from + 1);
	if (n > 40)
		n = mutant_draw(m, 40);
	memmove(m->bytes + from, m->bytes + from + n, m->len - from - n);
	m->len -= n;
}

static void repeat(struct mutant *m)
{
	size_t from = mutant_draw(m, m->len), n = mutant_draw(m, m->len - from + 1);
	if (m->len + n > m->size)
		return;
	memmove(m->bytes + from + n, m->bytes + from, m->len - from);
	m->len += n;
}

static void put_word(struct mutant *m)
{
	const char *word = m->words[mutant_draw(m, m->n_words)];
	size_t n = strlen(word), at = mutant_draw(m, m->len + 1);
	if (m->len + n > m->size)
		return;
	memmove(m->bytes + at + n, m->bytes + at, m->len - at);
	memcpy(m->bytes + at, word, n);
	m->len += n;
}

void mutant_of(struct mutant *m, const char *text, size_t len)
{
	static void (*const ways[])(struct mutant *) = { change_byte, cut, repeat, put_word, put_word };
	assert(len <= m->size);
	memcpy(m->bytes, text, len);
	m->len = len;
	for (size_t i = 1 + mutant_draw(m, 4); i > 0; i--)
		ways[mutant_draw(m, COUNT(ways))](m);
}
