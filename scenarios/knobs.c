#include "scenarios/knobs.h"

#include <string.h>

#include "scenarios/load.h"

/* --- one value ------------------------------------------------------------------------------------------ */

static bool is_bare_number(const struct yaml *value)
{
	size_t digits = strspn(value->text, "0123456789.");
	return value->len > 0 && digits == value->len;
}

static const char *word_nearest(const struct field *f, const struct yaml *value)
{
	struct nearest n = nearest_to(value->text, value->len);
	for (const char *const *word = f->words; word && *word; word++)
		nearest_offer(&n, *word);
	return n.best;
}

static struct complaint *value_complain(struct loader *l, const struct field *f, const struct yaml *value)
{
	struct arena *a = l->complaints->arena;
	if (f->kind == FIELD_DURATION && is_bare_number(value))
		return yaml_complain(value, VP_UNIT, "units are us, ms, s, m, h and d",
				     "a duration needs its unit: %ss, %sms, %sm", value->text, value->text,
				     value->text);
	const char *help = field_wants(f, a), *near = word_nearest(f, value);
	if (near)
		help = arena_printf(a, "did you mean '%s'? %s", near, help);
	return yaml_complain(value, VP_VALUE, help, "'%s' does not fit '%s'", value->text, f->key);
}

bool value_read(struct loader *l, const struct field *f, const struct yaml *value, void *out)
{
	if (value->kind == YAML_TEXT && field_read(f, l->arena, value->text, value->len, out))
		return true;
	if (value->kind == YAML_TEXT)
		value_complain(l, f, value);
	return false;
}

/* --- settings ------------------------------------------------------------------------------------------- */

static void setting_add(struct loader *l, struct knobs *knobs, const struct field *f, int axis,
			const void *values, const struct yaml *value)
{
	knobs->items = grown(l, knobs->items, knobs->n, &knobs->room, sizeof *knobs->items);
	knobs->items[knobs->n++] = (struct knob){ { f, axis, values, yaml_place(value) }, value };
}

/** Reads a scalar, or an item of a list. */
static bool word_read(struct loader *l, const struct field *f, const struct yaml *text,
		      const struct knobs *knobs, void *out)
{
	bool node = f->kind == FIELD_NODE || f->kind == FIELD_NODES;
	if (!field_read(f, l->arena, text->text, text->len, out))
		return false;
	if (node && !field_names_nobody(f, text->text, text->len))
		other_node_check(l, f, text, knobs->owner);
	return true;
}

/** Makes a list of one item. */
static bool single_read(struct loader *l, const struct field *f, const struct yaml *text,
			const struct knobs *knobs, struct list *out)
{
	void *item = arena_alloc(l->arena, field_item_size(f));
	*out = (struct list){ item, 1 };
	return word_read(l, f, text, knobs, item);
}

/** Reads the value that a field has for all cells, or for the i-th value of an axis. */
static void one_read(struct loader *l, const struct field *f, int axis, const struct yaml *value, uint32_t i,
		     const struct knobs *knobs, void *out)
{
	const struct yaml *text = axis_value(l, axis, value, i);
	if (f->kind == FIELD_MODEL && !yaml_is(text, "none")) {
		*(const struct model **)out = model_of(l, text, (enum device_kind)f->device, axis, value);
		return;
	}
	bool good =
		field_is_list(f) ? single_read(l, f, text, knobs, out) : word_read(l, f, text, knobs, out);
	if (!good)
		axis_note(value_complain(l, f, text), axis, value);
}

/** Which axis a value stands for: -1 for none; -2, and a complaint, when it cannot stand for any. */
static int axis_wanted(struct loader *l, const struct yaml *value, const struct knobs *knobs)
{
	if (!is_axis(value))
		return -1;
	if (!knobs->axes) {
		yaml_complain(value, VP_AXIS, knobs->why, "'%s' cannot stand here", value->text);
		return -2;
	}
	int axis = axis_of(l, value);
	return axis < 0 ? -2 : axis;
}

