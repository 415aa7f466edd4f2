/*
 * A sequence diagram on a page: every text a box, every place known, nothing over anything else.
 *
 * Between the edges of lanes the page is cut into columns, and each column has a cursor that goes down. A text belongs to one
 * column, which is as wide as its widest text; so nothing can lie over anything else, and the page is as wide as it must be.
 * Units are points (1/72 inch); y grows downwards here, and upwards in DOT.
 */
#ifndef REPORTS_DIAGRAM_PAGE_H
#define REPORTS_DIAGRAM_PAGE_H

#include "reports/diagram.h"
#include "reports/picture.h"

/** A text with all that frames it. */
struct page_box {
	const char *html;  /* a label of Graphviz */
	bool note;	   /* it lies on a sheet with a folded corner */
	double x, y, w, h; /* upper left corner and size */
};

struct page_line {
	double x1, y1, x2, y2;
	enum picture_ink ink;
	double width;
	bool dashed, head;
};

/** An area behind everything: a router, or what is folded. */
struct page_area {
	double x1, y1, x2, y2;
};

struct page {
	struct page_box *boxes;
	struct page_line *lines;
	struct page_area *areas;
	uint32_t n_boxes, n_lines, n_areas;
	double width, height;
	const char *title, *desc;
};

/** Lays it out in `a`. False when Graphviz cannot measure text. */
bool page_lay(struct arena *a, struct painter *painter, const struct diagram *d, struct page *out);

/** All of it as a graph with every node and edge pinned, for the engine nop2. */
void put_page_dot(struct sink *s, const struct page *page);

#endif
