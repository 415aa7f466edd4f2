/*
 * Drawers of a page that is made of a recording: its scenarios are loaded again, as far as they still are what they were.
 */
#ifndef SIM_CLI_REDRAW_H
#define SIM_CLI_REDRAW_H

#include "sim/cli/drawers.h"
#include "sim/cli/recording.h"

/**
 * Makes the drawers of what the writers have got so far, if there is a page among them: the same ones that the run made. Else the
 * page says why there are none.
 */
struct pool_end redraw(struct drawers *d, const struct writers *w, const struct recording *r);

#endif
