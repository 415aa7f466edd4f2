/*
 * What is behind the values of an axis: an axis of three phones is an axis of `phone rport` off, off and on as well.
 *
 * That is every knob in which the values differ: of the models on the axis and of their parts, such as a router's ALG, of
 * what the file gives as `$axis`, and what remedies change. Values are told as `viaport show` tells them, inherited and
 * default ones included. What only names a device or says where it is (texts, addresses, ports and the order of headers)
 * is no knob here: every product has its own, and that would explain nothing.
 */
#ifndef SCENARIOS_AXIS_KNOBS_H
#define SCENARIOS_AXIS_KNOBS_H

#include "scenarios/scenario.h"

/** Is it one? Not what only names a device or says where it is. */
bool field_is_knob(const struct field *f);

/**
 * A knob, and what it is set to at each value of its axis; at least two of them differ. "phone rport", "router alg.host",
 * "home wire.loss", "remedy servers.force-rport"; where several nodes of a kind differ from each other, they are named:
 * "alice rport".
 */
struct axis_knob {
	const char *name;
	const char *const *values; /* one text per value of the axis */
};

/** Those of one axis: nodes in the scenario's order, each with its knobs in the order of their tables; wires; remedies. */
struct axis_knobs {
	const struct axis_knob *items;
	uint32_t n;
};

/** The knobs of each axis of a scenario that was loaded from its file. They live in `a` and may point into the scenario. */
const struct axis_knobs *axis_knobs(struct arena *a, const struct scenario *s);

#endif
