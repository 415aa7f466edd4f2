/* When a matrix fails: the smallest conditions, against everything that could be said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "scenarios/cause.h"
#include "scenarios/conditions.h"
#include "sim/rng.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

#define AXES_MAX   3
#define VALUES_MAX 4
#define KNOBS_MAX  3
#define CELLS_MAX  64

/** A matrix written by hand or drawn. */
struct matrix {
	struct scenario scenario;
	struct axis axes[AXES_MAX];
	struct axis_knobs knobs[AXES_MAX];
	struct axis_knob knob[AXES_MAX][KNOBS_MAX];
	const char *texts[AXES_MAX][KNOBS_MAX][VALUES_MAX];
	char cells[CELLS_MAX + 1]; /* '+' works, '-' fails, '?' was skipped, ' ' was not run */
};

static const char *axis_names[AXES_MAX] = { "phone", "router", "server" };
static const char *value_names[VALUES_MAX] = { "a", "b", "c", "d" };
static const char *knob_names[KNOBS_MAX] = { "first", "second", "third" };
static const char *const knob_words[VALUES_MAX] = { "off", "on", "auto", "never" };

static void matrix_axes(struct matrix *m, uint32_t n)
{
	m->scenario = (struct scenario){ .axes = m->axes, .n_axes = n };
	for (uint32_t i = 0; i < n; i++) {
		m->axes[i] = (struct axis){ .name = axis_names[i], .values = value_names, .labels = value_names };
		m->knobs[i] = (struct axis_knobs){ m->knob[i], 0 };
	}
}

static void matrix_knob(struct matrix *m, uint32_t axis, const char *name)
{
	uint32_t k = m->knobs[axis].n++;
	m->knob[axis][k] = (struct axis_knob){ name, m->texts[axis][k] };
}

static struct conditions *solved(const struct matrix *m)
{
	static const struct {
		char mark;
		enum verdict verdict;
	} marks[] = { { '+', VERDICT_WORKS }, { '-', VERDICT_FAILS },	{ '~', VERDICT_DEGRADED },
		      { '!', VERDICT_STOPS }, { '?', VERDICT_SKIPPED }, { 'e', VERDICT_ERROR } };
	struct conditions *c = conditions_new(&m->scenario, m->knobs, scenario_cells(&m->scenario));
	for (uint64_t cell = 0; cell < scenario_cells(&m->scenario); cell++)
		for (size_t i = 0; i < COUNT(marks); i++)
			if (m->cells[cell] == marks[i].mark)
				conditions_add(c, cell, marks[i].verdict, 0);
	conditions_solve(c);
	return c;
}

/** "router is b, phone first is off & server is a": conditions with commas between, names of values with bars. */
static const char *found_text(struct arena *a, const struct scenario *s, const struct conditions_found *found)
{
	const char *text = "";
	for (uint32_t i = 0; i < found->n; i++)
		for (uint32_t k = 0; k < found->items[i].n || (k == 0 && !found->items[i].n); k++) {
			const struct literal *l = &found->items[i].when[k];
			text = arena_printf(a, "%s%s", text, k ? " & " : i ? ", " : "");
			if (!found->items[i].n) {
				text = arena_printf(a, "%salways", text);
				continue;
			}
			text = arena_printf(a, "%s%s is ", text, l->knob ? l->knob : s->axes[l->axis].name);
			for (uint32_t v = 0; v < l->n; v++)
				text = arena_printf(a, "%s%s%s", text, v ? "|" : "", l->values[v]);
		}
	return text;
}

/* --- by hand ------------------------------------------------------------------------------------------------------ */

/** Two axes of up to four values, each with up to two knobs written as letters: "off" o, "on" n, "auto" a. */
struct row {
	const char *first[2], *second[2]; /* knobs of the phones, of the routers; NULL: none */
	const char *lines[4];		  /* a line per phone, a mark per router */
	const char *wanted;
};

