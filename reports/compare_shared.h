/*
 * What the parts of a comparison know together. Nobody else includes this.
 *
 *	compare.c	    cells of the earlier and the later result, and what is missing in the end
 *	compare_once.c	    texts and outcomes, each kept once
 *	compare_scenarios.c which scenarios belong together, and what else is not the same in them
 *	compare_changes.c   what became of a cell, and what the cells of a class have in common
 */
#ifndef REPORTS_COMPARE_SHARED_H
#define REPORTS_COMPARE_SHARED_H

#include "reports/compare.h"
#include "sim/table.h"

struct compared_scenario {
	const struct shown *shown;
	const struct scenario *from; /* what is shown */
	uint32_t nth;		     /* of those with its path */
	const char **axes;	     /* in the file's order when it is known */
	uint32_t n_axes;
	uint32_t *values; /* per axis: that of the first cell */
	bool *several;	  /* per axis: has it more values? */
	const struct compared_scenario
		*before;  /* of a later one: the earlier one that its cells stood in; NULL: none */
	int *sources;	  /* per axis of that one: the own axis; -1: none, it has one value */
	uint32_t **texts; /* of an expected one: per axis of the file and value its text */
	struct change_group *groups[CHANGE_CLASSES];
	struct compared_scenario *next;
};

/** A cell. The earlier ones are found by scenario and values. */
struct row {
	struct link link;
	struct row *next;
	struct compared_scenario *scenario;
	const struct cell_state *outcome;
	enum { ROW_OPEN, ROW_COMPARED, ROW_HIDDEN } state;
	uint32_t values[];
};

struct rows {
	struct row *first, **end;
};

/** One of the results. */
struct side {
	struct compared_scenario *first, **end, *at_hand;
	struct rows rows;
};

struct compared {
	struct compare_rules rules;
	struct arena *arena, *scratch;
	struct names *ids; /* of texts, each kept once */
	const char **texts;
	uint32_t n_texts, texts_room;
	struct names *outcome_ids;
	const struct cell_state **outcomes;
	uint32_t n_outcomes, outcomes_room;
	struct table table; /* of the earlier rows */
	struct side before, now;
	struct difference **differences_end;
	struct sink key;
};

/** The number of a text: the same for the same text. */
uint32_t compared_id(struct compared *s, const char *text);

/** A text that lives as long as the comparison: the same pointer for the same text. NULL stays NULL. */
const char *compared_text(struct compared *s, const char *text);

/** What a cell came to: the same pointer for the same outcome. Sorts the troubles of the cell. */
const struct cell_state *compared_outcome(struct compared *s, struct scanned_cell *cell);

/** By what was checked. */
int trouble_order(const struct trouble *a, const struct trouble *b);

/** Adds a scenario behind those of its side, with the axes that it has, or else its first cell. */
struct compared_scenario *compared_begin(struct compared *s, struct side *side, const struct shown *shown,
					 const struct scanned_cell *cell);

/** The n-th scenario of that path, from 0; NULL: there is none. */
struct compared_scenario *compared_find(const struct side *side, const char *path, uint32_t nth);

/** Cells of `now` stood in `before`, unless one of them has an axis of several values that the other lacks. */
void compared_join(struct compared *s, struct compared_scenario *now, const struct compared_scenario *before);

/** Keeps what is not the same in both results, a knob of a value once. What is told lives as long as the comparison. */
void compared_differ(struct comparison *c, const struct difference *told);

/** Knobs, file and seed of a scenario. */
void compared_differences(struct comparison *c, const struct shown *old, const struct shown *now);

/** Was the cell run? NULL was not. */
bool state_is_there(const struct cell_state *o);

/** A cell of that scenario and those values became something: counts it, and keeps it as far as the rules say. */
void change_tell(struct comparison *c, struct compared_scenario *scenario, const uint32_t *values,
		 const struct cell_change *told);

#endif
