#include "reports/diagram_shared.h"

#define BAND_MARGIN 12 /* beside what a band says */
#define STUB	    56 /* length of an arrow that leads nowhere */

static void place(const struct laying *l, uint32_t i, double middle, double y)
{
	box_at(l, i)->x = middle - box_at(l, i)->w / 2;
	box_at(l, i)->y = y;
}

static void take(struct laying *l, uint32_t column, double until)
{
	l->columns[column].free = larger(l->columns[column].free, until);
}

/** In the middle of a column, below what is there; not above `y`. */
static void place_below(struct laying *l, uint32_t column, uint32_t i, double y)
{
	y = larger(y, l->columns[column].free);
	place(l, i, middle_x(l, column), y);
	l->columns[column].written = y + box_at(l, i)->h;
	take(l, column, y + box_at(l, i)->h + 3);
}

/** Its time stands at the height of `y`. */
static void place_time(struct laying *l, uint32_t i, double y)
{
	if (i == NO_BOX)
		return;
	box_at(l, i)->x = l->time - box_at(l, i)->w;
	box_at(l, i)->y = y - box_at(l, i)->h / 2;
	l->time_free = y + box_at(l, i)->h / 2;
}

static double time_needs(const struct laying *l, uint32_t i)
{
	return i == NO_BOX ? 0 : l->time_free + box_at(l, i)->h / 2;
}

/** A note hangs on the lane that it is about. */
static void tie(struct laying *l, uint32_t i, double x)
{
	const struct page_box *b = box_at(l, i);
	double y = b->y + b->h / 2;
	if (x < b->x)
		page_add_line(l, x, y, b->x, y, PICTURE_MUTE, 0.8);
	else
		page_add_line(l, b->x + b->w, y, x, y, PICTURE_MUTE, 0.8);
}

static void lay_note(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	double h = box_at(l, b->note)->h, y = larger(l->columns[b->near].free + 2, l->last_y);
	y = larger(y, time_needs(l, b->time) - h / 2);
	place_below(l, b->near, b->note, y);
	place_time(l, b->time, y + h / 2);
	tie(l, b->note, edge_x(l, b->near > 2 * s->from.lane ? 2 * s->from.lane + 1 : 2 * s->from.lane));
	l->last_y = y + h / 2;
	take(l, b->near, y + h + 6);
}

static void lay_cross(struct laying *l, double x, double y)
{
	page_add_line(l, x - 6, y - 6, x + 6, y + 6, PICTURE_BAD, 3.2);
	page_add_line(l, x - 6, y + 6, x + 6, y - 6, PICTURE_BAD, 3.2);
}

/** How far its label is above an arrow, and what stands below it below: clear of a cross in the same column. */
static double above(const struct laying *l, const struct diagram_step *s)
{
	return s->lost && !arrow_leads_away(l, s) ? 7 : 2;
}

/** Where the line of an arrow can be: below everything that it crosses. */
static double arrow_height(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	const struct step_boxes *b = &l->steps[index];
	uint32_t first, end;
	arrow_columns(l, s, &first, &end);
	double y = l->last_y + (s->joins == DIAGRAM_NOWHERE ? 8 : 14);
	for (uint32_t i = first; i < end; i++)
		y = larger(y, l->columns[i].free + 4);
	y = larger(y, l->columns[b->column].free + box_at(l, b->label)->h + above(l, s));
	if (s->lost && first > 0)
		y = larger(y, l->columns[first - 1].free + 8);
	if (s->lost && end <= last_column(l))
		y = larger(y, l->columns[end].free + 8);
	return larger(y, time_needs(l, b->time));
}

/** Inside the router that passes it on, unless something else has come between. */
static void lay_join(struct laying *l, const struct diagram_step *s, double y)
{
	const struct diagram_step *before = &l->d->steps[s->joins];
	uint32_t inside = 2 * s->from.lane;
	double from = l->arrow_y[s->joins];
	if (l->columns[inside].written > from || before->to.right == s->from.right)
		return;
	page_add_line(l, edge_x(l, inside + before->to.right), from, edge_x(l, inside + s->from.right), y, PICTURE_LINE,
		      0.8);
	take(l, inside, y + 4);
}

