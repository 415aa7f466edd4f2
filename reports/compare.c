#include "reports/compare.h"

#include <assert.h>
#include <stdlib.h>

#include "scenarios/axis_knobs.h"
#include "scenarios/names.h"
#include "sim/table.h"

const char *const change_words[] = {
	[CHANGE_BROKEN] = "broken", [CHANGE_CAUSE] = "cause changed", [CHANGE_FIXED] = "fixed",
	[CHANGE_NEW] = "new",	    [CHANGE_REMOVED] = "removed",     [CHANGE_NONE] = "unchanged",
};

/** A scenario of one of the results. */
struct compared_scenario {
	const struct shown *shown;
	const struct scenario *from; /* what is shown */
	uint32_t nth;		     /* of those with its path */
	const char **axes;	     /* in the file's order when it is known */
	uint32_t n_axes;
	uint32_t *values; /* per axis: that of the first cell */
	bool *several;	  /* per axis: has it more values? */
	const struct compared_scenario
		*before; /* of a later one: the earlier one that its cells stood in; NULL: none */
	int *sources;	 /* per axis of that one: the own axis; -1: none, it has one value */
	uint32_t **texts; /* of an expected one: per axis of the file and value its text */
	struct change_group *groups[CHANGE_CLASSES];
	struct compared_scenario *next;
};

/** A cell. The earlier ones are found by scenario and values. */
struct row {
	struct link link;
	struct row *next;
	struct compared_scenario *scenario;
	const struct cell_state *outcome;
	enum { ROW_OPEN, ROW_COMPARED, ROW_HIDDEN } state;
	uint32_t values[];
};

struct rows {
	struct row *first, **end;
};

/** One of the results. */
struct side {
	struct compared_scenario *first, **end, *at_hand;
	struct rows rows;
};

struct compared {
	struct compare_rules rules;
	struct arena *arena, *scratch;
	struct names *ids; /* of texts, each kept once */
	const char **texts;
	uint32_t n_texts, texts_room;
	struct names *outcome_ids;
	const struct cell_state **outcomes;
	uint32_t n_outcomes, outcomes_room;
	struct table table; /* of the earlier rows */
	struct side before, now;
	struct difference **differences_end;
	struct sink key;
};

/* --- what is kept once ------------------------------------------------------------------------- */

static void *grown(struct arena *a, const void *items, uint32_t n, uint32_t *room, size_t size)
{
	*room = *room ? 2 * *room : 64;
	void *larger = arena_alloc(a, *room * size);
	if (n)
		memcpy(larger, items, n * size);
	return larger;
}

static uint32_t text_id(struct compared *s, const char *text)
{
	size_t len = strlen(text);
	int64_t known = names_find(s->ids, text, len);
	if (known >= 0)
		return (uint32_t)known;
	uint32_t id = s->n_texts++;
	if (id == s->texts_room)
		s->texts = grown(s->arena, s->texts, id, &s->texts_room, sizeof *s->texts);
	s->texts[id] = arena_copy(s->arena, text, len);
	names_add(s->ids, s->texts[id], len, &id);
	return id;
}

static const char *text_kept(struct compared *s, const char *text)
{
	if (!text)
		return NULL;
	uint32_t id = text_id(s, text);
	return s->texts[id];
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int trouble_order(const struct trouble *a, const struct trouble *b)
{
	int check = text_order(a->check, b->check), subject = text_order(a->subject, b->subject);
	return check ? check : subject ? subject : text_order(a->to, b->to);
}

/** The order of the checks in a file says nothing of what became of a cell. Those of one name stay as they are. */
static void troubles_sort(struct trouble *items, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		const struct trouble moved = items[i];
		uint32_t k = i;
		for (; k > 0 && trouble_order(&items[k - 1], &moved) > 0; k--)
			items[k] = items[k - 1];
		items[k] = moved;
	}
}

static void put_key_text(struct sink *key, const char *text)
{
	sink_text(key, text ? text : "");
	sink_char(key, text ? '\x1F' : '\x1E');
}

