#include "scenarios/play_shared.h"

/* One phone that is to be reached: at once and, when that has worked, once more. */
struct probing {
	struct probe probe; /* first: the judge knows it by this */
	struct timer timer; /* sends the next probe */
	struct player *player;
	struct phone *phone;
	usec time;
};

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

void phone_registered(void *context, uint32_t check, const struct evidence *e)
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
			.traits = e->traits,
		},
		.timer.fire = probe_send,
		.player = p,
		.phone = group->phones[e->subject->member ? e->subject->member - 1 : 0],
		.time = values.time,
	};
	p->probes++;
	probe_at(g, g->probe.since);
}

void phone_probed(void *context, struct probe *probe, bool answered)
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

void play_probes_init(struct player *p)
{
	pool_init(&p->probing, p->lab.world->arena, sizeof(struct probing));
}
