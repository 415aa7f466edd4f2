/*
 * Results that were written down, read back: the same structs that a run hands to reports.
 *
 * A head is a result.json without its cells; a cell is one of its cells, as it was written. result.json, parts and stores
 * hold the same bytes, so every report can be written from each of them.
 */
#ifndef REPORTS_RECORDED_H
#define REPORTS_RECORDED_H

#include "reports/report.h"

struct run_part; /* reports/part.h */
struct recorded_names; /* texts and entries of the cells, each once */

/** A result without its cells. Lives in its arena. */
struct recorded {
	const char *version, *catalogue;
	const char *command; /* that made it, but for `least`; NULL: it does not say */
	const char *run; /* NULL: it does not say */
	bool interrupted;
	bool beside; /* its scenarios are named as they are seen from the folder of its file */
	struct shown *scenarios;
	uint32_t n;
	uint64_t cells; /* that were selected, over all scenarios */
	bool seeded;
	enum confidence least; /* cells of less were to be hidden: they are in it, or counted */
	uint64_t *hidden;      /* by scenario: so many of its cells were hidden and are not in it */
	uint64_t all_hidden;   /* the sum over the scenarios */
	uint32_t seeds; /* of --seeds; 0: it was not given */
	const char *bare; /* path of a scenario without an outline: it can be compared, not shown; NULL: there is none */
	struct recorded_names *names;
};

/**
 * Reads a head. A scenario that was cut down has perhaps nothing but its path. NULL: done; else what is wrong with it, as a sentence in the arena, which keeps everything that is read.
 */
const char *recorded_head(struct arena *a, const char *json, size_t n, struct recorded *out);

/** Reads the first line of a part likewise: all but the number of its cells. */
const char *recorded_part(struct arena *a, const char *json, size_t n, struct run_part *out);

/** The head of a run that goes on: its cells are read back as results of the very scenarios that it runs. */
struct recorded recorded_live(struct arena *a, const struct show *show);

/** What tells the run of one head, which is there, from that of another, which is here: a sentence in the arena. NULL: nothing. */
const char *recorded_difference(struct arena *a, const struct recorded *one, const struct recorded *other);

/** The same for parts, which may be of other sharding. NULL: they are parts of one run. */
const char *recorded_part_difference(struct arena *a, const struct run_part *one, const struct run_part *other);

/** The scenario of that path, n when there is none. */
uint32_t recorded_find(const struct recorded *r, const char *path);

/**
 * Reads a cell of one of its scenarios; `world` stays NULL. NULL: done; else what is wrong with it. Names that briefs keep
 * live as long as the head, everything else in `scratch`.
 */
const char *recorded_cell(const struct recorded *r, const struct shown *shown, const char *json, size_t n,
			  struct arena *scratch, struct cell_result *out);

#endif
