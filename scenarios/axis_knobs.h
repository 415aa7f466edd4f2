/*
 * What is behind the values of an axis: the knobs that differ among them, with a text for each value.
 */
#ifndef SCENARIOS_AXIS_KNOBS_H
#define SCENARIOS_AXIS_KNOBS_H

#include "scenarios/scenario.h"

struct axis_knob {
	const char *name;		/* "phone rport" */
	const char *const *values; /* one text per value of the axis */
};

struct axis_knobs {
	const struct axis_knob *items;
	uint32_t n;
};

/** One for each axis of the scenario. */
const struct axis_knobs *axis_knobs(struct arena *a, const struct scenario *s);

#endif