/** Bytes that are the same for the same outcome. */
static void put_key(struct sink *key, const struct scanned_cell *cell)
{
	sink_clear(key);
	sink_char(key, (char)('0' + cell->verdict));
	sink_char(key, cell->detailed ? 'd' : 'b');
	put_key_text(key, cell->cause);
	for (uint32_t i = 0; i < cell->n_troubles; i++) {
		const struct trouble *t = &cell->troubles[i];
		put_key_text(key, t->check);
		put_key_text(key, t->subject);
		put_key_text(key, t->to);
		put_key_text(key, t->cause);
		sink_char(key, (char)('0' + t->result));
	}
}

static bool told_before(const struct cell_state *o, uint32_t n, const char *cause)
{
	for (uint32_t i = 0; i < n; i++)
		if (o->troubles[i].cause == cause)
			return true;
	return false;
}

static const char *words_of(struct compared *s, const struct cell_state *o)
{
	const char *words = o->n_troubles ? "" : o->cause ? o->cause : "";
	for (uint32_t i = 0; i < o->n_troubles; i++) {
		const char *cause = o->troubles[i].cause;
		if (cause && !told_before(o, i, cause))
			words = arena_printf(s->arena, "%s%s%s", words, *words ? ", " : "", cause);
	}
	return words;
}

static const struct cell_state *new_outcome(struct compared *s, const struct scanned_cell *cell)
{
	struct cell_state *o = arena_alloc(s->arena, sizeof *o);
	struct trouble *troubles = arena_alloc(s->arena, (cell->n_troubles + 1) * sizeof *troubles);
	for (uint32_t i = 0; i < cell->n_troubles; i++) {
		const struct trouble *t = &cell->troubles[i];
		troubles[i] = (struct trouble){ text_kept(s, t->check), text_kept(s, t->subject), text_kept(s, t->to),
						t->result, text_kept(s, t->cause) };
	}
	*o = (struct cell_state){ cell->verdict, text_kept(s, cell->cause), "",
				  troubles,	 cell->n_troubles,	    cell->detailed };
	o->causes = words_of(s, o);
	return o;
}

static const struct cell_state *outcome_of(struct compared *s, struct scanned_cell *cell)
{
	troubles_sort(cell->troubles, cell->n_troubles);
	put_key(&s->key, cell);
	int64_t known = names_find(s->outcome_ids, s->key.bytes, s->key.len);
	if (known >= 0)
		return s->outcomes[known];
	uint32_t id = s->n_outcomes++;
	if (id == s->outcomes_room)
		s->outcomes = grown(s->arena, s->outcomes, id, &s->outcomes_room, sizeof *s->outcomes);
	s->outcomes[id] = new_outcome(s, cell);
	names_add(s->outcome_ids, arena_copy(s->arena, s->key.bytes, s->key.len), s->key.len, &id);
	return s->outcomes[id];
}

/* --- scenarios --------------------------------------------------------------------------------- */

/** The scenario's own order where it has axes; what was cut down has only those of its cells. */
static void take_axes(struct compared *s, struct compared_scenario *c, const struct scanned_cell *cell)
{
	bool told = c->from->n_axes;
	c->n_axes = told ? c->from->n_axes : cell->n_axes;
	c->axes = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->axes);
	c->values = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->values);
	c->several = arena_alloc(s->arena, (c->n_axes + 1) * sizeof *c->several);
	for (uint32_t i = 0; i < c->n_axes; i++)
		c->axes[i] = text_kept(s, told ? c->from->axes[i].name : cell->axes[i]);
}

static int axis_of(const struct compared_scenario *c, const char *axis)
{
	for (uint32_t i = 0; i < c->n_axes; i++)
		if (c->axes[i] == axis)
			return (int)i;
	return -1;
}

/** Would the cells be others for the lack of these axes? */
static bool lacks_axes(const struct compared_scenario *c, const struct compared_scenario *other)
{
	for (uint32_t i = 0; i < other->n_axes; i++)
		if (other->several[i] && axis_of(c, other->axes[i]) < 0)
			return true;
	return false;
}

