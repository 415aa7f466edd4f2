/*
 * Knobs as the file gives them: values of fields, one for all cells or one per value of an axis.
 */
#ifndef SCENARIOS_KNOBS_H
#define SCENARIOS_KNOBS_H

#include "scenarios/scenario.h"
#include "scenarios/yaml.h"

struct loader;

/** A setting and where it comes from. */
struct knob {
	struct setting setting;
	const struct yaml *value;
};

/** A growing list of knobs. */
struct knobs {
	bool axes;	 /* may a value be `$axis`? */
	const char *why; /* if not: why not */
	const int *owner; /* index of the node that they are of, which may name others; NULL: there is none */
	uint32_t n, room;
	struct knob *items;
};

/** Reads the value of a field, a group or a list; complains when it does not fit. */
void knob_read(struct loader *l, const struct field *f, const struct yaml *value, struct knobs *knobs);

/** Reads one scalar without axes into `out`; complains and returns false when it does not fit. */
bool value_read(struct loader *l, const struct field *f, const struct yaml *value, void *out);

/** The list as it will stand in the scenario, in its arena. */
struct settings knobs_settings(struct loader *l, const struct knobs *knobs);

/** The last value of a field; NULL when there is none. */
const struct knob *knobs_find(const struct knobs *knobs, const struct field *field);

#endif
