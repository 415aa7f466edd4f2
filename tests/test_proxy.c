/*
 * A proxy in calls, as a logbook: whom it passes requests on to, and which responses come back.
 *
 *	caller 192.0.2.1:5070 ---- server 198.51.100.158:5060 ---- phones 192.0.2.7, 192.0.2.8, and one behind a NAT
 *
 * Caller and phones are texts that the probe sends in their names, at the moment that the test says: what
 * reaches a phone is told by what the server has sent. The wires have no length.
 */
#include <string.h>

#include "tests/lab.h"

#define SERVER "198.51.100.158:5060"
#define CALLER "192.0.2.1:5070"
#define PHONE  "192.0.2.7:5060"
#define SECOND "192.0.2.8:5060"
#define BEHIND "203.0.113.9:40001"

#define KNOBS "kind=proxy auth=none "

static struct lab *proxy_with(const char *knobs)
{
	return lab_with("", NULL, knobs);
}

/* User 100 is bound to `contact`; the REGISTER comes from `src`. */
static void bind(struct lab *lab, const char *src, const char *contact)
{
	lab_send(lab, src, SERVER,
		 arena_printf(lab->arena,
			      "REGISTER sip:lab.example SIP/2.0\n"
			      "Via: SIP/2.0/UDP %s;branch=z9hG4bKreg%s\n"
			      "From: <sip:100@lab.example>;tag=reg\n"
			      "To: <sip:100@lab.example>\n"
			      "Call-ID: reg-%s\n"
			      "CSeq: 1 REGISTER\n"
			      "Contact: <sip:100@%s>\n"
			      "Content-Length: 0\n\n",
			      contact, contact, contact, contact));
}

/* What the caller says. `more` are further headers. */
static void say(struct lab *lab, const char *method, const char *uri, const char *to_tag, const char *branch,
		const char *more)
{
	lab_send(lab, CALLER, SERVER,
		 arena_printf(lab->arena,
			      "%s %s SIP/2.0\n"
			      "Via: SIP/2.0/UDP " CALLER ";branch=z9hG4bK%s\n"
			      "Max-Forwards: 70\n"
			      "From: <sip:200@lab.example>;tag=caller\n"
			      "To: <sip:100@lab.example>%s\n"
			      "Call-ID: call\n"
			      "CSeq: 1 %s\n"
			      "%s"
			      "Content-Length: 0\n\n",
			      method, uri, branch, to_tag, method, more));
}

static void invite(struct lab *lab)
{
	say(lab, "INVITE", "sip:100@lab.example", "", "invite", "Contact: <sip:200@" CALLER ">\n");
}

/* The n-th request of this method that the server sent is answered by who it went to, now. */
static void answer(struct lab *lab, const char *method, int n, const char *status, const char *more)
{
	const struct record *request = lab_nth(lab, "server", EVENT_SENT, method, n);
	char from[ENDPOINT_TEXT_MAX];
	endpoint_print(request->dst, from);
	lab_send(lab, from, SERVER, lab_response(lab, request, status, more));
}

static const char *sent_to(const struct lab *lab, const char *label, int n)
{
	return lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, label, n)) + strlen(SERVER " > ");
}

static const char *sent_header(const struct lab *lab, const char *label, int n, const char *name)
{
	return lab_header(lab, lab_nth(lab, "server", EVENT_SENT, label, n), name);
}

static const char *sent_start(const struct lab *lab, const char *label, int n)
{
	const char *text = lab_text(lab_nth(lab, "server", EVENT_SENT, label, n));
	return arena_copy(lab->arena, text, strcspn(text, "\r"));
}

/* --- one binding ----------------------------------------------------------------------- */

TEST(a_call_to_a_binding_passes_hop_by_hop)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 150);
	assert_sent(lab, "server", "100", "0.100");
	assert_sent(lab, "server", "INVITE", "0.100");
	assert_string_equal(sent_to(lab, "INVITE", 1), PHONE);
	assert_string_equal(sent_start(lab, "INVITE", 1), "INVITE sip:100@" PHONE " SIP/2.0");
	lab_run_ms(lab, 200);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	lab_run_ms(lab, 300);
	answer(lab, "INVITE", 1, "200 OK", "Contact: <sip:100@" PHONE ">\n");
	lab_run_ms(lab, 500);
	assert_sent(lab, "server", "180", "0.200");
	assert_string_equal(sent_to(lab, "180", 1), CALLER);
	assert_string_equal(sent_to(lab, "200", 2), CALLER);
	/* Without the proxy's Via the caller's own is on top again. */
	assert_string_equal(sent_header(lab, "200", 2, "Via"), "SIP/2.0/UDP " CALLER ";branch=z9hG4bKinvite");
	assert_string_equal(sent_header(lab, "200", 2, "Contact"), "<sip:100@" PHONE ">");
	/* nothing is repeated */
	lab_run_ms(lab, 40000);
	assert_sent(lab, "server", "INVITE", "0.100");
	lab_close(lab);
}

