#include "reports/explain_knob.h"

#include <string.h>

#include "models/device.h"
#include "scenarios/cause.h"
#include "scenarios/knob_place.h"

/** Who has knobs that people meet by name. */
static const struct owner {
	const char *word, *plural;
} owners[] = {
	{ "phone", "phones" },	   { "router", "routers" }, { "server", "servers" },
	{ "gateway", "gateways" }, { "alg", "algs" },	    { "wire", "wires" },
};

/** The name without its owner, when it is that one's or says none; NULL: it is not. */
static const char *path_of(const struct owner *owner, const char *word)
{
	const char *blank = strchr(word, ' ');
	if (!blank)
		return word;
	return strlen(owner->word) == (size_t)(blank - word) && strncmp(owner->word, word, strlen(owner->word)) == 0
		       ? blank + 1
		       : NULL;
}

static bool find(const struct owner *owner, const char *word, struct knob_place *place)
{
	const char *path = path_of(owner, word);
	return path && knob_place(knob_owner(owner->word, strlen(owner->word)), path, place);
}

bool is_knob_name(const char *word)
{
	struct knob_place place;
	for (size_t i = 0; i < COUNT(owners); i++)
		if (find(&owners[i], word, &place))
			return true;
	return false;
}

static void put_line(struct sink *s, const struct paper *paper, const char *head, const char *text)
{
	struct sink line = { 0 };
	if (!text || !*text)
		return;
	sink_printf(&line, "%s: %s", head, text);
	sink_char(&line, '\0');
	sink_text(s, "  ");
	put_wrapped(s, line.bytes, 2, 4, paper->width);
	sink_char(s, '\n');
	sink_free(&line);
}

/** "reply-to-via-port, alg-wrong-port": the causes that hang on it. */
static void put_causes(struct sink *s, const struct paper *paper, const char *knob)
{
	struct sink words = { 0 };
	for (const struct cause *c = causes; c->word; c++)
		if (cause_hangs_on(c, knob))
			sink_printf(&words, "%s%s", words.len ? ", " : "", c->word);
	sink_char(&words, '\0');
	put_line(s, paper, "causes that hang on it", words.bytes);
	sink_free(&words);
}

static void put_knob(struct sink *s, const struct paper *paper, const struct owner *owner, const char *path,
		     const struct knob_place *place)
{
	struct arena *a = arena_new();
	const struct field *f = place->field;
	const char *name = arena_printf(a, "%s %s", owner->word, path);
	const char *of = place->part
				 ? arena_printf(a, "a %s, in its %s", owner->word, place->part->key)
				 : arena_printf(a, "%s %s", strchr("aeiou", *owner->word) ? "an" : "a", owner->word);
	ink_text(s, paper, INK_BOLD, name);
	sink_text(s, "\n\n");
	put_paragraph(s, arena_printf(a, "%s.", f->doc), 2, paper->width);
	sink_char(s, '\n');
	put_line(s, paper, "a knob of", of);
	put_line(s, paper, "takes", field_wants(f, a));
	put_line(s, paper, "default", f->fallback);
	put_line(s, paper, "source", f->source);
	put_causes(s, paper, name);
	if (knob_owner(owner->word, strlen(owner->word)) != knob_owner("wire", 4))
		put_line(
			s, paper, "to see it",
			arena_printf(a, "viaport show NAME, for the models that viaport list %s names", owner->plural));
	arena_free(a);
}

void put_knobs_named(struct sink *s, const struct paper *paper, const char *word)
{
	bool first = true;
	for (size_t i = 0; i < COUNT(owners); i++) {
		struct knob_place place;
		if (!find(&owners[i], word, &place))
			continue;
		sink_text(s, first ? "" : "\n");
		put_knob(s, paper, &owners[i], path_of(&owners[i], word), &place);
		first = false;
	}
}
