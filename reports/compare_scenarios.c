#include "reports/compare_shared.h"
#include "scenarios/axis_knobs.h"

/* --- their axes -------------------------------------------------------------------------------- */

/** The scenario's own order where it has axes; what was cut down has only those of its cells. */
static void take_axes(struct compared *s, struct compared_scenario *c, const struct scanned_cell *cell)
{
	bool told = c->from->n_axes;
	c->n_axes = told ? c->from->n_axes : cell->n_axes;
	c->axes = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->axes);
	c->values = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->values);
	c->several = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->several);
	for (uint32_t i = 0; i < c->n_axes; i++)
		c->axes[i] = compared_text(s, told ? c->from->axes[i].name : cell->axes[i]);
}

static int axis_of(const struct compared_scenario *c, const char *axis)
{
	for (uint32_t i = 0; i < c->n_axes; i++)
		if (c->axes[i] == axis)
			return (int)i;
	return -1;
}

/** Would the cells be others for the lack of these axes? */
static bool lacks_axes(const struct compared_scenario *c, const struct compared_scenario *other)
{
	for (uint32_t i = 0; i < other->n_axes; i++)
		if (other->several[i] && axis_of(c, other->axes[i]) < 0)
			return true;
	return false;
}

void compared_join(struct compared *s, struct compared_scenario *now, const struct compared_scenario *before)
{
	for (uint32_t i = 0; i < now->n_axes; i++)
		now->several[i] = !now->from->n_axes || now->from->axes[i].n > 1;
	if (lacks_axes(now, before) || lacks_axes(before, now))
		return;
	now->before = before;
	now->sources = arena_alloc(s->arena, (before->n_axes + 1) * sizeof *now->sources);
	for (uint32_t i = 0; i < before->n_axes; i++)
		now->sources[i] = axis_of(now, before->axes[i]);
}

struct compared_scenario *compared_find(const struct side *side, const char *path, uint32_t nth)
{
	struct compared_scenario *c = side->first;
	while (c && (c->nth != nth || strcmp(c->from->path, path) != 0))
		c = c->next;
	return c;
}

struct compared_scenario *compared_begin(struct compared *s, struct side *side, const struct shown *shown,
					 const struct scanned_cell *cell)
{
	struct compared_scenario *c = arena_alloc(s->arena, sizeof *c);
	*c = (struct compared_scenario){ .shown = shown, .from = shown->scenario };
	while (compared_find(side, c->from->path, c->nth))
		c->nth++;
	take_axes(s, c, cell);
	*side->end = c;
	side->end = &c->next;
	side->at_hand = c;
	return c;
}

/* --- what else is not the same ----------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/** A model that is used in many scenarios is told once. */
static bool is_told(const struct comparison *c, const struct difference *d)
{
	const struct difference *k = d->knob ? c->differences : NULL;
	while (k && !(same_text(k->knob, d->knob) && same_text(k->axis, d->axis) && same_text(k->value, d->value) &&
		      same_text(k->old, d->old) && same_text(k->now, d->now)))
		k = k->next;
	return k;
}

void compared_differ(struct comparison *c, const struct difference *told)
{
	struct compared *s = c->state;
	if (same_text(told->old, told->now) || is_told(c, told))
		return;
	struct difference *d = arena_alloc(s->arena, sizeof *d);
	*d = *told;
	*s->differences_end = d;
	s->differences_end = &d->next;
}

/** The text of a knob at a value of an axis, NULL when that has none of the name. */
static const char *knob_text(const struct shown *shown, const char *axis, const char *value, const char *knob)
{
	const struct scenario *s = shown->scenario;
	for (uint32_t i = 0; shown->knobs && i < s->n_axes; i++)
		for (uint32_t v = 0; strcmp(s->axes[i].name, axis) == 0 && v < s->axes[i].n; v++)
			for (uint32_t k = 0; strcmp(s->axes[i].values[v], value) == 0 && k < shown->knobs[i].n; k++)
				if (strcmp(shown->knobs[i].items[k].name, knob) == 0)
					return shown->knobs[i].items[k].values[v];
	return NULL;
}

/** Knobs are told where the values of an axis differ in them, so one that is on one side only says little. */
static void compare_knobs(struct comparison *c, const struct shown *old, const struct shown *now)
{
	const struct scenario *s = now->scenario;
	for (uint32_t i = 0; now->knobs && i < s->n_axes; i++)
		for (uint32_t v = 0; v < s->axes[i].n; v++)
			for (uint32_t k = 0; k < now->knobs[i].n; k++) {
				const struct axis_knob *knob = &now->knobs[i].items[k];
				const char *before = knob_text(old, s->axes[i].name, s->axes[i].values[v], knob->name);
				if (before)
					compared_differ(c, &(struct difference){ "knob", s->path, knob->name,
										 s->axes[i].name, s->axes[i].values[v],
										 before, knob->values[v] });
			}
}

void compared_differences(struct comparison *c, const struct shown *old, const struct shown *now)
{
	struct arena *a = c->state->arena;
	const struct scenario *before = old->scenario, *after = now->scenario;
	compare_knobs(c, old, now);
	if (!*before->sha256 || !*after->sha256)
		return;
	compared_differ(c, &(struct difference){
				   .what = "file", .path = after->path, .old = before->sha256, .now = after->sha256 });
	compared_differ(c, &(struct difference){ .what = "seed",
						 .path = after->path,
						 .old = arena_printf(a, "%llu", (unsigned long long)old->seed),
						 .now = arena_printf(a, "%llu", (unsigned long long)now->seed) });
}
