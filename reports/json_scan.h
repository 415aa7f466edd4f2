/*
 * Finds values in JSON text without building anything from them: results may be larger than memory likes.
 */
#ifndef REPORTS_JSON_SCAN_H
#define REPORTS_JSON_SCAN_H

#include "reports/sink.h"
#include "sim/arena.h"

/** What is between the brackets of a list or an object, such as the cells of one scenario of a result. */
struct cell_range {
	const char *at, *end;
};

/**
 * Copies a result without its cells into `head` and notes where those of each scenario stand.
 *
 * @param ranges  room for `max`; *n comes back, which may be more than `max`: then call again with more room
 * @return        false when brackets or quotes do not match: the text was cut off
 */
bool result_scan(const char *json, size_t len, struct sink *head, struct cell_range *ranges, uint32_t max, uint32_t *n);

/** Takes the next value of a list away from the range; false at its end. Brackets match there. */
bool range_next(struct cell_range *range, const char **value, size_t *len);

/** What is between the brackets of a value; nothing when it has none of that kind, '{' or '['. */
struct cell_range range_inside(const char *value, size_t len, char bracket);

/** A member of an object, as it was written; the key without its quotes. */
struct member {
	const char *key, *value;
	size_t key_len, len;
};

/** Takes the next member of an object away from the range; false at its end. */
bool member_next(struct cell_range *range, struct member *out);

/** Is that the key of the member? */
bool member_is(const struct member *m, const char *key);

/** The text of a string in the arena, what is escaped (RFC 8259 7) as UTF-8; NULL when the value is no string. */
char *string_of(struct arena *a, const char *value, size_t len);

#endif
