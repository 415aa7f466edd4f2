/*
 * Below the lines of a ladder as text: what the tables of the routers have to say there.
 */
#ifndef REPORTS_LADDER_TABLES_H
#define REPORTS_LADDER_TABLES_H

#include "reports/diagram.h"

struct ladder_tables {
	struct ladder_aside aside;
	struct arena *arena;
	struct diagram diagram; /* of the same run: its steps know their tables */
};

/** Adds them to a ladder of a cell whose routers were watched (reports/nat_watch.h); of any other there is nothing to add. */
void ladder_add_tables(struct arena *a, const struct scenario *s, const struct cell_result *r,
		       struct ladder_tables *tables, struct ladder *ladder);

#endif
