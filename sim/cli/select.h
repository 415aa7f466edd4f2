/*
 * --only: which cells of a scenario run. A selection is a smaller matrix within the matrix, so it costs
 * nothing per cell.
 */
#ifndef SIM_CLI_SELECT_H
#define SIM_CLI_SELECT_H

#include "scenarios/scenario.h"
#include "sim/cli/input.h"

/** One AXIS=VALUE. */
struct choice {
	const char *axis, *value;
	size_t axis_len, value_len;
};

struct only {
	struct choice *choices;
	uint32_t n;
};

struct selection {
	uint32_t **values; /* per axis, the indexes of the values that are in */
	uint32_t *n;	   /* how many */
	uint64_t cells;
	const uint64_t *list; /* the numbers of the cells one by one, instead of all this; NULL: none */
};

/** Reads the arguments of --only. Returns the one that is wrong, or NULL. */
const char *only_read(struct arena *a, const struct texts *arguments, struct only *out);

/** "phone=a,phone=b" for the wrong argument "phone=a,b"; NULL: it is not wrong like that. */
const char *only_meant(struct arena *a, const char *argument);

/**
 * Several values of one axis: any of them. Several axes: all of them. A scenario without one of the axes has
 * nothing selected.
 */
struct selection select_cells(struct arena *a, const struct scenario *s, const struct only *only);

/** Would a cell with these values be selected, in a scenario with these n axes? */
bool only_holds(const struct only *only, const char *const *axes, const char *const *values, uint32_t n);

/** The number of the i-th (from 0) selected cell. */
uint64_t selection_cell(const struct selection *sel, const struct scenario *s, uint64_t i);

/** What may have been meant by a value that the axis does not have: "; did you mean pf?", all that contain it, or nothing. */
void put_meant(struct sink *s, const struct axis *axis, const struct choice *c);

/** Says on standard error which axes and values there are; `option` is how they were chosen: "--only". */
void only_explain(const char *option, const struct only *only, const struct input *input);

#endif