/* Measured on Kamailio 5.6.3: an INVITE out of a NAT and a BYE into it, as they came and as they went on. */
TEST(messages_look_as_they_do_when_kamailio_has_passed_them_on)
{
	static const char body[] = "Content-Type: application/sdp\n"
				   "Content-Length: 7\n\n"
				   "v=0\ns=";
	static const struct row {
		const char *src, *came, *label, *went; /* %s: the proxy's branch */
	} rows[] = {
		{ "203.0.113.17:49975",
		  "INVITE sip:200@198.51.100.158 SIP/2.0\n"
		  "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKe8b71b98d3\n"
		  "Max-Forwards: 70\n"
		  "From: <sip:100@198.51.100.158>;tag=0d239d31\n"
		  "To: <sip:200@198.51.100.158>\n"
		  "Call-ID: out1-2b297584@192.168.1.104\n"
		  "CSeq: 1 INVITE\n"
		  "User-Agent: Cisco-CP7940G/8.0\n"
		  "Contact: <sip:100@192.168.1.104:5060>\n",
		  "INVITE",
		  "INVITE sip:200@198.51.100.158:5070 SIP/2.0\r\n"
		  "Record-Route: <sip:198.51.100.158;lr;ftag=0d239d31>\r\n"
		  "Via: SIP/2.0/UDP 198.51.100.158;branch=%s\r\n"
		  "Via: SIP/2.0/UDP "
		  "192.168.1.104:5060;rport=49975;received=203.0.113.17;branch=z9hG4bKe8b71b98d3\r\n"
		  "Max-Forwards: 69\r\n"
		  "From: <sip:100@198.51.100.158>;tag=0d239d31\r\n"
		  "To: <sip:200@198.51.100.158>\r\n"
		  "Call-ID: out1-2b297584@192.168.1.104\r\n"
		  "CSeq: 1 INVITE\r\n"
		  "User-Agent: Cisco-CP7940G/8.0\r\n"
		  "Contact: <sip:100@203.0.113.17:49975>\r\n" },
		{ "198.51.100.158:5070",
		  "BYE sip:100@203.0.113.17:49975 SIP/2.0\n"
		  "Via: SIP/2.0/UDP 198.51.100.158:5070;branch=z9hG4bK7a3ae93ca1\n"
		  "Max-Forwards: 70\n"
		  "From: <sip:200@198.51.100.158>;tag=9a4dacee\n"
		  "To: <sip:100@198.51.100.158>;tag=dfd809a7\n"
		  "Call-ID: in1-e35b4209@198.51.100.158\n"
		  "CSeq: 2 BYE\n"
		  "User-Agent: FarEnd/1.0\n"
		  "Route: <sip:198.51.100.158;lr;ftag=9a4dacee>\n",
		  "BYE",
		  "BYE sip:100@203.0.113.17:49975 SIP/2.0\r\n"
		  "Via: SIP/2.0/UDP 198.51.100.158;branch=%s\r\n"
		  "Via: SIP/2.0/UDP 198.51.100.158:5070;rport=5070;branch=z9hG4bK7a3ae93ca1\r\n"
		  "Max-Forwards: 69\r\n"
		  "From: <sip:200@198.51.100.158>;tag=9a4dacee\r\n"
		  "To: <sip:100@198.51.100.158>;tag=dfd809a7\r\n"
		  "Call-ID: in1-e35b4209@198.51.100.158\r\n"
		  "CSeq: 2 BYE\r\n"
		  "User-Agent: FarEnd/1.0\r\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(KNOBS "force-rport=on dialog-target=source");
		lab_send(lab, rows[i].src, SERVER, arena_printf(lab->arena, "%s%s", rows[i].came, body));
		lab_run_ms(lab, 10);
		const char *branch =
			strstr(sent_header(lab, rows[i].label, 1, "Via"), "branch=") + strlen("branch=");
		const char *hole = strstr(rows[i].went, "%s");
		const char *expected = arena_printf(lab->arena, "%.*s%s%s", (int)(hole - rows[i].went),
						    rows[i].went, branch, hole + 2);
		const char *text = lab_text(lab_nth(lab, "server", EVENT_SENT, rows[i].label, 1));
		assert_memory_equal(text, expected, strlen(expected));
		assert_memory_equal(text + strlen(expected), "Content-Type: ", 14);
		lab_close(lab);
	}
}

TEST(what_the_proxy_has_no_business_with_passes_as_it_is)
{
	struct lab *lab = proxy_with(KNOBS "dialog-target=source");
	lab_send(lab, CALLER, SERVER,
		 "INFO sip:100@192.0.2.7;x=y SIP/2.0\n"
		 "v: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKone , SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKtwo\n"
		 "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKthree\n"
		 "f: \"a, b\" <sip:200@lab.example>;tag=caller\n"
		 "t: <sip:100@lab.example>;tag=phone\n"
		 "i: call\n"
		 "CSeq: 1 INFO\n"
		 "X-Mine:  folded\n"
		 "  once\n"
		 "m: <sip:200@10.0.0.1>\n"
		 "Route: <sip:lab.example;lr> ,<sip:192.0.2.9;lr>\n"
		 "route: <sip:192.0.2.10;lr>\n"
		 "c: text/plain\nl: 6\n\n"
		 "a\nb\n");
	lab_run_ms(lab, 100);
	const char *via = sent_header(lab, "OTHER", 1, "Via");
	const char *expected = arena_printf(
		lab->arena,
		"INFO sip:100@192.0.2.7;x=y SIP/2.0\r\n"
		"Via: %s\r\n"
		"Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKone\r\n"
		"v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKtwo\r\n"
		"Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKthree\r\n"
		"f: \"a, b\" <sip:200@lab.example>;tag=caller\r\n"
		"t: <sip:100@lab.example>;tag=phone\r\n"
		"i: call\r\n"
		"CSeq: 1 INFO\r\n"
		"X-Mine:  folded\r\n"
		"  once\r\n"
		/* what came through another proxy did not come from its sender: its Contact is let be */
		"m: <sip:200@10.0.0.1>\r\n"
		"Route: <sip:192.0.2.9;lr>\r\n"
		"route: <sip:192.0.2.10;lr>\r\n"
		"c: text/plain\r\nl: 6\r\n"
		"Max-Forwards: 70\r\n\r\n"
		"a\r\nb\r\n",
		via);
	const char *text = lab_text(lab_nth(lab, "server", EVENT_SENT, "OTHER", 1));
	assert_memory_equal(text, expected, strlen(expected));
	assert_string_equal(sent_to(lab, "OTHER", 1), "192.0.2.9:5060");
	lab_close(lab);
}

TEST(a_repeated_invite_gets_the_last_provisional_response_again)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 600);
	invite(lab);
	lab_run_ms(lab, 700);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	lab_run_ms(lab, 800);
	invite(lab);
	lab_run_ms(lab, 900);
	assert_sent(lab, "server", "100", "0.100 0.600");
	assert_sent(lab, "server", "180", "0.700 0.800");
	/* the second one is the proxy's own repeat */
	assert_sent(lab, "server", "INVITE", "0.100 0.600");
	lab_close(lab);
}

TEST(every_2xx_passes_for_as_long_as_it_may_be_repeated)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 1000);
	for (int i = 0; i < 3; i++) {
		answer(lab, "INVITE", 1, "200 OK", "");
		lab_run_ms(lab, 1000 + 500 * (i + 1));
	}
	/* the first 200 was that of the REGISTER */
	assert_sent(lab, "server", "200", "0.000 1.000 1.500 2.000");
	/* 64*T1 after the first one the transaction is over (Timer M) */
	lab_run_ms(lab, 33030);
	answer(lab, "INVITE", 1, "200 OK", "");
	lab_run_ms(lab, 34000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "200"), 4);
	assert_dropped(lab, "server", "no request of its own waits for this");
	lab_close(lab);
}

TEST(who_is_not_bound_is_not_found)
{
	struct lab *lab = proxy_with(KNOBS);
	invite(lab);
	lab_run_ms(lab, 100);
	assert_string_equal(sent_start(lab, "404", 1), "SIP/2.0 404 Not Found");
	assert_sent(lab, "server", "404", "0.000");
	assert_noted(lab, "server", "has nothing bound for the user that it could send to", 0);
	/* repeated until it is acknowledged (Timer G); the ACK goes no further */
	lab_run_ms(lab, 800);
	assert_sent(lab, "server", "404", "0.000 0.500");
	say(lab, "ACK", "sip:100@lab.example", "", "invite", "");
	lab_run_ms(lab, 40000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "404"), 2);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "ACK"), 0);
	lab_close(lab);
}

