#include "scenarios/load.h"

/** A remedy, or NULL for `none` and after a complaint. */
static const struct model *remedy_named(struct loader *l, const struct yaml *name, int axis,
					const struct yaml *use)
{
	return yaml_is(name, "none") ? NULL : model_of(l, name, DEVICE_REMEDY, axis, use);
}

static const struct model *remedy_item(struct loader *l, const struct yaml *name)
{
	if (!is_axis(name))
		return remedy_named(l, name, -1, NULL);
	yaml_complain(name, VP_AXIS, "remedy: $NAME, or a list of names", "'%s' cannot be an item of a list",
		      name->text);
	return NULL;
}

static bool is_listed(const struct remedies *r, const struct model *m)
{
	uint32_t i = 0;
	while (i < r->n && r->models[i] != m)
		i++;
	return i < r->n;
}

/** Every remedy of a list, in its order. */
static void remedies_listed(struct loader *l, const struct yaml *list, struct remedies *r)
{
	static const struct form form = { FORM_NAME };
	const struct model **models = arena_alloc(l->arena, list->n * sizeof *models);
	r->models = models;
	for (const struct yaml *name = list->first; name; name = name->next) {
		const struct model *m = form_check(l, &form, name) ? remedy_item(l, name) : NULL;
		if (m && is_listed(r, m))
			yaml_complain(name, VP_KEY_TWICE, "keep one of them", "'%s' is there twice", name->text);
		else if (m)
			models[r->n++] = m;
	}
}

/** One remedy, or one for each value of an axis. */
static void remedy_single(struct loader *l, const struct yaml *name, struct remedies *r)
{
	r->axis = is_axis(name) ? axis_of(l, name) : -1;
	if (is_axis(name) && r->axis < 0)
		return;
	uint32_t n = axis_count(l, r->axis);
	const struct model **models = arena_alloc(l->arena, n * sizeof *models);
	for (uint32_t i = 0; i < n; i++)
		models[i] = remedy_named(l, axis_value(l, r->axis, name, i), r->axis, name);
	r->models = models;
	r->n = r->axis < 0 && !models[0] ? 0 : n;
}

void remedy_read(struct loader *l, const struct yaml *value, void *into)
{
	struct scenario *s = into;
	if (value->kind == YAML_LIST)
		remedies_listed(l, value, &s->remedies);
	else
		remedy_single(l, value, &s->remedies);
}
