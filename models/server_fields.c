#include "models/field_rows.h"
#include "models/header.h"
#include "models/server.h"

static const char *const kind_words[] = { "pbx", "proxy", NULL };
static const char *const force_words[] = { "off", "on", "auto", NULL };
static const char *const stored_words[] = { "literal", "source", "source-if-rport", "alias", "received", NULL };
static const char *const listed_words[] = { "stored", "as-written", NULL };
static const char *const ping_to_words[] = { "all", "natted", NULL };
static const char *const auth_words[] = { "none", "md5", "sha-256", NULL };
static const char *const dialog_target_words[] = { "contact", "source", "alias", "source-if-rport", NULL };
static const char *const media_words[] = { "direct", "relay", "relay-natted", NULL };
static const char *const latch_words[] = { "off", "once", "always", NULL };
static const char *const challenge_words[] = { "401", "407", NULL };
static const char *const checks_uri_words[] = { "off", "challenge", "refuse", NULL };
static const char *const when_full_words[] = { "replace", "refuse", NULL };
static const char *const bad_credentials_words[] = { "challenge", "forbid", NULL };

static const char *const received_words[] = { "source", "own-address", "none", NULL };

#define OF(member) .at = AT(struct server_profile, member)

static const struct field expires_fields[] = {
	EXPIRES_ROWS(AT(struct server_profile, expires)),
	{ "natted", FIELD_DURATION, OF(expires.natted), 0, 7 * 86400 * SEC, .fallback = "0s", .doc = "a wish of a phone that nat-test finds (or whose Via has another address than the source) is cut to this, so that it comes back before its router forgets it; 0s: as the others'", .source = "FreeSWITCH NDLB-connectile-dysfunction: 30 s" },
	{ 0 },
};

static const struct field ping_fields[] = {
	{ "type", FIELD_WORD, OF(ping.type), .words = ping_words, .fallback = "none", .doc = "what it sends: two empty lines, which nobody answers, or OPTIONS", .source = "Kamailio nathelper natping_interval, usrloc; Asterisk qualify" },
	{ "every", FIELD_DURATION, OF(ping.every), MSEC, 86400 * SEC, .fallback = "30s", .doc = "pause between two rounds; in a round everybody is pinged", .source = "Kamailio natping_interval; Asterisk qualify: 60 s" },
	{ "to", FIELD_WORD, OF(ping.to), .words = ping_to_words, .fallback = "all", .doc = "everybody, or those that nat-test finds (without one, those whose Via has another address than the source)", .source = "Kamailio nathelper ping_nated_only" },
	{ "from-port", FIELD_UINT, OF(ping.from_port), 0, 65535, .fixed = true, .fallback = "0", .doc = "port that it pings from, and where it hears the answers; 0: where it listens" },
	{ 0 },
};

static const struct field rtp_fields[] = {
	RTP_ROWS(AT(struct server_profile, talk.rtp), "30000", "rtpengine, port-min"),
	{ "ports", FIELD_UINT, OF(talk.rtp.ports), 2, 64000, .fixed = true, .fallback = "10000", .doc = "so many ports are for audio, from that one on", .source = "rtpengine, port-max; Asterisk rtp.conf" },
	{ 0 },
};

static const struct field far_end_fields[] = {
	{ "user", FIELD_TEXT, OF(far_end.user), .text = TEXT_USER, .fixed = true, .fallback = "200", .doc = "whom phones dial to reach it, and who calls" },
	{ "port", FIELD_UINT, OF(far_end.port), 1, 65535, .fixed = true, .fallback = "5070", .doc = "beside a proxy: where it listens for SIP, at the proxy's address" },
	{ "ring", FIELD_DURATION, OF(talk.ring), 0, 600 * SEC, .fallback = "0s", .unadvised = "", .doc = "how long it rings before it answers; 0s: it does so at once" },
	{ "media-address", FIELD_HOST, OF(far_end.media_address), .fixed = true, .doc = "address of its audio, and of all audio of a PBX (default: the server's)", .source = "Linux nf_conntrack_sip, sip_direct_media: audio from other addresses is not expected" },
	{ 0 },
};

