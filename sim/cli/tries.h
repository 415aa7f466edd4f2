/*
 * The same cells played of many variants of a scenario, and what is left of each.
 */
#ifndef SIM_CLI_TRIES_H
#define SIM_CLI_TRIES_H

#include "reports/report.h"
#include "scenarios/play.h"

/** What became of one check. */
struct check_fate {
	enum verdict verdict;
	const struct cause *cause; /* NULL: it works */
};

/** What became of one cell. */
struct fate {
	uint64_t cell;
	enum verdict verdict;
	uint64_t causes; /* of the checks that are asked: bit i for row i of causes[] */
	uint32_t n;
	const struct check_fate *checks; /* all of them */
};

struct tries {
	struct arena *arena; /* what is found lives there */
	const struct shown *shown;
	struct play_options options;
	uint32_t jobs; /* threads of the pool, when there is more than one to play; 0: here, which any thread may do */
	bool interrupted;
};

/** One variant, and the cell of it that is played. */
struct variant {
	const struct scenario *scenario;
	uint64_t cell;
};

/** Plays all of them; what is found comes in their order. After an interruption what is missing has VERDICT_ERROR. */
const struct fate *tries_play(struct tries *t, const struct variant *tries, uint32_t n);

/** Frees a text, and keeps it in the arena. */
const char *sink_text_kept(struct arena *a, struct sink *s);

/** A check as reports call it, "audio b to a"; in the arena. */
const char *question_text(struct arena *a, const struct scenario *s, uint32_t check);

#endif
