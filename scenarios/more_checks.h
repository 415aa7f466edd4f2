/*
 * Copies of a scenario that ask more than the file does: how those fare of whom no check speaks, and whether what works goes on
 * working. Their cells have the same numbers, and what the file asks stands first, at the same places.
 */
#ifndef SCENARIOS_MORE_CHECKS_H
#define SCENARIOS_MORE_CHECKS_H

#include "scenarios/scenario.h"

/**
 * The scenario with checks of the phones that no check speaks of: whether they register, call and can be called in the steps that
 * they have. `s` itself when there are none. Lives in `a` and points into `s`, as all copies here.
 */
const struct scenario *scenario_with_bystanders(struct arena *a, const struct scenario *s);

/** How long nothing is to happen. */
struct silence {
	usec lasts;
	usec told; /* what is survived by who is alive after it: a router's time, or just short of a phone's or server's */
	bool calls; /* calls last longer by it, too */
};

/**
 * The silences of a cell that tell whether a mapping is held: a second more than each time after which one of its routers forgets,
 * and a second less than each after which a phone or server sends something by itself, a keepalive or a registration. The shortest
 * first; none when nobody is behind a router. How many comes back.
 */
uint32_t scenario_silences(struct arena *a, const struct scenario *s, const uint32_t *choice,
			   const struct silence **out);

/**
 * The scenario prolonged by such a silence. Calls of the file last longer by it, when the silence says so. Behind the last step every
 * phone of scenario_reached() registers once more, and one check each asks whether the server reaches it at once, and still after
 * the silence: fails, or stops.
 */
const struct scenario *scenario_prolonged(struct arena *a, const struct scenario *s, const uint32_t *choice,
					  const struct silence *silence);

/**
 * The phones that are registered when the last step of a cell has ended, and of which it is asked that they are reached: by a call,
 * by a probe, or, where no call is asked for, by registering at all. As indexes of nodes; how many comes back.
 */
uint32_t scenario_reached(struct arena *a, const struct scenario *s, const uint32_t *choice, const int **out);

/** Does the file itself ask of each such phone whether it is reached after the longest time of a router? */
bool scenario_asks_lasting(struct arena *a, const struct scenario *s, const uint32_t *choice);

#endif
