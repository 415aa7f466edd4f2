#include <string.h>

#include "scenarios/load.h"

#define FEW_MODELS 8 /* so many are listed in an error text */

/* --- words that will come ------------------------------------------------------------------------------- */

static const struct refused phone_refused[] = {
	{ "transport" }, { "uri-check" }, { "rtp" }, { 0 },
};

static const struct refused router_refused[] = {
	{ 0 },
};

static const struct refused server_refused[] = {
	{ "transport" },
	{ 0 },
};

const struct refused *device_refused(enum device_kind kind)
{
	static const struct refused *const by_kind[DEVICE_KINDS] = {
		[DEVICE_PHONE] = phone_refused,
		[DEVICE_ROUTER] = router_refused,
		[DEVICE_SERVER] = server_refused,
	};
	return by_kind[kind];
}

/* --- entries -------------------------------------------------------------------------------------------- */

/* A server may say at once which kind of server it is. */
static const char *const kind_words[] = {
	[DEVICE_PHONE] = "phone",     [DEVICE_ROUTER] = "router", [DEVICE_SERVER] = "server",
	[DEVICE_GATEWAY] = "gateway", [DEVICE_ALG] = "alg",	  [DEVICE_REMEDY] = "remedy",
	[DEVICE_KINDS] = "pbx",	      "proxy",			  NULL,
};

const struct field kind_field = { "kind", FIELD_WORD, .words = kind_words };
static const struct field title_field = { "title", FIELD_TEXT, AT(struct model, title) };
static const struct field source_field = { "source", FIELD_TEXT, AT(struct model, source) };
static const struct field confidence_field = { "confidence", FIELD_WORD, .words = confidence_words };

/* An entry's kind is needed before everything else, so it has been read when its turn comes. */
static void read_before(struct loader *l, const struct yaml *value, void *into)
{
	(void)l;
	(void)value;
	(void)into;
}

static void title_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct model *)into)->title = prose_read(l, value);
}

static void source_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct model *)into)->source = prose_read(l, value);
}

static void side_effect_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct model *)into)->side_effect = prose_read(l, value);
}

static void confidence_read(struct loader *l, const struct yaml *value, void *into)
{
	int word;
	if (value_read(l, &confidence_field, value, &word))
		((struct model *)into)->confidence = (enum confidence)word;
}

/* clang-format off */
const struct key model_keys[] = {
	{ "kind", false, "what it is a model of", { FORM_FIELD, .field = &kind_field }, read_before },
	{ "like", false, "the entry it is derived from", { FORM_VALUE }, read_before },
	{ "title", false, "what it is, in a line", { FORM_FIELD, .field = &title_field }, title_read },
	{ "source", false, "where its behaviour was seen or is written",
	  { FORM_FIELD, .field = &source_field }, source_read },
	{ "side-effect", false, "what it harms, or what it does not cure",
	  { FORM_FIELD, .field = &text_field }, side_effect_read },
	{ "confidence", false, "how sure that is",
	  { FORM_FIELD, .field = &confidence_field }, confidence_read },
	{ 0 },
};
/* clang-format on */

int kind_meant(int word)
{
	return word < DEVICE_KINDS ? word : DEVICE_SERVER;
}

/** The kind that an entry gives itself; -1 for none, or for a word that will be complained of. */
static int kind_given(const struct yaml *entry)
{
	const struct yaml *kind = yaml_get(entry, "kind");
	for (int i = 0; kind && kind_words[i]; i++)
		if (yaml_is(kind, kind_words[i]))
			return kind_meant(i);
	return -1;
}

