#include "models/field_rows.h"
#include "models/header.h"

static const char *const send_port_words[] = { "same", "ephemeral", "ephemeral-each", NULL };
static const char *const via_check_words[] = { "strict", "branch", NULL };
static const char *const uri_check_words[] = { "user", "host-and-port", "off", NULL };
static const char *const learn_from_words[] = { "nothing", "received", "received-and-rport", NULL };
static const char *const learn_when_words[] = { "register-2xx", "any-response", NULL };
static const char *const learned_contact_words[] = { "keep", "replace", "replace-once", "replace-and-unregister-old", NULL };
static const char *const df_words[] = { "off", "learns", "always", NULL };
static const char *const auth_words[] = { "md5", "sha-256", "both", "none", NULL };

#define OF(member) .at = AT(struct phone_profile, member)

static const struct field register_fields[] = {
	{ "expires", FIELD_DURATION, OF(expires), SEC, 7 * 86400 * SEC, .fallback = "3600s",
	  .doc = "how long a registration is asked to last", .source = "RFC 3261 10.2.1.1" },
	{ "refresh-before", FIELD_DURATION, OF(refresh_before), 0, 86400 * SEC, .fallback = "5s",
	  .doc = "how long before it ends a registration is refreshed",
	  .source = "Cisco SIP phone configuration, timer_register_delta 5" },
	{ "retry", FIELD_DURATION, OF(retry), SEC, 86400 * SEC, .fallback = "60s",
	  .doc = "pause before the next try after a registration failed or a 5xx came", .source = "RFC 3261 10.2.7" },
	{ 0 },
};

static const struct field learn_fields[] = {
	{ "from", FIELD_WORD, OF(learn_from), .words = learn_from_words, .fallback = "nothing",
	  .doc = "what of the response's top Via the phone takes for its public address", .source = "RFC 3581 4" },
	{ "when", FIELD_WORD, OF(learn_when), .words = learn_when_words, .fallback = "any-response",
	  .doc = "which responses it learns from" },
	{ 0 },
};

static const struct field keepalive_fields[] = { KEEPALIVE_ROWS(0), { 0 } };

static const struct field timers_fields[] = {
	TIMERS_ROWS(0),
	TIMER_B_ROW(AT(struct phone_profile, timers.b)),
	{ "max-invite-retransmits", FIELD_UINT, OF(timers.max_invite_retransmits), 0, 1000, .fallback = "1000",
	  .doc = "gives up when this many retransmissions of an INVITE stay unanswered, if that is before Timer B",
	  .source = "Cisco SIP phone configuration, sip_invite_retx" },
	{ "invite-repeat", FIELD_DURATION, OF(timers.invite_repeat), 0, 3600 * SEC, .fallback = "0s",
	  .doc = "sends an INVITE again so often though a provisional response has come, until it is answered, to keep its router's mapping; 0s: never",
	  .source = "RFC 3581 3 wants about 20 s, RFC 3261 17.1.1.2 none" },
	{ "invite-expires", FIELD_DURATION, OF(invite_expires), SEC, 3600 * SEC, .fallback = "180s",
	  .doc = "cancels a call that nobody has answered for so long", .source = "Cisco SIP phone configuration, timer_invite_expires 180; RFC 3261 13.2.1" },
	{ 0 },
};

static const struct field rtp_fields[] = {
	RTP_ROWS(AT(struct phone_profile, talk.rtp), "16384", "Cisco SIP phone configuration, start_media_port"),
	{ "silence-suppression", FIELD_BOOL, OF(talk.rtp.silence_suppression), .fallback = "off",
	  .doc = "sends no RTP while it is muted; off: it sends silence", .source = "RFC 3551 4.1" },
	{ 0 },
};

