#include "reports/diagram_table.h"

#include <string.h>

#include "reports/utf8.h"

#define ROWS_TOLD 8  /* of a whole table no more are told */
#define INDENT	  10 /* of a table below a line of a ladder, */
#define LEAST	  2  /* or less, where it is broad */
#define GAP	  2  /* between its columns */

const char *const table_heads[TABLE_COLUMNS] = { "outside", "inside", "remote", "left" };

/* --- which rows ------------------------------------------------------------------------------------------ */

/** A row appears behind what is sent, and has gone before what comes. */
static const enum diagram_row_state state_of_slot[STEP_TABLES] = { ROW_NEW, ROW_EXPIRED };

/** A flow that is as new as another one, but not of this datagram, is told where that is. */
static bool is_of(const struct diagram_row *row, const struct diagram_step *step)
{
	return row->kind != NAT_ROW_FLOW || endpoint_equal(row->outside, step->src) ||
	       endpoint_equal(row->inside, step->dst);
}

static bool same_row(const struct diagram_row *a, const struct diagram_row *b)
{
	return a->kind == b->kind && endpoint_equal(a->inside, b->inside) && endpoint_equal(a->outside, b->outside) &&
	       endpoint_equal(a->remote, b->remote);
}

/** A row of a table, which may be NULL as its result may. */
static const struct diagram_row *find_row(const struct diagram_table *t, const struct diagram_row *row)
{
	for (uint32_t i = 0; t && i < t->n; i++)
		if (same_row(&t->rows[i], row))
			return &t->rows[i];
	return NULL;
}

/** Was it told already, with another datagram of the same microsecond? */
static bool told_before(const struct diagram *d, const struct diagram_step *step, const struct diagram_row *row)
{
	for (uint32_t i = 0; i < d->n_steps && &d->steps[i] != step; i++) {
		const struct diagram_step *before = &d->steps[i];
		if (before->at == step->at && before->from.lane == step->from.lane && is_of(row, before) &&
		    find_row(before->tables[0], row))
			return true;
	}
	return false;
}

static const struct diagram_table *table_at(const struct diagram_step *step, uint32_t slot, uint32_t lane)
{
	return step->tables[slot] && step->tables[slot]->lane == lane ? step->tables[slot] : NULL;
}

/** Was it over already when something came before? What is asked for again is in the table again. */
static bool gone_before(const struct diagram *d, const struct diagram_step *step, const struct diagram_row *row)
{
	uint32_t lane = step->tables[1]->lane;
	bool gone = false;
	for (uint32_t i = 0; i < d->n_steps && &d->steps[i] != step; i++) {
		const struct diagram_row *went = find_row(table_at(&d->steps[i], 0, lane), row);
		const struct diagram_row *came = find_row(table_at(&d->steps[i], 1, lane), row);
		if (went && went->state != ROW_EXPIRED)
			gone = false;
		if (came)
			gone = came->state == ROW_EXPIRED;
	}
	return gone;
}

static bool row_changed(const struct diagram *d, const struct diagram_step *step, uint32_t slot,
			const struct diagram_row *row)
{
	if (row->state != state_of_slot[slot])
		return false;
	if (row->state == ROW_EXPIRED)
		return !gone_before(d, step, row);
	return is_of(row, step) && !told_before(d, step, row);
}

static uint32_t changed_rows(const struct diagram *d, const struct diagram_step *step, uint32_t slot)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < step->tables[slot]->n; i++)
		n += row_changed(d, step, slot, &step->tables[slot]->rows[i]);
	return n;
}

/* --- their words ----------------------------------------------------------------------------------------- */

/** "203.0.113.7:5060", "203.0.113.7:any", "any" */
static const char *end_text(struct arena *a, struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	if (e.host && e.port) {
		endpoint_print(e, text);
		return arena_strdup(a, text);
	}
	if (!e.host)
		return e.port ? arena_printf(a, "any:%u", e.port) : "any";
	host_print(e.host, text);
	return arena_printf(a, "%s:any", text);
}

static const char *seconds_text(struct arena *a, usec time)
{
	struct sink s = { 0 };
	put_seconds(&s, time, 0);
	sink_text(&s, " s");
	return sink_keep(&s, a);
}

static const char *left_text(struct arena *a, const struct diagram_row *row)
{
	if (row->left == NEVER)
		return "for ever";
	return row->left ? seconds_text(a, row->left) : "expired";
}

static void tell_row(struct arena *a, const struct diagram_row *row, struct table_view *out)
{
	const char **cells = out->rows[out->n++];
	cells[TABLE_OUTSIDE] = end_text(a, row->outside);
	cells[TABLE_INSIDE] = end_text(a, row->inside);
	cells[TABLE_REMOTE] = end_text(a, row->remote);
	cells[TABLE_LEFT] = left_text(a, row);
}

