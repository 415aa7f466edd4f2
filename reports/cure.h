/*
 * Why a cell does not work and what would mend it: the chain of decisions, and every change that was tried and helps.
 */
#ifndef REPORTS_CURE_H
#define REPORTS_CURE_H

#include "reports/json.h"
#include "reports/report.h"
#include "scenarios/chain.h"
#include "scenarios/trial.h"

/** Whether what works goes on working when nothing happens for a while. */
struct lasting {
	bool asked; /* by the scenario itself, whose verdict says it */
	/** Works; stops; fails: all that is asked goes on, and the server does not reach a phone even at once; skipped: not known. */
	enum verdict verdict;
	const char *until;	   /* stops: for so long it has worked, "30s" */
	const struct cause *cause; /* stops, fails */
	const char *question;	   /* likewise: the check that shows it */
};

/** A change that was tried. */
struct cure {
	const struct trial *trial;
	const struct trial_text *texts; /* what it changes */
	uint32_t n_texts;
	uint32_t order; /* in which they were tried */
	enum verdict verdict;
	bool helps;		   /* it works, or something of it gets better, and nothing worse */
	const struct cause *cause; /* of the first check that does not work with it; NULL: all do */
	struct lasting lasting;	   /* when it works */
	const char *const *breaks; /* checks that come to a worse result with it, and then other cells that worked */
	uint32_t n_breaks;
	uint32_t cells_broken; /* of these: other cells */
};

struct cures {
	const struct shown *shown;
	uint64_t cell;
	enum verdict verdict;	    /* of the cell as it is */
	enum confidence confidence; /* likewise: of the least certain entry of the catalogue */
	struct chain chain;
	/**
	 * The best first: by what they make of it and for how long, by effort, by what they break. Of a cell that works: the changes
	 * of one knob with which it does not any more, node by node.
	 */
	const struct cure *items;
	uint32_t n;
	uint64_t tried;	      /* changes */
	uint32_t changes;     /* at once: 1, or 2 when no single one is a cure */
	uint64_t unseen;      /* pairs that were not tried, because they are so many */
	uint64_t other_cells; /* that each of them was tried on, too */
	uint64_t cells_left;  /* others, which it was not tried on */
};

/** Does it work with it, and go on working? */
static inline bool is_cure(const struct cure *c)
{
	return c->verdict == VERDICT_WORKS && c->lasting.verdict != VERDICT_STOPS;
}

/** How good it is. */
enum cure_rank { RANK_CURE, RANK_SHORT, RANK_PART, RANK_NONE, RANKS };

static inline enum cure_rank cure_rank(const struct cure *c)
{
	if (c->verdict == VERDICT_WORKS)
		return is_cure(c) ? RANK_CURE : RANK_SHORT;
	return c->helps ? RANK_PART : RANK_NONE;
}

/** Chain and remedies as text. */
void put_cures(struct sink *s, const struct paper *paper, const struct cures *c);

/** The links of a chain as an array. */
void put_chain_json(struct json *j, const struct chain *c);

/** What worked before a change and does not with it, as an array. */
void put_breaks_json(struct json *j, const struct cure *c);

/** {"asked", "cause", "check", "text", "until", "verdict"}, or null when it is not known. */
void put_lasting_json(struct json *j, const struct lasting *l);

/** {"cell", "chain": [...], "remedies": [...], "verdict"}; docs/who-is-to-blame.md says what stands where. */
void put_cures_json(struct sink *s, const struct cures *c);

#endif