TEST(nobody_answers_for_as_long_as_fr_timer_says)
{
	struct lab *lab = proxy_with(KNOBS "fr-timer=4500ms");
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 4900);
	assert_sent(lab, "server", "INVITE", "0.100 0.600 1.600 3.600");
	assert_sent(lab, "server", "408", "4.600");
	/* and the phone hears no more of it */
	lab_run_ms(lab, 40000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "INVITE"), 4);
	lab_close(lab);
}

TEST(a_phone_that_rings_is_cancelled_after_invite_timer)
{
	struct lab *lab = proxy_with(KNOBS "invite-timer=8s");
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	lab_run_ms(lab, 8230);
	assert_sent(lab, "server", "CANCEL", "8.200");
	assert_sent(lab, "server", "408", "8.200");
	/* what the phone says to it is acknowledged and goes no further */
	answer(lab, "CANCEL", 1, "200 OK", "");
	answer(lab, "INVITE", 1, "487 Request Terminated", "");
	lab_run_ms(lab, 8400);
	assert_sent(lab, "server", "ACK", "8.230");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "487"), 0);
	lab_close(lab);
}

TEST(a_caller_that_gives_up_is_answered_here_and_the_phone_is_told)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	lab_run_ms(lab, 1000);
	say(lab, "CANCEL", "sip:100@lab.example", "", "invite", "");
	lab_run_ms(lab, 1100);
	assert_sent(lab, "server", "200", "0.000 1.000");
	assert_sent(lab, "server", "CANCEL", "1.000");
	assert_string_equal(sent_start(lab, "CANCEL", 1), "CANCEL sip:100@" PHONE " SIP/2.0");
	assert_string_equal(sent_header(lab, "CANCEL", 1, "Via"), sent_header(lab, "INVITE", 1, "Via"));
	answer(lab, "INVITE", 1, "487 Request Terminated", "");
	lab_run_ms(lab, 1200);
	assert_sent(lab, "server", "487", "1.100");
	assert_string_equal(sent_to(lab, "487", 1), CALLER);
	assert_sent(lab, "server", "ACK", "1.100");
	lab_close(lab);
}

TEST(a_cancel_of_nothing_gets_a_481)
{
	struct lab *lab = proxy_with(KNOBS);
	say(lab, "CANCEL", "sip:100@lab.example", "", "invite", "");
	lab_run_ms(lab, 100);
	assert_sent(lab, "server", "481", "0.000");
	lab_close(lab);
}

TEST(a_response_that_has_lost_the_caller_s_via_is_dropped)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	const char *via = sent_header(lab, "INVITE", 1, "Via");
	lab_send(lab, PHONE, SERVER,
		 arena_printf(lab->arena,
			      "SIP/2.0 200 OK\nVia: %s\nFrom: <sip:200@lab.example>;tag=caller\n"
			      "To: <sip:100@lab.example>;tag=phone\nCall-ID: call\nCSeq: 1 "
			      "INVITE\nContent-Length: 0\n\n",
			      via));
	lab_run_ms(lab, 300);
	assert_dropped(lab, "server", "no request of its own waits for this");
	assert_sent(lab, "server", "200", "0.000");
	lab_close(lab);
}

/* The lab's own phone is at this address, but not at this port. */
TEST(a_port_where_nobody_listens_ends_the_call_at_once_when_the_proxy_heeds_icmp)
{
	static const struct row {
		const char *knobs, *status;
		usec at;
	} rows[] = {
		{ KNOBS "heeds-icmp=on", "500",
		  140 * MSEC }, /* for the proxy a 503, of which callers hear as 500 */
		{ KNOBS "heeds-icmp=off fr-timer=3s", "408", 3100 * MSEC },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		bind(lab, PHONE, "192.0.2.104:5999");
		lab_run_ms(lab, 100);
		invite(lab);
		lab_run_ms(lab, 3400);
		assert_string_equal(sent_to(lab, rows[i].status, 1), CALLER);
		assert_int_equal(lab_nth(lab, "server", EVENT_SENT, rows[i].status, 1)->at, rows[i].at);
		lab_close(lab);
	}
}

/* --- several bindings ------------------------------------------------------------------ */

static struct lab *forked(const char *knobs)
{
	struct lab *lab = proxy_with(knobs);
	bind(lab, PHONE, PHONE);
	bind(lab, SECOND, SECOND);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	return lab;
}

TEST(all_bindings_are_called_at_once_the_newest_first)
{
	struct lab *lab = forked(KNOBS);
	assert_sent(lab, "server", "INVITE", "0.100 0.100");
	assert_string_equal(sent_to(lab, "INVITE", 1), SECOND);
	assert_string_equal(sent_to(lab, "INVITE", 2), PHONE);
	assert_string_not_equal(sent_header(lab, "INVITE", 1, "Via"), sent_header(lab, "INVITE", 2, "Via"));
	lab_close(lab);
}

TEST(a_dead_binding_does_not_hold_up_the_answer_of_the_other)
{
	struct lab *lab = forked(KNOBS);
	answer(lab, "INVITE", 2, "200 OK", "");
	lab_run_ms(lab, 40000);
	assert_sent(lab, "server", "200", "0.000 0.000 0.200");
	/* the dead one never says anything, so that it cannot be cancelled (9.1) */
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "CANCEL"), 0);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "408"), 0);
	lab_close(lab);
}

TEST(a_dead_binding_holds_up_the_refusal_of_the_other)
{
	struct lab *lab = forked(KNOBS "fr-timer=4s");
	answer(lab, "INVITE", 2, "486 Busy Here", "");
	lab_run_ms(lab, 4200);
	assert_sent(lab, "server", "486", "4.100");
	lab_close(lab);
}

TEST(the_first_who_answers_takes_the_call_and_the_other_is_cancelled)
{
	struct lab *lab = forked(KNOBS);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	answer(lab, "INVITE", 2, "180 Ringing", "");
	lab_run_ms(lab, 1000);
	answer(lab, "INVITE", 2, "200 OK", "");
	lab_run_ms(lab, 1100);
	assert_sent(lab, "server", "CANCEL", "1.000");
	assert_string_equal(sent_to(lab, "CANCEL", 1), SECOND);
	answer(lab, "INVITE", 1, "487 Request Terminated", "");
	lab_run_ms(lab, 1200);
	assert_sent(lab, "server", "ACK", "1.100");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "487"), 0);
	lab_close(lab);
}

