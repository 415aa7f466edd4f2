#include "scenarios/schema.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/cause.h"
#include "scenarios/load.h"

/* --- JSON ----------------------------------------------------------------------------------------------- */

struct json {
	const struct schema_sink *sink;
	bool more; /* something stands before in the same object or array */
};

static void raw(struct json *j, const char *text)
{
	j->sink->put(j->sink->context, text, strlen(text));
}

/** Begins an item: the comma before it. */
static void item(struct json *j)
{
	if (j->more)
		raw(j, ",");
	j->more = true;
}

static void string(struct json *j, const char *text)
{
	item(j);
	raw(j, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			raw(j, "\\");
		j->sink->put(j->sink->context, text, 1);
	}
	raw(j, "\"");
}

static void literal(struct json *j, const char *text)
{
	item(j);
	raw(j, text);
}

static void number(struct json *j, int64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)n);
	literal(j, text);
}

static void name(struct json *j, const char *key)
{
	string(j, key);
	raw(j, ":");
	j->more = false;
}

static void open(struct json *j, const char *bracket)
{
	item(j);
	raw(j, bracket);
	j->more = false;
}

static void close(struct json *j, const char *bracket)
{
	raw(j, bracket);
	j->more = true;
}

static void member(struct json *j, const char *key, const char *text)
{
	name(j, key);
	string(j, text);
}

static void flag(struct json *j, const char *key, bool value)
{
	name(j, key);
	literal(j, value ? "true" : "false");
}

/** An object with one member. */
static void single(struct json *j, const char *key, const char *text)
{
	open(j, "{");
	member(j, key, text);
	close(j, "}");
}

static void reference(struct json *j, const char *definition)
{
	char text[64];
	snprintf(text, sizeof text, "#/definitions/%s", definition);
	single(j, "$ref", text);
}

/* --- fields --------------------------------------------------------------------------------------------- */

#define ADDRESS "[0-9]{1,3}(\\.[0-9]{1,3}){3}"

static const struct pattern {
	const char *name, *pattern;
} patterns[] = {
	{ "axis", "^\\$[A-Za-z0-9_-]+$" },
	{ "name", "^[A-Za-z0-9_.-]+$" },
	{ "duration", "^[0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d)$" },
	{ "share", "^[0-9]+(\\.[0-9]+)?%$" },
	{ "endpoint", "^" ADDRESS "(:[0-9]{1,5})?$" },
	{ "host", "^" ADDRESS "$" },
	{ "prefix", "^" ADDRESS "/[0-9]{1,2}$" },
	{ "time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" },
};

static void pattern_definitions(struct json *j)
{
	for (size_t i = 0; i < COUNT(patterns); i++) {
		name(j, patterns[i].name);
		open(j, "{");
		member(j, "type", "string");
		member(j, "pattern", patterns[i].pattern);
		close(j, "}");
	}
	/* Bare words that YAML takes for numbers or truth values are texts where a text is wanted. */
	name(j, "text");
	open(j, "{");
	name(j, "type");
	open(j, "[");
	string(j, "string");
	string(j, "number");
	string(j, "boolean");
	close(j, "]");
	close(j, "}");
}

static bool is_number(const char *word)
{
	return word[strspn(word, "0123456789")] == '\0';
}

/** A word as all that YAML may make of it: 401 is also a number, on and true mean the same. */
static void word_values(struct json *j, const char *word)
{
	string(j, word);
	if (is_number(word))
		literal(j, word);
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0) {
		const char *truth = word[1] == 'n' ? "true" : "false";
		string(j, truth);
		literal(j, truth);
	}
}

static void words_schema(struct json *j, const char *const *words)
{
	open(j, "{");
	name(j, "enum");
	open(j, "[");
	for (; *words; words++)
		word_values(j, *words);
	close(j, "]");
	close(j, "}");
}

static void uint_schema(struct json *j, const struct field *f)
{
	open(j, "{");
	member(j, "type", "integer");
	name(j, "minimum");
	number(j, f->min);
	name(j, "maximum");
	number(j, f->max);
	close(j, "}");
}

/** One scalar of a field, or one item of its list. */
static void scalar_schema(struct json *j, const struct field *f)
{
	static const char *const truths[] = { "on", "off", NULL };
	switch (f->kind) {
	case FIELD_ITEMS:
		scalar_schema(j, field_find(f->members, f->shorthand, strlen(f->shorthand)));
		break;
	case FIELD_BOOL:
		words_schema(j, truths);
		break;
	case FIELD_UINT:
	case FIELD_UINTS:
		uint_schema(j, f);
		break;
	case FIELD_DURATION:
		reference(j, "duration");
		break;
	case FIELD_RATE:
		reference(j, "share");
		break;
	case FIELD_WORD:
	case FIELD_WORDS:
		words_schema(j, f->words);
		break;
	case FIELD_ENDPOINT:
		reference(j, "endpoint");
		break;
	case FIELD_PREFIX:
		reference(j, "prefix");
		break;
	case FIELD_HOST:
	case FIELD_HOSTS:
		reference(j, "host");
		break;
	default:
		reference(j, "text");
		break;
	}
}

