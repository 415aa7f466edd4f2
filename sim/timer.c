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
	assert(level < WHEEL_LEVELS); /* nearly nine years ahead: nothing here plans that far */
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
	t->at = at;
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

/* Enters the block that begins at `at`: its timers move to lower levels, in their order. */
static void deal_out(struct wheel *w, int level, int i, usec at)
{
	struct timer_link *slot = &w->slot[level][i];
	struct timer_link *l = slot->next;
	*slot = (struct timer_link){ slot, slot };
	w->busy[level] &= ~((uint64_t)1 << i);
	w->now = at;
	while (l != slot) {
		struct timer_link *next = l->next;
		enlist(w, CONTAINER(l, struct timer, link));
		l = next;
	}
}

/* The first time of slot `i`, given that all higher digits are those of `now`. */
static usec block_start(usec now, int level, int i)
{
	uint64_t low = ((uint64_t)1 << (level + 1) * DIGIT_BITS) - 1;
	return (usec)(((uint64_t)now & ~low) | (uint64_t)i << (level * DIGIT_BITS));
}

static usec block_end(usec start, int level)
{
	return start + ((usec)1 << level * DIGIT_BITS) - 1;
}

/* The earliest time in a slot of a higher level, whose timers are in order of arming only. */
static usec earliest(const struct timer_link *slot)
{
	usec at = NEVER;
	for (const struct timer_link *l = slot->next; l != slot; l = l->next) {
		const struct timer *t = CONTAINER(l, struct timer, link);
		if (t->at < at)
			at = t->at;
	}
	return at;
}

bool wheel_empty(struct wheel *w)
{
	for (int level = 0; level < WHEEL_LEVELS; level++)
		if (first_busy(w, level, 0) >= 0)
			return false;
	return true;
}

struct timer *wheel_next(struct wheel *w, usec until)
{
	for (int level = 0; level < WHEEL_LEVELS;) {
		int i = first_busy(w, level, digit(w->now, level) + (level > 0));
		if (i < 0) {
			level++;
			continue;
		}
		struct timer_link *slot = &w->slot[level][i];
		if (level == 0) {
			struct timer *t = CONTAINER(slot->next, struct timer, link);
			if (t->at > until)
				return NULL;
			w->now = t->at;
			timer_disarm(t);
			return t;
		}
		usec start = block_start(w->now, level, i);
		if (start > until || (block_end(start, level) > until && earliest(slot) > until))
			return NULL;
		deal_out(w, level, i, start);
		level = 0;
	}
	return NULL;
}
