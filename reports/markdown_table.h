/*
 * Parts of Markdown documents, as GitHub and GitLab render them: text that stays text, tables, the section of a matrix,
 * the list of causes to which its cells point.
 */
#ifndef REPORTS_MARKDOWN_TABLE_H
#define REPORTS_MARKDOWN_TABLE_H

#include "reports/gathered.h"
#include "reports/table.h"

/** On what everything in a document is written. */
extern const struct paper markdown_paper;

/** A text in one line, in which nothing is markup. */
void put_markdown_text(struct sink *s, const char *text);

/** A text in one line as code, outside of tables. */
void put_markdown_code(struct sink *s, const char *text);

/** A table of text. */
table_writer put_markdown_table;

/** "✗ fails": the mark and the word of a verdict. */
void put_markdown_verdict(struct sink *s, enum verdict v);

/** "[F01](#f01-reply-to-via-port)": links to causes in put_markdown_causes(), each behind a blank. */
void put_markdown_links(struct sink *s, uint64_t among);

/**
 * The section of a matrix: its name as a heading, sums, when it fails, tables, legend, the reasons of known cells, what
 * rests on low confidence.
 *
 * @param g           all cells that were shown of it
 * @param conditions  NULL: not known
 */
void put_markdown_section(struct sink *s, const struct show *show, const struct shown *shown, struct gathered *g,
			  const struct totals *totals, const struct conditions *conditions);

/** The section of the causes that were found, each with the command that repeats an example; nothing without any. */
void put_markdown_causes(struct sink *s, const struct show *show, const struct finding *findings);

#endif
