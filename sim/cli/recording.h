/*
 * Where recorded results are read from: a result.json, a store, the parts of a run. All of them give a head and then
 * the cells in order, as they were written.
 */
#ifndef SIM_CLI_RECORDING_H
#define SIM_CLI_RECORDING_H

#include <stdio.h>

#include "reports/recorded.h"
#include "sim/cli/options.h"

/** A cell as it was written. Lives until the next one is read. */
struct kept_cell {
	uint32_t scenario; /* index in head.scenarios */
	const char *json;
	size_t n;
};

struct recording_kind;

struct recording {
	const struct recording_kind *kind;
	const char *file; /* as the user names it; "standard input" */
	struct arena *arena;
	struct recorded head;
	enum exit_code trouble; /* EXIT_EXPECTED: none; else it was said on standard error */
	void *state; /* of the kind */
};

struct recording_kind {
	const char *name; /* "a result" */
	/** Is a file that begins with these bytes of this kind? The last row takes what is left. */
	bool (*is)(const char *bytes, size_t n);
	/** Fills the head. False after recording_fail(). */
	bool (*open)(struct recording *r);
	bool (*next)(struct recording *r, struct kept_cell *out);
	void (*close)(struct recording *r);
};

/** Opens what the operand names; "-" is standard input. False: said on standard error. recording_close() in either case. */
bool recording_open(struct recording *r, const char *operand);

/** The same, when it is known what the operand is. */
bool recording_open_as(struct recording *r, const char *operand, const struct recording_kind *kind);

/** The next cell. False at the end, and after trouble. */
bool recording_next(struct recording *r, struct kept_cell *out);

/**
 * Opens the parts of a run, files or folders of them: all there, whole and of one run. False: said on standard error, with
 * the commands that fill the holes. recording_close() in either case.
 */
bool recording_open_parts(struct recording *r, const struct operands *operands);

void recording_close(struct recording *r);

/** "viaport: FILE: SENTENCE" on standard error: EXIT_IO, or EXIT_INVALID for what is in it. Returns false. */
bool recording_fail(struct recording *r, enum exit_code trouble, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The kinds of files. */
extern const struct recording_kind result_recording, parts_recording, store_recording;

/**
 * A result as this program lays it out that may end anywhere: its whole lines. Of the head it fills only `run`; who opens
 * it knows the scenarios and puts them there before the first cell is asked for.
 */
extern const struct recording_kind lines_recording;

/** The same of one part of a run; what is damaged has no `run`. */
extern const struct recording_kind part_lines_recording;

/** A file without a name in $TMPDIR, which is gone with this process. NULL: errno says why. */
FILE *recording_spool(void);

#endif
