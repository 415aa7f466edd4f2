#include "scenarios/more_checks.h"

#include <stdlib.h>
#include <string.h>

#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "scenarios/lab.h"

static const struct check_kind *kind_called(const char *word)
{
	const struct check_kind *kind = check_kinds;
	while (strcmp(kind->word, word) != 0)
		kind++;
	return kind;
}

/** One setting of one value for all cells. */
static struct settings setting_of(struct arena *a, const struct field *f, usec value)
{
	struct setting *setting = arena_alloc(a, sizeof *setting);
	usec *kept = arena_alloc(a, sizeof *kept);
	*kept = value;
	*setting = (struct setting){ .field = f, .axis = -1, .values = kept };
	return (struct settings){ setting, 1 };
}

static struct scenario *copy_with_room(struct arena *a, const struct scenario *s, uint32_t checks)
{
	struct scenario *copy = arena_alloc(a, sizeof *copy);
	*copy = *s;
	copy->n_unasked += checks;
	copy->checks = arena_alloc(a, (s->n_checks + checks + 1) * sizeof *copy->checks);
	if (s->n_checks)
		memcpy(copy->checks, s->checks, s->n_checks * sizeof *copy->checks);
	return copy;
}

static struct check check_of(struct arena *a, const char *word, int subject, int step)
{
	int *of = arena_alloc(a, sizeof *of);
	*of = step;
	const struct check_kind *kind = kind_called(word);
	return (struct check){
		.kind = kind, .name = kind->word, .subject = subject, .hearer = -1, .of = of, .n_of = 1, .lost_at = -1
	};
}

/* --- those of whom no check speaks -------------------------------------------------------------------------------- */

static bool has_subject(const struct step *step, int node)
{
	for (uint32_t i = 0; i < step->n_subjects; i++)
		if (step->subjects[i] == node)
			return true;
	return false;
}

/** As its subject, or as an end of a call that it is about. */
static bool speaks_of(const struct scenario *s, const struct check *c, int node)
{
	bool speaks = c->subject == node || c->hearer == node;
	for (uint32_t i = 0; i < c->n_of && !speaks; i++)
		speaks = check_is_of_call(c->kind) && has_subject(&s->steps[c->of[i]], node);
	return speaks;
}

static bool is_bystander(const struct scenario *s, int node)
{
	bool is = s->nodes[node].kind == DEVICE_PHONE;
	for (uint32_t i = 0; i < s->n_checks && is; i++)
		is = !speaks_of(s, &s->checks[i], node);
	return is;
}

/** What is asked of a phone that is the i-th subject of a step; NULL: nothing. */
static const char *question_at(const struct step *step, uint32_t i)
{
	if (step->kind == STEP_REGISTER)
		return "register";
	if (step->kind != STEP_CALL)
		return NULL;
	return i == CALL_FROM ? "outgoing-call" : "incoming-call";
}

/** Adds the checks of a step; only counts them where `out` is NULL. */
static uint32_t bystanders_ask(struct arena *a, const struct scenario *s, uint32_t step, struct check *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->steps[step].n_subjects; i++) {
		int node = s->steps[step].subjects[i];
		const char *word = question_at(&s->steps[step], i);
		if (!word || node < 0 || !is_bystander(s, node))
			continue;
		if (out)
			out[n] = check_of(a, word, node, (int)step);
		n++;
	}
	return n;
}

const struct scenario *scenario_with_bystanders(struct arena *a, const struct scenario *s)
{
	uint32_t more = 0;
	for (uint32_t i = 0; i < s->n_steps; i++)
		more += bystanders_ask(a, s, i, NULL);
	if (!more)
		return s;
	struct scenario *copy = copy_with_room(a, s, more);
	for (uint32_t i = 0; i < s->n_steps; i++)
		copy->n_checks += bystanders_ask(a, s, i, &copy->checks[copy->n_checks]);
	return copy;
}

/* --- silences ----------------------------------------------------------------------------------------------------- */

