#include "reports/diagram_label.h"

#include <string.h>

#include "reports/utf8.h"
#include "reports/xml.h"

#define PATCH_COLUMNS 30 /* a longer one is broken into lines */

/* Graphviz measures in whole pixels at 96 dots per inch: only multiples of 3 points come out as wide as they are drawn. */
static const struct {
	int size;
	enum picture_ink ink;
	bool bold, centred;
} looks[LOOKS] = {
	[LOOK_TITLE] = { 15, PICTURE_INK, true, false },
	[LOOK_VERDICT] = { 12, PICTURE_INK, true, false },
	[LOOK_PLAIN] = { 12, PICTURE_INK, false, false },
	[LOOK_FAINT] = { 12, PICTURE_MUTE, false, false },
	[LOOK_NAME] = { 12, PICTURE_INK, true, false },
	[LOOK_GOES] = { 12, PICTURE_GO, true, false },
	[LOOK_GOES_SO] = { 12, PICTURE_GO, false, false },
	[LOOK_LOST_SO] = { 12, PICTURE_BAD, false, false },
	[LOOK_LOST] = { 12, PICTURE_BAD, true, false },
	[LOOK_DEATH] = { 12, PICTURE_BAD, true, true },
	[LOOK_BADGE] = { 9, PICTURE_BADGE, true, false },
	[LOOK_TABLE_HEAD] = { 12, PICTURE_BADGE, true, false },
	[LOOK_REFUSED] = { 12, PICTURE_STALE_EDGE, true, false },
};

/** The size and colour of a node are said once for all of them: Graphviz takes its time for each tag. */
static bool is_usual(enum text_look look)
{
	return looks[look].size == PICTURE_SIZE && looks[look].ink == PICTURE_INK;
}

static void put_font(struct sink *s, enum text_look look)
{
	sink_text(s, "<FONT");
	if (looks[look].size != PICTURE_SIZE)
		sink_printf(s, " POINT-SIZE=\"%d\"", looks[look].size);
	if (looks[look].ink != PICTURE_INK)
		sink_printf(s, " COLOR=\"%s\"", picture_inks[looks[look].ink].light);
	sink_char(s, '>');
}

/** So many bytes of it; a blank that is not dropped when there are none. */
static void put_text(struct sink *s, enum text_look look, const char *text, size_t n)
{
	struct xml x = { s };
	sink_text(s, looks[look].bold ? "<B>" : "");
	if (!is_usual(look))
		put_font(s, look);
	if (n)
		xml_text(&x, text, n);
	else
		sink_text(s, "\xC2\xA0");
	sink_text(s, is_usual(look) ? "" : "</FONT>");
	sink_text(s, looks[look].bold ? "</B>" : "");
}

void put_label_text(struct sink *s, enum text_look look, const char *text)
{
	put_text(s, look, text, strlen(text));
}

const char *label_line(struct arena *a, enum text_look look, const char *text)
{
	struct sink s = { 0 };
	put_label_text(&s, look, text);
	return sink_keep(&s, a);
}

const char *label_arrow(struct arena *a, bool lost, const char *label, const char *detail)
{
	struct sink s = { 0 };
	put_label_text(&s, lost ? LOOK_LOST : LOOK_GOES, label);
	if (detail) /* browsers drop a blank at the beginning */
		put_label_text(&s, lost ? LOOK_LOST_SO : LOOK_GOES_SO, arena_printf(a, "\xC2\xA0%s", detail));
	return sink_keep(&s, a);
}

/* --- of several lines --------------------------------------------------------------------------------- */

/** May a line end here? A word of one letter stays with the one before it: "30 s". */
static bool may_end(const char *text)
{
	return *text == '\0' || (*text == ' ' && text[1] && text[2] && text[2] != ' ');
}

/** How much of a text makes a line. */
static size_t line_length(const char *text, size_t columns)
{
	size_t end = 0, width = 0, blank = 0;
	for (size_t len = strlen(text); end < len && width < columns; width++) {
		size_t n = utf8_char(text + end, len - end);
		end += n ? n : 1;
		if (may_end(text + end))
			blank = end;
	}
	return blank ? blank : end;
}