TEST(who_answers_although_it_is_cancelled_is_heard_too)
{
	struct lab *lab = forked(KNOBS);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	answer(lab, "INVITE", 2, "200 OK", "");
	answer(lab, "INVITE", 1, "200 OK", "");
	lab_run_ms(lab, 1000);
	assert_sent(lab, "server", "200", "0.000 0.000 0.200 0.200");
	lab_close(lab);
}

TEST(of_refusals_the_best_one_is_passed_on_when_all_are_in)
{
	static const struct row {
		const char *first, *second, *passed;
	} rows[] = {
		{ "486 Busy Here", "404 Not Found", "404" }, /* the lower */
		{ "404 Not Found", "486 Busy Here", "404" },
		{ "404 Not Found", "302 Moved Temporarily", "302" },
		{ "404 Not Found", "500 Server Internal Error", "404" },
		{ "403 Forbidden", "407 Proxy Authentication Required", "407" }, /* says what would help */
		{ "503 Service Unavailable", "503 Service Unavailable",
		  "500" }, /* of the phone, not of this server */
		{ "480 Temporarily Unavailable", "603 Decline", "603" }, /* speaks for everybody */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = forked(KNOBS);
		answer(lab, "INVITE", 1, rows[i].first, "");
		lab_run_ms(lab, 300);
		answer(lab, "INVITE", 2, rows[i].second, "");
		lab_run_ms(lab, 330);
		assert_sent(lab, "server", rows[i].passed, "0.300");
		assert_sent(lab, "server", "ACK", "0.200 0.300");
		lab_close(lab);
	}
}

TEST(a_decline_for_everybody_cancels_the_others)
{
	struct lab *lab = forked(KNOBS);
	answer(lab, "INVITE", 1, "180 Ringing", "");
	answer(lab, "INVITE", 2, "603 Decline", "");
	lab_run_ms(lab, 300);
	assert_sent(lab, "server", "CANCEL", "0.200");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "603"), 0);
	answer(lab, "INVITE", 1, "487 Request Terminated", "");
	lab_run_ms(lab, 400);
	assert_sent(lab, "server", "603", "0.300");
	lab_close(lab);
}

/* --- along the route ------------------------------------------------------------------- */

#define ROUTE "Route: <sip:198.51.100.158;lr;ftag=caller>\n"

TEST(record_route_names_the_proxy_and_can_be_off)
{
	static const struct row {
		const char *knobs, *record_route;
	} rows[] = {
		{ KNOBS, "<sip:198.51.100.158;lr;ftag=caller>" },
		{ KNOBS "record-route=off", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		bind(lab, PHONE, PHONE);
		lab_run_ms(lab, 100);
		invite(lab);
		lab_run_ms(lab, 200);
		const char *written = sent_header(lab, "INVITE", 1, "Record-Route");
		assert_int_equal(written != NULL, rows[i].record_route != NULL);
		if (written)
			assert_string_equal(written, rows[i].record_route);
		lab_close(lab);
	}
}

TEST(an_ack_of_a_2xx_follows_its_route_without_a_transaction)
{
	struct lab *lab = proxy_with(KNOBS);
	say(lab, "ACK", "sip:100@" PHONE, ";tag=phone", "ack", ROUTE);
	lab_run_ms(lab, 100);
	say(lab, "ACK", "sip:100@" PHONE, ";tag=phone", "ack", ROUTE);
	lab_run_ms(lab, 40000);
	assert_sent(lab, "server", "ACK", "0.000 0.100");
	assert_string_equal(sent_to(lab, "ACK", 1), PHONE);
	assert_string_equal(sent_start(lab, "ACK", 1), "ACK sip:100@" PHONE " SIP/2.0");
	assert_null(sent_header(lab, "ACK", 1, "Route"));
	/* a repeated one looks the same */
	assert_string_equal(sent_header(lab, "ACK", 1, "Via"), sent_header(lab, "ACK", 2, "Via"));
	lab_close(lab);
}

TEST(an_ack_for_nobody_goes_nowhere)
{
	struct lab *lab = proxy_with(KNOBS);
	say(lab, "ACK", "sip:100@lab.example", ";tag=phone", "ack", "");
	lab_run_ms(lab, 100);
	assert_dropped(lab, "server", "there is nowhere that the proxy could pass it on to");
	lab_close(lab);
}

TEST(a_bye_follows_its_route_and_is_repeated_until_it_is_answered)
{
	struct lab *lab = proxy_with(KNOBS);
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 1000);
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE); /* absorbed */
	lab_run_ms(lab, 1200);
	assert_sent(lab, "server", "BYE", "0.000 0.500");
	answer(lab, "BYE", 1, "200 OK", "");
	lab_run_ms(lab, 2000);
	assert_sent(lab, "server", "200", "1.200");
	assert_string_equal(sent_to(lab, "200", 1), CALLER);
	/* asked again, it says the same */
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 3000);
	assert_sent(lab, "server", "200", "1.200 2.000");
	assert_sent(lab, "server", "BYE", "0.000 0.500");
	lab_close(lab);
}

TEST(a_bye_that_nobody_answers_ends_with_a_408)
{
	struct lab *lab = proxy_with(KNOBS "fr-timer=3s");
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 40000);
	assert_sent(lab, "server", "BYE", "0.000 0.500 1.500");
	assert_sent(lab, "server", "408", "3.000");
	lab_close(lab);
}

