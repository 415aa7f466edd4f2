#include "reports/explain.h"

static void put_part(struct sink *s, const struct paper *paper, const char *head, const char *text)
{
	if (!text)
		return;
	sink_char(s, '\n');
	ink_text(s, paper, INK_BOLD, head);
	sink_char(s, '\n');
	put_paragraph(s, text, 2, paper->width);
}

static void put_title(struct sink *s, const struct paper *paper, const char *id, const char *word,
		      const char *title)
{
	struct sink line = { 0 };
	sink_printf(&line, "%s%s%s: %s", id, word ? " " : "", word ? word : "", title);
	sink_char(&line, '\0');
	put_paragraph(s, line.bytes, 0, paper->width);
	sink_free(&line);
}

void put_cause(struct sink *s, const struct paper *paper, const struct cause *cause)
{
	const struct {
		const char *head, *text;
	} parts[] = {
		{ "What happens", cause->happens },
		{ "On the wire", cause->packets },
		{ "Why", cause->why },
		{ "What cures it", cause->cures },
		{ "Seen with", cause->devices },
		{ "What it does not mean", cause->not },
		{ "Clause", cause->clause },
	};
	put_title(s, paper, cause->id, cause->word, cause->title);
	for (size_t i = 0; i < COUNT(parts); i++)
		put_part(s, paper, parts[i].head, parts[i].text);
}

void put_complaint_kind(struct sink *s, const struct paper *paper, const struct complaint_kind *kind)
{
	put_title(s, paper, kind->code, NULL, kind->title);
	sink_char(s, '\n');
	put_paragraph(s, kind->explanation, 0, paper->width);
}
