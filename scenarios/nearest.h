/*
 * The word that somebody may have meant: the nearest one within two edits.
 */
#ifndef SCENARIOS_NEAREST_H
#define SCENARIOS_NEAREST_H

#include "sim/base.h"

/** A search; offer it the words there are, then look at `best`. */
struct nearest {
	const char *text; /* what was written */
	size_t len;
	const char *best; /* NULL: nothing is near */
	unsigned edits;	  /* how far away `best` is */
};

struct nearest nearest_to(const char *text, size_t len);

/** Offers a word; the first of several equally near ones stays. */
void nearest_offer(struct nearest *n, const char *word);

#endif
