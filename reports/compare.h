/*
 * Compares two results, cell by cell: an earlier one, which is read first and kept as a compact table, and a later one, which
 * may be a run under way.
 *
 *	c = comparison_new(&rules);
 *	comparison_before(c, shown, json, n)   each cell of the earlier result
 *	comparison_now(c, shown, json, n)	  each cell of the later one
 *	comparison_end(c);			  what is not there any more
 *
 * Cells are the same when their scenarios have the same path and all their axes the same values. An axis that only one of the
 * results has does not count where it has one value: then nothing but a name was added. With more values the cells are others.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "reports/cell_scan.h"
#include "reports/report.h"

/**
 * What became of a cell. Worse and better are in the order works, degraded, stops, fails, error. A cell that is skipped was not
 * run, so it counts as one that is not there.
 */
enum change_class {
	CHANGE_BROKEN,	/* worse than before */
	CHANGE_CAUSE,	/* the same verdict, but other checks do not work, or for another cause */
	CHANGE_FIXED,	/* better than before */
	CHANGE_NEW,	/* not there before */
	CHANGE_REMOVED, /* not there any more */
	CHANGE_NONE,
	CHANGE_CLASSES
};

/** "broken", "cause changed", ... "unchanged" */
extern const char *const change_words[];

/** How bad a cell is: 0 works, 1 degraded, 2 stops, 3 fails, 4 error. Not of a cell that is skipped. */
int verdict_badness(enum verdict v);

/** What a cell came to; kept once for all cells that came to the same. */
struct cell_state {
	enum verdict verdict;
	const char *cause;		/* of the first trouble, NULL: none */
	const char *causes;		/* the words of all, each once: "reply-to-via-port, two-phones-one-port"; "" */
	const struct trouble *troubles; /* sorted by what was checked */
	uint32_t n_troubles;
	bool detailed; /* the troubles are known; else only the cause is */
};

/** A cell that changed. */
struct cell_change {
	const char *const *values;	 /* one per axis of its group */
	const struct cell_state *old, *now; /* NULL: it was not there, it is not there */
	const char *sentence;		 /* why it does not work now; NULL: it does */
	bool expected;			 /* now */
	struct cell_change *next;
};

/** The cells of one scenario that changed in the same way. */
struct change_group {
	const char *path;
	const char *const *axes; /* in the file's order when it is known */
	const char **common;	 /* per axis: the value that all of them have, if the axis has others too; else NULL */
	uint32_t n_axes;
	uint64_t n; /* cells; the first ones are kept */
	struct cell_change *first, **end;
	struct change_group *next;
};

struct change_list {
	uint64_t n, kept; /* cells in it */
	struct change_group *first, **end;
};

/** Something besides the cells that is not the same in both results, and may be why. */
struct difference {
	const char *what; /* "catalogue", "version", "seed", "file" or "knob" */
	const char *path; /* of the scenario; of a knob the first one that has it; NULL: it is about all */
	const char *knob, *axis, *value; /* "server rport", and of which value of which axis; NULL: it is no knob */
	const char *old, *now;
	struct difference *next;
};

struct compare_rules {
	uint64_t kept;	/* changes of each class that are kept */
	bool keeps_all; /* the later result is kept as a whole, for comparison_each() */
	/** Would the later result hold such a cell if there were one? If not it is not missed. NULL: every one. */
	bool (*covers)(void *context, const char *path, const char *const *axes, const char *const *values, uint32_t n);
	void *context;
};

struct comparison {
	struct change_list classes[CHANGE_CLASSES]; /* of CHANGE_NONE nothing but the number */
	uint64_t cells;				    /* of the later result */
	uint64_t met;				    /* of them, in the earlier one as well */
	uint64_t errors;			    /* of them */
	uint64_t surprises;			    /* new ones that are not as expected */
	bool apart;				    /* nothing was compared: no cell is in both results */
	const struct difference *differences;
	struct compared *state;
};

/** Compares nothing yet. `rules` are copied. */
struct comparison *comparison_new(const struct compare_rules *rules);
void comparison_free(struct comparison *c);

/** What the results were made with, before their cells: a catalogue, a version; NULL: not known. */
void comparison_tools(struct comparison *c, const char *what, const char *old, const char *now);

/**
 * A cell of the earlier result; all of a scenario one after the other. What is shown is kept;
 * of it path, seed, sha256, axes and knobs are used, the latter two as far as they are there. NULL: done; else what is wrong with the cell, as a sentence that lives as long as the comparison.
 */
const char *comparison_before(struct comparison *c, const struct shown *shown, const char *json, size_t n);

/**
 * Before the later result has cells, and after all of the earlier one: a scenario of it, of which comparison_was() is going to be
 * asked. All scenarios of a result, in its order.
 */
void comparison_expect(struct comparison *c, const struct shown *shown);

/**
 * What a cell of such a scenario came to in the earlier result; NULL: it was not there, or was skipped. On any thread, also while
 * cells of the later result come.
 */
const struct cell_state *comparison_was(const struct comparison *c, const struct shown *shown, uint64_t cell,
					struct arena *scratch);

/** A cell of the later result, likewise, with all values of the axes. Nothing more may come of the earlier one. */
const char *comparison_now(struct comparison *c, const struct shown *shown, const char *json, size_t n);

/** A cell of which it is not known what became of it: it is neither compared nor missed. */
const char *comparison_hide(struct comparison *c, const struct shown *shown, const char *json, size_t n);

/** The later result is complete: finds what is missing. */
void comparison_end(struct comparison *c);

/** Did it get worse: something broke, or what is new is not as expected, or came to no result? Or was nothing compared? */
bool comparison_fails(const struct comparison *c);

/** A cell as it is known in the end: that of the later result, or one of the earlier result that was neither compared nor missed. */
struct compared_cell {
	const struct shown *shown; /* that it was told with */
	bool is_later;		   /* of the later result */
	uint32_t nth;			 /* of the scenarios with this path, from 0 */
	const char *const *axes;
	const uint32_t *values; /* comparison_text() */
	uint32_t n_axes;
	const struct cell_state *outcome;
};

/** Shows all of them, in no order that means anything; with `keeps_all`. */
void comparison_each(const struct comparison *c, void (*see)(void *context, const struct compared_cell *),
		     void *context);

/** The text of a value. */
const char *comparison_text(const struct comparison *c, uint32_t value);

#endif
