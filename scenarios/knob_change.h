/*
 * What becomes of a cell when single knobs of it are as with another value of an axis, and all else stays: that tells a reason
 * from what only happens to go with it.
 */
#ifndef SCENARIOS_KNOB_CHANGE_H
#define SCENARIOS_KNOB_CHANGE_H

#include "scenarios/scenario.h"

/** Knobs of one axis, as axis_knobs() calls them, and the value of the axis whose devices have them as wanted. */
struct knob_change {
	uint32_t axis, value;
	const char *const *knobs;
	uint32_t n;
};

/**
 * A copy of the scenario in which the devices of a cell have these knobs as wanted; the cell has the same number. NULL when one
 * of them cannot be changed by itself: it is of a wire or a remedy, says where a node is, or is of a part that one of the
 * two does not have.
 */
const struct scenario *knob_change_scenario(struct arena *a, const struct scenario *s, uint64_t cell,
					    const struct knob_change *change);

#endif
