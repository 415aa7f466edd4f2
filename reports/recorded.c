#include "reports/recorded.h"

#include <jansson.h>

#include "models/sha256.h"
#include "reports/part.h"
#include "scenarios/axis_knobs.h"

#define CELLS_MAX 1000000000u /* of a scenario, as when it is loaded */

/** The entries of low confidence that cells name, each once. */
struct recorded_names {
	struct arena *arena;
	bool live; /* the scenarios are those of a run: they know which entries their cells rest on */
	const struct model **models;
	uint32_t n, room;
	uint32_t *
		*hints; /* by scenario and axis: the value of the cell before, near which that of the next one stands */
};

/* --- values of JSON ---------------------------------------------------------------------------- */

/** A text or NULL, in the arena. */
static const char *text_at(struct arena *a, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? arena_copy(a, json_string_value(value), json_string_length(value)) : NULL;
}

static uint64_t number_at(const json_t *object, const char *key, uint64_t otherwise)
{
	const json_t *value = json_object_get(object, key);
	json_int_t n = json_integer_value(value);
	return json_is_integer(value) && n >= 0 ? (uint64_t)n : otherwise;
}

static bool flag_at(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/** Index of a word in a list that NULL closes; -1: it is not there. */
static int word_index(const char *const *words, const char *word)
{
	for (int i = 0; word && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static const char *word_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static size_t items_at(const json_t *object, const char *key, json_t **out)
{
	*out = json_object_get(object, key);
	return json_is_array(*out) ? json_array_size(*out) : 0;
}

static const char **texts_of(struct arena *a, const json_t *array, uint32_t n)
{
	const char **texts = arena_alloc(a, (n + 1) * sizeof *texts);
	for (uint32_t i = 0; i < n; i++) {
		const json_t *text = json_array_get(array, i);
		texts[i] = arena_strdup(a, json_is_string(text) ? json_string_value(text) : "");
	}
	return texts;
}

/* --- a scenario -------------------------------------------------------------------------------- */

/** What is read of one scenario, and where it stands. */
struct reading {
	struct arena *arena;
	json_t *from, *outline;
	struct scenario *scenario;
	struct shown *shown;
};

static const char *knobs_read(struct arena *a, const json_t *axis, uint32_t n_values, struct axis_knobs *out)
{
	json_t *array;
	size_t n = items_at(axis, "knobs", &array);
	struct axis_knob *items = arena_alloc(a, (n + 1) * sizeof *items);
	for (size_t i = 0; i < n; i++) {
		json_t *knob = json_array_get(array, i);
		items[i].name = text_at(a, knob, "name");
		items[i].values = texts_of(a, json_object_get(knob, "values"), n_values);
		if (!items[i].name)
			return "a knob has no name";
	}
	*out = (struct axis_knobs){ items, (uint32_t)n };
	return NULL;
}

static const char *axis_read(const struct reading *r, const json_t *from, struct axis *axis, struct axis_knobs *knobs)
{
	json_t *values, *labels;
	*axis = (struct axis){ .name = text_at(r->arena, from, "name"),
			       .at.line = (uint32_t)number_at(from, "line", 0) };
	if (!axis->name)
		return "an axis has no name";
	axis->n = (uint32_t)items_at(json_object_get(r->from, "axes"), axis->name, &values);
	if (!axis->n || items_at(from, "labels", &labels) != axis->n)
		return arena_printf(r->arena, "the values of the axis %s are not all there", axis->name);
	axis->values = texts_of(r->arena, values, axis->n);
	axis->labels = texts_of(r->arena, labels, axis->n);
	return knobs_read(r->arena, from, axis->n, knobs);
}

static const char *axes_read(struct reading *r)
{
	json_t *array;
	struct scenario *s = r->scenario;
	size_t n = items_at(r->outline, "axes", &array);
	struct axis_knobs *knobs = arena_alloc(r->arena, (n + 1) * sizeof *knobs);
	s->axes = arena_alloc(r->arena, (n + 1) * sizeof *s->axes);
	s->n_axes = (uint32_t)n;
	if (n != json_object_size(json_object_get(r->from, "axes")))
		return "the axes are not all there";
	for (size_t i = 0; i < n; i++) {
		const char *wrong = axis_read(r, json_array_get(array, i), &s->axes[i], &knobs[i]);
		if (wrong)
			return wrong;
	}
	r->shown->knobs = n ? knobs : NULL;
	return NULL;
}

static void nodes_read(struct reading *r)
{
	json_t *array;
	size_t n = items_at(r->outline, "nodes", &array);
	r->scenario->nodes = arena_alloc(r->arena, (n + 1) * sizeof *r->scenario->nodes);
	r->scenario->n_nodes = (uint32_t)n;
	const char **names = texts_of(r->arena, array, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		r->scenario->nodes[i].name = names[i];
}

static int node_index(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].name, name) == 0)
			return (int)i;
	return -1;
}

static const struct check_kind *check_kind_of(const char *word)
{
	for (const struct check_kind *k = check_kinds; word && k->word; k++)
		if (strcmp(k->word, word) == 0)
			return k;
	return NULL;
}

/** A value that is the same in every cell, as an int. */
static struct setting certain(struct arena *a, enum check_field field, uint64_t value)
{
	int *copy = arena_alloc(a, sizeof *copy);
	*copy = (int)value;
	return (struct setting){ .field = &check_fields[field], .axis = -1, .values = copy };
}

static const char *check_read(const struct reading *r, const json_t *from, struct check *check)
{
	struct setting *values = arena_alloc(r->arena, 2 * sizeof *values);
	uint64_t peer = number_at(from, "peer", 0);
	values[0] = certain(r->arena, CHECK_FIELD_BY, number_at(from, "by", 0) != 0);
	values[1] = certain(r->arena, CHECK_FIELD_PEER, peer < PEERS ? peer : 0);
	*check = (struct check){
		.kind = check_kind_of(word_at(from, "kind")),
		.name = text_at(r->arena, from, "name"),
		.subject = node_index(r->scenario, word_at(from, "subject")),
		.hearer = node_index(r->scenario, word_at(from, "to")),
		.values = { values, 2 },
		.at.line = (uint32_t)number_at(from, "line", 0),
	};
	if (!check->kind || !check->name)
		return "a check is of no kind that is known here";
	if (check->kind->rule == CHECK_AUDIO && check->subject >= 0 && check->hearer < 0)
		return "a check of audio does not say who is to hear it";
	return NULL;
}

static const char *checks_read(struct reading *r)
{
	json_t *array;
	size_t n = items_at(r->outline, "checks", &array);
	r->scenario->checks = arena_alloc(r->arena, (n + 1) * sizeof *r->scenario->checks);
	r->scenario->n_checks = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const char *wrong = check_read(r, json_array_get(array, i), &r->scenario->checks[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static void exceptions_read(struct reading *r)
{
	json_t *array;
	size_t n = items_at(r->outline, "exceptions", &array);
	r->scenario->exceptions = arena_alloc(r->arena, (n + 1) * sizeof *r->scenario->exceptions);
	r->scenario->n_exceptions = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(array, i);
		r->scenario->exceptions[i] = (struct exception){
			.skip = flag_at(from, "skip"),
			.result = -1,
			.why = text_at(r->arena, from, "why"),
			.at = { .path = r->scenario->path, .line = (uint32_t)number_at(from, "line", 0) },
		};
	}
}

static const struct model *remedy_of(struct arena *a, const json_t *from)
{
	if (!json_is_object(from))
		return NULL;
	struct model *m = arena_alloc(a, sizeof *m);
	*m = (struct model){ .name = text_at(a, from, "name"),
			     .title = text_at(a, from, "title"),
			     .kind = DEVICE_REMEDY };
	return m->name ? m : NULL;
}

static int axis_index(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->n_axes; i++)
		if (strcmp(s->axes[i].name, name) == 0)
			return (int)i;
	return -1;
}

static void remedies_read(struct reading *r)
{
	json_t *from = json_object_get(r->outline, "remedies"), *array;
	size_t n = items_at(from, "models", &array);
	int axis = axis_index(r->scenario, word_at(from, "axis"));
	size_t room = axis < 0 ? n : r->scenario->axes[axis].n;
	const struct model **models = arena_alloc(r->arena, (room + 1) * sizeof *models);
	uint32_t named = 0;
	for (size_t i = 0; i < n && i < room; i++) {
		const struct model *m = remedy_of(r->arena, json_array_get(array, i));
		models[axis < 0 ? named : i] = m;
		named += m != NULL;
	}
	r->scenario->remedies = (struct remedies){ axis, models, axis < 0 ? named : (uint32_t)room };
}

static void sums_read(struct reading *r)
{
	struct scenario *s = r->scenario;
	const char *sha256 = word_at(r->from, "sha256");
	for (size_t i = 0; sha256 && sha256[i] && i + 1 < sizeof s->sha256; i++)
		s->sha256[i] = sha256[i];
	s->name = text_at(r->arena, r->from, "name");
	s->path = text_at(r->arena, r->from, "path");
	s->seed = number_at(r->from, "seed", 0);
	s->expect_any = flag_at(r->outline, "expect_any");
}

/** Of a value of an axis, its knobs; the first one says which there are. */
static struct axis_knobs kept_knobs_of(struct arena *a, json_t *values, uint32_t n_values)
{
	json_t *first = json_object_iter_value(json_object_iter(values)), *text, *value;
	const char *name, *key;
	struct axis_knob *items = arena_alloc(a, (json_object_size(first) + 1) * sizeof *items);
	uint32_t n = 0;
	json_object_foreach(first, name, text)
	{
		const char **texts = arena_alloc(a, (n_values + 1) * sizeof *texts);
		uint32_t v = 0;
		json_object_foreach(values, key, value) texts[v++] = text_at(a, value, name);
		items[n++] = (struct axis_knob){ arena_strdup(a, name), texts };
	}
	return (struct axis_knobs){ items, n };
}

/** What was cut down may say what is behind the values of its axes: {axis: {value: {knob: text}}}. */
static void kept_knobs_read(struct reading *r)
{
	json_t *from = json_object_get(r->from, "knobs"), *values, *value;
	const char *name, *key;
	struct scenario *s = r->scenario;
	struct axis_knobs *knobs = arena_alloc(r->arena, (json_object_size(from) + 1) * sizeof *knobs);
	s->axes = arena_alloc(r->arena, (json_object_size(from) + 1) * sizeof *s->axes);
	json_object_foreach(from, name, values)
	{
		struct axis *axis = &s->axes[s->n_axes];
		*axis = (struct axis){ .name = arena_strdup(r->arena, name) };
		axis->values = arena_alloc(r->arena, (json_object_size(values) + 1) * sizeof *axis->values);
		json_object_foreach(values, key, value) axis->values[axis->n++] = arena_strdup(r->arena, key);
		axis->labels = axis->values;
		knobs[s->n_axes++] = kept_knobs_of(r->arena, values, axis->n);
	}
	r->shown->knobs = s->n_axes ? knobs : NULL;
	r->shown->by_name = axes_by_name(r->arena, s);
}

static const char *cells_check(const struct reading *r)
{
	uint64_t n = 1;
	for (uint32_t i = 0; i < r->scenario->n_axes && n <= CELLS_MAX; i++)
		n *= r->scenario->axes[i].n;
	if (n > CELLS_MAX)
		return "the axes of a scenario make too many cells";
	return r->shown->cells > n ? "a scenario has more cells than its axes make" : NULL;
}

static const char *scenario_read(struct reading *r)
{
	bool bare = !json_is_object(r->outline);
	sums_read(r);
	r->shown->scenario = r->scenario;
	if (!r->scenario->path || (!bare && !r->scenario->name))
		return "a scenario has no name or no path";
	if (bare) {
		kept_knobs_read(r);
		return NULL;
	}
	const char *wrong = axes_read(r);
	if (wrong)
		return wrong;
	nodes_read(r);
	exceptions_read(r);
	remedies_read(r);
	wrong = checks_read(r);
	r->shown->file = strcmp(r->scenario->path, "stdin") == 0 ? NULL : r->scenario->path;
	r->shown->seed = r->scenario->seed;
	r->shown->cells = number_at(r->outline, "selected", 0);
	r->shown->by_name = axes_by_name(r->arena, r->scenario);
	return wrong ? wrong : cells_check(r);
}

/* --- the head ---------------------------------------------------------------------------------- */

static struct recorded_names *names_new(struct arena *a, const struct recorded *r)
{
	struct recorded_names *names = arena_alloc(a, sizeof *names);
	names->arena = a;
	names->hints = arena_alloc(a, (r->n + 1) * sizeof *names->hints);
	for (uint32_t i = 0; i < r->n; i++)
		names->hints[i] = arena_alloc(a, (r->scenarios[i].scenario->n_axes + 1) * sizeof **names->hints);
	return names;
}

static const char *scenarios_read(struct arena *a, json_t *root, struct recorded *out)
{
	json_t *array;
	size_t n = items_at(root, "scenarios", &array);
	out->scenarios = arena_alloc(a, (n + 1) * sizeof *out->scenarios);
	out->hidden = arena_alloc(a, (n + 1) * sizeof *out->hidden);
	for (size_t i = 0; i < n; i++) {
		struct reading r = { a, json_array_get(array, i) };
		r.outline = json_object_get(r.from, "outline");
		r.scenario = arena_alloc(a, sizeof *r.scenario);
		r.shown = &out->scenarios[i];
		const char *wrong = scenario_read(&r);
		if (wrong)
			return wrong;
		if (!json_is_object(r.outline))
			out->bare = r.scenario->path;
		out->cells += r.shown->cells;
		out->hidden[i] = number_at(json_object_get(r.from, "totals"), "hidden", 0);
		out->all_hidden += out->hidden[i];
		out->seeded |= flag_at(r.outline, "seeded");
		out->seeds = (uint32_t)number_at(r.outline, "seeds", out->seeds);
	}
	out->n = (uint32_t)n;
	return NULL;
}

static const char *root_read(struct arena *a, json_t *root, struct recorded *out)
{
	const json_t *tool = json_object_get(root, "tool");
	int least = word_index(confidence_words, word_at(root, "min_confidence"));
	if (number_at(root, "format", 0) != 1 || !json_is_array(json_object_get(root, "scenarios")))
		return "this is no result of viaport: a result has \"format\": 1 and \"scenarios\"";
	out->version = text_at(a, tool, "version");
	out->catalogue = text_at(a, tool, "catalogue");
	out->command = text_at(a, tool, "command");
	out->run = text_at(a, root, "run");
	out->interrupted = flag_at(root, "interrupted");
	out->least = least < 0 ? CONFIDENCE_LOW : (enum confidence)least;
	out->beside = flag_at(root, "beside");
	const char *wrong = scenarios_read(a, root, out);
	if (!wrong)
		out->names = names_new(a, out);
	return wrong;
}

const char *recorded_head(struct arena *a, const char *json, size_t n, struct recorded *out)
{
	json_error_t error;
	json_t *root = json_loadb(json, n, 0, &error);
	*out = (struct recorded){ 0 };
	if (!root)
		return arena_printf(a, "line %d, column %d: %s", error.line, error.column, error.text);
	const char *wrong = root_read(a, root, out);
	json_decref(root);
	return wrong;
}

/** Of all but its command: the same files may have other names on another machine. */
static void head_sum(json_t *head, char hex[static 65])
{
	json_object_del(json_object_get(head, "tool"), "command");
	char *text = json_dumps(head, JSON_COMPACT | JSON_SORT_KEYS);
	sha256_hex(text ? text : "", text ? strlen(text) : 0, hex);
	free(text);
}

static const char *part_read(struct arena *a, json_t *root, struct run_part *out)
{
	json_t *head = json_object_get(root, "head");
	int least = word_index(confidence_words, word_at(root, "min_confidence"));
	uint64_t part = number_at(root, "part", 0), parts = number_at(root, "parts", 0);
	bool numbered = part >= 1 && part <= parts && parts <= PARTS_MAX;
	out->shard = (struct shard){ (uint32_t)part, (uint32_t)parts, text_at(a, root, "command"),
				     text_at(a, root, "options") };
	if (!numbered || least < 0 || !out->shard.command || !out->shard.options || root_read(a, head, &out->head))
		return "it is no part of a run";
	out->head.least = (enum confidence)least;
	head_sum(head, out->head_sum);
	return NULL;
}

const char *recorded_part(struct arena *a, const char *json, size_t n, struct run_part *out)
{
	json_error_t error;
	json_t *root = json_loadb(json, n, 0, &error);
	const char *wrong = part_read(a, root, out);
	json_decref(root);
	return wrong;
}

struct recorded recorded_live(struct arena *a, const struct show *show)
{
	struct recorded r = {
		.version = show->version,
		.catalogue = show->catalogue,
		.command = show->command,
		.run = show->run,
		.scenarios = arena_alloc(a, (show->n + 1) * sizeof *r.scenarios),
		.hidden = arena_alloc(a, (show->n + 1) * sizeof *r.hidden),
		.n = show->n,
		.cells = show->cells,
		.seeded = show->seeded,
		.seeds = show->seeds,
	};
	memcpy(r.scenarios, show->scenarios, show->n * sizeof *r.scenarios);
	r.names = names_new(a, &r);
	r.names->live = true;
	return r;
}

/* --- two runs ---------------------------------------------------------------------------------- */

static const char *text_differs(struct arena *a, const char *what, const char *one, const char *other)
{
	if (one && other && strcmp(one, other) == 0)
		return NULL;
	return arena_printf(a, "%s is %s there, %s here", what, one && *one ? one : "none",
			    other && *other ? other : "none");
}

static const char *number_differs(struct arena *a, const char *what, uint64_t one, uint64_t other)
{
	if (one == other)
		return NULL;
	return arena_printf(a, "%s is %llu there, %llu here", what, (unsigned long long)one, (unsigned long long)other);
}

static const char *scenario_differs(struct arena *a, const struct shown *one, const struct shown *other)
{
	const struct scenario *s = one->scenario, *o = other->scenario;
	const char *differs = text_differs(a, "a scenario", s->path, o->path);
	if (!differs)
		differs = text_differs(a, arena_printf(a, "the sha256 of %s", s->path), s->sha256, o->sha256);
	if (!differs)
		differs = number_differs(a, arena_printf(a, "the seed of %s", s->path), one->seed, other->seed);
	if (!differs)
		differs = number_differs(a, arena_printf(a, "the number of cells of %s", s->path), one->cells,
					 other->cells);
	return differs;
}

const char *recorded_difference(struct arena *a, const struct recorded *one, const struct recorded *other)
{
	const char *differs = text_differs(a, "the version of viaport", one->version, other->version);
	if (!differs)
		differs = text_differs(a, "the sha256 of the catalogue", one->catalogue, other->catalogue);
	if (!differs)
		differs = number_differs(a, "the number of scenarios", one->n, other->n);
	for (uint32_t i = 0; i < one->n && !differs; i++)
		differs = scenario_differs(a, &one->scenarios[i], &other->scenarios[i]);
	return differs;
}

const char *recorded_part_difference(struct arena *a, const struct run_part *one, const struct run_part *other)
{
	const char *differs = recorded_difference(a, &one->head, &other->head);
	if (!differs)
		differs = number_differs(a, "the number of parts", one->shard.parts, other->shard.parts);
	if (!differs)
		differs = text_differs(a, "what the options ask", one->shard.options, other->shard.options);
	/* a scenario uses other files, of which the head tells only what they say of its axes */
	if (!differs && strcmp(one->head_sum, other->head_sum) != 0)
		differs = "what the scenarios use is not the same";
	return differs;
}

uint32_t recorded_find(const struct recorded *r, const char *path)
{
	uint32_t i = 0;
	while (i < r->n && strcmp(r->scenarios[i].scenario->path, path) != 0)
		i++;
	return i;
}

/* --- a cell ------------------------------------------------------------------------------------ */

/** The value of that name, looked for from the hint on, round about; n when there is none. */
static uint32_t value_index(const struct axis *axis, const char *value, uint32_t hint)
{
	for (uint32_t i = 0; i < axis->n; i++) {
		uint32_t v = (hint + i) % axis->n;
		if (strcmp(axis->values[v], value) == 0)
			return v;
	}
	return axis->n;
}

static const char *choice_read(const struct recorded *r, const struct shown *shown, const json_t *from,
			       struct arena *scratch, struct cell_result *out)
{
	const struct scenario *s = shown->scenario;
	uint32_t *hints = r->names->hints[shown - r->scenarios];
	const json_t *cell = json_object_get(from, "cell");
	out->choice = arena_alloc(scratch, (s->n_axes + 1) * sizeof *out->choice);
	for (uint32_t i = 0; i < s->n_axes; i++) {
		const char *value = word_at(cell, s->axes[i].name);
		uint32_t v = value ? value_index(&s->axes[i], value, hints[i]) : s->axes[i].n;
		if (v == s->axes[i].n)
			return arena_printf(scratch, "a cell has no value of the axis %s", s->axes[i].name);
		hints[i] = out->choice[i] = v;
		out->cell = out->cell * s->axes[i].n + v;
	}
	return NULL;
}

static const struct model *new_entry(struct recorded_names *names, const char *text)
{
	struct model *m = arena_alloc(names->arena, sizeof *m);
	size_t len = strlen(text);
	/* what is a scenario's own has its place behind its name */
	bool own = len && text[len - 1] == ')';
	*m = (struct model){ .name = arena_strdup(names->arena, text), .confidence = CONFIDENCE_LOW, .shared = !own };
	if (names->n == names->room) {
		names->room = 2 * names->room + 16;
		const struct model **larger = arena_alloc(names->arena, names->room * sizeof *larger);
		if (names->n)
			memcpy(larger, names->models, names->n * sizeof *larger);
		names->models = larger;
	}
	return names->models[names->n++] = m;
}

static const struct model *entry_of(struct recorded_names *names, const char *text)
{
	for (uint32_t i = 0; i < names->n; i++)
		if (strcmp(names->models[i]->name, text) == 0)
			return names->models[i];
	return new_entry(names, text);
}

static void weak_read(const struct recorded *r, const json_t *from, struct cell_result *out)
{
	json_t *array;
	size_t n = items_at(from, "unverified", &array);
	for (size_t i = 0; i < n && i < RESULT_WEAK; i++) {
		const char *text = json_string_value(json_array_get(array, i));
		out->weak[i] = entry_of(r->names, text ? text : "");
	}
}

/** The entry of the outline that applied. */
static const struct exception *exception_at(const json_t *from, const struct scenario *s)
{
	uint64_t i = number_at(from, "exception", s->n_exceptions);
	return i < s->n_exceptions ? &s->exceptions[i] : NULL;
}

static void between_read(const json_t *from, usec between[2])
{
	json_t *array;
	size_t n = items_at(from, "between_us", &array);
	for (size_t i = 0; i < n && i < 2; i++)
		between[i] = json_integer_value(json_array_get(array, i));
}

static const char *result_read(const json_t *from, const struct check *check, struct arena *scratch,
			       struct check_result *out)
{
	const char *cause = word_at(from, "cause");
	int verdict = word_index(verdict_words, word_at(from, "result"));
	if (verdict < 0)
		return "a check has no result";
	*out = (struct check_result){
		.check = check,
		.result = (enum verdict)verdict,
		.cause = cause ? cause_find(cause, strlen(cause)) : NULL,
		.lost_at = text_at(scratch, from, "lost_at"),
		.at = -1,
		.datagram = (uint32_t)number_at(from, "datagram", 0),
		.sentence = text_at(scratch, from, "sentence"),
		.works = (uint32_t)number_at(from, "works", 0),
		.fails = (uint32_t)number_at(from, "fails", 0),
		.surprise = text_at(scratch, from, "surprise"),
	};
	if (json_is_integer(json_object_get(from, "at_us")))
		out->at = (usec)number_at(from, "at_us", 0);
	between_read(from, out->between);
	out->expected = !out->surprise;
	return cause && !out->cause ? arena_printf(scratch, "the cause %s is not known here", cause) : NULL;
}

static const char *results_read(const struct shown *shown, const json_t *from, struct arena *scratch,
				struct cell_result *out)
{
	json_t *array;
	const char *wrong = NULL;
	size_t n = items_at(from, "checks", &array);
	if (n > shown->scenario->n_checks)
		return "a cell has more checks than its scenario";
	out->checks = arena_alloc(scratch, (n + 1) * sizeof *out->checks);
	out->n_checks = (uint32_t)n;
	for (size_t i = 0; i < n && !wrong; i++)
		wrong = result_read(json_array_get(array, i), &shown->scenario->checks[i], scratch, &out->checks[i]);
	return wrong;
}

static const char *causes_read(const json_t *from, struct arena *scratch, uint64_t *out)
{
	json_t *array;
	size_t n = items_at(from, "causes", &array);
	for (size_t i = 0; i < n; i++) {
		const char *word = json_string_value(json_array_get(array, i));
		const struct cause *cause = word ? cause_find(word, strlen(word)) : NULL;
		if (!cause)
			return arena_printf(scratch, "the cause %s is not known here", word ? word : "of an outcome");
		*out |= UINT64_C(1) << (cause - causes);
	}
	return NULL;
}

static const char *outcome_read(const json_t *from, struct arena *scratch, struct outcome *out)
{
	int verdict = word_index(verdict_words, word_at(from, "verdict"));
	if (verdict < 0)
		return "an outcome has no verdict";
	*out = (struct outcome){
		.verdict = (enum verdict)verdict,
		.expected = flag_at(from, "expected"),
		.seed = number_at(from, "seed", 0),
		.seeds = (uint32_t)number_at(from, "count", 0),
	};
	return causes_read(from, scratch, &out->causes);
}

static const char *outcomes_read(const json_t *from, struct arena *scratch, struct cell_result *out)
{
	const json_t *seeds = json_object_get(from, "seeds");
	json_t *array;
	size_t n = items_at(seeds, "outcomes", &array);
	struct outcome *outcomes = arena_alloc(scratch, (n + 1) * sizeof *outcomes);
	const char *wrong = NULL;
	for (size_t i = 0; i < n && !wrong; i++)
		wrong = outcome_read(json_array_get(array, i), scratch, &outcomes[i]);
	out->seeds = (uint32_t)number_at(seeds, "n", 0);
	out->outcomes = outcomes;
	out->n_outcomes = (uint32_t)n;
	return wrong;
}

static const char *cell_read(const struct recorded *r, const struct shown *shown, const json_t *from,
			     struct arena *scratch, struct cell_result *out)
{
	int verdict = word_index(verdict_words, word_at(from, "verdict"));
	int confidence = word_index(confidence_words, word_at(from, "confidence"));
	if (verdict < 0 || confidence < 0)
		return "a cell has no verdict or no confidence";
	out->verdict = (enum verdict)verdict;
	out->confidence = (enum confidence)confidence;
	out->expected = flag_at(from, "expected");
	out->known = flag_at(from, "known");
	out->why = text_at(scratch, from, "why");
	out->surprise = text_at(scratch, from, "surprise");
	out->exception = exception_at(from, shown->scenario);
	const char *wrong = choice_read(r, shown, from, scratch, out);
	wrong = wrong ? wrong : outcomes_read(from, scratch, out);
	if (!wrong && r->names->live && out->confidence == CONFIDENCE_LOW)
		scenario_weak(shown->scenario, out->choice, out->weak, RESULT_WEAK);
	else if (!r->names->live)
		weak_read(r, from, out);
	return wrong ? wrong : results_read(shown, from, scratch, out);
}

const char *recorded_cell(const struct recorded *r, const struct shown *shown, const char *json, size_t n,
			  struct arena *scratch, struct cell_result *out)
{
	json_error_t error;
	json_t *from = json_loadb(json, n, JSON_ALLOW_NUL, &error);
	*out = (struct cell_result){ 0 };
	if (!from)
		return arena_printf(scratch, "a cell cannot be read: column %d: %s", error.column, error.text);
	const char *wrong = cell_read(r, shown, from, scratch, out);
	json_decref(from);
	return wrong;
}
