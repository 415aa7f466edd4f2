/*
 * A remedy: what one may do about a lab in which something does not work, as changes of its devices.
 */
#ifndef MODELS_REMEDY_H
#define MODELS_REMEDY_H

#include "models/device.h"

struct remedy_profile {
	struct list phones, routers, servers; /* of struct knob_value, for all of them */
	bool force_rport_opt_in;              /* see its row */
	const struct model *phone, *gateway;  /* NULL: none */
};

extern const struct field remedy_fields[];

#endif
