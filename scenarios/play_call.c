#include "scenarios/play_shared.h"

void begin_call(struct run *r)
{
	r->player->lab.trouble = "calls are not modelled yet";
	world_stop(r->player->lab.world);
}

void begin_hold(struct run *r)
{
	begin_call(r);
}

void begin_resume(struct run *r)
{
	begin_call(r);
}

void begin_mute(struct run *r)
{
	begin_call(r);
}

void calls_forget(struct player *p, const struct node *node)
{
	(void)p, (void)node;
}

void call_news(void *context, void *owner, enum call_end at, enum call_news what, uint64_t status)
{
	(void)context, (void)owner, (void)at, (void)what, (void)status;
}

void play_calls_init(struct player *p)
{
	pool_init(&p->calls, p->lab.world->arena, sizeof(struct call *));
}
