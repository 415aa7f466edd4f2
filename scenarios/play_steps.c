#include "scenarios/play_shared.h"

/* --- registrations ----------------------------------------------------------------------------------------------- */

typedef void register_call(struct phone *, uint32_t story);

static void ask_phone(struct run *r, struct phone *phone, register_call *ask)
{
	struct player *p = r->player;
	uint32_t story = world_story(p->lab.world);
	judge_watch(&p->judge, story, r->step, phone_node(phone), phone_node(phone));
	ask(phone, story);
}

static uint64_t members_of_step(const struct run *r)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < step_of(r)->n_subjects; i++)
		n += subject_of(r, i)->spec->count;
	return n;
}

/* The n-th phone of a step, counted through its groups. */
static struct phone *phone_of_step(const struct run *r, uint64_t n)
{
	for (uint32_t i = 0;; i++) {
		const struct lab_group *g = subject_of(r, i);
		if (n < g->spec->count)
			return g->phones[n];
		n -= g->spec->count;
	}
}

static register_call *call_of(const struct step *step)
{
	return step->kind == STEP_REGISTER ? phone_register : phone_unregister;
}

/* One member after the other, evenly over the step's time: the i-th of n at i*over/n. */
static void spread_next(struct timer *t)
{
	struct run *r = run_of(t);
	uint64_t i = r->spread++;
	if (r->spread < r->members)
		timer_arm(&r->player->lab.world->wheel, &r->timer,
			  r->began + (usec)((__int128)r->values.over * r->spread / (__int128)r->members));
	r->begin_member(r, i);
}

/* The last one may end at once, and the step with it. */
void begin_members(struct run *r, uint64_t n, void (*begin)(struct run *r, uint64_t i))
{
	r->pending = r->members = n;
	r->begin_member = begin;
	if (r->values.over) {
		r->timer.fire = spread_next;
		spread_next(&r->timer);
		return;
	}
	for (uint64_t i = 0; i < n; i++)
		begin(r, i);
}

static void begin_registration(struct run *r, uint64_t i)
{
	if (r->values.over && i + 1 < r->members)
		phone_prefetch(phone_of_step(r, i + 1));
	ask_phone(r, phone_of_step(r, i), call_of(step_of(r)));
}

static void begin_registrations(struct run *r)
{
	begin_members(r, members_of_step(r), begin_registration);
}

/* --- the other steps --------------------------------------------------------------------------------------------- */

static void options_from_server(struct run *r, struct server *server, const struct lab_group *to)
{
	struct player *p = r->player;
	char user[PHONE_USER_MAX];
	for (uint32_t i = 0; i < to->spec->count; i++) {
		uint32_t story = world_story(p->lab.world);
		judge_watch(&p->judge, story, r->step, server_node(server), phone_node(to->phones[i]));
		server_options(server, user, phone_user(to->phones[i], user), story);
	}
}

static void begin_options(struct run *r)
{
	const struct lab_group *from = subject_of(r, 0), *to = subject_of(r, 1);
	if (from->spec->kind == DEVICE_SERVER) {
		r->pending = to->spec->count;
		options_from_server(r, from->server, to);
		return;
	}
	r->pending = from->spec->count;
	for (uint32_t i = 0; i < from->spec->count; i++)
		ask_phone(r, from->phones[i], phone_options);
}

static void wait_over(struct timer *t)
{
	run_end(run_of(t));
}

static void begin_wait(struct run *r)
{
	r->timer.fire = wait_over;
	world_after(r->player->lab.world, &r->timer, r->values.wait);
}

/* --- what happens to devices ------------------------------------------------------------------------------------- */

/* A phone that was registered registers again, and the step lasts until that has ended. */
static void restart_phone(struct run *r, struct lab_group *g, uint32_t member)
{
	struct phone *phone = g->phones[member];
	calls_forget(r->player, phone_node(phone));
	if (!phone_restart(phone))
		return;
	r->pending++;
	ask_phone(r, phone, phone_register);
}

static void restart_router(struct run *r, struct lab_group *g, uint32_t member)
{
	(void)r;
	router_restart(g->routers[member]);
}

static void restart_server(struct run *r, struct lab_group *g, uint32_t member)
{
	(void)member;

	if (server_far_node(g->server) == server_node(g->server))
		calls_forget(r->player, server_node(g->server));
	server_restart(g->server);
}

static void restart_gateway(struct run *r, struct lab_group *g, uint32_t member)
{
	(void)r;
	gateway_restart(g->gateways[member]);
}

static void (*const restart[NODE_KINDS])(struct run *, struct lab_group *, uint32_t member) = {
	[DEVICE_PHONE] = restart_phone,
	[DEVICE_ROUTER] = restart_router,
	[DEVICE_SERVER] = restart_server,
	[DEVICE_GATEWAY] = restart_gateway,
};

static void begin_restart(struct run *r)
{
	struct lab_group *g = subject_of(r, 0);
	r->pending = 1; /* this loop, so that the step does not end in it */
	for (uint32_t i = 0; i < g->spec->count; i++)
		restart[g->spec->kind](r, g, i);
	run_attempt_ended(r);
}

static void begin_rebind(struct run *r)
{
	struct lab_group *g = subject_of(r, 0);
	struct lab *lab = &r->player->lab;
	uint32_t address = r->values.address;
	for (uint32_t i = 0; i < g->spec->count && !lab->trouble; i++)
		lab_rebind(lab, g, i, address ? address + i : 0);
	if (lab->trouble)
		world_stop(lab->world);
	else
		run_end(r);
}

static void begin_close_pinholes(struct run *r)
{
	struct lab_group *g = subject_of(r, 0);
	for (uint32_t i = 0; i < g->spec->count; i++)
		router_close_pinholes(g->routers[i]);
	run_end(r);
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

static void begin_set(struct run *r)
{
	struct player *p = r->player;
	struct lab_group *g = subject_of(r, 0);
	const struct settings *knobs = &step_of(r)->knobs;
	settings_apply(knobs, p->lab.choice, g->profile);
	const struct fact *what = set_fact(p, g, knobs);
	for (uint32_t i = 0; i < g->spec->count; i++)
		trace_note(p->lab.world, lab_iface(g, i), NULL, what, 0);
	run_end(r);
}

void (*const step_begins[STEP_KINDS])(struct run *) = {
	[STEP_REGISTER] = begin_registrations,
	[STEP_UNREGISTER] = begin_registrations,
	[STEP_OPTIONS] = begin_options,
	[STEP_WAIT] = begin_wait,
	[STEP_RESTART] = begin_restart,
	[STEP_REBIND] = begin_rebind,
	[STEP_CLOSE_PINHOLES] = begin_close_pinholes,
	[STEP_SET] = begin_set,
	[STEP_CALL] = begin_call,
	[STEP_HOLD] = begin_hold,
	[STEP_RESUME] = begin_resume,
	[STEP_MUTE] = begin_mute,
};
