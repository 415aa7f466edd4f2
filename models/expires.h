/*
 * How long bindings last: what a registrar grants (RFC 3261 10.3). Knobs of whoever has one.
 */
#ifndef MODELS_EXPIRES_H
#define MODELS_EXPIRES_H

#include "sim/base.h"

struct registrar_expires {
	usec by_default, min, max;
	usec natted; /* at most, for phones found behind a NAT; 0: as the others */
};

#endif