#define SILENCES     32
#define CALL_LONGEST (600 * SEC) /* fifty packets a second, each way: a call of hours says no more */

/** Silences while they are gathered. */
struct gathering {
	struct silence *items;
	uint32_t n;
};

static void silence_add(struct gathering *g, struct silence silence)
{
	uint32_t at = 0;
	while (at < g->n && g->items[at].lasts < silence.lasts)
		at++;
	bool there = at < g->n && g->items[at].lasts == silence.lasts;
	if (silence.lasts <= 0 || there || g->n == SILENCES)
		return;
	memmove(&g->items[at + 1], &g->items[at], (g->n - at) * sizeof *g->items);
	g->items[at] = silence;
	g->n++;
}

static void forgets_after(struct gathering *g, usec time)
{
	silence_add(g, (struct silence){ time + SEC, time, time < CALL_LONGEST });
}

static void sends_every(struct gathering *g, usec time)
{
	silence_add(g, (struct silence){ time - SEC, time - SEC, false });
}

static void router_gather(struct gathering *g, const struct router_profile *r)
{
	forgets_after(g, r->nat.first);
	forgets_after(g, r->nat.stream);
}

static void phone_gather(struct gathering *g, const struct phone_profile *p)
{
	if (p->keepalive.type != KEEPALIVE_NONE)
		sends_every(g, p->keepalive.every);
	sends_every(g, p->expires - p->refresh_before);
}

/** What it grants at most: phones come back before that. */
static void server_gather(struct gathering *g, const struct server_profile *s)
{
	if (s->ping.type != KEEPALIVE_NONE)
		sends_every(g, s->ping.every);
	if (s->expires.natted)
		sends_every(g, s->expires.natted);
}

static bool any_behind(const struct scenario *s, const uint32_t *choice)
{
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].behind[s->nodes[i].behind_axis < 0 ? 0 : choice[s->nodes[i].behind_axis]] >= 0)
			return true;
	return false;
}

uint32_t scenario_silences(struct arena *a, const struct scenario *s, const uint32_t *choice,
			   const struct silence **out)
{
	struct gathering g = { arena_alloc(a, (SILENCES + 1) * sizeof *g.items), 0 };
	*out = g.items;
	for (uint32_t i = 0; i < s->n_nodes && any_behind(s, choice); i++) {
		const void *profile = cell_profile(a, s, &s->nodes[i], choice);
		if (s->nodes[i].kind == DEVICE_ROUTER)
			router_gather(&g, profile);
		else if (s->nodes[i].kind == DEVICE_PHONE)
			phone_gather(&g, profile);
		else if (s->nodes[i].kind == DEVICE_SERVER)
			server_gather(&g, profile);
	}
	return g.n;
}

/* --- the prolonged scenario --------------------------------------------------------------------------------------- */

/** When the last step has ended. */
static bool is_registered(const struct scenario *s, const uint32_t *choice, int node)
{
	bool registered = false;
	for (uint32_t i = 0; i < s->n_steps; i++) {
		const struct step *step = &s->steps[i];
		if ((step->kind == STEP_REGISTER || step->kind == STEP_UNREGISTER) && has_subject(step, node) &&
		    when_holds(step->when, s, choice))
			registered = step->kind == STEP_REGISTER;
	}
	return registered;
}

/** Of a phone that is asked for calls: is it called in one of them? */
static bool is_called(const struct scenario *s, const struct check *c, int node)
{
	for (uint32_t i = 0; i < c->n_of; i++)
		if (s->steps[c->of[i]].subjects[CALL_TO] == node)
			return true;
	return false;
}

/** A registration is for being reached; where more is asked of a phone, what it does by itself is not. */
static bool is_to_be_reached(const struct scenario *s, int node)
{
	bool reached = false, calls = false;
	for (uint32_t i = 0; i < s->n_checks; i++) {
		const struct check *c = &s->checks[i];
		if (!speaks_of(s, c, node))
			continue;
		calls |= check_is_of_call(c->kind);
		if (c->kind->rule == CHECK_PROBES || (check_is_of_call(c->kind) && is_called(s, c, node)))
			return true;
		reached = true;
	}
	return reached && !calls;
}

