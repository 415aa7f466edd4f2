/*
 * The reports of a run and where they go: what `run`, `report` and `merge` have in common.
 *
 *	cell by cell, in order -> reports -> files or standard output
 */
#ifndef SIM_CLI_WRITERS_H
#define SIM_CLI_WRITERS_H

#include "reports/report.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/pool.h"

/** Which reports are written, and where. */
struct writing {
	const struct report_kind *kinds[POOL_REPORTS];
	void *given[POOL_REPORTS]; /* to each of them: what one with a file of its own writes to */
	size_t n_kinds;
	const char *out; /* the folder; NULL: standard output, for one kind */
	bool quiet;	 /* does not say what was written */
};

struct writer {
	struct report report;
	struct output to[2]; /* where it goes */
	size_t n_to;
	uint32_t files; /* so many were begun in the folder */
	struct writers *writers;
};

struct writers {
	const struct writing *writing;
	const struct show *show;
	struct writer of[POOL_REPORTS];	       /* by index in `kinds` */
	struct totals totals, scenario_totals; /* of everything, of the scenario at hand */
	uint32_t scenario;		       /* at hand; show->n: none yet */
	struct conditions *conditions;	       /* of the scenario at hand; NULL: it is no matrix */
	bool failed; /* set by the caller: what comes in is not whole, so no file is put into its place */
};

/* The rows of the options that choose them, texts at these offsets. */
#define OPTION_FORMATS(offset)                                                                           \
	{                                                                                                \
		"format", 'f', OPTION_TEXT, .at = (offset), .argument = "LIST", .offer = offer_formats,  \
					    .doc = "text, json, junit, ...; several need --out" \
	}
#define OPTION_OUT(offset)                                                                          \
	{                                                                                           \
		"out", 'o', OPTION_TEXT, .at = (offset), .argument = "DIR", .offer = offer_folders, \
					 .doc = "write result.txt, junit.xml and so on there"       \
	}
#define CONFIDENCE_DOC "low, medium or high: hide cells that rest on less"

/** Reads a list of formats, "text,json", for `command`. EXIT_EXPECTED, or EXIT_USAGE after a complaint. */
int writing_read(const char *command, const char *formats, const char *out, struct writing *w);

/** Colours and width of what is shown: as the terminal has them, or as files do. */
struct paper writing_paper(const struct writing *w, int color);

/** Begins the reports. `writing` and `show` are kept. */
void writers_begin(struct writers *w, const struct writing *writing, const struct show *show);

/** The next cell in order, with what each kind has rendered of it. */
void writers_cell(struct writers *w, const struct played *p);

/** Cells of a scenario of which nothing is known but that they were hidden. */
void writers_hide(struct writers *w, uint32_t scenario, uint64_t cells);

/** Writes what is ready. False when something could not be written; said on standard error. */
bool writers_flush(struct writers *w);

/** Ends and closes everything, and with `out` says the totals. False as writers_flush(). */
bool writers_end(struct writers *w, enum ending ending);

#endif
