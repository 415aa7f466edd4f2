#include "reports/json_scan.h"

/** A place in a text. */
struct scan {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/** Passes a string that begins here. False: it has no end. */
static bool skip_string(struct scan *s)
{
	for (s->at++; s->at < s->end; s->at++) {
		if (*s->at == '\\')
			s->at++;
		else if (*s->at == '"')
			return s->at++, true;
	}
	s->at = s->end;
	return false;
}

/** Passes an object or a list that begins here, or whatever stands there up to the next comma or bracket. */
static bool skip_value(struct scan *s)
{
	int depth = 0;
	while (s->at < s->end) {
		char c = *s->at;
		if (c == '"') {
			if (!skip_string(s))
				return false;
		} else if (c == '{' || c == '[') {
			depth++, s->at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return true;
			depth--, s->at++;
		} else if (c == ',' && depth == 0) {
			return true;
		} else {
			s->at++;
			continue;
		}
		if (depth == 0 && (c == '}' || c == ']' || c == '"'))
			return true;
	}
	return depth == 0;
}

bool range_next(struct cell_range *range, const char **value, size_t *len)
{
	struct scan s = { range->at, range->end };
	while (s.at < s.end && (is_blank(*s.at) || *s.at == ','))
		s.at++;
	*value = s.at;
	if (s.at == s.end || !skip_value(&s))
		return false;
	*len = (size_t)(s.at - *value);
	range->at = s.at;
	return *len > 0;
}

struct cell_range range_inside(const char *value, size_t len, char bracket)
{
	bool has = len >= 2 && *value == bracket;
	return has ? (struct cell_range){ value + 1, value + len - 1 } : (struct cell_range){ value, value };
}

bool member_next(struct cell_range *range, struct member *out)
{
	if (!range_next(range, &out->key, &out->key_len) || *out->key != '"' || out->key_len < 2)
		return false;
	out->key++;
	out->key_len -= 2;
	while (range->at < range->end && (is_blank(*range->at) || *range->at == ':'))
		range->at++;
	return range_next(range, &out->value, &out->len);
}

bool member_is(const struct member *m, const char *key)
{
	return m->key_len == strlen(key) && memcmp(m->key, key, m->key_len) == 0;
}

/* --- strings ------------------------------------------------------------------------------------- */

/** Four hexadecimal digits; 0xFFFD, which stands for what is no character, when they are not there. */
static uint32_t read_hex(struct scan *s)
{
	uint32_t code = 0;
	for (int i = 0; i < 4; i++, s->at++) {
		const char *digits = "0123456789abcdef", *digit = s->at < s->end ? strchr(digits, *s->at | 0x20) : NULL;
		if (!digit || !*digit)
			return 0xFFFD;
		code = code * 16 + (uint32_t)(digit - digits);
	}
	return code;
}

/** Behind "\u": the code point, two of them when the first one is the half of a pair. */
static uint32_t read_code(struct scan *s)
{
	uint32_t code = read_hex(s);
	if (code >> 10 != 0xD800 >> 10 || s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
		return code;
	s->at += 2;
	return 0x10000 + ((code & 0x3FF) << 10) + (read_hex(s) & 0x3FF);
}

static char *put_utf8(char *out, uint32_t code)
{
	static const struct {
		uint32_t below, mark;
		int more; /* bytes that follow */
	} rows[] = { { 0x80, 0, 0 }, { 0x800, 0xC0, 1 }, { 0x10000, 0xE0, 2 }, { UINT32_MAX, 0xF0, 3 } };
	size_t i = 0;
	while (code >= rows[i].below)
		i++;
	*out++ = (char)(rows[i].mark | code >> (6 * rows[i].more));
	for (int k = rows[i].more; k-- > 0;)
		*out++ = (char)(0x80 | (code >> (6 * k) & 0x3F));
	return out;
}

/** One character that may be escaped. Never longer than it was written. */
static char *put_escaped(char *out, struct scan *s)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	char c = *s->at++;
	if (c != '\\' || s->at == s->end) {
		*out++ = c;
		return out;
	}
	c = *s->at++;
	if (c == 'u')
		return put_utf8(out, read_code(s));
	const char *letter = strchr(letters, c);
	*out++ = letter && c ? meant[letter - letters] : c;
	return out;
}

char *string_of(struct arena *a, const char *value, size_t len)
{
	if (len < 2 || *value != '"')
		return NULL;
	struct scan s = { value + 1, value + len - 1 };
	char *text = arena_alloc_raw(a, len), *out = text;
	while (s.at < s.end)
		out = put_escaped(out, &s);
	*out = '\0';
	return text;
}

/* --- a whole result ------------------------------------------------------------------------------ */

/** Depth of the members of a scenario: {"scenarios": [{"cells": [...]}]} */
#define MEMBERS 3

/** Is the string between `from` and `to`, quotes included, the key of the cells? */
static bool is_cells(const char *from, const char *to)
{
	static const char key[] = "\"cells\"";
	return (size_t)(to - from) == strlen(key) && memcmp(from, key, strlen(key)) == 0;
}

/** Behind the key: passes the list, and notes what is between its brackets. */
static bool take_cells(struct scan *s, struct cell_range *range)
{
	while (s->at < s->end && (is_blank(*s->at) || *s->at == ':'))
		s->at++;
	if (s->at == s->end || *s->at != '[')
		return false;
	range->at = s->at + 1;
	if (!skip_value(s))
		return false;
	range->end = s->at - 1;
	return true;
}

bool result_scan(const char *json, size_t len, struct sink *head, struct cell_range *ranges, uint32_t max, uint32_t *n)
{
	struct scan s = { json, json + len };
	const char *copied = json; /* up to here */
	int depth = 0;
	*n = 0;
	while (s.at < s.end) {
		const char *from = s.at;
		if (*from == '"') {
			if (!skip_string(&s))
				return false;
			struct cell_range range;
			if (depth != MEMBERS || !is_cells(from, s.at))
				continue;
			const char *behind = s.at;
			if (!take_cells(&s, &range)) {
				s.at = behind; /* a value, or no list */
				continue;
			}
			sink_put(head, copied, (size_t)(range.at - copied));
			copied = range.end;
			if (*n < max)
				ranges[*n] = range;
			++*n;
		} else {
			depth += (*from == '{' || *from == '[') - (*from == '}' || *from == ']');
			s.at++;
		}
	}
	sink_put(head, copied, (size_t)(s.end - copied));
	return depth == 0;
}
