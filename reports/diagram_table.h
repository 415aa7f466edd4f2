/*
 * What a router's table has to say at a step: all of it where something was looked up that it does not have, else the rows that
 * are new, or over since anything happened there.
 *
 *	table of er6020 at 0.041 s
 *	outside            inside              remote           left
 *	86.5.223.17:23201  192.168.1.104:5060  5.79.5.158:5060  59.960 s
 *	asked for 86.5.223.17:5060: refused
 */
#ifndef REPORTS_DIAGRAM_TABLE_H
#define REPORTS_DIAGRAM_TABLE_H

#include "reports/diagram.h"

enum { TABLE_OUTSIDE, TABLE_INSIDE, TABLE_REMOTE, TABLE_LEFT, TABLE_COLUMNS };

extern const char *const table_heads[TABLE_COLUMNS];

struct table_view {
	const char *title;
	const char *(*rows)[TABLE_COLUMNS];
	uint32_t n, more;  /* rows that are told, and how many are not */
	const char *asked; /* "asked for 86.5.223.17:5060: refused"; NULL: nothing was that is not there */
	uint32_t lane;
};

/** Of one of the tables of a step. False: there is none, or none of it matters. Everything lives in `a` or longer. */
bool table_look(struct arena *a, const struct diagram *d, const struct diagram_step *step, uint32_t slot,
		struct table_view *out);

/** "table of er6020 at 0.041 s: 192.168.1.104:5060 as 86.5.223.17:23201 to 5.79.5.158:5060, 59.960 s left; asked for ..." */
const char *table_sentence(struct arena *a, const struct table_view *view);

/** "12 rows more", when there are. */
const char *table_more(struct arena *a, const struct table_view *view);

/** In columns, below a line of a ladder; as its sentence where the paper is too narrow for that. */
void put_table_view(struct sink *s, struct arena *a, const struct paper *paper, const struct table_view *view);

#endif
