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
