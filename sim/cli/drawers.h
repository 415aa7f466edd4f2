/*
 * Makes the drawers of report.html: the cells whose details stand in the page are played once more, with everything recorded.
 *
 *	cells of the page -> played and signed -> the first of each signature, rendered -> what would mend it -> that, rendered
 *
 * It is the same for every number of jobs.
 */
#ifndef SIM_CLI_DRAWERS_H
#define SIM_CLI_DRAWERS_H

#include "reports/drawers.h"
#include "sim/cli/writers.h"

/** What is needed to play cells. */
struct drawer_source {
	struct input *input; /* with the catalogue */
	const struct scenario *const
		*scenarios; /* by index in show->scenarios; NULL: it is not what it was, or not there */
	uint32_t jobs;
};

/** The report.html among reports that are being written; NULL: there is none. */
const struct report *drawers_page(const struct writers *w);

/** Makes the drawers of all cells that are in the page so far. What Ctrl-C leaves out is said in the page. */
struct pool_end drawers_make(struct drawers *d, const struct report *page, const struct drawer_source *from);

#endif
