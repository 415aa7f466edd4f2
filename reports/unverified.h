/*
 * Which entries of low confidence stand behind the cells of a scenario, so that nobody takes a guess for a
 * finding.
 */
#ifndef REPORTS_UNVERIFIED_H
#define REPORTS_UNVERIFIED_H

#include "reports/report.h"

struct unverified;

/** Keeps the scenario. unverified_free() in the end. */
struct unverified *unverified_new(const struct scenario *scenario);

void unverified_add(struct unverified *u, const struct brief *b);

/** "4,560 of 9,120 cells rest on entries of low confidence: ..."; nothing when none do. */
void put_unverified(struct sink *s, const struct paper *paper, const struct unverified *u);

/** NULL is fine. */
void unverified_free(struct unverified *u);

#endif
