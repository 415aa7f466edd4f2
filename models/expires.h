/*
 * How long bindings last, and how many there may be: what a registrar grants (RFC 3261 10.3). Knobs of whoever has one.
 */
#ifndef MODELS_EXPIRES_H
#define MODELS_EXPIRES_H

#include "sim/base.h"

struct registrar_expires {
	usec by_default, min, max;
	usec natted; /* at most, for phones found behind a NAT; 0: as the others */
};

enum when_full { FULL_REPLACE, FULL_REFUSE };

/** Of one user. */
struct binding_limit {
	uint32_t most; /* 0: any number */
	int when_full; /* enum when_full: one more takes the place of the oldest, or is refused */
};

#endif
