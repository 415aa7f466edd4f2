/*
 * What the drawer of one cell shows in report.html: its ladder to step through, the messages with what was changed in them, the
 * routers' tables at each step, its checks, who is to blame and questions about it. docs/formats.md says what stands where.
 *
 * A page may hold a thousand of them, and most of what is in one stands in others too. So it comes in pieces, a line each:
 *
 *	t"REGISTER sip:lab.example SIP/2.0\r\n..."	 text 0
 *	p{"kind": "arrow", ..., "text": \x010}		 part 0, which refers to text 0
 *	d"steps": [\x020], ...				 the members of the drawer, which refer to parts
 */
#ifndef REPORTS_DRAWER_H
#define REPORTS_DRAWER_H

#include "reports/report.h"

/* What begins a line. */
#define DRAWER_TEXT    't'
#define DRAWER_PART    'p'
#define DRAWER_MEMBERS 'd'

/* What begins the number of a text or a part, in the order of their lines; nothing else in JSON has these. */
#define TO_TEXT '\x01'
#define TO_PART '\x02'

/* As a report renders a cell, on any thread; its world was watched (reports/nat_watch.h) and kept its bytes. */

/** The drawer of a cell. */
void drawer_render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out);

/**
 * What happens in a cell, whatever the names, addresses and times are, as 64 digits: cells with the same may share a drawer.
 * Nothing of a cell in which nothing ran.
 */
void drawer_sign(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out);

#endif
