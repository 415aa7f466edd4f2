#include "reports/compare.h"

#include "reports/compare_shared.h"
#include "scenarios/names.h"

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
		values[i] = compared_id(s, text);
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
	struct compared_scenario *scenario = first ? compared_begin(s, &s->before, shown, &cell) : s->before.at_hand;
	struct row *row = new_row(s, scenario, compared_outcome(s, &cell));
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
	struct compared_scenario *now = compared_begin(s, &s->now, shown, cell);
	struct compared_scenario *before = compared_find(&s->before, now->from->path, now->nth);
	if (!before) {
		for (uint32_t i = 0; i < now->n_axes; i++)
			now->several[i] = true;
		return now;
	}
	compared_join(s, now, before);
	compared_differences(c, before->shown, shown);
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
	const struct cell_state *outcome = compared_outcome(s, &later.cell);
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
	change_tell(c, later.scenario, later.values, &told);
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
			now->texts[i][v] = compared_id(s, from->axes[i].values[v]);
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
	return row && state_is_there(row->outcome) ? row->outcome : NULL;
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
		change_tell(c, row->scenario, row->values, &(struct cell_change){ .old = row->outcome });
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
		compared_differ(c, &(struct difference){ .what = what, .old = old, .now = now });
}
