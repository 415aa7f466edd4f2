/*
 * A map from names to numbers, for looking things up by name in constant time.
 */
#ifndef SCENARIOS_NAMES_H
#define SCENARIOS_NAMES_H

#include "sim/arena.h"

struct names;

/** An empty map in `a`. */
struct names *names_new(struct arena *a);

/**
 * Adds a name, whose bytes are borrowed as long as the map lives. False when it is there already; *number is
 * then the one it was added with.
 */
bool names_add(struct names *n, const char *text, size_t len, uint32_t *number);

/** The number of a name, or -1. */
int64_t names_find(const struct names *n, const char *text, size_t len);

#endif
