/*
 * Rows that several tables have, each with its own place of the members: `where` is the offset in the profile of the struct
 * that holds them.
 */
#ifndef MODELS_FIELD_ROWS_H
#define MODELS_FIELD_ROWS_H

#include "models/expires.h"
#include "models/media_profile.h"
#include "models/phone.h"

/* clang-format off */
/** Audio of a device, in a struct media_profile; `first` is the port of its first call. */
#define RTP_ROWS(where, first, from) \
	{ "port", FIELD_UINT, .at = (where) + AT(struct media_profile, port), 1024, 65534, .fixed = true, .fallback = first, .doc = "where its first call hears RTP; RTCP is one port higher", .source = from }, \
	{ "step", FIELD_UINT, .at = (where) + AT(struct media_profile, step), 0, 1000, .fallback = "2", .doc = "each further call takes a port higher by so much; 0: always the same", .source = "RFC 3550 11: even ports for RTP, odd ones for RTCP" }, \
	{ "every", FIELD_DURATION, .at = (where) + AT(struct media_profile, every), 20 * MSEC, SEC, .fallback = "1s", .doc = "pause between two RTP datagrams: one stands for the many that real devices send meanwhile, one every 20 ms" }, \
	{ "rtcp", FIELD_BOOL, .at = (where) + AT(struct media_profile, rtcp), .fallback = "off", .doc = "sends RTCP reports too, every 5 s", .source = "RFC 3550 6.2" }, \
	{ "symmetric", FIELD_BOOL, .at = (where) + AT(struct media_profile, symmetric), .fallback = "on", .doc = "sends RTP from the port where it hears; off: from another one", .source = "RFC 4961 3" }, \
	{ "waits", FIELD_BOOL, .at = (where) + AT(struct media_profile, waits), .fallback = "off", .doc = "sends no RTP before it has heard some" }

/** How long the requests of a user agent wait for an answer; `where` is the member itself. */
#define TIMER_B_ROW(where) \
	{ "b", FIELD_DURATION, .at = where, 0, 600 * SEC, .fallback = "0s", .doc = "how long an INVITE waits for the first response; 0s: 64 times T1", \
	  .source = "RFC 3261 17.1.1.2; a knob of its own in Cisco SPA, SIP Timer B" }
#define TIMER_F_ROW(where) \
	{ "f", FIELD_DURATION, .at = where, 0, 600 * SEC, .fallback = "0s", .doc = "how long a request other than INVITE waits for an answer; 0s: 64 times T1", \
	  .source = "RFC 3261 17.1.2.2; a knob of its own in Cisco SPA, SIP Timer F" }

/** What a registrar grants, in a struct registrar_expires. */
#define EXPIRES_ROWS(where) \
	{ "default", FIELD_DURATION, .at = (where) + AT(struct registrar_expires, by_default), SEC, 7 * 86400 * SEC, .fallback = "3600s", .doc = "granted when the phone asks for nothing", .source = "RFC 3261 10.2.1.1" }, \
	{ "min", FIELD_DURATION, .at = (where) + AT(struct registrar_expires, min), 0, 3600 * SEC, .fallback = "0s", .doc = "a shorter wish is answered 423 with Min-Expires", .source = "RFC 3261 10.3" }, \
	{ "max", FIELD_DURATION, .at = (where) + AT(struct registrar_expires, max), SEC, 7 * 86400 * SEC, .fallback = "86400s", .doc = "a longer wish is cut to this", .source = "RFC 3261 10.3" }

/** Keepalives of who registers, in a struct phone_profile. */
#define KEEPALIVE_ROWS(where) \
	{ "type", FIELD_WORD, .at = (where) + AT(struct phone_profile, keepalive.type), .words = keepalive_words, .fallback = "none", \
	  .doc = "what it sends: two empty lines, which nobody answers, OPTIONS, or STUN, which servers with `stun` answer; when such an answer shows another outside address than before, it registers anew", \
	  .source = "RFC 5626 3.5.1, 3.5.2, 4.4.2; Kamailio takes short datagrams for probes" }, \
	{ "every", FIELD_DURATION, .at = (where) + AT(struct phone_profile, keepalive.every), MSEC, 86400 * SEC, .fallback = "30s", \
	  .doc = "pause between two of them, counted from the first 200 to a REGISTER", .source = "Linphone keepalive_period 30000; RFC 5626 4.4 wants 24 to 29 s" }

/** SIP timers of who registers, in a struct phone_profile. */
#define TIMERS_ROWS(where) \
	{ "t1", FIELD_DURATION, .at = (where) + AT(struct phone_profile, timers.t1), MSEC, 60 * SEC, .fallback = "500ms", \
	  .doc = "round-trip estimate: the first retransmission comes after it, Timer F is 64 times as long", \
	  .source = "RFC 3261 17.1.1.1" }, \
	{ "t2", FIELD_DURATION, .at = (where) + AT(struct phone_profile, timers.t2), MSEC, 60 * SEC, .fallback = "4s", \
	  .doc = "longest interval between retransmissions of a non-INVITE request", .source = "RFC 3261 17.1.2.2" }, \
	{ "t4", FIELD_DURATION, .at = (where) + AT(struct phone_profile, timers.t4), MSEC, 60 * SEC, .fallback = "5s", \
	  .doc = "how long a message stays in the network; Timer K", .source = "RFC 3261 17.1.2.2" }, \
	TIMER_F_ROW((where) + AT(struct phone_profile, timers.f)), \
	{ "max-retransmits", FIELD_UINT, .at = (where) + AT(struct phone_profile, timers.max_retransmits), 0, 1000, .fallback = "1000", \
	  .doc = "gives up when this many retransmissions stay unanswered, if that is before Timer F", \
	  .source = "Cisco SIP phone configuration, sip_retx" }
/* clang-format on */

#endif
