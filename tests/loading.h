/*
 * Loads scenarios for tests: texts with a small catalogue of their own, files with that of the project.
 */
#ifndef TESTS_LOADING_H
#define TESTS_LOADING_H

#include "scenarios/scenario.h"

struct loading {
	struct arena *arena;
	struct complaints complaints;
	struct catalogue *catalogue;
	enum loaded loaded;
	struct scenario *scenario;
};

/** Loads a text. Other files come from `used`: name, text, name, text, ..., NULL; it may be NULL. */
struct loading *load_with(const char *text, size_t len, const char *const *used);

/** Loads a C string that uses no other files. */
struct loading *load_text(const char *text);

/** Puts lines together: "phones:\n" and so on of a least scenario, and what else is given behind it. */
struct loading *load_least_and(const char *more);

/** Loads a scenario file, by its path from the project's root, with the files that it uses and the project's whole catalogue. */
struct loading *load_file(const char *path);

/** A file of the project as text in the arena; `len` may be NULL. Ends the test when there is no such file. */
char *text_of_file(struct arena *a, const char *path, size_t *len);

/** The project's catalogue. Ends the test when it has a mistake. */
const struct catalogue *catalogue_whole(struct arena *a);

/** An entry of the project's catalogue. Ends the test when there is none. */
const struct model *catalogue_model(struct arena *a, enum device_kind kind, const char *name);

void loading_free(struct loading *l);

/** Every complaint as "line:column code sentence", its help and note on lines of their own. */
const char *complaints_text(const struct loading *l);

#endif