static const char *word_of(char letter)
{
	return letter == 'o' ? "off" : letter == 'n' ? "on" : "auto";
}

static void row_knob(struct matrix *m, uint32_t axis, const char *letters)
{
	static const char *const names[AXES_MAX][2] = { { "phone x", "phone y" }, { "router x", "router y" } };
	uint32_t k = m->knobs[axis].n;
	if (!letters)
		return;
	matrix_knob(m, axis, names[axis][k]);
	for (uint32_t v = 0; letters[v]; v++)
		m->texts[axis][k][v] = word_of(letters[v]);
}

static void row_matrix(struct matrix *m, const struct row *row)
{
	memset(m, 0, sizeof *m);
	matrix_axes(m, 2);
	for (uint32_t i = 0; i < 2; i++) {
		row_knob(m, 0, row->first[i]);
		row_knob(m, 1, row->second[i]);
	}
	for (uint32_t i = 0; i < 4 && row->lines[i]; i++) {
		strcat(m->cells, row->lines[i]);
		m->axes[0].n++;
	}
	m->axes[1].n = (uint32_t)strlen(row->lines[0]);
}

static const struct row rows[] = {
	/* nothing fails, everything fails: whatever was not run may go either way */
	{ { 0 }, { 0 }, { "++", "++" }, "" },
	{ { 0 }, { 0 }, { "--", "-~" }, "always" },
	{ { 0 }, { 0 }, { "-?", "e " }, "always" },
	{ { 0 }, { 0 }, { "??", "  " }, "" },
	/* a knob says more than a name, and what stops or is degraded does not work either */
	{ { "ono" }, { 0 }, { "--", "++", "!~" }, "phone x is off" },
	{ { "on" }, { 0 }, { "--", "++" }, "phone x is off" },
	{ { 0 }, { 0 }, { "--", "++" }, "phone is a" },
	/* the first of knobs that say the same */
	{ { "oon", "nno" }, { 0 }, { "--", "--", "++" }, "phone x is off" },
	/* both axes */
	{ { "ono" }, { "on" }, { "-+", "++", "-+" }, "phone x is off & router x is off" },
	{ { "ono" }, { "on" }, { "--", "-+", "--" }, "phone x is off, router x is off" },
	/* two knobs of one axis, rather than two names; but rather one name */
	{ { "ooon", "oono" }, { 0 }, { "--", "--", "++", "++" }, "phone x is off & phone y is off" },
	{ { "oonn", "onno" }, { 0 }, { "--", "++", "++", "+-" }, "phone is a, phone y is off & router is b" },
	/* those that are alike are named together when no knob has them */
	{ { "oonn" }, { 0 }, { "--", "++", "++", "--" }, "phone is a|d" },
	/* a knob that holds of some of them only explains nothing */
	{ { "onna" }, { 0 }, { "--", "++", "++", "--" }, "phone is a|d" },
	/* what was skipped makes it simpler */
	{ { "oon" }, { 0 }, { "-?", "-+", "++" }, "phone x is off & router is a" },
	{ { "oon" }, { 0 }, { "--", "-?", "++" }, "phone x is off" },
	/* fewer conditions rather than fewer values */
	{ { "onnn", "nonn" }, { "on" }, { "-+", "-+", "++", "++" }, "phone is a|b & router x is off" },
};

TEST(conditions_are_exact_and_say_as_little_as_possible)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct matrix m;
		row_matrix(&m, &rows[i]);
		struct conditions *c = solved(&m);
		const char *text = found_text(a, &m.scenario, conditions_found(c));
		if (strcmp(text, rows[i].wanted) != 0)
			fail_msg("row %u: %s, not %s", (unsigned)i, text, rows[i].wanted);
		assert_int_equal(conditions_found(c)->proof, CONDITIONS_SMALLEST);
		conditions_free(c);
		arena_free(a);
	}
}

/* --- drawn -------------------------------------------------------------------------------------------------------- */

