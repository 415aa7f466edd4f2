#include "scenarios/judge_shared.h"

#include <assert.h>
#include <string.h>

#include "models/gateway.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"

#define NO_STEP UINT32_MAX /* of a conversation that no step has asked for */

/* Somebody has lost its memory. */
struct upset {
	struct upset *next;
	struct sighting what;
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

/* What loses a memory on which the way to a phone depends. */
static const struct fact *const upsetting[] = {
	&fact_router_restarted, &fact_router_rebound, &fact_router_moved, &fact_server_restarted,
	&fact_gateway_restarted, &fact_phone_restarted,
};

static struct world *world_of(const struct judge *j)
{
	return j->world;
}

struct attempt *attempt_find(const struct judge *j, uint32_t story)
{
	struct link *l = table_first(&j->attempts, story);
	return l ? CONTAINER(l, struct attempt, link) : NULL;
}

static const struct check *check_of(const struct judge *j, uint32_t check)
{
	return &j->scenario->checks[check];
}

static bool is_subject(const struct judge *j, const struct check *c, const struct node *n)
{
	return c->subject < 0 || !strcmp(j->scenario->nodes[c->subject].name, n->name);
}

static bool concerns(const struct judge *j, uint32_t check, const struct attempt *a)
{
	const struct check *c = check_of(j, check);
	if (a->probe)
		return a->probe->check == check;
	return c->kind->rule <= CHECK_PROBES && check_is_of(c, a->step) && is_subject(j, c, a->evidence.subject);
}

/* --- who has lost its memory ------------------------------------------------------------------------------------- */

static void upset_see(struct judge *j, const struct record *r)
{
	for (size_t i = 0; r->event == EVENT_NOTE && i < COUNT(upsetting); i++) {
		if (r->fact != upsetting[i])
			continue;
		struct upset *u = arena_alloc(world_of(j)->arena, sizeof *u);
		*u = (struct upset){ j->upsets, sighting_of(r) };
		j->upsets = u;
	}
}

/* Where the datagram died, or at the address it was sent to; where none died, at who should have sent or passed it on. */
static bool upset_matters(const struct upset *u, const struct evidence *e)
{
	const struct node *n = u->what.iface->node;
	if (!e->lost.id)
		return n == e->sender || (e->answered.id && n == e->answered.iface->node);
	return n == e->lost.iface->node || (u->what.fact == &fact_router_moved && u->what.src.host == e->lost.dst.host);
}

/* The last time between the opening of the way and the loss. */
static void upset_find(const struct judge *j, struct evidence *e)
{
	usec from = e->since >= 0 ? e->since : e->first.at, to = e->lost.id ? e->lost.at : e->ended;
	const struct upset *u = j->upsets;
	while (u && !(u->what.at >= from && u->what.at <= to && upset_matters(u, e)))
		u = u->next;
	e->upset = u ? &u->what : NULL;
}

static void acquaint(struct judge *j, const struct node *phone, const struct evidence *e);
static void acquaint_in_vain(struct judge *j, const struct node *phone, const struct evidence *e);

/* --- decisions --------------------------------------------------------------------------------------------------- */

static void check_decided(struct judge *j, struct check_state *state)
{
	state->decided = world_now(world_of(j));
	j->undecided--;
}

static void failure_keep(const struct judge *j, struct check_state *state, const struct finding *found)
{
	state->worst = *found;
	state->failure = *found->evidence;
	upset_find(j, &state->failure);
}

/* Verdicts stand in the order in which they are worse. */
static uint32_t members_found(const struct check_state *state)
{
	uint32_t n = 0;
	for (int v = VERDICT_WORKS; v <= VERDICT_FAILS; v++)
		n += state->found[v];
	return n;
}

void member_decided(struct judge *j, uint32_t check, const struct finding *found)
{
	struct check_state *state = &j->states[check];
	if (found->result > state->worst.result)
		failure_keep(j, state, found);
	state->found[found->result]++;
	if (members_found(state) == state->members)
		check_decided(j, state);
}

static enum verdict result_of(const struct attempt *a, bool works)
{
	if (works)
		return VERDICT_WORKS;
	return a->probe && a->probe->late ? VERDICT_STOPS : VERDICT_FAILS;
}

/* What worked so far may be only the first of what a check wants to see. */
static void attempt_judge(struct judge *j, uint32_t check, const struct attempt *a, bool works)
{
	bool probes = check_of(j, check)->kind->rule == CHECK_PROBES;
	if (works && probes && !a->probe)
		j->registered(j->context, check, &a->evidence);
	else if (!works || !a->probe || a->probe->last)
		member_decided(j, check, &(struct finding){ result_of(a, works), &a->evidence, -1, { 0, 0 } });
}

static APART void attempt_end(struct judge *j, struct attempt *a, const struct record *r, bool works)
{
	uint32_t step = a->step;
	struct probe *probe = a->probe;
	a->evidence.status = r->value;
	a->evidence.ended = r->at;
	if (is_inward(&a->evidence))
		works = works && r->value < 300; /* whoever else answered a server's request said no */
	for (uint32_t i = 0; i < j->scenario->n_checks; i++)
		if (concerns(j, i, a))
			attempt_judge(j, i, a, works);
	if (r->fact == &fact_registered)
		acquaint(j, a->evidence.subject, &a->evidence);
	if (r->fact == &fact_register_failed || r->fact == &fact_register_timeout)
		acquaint_in_vain(j, a->evidence.subject, &a->evidence);
	attempt_forget(j, a);
	if (probe)
		j->probed(j->context, probe, works);
	else
		j->ended(j->context, step);
}

/* --- datagrams that reach the wrong phone ------------------------------------------------------------------------ */

/* Either the phone itself says so, or it is known whom the conversation is about. */
static bool is_astray(const struct attempt *a, const struct record *r)
{
	if (r->fact == &fact_others_request || r->fact == &fact_others_response)
		return true;
	if (!a || r->event != EVENT_ARRIVED || !is_phone(r->iface->node))
		return false;
	return a->call ? !call_has(a->call, r->iface->node) : a->evidence.subject != r->iface->node;
}

static struct evidence evidence_of_stray(const struct attempt *a, const struct record *r)
{
	struct evidence e = a ? a->evidence : (struct evidence){ .story = r->story, .since = -1 };
	e.lost = sighting_of(r);
	e.astray = true;
	e.ended = r->at;
	return e;
}

/* One of its steps, that is. */
static bool runs(const struct judge *j, const struct check *c)
{
	for (uint32_t i = 0; i < c->n_of; i++)
		if (c->of[i] >= (int)j->step && c->of[i] < (int)j->last)
			return true;
	return false;
}

static bool is_asked(const struct judge *j, uint32_t check, const struct node *reached)
{
	const struct check *c = check_of(j, check);
	return c->kind->rule == CHECK_ALL_ALONG && j->states[check].decided < 0 && j->states[check].members &&
	       (!c->n_of || runs(j, c)) && is_subject(j, c, reached);
}

static APART void stray_see(struct judge *j, const struct attempt *a, const struct record *r)
{
	if (!is_astray(a, r))
		return;
	struct evidence e = evidence_of_stray(a, r);
	for (uint32_t i = 0; i < j->scenario->n_checks; i++)
		if (is_asked(j, i, r->iface->node))
			member_decided(j, i, &(struct finding){ VERDICT_FAILS, &e, -1, { 0, 0 } });
}

/* A phone that refreshes its registration by itself is known from then on. */
static struct attempt *attempt_adopt(struct judge *j, const struct record *r)
{
	if (r->event != EVENT_SENT || r->parent || !is_phone(r->iface->node))
		return NULL;
	judge_watch(j, r->story, NO_STEP, r->iface->node, r->iface->node);
	return attempt_find(j, r->story);
}

/* --- who has registered ------------------------------------------------------------------------------------------ */

/* Of a registration that nobody has asked for nothing more is known. */
static struct acquaintance *acquaintance_make(struct judge *j, const struct node *phone)
{
	struct world *w = world_of(j);
	if (!j->acquaintances)
		j->acquaintances = arena_alloc(w->arena, w->n_nodes * sizeof *j->acquaintances);
	return &j->acquaintances[phone->index];
}

static void acquaint(struct judge *j, const struct node *phone, const struct evidence *e)
{
	if (!j->of_calls)
		return;
	struct acquaintance *known = acquaintance_make(j, phone);
	known->registered = true;
	known->since = world_now(world_of(j));
	known->failed = false;
	if (!e)
		return;
	known->traits = e->traits;
	known->traits.opened = e->provoked.src;
}

/* Who calls it in vain suffers from the same. */
static void acquaint_in_vain(struct judge *j, const struct node *phone, const struct evidence *e)
{
	if (!j->of_calls)
		return;
	struct acquaintance *known = acquaintance_make(j, phone);
	if (!known->failure)
		known->failure = arena_alloc(world_of(j)->arena, sizeof *known->failure);
	*known->failure = *e;
	known->failed = true;
}

const struct acquaintance *acquaintance_of(const struct judge *j, const struct node *phone)
{
	const struct acquaintance *known = j->acquaintances ? &j->acquaintances[phone->index] : NULL;
	return known && (known->registered || known->failed) ? known : NULL;
}

/* --- the stream -------------------------------------------------------------------------------------------------- */

static void attempt_see(struct judge *j, struct attempt *a, const struct record *r)
{
	evidence_add(&a->evidence, r);
	for (size_t i = 0; r->event == EVENT_NOTE && i < COUNT(endings); i++)
		if (r->fact == endings[i].fact) {
			attempt_end(j, a, r, endings[i].works);
			return;
		}
}

static void judge_see(struct tap *tap, const struct record *r)
{
	struct judge *j = CONTAINER(tap, struct judge, tap);
	if (!r->story) {
		upset_see(j, r);
		return;
	}
	struct attempt *a = attempt_find(j, r->story);
	if (j->all_along) {
		stray_see(j, a, r);
		a = a ? a : attempt_adopt(j, r);
	}
	if (a && a->call)
		call_see(j, a->call, r);
	else if (a)
		attempt_see(j, a, r);
	else if (r->fact == &fact_registered)
		acquaint(j, r->iface->node, NULL);
}

void judge_init(struct judge *j, struct world *w, const struct scenario *s, const uint32_t *choice, const uint32_t *members)
{
	*j = (struct judge){ .tap = { .see = judge_see }, .world = w, .scenario = s, .choice = choice };
	table_init(&j->attempts, w->arena, 0);
	pool_init(&j->pool, w->arena, sizeof(struct attempt));
	j->states = arena_alloc(w->arena, s->n_checks * sizeof *j->states);
	for (uint32_t i = 0; i < s->n_checks; i++) {
		j->states[i].members = members[i];
		j->states[i].decided = j->states[i].worst.at = -1;
		j->undecided += members[i] > 0;
		j->all_along |= members[i] && s->checks[i].kind->rule == CHECK_ALL_ALONG;
		j->of_calls |= members[i] && check_is_of_call(s->checks[i].kind);
	}
	calls_init(j);
	trace_tap(&w->trace, &j->tap);
}

static int last_step_of(const struct check *c)
{
	int last = -1;
	for (uint32_t i = 0; i < c->n_of; i++)
		last = c->of[i] > last ? c->of[i] : last;
	return last;
}

/* A check about some steps is decided when they are over. */
void judge_step(struct judge *j, uint32_t step, uint32_t last)
{
	j->step = step;
	j->last = last;
	for (uint32_t i = 0; i < j->scenario->n_checks; i++) {
		const struct check *c = check_of(j, i);
		bool over = c->kind->rule == CHECK_ALL_ALONG && c->n_of && last_step_of(c) < (int)step;
		if (over && j->states[i].members && j->states[i].decided < 0)
			member_decided(j, i, &(struct finding){ VERDICT_WORKS, NULL, -1, { 0, 0 } });
	}
}

static struct attempt *watch(struct judge *j, uint32_t story, uint32_t step, const struct node *sender,
			     const struct node *subject)
{
	struct attempt *a = pool_get(&j->pool);
	*a = (struct attempt){ .step = step,
			       .evidence = { .story = story, .subject = subject, .sender = sender, .since = -1 } };
	table_add(&j->attempts, &a->link, story);
	return a;
}

void judge_watch(struct judge *j, uint32_t story, uint32_t step, const struct node *sender, const struct node *subject)
{
	watch(j, story, step, sender, subject);
}

struct attempt *call_watch(struct judge *j, struct judged_call *c, const struct call_parties *p)
{
	struct attempt *a = watch(j, p->story, p->step, p->ends[CALL_FROM], p->ends[CALL_TO]);
	a->call = c;
	return a;
}

void attempt_forget(struct judge *j, struct attempt *a)
{
	table_remove(&j->attempts, &a->link);
	pool_put(&j->pool, a);
}

void judge_watch_probe(struct judge *j, uint32_t story, struct probe *probe)
{
	struct attempt *a = watch(j, story, NO_STEP, probe->server, probe->phone);
	a->probe = probe;
	a->evidence.since = probe->since;
	a->evidence.worked = probe->late;
	a->evidence.traits = probe->traits;
}

/* --- results ----------------------------------------------------------------------------------------------------- */

/* An attempt that was still under way when the world ended; NULL when there is none. */
static struct attempt *unfinished(const struct judge *j, uint32_t check)
{
	for (uint32_t story = 1; story <= world_of(j)->last_story; story++) {
		struct attempt *a = attempt_find(j, story);
		if (a && concerns(j, check, a))
			return a;
	}
	return NULL;
}

/* What could not be seen to its end fails, or stops, as if it had ended there. Nobody else may have failed before. */
static enum verdict unfinished_judge(struct judge *j, uint32_t check)
{
	struct check_state *state = &j->states[check];
	struct attempt *a = unfinished(j, check);
	if (a)
		state->failure = a->evidence;
	state->failure.ended = world_now(world_of(j));
	upset_find(j, &state->failure);
	return a ? result_of(a, false) : VERDICT_FAILS;
}

static const struct node *first_node(const struct judge *j, const struct check *c)
{
	const struct world *w = world_of(j);
	for (uint32_t i = 0; i < w->n_nodes; i++)
		if (is_subject(j, c, w->nodes[i]))
			return w->nodes[i];
	return NULL;
}

static void explain(struct judge *j, const struct check_state *state, struct check_result *r)
{
	struct arena *a = world_of(j)->arena;
	struct evidence e = state->failure;
	char name[128];
	if (!e.subject && !e.astray)
		e.subject = e.sender = first_node(j, r->check);
	r->cause = cause_of(&e);
	r->sentence = r->cause->tell(&e, a);
	r->at = state->worst.at >= 0 ? state->worst.at : e.lost.id ? e.lost.at : e.ended;
	if (r->result == VERDICT_DEGRADED)
		memcpy(r->between, state->worst.between, sizeof r->between);
	r->datagram = e.lost.id;
	if (e.lost.id)
		r->lost_at = arena_strdup(a, node_name(e.lost.iface->node, name, sizeof name));
}

static enum verdict check_result_of(struct judge *j, uint32_t i)
{
	struct check_state *state = &j->states[i];
	bool decided = members_found(state) == state->members;
	if (check_of(j, i)->kind->rule == CHECK_ALL_ALONG && !decided) {
		state->decided = world_now(world_of(j));
		state->found[VERDICT_WORKS] = state->members;
	} else if (!decided && !state->found[VERDICT_FAILS]) {
		return unfinished_judge(j, i);
	}
	return state->worst.result;
}

static void check_finish(struct judge *j, uint32_t i, struct check_result *r)
{
	struct check_state *state = &j->states[i];
	*r = (struct check_result){ .check = check_of(j, i), .result = VERDICT_SKIPPED, .at = state->decided, .expected = true };
	if (!state->members)
		return;
	r->result = check_result_of(j, i);
	r->at = state->decided;
	r->works = state->found[VERDICT_WORKS];
	r->fails = state->members - r->works;
	if (r->result != VERDICT_WORKS)
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
	if (j->of_calls)
		calls_finish(j);
	out->checks = arena_alloc(world_of(j)->arena, n * sizeof *out->checks);
	out->n_checks = n;
	for (uint32_t i = 0; i < n; i++)
		check_finish(j, i, &out->checks[i]);
	out->verdict = verdict_of(out->checks, n - j->scenario->n_unasked);
	if (end == WORLD_MAX_EVENTS || end == WORLD_MAX_PACKETS) {
		out->verdict = VERDICT_ERROR;
		out->why = bounds[end];
	}
}
