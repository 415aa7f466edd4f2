#include "reports/compare_json.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/json.h"
#include "scenarios/axis_knobs.h"

/** Each item of a list on a line of its own. */
static void line_item(struct json *j)
{
	sink_text(j->out, j->more ? ",\n" : "\n");
	j->more = false;
}

/* --- a cell ------------------------------------------------------------------------------------ */

/** Indexes of the axes in alphabetical order; the caller frees them. */
static uint32_t *axes_in_order(const char *const *axes, uint32_t n)
{
	uint32_t *order = calloc(n + 1, sizeof *order);
	assert(order);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = i;
		for (; k > 0 && strcmp(axes[order[k - 1]], axes[i]) > 0; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

static void choices_object(struct json *j, const char *const *axes, const char *const *values, uint32_t n)
{
	uint32_t *order = axes_in_order(axes, n);
	json_open(j, '{');
	for (uint32_t i = 0; i < n; i++)
		json_key(j, axes[order[i]]), json_text(j, values[order[i]]);
	json_close(j, '}');
	free(order);
}

static void trouble_object(struct json *j, const struct trouble *t)
{
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, t->cause);
	json_key(j, "check"), json_text(j, t->check);
	json_key(j, "result"), json_text(j, verdict_words[t->result]);
	json_key(j, "subject"), json_text(j, t->subject);
	if (t->to)
		json_key(j, "to"), json_text(j, t->to);
	json_close(j, '}');
}

static void troubles_array(struct json *j, const struct cell_state *o)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < o->n_troubles; i++)
		json_item(j), trouble_object(j, &o->troubles[i]);
	json_close(j, ']');
}

/* --- changes ----------------------------------------------------------------------------------- */

static void outcome_object(struct json *j, const struct cell_state *o)
{
	if (!o) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, o->cause);
	if (o->detailed)
		json_key(j, "checks"), troubles_array(j, o);
	json_key(j, "verdict"), json_text(j, verdict_words[o->verdict]);
	json_close(j, '}');
}

static void id_value(struct json *j, const struct change_group *g, const struct cell_change *change)
{
	json_quote(j);
	json_piece(j, g->path);
	for (uint32_t i = 0; i < g->n_axes; i++) {
		json_piece(j, i ? "," : "[");
		json_piece(j, g->axes[i]);
		json_piece(j, "=");
		json_piece(j, change->values[i]);
	}
	json_piece(j, g->n_axes ? "]" : "");
	json_quote(j);
}

static void change_object(struct json *j, enum change_class class, const struct change_group *g,
			  const struct cell_change *change)
{
	json_open(j, '{');
	json_key(j, "cell"), choices_object(j, g->axes, change->values, g->n_axes);
	json_key(j, "class"), json_text(j, change_words[class]);
	json_key(j, "expected");
	if (change->now)
		json_bool(j, change->expected);
	else
		json_null(j);
	json_key(j, "id"), id_value(j, g, change);
	json_key(j, "new"), outcome_object(j, change->now);
	json_key(j, "old"), outcome_object(j, change->old);
	json_key(j, "path"), json_text(j, g->path);
	json_key(j, "sentence"), json_text(j, change->sentence);
	json_close(j, '}');
}

static void put_changes(struct json *j, const struct comparison *c)
{
	for (int i = 0; i < CHANGE_NONE; i++)
		for (const struct change_group *g = c->classes[i].first; g; g = g->next)
			for (const struct cell_change *change = g->first; change; change = change->next) {
				line_item(j);
				change_object(j, (enum change_class)i, g, change);
			}
}

