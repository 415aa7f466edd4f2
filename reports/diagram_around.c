#include "reports/diagram_label.h"
#include "reports/diagram_shared.h"

#define TITLE_LEAST 420 /* a narrow page grows so far for its title */
#define CHAR_WIDTH  6.2 /* of ordinary text, where it is broken by the width of the page */
#define TITLE_WIDTH 8.6

static bool marked(const struct diagram *d, enum diagram_mark mark)
{
	for (uint32_t i = 0; i < d->n_steps; i++)
		for (const struct diagram_patch *p = d->steps[i].patches; p; p = p->next)
			if (p->mark == mark)
				return true;
	return false;
}

/** Each check, and below it its sentence when it has one. */
static uint32_t verdict_box(struct laying *l, uint32_t i)
{
	const char *text = l->d->verdicts[i];
	size_t columns = (size_t)(l->page->width / CHAR_WIDTH) - 2;
	return text ? page_add_box(l, label_paragraph(l->arena, i % 2 ? LOOK_PLAIN : LOOK_VERDICT, text, columns))
		    : NO_BOX;
}

void around_boxes(struct laying *l, struct around *r)
{
	const struct diagram *d = l->d;
	l->page->width = larger(l->page->width, TITLE_LEAST);
	r->title = page_add_box(
		l, label_paragraph(l->arena, LOOK_TITLE, d->title, (size_t)(l->page->width / TITLE_WIDTH)));
	r->verdicts = arena_alloc(l->arena, (d->n_verdicts + 1) * sizeof *r->verdicts);
	for (uint32_t i = 0; i < d->n_verdicts; i++)
		r->verdicts[i] = verdict_box(l, i);
	if (marked(d, MARK_NEW))
		r->legend[r->n_legend++] = page_add_box(l, label_patch(l->arena, MARK_NEW, "this hop wrote it"));
	if (marked(d, MARK_STALE))
		r->legend[r->n_legend++] =
			page_add_box(l, label_patch(l->arena, MARK_STALE, "not rewritten, wrong here"));
}

/** At the left, or right of what stands there. Returns its height. */
static double lay_left(struct laying *l, uint32_t i, double x, double y)
{
	box_at(l, i)->x = x;
	box_at(l, i)->y = y;
	l->page->width = larger(l->page->width, x + box_at(l, i)->w + 2);
	return box_at(l, i)->h;
}

double around_lay_above(struct laying *l, const struct around *r)
{
	return 2 + lay_left(l, r->title, 2, 2) + 10;
}

double around_lay_below(struct laying *l, const struct around *r, double y)
{
	double x = 2, h = 0;
	for (uint32_t i = 0; i < l->d->n_verdicts; i++)
		if (r->verdicts[i] != NO_BOX)
			y += lay_left(l, r->verdicts[i], 2, y) + 4;
	for (uint32_t i = 0; i < r->n_legend; i++) {
		if (i && x + box_at(l, r->legend[i])->w > l->page->width) {
			x = 2;
			y += h + 4;
		}
		h = lay_left(l, r->legend[i], x, y + 4);
		x += box_at(l, r->legend[i])->w + 12;
	}
	return y + (r->n_legend ? h + 8 : 0);
}
