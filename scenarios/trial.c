#include "scenarios/trial.h"

#include <string.h>

#include "models/remedy.h"
#include "scenarios/axis_knobs.h"
#include "scenarios/lab.h"

const char *const effort_words[] = {
	[EFFORT_PHONE] = "a setting of a phone",
	[EFFORT_SERVER] = "a setting of a server",
	[EFFORT_ROUTER] = "a setting of a router",
	[EFFORT_HARDWARE] = "another device",
	[EFFORTS] = NULL,
};

/** Trials while they are gathered. */
struct gathering {
	struct arena *arena;
	const struct scenario *scenario;
	const uint32_t *choice;
	const struct catalogue *catalogue;
	struct trial *items;
	uint32_t n, room;
	const void *profile; /* of the node that is looked at */
};

static void trial_add(struct gathering *g, const struct trial *t)
{
	if (g->n == g->room) {
		struct trial *larger = arena_alloc(g->arena, (g->room * 2 + 64) * sizeof *larger);
		if (g->n)
			memcpy(larger, g->items, g->n * sizeof *larger);
		g->items = larger;
		g->room = g->room * 2 + 64;
	}
	g->items[g->n++] = *t;
}

/* --- remedies ----------------------------------------------------------------------------------------------------- */

static enum effort effort_of(enum device_kind kind)
{
	static const enum effort efforts[NODE_KINDS] = {
		[DEVICE_PHONE] = EFFORT_PHONE,
		[DEVICE_ROUTER] = EFFORT_ROUTER,
		[DEVICE_SERVER] = EFFORT_SERVER,
		[DEVICE_GATEWAY] = EFFORT_HARDWARE,
	};
	return efforts[kind];
}

/** A tunnel takes something at its other end. */
static bool is_hardware(const struct list *knobs)
{
	const struct knob_value *v = knobs->items;
	for (uint32_t i = 0; i < knobs->n; i++)
		if (v[i].field->kind == FIELD_NODES)
			return true;
	return false;
}

static enum effort remedy_effort(const struct remedy_profile *r)
{
	enum effort most = r->force_rport_opt_in ? EFFORT_SERVER : EFFORT_PHONE;
	if (r->phone || r->gateway)
		return EFFORT_HARDWARE;
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		const struct list *knobs = remedy_changes(r, (enum device_kind)kind);
		enum effort effort = knobs && knobs->n ? effort_of((enum device_kind)kind) : EFFORT_PHONE;
		if (knobs && is_hardware(knobs))
			return EFFORT_HARDWARE;
		most = effort > most ? effort : most;
	}
	return most;
}

/** Does it say anything else than what is there? */
static bool knobs_differ(const struct gathering *g, const struct node_spec *spec, const struct list *knobs)
{
	const struct device *d = &devices[spec->kind];
	const void *here = cell_profile(g->arena, g->scenario, spec, g->choice);
	void *then = arena_alloc_raw(g->arena, d->profile_size);
	const struct knob_value *v = knobs->items;
	memcpy(then, here, d->profile_size);
	knob_values_apply(knobs, then);
	for (uint32_t i = 0; i < knobs->n; i++)
		if (!field_equal(v[i].field, here, then))
			return true;
	return false;
}

static uint32_t count_kind(const struct scenario *s, enum device_kind kind)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		n += s->nodes[i].kind == kind;
	return n;
}

/** The only knob that it changes; NULL: it changes more, or brings something. */
static const struct knob_value *only_knob(const struct remedy_profile *r, enum device_kind kind)
{
	const struct list *knobs = remedy_changes(r, kind);
	if (!knobs || knobs->n != 1 || r->phones.n + r->routers.n + r->servers.n != 1)
		return NULL;
	return r->force_rport_opt_in || r->phone || r->gateway ? NULL : knobs->items;
}

/** Is it one knob of the only node of its kind, and so found there? */
static bool is_one_knob(const struct scenario *s, const struct remedy_profile *r)
{
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		const struct knob_value *knob = only_knob(r, (enum device_kind)kind);
		if (knob && !field_is_list(knob->field) && count_kind(s, (enum device_kind)kind) == 1)
			return true;
	}
	return false;
}

