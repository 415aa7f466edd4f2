/*
 * Parts of report.html: text that stays text, tables, the section of a matrix, the list of causes, and the details of cells
 * for the page's script. All but the details can be read without style and without script.
 */
#ifndef REPORTS_HTML_PARTS_H
#define REPORTS_HTML_PARTS_H

#include "reports/gathered.h"
#include "reports/json.h"
#include "reports/table.h"

/** On what everything in the page is written. */
extern const struct paper html_paper;

/** A text in which nothing is markup, in elements and attributes. */
void put_html_text(struct sink *s, const char *text);

/** A table of text. */
table_writer put_html_table;

/** "✗ fails": the mark and the word of a verdict, ready for the style. */
void put_html_verdict(struct sink *s, enum verdict v);

/** "F01 F08": the numbers of the causes, each behind a blank. */
void put_html_causes(struct sink *s, uint64_t among);

/**
 * The rest of an element that is open, for a cell: " class="fails" data-c="17">✗ fails RI- F01 !".
 *
 * @param scenario  explains the letters of the checks; NULL: they are left out
 * @param data      the page has the cell's details
 */
void put_html_cell(struct sink *s, const struct scenario *scenario, const struct brief *b, bool data);

/**
 * The section of a matrix: its name, sums, when it fails, tables, the letters of checks, the reasons of known cells, what
 * rests on low confidence.
 *
 * @param index       its number among the scenarios of the run
 * @param g           all cells that were shown of it
 * @param whole       every cell stands in the tables and has its details in the page
 * @param conditions  NULL: not known
 */
void put_html_section(struct sink *s, const struct show *show, uint32_t index, struct gathered *g, bool whole,
		      const struct totals *totals, const struct conditions *conditions);

/** The section of the causes that were found, each with the command that repeats an example; nothing without any. */
void put_html_findings(struct sink *s, const struct show *show, const struct finding *findings);

/** What became of each of its checks, as an array. */
void put_checks_data(struct json *j, const struct cell_result *r);

/** The details of a cell, as an object: what became of each check and why. */
void put_cell_data(struct json *j, const struct cell_result *r);

/** What the script has to know of a scenario, as members of an object that is open. */
void put_scenario_data(struct json *j, const struct show *show, const struct shown *shown);

/** What it has to know of the causes that were found. */
void put_findings_data(struct json *j, const struct finding *findings);

#endif
