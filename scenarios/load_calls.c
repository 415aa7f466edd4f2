#include <string.h>

#include "scenarios/load.h"

/* --- a call --------------------------------------------------------------------------------------------- */

/** A call while it is read: its ends, and the step that it is. */
struct call_draft {
	struct ends ends; /* first: readers of ends know it by this */
	struct step_draft *step;
};

static void call_value_read(struct loader *l, const struct yaml *value, void *into)
{
	value_of_step_read(l, value, ((struct call_draft *)into)->step);
}

/* clang-format off */
static const struct key call_keys[] = {
	{ "from", true, "who calls: a phone, or a server's end of calls", { FORM_NAME }, from_read },
	{ "to", true, "who is called", { FORM_NAME }, to_read },
	{ "for", false, "how long it lasts from when it is established (default: 20s)", STEP_VALUE(STEP_FIELD_FOR), call_value_read },
	{ "hangup", false, "which end hangs up (default: from)", STEP_VALUE(STEP_FIELD_HANGUP), call_value_read },
	{ "give-up", false, "both let it go without a word when nobody has answered for so long (default: the caller hangs up after 3 minutes)",
	  STEP_VALUE(STEP_FIELD_GIVE_UP), call_value_read },
	{ "over", false, "of groups: their calls begin spread evenly over this time", STEP_VALUE(STEP_FIELD_OVER), call_value_read },
	{ 0 },
};
/* clang-format on */

const struct shape call_shape = { .keys = call_keys };

static bool can_be_called(const struct loader *l, int node)
{
	enum device_kind kind = l->s->nodes[node].kind;
	return kind == DEVICE_PHONE || kind == DEVICE_SERVER;
}

static void ends_check(struct loader *l, const struct yaml *value, const struct ends *e)
{
	const struct node_spec *from = &l->s->nodes[e->from], *to = &l->s->nodes[e->to];
	if (!can_be_called(l, e->from) || !can_be_called(l, e->to) ||
	    (from->kind == DEVICE_SERVER && to->kind == DEVICE_SERVER))
		yaml_complain(value, VP_WRONG_NODE, NULL,
			      "'call' goes between phones, or between a phone and a server");
}

void self_call_check(struct loader *l, const struct step *s, const struct yaml *y)
{
	const struct node_spec *from = &l->s->nodes[s->subjects[CALL_FROM]];
	if (s->kind == STEP_CALL && s->subjects[CALL_FROM] == s->subjects[CALL_TO] && from->count < 2)
		yaml_complain(yaml_get(y, "call"), VP_WRONG_NODE, NULL, "'%s' cannot call itself", from->name);
}

void call_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	struct call_draft c = { { -1, -1 }, d };
	if (!action_begin(d, value, STEP_CALL))
		return;
	shape_read(l, &call_shape, value, &c, NULL);
	if (c.ends.from >= 0 && c.ends.to >= 0)
		ends_check(l, value, &c.ends);
	subjects_room(l, d, CALL_ENDS);
	subject_add(d, c.ends.from);
	subject_add(d, c.ends.to);
}

/* --- what is done in a call ----------------------------------------------------------------------------- */

static void phone_of_step_read(struct loader *l, const struct yaml *value, void *into)
{
	subjects_room(l, into, 1);
	subject_add(into, node_of_kind(l, value, DEVICE_PHONE));
}

void hold_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_HOLD))
		phone_of_step_read(l, value, into);
}

void resume_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_RESUME))
		phone_of_step_read(l, value, into);
}

/* clang-format off */
static const struct key mute_keys[] = {
	{ "phone", true, "who says nothing", { FORM_NAME }, phone_of_step_read },
	{ "for", true, "for how long", STEP_VALUE(STEP_FIELD_FOR), value_of_step_read },
	{ 0 },
};
/* clang-format on */

const struct shape mute_shape = { .keys = mute_keys };

void mute_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_MUTE))
		shape_read(l, &mute_shape, value, into, NULL);
}

/* --- in which call -------------------------------------------------------------------------------------- */

int call_around(const struct loader *l, const struct step_draft *d)
{
	uint32_t n = l->s->n_steps;
	if (n == 0 || !knobs_find(&d->values, &step_fields[STEP_FIELD_AT]))
		return -1;
	const struct step *before = &l->s->steps[n - 1];
	return before->kind == STEP_CALL && before->inside < 0 ? (int)n - 1 : before->inside;
}

static bool needs_call(const struct step *s)
{
	return s->kind == STEP_HOLD || s->kind == STEP_RESUME || s->kind == STEP_MUTE;
}

/** Is the phone an end of the call, or of one that is made during it? What would take too long is believed.
 */
static bool is_in_call(struct loader *l, int phone, int around)
{
	for (uint32_t i = (uint32_t)around; i < l->s->n_steps && l->guesses > 0; i++) {
		const struct step *s = &l->s->steps[i];
		l->guesses--;
		if (i > (uint32_t)around && s->inside != around)
			return false;
		if (s->kind == STEP_CALL && s->n_subjects == CALL_ENDS &&
		    (s->subjects[CALL_FROM] == phone || s->subjects[CALL_TO] == phone))
			return true;
	}
	return l->guesses == 0;
}

static const char *word_of(const struct step *s)
{
	return s->kind == STEP_MUTE ? "mute" : s->kind == STEP_HOLD ? "hold" : "resume";
}

