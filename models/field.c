#include "models/field.h"

#include <assert.h>
#include <string.h>

#include "models/device.h"
#include "models/field_text.h"

/* --- kinds ---------------------------------------------------------------------------------------------- */

static const struct kind {
	size_t size; /* of one scalar or of one item */
	bool list;
} kinds[] = {
	[FIELD_END] = { 0, false },
	[FIELD_BOOL] = { sizeof(bool), false },
	[FIELD_UINT] = { sizeof(uint32_t), false },
	[FIELD_DURATION] = { sizeof(usec), false },
	[FIELD_RATE] = { sizeof(uint32_t), false },
	[FIELD_WORD] = { sizeof(int), false },
	[FIELD_TEXT] = { sizeof(const char *), false },
	[FIELD_ENDPOINT] = { sizeof(struct endpoint), false },
	[FIELD_PREFIX] = { sizeof(struct prefix), false },
	[FIELD_HOST] = { sizeof(uint32_t), false },
	[FIELD_HOSTS] = { sizeof(uint32_t), true },
	[FIELD_UINTS] = { sizeof(uint32_t), true },
	[FIELD_TEXTS] = { sizeof(const char *), true },
	[FIELD_WORDS] = { sizeof(uint8_t), true },
	[FIELD_NODE] = { sizeof(const char *), false },
	[FIELD_NODES] = { sizeof(const char *), true },
	[FIELD_ITEMS] = { 0, true },
	[FIELD_MODEL] = { sizeof(const struct model *), false },
	[FIELD_KNOBS] = { sizeof(struct list), false },
	[FIELD_GROUP] = { 0, false },
};

size_t field_size(const struct field *f)
{
	return field_is_list(f) ? sizeof(struct list) : kinds[f->kind].size;
}

bool field_is_list(const struct field *f)
{
	return kinds[f->kind].list;
}

size_t field_item_size(const struct field *f)
{
	assert(field_is_list(f));
	return f->kind == FIELD_ITEMS ? f->item_size : kinds[f->kind].size;
}

const struct field *field_find(const struct field *fields, const char *key, size_t len)
{
	for (const struct field *f = fields; f->key; f++)
		if (strlen(f->key) == len && memcmp(f->key, key, len) == 0)
			return f;
	return NULL;
}

/* --- reading scalars ------------------------------------------------------------------------------------ */

