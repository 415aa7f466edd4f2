/*
 * Knobs by the names that conditions and causes give them: "phone rport", "router udp-timeout.first", "router alg.host",
 * "wire loss".
 */
#ifndef SCENARIOS_KNOB_PLACE_H
#define SCENARIOS_KNOB_PLACE_H

#include "models/field.h"

/** Where a knob stands. */
struct knob_place {
	const struct field
		*part; /* of the device: the model that it is a knob of, such as a router's alg; NULL: its own */
	const struct field *field; /* never a group */
};

/** "alg.out-request.via" among the fields of a device and of its parts. False when there is none. */
bool knob_place(const struct field *fields, const char *path, struct knob_place *out);

/** The fields of "phone", "router", "server" and so on, or of a "wire"; NULL when `word` (so many bytes) is none. */
const struct field *knob_owner(const char *word, size_t len);

/** "router alg.host": as knob_place(), with the owner's word and a blank before it. */
bool knob_place_named(const char *name, struct knob_place *out);

#endif
