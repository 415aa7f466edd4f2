/*
 * Memory that lives as long as its owner: bump allocation, freed all at once.
 *
 *	struct arena *a = arena_new();
 *	struct phone *p = arena_alloc(a, sizeof *p);
 *	arena_free(a);
 *
 * Out of memory ends the program: nothing above this file has an error path for it.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stdarg.h>

#include "sim/base.h"

struct arena;

/** An empty arena. Lives until arena_free(). */
struct arena *arena_new(void);

/** Gives everything back, the arena too. NULL is allowed. */
void arena_free(struct arena *a);

/** Forgets everything allocated but keeps the memory for the next user; old pointers are dead. */
void arena_reset(struct arena *a);

/** `size` zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/** As arena_alloc(), but the bytes are whatever they were. */
void *arena_alloc_raw(struct arena *a, size_t size);

/** A copy of `len` bytes with a final zero behind them. */
char *arena_copy(struct arena *a, const char *bytes, size_t len);

/** A copy of a C string. */
char *arena_strdup(struct arena *a, const char *text);

/** printf into the arena. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args);

/** Bytes handed out since the last reset: what the owner's world weighs. */
size_t arena_used(const struct arena *a);

#endif