static void call_needed(struct loader *l, const struct step *s, const struct yaml *y)
{
	const char *word = word_of(s);
	if (s->inside < 0)
		yaml_complain(yaml_get(y, word)->key, VP_NO_STEP,
			      "put it behind a call, with an `at` from the beginning of that",
			      "'%s' is in no call", word);
	else if (s->n_subjects && !is_in_call(l, s->subjects[0], s->inside))
		yaml_note(yaml_complain(yaml_get(y, word), VP_NO_STEP, NULL, "'%s' is no end of the call",
					l->s->nodes[s->subjects[0]].name),
			  l->steps[s->inside], "the call is here");
}

void calls_check(struct loader *l)
{
	for (uint32_t i = 0; i < l->s->n_steps; i++)
		if (needs_call(&l->s->steps[i]))
			call_needed(l, &l->s->steps[i], l->steps[i]);
}

/* --- when in the call ----------------------------------------------------------------------------------- */

/** The only value of a time of a step; `otherwise` when it is not given, -1 when that depends on the cell. */
static usec time_certain(const struct step *s, enum step_field f, usec otherwise)
{
	for (uint32_t i = 0; i < s->values.n; i++) {
		const struct setting *given = &s->values.items[i];
		if (given->field == &step_fields[f])
			return given->axis < 0 ? *(const usec *)given->values : -1;
	}
	return otherwise;
}

/** For how long who is called rings; -1 when that depends on the cell or on a step. */
static usec ring_certain(const struct loader *l, int node)
{
	const struct node_spec *spec = &l->s->nodes[node];
	const struct field *fields = devices[spec->kind].fields;
	if (!can_be_called(l, node) || l->first_steps[node * STEP_KINDS + STEP_SET] >= 0)
		return -1;
	if (spec->kind == DEVICE_SERVER)
		fields = field_find(fields, "far-end", strlen("far-end"))->members;
	const struct field *f = field_find(fields, "ring", strlen("ring"));
	struct spread s = { f, knobs_find(&l->nodes[node].knobs, f), spec->models, spec->model_axis };
	const usec *rings = spread_certain(l, &s);
	return rings ? *rings : -1;
}

/** When the call that begins so long after the outermost one is hung up; NEVER when that cannot be known. */
static usec end_certain(const struct loader *l, const struct step *call, usec begins)
{
	usec over = time_certain(call, STEP_FIELD_OVER, 0),
	     lasts = time_certain(call, STEP_FIELD_FOR, CALL_LASTS);
	usec rings = ring_certain(l, call->subjects[CALL_TO]);
	return begins < 0 || over < 0 || lasts < 0 || rings < 0 ? NEVER : begins + over + rings + lasts;
}

/** When the last of the phone's calls is hung up, counted from the beginning of the step `around`. What would
 * take too long is NEVER. */
static usec calls_end(struct loader *l, int phone, int around)
{
	usec end = 0;
	for (uint32_t i = (uint32_t)around;
	     i < l->s->n_steps && (i == (uint32_t)around || l->s->steps[i].inside == around); i++) {
		const struct step *s = &l->s->steps[i];
		if (l->guesses == 0)
			return NEVER;
		l->guesses--;
		if (s->kind != STEP_CALL || s->n_subjects != CALL_ENDS ||
		    (s->subjects[CALL_FROM] != phone && s->subjects[CALL_TO] != phone))
			continue;
		usec own = end_certain(l, s, i == (uint32_t)around ? 0 : time_certain(s, STEP_FIELD_AT, 0));
		end = own > end ? own : end;
	}
	return end;
}

static void end_check(struct loader *l, const struct step *s, const struct yaml *y)
{
	usec at = time_certain(s, STEP_FIELD_AT, 0), end = calls_end(l, s->subjects[0], s->inside);
	if (at >= end && end > 0)
		yaml_note(yaml_complain(yaml_get(y, "at"), VP_CONTRADICTION,
					"a longer `for` of the call, or an earlier `at`",
					"'%s' comes when the call is over, after %s", word_of(s),
					duration_print(end, l->scratch)),
			  l->steps[s->inside], "the call is here");
}

/** Does the phone put the call on hold by then? What would take too long is believed. */
static bool is_on_hold(struct loader *l, int phone, int around, usec by)
{
	for (uint32_t i = (uint32_t)around + 1;
	     i < l->s->n_steps && l->s->steps[i].inside == around && l->guesses > 0; i++) {
		const struct step *s = &l->s->steps[i];
		l->guesses--;
		if (s->kind == STEP_HOLD && s->n_subjects && s->subjects[0] == phone &&
		    (by < 0 || time_certain(s, STEP_FIELD_AT, 0) <= by))
			return true;
	}
	return l->guesses == 0;
}

static void on_hold_check(struct loader *l, const struct step *s, const struct yaml *y)
{
	usec at = time_certain(s, STEP_FIELD_AT, 0);
	if (!is_on_hold(l, s->subjects[0], s->inside, at))
		yaml_note(yaml_complain(yaml_get(y, "resume"), VP_NO_STEP, "- {at: 5s, hold: PHONE}",
					"'%s' has not put the call on hold before",
					l->s->nodes[s->subjects[0]].name),
			  l->steps[s->inside], "the call is here");
}

void in_call_check(struct loader *l, const struct step *s, const struct yaml *y)
{
	if (!needs_call(s) || s->inside < 0 || !s->n_subjects)
		return;
	end_check(l, s, y);
	if (s->kind == STEP_RESUME && is_in_call(l, s->subjects[0], s->inside))
		on_hold_check(l, s, y);
}
