/*
 * YAML as a tree that remembers where everything stood. The only place that knows libfyaml.
 *
 * Scenarios use little of YAML: maps with words as keys, lists, and texts. Anchors, aliases, tags and further
 * documents are complained of here, and so are keys given twice, so that nobody behind this has to think of
 * them.
 */
#ifndef SCENARIOS_YAML_H
#define SCENARIOS_YAML_H

#include "scenarios/complaint.h"
#include "scenarios/source.h"

#define YAML_DEPTH_MAX 64      /* maps and lists inside each other */
#define YAML_NODES_MAX 1000000 /* texts, lists and maps in a file */

enum yaml_kind {
	YAML_TEXT,
	YAML_LIST,
	YAML_MAP,
	YAML_SPOILT, /* was complained of; say nothing more about it */
};

struct yaml_file {
	const struct source *source;
	struct complaints *complaints;
};

struct yaml {
	enum yaml_kind kind;
	bool quoted;
	uint32_t line, column, width; /* from 1; what a caret line underlines */
	uint32_t offset;	      /* of its line's text in the file, somewhere in that line */
	const char *text;	      /* with a final zero; "" of lists and maps */
	uint32_t len;
	uint32_t n;		   /* items of a list, entries of a map */
	struct yaml *first, *next; /* items, or values of a map; the next one in the same list or map */
	const struct yaml *key;	   /* of a value in a map; NULL in lists */
	const struct yaml *parent; /* NULL: the whole file */
	const struct yaml_file *file;
};

/**
 * Reads a file into a tree in `a`. The source and its text are borrowed as long as the tree lives.
 * NULL when no tree could be made; whatever is wrong is added to `complaints`.
 */
const struct yaml *yaml_read(struct arena *a, const struct source *source, struct complaints *complaints);

/** The value of a key in a map; NULL when it is not there. Linear: for a handful of look-ups. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

/** Is it a text with exactly these characters? */
bool yaml_is(const struct yaml *y, const char *text);

/** Where it is in the file, as people call it: "phones.cisco.register", "do[2]"; the whole file is "the
 * file". */
const char *yaml_path(const struct yaml *y, struct arena *a);

/** Its place. */
struct place yaml_place(const struct yaml *y);

/** Its key; itself when it has none. What complaints about the entry as a whole point at. */
const struct yaml *yaml_head(const struct yaml *y);

/** Complains about a value; `help` may be NULL and is kept. See complain(). */
struct complaint *yaml_complain(const struct yaml *y, enum complaint_code code, const char *help,
				const char *format, ...) __attribute__((format(printf, 4, 5)));

/** Adds a note about another place to a complaint, which may be NULL. */
void yaml_note(struct complaint *c, const struct yaml *other, const char *note);

#endif
