/*
 * A cell of a result as a comparison sees it: where it stands, and what does not work in it. It is read from its JSON without
 * building a tree, because results may have very many cells; only `cell` and `verdict` must be there.
 */
#ifndef REPORTS_CELL_SCAN_H
#define REPORTS_CELL_SCAN_H

#include "scenarios/scenario.h"

/** A check that does not work. */
struct trouble {
	const char *check, *subject, *to; /* the latter two may be NULL */
	enum verdict result;
	const char *cause; /* a word, NULL: none is known */
};

/** Texts live in the arena. */
struct scanned_cell {
	const char **axes, **values; /* as they were written */
	uint32_t n_axes;
	enum verdict verdict;
	bool expected;
	const char *cause;	  /* of the first trouble, NULL: none */
	const char *sentence;	  /* of it, or why there is no result; NULL: none */
	struct trouble *troubles; /* in the order of the checks; none of a cell that works */
	uint32_t n_troubles;
	bool detailed; /* the troubles were told; else only the cause is known */
};

/** Reads a cell. NULL: done; else what is wrong with it, as a sentence in the arena. */
const char *cell_scan(const char *json, size_t n, struct arena *a, struct scanned_cell *out);

#endif
