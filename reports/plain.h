/*
 * A cell in plain lines, without ladder, colour and width: what the reports for CI say of it.
 */
#ifndef REPORTS_PLAIN_H
#define REPORTS_PLAIN_H

#include "reports/report.h"

/** "register cisco: fails: reply-to-via-port, lost at er6020". */
void put_check_line(struct sink *s, const struct scenario *scenario, const struct check_result *r);

/** The command that repeats a cell, and shows what is told of it, in one line without its line end. */
void put_command_line(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r);

/** Each check with its reason and what was expected of it, the place in the file, and the command that repeats the cell. */
void put_plain_cell(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r);

/**
 * The line of the scenario that is to blame when the cell is not as expected: that of the check in `expect`, that of the `known`
 * entry, else that of the first axis. 1: the file as a whole.
 */
uint32_t blamed_line(const struct scenario *s, const struct cell_result *r);

/** "scenarios/register/matrix.yaml:12" */
void put_blamed(struct sink *s, const struct scenario *scenario, const struct cell_result *r);

/** The check that is to blame: the first that surprises, else the first that does not work; NULL: none. */
const struct check_result *blamed_check(const struct cell_result *r);

/** The word for why a cell is bad: the cause of that check, else the verdict. */
const char *blamed_word(const struct cell_result *r);

/** What was expected instead of what a cell that is not as expected is. */
const char *surprise_of(const struct cell_result *r);

/** Why a cell is known not to work, or skipped. */
const char *skipped_why(const struct cell_result *r);

#endif
