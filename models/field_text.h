/*
 * What texts stand for values of fields. For field*.c only.
 */
#ifndef MODELS_FIELD_TEXT_H
#define MODELS_FIELD_TEXT_H

#include "models/field.h"

static inline const void *value_of(const struct field *f, const void *profile)
{
	return (const char *)profile + f->at;
}

static inline const void *list_item(const struct field *f, const struct list *list, uint32_t i)
{
	return (const char *)list->items + i * field_item_size(f);
}

/** Reads digits from `text`; returns how many there were, 0 also when the number is too large. */
size_t digits_read(const char *text, size_t len, int64_t *out);

/** Writes `value` in multiples of `unit`, "1.5"; NULL when that takes more than six decimals. */
const char *decimal_text(int64_t value, int64_t unit, struct arena *a);

/** A share in millionths: "0.5%". */
#define PER_PERCENT 10000
bool rate_read(const char *text, size_t len, uint32_t *out);

/** Does the text keep to the rule? It comes from where the text is written in a message. */
bool text_fits(enum text_rule rule, const char *text, size_t len);

/** What the rule accepts, for error texts. */
const char *text_wants(enum text_rule rule);

#endif