#define FAILS_MAX 12
#define SEEDS	  3000

/** A number below `limit`; each call is another draw. */
static uint32_t below(struct stream s, uint64_t *n, uint32_t limit)
{
	return (uint32_t)stream_below(s, (*n)++, limit);
}

static uint32_t value_at(const struct matrix *m, uint32_t axis, uint64_t cell)
{
	uint32_t choice[AXES_MAX];
	scenario_choice(&m->scenario, cell, choice);
	return choice[axis];
}

/** Cells that fail by a rule: where every axis has some knob at some word. */
static void rule_draw(struct matrix *m, struct stream s, uint64_t *n)
{
	uint32_t knob[AXES_MAX], word[AXES_MAX];
	for (uint32_t i = 0; i < m->scenario.n_axes; i++) {
		knob[i] = below(s, n, m->knobs[i].n + 1);
		word[i] = below(s, n, 2);
	}
	for (uint64_t cell = 0; cell < scenario_cells(&m->scenario); cell++) {
		bool holds = true;
		for (uint32_t i = 0; i < m->scenario.n_axes; i++)
			holds = holds && (knob[i] == m->knobs[i].n ||
					  m->texts[i][knob[i]][value_at(m, i, cell)] == knob_words[word[i]]);
		if (holds)
			m->cells[cell] = '-';
	}
}

/** Some noise, and what is more than can be checked by hand is not run. */
static void noise_draw(struct matrix *m, struct stream s, uint64_t *n)
{
	uint32_t fails = 0, often = 1 + below(s, n, 20);
	for (uint64_t cell = 0; cell < scenario_cells(&m->scenario); cell++) {
		if (below(s, n, often) == 0)
			m->cells[cell] = "+-?"[below(s, n, 3)];
		if (m->cells[cell] == '-' && ++fails > FAILS_MAX)
			m->cells[cell] = ' ';
	}
}

static void matrix_draw(struct matrix *m, uint64_t seed)
{
	struct stream s = { seed };
	uint64_t n = 0;
	memset(m, 0, sizeof *m);
	matrix_axes(m, 2 + below(s, &n, 2));
	for (uint32_t i = 0; i < m->scenario.n_axes; i++) {
		m->axes[i].n = 2 + below(s, &n, 3);
		for (uint32_t k = 1 + below(s, &n, KNOBS_MAX); k > 0; k--)
			matrix_knob(m, i, knob_names[k - 1]);
		for (uint32_t k = 0, words = 2 + below(s, &n, 2); k < m->knobs[i].n; k++)
			for (uint32_t v = 0; v < m->axes[i].n; v++)
				m->texts[i][k][v] = knob_words[below(s, &n, words)];
	}
	memset(m->cells, '+', scenario_cells(&m->scenario));
	for (uint32_t rules = below(s, &n, 4); rules > 0; rules--)
		rule_draw(m, s, &n);
	noise_draw(m, s, &n);
}

/* --- all that could be said --------------------------------------------------------------------------------------- */

#define MASKS	  (1 << VALUES_MAX)
#define NO_PRICE  100000
#define CONDITION 1000 /* more than all values together */

/** For each set of values of each axis: how many values must be named to say it. */
struct oracle {
	const struct matrix *m;
	uint32_t price[AXES_MAX][MASKS];
	uint32_t by_cover[1 << FAILS_MAX]; /* the cheapest condition that covers just these cells */
	uint32_t best[1 << FAILS_MAX];
};

static char became(const struct matrix *m, uint64_t cell)
{
	return m->cells[cell] == '+' || m->cells[cell] == '-' ? m->cells[cell] : '?';
}

/** The cell with another value of one axis. */
static uint64_t cell_beside(const struct matrix *m, uint64_t cell, uint32_t axis, uint32_t value)
{
	uint64_t stride = scenario_stride(&m->scenario, axis);
	return cell - value_at(m, axis, cell) * stride + value * stride;
}

