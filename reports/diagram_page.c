#include "reports/diagram_page.h"

#include <assert.h>

#include "reports/utf8.h"
#include "reports/xml.h"

/* Graphviz measures in whole pixels at 96 dots per inch: only multiples of 3 points come out as wide as they are drawn. */
#define TEXT_SIZE  12
#define BADGE_SIZE 9
#define TITLE_SIZE 15

#define NOTE_COLUMNS 30	 /* a note is broken so that lines are no longer */
#define LANE_COLUMNS 22	 /* what stands inside a router likewise */
#define CHAR_WIDTH   6.2 /* of ordinary text, where it is broken by the width of the page */
#define TITLE_WIDTH  8.6
#define TITLE_LEAST  420 /* a narrow page grows so far for its title */
#define MARGIN	     12	 /* between a text and the edges of its column */
#define STUB	     56	 /* length of an arrow that leads nowhere */

static double larger(double a, double b)
{
	return a > b ? a : b;
}

/* --- labels ---------------------------------------------------------------------------------- */

static void put_escaped(struct sink *s, const char *text, size_t n)
{
	struct xml x = { s };
	xml_text(&x, text, n);
}

static void put_run(struct sink *s, int size, enum picture_ink ink, bool bold, const char *text, size_t n)
{
	sink_printf(s, "%s<FONT POINT-SIZE=\"%d\" COLOR=\"%s\">", bold ? "<B>" : "", size, picture_inks[ink].light);
	if (n)
		put_escaped(s, text, n);
	else
		sink_text(s, "\xC2\xA0");
	sink_printf(s, "</FONT>%s", bold ? "</B>" : "");
}

static const char *kept(struct arena *a, struct sink *s)
{
	const char *text = arena_copy(a, s->bytes, s->len);
	sink_free(s);
	return text;
}

static const char *run_label(struct arena *a, int size, enum picture_ink ink, bool bold, const char *text)
{
	struct sink s = { 0 };
	put_run(&s, size, ink, bold, text, strlen(text));
	return kept(a, &s);
}

/** Words in longer ones are cut, so that no text is wider than asked for. */
static size_t line_length(const char *text, size_t columns)
{
	size_t end = 0, width = 0, blank = 0;
	for (size_t len = strlen(text); end < len && width < columns; width++) {
		size_t n = utf8_char(text + end, len - end);
		end += n ? n : 1;
		if (text[end] == ' ' || text[end] == '\0')
			blank = end;
	}
	return blank ? blank : end;
}