static void lay_line(struct laying *l, const struct diagram_step *s, double y)
{
	bool right = arrow_goes_right(l, s), away = arrow_leads_away(l, s);
	double x1 = edge_x(l, edge_of(l, s->from, right));
	double x2 = away ? edge_x(l, edge_of(l, s->to, !right)) : x1 + (right ? STUB : -STUB);
	struct page_line *line = page_add_line(l, x1, y, s->lost ? x2 + (right ? -6 : 6) : x2, y,
					       s->lost ? PICTURE_BAD : PICTURE_GO, 1.6);
	line->dashed = s->lost;
	line->head = !s->lost;
	if (s->lost)
		lay_cross(l, x2, y);
}

static void lay_table(struct laying *l, uint32_t i, uint32_t column, uint32_t lane, double y)
{
	place_below(l, column, i, y);
	tie(l, i, edge_x(l, column > 2 * lane ? 2 * lane + 1 : 2 * lane));
	take(l, column, l->columns[column].free + 4);
}

/** What the routers at both ends have to say. */
static void lay_tables(struct laying *l, const struct diagram_step *s, const struct step_boxes *b, double y)
{
	for (uint32_t slot = 0; slot < STEP_TABLES; slot++)
		if (b->tables[slot] != NO_BOX)
			lay_table(l, b->tables[slot], b->tables_in[slot], s->tables[slot]->lane, y);
}

static void lay_effect(struct laying *l, const struct diagram_step *s, const struct step_boxes *b, double y)
{
	bool right = arrow_goes_right(l, s);
	place_below(l, b->far, b->effect, larger(y + 6, l->columns[b->far].free + 2));
	tie(l, b->effect, edge_x(l, arrow_leads_away(l, s) ? edge_of(l, s->to, !right) : edge_of(l, s->from, right)));
	take(l, b->far, l->columns[b->far].free + 3);
}

static void lay_arrow(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	uint32_t first, end;
	if (b->note != NO_BOX) {
		place_below(l, b->near, b->note, larger(l->columns[b->near].free + 2, l->last_y + 2));
		tie(l, b->note, edge_x(l, edge_of(l, s->from, arrow_goes_right(l, s))));
		take(l, b->near, l->columns[b->near].free + 2);
	}
	double y = arrow_height(l, index);
	arrow_columns(l, s, &first, &end);
	if (s->joins != DIAGRAM_NOWHERE)
		lay_join(l, s, y);
	lay_line(l, s, y);
	place(l, b->label, middle_x(l, b->column), y - above(l, s) - box_at(l, b->label)->h);
	l->columns[b->column].written = y - above(l, s);
	place_time(l, b->time, y);
	uint32_t from = s->lost && first ? first - 1 : first, until = s->lost && end <= last_column(l) ? end + 1 : end;
	for (uint32_t i = from; i < until; i++)
		take(l, i, y + (s->lost ? 8 : 5));
	for (uint32_t i = 0; i < b->n_patches; i++)
		place_below(l, b->column, b->patches[i], y + 3 + above(l, s));
	if (b->died != NO_BOX)
		place_below(l, b->dies, b->died, y + 9);
	lay_tables(l, s, b, y - 6);
	if (b->effect != NO_BOX)
		lay_effect(l, s, b, y);
	take(l, b->column, l->columns[b->column].free + 4);
	l->arrow_y[index] = l->last_y = y;
}

static double lowest(const struct laying *l)
{
	double y = l->time_free;
	for (uint32_t i = 0; i <= last_column(l); i++)
		y = larger(y, l->columns[i].free);
	return y;
}

static double lane_end(const struct laying *l)
{
	return edge_x(l, last_column(l));
}

