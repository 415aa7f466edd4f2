#include <string.h>

#include "scenarios/cause.h"
#include "scenarios/load.h"

/** A check while it is read. */
struct check_draft {
	struct check check;
	struct knobs values;
	const struct yaml *word, *subject, *of, *cause, *between;
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
static const struct field time_field = { "between", FIELD_DURATION, .max = UNTIL_MAX };

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

/* --- checks of calls ------------------------------------------------------------------------------------ */

/** Any word of check_kinds that is about one phone. */
static void phone_question_read(struct loader *l, const struct yaml *value, void *into)
{
	if (question_begin(into, value))
		phone_read(l, value, into);
}

/* clang-format off */
#define CHECK_VALUE(i) { FORM_FIELD, .field = &check_fields[i], .axes = true }

static const struct key hangup_keys[] = {
	{ "phone", true, "an end of the call", { FORM_NAME }, phone_read },
	{ "by", false, "who hangs up: this phone, or the other side (default: phone)",
	  CHECK_VALUE(CHECK_FIELD_BY), check_value_read },
	{ 0 },
};

static const struct shape hangup_shape = { .keys = hangup_keys };

static const struct key audio_keys[] = {
	{ "from", true, "who speaks", { FORM_NAME }, from_read },
	{ "to", true, "who hears", { FORM_NAME }, to_read },
	{ 0 },
};

static const struct shape audio_shape = { .keys = audio_keys };

static const struct form audio_forms[] = {
	{ FORM_WORD, .word = "both-ways" },
	{ FORM_MAP, .shape = &audio_shape },
	{ FORM_END },
};
/* clang-format on */

static void hangup_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	if (!question_begin(d, value))
		return;
	shape_read(l, &hangup_shape, value, d, NULL);
	d->spoilt = d->check.subject < 0;
}

static void audio_one_way_read(struct loader *l, const struct yaml *value, struct check_draft *d)
{
	struct ends e = { -1, -1 };
	shape_read(l, &audio_shape, value, &e, NULL);
	d->subject = value;
	d->check.subject = e.from;
	d->check.hearer = e.to;
	d->spoilt = e.from < 0 || e.to < 0;
}

static void audio_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	if (!question_begin(d, value))
		return;
	d->subject = value;
	if (value->kind == YAML_MAP)
		audio_one_way_read(l, value, d);
	else if (!yaml_is(value, "both-ways"))
		yaml_complain(value, VP_VALUE, "audio: both-ways, or audio: {from: A, to: B}", "'audio' cannot be '%s'", value->text);
}

/* --- words of all checks -------------------------------------------------------------------------------- */

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