/** A table of lines; the first is bold when `head`. */
static const char *paragraph_label(struct arena *a, int size, enum picture_ink ink, bool bold, bool centred,
				   const char *text, size_t columns)
{
	struct sink s = { 0 };
	sink_text(&s, "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">");
	do {
		size_t n = line_length(text, columns);
		sink_printf(&s, "<TR><TD ALIGN=\"%s\">", centred ? "CENTER" : "LEFT");
		put_run(&s, size, ink, bold, text, n);
		sink_text(&s, "</TD></TR>");
		text += n;
		while (*text == ' ')
			text++;
	} while (*text);
	sink_text(&s, "</TABLE>");
	return kept(a, &s);
}

static const struct patch_look {
	const char *word, *style;
	enum picture_ink fill, edge;
} patch_looks[MARKS] = {
	[MARK_NEW] = { "NEW", "", PICTURE_NEW, PICTURE_NEW_EDGE },
	[MARK_STALE] = { "STALE", " STYLE=\"dashed\"", PICTURE_STALE, PICTURE_STALE_EDGE },
};

/** A badge with its word and what it marks; broken into lines when it is long. */
static const char *patch_label(struct arena *a, enum diagram_mark mark, const char *text)
{
	const struct patch_look *look = &patch_looks[mark];
	struct sink s = { 0 };
	if (!look->word)
		return run_label(a, TEXT_SIZE, PICTURE_INK, false, text);
	sink_printf(&s,
		    "<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\" COLOR=\"%s\" "
		    "BGCOLOR=\"%s\"%s><TR>",
		    picture_inks[look->edge].light, picture_inks[look->fill].light, look->style);
	sink_printf(&s, "<TD BGCOLOR=\"%s\" CELLPADDING=\"3\" VALIGN=\"%s\">", picture_inks[look->edge].light,
		    strlen(text) > NOTE_COLUMNS ? "MIDDLE" : "BOTTOM");
	put_run(&s, BADGE_SIZE, PICTURE_BADGE, true, look->word, strlen(look->word));
	sink_text(&s, "</TD><TD CELLPADDING=\"3\">");
	sink_text(&s, paragraph_label(a, TEXT_SIZE, PICTURE_INK, false, false, text, NOTE_COLUMNS));
	sink_text(&s, "</TD></TR></TABLE>");
	return kept(a, &s);
}

static void put_cell(struct sink *s, enum picture_ink ink, bool bold, const char *attributes, const char *text)
{
	sink_printf(s, "<TD%s>", attributes);
	put_run(s, TEXT_SIZE, ink, bold, text, strlen(text));
	sink_text(s, "</TD>");
}

static void put_cell_of(struct sink *s, struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(e, text);
	put_cell(s, PICTURE_INK, false, " ALIGN=\"LEFT\"", text);
}

/** The rows that the router has at a step, and what was looked for. */
static const char *table_label(struct arena *a, const struct diagram *d, uint32_t index)
{
	const struct diagram_step *step = &d->steps[index];
	struct sink s = { 0 }, time = { 0 };
	char asked[ENDPOINT_TEXT_MAX];
	put_seconds(&time, step->died, 0);
	const char *at = kept(a, &time);
	endpoint_print(step->dst, asked);
	sink_printf(&s,
		    "<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"3\" COLOR=\"%s\" "
		    "BGCOLOR=\"%s\"><TR>",
		    picture_inks[PICTURE_MUTE].light, picture_inks[PICTURE_SHEET].light);
	put_cell(&s, PICTURE_BADGE, true,
		 arena_printf(a, " COLSPAN=\"2\" BGCOLOR=\"%s\"", picture_inks[PICTURE_MUTE].light),
		 arena_printf(a, "mappings seen until %s s", at));
	sink_text(&s, "</TR><TR>");
	put_cell(&s, PICTURE_MUTE, false, " ALIGN=\"LEFT\"", "outside");
	put_cell(&s, PICTURE_MUTE, false, " ALIGN=\"LEFT\"", "inside");
	sink_text(&s, "</TR>");
	for (uint32_t i = 0; i < d->n_mappings && d->mappings[i].since <= index; i++) {
		if (d->mappings[i].lane != step->to.lane)
			continue;
		sink_text(&s, "<TR>");
		put_cell_of(&s, d->mappings[i].outside);
		put_cell_of(&s, d->mappings[i].inside);
		sink_text(&s, "</TR>");
	}
	sink_text(&s, "<TR>");
	put_cell(&s, PICTURE_STALE_EDGE, true,
		 arena_printf(a, " COLSPAN=\"2\" BGCOLOR=\"%s\"", picture_inks[PICTURE_STALE].light),
		 arena_printf(a, "asked %s: refused", asked));
	sink_text(&s, "</TR></TABLE>");
	return kept(a, &s);
}

/* --- boxes ----------------------------------------------------------------------------------- */

#define PATCHES_MAX 24
#define NO_BOX	    UINT32_MAX

/** The boxes of a step. */
struct step_boxes {
	uint32_t time, label, note, effect, died, table;
	uint32_t patches[PATCHES_MAX], n_patches;
	uint32_t column; /* of label and patches */
	uint32_t near;	 /* column of the note */
	uint32_t far;	 /* column of the effect */
	uint32_t dies;	 /* column of what tells of its death */
	uint32_t table_in;
};

struct lane_boxes {
	uint32_t name, model, address[2];
};

/*
 * Columns: 2i is inside lane i, which has no width unless it is wide, 2i+1 is between lane i and the next. Edge k is where column
 * k begins, so that the edges of lane i are 2i and 2i+1.
 */
struct column {
	double x, width, free; /* where it begins; what is free from here down */
	double written;	       /* where its last text ends */
};

struct laying {
	struct arena *arena;
	const struct diagram *d;
	struct page *page;
	struct step_boxes *steps;
	struct lane_boxes *lanes;
	struct column *columns;
	double *arrow_y;	/* by step */
	double time, time_free; /* the column of times: its right edge, and what is free of it */
	double last_y;		/* of the last arrow */
	uint32_t boxes_max, lines_max;
};

static uint32_t add_box(struct laying *l, const char *html)
{
	assert(l->page->n_boxes < l->boxes_max);
	l->page->boxes[l->page->n_boxes] = (struct page_box){ .html = html };
	return l->page->n_boxes++;
}

static struct page_box *box(const struct laying *l, uint32_t i)
{
	return &l->page->boxes[i];
}

static struct page_line *add_line(struct laying *l, double x1, double y1, double x2, double y2, enum picture_ink ink,
				  double width)
{
	assert(l->page->n_lines < l->lines_max);
	struct page_line *line = &l->page->lines[l->page->n_lines++];
	*line = (struct page_line){ x1, y1, x2, y2, ink, width, false, false };
	return line;
}

static uint32_t last_column(const struct laying *l)
{
	return 2 * l->d->n_lanes - 1;
}

/** Does the arrow go to the right? What leads nowhere does so, too, where there is somebody. */
static bool goes_right(const struct laying *l, const struct diagram_step *s)
{
	if (s->to.lane != DIAGRAM_NOWHERE && s->to.lane != s->from.lane)
		return s->to.lane > s->from.lane;
	if (l->d->lanes[s->from.lane].wide && s->to.lane != DIAGRAM_NOWHERE && s->from.right != s->to.right)
		return s->to.right;
	return l->d->lanes[s->from.lane].wide ? s->from.right : s->from.lane + 1 < l->d->n_lanes || l->d->n_lanes == 1;
}

static uint32_t edge_of(const struct laying *l, struct diagram_end end, bool right_of_it)
{
	bool right = l->d->lanes[end.lane].wide ? end.right : right_of_it;
	return 2 * end.lane + right;
}

static bool leads_away(const struct laying *l, const struct diagram_step *s)
{
	bool right = goes_right(l, s);
	return s->to.lane != DIAGRAM_NOWHERE && edge_of(l, s->from, right) != edge_of(l, s->to, !right) &&
	       (s->to.lane != s->from.lane || l->d->lanes[s->from.lane].wide);
}

/** The columns that an arrow crosses, from `first` to before `end`. */
static void columns_of(const struct laying *l, const struct diagram_step *s, uint32_t *first, uint32_t *end)
{
	bool right = goes_right(l, s);
	uint32_t from = edge_of(l, s->from, right);
	uint32_t to = leads_away(l, s) ? edge_of(l, s->to, !right) : right ? from + 1 : from ? from - 1 : 0;
	*first = from < to ? from : to;
	*end = from < to ? to : from;
	if (*end == *first)
		++*end;
}

/** That of these columns in which the text of an arrow stands: the first between two lanes. */
static uint32_t text_column(const struct laying *l, const struct diagram_step *s)
{
	uint32_t first, end;
	columns_of(l, s, &first, &end);
	if (end - first == 1)
		return first;
	if (goes_right(l, s))
		return first % 2 ? first : first + 1;
	return (end - 1) % 2 ? end - 1 : end - 2;
}

/** That in which what is said of an arrow where it ends stands: the last one between two lanes. */
static uint32_t effect_column(const struct laying *l, const struct diagram_step *s)
{
	uint32_t first, end;
	columns_of(l, s, &first, &end);
	if (end - first == 1)
		return first;
	if (goes_right(l, s))
		return (end - 1) % 2 ? end - 1 : end - 2;
	return first % 2 ? first : first + 1;
}

/** Beside a lane, where there is a neighbour. */
static uint32_t note_column(const struct laying *l, struct diagram_end at)
{
	bool wide = l->d->lanes[at.lane].wide;
	bool right = wide ? at.right : at.lane + 1 < l->d->n_lanes;
	uint32_t column = right ? 2 * at.lane + 1 : 2 * at.lane - 1;
	return at.lane == 0 ? 1 : column;
}

/** On the LAN side of a router. */
static uint32_t table_column(const struct laying *l, uint32_t lane)
{
	return note_column(l, (struct diagram_end){ lane, l->d->lanes[lane].mirrored });
}

static uint32_t time_box(struct laying *l, usec at)
{
	struct sink s = { 0 };
	put_seconds(&s, at, 0);
	return add_box(l, run_label(l->arena, TEXT_SIZE, PICTURE_MUTE, false, kept(l->arena, &s)));
}

static uint32_t note_box(struct laying *l, const char *text)
{
	uint32_t i = add_box(l, paragraph_label(l->arena, TEXT_SIZE, PICTURE_INK, false, false, text, NOTE_COLUMNS));
	box(l, i)->note = true;
	return i;
}

static void arrow_boxes(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	bool inside = s->lost && s->to.lane != DIAGRAM_NOWHERE && l->d->lanes[s->to.lane].wide;
	b->column = text_column(l, s);
	b->near = b->column;
	b->label = add_box(l, run_label(l->arena, TEXT_SIZE, s->lost ? PICTURE_BAD : PICTURE_GO, true, s->label));
	for (const struct diagram_patch *p = s->patches; p && b->n_patches < PATCHES_MAX; p = p->next)
		b->patches[b->n_patches++] = add_box(l, patch_label(l->arena, p->mark, p->text));
	if (s->remark)
		b->note = note_box(l, s->remark);
	if (s->effect) {
		b->far = effect_column(l, s);
		b->effect = note_box(l, s->effect);
	}
	if (s->lost) {
		const char *why = s->reason ? s->reason : "lost";
		b->dies = inside ? 2 * s->to.lane : b->column;
		b->died = add_box(l, paragraph_label(l->arena, TEXT_SIZE, PICTURE_BAD, true, true,
						     s->cause ? arena_printf(l->arena, "%s: %s", s->cause, why) : why,
						     LANE_COLUMNS));
	}
	if (inside && s->unmapped) {
		b->table_in = table_column(l, s->to.lane);
		b->table = add_box(l, table_label(l->arena, l->d, index));
	}
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

static void step_boxes(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	*b = (struct step_boxes){ NO_BOX, NO_BOX, NO_BOX, NO_BOX, NO_BOX, NO_BOX };
	if (s->kind != DIAGRAM_GAP && !follows(l, index))
		b->time = time_box(l, s->at);
	if (s->kind == DIAGRAM_ARROW)
		arrow_boxes(l, index);
	else if (s->kind == DIAGRAM_NOTE) {
		b->near = note_column(l, s->from);
		b->note = note_box(l, s->remark);
	} else
		b->label = add_box(l, run_label(l->arena, TEXT_SIZE, PICTURE_INK, false, s->label));
}

static uint32_t mute_box(struct laying *l, const char *text)
{
	return text ? add_box(l, run_label(l->arena, TEXT_SIZE, PICTURE_MUTE, false, text)) : NO_BOX;
}

static void lane_boxes(struct laying *l, uint32_t i)
{
	const struct diagram_lane *lane = &l->d->lanes[i];
	l->lanes[i] = (struct lane_boxes){
		.name = add_box(l, run_label(l->arena, TEXT_SIZE, PICTURE_INK, true, lane->name)),
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

/** Asks Graphviz how large the boxes from `first` on are; what is the same is asked once. */
static bool measure(struct laying *l, struct painter *painter, uint32_t first)
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

/* --- widths ---------------------------------------------------------------------------------- */

static double width_of(const struct laying *l, uint32_t i)
{
	return i == NO_BOX ? 0 : box(l, i)->w;
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

/** How far the header of a lane reaches out to one side of it. */
static double reach(const struct laying *l, uint32_t lane, bool right)
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
			*inside = larger(
				*inside,
				larger(60, (width_of(l, b->address[0]) + width_of(l, b->address[1])) / 2 + MARGIN));
	}
	for (uint32_t i = 0; i + 1 < l->d->n_lanes; i++) {
		double *between = &l->columns[2 * i + 1].width;
		*between = larger(*between, reach(l, i, true) + reach(l, i + 1, false) + MARGIN);
	}
}

static void set_widths(struct laying *l)
{
	double times = 0;
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
		widen(l, b->table_in, b->table);
		for (uint32_t k = 0; k < b->n_patches; k++)
			widen(l, b->column, b->patches[k]);
	}
	widen_for_headers(l);
	l->time = times + 2;
	double x = l->time + 8 + reach(l, 0, false);
	for (uint32_t i = 0; i <= last_column(l); i++) {
		l->columns[i].x = x;
		x += l->columns[i].width;
	}
	l->page->width = larger(x, l->columns[last_column(l)].x + reach(l, l->d->n_lanes - 1, true)) + 2;
}

/* --- down the page --------------------------------------------------------------------------- */

static double edge_x(const struct laying *l, uint32_t edge)
{
	return l->columns[edge].x;
}

static double middle_x(const struct laying *l, uint32_t column)
{
	return l->columns[column].x + l->columns[column].width / 2;
}

static void place(const struct laying *l, uint32_t i, double middle, double y)
{
	box(l, i)->x = middle - box(l, i)->w / 2;
	box(l, i)->y = y;
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
	l->columns[column].written = y + box(l, i)->h;
	take(l, column, y + box(l, i)->h + 3);
}

/** Its time stands at the height of `y`. */
static void place_time(struct laying *l, uint32_t i, double y)
{
	if (i == NO_BOX)
		return;
	box(l, i)->x = l->time - box(l, i)->w;
	box(l, i)->y = y - box(l, i)->h / 2;
	l->time_free = y + box(l, i)->h / 2;
}

static double time_needs(const struct laying *l, uint32_t i)
{
	return i == NO_BOX ? 0 : l->time_free + box(l, i)->h / 2;
}

/** A note hangs on the lane that it is about. */
static void tie(struct laying *l, uint32_t i, double x)
{
	const struct page_box *b = box(l, i);
	double y = b->y + b->h / 2;
	if (x < b->x)
		add_line(l, x, y, b->x, y, PICTURE_MUTE, 0.8);
	else
		add_line(l, b->x + b->w, y, x, y, PICTURE_MUTE, 0.8);
}

static void lay_note(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	double h = box(l, b->note)->h, y = larger(l->columns[b->near].free + 2, l->last_y);
	y = larger(y, time_needs(l, b->time) - h / 2);
	place_below(l, b->near, b->note, y);
	place_time(l, b->time, y + h / 2);
	tie(l, b->note, edge_x(l, b->near > 2 * s->from.lane ? 2 * s->from.lane + 1 : 2 * s->from.lane));
	l->last_y = y + h / 2;
	take(l, b->near, y + h + 6);
}

static void lay_cross(struct laying *l, double x, double y)
{
	add_line(l, x - 6, y - 6, x + 6, y + 6, PICTURE_BAD, 3.2);
	add_line(l, x - 6, y + 6, x + 6, y - 6, PICTURE_BAD, 3.2);
}

/** How far its label is above an arrow, and what stands below it below: clear of a cross in the same column. */
static double above(const struct laying *l, const struct diagram_step *s)
{
	return s->lost && !leads_away(l, s) ? 7 : 2;
}

/** Where the line of an arrow can be: below everything that it crosses. */
static double arrow_height(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	const struct step_boxes *b = &l->steps[index];
	uint32_t first, end;
	columns_of(l, s, &first, &end);
	double y = l->last_y + (s->joins == DIAGRAM_NOWHERE ? 8 : 14);
	for (uint32_t i = first; i < end; i++)
		y = larger(y, l->columns[i].free + 4);
	y = larger(y, l->columns[b->column].free + box(l, b->label)->h + above(l, s));
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
	add_line(l, edge_x(l, inside + before->to.right), from, edge_x(l, inside + s->from.right), y, PICTURE_LINE,
		 0.8);
	take(l, inside, y + 4);
}

static void lay_line(struct laying *l, const struct diagram_step *s, double y)
{
	bool right = goes_right(l, s), away = leads_away(l, s);
	double x1 = edge_x(l, edge_of(l, s->from, right));
	double x2 = away ? edge_x(l, edge_of(l, s->to, !right)) : x1 + (right ? STUB : -STUB);
	struct page_line *line =
		add_line(l, x1, y, s->lost ? x2 + (right ? -6 : 6) : x2, y, s->lost ? PICTURE_BAD : PICTURE_GO, 1.6);
	line->dashed = s->lost;
	line->head = !s->lost;
	if (s->lost)
		lay_cross(l, x2, y);
}

static void lay_death(struct laying *l, const struct step_boxes *b, double y)
{
	if (b->died != NO_BOX)
		place_below(l, b->dies, b->died, y + 9);
	if (b->table == NO_BOX)
		return;
	place_below(l, b->table_in, b->table, y - 6);
	uint32_t lane_column = b->dies;
	tie(l, b->table, edge_x(l, b->table_in > lane_column ? lane_column + 1 : lane_column));
	take(l, b->table_in, l->columns[b->table_in].free + 4);
}

static void lay_effect(struct laying *l, const struct diagram_step *s, const struct step_boxes *b, double y)
{
	bool right = goes_right(l, s);
	place_below(l, b->far, b->effect, larger(y + 6, l->columns[b->far].free + 2));
	tie(l, b->effect, edge_x(l, leads_away(l, s) ? edge_of(l, s->to, !right) : edge_of(l, s->from, right)));
	take(l, b->far, l->columns[b->far].free + 3);
}

static void lay_arrow(struct laying *l, uint32_t index)
{
	const struct diagram_step *s = &l->d->steps[index];
	struct step_boxes *b = &l->steps[index];
	uint32_t first, end;
	if (b->note != NO_BOX) {
		place_below(l, b->near, b->note, larger(l->columns[b->near].free + 2, l->last_y + 2));
		tie(l, b->note, edge_x(l, edge_of(l, s->from, goes_right(l, s))));
		take(l, b->near, l->columns[b->near].free + 2);
	}
	double y = arrow_height(l, index);
	columns_of(l, s, &first, &end);
	if (s->joins != DIAGRAM_NOWHERE)
		lay_join(l, s, y);
	lay_line(l, s, y);
	place(l, b->label, middle_x(l, b->column), y - above(l, s) - box(l, b->label)->h);
	l->columns[b->column].written = y - above(l, s);
	place_time(l, b->time, y);
	uint32_t from = s->lost && first ? first - 1 : first, until = s->lost && end <= last_column(l) ? end + 1 : end;
	for (uint32_t i = from; i < until; i++)
		take(l, i, y + (s->lost ? 8 : 5));
	for (uint32_t i = 0; i < b->n_patches; i++)
		place_below(l, b->column, b->patches[i], y + 3 + above(l, s));
	lay_death(l, b, y);
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
	add_line(l, a->x1, a->y1, a->x2, a->y1, PICTURE_MUTE, 1)->dashed = true;
	add_line(l, a->x1, a->y2, a->x2, a->y2, PICTURE_MUTE, 1)->dashed = true;
	add_line(l, a->x1, a->y1, a->x1, a->y2, PICTURE_MUTE, 1)->dashed = true;
	add_line(l, a->x2, a->y1, a->x2, a->y2, PICTURE_MUTE, 1)->dashed = true;
}

static void lay_band(struct laying *l, uint32_t index)
{
	const struct step_boxes *b = &l->steps[index];
	double x1 = edge_x(l, 0) - 5, x2 = lane_end(l) + 5;
	double h = box(l, b->label)->h, y = lowest(l) + 6;
	x2 = larger(x2, x1 + box(l, b->label)->w + 2 * MARGIN);
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
		add_line(l, x, top, x, l->page->areas[i].y1, PICTURE_LINE, 1.6);
		top = l->page->areas[i].y2;
	}
	add_line(l, x, top, x, bottom, PICTURE_LINE, 1.6);
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
		h = box(l, b->name)->h;
		if (b->model != NO_BOX)
			place(l, b->model, middle_x(l, 2 * i), y + h);
		for (int side = 0; side < 2; side++)
			if (b->address[side] != NO_BOX)
				place(l, b->address[side], edge_x(l, 2 * i + side), y + 2 * h);
	}
	return y + 3 * h + 4;
}

