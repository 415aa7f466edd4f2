/*
 * Reports from a recording instead of a run.
 */
#ifndef SIM_CLI_REPLAY_H
#define SIM_CLI_REPLAY_H

#include "sim/cli/recording.h"
#include "sim/cli/writers.h"

/** What `report` and `merge` take. Zeroed memory is the default. */
struct replay_options {
	const char *formats, *out;
	int color, min_confidence;
	bool quiet, verbose;
};

/** The rows that the option tables of `report` and `merge` begin with. */
#define REPLAY_OF(member) .at = offsetof(struct replay_options, member)
#define REPLAY_ROWS                                                                                                  \
	OPTION_FORMATS(offsetof(struct replay_options, formats)),                                                    \
		OPTION_OUT(offsetof(struct replay_options, out)),                                                    \
		{ "min-confidence", 0,	   OPTION_WORD,	 REPLAY_OF(min_confidence), .words = confidence_words,       \
		  .argument = "LEVEL", .doc = CONFIDENCE_DOC },                                                      \
		{ "quiet", 'q', OPTION_SWITCH, REPLAY_OF(quiet),                                                     \
		  .doc = "only the totals and what was not expected" },                                              \
		{ "verbose", 'v', OPTION_SWITCH, REPLAY_OF(verbose), .doc = "all tables" },                          \
		OPTION_COLOR(offsetof(struct replay_options, color))

/** What reports show of a recording, which is kept. */
struct show replay_show(const struct recording *r, const struct replay_options *o, const struct writing *w);

/**
 * Hands the cells of a recording to `take`, which hands them to these reports, as if they were played. False: said on
 * standard error. When `take` says no the rest is left out.
 */
bool replay_cells(struct recording *r, struct writers *w, bool (*take)(void *context, const struct played *), void *context);

/** What a command that replays reads. */
struct replay_source {
	bool several;	    /* operands, else one */
	const char *wanted; /* what is said when there are others: "name one result" */
	/** Opens what they name, as recording_open() does. */
	bool (*open)(struct recording *r, const struct operands *operands);
	/** How a run goes on of which not all was there; NULL: nothing is said. */
	void (*go_on)(const struct recording *r);
};

/** Such a command, whose options are struct replay_options: reads its line and writes the reports. Returns the exit code. */
int replay_command(const struct command *c, int argc, char **argv, const struct replay_source *source);

#endif
