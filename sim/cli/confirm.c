#include "sim/cli/confirm.h"

#include <string.h>

#include "scenarios/axis_knobs.h"
#include "scenarios/trial.h"
#include "sim/cli/remedy_search.h"

#define PAIRS_TOLD 3 /* pairs that help; more of them say no more */

/** The search along one axis. */
struct search {
	struct arena *arena;
	const struct why *why;
	uint32_t axis, here;
	uint32_t *choice; /* of the cell */
	enum verdict best;
	struct trial *trials;	/* what may make the difference, ... */
	struct why_knob *knobs; /* ... and how it is told */
	uint32_t n, room;
};

/* --- what may make the difference --------------------------------------------------------------------------------- */

static bool is_known(const struct search *s, const struct trial *t)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (trial_equal(&s->trials[i], t))
			return true;
	return false;
}

/** "phone rport", and of one of several "alice rport". */
static bool is_called(const struct search *s, const struct trial *t, const char *name)
{
	const struct node_spec *node = &s->why->shown->scenario->nodes[t->knobs->node];
	const char *path = field_path(devices[node->kind].fields, t->knobs->knob.field, s->arena);
	const char *blank = strchr(name, ' ');
	size_t owner = blank ? (size_t)(blank - name) : 0;
	const char *const owners[] = { device_words[node->kind], node->name };
	for (int i = 0; blank && i < 2; i++)
		if (strlen(owners[i]) == owner && memcmp(owners[i], name, owner) == 0)
			return strcmp(blank + 1, path) == 0;
	return false;
}

static const struct axis_knob *knob_of(const struct search *s, const struct trial *t)
{
	const struct axis_knobs *knobs = &s->why->shown->knobs[s->axis];
	for (uint32_t i = 0; i < knobs->n; i++)
		if (is_called(s, t, knobs->items[i].name))
			return &knobs->items[i];
	return NULL;
}

static void candidate_add(struct search *s, const struct trial *t, const struct axis_knob *knob, uint32_t value)
{
	if (s->n == s->room) {
		uint32_t room = s->room * 2 + 64;
		struct trial *trials = arena_alloc(s->arena, room * sizeof *trials);
		struct why_knob *knobs = arena_alloc(s->arena, room * sizeof *knobs);
		if (s->n) {
			memcpy(trials, s->trials, s->n * sizeof *trials);
			memcpy(knobs, s->knobs, s->n * sizeof *knobs);
		}
		s->trials = trials;
		s->knobs = knobs;
		s->room = room;
	}
	s->trials[s->n] = *t;
	s->knobs[s->n++] = (struct why_knob){ knob->name, knob->values[s->here], knob->values[value] };
}

/** Those knobs of a better value of the axis on which a cause hangs, or the others. */
static void candidates_of(struct search *s, uint32_t value, bool hangs)
{
	struct trials towards = trials_towards(s->arena, s->why->shown->scenario, s->choice, s->axis, value);
	for (uint32_t i = 0; i < towards.n; i++) {
		const struct axis_knob *knob = knob_of(s, &towards.items[i]);
		bool does = knob && (causes_of_knob(knob->name) & s->why->it.brief.causes);
		if (knob && does == hangs && !is_known(s, &towards.items[i]))
			candidate_add(s, &towards.items[i], knob, value);
	}
}

static void candidates_gather(struct search *s, bool hangs)
{
	const struct scenario *scenario = s->why->shown->scenario;
	for (uint64_t i = 0; i < s->why->n_near; i++) {
		const struct brief *b = &s->why->near[i].brief;
		uint32_t value = cell_value(scenario, s->axis, b->cell);
		if (value != s->here && b->verdict == s->best)
			candidates_of(s, value, hangs);
	}
}

/* --- what does ----------------------------------------------------------------------------------------------------- */

/** Which of the candidates begins with this knob of a node? Their knobs stand one after the other in a change. */
static uint32_t candidate_at(const struct search *s, const struct trial *t, uint32_t at)
{
	uint32_t i = 0;
	while (!(s->trials[i].n <= t->n - at &&
		 trial_equal(&s->trials[i], &(struct trial){ .knobs = t->knobs + at, .n = s->trials[i].n })))
		i++;
	return i;
}

static struct why_cure told(const struct search *s, const struct trial *t)
{
	struct why_cure cure = { 0 };
	for (uint32_t at = 0; at < t->n;) {
		uint32_t i = candidate_at(s, t, at);
		cure.knobs[cure.n++] = s->knobs[i];
		at += s->trials[i].n;
	}
	return cure;
}

static struct why_cures axis_confirm(struct search *s, struct tries *t)
{
	candidates_gather(s, true);
	candidates_gather(s, false);
	const struct trials singles = { s->trials, s->n };
	struct changes good = changes_search(t, s->why->it.brief.cell, &singles, s->best, PAIRS_TOLD);
	struct why_cure *cures = arena_alloc(s->arena, (good.n + 1) * sizeof *cures);
	for (uint32_t i = 0; i < good.n; i++)
		cures[i] = told(s, &good.items[i]);
	return (struct why_cures){ cures, good.n };
}

bool knobs_confirm(struct arena *a, struct why *w, const struct play_options *options, uint32_t jobs)
{
	const struct scenario *scenario = w->shown->scenario;
	struct why_cures *cures = arena_alloc(a, (scenario->n_axes + 1) * sizeof *cures);
	struct tries tries = { .arena = a, .shown = w->shown, .options = *options, .jobs = jobs };
	uint32_t *choice = arena_alloc(a, (scenario->n_axes + 1) * sizeof *choice);
	scenario_choice(scenario, w->it.brief.cell, choice);
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		struct search s = {
			.arena = a, .why = w, .axis = i, .here = choice[i], .choice = choice, .best = why_best(w, i)
		};
		if (s.best != VERDICTS)
			cures[i] = axis_confirm(&s, &tries);
	}
	w->cures = cures;
	return !tries.interrupted;
}
