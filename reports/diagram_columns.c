#include "reports/diagram_shared.h"

#define MARGIN	     12 /* between a text and the edges of its column */
#define INSIDE_LEAST 60 /* a router is no narrower */

/* --- arrows ------------------------------------------------------------------------------------------ */

bool arrow_goes_right(const struct laying *l, const struct diagram_step *s)
{
	if (s->to.lane != DIAGRAM_NOWHERE && s->to.lane != s->from.lane)
		return s->to.lane > s->from.lane;
	if (l->d->lanes[s->from.lane].wide && s->to.lane != DIAGRAM_NOWHERE && s->from.right != s->to.right)
		return s->to.right;
	return l->d->lanes[s->from.lane].wide ? s->from.right : s->from.lane + 1 < l->d->n_lanes || l->d->n_lanes == 1;
}

uint32_t edge_of(const struct laying *l, struct diagram_end end, bool right_of_it)
{
	bool right = l->d->lanes[end.lane].wide ? end.right : right_of_it;
	return 2 * end.lane + right;
}

bool arrow_leads_away(const struct laying *l, const struct diagram_step *s)
{
	bool right = arrow_goes_right(l, s);
	return s->to.lane != DIAGRAM_NOWHERE && edge_of(l, s->from, right) != edge_of(l, s->to, !right) &&
	       (s->to.lane != s->from.lane || l->d->lanes[s->from.lane].wide);
}

void arrow_columns(const struct laying *l, const struct diagram_step *s, uint32_t *first, uint32_t *end)
{
	bool right = arrow_goes_right(l, s);
	uint32_t from = edge_of(l, s->from, right);
	uint32_t to = arrow_leads_away(l, s) ? edge_of(l, s->to, !right) : right ? from + 1 : from ? from - 1 : 0;
	*first = from < to ? from : to;
	*end = from < to ? to : from;
	if (*end == *first)
		++*end;
}

/** Of the columns that an arrow crosses, the leftmost or rightmost between two lanes. */
static uint32_t outer_column(const struct laying *l, const struct diagram_step *s, bool left)
{
	uint32_t first, end;
	arrow_columns(l, s, &first, &end);
	if (end - first == 1)
		return first;
	return left ? first | 1 : (end - 2) | 1;
}

uint32_t arrow_text_column(const struct laying *l, const struct diagram_step *s)
{
	return outer_column(l, s, arrow_goes_right(l, s));
}

uint32_t arrow_effect_column(const struct laying *l, const struct diagram_step *s)
{
	return outer_column(l, s, !arrow_goes_right(l, s));
}

uint32_t note_column(const struct laying *l, struct diagram_end at)
{
	bool wide = l->d->lanes[at.lane].wide;
	bool right = wide ? at.right : at.lane + 1 < l->d->n_lanes;
	uint32_t column = right ? 2 * at.lane + 1 : 2 * at.lane - 1;
	return at.lane == 0 ? 1 : column;
}

uint32_t table_column(const struct laying *l, uint32_t lane)
{
	return note_column(l, (struct diagram_end){ lane, l->d->lanes[lane].mirrored });
}
/* --- widths ---------------------------------------------------------------------------------- */

static double width_of(const struct laying *l, uint32_t i)
{
	return i == NO_BOX ? 0 : box_at(l, i)->w;
}

static void widen(struct laying *l, uint32_t column, uint32_t i)
{
	double w = width_of(l, i) + 2 * MARGIN;
	if (i != NO_BOX && l->columns[column].width < w)
		l->columns[column].width = w;
}

static double header_width(const struct laying *l, uint32_t lane)
{
	return larger(width_of(l, l->lanes[lane].name), width_of(l, l->lanes[lane].model));
}

double lane_reach(const struct laying *l, uint32_t lane, bool right)
{
	const struct lane_boxes *b = &l->lanes[lane];
	double inside = l->columns[2 * lane].width;
	double over = (header_width(l, lane) - inside) / 2;
	double address = l->d->lanes[lane].wide ? width_of(l, b->address[right]) / 2 : width_of(l, b->address[0]) / 2;
	return larger(larger(over, address), 6);
}

static void widen_for_headers(struct laying *l)
{
	for (uint32_t i = 0; i < l->d->n_lanes; i++) {
		const struct lane_boxes *b = &l->lanes[i];
		double *inside = &l->columns[2 * i].width;
		if (l->d->lanes[i].wide)
			*inside = larger(*inside, larger(INSIDE_LEAST,
							 (width_of(l, b->address[0]) + width_of(l, b->address[1])) / 2 +
								 MARGIN));
	}
	for (uint32_t i = 0; i + 1 < l->d->n_lanes; i++) {
		double *between = &l->columns[2 * i + 1].width;
		*between = larger(*between, lane_reach(l, i, true) + lane_reach(l, i + 1, false) + MARGIN);
	}
}

void columns_set_widths(struct laying *l)
{
	double times = width_of(l, l->times);
	for (uint32_t i = 0; i < l->d->n_steps; i++) {
		const struct step_boxes *b = &l->steps[i];
		bool across = l->d->steps[i].kind == DIAGRAM_FOLD || l->d->steps[i].kind == DIAGRAM_GAP;
		times = larger(times, width_of(l, b->time));
		if (across)
			continue;
		widen(l, b->column, b->label);
		widen(l, b->near, b->note);
		widen(l, b->far, b->effect);
		widen(l, b->dies, b->died);
		for (uint32_t k = 0; k < STEP_TABLES; k++)
			widen(l, b->tables_in[k], b->tables[k]);
		for (uint32_t k = 0; k < b->n_patches; k++)
			widen(l, b->column, b->patches[k]);
	}
	widen_for_headers(l);
	l->time = times + 2;
	double x = l->time + 8 + lane_reach(l, 0, false);
	for (uint32_t i = 0; i <= last_column(l); i++) {
		l->columns[i].x = x;
		x += l->columns[i].width;
	}
	l->page->width = larger(x, l->columns[last_column(l)].x + lane_reach(l, l->d->n_lanes - 1, true)) + 2;
}
