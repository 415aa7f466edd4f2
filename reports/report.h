/*
 * A report turns results into bytes. It runs nothing and judges nothing.
 *
 * A kind of report has two halves, so that cells may be rendered on many threads and still be written in
 * order:
 *
 *	worker thread    render()  one cell, while its world lives          -> bytes of that cell
 *	main thread      begin(), begin_scenario(), cell() ..., end()       -> bytes of the report
 *
 * Between the two a cell is its brief and its rendered bytes; the world and its trace are gone.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "reports/paper.h"
#include "scenarios/result.h"

struct axis_knobs; /* scenarios/axis_knobs.h */
struct comparison; /* reports/compare.h */
struct conditions; /* scenarios/conditions.h */
struct drawers;	   /* reports/drawers.h */
struct shard;	   /* reports/part.h */

/**
 * A scenario as reports see it. It may be one that was read back from a result (reports/recorded.h): then it has its
 * names, axes, checks and exceptions, and nothing else.
 */
struct shown {
	const struct scenario *scenario;
	const struct axis_knobs *knobs; /* what is behind the values of its axes, one per axis; NULL without axes */
	const char *file;	 /* as the user names it; NULL for standard input */
	uint64_t seed;		 /* the one that was used */
	uint64_t cells;		 /* how many were selected */
	const uint32_t *by_name; /* indexes of its axes in alphabetical order */
};

/** All that is the same for every cell of a run; const while it runs. */
struct show {
	const struct shown *scenarios;
	uint32_t n;
	uint64_t cells;	       /* the sum over the scenarios; of a part, its own */
	const char *version;   /* of the program */
	const char *catalogue; /* sha256 of the catalogue */
	const char *command; /* of a shell that makes the same results, but for --min-confidence; NULL: not known */
	const char *run;       /* sha256 of what decides its cells: runs of the same have the same; NULL: not known */
	bool bytes;	       /* --trace full: reports carry every record */
	bool seeded;	       /* --seed was given, so a command that repeats a cell must say it */
	uint32_t seeds;	       /* --seeds: how many each cell was played under; 0: not given */
	bool verbose, quiet;
	enum confidence least; /* cells of less are hidden; CONFIDENCE_LOW: none */
	const struct comparison *compared; /* with an earlier result, complete when the reports end; NULL: none */
	const struct drawers *drawers; /* of the cells in report.html, complete when the reports end; NULL: none */
	const struct shard *shard; /* the part of a run that this is; NULL: all of it */
	struct paper paper;
};

/** The same, written on other paper. */
struct show show_on(const struct show *show, struct paper paper);

#define BRIEF_RESULTS  16
#define BRIEF_OUTCOMES 4

/** What is remembered of a cell when its world is gone. A plain value. */
struct brief {
	uint64_t cell;
	enum verdict verdict;
	bool expected, known;
	enum confidence confidence;	   /* of the least certain entry */
	const struct cause *cause;	   /* of the first check that does not work; NULL when all do */
	uint64_t causes;		   /* of all checks: bit i for row i of causes[] */
	const struct exception *exception; /* the `known` or `skip` that applied, or NULL */
	const char *lost_at;		   /* name in the scenario, or NULL */
	uint32_t n_results;		   /* checks; the first BRIEF_RESULTS of them are kept */
	uint8_t results[BRIEF_RESULTS];	   /* enum verdict */
	const struct model *weak[RESULT_WEAK]; /* entries of low confidence that it rests on; NULL: no more */
	uint32_t seeds, share;		       /* under which it was played, 0: one as usual; those with its verdict */
	uint32_t n_outcomes; /* more than one: it depends on chance; the first BRIEF_OUTCOMES are kept */
	struct outcome outcomes[BRIEF_OUTCOMES];
};

void brief_of(const struct shown *shown, const struct cell_result *r, struct brief *out);

/**
 * The next cause of a brief in order of number: F01, F02, G01. `before` NULL: the first one. NULL: no more.
 *
 *	for (const struct cause *c = NULL; (c = next_cause(brief->causes, c));)
 */
const struct cause *next_cause(uint64_t among, const struct cause *before);

/** All rows of causes[], for next_cause(). */
#define ALL_CAUSES UINT64_MAX

/** "reply-to-via-port, two-phones-one-port": the words of all causes of a brief. */
void put_cause_words(struct sink *s, uint64_t among);

/** Is that cell one of those that --min-confidence hides? */
bool is_hidden(const struct show *show, const struct brief *b);

/** Adds a cell to the sums. */
void brief_count(const struct brief *b, struct totals *totals);

/** How a run ended. */
enum ending { ENDING_COMPLETE, ENDING_INTERRUPTED, ENDING_FAILED_FAST };

struct report;

