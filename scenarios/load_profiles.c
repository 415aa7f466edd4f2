#include <string.h>

#include "scenarios/load.h"

#define CIRCLE_SHOWN 8

/* --- kinds and names ------------------------------------------------------------------------------------ */

static void circle_complain(struct loader *l, const struct model_draft *d)
{
	const char *text = d->model->name;
	const struct model_draft *at = d->like;
	for (int n = 0; at != d; at = at->like, n++)
		if (n < CIRCLE_SHOWN)
			text = arena_printf(l->scratch, "%s -> %s", text,
					    n + 1 < CIRCLE_SHOWN ? at->model->name : "...");
	yaml_complain(yaml_get(d->y, "like"), VP_CIRCLE, "one of them must be like nothing here", "%s -> %s",
		      text, d->model->name);
}

/** The kind that the entry itself says; -1 when it says none or a wrong one. */
static int kind_said(struct loader *l, const struct model_draft *d)
{
	const struct yaml *y = yaml_get(d->y, "kind");
	int kind;
	if (!y || y->kind != YAML_TEXT || y->len == 0)
		return -1;
	return value_read(l, &kind_field, y, &kind) ? kind_meant(kind) : -1;
}

static void unknown_like(struct loader *l, const struct yaml *like)
{
	const char *help = did_you_mean(l, model_nearest(l, like, -1));
	yaml_complain(like, VP_NO_MODEL, help ? help : "`viaport list` lists what there is",
		      "there is no model '%s'", like->text);
}

/** How many models an entry without a kind of its own could mean: those of these files, else of the
 * catalogue. */
static int likes_count(const struct loader *l, const struct yaml *like)
{
	int n = 0;
	for (const struct model_draft *d = drafts_named(l, like); d; d = d->same)
		n++;
	for (int kind = 0; kind < DEVICE_KINDS && !drafts_named(l, like); kind++)
		n += catalogue_find(l->models->parent, like->text, like->len, (enum device_kind)kind) != NULL;
	return n;
}

static void several_likes(struct loader *l, const struct yaml *like)
{
	yaml_complain(like, VP_MODEL,
		      arena_printf(l->complaints->arena, "say which: kind: %s",
				   field_wants(&kind_field, l->complaints->arena)),
		      "several kinds have a model '%s'", like->text);
}

/** Looks in these files, then in the catalogue, for the kind of the entry itself; else for any. */
static void like_find(struct loader *l, struct model_draft *d)
{
	const struct yaml *like = yaml_get(d->y, "like");
	if (!like || like->kind != YAML_TEXT || like->len == 0)
		return;
	const struct catalogue *there = l->models->parent;
	if (d->kind >= 0) {
		d->like = draft_find(l, like, d->kind);
		d->like_there = catalogue_find(there, like->text, like->len, (enum device_kind)d->kind);
	}
	if (d->like || d->like_there)
		return;
	if (d->kind < 0 && likes_count(l, like) > 1) {
		several_likes(l, like);
		return;
	}
	d->like = drafts_named(l, like);
	d->like_there = catalogue_any(there, like->text, like->len);
	if (!d->like && !d->like_there)
		unknown_like(l, like);
}

/** The model that an entry is like; NULL when it is like none or that one is spoilt. */
static const struct model *like_of(const struct model_draft *d)
{
	if (d->like)
		return d->like->kind < 0 ? NULL : d->like->model;
	return d->like_there;
}

static void kind_decide(struct loader *l, struct model_draft *d, const struct model *like)
{
	const struct yaml *kind = yaml_get(d->y, "kind");
	int said = kind_said(l, d);
	d->kind = said < 0 && like && !kind ? (int)like->kind : said;
	if (said >= 0 && like && (int)like->kind != said)
		yaml_complain(yaml_get(d->y, "like"), VP_MODEL, NULL, "'%s' is %s, not %s", like->name,
			      devices[like->kind].one, devices[said].one);
	if (!kind && !yaml_get(d->y, "like"))
		yaml_complain(d->y->key, VP_MODEL,
			      arena_printf(l->complaints->arena, "kind: %s; or like: MODEL",
					   field_wants(&kind_field, l->complaints->arena)),
			      "the model '%s' has no kind", d->model->name);
}

