#include "models/remedy.h"

#define OF(member) .at = AT(struct remedy_profile, member)

const struct field remedy_fields[] = {
	{ "phones", FIELD_KNOBS, OF(phones), .device = DEVICE_PHONE, .doc = "knobs that every phone gets" },
	{ "routers", FIELD_KNOBS, OF(routers), .device = DEVICE_ROUTER, .doc = "knobs that every router gets" },
	{ "servers", FIELD_KNOBS, OF(servers), .device = DEVICE_SERVER, .doc = "knobs that every server gets" },
	{ "force-rport-opt-in", FIELD_BOOL, OF(force_rport_opt_in), .fallback = "off",
	  .doc = "every server forces rport for the users of phones that ask for none and listen where they send from, and for nobody else" },
	{ "phone", FIELD_MODEL, OF(phone), .device = DEVICE_PHONE, .fallback = "none",
	  .doc = "what all phones are replaced by; the new one gets the address, the account and the place of the old one" },
	{ "gateway", FIELD_MODEL, OF(gateway), .device = DEVICE_GATEWAY, .fallback = "none",
	  .doc = "what is put behind every router that has phones, and their place to register" },
	{ 0 },
};
