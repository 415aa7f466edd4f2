/*
 * What the drawer of one cell shows in report.html: its ladder to step through, the messages with what was changed in them, the
 * routers' tables at each step, its checks, who is to blame and questions about it. docs/formats.md says what stands where.
 *
 * Message texts stand many times in a page, so they are lines of their own, and a drawer refers to them:
 *
 *	"REGISTER sip:lab.example SIP/2.0\r\n..."	line 0
 *	"chain": [...], ..., "text": \x010, ...		the last line: the members of an object, in which \x010 is line 0
 */
#ifndef REPORTS_DRAWER_H
#define REPORTS_DRAWER_H

#include "reports/report.h"

#define DRAWER_TEXT '\x01' /* begins the number of a line; nothing else in JSON has it */

/* As a report renders a cell, on any thread; its world was watched (reports/nat_watch.h) and kept its bytes. */

/** The drawer of a cell. */
void drawer_render(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		   struct sink *out);

/**
 * What happens in a cell, whatever the names, addresses and times are, as 64 digits: cells with the same may share a drawer.
 * Nothing of a cell in which nothing ran.
 */
void drawer_sign(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out);

#endif