/** What others rely on has evidence of its own; that of the entry it is like is about something else. */
static void evidence_check(const struct model_draft *d)
{
	static const char *const wanted[] = { "title", "source", "confidence" };
	for (size_t i = 0; i < COUNT(wanted) && d->evidence_required; i++)
		if (!yaml_get(d->y, wanted[i]))
			yaml_complain(d->y->key, VP_MODEL,
				      "an entry for others has a title, a source and a confidence of its own",
				      "the model '%s' has no %s", d->model->name, wanted[i]);
}

/** Every kind has names of its own, and the catalogue's are not for others: which of two is meant could not
 * be seen where it is used. */
static void model_name_take(struct loader *l, const struct model_draft *d)
{
	const struct yaml *key = d->y->key;
	uint32_t number = d->number;
	if (d->kind < 0)
		return;
	if (!names_add(l->models->by_name[d->kind], d->model->name, key->len, &number))
		yaml_note(yaml_complain(key, VP_KEY_TWICE, "keep one of them",
					"the model '%s' is given twice", d->model->name),
			  l->drafts[number]->y->key, "it was first given here");
	else if (!l->models_only &&
		 catalogue_find(l->models->parent, key->text, key->len, (enum device_kind)d->kind))
		yaml_complain(key, VP_MODEL,
			      arena_printf(l->complaints->arena,
					   "choose another name, and `like: %s` to begin with what is there",
					   key->text),
			      "the catalogue has a model '%s' already", key->text);
}

static void kind_settle(struct loader *l, struct model_draft *d)
{
	const struct model *like = like_of(d);
	kind_decide(l, d, like);
	model_name_take(l, d);
	/* The kind of the other one tells which knobs there are, also when the word for its own is wrong. */
	d->read_as = d->kind < 0 && like ? (int)like->kind : d->kind;
	d->model->kind = (enum device_kind)d->read_as;
}

/**
 * Settles the kind of an entry after those that it is like, in `order`. Walks up until something is settled
 * already (or a circle closes), then comes down from there, so that a long chain needs no stack.
 */
static void chain_settle(struct loader *l, struct model_draft *d, struct model_draft **chain,
			 struct model_draft ***order)
{
	uint32_t n = 0;
	while (d && !d->begun) {
		d->begun = true;
		chain[n++] = d;
		like_find(l, d);
		d = d->like;
	}
	if (d && !d->settled) {
		circle_complain(l, d);
		d->like = NULL;
	}
	while (n > 0) {
		kind_settle(l, chain[--n]);
		chain[n]->settled = true;
		*(*order)++ = chain[n];
	}
}

/* --- profiles ------------------------------------------------------------------------------------------- */

/** Copies what the model is like, or the defaults of its kind. Its confidence is low until it says more. */
static void *profile_begin(struct loader *l, struct model *m, const struct model *like)
{
	const struct device *device = &devices[m->kind];
	void *profile = arena_alloc(l->arena, device->profile_size);
	m->title = m->name;
	m->source = "";
	if (!like) {
		fields_default(device->fields, l->arena, profile);
		return profile;
	}
	memcpy(profile, like->profile, device->profile_size);
	m->like = like;
	m->title = like->title;
	m->source = like->source;
	return profile;
}

/** Puts the knobs that the file gives over the profile, which is the model's then. */
static void profile_end(struct loader *l, struct model *m, void *profile, const struct knobs *knobs)
{
	struct settings settings = knobs_settings(l, knobs);
	settings_apply(&settings, NULL, profile);
	m->profile = profile;
	pairs_check_model(l, m, knobs);
	if (m->kind < NODE_KINDS)
		addresses_check_model(l, m->kind, knobs);
}

