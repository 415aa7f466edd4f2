/*
 * Why a cell does not work and what would mend it: the chain of decisions, and every change that was tried and helps.
 */
#ifndef REPORTS_CURE_H
#define REPORTS_CURE_H

#include "reports/json.h"
#include "reports/report.h"
#include "scenarios/chain.h"
#include "scenarios/trial.h"

/** A change that was tried. */
struct cure {
	const struct trial *trial;
	const struct trial_text *texts; /* what it changes */
	uint32_t n_texts;
	uint32_t order; /* in which they were tried */
	enum verdict verdict;
	const char *const *breaks; /* what worked before and does not with it: checks, and then other cells */
	uint32_t n_breaks;
	uint32_t cells_broken; /* of these: other cells */
};

struct cures {
	const struct shown *shown;
	uint64_t cell;
	enum verdict verdict; /* of the cell as it is */
	struct chain chain;
	const struct cure *items; /* the best first: by what they make of it, by effort, by what they break */
	uint32_t n;
	uint64_t tried;	      /* changes */
	uint32_t changes;     /* at once: 1, or 2 when no single one makes it work */
	uint64_t unseen;      /* pairs that were not tried, because they are so many */
	uint64_t other_cells; /* that each of them was tried on, too */
	uint64_t cells_left;  /* others, which it was not tried on */
};

/** Chain and remedies as text. */
void put_cures(struct sink *s, const struct paper *paper, const struct cures *c);

/** The links of a chain as an array. */
void put_chain_json(struct json *j, const struct chain *c);

/** {"cell", "chain": [...], "remedies": [...], "verdict"}; docs/formats.md says what stands where. */
void put_cures_json(struct sink *s, const struct cures *c);

#endif
