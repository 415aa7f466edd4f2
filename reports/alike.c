#include "reports/alike.h"

#include "reports/matrix.h"
#include "sim/rng.h"

#define NAMES_MAX 50 /* members of a group that are named */

/** The values of one axis. */
struct groups {
	uint64_t *sums;	  /* by value: of what became of its cells; equal for those that are alike; 0: none */
	uint32_t *of;	  /* by value: its group */
	uint32_t *firsts; /* by group: its first value */
	uint32_t n;
};

struct alike {
	struct arena *arena;
	const struct scenario *whole;
	struct groups *groups;	 /* by axis */
	struct scenario grouped; /* the same scenario with groups in place of values */
	struct brief *cells;
	uint32_t n;
};

/* --- who is alike ------------------------------------------------------------------------------ */

static uint64_t mixed(uint64_t hash, uint64_t word)
{
	return stream_draw((struct stream){ hash }, word);
}

/** A hash of all that is shown of a cell. */
static uint64_t look_of(const struct brief *b)
{
	uint64_t hash = mixed(b->causes, (uint64_t)b->verdict << 1 | b->expected);
	for (uint32_t i = 0; i < b->n_results && i < BRIEF_RESULTS; i++)
		hash = mixed(hash, b->results[i]);
	return b->n_outcomes > 1 ? mixed(hash, b->share) : hash;
}

/** Each cell adds its look, tied to its other axes; a sum does not depend on the order. */
static void add_looks(struct alike *alike, uint32_t axis, const struct brief *cells, uint32_t n)
{
	struct groups *g = &alike->groups[axis];
	uint64_t stride = scenario_stride(alike->whole, axis);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t value = cell_value(alike->whole, axis, cells[i].cell);
		uint64_t others = cells[i].cell - value * stride;
		g->sums[value] += mixed(look_of(&cells[i]), others);
	}
}

/** The group whose first value has this sum. There is no use in groups that no table has room for. */
static uint32_t group_of(const struct groups *g, uint64_t sum)
{
	uint32_t i = 0;
	while (i < g->n && i < MATRIX_MAX && g->sums[g->firsts[i]] != sum)
		i++;
	return i < MATRIX_MAX ? i : g->n;
}

static void find_groups(struct alike *alike, uint32_t axis, const struct brief *cells, uint32_t n)
{
	struct groups *g = &alike->groups[axis];
	uint32_t n_values = alike->whole->axes[axis].n;
	g->sums = arena_alloc(alike->arena, n_values * sizeof *g->sums);
	g->of = arena_alloc(alike->arena, n_values * sizeof *g->of);
	g->firsts = arena_alloc(alike->arena, n_values * sizeof *g->firsts);
	add_looks(alike, axis, cells, n);
	for (uint32_t v = 0; v < n_values; v++) {
		if (!g->sums[v])
			continue;
		g->of[v] = group_of(g, g->sums[v]);
		if (g->of[v] == g->n)
			g->firsts[g->n++] = v;
	}
}

/* --- the matrix of groups ---------------------------------------------------------------------- */

/** Is the value in the group, and not as its first? */
static bool follows(const struct groups *g, uint32_t value, uint32_t group)
{
	return g->sums[value] && g->of[value] == group && g->firsts[group] != value;
}

static uint32_t followers(const struct alike *alike, uint32_t axis, uint32_t group)
{
	uint32_t n = 0;
	for (uint32_t v = 0; v < alike->whole->axes[axis].n; v++)
		n += follows(&alike->groups[axis], v, group);
	return n;
}

/** "linux", or "linux +3" for one that stands for three others as well. */
static const char *group_name(const struct alike *alike, uint32_t axis, uint32_t group)
{
	const char *first = alike->whole->axes[axis].labels[alike->groups[axis].firsts[group]];
	uint32_t more = followers(alike, axis, group);
	return more ? arena_printf(alike->arena, "%s +%u", first, more) : first;
}