const struct field phone_fields[] = {
	{ "address", FIELD_ENDPOINT, OF(address), .fixed = true, .doc = "its address; a port here is the listen-port (default: the next free address of its network)" },
	{ "user", FIELD_TEXT, OF(user), .fixed = true, .text = TEXT_USER, .doc = "user part of its address of record, counted up in a group (default: 100 and so on)" },
	{ "password", FIELD_TEXT, OF(password), .fallback = "secret", .doc = "what it computes digest responses with" },
	{ "domain", FIELD_TEXT, OF(domain), .fixed = true, .text = TEXT_DOMAIN, .doc = "host part of its address of record, with a port if it writes one; its requests go to the server of that domain, or, when it is an address, there (default: the server's domain)" },
	{ "rport", FIELD_BOOL, OF(rport), .fallback = "on", .doc = "writes an empty rport parameter into its Via", .source = "RFC 3581 3" },
	{ "listen-port", FIELD_UINT, OF(listen_port), 1, 65535, .fixed = true, .fallback = "5060", .doc = "where it takes datagrams; also written into Via and Contact", .source = "RFC 3261 18.1.1" },
	{ "send-port", FIELD_WORD, OF(send_port), .words = send_port_words, .fallback = "same",
	  .doc = "where it sends from: its listen-port, one other port for good, or a new one for each request",
	  .source = "RFC 3581 3 wants same; Cisco 79xx differ" },
	{ "via-check", FIELD_WORD, OF(via_check), .words = via_check_words, .fallback = "branch",
	  .doc = "strict discards a response whose top Via does not carry what it wrote; branch matches branch and method only",
	  .source = "RFC 3261 18.1.2, 17.1.3" },
	{ "uri-check", FIELD_WORD, OF(uri_check), .words = uri_check_words, .fallback = "user",
	  .doc = "what of a Request-URI must be its own, or it answers 404: the user; host and port of its Contact as well; nothing",
	  .source = "RFC 3261 8.2.2.1" },
	{ "rport-as-server", FIELD_BOOL, OF(rport_as_server), .fallback = "on",
	  .doc = "answers requests that ask for rport to where they came from; off: to the Via port",
	  .source = "RFC 3581 4; off: Cisco SPA, Send Resp To Src Port" },
	{ "write-port", FIELD_BOOL, OF(write_port), .fallback = "on", .doc = "writes its port into Via and Contact; off leaves it out, so that 5060 is meant", .source = "RFC 3261 18.2.2" },
	{ "public-address", FIELD_ENDPOINT, OF(public_address), .fixed = true, .doc = "what it was told to write into Via and Contact in place of its own address" },
	{ "learn", FIELD_GROUP, .members = learn_fields, .shorthand = "from", .doc = "learning its public address from responses" },
	{ "learned-contact", FIELD_WORD, OF(learned_contact), .words = learned_contact_words, .fallback = "replace",
	  .doc = "what it does with a learned address: nothing, register anew with it, the same but once bound only from the next refresh on, or register anew and remove the old binding",
	  .source = "replace-once: linphone 5.1, measured" },
	{ "auth", FIELD_WORD, OF(auth), .words = auth_words, .fallback = "md5", .doc = "digest algorithms it can compute", .source = "RFC 2617, RFC 7616, RFC 8760" },
	{ "register", FIELD_GROUP, .members = register_fields, .doc = "registration times" },
	{ "keepalive", FIELD_GROUP, .members = keepalive_fields, .shorthand = "type", .doc = "what a registered phone sends to keep its router's mapping, from where it sends requests" },
	{ "timers", FIELD_GROUP, .members = timers_fields, .doc = "SIP timers" },
	{ "rtp", FIELD_GROUP, .members = rtp_fields, .doc = "its audio" },
	{ "ring", FIELD_DURATION, OF(talk.ring), 0, 600 * SEC, .fallback = "0s", .unadvised = "", .doc = "rings for so long before it answers a call; 0s: picks up at once" },
	{ "early-media", FIELD_BOOL, OF(talk.early), .fallback = "off", .doc = "rings with 183 and describes and sends its audio already then; off: with 180", .source = "RFC 3960 3.2" },
	{ "hold-by", FIELD_WORD, OF(talk.hold_by), .words = hold_by_words, .fallback = "sendonly", .doc = "how it puts the other side on hold: by a direction, or by the address 0.0.0.0", .source = "RFC 3264 8.4" },
	{ "checks-dialog-uris", FIELD_BOOL, OF(checks_dialog_uris), .fallback = "off", .doc = "a request in a call whose From or To has another URI than before belongs to no call: 481", .source = "RFC 2543 1.4.2 compared them; RFC 3261 12.2.2 compares tags only" },
	{ "session-timer", FIELD_DURATION, OF(session_timer), 0, 86400 * SEC, .fallback = "0s", .doc = "how long a session lasts without a refresh; 0s: it knows no session timers", .source = "RFC 4028" },
	{ "icmp", FIELD_BOOL, OF(icmp), .fallback = "on", .doc = "answers a datagram for a port at which it does not listen with an ICMP port unreachable", .source = "RFC 1122 4.1.3.1" },
	{ "heeds-icmp", FIELD_BOOL, OF(heeds_icmp), .fallback = "off", .doc = "an ICMP port unreachable ends its requests there, as a 503 would; off: it waits in vain, as if nothing had come", .source = "RFC 3261 8.1.3.1, 18.4 (on); Linux tells of ICMP errors only sockets that are connected or ask for them (off)" },
	{ "df", FIELD_WORD, OF(df), .fixed = true, .words = df_words, .fallback = "off",
	  .doc = "whether routers may cut what it sends: off, yes; always, never; learns, not as long as the way is known to take it, and less is known when an ICMP error says so",
	  .source = "RFC 1191 4; learns: IP_PMTUDISC_WANT, which a Linux socket has until it is told otherwise" },
	{ "header-order", FIELD_WORDS, OF(header_order), .words = sip_header_words,
	  .fallback = "via max-forwards from to call-id cseq contact expires authorization user-agent allow supported content-length",
	  .must_have = "via max-forwards from to call-id cseq contact expires authorization content-length",
	  .doc = "the headers of its requests in order; date, user-agent, allow and supported may be left out" },
	{ "user-agent", FIELD_TEXT, OF(user_agent), .fallback = "viaport", .doc = "text of its User-Agent header" },
	{ "allow", FIELD_TEXT, OF(allow), .doc = "text of its Allow header; none: the header is left out" },
	{ "supported", FIELD_TEXT, OF(supported), .doc = "text of its Supported header; none: the header is left out" },
	{ "contact-uri-params", FIELD_TEXT, OF(contact_uri_params), .text = TEXT_URI_PARAMS, .doc = "parameters inside the angle brackets of its Contact, with their semicolons" },
	{ "contact-params", FIELD_TEXT, OF(contact_params), .text = TEXT_PARAMS, .doc = "parameters behind the angle brackets of its Contact, with their semicolons" },
	{ 0 },
};
