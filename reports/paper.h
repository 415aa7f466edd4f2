/*
 * What text is written on: how wide it is, whether it shows more than ASCII, whether it has colours.
 * Colour is only ever added to words that say the same.
 */
#ifndef REPORTS_PAPER_H
#define REPORTS_PAPER_H

#include "reports/sink.h"

struct paper {
	uint32_t width; /* columns; at least 60 */
	bool utf8, colour;
};

enum ink { INK_PLAIN, INK_GOOD, INK_POOR, INK_BAD, INK_FAINT, INK_BOLD };

/** The escape sequence of an ink, "" without colour. */
const char *ink_code(const struct paper *p, enum ink ink);

/** A text in an ink. */
void ink_text(struct sink *s, const struct paper *p, enum ink ink, const char *text);

/** A text and then blanks up to `width` columns, and one when it is wider. */
void put_padded(struct sink *s, const char *text, size_t width);

/**
 * A text broken between words. The first line goes on at column `column` (from 0), the others begin at
 * `indent`; no line goes beyond `width` unless a single word does. Behind `indent` the first word may begin a
 * new line, too. A line break in the text is kept. No line end is put.
 */
void put_wrapped(struct sink *s, const char *text, size_t column, size_t indent, size_t width);

/** put_wrapped() that begins at `indent` and ends the line: a paragraph. */
void put_paragraph(struct sink *s, const char *text, size_t indent, size_t width);

/** A number with its noun: "1 cell", "1,200 cells". */
void put_count(struct sink *s, uint64_t n, const char *noun);

/** A number with a comma between thousands. */
void put_thousands(struct sink *s, uint64_t n);

/** A time in seconds with three decimals, right-aligned to `width` columns. */
void put_seconds(struct sink *s, usec at, size_t width);

/** A word as a shell takes it: in single quotes when it needs them. */
void put_shell_word(struct sink *s, const char *word);

#endif