static void group_axis(struct alike *alike, uint32_t axis)
{
	struct axis *grouped = &alike->grouped.axes[axis];
	*grouped = alike->whole->axes[axis];
	grouped->n = alike->groups[axis].n;
	grouped->labels = arena_alloc(alike->arena, grouped->n * sizeof *grouped->labels);
	for (uint32_t i = 0; i < grouped->n; i++)
		grouped->labels[i] = group_name(alike, axis, i);
}

/** Keeps a cell whose values are all the first of their groups. */
static void group_cell(struct alike *alike, const struct brief *b)
{
	uint64_t number = 0;
	for (uint32_t i = 0; i < alike->whole->n_axes; i++) {
		const struct groups *g = &alike->groups[i];
		uint32_t value = cell_value(alike->whole, i, b->cell);
		if (g->firsts[g->of[value]] != value)
			return;
		number = number * g->n + g->of[value];
	}
	struct brief *kept = &alike->cells[alike->n++];
	*kept = *b;
	kept->cell = number;
}

struct alike *alike_new(const struct scenario *scenario, const struct brief *cells, uint32_t n)
{
	struct arena *a = arena_new();
	struct alike *alike = arena_alloc(a, sizeof *alike);
	*alike = (struct alike){ .arena = a, .whole = scenario, .grouped = *scenario };
	alike->groups = arena_alloc(a, scenario->n_axes * sizeof *alike->groups);
	alike->grouped.axes = arena_alloc(a, scenario->n_axes * sizeof *alike->grouped.axes);
	alike->cells = arena_alloc(a, n * sizeof *alike->cells);
	for (uint32_t i = 0; i < scenario->n_axes; i++)
		find_groups(alike, i, cells, n);
	for (uint32_t i = 0; i < n; i++)
		group_cell(alike, &cells[i]);
	return alike;
}

const struct scenario *alike_scenario(struct alike *alike)
{
	for (uint32_t i = 0; i < alike->whole->n_axes; i++)
		group_axis(alike, i);
	return &alike->grouped;
}

const struct brief *alike_briefs(const struct alike *alike, uint32_t *n)
{
	*n = alike->n;
	return alike->cells;
}

void alike_free(struct alike *alike)
{
	if (alike)
		arena_free(alike->arena);
}

/* --- in words ---------------------------------------------------------------------------------- */

static void put_followers(struct sink *s, const struct alike *alike, uint32_t axis, uint32_t group, uint32_t n)
{
	const struct axis *whole = &alike->whole->axes[axis];
	const char *comma = ": ";
	uint32_t named = 0;
	for (uint32_t v = 0; v < whole->n && named < NAMES_MAX; v++)
		if (follows(&alike->groups[axis], v, group)) {
			sink_printf(s, "%s%s", comma, whole->labels[v]);
			comma = ", ";
			named++;
		}
	if (named < n) {
		sink_text(s, " and ");
		put_thousands(s, n - named);
		sink_text(s, " more");
	}
}

bool put_alike_group(struct sink *s, const struct alike *alike, uint32_t axis, uint32_t group)
{
	const struct axis *grouped = &alike->grouped.axes[axis];
	uint32_t n = followers(alike, axis, group);
	if (!n)
		return false;
	sink_printf(s, "%s %s", grouped->name, grouped->labels[group]);
	put_followers(s, alike, axis, group, n);
	return true;
}

static void put_group(struct sink *s, const struct paper *paper, const struct alike *alike, uint32_t axis,
		      uint32_t group)
{
	struct sink text = { 0 };
	if (put_alike_group(&text, alike, axis, group)) {
		sink_char(&text, '\0');
		put_wrapped(s, text.bytes, 0, 4, paper->width);
		sink_char(s, '\n');
	}
	sink_free(&text);
}

void put_alike_groups(struct sink *s, const struct paper *paper, const struct alike *alike)
{
	for (uint32_t i = 0; i < alike->whole->n_axes; i++)
		for (uint32_t k = 0; k < alike->groups[i].n; k++)
			put_group(s, paper, alike, i, k);
}
