/*
 * Where files come from. Scenarios read buffers; the program opens the files.
 */
#ifndef SCENARIOS_SOURCE_H
#define SCENARIOS_SOURCE_H

#include "sim/arena.h"

#define SOURCE_MAX (16u << 20) /* bytes of the largest file that is read */

struct source {
	const char *path; /* as results call it: relative, or the base name */
	const char *text; /* `len` bytes and a final zero */
	size_t len;
};

/** Opens the files named under `use:`. */
struct source_reader {
	/**
	 * Reads the file `name`, which stands in the file `from`. Fills *out (memory from `a`) or sets *why to a sentence.
	 */
	bool (*read)(const struct source_reader *self, struct arena *a, const char *from, const char *name,
		     struct source *out, const char **why);
};

#endif