/** `kind: proxy` says that it is a server, and gives it a knob of this name. */
static void kind_knob_apply(struct loader *l, const struct model_draft *d, void *profile)
{
	const struct field *knob = field_find(devices[d->model->kind].fields, kind_field.key, strlen(kind_field.key));
	const struct yaml *kind = yaml_get(d->y, kind_field.key);
	int word;
	if (knob && kind && field_read(knob, l->arena, kind->text, kind->len, &word))
		memcpy((char *)profile + knob->at, &word, sizeof word);
}

static void profile_make(struct loader *l, const struct model_draft *d)
{
	const struct model *like = like_of(d);
	struct model *m = d->model;
	void *profile = profile_begin(l, m, like && like->kind == m->kind ? like : NULL);
	struct shape shape = { model_keys, devices[m->kind].fields, device_refused(m->kind) };
	struct knobs knobs = { .why = "a model has one value for every knob; use the axis beside the model" };
	kind_knob_apply(l, d, profile);
	shape_read(l, &shape, d->y, m, &knobs);
	profile_end(l, m, profile, &knobs);
}

/* --- models that stand where they are used -------------------------------------------------------------- */

static void part_like_read(struct loader *l, const struct yaml *value, void *into)
{
	struct model_part *part = into;
	part->like = model_of(l, value, part->kind, -1, NULL);
}

/* clang-format off */
const struct key part_keys[] = {
	{ "like", false, "the entry that it begins with", { FORM_VALUE }, part_like_read },
	{ 0 },
};
/* clang-format on */

const struct model *model_part_read(struct loader *l, const struct yaml *map, enum device_kind kind)
{
	struct model_part part = { .kind = kind };
	struct shape shape = { part_keys, devices[kind].fields, device_refused(kind) };
	struct knobs knobs = { .why = "give the variants names under `models`, and their names to the axis" };
	struct model *m = arena_alloc(l->arena, sizeof *m);
	shape_read(l, &shape, map, &part, &knobs);
	/* What a file says of its own lab is no guess about a device. */
	*m = (struct model){ .kind = kind,
			     .confidence = part.like ? part.like->confidence : CONFIDENCE_HIGH,
			     .path = map->file->source->path,
			     .line = map->line };
	profile_end(l, m, profile_begin(l, m, part.like), &knobs);
	return m;
}

/* --- all of them ---------------------------------------------------------------------------------------- */

static void model_make(struct loader *l, struct model_draft *d)
{
	static const struct shape of_no_kind = { .keys = model_keys, .any_device = true };
	if (d->read_as >= 0)
		profile_make(l, d);
	else
		shape_read(l, &of_no_kind, d->y, d->model, NULL);
	evidence_check(d);
}

/** What is a part of others is made before them; entries of no kind are read only to complain of them. */
static void models_make(struct loader *l, struct model_draft *const *order)
{
	static const int kinds[] = {
		DEVICE_ALG, DEVICE_PHONE, DEVICE_ROUTER, DEVICE_SERVER, DEVICE_GATEWAY, DEVICE_REMEDY, -1
	};
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (uint32_t i = 0; i < l->n_drafts; i++)
			if (order[i]->read_as == kinds[k])
				model_make(l, order[i]);
}

void models_finish(struct loader *l)
{
	if (l->models_settled)
		return;
	l->models_settled = true;
	struct model_draft **chain = arena_alloc(l->scratch, l->n_drafts * sizeof(struct model_draft *));
	struct model_draft **order = arena_alloc(l->scratch, l->n_drafts * sizeof(struct model_draft *));
	struct model_draft **end = order;
	const struct model **models = arena_alloc(l->arena, l->n_drafts * sizeof *models);
	for (uint32_t i = 0; i < l->n_drafts; i++) {
		chain_settle(l, l->drafts[i], chain, &end);
		models[i] = l->drafts[i]->model;
	}
	l->models->models = models;
	l->models->n = l->n_drafts;
	models_make(l, order);
}
