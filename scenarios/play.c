#include "scenarios/play.h"

#include <string.h>

#include "models/sip.h"
#include "scenarios/judge.h"
#include "scenarios/lab.h"

/*
 * Plays the steps: each starts when the one before has ended, well or badly, or at its own time.
 *
 *	begin --> attempts of the step run, the judge hears how they end --> none is left --> next step
 */
struct player {
	struct lab lab;
	struct judge judge;
	const struct scenario *scenario;
	struct timer timer; /* begins the next step, ends a wait */
	uint32_t step;	    /* the one that runs, or the next to begin */
	uint32_t reached;   /* steps up to the last one that has begun */
	uint64_t pending;   /* attempts of the running step */
	struct step_values values;
	uint32_t spread; /* members that a spread registration has begun */
	usec began;
	bool over;	  /* no step is left */
	struct pool probing;
	uint64_t probes; /* phones that are probed */
};

/* One phone that is to be reached: at once and, when that has worked, once more. */
struct probing {
	struct probe probe; /* first: the judge knows it by this */
	struct timer timer; /* sends the next probe */
	struct player *player;
	struct phone *phone;
	usec time;
};

static struct player *player_of(struct timer *t)
{
	return CONTAINER(t, struct player, timer);
}

static const struct step *running(const struct player *p)
{
	return &p->scenario->steps[p->step];
}

static void step_begin(struct timer *t);

static void step_at(struct player *p, usec at)
{
	usec now = world_now(p->lab.world);
	p->timer.fire = step_begin;
	timer_arm(&p->lab.world->wheel, &p->timer, at > now ? at : now);
}

/* The world ends when all is known, or when nothing is left to do. */
static void stop_when_done(struct player *p)
{
	bool known = p->judge.undecided == 0 && p->scenario->n_checks;
	if (known || (p->over && !p->probes))
		world_stop(p->lab.world);
}

/* Arms the timer for the next step that runs in this cell. */
static void step_schedule(struct player *p)
{
	const struct scenario *s = p->scenario;
	while (p->step < s->n_steps && !when_holds(running(p)->when, s, p->lab.choice))
		p->step++;
	judge_step(&p->judge, p->step);
	p->over = p->step == s->n_steps;
	if (p->over) {
		stop_when_done(p);
		return;
	}
	p->values = step_values_of(running(p), p->lab.choice);
	step_at(p, p->values.at == NEVER ? 0 : p->values.at);
}

static void step_end(struct player *p)
{
	p->step++;
	step_schedule(p);
	stop_when_done(p);
}

static void attempt_ended(void *context, uint32_t step)
{
	struct player *p = context;
	stop_when_done(p);
	if (step == p->step && --p->pending == 0)
		step_end(p);
}

/* --- probes ------------------------------------------------------------------------------------------------------ */

static void probe_send(struct timer *t)
{
	struct probing *g = CONTAINER(t, struct probing, timer);
	struct player *p = g->player;
	const struct check *c = &p->scenario->checks[g->probe.check];
	struct server *server = p->lab.groups[c->subject].server;
	uint32_t story = world_story(p->lab.world);
	char user[PHONE_USER_MAX];
	judge_watch_probe(&p->judge, story, &g->probe);
	server_options(server, user, phone_user(g->phone, user), story);
}

static void probe_at(struct probing *g, usec at)
{
	usec now = world_now(g->player->lab.world);
	timer_arm(&g->player->lab.world->wheel, &g->timer, at > now ? at : now);
}

static void phone_registered(void *context, uint32_t check, const struct evidence *e)
{
	struct player *p = context;
	const struct check *c = &p->scenario->checks[check];
	const struct lab_group *group = &p->lab.groups[c->subject];
	struct check_values values = check_values_of(c, p->lab.choice);
	struct probing *g = pool_get(&p->probing);
	*g = (struct probing){
		.probe = {
			.check = check,
			.server = server_node(group->server),
			.phone = e->subject,
			.since = world_now(p->lab.world),
			.last = values.time == 0,
			.contact_rewritten = e->contact_rewritten,
			.not_pinged = e->not_pinged,
		},
		.timer.fire = probe_send,
		.player = p,
		.phone = group->phones[e->subject->member ? e->subject->member - 1 : 0],
		.time = values.time,
	};
	p->probes++;
	probe_at(g, g->probe.since);
}