const char *label_paragraph(struct arena *a, enum text_look look, const char *text, size_t columns)
{
	struct sink s = { 0 };
	if (line_length(text, columns) == strlen(text))
		return label_line(a, look, text);
	sink_text(&s, "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">");
	do {
		size_t n = line_length(text, columns);
		sink_printf(&s, "<TR><TD ALIGN=\"%s\">", looks[look].centred ? "CENTER" : "LEFT");
		put_text(&s, look, text, n);
		sink_text(&s, "</TD></TR>");
		text += n;
		while (*text == ' ')
			text++;
	} while (*text);
	sink_text(&s, "</TABLE>");
	return sink_keep(&s, a);
}

/* --- badges ------------------------------------------------------------------------------------------- */

static const struct patch_look {
	const char *word, *style;
	enum picture_ink fill, edge;
} patch_looks[MARKS] = {
	[MARK_NEW] = { "NEW", "", PICTURE_NEW, PICTURE_NEW_EDGE },
	[MARK_STALE] = { "STALE", " STYLE=\"dashed\"", PICTURE_STALE, PICTURE_STALE_EDGE },
};

const char *label_patch(struct arena *a, enum diagram_mark mark, const char *text)
{
	const struct patch_look *look = &patch_looks[mark];
	struct sink s = { 0 };
	if (!look->word)
		return label_line(a, LOOK_PLAIN, text);
	sink_printf(&s,
		    "<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\" COLOR=\"%s\" "
		    "BGCOLOR=\"%s\"%s><TR>",
		    picture_inks[look->edge].light, picture_inks[look->fill].light, look->style);
	sink_printf(&s, "<TD BGCOLOR=\"%s\" CELLPADDING=\"3\" VALIGN=\"%s\">", picture_inks[look->edge].light,
		    strlen(text) > PATCH_COLUMNS ? "MIDDLE" : "BOTTOM");
	put_label_text(&s, LOOK_BADGE, look->word);
	sink_text(&s, "</TD><TD CELLPADDING=\"3\">");
	sink_text(&s, label_paragraph(a, LOOK_PLAIN, text, PATCH_COLUMNS));
	sink_text(&s, "</TD></TR></TABLE>");
	return sink_keep(&s, a);
}

/* --- tables ------------------------------------------------------------------------------------------- */

static void put_cell(struct sink *s, enum text_look look, const char *text)
{
	sink_text(s, "<TD ALIGN=\"LEFT\">");
	put_label_text(s, look, text);
	sink_text(s, "</TD>");
}

/** A row of one cell. */
static void put_broad_cell(struct sink *s, enum text_look look, enum picture_ink fill, const char *text)
{
	sink_printf(s, "<TR><TD COLSPAN=\"%d\" BGCOLOR=\"%s\">", TABLE_COLUMNS, picture_inks[fill].light);
	put_label_text(s, look, text);
	sink_text(s, "</TD></TR>");
}

static void put_cells(struct sink *s, enum text_look look, const char *const *cells, size_t skip)
{
	sink_text(s, "<TR>");
	for (uint32_t k = 0; k < TABLE_COLUMNS; k++)
		put_cell(s, look, cells[k] + (k == TABLE_OUTSIDE ? skip : 0));
	sink_text(s, "</TR>");
}

static size_t length_of_host(const char *end, const char *own)
{
	size_t n = own ? strlen(own) : 0;
	return n && strncmp(end, own, n) == 0 && end[n] == ':' ? n : 0;
}

const char *label_table(struct arena *a, const struct table_view *view, const char *own)
{
	struct sink s = { 0 };
	sink_printf(&s,
		    "<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"3\" COLOR=\"%s\" "
		    "BGCOLOR=\"%s\">",
		    picture_inks[PICTURE_MUTE].light, picture_inks[PICTURE_SHEET].light);
	put_broad_cell(&s, LOOK_TABLE_HEAD, PICTURE_MUTE, view->title);
	if (view->n)
		put_cells(&s, LOOK_FAINT, table_heads, 0);
	for (uint32_t i = 0; i < view->n; i++)
		put_cells(&s, LOOK_PLAIN, view->rows[i], length_of_host(view->rows[i][TABLE_OUTSIDE], own));
	if (view->more)
		put_broad_cell(&s, LOOK_FAINT, PICTURE_SHEET, table_more(a, view));
	if (view->asked)
		put_broad_cell(&s, LOOK_REFUSED, PICTURE_STALE, view->asked);
	sink_text(&s, "</TABLE>");
	return sink_keep(&s, a);
}
