/*
 * What an ALG does, shown on one REGISTER and one INVITE each way: for `viaport show` and for docs/alg-variants.md.
 */
#ifndef REPORTS_ALGS_H
#define REPORTS_ALGS_H

#include "reports/paper.h"
#include "scenarios/catalogue.h"

/** What becomes of each message in a line, and what follows from it for server and phone. */
void put_alg(struct sink *s, const struct paper *paper, const struct model *alg);

/** All ALGs of the catalogue as Markdown: switches, messages before and after, what follows, who has them. */
void put_algs_markdown(struct sink *s, const struct catalogue *c);

#endif
