/*
 * The JSON Schema (draft-07) of a scenario file, printed from the same tables that check the file.
 */
#ifndef SCENARIOS_SCHEMA_H
#define SCENARIOS_SCHEMA_H

#include "sim/base.h"

/** Takes pieces of a text in order. */
struct schema_sink {
	void (*put)(void *context, const char *bytes, size_t len);
	void *context;
};

/** Prints the schema as one JSON object with a final newline. The same bytes each time. */
void schema_print(const struct schema_sink *sink);

#endif
