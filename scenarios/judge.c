#include "scenarios/judge.h"

#include <assert.h>
#include <string.h>

#include "models/phone.h"
#include "models/server.h"

/* One answer that a check waits for: what a node was asked to do, under way. */
struct attempt {
	struct link link; /* by story */
	uint32_t step;
	struct evidence evidence;
};

struct check_state {
	uint32_t members, works, fails;
	struct evidence failure; /* of the first member that failed */
	usec decided;
};

/* What the end of a conversation says: it worked, or it failed. */
static const struct ending {
	const struct fact *fact;
	bool works;
} endings[] = {
	{ &fact_registered, true },	    { &fact_unregistered, true },
	{ &fact_register_failed, false },   { &fact_register_timeout, false },
	{ &fact_options_answered, true },   { &fact_options_failed, false },
};

static struct world *world_of(const struct judge *j)
{
	return j->world;
}

static struct attempt *attempt_find(const struct judge *j, uint32_t story)
{
	struct link *l = table_first(&j->attempts, story);
	return l ? CONTAINER(l, struct attempt, link) : NULL;
}

static bool concerns(const struct judge *j, uint32_t check, const struct attempt *a)
{
	const struct check *c = &j->scenario->checks[check];
	const char *subject = j->scenario->nodes[c->subject].name;
	return c->of == (int)a->step && !strcmp(subject, a->evidence.subject->name);
}

static void member_decided(struct judge *j, struct check_state *state, const struct evidence *e, bool works)
{
	if (works)
		state->works++;
	else if (state->fails++ == 0)
		state->failure = *e;
	if (state->works + state->fails == state->members) {
		state->decided = world_now(world_of(j));
		j->undecided--;
	}
}

static void attempt_end(struct judge *j, struct attempt *a, const struct record *r, bool works)
{
	uint32_t step = a->step;
	a->evidence.status = r->value;
	a->evidence.ended = r->at;
	for (uint32_t i = 0; i < j->scenario->n_checks; i++)
		if (concerns(j, i, a))
			member_decided(j, &j->states[i], &a->evidence, works);
	table_remove(&j->attempts, &a->link);
	pool_put(&j->pool, a);
	j->ended(j->context, step);
}

static void judge_see(struct tap *tap, const struct record *r)
{
	struct judge *j = CONTAINER(tap, struct judge, tap);
	struct attempt *a = r->story ? attempt_find(j, r->story) : NULL;
	if (!a)
		return;
	evidence_add(&a->evidence, r);
	for (size_t i = 0; r->event == EVENT_NOTE && i < COUNT(endings); i++)
		if (r->fact == endings[i].fact) {
			attempt_end(j, a, r, endings[i].works);
			return;
		}
}

void judge_init(struct judge *j, struct world *w, const struct scenario *s, const uint32_t *members)
{
	*j = (struct judge){ .tap = { .see = judge_see }, .world = w, .scenario = s };
	table_init(&j->attempts, w->arena, 0);
	pool_init(&j->pool, w->arena, sizeof(struct attempt));
	j->states = arena_alloc(w->arena, s->n_checks * sizeof *j->states);
	for (uint32_t i = 0; i < s->n_checks; i++) {
		j->states[i].members = members[i];
		j->states[i].decided = -1;
		j->undecided += members[i] > 0;
	}
	trace_tap(&w->trace, &j->tap);
}

void judge_watch(struct judge *j, uint32_t story, const struct node *subject, uint32_t step)
{
	struct attempt *a = pool_get(&j->pool);
	*a = (struct attempt){ .step = step, .evidence = { .story = story, .subject = subject } };
	table_add(&j->attempts, &a->link, story);
}

/* --- results ----------------------------------------------------------------------------------------------------- */

/* Adopts the evidence of an attempt that was still under way when the world ended. */
static void take_unfinished(struct judge *j, uint32_t check)
{
	struct check_state *state = &j->states[check];
	for (uint32_t story = 1; story <= world_of(j)->last_story; story++) {
		struct attempt *a = attempt_find(j, story);
		if (!a || !concerns(j, check, a))
			continue;
		a->evidence.ended = world_now(world_of(j));
		state->failure = a->evidence;
		return;
	}
	state->failure.ended = world_now(world_of(j));
}

static const struct node *first_node(const struct judge *j, const struct check *c)
{
	const struct world *w = world_of(j);
	const char *name = j->scenario->nodes[c->subject].name;
	for (uint32_t i = 0; i < w->n_nodes; i++)
		if (!strcmp(w->nodes[i]->name, name))
			return w->nodes[i];
	return NULL;
}

static void explain(struct judge *j, const struct check_state *state, struct check_result *r)
{
	struct arena *a = world_of(j)->arena;
	struct evidence e = state->failure;
	char name[128];
	if (!e.subject)
		e.subject = first_node(j, r->check);
	r->cause = cause_of(&e);
	r->sentence = r->cause->tell(&e, a);
	r->at = e.lost.id ? e.lost.at : e.ended;
	r->datagram = e.lost.id;
	if (e.lost.id)
		r->lost_at = arena_strdup(a, node_name(e.lost.iface->node, name, sizeof name));
}

static void check_finish(struct judge *j, uint32_t i, struct check_result *r)
{
	struct check_state *state = &j->states[i];
	*r = (struct check_result){
		.check = &j->scenario->checks[i],
		.at = state->decided,
		.works = state->works,
		.fails = state->members - state->works,
		.expected = true,
	};
	if (state->members == 0) {
		r->result = VERDICT_SKIPPED;
		return;
	}
	r->result = r->fails ? VERDICT_FAILS : VERDICT_WORKS;
	if (!r->fails)
		return;
	if (!state->fails)
		take_unfinished(j, i);
	explain(j, state, r);
}

