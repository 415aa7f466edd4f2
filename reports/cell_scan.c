#include "reports/cell_scan.h"

#include "reports/json_scan.h"

/** What is read of an object: a key and who takes its value. */
struct taker {
	const char *key;
	void (*take)(struct arena *a, const struct member *m, void *into);
};

static void take_members(struct arena *a, struct cell_range range, const struct taker *takers, void *into)
{
	struct member m;
	while (member_next(&range, &m))
		for (const struct taker *t = takers; t->key; t++)
			if (member_is(&m, t->key))
				t->take(a, &m, into);
}

static size_t count_values(struct cell_range range)
{
	const char *value;
	size_t len, n = 0;
	while (range_next(&range, &value, &len))
		n++;
	return n;
}

/** VERDICTS: there is no such word. */
static enum verdict verdict_of(struct arena *a, const struct member *m)
{
	const char *word = string_of(a, m->value, m->len);
	int v = 0;
	while (v < VERDICTS && (!word || strcmp(verdict_words[v], word) != 0))
		v++;
	return (enum verdict)v;
}

static const char *text_of(struct arena *a, const struct member *m)
{
	return string_of(a, m->value, m->len);
}

/* --- checks ------------------------------------------------------------------------------------ */

struct scanned_check {
	struct trouble trouble;
	const char *sentence;
};

static void take_check(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->trouble.check = text_of(a, m);
}

static void take_subject(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->trouble.subject = text_of(a, m);
}

static void take_to(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->trouble.to = text_of(a, m);
}

static void take_check_cause(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->trouble.cause = text_of(a, m);
}

static void take_result(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->trouble.result = verdict_of(a, m);
}

static void take_sentence(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_check *)into)->sentence = text_of(a, m);
}

static const struct taker of_check[] = {
	{ "cause", take_check_cause },
	{ "check", take_check },
	{ "result", take_result },
	{ "sentence", take_sentence },
	{ "subject", take_subject },
	{ "to", take_to },
	{ NULL, NULL },
};

static void take_checks(struct arena *a, const struct member *m, void *into)
{
	struct scanned_cell *cell = into;
	struct cell_range checks = range_inside(m->value, m->len, '[');
	const char *value;
	size_t len;
	cell->troubles = arena_alloc(a, (count_values(checks) + 1) * sizeof *cell->troubles);
	cell->detailed = true;
	while (range_next(&checks, &value, &len)) {
		struct scanned_check check = { { .result = VERDICT_WORKS } };
		take_members(a, range_inside(value, len, '{'), of_check, &check);
		if (check.trouble.result == VERDICT_WORKS)
			continue;
		cell->troubles[cell->n_troubles++] = check.trouble;
		cell->cause = cell->cause ? cell->cause : check.trouble.cause;
		cell->sentence = cell->sentence ? cell->sentence : check.sentence;
	}
}

/* --- a cell ------------------------------------------------------------------------------------ */

static void take_choice(struct arena *a, const struct member *m, void *into)
{
	struct scanned_cell *cell = into;
	struct cell_range range = range_inside(m->value, m->len, '{');
	size_t n = count_values(range) / 2;
	struct member choice;
	cell->axes = arena_alloc(a, (n + 1) * sizeof *cell->axes);
	cell->values = arena_alloc(a, (n + 1) * sizeof *cell->values);
	while (cell->n_axes < n && member_next(&range, &choice)) {
		const char *value = text_of(a, &choice);
		cell->axes[cell->n_axes] = string_of(a, choice.key - 1, choice.key_len + 2); /* with its quotes */
		cell->values[cell->n_axes++] = value ? value : arena_copy(a, choice.value, choice.len);
	}
}

static void take_cause(struct arena *a, const struct member *m, void *into)
{
	struct scanned_cell *cell = into;
	cell->cause = cell->cause ? cell->cause : text_of(a, m);
}

static void take_expected(struct arena *a, const struct member *m, void *into)
{
	(void)a;
	((struct scanned_cell *)into)->expected = *m->value == 't';
}

static void take_verdict(struct arena *a, const struct member *m, void *into)
{
	((struct scanned_cell *)into)->verdict = verdict_of(a, m);
}

static void take_why(struct arena *a, const struct member *m, void *into)
{
	struct scanned_cell *cell = into;
	cell->sentence = cell->sentence ? cell->sentence : text_of(a, m);
}

static const struct taker of_cell[] = {
	{ "cause", take_cause },
	{ "cell", take_choice },
	{ "checks", take_checks },
	{ "expected", take_expected },
	{ "verdict", take_verdict },
	{ "why", take_why },
	{ NULL, NULL },
};

const char *cell_scan(const char *json, size_t n, struct arena *a, struct scanned_cell *out)
{
	*out = (struct scanned_cell){ .verdict = VERDICTS };
	take_members(a, range_inside(json, n, '{'), of_cell, out);
	if (!out->axes)
		return "a cell does not say which one it is";
	if (out->verdict == VERDICTS)
		return "a cell has no verdict";
	for (uint32_t i = 0; i < out->n_troubles; i++)
		if (out->troubles[i].result == VERDICTS)
			return "a check has a result that is not known here";
	out->detailed = out->detailed || out->verdict == VERDICT_WORKS;
	return NULL;
}
