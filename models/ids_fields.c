#include "models/ids.h"

#define OF(member) .at = AT(struct pins, member)

const struct field pin_fields[] = {
	{ "call-id", FIELD_TEXTS, OF(call_id), .text = TEXT_WORD, .doc = "Call-IDs, used in order" },
	{ "tag", FIELD_TEXTS, OF(tag), .text = TEXT_TOKEN, .doc = "From tags of a phone, To tags of a server" },
	{ "branch", FIELD_TEXTS, OF(branch), .text = TEXT_TOKEN, .doc = "Via branches of requests", .source = "RFC 3261 8.1.1.7" },
	{ "nonce", FIELD_TEXTS, OF(nonce), .text = TEXT_QUOTED, .doc = "a server's nonces; a phone's cnonces" },
	{ "cseq", FIELD_UINTS, OF(cseq), 1, 2147483647, .doc = "first CSeq number of each Call-ID", .source = "RFC 3261 8.1.1.5" },
	{ 0 },
};