struct report_kind {
	const char *name; /* as -f calls it */
	const char *file; /* what it is called below --out; NULL: it has a file of its own */
	const char *appends_to; /* the variable by which an engine names a file that it is added to; NULL: none */
	/** Does a single run need its records kept? */
	bool reads_trace;
	/** Is it handed what --min-confidence hides as well? */
	bool keeps_hidden;
	/** Does it call report_turn()? */
	bool turns;

	/** Renders one cell on any thread; `scratch` is reset by the caller. */
	void (*render)(const struct show *show, const struct shown *shown, const struct cell_result *r,
		       struct arena *scratch, struct sink *out);

	/* What a kind has nothing to do at is NULL. */
	void (*begin)(struct report *);
	void (*begin_scenario)(struct report *, const struct shown *);
	void (*cell)(struct report *, const struct shown *, const struct brief *, const char *rendered,
		     size_t n);
	/** `conditions`: when its cells fail; NULL for a single run. */
	void (*end_scenario)(struct report *, const struct shown *, const struct totals *,
			     const struct conditions *conditions);
	void (*end)(struct report *, const struct totals *, enum ending);
	void (*free)(struct report *);
};

/** One report that is being written. */
struct report {
	const struct report_kind *kind;
	const struct show *show;
	struct sink out;   /* what is ready; the caller takes it away and clears it whenever it likes */
	struct sink notes; /* lines for standard output beside the report, taken away likewise */
	void *given;	   /* by the caller to a kind that has a file of its own */
	void *state;	   /* of the kind */
	bool failed;	   /* set by a kind that has a file of its own: it could not be written, which was said */
	/** Set by the caller: takes `out` away as the end of one file and begins the next one. NULL: all is one file. */
	void (*turn)(struct report *);
	void *turner; /* of the caller */
};

/** What follows belongs to another file, when the caller has files at all. */
void report_turn(struct report *r);

/** All kinds; closed by NULL. The first is the default. */
extern const struct report_kind *const report_kinds[];

/** The kind of that name, NULL when there is none. */
const struct report_kind *report_kind_find(const char *name, size_t len);

/* What the caller tells a report, in this order; what the kind has nothing to do at is passed over. */
void report_begin_scenario(struct report *r, const struct shown *shown);
void report_cell(struct report *r, const struct shown *shown, const struct brief *b, const char *rendered, size_t n);
void report_end_scenario(struct report *r, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions);
void report_end(struct report *r, const struct totals *totals, enum ending ending);

/** Begins a report. `show` is kept. */
void report_begin(struct report *r, const struct report_kind *kind, const struct show *show);

/** The same with something of the caller's, which is kept. */
void report_begin_with(struct report *r, const struct report_kind *kind, const struct show *show, void *given);

/** Frees what the report holds, at any point of it. */
void report_free(struct report *r);

/** The name of a cell, the same in every output: "matrix.yaml[phone=cisco-7940,router=static-port]". */
void put_cell_id(struct sink *s, const struct scenario *scenario, uint64_t cell);

/** The indexes of the axes in alphabetical order of their names. */
const uint32_t *axes_by_name(struct arena *a, const struct scenario *s);

/** Which value the axis has in the cell; the last axis changes fastest. */
uint32_t cell_value(const struct scenario *s, uint32_t axis, uint64_t cell);

/** The file of a scenario, as the user names it. */
const char *shown_name(const struct shown *shown);

/** "phone=cisco-7940": one axis of a cell. */
void put_choice(struct sink *s, const struct scenario *scenario, uint32_t axis, uint64_t cell);

/** "phone=cisco-7940,router=static-port"; nothing without axes. */
void put_choices(struct sink *s, const struct scenario *scenario, uint64_t cell);

/**
 * The command that repeats one cell, each line indented by `indent` and, where it is long, continued with a
 * backslash so that it fits the paper and can still be copied. What was read from standard input is called
 * FILE. Ends with a line end.
 *
 * @param outcome  with the seed that shows it; NULL: the cell has but one
 */
void put_outcome_command(struct sink *s, const struct show *show, const struct shown *shown, uint64_t cell,
			 const struct outcome *outcome, size_t indent);

/** The command that makes these results: show->command, with the --min-confidence that hides some of them. */
void put_made_by(struct sink *s, const struct show *show);

/** The outcome that is told of a cell that depends on chance; NULL of any other. */
const struct outcome *told_outcome(const struct brief *b);

/** The name in the scenario of what a check is about, NULL when it is about nobody. */
const char *check_subject(const struct scenario *s, const struct check *check);

/** What a check says in words that are the same in every cell. */
struct check_values check_certain_values(const struct check *check);

/** "register cisco", "audio alice to bob", "hangup alice by server": what a check asks; without `word` only whom it asks. */
void put_question(struct sink *out, const struct scenario *s, const struct check *check, bool word);

#endif
