#include "reports/models.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/algs.h"
#include "reports/report.h"
#include "reports/table.h"
#include "reports/utf8.h"

/* --- lists ----------------------------------------------------------------------------------- */

static const struct table_column three_columns[] = { { .wraps = false },
						     { .wraps = true },
						     { .wraps = false } };

static struct table_cell *new_cells(size_t rows, size_t columns)
{
	struct table_cell *cells = calloc(rows * columns + 1, sizeof *cells);
	assert(cells);
	return cells;
}

static void put_rows(struct sink *s, const struct paper *paper, const struct table_cell *cells, size_t rows)
{
	put_table(s, paper, &(struct table_text){ three_columns, COUNT(three_columns), cells, rows, 2 });
}

/** What it is, and what it harms. */
static const char *title_text(const struct model *m, struct arena *a)
{
	return m->side_effect ? arena_printf(a, "%s. Side effect: %s", m->title, m->side_effect) : m->title;
}

void put_models(struct sink *s, const struct paper *paper, const struct catalogue *c, enum device_kind kind)
{
	struct arena *a = arena_new();
	struct table_cell *cells = new_cells(c->n, 3), *row = cells;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct model *m = c->models[i];
		if (m->kind != kind)
			continue;
		*row++ = (struct table_cell){ m->name, INK_BOLD };
		*row++ = (struct table_cell){ title_text(m, a) };
		*row++ = (struct table_cell){ confidence_words[m->confidence] };
	}
	put_rows(s, paper, cells, (size_t)(row - cells) / 3);
	free(cells);
	arena_free(a);
}

void put_cause_list(struct sink *s, const struct paper *paper)
{
	size_t n = 0;
	while (causes[n].word)
		n++;
	struct table_cell *cells = new_cells(n, 3), *row = cells;
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));) {
		*row++ = (struct table_cell){ c->word, INK_BOLD };
		*row++ = (struct table_cell){ c->title };
		*row++ = (struct table_cell){ c->id };
	}
	put_rows(s, paper, cells, n);
	free(cells);
}

void put_check_list(struct sink *s, const struct paper *paper)
{
	size_t n = 0;
	while (check_kinds[n].word)
		n++;
	struct table_cell *cells = new_cells(n, 3), *row = cells;
	char(*letters)[2] = calloc(n + 1, sizeof *letters);
	assert(letters);
	for (size_t i = 0; i < n; i++) {
		letters[i][0] = check_kinds[i].letter;
		*row++ = (struct table_cell){ check_kinds[i].word, INK_BOLD };
		*row++ = (struct table_cell){ check_kinds[i].doc };
		*row++ = (struct table_cell){ letters[i] };
	}
	put_rows(s, paper, cells, n);
	free(letters);
	free(cells);
}

/* --- one entry ------------------------------------------------------------------------------- */

/** A walk over the knobs of a kind, groups opened: "register.expires". */
struct knob_walk {
	void (*visit)(struct knob_walk *, const char *key, const struct field *);
	struct arena *arena;
	struct sink *out;
	const struct paper *paper;
	const void *profile, *fallback; /* the entry's, and the defaults */
	bool part;			/* inside of a model that is a part of another one */
};

static const void *default_profile(const struct device *device, struct arena *a)
{
	void *profile = arena_alloc(a, device->profile_size);
	fields_default(device->fields, a, profile);
	return profile;
}

static void walk_knobs(struct knob_walk *w, const struct field *fields, const char *prefix);

/** The knobs of a model that is a part of this one: "alg.port-policy". */
static void walk_part(struct knob_walk *w, const char *key, const struct model *part)
{
	struct knob_walk inner = *w;
	inner.part = true;
	inner.profile = part->profile;
	inner.fallback = default_profile(&devices[part->kind], w->arena);
	walk_knobs(&inner, devices[part->kind].fields, key);
}

static const struct model *part_of(const struct knob_walk *w, const struct field *f)
{
	bool is_part = w->profile && f->kind == FIELD_MODEL;
	return is_part ? *(const struct model *const *)(const void *)((const char *)w->profile + f->at)
		       : NULL;
}

