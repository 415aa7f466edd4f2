#include "sim/timer.h"

#include <assert.h>
#include <string.h>

#define DIGIT_BITS 6

void wheel_init(struct wheel *w)
{
	w->now = 0;
	memset(w->busy, 0, sizeof w->busy);
}

static unsigned digit(usec at, int level)
{
	return (uint64_t)at >> (level * DIGIT_BITS) & (WHEEL_SLOTS - 1);
}

/* The level of the highest digit in which the two times differ. */
static int level_of(usec at, usec now)
{
	uint64_t differ = (uint64_t)(at ^ now);
	return differ < WHEEL_SLOTS ? 0 : (63 - __builtin_clzll(differ)) / DIGIT_BITS;
}

static void enlist(struct wheel *w, struct timer *t)
{
	int level = level_of(t->at, w->now);
	assert(level < WHEEL_LEVELS);
	unsigned i = digit(t->at, level);
	struct timer_link *slot = &w->slot[level][i];
	if (!(w->busy[level] >> i & 1))
		*slot = (struct timer_link){ slot, slot };
	t->link = (struct timer_link){ slot, slot->prev };
	slot->prev->next = &t->link;
	slot->prev = &t->link;
	w->busy[level] |= (uint64_t)1 << i;
}

void timer_arm(struct wheel *w, struct timer *t, usec at)
{
	assert(at >= w->now);
	timer_disarm(t);
	t->at = at < WHEEL_HORIZON ? at : WHEEL_HORIZON;
	enlist(w, t);
}

/* The slot's busy bit stays; wheel_next() clears it when it finds the slot empty. */
void timer_disarm(struct timer *t)
{
	if (!timer_armed(t))
		return;
	t->link.prev->next = t->link.next;
	t->link.next->prev = t->link.prev;
	t->link = (struct timer_link){ NULL, NULL };
}

/* The first busy slot of a level at or after digit `from`; -1 when there is none. */
static int first_busy(struct wheel *w, int level, unsigned from)
{
	uint64_t busy = from < WHEEL_SLOTS ? w->busy[level] & ~(uint64_t)0 << from : 0;
	while (busy) {
		int i = __builtin_ctzll(busy);
		const struct timer_link *slot = &w->slot[level][i];
		if (slot->next != slot)
			return i;
		w->busy[level] &= ~((uint64_t)1 << i);
		busy &= busy - 1;
	}
	return -1;
}

/* The first of the earliest timers in a slot of a higher level, whose timers are in order of arming only. */
static struct timer *earliest(const struct timer_link *slot)
{
	struct timer *first = CONTAINER(slot->next, struct timer, link);
	for (const struct timer_link *l = first->link.next; l != slot; l = l->next) {
		struct timer *t = CONTAINER(l, struct timer, link);
		if (t->at < first->at)
			first = t;
	}
	return first;
}

/* Enters the block of a slot: its timers move to lower levels, in their order, as seen from `now`. */
static void deal_out(struct wheel *w, int level, int i)
{
	struct timer_link *slot = &w->slot[level][i];
	w->busy[level] &= ~((uint64_t)1 << i);
	for (struct timer_link *l = slot->next, *next; l != slot; l = next) {
		next = l->next;
		enlist(w, CONTAINER(l, struct timer, link));
	}
}

bool wheel_empty(struct wheel *w)
{
	for (int level = 0; level < WHEEL_LEVELS; level++)
		if (first_busy(w, level, 0) >= 0)
			return false;
	return true;
}

/* The clock goes straight to the earliest timer of the slot, so that this one is not dealt out first, nor one that is alone. */
static struct timer *take_from(struct wheel *w, int level, int i, usec until)
{
	const struct timer_link *slot = &w->slot[level][i];
	struct timer *t = level ? earliest(slot) : CONTAINER(slot->next, struct timer, link);
	if (t->at > until)
		return NULL;
	w->now = t->at;
	timer_disarm(t);
	if (level)
		deal_out(w, level, i);
	return t;
}

struct timer *wheel_next(struct wheel *w, usec until)
{
	for (int level = 0; level < WHEEL_LEVELS; level++) {
		if (!w->busy[level])
			continue;
		int i = first_busy(w, level, digit(w->now, level) + (level > 0));
		if (i >= 0)
			return take_from(w, level, i, until);
	}
	return NULL;
}
