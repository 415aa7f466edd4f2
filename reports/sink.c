#include "reports/sink.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/addr.h"

#define SINK_START 4096

void sink_reserve(struct sink *s, size_t more)
{
	size_t size = s->size ? s->size : SINK_START;
	while (size - s->len < more)
		size *= 2;
	char *bytes = realloc(s->bytes, size);
	if (!bytes) {
		fputs("viaport: out of memory\n", stderr);
		abort();
	}
	s->bytes = bytes;
	s->size = size;
}

void sink_repeat(struct sink *s, char c, size_t n)
{
	if (s->size - s->len < n)
		sink_reserve(s, n);
	if (n)
		memset(s->bytes + s->len, c, n);
	s->len += n;
}

void sink_number(struct sink *s, uint64_t number)
{
	char digits[20];
	sink_put(s, digits, decimal_print(number, digits));
}

void sink_printf(struct sink *s, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n > 0) {
		sink_reserve(s, (size_t)n + 1);
		vsnprintf(s->bytes + s->len, (size_t)n + 1, format, again);
		s->len += (size_t)n;
	}
	va_end(again);
}

void sink_free(struct sink *s)
{
	free(s->bytes);
	*s = (struct sink){ 0 };
}

const char *sink_keep(struct sink *s, struct arena *a)
{
	const char *text = arena_copy(a, s->bytes ? s->bytes : "", s->len);
	sink_free(s);
	return text;
}