/** The values that are alike with this one in every cell; none when it is in no cell that ran. */
static uint32_t alike_with(const struct matrix *m, uint32_t axis, uint32_t value)
{
	uint32_t alike = (1u << m->axes[axis].n) - 1;
	bool ran = false;
	for (uint64_t cell = 0; cell < scenario_cells(&m->scenario); cell++) {
		char mark = became(m, cell_beside(m, cell, axis, value));
		ran |= mark != '?';
		for (uint32_t v = 0; v < m->axes[axis].n; v++)
			if (became(m, cell_beside(m, cell, axis, v)) != mark)
				alike &= ~(1u << v);
	}
	return ran ? alike : 0;
}

static uint32_t having(const struct matrix *m, uint32_t axis, uint32_t knob, uint32_t value)
{
	uint32_t mask = 0;
	for (uint32_t v = 0; v < m->axes[axis].n; v++)
		mask |= (uint32_t)(m->texts[axis][knob][v] == m->texts[axis][knob][value]) << v;
	return mask;
}

/** Everything that holds of a set and of what is said as well. */
static void say(uint32_t *price, uint32_t said, uint32_t values)
{
	for (uint32_t mask = 0; mask < MASKS; mask++)
		if (price[mask] + values < price[mask & said])
			price[mask & said] = price[mask] + values;
}

static void prices_find(struct oracle *o, uint32_t axis)
{
	const struct matrix *m = o->m;
	uint32_t *price = o->price[axis], ran = 0;
	for (uint32_t v = 0; v < m->axes[axis].n; v++)
		ran |= alike_with(m, axis, v);
	for (uint32_t mask = 0; mask < MASKS; mask++)
		price[mask] = mask == ran ? 0 : NO_PRICE;
	for (uint32_t round = 0; round < VALUES_MAX; round++)
		for (uint32_t v = 0; v < m->axes[axis].n; v++) {
			uint32_t alike = alike_with(m, axis, v);
			say(price, alike, (uint32_t)__builtin_popcount(alike));
			for (uint32_t k = 0; alike && k < m->knobs[axis].n; k++) {
				uint32_t mask = having(m, axis, k, v) & ran;
				if ((mask & ~alike) || mask == alike)
					say(price, mask, 1);
			}
		}
}

/** What a condition covers, as bits by number of the failing cell; false when it holds where something works. */
static bool covers(const struct oracle *o, const uint32_t *masks, uint32_t *cover)
{
	const struct matrix *m = o->m;
	uint32_t fails = 0;
	*cover = 0;
	for (uint64_t cell = 0; cell < scenario_cells(&m->scenario); cell++) {
		bool holds = true;
		for (uint32_t i = 0; i < m->scenario.n_axes; i++)
			holds = holds && masks[i] >> value_at(m, i, cell) & 1;
		if (holds && m->cells[cell] == '+')
			return false;
		if (m->cells[cell] == '-')
			*cover |= (uint32_t)holds << fails++;
	}
	return true;
}

static void candidates_find(struct oracle *o)
{
	uint32_t sets = 1;
	for (uint32_t i = 0; i < o->m->scenario.n_axes; i++)
		sets *= MASKS;
	for (uint32_t set = 0; set < sets; set++) {
		uint32_t masks[AXES_MAX], price = CONDITION, cover;
		for (uint32_t i = 0, rest = set; i < o->m->scenario.n_axes; i++, rest /= MASKS) {
			masks[i] = rest % MASKS;
			price += masks[i] ? o->price[i][masks[i]] : NO_PRICE;
		}
		if (price < NO_PRICE && covers(o, masks, &cover) && price < o->by_cover[cover])
			o->by_cover[cover] = price;
	}
}

