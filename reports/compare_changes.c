#include "reports/compare_shared.h"

const char *const change_words[] = {
	[CHANGE_BROKEN] = "broken", [CHANGE_CAUSE] = "cause changed", [CHANGE_FIXED] = "fixed",
	[CHANGE_NEW] = "new",	    [CHANGE_REMOVED] = "removed",     [CHANGE_NONE] = "unchanged",
};

bool state_is_there(const struct cell_state *o)
{
	return o && o->verdict != VERDICT_SKIPPED;
}

int verdict_badness(enum verdict v)
{
	static const int ranks[VERDICTS] = {
		[VERDICT_WORKS] = 0, [VERDICT_DEGRADED] = 1, [VERDICT_STOPS] = 2,
		[VERDICT_FAILS] = 3, [VERDICT_ERROR] = 4,
	};
	return ranks[v];
}

static bool same_troubles(const struct cell_state *a, const struct cell_state *b)
{
	if (a->n_troubles != b->n_troubles)
		return false;
	for (uint32_t i = 0; i < a->n_troubles; i++) {
		const struct trouble *x = &a->troubles[i], *y = &b->troubles[i];
		if (trouble_order(x, y) != 0 || x->result != y->result || x->cause != y->cause)
			return false;
	}
	return true;
}

/** What was cut down to its cause is compared by it, and by nothing where it has none. */
static bool same_cause(const struct cell_state *a, const struct cell_state *b)
{
	if (a->detailed && b->detailed)
		return same_troubles(a, b);
	return !a->cause || !b->cause || a->cause == b->cause;
}

static enum change_class class_of(const struct cell_state *old, const struct cell_state *now)
{
	if (!state_is_there(old))
		return state_is_there(now) ? CHANGE_NEW : CHANGE_NONE;
	if (!state_is_there(now))
		return CHANGE_REMOVED;
	int worse = verdict_badness(now->verdict) - verdict_badness(old->verdict);
	if (worse)
		return worse > 0 ? CHANGE_BROKEN : CHANGE_FIXED;
	return same_cause(old, now) ? CHANGE_NONE : CHANGE_CAUSE;
}

static struct change_group *group_of(struct compared *s, struct change_list *list, enum change_class class,
				     struct compared_scenario *c)
{
	struct change_group *g = c->groups[class];
	if (g)
		return g;
	g = c->groups[class] = arena_alloc(s->arena, sizeof *g);
	g->path = c->from->path;
	g->axes = c->axes;
	g->n_axes = c->n_axes;
	g->common = arena_alloc(s->arena, (g->n_axes + 1) * sizeof *g->common);
	g->end = &g->first;
	*list->end = g;
	list->end = &g->next;
	return g;
}

/** What all cells of a group have in common says what they changed with, unless everything has it. */
static void note_common(const struct compared *s, const struct compared_scenario *c, struct change_group *g,
			const uint32_t *values)
{
	for (uint32_t i = 0; i < g->n_axes; i++) {
		const char *value = c->several[i] ? s->texts[values[i]] : NULL;
		g->common[i] = !g->n || g->common[i] == value ? value : NULL;
	}
	g->n++;
}

static void keep_change(struct compared *s, struct change_group *g, const uint32_t *values,
			const struct cell_change *told)
{
	struct cell_change *change = arena_alloc(s->arena, sizeof *change);
	const char **texts = arena_alloc(s->arena, (g->n_axes + 1) * sizeof *texts);
	for (uint32_t i = 0; i < g->n_axes; i++)
		texts[i] = s->texts[values[i]];
	*change = *told;
	change->values = texts;
	change->sentence = told->sentence ? arena_strdup(s->arena, told->sentence) : NULL;
	*g->end = change;
	g->end = &change->next;
}

void change_tell(struct comparison *c, struct compared_scenario *scenario, const uint32_t *values,
		 const struct cell_change *told)
{
	struct compared *s = c->state;
	enum change_class class = class_of(told->old, told->now);
	struct change_list *list = &c->classes[class];
	list->n++;
	c->surprises += class == CHANGE_NEW && !told->expected;
	if (class == CHANGE_NONE)
		return;
	struct change_group *g = group_of(s, list, class, scenario);
	note_common(s, scenario, g, values);
	if (list->kept == s->rules.kept)
		return;
	keep_change(s, g, values, told);
	list->kept++;
}
