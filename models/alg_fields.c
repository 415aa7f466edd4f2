#include "models/alg.h"

static const char *const port_policy_words[] = { "inherit", "preserve-sip", "pin-5060", NULL };
static const char *const match_words[] = { "tuple", "private-any", "text", NULL };
static const char *const host_words[] = { "none", "mapped", NULL };
static const char *const port_words[] = { "keep", "mapped", "const-5060", "strip", NULL };
static const char *const rport_out_words[] = { "keep", "strip", "add", NULL };
static const char *const rport_in_words[] = { "keep", "private", "wrong", NULL };
static const char *const length_words[] = { "recompute", "stale", NULL };
static const char *const unparsable_words[] = { "pass", "drop", NULL };
static const char *const fragments_words[] = { "skip", "drop", NULL };
static const char *const signalling_words[] = { "none", "register", NULL };
static const char *const signalling_from_words[] = { "registrar", "anyone", NULL };
static const char *const media_words[] = { "none", "sdp", NULL };
static const char *const media_from_words[] = { "signalling-peer", "anyone", NULL };
static const char *const media_busy_words[] = { "increment", "drop", NULL };
static const char *const port_busy_words[] = { "increment", "drop", "random", NULL };

#define OF(member) .at = AT(struct alg_profile, member)

static const struct field trigger_fields[] = {
	{ "server-ports", FIELD_UINTS, OF(server_ports), 1, 65535, .fallback = "5060", .doc = "remote ports whose traffic it looks at", .source = "Linux nf_conntrack_sip: ports of the server side, 5060 by default" },
	{ "phone-ports", FIELD_UINTS, OF(phone_ports), 1, 65535, .doc = "inside ports whose traffic it looks at as well" },
	{ "needs-sip-text", FIELD_BOOL, OF(needs_sip_text), .fallback = "on", .doc = "looks only at datagrams that hold the text SIP/2.0" },
	{ 0 },
};

/* The parts that messages of all four ways have. */
#define PART(way, key, member, doc_text) { key, FIELD_BOOL, OF(parts[way].member), .doc = doc_text }
#define COMMON_PARTS(way)                                                                                              \
	PART(way, "via", via, "sent-by of the top Via"),                                                               \
	PART(way, "contact", contact, "host and port of every Contact"),                                               \
	PART(way, "from-to", from_to, "host and port of From and To"),                                                 \
	PART(way, "call-id", call_id, "an address inside the Call-ID"),                                                \
	PART(way, "record-route", record_route, "host and port of every Record-Route"),                                \
	PART(way, "sdp-c", sdp_c, "the address in c= lines of SDP"),                                                   \
	PART(way, "sdp-o", sdp_o, "the address in the o= line of SDP")
#define REQUEST_URI(way) PART(way, "request-uri", request_uri, "host and port of the Request-URI")
#define SDP_PORT(way) PART(way, "sdp-m", sdp_m, "the port in m= lines of SDP, where a pinhole got another one outside")

static const struct field out_request_fields[] = {
	REQUEST_URI(ALG_OUT_REQUEST), COMMON_PARTS(ALG_OUT_REQUEST), SDP_PORT(ALG_OUT_REQUEST), { 0 },
};
static const struct field out_response_fields[] = { COMMON_PARTS(ALG_OUT_RESPONSE), SDP_PORT(ALG_OUT_RESPONSE), { 0 } };
static const struct field in_request_fields[] = { REQUEST_URI(ALG_IN_REQUEST), COMMON_PARTS(ALG_IN_REQUEST), { 0 } };
static const struct field in_response_fields[] = { COMMON_PARTS(ALG_IN_RESPONSE), { 0 } };