static void join_axes(struct compared *s, struct compared_scenario *now, const struct compared_scenario *before)
{
	for (uint32_t i = 0; i < now->n_axes; i++)
		now->several[i] = !now->from->n_axes || now->from->axes[i].n > 1;
	if (lacks_axes(now, before) || lacks_axes(before, now))
		return;
	now->before = before;
	now->sources = arena_alloc(s->arena, (before->n_axes + 1) * sizeof *now->sources);
	for (uint32_t i = 0; i < before->n_axes; i++)
		now->sources[i] = axis_of(now, before->axes[i]);
}

static struct compared_scenario *find_scenario(const struct side *side, const char *path, uint32_t nth)
{
	struct compared_scenario *c = side->first;
	while (c && (c->nth != nth || strcmp(c->from->path, path) != 0))
		c = c->next;
	return c;
}

/* --- what else is not the same ----------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/** A model that is used in many scenarios is told once. */
static bool is_told(const struct comparison *c, const struct difference *d)
{
	const struct difference *k = d->knob ? c->differences : NULL;
	while (k && !(same_text(k->knob, d->knob) && same_text(k->axis, d->axis) && same_text(k->value, d->value) &&
		      same_text(k->old, d->old) && same_text(k->now, d->now)))
		k = k->next;
	return k;
}

static void add_difference(struct comparison *c, const struct difference *told)
{
	struct compared *s = c->state;
	if (same_text(told->old, told->now) || is_told(c, told))
		return;
	struct difference *d = arena_alloc(s->arena, sizeof *d);
	*d = *told;
	*s->differences_end = d;
	s->differences_end = &d->next;
}

/** The text of a knob at a value of an axis, NULL when that has none of the name. */
static const char *knob_text(const struct shown *shown, const char *axis, const char *value, const char *knob)
{
	const struct scenario *s = shown->scenario;
	for (uint32_t i = 0; shown->knobs && i < s->n_axes; i++)
		for (uint32_t v = 0; strcmp(s->axes[i].name, axis) == 0 && v < s->axes[i].n; v++)
			for (uint32_t k = 0; strcmp(s->axes[i].values[v], value) == 0 && k < shown->knobs[i].n; k++)
				if (strcmp(shown->knobs[i].items[k].name, knob) == 0)
					return shown->knobs[i].items[k].values[v];
	return NULL;
}

/** Knobs are told where the values of an axis differ in them, so one that is on one side only says little. */
static void compare_knobs(struct comparison *c, const struct shown *old, const struct shown *now)
{
	const struct scenario *s = now->scenario;
	for (uint32_t i = 0; now->knobs && i < s->n_axes; i++)
		for (uint32_t v = 0; v < s->axes[i].n; v++)
			for (uint32_t k = 0; k < now->knobs[i].n; k++) {
				const struct axis_knob *knob = &now->knobs[i].items[k];
				const char *before = knob_text(old, s->axes[i].name, s->axes[i].values[v], knob->name);
				if (before)
					add_difference(c, &(struct difference){ "knob", s->path, knob->name,
										s->axes[i].name, s->axes[i].values[v],
										before, knob->values[v] });
			}
}

static void compare_scenarios(struct comparison *c, const struct shown *old, const struct shown *now)
{
	struct arena *a = c->state->arena;
	const struct scenario *before = old->scenario, *after = now->scenario;
	compare_knobs(c, old, now);
	if (!*before->sha256 || !*after->sha256)
		return;
	add_difference(c, &(struct difference){
				  .what = "file", .path = after->path, .old = before->sha256, .now = after->sha256 });
	add_difference(c, &(struct difference){ .what = "seed",
						.path = after->path,
						.old = arena_printf(a, "%llu", (unsigned long long)old->seed),
						.now = arena_printf(a, "%llu", (unsigned long long)now->seed) });
}

static struct compared_scenario *begin_scenario(struct compared *s, struct side *side, const struct shown *shown,
						const struct scanned_cell *cell)
{
	struct compared_scenario *c = arena_alloc(s->arena, sizeof *c);
	*c = (struct compared_scenario){ .shown = shown, .from = shown->scenario };
	while (find_scenario(side, c->from->path, c->nth))
		c->nth++;
	take_axes(s, c, cell);
	*side->end = c;
	side->end = &c->next;
	side->at_hand = c;
	return c;
}

/* --- cells ------------------------------------------------------------------------------------- */

