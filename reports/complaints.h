/*
 * Complaints about files, for people, for programs and for annotations in a review.
 */
#ifndef REPORTS_COMPLAINTS_H
#define REPORTS_COMPLAINTS_H

#include "reports/paper.h"
#include "scenarios/complaint.h"

/** Every complaint with its source line and a caret. */
void complaints_as_text(struct sink *s, const struct paper *paper, const struct complaints *list);

/** {"complaints": [...], "files": N}, one complaint per line, keys sorted. */
void complaints_as_json(struct sink *s, const struct complaints *list, uint64_t files);

/** GitHub's "::error file=..." lines; it shows few of them, so at most nine are written and the others
 * counted. */
void complaints_as_github(struct sink *s, const struct complaints *list);

#endif
