#include "sim/cli/select.h"

#include <string.h>

#include "scenarios/nearest.h"
#include "sim/cli/output.h"

static uint32_t count_choices(const struct texts *arguments)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < arguments->n; i++)
		for (const char *c = arguments->items[i]; c; c = strchr(c, ','), c += c != NULL)
			n++;
	return n;
}

static bool read_choice(const char *text, size_t len, struct choice *out)
{
	const char *equals = memchr(text, '=', len);
	if (!equals || equals == text)
		return false;
	size_t axis_len = (size_t)(equals - text);
	*out = (struct choice){ text, equals + 1, axis_len, len - axis_len - 1 };
	return true;
}

const char *only_read(struct arena *a, const struct texts *arguments, struct only *out)
{
	*out = (struct only){ arena_alloc(a, (count_choices(arguments) + 1) * sizeof *out->choices), 0 };
	for (uint32_t i = 0; i < arguments->n; i++) {
		for (const char *c = arguments->items[i]; c;) {
			c += strspn(c, " ");
			size_t len = strcspn(c, ",");
			if (!read_choice(c, len, &out->choices[out->n++]))
				return arguments->items[i];
			c = c[len] ? c + len + 1 : NULL;
		}
	}
	return NULL;
}

const char *only_meant(struct arena *a, const char *argument)
{
	struct choice last = { 0 }, next;
	const char *meant = "";
	for (const char *c = argument; c;) {
		c += strspn(c, " ");
		size_t len = strcspn(c, ",");
		bool whole = read_choice(c, len, &next);
		if (!whole && (!last.axis || !len || memchr(c, '=', len)))
			return NULL;
		meant = arena_printf(a, "%s%s%.*s%s%.*s", meant, *meant ? "," : "", whole ? 0 : (int)last.axis_len,
				     whole ? "" : last.axis, whole ? "" : "=", (int)len, c);
		last = whole ? next : last;
		c = c[len] ? c + len + 1 : NULL;
	}
	return meant;
}

static bool is_word(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

static bool names_axis(const struct choice *c, const struct axis *axis)
{
	return is_word(axis->name, c->axis, c->axis_len);
}

static bool is_allowed(const struct only *only, const struct axis *axis, const char *value)
{
	bool named = false;
	for (uint32_t i = 0; i < only->n; i++) {
		const struct choice *c = &only->choices[i];
		if (!names_axis(c, axis))
			continue;
		named = true;
		if (is_word(value, c->value, c->value_len))
			return true;
	}
	return !named;
}

static bool has_axis(const struct scenario *s, const struct choice *c)
{
	for (uint32_t i = 0; i < s->n_axes; i++)
		if (names_axis(c, &s->axes[i]))
			return true;
	return false;
}

static void select_values(struct arena *a, const struct axis *axis, const struct only *only, uint32_t **values,
			  uint32_t *n)
{
	*values = arena_alloc(a, (axis->n + 1) * sizeof **values);
	for (uint32_t v = 0; v < axis->n; v++)
		if (is_allowed(only, axis, axis->values[v]))
			(*values)[(*n)++] = v;
}

struct selection select_cells(struct arena *a, const struct scenario *s, const struct only *only)
{
	struct selection sel = { .cells = 1 };
	sel.values = arena_alloc(a, (s->n_axes + 1) * sizeof *sel.values);
	sel.n = arena_alloc(a, (s->n_axes + 1) * sizeof *sel.n);
	for (uint32_t i = 0; i < s->n_axes; i++) {
		select_values(a, &s->axes[i], only, &sel.values[i], &sel.n[i]);
		sel.cells *= sel.n[i];
	}
	for (uint32_t i = 0; i < only->n; i++)
		if (!has_axis(s, &only->choices[i]))
			sel.cells = 0;
	return sel;
}

bool only_holds(const struct only *only, const char *const *axes, const char *const *values, uint32_t n)
{
	uint32_t named = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct axis axis = { .name = axes[i] };
		if (!is_allowed(only, &axis, values[i]))
			return false;
		for (uint32_t k = 0; k < only->n; k++)
			named += names_axis(&only->choices[k], &axis);
	}
	return named == only->n;
}