static void phone_probed(void *context, struct probe *probe, bool answered)
{
	struct player *p = context;
	struct probing *g = CONTAINER(probe, struct probing, probe);
	if (answered && !probe->last) {
		probe->late = probe->last = true;
		probe_at(g, probe->since + g->time);
		return;
	}
	pool_put(&p->probing, g);
	p->probes--;
	stop_when_done(p);
}

/* --- registrations ----------------------------------------------------------------------------------------------- */

typedef void register_call(struct phone *, uint32_t story);

static void ask_phone(struct player *p, struct phone *phone, register_call *ask)
{
	uint32_t story = world_story(p->lab.world);
	judge_watch(&p->judge, story, p->step, phone_node(phone), phone_node(phone));
	ask(phone, story);
}

static uint64_t members_of_step(const struct player *p, const struct step *step)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < step->n_subjects; i++)
		n += p->lab.groups[step->subjects[i]].spec->count;
	return n;
}

/* The n-th phone of a step, counted through its groups. */
static struct phone *phone_of_step(const struct player *p, const struct step *step, uint64_t n)
{
	for (uint32_t i = 0;; i++) {
		const struct lab_group *g = &p->lab.groups[step->subjects[i]];
		if (n < g->spec->count)
			return g->phones[n];
		n -= g->spec->count;
	}
}

static register_call *call_of(const struct step *step)
{
	return step->kind == STEP_REGISTER ? phone_register : phone_unregister;
}

/* One phone after the other, evenly over the step's time: the i-th of n at i*over/n. */
static void spread_next(struct timer *t)
{
	struct player *p = player_of(t);
	const struct step *step = running(p);
	uint64_t n = members_of_step(p, step);
	struct phone *phone = phone_of_step(p, step, p->spread++);
	if (p->spread < n) {
		usec next = (usec)((__int128)p->values.over * p->spread / (__int128)n);
		timer_arm(&p->lab.world->wheel, &p->timer, p->began + next);
		phone_prefetch(phone_of_step(p, step, p->spread));
	}
	ask_phone(p, phone, call_of(step));
}

static void begin_registrations(struct player *p, const struct step *step)
{
	p->pending = members_of_step(p, step);
	p->spread = 0;
	if (p->values.over) {
		p->timer.fire = spread_next;
		spread_next(&p->timer);
		return;
	}
	uint32_t at = p->step;
	uint64_t n = p->pending;
	for (uint64_t i = 0; i < n && p->step == at; i++)
		ask_phone(p, phone_of_step(p, step, i), call_of(step));
}

/* --- the other steps --------------------------------------------------------------------------------------------- */

static void options_from_server(struct player *p, struct server *server, const struct lab_group *to)
{
	char user[PHONE_USER_MAX];
	for (uint32_t i = 0; i < to->spec->count; i++) {
		uint32_t story = world_story(p->lab.world);
		judge_watch(&p->judge, story, p->step, server_node(server), phone_node(to->phones[i]));
		server_options(server, user, phone_user(to->phones[i], user), story);
	}
}

static void begin_options(struct player *p, const struct step *step)
{
	const struct lab_group *from = &p->lab.groups[step->subjects[0]], *to = &p->lab.groups[step->subjects[1]];
	if (from->spec->kind == DEVICE_SERVER) {
		p->pending = to->spec->count;
		options_from_server(p, from->server, to);
		return;
	}
	p->pending = from->spec->count;
	for (uint32_t i = 0; i < from->spec->count; i++)
		ask_phone(p, from->phones[i], phone_options);
}

static void wait_over(struct timer *t)
{
	step_end(player_of(t));
}

static void begin_wait(struct player *p, const struct step *step)
{
	(void)step;
	p->timer.fire = wait_over;
	world_after(p->lab.world, &p->timer, p->values.wait);
}

/* --- what happens to devices ------------------------------------------------------------------------------------- */

/* A phone that was registered registers again, and the step lasts until that has ended. */
static void restart_phone(struct player *p, struct lab_group *g, uint32_t member)
{
	struct phone *phone = g->phones[member];
	if (!phone_restart(phone))
		return;
	p->pending++;
	ask_phone(p, phone, phone_register);
}

static void restart_router(struct player *p, struct lab_group *g, uint32_t member)
{
	(void)p;
	router_restart(g->routers[member]);
}

static void restart_server(struct player *p, struct lab_group *g, uint32_t member)
{
	(void)p, (void)member;
	server_restart(g->server);
}

