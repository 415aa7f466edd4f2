#include <assert.h>

#include "reports/diagram_shared.h"

uint32_t page_add_box(struct laying *l, const char *html)
{
	assert(l->page->n_boxes < l->boxes_max);
	l->page->boxes[l->page->n_boxes] = (struct page_box){ .html = html };
	return l->page->n_boxes++;
}

struct page_line *page_add_line(struct laying *l, double x1, double y1, double x2, double y2, enum picture_ink ink,
				double width)
{
	assert(l->page->n_lines < l->lines_max);
	struct page_line *line = &l->page->lines[l->page->n_lines++];
	*line = (struct page_line){ x1, y1, x2, y2, ink, width, false, false };
	return line;
}

static void make_room(struct laying *l)
{
	const struct diagram *d = l->d;
	uint32_t per_step = 5 + STEP_TABLES + PATCHES_MAX;
	l->boxes_max = d->n_steps * per_step + d->n_lanes * 4 + d->n_verdicts + 2 + LEGEND;
	l->lines_max = d->n_steps * (6 + STEP_TABLES) + d->n_lanes * 2 * (d->n_steps + 1);
	l->page->boxes = arena_alloc(l->arena, l->boxes_max * sizeof *l->page->boxes);
	l->page->lines = arena_alloc(l->arena, (l->lines_max + 1) * sizeof *l->page->lines);
	l->page->areas = arena_alloc(l->arena, (d->n_lanes + d->n_steps + 1) * sizeof *l->page->areas);
	l->page->n_areas = d->n_lanes; /* one for each lane, empty unless it is wide */
	l->steps = arena_alloc(l->arena, (d->n_steps + 1) * sizeof *l->steps);
	l->lanes = arena_alloc(l->arena, (d->n_lanes + 1) * sizeof *l->lanes);
	l->columns = arena_alloc(l->arena, (2 * d->n_lanes + 1) * sizeof *l->columns);
	l->arrow_y = arena_alloc(l->arena, (d->n_steps + 1) * sizeof *l->arrow_y);
}

bool page_lay(struct arena *a, struct painter *painter, const struct diagram *d, struct page *out)
{
	struct laying l = { .arena = a, .d = d, .page = out };
	struct around around = { 0 };
	*out = (struct page){ .title = d->title, .desc = d->desc };
	make_room(&l);
	if (d->n_lanes)
		boxes_of_times(&l);
	for (uint32_t i = 0; i < d->n_lanes; i++)
		boxes_of_lane(&l, i);
	for (uint32_t i = 0; i < d->n_steps; i++)
		boxes_of_step(&l, i);
	uint32_t inner = out->n_boxes;
	if (!boxes_measure(&l, painter, 0))
		return false;
	if (d->n_lanes)
		columns_set_widths(&l);
	around_boxes(&l, &around);
	if (!boxes_measure(&l, painter, inner))
		return false;
	double y = around_lay_above(&l, &around);
	if (d->n_lanes)
		y = rows_lay(&l, y) + 8;
	out->height = around_lay_below(&l, &around, y) + 2;
	return true;
}
