/*
 * What people read in a terminal: the ladder of a single run, the tables of a matrix, one line per scenario
 * of many. The last line is the totals.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include "reports/report.h"

extern const struct report_kind text_report;

/** What a verdict looks like: a mark beside the word, never alone. */
const char *verdict_mark(const struct paper *p, enum verdict v);
enum ink verdict_ink(enum verdict v);

/**
 * "fails: reply-to-via-port, lost at er6020", "stops at 120.084: mapping-expired", "degraded between 20.000 and 52.000"; of a
 * group also how many.
 */
void put_answer(struct sink *s, const struct check_result *r);

/** Why a check of the cell does not work, NULL when it does. What several checks suffer from is told once. */
const char *check_reason(const struct cell_result *cell, const struct check_result *r);

/** The drawer of one cell: its ladder, then what became of each check and why. On any thread. */
void put_cell_detail(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r,
		     struct arena *scratch);

/** The end of that: what became of each check and why, and of the cell. */
void put_cell_end(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r);

/** "54 cells: 40 work, 14 fail, 14 known, all as expected": one line, however wide the paper. */
void put_sums(struct sink *s, const struct totals *totals);

/** "12 cells hidden: confidence below high"; false when none are. */
bool put_hidden(struct sink *s, const struct show *show, const struct totals *totals);

/** "interrupted: 12 of 54 cells ran" and the like; nothing of a run that is complete. */
void put_ending(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending);

/** "54 cells: 40 work, 14 fail, 14 known, all as expected." and, when not all ran, before it how many did. */
void put_last_line(struct sink *s, const struct show *show, const struct totals *totals, enum ending ending);

#endif