static void differences_array(struct json *j, const struct comparison *c)
{
	json_open(j, '[');
	for (const struct difference *d = c->differences; d; d = d->next) {
		json_item(j), json_open(j, '{');
		json_key(j, "axis"), json_text(j, d->axis);
		json_key(j, "knob"), json_text(j, d->knob);
		json_key(j, "new"), json_text(j, d->now);
		json_key(j, "old"), json_text(j, d->old);
		json_key(j, "path"), json_text(j, d->path);
		json_key(j, "value"), json_text(j, d->value);
		json_key(j, "what"), json_text(j, d->what);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void totals_object(struct json *j, const struct comparison *c)
{
	static const enum change_class order[] = { CHANGE_BROKEN, CHANGE_CAUSE,	  CHANGE_FIXED,
						   CHANGE_NEW,	  CHANGE_REMOVED, CHANGE_NONE };
	json_open(j, '{');
	for (size_t i = 0; i < COUNT(order); i++)
		json_key(j, change_words[order[i]]), json_number(j, c->classes[order[i]].n);
	json_close(j, '}');
}

void put_comparison_json(struct sink *s, const struct comparison *c)
{
	struct json j = { s };
	json_open(&j, '{');
	json_key(&j, "changes"), json_open(&j, '[');
	put_changes(&j, c);
	sink_text(s, "\n"), json_close(&j, ']');
	json_key(&j, "differences"), differences_array(&j, c);
	json_key(&j, "format"), json_number(&j, 1);
	json_key(&j, "totals"), totals_object(&j, c);
	json_close(&j, '}');
	sink_text(s, "\n");
}

/* --- the baseline ------------------------------------------------------------------------------ */

/** A cell to be written, its axes in alphabetical order. */
struct kept {
	const struct shown *shown;
	bool is_later;
	const char *path; /* as the baseline names it */
	uint32_t nth, n_axes;
	const char *const *axes, *const *values;
	const struct cell_state *outcome;
};

struct collection {
	struct arena *arena;
	const struct comparison *comparison;
	const struct baseline_rules *rules;
	const struct shown *shown; /* that of the cell before */
	const char *path;
	const char *const *axes, **sorted; /* those of the cell before, as told and in order */
	uint32_t *order;
	struct kept *cells;
	size_t n, room;
};

/** Cells of one scenario come with the same axes. */
static void take_axes(struct collection *c, const struct compared_cell *cell)
{
	if (c->shown != cell->shown)
		c->path = c->rules->name(c->rules->context, cell->shown->scenario);
	c->shown = cell->shown;
	if (c->axes == cell->axes)
		return;
	free(c->order);
	c->axes = cell->axes;
	c->order = axes_in_order(cell->axes, cell->n_axes);
	c->sorted = arena_alloc(c->arena, (cell->n_axes + 1) * sizeof *c->sorted);
	for (uint32_t i = 0; i < cell->n_axes; i++)
		c->sorted[i] = cell->axes[c->order[i]];
}

static void collect(void *context, const struct compared_cell *cell)
{
	struct collection *c = context;
	const char **values = arena_alloc(c->arena, (cell->n_axes + 1) * sizeof *values);
	take_axes(c, cell);
	for (uint32_t i = 0; i < cell->n_axes; i++)
		values[i] = comparison_text(c->comparison, cell->values[c->order[i]]);
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 1024;
		c->cells = realloc(c->cells, c->room * sizeof *c->cells);
		assert(c->cells);
	}
	c->cells[c->n++] = (struct kept){ cell->shown,	cell->is_later, c->path, cell->nth,
					  cell->n_axes, c->sorted,	values,	 cell->outcome };
}

static int scenario_order(const struct kept *a, const struct kept *b)
{
	int path = a->shown == b->shown ? 0 : strcmp(a->path, b->path);
	return path ? path : (int)a->nth - (int)b->nth;
}

/** Texts are kept once, so that most are the same pointer. */
static int text_order(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

static int kept_order(const void *one, const void *other)
{
	const struct kept *a = one, *b = other;
	int found = scenario_order(a, b);
	for (uint32_t i = 0; !found && i < a->n_axes && i < b->n_axes; i++) {
		found = text_order(a->axes[i], b->axes[i]);
		found = found ? found : text_order(a->values[i], b->values[i]);
	}
	return found ? found : (int)a->n_axes - (int)b->n_axes;
}

static void kept_object(struct json *j, const struct kept *k)
{
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, k->outcome->cause);
	json_key(j, "cell"), choices_object(j, k->axes, k->values, k->n_axes);
	if (k->outcome->detailed && k->outcome->n_troubles)
		json_key(j, "checks"), troubles_array(j, k->outcome);
	json_key(j, "verdict"), json_text(j, verdict_words[k->outcome->verdict]);
	json_close(j, '}');
}

/** Has the scenario the axes of the cell, and no others? */
static bool has_axes_of(const struct scenario *s, const struct kept *k)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < s->n_axes; i++)
		for (uint32_t n = 0; n < k->n_axes; n++)
			found += strcmp(s->axes[i].name, k->axes[n]) == 0;
	return found == k->n_axes && s->n_axes == k->n_axes;
}

