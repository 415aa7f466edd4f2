/*
 * A registered phone's keepalives: what it sends so that its router goes on knowing it.
 */
#include "models/phone_shared.h"

struct phone_keepalive {
	struct timer timer;
	struct phone *phone;
};

static void keepalive_fire(struct timer *t);

static void keepalive_wait(struct phone_keepalive *k)
{
	k->timer.fire = keepalive_fire;
	world_after(k->phone->node.world, &k->timer, k->phone->group->profile->keepalive.every);
}

/* An OPTIONS is a conversation of its own, as every refresh is: nobody has asked for it. */
static void keepalive_fire(struct timer *t)
{
	struct phone_keepalive *k = CONTAINER(t, struct phone_keepalive, timer);
	struct phone *p = k->phone;
	int type = p->group->profile->keepalive.type;
	if (type == KEEPALIVE_NONE)
		return;
	if (type == KEEPALIVE_CRLF)
		keepalive_send(iface_of(p), phone_source(p), p->group->server);
	else
		phone_options(p, world_story(p->node.world));
	keepalive_wait(k);
}

void phone_keepalive_start(struct phone *p)
{
	if (p->group->profile->keepalive.type == KEEPALIVE_NONE || (p->keepalive && timer_armed(&p->keepalive->timer)))
		return;
	if (!p->keepalive)
		p->keepalive = arena_alloc(p->node.world->arena, sizeof *p->keepalive);
	p->keepalive->phone = p;
	keepalive_wait(p->keepalive);
}

void phone_keepalive_stop(struct phone *p)
{
	if (p->keepalive)
		timer_disarm(&p->keepalive->timer);
}