/* All work: works. The first fails: fails. Only later ones do: degraded. One stops: stops. */
static enum verdict verdict_of(const struct check_result *checks, uint32_t n)
{
	enum verdict verdict = VERDICT_WORKS;
	bool first = true;
	for (uint32_t i = 0; i < n; i++) {
		enum verdict each = checks[i].result;
		if (each == VERDICT_SKIPPED)
			continue;
		if (each == VERDICT_FAILS && first)
			return VERDICT_FAILS;
		if (each == VERDICT_STOPS)
			verdict = VERDICT_STOPS;
		else if (each != VERDICT_WORKS && verdict == VERDICT_WORKS)
			verdict = VERDICT_DEGRADED;
		first = false;
	}
	return first ? VERDICT_SKIPPED : verdict;
}

static const char *const bounds[] = {
	[WORLD_MAX_EVENTS] = "stopped at the bound on events (--max-events)",
	[WORLD_MAX_PACKETS] = "stopped at the bound on datagrams (--max-events)",
};

void judge_finish(struct judge *j, struct cell_result *out)
{
	enum world_end end = world_of(j)->end;
	uint32_t n = j->scenario->n_checks;
	out->checks = arena_alloc(world_of(j)->arena, n * sizeof *out->checks);
	out->n_checks = n;
	for (uint32_t i = 0; i < n; i++)
		check_finish(j, i, &out->checks[i]);
	out->verdict = verdict_of(out->checks, n);
	if (end == WORLD_MAX_EVENTS || end == WORLD_MAX_PACKETS) {
		out->verdict = VERDICT_ERROR;
		out->why = bounds[end];
	}
}

/* --- expectations ------------------------------------------------------------------------------------------------ */

static const char *wanted_text(const struct scenario *s, const struct check *c, struct arena *a)
{
	return arena_printf(a, "expected %s%s%s%s%s", verdict_words[c->result], c->cause ? ": " : "",
			    c->cause ? c->cause->word : "", c->lost_at >= 0 ? ", lost at " : "",
			    c->lost_at >= 0 ? s->nodes[c->lost_at].name : "");
}

/* A member of a group counts as the group: "home.3" was lost at "home". */
static bool same_place(const char *lost_at, const char *name)
{
	size_t len = strlen(name);
	return lost_at && !strncmp(lost_at, name, len) && (lost_at[len] == 0 || lost_at[len] == '.');
}

static bool check_as_wanted(const struct scenario *s, const struct check_result *r)
{
	const struct check *c = r->check;
	return r->result == c->result && (!c->cause || r->cause == c->cause) &&
	       (c->lost_at < 0 || same_place(r->lost_at, s->nodes[c->lost_at].name));
}

static void expect_checks(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	for (uint32_t i = 0; i < out->n_checks; i++) {
		struct check_result *r = &out->checks[i];
		r->expected = check_as_wanted(s, r);
		if (r->expected)
			continue;
		r->surprise = wanted_text(s, r->check, a);
		out->expected = false;
		if (!out->surprise)
			out->surprise = r->surprise;
	}
}

/* The first cause of the cell beside `known`: several checks may fail, and a known cause must explain them all. */
static const struct cause *other_cause(const struct cell_result *r, const struct cause *known)
{
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause && r->checks[i].cause != known)
			return r->checks[i].cause;
	return NULL;
}

static bool exception_fits(const struct exception *e, const struct cell_result *r)
{
	bool result = e->result < 0 ? r->verdict != VERDICT_WORKS : (int)r->verdict == e->result;
	return result && (!e->cause || !other_cause(r, e->cause));
}

static const char *misfit_text(const struct exception *e, const struct cell_result *r, struct arena *a)
{
	const struct cause *found = other_cause(r, e->cause);
	if (r->verdict == VERDICT_WORKS)
		return arena_printf(a, "works now: remove the known entry at %s:%u", e->at.path, e->at.line);
	return arena_printf(a, "known at %s:%u as %s%s%s, found %s%s%s", e->at.path, e->at.line,
			    e->result < 0 ? "not working" : verdict_words[e->result], e->cause ? ": " : "",
			    e->cause ? e->cause->word : "", verdict_words[r->verdict], found ? ": " : "",
			    found ? found->word : "");
}

/* The first entry that fits the result; else the first that only names the cell. */
static const struct exception *known_for(const struct scenario *s, const struct cell_result *r)
{
	const struct exception *named = NULL;
	for (uint32_t i = 0; i < s->n_exceptions; i++) {
		const struct exception *e = &s->exceptions[i];
		if (e->skip || !when_holds(&e->when, s, r->choice))
			continue;
		if (exception_fits(e, r))
			return e;
		if (!named)
			named = e;
	}
	return named;
}

static void expect_cell(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	const struct exception *e = known_for(s, out);
	out->exception = e;
	out->known = e && out->verdict != VERDICT_WORKS && exception_fits(e, out);
	bool fine = out->verdict == VERDICT_WORKS && (!e || !e->strict);
	out->expected = out->known || fine;
	if (out->known)
		out->why = e->why;
	else if (!out->expected)
		out->surprise = e ? misfit_text(e, out, a) : "expected works";
}

void judge_expected(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	out->expected = true;
	if (out->verdict == VERDICT_ERROR) {
		out->expected = false;
		out->surprise = out->why;
	} else if (out->verdict == VERDICT_SKIPPED || s->expect_any) {
		return;
	} else if (s->n_axes == 0) {
		expect_checks(s, a, out);
	} else {
		expect_cell(s, a, out);
	}
}
