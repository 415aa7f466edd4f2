#include "models/device.h"

#include <string.h>

#include "models/alg.h"
#include "models/gateway.h"
#include "models/header.h"
#include "models/phone.h"
#include "models/remedy.h"
#include "models/router.h"
#include "models/server.h"

const char *const confidence_words[] = { "low", "medium", "high", NULL };

const char *const sip_header_words[] = {
	[HEADER_VIA] = "via",
	[HEADER_MAX_FORWARDS] = "max-forwards",
	[HEADER_FROM] = "from",
	[HEADER_TO] = "to",
	[HEADER_CALL_ID] = "call-id",
	[HEADER_CSEQ] = "cseq",
	[HEADER_CONTACT] = "contact",
	[HEADER_EXPIRES] = "expires",
	[HEADER_MIN_EXPIRES] = "min-expires",
	[HEADER_AUTHORIZATION] = "authorization",
	[HEADER_AUTHENTICATE] = "authenticate",
	[HEADER_USER_AGENT] = "user-agent",
	[HEADER_SERVER] = "server",
	[HEADER_ALLOW] = "allow",
	[HEADER_SUPPORTED] = "supported",
	[HEADER_DATE] = "date",
	[HEADER_ROUTE] = "route",
	[HEADER_RECORD_ROUTE] = "record-route",
	[HEADER_REQUIRE] = "require",
	[HEADER_SESSION_EXPIRES] = "session-expires",
	[HEADER_CONTENT_TYPE] = "content-type",
	[HEADER_CONTENT_LENGTH] = "content-length",
	[HEADERS] = NULL,
};

const char *const device_words[] = {
	[DEVICE_PHONE] = "phone",     [DEVICE_ROUTER] = "router", [DEVICE_SERVER] = "server",
	[DEVICE_GATEWAY] = "gateway", [DEVICE_ALG] = "alg",	  [DEVICE_REMEDY] = "remedy",
	[DEVICE_KINDS] = NULL,
};

const struct device devices[DEVICE_KINDS] = {
	[DEVICE_PHONE] = { "a phone", "phones", "a SIP phone or softphone", phone_fields,
			   sizeof(struct phone_profile) },
	[DEVICE_ROUTER] = { "a router", "routers", "a NAT router between a local network and the outside",
			    router_fields, sizeof(struct router_profile) },
	[DEVICE_SERVER] = { "a server", "servers", "a registrar with a PBX or a proxy", server_fields,
			    sizeof(struct server_profile) },
	[DEVICE_GATEWAY] = { "a gateway", "gateways",
			     "a SIP gateway inside a LAN: the phones' server there, which registers upstream "
			     "for them",
			     gateway_fields, sizeof(struct gateway_profile) },
	[DEVICE_ALG] = { "an alg", "algs", "what a router does to SIP beside translating addresses",
			 alg_fields, sizeof(struct alg_profile) },
	[DEVICE_REMEDY] = { "a remedy", "remedies",
			    "what one may do about a lab in which something does not work: changes of its "
			    "devices",
			    remedy_fields, sizeof(struct remedy_profile) },
};

size_t model_word(const struct model *m)
{
	if (!m->title)
		return 0;
	size_t len = strspn(m->title, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return m->title[len] == ':' ? len : 0;
}
