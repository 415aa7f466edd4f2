/*
 * Which entries of low confidence stand behind the cells of a scenario, so that nobody takes a guess for a
 * finding.
 */
#ifndef REPORTS_UNVERIFIED_H
#define REPORTS_UNVERIFIED_H

#include "reports/report.h"

struct unverified;

/** unverified_free() in the end. */
struct unverified *unverified_new(void);

void unverified_add(struct unverified *u, const struct brief *b);

/** "4,560 of 9,120 cells rest on entries of low confidence: ...", in one line; false when none do. */
bool put_unverified_words(struct sink *s, const struct unverified *u);

/** The same as a paragraph. */
void put_unverified(struct sink *s, const struct paper *paper, const struct unverified *u);

/** "yealink", "alg-f one-way", "my-phone (lab.yaml:12)": a scenario's own stand where nobody else can show them. */
void put_model_name(struct sink *s, const struct model *m);

/** NULL is fine. */
void unverified_free(struct unverified *u);

#endif