TEST(where_a_request_goes_next)
{
	static const struct row {
		const char *uri, *routes, *to; /* NULL: nowhere, 503 */
		const char *left;	       /* the Route that goes on; NULL: none */
	} rows[] = {
		{ "sip:100@192.0.2.7:5062", ROUTE, "192.0.2.7:5062", NULL },
		{ "sip:100@192.0.2.7", ROUTE, "192.0.2.7:5060", NULL },
		/* without a route: the Request-URI */
		{ "sip:100@192.0.2.7", "", "192.0.2.7:5060", NULL },
		/* another proxy comes next, in the same header or in another one */
		{ "sip:100@192.0.2.7", "Route: <sip:198.51.100.158;lr>, <sip:192.0.2.9:5080;lr>\n",
		  "192.0.2.9:5080", "<sip:192.0.2.9:5080;lr>" },
		{ "sip:100@192.0.2.7", ROUTE "Route: <sip:192.0.2.9;lr>\n", "192.0.2.9:5060",
		  "<sip:192.0.2.9;lr>" },
		/* the first is another's: it stays */
		{ "sip:100@192.0.2.7", "Route: <sip:192.0.2.9;lr>\n", "192.0.2.9:5060",
		  "<sip:192.0.2.9;lr>" },
		/* the same host, another port */
		{ "sip:200@198.51.100.158:5070", ROUTE, "198.51.100.158:5070", NULL },
		/* by its domain */
		{ "sip:100@192.0.2.7", "Route: <sip:lab.example;lr>\n", "192.0.2.7:5060", NULL },
		/* names are not looked up */
		{ "sip:100@elsewhere.example", ROUTE, NULL, NULL },
		{ "sip:100@192.0.2.7", "Route: <sip:elsewhere.example;lr>\n", NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(KNOBS);
		say(lab, "BYE", rows[i].uri, ";tag=phone", "bye", rows[i].routes);
		lab_run_ms(lab, 100);
		if (!rows[i].to) {
			assert_sent(lab, "server", "503", "0.000");
			assert_int_equal(lab_count(lab, "server", EVENT_SENT, "BYE"), 0);
		} else {
			const char *left = sent_header(lab, "BYE", 1, "Route");
			assert_string_equal(sent_to(lab, "BYE", 1), rows[i].to);
			assert_int_equal(left != NULL, rows[i].left != NULL);
			if (left)
				assert_string_equal(left, rows[i].left);
		}
		lab_close(lab);
	}
}

/* --- bounds ---------------------------------------------------------------------------- */

TEST(a_request_that_may_go_no_further_gets_a_483)
{
	struct lab *lab = proxy_with(KNOBS);
	lab_send(lab, CALLER, SERVER,
		 "INVITE sip:100@192.0.2.7 SIP/2.0\n"
		 "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKx\n"
		 "Max-Forwards: 0\n"
		 "From: <sip:200@lab.example>;tag=caller\n"
		 "To: <sip:100@lab.example>\n"
		 "Call-ID: call\n"
		 "CSeq: 1 INVITE\n"
		 "Content-Length: 0\n\n");
	lab_run_ms(lab, 100);
	assert_sent(lab, "server", "483", "0.000");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "INVITE"), 0);
	lab_close(lab);
}

TEST(two_proxies_that_send_a_call_to_each_other_end_in_a_483)
{
	struct lab *lab = proxy_with(KNOBS);
	struct server_setup other = {
		.profile = lab->server_profile,
		.name = "other",
		.network = lab->internet,
		.address = endpoint_of("198.51.100.9:5060"),
		.domain = "other.example",
	};
	server_new(lab->world, &other);
	bind(lab, PHONE, "198.51.100.9:5060");
	lab_send(lab, PHONE, "198.51.100.9:5060",
		 "REGISTER sip:other.example SIP/2.0\n"
		 "Via: SIP/2.0/UDP " PHONE ";branch=z9hG4bKother\n"
		 "From: <sip:100@other.example>;tag=reg\n"
		 "To: <sip:100@other.example>\n"
		 "Call-ID: other\n"
		 "CSeq: 1 REGISTER\n"
		 "Contact: <sip:100@" SERVER ">\n"
		 "Content-Length: 0\n\n");
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "INVITE"), 35);
	assert_int_equal(lab_count(lab, "other", EVENT_SENT, "INVITE"), 35);
	/* the first one passes the 483 back last */
	assert_string_equal(sent_to(lab, "483", lab_count(lab, "server", EVENT_SENT, "483")), CALLER);
	lab_close(lab);
}

TEST(after_a_restart_nothing_is_known_of_what_was_passed_on)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite(lab);
	lab_run_ms(lab, 200);
	server_restart(lab->server);
	answer(lab, "INVITE", 1, "200 OK", "");
	lab_run_ms(lab, 40000);
	assert_dropped(lab, "server", "no request of its own waits for this");
	assert_sent(lab, "server", "INVITE", "0.100");
	assert_sent(lab, "server", "100", "0.100");
	lab_close(lab);
}

TEST(an_invite_is_challenged_when_the_proxy_wants_that)
{
	struct lab *lab = lab_with("", NULL, "kind=proxy challenge-invite=on");
	invite(lab);
	lab_run_ms(lab, 100);
	assert_sent(lab, "server", "407", "0.000");
	assert_non_null(strstr(sent_header(lab, "407", 1, "Proxy-Authenticate"), "realm=\"lab.example\""));
	/* but nothing that belongs to a call */
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 200);
	assert_sent(lab, "server", "BYE", "0.100");
	lab_close(lab);
}

/* --- NATs ------------------------------------------------------------------------------ */

/* An INVITE of a phone behind a NAT, which knows nothing of it. */
static void invite_from_behind(struct lab *lab, const char *via, const char *contact)
{
	lab_send(lab, BEHIND, SERVER,
		 arena_printf(lab->arena,
			      "INVITE sip:200@192.0.2.1:5070 SIP/2.0\n"
			      "Via: SIP/2.0/UDP %s\n"
			      "Max-Forwards: 70\n"
			      "From: <sip:100@lab.example>;tag=caller\n"
			      "To: <sip:200@lab.example>\n"
			      "Call-ID: call\n"
			      "CSeq: 1 INVITE\n"
			      "Contact: %s\n"
			      "Content-Length: 0\n\n",
			      via, contact));
	lab_run_ms(lab, 100);
}

