#include "reports/json.h"

#include "reports/utf8.h"

void json_open(struct json *j, char bracket)
{
	sink_char(j->out, bracket);
	j->more = false;
}

void json_close(struct json *j, char bracket)
{
	sink_char(j->out, bracket);
	j->more = true;
}

void json_item(struct json *j)
{
	if (j->more)
		sink_put(j->out, ", ", j->tight ? 1 : 2);
}

void json_key(struct json *j, const char *key)
{
	json_item(j);
	json_text(j, key);
	sink_put(j->out, ": ", j->tight ? 1 : 2);
}

void json_number(struct json *j, uint64_t number)
{
	sink_number(j->out, number);
	j->more = true;
}

void json_bool(struct json *j, bool yes)
{
	sink_text(j->out, yes ? "true" : "false");
	j->more = true;
}

void json_null(struct json *j)
{
	sink_put(j->out, "null", 4);
	j->more = true;
}

/** Control characters, the quote and the backslash, RFC 8259 7; the delete character too, for terminals. */
static void put_escape(struct sink *out, unsigned char c)
{
	static const char letters[] = "b\bt\tn\nf\fr\r\"\"\\\\";
	static const char hex[] = "0123456789abcdef";
	sink_char(out, '\\');
	for (const char *l = letters; *l; l += 2) {
		if ((unsigned char)l[1] == c) {
			sink_char(out, *l);
			return;
		}
	}
	sink_put(out, (char[]){ 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 5);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/** Puts the plain characters at `bytes` and returns how many they were. */
static size_t put_plain(struct sink *out, const char *bytes, size_t n)
{
	size_t i = 0;
	while (i < n && is_plain((unsigned char)bytes[i]))
		i++;
	sink_put(out, bytes, i);
	return i;
}

/** Puts one character that is not plain and returns its length. */
static size_t put_special(struct sink *out, const char *bytes, size_t n)
{
	if ((unsigned char)*bytes < 0x80) {
		put_escape(out, (unsigned char)*bytes);
		return 1;
	}
	size_t length = utf8_char(bytes, n);
	if (length)
		sink_put(out, bytes, length);
	else
		sink_text(out, "\xEF\xBF\xBD");
	return length ? length : 1;
}

static size_t put_byte_as_character(struct sink *out, const char *bytes, size_t n)
{
	unsigned char c = (unsigned char)*bytes;
	(void)n;
	if (c < 0x80)
		put_escape(out, c);
	else
		sink_put(out, (char[]){ (char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F)) }, 2);
	return 1;
}

static void put_escaped(struct sink *out, const char *bytes, size_t n,
			size_t (*special)(struct sink *, const char *, size_t))
{
	for (size_t i = 0; i < n;) {
		i += put_plain(out, bytes + i, n - i);
		if (i < n)
			i += special(out, bytes + i, n - i);
	}
}

void json_quote(struct json *j)
{
	sink_char(j->out, '"');
	j->more = true;
}

void json_piece(struct json *j, const char *text)
{
	put_escaped(j->out, text, strlen(text), put_special);
}

void json_string(struct json *j, const char *bytes, size_t n)
{
	json_quote(j);
	put_escaped(j->out, bytes, n, put_special);
	json_quote(j);
}

void json_latin1(struct json *j, const char *bytes, size_t n)
{
	json_quote(j);
	put_escaped(j->out, bytes, n, put_byte_as_character);
	json_quote(j);
}

void json_text(struct json *j, const char *text)
{
	if (text)
		json_string(j, text, strlen(text));
	else
		json_null(j);
}
