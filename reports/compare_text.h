/*
 * A comparison in words.
 */
#ifndef REPORTS_COMPARE_TEXT_H
#define REPORTS_COMPARE_TEXT_H

#include "reports/compare.h"
#include "reports/paper.h"

/** "3 broken, 1 cause changed, 56 unchanged"; "nothing changed" */
void put_comparison_sums(struct sink *s, const struct comparison *c);

/** All that changed, each class under a heading, and what else is not the same; nothing when there is nothing. */
void put_comparison(struct sink *s, const struct paper *paper, const struct comparison *c);

/** "3 broke against the baseline, 1 new not as expected": what is said first of a run. */
void put_against_baseline(struct sink *s, const struct comparison *c);

/** "3 broke against the baseline: 36 new, 36 removed, 73 compared" */
void put_baseline_line(struct sink *s, const struct comparison *c);

/** "phone=cisco-7940, router=static-port": which cell of its scenario; nothing without axes. */
void put_change_choices(struct sink *s, const struct change_group *g, const struct cell_change *change);

/** "works -> fails: reply-to-via-port", with the checks where they alone differ. */
void put_change_words(struct sink *s, const struct cell_change *change);

/** ": 3 cells, all with phone=cisco-7940": how many there are of a group, and what they have in common; nothing of one cell. */
void put_change_extent(struct sink *s, const struct change_group *g);

/** "the catalogue", "the version 0.1.0 -> 0.2.0", "server rport of server=rport-aware: on -> off" */
void put_difference(struct sink *s, const struct difference *d);

#endif
