#include "reports/outline.h"

#include "scenarios/axis_knobs.h"

static void texts_array(struct json *j, const char *const *texts, uint32_t n)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < n; i++)
		json_item(j), json_text(j, texts[i]);
	json_close(j, ']');
}

static void knobs_array(struct json *j, const struct axis_knobs *knobs, uint32_t n_values)
{
	json_open(j, '[');
	for (uint32_t i = 0; knobs && i < knobs->n; i++) {
		json_item(j), json_open(j, '{');
		json_key(j, "name"), json_text(j, knobs->items[i].name);
		json_key(j, "values"), texts_array(j, knobs->items[i].values, n_values);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/** In the file's order: the last one changes fastest. */
static void axes_array(struct json *j, const struct shown *shown)
{
	const struct scenario *s = shown->scenario;
	json_open(j, '[');
	for (uint32_t i = 0; i < s->n_axes; i++) {
		const struct axis *axis = &s->axes[i];
		json_item(j), json_open(j, '{');
		json_key(j, "knobs"), knobs_array(j, shown->knobs ? &shown->knobs[i] : NULL, axis->n);
		json_key(j, "labels"), texts_array(j, axis->labels, axis->n);
		json_key(j, "line"), json_number(j, axis->at.line);
		json_key(j, "name"), json_text(j, axis->name);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void check_object(struct json *j, const struct scenario *s, const struct check *check)
{
	const struct check_values values = check_certain_values(check);
	json_open(j, '{');
	json_key(j, "by"), json_number(j, (uint64_t)values.by);
	json_key(j, "kind"), json_text(j, check->kind->word);
	json_key(j, "line"), json_number(j, check->at.line);
	json_key(j, "name"), json_text(j, check->name);
	json_key(j, "peer"), json_number(j, (uint64_t)values.peer);
	json_key(j, "subject"), json_text(j, check_subject(s, check));
	json_key(j, "to"), json_text(j, check->hearer < 0 ? NULL : s->nodes[check->hearer].name);
	json_close(j, '}');
}

static void checks_array(struct json *j, const struct scenario *s)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < s->n_checks; i++)
		json_item(j), check_object(j, s, &s->checks[i]);
	json_close(j, ']');
}

static void exceptions_array(struct json *j, const struct scenario *s)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < s->n_exceptions; i++) {
		json_item(j), json_open(j, '{');
		json_key(j, "line"), json_number(j, s->exceptions[i].at.line);
		json_key(j, "skip"), json_bool(j, s->exceptions[i].skip);
		json_key(j, "why"), json_text(j, s->exceptions[i].why);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void nodes_array(struct json *j, const struct scenario *s)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < s->n_nodes; i++)
		json_item(j), json_text(j, s->nodes[i].name);
	json_close(j, ']');
}

static void remedy_value(struct json *j, const struct model *remedy)
{
	if (!remedy) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_key(j, "name"), json_text(j, remedy->name);
	json_key(j, "title"), json_text(j, remedy->title);
	json_close(j, '}');
}

/** Those of every cell, or one for each value of an axis. */
static void remedies_object(struct json *j, const struct scenario *s)
{
	const struct remedies *r = &s->remedies;
	uint32_t n = r->n && r->axis >= 0 ? s->axes[r->axis].n : r->n;
	json_open(j, '{');
	json_key(j, "axis"), json_text(j, r->n && r->axis >= 0 ? s->axes[r->axis].name : NULL);
	json_key(j, "models"), json_open(j, '[');
	for (uint32_t i = 0; i < n; i++)
		json_item(j), remedy_value(j, r->models[i]);
	json_close(j, ']');
	json_close(j, '}');
}

void put_outline(struct json *j, const struct show *show, const struct shown *shown)
{
	const struct scenario *s = shown->scenario;
	json_open(j, '{');
	json_key(j, "axes"), axes_array(j, shown);
	json_key(j, "checks"), checks_array(j, s);
	json_key(j, "exceptions"), exceptions_array(j, s);
	json_key(j, "expect_any"), json_bool(j, s->expect_any);
	json_key(j, "nodes"), nodes_array(j, s);
	json_key(j, "remedies"), remedies_object(j, s);
	json_key(j, "seeded"), json_bool(j, show->seeded);
	if (show->seeds)
		json_key(j, "seeds"), json_number(j, show->seeds);
	json_key(j, "selected"), json_number(j, shown->cells);
	json_close(j, '}');
}
