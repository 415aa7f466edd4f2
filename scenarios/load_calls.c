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

static void call_needed(struct loader *l, const struct step *s, const struct yaml *y)
{
	const char *word = s->kind == STEP_MUTE ? "mute" : s->kind == STEP_HOLD ? "hold" : "resume";
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
