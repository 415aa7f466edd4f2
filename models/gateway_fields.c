#include "models/field_rows.h"
#include "models/gateway.h"
#include "models/header.h"

static const char *const server_auth_words[] = { "none", "md5", "sha-256", NULL };
static const char *const phone_auth_words[] = { "md5", "sha-256", "both", "none", NULL };

#define OF(member) .at = AT(struct gateway_profile, member)

static const struct field expires_fields[] = { EXPIRES_ROWS(AT(struct gateway_profile, inside.expires)), { 0 } };
static const struct field timers_fields[] = { TIMERS_ROWS(AT(struct gateway_profile, upstream)), { 0 } };
static const struct field keepalive_fields[] = { KEEPALIVE_ROWS(AT(struct gateway_profile, upstream)), { 0 } };

static const struct field upstream_fields[] = {
	{ "port", FIELD_UINT, OF(upstream_port), 1, 65535, .fixed = true, .fallback = "5080", .doc = "where it sends to the server from and listens for it; not its listen-port", .source = "FreeSWITCH default configuration: internal profile 5060, external profile 5080" },
	{ "rport", FIELD_BOOL, OF(upstream.rport), .fallback = "on", .doc = "writes an empty rport parameter into the Via of its own requests", .source = "RFC 3581 3" },
	{ "write-port", FIELD_BOOL, OF(upstream.write_port), .fallback = "on", .doc = "writes its port into its Via and Contact", .source = "RFC 3261 18.2.2" },
	{ "public-address", FIELD_ENDPOINT, OF(upstream.public_address), .fixed = true, .doc = "what it was told to write into Via and Contact in place of its own address" },
	{ "password", FIELD_TEXT, OF(upstream.password), .fallback = "secret", .doc = "of its phones' accounts at the server" },
	{ "auth", FIELD_WORD, OF(upstream.auth), .words = phone_auth_words, .fallback = "both", .doc = "digest algorithms it can compute", .source = "RFC 8760" },
	{ "expires", FIELD_DURATION, OF(upstream.expires), SEC, 7 * 86400 * SEC, .fallback = "3600s", .doc = "how long its own registrations are asked to last", .source = "RFC 3261 10.2.1.1" },
	{ "refresh-before", FIELD_DURATION, OF(upstream.refresh_before), 0, 86400 * SEC, .fallback = "30s", .doc = "how long before it ends a registration is refreshed, as long as its phone is registered" },
	{ "retry", FIELD_DURATION, OF(upstream.retry), SEC, 86400 * SEC, .fallback = "60s", .doc = "pause before the next try after a refresh failed", .source = "RFC 3261 10.2.7" },
	{ "answer-within", FIELD_DURATION, OF(answer_within), MSEC, 86400 * SEC, .fallback = "30s", .doc = "a phone whose registration upstream takes longer is answered 504; later than 32s its phones have given up", .source = "RFC 3261 21.5.5; RFC 4320 1 for why it must come before Timer F" },
	{ "keepalive", FIELD_GROUP, .members = keepalive_fields, .shorthand = "type", .doc = "what it sends for each registered account to keep the router's mapping" },
	{ "timers", FIELD_GROUP, .members = timers_fields, .doc = "SIP timers of its own requests" },
	{ "user-agent", FIELD_TEXT, OF(upstream.user_agent), .fallback = "viaport gateway", .doc = "text of the User-Agent header of its own requests" },
	{ "header-order", FIELD_WORDS, OF(upstream.header_order), .words = sip_header_words,
	  .fallback = "via max-forwards from to call-id cseq contact expires authorization user-agent content-length",
	  .must_have = "via max-forwards from to call-id cseq contact expires authorization content-length",
	  .doc = "the headers of its own requests in order" },
	{ 0 },
};

const struct field gateway_fields[] = {
	{ "address", FIELD_ENDPOINT, OF(address), .fixed = true, .doc = "its address; a port here is the listen-port (default: the next free address of its network)" },
	{ "listen-port", FIELD_UINT, OF(listen_port), 1, 65535, .fixed = true, .fallback = "5060", .doc = "where phones register", .source = "RFC 3261 18.1.1" },
	{ "rport", FIELD_BOOL, OF(inside.rport), .fallback = "on", .doc = "honours a phone's rport", .source = "RFC 3581 4" },
	{ "auth", FIELD_WORD, OF(inside.auth), .words = server_auth_words, .fallback = "md5", .unadvised = "none", .doc = "algorithm of its challenge to phones; none: no challenge", .source = "RFC 2617, RFC 7616, RFC 8760" },
	{ "qop", FIELD_BOOL, OF(inside.qop), .fallback = "on", .doc = "offers qop=auth", .source = "RFC 3261 22.4" },
	{ "realm", FIELD_TEXT, OF(inside.realm), .text = TEXT_QUOTED, .doc = "realm of its challenge (default: the server's domain)" },
	{ "password", FIELD_TEXT, OF(inside.password), .fallback = "secret", .doc = "password of every phone" },
	{ "nonce-lifetime", FIELD_DURATION, OF(inside.nonce_lifetime), SEC, 86400 * SEC, .fallback = "300s", .doc = "an older nonce is answered with a new one and stale=true", .source = "RFC 2617 3.2.1" },
	{ "expires", FIELD_GROUP, .members = expires_fields, .doc = "how long registrations of phones last", .source = "RFC 3261 10.3" },
	{ "icmp", FIELD_BOOL, OF(inside.icmp), .fallback = "on", .doc = "answers a datagram for a port at which it does not listen with an ICMP port unreachable", .source = "RFC 1122 4.1.3.1" },
	{ "upstream", FIELD_GROUP, .members = upstream_fields, .doc = "how it registers with the server for its phones" },
	{ "header-order", FIELD_WORDS, OF(inside.header_order), .words = sip_header_words,
	  .fallback = "via from to call-id cseq authenticate contact expires min-expires server content-length",
	  .must_have = "via from to call-id cseq authenticate contact content-length",
	  .doc = "the headers of its responses in order" },
	{ "user-agent", FIELD_TEXT, OF(inside.user_agent), .fallback = "viaport gateway", .doc = "text of its Server or User-Agent header" },
	{ 0 },
};