static void lay_outline(struct laying *l, const struct page_area *a)
{
	page_add_line(l, a->x1, a->y1, a->x2, a->y1, PICTURE_MUTE, 1)->dashed = true;
	page_add_line(l, a->x1, a->y2, a->x2, a->y2, PICTURE_MUTE, 1)->dashed = true;
	page_add_line(l, a->x1, a->y1, a->x1, a->y2, PICTURE_MUTE, 1)->dashed = true;
	page_add_line(l, a->x2, a->y1, a->x2, a->y2, PICTURE_MUTE, 1)->dashed = true;
}

static void lay_band(struct laying *l, uint32_t index)
{
	const struct step_boxes *b = &l->steps[index];
	double x1 = edge_x(l, 0) - 5, x2 = lane_end(l) + 5;
	double h = box_at(l, b->label)->h, y = lowest(l) + 6;
	x2 = larger(x2, x1 + box_at(l, b->label)->w + 2 * BAND_MARGIN);
	l->page->width = larger(l->page->width, x2 + 2);
	place(l, b->label, (x1 + x2) / 2, y + 5);
	l->page->areas[l->page->n_areas] = (struct page_area){ x1, y, x2, y + h + 10 };
	lay_outline(l, &l->page->areas[l->page->n_areas++]);
	place_time(l, b->time, y + 5 + h / 2);
	for (uint32_t i = 0; i <= last_column(l); i++) {
		take(l, i, y + h + 16);
		l->columns[i].written = y + h;
	}
	l->last_y = y + h + 10;
}

static void (*const lay_step[])(struct laying *, uint32_t) = {
	[DIAGRAM_ARROW] = lay_arrow,
	[DIAGRAM_NOTE] = lay_note,
	[DIAGRAM_FOLD] = lay_band,
	[DIAGRAM_GAP] = lay_band,
};

/** The line of an edge, which ends above each band and goes on below it. */
static void lay_edge(struct laying *l, double x, double top, double bottom)
{
	for (uint32_t i = l->d->n_lanes; i < l->page->n_areas; i++) {
		page_add_line(l, x, top, x, l->page->areas[i].y1, PICTURE_LINE, 1.6);
		top = l->page->areas[i].y2;
	}
	page_add_line(l, x, top, x, bottom, PICTURE_LINE, 1.6);
}

/** Its line, or two of them and what is between, from `top` down. */
static void lay_lane(struct laying *l, uint32_t i, double top, double bottom)
{
	double x1 = edge_x(l, 2 * i), x2 = edge_x(l, 2 * i + 1);
	lay_edge(l, x1, top, bottom);
	if (!l->d->lanes[i].wide)
		return;
	lay_edge(l, x2, top, bottom);
	l->page->areas[i] = (struct page_area){ x1, top, x2, bottom };
}

static double lay_header(struct laying *l, double y)
{
	double h = 0;
	for (uint32_t i = 0; i < l->d->n_lanes; i++) {
		const struct lane_boxes *b = &l->lanes[i];
		place(l, b->name, middle_x(l, 2 * i), y);
		h = box_at(l, b->name)->h;
		if (b->model != NO_BOX)
			place(l, b->model, middle_x(l, 2 * i), y + h);
		for (int side = 0; side < 2; side++)
			if (b->address[side] != NO_BOX)
				place(l, b->address[side], edge_x(l, 2 * i + side), y + 2 * h);
	}
	place_time(l, l->times, y + 2.5 * h);
	return y + 3 * h + 4;
}

double rows_lay(struct laying *l, double y)
{
	double top = l->last_y = l->time_free = lay_header(l, y);
	for (uint32_t i = 0; i <= last_column(l); i++)
		l->columns[i].free = top + 4;
	for (uint32_t i = 0; i < l->d->n_steps; i++)
		lay_step[l->d->steps[i].kind](l, i);
	double bottom = lowest(l) + 6;
	for (uint32_t i = 0; i < l->d->n_lanes; i++)
		lay_lane(l, i, top, bottom);
	return bottom;
}
