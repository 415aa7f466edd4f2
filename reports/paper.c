#include "reports/paper.h"

#include <stdio.h>

#include "reports/utf8.h"

static const char *const ink_codes[] = {
	[INK_PLAIN] = "",	  [INK_GOOD] = "\033[32m", [INK_POOR] = "\033[33m",
	[INK_BAD] = "\033[1;31m", [INK_FAINT] = "\033[2m", [INK_BOLD] = "\033[1m",
};

const char *ink_code(const struct paper *p, enum ink ink)
{
	return p->colour ? ink_codes[ink] : "";
}

void ink_text(struct sink *s, const struct paper *p, enum ink ink, const char *text)
{
	const char *code = ink_code(p, ink);
	sink_text(s, code);
	sink_text(s, text);
	if (*code)
		sink_text(s, "\033[0m");
}

void put_padded(struct sink *s, const char *text, size_t width)
{
	size_t have = utf8_width(text, strlen(text));
	sink_text(s, text);
	sink_repeat(s, ' ', have <= width ? width - have : 1);
}

/** A line that is being filled. */
struct wrap {
	struct sink *out;
	size_t column, indent, width;
	bool fresh; /* nothing stands on this line yet */
};

static void wrap_line(struct wrap *w, size_t indent)
{
	sink_char(w->out, '\n');
	sink_repeat(w->out, ' ', indent);
	w->column = indent;
	w->fresh = true;
}

/** The next word, behind so many blanks unless it begins a line. */
static void wrap_word(struct wrap *w, size_t blanks, const char *word, size_t length)
{
	size_t columns = utf8_width(word, length);
	if (!w->fresh && w->column + blanks + columns > w->width)
		wrap_line(w, w->indent);
	if (w->fresh)
		blanks = 0;
	sink_repeat(w->out, ' ', blanks);
	sink_put(w->out, word, length);
	w->column += blanks + columns;
	w->fresh = false;
}

void put_wrapped(struct sink *s, const char *text, size_t column, size_t indent, size_t width)
{
	struct wrap w = { s, column, indent, width, column <= indent };
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t length = strcspn(text + blanks, " \n");
		if (length)
			wrap_word(&w, blanks, text + blanks, length);
		text += blanks + length;
		if (*text == '\n') {
			text++;
			wrap_line(&w, *text ? indent : 0);
		}
	}
}

void put_paragraph(struct sink *s, const char *text, size_t indent, size_t width)
{
	sink_repeat(s, ' ', indent);
	put_wrapped(s, text, indent, indent, width);
	sink_char(s, '\n');
}

void put_thousands(struct sink *s, uint64_t n)
{
	if (n >= 1000) {
		put_thousands(s, n / 1000);
		sink_printf(s, ",%03u", (unsigned)(n % 1000));
	} else {
		sink_number(s, n);
	}
}

void put_count(struct sink *s, uint64_t n, const char *noun)
{
	put_thousands(s, n);
	sink_printf(s, " %s%s", noun, n == 1 ? "" : "s");
}

void put_seconds(struct sink *s, usec at, size_t width)
{
	char text[32];
	snprintf(text, sizeof text, "%lld.%03d", (long long)(at / SEC), (int)(at % SEC / MSEC));
	sink_printf(s, "%*s", (int)width, text);
}

void put_shell_word(struct sink *s, const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:@+%";
	if (*word && !word[strspn(word, safe)]) {
		sink_text(s, word);
		return;
	}
	sink_char(s, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			sink_text(s, "'\\''");
		else
			sink_char(s, *word);
	}
	sink_char(s, '\'');
}
