/*
 * What a cause or a complaint means, as prose.
 */
#ifndef REPORTS_EXPLAIN_H
#define REPORTS_EXPLAIN_H

#include "reports/paper.h"
#include "scenarios/cause.h"
#include "scenarios/complaint.h"

void put_cause(struct sink *s, const struct paper *paper, const struct cause *cause);

void put_complaint_kind(struct sink *s, const struct paper *paper, const struct complaint_kind *kind);

#endif
