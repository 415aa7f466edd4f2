/*
 * What a cause, a complaint or a result means, as prose.
 */
#ifndef REPORTS_EXPLAIN_H
#define REPORTS_EXPLAIN_H

#include "reports/paper.h"
#include "scenarios/cause.h"
#include "scenarios/scenario.h"

/** What a verdict means. */
struct verdict_meaning {
	const char *brief; /* for a legend */
	const char *text;  /* in full */
};

/** By enum verdict. */
extern const struct verdict_meaning verdict_meanings[VERDICTS];

/** A verdict in full. */
void put_verdict_meaning(struct sink *s, const struct paper *paper, enum verdict v);

/** A check: what it asks, and its letter in small matrices. */
void put_check_kind(struct sink *s, const struct paper *paper, const struct check_kind *kind);

void put_cause(struct sink *s, const struct paper *paper, const struct cause *cause);

void put_complaint_kind(struct sink *s, const struct paper *paper, const struct complaint_kind *kind);

#endif