/** Of many, those that began last. */
static void tell_all(struct arena *a, const struct diagram_table *t, struct table_view *out)
{
	uint32_t first = t->n > ROWS_TOLD ? t->n - ROWS_TOLD : 0;
	out->more = t->unseen + first;
	for (uint32_t i = first; i < t->n; i++)
		tell_row(a, &t->rows[i], out);
}

static void tell_changed(struct arena *a, const struct diagram *d, const struct diagram_step *step, uint32_t slot,
			 struct table_view *out)
{
	const struct diagram_table *t = step->tables[slot];
	for (uint32_t i = 0; i < t->n; i++)
		if (row_changed(d, step, slot, &t->rows[i]))
			tell_row(a, &t->rows[i], out);
}

static const char *title_of(struct arena *a, const struct diagram *d, const struct diagram_step *step,
			    const struct diagram_table *t, uint32_t slot)
{
	static const char *const changes[STEP_TABLES] = { "new in", "gone from" };
	const char *name = d->lanes[t->lane].name;
	if (t->missed)
		return arena_printf(a, "table of %s at %s", name, seconds_text(a, step->died));
	if (step->lost && slot == 1) /* which is when it died */
		return arena_printf(a, "gone from the table of %s by %s", name, seconds_text(a, step->died));
	return arena_printf(a, "%s the table of %s", changes[slot], name);
}

bool table_look(struct arena *a, const struct diagram *d, const struct diagram_step *step, uint32_t slot,
		struct table_view *out)
{
	const struct diagram_table *t = step->tables[slot];
	if (!t || (!t->missed && !changed_rows(d, step, slot)))
		return false;
	*out = (struct table_view){ .title = title_of(a, d, step, t, slot), .lane = t->lane };
	out->rows = arena_alloc(a, (t->n + 1) * sizeof *out->rows);
	if (!t->missed) {
		tell_changed(a, d, step, slot, out);
		return true;
	}
	tell_all(a, t, out);
	out->asked = arena_printf(a, "asked for %s: refused", end_text(a, t->asked));
	return true;
}

/* --- as text --------------------------------------------------------------------------------------------- */

const char *table_more(struct arena *a, const struct table_view *view)
{
	struct sink s = { 0 };
	put_count(&s, view->more, "row");
	sink_text(&s, " more");
	return sink_keep(&s, a);
}

const char *table_sentence(struct arena *a, const struct table_view *view)
{
	struct sink s = { 0 };
	sink_text(&s, view->title);
	for (uint32_t i = 0; i < view->n; i++) {
		const char **cells = view->rows[i];
		sink_printf(&s, "%s %s as %s to %s, %s", i ? ";" : ":", cells[TABLE_INSIDE], cells[TABLE_OUTSIDE],
			    cells[TABLE_REMOTE], cells[TABLE_LEFT]);
	}
	if (view->more)
		sink_printf(&s, "; %s", table_more(a, view));
	if (view->asked)
		sink_printf(&s, "%s %s", view->n ? ";" : ":", view->asked);
	return sink_keep(&s, a);
}

static size_t text_width(const char *text)
{
	return utf8_width(text, strlen(text));
}

/** How wide each column is with its gap. Returns their sum. */
static size_t measure(const struct table_view *view, size_t *widths)
{
	size_t sum = 0;
	for (uint32_t k = 0; k < TABLE_COLUMNS; k++) {
		widths[k] = text_width(table_heads[k]);
		for (uint32_t i = 0; i < view->n; i++) {
			size_t width = text_width(view->rows[i][k]);
			widths[k] = width > widths[k] ? width : widths[k];
		}
		widths[k] += GAP;
		sum += widths[k];
	}
	return sum - GAP;
}

static void put_row(struct sink *s, size_t indent, const char *const *cells, const size_t *widths)
{
	sink_repeat(s, ' ', indent);
	for (uint32_t k = 0; k + 1 < TABLE_COLUMNS; k++)
		put_padded(s, cells[k], widths[k]);
	sink_text(s, cells[TABLE_COLUMNS - 1]);
	sink_char(s, '\n');
}

void put_table_view(struct sink *s, struct arena *a, const struct paper *paper, const struct table_view *view)
{
	size_t widths[TABLE_COLUMNS], width = measure(view, widths);
	size_t room = width < paper->width ? paper->width - width : 0, indent = room < INDENT ? room : INDENT;
	if (indent < LEAST) {
		put_paragraph(s, table_sentence(a, view), INDENT, paper->width);
		return;
	}
	put_paragraph(s, view->title, indent, paper->width);
	if (view->n)
		put_row(s, indent, table_heads, widths);
	for (uint32_t i = 0; i < view->n; i++)
		put_row(s, indent, view->rows[i], widths);
	if (view->more)
		put_paragraph(s, table_more(a, view), indent, paper->width);
	if (view->asked)
		put_paragraph(s, view->asked, indent, paper->width);
}
