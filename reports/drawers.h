/*
 * The drawers of a page, each once however many cells share it, and the texts and parts that they refer to, each once too.
 *
 *	cell 17 -> drawer 0 \      drawer 0: parts 0 to 9, texts 0 to 4, remedies, the first of which has drawer 1
 *	cell 18 -> drawer 0 /      drawer 1: cell 17 with that remedy
 *	cell 19 -> drawer 2        drawer 2: parts 0, 1 and 10, text 0
 *
 * Whoever plays cells adds them in order, each with those that belong to it behind it. A page that would get too large leaves out
 * what stands behind.
 */
#ifndef REPORTS_DRAWERS_H
#define REPORTS_DRAWERS_H

#include "reports/cure.h"
#include "reports/json.h"

#define DRAWER_NONE UINT32_MAX

/** Whose packets a drawer shows. */
struct drawer_cell {
	uint32_t scenario; /* index in show->scenarios */
	uint64_t cell;
	uint64_t seed;
	bool seeded; /* the seed is worth saying: it is not the file's, or the cell depends on chance */
};

struct drawers;

/** None yet. Lives until drawers_free(). */
struct drawers *drawers_new(void);
void drawers_free(struct drawers *d);

/**
 * Adds what drawer_render() has made. Returns its index.
 *
 * @param cures     what would mend the cell; NULL: it works, or nobody has looked
 * @param followed  the next drawer that is added is the same cell with the first of these that works
 */
uint32_t drawers_add(struct drawers *d, const struct drawer_cell *of, const char *rendered, size_t n,
		     const struct cures *cures, bool followed);

/** The cells of the page, in its order, have these drawers, or DRAWER_NONE. Copied. */
void drawers_assign(struct drawers *d, const uint32_t *of, size_t n);

/** Why there are none, or not all, as a sentence without its end, kept as long as `d`. What was said first is told. */
void drawers_missing(struct drawers *d, const char *why);

/** How many of them, from the first on, take at most so many bytes in a page, with their texts. */
uint32_t drawers_fit(const struct drawers *d, size_t bytes);

/** The drawer of the i-th cell among the first `n` drawers, or DRAWER_NONE. */
uint32_t drawers_of_cell(const struct drawers *d, size_t i, uint32_t n);

/** The members "drawers", "parts", "texts" and "undrawn" of an object that is open, with the first `n` of them. */
void put_drawers_data(struct json *j, const struct drawers *d, uint32_t n);

#endif