static void scalar_read(struct loader *l, const struct field *f, const struct yaml *value,
			struct knobs *knobs)
{
	int axis = axis_wanted(l, value, knobs);
	if (axis == -2)
		return;
	uint32_t n = axis_count(l, axis);
	char *values = arena_alloc(l->arena, n * field_size(f));
	for (uint32_t i = 0; i < n; i++)
		one_read(l, f, axis, value, i, knobs, values + i * field_size(f));
	setting_add(l, knobs, f, axis, values, value);
}

#define AXIS_IN_LIST "an axis stands for a whole value: let its values be the items"

/* --- lists ---------------------------------------------------------------------------------------------- */

static bool item_is_there(const struct list *list, size_t size, const void *item)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (memcmp((const char *)list->items + i * size, item, size) == 0)
			return true;
	return false;
}

/** Complains of words that FIELD_WORDS::must_have wants and the list has not. */
static void words_check(struct loader *l, const struct field *f, const struct list *list,
			const struct yaml *value)
{
	const char *rest = f->must_have;
	for (size_t len; rest && (len = strcspn(rest, " ")) != 0; rest += len + (rest[len] == ' ')) {
		uint8_t word;
		if (field_read(f, l->scratch, rest, len, &word) && item_is_there(list, sizeof word, &word))
			continue;
		yaml_complain(value, VP_VALUE,
			      arena_printf(l->complaints->arena, "it needs %s", f->must_have),
			      "'%s' lacks '%.*s'", f->key, (int)len, rest);
	}
}

/** A map that is an item of a list. */
static bool members_read(struct loader *l, const struct field *f, const struct yaml *item,
			 const struct knobs *knobs, void *out)
{
	const struct shape shape = { .fields = f->members };
	struct knobs members = { .why = AXIS_IN_LIST, .owner = knobs->owner };
	uint32_t complained = l->complaints->n;
	fields_default(f->members, l->arena, out);
	shape_read(l, &shape, item, NULL, &members);
	struct settings settings = knobs_settings(l, &members);
	settings_apply(&settings, NULL, out);
	return l->complaints->n == complained;
}

static bool item_read(struct loader *l, const struct field *f, const struct yaml *item,
		      const struct knobs *knobs, void *out)
{
	if (f->kind == FIELD_ITEMS && item->kind == YAML_MAP)
		return members_read(l, f, item, knobs, out);
	if (item->kind == YAML_TEXT && is_axis(item)) {
		yaml_complain(item, VP_AXIS, AXIS_IN_LIST, "'%s' cannot be an item of a list", item->text);
		return false;
	}
	if (!form_check(l, &(struct form){ .kind = FORM_VALUE }, item))
		return false;
	bool good = word_read(l, f, item, knobs, out);
	if (!good)
		value_complain(l, f, item);
	return good;
}

static void list_read(struct loader *l, const struct field *f, const struct yaml *value, struct knobs *knobs)
{
	size_t size = field_item_size(f);
	char *items = arena_alloc(l->arena, size * value->n);
	struct list *list = arena_alloc(l->arena, sizeof *list);
	struct names *keys = f->kind == FIELD_ITEMS ? names_new(l->scratch) : NULL;
	bool good = true;
	list->items = items;
	for (const struct yaml *item = value->first; item; item = item->next) {
		bool read = item_read(l, f, item, knobs, items + size * list->n);
		good = good && read;
		if (read && f->kind == FIELD_WORDS && item_is_there(list, size, items + size * list->n))
			yaml_complain(item, VP_VALUE, NULL, "'%s' is there twice", item->text);
		else if (read && keys && !names_add(keys, items + size * list->n + f->members->at,
						    field_size(f->members), &(uint32_t){ 0 }))
			yaml_complain(item, VP_KEY_TWICE, "keep one of them", "there is another item with the same '%s'",
				      f->members->key);
		else
			list->n += read;
	}
	if (good)
		words_check(l, f, list, value);
	setting_add(l, knobs, f, -1, list, value);
}

