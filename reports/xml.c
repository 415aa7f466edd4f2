#include "reports/xml.h"

#include "reports/utf8.h"

/* --- characters ------------------------------------------------------------------------------ */

/** Characters that are written as something else. */
static const struct {
	const char *bytes, *written;
} escapes[] = {
	{ "&", "&amp;" },
	{ "<", "&lt;" },
	{ ">", "&gt;" },
	{ "\"", "&quot;" },
	{ "\xEF\xBF\xBE", "\xEF\xBF\xBD" }, /* U+FFFE and U+FFFF: XML 1.0 2.2 */
	{ "\xEF\xBF\xBF", "\xEF\xBF\xBD" },
};

/** C0 at U+2400 and what follows, the delete character at U+2421. */
static void put_picture(struct sink *s, unsigned char c)
{
	unsigned char last = c == 0x7F ? 0x21 : c;
	sink_put(s, (char[]){ (char)0xE2, (char)0x90, (char)(0x80 | last) }, 3);
}

/** U+0080 to U+009F. */
static bool is_c1(const char *text, size_t n)
{
	return n == 2 && (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0;
}

/** One character of `n` bytes; 0: a byte that is none. */
static void put_character(struct sink *s, const char *text, size_t n)
{
	for (size_t i = 0; i < COUNT(escapes); i++) {
		if (strlen(escapes[i].bytes) == n && memcmp(escapes[i].bytes, text, n) == 0) {
			sink_text(s, escapes[i].written);
			return;
		}
	}
	if (n == 0 || is_c1(text, n))
		sink_text(s, "\xEF\xBF\xBD");
	else if ((unsigned char)*text < 0x20 || *text == 0x7F)
		put_picture(s, (unsigned char)*text);
	else
		sink_put(s, text, n);
}

/** `allowed`: control characters that stay. */
static void put_characters(struct sink *s, const char *text, size_t n, const char *allowed)
{
	for (size_t i = 0; i < n;) {
		size_t length = utf8_char(text + i, n - i);
		if (text[i] && strchr(allowed, text[i]))
			sink_char(s, text[i]);
		else
			put_character(s, text + i, length);
		i += length ? length : 1;
	}
}

void put_xml_value(struct sink *s, const char *text, size_t n)
{
	put_characters(s, text, n, "");
}

/* --- elements -------------------------------------------------------------------------------- */

static void end_tag(struct xml *x)
{
	if (x->in_tag)
		sink_char(x->out, '>');
	x->in_tag = false;
}

void xml_begin(struct xml *x)
{
	sink_text(x->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void xml_open(struct xml *x, const char *name)
{
	end_tag(x);
	sink_char(x->out, '<');
	sink_text(x->out, name);
	x->in_tag = true;
}

void xml_key(struct xml *x, const char *name)
{
	sink_char(x->out, ' ');
	sink_text(x->out, name);
	sink_text(x->out, "=\"");
}

void xml_quote(struct xml *x)
{
	sink_char(x->out, '"');
}

void xml_attribute(struct xml *x, const char *name, const char *value)
{
	xml_key(x, name);
	put_xml_value(x->out, value, strlen(value));
	xml_quote(x);
}

void xml_number(struct xml *x, const char *name, uint64_t value)
{
	xml_key(x, name);
	sink_number(x->out, value);
	xml_quote(x);
}

void xml_text(struct xml *x, const char *text, size_t n)
{
	end_tag(x);
	put_characters(x->out, text, n, "\t\n");
}

void xml_close(struct xml *x, const char *name)
{
	if (x->in_tag)
		sink_text(x->out, "/>");
	else
		sink_text(x->out, "</"), sink_text(x->out, name), sink_char(x->out, '>');
	x->in_tag = false;
}

void xml_line(struct xml *x)
{
	end_tag(x);
	sink_char(x->out, '\n');
}