static void restart_gateway(struct player *p, struct lab_group *g, uint32_t member)
{
	(void)p;
	gateway_restart(g->gateways[member]);
}

static void (*const restart[NODE_KINDS])(struct player *, struct lab_group *, uint32_t member) = {
	[DEVICE_PHONE] = restart_phone,
	[DEVICE_ROUTER] = restart_router,
	[DEVICE_SERVER] = restart_server,
	[DEVICE_GATEWAY] = restart_gateway,
};

static void begin_restart(struct player *p, const struct step *step)
{
	struct lab_group *g = &p->lab.groups[step->subjects[0]];
	p->pending = 1; /* this loop, so that the step does not end in it */
	for (uint32_t i = 0; i < g->spec->count; i++)
		restart[g->spec->kind](p, g, i);
	if (--p->pending == 0)
		step_end(p);
}

static void begin_rebind(struct player *p, const struct step *step)
{
	struct lab_group *g = &p->lab.groups[step->subjects[0]];
	uint32_t address = p->values.address;
	for (uint32_t i = 0; i < g->spec->count && !p->lab.trouble; i++)
		lab_rebind(&p->lab, g, i, address ? address + i : 0);
	if (p->lab.trouble)
		world_stop(p->lab.world);
	else
		step_end(p);
}

/* "udp-timeout stream 10s": a knob that is set, and the group it stands in. */
static const char *knob_text(const struct lab_group *g, const struct field *knob, struct arena *a)
{
	for (const struct field *f = devices[g->spec->kind].fields; f->key; f++) {
		if (f == knob)
			break;
		for (const struct field *m = f->members; m && m->key; m++)
			if (m == knob)
				return arena_printf(a, "%s %s %s", f->key, m->key, field_print(m, g->profile, a));
	}
	return arena_printf(a, "%s %s", knob->key, field_print(knob, g->profile, a));
}

/* Braces are places in the sentence of a fact. */
static const char *without_braces(char *text)
{
	for (char *c = text; *c; c++)
		if (*c == '{' || *c == '}')
			*c = *c == '{' ? '(' : ')';
	return text;
}

