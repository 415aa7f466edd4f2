#include "models/sdp.h"

#include <string.h>

static uint32_t end_of(struct slice s)
{
	return (uint32_t)s.at + s.len;
}

static struct slice slice_of(uint32_t from, uint32_t to)
{
	return (struct slice){ (uint16_t)from, (uint16_t)(to - from) };
}

bool sdp_line(const char *text, uint32_t len, uint32_t *at, struct sdp_line *line)
{
	while (*at < len) {
		uint32_t from = *at;
		const char *lf = memchr(text + from, '\n', len - from);
		uint32_t end = lf ? (uint32_t)(lf - text) : len;
		*at = lf ? end + 1 : len;
		if (end - from < 2 || text[from + 1] != '=')
			continue;
		*line = (struct sdp_line){ text[from], siptext_trim(text, slice_of(from + 2, end)) };
		return true;
	}
	return false;
}

struct slice sdp_word(const char *text, struct slice value, int n)
{
	uint32_t at = value.at, end = end_of(value), from = at;
	for (; n >= 0; n--) {
		while (at < end && text[at] == ' ')
			at++;
		for (from = at; at < end && text[at] != ' ';)
			at++;
	}
	const char *slash = memchr(text + from, '/', at - from);
	return slice_of(from, slash ? (uint32_t)(slash - text) : at);
}

bool sdp_address(const char *text, const struct sdp_line *line, struct slice *place, uint32_t *host)
{
	if (line->type != 'c' && line->type != 'o')
		return false;
	*place = sdp_word(text, line->value, line->type == 'c' ? 2 : 5);
	return host_parse(text + place->at, place->len, host);
}

bool sdp_port(const char *text, const struct sdp_line *line, struct slice *place, uint32_t *port)
{
	if (line->type != 'm')
		return false;
	*place = sdp_word(text, line->value, 1);
	return siptext_number(text, *place, port) && *port <= 65535;
}