/* The Via below the proxy's own, and where a response goes because of it. */
TEST(the_via_of_a_phone_behind_a_nat_is_stamped_as_kamailio_does)
{
	static const struct row {
		const char *knobs, *via, *stamped, *to;
	} rows[] = {
		{ KNOBS, "192.168.1.104:5060;branch=z9hG4bKx",
		  "192.168.1.104:5060;received=203.0.113.9;branch=z9hG4bKx", "203.0.113.9:5060" },
		{ KNOBS "force-rport=on", "192.168.1.104:5060;branch=z9hG4bKx",
		  "192.168.1.104:5060;rport=40001;received=203.0.113.9;branch=z9hG4bKx", BEHIND },
		{ KNOBS, "192.168.1.104:5060;branch=z9hG4bKx;rport",
		  "192.168.1.104:5060;received=203.0.113.9;branch=z9hG4bKx;rport=40001", BEHIND },
		{ KNOBS, "192.168.1.104;rport;branch=z9hG4bKx",
		  "192.168.1.104;received=203.0.113.9;rport=40001;branch=z9hG4bKx", BEHIND },
		{ KNOBS, "203.0.113.9:5062;branch=z9hG4bKx", "203.0.113.9:5062;branch=z9hG4bKx",
		  "203.0.113.9:5062" },
		/* a `received` of the phone's own is not believed */
		{ KNOBS, "192.168.1.104:5060;received=192.0.2.66;branch=z9hG4bKx",
		  "192.168.1.104:5060;received=203.0.113.9;branch=z9hG4bKx", "203.0.113.9:5060" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		invite_from_behind(lab, rows[i].via, "<sip:100@192.168.1.104:5060>");
		const char *text = strstr(lab_text(lab_nth(lab, "server", EVENT_SENT, "INVITE", 1)),
					  "\r\nVia: "); /* its own */
		const char *below =
			strstr(text + 2, "\r\nVia: SIP/2.0/UDP ") + strlen("\r\nVia: SIP/2.0/UDP ");
		assert_memory_equal(below, rows[i].stamped, strlen(rows[i].stamped));
		assert_int_equal(below[strlen(rows[i].stamped)], '\r');
		assert_string_equal(sent_to(lab, "100", 1), rows[i].to);
		lab_close(lab);
	}
}

TEST(the_contact_of_a_phone_behind_a_nat_is_mended_as_dialog_target_says)
{
	static const struct row {
		const char *knobs, *contact, *passed;
	} rows[] = {
		{ KNOBS, "<sip:100@192.168.1.104:5060>", "<sip:100@192.168.1.104:5060>" },
		{ KNOBS "dialog-target=source", "<sip:100@192.168.1.104:5060>",
		  "<sip:100@203.0.113.9:40001>" },
		{ KNOBS "dialog-target=source", "\"me\" <sip:100@192.168.1.104;transport=udp>;x=y",
		  "\"me\" <sip:100@203.0.113.9:40001;transport=udp>;x=y" },
		{ KNOBS "dialog-target=alias", "<sip:100@192.168.1.104:5060>",
		  "<sip:100@192.168.1.104:5060;alias=203.0.113.9~40001~1>" },
		/* a rule of PBXes, which a proxy does not have */
		{ KNOBS "dialog-target=source-if-rport", "<sip:100@192.168.1.104:5060>",
		  "<sip:100@192.168.1.104:5060>" },
		/* right as it is */
		{ KNOBS "dialog-target=alias", "<sip:100@203.0.113.9:40001>", "<sip:100@203.0.113.9:40001>" },
		{ KNOBS "dialog-target=source", "<sip:100@203.0.113.9:40001>",
		  "<sip:100@203.0.113.9:40001>" },
		/* only for whom a test finds */
		{ KNOBS "dialog-target=source nat-test=contact-private", "<sip:100@192.168.1.104:5060>",
		  "<sip:100@203.0.113.9:40001>" },
		{ KNOBS "dialog-target=source nat-test=contact-private", "<sip:100@203.0.113.9:5060>",
		  "<sip:100@203.0.113.9:5060>" },
		{ KNOBS "dialog-target=source nat-test=contact-port", "<sip:100@203.0.113.9:5060>",
		  "<sip:100@203.0.113.9:40001>" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		invite_from_behind(lab, "192.168.1.104:5060;branch=z9hG4bKx", rows[i].contact);
		assert_string_equal(sent_header(lab, "INVITE", 1, "Contact"), rows[i].passed);
		lab_close(lab);
	}
}

TEST(the_contact_in_an_answer_is_mended_too)
{
	static const struct row {
		const char *knobs, *contact, *passed;
	} rows[] = {
		{ KNOBS "stored-contact=received", "192.168.1.104:5060", "<sip:100@192.168.1.104:5060>" },
		{ KNOBS "stored-contact=received dialog-target=source", "192.168.1.104:5060",
		  "<sip:100@203.0.113.9:40001>" },
		{ KNOBS "stored-contact=received dialog-target=alias", "192.168.1.104:5060",
		  "<sip:100@192.168.1.104:5060;alias=203.0.113.9~40001~1>" },
		/* The Via of an answer is the proxy's own; that the binding was found behind a NAT is
		   remembered. */
		{ KNOBS "stored-contact=received dialog-target=source nat-test=via-address",
		  "192.168.1.104:5060", "<sip:100@203.0.113.9:40001>" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		bind(lab, BEHIND, rows[i].contact);
		lab_run_ms(lab, 100);
		invite(lab);
		lab_run_ms(lab, 200);
		assert_string_equal(sent_to(lab, "INVITE", 1), BEHIND);
		assert_string_equal(sent_start(lab, "INVITE", 1),
				    "INVITE sip:100@192.168.1.104:5060 SIP/2.0");
		answer(lab, "INVITE", 1, "200 OK",
		       arena_printf(lab->arena, "Contact: <sip:100@%s>\n", rows[i].contact));
		lab_run_ms(lab, 300);
		assert_string_equal(sent_header(lab, "200", 2, "Contact"), rows[i].passed);
		lab_close(lab);
	}
}

TEST(a_request_to_an_alias_goes_to_where_it_says_and_the_alias_no_further)
{
	static const struct row {
		const char *knobs, *uri, *to, *passed;
	} rows[] = {
		{ KNOBS "dialog-target=alias", "sip:100@192.168.1.104:5060;alias=203.0.113.9~40001~1", BEHIND,
		  "BYE sip:100@192.168.1.104:5060 SIP/2.0" },
		{ KNOBS "dialog-target=alias", "sip:100@192.168.1.104;alias=203.0.113.9~40001~1;x=y", BEHIND,
		  "BYE sip:100@192.168.1.104;x=y SIP/2.0" },
		/* what is no alias: the URI as it is */
		{ KNOBS "dialog-target=alias", "sip:100@192.0.2.7;alias=nobody", PHONE,
		  "BYE sip:100@192.0.2.7;alias=nobody SIP/2.0" },
		{ KNOBS "dialog-target=alias", "sip:100@192.0.2.7;alias=192.0.2.9~70000~1", PHONE,
		  "BYE sip:100@192.0.2.7;alias=192.0.2.9~70000~1 SIP/2.0" },
		/* another's alias means nothing here */
		{ KNOBS, "sip:100@192.0.2.7;alias=203.0.113.9~40001~1", PHONE,
		  "BYE sip:100@192.0.2.7;alias=203.0.113.9~40001~1 SIP/2.0" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(rows[i].knobs);
		say(lab, "BYE", rows[i].uri, ";tag=phone", "bye", ROUTE);
		lab_run_ms(lab, 100);
		assert_string_equal(sent_to(lab, "BYE", 1), rows[i].to);
		assert_string_equal(sent_start(lab, "BYE", 1), rows[i].passed);
		lab_close(lab);
	}
}

/* --- audio that passes the proxy ------------------------------------------------------- */

#define RELAY KNOBS "media=relay rtp.port=30000 rtp.ports=1000 "

/* A message with a description; `text` has the lines before Content-Type. */
static void describe(struct lab *lab, const char *src, const char *text, const char *sdp)
{
	size_t lines = 0;
	for (const char *at = sdp; (at = strchr(at, '\n')); at++)
		lines++;
	lab_send(lab, src, SERVER,
		 arena_printf(lab->arena, "%sContent-Type: application/sdp\nContent-Length: %zu\n\n%s", text,
			      strlen(sdp) + lines, sdp));
}

#define OFFER                          \
	"v=0\n"                        \
	"o=200 1 1 IN IP4 192.0.2.1\n" \
	"s=call\n"                     \
	"c=IN IP4 192.0.2.1\n"         \
	"t=0 0\n"                      \
	"m=audio 16384 RTP/AVP 0\n"

static void invite_with(struct lab *lab, const char *from_tag, const char *to_tag, const char *branch,
			const char *sdp)
{
	describe(lab, CALLER,
		 arena_printf(lab->arena,
			      "INVITE sip:100@lab.example SIP/2.0\n"
			      "Via: SIP/2.0/UDP " CALLER ";branch=z9hG4bK%s\n"
			      "From: <sip:200@lab.example>;tag=%s\n"
			      "To: <sip:100@lab.example>%s\n"
			      "Call-ID: call\n"
			      "CSeq: 1 INVITE\n"
			      "Contact: <sip:200@" CALLER ">\n",
			      branch, from_tag, to_tag),
		 sdp);
}

static void answer_with(struct lab *lab, int n, const char *status, const char *sdp)
{
	const struct record *request = lab_nth(lab, "server", EVENT_SENT, "INVITE", n);
	const char *text = lab_response(lab, request, status, "");
	const char *length = strstr(text, "Content-Length");
	describe(lab, PHONE, arena_copy(lab->arena, text, (size_t)(length - text)), sdp);
}

static const char *sent_body(const struct lab *lab, const char *label, int n)
{
	const struct record *r = lab_nth(lab, "server", EVENT_SENT, label, n);
	const char *body = strstr(lab_text(r), "\r\n\r\n") + 4;
	char *text = arena_copy(lab->arena, body, strlen(body)), *to = text;
	assert_string_equal(lab_header(lab, r, "Content-Length"),
			    arena_printf(lab->arena, "%zu", strlen(body)));
	for (const char *from = text; *from; from++)
		if (*from != '\r')
			*to++ = *from;
	*to = 0;
	return text;
}

/* An RTP datagram of nobody. */
static void speak(struct lab *lab, const char *src, const char *dst)
{
	static const char rtp[32] = "\x80";
	lab_send_bytes(lab, src, dst, rtp, sizeof rtp);
	lab_run_ms(lab, world_now(lab->world) / MSEC + 10);
}

TEST(a_relay_writes_itself_into_descriptions)
{
	static const struct row {
		const char *said, *passed;
	} rows[] = {
		{ OFFER, "v=0\no=200 1 1 IN IP4 198.51.100.158\ns=call\nc=IN IP4 198.51.100.158\nt=0 "
			 "0\nm=audio 31002 RTP/AVP 0\n" },
		/* what else is there passes, but for the port of RTCP, which is the next one at a relay */
		{ "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=x\nt=0 0\nm=audio 8000/2 RTP/AVP 0 101\nc=IN IP4 "
		  "10.0.0.1/127\na=rtcp:8009\na=sendonly\n",
		  "v=0\no=- 1 1 IN IP4 198.51.100.158\ns=x\nt=0 0\nm=audio 31002/2 RTP/AVP 0 101\nc=IN IP4 "
		  "198.51.100.158/127\na=sendonly\n" },
		/* a hold as it was before there were directions */
		{ "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=x\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 8000 RTP/AVP 0\n",
		  "v=0\no=- 1 1 IN IP4 198.51.100.158\ns=x\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 31002 RTP/AVP "
		  "0\n" },
		/* a stream that is refused, and one that is not audio */
		{ "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=x\nc=IN IP4 10.0.0.1\nt=0 0\nm=audio 0 RTP/AVP 0\nm=video "
		  "9000 RTP/AVP 96\nc=IN IP4 10.0.0.2\n",
		  "v=0\no=- 1 1 IN IP4 198.51.100.158\ns=x\nc=IN IP4 198.51.100.158\nt=0 0\nm=audio 0 "
		  "RTP/AVP 0\nm=video 9000 RTP/AVP 96\nc=IN IP4 10.0.0.2\n" },
		/* nothing that could be relayed */
		{ "v=0\no=- 1 1 IN IP6 ::1\ns=x\nc=IN IP6 ::1\nt=0 0\nm=audio 8000 RTP/AVP 0\n",
		  "v=0\no=- 1 1 IN IP6 ::1\ns=x\nc=IN IP6 ::1\nt=0 0\nm=audio 8000 RTP/AVP 0\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = proxy_with(RELAY);
		bind(lab, PHONE, PHONE);
		lab_run_ms(lab, 100);
		invite_with(lab, "caller", "", "one", rows[i].said);
		lab_run_ms(lab, 200);
		assert_string_equal(sent_body(lab, "INVITE", 1), rows[i].passed);
		lab_close(lab);
	}
}

TEST(without_a_relay_descriptions_pass_as_they_are)
{
	struct lab *lab = proxy_with(KNOBS);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite_with(lab, "caller", "", "one", OFFER);
	lab_run_ms(lab, 200);
	assert_string_equal(sent_body(lab, "INVITE", 1), OFFER);
	lab_close(lab);
}

#define ANSWER                         \
	"v=0\n"                        \
	"o=100 1 1 IN IP4 192.0.2.7\n" \
	"s=call\n"                     \
	"c=IN IP4 192.0.2.7\n"         \
	"t=0 0\n"                      \
	"m=audio 20000 RTP/AVP 0\n"

/* A call whose audio is relayed: the caller speaks to port 31000, the phone to 31002. */
static struct lab *relayed(const char *knobs)
{
	struct lab *lab = proxy_with(knobs);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite_with(lab, "caller", "", "one", OFFER);
	lab_run_ms(lab, 200);
	answer_with(lab, 1, "200 OK", ANSWER);
	lab_run_ms(lab, 300);
	return lab;
}

TEST(what_is_said_to_the_relay_goes_on_to_the_other_side)
{
	struct lab *lab = relayed(RELAY);
	assert_non_null(strstr(sent_body(lab, "200", 2), "m=audio 31000 "));
	speak(lab, "192.0.2.1:16384", "198.51.100.158:31000");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "RTP", 1)),
			    "198.51.100.158:31002 > 192.0.2.7:20000");
	speak(lab, "192.0.2.7:20000", "198.51.100.158:31002");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "RTP", 2)),
			    "198.51.100.158:31000 > 192.0.2.1:16384");
	lab_close(lab);
}