static void field_schema(struct json *j, const struct field *f);

static bool is_key(const struct key *keys, const char *word)
{
	for (; keys && keys->name; keys++)
		if (strcmp(keys->name, word) == 0)
			return true;
	return false;
}

/** A knob that one of the shape's own words gives has no row of its own. */
static void field_properties(struct json *j, const struct shape *s)
{
	for (const struct field *f = s->fields; f && f->key; f++) {
		if ((s->running && f->fixed) || is_key(s->keys, f->key))
			continue;
		name(j, f->key);
		field_schema(j, f);
	}
}

static void group_alternatives(struct json *j, const struct field *group)
{
	open(j, "{");
	member(j, "type", "object");
	name(j, "properties");
	open(j, "{");
	field_properties(j, &(struct shape){ .fields = group->members });
	close(j, "}");
	flag(j, "additionalProperties", false);
	close(j, "}");
	if (group->shorthand)
		scalar_schema(j,
			      field_find(group->members, group->shorthand, strcspn(group->shorthand, " ")));
}

/** An item of a list: a scalar, or a map. */
static void item_schema(struct json *j, const struct field *f)
{
	if (f->kind != FIELD_ITEMS) {
		scalar_schema(j, f);
		return;
	}
	open(j, "{");
	name(j, "anyOf");
	open(j, "[");
	group_alternatives(j, f);
	close(j, "]");
	close(j, "}");
}

static void shape_schema(struct json *j, const struct shape *s);

static void list_alternative(struct json *j, const struct field *f)
{
	open(j, "{");
	member(j, "type", "array");
	name(j, "items");
	item_schema(j, f);
	close(j, "}");
}

static void field_default(struct json *j, const struct field *f)
{
	if (!f->fallback || field_is_list(f))
		return;
	name(j, "default");
	if (f->kind == FIELD_UINT)
		literal(j, f->fallback);
	else
		string(j, f->fallback);
}

/** What the value of a field may be, as items of an anyOf. */
static void field_alternatives(struct json *j, const struct field *f, bool axes)
{
	if (f->kind == FIELD_GROUP)
		group_alternatives(j, f);
	else if (f->kind == FIELD_KNOBS)
		shape_schema(j, &(struct shape){ .fields = devices[f->device].fields });
	else
		scalar_schema(j, f);
	if (field_is_list(f))
		list_alternative(j, f);
	if (f->kind == FIELD_MODEL)
		shape_schema(j, &(struct shape){ part_keys, devices[f->device].fields });
	if (axes)
		reference(j, "axis");
}

/** A knob: its value, or `$axis`. */
static void field_schema(struct json *j, const struct field *f)
{
	open(j, "{");
	member(j, "description", f->doc);
	field_default(j, f);
	name(j, "anyOf");
	open(j, "[");
	field_alternatives(j, f, true);
	close(j, "]");
	close(j, "}");
}

/* --- shapes --------------------------------------------------------------------------------------------- */

static void form_schema(struct json *j, const struct form *form);

/** What a value of this form may be, as items of an anyOf. */
static void form_alternatives(struct json *j, const struct form *form)
{
	if (form->kind == FORM_FIELD)
		field_alternatives(j, form->field, form->axes);
	for (const struct form *f = form->of; form->kind == FORM_EITHER && f->kind != FORM_END; f++)
		form_alternatives(j, f);
	if (form->kind != FORM_FIELD && form->kind != FORM_EITHER)
		form_schema(j, form);
}

static void key_properties(struct json *j, const struct key *keys)
{
	for (const struct key *k = keys; k && k->name; k++) {
		name(j, k->name);
		open(j, "{");
		member(j, "description", k->doc);
		name(j, "anyOf");
		open(j, "[");
		form_alternatives(j, &k->form);
		close(j, "]");
		close(j, "}");
	}
}

static void required_keys(struct json *j, const struct key *keys)
{
	name(j, "required");
	open(j, "[");
	for (const struct key *k = keys; k && k->name; k++)
		if (k->required)
			string(j, k->name);
	close(j, "]");
}

static void shape_schema(struct json *j, const struct shape *s)
{
	open(j, "{");
	member(j, "type", "object");
	name(j, "properties");
	open(j, "{");
	key_properties(j, s->keys);
	field_properties(j, s);
	close(j, "}");
	required_keys(j, s->keys);
	flag(j, "additionalProperties", false);
	close(j, "}");
}

static void map_begin(struct json *j, bool non_empty)
{
	open(j, "{");
	member(j, "type", "object");
	name(j, "propertyNames");
	reference(j, "name");
	name(j, "minProperties");
	number(j, non_empty);
	name(j, "additionalProperties");
}

static void list_schema(struct json *j, const struct form *form)
{
	open(j, "{");
	member(j, "type", "array");
	name(j, "minItems");
	number(j, form->non_empty);
	name(j, "items");
	form_schema(j, form->of);
	close(j, "}");
}

static void alternatives_schema(struct json *j, const struct form *form)
{
	open(j, "{");
	name(j, "anyOf");
	open(j, "[");
	form_alternatives(j, form);
	close(j, "]");
	close(j, "}");
}