/* --- above and below ------------------------------------------------------------------------- */

#define LEGEND 3

static bool marked(const struct diagram *d, enum diagram_mark mark)
{
	for (uint32_t i = 0; i < d->n_steps; i++)
		for (const struct diagram_patch *p = d->steps[i].patches; p; p = p->next)
			if (p->mark == mark)
				return true;
	return false;
}

/** Texts that are as wide as the page, which is known now. */
struct around {
	uint32_t title, *verdicts, legend[LEGEND], n_legend;
};

static void around_boxes(struct laying *l, struct around *r)
{
	const struct diagram *d = l->d;
	l->page->width = larger(l->page->width, TITLE_LEAST);
	r->title = add_box(l, paragraph_label(l->arena, TITLE_SIZE, PICTURE_INK, true, false, d->title,
					      (size_t)(l->page->width / TITLE_WIDTH)));
	r->verdicts = arena_alloc(l->arena, (d->n_verdicts + 1) * sizeof *r->verdicts);
	for (uint32_t i = 0; i < d->n_verdicts; i++)
		r->verdicts[i] = !d->verdicts[i]
					 ? NO_BOX
					 : add_box(l, paragraph_label(l->arena, TEXT_SIZE, PICTURE_INK, i % 2 == 0,
								      false, d->verdicts[i],
								      (size_t)(l->page->width / CHAR_WIDTH) - 2));
	if (marked(d, MARK_NEW))
		r->legend[r->n_legend++] = add_box(l, patch_label(l->arena, MARK_NEW, "this hop wrote it"));
	if (marked(d, MARK_STALE))
		r->legend[r->n_legend++] = add_box(l, patch_label(l->arena, MARK_STALE, "not rewritten, wrong here"));
}

