/*
 * Timers on virtual time: a hierarchical wheel of 8 levels of 64 slots with intrusive lists.
 *
 * Arming and disarming are O(1), because most SIP timers are disarmed long before they fire.
 * Order is total and written down: by (at, order of arming).
 *
 *	level 0   slot = 1 us       the 64 us block that holds `now`
 *	level 1   slot = 64 us      the 4 ms block around that one, and so on
 *
 * A timer sits at the level of the highest 6-bit digit in which its time differs from `now`. When the clock
 * enters a block, it goes straight to the block's earliest timer, and the block's list is dealt out to the levels
 * below as seen from there, in order: so ties stay in the order of arming.
 */
#ifndef SIM_TIMER_H
#define SIM_TIMER_H

#include "sim/base.h"

#define WHEEL_LEVELS 8
#define WHEEL_SLOTS  64

struct timer_link {
	struct timer_link *next, *prev;
};

/** Embedded in its owner; zeroed memory is a disarmed timer. */
struct timer {
	struct timer_link link; /* next is NULL while disarmed */
	usec at;
	void (*fire)(struct timer *);
};

struct wheel {
	usec now;
	uint64_t busy[WHEEL_LEVELS]; /* bit set: the slot is a list, perhaps an empty one; else it is undefined */
	struct timer_link slot[WHEEL_LEVELS][WHEEL_SLOTS];
};

/** No world lasts longer than this: what is armed for later never fires. Nearly nine years. */
#define WHEEL_HORIZON (((usec)1 << 6 * WHEEL_LEVELS) - 1)

void wheel_init(struct wheel *w);

/** Arms (or re-arms) a timer. Asserts that `at` is not in the past. */
void timer_arm(struct wheel *w, struct timer *t, usec at);

/** Disarms; a disarmed timer stays as it is. */
void timer_disarm(struct timer *t);

static inline bool timer_armed(const struct timer *t)
{
	return t->link.next != NULL;
}

/** Takes the next timer off the wheel and moves the clock to its time; NULL (clock unmoved) when none is due by `until`. */
struct timer *wheel_next(struct wheel *w, usec until);

/** True when no timer is armed. */
bool wheel_empty(struct wheel *w);

#endif
