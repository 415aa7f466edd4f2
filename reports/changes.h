/*
 * What was changed in a message on its way: which part, from what, to what.
 */
#ifndef REPORTS_CHANGES_H
#define REPORTS_CHANGES_H

#include "models/siptext.h"
#include "sim/payload.h"

/** The part of the rewritten message in which a change stands: "Request-URI", the header's name as it is written, or "c=". */
struct span change_where(const struct payload *after, const struct change *c);

/** The parameter of a header of which it is the value: "rport", "received"; empty when it is none of a parameter. */
struct span change_parameter(const struct payload *after, const struct change *c);

/**
 * "Via, Contact 192.168.1.104:5060 -> 86.5.223.17:23201", "Via rport 23201 -> 5060", "Content-Length 150 -> 146", in `a`:
 * what was changed alike is said together. Returns how many they are.
 */
uint32_t changes_list(struct arena *a, const struct payload *before, struct payload *after,
		      const char *texts[static PAYLOAD_CHANGES]);

/** The same as one text, "...; ..."; NULL when nothing was changed. */
const char *changes_text(struct arena *a, const struct payload *before, struct payload *after);

#endif
