/*
 * report.html: one file for people, which opens from disk, asks nobody for anything, and can be mailed.
 *
 * Everything but the details of cells is plain HTML. A script adds filters and the details, from JSON in the same file. The
 * file's own policy forbids all other scripts and styles, and every request.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/report.h"

extern const struct report_kind html_report;

#endif
