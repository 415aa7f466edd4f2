/*
 * Damaged texts for readers that must survive anything: bytes changed, cut out, repeated, words put in. The same every time.
 */
#ifndef TESTS_MUTANT_H
#define TESTS_MUTANT_H

#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/rng.h"

struct mutant {
	struct stream chance;
	uint64_t n; /* draws so far */
	const char *const *words;
	size_t n_words;
	char *bytes; /* the damaged text */
	size_t len, size;
};

/** `words` are what this kind of text is made of, borrowed. */
struct mutant mutant_new(struct arena *a, const char *const *words, size_t n);

/** Makes the next mutant, of this text of at most 4096 bytes. */
void mutant_of(struct mutant *m, const char *text, size_t len);

/** A number below `limit`. */
size_t mutant_draw(struct mutant *m, size_t limit);

#endif