static bool remedy_does_something(const struct gathering *g, const struct remedy_profile *r)
{
	bool router = count_kind(g->scenario, DEVICE_ROUTER), server = count_kind(g->scenario, DEVICE_SERVER);
	if (r->phone || (r->gateway && router) || (r->force_rport_opt_in && server))
		return true;
	for (uint32_t i = 0; i < g->scenario->n_nodes; i++) {
		const struct list *knobs = remedy_changes(r, g->scenario->nodes[i].kind);
		if (knobs && knobs_differ(g, &g->scenario->nodes[i], knobs))
			return true;
	}
	return false;
}

static void remedies_gather(struct gathering *g)
{
	for (uint32_t i = 0; i < g->catalogue->n; i++) {
		const struct model *m = g->catalogue->models[i];
		struct trial t = { .remedy = m };
		if (m->kind != DEVICE_REMEDY || is_one_knob(g->scenario, m->profile) ||
		    !remedy_does_something(g, m->profile))
			continue;
		t.effort = remedy_effort(m->profile);
		trial_add(g, &t);
	}
}

/* --- one knob ----------------------------------------------------------------------------------------------------- */

/** Is this knob all that the remedy changes? */
static bool is_all_of(const struct remedy_profile *r, enum device_kind kind, const struct knob_value *knob)
{
	const struct knob_value *only = only_knob(r, kind);
	return only && only->field == knob->field && !field_is_list(knob->field) &&
	       memcmp(only->value, knob->value, field_size(knob->field)) == 0;
}

/** Remedies change all nodes of a kind: one of several is not what they say. */
static const struct model *remedy_named(const struct gathering *g, const struct tried_knob *k)
{
	enum device_kind kind = g->scenario->nodes[k->node].kind;
	for (uint32_t i = 0; i < g->catalogue->n && count_kind(g->scenario, kind) == 1; i++) {
		const struct model *m = g->catalogue->models[i];
		if (m->kind == DEVICE_REMEDY && is_all_of(m->profile, kind, &k->knob))
			return m;
	}
	return NULL;
}

static struct trial knob_trial(struct arena *a, const struct scenario *s, int node, const struct field *f,
			       const void *value)
{
	struct tried_knob *knob = arena_alloc(a, sizeof *knob);
	*knob = (struct tried_knob){ node, { f, value } };
	return (struct trial){ .knobs = knob, .n = 1, .effort = effort_of(s->nodes[node].kind) };
}

static void knob_gather(struct gathering *g, int node, const struct field *f, const void *value)
{
	if (memcmp((const char *)g->profile + f->at, value, field_size(f)) == 0)
		return;
	struct trial t = knob_trial(g->arena, g->scenario, node, f, value);
	t.remedy = remedy_named(g, &t.knobs[0]);
	trial_add(g, &t);
}

static bool is_unadvised(const struct field *f, const char *text)
{
	return f->unadvised && (!*f->unadvised || strcmp(f->unadvised, text) == 0);
}

/** A value as it would stand in YAML; what the field does not take is none, nor what nobody is advised to set. */
static void text_gather(struct gathering *g, int node, const struct field *f, const char *text)
{
	void *value = arena_alloc(g->arena, field_size(f));
	if (!is_unadvised(f, text) && field_read(f, g->arena, text, strlen(text), value))
		knob_gather(g, node, f, value);
}

static void words_gather(struct gathering *g, int node, const struct field *f)
{
	for (const char *const *word = f->words; *word; word++)
		text_gather(g, node, f, *word);
}

static void number_gather(struct gathering *g, int node, const struct field *f, uint64_t n)
{
	text_gather(g, node, f, arena_printf(g->arena, "%llu", (unsigned long long)n));
}

/** Half and double, and none where that means something. */
static void numbers_gather(struct gathering *g, int node, const struct field *f)
{
	uint32_t now;
	memcpy(&now, (const char *)g->profile + f->at, sizeof now);
	number_gather(g, node, f, 0);
	number_gather(g, node, f, now / 2);
	number_gather(g, node, f, now ? 2 * (uint64_t)now : 1);
}

/** Half and double, and what people set: below the usual timers of routers, and beyond them. */
static void durations_gather(struct gathering *g, int node, const struct field *f)
{
	static const usec usual[] = { 0, 15 * SEC, 25 * SEC, 60 * SEC, 300 * SEC, 3600 * SEC };
	usec now;
	memcpy(&now, (const char *)g->profile + f->at, sizeof now);
	text_gather(g, node, f, duration_print(now / 2, g->arena));
	text_gather(g, node, f, duration_print(2 * now, g->arena));
	for (size_t i = 0; i < COUNT(usual); i++)
		if (usual[i] != now / 2 && usual[i] != 2 * now)
			text_gather(g, node, f, duration_print(usual[i], g->arena));
}