TEST(a_relay_that_latches_follows_a_phone_behind_a_nat)
{
	struct lab *lab = relayed(RELAY "latch=once");
	speak(lab, "203.0.113.9:40003", "198.51.100.158:31002");
	speak(lab, "192.0.2.1:16384", "198.51.100.158:31000");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "RTP", 2)),
			    "198.51.100.158:31002 > 203.0.113.9:40003");
	lab_close(lab);
}

/* The one who was called offers something new: its From has the other tag. */
TEST(a_relay_knows_the_sides_of_a_call_by_their_tags)
{
	struct lab *lab = relayed(RELAY);
	invite_with(lab, "phone", ";tag=caller", "two",
		    "v=0\no=100 1 2 IN IP4 192.0.2.7\ns=call\nc=IN IP4 192.0.2.7\nt=0 0\nm=audio 20008 "
		    "RTP/AVP 0\n");
	lab_run_ms(lab, 400);
	assert_non_null(strstr(sent_body(lab, "INVITE", 2), "m=audio 31000 "));
	speak(lab, "192.0.2.1:16384", "198.51.100.158:31000");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "RTP", 1)),
			    "198.51.100.158:31002 > 192.0.2.7:20008");
	lab_close(lab);
}

TEST(nothing_is_relayed_any_more_when_a_call_is_over)
{
	struct lab *lab = relayed(RELAY);
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 400);
	speak(lab, "192.0.2.1:16384", "198.51.100.158:31000");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "RTP"), 0);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "BYE"), 1);
	lab_close(lab);
}