static void walk_knobs(struct knob_walk *w, const struct field *fields, const char *prefix)
{
	for (const struct field *f = fields; f->key; f++) {
		const char *key = *prefix ? arena_printf(w->arena, "%s.%s", prefix, f->key) : f->key;
		const struct model *part = part_of(w, f);
		if (f->kind == FIELD_GROUP)
			walk_knobs(w, f->members, key);
		else
			w->visit(w, key, f);
		if (f->kind == FIELD_ITEMS && !w->profile)
			walk_knobs(w, f->members, arena_printf(w->arena, "%s[]", key));
		if (part)
			walk_part(w, key, part);
	}
}

#define KEY_WIDTH   25
#define VALUE_WIDTH 18

/** A value without blanks may be wider than the paper: cut into lines, which put_wrapped() keeps. */
static void put_cut(struct sink *s, const char *value, size_t width)
{
	size_t column = 0, left = strlen(value);
	for (size_t step; left; value += step, left -= step) {
		step = utf8_char(value, left);
		step = step ? step : 1;
		column = *value == ' ' ? 0 : column + 1;
		if (column > width) {
			sink_char(s, '\n');
			column = 1;
		}
		sink_put(s, value, step);
	}
	sink_char(s, '\0');
}

static void put_long_value(struct knob_walk *w, const char *value, size_t column)
{
	struct sink cut = { 0 };
	put_cut(&cut, value, w->paper->width - column);
	put_wrapped(w->out, cut.bytes, column, column, w->paper->width);
	sink_char(w->out, '\n');
	sink_free(&cut);
}

/** The value, and of a model that has one its word: "alg-a inert". */
static const char *shown_value(const struct knob_walk *w, const struct field *f)
{
	const char *value = field_print(f, w->profile, w->arena);
	const struct model *part = part_of(w, f);
	size_t word = part ? model_word(part) : 0;
	return word ? arena_printf(w->arena, "%s %.*s", value, (int)word, part->title) : value;
}

/** A key, and at least one blank up to the column of the values. Returns the column that was reached. */
static size_t put_key(struct sink *s, const char *key)
{
	size_t width = strlen(key) < KEY_WIDTH ? KEY_WIDTH : strlen(key) + 1;
	put_padded(s, key, width);
	return 4 + width;
}

/**
 * "* rport   off   writes an empty rport parameter into its Via". A long key moves a short value to the right; a value
 * that is too long even so stands on lines of its own.
 */
static void show_knob(struct knob_walk *w, const char *key, const struct field *f)
{
	const char *value = shown_value(w, f);
	bool differs = !field_equal(f, w->profile, w->fallback);
	if (w->part && !differs)
		return;
	value = *value ? value : "-";
	sink_text(w->out, differs ? "  * " : "    ");
	size_t column = put_key(w->out, key), doc = 4 + KEY_WIDTH + VALUE_WIDTH;
	if (column + strlen(value) < doc) {
		put_padded(w->out, value, doc - column);
	} else {
		put_long_value(w, value, column);
		sink_repeat(w->out, ' ', doc);
	}
	put_wrapped(w->out, f->doc ? f->doc : "", doc, doc, w->paper->width);
	sink_char(w->out, '\n');
}

static void put_evidence(struct sink *s, const struct paper *paper, const char *head, const char *text)
{
	if (!text)
		return;
	sink_text(s, "  ");
	put_padded(s, head, 12);
	put_wrapped(s, text, 14, 14, paper->width);
	sink_char(s, '\n');
}

