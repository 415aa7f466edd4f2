#include "reports/diagram_page.h"

static void put_box(struct sink *s, const struct page *page, uint32_t i)
{
	const struct page_box *b = &page->boxes[i];
	sink_printf(s, "\t%u [pos=\"%.2f,%.2f\" label=<%s>", i, b->x + b->w / 2, page->height - b->y - b->h / 2,
		    b->html);
	if (b->note)
		sink_printf(
			s,
			" shape=note style=filled margin=\"0.14,0.04\" width=0 height=0 fillcolor=\"%s\" color=\"%s\"",
			picture_inks[PICTURE_SHEET].light, picture_inks[PICTURE_MUTE].light);
	sink_text(s, "]\n");
}

/** A spline with one straight piece, whose control points are at thirds; it ends where its head begins. */
static void put_line(struct sink *s, const struct page *page, const struct page_line *l)
{
	double way = l->x2 > l->x1 ? 1 : -1, tip = l->x2 - way * 2.2;
	double end = l->head ? tip - way * 9 : l->x2, y1 = page->height - l->y1, y2 = page->height - l->y2;
	sink_text(s, "\ta -> a [pos=\"");
	if (l->head)
		sink_printf(s, "e,%.2f,%.2f ", tip, y2);
	sink_printf(s, "%.2f,%.2f %.2f,%.2f %.2f,%.2f %.2f,%.2f\" color=\"%s\" penwidth=%.1f", l->x1, y1,
		    l->x1 + (end - l->x1) / 3, y1 + (y2 - y1) / 3, l->x1 + (end - l->x1) * 2 / 3,
		    y1 + (y2 - y1) * 2 / 3, end, y2, picture_inks[l->ink].light, l->width);
	sink_printf(s, "%s%s]\n", l->dashed ? " style=dashed" : "", l->head ? "" : " arrowhead=none");
}

/** A line as thick as the area is high: clusters come out in the order of their addresses in memory. */
static void put_area(struct sink *s, const struct page *page, const struct page_area *a)
{
	double y = (a->y1 + a->y2) / 2;
	if (a->x2 > a->x1)
		put_line(s, page, &(struct page_line){ a->x1, y, a->x2, y, PICTURE_LANE, a->y2 - a->y1 });
}

static void put_quoted(struct sink *s, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			sink_char(s, '\\');
		sink_char(s, (unsigned char)*text < ' ' ? ' ' : *text);
	}
}

void put_page_dot(struct sink *s, const struct page *page)
{
	sink_text(s, "digraph \"");
	put_quoted(s, page->title ? page->title : "");
	sink_printf(s,
		    "\" {\n\tgraph [bb=\"0,0,%.2f,%.2f\" bgcolor=\"%s\" outputorder=edgesfirst margin=0 "
		    "charset=\"UTF-8\"]\n",
		    page->width, page->height, picture_inks[PICTURE_PAPER].light);
	sink_text(s, "\t// Every place is pinned: neato -n2 -Tsvg\n");
	sink_printf(s,
		    "\tnode [shape=plain fontname=\"" PICTURE_FONT "\" fontsize=%d fontcolor=\"%s\"]\n"
		    "\tedge [arrowsize=0.9]\n",
		    PICTURE_SIZE, picture_inks[PICTURE_INK].light);
	sink_text(s, "\ta [pos=\"0,0\" shape=point style=invis label=\"\"]\n");
	for (uint32_t i = 0; i < page->n_areas; i++)
		put_area(s, page, &page->areas[i]);
	for (uint32_t i = 0; i < page->n_lines; i++)
		put_line(s, page, &page->lines[i]);
	for (uint32_t i = 0; i < page->n_boxes; i++)
		put_box(s, page, i);
	sink_text(s, "}\n");
}