static const struct fact *set_fact(const struct player *p, const struct lab_group *g, const struct settings *settings)
{
	struct arena *a = p->lab.world->arena;
	struct fact *fact = arena_alloc(a, sizeof *fact);
	char *text = arena_printf(a, "is set: ");
	for (uint32_t i = 0; i < settings->n; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", knob_text(g, settings->items[i].field, a));
	fact->word = "set";
	fact->sentence = without_braces(text);
	return fact;
}

static void begin_set(struct player *p, const struct step *step)
{
	struct lab_group *g = &p->lab.groups[step->subjects[0]];
	settings_apply(&step->knobs, p->lab.choice, g->profile);
	const struct fact *what = set_fact(p, g, &step->knobs);
	for (uint32_t i = 0; i < g->spec->count; i++)
		trace_note(p->lab.world, lab_iface(g, i), NULL, what, 0);
	step_end(p);
}

static void begin_call(struct player *p, const struct step *step)
{
	(void)step;
	p->lab.trouble = "calls are not modelled yet";
	world_stop(p->lab.world);
}

static void (*const begin[STEP_KINDS])(struct player *, const struct step *) = {
	[STEP_REGISTER] = begin_registrations,
	[STEP_UNREGISTER] = begin_registrations,
	[STEP_OPTIONS] = begin_options,
	[STEP_WAIT] = begin_wait,
	[STEP_RESTART] = begin_restart,
	[STEP_REBIND] = begin_rebind,
	[STEP_SET] = begin_set,
	[STEP_CALL] = begin_call,
	[STEP_HOLD] = begin_call,
	[STEP_RESUME] = begin_call,
	[STEP_MUTE] = begin_call,
};

static void step_begin(struct timer *t)
{
	struct player *p = player_of(t);
	const struct step *step = running(p);
	p->began = world_now(p->lab.world);
	p->reached = p->step + 1;
	begin[step->kind](p, step);
}

/* --- one cell ---------------------------------------------------------------------------------------------------- */

static const struct exception *skip_for(const struct scenario *s, const uint32_t *choice)
{
	for (uint32_t i = 0; i < s->n_exceptions; i++)
		if (s->exceptions[i].skip && when_holds(&s->exceptions[i].when, s, choice))
			return &s->exceptions[i];
	return NULL;
}

/* How many answers a check waits for from one of its steps. */
static uint32_t members_of(const struct scenario *s, const struct check *c, const struct step *step)
{
	return step->kind == STEP_CALL ? calls_of(s, step) : s->nodes[c->subject].count;
}

/* How many answers each check waits for in this cell. */
static uint32_t *members_of_checks(const struct player *p)
{
	const struct scenario *s = p->scenario;
	uint32_t *members = arena_alloc(p->lab.world->arena, s->n_checks * sizeof *members);
	for (uint32_t i = 0; i < s->n_checks; i++) {
		const struct check *c = &s->checks[i];
		bool once = c->kind->rule == CHECK_ALL_ALONG;
		members[i] = once && !c->n_of;
		for (uint32_t k = 0; k < c->n_of; k++) {
			const struct step *step = &s->steps[c->of[k]];
			if (when_holds(step->when, s, p->lab.choice))
				members[i] = once ? 1 : members[i] + members_of(s, c, step);
		}
	}
	return members;
}

#define SPARE (86400 * SEC) /* what a run may last beyond that for which it waits by itself */

static struct world *world_for(struct arena *a, const struct scenario *s, const uint32_t *choice,
			       const struct play_options *o)
{
	struct world_setup setup = {
		.seed = o->seeded ? o->seed : s->seed,
		.until = s->until ? s->until : scenario_waits(s, choice) + SPARE,
		.max_events = o->max_events,
		.max_packets = o->max_events,
		.level = o->level,
		.wall_clock = s->wall_clock,
	};
	if (o->max_time && o->max_time < setup.until)
		setup.until = o->max_time;
	struct world *w = world_new(a, &setup);
	sip_setup(w, o->parse_all);
	return w;
}

/* The bound of the command line is no part of the scenario: a run that it cuts off says nothing. */
static bool cut_off(const struct player *p, const struct play_options *o)
{
	const struct world *w = p->lab.world;
	return w->end == WORLD_UNTIL && p->judge.undecided && o->max_time && w->setup.until == o->max_time &&
	       p->scenario->until != o->max_time;
}

static uint32_t steps_unreached(const struct player *p)
{
	const struct scenario *s = p->scenario;
	uint32_t n = 0;
	for (uint32_t i = p->reached; i < s->n_steps; i++)
		n += when_holds(s->steps[i].when, s, p->lab.choice);
	return n;
}

static void play(struct player *p, const struct play_options *options, struct cell_result *out)
{
	struct world *w = p->lab.world;
	judge_init(&p->judge, w, p->scenario, members_of_checks(p));
	p->judge.ended = attempt_ended;
	p->judge.registered = phone_registered;
	p->judge.probed = phone_probed;
	p->judge.context = p;
	pool_init(&p->probing, w->arena, sizeof(struct probing));
	world_start(w);
	step_schedule(p);
	world_run(w);
	judge_finish(&p->judge, out);
	out->unreached = steps_unreached(p);
	if (cut_off(p, options)) {
		out->verdict = VERDICT_ERROR;
		out->why = "stopped at the bound on virtual time (--max-time)";
	}
	if (p->lab.trouble) {
		out->verdict = VERDICT_ERROR;
		out->why = p->lab.trouble;
	}
}

void play_cell(struct arena *a, const struct scenario *s, uint64_t cell, const struct play_options *options,
	       struct cell_result *out)
{
	*out = (struct cell_result){ .cell = cell, .choice = arena_alloc(a, (s->n_axes + 1) * sizeof(uint32_t)) };
	scenario_choice(s, cell, out->choice);
	out->confidence = scenario_confidence(s, out->choice);
	out->exception = skip_for(s, out->choice);
	if (out->exception) {
		out->verdict = VERDICT_SKIPPED;
		out->why = out->exception->why;
		out->expected = true;
		return;
	}
	struct player *p = arena_alloc(a, sizeof *p);
	struct world *w = world_for(a, s, out->choice, options);
	p->scenario = s;
	out->world = w;
	lab_build(&p->lab, w, s, out->choice);
	if (p->lab.trouble) {
		out->verdict = VERDICT_ERROR;
		out->why = p->lab.trouble;
	} else {
		play(p, options, out);
	}
	judge_expected(s, a, out);
}

void play_setup(void)
{
	sip_process_setup();
}
