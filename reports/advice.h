/*
 * Advice before buying: what of the catalogue works with what one has, the best first, with the reason for each that does not.
 *
 * What is neither wanted nor named is tried with everything: each choice of it is a setup. Of what one has several of, such as two
 * phones, each is tried by itself, and in a setup all of them have to work.
 */
#ifndef REPORTS_ADVICE_H
#define REPORTS_ADVICE_H

#include "reports/report.h"

/** Why it does not work. */
struct reason {
	uint64_t cells;	      /* of which this is the first cause */
	const char *sentence; /* of the first of them */
};

/** What became of one setup: the worst of its cells. */
struct setup {
	bool works;
	uint32_t checks; /* that work: bit i for check i */
	enum confidence confidence;
};

/** One model that one could take. */
struct advised {
	uint32_t value; /* of the wanted axis */
	struct setup *setups;
	struct reason *reasons; /* by row of causes[] */
	/* counted by advice_finish() */
	uint64_t works;			/* setups */
	uint64_t checks[BRIEF_RESULTS]; /* by check: setups in which it works */
	enum confidence confidence;	/* of the surest setup */
	const struct cause *cause;	/* the most frequent one, of those the first in the table; NULL: all works */
};

struct advice {
	struct arena *arena;
	const struct shown *shown;
	const char *have;  /* "phone=cisco-7940, server=3cx-11" */
	const bool *named; /* by axis: it is among what one has */
	uint32_t axis;	   /* the wanted one */
	struct advised *items;
	uint32_t n;
	uint64_t setups; /* of each */
	uint64_t cells;	 /* of each: more than setups when one has several of a kind */
};

/** Nothing tried yet. `cells`: how many there will be in all. Lives in `a`; `named` and `have` are kept. */
struct advice advice_new(struct arena *a, const struct shown *shown, uint32_t axis, const bool *named,
			 const char *have);

/** Counts a cell; `sentence` says why it does not work, and is copied where it is needed. */
void advice_add(struct advice *a, const struct brief *b, const char *sentence, size_t len);

/** Sums up. The best come first: by setups that work, by checks that do, by confidence, and then as the catalogue has them. */
void advice_finish(struct advice *a);

void put_advice(struct sink *s, const struct paper *paper, const struct advice *a);

/** {"advice": [{"name", "verdict", ...}], "have", "want"}; docs/who-is-to-blame.md says what stands where. */
void put_advice_json(struct sink *s, const struct advice *a);

/** "phone is cisco-7940, home is tplink-er6020, ...": what the nodes of a cell are that came from axes. */
void put_who_is_who(struct sink *s, const struct paper *paper, const struct shown *shown, uint64_t cell);

#endif
