#include "sim/cli/cure.h"

#include <string.h>

#include "scenarios/axis_knobs.h"
#include "scenarios/knob_change.h"

#define RUNS_MAX  2000 /* of an axis */
#define PAIRS_MAX 3    /* pairs that cure; more of them say no more */

/** A knob, and a value of the axis at which it is otherwise. */
struct candidate {
	const struct axis_knob *knob;
	uint32_t value;
};

/** The search along one axis. */
struct search {
	struct arena *scratch; /* for the world */
	const struct why *why;
	const struct play_options *options;
	uint32_t axis, here;
	enum verdict best;
	const struct candidate *candidates;
	uint32_t n;
	uint32_t runs; /* that are left */
	struct why_cure *found;
	uint32_t n_found;
};

/* --- what may be changed ----------------------------------------------------------------------- */

/** The first value of the axis which is as good as any and has this knob as `value` does. */
static bool is_first(const struct search *s, const struct axis_knob *knob, uint32_t value)
{
	for (uint64_t i = 0; i < s->why->n_near; i++) {
		const struct brief *b = &s->why->near[i].brief;
		uint32_t other = cell_value(s->why->shown->scenario, s->axis, b->cell);
		if (other == value)
			return true;
		if (other != s->here && b->verdict == s->best && strcmp(knob->values[other], knob->values[value]) == 0)
			return false;
	}
	return true;
}

/** Those on which a cause hangs, or the others: in the order of knobs, then of values. */
static uint32_t candidates_add(const struct search *s, bool hangs, struct candidate *out, uint32_t n)
{
	const struct axis_knobs *knobs = &s->why->shown->knobs[s->axis];
	for (uint32_t k = 0; k < knobs->n; k++) {
		const struct axis_knob *knob = &knobs->items[k];
		if ((causes_of_knob(knob->name) & s->why->it.brief.causes) ? !hangs : hangs)
			continue;
		for (uint64_t i = 0; i < s->why->n_near; i++) {
			const struct brief *b = &s->why->near[i].brief;
			uint32_t value = cell_value(s->why->shown->scenario, s->axis, b->cell);
			if (value != s->here && b->verdict == s->best &&
			    strcmp(knob->values[value], knob->values[s->here]) != 0 && is_first(s, knob, value))
				out[n++] = (struct candidate){ knob, value };
		}
	}
	return n;
}

/* --- whether it helps -------------------------------------------------------------------------- */

/** Plays the cell with these knobs as that value of the axis has them. */
static bool helps(struct search *s, const char *const *knobs, uint32_t n, uint32_t value)
{
	struct arena *a = arena_new();
	const struct knob_change change = { s->axis, value, knobs, n };
	const struct scenario *changed =
		knob_change_scenario(a, s->why->shown->scenario, s->why->it.brief.cell, &change);
	struct cell_result result = { .verdict = VERDICT_ERROR };
	if (changed)
		play_cell(s->scratch, changed, s->why->it.brief.cell, s->options, &result);
	enum verdict verdict = result.verdict;
	arena_reset(s->scratch);
	arena_free(a);
	s->runs--;
	return verdict <= s->best;
}

static void keep(struct search *s, const struct candidate *const *which, uint32_t n)
{
	struct why_cure *cure = &s->found[s->n_found++];
	cure->n = n;
	for (uint32_t i = 0; i < n; i++)
		cure->knobs[i] = (struct why_knob){ which[i]->knob->name, which[i]->knob->values[s->here],
						    which[i]->knob->values[which[i]->value] };
}

static void singles_try(struct search *s)
{
	for (uint32_t i = 0; i < s->n && s->runs; i++) {
		const struct candidate *c = &s->candidates[i];
		if (helps(s, &c->knob->name, 1, c->value))
			keep(s, &c, 1);
	}
}

/** Two knobs of one and the same device. */
static void pairs_try(struct search *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t k = i + 1; k < s->n && s->runs && s->n_found < PAIRS_MAX; k++) {
			const struct candidate *const two[] = { &s->candidates[i], &s->candidates[k] };
			const char *const names[] = { two[0]->knob->name, two[1]->knob->name };
			uint32_t value = two[1]->value;
			if (two[0]->knob == two[1]->knob ||
			    strcmp(two[0]->knob->values[value], two[0]->knob->values[two[0]->value]) != 0)
				continue;
			if (helps(s, names, 2, value))
				keep(s, two, 2);
		}
}

static void axis_try(struct arena *a, struct why *w, uint32_t axis, const struct play_options *options,
		     struct why_cures *out)
{
	const struct scenario *s = w->shown->scenario;
	struct search search = { .why = w,
				 .options = options,
				 .axis = axis,
				 .here = cell_value(s, axis, w->it.brief.cell),
				 .best = why_best(w, axis),
				 .runs = RUNS_MAX };
	if (search.best == VERDICTS)
		return;
	uint32_t most = w->shown->knobs[axis].n * s->axes[axis].n;
	struct candidate *candidates = arena_alloc(a, (most + 1) * sizeof *candidates);
	search.n = candidates_add(&search, true, candidates, 0);
	search.n = candidates_add(&search, false, candidates, search.n);
	search.candidates = candidates;
	search.found = arena_alloc(a, (search.n + PAIRS_MAX) * sizeof *search.found);
	search.scratch = arena_new();
	singles_try(&search);
	if (!search.n_found)
		pairs_try(&search);
	arena_free(search.scratch);
	*out = (struct why_cures){ search.found, search.n_found };
}

void cures_find(struct arena *a, struct why *w, const struct play_options *options)
{
	uint32_t n = w->shown->scenario->n_axes;
	struct why_cures *cures = arena_alloc(a, (n + 1) * sizeof *cures);
	for (uint32_t i = 0; i < n; i++)
		axis_try(a, w, i, options, &cures[i]);
	w->cures = cures;
}
