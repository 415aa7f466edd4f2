#include <string.h>

#include "models/device.h"
#include "models/field_text.h"

/** May this text stand in YAML without quotes, inside a flow collection too? */
static bool is_plain(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || text[0] == ' ' || text[len - 1] == ' ' || text[len - 1] == ':')
		return false;
	if (strchr("-?:!&*|>%@`~$", text[0]))
		return false;
	return !strpbrk(text, "[]{},\"'#\\") && !strstr(text, ": ");
}

/** A text as it stands in YAML: in double quotes where it must. */
static const char *text_print(const char *text, struct arena *a)
{
	if (is_plain(text))
		return text;
	size_t n = 0;
	char *quoted = arena_alloc(a, 2 * strlen(text) + 3);
	quoted[n++] = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			quoted[n++] = '\\';
		quoted[n++] = *text;
	}
	quoted[n] = '"';
	return quoted;
}

static const char *host_text(uint32_t host, struct arena *a)
{
	char text[HOST_TEXT_MAX];
	host_print(host, text);
	return arena_strdup(a, text);
}

static const char *endpoint_text(struct endpoint e, struct arena *a)
{
	char text[ENDPOINT_TEXT_MAX];
	if (e.host == 0)
		return "";
	if (e.port == 0)
		return host_text(e.host, a);
	endpoint_print(e, text);
	return arena_strdup(a, text);
}

static const char *prefix_text(struct prefix p, struct arena *a)
{
	return p.bits == 0 ? "" : arena_printf(a, "%s/%u", host_text(p.host, a), p.bits);
}

/** Adds "key: value" for every field in which the profiles differ. */
static const char *differences_print(const char *text, const struct field *fields, const void *profile,
				     const void *other, struct arena *a)
{
	for (const struct field *f = fields; f->key; f++) {
		const char *comma = text[strlen(text) - 1] == '{' ? "" : ", ";
		if (field_equal(f, profile, other))
			continue;
		text = arena_printf(a, "%s%s%s: ", text, comma, f->key);
		if (f->kind == FIELD_GROUP)
			text = arena_printf(a, "%s}",
					    differences_print(arena_printf(a, "%s{", text), f->members,
							      profile, other, a));
		else
			text = arena_printf(a, "%s%s", text, field_print(f, profile, a));
	}
	return text;
}

/** A model that stands where it is used: what differs from the entry that it is like, or from the defaults.
 */
static const char *part_print(const struct model *m, struct arena *a)
{
	const struct device *device = &devices[m->kind];
	void *fallback = arena_alloc(a, device->profile_size);
	const char *text = m->like ? arena_printf(a, "{like: %s", m->like->name) : "{";
	fields_default(device->fields, a, fallback);
	text = differences_print(text, device->fields, m->profile, m->like ? m->like->profile : fallback, a);
	return arena_printf(a, "%s}", text);
}

/** What is said of an item. */
static const char *item_print(const struct field *f, const void *item, struct arena *a)
{
	const void *nothing = arena_alloc(a, f->item_size);
	return arena_printf(a, "%s}", differences_print("{", f->members, item, nothing, a));
}

static const char *model_print(const struct model *m, struct arena *a)
{
	if (!m)
		return "none";
	return m->name ? m->name : part_print(m, a);
}

static const char *value_print(const struct field *f, const void *value, struct arena *a);

static const void *knob_value_find(const struct list *values, const struct field *f)
{
	const struct knob_value *v = values->items;
	for (uint32_t i = values->n; i > 0; i--)
		if (v[i - 1].field == f)
			return v[i - 1].value;
	return NULL;
}

/** Those of `fields` that have a value, in braces; nothing when none has. */
static const char *knob_values_print(const struct field *fields, const struct list *values, struct arena *a)
{
	const char *text = "";
	for (const struct field *f = fields; f->key; f++) {
		const void *value = knob_value_find(values, f);
		const char *printed = "";
		if (f->kind == FIELD_GROUP)
			printed = knob_values_print(f->members, values, a);
		else if (value)
			printed = value_print(f, value, a);
		if (*printed)
			text = arena_printf(a, "%s%s%s: %s", text, *text ? ", " : "{", f->key, printed);
	}
	return *text ? arena_printf(a, "%s}", text) : "";
}

/** One scalar, or one item of a list. */
static const char *scalar_print(const struct field *f, const void *value, struct arena *a)
{
	switch (f->kind) {
	case FIELD_BOOL:
		return *(const bool *)value ? "on" : "off";
	case FIELD_UINT:
	case FIELD_UINTS:
		return arena_printf(a, "%u", *(const uint32_t *)value);
	case FIELD_DURATION:
		return duration_print(*(const usec *)value, a);
	case FIELD_RATE:
		return arena_printf(a, "%s%%", decimal_text(*(const uint32_t *)value, PER_PERCENT, a));
	case FIELD_WORD:
		return f->words[*(const int *)value];
	case FIELD_WORDS:
		return f->words[*(const uint8_t *)value];
	case FIELD_TEXT:
	case FIELD_TEXTS:
		return *(const char *const *)value ? text_print(*(const char *const *)value, a) : "";
	case FIELD_ENDPOINT:
		return endpoint_text(*(const struct endpoint *)value, a);
	case FIELD_PREFIX:
		return prefix_text(*(const struct prefix *)value, a);
	case FIELD_HOST:
	case FIELD_HOSTS:
		return *(const uint32_t *)value ? host_text(*(const uint32_t *)value, a) : "";
	case FIELD_NODE:
	case FIELD_NODES:
		return *(const char *const *)value ? *(const char *const *)value : "";
	case FIELD_ITEMS:
		return item_print(f, value, a);
	case FIELD_MODEL:
		return model_print(*(const struct model *const *)value, a);
	case FIELD_KNOBS:
		return knob_values_print(devices[f->device].fields, value, a);
	case FIELD_GROUP:
	case FIELD_END:
		break;
	}
	return "";
}

static const char *list_print(const struct field *f, const struct list *list, struct arena *a)
{
	const char *text = "[";
	for (uint32_t i = 0; i < list->n; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "",
				    scalar_print(f, list_item(f, list, i), a));
	return arena_printf(a, "%s]", text);
}

static const char *group_print(const struct field *group, const void *profile, struct arena *a)
{
	const char *text = "{";
	for (const struct field *f = group->members; f->key; f++)
		text = arena_printf(a, "%s%s%s: %s", text, f == group->members ? "" : ", ", f->key,
				    field_print(f, profile, a));
	return arena_printf(a, "%s}", text);
}

static const char *value_print(const struct field *f, const void *value, struct arena *a)
{
	return field_is_list(f) ? list_print(f, value, a) : scalar_print(f, value, a);
}

const char *field_print(const struct field *f, const void *profile, struct arena *a)
{
	return f->kind == FIELD_GROUP ? group_print(f, profile, a) : value_print(f, value_of(f, profile), a);
}

const char *field_path(const struct field *fields, const struct field *wanted, struct arena *a)
{
	for (const struct field *f = fields; f->key; f++) {
		const char *inner = f->kind == FIELD_GROUP ? field_path(f->members, wanted, a) : NULL;
		if (f == wanted)
			return f->key;
		if (inner)
			return arena_printf(a, "%s.%s", f->key, inner);
	}
	return NULL;
}
