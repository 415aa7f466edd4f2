#include "reports/changes.h"

#include <string.h>

/** The header line around a place; false when the place is in the body. */
static bool header_around(const struct payload *p, uint32_t place, struct header_line *h)
{
	const char *lf = memchr(p->bytes, '\n', p->len);
	uint32_t at = lf ? (uint32_t)(lf - p->bytes) + 1 : p->len;
	while (siptext_header(p->bytes, p->len, &at, h))
		if (place < at)
			return true;
	return false;
}

/** The type of a line of SDP: "c=". */
static struct span line_type(const struct payload *p, uint32_t place)
{
	while (place > 0 && p->bytes[place - 1] != '\n')
		place--;
	return (struct span){ p->bytes + place, p->len - place < 2 ? p->len - place : 2 };
}

struct span change_where(const struct payload *after, const struct change *c)
{
	struct header_line h;
	const char *lf = memchr(after->bytes, '\n', after->len);
	if (lf && after->bytes + c->at < lf)
		return SPAN("Request-URI");
	if (header_around(after, c->at, &h))
		return (struct span){ after->bytes + h.name.at, h.name.len };
	return line_type(after, c->at);
}

static bool in_token(char c)
{
	return c && !strchr("\r\n\t ;=,<>\"@:", c);
}

/** The name in ";name=" that ends where the change begins. */
struct span change_parameter(const struct payload *after, const struct change *c)
{
	struct header_line h;
	uint32_t end = c->at > 0 && after->bytes[c->at - 1] == '=' ? c->at - 1 : 0, from = end;
	while (from > 0 && in_token(after->bytes[from - 1]))
		from--;
	if (from == 0 || after->bytes[from - 1] != ';' || !header_around(after, c->at, &h))
		return (struct span){ after->bytes, 0 };
	return (struct span){ after->bytes + from, end - from };
}

static struct span old_words(const struct payload *before, const struct change *c)
{
	return (struct span){ before->bytes + c->old_at, c->old_len };
}

static struct span new_words(const struct payload *after, const struct change *c)
{
	return (struct span){ after->bytes + c->at, c->len };
}

/** The same words for the same: then their parts are named together. */
static bool alike(const struct payload *before, const struct payload *after, const struct change *c,
		  const struct change *d)
{
	return span_equal(old_words(before, c), old_words(before, d)) &&
	       span_equal(new_words(after, c), new_words(after, d));
}

static const char *words_text(struct arena *a, struct span old, struct span new)
{
	if (!old.len)
		return arena_printf(a, "gains %.*s", (int)new.len, new.at);
	if (!new.len)
		return arena_printf(a, "loses %.*s", (int)old.len, old.at);
	return arena_printf(a, "%.*s -> %.*s", (int)old.len, old.at, (int)new.len, new.at);
}

uint32_t changes_list(struct arena *a, const struct payload *before, struct payload *after,
		      const char *texts[static PAYLOAD_CHANGES])
{
	const struct change *c = payload_changes(after);
	const char *parts = NULL;
	uint32_t n = 0;
	for (uint32_t i = 0; i < after->changes; i++) {
		struct span where = change_where(after, &c[i]), parameter = change_parameter(after, &c[i]);
		bool last_of_kind = i + 1 == after->changes || !alike(before, after, &c[i], &c[i + 1]);
		parts = arena_printf(a, "%s%s%.*s%s%.*s", parts ? parts : "", parts ? ", " : "", (int)where.len, where.at,
				     parameter.len ? " " : "", (int)parameter.len, parameter.at);
		if (!last_of_kind)
			continue;
		texts[n++] = arena_printf(a, "%s %s", parts, words_text(a, old_words(before, &c[i]), new_words(after, &c[i])));
		parts = NULL;
	}
	return n;
}

const char *changes_text(struct arena *a, const struct payload *before, struct payload *after)
{
	const char *texts[PAYLOAD_CHANGES], *text = NULL;
	uint32_t n = changes_list(a, before, after, texts);
	for (uint32_t i = 0; i < n; i++)
		text = text ? arena_printf(a, "%s; %s", text, texts[i]) : texts[i];
	return text;
}