/** Remembers one entry of `models`; it is made when all are known, because `like` may name any of them. */
static void model_declare(struct loader *l, const struct yaml *y)
{
	static const struct form map = { FORM_MAP };
	const struct yaml *key = y->key;
	bool named = name_check(key, "."), good = form_check(l, &map, y);
	if (!named || !good)
		return;
	struct model_draft *d = arena_alloc(l->scratch, sizeof *d);
	d->y = y;
	d->number = l->n_drafts;
	d->evidence_required = l->models_only || y->file != l->root->file;
	d->kind = kind_given(y);
	d->model = arena_alloc(l->arena, sizeof *d->model);
	*d->model = (struct model){ .name = arena_copy(l->arena, key->text, key->len),
				    .path = y->file->source->path,
				    .line = key->line,
				    .shared = l->models_only };
	uint32_t first = d->number;
	if (!names_add(l->model_names, d->model->name, key->len, &first)) {
		d->same = l->drafts[first]->same;
		l->drafts[first]->same = d;
	}
	l->drafts = grown(l, l->drafts, l->n_drafts, &l->drafts_room, sizeof *l->drafts);
	l->drafts[l->n_drafts++] = d;
}

void models_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	for (const struct yaml *y = value->first; y; y = y->next)
		model_declare(l, y);
}

/* --- files of models ------------------------------------------------------------------------------------ */

static const struct form file_name = { FORM_FIELD, .field = &text_field };

/* clang-format off */
static const struct key models_keys[] = {
	{ "viaport", true, "version of the format, 1", { FORM_FIELD, .field = &format_field }, format_read },
	{ "name", false, "one line that says what the models are",
	  { FORM_FIELD, .field = &name_field }, read_before },
	{ "about", false, "free text", { FORM_FIELD, .field = &about_field }, read_before },
	{ "use", false, "files that hold only models", { FORM_LIST, .of = &file_name }, use_read },
	{ "models", true, "the catalogue entries", { FORM_MODELS }, models_read },
	{ 0 },
};
/* clang-format on */

const struct shape models_shape = { .keys = models_keys };

void models_file_read(struct loader *l, const struct yaml *root)
{
	if (root->kind == YAML_MAP)
		shape_read(l, &models_shape, root, NULL, NULL);
	else
		yaml_complain(root, VP_SHAPE, "begin with `viaport: 1`", "a file of models is a map");
}

/** Has the reader open a file; NULL, and a complaint, when that does not work. */
static struct source *used_open(struct loader *l, const struct yaml *name)
{
	struct source *file = arena_alloc(l->scratch, sizeof *file);
	const char *why = "files cannot be used here";
	const char *from = name->file->source->path;
	if (l->reader && l->reader->read(l->reader, l->scratch, from, name->text, file, &why))
		return file;
	yaml_complain(name, VP_USE, NULL, "cannot use '%s': %s", name->text, why);
	return NULL;
}

static void used_read(struct loader *l, const struct yaml *name)
{
	static const struct form text = { FORM_VALUE };
	struct source *file = form_check(l, &text, name) ? used_open(l, name) : NULL;
	if (!file)
		return;
	/* Complaints and models keep the path; the text goes with the scratch arena. */
	file->path = arena_strdup(l->arena, file->path);
	if (!names_add(l->files, file->path, strlen(file->path), &(uint32_t){ 0 }))
		return;
	const struct yaml *root = yaml_read(l->scratch, file, l->complaints);
	if (root)
		models_file_read(l, root);
}

void use_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	for (const struct yaml *name = value->first; name; name = name->next)
		used_read(l, name);
}

/* --- looking up ----------------------------------------------------------------------------------------- */

struct model_draft *drafts_named(const struct loader *l, const struct yaml *name)
{
	int64_t i = names_find(l->model_names, name->text, name->len);
	return i < 0 ? NULL : l->drafts[i];
}

struct model_draft *draft_find(const struct loader *l, const struct yaml *name, int kind)
{
	struct model_draft *d = drafts_named(l, name);
	while (d && d->kind != kind)
		d = d->same;
	return d;
}

static bool is_of_kind(const struct model *m, int kind)
{
	return kind < 0 || (int)m->kind == kind;
}

