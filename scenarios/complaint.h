/*
 * What is wrong with a file: every mistake in one go, with its place, what was found and what would have been accepted.
 */
#ifndef SCENARIOS_COMPLAINT_H
#define SCENARIOS_COMPLAINT_H

#include "sim/arena.h"

/** A place in a file; line and column count from 1, `len` is what a caret line underlines (bytes). */
struct place {
	const char *path;
	uint32_t line, column, len;
};

struct complaint {
	const char *code;     /* "VP003"; a row of complaint_kinds */
	const char *sentence; /* what is wrong, without a full stop */
	const char *help;     /* what would have been accepted, or the nearest word; may be NULL */
	struct place at;
	const char *source_line; /* the text of at.line, without its end; may be NULL */
	const char *note;        /* about the other place involved; may be NULL */
	struct place note_at;
	struct complaint *next;
};

/** A list of complaints about any number of files; lives in its arena. */
struct complaints {
	struct arena *arena;
	struct complaint *first, *last;
	uint32_t n;
	uint32_t limit; /* further complaints are counted, not kept; 0: 1000 */
};

/** A kind of complaint, as `viaport explain VP003` tells it. */
struct complaint_kind {
	const char *code, *title, *explanation;
};

/** Rows of complaint_kinds. */
enum complaint_code {
	VP_FILE,
	VP_YAML,
	VP_UNKNOWN_KEY,
	VP_KEY_TWICE,
	VP_KEY_MISSING,
	VP_YAML_FEATURE,
	VP_NOT_MODELLED,
	VP_SHAPE,
	VP_VALUE,
	VP_UNIT,
	VP_NAME,
	VP_NO_NODE,
	VP_WRONG_NODE,
	VP_NO_MODEL,
	VP_MODEL,
	VP_AXIS,
	VP_AXIS_UNUSED,
	VP_CIRCLE,
	VP_CONTRADICTION,
	VP_MATCHES_NOTHING,
	VP_NO_STEP,
	VP_CAUSE,
	VP_USE,
	VP_TOO_MUCH,
	VP_CODES
};

/** All kinds in order of code; closed by a row of NULLs. */
extern const struct complaint_kind complaint_kinds[];

/**
 * Adds a complaint to the list; the sentence is made by printf.
 *
 * @return the complaint, for its help and note; NULL when there are too many already and it was only counted
 */
struct complaint *complain(struct complaints *list, enum complaint_code code, struct place at, const char *format,
			   ...) __attribute__((format(printf, 4, 5)));

/** Are there so many that further ones are only counted? */
bool complaints_full(const struct complaints *list);

/**
 * Puts everything behind `after` (NULL: everything) into file order: the file `first`, then the others by path,
 * each by line and column.
 */
void complaints_sort(struct complaints *list, struct complaint *after, const char *first);

#endif
