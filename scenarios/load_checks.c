#include <string.h>

#include "scenarios/cause.h"
#include "scenarios/load.h"

/** A check while it is read. */
struct check_draft {
	struct check check;
	struct knobs values;
	const struct yaml *word, *subject, *of, *cause;
	bool spoilt;
};

/* --- causes --------------------------------------------------------------------------------------------- */

const struct cause *cause_read(struct loader *l, const struct yaml *value)
{
	const struct cause *cause = cause_find(value->text, value->len);
	if (cause)
		return cause;
	struct nearest n = nearest_to(value->text, value->len);
	for (const struct cause *c = causes; c->word; c++)
		nearest_offer(&n, c->word);
	const char *help = did_you_mean(l, n.best);
	yaml_complain(value, VP_CAUSE, help ? help : "`viaport list causes` lists them",
		      "there is no cause '%s'", value->text);
	return NULL;
}

/* --- words of a check ----------------------------------------------------------------------------------- */

static const char *const result_words[] = { "works", "degraded", "stops", "fails", NULL };
static const struct field result_field = { "result", FIELD_WORD, .words = result_words };

static const struct check_kind *kind_of(const char *word)
{
	const struct check_kind *k = check_kinds;
	while (strcmp(k->word, word) != 0)
		k++;
	return k;
}

/** Remembers what the check asks; false, and a complaint, when it asks something already. */
static bool question_begin(struct check_draft *d, const struct yaml *value)
{
	if (d->word) {
		yaml_note(yaml_complain(value->key, VP_CONTRADICTION, "make it two checks",
					"a check asks one thing, not '%s' and '%s'", d->word->text,
					value->key->text),
			  d->word, "the first one is here");
		return false;
	}
	d->word = value->key;
	d->check.kind = kind_of(value->key->text);
	return true;
}

static void phone_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	d->subject = value;
	d->check.subject = node_of_kind(l, value, DEVICE_PHONE);
	d->spoilt = d->check.subject < 0;
}

static void register_read(struct loader *l, const struct yaml *value, void *into)
{
	if (question_begin(into, value))
		phone_read(l, value, into);
}

static void check_value_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	const struct yaml *key = value->key;
	knob_read(l, field_find(check_fields, key->text, key->len), value, &d->values);
}

/* clang-format off */
static const struct key reachable_keys[] = {
	{ "phone", true, "who is to be reached", { FORM_NAME }, phone_read },
	{ "time", true, "how long after it has registered, beside at once",
	  { FORM_FIELD, .field = &check_fields[CHECK_FIELD_TIME], .axes = true }, check_value_read },
	{ 0 },
};
/* clang-format on */

static const struct shape reachable_shape = { .keys = reachable_keys };

static void reachable_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	if (!question_begin(d, value))
		return;
	shape_read(l, &reachable_shape, value, d, NULL);
	d->spoilt = d->check.subject < 0;
}

static void no_misdelivery_read(struct loader *l, const struct yaml *value, void *into)
{
	if (question_begin(into, value) && !yaml_is(value, "any"))
		phone_read(l, value, into);
}

static void of_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	(void)l;
	d->of = value;
}

static void as_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	if (name_check(value, ""))
		d->check.name = arena_copy(l->arena, value->text, value->len);
}

static void result_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	int word;
	if (value_read(l, &result_field, value, &word))
		d->check.result = (enum verdict)word;
	else
		d->spoilt = true;
}

static void check_cause_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	d->cause = value;
	d->check.cause = cause_read(l, value);
}

static void lost_at_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	d->check.lost_at = node_of(l, value);
}

/* clang-format off */
/* What all checks have: their word, and which step they are about. */
#define CHECK_KEYS \
	{ "register", false, "is this phone registered when the step has ended?", { FORM_NAME }, register_read }, \
	{ "reachable-after", false, "does the server reach the phone when it has registered, and still after a time?", \
	  { FORM_MAP, .shape = &reachable_shape }, reachable_read }, \
	{ "no-misdelivery", false, "does nothing reach this phone, or `any`, that is meant for somebody else?", \
	  { FORM_NAME }, no_misdelivery_read }, \
	{ "of", false, "the id of the step it judges (default: the first that fits)", { FORM_NAME }, of_read }, \
	{ "as", false, "what results call it (default: its word)", { FORM_NAME }, as_read }

static const struct key expect_keys[] = {
	CHECK_KEYS,
	{ "result", true, "works, degraded, stops or fails",
	  { FORM_FIELD, .field = &result_field }, result_read },
	{ "cause", false, "why it does not work (default: any cause)", { FORM_CAUSE }, check_cause_read },
	{ "lost-at", false, "who lost the deciding datagram (default: anybody)",
	  { FORM_NAME }, lost_at_read },
	{ 0 },
};
/* clang-format on */

static const struct key judge_keys[] = { CHECK_KEYS, { 0 } };

/* clang-format off */
#define CHECKS_TO_COME \
	{ "incoming-call" }, { "outgoing-call" }, { "hangup" }, { "audio" }, { "hold" }, { "between" }, { "peer" }, \
	{ "time", "it stands beside the phone: reachable-after: {phone: P, time: 10m}" }
/* clang-format on */

static const struct refused expect_refused[] = { CHECKS_TO_COME, { 0 } };

#define JUDGE_WANTS_WORKS "'judge' asks whether it works; 'known' tells which cells are allowed to be bad"
static const struct refused judge_refused[] = {
	CHECKS_TO_COME,
	{ "result", JUDGE_WANTS_WORKS },
	{ "cause", JUDGE_WANTS_WORKS },
	{ "lost-at", JUDGE_WANTS_WORKS },
	{ 0 },
};