static void between_read(struct loader *l, const struct yaml *value, void *into)
{
	struct check_draft *d = into;
	const struct yaml *times[] = { value->first, value->first ? value->first->next : NULL };
	usec *between = d->check.between;
	d->between = value;
	if (value->n != 2)
		yaml_complain(value, VP_VALUE, "between: [20s, 25s]", "'between' is two times, not %u", value->n);
	else if (value_read(l, &time_field, times[0], &between[0]) && value_read(l, &time_field, times[1], &between[1]) &&
		 between[0] >= between[1])
		yaml_complain(times[1], VP_CONTRADICTION, "the later one last", "the gap ends before it begins");
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
	{ "register", false, "is this phone registered when the step has ended?", { FORM_NAME }, phone_question_read }, \
	{ "reachable-after", false, "does the server reach the phone when it has registered, and still after a time?", \
	  { FORM_MAP, .shape = &reachable_shape }, reachable_read }, \
	{ "incoming-call", false, "is a call to this phone answered?", { FORM_NAME }, phone_question_read }, \
	{ "outgoing-call", false, "is a call of this phone answered?", { FORM_NAME }, phone_question_read }, \
	{ "hangup", false, "does the call end for both when one hangs up?", { FORM_MAP, .shape = &hangup_shape }, hangup_read }, \
	{ "audio", false, "is each heard by the other, or one by the other, to the end of the call?", \
	  { FORM_EITHER, .of = audio_forms }, audio_read }, \
	{ "peer", false, "of audio: only what a server's end sends where SDP says, or to the source, counts (default: any)", \
	  CHECK_VALUE(CHECK_FIELD_PEER), check_value_read }, \
	{ "hold", false, "can this phone hold the call and resume it?", { FORM_NAME }, phone_question_read }, \
	{ "no-misdelivery", false, "does nothing reach this phone, or `any`, that is meant for somebody else?", \
	  { FORM_NAME }, no_misdelivery_read }, \
	{ "of", false, "the id of the step it judges, or several: each must be as asked (default: the first that fits)", \
	  { FORM_EITHER, .of = step_ids }, of_read }, \
	{ "as", false, "what results call it (default: its word)", { FORM_NAME }, as_read }

static const struct form step_ids[] = {
	{ FORM_NAME },
	{ FORM_LIST, .of = &(const struct form){ FORM_NAME }, .non_empty = true },
	{ FORM_END },
};

static const struct key expect_keys[] = {
	CHECK_KEYS,
	{ "between", false, "from when to when there was silence, from the beginning of the call; give or take a second",
	  { FORM_LIST, .of = &(const struct form){ FORM_FIELD, .field = &time_field }, .non_empty = true }, between_read },
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
#define CHECKS_REFUSED \
	{ "time", "it stands beside the phone: reachable-after: {phone: P, time: 10m}" }
/* clang-format on */

static const struct refused expect_refused[] = { CHECKS_REFUSED, { 0 } };

#define JUDGE_WANTS_WORKS "'judge' asks whether it works; 'known' tells which cells are allowed to be bad"
static const struct refused judge_refused[] = {
	CHECKS_REFUSED,
	{ "between", JUDGE_WANTS_WORKS },
	{ "result", JUDGE_WANTS_WORKS },
	{ "cause", JUDGE_WANTS_WORKS },
	{ "lost-at", JUDGE_WANTS_WORKS },
	{ 0 },
};

const struct shape expect_shape = { .keys = expect_keys, .refused = expect_refused };
const struct shape judge_shape = { .keys = judge_keys, .refused = judge_refused };

/* --- the steps that are judged ---------------------------------------------------------------------------- */

static const char *step_id(const struct loader *l, uint32_t i)
{
	return l->s->steps[i].id ? l->s->steps[i].id : "";
}

static bool has_subject(const struct step *s, int node)
{
	for (uint32_t i = 0; i < s->n_subjects; i++)
		if (s->subjects[i] == node)
			return true;
	return false;
}

/** The only value that a word has, or -1 when that depends on the cell. */
static int word_certain(const struct setting *items, uint32_t n, const struct field *f)
{
	for (uint32_t i = 0; i < n; i++)
		if (items[i].field == f)
			return items[i].axis < 0 ? *(const int *)items[i].values : -1;
	return 0;
}

/** Does the right side hang up, as far as that can be known? */
static bool hangup_fits(const struct check_draft *d, const struct step *s)
{
	const struct knob *by = knobs_find(&d->values, &check_fields[CHECK_FIELD_BY]);
	int side = by ? word_certain(&by->setting, 1, by->setting.field) : 0;
	int hangs_up = word_certain(s->values.items, s->values.n, &step_fields[STEP_FIELD_HANGUP]);
	if (side < 0 || hangs_up < 0 || s->subjects[CALL_FROM] == s->subjects[CALL_TO])
		return true;
	return (s->subjects[hangs_up] == d->check.subject) == (side == 0);
}

/** Does the phone put this call on hold? What would take too long is believed. */
static bool hold_fits(struct loader *l, int phone, uint32_t call)
{
	for (uint32_t i = call + 1; i < l->s->n_steps && l->s->steps[i].inside == (int)call && l->guesses > 0; i++) {
		l->guesses--;
		if (l->s->steps[i].kind == STEP_HOLD && has_subject(&l->s->steps[i], phone))
			return true;
	}
	return l->guesses == 0;
}

static bool call_fits(struct loader *l, const struct check_draft *d, uint32_t i)
{
	const struct step *s = &l->s->steps[i];
	const struct check *c = &d->check;
	if (s->kind != STEP_CALL || s->n_subjects != CALL_ENDS)
		return false;
	switch (c->kind->rule) {
	case CHECK_SETUP:
		return s->subjects[c->kind->role] == c->subject;
	case CHECK_HANGUP:
		return has_subject(s, c->subject) && hangup_fits(d, s);
	case CHECK_HOLD:
		return has_subject(s, c->subject) && hold_fits(l, c->subject, i);
	default:
		return c->subject < 0 || (has_subject(s, c->subject) && has_subject(s, c->hearer));
	}
}

static bool step_fits(struct loader *l, const struct check_draft *d, uint32_t i)
{
	const struct step *s = &l->s->steps[i];
	if (d->check.kind->rule == CHECK_ALL_ALONG)
		return true;
	if (check_is_of_call(d->check.kind))
		return call_fits(l, d, i);
	return s->kind == d->check.kind->step && has_subject(s, d->check.subject);
}

/** What the step that is judged does: its word is that of the check which only asks whether it worked. */
static const char *step_word(const struct check_draft *d)
{
	const struct check_kind *k = check_kinds;
	while (k->rule != CHECK_ATTEMPT || k->step != d->check.kind->step)
		k++;
	return k->word;
}

/** "call to 'desk'": the step that is looked for. */
static const char *call_wanted(struct loader *l, const struct check_draft *d)
{
	const struct check *c = &d->check;
	const struct knob *by = knobs_find(&d->values, &check_fields[CHECK_FIELD_BY]);
	const char *subject = c->subject < 0 ? "" : l->s->nodes[c->subject].name;
	switch (c->kind->rule) {
	case CHECK_SETUP:
		return arena_printf(l->scratch, "call %s '%s'", c->kind->role == CALL_TO ? "to" : "from", subject);
	case CHECK_HANGUP:
		if (by && word_certain(&by->setting, 1, by->setting.field) == 1)
			return arena_printf(l->scratch, "call of '%s' that the other side hangs up", subject);
		return arena_printf(l->scratch, "call that '%s' hangs up", subject);
	case CHECK_HOLD:
		return arena_printf(l->scratch, "call that '%s' puts on hold", subject);
	default:
		if (c->subject < 0)
			return "call";
		return arena_printf(l->scratch, "call between '%s' and '%s'", subject, l->s->nodes[c->hearer].name);
	}
}

static void misfit_complain(struct loader *l, const struct check_draft *d, const struct yaml *of, uint32_t i)
{
	struct complaint *c;
	if (check_is_of_call(d->check.kind))
		c = yaml_complain(of, VP_NO_STEP, NULL, "the step '%s' is no %s", of->text, call_wanted(l, d));
	else
		c = yaml_complain(of, VP_NO_STEP, NULL, "the step '%s' does not %s '%s'", of->text, step_word(d), d->subject->text);
	yaml_note(c, l->steps[i], "the step is here");
}

static void none_complain(struct loader *l, const struct check_draft *d)
{
	if (check_is_of_call(d->check.kind))
		yaml_complain(d->subject, VP_NO_STEP, "- call: {from: A, to: B, for: 20s}", "'do' has no %s", call_wanted(l, d));
	else
		yaml_complain(d->subject, VP_NO_STEP,
			      arena_printf(l->complaints->arena, "- %s: %s", step_word(d), d->subject->text),
			      "'do' has no step '%s: %s'", step_word(d), d->subject->text);
}

/** The step with an id; -1, and a complaint, when there is none or it is about something else. */
static int step_named(struct loader *l, const struct check_draft *d, const struct yaml *of)
{
	int64_t i = names_find(l->step_ids, of->text, of->len);
	if (i < 0) {
		const char *near = nearest_of(l, of, l->s->n_steps, step_id);
		const char *help = near ? did_you_mean(l, near) : "give the step an `id`";
		yaml_complain(of, VP_NO_NODE, help, "there is no step with the id '%s'", of->text);
		return -1;
	}
	if (step_fits(l, d, (uint32_t)i))
		return (int)i;
	misfit_complain(l, d, of, (uint32_t)i);
	return -1;
}

/** Where the search for a step of this kind and subject begins; -1: there is none. */
static int first_of_subject(const struct loader *l, const struct check *c)
{
	return c->subject < 0 ? l->first_call : l->first_steps[c->subject * STEP_KINDS + (int)c->kind->step];
}

/** A search that would take too long ends where it is. */
static int step_first(struct loader *l, const struct check_draft *d)
{
	int i = first_of_subject(l, &d->check), n = (int)l->s->n_steps;
	while (i >= 0 && i < n && l->guesses > 0 && !step_fits(l, d, (uint32_t)i)) {
		l->guesses--;
		i++;
	}
	if (i >= 0 && i < n)
		return i;
	none_complain(l, d);
	return -1;
}

static void step_add(struct check *c, int *steps, int step)
{
	if (step >= 0)
		steps[c->n_of++] = step;
}

static bool id_is_new(struct loader *l, const struct yaml *id, struct names *seen)
{
	static const struct form form = { FORM_NAME };
	if (!form_check(l, &form, id))
		return false;
	if (names_add(seen, id->text, id->len, &(uint32_t){ 0 }))
		return true;
	yaml_complain(id, VP_KEY_TWICE, "keep one of them", "'%s' is there twice", id->text);
	return false;
}

static void steps_named(struct loader *l, struct check_draft *d, int *steps)
{
	struct names *seen = names_new(l->scratch);
	if (d->of->kind == YAML_TEXT)
		step_add(&d->check, steps, step_named(l, d, d->of));
	for (const struct yaml *id = d->of->first; id; id = id->next)
		if (id_is_new(l, id, seen))
			step_add(&d->check, steps, step_named(l, d, id));
}

static void steps_find(struct loader *l, struct check_draft *d)
{
	if (d->spoilt || !d->word || !l->first_steps)
		return;
	int *steps = arena_alloc(l->arena, (d->of ? d->of->n + 1 : 1) * sizeof *steps);
	d->check.of = steps;
	if (d->of)
		steps_named(l, d, steps);
	else if (d->check.kind->rule != CHECK_ALL_ALONG)
		step_add(&d->check, steps, step_first(l, d));
}

/* --- checks --------------------------------------------------------------------------------------------- */

/** A cause, or who lost the datagram, explains only what does not work. */
static void cause_check(const struct check_draft *d)
{
	if (d->cause && d->check.result == VERDICT_WORKS && !d->spoilt)
		yaml_complain(d->cause, VP_CAUSE, "result: fails, or no cause", "'%s' has no cause",
			      result_words[d->check.result]);
}

/** Only what was degraded was silent for a time; and only of audio it matters how it came. */
static void words_check(const struct check_draft *d)
{
	const struct knob *peer = knobs_find(&d->values, &check_fields[CHECK_FIELD_PEER]);
	if (d->between && d->check.result != VERDICT_DEGRADED && !d->spoilt)
		yaml_complain(d->between->key, VP_CONTRADICTION, "result: degraded, or no between",
			      "'%s' has no gap that healed", result_words[d->check.result]);
	if (peer && d->check.kind && d->check.kind->rule != CHECK_AUDIO)
		yaml_complain(peer->value->key, VP_CONTRADICTION, "it goes with audio", "'peer' has no place beside '%s'",
			      d->check.kind->word);
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
	struct check_draft d = { .check = { .subject = -1, .hearer = -1, .lost_at = -1, .at = yaml_place(y) },
				 .values.axes = true };
	uint32_t complained = l->complaints->n;
	shape_read(l, shape, y, &d, NULL);
	if (!d.word && l->complaints->n == complained)
		yaml_complain(y, VP_KEY_MISSING, "register: PHONE, or another check of `viaport list checks`", "%s asks nothing",
			      yaml_path(y, l->scratch));
	steps_find(l, &d);
	cause_check(&d);
	words_check(&d);
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