/** The price of the best that can be said: CONDITION for each condition, 1 for each value. */
static uint32_t least_price(const struct matrix *m)
{
	static struct oracle o;
	uint32_t fails = 0, covers_n = 0, list[1 << FAILS_MAX];
	o.m = m;
	for (const char *cell = m->cells; *cell; cell++)
		fails += *cell == '-';
	for (uint32_t i = 0; i < m->scenario.n_axes; i++)
		prices_find(&o, i);
	for (uint32_t cover = 0; cover < 1u << fails; cover++)
		o.by_cover[cover] = o.best[cover] = UINT32_MAX;
	candidates_find(&o);
	for (uint32_t cover = 1; cover < 1u << fails; cover++)
		if (o.by_cover[cover] != UINT32_MAX)
			list[covers_n++] = cover;
	o.best[0] = 0;
	for (uint32_t have = 0; have + 1 < 1u << fails; have++)
		for (uint32_t i = 0; o.best[have] != UINT32_MAX && i < covers_n; i++)
			if (list[i] & ~have & (have + 1)) { /* it covers the first that is still open */
				uint32_t price = o.best[have] + o.by_cover[list[i]], *best = &o.best[have | list[i]];
				*best = price < *best ? price : *best;
			}
	return o.best[(1u << fails) - 1];
}

/* --- exact -------------------------------------------------------------------------------------------------------- */

static bool literal_holds(const struct scenario *s, const struct axis_knobs *knobs, const struct literal *l,
			  const uint32_t *choice)
{
	uint32_t value = choice[l->axis];
	for (uint32_t k = 0; l->knob && k < knobs[l->axis].n; k++)
		if (strcmp(knobs[l->axis].items[k].name, l->knob) == 0)
			return strcmp(knobs[l->axis].items[k].values[value], l->values[0]) == 0;
	for (uint32_t v = 0; v < l->n; v++)
		if (strcmp(s->axes[l->axis].values[value], l->values[v]) == 0)
			return true;
	return false;
}

static bool condition_holds(const struct scenario *s, const struct axis_knobs *knobs, const struct condition *c,
			    const uint32_t *choice)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (!literal_holds(s, knobs, &c->when[i], choice))
			return false;
	return true;
}

/** Does some condition hold in every cell that fails and none in one that works, and are they counted right? */
static bool is_exact(const struct scenario *s, const struct axis_knobs *knobs, const char *cells,
		     const struct conditions_found *found)
{
	struct arena *a = arena_new();
	uint64_t *counts = arena_alloc(a, found->n * sizeof *counts);
	uint32_t choice[AXES_MAX];
	bool exact = true;
	for (uint64_t cell = 0; cell < scenario_cells(s); cell++) {
		bool any = false;
		scenario_choice(s, cell, choice);
		for (uint32_t i = 0; i < found->n; i++) {
			bool holds = condition_holds(s, knobs, &found->items[i], choice);
			any |= holds;
			counts[i] += holds && cells[cell] == '-';
		}
		exact = exact && !(cells[cell] == '-' && !any) && !(cells[cell] == '+' && any);
	}
	for (uint32_t i = 0; i < found->n; i++)
		exact = exact && counts[i] == found->items[i].cells && (i == 0 || counts[i] <= counts[i - 1]);
	arena_free(a);
	return exact;
}

static uint32_t price_found(const struct conditions_found *found)
{
	uint32_t price = 0;
	for (uint32_t i = 0; i < found->n; i++) {
		price += CONDITION;
		for (uint32_t k = 0; k < found->items[i].n; k++)
			price += found->items[i].when[k].n;
	}
	return price;
}

TEST(nothing_shorter_can_be_said_of_any_drawn_matrix)
{
	uint32_t several = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct arena *a = arena_new();
		struct matrix m;
		matrix_draw(&m, seed);
		struct conditions *c = solved(&m);
		const struct conditions_found *found = conditions_found(c);
		if (price_found(found) != least_price(&m) || !is_exact(&m.scenario, m.knobs, m.cells, found) ||
		    found->proof != CONDITIONS_SMALLEST)
			fail_msg("seed %u: %u, not %u: %s", (unsigned)seed, price_found(found), least_price(&m),
				 found_text(a, &m.scenario, found));
		several += found->n > 2;
		conditions_free(c);
		arena_free(a);
	}
	assert_true(several > SEEDS / 10);
}