static const struct field pinhole_fields[] = {
	{ "signalling", FIELD_WORD, OF(signalling), .words = signalling_words, .fallback = "none", .doc = "opens the outside Contact of a REGISTER for as long as its 2xx grants", .source = "Linux nf_conntrack_sip" },
	{ "signalling-from", FIELD_WORD, OF(signalling_from), .words = signalling_from_words, .fallback = "registrar", .doc = "who may come in there", .source = "Linux sip_direct_signalling" },
	{ "max-signalling", FIELD_UINT, OF(max_signalling), 1, 255, .fallback = "1", .doc = "so many at once for each flow" },
	{ "media", FIELD_WORD, OF(media), .words = media_words, .fallback = "none", .doc = "opens the RTP and RTCP ports that SDP names", .source = "Linux nf_conntrack_sip" },
	{ "media-from", FIELD_WORD, OF(media_from), .words = media_from_words, .fallback = "signalling-peer", .doc = "who may send there", .source = "Linux sip_direct_media" },
	{ "media-timeout", FIELD_DURATION, OF(media_timeout), SEC, 86400 * SEC, .fallback = "180s", .doc = "how long a media pinhole stays open unused", .source = "Linux nf_conntrack_sip" },
	{ "media-busy", FIELD_WORD, OF(media_busy), .words = media_busy_words, .fallback = "increment", .doc = "when the port that SDP names is promised to another flow: the next pair of ports, or the message is dropped", .source = "dropped: measured, Linux 6.18" },
	{ "close-on-bye", FIELD_BOOL, OF(close_on_bye), .fallback = "on", .doc = "a BYE, a new INVITE or a failure of the flow closes its media pinholes" },
	{ "port-busy", FIELD_WORD, OF(port_busy), .words = port_busy_words, .fallback = "increment", .doc = "when the outside port that a Contact would get is promised to somebody else: the next one, the REGISTER is dropped, or any one above", .source = "Linux nf_nat_sip; random: measured, Linux 6.18" },
	{ 0 },
};

const struct field alg_fields[] = {
	{ "trigger", FIELD_GROUP, .members = trigger_fields, .doc = "which datagrams it looks at" },
	{ "port-policy", FIELD_WORD, OF(port_policy), .words = port_policy_words, .fallback = "inherit", .doc = "outside ports of SIP flows: as the NAT does, the inside port even beyond port-range and port-block, or 5060 whoever holds it" },
	{ "match", FIELD_WORD, OF(match), .words = match_words, .fallback = "tuple", .doc = "what it replaces: exactly the address and port of the flow, any private address, or the address wherever it stands in the text" },
	{ "host", FIELD_WORD, OF(host), .words = host_words, .fallback = "mapped", .doc = "what becomes of a host: nothing, or the outside address" },
	{ "port", FIELD_WORD, OF(port), .words = port_words, .fallback = "mapped", .doc = "what becomes of a port: nothing, the outside port, 5060, or it is removed" },
	{ "out-request", FIELD_GROUP, .members = out_request_fields, .doc = "what is touched in requests to the outside" },
	{ "out-response", FIELD_GROUP, .members = out_response_fields, .doc = "what is touched in responses to the outside" },
	{ "in-request", FIELD_GROUP, .members = in_request_fields, .doc = "what is restored in requests from the outside" },
	{ "in-response", FIELD_GROUP, .members = in_response_fields, .doc = "what is restored in responses from the outside" },
	{ "rport-out", FIELD_WORD, OF(rport_out), .words = rport_out_words, .fallback = "keep", .doc = "what becomes of the empty rport of a request to the outside" },
	{ "rport-in", FIELD_WORD, OF(rport_in), .words = rport_in_words, .fallback = "keep", .doc = "what the phone reads in rport and received: what the server wrote, its own address, or a wrong port", .source = "pjproject issues 643 and 864" },
	{ "content-length", FIELD_WORD, OF(content_length), .words = length_words, .fallback = "recompute", .doc = "Content-Length follows a changed body, or stays as it was" },
	{ "pinhole", FIELD_GROUP, .members = pinhole_fields, .doc = "what it opens for others to come in" },
	{ "sip-flow", FIELD_DURATION, OF(sip_flow), 0, 86400 * SEC, .fallback = "0s", .doc = "lifetime of a flow after a SIP message; 0s: the NAT's own", .source = "Linux sip_timeout, 3600 s" },
	{ "keepalive-refreshes", FIELD_BOOL, OF(keepalive_refreshes), .fallback = "on", .doc = "a datagram that is no SIP renews sip-flow as well", .source = "measured: Linux 6.18" },
	{ "asymmetric-repair", FIELD_BOOL, OF(asymmetric_repair), .doc = "answers go to the port in the Via when a phone sends from another", .source = "Linux forced_dport; measured on 6.18" },
	{ "compact-names", FIELD_BOOL, OF(compact_names), .fallback = "on", .doc = "knows the one-letter names of headers", .source = "RFC 3261 7.3.3" },
	{ "on-unparsable", FIELD_WORD, OF(on_unparsable), .words = unparsable_words, .fallback = "pass", .doc = "what becomes of SIP that it cannot read" },
	{ "fragments", FIELD_WORD, OF(fragments), .words = fragments_words, .fallback = "skip", .doc = "what it does with a fragment that the router passes on as it is; it has nothing to do with what the router puts together" },
	{ 0 },
};
