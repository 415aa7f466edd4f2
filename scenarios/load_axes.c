#include <string.h>

#include "scenarios/load.h"

/** The word under which a value is looked up: on and true, off and false are the same. */
static const char *plain_word(const char *text)
{
	if (strcmp(text, "true") == 0)
		return "on";
	return strcmp(text, "false") == 0 ? "off" : text;
}

static bool axis_value_check(struct loader *l, const struct yaml *value)
{
	static const struct form form = { FORM_VALUE };
	if (!form_check(l, &form, value))
		return false;
	if (!is_axis(value))
		return true;
	yaml_complain(value, VP_AXIS, NULL, "'%s': a value of an axis cannot be another axis", value->text);
	return false;
}

/** Adds a value to its axis unless it is there already. */
static void axis_value_add(struct loader *l, const struct yaml *value, struct axis *axis,
			   struct axis_draft *draft)
{
	const char *word = plain_word(value->text);
	uint32_t number = axis->n;
	if (!axis_value_check(l, value))
		return;
	if (!names_add(draft->by_value, word, strlen(word), &number)) {
		yaml_note(yaml_complain(value, VP_KEY_TWICE, "keep one of them", "'%s' is there twice",
					value->text),
			  draft->values[number], "it was first given here");
		return;
	}
	draft->values[axis->n] = value;
	axis->labels[axis->n] = axis->values[axis->n] = arena_copy(l->arena, value->text, value->len);
	axis->n++;
}

static void axis_read(struct loader *l, const struct yaml *values)
{
	uint32_t i = l->s->n_axes;
	struct axis *axis = &l->s->axes[i];
	struct axis_draft *draft = &l->axes[i];
	if (!name_check(values->key, ""))
		return;
	*axis = (struct axis){ .name = arena_copy(l->arena, values->key->text, values->key->len),
			       .values = arena_alloc(l->arena, values->n * sizeof *axis->values),
			       .labels = arena_alloc(l->arena, values->n * sizeof *axis->labels),
			       .at = yaml_place(values->key) };
	*draft = (struct axis_draft){ .y = values,
				      .values = arena_alloc(l->scratch, values->n * sizeof *draft->values),
				      .by_value = names_new(l->scratch) };
	for (const struct yaml *value = values->first; value; value = value->next)
		axis_value_add(l, value, axis, draft);
	if (axis->n == 0)
		return; /* all were complained of: as one that could not be read */
	names_add(l->axis_names, values->key->text, values->key->len, &i);
	l->s->n_axes++;
}

void axes_read(struct loader *l, const struct yaml *value, void *into)
{
	static const struct form values = { FORM_LIST, .non_empty = true };
	(void)into;
	l->s->axes = arena_alloc(l->arena, value->n * sizeof *l->s->axes);
	l->axes = arena_alloc(l->scratch, value->n * sizeof *l->axes);
	for (const struct yaml *axis = value->first; axis; axis = axis->next)
		if (form_check(l, &values, axis))
			axis_read(l, axis);
}

bool is_axis(const struct yaml *value)
{
	return value->kind == YAML_TEXT && value->text[0] == '$';
}

static const char *axis_name(const struct loader *l, uint32_t i)
{
	return l->s->axes[i].name;
}

/** An axis that could not be read was complained of; it is not missing. */
static bool axis_is_spoilt(const struct loader *l, const char *name)
{
	const struct yaml *axes = yaml_get(l->root, "axes");
	return axes && (axes->kind != YAML_MAP || yaml_get(axes, name));
}

int axis_of(struct loader *l, const struct yaml *value)
{
	int64_t i = names_find(l->axis_names, value->text + 1, value->len - 1);
	if (i >= 0)
		return (int)i;
	if (axis_is_spoilt(l, value->text + 1))
		return -1;
	struct yaml name = *value;
	name.text++;
	name.len--;
	const char *near = nearest_of(l, &name, l->s->n_axes, axis_name);
	yaml_complain(value, VP_AXIS,
		      near ? arena_printf(l->complaints->arena, "did you mean '$%s'?", near)
			   : "give its values under `axes`",
		      "there is no axis '%s'", name.text);
	return -1;
}

uint32_t axis_count(const struct loader *l, int axis)
{
	return axis < 0 ? 1 : l->s->axes[axis].n;
}

const struct yaml *axis_value(const struct loader *l, int axis, const struct yaml *value, uint32_t i)
{
	return axis < 0 ? value : l->axes[axis].values[i];
}

void axis_value_means(struct loader *l, int axis, const struct yaml *value, const struct model *m)
{
	size_t word = axis < 0 ? 0 : model_word(m);
	int64_t i = word ? axis_value_find(l, (uint32_t)axis, value) : -1;
	if (i >= 0)
		l->s->axes[axis].labels[i] =
			arena_printf(l->arena, "%s %.*s", m->name, (int)word, m->title);
}

void axis_note(struct complaint *c, int axis, const struct yaml *use)
{
	if (axis >= 0)
		yaml_note(c, use, "the values of the axis are used here");
}

/** Marks every axis whose `$name` stands anywhere: also where it was complained of, so as not to complain
 * twice. */
static void uses_mark(struct loader *l, const struct yaml *y)
{
	int64_t i = is_axis(y) ? names_find(l->axis_names, y->text + 1, y->len - 1) : -1;
	if (i >= 0)
		l->axes[i].used = true;
	for (const struct yaml *child = y->first; child; child = child->next)
		uses_mark(l, child);
}

void axes_finish(struct loader *l)
{
	if (l->s->n_axes > 0)
		uses_mark(l, l->root);
	for (uint32_t i = 0; i < l->s->n_axes; i++) {
		if (l->axes[i].used)
			continue;
		const char *name = l->s->axes[i].name;
		yaml_complain(
			l->axes[i].y->key, VP_AXIS_UNUSED,
			arena_printf(l->complaints->arena, "write $%s where its values should stand", name),
			"nothing uses the axis '%s'", name);
	}
}

int64_t axis_value_find(const struct loader *l, uint32_t axis, const struct yaml *value)
{
	const char *word = plain_word(value->text);
	return names_find(l->axes[axis].by_value, word, strlen(word));
}