/** None, and each of the catalogue. */
static void parts_gather(struct gathering *g, int node, const struct field *f)
{
	const struct model **value = arena_alloc(g->arena, (g->catalogue->n + 1) * sizeof *value);
	knob_gather(g, node, f, value++);
	for (uint32_t i = 0; i < g->catalogue->n; i++) {
		if ((int)g->catalogue->models[i]->kind != f->device)
			continue;
		*value = g->catalogue->models[i];
		knob_gather(g, node, f, value++);
	}
}

static void field_gather(struct gathering *g, int node, const struct field *f)
{
	switch (f->kind) {
	case FIELD_BOOL:
		text_gather(g, node, f, "on");
		text_gather(g, node, f, "off");
		return;
	case FIELD_WORD:
		words_gather(g, node, f);
		return;
	case FIELD_UINT:
		numbers_gather(g, node, f);
		return;
	case FIELD_DURATION:
		durations_gather(g, node, f);
		return;
	case FIELD_MODEL:
		parts_gather(g, node, f);
		return;
	default:
		return; /* lists, and names of nodes: remedies have them */
	}
}

static void fields_gather(struct gathering *g, int node, const struct field *fields)
{
	for (const struct field *f = fields; f->key; f++) {
		if (f->kind == FIELD_GROUP)
			fields_gather(g, node, f->members);
		else if (field_is_knob(f))
			field_gather(g, node, f);
	}
}

struct trials trials_single(struct arena *a, const struct scenario *s, const uint32_t *choice,
			    const struct catalogue *c)
{
	struct gathering g = { .arena = a, .scenario = s, .choice = choice, .catalogue = c };
	remedies_gather(&g);
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		g.profile = cell_profile(a, s, &s->nodes[i], choice);
		fields_gather(&g, (int)i, devices[s->nodes[i].kind].fields);
	}
	return (struct trials){ g.items, g.n };
}

/* --- towards another value of an axis ----------------------------------------------------------------------------- */

static const void *member_of(const struct field *f, const void *profile)
{
	return (const char *)profile + f->at;
}

/** The same knob of another node of its kind, which has it so in both cells: it is changed with it. */
static struct trial *trial_alike(struct gathering *g, enum device_kind kind, const struct tried_knob *k)
{
	for (uint32_t i = 0; i < g->n; i++) {
		const struct tried_knob *there = g->items[i].knobs;
		if (g->scenario->nodes[there->node].kind == kind && there->knob.field == k->knob.field &&
		    field_value_equal(k->knob.field, there->knob.value, k->knob.value))
			return &g->items[i];
	}
	return NULL;
}

static void knobs_join(struct arena *a, struct trial *t, const struct tried_knob *more, uint32_t n)
{
	struct tried_knob *knobs = arena_alloc(a, (t->n + n) * sizeof *knobs);
	memcpy(knobs, t->knobs, t->n * sizeof *knobs);
	memcpy(knobs + t->n, more, n * sizeof *knobs);
	t->knobs = knobs;
	t->n += n;
}

static void field_towards(struct gathering *g, int node, const struct field *f, const void *there)
{
	if (field_equal(f, g->profile, there))
		return;
	struct trial t = knob_trial(g->arena, g->scenario, node, f, member_of(f, there));
	struct trial *alike = trial_alike(g, g->scenario->nodes[node].kind, t.knobs);
	if (alike)
		knobs_join(g->arena, alike, t.knobs, 1);
	else
		trial_add(g, &t);
}

static void fields_towards(struct gathering *g, int node, const struct field *fields, const void *there)
{
	for (const struct field *f = fields; f->key; f++) {
		if (f->kind == FIELD_GROUP)
			fields_towards(g, node, f->members, there);
		else if (field_is_knob(f))
			field_towards(g, node, f, there);
	}
}