/* --- too much ----------------------------------------------------------------------------------------------------- */

/** A matrix of three axes whose knobs are drawn, and whose cells fail by chance: so many of a thousand. */
struct crowd {
	struct arena *arena;
	struct scenario scenario;
	struct axis_knobs knobs[AXES_MAX];
	char *cells;
};

static const char **crowd_values(struct arena *a, uint32_t n, const char *letter)
{
	const char **values = arena_alloc(a, n * sizeof *values);
	for (uint32_t i = 0; i < n; i++)
		values[i] = arena_printf(a, "%s%u", letter, i);
	return values;
}

static void crowd_axis(struct crowd *c, uint32_t axis, uint32_t values, uint32_t knobs)
{
	struct stream s = stream_named(1, axis_names[axis], 0, "knobs");
	struct axis_knob *items = arena_alloc(c->arena, knobs * sizeof *items);
	uint64_t n = 0;
	c->scenario.axes[axis] = (struct axis){ .name = axis_names[axis], .n = values };
	c->scenario.axes[axis].values = c->scenario.axes[axis].labels = crowd_values(c->arena, values, "v");
	for (uint32_t k = 0; k < knobs; k++) {
		const char **texts = arena_alloc(c->arena, values * sizeof *texts);
		for (uint32_t v = 0; v < values; v++)
			texts[v] = knob_words[below(s, &n, 3)];
		items[k] = (struct axis_knob){ arena_printf(c->arena, "%s %u", axis_names[axis], k), texts };
	}
	c->knobs[axis] = (struct axis_knobs){ items, knobs };
}

static struct crowd crowd_draw(uint32_t values, uint32_t knobs, uint32_t fails)
{
	struct crowd c = { .arena = arena_new(), .scenario = { .n_axes = AXES_MAX } };
	struct stream s = { 1 };
	c.scenario.axes = arena_alloc(c.arena, AXES_MAX * sizeof *c.scenario.axes);
	for (uint32_t i = 0; i < AXES_MAX; i++)
		crowd_axis(&c, i, values, knobs);
	c.cells = arena_alloc(c.arena, scenario_cells(&c.scenario));
	for (uint64_t cell = 0; cell < scenario_cells(&c.scenario); cell++)
		c.cells[cell] = stream_below(s, cell, 1000) < fails ? '-' : '+';
	return c;
}

/* What follows no rule is found to follow none, in no more steps than are allowed. */
TEST(what_cannot_be_proven_is_exact_and_what_is_too_much_is_not_told)
{
	static const struct {
		uint32_t values, knobs, fails;
		enum conditions_proof proof;
	} crowds[] = {
		{ 6, 3, 200, CONDITIONS_SMALLEST },
		{ 12, 10, 300, CONDITIONS_UNPROVEN },
		{ 30, 10, 500, CONDITIONS_TOO_LARGE },
	};
	for (size_t i = 0; i < COUNT(crowds); i++) {
		struct crowd c = crowd_draw(crowds[i].values, crowds[i].knobs, crowds[i].fails);
		struct conditions *conditions = conditions_new(&c.scenario, c.knobs, scenario_cells(&c.scenario));
		const struct conditions_found *found = conditions_found(conditions);
		for (uint64_t cell = 0; cell < scenario_cells(&c.scenario); cell++)
			conditions_add(conditions, cell, c.cells[cell] == '-' ? VERDICT_FAILS : VERDICT_WORKS, 0);
		conditions_solve(conditions);
		assert_int_equal(found->proof, crowds[i].proof);
		assert_true(found->proof == CONDITIONS_TOO_LARGE ? !found->n
								 : is_exact(&c.scenario, c.knobs, c.cells, found));
		conditions_free(conditions);
		arena_free(c.arena);
	}
}

