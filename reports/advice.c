#include "reports/advice.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/json.h"
#include "reports/table.h"

/* --- counting ------------------------------------------------------------------------------------------------------ */

static const struct axis *axis_of(const struct advice *a)
{
	return &a->shown->scenario->axes[a->axis];
}

/** Is it tried with everything? */
static bool is_open(const struct advice *a, uint32_t axis)
{
	return axis != a->axis && !a->named[axis];
}

static uint64_t count_setups(const struct advice *a)
{
	uint64_t n = 1;
	for (uint32_t i = 0; i < a->shown->scenario->n_axes; i++)
		n *= is_open(a, i) ? a->shown->scenario->axes[i].n : 1;
	return n;
}

static uint32_t count_causes(void)
{
	uint32_t n = 0;
	while (causes[n].word)
		n++;
	return n;
}

struct advice advice_new(struct arena *arena, const struct shown *shown, uint32_t axis, const bool *named,
			 const char *have)
{
	struct advice a = { .arena = arena, .shown = shown, .have = have, .named = named, .axis = axis };
	a.n = axis_of(&a)->n;
	a.setups = count_setups(&a);
	a.cells = shown->cells / a.n;
	a.items = arena_alloc(arena, a.n * sizeof *a.items);
	for (uint32_t i = 0; i < a.n; i++) {
		struct advised *it = &a.items[i];
		it->value = i;
		it->setups = arena_alloc(arena, a.setups * sizeof *it->setups);
		it->reasons = arena_alloc(arena, count_causes() * sizeof *it->reasons);
		for (uint64_t k = 0; k < a.setups; k++)
			it->setups[k] = (struct setup){ true, UINT32_MAX, CONFIDENCE_HIGH };
	}
	return a;
}

/** Which of the choices that are open a cell has made. */
static uint64_t setup_of(const struct advice *a, uint64_t cell)
{
	const struct scenario *s = a->shown->scenario;
	uint64_t setup = 0;
	for (uint32_t i = 0; i < s->n_axes; i++)
		if (is_open(a, i))
			setup = setup * s->axes[i].n + cell_value(s, i, cell);
	return setup;
}

static void reason_add(const struct advice *a, struct reason *r, const char *sentence, size_t len)
{
	if (r->cells++ == 0)
		r->sentence = arena_copy(a->arena, sentence, len);
}

void advice_add(struct advice *a, const struct brief *b, const char *sentence, size_t len)
{
	struct advised *it = &a->items[cell_value(a->shown->scenario, a->axis, b->cell)];
	struct setup *setup = &it->setups[setup_of(a, b->cell)];
	for (uint32_t i = 0; i < b->n_results && i < BRIEF_RESULTS; i++)
		if (b->results[i] != VERDICT_WORKS)
			setup->checks &= ~(UINT32_C(1) << i);
	setup->works &= b->verdict == VERDICT_WORKS;
	if (b->confidence < setup->confidence)
		setup->confidence = b->confidence;
	if (b->cause)
		reason_add(a, &it->reasons[b->cause - causes], sentence, len);
}

static uint64_t count_checks(const struct advised *it)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < BRIEF_RESULTS; i++)
		n += it->checks[i];
	return n;
}

static void setup_count(const struct advice *a, struct advised *it, const struct setup *setup)
{
	for (uint32_t i = 0; i < a->shown->scenario->n_checks && i < BRIEF_RESULTS; i++)
		it->checks[i] += setup->checks >> i & 1;
	it->works += setup->works;
	if (setup->confidence > it->confidence)
		it->confidence = setup->confidence;
}

static const struct reason *reason_of(const struct advised *it)
{
	return it->cause ? &it->reasons[it->cause - causes] : NULL;
}

static void sum_up(const struct advice *a, struct advised *it)
{
	it->confidence = CONFIDENCE_LOW;
	for (uint64_t i = 0; i < a->setups; i++)
		setup_count(a, it, &it->setups[i]);
	for (uint32_t i = 0; causes[i].word; i++)
		if (it->reasons[i].cells > (it->cause ? reason_of(it)->cells : 0))
			it->cause = &causes[i];
}

