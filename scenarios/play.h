/*
 * Runs one cell: builds a world, plays the steps, judges the stream, returns the result.
 */
#ifndef SCENARIOS_PLAY_H
#define SCENARIOS_PLAY_H

#include "scenarios/result.h"

struct play_options {
	enum trace_level level;
	bool parse_all;       /* every message is read by libosip2 and the views are compared */
	bool seeded;          /* `seed` replaces the scenario's */
	uint64_t seed;
	uint32_t seeds;       /* play_seeds(): so many of them; 0: one */
	uint64_t max_events;  /* 0: the default */
	enum confidence least; /* a cell of less is not played: skipped */
	usec max_time;        /* 0: the default */
	void (*watch)(struct world *); /* taps a world before anything happens in it; NULL: nobody watches */
};

/**
 * Runs one cell. Everything in *out lives in `a`, which the caller resets when it has read the result.
 * One thread at a time per arena; any number of threads with an arena each give the same bytes.
 */
void play_cell(struct arena *a, const struct scenario *s, uint64_t cell, const struct play_options *options,
	       struct cell_result *out);

/**
 * Once per process before the first play_cell() and before any thread: prepares libosip2.
 */
void play_setup(void);

#endif
