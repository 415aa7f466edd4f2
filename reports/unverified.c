#include "reports/unverified.h"

#include <string.h>

struct unverified {
	struct arena *arena;
	const struct model **models; /* of low confidence, in the order in which they were met */
	uint32_t n, room;
	uint64_t cells, weak; /* all; those with such a model */
};

struct unverified *unverified_new(void)
{
	struct arena *a = arena_new();
	struct unverified *u = arena_alloc(a, sizeof *u);
	*u = (struct unverified){ .arena = a };
	return u;
}

/** Models without a name are told by what they are like. */
static const struct model *named_of(const struct model *m)
{
	return m->name ? m : m->like;
}

static const char *name_of(const struct model *m)
{
	return named_of(m)->name;
}

static bool is_named(const struct unverified *u, const struct model *m)
{
	for (uint32_t i = 0; i < u->n; i++)
		if (u->models[i] == m || strcmp(name_of(u->models[i]), name_of(m)) == 0)
			return true;
	return false;
}

static void make_room(struct unverified *u)
{
	const struct model **larger = arena_alloc(u->arena, (u->room * 2 + 8) * sizeof *larger);
	if (u->n)
		memcpy(larger, u->models, u->n * sizeof *larger);
	u->models = larger;
	u->room = u->room * 2 + 8;
}

static void add_model(struct unverified *u, const struct model *m)
{
	if (is_named(u, m))
		return;
	if (u->n == u->room)
		make_room(u);
	u->models[u->n++] = m;
}

void unverified_add(struct unverified *u, const struct brief *b)
{
	u->cells++;
	if (b->confidence != CONFIDENCE_LOW)
		return;
	u->weak++;
	for (uint32_t i = 0; i < RESULT_WEAK && b->weak[i]; i++)
		add_model(u, b->weak[i]);
}

void put_model_name(struct sink *s, const struct model *m)
{
	const struct model *named = named_of(m);
	size_t word = model_word(m);
	sink_text(s, named->name);
	if (word)
		sink_char(s, ' '), sink_put(s, m->title, word);
	if (!named->shared && named->path)
		sink_printf(s, " (%s:%u)", named->path, named->line);
}

static void put_names(struct sink *s, const struct unverified *u)
{
	bool shared = false;
	for (uint32_t i = 0; i < u->n; i++) {
		sink_text(s, i ? ", " : "");
		put_model_name(s, u->models[i]);
		shared |= named_of(u->models[i])->shared;
	}
	sink_text(s, shared ? "; viaport show NAME says what is not verified" : "");
}

bool put_unverified_words(struct sink *s, const struct unverified *u)
{
	if (!u->weak)
		return false;
	if (u->cells > 1) {
		put_thousands(s, u->weak);
		sink_text(s, " of ");
		put_count(s, u->cells, "cell");
		sink_text(s, u->weak == 1 ? " rests on " : " rest on ");
	}
	sink_text(s, "entries of low confidence: ");
	put_names(s, u);
	return true;
}

void put_unverified(struct sink *s, const struct paper *paper, const struct unverified *u)
{
	struct sink text = { 0 };
	if (put_unverified_words(&text, u)) {
		sink_char(&text, '\0');
		put_paragraph(s, text.bytes, 0, paper->width);
		sink_char(s, '\n');
	}
	sink_free(&text);
}

void unverified_free(struct unverified *u)
{
	if (u)
		arena_free(u->arena);
}
