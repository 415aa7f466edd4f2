/*
 * The earlier result that a run is compared with, and that may be written anew when the run has ended.
 */
#ifndef SIM_CLI_BASELINE_H
#define SIM_CLI_BASELINE_H

#include "sim/cli/compared.h"
#include "sim/cli/input.h"
#include "sim/cli/run.h"

struct baseline {
	const char *file; /* NULL: the run is compared with nothing */
	bool updates;
	bool is_new; /* there is no such file yet */
	const struct run_request *request;
	const struct input *input;
	const struct operands *operands;
	struct recording recording;
	uint64_t cells; /* of it */
	struct comparison *comparison;
	bool is_complete;
};

/** Has the JSON of every cell rendered, which is what a comparison reads. */
void baseline_writing(struct writing *w);

/**
 * Reads the earlier result that the request names; none: does nothing. What is run is kept: it says what is missed and what is
 * not. Returns an exit code; baseline_close() in either case.
 */
int baseline_open(struct baseline *b, const struct run_request *request, const struct input *input,
		  const struct operands *operands);

/** What reports of that show, which is going to run and is kept, show of it; NULL: nothing. */
const struct comparison *baseline_shown(const struct baseline *b, const struct show *show);

/** A cell of the run. */
void baseline_cell(struct baseline *b, const struct show *show, const struct writing *w, const struct played *p);

/** All cells have come. That none of them was compared is said on standard error. */
void baseline_complete(struct baseline *b, const struct show *show);

/** After the reports: writes it anew where that was asked for, and says what changed. False: said on standard error. */
bool baseline_write(struct baseline *b, const struct show *show);

/** Is the run worse than the baseline? One that was written anew is as good as it is, unless cells had no result. */
bool baseline_fails(const struct baseline *b);

void baseline_close(struct baseline *b);

#endif
