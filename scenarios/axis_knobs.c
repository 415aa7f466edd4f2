#include "scenarios/axis_knobs.h"

#include <string.h>

#include "models/header.h"
#include "models/remedy.h"

/** An axis whose knobs are looked for. */
struct search {
	struct arena *arena;
	const struct scenario *scenario;
	uint32_t axis;
	uint32_t values; /* of the axis */
	struct axis_knob *found;
	uint32_t n, room;
};

/** Things of one kind. Their profiles stand one after the other, each once for every value of the axis. */
struct crowd {
	const char *together;	  /* "phone": what they are called where they do not differ from each other */
	const char *const *names; /* and where they do */
	uint32_t n;
	const void *const *profiles; /* NULL: the part that this is about is not there */
};

/* --- what is found ------------------------------------------------------------------------------------------------ */

static void knob_add(struct search *s, const char *name, const char *const *texts)
{
	if (s->n == s->room) {
		struct axis_knob *larger = arena_alloc(s->arena, (s->room * 2 + 16) * sizeof *larger);
		if (s->n)
			memcpy(larger, s->found, s->n * sizeof *larger);
		s->found = larger;
		s->room = s->room * 2 + 16;
	}
	s->found[s->n++] = (struct axis_knob){ name, texts };
}

static bool texts_vary(const struct search *s, const char *const *texts)
{
	for (uint32_t i = 1; i < s->values; i++)
		if (strcmp(texts[0], texts[i]) != 0)
			return true;
	return false;
}

static bool texts_equal(const struct search *s, const char *const *texts, const char *const *others)
{
	for (uint32_t i = 0; i < s->values; i++)
		if (strcmp(texts[i], others[i]) != 0)
			return false;
	return true;
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

/** The number of a port: where something is. */
static bool is_port(const struct field *f)
{
	static const char *const keys[] = { "port", "ports", "listen-port", "from-port", "next-ports" };
	for (size_t i = 0; i < COUNT(keys); i++)
		if ((f->kind == FIELD_UINT || f->kind == FIELD_UINTS) && strcmp(f->key, keys[i]) == 0)
			return true;
	return false;
}

bool field_is_knob(const struct field *f)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_TEXTS:
	case FIELD_ENDPOINT:
	case FIELD_PREFIX:
	case FIELD_HOST:
	case FIELD_HOSTS:
		return false;
	default:
		return !is_port(f) && f->words != sip_header_words;
	}
}

static const struct model *part_at(const struct field *f, const void *profile)
{
	return profile ? *(const struct model *const *)(const void *)((const char *)profile + f->at) : NULL;
}

/** "alg-a inert": a model with its word, where it has one. */
static const char *with_word(const char *text, const struct model *m, struct arena *a)
{
	size_t word = m && m->name ? model_word(m) : 0;
	return word ? arena_printf(a, "%s %.*s", text, (int)word, m->title) : text;
}

/** A part that is not there does nothing. */
static const char *text_of(const struct field *f, const void *profile, struct arena *a)
{
	const char *text = profile ? field_print(f, profile, a) : f->kind == FIELD_BOOL ? "off" : "none";
	if (f->kind == FIELD_MODEL)
		text = with_word(text, part_at(f, profile), a);
	return *text ? text : "none";
}

/** Does anybody's profile say something else there than the first one? Printing is what takes time. */
static bool differs(const struct search *s, const struct crowd *c, const struct field *f)
{
	for (uint32_t i = 1; i < c->n * s->values; i++) {
		const void *one = c->profiles[0], *other = c->profiles[i];
		if (one != other && (!one || !other || !field_equal(f, one, other)))
			return true;
	}
	return false;
}

static const char *const *texts_of(const struct search *s, const void *const *profiles, const struct field *f)
{
	const char **texts = arena_alloc(s->arena, s->values * sizeof *texts);
	for (uint32_t i = 0; i < s->values; i++)
		texts[i] = text_of(f, profiles[i], s->arena);
	return texts;
}

/** One knob where all of the crowd say the same, else one for each of them. */
static void field_add(struct search *s, const struct crowd *c, const struct field *f, const char *key)
{
	const char *const **texts = arena_alloc(s->arena, c->n * sizeof *texts);
	bool equal = true;
	for (uint32_t i = 0; i < c->n; i++) {
		texts[i] = texts_of(s, c->profiles + i * s->values, f);
		equal = equal && texts_equal(s, texts[0], texts[i]);
	}
	for (uint32_t i = 0; i < (equal ? 1 : c->n); i++)
		if (texts_vary(s, texts[i]))
			knob_add(s, arena_printf(s->arena, "%s %s", equal ? c->together : c->names[i], key), texts[i]);
}