static const char *cell_text(const struct scanned_cell *cell, const char *axis)
{
	for (uint32_t i = 0; i < cell->n_axes; i++)
		if (strcmp(cell->axes[i], axis) == 0)
			return cell->values[i];
	return NULL;
}

static struct row *new_row(struct compared *s, struct compared_scenario *scenario, const struct cell_state *outcome)
{
	struct row *row = arena_alloc(s->arena, sizeof *row + scenario->n_axes * sizeof *row->values);
	row->scenario = scenario;
	row->outcome = outcome;
	return row;
}

/** Which values the cell has. Returns the axis of which it has none, NULL: none is missing. */
static const char *take_values(struct compared *s, const struct compared_scenario *c, const struct scanned_cell *cell,
			       uint32_t *values)
{
	for (uint32_t i = 0; i < c->n_axes; i++) {
		const char *text = cell_text(cell, c->axes[i]);
		if (!text)
			return c->axes[i];
		values[i] = text_id(s, text);
	}
	return NULL;
}

static void add_row(struct rows *rows, struct row *row)
{
	*rows->end = row;
	rows->end = &row->next;
}

static uint32_t hash_of(const struct compared_scenario *c, const uint32_t *values)
{
	return hash_bytes(HASH_START ^ (uint32_t)((uintptr_t)c >> 4), (const char *)values, c->n_axes * sizeof *values);
}

/** The earlier row with these values. */
static struct row *find_row(const struct compared *s, const struct compared_scenario *c, const uint32_t *values)
{
	for (struct link *l = table_first(&s->table, hash_of(c, values)); l; l = table_next(l)) {
		struct row *row = CONTAINER(l, struct row, link);
		if (row->scenario == c && memcmp(row->values, values, c->n_axes * sizeof *values) == 0)
			return row;
	}
	return NULL;
}

static void note_values(struct compared_scenario *c, const uint32_t *values, bool first)
{
	for (uint32_t i = 0; i < c->n_axes; i++) {
		if (first)
			c->values[i] = values[i];
		c->several[i] |= c->values[i] != values[i];
	}
}

static const char *missing(struct compared *s, const struct compared_scenario *c, const char *axis)
{
	return arena_printf(s->arena, "a cell of %s has no value of the axis %s", c->from->path, axis);
}

const char *comparison_before(struct comparison *c, const struct shown *shown, const char *json, size_t n)
{
	struct compared *s = c->state;
	struct scanned_cell cell;
	arena_reset(s->scratch);
	const char *wrong = cell_scan(json, n, s->scratch, &cell);
	if (wrong)
		return wrong;
	bool first = !s->before.at_hand || s->before.at_hand->shown != shown;
	struct compared_scenario *scenario = first ? begin_scenario(s, &s->before, shown, &cell) : s->before.at_hand;
	struct row *row = new_row(s, scenario, outcome_of(s, &cell));
	const char *axis = take_values(s, scenario, &cell, row->values);
	if (axis)
		return missing(s, scenario, axis);
	if (find_row(s, scenario, row->values))
		return arena_printf(s->arena, "a cell of %s is there twice", shown->scenario->path);
	note_values(scenario, row->values, first);
	table_add(&s->table, &row->link, hash_of(scenario, row->values));
	add_row(&s->before.rows, row);
	return NULL;
}

/* --- changes ----------------------------------------------------------------------------------- */

static bool is_there(const struct cell_state *o)
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
	if (!is_there(old))
		return is_there(now) ? CHANGE_NEW : CHANGE_NONE;
	if (!is_there(now))
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