static bool same(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

static bool bool_read(const char *text, size_t len, bool *out)
{
	*out = same(text, len, "on") || same(text, len, "true");
	return *out || same(text, len, "off") || same(text, len, "false");
}

static int word_find(const char *const *words, const char *text, size_t len)
{
	for (int i = 0; words[i]; i++)
		if (same(text, len, words[i]))
			return i;
	return -1;
}

/** The index of a word; "true" and "false" stand for "on" and "off" where those are words. */
static bool word_read(const char *const *words, const char *text, size_t len, int *out)
{
	bool truth;
	*out = word_find(words, text, len);
	if (*out < 0 && bool_read(text, len, &truth))
		*out = truth ? word_find(words, "on", 2) : word_find(words, "off", 3);
	return *out >= 0;
}

static bool number_read(const struct field *f, const char *text, size_t len, uint32_t *out)
{
	int64_t number;
	if (digits_read(text, len, &number) != len || len == 0)
		return false;
	*out = (uint32_t)number;
	return number >= f->min && number <= f->max;
}

static bool text_read(const struct field *f, struct arena *a, const char *text, size_t len, const char **out)
{
	if (!text_fits(f->text, text, len))
		return false;
	*out = arena_copy(a, text, len);
	return true;
}

static bool listed_word_read(const struct field *f, const char *text, size_t len, uint8_t *out)
{
	int word;
	bool good = word_read(f->words, text, len, &word);
	*out = (uint8_t)word;
	return good;
}

static bool timespan_read(const struct field *f, const char *text, size_t len, usec *out)
{
	return duration_read(text, len, out) && *out >= f->min && *out <= f->max;
}

/* The address 0.0.0.0 stands for "none" in every profile, so nobody may have it. */
static bool address_read(const char *text, size_t len, struct endpoint *out)
{
	return endpoint_parse(text, len, 0, out) && out->host != 0;
}

static bool host_read(const char *text, size_t len, uint32_t *out)
{
	return host_parse(text, len, out) && *out != 0;
}

/* A network holds at least a router and somebody else; 0 bits stand for "none" in every profile. */
static bool network_read(const char *text, size_t len, struct prefix *out)
{
	return prefix_parse(text, len, out) && out->bits >= 1 && out->bits <= 30;
}

bool field_names_nobody(const struct field *f, const char *text, size_t len)
{
	struct endpoint e;
	int word;
	return (f->words && word_read(f->words, text, len, &word)) ||
	       (f->address && address_read(text, len, &e));
}

static bool node_read(const struct field *f, struct arena *a, const char *text, size_t len, const char **out)
{
	static const struct field name = { "name", FIELD_TEXT, .text = TEXT_TOKEN };
	return text_read(field_names_nobody(f, text, len) ? f : &name, a, text, len, out);
}

/** An item of which only the member is said that a bare value sets. */
static bool item_read(const struct field *f, struct arena *a, const char *text, size_t len, void *item)
{
	const struct field *member =
		f->shorthand ? field_find(f->members, f->shorthand, strlen(f->shorthand)) : NULL;
	fields_default(f->members, a, item);
	return member && field_read(member, a, text, len, (char *)item + member->at);
}

bool field_read(const struct field *f, struct arena *a, const char *text, size_t len, void *value)
{
	switch (f->kind) {
	case FIELD_BOOL:
		return bool_read(text, len, value);
	case FIELD_UINT:
	case FIELD_UINTS:
		return number_read(f, text, len, value);
	case FIELD_DURATION:
		return timespan_read(f, text, len, value);
	case FIELD_RATE:
		return rate_read(text, len, value);
	case FIELD_WORD:
		return word_read(f->words, text, len, value);
	case FIELD_WORDS:
		return listed_word_read(f, text, len, value);
	case FIELD_TEXT:
	case FIELD_TEXTS:
		return text_read(f, a, text, len, value);
	case FIELD_ENDPOINT:
		return address_read(text, len, value);
	case FIELD_PREFIX:
		return network_read(text, len, value);
	case FIELD_HOST:
	case FIELD_HOSTS:
		return host_read(text, len, value);
	case FIELD_NODE:
	case FIELD_NODES:
		return node_read(f, a, text, len, value);
	case FIELD_ITEMS:
		return item_read(f, a, text, len, value);
	case FIELD_MODEL:
		*(const struct model **)value = NULL;
		return len == strlen("none") && memcmp(text, "none", len) == 0;
	case FIELD_KNOBS:
	case FIELD_GROUP:
	case FIELD_END:
		break;
	}
	return false;
}

/* --- what a field wants --------------------------------------------------------------------------------- */

static const char *words_joined(const char *const *words, struct arena *a)
{
	const char *joined = words[0];
	for (int i = 1; words[i]; i++)
		joined = arena_printf(a, "%s, %s", joined, words[i]);
	return joined;
}

static const char *members_joined(const struct field *members, struct arena *a)
{
	const char *joined = members->key;
	for (const struct field *f = members + 1; f->key; f++)
		joined = arena_printf(a, "%s, %s", joined, f->key);
	return joined;
}

static const char *node_wants(const struct field *f, struct arena *a)
{
	const char *text =
		arena_printf(a, "the name of %s", f->device < 0 ? "a node" : devices[f->device].one);
	if (f->address)
		text = arena_printf(a, "%s, an address", text);
	return f->words ? arena_printf(a, "%s, or %s", text, words_joined(f->words, a)) : text;
}

const char *field_wants_nobody(const struct field *f, struct arena *a)
{
	const char *words = f->words ? words_joined(f->words, a) : NULL;
	if (!f->address)
		return words;
	return words ? arena_printf(a, "an address, or %s", words) : "an address";
}

const char *field_wants(const struct field *f, struct arena *a)
{
	switch (f->kind) {
	case FIELD_BOOL:
		return "on or off";
	case FIELD_UINT:
		return arena_printf(a, "a number from %lld to %lld", (long long)f->min, (long long)f->max);
	case FIELD_UINTS:
		return arena_printf(a, "numbers from %lld to %lld", (long long)f->min, (long long)f->max);
	case FIELD_DURATION:
		return arena_printf(a, "a duration from %s to %s", duration_print(f->min, a),
				    duration_print(f->max, a));
	case FIELD_RATE:
		return "a share from 0% to 100%, such as 0.5%";
	case FIELD_WORD:
		return arena_printf(a, "one of %s", words_joined(f->words, a));
	case FIELD_WORDS:
		return arena_printf(a, "a list of %s, none twice", words_joined(f->words, a));
	case FIELD_TEXT:
		return arena_printf(a, "%s, at most %d bytes", text_wants(f->text), TEXT_MAX);
	case FIELD_TEXTS:
		return arena_printf(a, "a list, each %s", text_wants(f->text));
	case FIELD_ENDPOINT:
		return "an address such as 192.0.2.7 or 192.0.2.7:5060";
	case FIELD_PREFIX:
		return "a network such as 192.168.1.0/24";
	case FIELD_HOST:
		return "an address such as 192.0.2.7";
	case FIELD_HOSTS:
		return "addresses such as 192.0.2.7";
	case FIELD_NODE:
		return node_wants(f, a);
	case FIELD_NODES:
		return arena_printf(a, "a list, each %s", node_wants(f, a));
	case FIELD_ITEMS:
		return arena_printf(a, "a list of maps of %s", members_joined(f->members, a));
	case FIELD_MODEL:
		return arena_printf(a, "none, the name of %s, or a map of its knobs", devices[f->device].one);
	case FIELD_KNOBS:
		return arena_printf(a, "a map of knobs of %s", devices[f->device].one);
	case FIELD_GROUP:
		return arena_printf(a, "a map of %s", members_joined(f->members, a));
	case FIELD_END:
		break;
	}
	return "nothing";
}

/* --- defaults ------------------------------------------------------------------------------------------- */

static void *member_of(const struct field *f, void *profile)
{
	return (char *)profile + f->at;
}

/** The next word of `*rest`, whose length comes back; 0 at the end. */
static size_t next_word(const char **rest)
{
	*rest += strspn(*rest, " ");
	return strcspn(*rest, " ");
}

static uint32_t words_count(const char *text)
{
	uint32_t n = 0;
	for (size_t len; (len = next_word(&text)) != 0; text += len)
		n++;
	return n;
}

static void default_list(const struct field *f, struct arena *a, struct list *list)
{
	const char *rest = f->fallback;
	size_t size = field_item_size(f);
	char *items = arena_alloc(a, size * words_count(rest));
	list->items = items;
	for (size_t len; (len = next_word(&rest)) != 0; rest += len) {
		bool good = field_read(f, a, rest, len, items + size * list->n++);
		assert(good);
	}
}

static void default_scalar(const struct field *f, struct arena *a, void *member)
{
	bool good = field_read(f, a, f->fallback, strlen(f->fallback), member);
	assert(good);
}

void fields_default(const struct field *fields, struct arena *a, void *profile)
{
	for (const struct field *f = fields; f->key; f++) {
		if (f->kind == FIELD_GROUP)
			fields_default(f->members, a, profile);
		else if (f->fallback && field_is_list(f))
			default_list(f, a, member_of(f, profile));
		else if (f->fallback)
			default_scalar(f, a, member_of(f, profile));
	}
}

void knob_values_apply(const struct list *values, void *profile)
{
	const struct knob_value *v = values->items;
	for (uint32_t i = 0; i < values->n; i++)
		memcpy(member_of(v[i].field, profile), v[i].value, field_size(v[i].field));
}

/* --- comparing ------------------------------------------------------------------------------------------ */

static bool texts_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool members_equal(const struct field *members, const void *profile, const void *other)
{
	for (const struct field *f = members; f->key; f++)
		if (!field_equal(f, profile, other))
			return false;
	return true;
}

static bool knob_values_equal(const struct list *values, const struct list *other)
{
	const struct knob_value *v = values->items, *o = other->items;
	if (values->n != other->n)
		return false;
	for (uint32_t i = 0; i < values->n; i++)
		if (v[i].field != o[i].field || !field_value_equal(v[i].field, v[i].value, o[i].value))
			return false;
	return true;
}

/** Two scalars, or two items of lists. */
static bool scalar_equal(const struct field *f, const void *value, const void *other)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_TEXTS:
	case FIELD_NODE:
	case FIELD_NODES:
		return texts_equal(*(const char *const *)value, *(const char *const *)other);
	case FIELD_ITEMS:
		return members_equal(f->members, value, other);
	case FIELD_KNOBS:
		return knob_values_equal(value, other);
	default:
		return memcmp(value, other, kinds[f->kind].size) == 0;
	}
}

static bool list_equal(const struct field *f, const struct list *list, const struct list *other)
{
	if (list->n != other->n)
		return false;
	for (uint32_t i = 0; i < list->n; i++)
		if (!scalar_equal(f, list_item(f, list, i), list_item(f, other, i)))
			return false;
	return true;
}

bool field_value_equal(const struct field *f, const void *value, const void *other)
{
	return field_is_list(f) ? list_equal(f, value, other) : scalar_equal(f, value, other);
}

bool field_equal(const struct field *f, const void *profile, const void *other)
{
	if (f->kind == FIELD_GROUP)
		return members_equal(f->members, profile, other);
	return field_value_equal(f, value_of(f, profile), value_of(f, other));
}