static void fields_add(struct search *s, const struct crowd *c, const struct field *fields, const char *group);

/** What their parts differ in: "alg.host". */
static void part_add(struct search *s, const struct crowd *c, const struct field *f, const char *key)
{
	uint32_t n = c->n * s->values;
	const void **profiles = arena_alloc(s->arena, n * sizeof *profiles);
	struct crowd parts = *c;
	for (uint32_t i = 0; i < n; i++) {
		const struct model *part = part_at(f, c->profiles[i]);
		profiles[i] = part ? part->profile : NULL;
	}
	parts.profiles = profiles;
	fields_add(s, &parts, devices[f->device].fields, key);
}

static void fields_add(struct search *s, const struct crowd *c, const struct field *fields, const char *group)
{
	for (const struct field *f = fields; f->key; f++) {
		const char *key = *group ? arena_printf(s->arena, "%s.%s", group, f->key) : f->key;
		if (f->kind == FIELD_GROUP) {
			fields_add(s, c, f->members, key);
			continue;
		}
		if (!field_is_knob(f) || !differs(s, c, f))
			continue;
		field_add(s, c, f, key);
		if (f->kind == FIELD_MODEL)
			part_add(s, c, f, key);
	}
}

/* --- what depends on the axis ------------------------------------------------------------------------------------- */

static bool varies_with(const struct settings *settings, uint32_t axis)
{
	for (uint32_t i = 0; i < settings->n; i++)
		if (settings->items[i].axis == (int)axis)
			return true;
	return false;
}

