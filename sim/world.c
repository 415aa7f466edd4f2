#include "sim/world.h"

#include <assert.h>

#define BOUND_DEFAULT 1000000000u
#define UNTIL_DEFAULT (86400 * SEC)

struct world *world_new(struct arena *a, const struct world_setup *setup)
{
	struct world *w = arena_alloc_raw(a, sizeof *w);
	*w = (struct world){ .arena = a, .setup = *setup };
	wheel_init(&w->wheel);
	w->trace.level = setup->level;
	w->payloads = payload_pools_new(a);
	pool_init(&w->flights, a, sizeof(struct flight));
	w->reassembler = reassembler_new(a);
	if (!w->setup.max_events)
		w->setup.max_events = BOUND_DEFAULT;
	if (!w->setup.max_packets)
		w->setup.max_packets = BOUND_DEFAULT;
	if (!w->setup.until)
		w->setup.until = UNTIL_DEFAULT;
	return w;
}

void world_start(struct world *w)
{
	for (uint32_t i = 0; i < w->n_nodes; i++)
		if (w->nodes[i]->ops->start)
			w->nodes[i]->ops->start(w->nodes[i]);
}

static bool world_finish(struct world *w, enum world_end end)
{
	w->end = end;
	return false;
}

bool world_step(struct world *w)
{
	if (w->end != WORLD_RUNNING)
		return false;
	if (w->events >= w->setup.max_events)
		return world_finish(w, WORLD_MAX_EVENTS);
	if (w->last_id >= w->setup.max_packets)
		return world_finish(w, WORLD_MAX_PACKETS);
	struct timer *t = wheel_next(&w->wheel, w->setup.until);
	if (!t)
		return world_finish(w, wheel_empty(&w->wheel) ? WORLD_QUIET : WORLD_UNTIL);
	w->events++;
	t->fire(t);
	return true;
}

enum world_end world_run(struct world *w)
{
	while (world_step(w))
		;
	return w->end;
}

void world_stop(struct world *w)
{
	if (w->end == WORLD_RUNNING)
		w->end = WORLD_STOPPED;
}