static int larger_first(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int compare_advised(const void *a, const void *b)
{
	const struct advised *one = a, *other = b;
	int order = larger_first(one->works, other->works);
	order = order ? order : larger_first(count_checks(one), count_checks(other));
	order = order ? order : larger_first(one->confidence, other->confidence);
	return order ? order : larger_first(other->value, one->value);
}

void advice_finish(struct advice *a)
{
	for (uint32_t i = 0; i < a->n; i++)
		sum_up(a, &a->items[i]);
	qsort(a->items, a->n, sizeof *a->items, compare_advised);
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

enum advice_column { ADVICE_NAME, ADVICE_WORKS, ADVICE_CONFIDENCE, ADVICE_WHY, ADVICE_COLUMNS };

/** "R O H": the checks that work in the only setup. */
static void put_letters(struct sink *s, const struct advice *a, const struct advised *it)
{
	const struct scenario *scenario = a->shown->scenario;
	size_t before = s->len;
	for (uint32_t i = 0; i < scenario->n_checks && i < BRIEF_RESULTS; i++)
		if (it->checks[i])
			sink_printf(s, "%s%c", s->len > before ? " " : "", scenario->checks[i].kind->letter);
	sink_text(s, s->len > before ? "" : "nothing");
}

/** "all", or the letters of the checks that work; of several setups in how many it works. */
static char *works_text(const struct advice *a, const struct advised *it)
{
	struct sink out = { 0 };
	if (a->setups > 1)
		sink_printf(&out, "%llu of %llu", (unsigned long long)it->works, (unsigned long long)a->setups);
	else if (it->works)
		sink_text(&out, "all");
	else
		put_letters(&out, a, it);
	sink_char(&out, '\0');
	return out.bytes;
}

static bool works_always(const struct advice *a, const struct advised *it)
{
	return it->works == a->setups;
}

static uint32_t count_working(const struct advice *a, uint64_t setups)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < a->n; i++)
		n += a->items[i].works >= setups;
	return n;
}

/** "24 phones and 21 servers" */
static void put_open(struct sink *s, const struct advice *a)
{
	const char *before = "";
	for (uint32_t i = 0; i < a->shown->scenario->n_axes; i++) {
		if (!is_open(a, i))
			continue;
		sink_text(s, before);
		put_count(s, a->shown->scenario->axes[i].n, a->shown->scenario->axes[i].name);
		before = " and ";
	}
}

static void put_answer(struct sink *s, const struct paper *paper, const struct advice *a)
{
	struct sink text = { 0 };
	sink_printf(&text, "Which %s works with %s: %u of %u do all that is asked", axis_of(a)->name, a->have,
		    count_working(a, a->setups), a->n);
	if (a->setups > 1) {
		sink_text(&text, " with each of ");
		put_open(&text, a);
		sink_printf(&text, ", %u with some of them", count_working(a, 1));
	}
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 0, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

static bool is_server(const struct scenario *s, int node)
{
	return s->nodes[node].kind == DEVICE_SERVER;
}

/** What is heard there says nothing of audio that does not pass the server. */
static bool calls_end_at_servers(const struct scenario *s)
{
	bool calls = false;
	for (uint32_t i = 0; i < s->n_steps; i++) {
		const struct step *step = &s->steps[i];
		if (step->kind != STEP_CALL)
			continue;
		if (!is_server(s, step->subjects[0]) && !is_server(s, step->subjects[1]))
			return false;
		calls = true;
	}
	return calls;
}

/** What is asked of each, and what the columns mean. */
static void put_checks(struct sink *s, const struct advice *a, const struct paper *paper)
{
	const struct scenario *scenario = a->shown->scenario;
	struct sink text = { 0 };
	sink_text(&text, "Asked: ");
	for (uint32_t i = 0; i < scenario->n_checks; i++)
		sink_printf(&text, "%s%c %s", i ? ", " : "", scenario->checks[i].kind->letter,
			    scenario->checks[i].kind->word);
	sink_text(&text, ".");
	if (calls_end_at_servers(scenario))
		sink_text(&text, " The calls are with the server itself: between two phones, past a server that does "
				 "not relay, audio can still be lost.");
	sink_text(&text, " Confidence is that of the least certain entry");
	sink_text(&text, a->setups > 1
				 ? "; of what is not named, the surest counts. The cause is the most frequent one."
				 : ".");
	if (a->cells > a->setups)
		sink_text(&text, " What there are several of was tried one by one, and each of them has to work.");
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 0, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

static enum ink ink_of(const struct advice *a, const struct advised *it)
{
	return works_always(a, it) ? INK_GOOD : it->works || count_checks(it) ? INK_POOR : INK_BAD;
}

static void put_rows(struct sink *s, const struct paper *paper, const struct advice *a)
{
	struct table_column columns[ADVICE_COLUMNS] = {
		[ADVICE_NAME] = { axis_of(a)->name, false },
		[ADVICE_WORKS] = { "works", false },
		[ADVICE_CONFIDENCE] = { "confidence", false },
		[ADVICE_WHY] = { "why not", true },
	};
	struct table_cell *cells = calloc((size_t)(a->n + 1) * ADVICE_COLUMNS, sizeof *cells);
	assert(cells);
	for (uint32_t i = 0; i < a->n; i++) {
		const struct advised *it = &a->items[i];
		struct table_cell *row = &cells[i * ADVICE_COLUMNS];
		row[ADVICE_NAME].text = axis_of(a)->labels[it->value];
		row[ADVICE_WORKS] = (struct table_cell){ works_text(a, it), ink_of(a, it) };
		row[ADVICE_CONFIDENCE].text = confidence_words[it->confidence];
		row[ADVICE_WHY].text = it->cause ? it->cause->word : NULL;
	}
	put_table(s, paper, &(struct table_text){ columns, ADVICE_COLUMNS, cells, a->n, 0 });
	for (uint32_t i = 0; i < a->n; i++)
		free((char *)(uintptr_t)cells[i * ADVICE_COLUMNS + ADVICE_WORKS].text);
	free(cells);
}

static bool is_among(const struct advice *a, const struct cause *cause)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (a->items[i].cause == cause)
			return true;
	return false;
}

/** Each cause once, in a sentence. */
static void put_reasons(struct sink *s, const struct paper *paper, const struct advice *a)
{
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));) {
		struct sink text = { 0 };
		if (!is_among(a, c))
			continue;
		sink_printf(&text, "%s: %s.", c->word, c->title);
		sink_char(&text, '\0');
		sink_char(s, '\n');
		put_wrapped(s, text.bytes, 0, 2, paper->width);
		sink_free(&text);
	}
	sink_char(s, '\n');
}

