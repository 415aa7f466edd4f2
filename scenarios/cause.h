/*
 * Causes: one word for each way in which a phone, a router and a server fail together.
 *
 * A cause is a row: word, number, sentence, teaching text, and a recogniser that looks at the evidence of one failure.
 * The judge and `viaport explain` read the same rows.
 */
#ifndef SCENARIOS_CAUSE_H
#define SCENARIOS_CAUSE_H

#include "scenarios/evidence.h"

struct cause {
	const char *word; /* "reply-to-via-port" */
	const char *id;   /* "F01": failure modes of the field; "G01": general ones */
	const char *title;
	const char *clause;  /* the RFC clause it hangs on, or NULL */
	const char *happens; /* what happens, in a sentence or two */
	const char *packets; /* what one sees on the wire */
	const char *why;     /* why each party does what it does */
	const char *cures;   /* what cures it */
	const char *devices; /* devices known to do it, with source; or NULL */
	const char *not;     /* what it does not mean; or NULL */
	/** The knobs on which it hangs, closed by NULL: each of them may decide whether it comes about. NULL: none is known. */
	const char *const *knobs;
	/** True when the evidence shows this cause. Rows are asked in order; the first that says yes is the cause. */
	bool (*recognise)(const struct evidence *);
	/** One sentence about this very failure, in the arena. */
	const char *(*tell)(const struct evidence *, struct arena *);
};

/** In the order in which they are asked; closed by a row of NULLs. */
extern const struct cause causes[];

/** The cause with this word or id (any case); NULL when there is none. */
const struct cause *cause_find(const char *word, size_t len);

/** Does it hang on this knob, as axis_knobs() calls it? "phone rport", or "alice rport" of one phone. */
bool cause_hangs_on(const struct cause *c, const char *knob);

/** The causes, as bits of rows of causes[], that hang on a knob. */
uint64_t causes_of_knob(const char *knob);

/** The cause that the evidence shows; never NULL, the last row takes what is left. */
const struct cause *cause_of(const struct evidence *e);

#endif
