#include <string.h>

#include "scenarios/cause.h"
#include "scenarios/load.h"

/* --- when ----------------------------------------------------------------------------------------------- */

static const char *value_nearest(struct loader *l, uint32_t axis, const struct yaml *value)
{
	struct nearest n = nearest_to(value->text, value->len);
	uint32_t values = l->s->axes[axis].n;
	if (complaints_full(l->complaints) || l->guesses < values)
		return NULL;
	l->guesses -= values;
	for (uint32_t i = 0; i < values; i++)
		nearest_offer(&n, l->s->axes[axis].values[i]);
	return n.best;
}

/** Allows one value of an axis; false, and a complaint, when the axis has no such value. */
static bool value_allow(struct loader *l, uint32_t axis, const struct yaml *value, bool *allowed)
{
	static const struct form form = { FORM_VALUE };
	if (!form_check(l, &form, value))
		return false;
	int64_t i = axis_value_find(l, axis, value);
	if (i < 0) {
		yaml_note(yaml_complain(value, VP_AXIS, did_you_mean(l, value_nearest(l, axis, value)),
					"the axis '%s' has no value '%s'", l->s->axes[axis].name,
					value->text),
			  l->axes[axis].y->key, "its values are given here");
		return false;
	}
	allowed[i] = true;
	return true;
}

/** Room for the flags of an axis; NULL, and a complaint, when the file needs too many of them. */
static bool *flags_new(struct loader *l, uint32_t axis, const struct yaml *value)
{
	uint32_t n = l->s->axes[axis].n;
	if (n <= l->flags_room) {
		l->flags_room -= n;
		return arena_alloc(l->arena, n * sizeof(bool));
	}
	yaml_complain(value, VP_TOO_MUCH, "fewer entries, or fewer values of the axis",
		      "skip, known and when of this file are too many for axes of this size");
	return NULL;
}

static const bool *values_allow(struct loader *l, uint32_t axis, const struct yaml *value)
{
	bool *allowed = flags_new(l, axis, value);
	if (!allowed)
		return NULL;
	bool good = form_check(l, &when_values, value);
	if (value->kind == YAML_TEXT)
		good = good && value_allow(l, axis, value, allowed);
	for (const struct yaml *item = value->first; item; item = item->next)
		good = value_allow(l, axis, item, allowed) && good;
	return good ? allowed : NULL;
}

/** The index of an axis named by a key of `when`; -1, and a complaint, when there is none. */
static int when_axis(struct loader *l, const struct yaml *key, bool uses)
{
	char *dollar = arena_printf(l->scratch, "$%s", key->text);
	struct yaml name = *key;
	name.text = dollar;
	name.len++;
	int axis = axis_of(l, &name);
	if (axis >= 0 && uses)
		l->axes[axis].used = true;
	return axis;
}

struct when *when_read(struct loader *l, const struct yaml *value, bool uses)
{
	const bool **allowed = arena_alloc(l->arena, l->s->n_axes * sizeof *allowed);
	struct when *w = arena_alloc(l->arena, sizeof *w);
	bool good = true;
	w->allowed = allowed;
	for (const struct yaml *values = value->first; values; values = values->next) {
		int axis = when_axis(l, values->key, uses);
		if (axis >= 0)
			allowed[axis] = values_allow(l, (uint32_t)axis, values);
		good = good && axis >= 0 && allowed[axis];
	}
	return good ? w : NULL;
}

/* --- skip and known ------------------------------------------------------------------------------------- */

static const char *const result_words[] = { "works", "degraded", "stops", "fails", NULL };

#define OF(member) .at = AT(struct exception, member)
static const struct field why_field = { "why", FIELD_TEXT, OF(why) };
static const struct field strict_field = { "strict", FIELD_BOOL, OF(strict) };
static const struct field result_field = { "result", FIELD_WORD, OF(result), .words = result_words };
#undef OF

static const struct form cell_value[] = { { FORM_VALUE },
					  { FORM_LIST, .of = &(const struct form){ FORM_VALUE },
					    .non_empty = true },
					  { FORM_END } };
const struct form when_values = { FORM_EITHER, .of = cell_value };

/** An entry while it is read. */
struct entry {
	struct exception exception; /* first, so that fields fit */
	const struct yaml *y, *cause;
	bool spoilt;
};

static void when_key_read(struct loader *l, const struct yaml *value, void *into)
{
	struct entry *e = into;
	struct when *w = when_read(l, value, false);
	if (w)
		e->exception.when = *w;
	e->spoilt = !w;
}

static void why_read(struct loader *l, const struct yaml *value, void *into)
{
	struct entry *e = into;
	e->exception.why = prose_read(l, value);
	if (!*e->exception.why)
		yaml_complain(value, VP_VALUE, "say it in a sentence", "'why' is empty");
}

static void known_result_read(struct loader *l, const struct yaml *value, void *into)
{
	struct entry *e = into;
	if (yaml_is(value, "works"))
		yaml_complain(value, VP_CONTRADICTION, "one of degraded, stops, fails; or remove the entry",
			      "a cell that works needs no 'known'");
	else
		value_read(l, &result_field, value, &e->exception.result);
}

