#include "scenarios/play_shared.h"

#include "models/sip.h"

/*
 * Plays the steps: each starts when the one before has ended, well or badly, or at its own time. What happens in a call runs
 * beside it.
 *
 *	begin --> attempts of the step run, the judge hears how they end --> none is left --> next step
 *
 *	call     --+--------------------------------------+--> next step
 *	    at 5 s +--> hold --> held   at 9 s  resume --> resumed
 */

static const struct step *next_step(const struct player *p)
{
	return &p->scenario->steps[p->step];
}

static bool is_played(const struct player *p, uint32_t step)
{
	return when_holds(p->scenario->steps[step].when, p->scenario, p->lab.choice);
}

void stop_when_done(struct player *p)
{
	bool known = p->judge.undecided == 0 && p->scenario->n_checks;
	if (known || (p->over && !p->probes))
		world_stop(p->lab.world);
}

static void run_begin(struct timer *t);

static void run_at(struct run *r, usec at)
{
	struct world *w = r->player->lab.world;
	r->timer.fire = run_begin;
	timer_arm(&w->wheel, &r->timer, at > world_now(w) ? at : world_now(w));
}

static void run_prepare(struct player *p, struct run *r, uint32_t step)
{
	*r = (struct run){ .player = p, .step = step, .values = step_values_of(&p->scenario->steps[step], p->lab.choice) };
	p->open++;
}

/* Those that happen in the call begin with it. */
static uint32_t last_of_call(const struct player *p)
{
	uint32_t last = p->step + 1;
	while (next_step(p)->kind == STEP_CALL && last < p->scenario->n_steps && p->scenario->steps[last].inside == (int)p->step)
		last++;
	return last;
}

static struct run *runs_new(struct player *p, uint32_t n)
{
	return n == 1 ? &p->alone : arena_alloc(p->lab.world->arena, n * sizeof(struct run));
}

/* Arms the timer for the next step that is played in this cell. */
static void step_schedule(struct player *p)
{
	const struct scenario *s = p->scenario;
	while (p->step < s->n_steps && !is_played(p, p->step))
		p->step++;
	p->over = p->step == s->n_steps;
	p->last = p->over ? p->step : last_of_call(p);
	judge_step(&p->judge, p->step, p->last);
	if (p->over) {
		stop_when_done(p);
		return;
	}
	p->runs = runs_new(p, p->last - p->step);
	run_prepare(p, &p->runs[0], p->step);
	run_at(&p->runs[0], p->runs[0].values.at == NEVER ? 0 : p->runs[0].values.at);
}

static void insides_schedule(struct player *p, usec began)
{
	for (uint32_t step = p->step + 1; step < p->last; step++) {
		struct run *r = &p->runs[step - p->step];
		if (!is_played(p, step))
			continue;
		run_prepare(p, r, step);
		run_at(r, began + r->values.at);
	}
}

static void run_begin(struct timer *t)
{
	struct run *r = run_of(t);
	struct player *p = r->player;
	r->began = world_now(p->lab.world);
	p->reached = r->step >= p->reached ? r->step + 1 : p->reached;
	if (r == p->runs)
		insides_schedule(p, r->began);
	step_begins[step_of(r)->kind](r);
}

void run_end(struct run *r)
{
	struct player *p = r->player;
	if (--p->open == 0) {
		p->step = p->last;
		step_schedule(p);
	}
	stop_when_done(p);
}

void run_attempt_ended(struct run *r)
{
	if (--r->pending == 0)
		run_end(r);
}

static void attempt_ended(void *context, uint32_t step)
{
	struct player *p = context;
	stop_when_done(p);
	if (step >= p->step && step < p->last)
		run_attempt_ended(&p->runs[step - p->step]);
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
	if (o->watch)
		o->watch(w);
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
	judge_init(&p->judge, w, p->scenario, p->lab.choice, members_of_checks(p));
	p->judge.ended = attempt_ended;
	p->judge.registered = phone_registered;
	p->judge.probed = phone_probed;
	p->judge.news = call_news;
	p->judge.context = p;
	play_probes_init(p);
	play_calls_init(p);
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
	if (out->confidence == CONFIDENCE_LOW)
		scenario_weak(s, out->choice, out->weak, RESULT_WEAK);
	if (out->confidence < options->least) {
		out->verdict = VERDICT_SKIPPED;
		out->expected = true;
		return;
	}
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