static const struct field timers_fields[] = {
	TIMER_B_ROW(AT(struct server_profile, timers.b)),
	TIMER_F_ROW(AT(struct server_profile, timers.f)),
	{ 0 },
};

const struct field server_fields[] = {
	{ "address", FIELD_ENDPOINT, OF(address), .fixed = true, .doc = "where it listens (default: the next free address, port 5060)" },
	{ "domain", FIELD_TEXT, OF(domain), .fixed = true, .text = TEXT_DOMAIN, .doc = "host part of the addresses of record it serves (default: its address)" },
	{ "kind", FIELD_WORD, OF(kind), .words = kind_words, .fixed = true, .fallback = "pbx", .doc = "what it does with calls: a pbx is a user agent to both sides, a proxy passes messages on", .source = "RFC 3261 6 (back-to-back user agent), 16" },
	{ "rport", FIELD_BOOL, OF(rport), .fallback = "on", .doc = "honours a client's rport: answers to the source address and port", .source = "RFC 3581 4" },
	{ "force-rport", FIELD_WORD, OF(force_rport), .words = force_words, .fallback = "off",
	  .doc = "answers to the source although the client did not ask; auto: when the Via's address is not the source's",
	  .source = "no RFC; Kamailio force_rport(), Asterisk force_rport and auto_force_rport, FreeSWITCH NDLB-force-rport" },
	{ "force-rport-for", FIELD_TEXTS, OF(force_rport_for), .text = TEXT_USER, .doc = "users for whom rport is forced although force-rport is off", .source = "the blog post of 2013 on Cisco 7940 and NAT, which wishes for an opt-in" },
	{ "force-rport-for-agents", FIELD_TEXTS, OF(force_rport_for_agents), .text = TEXT_QUOTED, .doc = "phones whose User-Agent begins so, for whom rport is forced too", .source = "sofia-sip server_rport 3, FreeSWITCH NDLB-force-rport safe: Polycom, KIRK, ADTRAN" },
	{ "received", FIELD_WORD, OF(received), .words = received_words, .fallback = "source", .doc = "what it writes into received= of a Via, from which phones learn their outside address: where the request came from; its own address; nothing", .source = "RFC 3261 18.2.1 (source); own-address: GlomarGadaffi/pocket-dial issue 146" },
	{ "nat-test", FIELD_WORDS, OF(nat_test), .words = nat_test_words,
	  .doc = "what it looks at in a REGISTER to find phones behind a NAT; when there are any, stored-contact is literal for phones that none of them finds. A private Contact or Via; a Via or Contact whose address or port is not the source's; a private source",
	  .source = "Kamailio nathelper nat_uac_test 1, 2, 4, 16, 32, 128; OpenSIPS nathelper" },
	{ "ping", FIELD_GROUP, .members = ping_fields, .shorthand = "type", .doc = "what it sends to registered phones so that their routers keep the mapping" },
	{ "stun", FIELD_BOOL, OF(stun), .fallback = "off", .doc = "answers STUN Binding requests on its SIP port with the source that it saw", .source = "RFC 5626 3.5.2, 8; Kamailio module stun; sofia-sip" },
	{ "stored-contact", FIELD_WORD, OF(stored_contact), .words = stored_words, .fallback = "literal",
	  .doc = "what a binding points to: the Contact as written, the source, the source if the REGISTER is answered there, an alias parameter, or a received attribute beside the Contact",
	  .source = "RFC 3261 10.3 (literal); Asterisk, Kamailio nathelper" },
	{ "listed-contact", FIELD_WORD, OF(listed_contact), .words = listed_words, .fallback = "stored",
	  .doc = "what the 200 to a REGISTER lists: what is stored, or the Contact as the phone wrote it", .source = "Asterisk chan_pjsip rewrite_contact puts the original back" },
	{ "auth", FIELD_WORD, OF(auth), .words = auth_words, .fallback = "md5", .unadvised = "none", .doc = "algorithm of its challenge; none: no challenge", .source = "RFC 2617, RFC 7616, RFC 8760" },
	{ "challenge", FIELD_WORD, OF(challenge), .words = challenge_words, .fallback = "401", .doc = "status of its challenge", .source = "RFC 3261 22.2, 22.3" },
	{ "on-bad-credentials", FIELD_WORD, OF(bad_credentials), .words = bad_credentials_words, .fallback = "challenge",
	  .doc = "answer to a wrong password: another challenge, or 403" },
	{ "checks-uri", FIELD_WORD, OF(checks_uri), .words = checks_uri_words, .fallback = "off",
	  .doc = "credentials whose uri is not the Request-URI: fine, challenged anew, or answered 400", .source = "RFC 2617 3.2.2.5; RFC 3261 22.4 leaves it to the server" },
	{ "qop", FIELD_BOOL, OF(qop), .fallback = "on", .doc = "offers qop=auth", .source = "RFC 3261 22.4" },
	{ "realm", FIELD_TEXT, OF(realm), .text = TEXT_QUOTED, .doc = "realm of its challenge (default: its domain)" },
	{ "password", FIELD_TEXT, OF(password), .fallback = "secret", .doc = "password of every account" },
	{ "nonce-lifetime", FIELD_DURATION, OF(nonce_lifetime), SEC, 86400 * SEC, .fallback = "300s", .doc = "an older nonce is answered with a new one and stale=true", .source = "RFC 2617 3.2.1" },
	{ "expires", FIELD_GROUP, .members = expires_fields, .doc = "how long registrations last", .source = "RFC 3261 10.3" },
	{ "icmp", FIELD_BOOL, OF(icmp), .fallback = "on", .doc = "answers a datagram for a port at which it does not listen with an ICMP port unreachable", .source = "RFC 1122 4.1.3.1" },
	{ "heeds-icmp", FIELD_BOOL, OF(heeds_icmp), .fallback = "off", .doc = "an ICMP port unreachable ends its requests there, as a 503 would; off: it waits in vain, as if nothing had come", .source = "RFC 3261 8.1.3.1, 18.4 (on); Linux tells of ICMP errors only sockets that are connected or ask for them (off)" },
	{ "max-bindings", FIELD_UINT, OF(bindings.most), 0, 1000, .fallback = "0", .doc = "so many Contacts of a user are bound at once; 0: any number", .source = "Asterisk res_pjsip max_contacts; chan_sip: 1; FreeSWITCH without multiple-registrations: 1" },
	{ "when-full", FIELD_WORD, OF(bindings.when_full), .words = when_full_words, .fallback = "replace", .doc = "one more takes the place of the oldest, or is answered 403", .source = "Asterisk res_pjsip remove_existing" },
	{ "checks-dialog-uris", FIELD_BOOL, OF(checks_dialog_uris), .fallback = "off", .doc = "a request in a call of a PBX or a far end whose From or To has another URI than before belongs to no call: 481", .source = "RFC 2543 1.4.2 compared them; RFC 3261 12.2.2 compares tags only" },
	{ "dialog-target", FIELD_WORD, OF(dialog_target), .words = dialog_target_words, .fallback = "contact",
	  .doc = "where requests in a dialog go: the Contact as written; the source, which a proxy writes into Contacts that pass, or an alias parameter beside them (to a PBX the same: it keeps the Request-URI), with a nat-test only for phones that it finds; or, of a PBX, the source if the phone's INVITE is answered there, and when it was the PBX that called, if force-rport is on, or auto and the phone behind a NAT; to a proxy this is contact",
	  .source = "RFC 3261 12.2.1.1 (contact); Kamailio nathelper fix_nated_contact(), add_contact_alias() and handle_ruri_alias(); Asterisk chan_sip.c, sip_real_dst() and set_address_from_contact() (source-if-rport)" },
	{ "challenge-invite", FIELD_BOOL, OF(challenge_invite), .fallback = "off", .unadvised = "off", .doc = "challenges an INVITE that begins a call; a proxy does so with 407", .source = "RFC 3261 22.2, 22.3" },
	{ "record-route", FIELD_BOOL, OF(record_route), .fallback = "on", .doc = "a proxy stays in the way of a call's later requests", .source = "RFC 3261 16.6, step 4" },
	{ "fr-timer", FIELD_DURATION, OF(fr_timer), 100 * MSEC, 180 * SEC, .fallback = "30s", .doc = "a proxy waits so long for the first response before it says 408", .source = "Kamailio and OpenSIPS, tm: fr_timer; RFC 3261 16.8" },
	{ "invite-timer", FIELD_DURATION, OF(invite_timer), SEC, 3600 * SEC, .fallback = "120s", .doc = "and so long for the final response to an INVITE since the last provisional one, before it cancels it and says 408", .source = "Kamailio and OpenSIPS, tm: fr_inv_timer; RFC 3261 16.6, step 11 has more than 180 s" },
	{ "call-from", FIELD_ENDPOINT, OF(call_from), .fixed = true, .doc = "another address of its own, or port, that a PBX sends the requests of calls from and also listens at (default: where it listens)", .source = "2600hz-archive/kazoo-configs#109: registered at :7000, called from :5060" },
	{ "timers", FIELD_GROUP, .members = timers_fields, .doc = "SIP timers of a PBX and of the far end in calls" },
	{ "session-timer", FIELD_DURATION, OF(session_timer), 0, 86400 * SEC, .fallback = "0s", .doc = "how long a session of a PBX or a far end lasts without a refresh; 0s: it knows no session timers", .source = "RFC 4028" },
	{ "media", FIELD_WORD, OF(media), .words = media_words, .fallback = "direct", .doc = "audio between two phones: past the server, as they describe it to each other; through it; or, of a PBX, through it when it finds one of them behind a NAT", .source = "Asterisk direct_media, directmedia=nonat; Kamailio with rtpengine" },
	{ "latch", FIELD_WORD, OF(talk.rtp.latch), .words = latch_words, .fallback = "off", .doc = "where it sends audio: where SDP says; where the first audio came from after latch-after; where the last came from", .source = "rtpengine 10.5, endpoint-learning and media-handover; Asterisk rtp_symmetric" },
	{ "latch-after", FIELD_DURATION, OF(talk.rtp.latch_after), 0, 60 * SEC, .fallback = "0s", .doc = "so long after an offer or answer it follows whatever comes; what comes first afterwards decides", .source = "rtpengine 10.5, endpoint-learning=delayed: 3 s" },
	{ "latch-probation", FIELD_DURATION, OF(talk.rtp.latch_probation), 0, 60 * SEC, .fallback = "0s", .doc = "a new source is followed when nothing else was heard for so long", .source = "Asterisk strictrtp: 4 datagrams in sequence; FreeSWITCH rtp-auto-adjust: 10 of 20" },
	{ "latch-strict", FIELD_BOOL, OF(talk.rtp.latch_strict), .fallback = "off", .doc = "drops audio that comes from elsewhere than it has latched on to", .source = "rtpengine 10.5, strict-source; Asterisk strictrtp" },
	{ "rtp", FIELD_GROUP, .members = rtp_fields, .doc = "audio of a PBX and of the far end" },
	{ "far-end", FIELD_GROUP, .members = far_end_fields, .doc = "somebody behind the server who is called and calls: a PBX itself, or a node beside a proxy" },
	{ "header-order", FIELD_WORDS, OF(header_order), .words = sip_header_words,
	  .fallback = "via from to call-id cseq authenticate contact expires min-expires server content-length",
	  .must_have = "via from to call-id cseq authenticate contact content-length",
	  .doc = "the headers of its responses in order; a header that a response has no use for is left out" },
	{ "user-agent", FIELD_TEXT, OF(user_agent), .fallback = "viaport", .doc = "text of its Server or User-Agent header" },
	{ 0 },
};
