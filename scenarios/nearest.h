/*
 * The word that somebody may have meant: one that is an edit away, the only one that begins so, or one that is two edits away.
 */
#ifndef SCENARIOS_NEAREST_H
#define SCENARIOS_NEAREST_H

#include "sim/base.h"

/** A search; offer it the words there are, then look at `best`. */
struct nearest {
	const char *text; /* what was written */
	size_t len;
	const char *best; /* NULL: nothing is near */
	unsigned far;	  /* how far away `best` is, or what `best` would have been if there were not several like it */
};

struct nearest nearest_to(const char *text, size_t len);

/** Offers a word; the first of several equally near ones stays. */
void nearest_offer(struct nearest *n, const char *word);

#endif
