/*
 * One of the interleaved parts of a run: lines of JSON, packed by gzip.
 *
 *	{"command": "viaport run lab.yaml --seed 7", "head": {...}, ..., "part": 3, "parts": 7}
 *	{"cell": ...}                     cells 3, 10, 17 ... of the whole run, each as in result.json
 *	{"cells": 12, "sha256": "..."}    how many they are, and the digest of all bytes before this line
 *
 * The same cells give the same bytes: the packing knows no time and no name.
 */
#ifndef REPORTS_PART_H
#define REPORTS_PART_H

#include <stdio.h>

#include "reports/recorded.h"

#define PARTS_MAX 10000 /* of one run */

/** Which part of a run this is. */
struct shard {
	uint32_t part, parts; /* from 1 */
	const char *command;  /* that runs the whole: "viaport run lab.yaml --seed 7" */
	const char *options;  /* those of it that decide what its cells are and how they end, "" when there are none */
};

/** A part that was read; lives in its arena. */
struct run_part {
	struct shard shard;
	struct recorded head; /* of the whole run */
	char head_sum[65];    /* sha256 of it, whatever its layout */
	uint64_t cells;	      /* that it holds */
	bool cut_off;	      /* its end is missing; the cells before are whole */
};

/** Writes the part that show->shard names. Its `file` is up to the caller: part_file(). */
extern const struct report_kind part_report;

/** "part-3-of-7.jsonl.gz" */
const char *part_file(struct arena *a, uint32_t part, uint32_t parts);

/** How many of so many cells the part has: those whose number leaves part - 1 when divided by parts. */
uint64_t part_cells(uint64_t cells, uint32_t part, uint32_t parts);

/** Where the cells of a part go, line by line without the line's end. False: it cannot go on. */
struct cell_taker {
	bool (*take)(void *context, const char *json, size_t n);
	void *context;
};

/**
 * Reads a part to its end and compares its digest. What the taker has got is only good when nothing is wrong.
 *
 * @return  NULL, or what is wrong with the file, as a sentence in the arena; "" when the taker could not go on
 */
const char *part_unpack(struct arena *a, FILE *file, struct run_part *out, const struct cell_taker *taker);

#endif
