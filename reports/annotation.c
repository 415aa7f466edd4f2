#include "reports/annotation.h"

/** Percent signs and what is special where the text stands. */
static void put_escaped(struct sink *s, const char *text, size_t n, const char *special)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20 || c == '%' || strchr(special, c))
			sink_printf(s, "%%%02X", c);
		else
			sink_char(s, text[i]);
	}
}

static void put_property(struct sink *s, const char *text)
{
	put_escaped(s, text, strlen(text), ":,");
}

void put_annotation(struct sink *s, const struct annotated *about)
{
	sink_text(s, "::error file=");
	put_property(s, about->file);
	sink_printf(s, ",line=%u", about->line);
	if (about->column)
		sink_printf(s, ",col=%u", about->column);
	sink_text(s, ",title=");
	put_property(s, about->title);
	sink_text(s, "::");
}

void put_annotation_text(struct sink *s, const char *text, size_t n)
{
	put_escaped(s, text, n, "");
}

void put_more_annotations(struct sink *s, uint64_t n)
{
	sink_text(s, "::error::and ");
	sink_number(s, n);
	sink_text(s, " more\n");
}
