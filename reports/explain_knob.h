/*
 * What a knob is, by the name that conditions and models give it: "server nat-test", "nat-test", "router alg.host".
 */
#ifndef REPORTS_EXPLAIN_KNOB_H
#define REPORTS_EXPLAIN_KNOB_H

#include "reports/paper.h"

/** Is a knob called so, of whatever device? */
bool is_knob_name(const char *word);

/** All knobs that are called so: whose, what they do, what they take, and how to see and to set them. */
void put_knobs_named(struct sink *s, const struct paper *paper, const char *word);

#endif