void put_model(struct sink *s, const struct paper *paper, const struct model *m)
{
	const struct device *device = &devices[m->kind];
	struct knob_walk w = { show_knob, arena_new(), s, paper, m->profile };
	w.fallback = default_profile(device, w.arena);
	ink_text(s, paper, INK_BOLD, m->name);
	sink_printf(s, " (%s)\n", device_words[m->kind]);
	put_evidence(s, paper, "title", m->title);
	put_evidence(s, paper, "source", m->source);
	put_evidence(s, paper, "confidence", confidence_words[m->confidence]);
	put_evidence(s, paper, "like", m->like ? m->like->name : NULL);
	put_evidence(s, paper, "side effect", m->side_effect);
	/* What a remedy does not change is not worth a line. */
	w.part = m->kind == DEVICE_REMEDY;
	sink_text(s, w.part ? "\n  what it changes\n\n" : "\n  knobs, * where they are not the default\n\n");
	walk_knobs(&w, device->fields, "");
	if (m->kind == DEVICE_ALG)
		put_alg(s, paper, m);
	arena_free(w.arena);
}

/* --- Markdown -------------------------------------------------------------------------------- */

/** Text in a table of Markdown, where a bar would end the cell. */
static void put_cell_text(struct sink *s, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '|' || *text == '<' || *text == '*')
			sink_char(s, '\\');
		sink_char(s, *text);
	}
}

static void markdown_knob(struct knob_walk *w, const char *key, const struct field *f)
{
	sink_printf(w->out, "| `%s` | ", key);
	put_cell_text(w->out, field_wants(f, w->arena));
	if (f->fallback)
		sink_printf(w->out, " | `%s` | ", f->fallback);
	else
		sink_text(w->out, " | | ");
	put_cell_text(w->out, f->doc);
	sink_text(w->out, " | ");
	put_cell_text(w->out, f->source);
	sink_text(w->out, " |\n");
}

static void markdown_difference(struct knob_walk *w, const char *key, const struct field *f)
{
	if (!w->part && !field_equal(f, w->profile, w->fallback))
		sink_printf(w->out, "- `%s: %s`\n", key, field_print(f, w->profile, w->arena));
}

void put_model_markdown(struct sink *s, const struct model *m, int level)
{
	const struct device *device = &devices[m->kind];
	struct knob_walk w = { markdown_difference, arena_new(), s, .profile = m->profile };
	w.fallback = default_profile(device, w.arena);
	sink_char(s, '\n');
	sink_repeat(s, '#', (size_t)level);
	sink_printf(s, " %s", m->name);
	if (model_word(m))
		sink_printf(s, " %.*s", (int)model_word(m), m->title);
	sink_printf(s, "\n\n%s. Confidence: %s.\n", m->title ? m->title : m->name, confidence_words[m->confidence]);
	if (m->like)
		sink_printf(s, "Like `%s`.\n", m->like->name);
	if (m->source)
		sink_printf(s, "\nSource: %s.\n", m->source);
	if (m->side_effect)
		sink_printf(s, "\nSide effect: %s.\n", m->side_effect);
	sink_char(s, '\n');
	walk_knobs(&w, device->fields, "");
	arena_free(w.arena);
}

static void markdown_kind(struct sink *s, const struct catalogue *c, enum device_kind kind)
{
	const struct device *device = &devices[kind];
	struct knob_walk w = { markdown_knob, arena_new(), s };
	w.fallback = default_profile(device, w.arena);
	sink_printf(s, "\n## %c%s\n\nA%s is %s.\n", device->plural[0] - 'a' + 'A', device->plural + 1,
		    device->one + 1, device->summary);
	sink_text(s, "\n| knob | takes | default | meaning | source |\n|---|---|---|---|---|\n");
	walk_knobs(&w, device->fields, "");
	for (uint32_t i = 0; i < c->n; i++)
		if (c->models[i]->kind == kind)
			put_model_markdown(s, c->models[i], 3);
	arena_free(w.arena);
}

void put_models_markdown(struct sink *s, const struct catalogue *c)
{
	sink_text(s, "# Models and their knobs\n\n"
		     "Written by `viaport list --markdown` from the tables that check scenario files and "
		     "from the catalogue.\n"
		     "Under each entry stand the knobs that differ from their defaults.\n");
	for (int kind = 0; kind < DEVICE_KINDS; kind++)
		markdown_kind(s, c, (enum device_kind)kind);
}