/** The scenario of these cells as it is known best; NULL: of no use to all of them. */
static const struct shown *shown_of(const struct kept *cells, size_t n)
{
	const struct shown *shown = cells[0].shown;
	for (size_t i = 0; i < n; i++)
		if (cells[i].is_later)
			shown = cells[i].shown;
	for (size_t i = 0; shown->knobs && i < n; i++)
		if ((!i || cells[i].axes != cells[i - 1].axes) && !has_axes_of(shown->scenario, &cells[i]))
			return NULL;
	return shown->knobs ? shown : NULL;
}

/** Behind one value of an axis. */
static void value_knobs_object(struct json *j, const struct axis_knobs *knobs, uint32_t value)
{
	json_open(j, '{');
	for (uint32_t k = 0; k < knobs->n; k++)
		if (knobs->items[k].values[value])
			json_key(j, knobs->items[k].name), json_text(j, knobs->items[k].values[value]);
	json_close(j, '}');
}

/** What is behind the values of the axes: each value on a line of its own. */
static void knobs_object(struct json *j, const struct shown *shown)
{
	json_open(j, '{');
	for (uint32_t i = 0; i < shown->scenario->n_axes; i++) {
		const struct axis *axis = &shown->scenario->axes[shown->by_name[i]];
		json_key(j, axis->name), json_open(j, '{');
		for (uint32_t v = 0; v < axis->n; v++) {
			line_item(j);
			json_key(j, axis->values[v]), value_knobs_object(j, &shown->knobs[shown->by_name[i]], v);
		}
		json_close(j, '}');
	}
	json_close(j, '}');
}

/** The cells of the scenario of the first one. Returns how many they are. */
static size_t put_kept_scenario(struct json *j, const struct kept *cells, size_t n, const struct baseline_rules *rules)
{
	size_t i = 0;
	json_open(j, '{');
	json_key(j, "cells"), json_open(j, '[');
	for (; i < n && scenario_order(&cells[0], &cells[i]) == 0; i++) {
		line_item(j);
		kept_object(j, &cells[i]);
		rules->ready(rules->context, j->out);
	}
	sink_text(j->out, "\n"), json_close(j, ']');
	const struct shown *shown = shown_of(cells, i);
	if (shown)
		json_key(j, "knobs"), knobs_object(j, shown);
	json_key(j, "path"), json_text(j, cells[0].path);
	json_close(j, '}');
	return i;
}

void put_baseline(struct sink *s, const struct comparison *comparison, const struct baseline_rules *rules)
{
	struct collection c = { .arena = arena_new(), .comparison = comparison, .rules = rules };
	struct json j = { s };
	comparison_each(comparison, collect, &c);
	if (c.n)
		qsort(c.cells, c.n, sizeof *c.cells, kept_order);
	json_open(&j, '{');
	json_key(&j, "beside"), json_bool(&j, true);
	json_key(&j, "format"), json_number(&j, 1);
	json_key(&j, "scenarios"), json_open(&j, '[');
	for (size_t i = 0; i < c.n;) {
		line_item(&j);
		i += put_kept_scenario(&j, &c.cells[i], c.n - i, rules);
	}
	sink_text(s, "\n"), json_close(&j, ']');
	json_key(&j, "tool"), json_open(&j, '{');
	json_key(&j, "catalogue"), json_text(&j, rules->catalogue);
	json_key(&j, "name"), json_text(&j, "viaport");
	json_key(&j, "version"), json_text(&j, rules->version);
	json_close(&j, '}');
	json_close(&j, '}');
	sink_text(s, "\n");
	rules->ready(rules->context, s);
	free(c.order);
	free(c.cells);
	arena_free(c.arena);
}
