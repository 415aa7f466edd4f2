#include "sim/linger.h"

static void linger_fire(struct timer *t)
{
	struct linger *l = CONTAINER(t, struct linger, timer);
	usec now = world_now(l->world);
	while (l->first && l->first->ends <= now) {
		struct lingering *thing = l->first;
		l->first = thing->next;
		if (!l->first)
			l->last = &l->first;
		l->end(l, thing);
	}
	if (l->first)
		timer_arm(&l->world->wheel, &l->timer, l->first->ends);
}

void linger_init(struct linger *l, struct world *w, usec lasts, void (*end)(struct linger *, struct lingering *))
{
	*l = (struct linger){ .timer = { .fire = linger_fire }, .world = w, .last = &l->first, .lasts = lasts, .end = end };
}

void linger_add(struct linger *l, struct lingering *thing)
{
	thing->next = NULL;
	thing->ends = world_now(l->world) + l->lasts;
	*l->last = thing;
	l->last = &thing->next;
	if (l->first == thing)
		timer_arm(&l->world->wheel, &l->timer, thing->ends);
}
