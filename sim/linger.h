/*
 * Things that stay for a fixed time and then go, such as finished transactions.
 *
 * All of a queue stay equally long, so they go in the order in which they came: one timer and a list serve them all,
 * and none of them is touched before its end.
 */
#ifndef SIM_LINGER_H
#define SIM_LINGER_H

#include "sim/world.h"

/** Embedded in the thing that lingers. */
struct lingering {
	struct lingering *next;
	usec ends;
};

struct linger {
	struct timer timer; /* of the first one */
	struct world *world;
	struct lingering *first, **last;
	usec lasts;
	void (*end)(struct linger *, struct lingering *);
};

/** An empty queue; `end` is called for each thing when its time is over. */
void linger_init(struct linger *l, struct world *w, usec lasts, void (*end)(struct linger *, struct lingering *));

/** `thing` stays from now on for the queue's time. */
void linger_add(struct linger *l, struct lingering *thing);

#endif