void put_advice(struct sink *s, const struct paper *paper, const struct advice *a)
{
	put_answer(s, paper, a);
	put_checks(s, a, paper);
	put_rows(s, paper, a);
	put_reasons(s, paper, a);
}

void put_who_is_who(struct sink *s, const struct paper *paper, const struct shown *shown, uint64_t cell)
{
	const struct scenario *scenario = shown->scenario;
	struct sink text = { 0 };
	for (uint32_t i = 0; i < scenario->n_nodes; i++) {
		const struct node_spec *n = &scenario->nodes[i];
		if (n->model_axis < 0)
			continue;
		uint32_t value = cell_value(scenario, (uint32_t)n->model_axis, cell);
		sink_printf(&text, "%s%s is %s", text.len ? ", " : "In what follows ", n->name,
			    scenario->axes[n->model_axis].labels[value]);
	}
	sink_text(&text, ".");
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 0, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

/* --- json ---------------------------------------------------------------------------------------------------------- */

static const char *verdict_of(const struct advice *a, const struct advised *it)
{
	if (works_always(a, it))
		return verdict_words[VERDICT_WORKS];
	return verdict_words[it->works || count_checks(it) ? VERDICT_DEGRADED : VERDICT_FAILS];
}

static void advised_json(struct json *j, const struct advice *a, const struct advised *it)
{
	const struct scenario *s = a->shown->scenario;
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, it->cause ? it->cause->word : NULL);
	json_key(j, "cells"), json_number(j, a->cells);
	json_key(j, "checks"), json_open(j, '[');
	for (uint32_t i = 0; i < s->n_checks && i < BRIEF_RESULTS; i++) {
		json_item(j), json_open(j, '{');
		json_key(j, "check"), json_text(j, s->checks[i].name);
		json_key(j, "works"), json_number(j, it->checks[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_key(j, "confidence"), json_text(j, confidence_words[it->confidence]);
	json_key(j, "name"), json_text(j, axis_of(a)->values[it->value]);
	json_key(j, "sentence"), json_text(j, reason_of(it) ? reason_of(it)->sentence : NULL);
	json_key(j, "setups"), json_number(j, a->setups);
	json_key(j, "verdict"), json_text(j, verdict_of(a, it));
	json_key(j, "works"), json_number(j, it->works);
	json_close(j, '}');
}

void put_advice_json(struct sink *s, const struct advice *a)
{
	struct json j = { s };
	json_open(&j, '{');
	json_key(&j, "advice"), json_open(&j, '[');
	for (uint32_t i = 0; i < a->n; i++)
		json_item(&j), advised_json(&j, a, &a->items[i]);
	json_close(&j, ']');
	json_key(&j, "have"), json_text(&j, a->have);
	json_key(&j, "want"), json_text(&j, axis_of(a)->name);
	json_close(&j, '}');
	sink_char(s, '\n');
}