const struct shape expect_shape = { .keys = expect_keys, .refused = expect_refused };
const struct shape judge_shape = { .keys = judge_keys, .refused = judge_refused };

/* --- the step that is judged ---------------------------------------------------------------------------- */

static const char *step_id(const struct loader *l, uint32_t i)
{
	return l->s->steps[i].id ? l->s->steps[i].id : "";
}

static bool step_fits(const struct step *s, const struct check *c)
{
	if (c->kind->rule == CHECK_ALL_ALONG)
		return true;
	for (uint32_t i = 0; i < s->n_subjects && s->kind == c->kind->step; i++)
		if (s->subjects[i] == c->subject)
			return true;
	return false;
}

/** What the step that is judged does: its word is that of the check which only asks whether it worked. */
static const char *step_word(const struct check_draft *d)
{
	const struct check_kind *k = check_kinds;
	while (k->rule != CHECK_ATTEMPT || k->step != d->check.kind->step)
		k++;
	return k->word;
}

/** The step with an id; -1, and a complaint, when there is none or it is about something else. */
static int step_named(struct loader *l, const struct check_draft *d)
{
	int64_t i = names_find(l->step_ids, d->of->text, d->of->len);
	if (i < 0) {
		const char *near = nearest_of(l, d->of, l->s->n_steps, step_id);
		const char *help = near ? did_you_mean(l, near) : "give the step an `id`";
		yaml_complain(d->of, VP_NO_NODE, help, "there is no step with the id '%s'", d->of->text);
		return -1;
	}
	if (step_fits(&l->s->steps[i], &d->check))
		return (int)i;
	yaml_note(yaml_complain(d->of, VP_NO_STEP, NULL, "the step '%s' does not %s '%s'", d->of->text,
				step_word(d), d->subject->text),
		  l->steps[i], "the step is here");
	return -1;
}

static int step_first(struct loader *l, const struct check_draft *d)
{
	if (d->check.kind->rule == CHECK_ALL_ALONG)
		return -1;
	int first = l->first_steps[d->check.subject * STEP_KINDS + (int)d->check.kind->step];
	if (first < 0)
		yaml_complain(d->subject, VP_NO_STEP,
			      arena_printf(l->complaints->arena, "- %s: %s", step_word(d), d->subject->text),
			      "'do' has no step '%s: %s'", step_word(d), d->subject->text);
	return first;
}

static void step_find(struct loader *l, struct check_draft *d)
{
	if (d->spoilt || !d->word || !l->first_steps)
		return;
	d->check.of = d->of ? step_named(l, d) : step_first(l, d);
}

/* --- checks --------------------------------------------------------------------------------------------- */

/** A cause, or who lost the datagram, explains only what does not work. */
static void cause_check(const struct check_draft *d)
{
	bool bad = d->check.result == VERDICT_FAILS || d->check.result == VERDICT_STOPS;
	if (d->cause && !bad && !d->spoilt)
		yaml_complain(d->cause, VP_CAUSE, "result: fails, or no cause", "'%s' has no cause",
			      result_words[d->check.result]);
}

static bool is_later(const struct loader *l, const struct setting *s, usec than)
{
	const usec *times = s->values;
	for (uint32_t i = 0; i < (s->axis < 0 ? 1 : l->s->axes[s->axis].n); i++)
		if (times[i] >= than)
			return true;
	return false;
}

/** A time that the run does not live to see decides nothing. */
static void time_check(struct loader *l, const struct check_draft *d)
{
	const struct knob *time = knobs_find(&d->values, &check_fields[CHECK_FIELD_TIME]);
	if (time && l->s->until && is_later(l, &time->setting, l->s->until))
		yaml_note(yaml_complain(time->value, VP_CONTRADICTION, "a later `until`, or none",
					"nobody is reached after that time: the run is over"),
			  yaml_get(l->root, "until"), "it ends here");
}

static void check_read(struct loader *l, const struct yaml *y, const struct shape *shape)
{
	struct check_draft d = { .check = { .subject = -1, .of = -1, .lost_at = -1, .at = yaml_place(y) },
				 .values.axes = true };
	uint32_t complained = l->complaints->n;
	shape_read(l, shape, y, &d, NULL);
	if (!d.word && l->complaints->n == complained)
		yaml_complain(y, VP_KEY_MISSING, "register: PHONE", "%s asks nothing",
			      yaml_path(y, l->scratch));
	step_find(l, &d);
	cause_check(&d);
	time_check(l, &d);
	d.check.values = knobs_settings(l, &d.values);
	if (d.word && !d.check.name)
		d.check.name = d.check.kind->word;
	l->s->checks[l->s->n_checks++] = d.check;
}

static void checks_read(struct loader *l, const struct yaml *value, const struct shape *shape)
{
	static const struct form map = { FORM_MAP };
	l->s->checks = arena_alloc(l->arena, value->n * sizeof *l->s->checks);
	l->s->n_checks = 0;
	for (const struct yaml *y = value->first; y; y = y->next)
		if (form_check(l, &map, y))
			check_read(l, y, shape);
}

void expect_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	if (value->kind == YAML_LIST)
		checks_read(l, value, &expect_shape);
	else if (yaml_is(value, "any"))
		l->s->expect_any = true;
	else
		yaml_complain(value, VP_VALUE, "a list of checks with their results, or `any` beside axes",
			      "'expect' cannot be '%s'", value->text);
}

void judge_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	checks_read(l, value, &judge_shape);
}