/** May all models be looked through once more? Files that are full of mistakes shall not take long. */
static bool may_guess(struct loader *l)
{
	uint32_t all = l->n_drafts;
	for (const struct catalogue *c = l->models->parent; c; c = c->parent)
		all += c->n;
	if (complaints_full(l->complaints) || l->guesses < all)
		return false;
	l->guesses -= all;
	return true;
}

const char *model_nearest(struct loader *l, const struct yaml *name, int kind)
{
	struct nearest n = nearest_to(name->text, name->len);
	if (!may_guess(l))
		return NULL;
	for (uint32_t i = 0; i < l->n_drafts; i++)
		if (kind < 0 || l->drafts[i]->kind == kind)
			nearest_offer(&n, l->drafts[i]->model->name);
	for (const struct catalogue *c = l->models->parent; c; c = c->parent)
		for (uint32_t i = 0; i < c->n; i++)
			if (is_of_kind(c->models[i], kind))
				nearest_offer(&n, c->models[i]->name);
	return n.best;
}

static bool has_word(const struct model *m, const struct yaml *word)
{
	return model_word(m) == word->len && memcmp(m->title, word->text, word->len) == 0;
}

/** The model that tables show with this word behind its name, as remedy-d for `rport`; NULL: none is. */
static const char *model_of_word(struct loader *l, const struct yaml *word, enum device_kind kind)
{
	for (const struct catalogue *c = may_guess(l) ? l->models : NULL; c; c = c->parent)
		for (uint32_t i = 0; i < c->n; i++)
			if (c->models[i]->kind == kind && has_word(c->models[i], word))
				return c->models[i]->name;
	return NULL;
}

/** Names of all models of a kind when there are few, else where they are listed. */
static const char *models_listed(struct loader *l, enum device_kind kind)
{
	struct arena *a = l->complaints->arena;
	const char *names = "";
	uint32_t n = 0;
	for (uint32_t i = 0; i < l->n_drafts && n <= FEW_MODELS; i++)
		if (l->drafts[i]->kind == (int)kind)
			names = arena_printf(a, "%s%s%s", names, n++ ? ", " : "", l->drafts[i]->model->name);
	for (const struct catalogue *c = l->models->parent; c; c = c->parent)
		for (uint32_t i = 0; i < c->n && n <= FEW_MODELS; i++)
			if (c->models[i]->kind == kind)
				names = arena_printf(a, "%s%s%s", names, n++ ? ", " : "", c->models[i]->name);
	if (n == 0 || n > FEW_MODELS)
		return arena_printf(a, "`viaport list %s` lists them", devices[kind].plural);
	return arena_printf(a, "there are: %s", names);
}

/** What to write instead: by its word, by a name that is near (of a wrong kind nothing is near), or where all are. */
static const char *model_help(struct loader *l, const struct yaml *name, enum device_kind kind, bool unknown)
{
	const char *meant = model_of_word(l, name, kind);
	if (!meant && unknown)
		meant = model_nearest(l, name, (int)kind);
	if (meant || complaints_full(l->complaints))
		return did_you_mean(l, meant);
	return models_listed(l, kind);
}

static struct complaint *unknown_complain(struct loader *l, const struct yaml *name, enum device_kind kind)
{
	return yaml_complain(name, VP_NO_MODEL, model_help(l, name, kind, true), "there is no %s model '%s'",
			     device_words[kind], name->text);
}

const struct model *model_of(struct loader *l, const struct yaml *name, enum device_kind kind, int axis,
			     const struct yaml *use)
{
	models_finish(l);
	const struct model *m = catalogue_find(l->models, name->text, name->len, kind);
	if (m)
		axis_value_means(l, axis, name, m);
	if (m || draft_find(l, name, -1))
		return m;
	m = catalogue_any(l->models, name->text, name->len);
	if (m)
		axis_note(yaml_complain(name, VP_NO_MODEL, model_help(l, name, kind, false), "'%s' is %s, not %s",
					name->text, devices[m->kind].one, devices[kind].one),
			  axis, use);
	else
		axis_note(unknown_complain(l, name, kind), axis, use);
	return NULL;
}
