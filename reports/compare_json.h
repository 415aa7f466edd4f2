/*
 * A comparison for programs, and the baseline: a result cut down to what comparisons read. One cell per line, keys sorted.
 */
#ifndef REPORTS_COMPARE_JSON_H
#define REPORTS_COMPARE_JSON_H

#include "reports/compare.h"

/** All changes that were kept, with their sums. docs/diff.schema.json says what stands where. */
void put_comparison_json(struct sink *s, const struct comparison *c);

struct baseline_rules {
	const char *version, *catalogue;
	/** How the file of a scenario is named from the folder of the baseline. */
	const char *(*name)(void *context, const struct scenario *s);
	/** Takes away what is in the sink; called now and then. */
	void (*ready)(void *context, struct sink *s);
	void *context;
};

/**
 * The later result of a comparison that keeps all, and of the earlier one what was neither compared nor missed, as a result
 * cut down to `cell`, `verdict`, and of what does not work `cause` and `checks`. Scenarios are sorted by path and cells by
 * their values, so that the bytes do not depend on what was run together.
 */
void put_baseline(struct sink *s, const struct comparison *c, const struct baseline_rules *rules);

#endif