uint64_t selection_cell(const struct selection *sel, const struct scenario *s, uint64_t i)
{
	uint64_t cell = 0, place = 1;
	if (sel->list)
		return sel->list[i];
	for (uint32_t axis = s->n_axes; axis-- > 0;) {
		cell += place * sel->values[axis][i % sel->n[axis]];
		i /= sel->n[axis];
		place *= s->axes[axis].n;
	}
	return cell;
}

/* --- explaining ------------------------------------------------------------------------------ */

static const struct axis *find_axis(const struct input *input, const struct choice *c)
{
	for (uint32_t i = 0; i < input->n; i++)
		for (uint32_t k = 0; k < input->scenarios[i].scenario->n_axes; k++)
			if (names_axis(c, &input->scenarios[i].scenario->axes[k]))
				return &input->scenarios[i].scenario->axes[k];
	return NULL;
}

static bool has_value(const struct axis *axis, const struct choice *c)
{
	for (uint32_t v = 0; v < axis->n; v++)
		if (is_word(axis->values[v], c->value, c->value_len))
			return true;
	return false;
}

static uint64_t count_axes(const struct input *input)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < input->n; i++)
		n += input->scenarios[i].scenario->n_axes;
	return n;
}

/** Each axis once, although several scenarios may have it. */
static void put_axes(struct sink *s, const struct input *input)
{
	const char *before = "";
	for (uint32_t i = 0; i < input->n; i++) {
		const struct scenario *scenario = input->scenarios[i].scenario;
		for (uint32_t k = 0; k < scenario->n_axes; k++) {
			const struct axis *axis = &scenario->axes[k];
			const struct choice c = { .axis = axis->name, .axis_len = strlen(axis->name) };
			if (find_axis(input, &c) != axis)
				continue;
			sink_printf(s, "%s%s", before, axis->name);
			before = ", ";
		}
	}
}

static void explain_axis(struct sink *s, const struct input *input, const struct choice *c)
{
	if (!count_axes(input)) {
		sink_text(s, "there are no axes here");
		return;
	}
	sink_printf(s, "there is no axis '%.*s'; there are: ", (int)c->axis_len, c->axis);
	put_axes(s, input);
}

#define VALUES_LISTED 20

/** Is it written within that, such as kamailio in kamailio-force? */
static bool is_within(const struct choice *c, const char *value)
{
	return c->value_len && memmem(value, strlen(value), c->value, c->value_len);
}

void put_meant(struct sink *s, const struct axis *axis, const struct choice *c)
{
	struct nearest nearest = nearest_to(c->value, c->value_len);
	const char *before = "; did you mean ";
	for (uint32_t v = 0; v < axis->n; v++)
		nearest_offer(&nearest, axis->values[v]);
	for (uint32_t v = 0; v < axis->n; v++) {
		if (nearest.best ? nearest.best != axis->values[v] : !is_within(c, axis->values[v]))
			continue;
		sink_printf(s, "%s%s", before, axis->values[v]);
		before = ", ";
	}
	if (*before == ',')
		sink_char(s, '?');
}

static void explain_value(struct sink *s, const struct axis *axis, const struct choice *c)
{
	sink_printf(s, "the axis %s has no value '%.*s'; it has: ", axis->name, (int)c->value_len, c->value);
	for (uint32_t v = 0; v < axis->n && v < VALUES_LISTED; v++)
		sink_printf(s, "%s%s", v ? ", " : "", axis->values[v]);
	if (axis->n > VALUES_LISTED)
		sink_printf(s, " and %u more", axis->n - VALUES_LISTED);
	put_meant(s, axis, c);
}

void only_explain(const char *option, const struct only *only, const struct input *input)
{
	for (uint32_t i = 0; i < only->n; i++) {
		const struct choice *c = &only->choices[i];
		const struct axis *axis = find_axis(input, c);
		struct sink s = { 0 };
		if (axis && has_value(axis, c))
			continue;
		sink_printf(&s, "viaport: %s: ", option);
		if (axis)
			explain_value(&s, axis, c);
		else
			explain_axis(&s, input, c);
		output_say(&s);
	}
}
