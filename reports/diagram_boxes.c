#include <string.h>

#include "reports/diagram_label.h"
#include "reports/diagram_shared.h"

#define NOTE_COLUMNS 30 /* a note is broken so that lines are no longer */
#define LANE_COLUMNS 22 /* what stands inside a router likewise */

/* --- of steps ---------------------------------------------------------------------------------------- */

static uint32_t time_box(struct laying *l, usec at)
{
	struct sink s = { 0 };
	put_seconds(&s, at, 0);
	return page_add_box(l, label_line(l->arena, LOOK_FAINT, sink_keep(&s, l->arena)));
}

static uint32_t note_box(struct laying *l, const char *text)
{
	uint32_t i = page_add_box(l, label_paragraph(l->arena, LOOK_PLAIN, text, NOTE_COLUMNS));
	box_at(l, i)->note = true;
	return i;
}

/** "86.5.223.17" of "WAN 86.5.223.17"; NULL: not known. */
static const char *wan_address(const struct diagram_lane *lane)
{
	const char *address = lane->address[!lane->mirrored];
	return address ? address + strlen("WAN ") : NULL;
}

static void table_boxes(struct laying *l, const struct diagram_step *s, struct step_boxes *b)
{
	for (uint32_t slot = 0; slot < STEP_TABLES; slot++) {
		struct table_view view;
		if (!table_look(l->arena, l->d, s, slot, &view))
			continue;
		b->tables_in[slot] = table_column(l, view.lane);
		b->tables[slot] = page_add_box(l, label_table(l->arena, &view, wan_address(&l->d->lanes[view.lane])));
	}
}

/** Why it is lost, and which check of the scenario that decided; what is not lost may decide one, too. */
static const char *fate_text(struct arena *a, const struct diagram_step *s)
{
	const char *why = s->reason ? s->reason : "lost";
	if (!s->cause)
		return why;
	return s->lost ? arena_printf(a, "%s: %s", s->cause, why) : s->cause;
}

static void arrow_boxes(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	bool inside = s->lost && s->to.lane != DIAGRAM_NOWHERE && l->d->lanes[s->to.lane].wide;
	b->column = arrow_text_column(l, s);
	b->near = b->column;
	b->label = page_add_box(l, label_arrow(l->arena, s->lost, s->label, s->detail));
	for (const struct diagram_patch *p = s->patches; p && b->n_patches < PATCHES_MAX; p = p->next)
		b->patches[b->n_patches++] = page_add_box(l, label_patch(l->arena, p->mark, p->text));
	if (s->remark)
		b->note = note_box(l, s->remark);
	if (s->effect) {
		b->far = arrow_effect_column(l, s);
		b->effect = note_box(l, s->effect);
	}
	if (s->lost || s->cause) {
		b->dies = inside ? 2 * s->to.lane : b->column;
		b->died = page_add_box(l, label_paragraph(l->arena, LOOK_DEATH, fate_text(l->arena, s), LANE_COLUMNS));
	}
	table_boxes(l, s, b);
}

/** Is it the other half of what stands just above? Then its time is plain. */
static bool follows(const struct laying *l, uint32_t index)
{
	const struct diagram_step *steps = l->d->steps;
	if (steps[index].joins == DIAGRAM_NOWHERE)
		return false;
	for (uint32_t i = steps[index].joins + 1; i < index; i++)
		if (steps[i].kind == DIAGRAM_FOLD || steps[i].kind == DIAGRAM_GAP)
			return false;
	return true;
}

void boxes_of_step(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	*b = (struct step_boxes){ NO_BOX, NO_BOX, NO_BOX, NO_BOX, NO_BOX, { NO_BOX, NO_BOX } };
	if ((s->kind == DIAGRAM_ARROW || s->kind == DIAGRAM_NOTE) &&
	    !follows(l, index)) /* a band says its time itself */
		b->time = time_box(l, s->at);
	if (s->kind == DIAGRAM_ARROW)
		arrow_boxes(l, index);
	else if (s->kind == DIAGRAM_NOTE) {
		b->near = note_column(l, s->from);
		b->note = note_box(l, s->remark);
	} else
		b->label = page_add_box(l, label_line(l->arena, LOOK_PLAIN, s->label));
}

static uint32_t mute_box(struct laying *l, const char *text)
{
	return text ? page_add_box(l, label_line(l->arena, LOOK_FAINT, text)) : NO_BOX;
}

void boxes_of_times(struct laying *l)
{
	l->times = mute_box(l, "time, s");
}

void boxes_of_lane(struct laying *l, uint32_t i)
{
	const struct diagram_lane *lane = &l->d->lanes[i];
	l->lanes[i] = (struct lane_boxes){
		.name = page_add_box(l, label_line(l->arena, LOOK_NAME, lane->name)),
		.model = mute_box(l, lane->model),
		.address = { mute_box(l, lane->address[0]), lane->wide ? mute_box(l, lane->address[1]) : NO_BOX },
	};
}

/** FNV-1a, so that equal labels are found without reading them again and again. */
static uint64_t label_hash(const struct page_box *b)
{
	uint64_t hash = 14695981039346656037u ^ b->note;
	for (const char *c = b->html; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	return hash;
}

/** Those of n boxes that are like none before them, into `once`; like[i] is the number of the one that box i is like. */
static uint32_t different_boxes(struct arena *a, const struct page_box *boxes, uint32_t n, struct page_box *once,
				uint32_t *like)
{
	uint64_t *hashes = arena_alloc(a, (n + 1) * sizeof *hashes);
	uint32_t found = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t hash = label_hash(&boxes[i]);
		uint32_t k = 0;
		while (k < found && (hashes[k] != hash || strcmp(once[k].html, boxes[i].html) != 0))
			k++;
		like[i] = k;
		if (k < found)
			continue;
		hashes[found] = hash;
		once[found++] = boxes[i];
	}
	return found;
}

bool boxes_measure(struct laying *l, struct painter *painter, uint32_t first)
{
	struct page_box *boxes = l->page->boxes + first;
	uint32_t n = l->page->n_boxes - first;
	struct page_box *once = arena_alloc(l->arena, (n + 1) * sizeof *once);
	struct picture_size *sizes = arena_alloc(l->arena, (n + 1) * sizeof *sizes);
	uint32_t *like = arena_alloc(l->arena, (n + 1) * sizeof *like);
	struct page part = { .boxes = once, .n_boxes = different_boxes(l->arena, boxes, n, once, like) };
	struct sink s = { 0 };
	put_page_dot(&s, &part);
	bool ok = picture_measure(painter, &s, sizes, part.n_boxes);
	for (uint32_t i = 0; ok && i < n; i++) {
		boxes[i].w = sizes[like[i]].width;
		boxes[i].h = sizes[like[i]].height;
	}
	sink_free(&s);
	return ok;
}