static double lay_left(struct laying *l, uint32_t i, double x, double y)
{
	box(l, i)->x = x;
	box(l, i)->y = y;
	l->page->width = larger(l->page->width, x + box(l, i)->w + 2);
	return box(l, i)->h;
}

static double lay_below(struct laying *l, const struct around *r, double y)
{
	double x = 2, h = 0;
	for (uint32_t i = 0; i < l->d->n_verdicts; i++)
		if (r->verdicts[i] != NO_BOX)
			y += lay_left(l, r->verdicts[i], 2, y) + 4;
	for (uint32_t i = 0; i < r->n_legend; i++) {
		if (i && x + box(l, r->legend[i])->w > l->page->width) {
			x = 2;
			y += h + 4;
		}
		h = lay_left(l, r->legend[i], x, y + 4);
		x += box(l, r->legend[i])->w + 12;
	}
	return y + (r->n_legend ? h + 8 : 0);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void make_room(struct laying *l)
{
	const struct diagram *d = l->d;
	uint32_t per_step = 6 + PATCHES_MAX;
	l->boxes_max = d->n_steps * per_step + d->n_lanes * 4 + d->n_verdicts + 1 + LEGEND;
	l->lines_max = d->n_steps * 7 + d->n_lanes * 2 * (d->n_steps + 1);
	l->page->boxes = arena_alloc(l->arena, l->boxes_max * sizeof *l->page->boxes);
	l->page->lines = arena_alloc(l->arena, (l->lines_max + 1) * sizeof *l->page->lines);
	l->page->areas = arena_alloc(l->arena, (d->n_lanes + d->n_steps + 1) * sizeof *l->page->areas);
	l->page->n_areas = d->n_lanes; /* one for each lane, empty unless it is wide */
	l->steps = arena_alloc(l->arena, (d->n_steps + 1) * sizeof *l->steps);
	l->lanes = arena_alloc(l->arena, (d->n_lanes + 1) * sizeof *l->lanes);
	l->columns = arena_alloc(l->arena, (2 * d->n_lanes + 1) * sizeof *l->columns);
	l->arrow_y = arena_alloc(l->arena, (d->n_steps + 1) * sizeof *l->arrow_y);
}

/** Everything between the headers of the lanes and their ends. Returns where that is. */
static double lay_steps(struct laying *l, double top)
{
	for (uint32_t i = 0; i <= last_column(l); i++)
		l->columns[i].free = top + 4;
	l->time_free = l->last_y = top;
	for (uint32_t i = 0; i < l->d->n_steps; i++)
		lay_step[l->d->steps[i].kind](l, i);
	double bottom = lowest(l) + 6;
	for (uint32_t i = 0; i < l->d->n_lanes; i++)
		lay_lane(l, i, top, bottom);
	return bottom;
}

bool page_lay(struct arena *a, struct painter *painter, const struct diagram *d, struct page *out)
{
	struct laying l = { .arena = a, .d = d, .page = out };
	struct around around = { 0 };
	*out = (struct page){ .title = d->title, .desc = d->desc };
	make_room(&l);
	for (uint32_t i = 0; i < d->n_lanes; i++)
		lane_boxes(&l, i);
	for (uint32_t i = 0; i < d->n_steps; i++)
		step_boxes(&l, i);
	uint32_t inner = out->n_boxes;
	if (!measure(&l, painter, 0))
		return false;
	if (d->n_lanes)
		set_widths(&l);
	around_boxes(&l, &around);
	if (!measure(&l, painter, inner))
		return false;
	double y = 2 + lay_left(&l, around.title, 2, 2) + 10;
	if (d->n_lanes)
		y = lay_steps(&l, lay_header(&l, y)) + 8;
	out->height = lay_below(&l, &around, y) + 2;
	return true;
}

/* --- DOT ------------------------------------------------------------------------------------- */

static void put_box(struct sink *s, const struct page *page, uint32_t i)
{
	const struct page_box *b = &page->boxes[i];
	sink_printf(s, "\t%u [pos=\"%.2f,%.2f\" label=<%s>", i, b->x + b->w / 2, page->height - b->y - b->h / 2,
		    b->html);
	if (b->note)
		sink_printf(
			s,
			" shape=note style=filled margin=\"0.09,0.04\" width=0 height=0 fillcolor=\"%s\" color=\"%s\"",
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
	sink_text(s, "\tnode [shape=plain fontname=\"" PICTURE_FONT "\" fontsize=12]\n\tedge [arrowsize=0.9]\n");
	sink_text(s, "\ta [pos=\"0,0\" shape=point style=invis label=\"\"]\n");
	for (uint32_t i = 0; i < page->n_areas; i++)
		put_area(s, page, &page->areas[i]);
	for (uint32_t i = 0; i < page->n_lines; i++)
		put_line(s, page, &page->lines[i]);
	for (uint32_t i = 0; i < page->n_boxes; i++)
		put_box(s, page, i);
	sink_text(s, "}\n");
}