/* --- groups --------------------------------------------------------------------------------------------- */

/** A bare value sets the members that the group's shorthand names. */
static void shorthand_read(struct loader *l, const struct field *group, const struct yaml *value,
			   struct knobs *knobs)
{
	const char *rest = group->shorthand;
	for (size_t len; (len = strcspn(rest, " ")) != 0; rest += len + (rest[len] == ' ')) {
		uint32_t before = l->complaints->n;
		knob_read(l, field_find(group->members, rest, len), value, knobs);
		if (l->complaints->n != before)
			return;
	}
}

static void group_read(struct loader *l, const struct field *group, const struct yaml *value,
		       struct knobs *knobs)
{
	const struct shape members = { .fields = group->members };
	if (value->kind == YAML_MAP)
		shape_read(l, &members, value, NULL, knobs);
	else
		shorthand_read(l, group, value, knobs);
}

/** A model that stands where it is used. */
static void part_read(struct loader *l, const struct field *f, const struct yaml *value, struct knobs *knobs)
{
	const struct model **m = arena_alloc(l->arena, sizeof *m);
	*m = model_part_read(l, value, (enum device_kind)f->device);
	setting_add(l, knobs, f, -1, m, value);
}

/** What only one node can have is no knob of all. */
static void places_refuse(const struct knobs *given)
{
	static const char *const keys[] = { "address", "outside", "inside" };
	for (uint32_t i = 0; i < given->n; i++)
		for (size_t k = 0; k < COUNT(keys); k++)
			if (strcmp(given->items[i].setting.field->key, keys[k]) == 0)
				yaml_complain(given->items[i].value->key, VP_CONTRADICTION, "give it where the node is given",
					      "a remedy is for all alike, and '%s' is where one node is", keys[k]);
}

/** Knobs of all devices of a kind. */
static void knob_values_read(struct loader *l, const struct field *f, const struct yaml *value,
			     struct knobs *knobs)
{
	const struct shape shape = { .fields = devices[f->device].fields,
				     .refused = device_refused((enum device_kind)f->device) };
	struct knobs given = { .why = knobs->why };
	shape_read(l, &shape, value, NULL, &given);
	places_refuse(&given);
	pairs_check_knobs(l, (enum device_kind)f->device, &given);
	struct knob_value *values = arena_alloc(l->arena, given.n * sizeof *values);
	struct list *list = arena_alloc(l->arena, sizeof *list);
	for (uint32_t i = 0; i < given.n; i++)
		values[i] =
			(struct knob_value){ given.items[i].setting.field, given.items[i].setting.values };
	*list = (struct list){ values, given.n };
	setting_add(l, knobs, f, -1, list, value);
}

void knob_read(struct loader *l, const struct field *f, const struct yaml *value, struct knobs *knobs)
{
	if (!form_check(l, &(struct form){ .kind = FORM_FIELD, .field = f }, value))
		return;
	if (f->kind == FIELD_GROUP)
		group_read(l, f, value, knobs);
	else if (f->kind == FIELD_KNOBS)
		knob_values_read(l, f, value, knobs);
	else if (value->kind == YAML_LIST)
		list_read(l, f, value, knobs);
	else if (value->kind == YAML_MAP)
		part_read(l, f, value, knobs);
	else
		scalar_read(l, f, value, knobs);
}

struct settings knobs_settings(struct loader *l, const struct knobs *knobs)
{
	struct setting *items = arena_alloc(l->arena, knobs->n * sizeof *items);
	for (uint32_t i = 0; i < knobs->n; i++)
		items[i] = knobs->items[i].setting;
	return (struct settings){ items, knobs->n };
}

const struct knob *knobs_find(const struct knobs *knobs, const struct field *field)
{
	for (uint32_t i = knobs->n; i > 0; i--)
		if (knobs->items[i - 1].setting.field == field)
			return &knobs->items[i - 1];
	return NULL;
}
