/* What a trial changes, for people. */
#include "scenarios/trial.h"

#include "models/remedy.h"
#include "scenarios/lab.h"

/** Texts while they are gathered; the same walk counts them, when there is no room yet. */
struct telling {
	struct arena *arena;
	const struct scenario *scenario;
	const uint32_t *choice;
	struct trial_text *items; /* NULL: only counted */
	uint32_t n;
};

static void tell(struct telling *t, uint32_t node, const char *knob, const char *value)
{
	if (t->items)
		t->items[t->n] = (struct trial_text){ t->scenario->nodes[node].name, knob, value };
	t->n++;
}

static void tell_knob(struct telling *t, uint32_t node, const struct knob_value *knob)
{
	const struct device *d = &devices[t->scenario->nodes[node].kind];
	void *profile = arena_alloc(t->arena, d->profile_size);
	knob_values_apply(&(struct list){ knob, 1 }, profile);
	tell(t, node, field_path(d->fields, knob->field, t->arena), field_print(knob->field, profile, t->arena));
}

static bool has_phones(const struct telling *t, uint32_t router)
{
	const struct scenario *s = t->scenario;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		const struct node_spec *n = &s->nodes[i];
		if (n->kind == DEVICE_PHONE &&
		    n->behind[n->behind_axis < 0 ? 0 : t->choice[n->behind_axis]] == (int)router)
			return true;
	}
	return false;
}

/** What a remedy does to one node. */
static void tell_remedy(struct telling *t, uint32_t node, const struct remedy_profile *r)
{
	enum device_kind kind = t->scenario->nodes[node].kind;
	const struct list *knobs = remedy_changes(r, kind);
	for (uint32_t i = 0; knobs && i < knobs->n; i++)
		tell_knob(t, node, (const struct knob_value *)knobs->items + i);
	if (kind == DEVICE_PHONE && r->phone)
		tell(t, node, "model", r->phone->name);
	if (kind == DEVICE_ROUTER && r->gateway && has_phones(t, node))
		tell(t, node, "gateway", r->gateway->name);
	if (kind == DEVICE_SERVER && r->force_rport_opt_in)
		tell(t, node, "force-rport-opt-in", "on");
}

static void tell_all(struct telling *t, const struct trial *trial)
{
	for (uint32_t i = 0; i < trial->n; i++)
		tell_knob(t, (uint32_t)trial->knobs[i].node, &trial->knobs[i].knob);
	for (uint32_t i = 0; !trial->n && i < t->scenario->n_nodes; i++)
		tell_remedy(t, i, trial->remedy->profile);
}

uint32_t trial_texts(struct arena *a, const struct scenario *s, const uint32_t *choice, const struct trial *trial,
		     const struct trial_text **out)
{
	struct telling t = { .arena = a, .scenario = s, .choice = choice };
	tell_all(&t, trial);
	t.items = arena_alloc(a, (t.n + 1) * sizeof *t.items);
	t.n = 0;
	tell_all(&t, trial);
	*out = t.items;
	return t.n;
}