uint32_t scenario_reached(struct arena *a, const struct scenario *s, const uint32_t *choice, const int **out)
{
	int *phones = arena_alloc(a, (s->n_nodes + 1) * sizeof *phones);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].kind == DEVICE_PHONE && is_registered(s, choice, (int)i) && is_to_be_reached(s, (int)i))
			phones[n++] = (int)i;
	*out = phones;
	return n;
}

/** A call that lasts longer by that: what is set later counts. */
static struct settings longer_call(struct arena *a, const struct step *step, const uint32_t *choice, usec time)
{
	struct settings longer = setting_of(a, &step_fields[STEP_FIELD_FOR], step_values_of(step, choice).lasts + time);
	struct setting *items = arena_alloc(a, (step->values.n + 1) * sizeof *items);
	if (step->values.n)
		memcpy(items, step->values.items, step->values.n * sizeof *items);
	items[step->values.n] = longer.items[0];
	return (struct settings){ items, step->values.n + 1 };
}

static void steps_prolong(struct arena *a, struct scenario *s, const uint32_t *choice, const struct silence *silence)
{
	struct step *steps = arena_alloc(a, (s->n_steps + 1) * sizeof *steps);
	if (s->n_steps)
		memcpy(steps, s->steps, s->n_steps * sizeof *steps);
	for (uint32_t i = 0; i < s->n_steps && silence->calls; i++)
		if (steps[i].kind == STEP_CALL)
			steps[i].values = longer_call(a, &steps[i], choice, silence->lasts);
	s->steps = steps;
}

const struct scenario *scenario_prolonged(struct arena *a, const struct scenario *s, const uint32_t *choice,
					  const struct silence *silence)
{
	const int *phones;
	uint32_t n = scenario_reached(a, s, choice, &phones);
	struct scenario *copy = copy_with_room(a, s, n);
	copy->until = 0;
	steps_prolong(a, copy, choice, silence);
	if (!n)
		return copy;
	copy->steps[copy->n_steps] =
		(struct step){ .kind = STEP_REGISTER, .subjects = phones, .n_subjects = n, .inside = -1 };
	for (uint32_t i = 0; i < n; i++) {
		struct check *check = &copy->checks[copy->n_checks++];
		*check = check_of(a, "reachable-after", phones[i], (int)copy->n_steps);
		check->values = setting_of(a, &check_fields[CHECK_FIELD_TIME], silence->lasts);
	}
	copy->n_steps++;
	return copy;
}

static usec longest_memory(struct arena *a, const struct scenario *s, const uint32_t *choice)
{
	usec longest = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		const struct router_profile *r =
			s->nodes[i].kind == DEVICE_ROUTER ? cell_profile(a, s, &s->nodes[i], choice) : NULL;
		longest = r && r->nat.first > longest ? r->nat.first : longest;
		longest = r && r->nat.stream > longest ? r->nat.stream : longest;
	}
	return longest;
}

static bool is_asked(const struct scenario *s, const uint32_t *choice, int phone, usec time)
{
	for (uint32_t i = 0; i < s->n_checks; i++)
		if (s->checks[i].kind->rule == CHECK_PROBES && s->checks[i].subject == phone &&
		    check_values_of(&s->checks[i], choice).time > time)
			return true;
	return false;
}

bool scenario_asks_lasting(struct arena *a, const struct scenario *s, const uint32_t *choice)
{
	const int *phones;
	usec time = longest_memory(a, s, choice);
	uint32_t n = scenario_reached(a, s, choice, &phones), asked = 0;
	for (uint32_t i = 0; i < n; i++)
		asked += is_asked(s, choice, phones[i], time);
	return n && asked == n;
}
