/*
 * Is a cell a failure to a machine that counts failures? Without an earlier result it is when it is not as expected. Against one it
 * is when it is worse than before, or was not there before and is not as expected: what makes comparison_fails() say yes. What
 * fails as it did before is forgiven.
 */
#ifndef REPORTS_STANDING_H
#define REPORTS_STANDING_H

#include "reports/report.h"

struct standing {
	bool fails;
	bool forgiven;	     /* it is not as expected, and no worse than before */
	const char *message; /* of either: "expected works", "as before: expected works", "before: works" */
};

/** On any thread. The message lives as long as `r` and `scratch`. */
struct standing standing_of(const struct show *show, const struct shown *shown, const struct cell_result *r,
			    struct arena *scratch);

#endif
