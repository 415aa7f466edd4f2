#include "scenarios/load.h"

#include <string.h>

#include "models/sha256.h"

#define CELLS_MAX 1000000000u

/* 2024-01-01T00:00:00Z */
#define WALL_CLOCK_BY_DEFAULT 1704067200

/* --- helpers of all parts ------------------------------------------------------------------------------- */

void *grown(struct loader *l, void *items, uint32_t n, uint32_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room ? *room * 2 : 8;
	char *larger = arena_alloc(l->scratch, *room * size);
	if (n > 0)
		memcpy(larger, items, n * size);
	return larger;
}

bool name_check(const struct yaml *name, const char *more)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	bool good = name->len > 0;
	for (const char *c = name->text; *c; c++)
		good = good && (strchr(letters, *c) || strchr(more, *c));
	if (!good)
		yaml_complain(name, VP_NAME, "letters, digits, - and _", "'%s' cannot be a name", name->text);
	return good;
}

const char *prose_read(struct loader *l, const struct yaml *value)
{
	char *text = arena_copy(l->arena, value->text, value->len);
	size_t len = value->len;
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
	for (char *c = text; *c; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	return text;
}

const char *nearest_of(struct loader *l, const struct yaml *name, uint32_t n,
		       const char *(*word)(const struct loader *, uint32_t i))
{
	struct nearest nearest = nearest_to(name->text, name->len);
	if (complaints_full(l->complaints) || l->guesses < n)
		return NULL;
	l->guesses -= n;
	for (uint32_t i = 0; i < n; i++)
		nearest_offer(&nearest, word(l, i));
	return nearest.best;
}

struct loader *loader_new(struct arena *a, const struct catalogue *parent, struct complaints *complaints)
{
	struct arena *scratch = arena_new();
	struct loader *l = arena_alloc(scratch, sizeof *l);
	l->arena = a;
	l->scratch = scratch;
	l->complaints = complaints;
	l->guesses = GUESSES_MAX;
	l->flags = FLAGS_MAX;
	l->flags_room = FLAGS_ROOM_MAX;
	l->models = arena_alloc(a, sizeof *l->models);
	l->models->parent = parent;
	for (int kind = 0; kind < DEVICE_KINDS; kind++)
		l->models->by_name[kind] = names_new(a);
	l->model_names = names_new(scratch);
	l->files = names_new(scratch);
	l->axis_names = names_new(scratch);
	l->node_names = names_new(scratch);
	l->step_ids = names_new(scratch);
	return l;
}

void loader_free(struct loader *l, struct complaint *before, const char *path)
{
	complaints_sort(l->complaints, before, path);
	arena_free(l->scratch);
}

/* --- the file's own words ------------------------------------------------------------------------------- */

const struct field format_field = { "viaport", FIELD_UINT, .min = 1, .max = 1 };
const struct field name_field = { "name", FIELD_TEXT, AT(struct scenario, name) };
const struct field about_field = { "about", FIELD_TEXT, AT(struct scenario, about) };
const struct field text_field = { "text", FIELD_TEXT };
static const struct field seed_field = { "seed", FIELD_UINT, .max = UINT32_MAX };
static const struct field until_field = { "until", FIELD_DURATION, AT(struct scenario, until), 1,
					  UNTIL_MAX };

static const struct form axis_values = { FORM_LIST, .of = &(const struct form){ FORM_VALUE },
					 .non_empty = true };
static const struct form wire_knobs = { FORM_MAP, .shape = &wire_shape };
static const struct form step = { FORM_MAP, .shape = &step_shape };
static const struct form expectation = { FORM_MAP, .shape = &expect_shape };
static const struct form judgement = { FORM_MAP, .shape = &judge_shape };
static const struct form expectations[] = { { FORM_LIST, .of = &expectation, .non_empty = true },
					    { FORM_WORD, .word = "any" },
					    { FORM_END } };
static const struct form remedies[] = { { FORM_NAME },
					{ FORM_LIST, .of = &(const struct form){ FORM_NAME } },
					{ FORM_END } };
static const struct form skipped = { FORM_MAP, .shape = &skip_shape };
static const struct form known = { FORM_MAP, .shape = &known_shape };
static const struct form file_name = { FORM_FIELD, .field = &text_field };

void format_read(struct loader *l, const struct yaml *value, void *into)
{
	uint32_t format;
	(void)into;
	if (!field_read(&format_field, l->scratch, value->text, value->len, &format))
		yaml_complain(value, VP_VALUE, "viaport: 1", "format '%s' is not known", value->text);
}

static void about_read(struct loader *l, const struct yaml *value, void *into)
{
	struct scenario *s = into;
	s->about = arena_copy(l->arena, value->text, value->len);
}

static void seed_read(struct loader *l, const struct yaml *value, void *into)
{
	struct scenario *s = into;
	uint32_t seed;
	if (value_read(l, &seed_field, value, &seed))
		s->seed = seed;
}

/* What others refer to comes before those who do, so the rows are in the order of reading. */
/* clang-format off */
static const struct key scenario_keys[] = {
	{ "viaport", true, "version of the format, 1", { FORM_FIELD, .field = &format_field }, format_read },
	{ "name", true, "one line that says what the scenario shows", { FORM_FIELD, .field = &name_field } },
	{ "about", false, "free text for reports", { FORM_FIELD, .field = &about_field }, about_read },
	{ "seed", false, "random seed (default: 1)", { FORM_FIELD, .field = &seed_field }, seed_read },
	{ "until", false, "when the run stops at the latest", { FORM_FIELD, .field = &until_field } },
	{ "axes", false, "what a matrix varies: a list of values for each $name",
	  { FORM_NAMED, .of = &axis_values }, axes_read },
	{ "use", false, "files that hold only models", { FORM_LIST, .of = &file_name }, use_read },
	{ "models", false, "catalogue entries of this file", { FORM_MODELS }, models_read },
	{ "phones", true, "at least one phone with its model",
	  { FORM_NODES, .device = DEVICE_PHONE, .non_empty = true }, nodes_read },
	{ "routers", false, "routers with their models",
	  { FORM_NODES, .device = DEVICE_ROUTER }, nodes_read },
	{ "servers", true, "at least one server with its model",
	  { FORM_NODES, .device = DEVICE_SERVER, .non_empty = true }, nodes_read },
	{ "gateways", false, "SIP gateways behind routers, with which the phones there register",
	  { FORM_NODES, .device = DEVICE_GATEWAY }, nodes_read },
	{ "remedy", false, "what is done about it: a remedy, a list of them, or none",
	  { FORM_EITHER, .of = remedies }, remedy_read },
	{ "wires", false, "what the wires do: of `default` or of a node",
	  { FORM_NAMED, .of = &wire_knobs }, wires_read },
	{ "pin", false, "identifiers and wall clock for byte-exact replay", { FORM_PINS }, pin_read },
	{ "do", true, "the steps, one after the other",
	  { FORM_LIST, .of = &step, .non_empty = true }, steps_read },
	{ "expect", false, "what a single run should show; with axes only `any`",
	  { FORM_EITHER, .of = expectations }, expect_read },
	{ "judge", false, "the checks that make a cell of a matrix",
	  { FORM_LIST, .of = &judgement, .non_empty = true }, judge_read },
	{ "skip", false, "cells that are not run, and why", { FORM_LIST, .of = &skipped }, skip_read },
	{ "known", false, "cells that are allowed to be bad, and why",
	  { FORM_LIST, .of = &known }, known_read },
	{ 0 },
};
/* clang-format on */

const struct shape scenario_shape = { .keys = scenario_keys };

/* --- what only the whole file can show ------------------------------------------------------------------ */

static void both_complain(const struct yaml *y, const struct yaml *other, const char *help,
			  const char *sentence, const char *note)
{
	yaml_note(yaml_complain(yaml_head(y), VP_CONTRADICTION, help, "%s", sentence), yaml_head(other),
		  note);
}

static void missing_complain(const struct yaml *root, const char *help, const char *sentence)
{
	yaml_complain(root, VP_KEY_MISSING, help, "%s", sentence);
}

static void matrix_check(const struct yaml *root, const struct yaml *axes)
{
	const struct yaml *expect = yaml_get(root, "expect");
	if (expect && expect->kind == YAML_LIST)
		both_complain(expect, axes,
			      "judge the cells, and say `known` of those that are allowed to be bad",
			      "a matrix cannot expect a list of results", "these axes make it a matrix");
	if (!yaml_get(root, "judge"))
		missing_complain(axes->key, "judge: a list of checks, such as `- register: PHONE`",
				 "a matrix has no 'judge'");
}

static void single_run_check(const struct yaml *root)
{
	const struct yaml *expect = yaml_get(root, "expect"), *judge = yaml_get(root, "judge");
	if (judge)
		yaml_complain(judge->key, VP_CONTRADICTION, "use `expect`, or add `axes`",
			      "'judge' belongs to a matrix, and there are no axes");
	else if (!expect)
		missing_complain(
			root, "expect: a list of checks with their results; or axes and judge for a matrix",
			"the file has no 'expect'");
	if (expect && yaml_is(expect, "any"))
		yaml_complain(expect, VP_CONTRADICTION, "say what is expected, or add `axes` and `judge`",
			      "'any' belongs to a matrix, and there are no axes");
}

static void cells_check(struct loader *l, const struct yaml *axes)
{
	uint64_t cells = 1;
	for (uint32_t i = 0; i < l->s->n_axes && cells <= CELLS_MAX; i++)
		cells *= l->s->axes[i].n;
	if (cells > CELLS_MAX)
		yaml_complain(axes->key, VP_TOO_MUCH, "fewer axes, or fewer values",
			      "the axes make more than %u cells", CELLS_MAX);
}

static void scenario_read(struct loader *l)
{
	const struct yaml *axes = yaml_get(l->root, "axes");
	shape_read(l, &scenario_shape, l->root, l->s, NULL);
	models_finish(l);
	nodes_finish(l);
	steps_finish(l);
	axes_finish(l);
	if (axes)
		matrix_check(l->root, axes);
	else
		single_run_check(l->root);
	if (axes)
		cells_check(l, axes);
}

/* --- the door ------------------------------------------------------------------------------------------- */

static bool is_models_only(const struct yaml *root)
{
	return yaml_get(root, "models") && shape_covers(&models_shape, root);
}

static enum loaded root_read(struct loader *l)
{
	if (l->root->kind != YAML_MAP) {
		yaml_complain(l->root, VP_SHAPE, "begin with `viaport: 1`",
			      "a scenario is a map of keys and values");
		return LOADED_BAD;
	}
	if (is_models_only(l->root)) {
		l->models_only = true;
		shape_read(l, &models_shape, l->root, l->s, NULL);
		models_finish(l);
		return LOADED_MODELS_ONLY;
	}
	scenario_read(l);
	return LOADED_SCENARIO;
}

static struct scenario *scenario_new(struct arena *a, const struct source *file)
{
	struct scenario *s = arena_alloc(a, sizeof *s);
	s->path = file->path;
	s->seed = 1;
	s->remedies.axis = -1;
	s->wall_clock = WALL_CLOCK_BY_DEFAULT;
	sha256_hex(file->text, file->len, s->sha256);
	return s;
}

enum loaded scenario_load(struct arena *a, const struct source *file, const struct catalogue *catalogue,
			  const struct source_reader *reader, struct complaints *complaints,
			  struct scenario **out)
{
	struct complaint *before = complaints->last;
	uint32_t complained = complaints->n;
	struct loader *l = loader_new(a, catalogue, complaints);
	enum loaded loaded = LOADED_BAD;
	l->reader = reader;
	l->s = scenario_new(a, file);
	names_add(l->files, file->path, strlen(file->path), &(uint32_t){ 0 });
	l->root = yaml_read(l->scratch, file, complaints);
	if (l->root)
		loaded = root_read(l);
	if (complaints->n != complained)
		loaded = LOADED_BAD;
	*out = loaded == LOADED_SCENARIO ? l->s : NULL;
	loader_free(l, before, file->path);
	return loaded;
}