TEST(more_cells_than_memory_is_kept_for_are_not_looked_at)
{
	struct crowd c = crowd_draw(2, 1, 0);
	for (uint32_t i = 0; i < AXES_MAX; i++)
		c.scenario.axes[i].n = 1000;
	struct conditions *conditions = conditions_new(&c.scenario, c.knobs, 10);
	conditions_add(conditions, 999999999, VERDICT_FAILS, 0);
	conditions_solve(conditions);
	assert_int_equal(conditions_found(conditions)->proof, CONDITIONS_TOO_LARGE);
	assert_int_equal(conditions_found(conditions)->fails, 1);
	assert_int_equal(conditions_found(conditions)->others, 9);
	conditions_free(conditions);
	arena_free(c.arena);
}

/* --- causes ------------------------------------------------------------------------------------------------------- */

TEST(of_knobs_that_say_the_same_the_one_on_which_the_causes_hang_is_named)
{
	static const struct {
		const char *first, *second;  /* knobs of the servers a and b, of which a fails */
		const char *causes, *wanted; /* of as many cells each; "": none is known */
	} table[] = {
		{ "server challenge", "server force-rport", "F01", "server force-rport is off" },
		{ "server force-rport", "server challenge", "F01", "server force-rport is off" },
		{ "server force-rport", "server rport", "F01", "server force-rport is off" },
		{ "server force-rport", "server challenge", "F21", "server is a" },
		{ "server challenge", "server force-rport", "F01 F21", "server force-rport is off" },
		{ "server challenge", "server force-rport", "", "server challenge is off" },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct matrix m = { 0 };
		uint64_t row = 0;
		matrix_axes(&m, 3);
		m.axes[0].n = m.axes[1].n = 1;
		m.axes[2].n = 2;
		matrix_knob(&m, 2, table[i].first);
		matrix_knob(&m, 2, table[i].second);
		for (uint32_t k = 0; k < 2; k++)
			memcpy(m.texts[2][k], (const char *[]){ "off", "on" }, 2 * sizeof(const char *));
		for (const char *id = table[i].causes; *id; id += strcspn(id, " "), id += *id == ' ')
			row |= UINT64_C(1) << (cause_find(id, 3) - causes);
		struct conditions *c = conditions_new(&m.scenario, m.knobs, 2);
		conditions_add(c, 1, VERDICT_WORKS, 0);
		conditions_add(c, 0, VERDICT_FAILS, row);
		conditions_solve(c);
		struct arena *a = arena_new();
		assert_string_equal(found_text(a, &m.scenario, conditions_found(c)), table[i].wanted);
		arena_free(a);
		conditions_free(c);
	}
}

TEST(a_condition_knows_whether_all_of_its_cells_fail)
{
	static const struct {
		const char *lines[2];
		bool softly;
	} table[] = { { { "--", "++" }, false }, { { "-~", "++" }, true }, { { "!-", "++" }, true } };
	for (size_t i = 0; i < COUNT(table); i++) {
		struct matrix m;
		row_matrix(&m, &(struct row){ { "on" }, { 0 }, { table[i].lines[0], table[i].lines[1] }, NULL });
		struct conditions *c = solved(&m);
		assert_int_equal(conditions_found(c)->n, 1);
		assert_int_equal(conditions_found(c)->items->softly, table[i].softly);
		conditions_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_knobs_that_say_the_same_the_one_on_which_the_causes_hang_is_named),
		cmocka_unit_test(a_condition_knows_whether_all_of_its_cells_fail),
		cmocka_unit_test(conditions_are_exact_and_say_as_little_as_possible),
		cmocka_unit_test(nothing_shorter_can_be_said_of_any_drawn_matrix),
		cmocka_unit_test(what_cannot_be_proven_is_exact_and_what_is_too_much_is_not_told),
		cmocka_unit_test(more_cells_than_memory_is_kept_for_are_not_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