static void models_schema(struct json *j)
{
	map_begin(j, false);
	open(j, "{");
	name(j, "anyOf");
	open(j, "[");
	for (int kind = 0; kind < DEVICE_KINDS; kind++)
		shape_schema(j, &(struct shape){ .keys = model_keys, .fields = devices[kind].fields });
	close(j, "]");
	close(j, "}");
	close(j, "}");
}

/** Which device it is, the name of the node says; so it may be any. */
static void set_schema(struct json *j, const struct form *form)
{
	struct shape shape = *form->shape;
	open(j, "{");
	name(j, "anyOf");
	open(j, "[");
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		shape.fields = devices[kind].fields;
		shape_schema(j, &shape);
	}
	close(j, "]");
	close(j, "}");
}

static void pins_schema(struct json *j)
{
	open(j, "{");
	member(j, "type", "object");
	name(j, "properties");
	open(j, "{");
	name(j, "start");
	reference(j, "time");
	close(j, "}");
	name(j, "additionalProperties");
	open(j, "{");
	name(j, "anyOf");
	open(j, "[");
	shape_schema(j, &(struct shape){ .fields = pin_fields });
	shape_schema(j, &router_pin_shape);
	close(j, "]");
	close(j, "}");
	close(j, "}");
}

static void named_schema(struct json *j, const struct form *form)
{
	map_begin(j, form->non_empty);
	form_schema(j, form->of);
	close(j, "}");
}

static void nodes_schema(struct json *j, const struct form *form)
{
	map_begin(j, form->non_empty);
	reference(j, device_words[form->device]);
	close(j, "}");
}

static void word_schema(struct json *j, const char *word)
{
	open(j, "{");
	member(j, "const", word);
	close(j, "}");
}

static void causes_schema(struct json *j)
{
	open(j, "{");
	name(j, "enum");
	open(j, "[");
	for (const struct cause *c = causes; c->word; c++) {
		string(j, c->word);
		string(j, c->id);
	}
	close(j, "]");
	close(j, "}");
}

static void form_schema(struct json *j, const struct form *form)
{
	switch (form->kind) {
	case FORM_FIELD:
	case FORM_EITHER:
		alternatives_schema(j, form);
		break;
	case FORM_NAME:
	case FORM_VALUE:
		reference(j, "text");
		break;
	case FORM_CAUSE:
		causes_schema(j);
		break;
	case FORM_TIME:
		reference(j, "time");
		break;
	case FORM_WORD:
		word_schema(j, form->word);
		break;
	case FORM_MAP:
		shape_schema(j, form->shape);
		break;
	case FORM_NAMED:
		named_schema(j, form);
		break;
	case FORM_LIST:
		list_schema(j, form);
		break;
	case FORM_NODES:
		nodes_schema(j, form);
		break;
	case FORM_MODELS:
		models_schema(j);
		break;
	case FORM_SET:
		set_schema(j, form);
		break;
	case FORM_PINS:
		pins_schema(j);
		break;
	case FORM_END:
		break;
	}
}

/* --- the file ------------------------------------------------------------------------------------------- */

static void definitions(struct json *j)
{
	name(j, "definitions");
	open(j, "{");
	pattern_definitions(j);
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		name(j, device_words[kind]);
		shape_schema(j, &(struct shape){ .keys = node_keys, .fields = devices[kind].fields });
	}
	close(j, "}");
}

/** An object that requires some keys, which may be followed by more members. */
static void requiring(struct json *j, const struct shape *s, const char *also)
{
	open(j, "{");
	name(j, "required");
	open(j, "[");
	for (const struct key *k = s->keys; k->name; k++)
		if (k->required)
			string(j, k->name);
	if (also)
		string(j, also);
	close(j, "]");
}

/** A single run has `expect` and no `axes`; a matrix has both `axes` and `judge`; a file of models has no
 * steps. */
static void kinds_of_files(struct json *j)
{
	name(j, "anyOf");
	open(j, "[");
	requiring(j, &scenario_shape, "expect");
	close(j, "}");
	requiring(j, &scenario_shape, "judge");
	name(j, "dependencies");
	open(j, "{");
	name(j, "judge");
	open(j, "[");
	string(j, "axes");
	close(j, "]");
	close(j, "}");
	close(j, "}");
	requiring(j, &models_shape, NULL);
	name(j, "not");
	open(j, "{");
	name(j, "required");
	open(j, "[");
	string(j, "do");
	close(j, "]");
	close(j, "}");
	close(j, "}");
	close(j, "]");
}

void schema_print(const struct schema_sink *sink)
{
	struct json j = { .sink = sink };
	open(&j, "{");
	member(&j, "$schema", "http://json-schema.org/draft-07/schema#");
	member(&j, "title", "viaport scenario, format 1");
	member(&j, "type", "object");
	name(&j, "properties");
	open(&j, "{");
	key_properties(&j, scenario_shape.keys);
	close(&j, "}");
	flag(&j, "additionalProperties", false);
	kinds_of_files(&j);
	definitions(&j);
	close(&j, "}");
	raw(&j, "\n");
}
