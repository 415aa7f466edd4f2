/*
 * Advice before buying: what of the catalogue works with what one has, the best first, with the reason for each that does not.
 */
#ifndef REPORTS_ADVICE_H
#define REPORTS_ADVICE_H

#include "reports/report.h"

/** One model that one could take. */
struct advised {
	uint32_t value; /* of the wanted axis */
	uint64_t cells; /* in which it was tried: one for each choice of what one has and does not name */
	uint64_t works; /* of these */
	uint64_t checks[BRIEF_RESULTS]; /* by check: cells in which that works */
	enum confidence confidence;	/* the lowest of its cells */
	const struct cause *cause;	/* of the first cell that does not work; NULL: all do */
	const char *sentence;
};

struct advice {
	const struct shown *shown;
	const char *have; /* "phone=cisco-7940, server=3cx-11" */
	uint32_t axis;	  /* the wanted one */
	struct advised *items;
	uint32_t n;
};

/** Counts a cell; `sentence` says why it does not work. */
void advice_add(struct advice *a, const struct brief *b, const char *sentence);

/** The best first: by cells that work, by checks that do, by confidence, and then as the catalogue has them. */
void advice_sort(struct advice *a);

void put_advice(struct sink *s, const struct paper *paper, const struct advice *a);

/** {"advice": [{"name", "verdict", ...}], "have", "want"}; docs/formats.md says what stands where. */
void put_advice_json(struct sink *s, const struct advice *a);

#endif
