#include "reports/advice.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/json.h"
#include "reports/table.h"

/* --- counting ------------------------------------------------------------------------------------------------------ */

void advice_add(struct advice *a, const struct brief *b, const char *sentence)
{
	struct advised *it = &a->items[cell_value(a->shown->scenario, a->axis, b->cell)];
	for (uint32_t i = 0; i < b->n_results && i < BRIEF_RESULTS; i++)
		it->checks[i] += b->results[i] == VERDICT_WORKS;
	it->confidence = it->cells && it->confidence < b->confidence ? it->confidence : b->confidence;
	it->works += b->verdict == VERDICT_WORKS;
	it->cells++;
	if (!it->cause && b->cause) {
		it->cause = b->cause;
		it->sentence = sentence;
	}
}

static uint64_t count_checks(const struct advised *it)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < BRIEF_RESULTS; i++)
		n += it->checks[i];
	return n;
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

void advice_sort(struct advice *a)
{
	qsort(a->items, a->n, sizeof *a->items, compare_advised);
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

enum advice_column { ADVICE_NAME, ADVICE_WORKS, ADVICE_CONFIDENCE, ADVICE_WHY, ADVICE_COLUMNS };

static const struct axis *axis_of(const struct advice *a)
{
	return &a->shown->scenario->axes[a->axis];
}

/** "all", or the letters of the checks that work in all its cells, or of several cells how many work. */
static char *works_text(const struct advice *a, const struct advised *it)
{
	const struct scenario *s = a->shown->scenario;
	struct sink out = { 0 };
	if (it->works == it->cells)
		sink_text(&out, "all");
	else if (it->cells > 1)
		sink_printf(&out, "%llu of %llu", (unsigned long long)it->works, (unsigned long long)it->cells);
	for (uint32_t i = 0; it->cells == 1 && !it->works && i < s->n_checks && i < BRIEF_RESULTS; i++)
		if (it->checks[i])
			sink_printf(&out, "%s%c", out.len ? " " : "", s->checks[i].kind->letter);
	sink_text(&out, out.len ? "" : "nothing");
	sink_char(&out, '\0');
	return out.bytes;
}

/** "R registers, I can be called, ...": what is asked of each. */
static void put_checks(struct sink *s, const struct advice *a, const struct paper *paper)
{
	const struct scenario *scenario = a->shown->scenario;
	struct sink text = { 0 };
	sink_text(&text, "Asked: ");
	for (uint32_t i = 0; i < scenario->n_checks; i++)
		sink_printf(&text, "%s%c %s", i ? ", " : "", scenario->checks[i].kind->letter,
			    scenario->checks[i].kind->word);
	sink_text(&text, ". Confidence is that of the least certain entry.");
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 0, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

static enum ink ink_of(const struct advised *it)
{
	return it->works == it->cells ? INK_GOOD : it->works || count_checks(it) ? INK_POOR : INK_BAD;
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
		row[ADVICE_WORKS] = (struct table_cell){ works_text(a, it), ink_of(it) };
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

static uint32_t count_working(const struct advice *a)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < a->n; i++)
		n += a->items[i].works == a->items[i].cells;
	return n;
}

void put_advice(struct sink *s, const struct paper *paper, const struct advice *a)
{
	struct sink head = { 0 };
	sink_printf(&head, "Which %s works with %s: %u of %u do all that is asked", axis_of(a)->name, a->have,
		    count_working(a), a->n);
	sink_char(&head, '\0');
	put_paragraph(s, head.bytes, 0, paper->width);
	sink_char(s, '\n');
	put_checks(s, a, paper);
	put_rows(s, paper, a);
	put_reasons(s, paper, a);
	sink_free(&head);
}

/* --- json ---------------------------------------------------------------------------------------------------------- */

static const char *verdict_of(const struct advised *it)
{
	if (it->works == it->cells)
		return verdict_words[VERDICT_WORKS];
	return verdict_words[it->works || count_checks(it) ? VERDICT_DEGRADED : VERDICT_FAILS];
}

static void advised_json(struct json *j, const struct advice *a, const struct advised *it)
{
	const struct scenario *s = a->shown->scenario;
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, it->cause ? it->cause->word : NULL);
	json_key(j, "cells"), json_number(j, it->cells);
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
	json_key(j, "sentence"), json_text(j, it->sentence);
	json_key(j, "verdict"), json_text(j, verdict_of(it));
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