static bool node_varies(const struct node_spec *n, uint32_t axis)
{
	return n->model_axis == (int)axis || n->behind_axis == (int)axis || varies_with(&n->settings, axis);
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

/** The choices of a cell that has this value of the axis, and the first of all others. */
static const uint32_t *choice_with(const struct search *s, uint32_t value)
{
	uint32_t *choice = arena_alloc(s->arena, s->scenario->n_axes * sizeof *choice);
	choice[s->axis] = value;
	return choice;
}

/** Where each of them is: a router's name. */
static void behind_add(struct search *s, const struct node_spec *n)
{
	const char **texts = arena_alloc(s->arena, s->values * sizeof *texts);
	for (uint32_t i = 0; i < s->values; i++)
		texts[i] = n->behind[i] < 0 ? "nothing" : s->scenario->nodes[n->behind[i]].name;
	if (texts_vary(s, texts))
		knob_add(s, arena_printf(s->arena, "%s behind", n->name), texts);
}

/** The nodes of one kind: those from `first` on, which stand together. */
static void crowd_add(struct search *s, const struct node_spec *first, uint32_t n)
{
	const void **profiles = arena_alloc(s->arena, n * s->values * sizeof *profiles);
	const char **names = arena_alloc(s->arena, n * sizeof *names);
	for (uint32_t i = 0; i < n; i++) {
		names[i] = first[i].name;
		for (uint32_t v = 0; v < s->values; v++)
			profiles[i * s->values + v] = node_profile(s->arena, &first[i], choice_with(s, v));
		if (first[i].behind_axis == (int)s->axis)
			behind_add(s, &first[i]);
	}
	struct crowd c = { device_words[first->kind], names, n, profiles };
	fields_add(s, &c, devices[first->kind].fields, "");
}

static void nodes_add(struct search *s)
{
	const struct scenario *sc = s->scenario;
	for (uint32_t i = 0, n; i < sc->n_nodes; i += n) {
		bool varies = false;
		for (n = 0; i + n < sc->n_nodes && sc->nodes[i + n].kind == sc->nodes[i].kind; n++)
			varies = varies || node_varies(&sc->nodes[i + n], s->axis);
		if (varies)
			crowd_add(s, &sc->nodes[i], n);
	}
}

/* --- wires -------------------------------------------------------------------------------------------------------- */

static void wire_add(struct search *s, const struct wire_spec *w)
{
	const char *name =
		w->node < 0 ? "default wire" : arena_printf(s->arena, "%s wire", s->scenario->nodes[w->node].name);
	const void **profiles = arena_alloc(s->arena, s->values * sizeof *profiles);
	for (uint32_t v = 0; v < s->values; v++) {
		struct wire_profile *wire = arena_alloc(s->arena, sizeof *wire);
		settings_apply(&w->settings, choice_with(s, v), wire);
		profiles[v] = wire;
	}
	fields_add(s, &(struct crowd){ name, &name, 1, profiles }, wire_fields, "");
}

/* --- remedies ----------------------------------------------------------------------------------------------------- */

/** What remedies change of one kind of device; for each value of the axis. */
struct changes {
	const struct device *device;
	const char *of;		     /* "remedy servers" */
	const struct list *lists;    /* of struct knob_value */
	const void *const *profiles; /* of the device, which hold those values alone */
};

static bool is_changed(const struct list *changes, const struct field *f)
{
	const struct knob_value *v = changes->items;
	for (uint32_t i = 0; i < changes->n; i++)
		if (v[i].field == f)
			return true;
	return false;
}

static bool is_changed_before(const struct changes *c, uint32_t value, const struct field *f)
{
	for (uint32_t i = 0; i < value; i++)
		if (is_changed(&c->lists[i], f))
			return true;
	return false;
}

static void change_add(struct search *s, const struct changes *c, const struct field *f)
{
	const char **texts = arena_alloc(s->arena, s->values * sizeof *texts);
	for (uint32_t v = 0; v < s->values; v++)
		texts[v] = is_changed(&c->lists[v], f) ? text_of(f, c->profiles[v], s->arena) : "as it was";
	if (texts_vary(s, texts))
		knob_add(s, arena_printf(s->arena, "%s.%s", c->of, field_path(c->device->fields, f, s->arena)), texts);
}

/** What remedies change of all devices of a kind. */
static void changes_add(struct search *s, const struct field *kind, const struct remedy_profile *const *remedies)
{
	const struct device *device = &devices[kind->device];
	struct list *lists = arena_alloc(s->arena, s->values * sizeof *lists);
	const void **profiles = arena_alloc(s->arena, s->values * sizeof *profiles);
	for (uint32_t v = 0; v < s->values; v++) {
		void *profile = arena_alloc(s->arena, device->profile_size);
		if (remedies[v])
			memcpy(&lists[v], (const char *)remedies[v] + kind->at, sizeof lists[v]);
		knob_values_apply(&lists[v], profile);
		profiles[v] = profile;
	}
	struct changes c = { device, arena_printf(s->arena, "remedy %s", kind->key), lists, profiles };
	for (uint32_t v = 0; v < s->values; v++)
		for (uint32_t i = 0; i < lists[v].n; i++) {
			const struct field *f = ((const struct knob_value *)lists[v].items)[i].field;
			if (!is_changed_before(&c, v, f))
				change_add(s, &c, f);
		}
}

/** Whether they bring a gateway or another phone, and so on. */
static void remedies_add(struct search *s)
{
	const struct model *const *models = s->scenario->remedies.models;
	const struct remedy_profile **profiles = arena_alloc(s->arena, s->values * sizeof *profiles);
	const char *name = "remedy";
	for (uint32_t v = 0; v < s->values; v++)
		profiles[v] = models[v] ? models[v]->profile : NULL;
	struct crowd c = { name, &name, 1, (const void *const *)profiles };
	for (const struct field *f = remedy_fields; f->key; f++)
		if (f->kind == FIELD_KNOBS)
			changes_add(s, f, profiles);
		else if (differs(s, &c, f))
			field_add(s, &c, f, f->key);
}

/* --- axes --------------------------------------------------------------------------------------------------------- */

static struct axis_knobs knobs_of(struct arena *a, const struct scenario *sc, uint32_t axis)
{
	struct search s = { .arena = a, .scenario = sc, .axis = axis, .values = sc->axes[axis].n };
	nodes_add(&s);
	for (uint32_t i = 0; i < sc->n_wires; i++)
		if (varies_with(&sc->wires[i].settings, axis))
			wire_add(&s, &sc->wires[i]);
	if (sc->remedies.axis == (int)axis && sc->remedies.n)
		remedies_add(&s);
	return (struct axis_knobs){ s.found, s.n };
}

const struct axis_knobs *axis_knobs(struct arena *a, const struct scenario *s)
{
	struct axis_knobs *all = arena_alloc(a, s->n_axes * sizeof *all);
	for (uint32_t i = 0; i < s->n_axes; i++)
		all[i] = knobs_of(a, s, i);
	return all;
}