TEST(an_answer_that_comes_again_when_the_call_is_over_is_relayed_no_more)
{
	struct lab *lab = relayed(RELAY);
	say(lab, "BYE", "sip:100@" PHONE, ";tag=phone", "bye", ROUTE);
	lab_run_ms(lab, 400);
	answer_with(lab, 1, "200 OK", ANSWER);
	lab_run_ms(lab, 500);
	assert_string_equal(sent_body(lab, "200", lab_count(lab, "server", EVENT_SENT, "200")), ANSWER);
	speak(lab, "192.0.2.1:16384", "198.51.100.158:31000");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "RTP"), 0);
	lab_close(lab);
}

TEST(a_call_that_is_refused_leaves_its_ports_to_the_next)
{
	struct lab *lab = proxy_with(RELAY);
	bind(lab, PHONE, PHONE);
	lab_run_ms(lab, 100);
	invite_with(lab, "caller", "", "one", OFFER);
	lab_run_ms(lab, 200);
	answer(lab, "INVITE", 1, "486 Busy Here", "");
	lab_run_ms(lab, 300);
	speak(lab, "192.0.2.7:20000", "198.51.100.158:31002");
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "RTP"), 0);
	lab_close(lab);
}

int main(void)
{
	sip_process_setup();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_to_a_binding_passes_hop_by_hop),
		cmocka_unit_test(messages_look_as_they_do_when_kamailio_has_passed_them_on),
		cmocka_unit_test(what_the_proxy_has_no_business_with_passes_as_it_is),
		cmocka_unit_test(a_repeated_invite_gets_the_last_provisional_response_again),
		cmocka_unit_test(every_2xx_passes_for_as_long_as_it_may_be_repeated),
		cmocka_unit_test(who_is_not_bound_is_not_found),
		cmocka_unit_test(nobody_answers_for_as_long_as_fr_timer_says),
		cmocka_unit_test(a_phone_that_rings_is_cancelled_after_invite_timer),
		cmocka_unit_test(a_caller_that_gives_up_is_answered_here_and_the_phone_is_told),
		cmocka_unit_test(a_cancel_of_nothing_gets_a_481),
		cmocka_unit_test(a_response_that_has_lost_the_caller_s_via_is_dropped),
		cmocka_unit_test(a_port_where_nobody_listens_ends_the_call_at_once_when_the_proxy_heeds_icmp),
		cmocka_unit_test(all_bindings_are_called_at_once_the_newest_first),
		cmocka_unit_test(a_dead_binding_does_not_hold_up_the_answer_of_the_other),
		cmocka_unit_test(a_dead_binding_holds_up_the_refusal_of_the_other),
		cmocka_unit_test(the_first_who_answers_takes_the_call_and_the_other_is_cancelled),
		cmocka_unit_test(who_answers_although_it_is_cancelled_is_heard_too),
		cmocka_unit_test(of_refusals_the_best_one_is_passed_on_when_all_are_in),
		cmocka_unit_test(a_decline_for_everybody_cancels_the_others),
		cmocka_unit_test(record_route_names_the_proxy_and_can_be_off),
		cmocka_unit_test(an_ack_of_a_2xx_follows_its_route_without_a_transaction),
		cmocka_unit_test(an_ack_for_nobody_goes_nowhere),
		cmocka_unit_test(a_bye_follows_its_route_and_is_repeated_until_it_is_answered),
		cmocka_unit_test(a_bye_that_nobody_answers_ends_with_a_408),
		cmocka_unit_test(where_a_request_goes_next),
		cmocka_unit_test(a_request_that_may_go_no_further_gets_a_483),
		cmocka_unit_test(two_proxies_that_send_a_call_to_each_other_end_in_a_483),
		cmocka_unit_test(after_a_restart_nothing_is_known_of_what_was_passed_on),
		cmocka_unit_test(an_invite_is_challenged_when_the_proxy_wants_that),
		cmocka_unit_test(the_via_of_a_phone_behind_a_nat_is_stamped_as_kamailio_does),
		cmocka_unit_test(the_contact_of_a_phone_behind_a_nat_is_mended_as_dialog_target_says),
		cmocka_unit_test(the_contact_in_an_answer_is_mended_too),
		cmocka_unit_test(a_request_to_an_alias_goes_to_where_it_says_and_the_alias_no_further),
		cmocka_unit_test(a_relay_writes_itself_into_descriptions),
		cmocka_unit_test(without_a_relay_descriptions_pass_as_they_are),
		cmocka_unit_test(what_is_said_to_the_relay_goes_on_to_the_other_side),
		cmocka_unit_test(a_relay_that_latches_follows_a_phone_behind_a_nat),
		cmocka_unit_test(a_relay_knows_the_sides_of_a_call_by_their_tags),
		cmocka_unit_test(nothing_is_relayed_any_more_when_a_call_is_over),
		cmocka_unit_test(an_answer_that_comes_again_when_the_call_is_over_is_relayed_no_more),
		cmocka_unit_test(a_call_that_is_refused_leaves_its_ports_to_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
