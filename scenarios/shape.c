#include "scenarios/shape.h"

#include <assert.h>
#include <string.h>

#include "scenarios/load.h"

#define KEYS_MAX 32

static const struct key no_keys[] = { { 0 } };
static const struct field no_fields[] = { { 0 } };
static const struct refused no_refused[] = { { 0 } };

static const struct key *keys_of(const struct shape *s)
{
	return s->keys ? s->keys : no_keys;
}

static const struct field *fields_of(const struct shape *s)
{
	return s->fields ? s->fields : no_fields;
}

static const struct key *key_find(const struct shape *s, const char *name)
{
	for (const struct key *k = keys_of(s); k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static const struct refused *refused_find(const struct shape *s, const char *word)
{
	for (const struct refused *r = s->refused ? s->refused : no_refused; r->word; r++)
		if (strcmp(r->word, word) == 0)
			return r;
	return NULL;
}

const char *did_you_mean(struct loader *l, const char *word)
{
	return word ? arena_printf(l->complaints->arena, "did you mean '%s'?", word) : NULL;
}

/* --- keys that are not there ---------------------------------------------------------------------------- */

static bool is_of_any_device(const struct yaml *key)
{
	for (int kind = 0; kind < DEVICE_KINDS; kind++) {
		const struct shape device = { .refused = device_refused((enum device_kind)kind) };
		if (field_find(devices[kind].fields, key->text, key->len) || refused_find(&device, key->text))
			return true;
	}
	return false;
}

static const char *key_nearest(const struct shape *s, const struct yaml *key)
{
	struct nearest n = nearest_to(key->text, key->len);
	for (const struct key *k = keys_of(s); k->name; k++)
		nearest_offer(&n, k->name);
	for (const struct field *f = fields_of(s); f->key; f++)
		nearest_offer(&n, f->key);
	for (int kind = 0; kind < DEVICE_KINDS && s->any_device; kind++)
		for (const struct field *f = devices[kind].fields; f->key; f++)
			nearest_offer(&n, f->key);
	return n.best;
}

static const char *words_of(struct loader *l, const struct shape *s)
{
	const char *words = "";
	for (const struct key *k = keys_of(s); k->name; k++)
		words = arena_printf(l->scratch, "%s%s%s", words, *words ? ", " : "", k->name);
	for (const struct field *f = fields_of(s); f->key; f++)
		words = arena_printf(l->scratch, "%s%s%s", words, *words ? ", " : "", f->key);
	return arena_printf(l->complaints->arena, "there are: %s", words);
}

static void refused_complain(struct loader *l, const struct yaml *value, const struct refused *r)
{
	if (r->why)
		yaml_complain(value->key, VP_CONTRADICTION, r->why, "'%s' has no place in %s", r->word,
			      yaml_path(value->parent, l->scratch));
	else
		yaml_complain(value->key, VP_NOT_MODELLED, "leave it out for now",
			      "'%s' in %s is not modelled yet", r->word,
			      yaml_path(value->parent, l->scratch));
}

static void unknown_complain(struct loader *l, const struct shape *s, const struct yaml *value)
{
	const struct refused *r = refused_find(s, value->key->text);
	if (complaints_full(l->complaints)) {
		yaml_complain(value->key, VP_UNKNOWN_KEY, NULL, "unknown key");
		return;
	}
	if (r) {
		refused_complain(l, value, r);
		return;
	}
	const char *help = did_you_mean(l, key_nearest(s, value->key));
	yaml_complain(value->key, VP_UNKNOWN_KEY, help ? help : words_of(l, s), "unknown key '%s' in %s",
		      value->key->text, yaml_path(value->parent, l->scratch));
}

/* --- forms ---------------------------------------------------------------------------------------------- */

#define AS_TEXT (1u << YAML_TEXT)
#define AS_LIST (1u << YAML_LIST)
#define AS_MAP	(1u << YAML_MAP)

static unsigned field_forms(const struct field *f)
{
	if (f->kind == FIELD_GROUP)
		return f->shorthand ? AS_MAP | AS_TEXT : AS_MAP;
	if (f->kind == FIELD_KNOBS)
		return AS_MAP;
	if (f->kind == FIELD_MODEL)
		return AS_MAP | AS_TEXT;
	if (f->kind == FIELD_ITEMS && !f->shorthand)
		return AS_LIST;
	return field_is_list(f) ? AS_LIST | AS_TEXT : AS_TEXT;
}

/** The kinds of YAML values that a form can be. */
static unsigned yaml_forms(const struct form *form)
{
	unsigned kinds = 0;
	switch (form->kind) {
	case FORM_FIELD:
		return field_forms(form->field);
	case FORM_NAME:
	case FORM_VALUE:
	case FORM_TIME:
	case FORM_CAUSE:
	case FORM_WORD:
		return AS_TEXT;
	case FORM_LIST:
		return AS_LIST;
	case FORM_EITHER:
		for (const struct form *f = form->of; f->kind != FORM_END; f++)
			kinds |= yaml_forms(f);
		return kinds;
	default:
		return AS_MAP;
	}
}

static const char *forms_wanted(unsigned kinds)
{
	static const char *const wanted[] = {
		[AS_TEXT] = "a single value",
		[AS_LIST] = "a list: [a, b], or lines that begin with '- '",
		[AS_MAP] = "a map: lines of 'name: value'",
		[AS_TEXT | AS_LIST] = "a single value or a list",
		[AS_TEXT | AS_MAP] = "a single value or a map",
		[AS_LIST | AS_MAP] = "a list or a map",
		[AS_TEXT | AS_LIST | AS_MAP] = "a value",
	};
	return wanted[kinds];
}

static bool is_missing(const struct yaml *value)
{
	return value->kind == YAML_TEXT && value->len == 0 && !value->quoted;
}

/** The alternative that a value of an acceptable kind has chosen. */
static const struct form *form_taken(const struct form *either, const struct yaml *value)
{
	const struct form *f = either->of;
	while (!(yaml_forms(f) & 1u << value->kind))
		f++;
	return f;
}

bool form_check(struct loader *l, const struct form *form, const struct yaml *value)
{
	unsigned kinds = yaml_forms(form);
	if (value->kind == YAML_SPOILT)
		return false;
	if (is_missing(value)) {
		yaml_complain(yaml_head(value), VP_SHAPE, forms_wanted(kinds), "%s has no value",
			      yaml_path(value, l->scratch));
		return false;
	}
	if (!(kinds & 1u << value->kind)) {
		static const char *const found[] = { "a single value", "a list", "a map" };
		yaml_complain(value, VP_SHAPE, forms_wanted(kinds), "%s cannot be %s",
			      yaml_path(value, l->scratch), found[value->kind]);
		return false;
	}
	if (form->kind == FORM_EITHER)
		return form_check(l, form_taken(form, value), value);
	if (form->non_empty && value->n == 0) {
		yaml_complain(value, VP_SHAPE, "at least one is needed", "%s is empty",
			      yaml_path(value, l->scratch));
		return false;
	}
	return true;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static void key_read(struct loader *l, const struct key *k, const struct yaml *value, void *into)
{
	if (!form_check(l, &k->form, value))
		return;
	if (k->read)
		k->read(l, value, into);
	else
		value_read(l, k->form.field, value, (char *)into + k->form.field->at);
}

static void missing_complain(struct loader *l, const struct key *k, const struct yaml *map)
{
	const char *help = arena_printf(l->complaints->arena, "%s: %s", k->name, k->doc);
	yaml_complain(yaml_head(map), VP_KEY_MISSING, help, "%s has no '%s'", yaml_path(map, l->scratch),
		      k->name);
}

/** Is there a key that nobody knows and that means this one? It has been complained of. */
static bool is_misspelt(const struct shape *s, const struct key *k, const struct yaml *map)
{
	for (const struct yaml *value = map->first; value; value = value->next) {
		const struct yaml *key = value->key;
		bool unknown = !key_find(s, key->text) && !field_find(fields_of(s), key->text, key->len);
		const char *meant = unknown && !refused_find(s, key->text) ? key_nearest(s, key) : NULL;
		if (meant && strcmp(meant, k->name) == 0)
			return true;
	}
	return false;
}

/** Sorts the values of a map to the rows of the table; knobs are read on the way. */
static void values_sort(struct loader *l, const struct shape *s, const struct yaml *map,
			const struct yaml **found, struct knobs *knobs)
{
	for (const struct yaml *value = map->first; value; value = value->next) {
		const struct key *k = key_find(s, value->key->text);
		const struct field *f =
			k ? NULL : field_find(fields_of(s), value->key->text, value->key->len);
		if (k)
			found[k - keys_of(s)] = value;
		else if (f)
			knob_read(l, f, value, knobs);
		else if (!s->any_device || !is_of_any_device(value->key))
			unknown_complain(l, s, value);
	}
}

void shape_read(struct loader *l, const struct shape *s, const struct yaml *map, void *into,
		struct knobs *knobs)
{
	const struct yaml *found[KEYS_MAX] = { NULL };
	values_sort(l, s, map, found, knobs);
	for (const struct key *k = keys_of(s); k->name; k++) {
		const struct yaml *value = found[k - keys_of(s)];
		assert(k - keys_of(s) < KEYS_MAX);
		if (value)
			key_read(l, k, value, into);
		else if (k->required && !is_misspelt(s, k, map))
			missing_complain(l, k, map);
	}
}

bool shape_covers(const struct shape *s, const struct yaml *map)
{
	for (const struct yaml *value = map->first; value; value = value->next)
		if (!key_find(s, value->key->text))
			return false;
	return true;
}
