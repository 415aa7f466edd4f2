/*
 * Files: found below folders, read as a whole, named as results call them.
 */
#ifndef SIM_CLI_FILES_H
#define SIM_CLI_FILES_H

#include "scenarios/source.h"

/** A file that is to be read. */
struct found {
	const char *file; /* as the user names it; "-" is standard input */
	const char
		*path; /* as results call it: relative when below the current directory, else the base name */
	bool in_folder; /* found by looking through a directory */
	struct found *next;
};

/** Does the operand stand for standard input? */
bool is_stdin(const char *operand);

/** A list of them, in an arena. */
struct files {
	struct arena *arena;
	struct found *first, **end;
	uint32_t n;
	bool failed; /* something could not be opened; a sentence stands on standard error */
};

void files_init(struct files *f, struct arena *a);

/** Adds a file, or all *.yaml below a folder in sorted order, or standard input for "-". */
void files_add(struct files *f, const char *operand);

/** Is the operand a folder below which a file would be that results call `path`? */
bool folder_holds(struct arena *a, const char *operand, const char *path);

/**
 * How a file is named from a folder, "../lab/matrix.yaml", when from another folder it is named so. Neither need be there.
 */
const char *file_seen_from(struct arena *a, const char *folder, const char *from, const char *file);

/** Reads a file as a whole. Sets *why to a sentence when that cannot be done; memory comes from `a`. */
bool file_read(struct arena *a, const struct found *file, struct source *out, const char **why);

/** Opens what stands under `use:`, beside the file that names it. */
struct file_reader {
	struct source_reader reader;
	struct found *known; /* the scenario file at hand and what was opened for it, newest first */
};

/** Prepares the reader for one scenario file, which is kept. */
void file_reader_init(struct file_reader *r, struct found *scenario);

#endif