static void known_cause_read(struct loader *l, const struct yaml *value, void *into)
{
	struct entry *e = into;
	e->exception.cause = cause_read(l, value);
}

static const struct refused skip_refused[] = {
	{ "result", "what is skipped has no result; `known` has" },
	{ "cause", "what is skipped has no cause; `known` has" },
	{ "strict", "`strict` belongs to `known`" },
	{ 0 },
};

/* clang-format off */
static const struct key skip_keys[] = {
	{ "when", true, "the cells: a value or a list of values of some axes", WHEN_FORM, when_key_read },
	{ "why", true, "a sentence that says why", { FORM_FIELD, .field = &why_field }, why_read },
	{ 0 },
};
/* clang-format on */

const struct shape skip_shape = { .keys = skip_keys, .refused = skip_refused };

/* clang-format off */
static const struct key known_keys[] = {
	{ "when", true, "the cells: a value or a list of values of some axes", WHEN_FORM, when_key_read },
	{ "why", true, "a sentence that says why", { FORM_FIELD, .field = &why_field }, why_read },
	{ "result", false, "what the cell shows; any bad result when left out",
	  { FORM_FIELD, .field = &result_field }, known_result_read },
	{ "cause", false, "the cause it shows; any when left out", { FORM_CAUSE }, known_cause_read },
	{ "strict", false, "complain when such a cell starts to work (default: on)",
	  { FORM_FIELD, .field = &strict_field } },
	{ 0 },
};
/* clang-format on */

const struct shape known_shape = { .keys = known_keys };

/* --- entries that match nothing ------------------------------------------------------------------------- */

/** Does `outer` allow every value of one axis that `inner` allows? NULL allows all. */
static bool axis_covers(const bool *outer, const bool *inner, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (outer && !outer[i] && (!inner || inner[i]))
			return false;
	return true;
}

static bool when_covers(const struct loader *l, const struct when *outer, const struct when *inner)
{
	for (uint32_t i = 0; i < l->s->n_axes; i++)
		if (!axis_covers(outer->allowed[i], inner->allowed[i], l->s->axes[i].n))
			return false;
	return true;
}

/** Does `outer` allow a cell to be bad in every way in which `inner` does? What is skipped is bad in no way. */
static bool ways_cover(const struct exception *outer, const struct exception *inner)
{
	bool result = outer->result < 0 || outer->result == inner->result;
	bool cause = !outer->cause || outer->cause == inner->cause;
	return outer->skip || (result && cause);
}

/** What one comparison of two entries costs at most. */
static uint64_t flags_count(const struct loader *l)
{
	uint64_t n = 1;
	for (uint32_t i = 0; i < l->s->n_axes; i++)
		n += l->s->axes[i].n;
	return n;
}

/** Complains when an earlier entry takes every cell of this one. Gives up on files with very many entries. */
static void covered_check(struct loader *l, const struct exception *e, const struct yaml *y)
{
	uint64_t cost = flags_count(l);
	for (uint32_t i = 0; i < l->s->n_exceptions && l->flags >= cost; i++, l->flags -= cost) {
		const struct exception *earlier = &l->s->exceptions[i];
		if (!ways_cover(earlier, e) || !when_covers(l, &earlier->when, &e->when))
			continue;
		struct complaint *c = yaml_complain(y, VP_MATCHES_NOTHING, "remove one of the two",
						    "no cell is left for this entry");
		if (c) {
			c->note = "this one takes all of its cells";
			c->note_at = earlier->at;
		}
		return;
	}
}

static void entry_add(struct loader *l, const struct entry *e)
{
	if (l->s->n_axes == 0 && !yaml_get(l->root, "axes"))
		yaml_complain(e->y, VP_MATCHES_NOTHING, "a single run says in `expect` what is expected",
			      "there are no axes, so this matches no cell");
	if (e->spoilt || !e->exception.when.allowed)
		return;
	covered_check(l, &e->exception, e->y);
	l->s->exceptions[l->s->n_exceptions++] = e->exception;
}

static void entries_read(struct loader *l, const struct yaml *value, const struct shape *shape, bool skip)
{
	static const struct form map = { FORM_MAP };
	struct exception *all = arena_alloc(l->arena, (l->s->n_exceptions + value->n) * sizeof *all);
	if (l->s->n_exceptions > 0)
		memcpy(all, l->s->exceptions, l->s->n_exceptions * sizeof *all);
	l->s->exceptions = all;
	for (const struct yaml *y = value->first; y; y = y->next) {
		struct entry e = { { .skip = skip, .result = -1, .strict = true, .at = yaml_place(y) },
				   .y = y };
		if (!form_check(l, &map, y))
			continue;
		shape_read(l, shape, y, &e, NULL);
		entry_add(l, &e);
	}
}

void skip_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	entries_read(l, value, &skip_shape, true);
}

void known_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	entries_read(l, value, &known_shape, false);
}
