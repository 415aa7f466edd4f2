/*
 * A growable buffer that reports write into. Whoever owns it decides where the bytes go.
 *
 *	struct sink s = { 0 };
 *	sink_text(&s, "54 cells");
 *	fwrite(s.bytes, 1, s.len, file);
 *	sink_free(&s);
 *
 * Out of memory ends the program.
 */
#ifndef REPORTS_SINK_H
#define REPORTS_SINK_H

#include <stdarg.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/base.h"

/** Zeroed memory is an empty sink. */
struct sink {
	char *bytes; /* `len` bytes, not closed by a zero */
	size_t len, size;
};

/** Makes room for `more` bytes behind the last one. */
void sink_reserve(struct sink *s, size_t more);

static inline void sink_put(struct sink *s, const char *bytes, size_t n)
{
	if (s->size - s->len < n)
		sink_reserve(s, n);
	if (n)
		memcpy(s->bytes + s->len, bytes, n);
	s->len += n;
}

static inline void sink_char(struct sink *s, char c)
{
	sink_put(s, &c, 1);
}

static inline void sink_text(struct sink *s, const char *text)
{
	sink_put(s, text, strlen(text));
}

/** The same character `n` times. */
void sink_repeat(struct sink *s, char c, size_t n);

/** A number in decimal. */
void sink_number(struct sink *s, uint64_t number);

/** printf into the sink; for what is not written once per cell. */
void sink_printf(struct sink *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Forgets the bytes and keeps the memory. */
static inline void sink_clear(struct sink *s)
{
	s->len = 0;
}

/** Gives the memory back; the sink is empty again. */
void sink_free(struct sink *s);

/** What was written, as a text that lives in `a`; the sink is empty again. */
const char *sink_keep(struct sink *s, struct arena *a);

#endif