static void tell(struct comparison *c, struct compared_scenario *scenario, const uint32_t *values,
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

/* --- the later result -------------------------------------------------------------------------- */

/** The scenario of the later result that is shown so; NULL: none of its cells has come. */
static struct compared_scenario *find_now(const struct compared *s, const struct shown *shown)
{
	struct compared_scenario *now = s->now.at_hand;
	if (now && now->shown == shown)
		return now;
	for (now = s->now.first; now && now->shown != shown;)
		now = now->next;
	return now;
}

static struct compared_scenario *now_at_hand(struct comparison *c, const struct shown *shown,
					     const struct scanned_cell *cell)
{
	struct compared *s = c->state;
	struct compared_scenario *known = find_now(s, shown);
	if (known)
		return s->now.at_hand = known;
	struct compared_scenario *now = begin_scenario(s, &s->now, shown, cell);
	struct compared_scenario *before = find_scenario(&s->before, now->from->path, now->nth);
	if (!before) {
		for (uint32_t i = 0; i < now->n_axes; i++)
			now->several[i] = true;
		return now;
	}
	join_axes(s, now, before);
	compare_scenarios(c, before->shown, shown);
	return now;
}

/** The row in which the cell stood before; NULL: nowhere. */
static struct row *row_before(const struct compared *s, const struct compared_scenario *now, const uint32_t *values,
			      struct arena *scratch)
{
	if (!now->before)
		return NULL;
	uint32_t *old = arena_alloc(scratch, (now->before->n_axes + 1) * sizeof *old);
	for (uint32_t i = 0; i < now->before->n_axes; i++)
		old[i] = now->sources[i] < 0 ? now->before->values[i] : values[now->sources[i]];
	return find_row(s, now->before, old);
}

struct later_cell {
	struct scanned_cell cell;
	struct compared_scenario *scenario;
	uint32_t *values;
	struct row *before;
};

static const char *read_later(struct comparison *c, const struct shown *shown, const char *json, size_t n,
			      struct later_cell *out)
{
	struct compared *s = c->state;
	arena_reset(s->scratch);
	const char *wrong = cell_scan(json, n, s->scratch, &out->cell);
	if (wrong)
		return wrong;
	out->scenario = now_at_hand(c, shown, &out->cell);
	out->values = arena_alloc(s->scratch, (out->scenario->n_axes + 1) * sizeof *out->values);
	const char *axis = take_values(s, out->scenario, &out->cell, out->values);
	if (axis)
		return missing(s, out->scenario, axis);
	out->before = row_before(s, out->scenario, out->values, s->scratch);
	if (out->before && out->before->state != ROW_OPEN)
		return arena_printf(s->arena, "a cell of %s is there twice", shown->scenario->path);
	return NULL;
}

static void keep_now(struct compared *s, const struct later_cell *later, const struct cell_state *outcome)
{
	struct row *row = new_row(s, later->scenario, outcome);
	memcpy(row->values, later->values, later->scenario->n_axes * sizeof *row->values);
	add_row(&s->now.rows, row);
}

const char *comparison_now(struct comparison *c, const struct shown *shown, const char *json, size_t n)
{
	struct compared *s = c->state;
	struct later_cell later;
	const char *wrong = read_later(c, shown, json, n, &later);
	if (wrong)
		return wrong;
	const struct cell_state *outcome = outcome_of(s, &later.cell);
	const struct cell_change told = {
		.old = later.before ? later.before->outcome : NULL,
		.now = outcome,
		.sentence = later.cell.sentence,
		.expected = later.cell.expected,
	};
	c->cells++;
	c->errors += outcome->verdict == VERDICT_ERROR;
	c->met += later.before != NULL;
	if (later.before)
		later.before->state = ROW_COMPARED;
	if (s->rules.keeps_all)
		keep_now(s, &later, outcome);
	tell(c, later.scenario, later.values, &told);
	return NULL;
}

const char *comparison_hide(struct comparison *c, const struct shown *shown, const char *json, size_t n)
{
	struct later_cell later;
	const char *wrong = read_later(c, shown, json, n, &later);
	if (!wrong && later.before)
		later.before->state = ROW_HIDDEN;
	return wrong;
}

/* --- what was, for those who ask while cells come ------------------------------------------------ */

void comparison_expect(struct comparison *c, const struct shown *shown)
{
	struct compared *s = c->state;
	const struct scenario *from = shown->scenario;
	struct compared_scenario *now = now_at_hand(c, shown, &(struct scanned_cell){ 0 });
	now->texts = arena_alloc(s->arena, (from->n_axes + 1) * sizeof *now->texts);
	for (uint32_t i = 0; i < from->n_axes; i++) {
		now->texts[i] = arena_alloc(s->arena, from->axes[i].n * sizeof **now->texts);
		for (uint32_t v = 0; v < from->axes[i].n; v++)
			now->texts[i][v] = text_id(s, from->axes[i].values[v]);
	}
}

/* Looks at nothing that changes when cells of the later result come. */
const struct cell_state *comparison_was(const struct comparison *c, const struct shown *shown, uint64_t cell,
					struct arena *scratch)
{
	const struct compared_scenario *now = c->state->now.first;
	while (now->shown != shown)
		now = now->next;
	uint32_t *values = arena_alloc(scratch, (now->n_axes + 1) * sizeof *values);
	for (uint32_t i = 0; i < now->n_axes; i++)
		values[i] = now->texts[i][cell_value(now->from, i, cell)];
	const struct row *row = row_before(c->state, now, values, scratch);
	return row && is_there(row->outcome) ? row->outcome : NULL;
}

/* --- the end ----------------------------------------------------------------------------------- */

static bool is_covered(const struct compared *s, const struct row *row)
{
	const struct compared_scenario *c = row->scenario;
	const char **values = arena_alloc(s->scratch, (c->n_axes + 1) * sizeof *values);
	for (uint32_t i = 0; i < c->n_axes; i++)
		values[i] = s->texts[row->values[i]];
	bool covered = !s->rules.covers || s->rules.covers(s->rules.context, c->from->path, c->axes, values, c->n_axes);
	arena_reset(s->scratch);
	return covered;
}

void comparison_end(struct comparison *c)
{
	struct compared *s = c->state;
	c->apart = c->cells && !c->met;
	for (struct row *row = s->before.rows.first; row; row = row->next) {
		if (row->state != ROW_OPEN)
			continue;
		if (!is_covered(s, row)) {
			row->state = ROW_HIDDEN;
			continue;
		}
		row->state = ROW_COMPARED;
		tell(c, row->scenario, row->values, &(struct cell_change){ .old = row->outcome });
	}
}

bool comparison_fails(const struct comparison *c)
{
	return c->classes[CHANGE_BROKEN].n || c->surprises || c->errors || c->apart;
}

static void show_row(const struct row *row, bool is_later, void (*see)(void *context, const struct compared_cell *),
		     void *context)
{
	const struct compared_scenario *s = row->scenario;
	see(context,
	    &(struct compared_cell){ s->shown, is_later, s->nth, s->axes, row->values, s->n_axes, row->outcome });
}

void comparison_each(const struct comparison *c, void (*see)(void *context, const struct compared_cell *),
		     void *context)
{
	for (const struct row *row = c->state->before.rows.first; row; row = row->next)
		if (row->state == ROW_HIDDEN)
			show_row(row, false, see, context);
	for (const struct row *row = c->state->now.rows.first; row; row = row->next)
		show_row(row, true, see, context);
}

const char *comparison_text(const struct comparison *c, uint32_t value)
{
	return c->state->texts[value];
}

/* --- the whole --------------------------------------------------------------------------------- */

static void side_init(struct side *side)
{
	side->end = &side->first;
	side->rows.end = &side->rows.first;
}

struct comparison *comparison_new(const struct compare_rules *rules)
{
	struct arena *a = arena_new();
	struct comparison *c = arena_alloc(a, sizeof *c);
	struct compared *s = c->state = arena_alloc(a, sizeof *s);
	*s = (struct compared){
		.rules = *rules, .arena = a, .scratch = arena_new(), .ids = names_new(a), .outcome_ids = names_new(a)
	};
	s->differences_end = (struct difference **)&c->differences;
	side_init(&s->before);
	side_init(&s->now);
	table_init(&s->table, a, 1024);
	for (size_t i = 0; i < CHANGE_CLASSES; i++)
		c->classes[i].end = &c->classes[i].first;
	return c;
}

void comparison_free(struct comparison *c)
{
	sink_free(&c->state->key);
	arena_free(c->state->scratch);
	arena_free(c->state->arena);
}

void comparison_tools(struct comparison *c, const char *what, const char *old, const char *now)
{
	if (old && now)
		add_difference(c, &(struct difference){ .what = what, .old = old, .now = now });
}