struct trials trials_towards(struct arena *a, const struct scenario *s, const uint32_t *choice, uint32_t axis,
			     uint32_t value)
{
	struct gathering g = { .arena = a, .scenario = s, .choice = choice };
	uint32_t *there = arena_alloc(a, (s->n_axes + 1) * sizeof *there);
	memcpy(there, choice, s->n_axes * sizeof *there);
	there[axis] = value;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		g.profile = cell_profile(a, s, &s->nodes[i], choice);
		fields_towards(&g, (int)i, devices[s->nodes[i].kind].fields, cell_profile(a, s, &s->nodes[i], there));
	}
	return (struct trials){ g.items, g.n };
}

/* --- two of them -------------------------------------------------------------------------------------------------- */

static bool is_same_knob(const struct tried_knob *k, const struct tried_knob *m)
{
	return k->node == m->node && k->knob.field == m->knob.field;
}

bool trial_same_knobs(const struct trial *one, const struct trial *other)
{
	bool same = one->n == other->n && (one->n || one->remedy == other->remedy);
	for (uint32_t i = 0; i < one->n && same; i++)
		same = is_same_knob(&one->knobs[i], &other->knobs[i]);
	return same;
}

bool trial_equal(const struct trial *one, const struct trial *other)
{
	bool same = trial_same_knobs(one, other);
	for (uint32_t i = 0; i < one->n && same; i++)
		same = field_value_equal(one->knobs[i].knob.field, one->knobs[i].knob.value,
					 other->knobs[i].knob.value);
	return same;
}

static bool have_common_knob(const struct trial *one, const struct trial *other)
{
	for (uint32_t i = 0; i < one->n; i++)
		for (uint32_t k = 0; k < other->n; k++)
			if (is_same_knob(&one->knobs[i], &other->knobs[k]))
				return true;
	return false;
}

bool trial_pair(struct arena *a, const struct trial *one, const struct trial *other, struct trial *out)
{
	if (!one->n || !other->n || have_common_knob(one, other))
		return false;
	*out = (struct trial){ .knobs = one->knobs,
			       .n = one->n,
			       .effort = one->effort > other->effort ? one->effort : other->effort };
	knobs_join(a, out, other->knobs, other->n);
	return true;
}

/* --- the scenario with it ----------------------------------------------------------------------------------------- */

static struct remedies remedies_with(struct arena *a, const struct remedies *r, const struct model *one)
{
	uint32_t n = r->axis < 0 ? r->n : 0;
	const struct model **models = arena_alloc(a, (n + 1) * sizeof *models);
	if (n)
		memcpy(models, r->models, n * sizeof *models);
	models[n] = one;
	return (struct remedies){ .axis = -1, .models = models, .n = n + 1 };
}

static bool sets_knob(const struct list *knobs, const struct field *f)
{
	const struct knob_value *v = knobs ? knobs->items : NULL;
	for (uint32_t i = 0; knobs && i < knobs->n; i++)
		if (v[i].field == f)
			return true;
	return false;
}

/** Does it change by what rule this node picks outside ports? */
static bool picks_ports_anew(const struct scenario *s, const struct trial *t, int node)
{
	const struct field *ports = field_find(router_fields, "ports", strlen("ports"));
	if (s->nodes[node].kind != DEVICE_ROUTER)
		return false;
	if (!t->n)
		return sets_knob(remedy_changes(t->remedy->profile, DEVICE_ROUTER), ports);
	for (uint32_t i = 0; i < t->n; i++)
		if (t->knobs[i].node == node && t->knobs[i].knob.field == ports)
			return true;
	return false;
}

/** The ports that a capture has seen were picked by the rule of then. */
static struct tried_knob without_next_ports(int node)
{
	static const struct list none;
	const struct field *f = field_find(router_fields, "next-ports", strlen("next-ports"));
	return (struct tried_knob){ node, { f, &none } };
}

static struct tried tried_of(struct arena *a, const struct scenario *s, const struct trial *t)
{
	struct tried_knob *knobs = arena_alloc(a, (s->n_nodes + t->n + 1) * sizeof *knobs);
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->n; i++)
		knobs[n++] = t->knobs[i];
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (picks_ports_anew(s, t, (int)i))
			knobs[n++] = without_next_ports((int)i);
	return (struct tried){ knobs, n };
}

struct scenario *trial_scenario(struct arena *a, const struct scenario *s, const struct trial *t)
{
	struct scenario *with = arena_alloc(a, sizeof *with);
	*with = *s;
	with->tried = tried_of(a, s, t);
	if (!t->n)
		with->remedies = remedies_with(a, &s->remedies, t->remedy);
	return with;
}
