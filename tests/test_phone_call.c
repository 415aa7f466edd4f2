/*
 * Phones in calls, without a server: with one another, and with somebody who has nothing of a phone.
 *
 *	phone 192.0.2.104:5060 -- 20 ms -- (Internet) -- bob 192.0.2.2:5060
 */
#include <stdio.h>
#include <string.h>

#include "models/sip_shared.h"
#include "tests/party.h"

struct call {
	struct lab *lab;
	struct party *bob;
	uint32_t story;
};

static struct call lab_of_phone(const char *knobs)
{
	struct lab *lab = lab_new(&(struct lab_setup){ .phone = knobs, .phone_asks = "192.0.2.2:5060" });
	return (struct call){ .lab = lab, .bob = party_new(lab, "bob", "192.0.2.2:5060", NULL) };
}

static void phone_calls_bob(struct call *c)
{
	c->story = world_story(c->lab->world);
	phone_call(c->lab->phone, SPAN("bob"), c->story);
}

static void bob_calls(struct call *c, const char *uri)
{
	struct session offer = { .origin = c->bob->at.host, .rtp = { c->bob->at.host, 4000 } };
	struct callee callee = { SPAN(uri), SPAN("<sip:100@lab.example>"), endpoint_of("192.0.2.104:5060") };
	party_calls_at(c->bob, &callee, &offer);
	c->story = c->bob->leg->story;
}

static void close_quiet(struct call *c)
{
	struct sip_shared *shared = sip_shared(c->lab->world);
	lab_run_ms(c->lab, world_now(c->lab->world) / MSEC + 200000);
	assert_int_equal(shared->legs.out + shared->talks.out + shared->media_ends.out, 0);
	assert_int_equal(shared->client_txns.out + shared->server_txns.out + shared->invite_clients.out +
				 shared->invite_servers.out,
			 0);
	lab_close(c->lab);
}

static const char *nth_header(const struct call *c, const char *label, int n, const char *name)
{
	return lab_header(c->lab, lab_nth(c->lab, "phone", EVENT_SENT, label, n), name);
}

static bool nth_says(const struct call *c, const char *label, int n, const char *text)
{
	return strstr(lab_text(lab_nth(c->lab, "phone", EVENT_SENT, label, n)), text) != NULL;
}

/* --- two phones ------------------------------------------------------------------------ */

TEST(two_phones_talk_until_one_of_them_hangs_up)
{
	struct lab *lab =
		lab_new(&(struct lab_setup){ .phone = "user=100", .phone_asks = "192.0.2.105:5060" });
	struct phone *other = lab_add_phone(lab, "other", "192.0.2.105", "user=101");
	uint32_t story = world_story(lab->world);
	phone_call(lab->phone, SPAN("101"), story);
	lab_run_ms(lab, 3500);
	phone_hangup(other, story);
	lab_run_ms(lab, 10000);
	assert_log(lab, "phone",
		   "0.000 sent INVITE\n"
		   "0.080 arrived 200\n"
		   "0.080 sent ACK\n"
		   "0.080 note: its call was answered 200\n"
		   "0.080 sent RTP\n"
		   "0.080 arrived RTP\n"
		   "0.080 note: hears the other side\n"
		   "1.080 sent RTP\n"
		   "1.080 arrived RTP\n"
		   "1.080 note: hears the other side\n"
		   "2.080 sent RTP\n"
		   "2.080 arrived RTP\n"
		   "2.080 note: hears the other side\n"
		   "3.080 sent RTP\n"
		   "3.080 arrived RTP\n"
		   "3.080 note: hears the other side\n"
		   "3.540 arrived BYE\n"
		   "3.540 sent 200\n"
		   "3.540 note: the other side has hung up\n");
	assert_noted(lab, "other", "has hung up: BYE was answered 200", 3580);
	assert_sent(lab, "other", "RTP", "0.040 1.040 2.040 3.040");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "phone", EVENT_SENT, "RTP", 1)),
			    "192.0.2.104:16384 > 192.0.2.105:16384");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "other", EVENT_SENT, "BYE", 1)),
			    "192.0.2.105:5060 > 192.0.2.104:5060");
	lab_close(lab);
}

TEST(each_call_hears_at_a_port_of_its_own)
{
	struct call c = lab_of_phone("");
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 100);
	phone_abandon(c.lab->phone, c.story);
	phone_calls_bob(&c);
	assert_true(nth_says(&c, "INVITE", 1, "m=audio 16384 "));
	assert_true(nth_says(&c, "INVITE", 2, "m=audio 16386 "));
	assert_string_equal(nth_header(&c, "INVITE", 2, "CSeq"), "1 INVITE");
	assert_string_not_equal(nth_header(&c, "INVITE", 1, "Call-ID"),
				nth_header(&c, "INVITE", 2, "Call-ID"));
	assert_string_not_equal(nth_header(&c, "INVITE", 1, "From"), nth_header(&c, "INVITE", 2, "From"));
	phone_restart(c.lab->phone);
	ua_forget(&c.bob->ua);
	close_quiet(&c);
}

/* --- answering ------------------------------------------------------------------------- */

TEST(a_phone_that_rings_says_so_and_talks_when_it_picks_up)
{
	struct call c = lab_of_phone("ring=3s");
	bob_calls(&c, "sip:100@192.0.2.104:5060");
	lab_run_ms(c.lab, 4000);
	assert_sent(c.lab, "phone", "180", "0.020");
	assert_sent(c.lab, "phone", "200", "3.020");
	assert_sent(c.lab, "phone", "RTP", "3.020");
	assert_noted(c.lab, "phone", "is in a call: the ACK has come", 3060);
	leg_hang_up(c.bob->leg);
	close_quiet(&c);
}

TEST(early_media_is_talked_before_the_call_is_answered)
{
	struct call c = lab_of_phone("ring=3s early-media=on");
	bob_calls(&c, "sip:100@192.0.2.104:5060");
	lab_run_ms(c.lab, 4000);
	assert_sent(c.lab, "phone", "183", "0.020");
	assert_sent(c.lab, "phone", "RTP", "0.020 1.020 2.020 3.020");
	assert_true(nth_says(&c, "183", 1, "m=audio 16384 "));
	assert_true(nth_says(&c, "200", 1, "o=100 2890844526 2890844526 "));
	leg_hang_up(c.bob->leg);
	close_quiet(&c);
}

TEST(a_caller_talks_back_to_early_media)
{
	struct call c = lab_of_phone("");
	c.bob->rings = 183;
	c.bob->early = c.bob->waits = true;
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 500);
	assert_sent(c.lab, "phone", "RTP", "0.040");
	phone_hangup(c.lab->phone, c.story);
	lab_run_ms(c.lab, 5000);
	assert_sent(c.lab, "phone", "CANCEL", "0.500");
	assert_int_equal(lab_count(c.lab, "phone", EVENT_SENT, "RTP"), 1);
	close_quiet(&c);
}

TEST(a_phone_that_rings_is_cancelled_and_does_not_pick_up)
{
	struct call c = lab_of_phone("ring=3s");
	bob_calls(&c, "sip:100@192.0.2.104:5060");
	lab_run_ms(c.lab, 1000);
	leg_hang_up(c.bob->leg);
	lab_run_ms(c.lab, 10000);
	assert_noted(c.lab, "phone", "the call ended before it was answered", 1020);
	assert_int_equal(lab_count(c.lab, "phone", EVENT_SENT, "RTP"), 0);
	close_quiet(&c);
}

TEST(a_phone_may_decline_while_it_rings)
{
	struct call c = lab_of_phone("ring=3s");
	bob_calls(&c, "sip:100@192.0.2.104:5060");
	lab_run_ms(c.lab, 1000);
	phone_hangup(c.lab->phone, c.story);
	lab_run_ms(c.lab, 10000);
	assert_int_equal(c.bob->status, 480);
	close_quiet(&c);
}

/* What a phone makes of the Request-URI; it registered as 100 and its Contact is 192.0.2.104:5060. */
static const struct {
	const char *check, *uri, *answer;
	const struct fact *why; /* NULL: it is no refusal */
} uris[] = {
	{ "user", "sip:100@192.0.2.104:5060", "200", NULL },
	{ "user", "sip:100@203.0.113.17:23201", "200", NULL },
	{ "user", "sip:200@192.0.2.104:5060", "404", &fact_others_request },
	{ "user", "sip:192.0.2.104", "200", NULL },
	{ "host-and-port", "sip:100@192.0.2.104:5060", "200", NULL },
	{ "host-and-port", "sip:100@192.0.2.104", "200", NULL }, /* 5060 is meant */
	{ "host-and-port", "sip:100@192.0.2.104:5061", "404", &fact_not_my_contact },
	/* the source of its REGISTER, which it does not know */
	{ "host-and-port", "sip:100@203.0.113.17:23201", "404", &fact_not_my_contact },
	{ "host-and-port", "sip:200@192.0.2.104:5060", "404", &fact_others_request },
	{ "off", "sip:200@203.0.113.17:23201", "200", NULL },
};

TEST(a_phone_answers_only_for_a_request_uri_that_is_its_own)
{
	for (size_t i = 0; i < COUNT(uris); i++) {
		char knobs[64];
		snprintf(knobs, sizeof knobs, "uri-check=%s", uris[i].check);
		struct call c = lab_of_phone(knobs);
		bob_calls(&c, uris[i].uri);
		lab_run_ms(c.lab, 30);
		if (lab_count(c.lab, "phone", EVENT_SENT, uris[i].answer) != 1)
			lab_fail(c.lab, "%s with uri-check %s is not answered %s", uris[i].uri, uris[i].check,
				 uris[i].answer);
		if (uris[i].why)
			assert_ptr_equal(lab_nth(c.lab, "phone", EVENT_NOTE, "INVITE", 1)->fact, uris[i].why);
		lab_close(c.lab);
	}
}

TEST(an_invite_that_is_cut_short_is_answered_400)
{
	struct call c = lab_of_phone("");
	lab_send(c.lab, "192.0.2.2:5060", "192.0.2.104:5060",
		 "INVITE sip:100@192.0.2.104 SIP/2.0\nVia: SIP/2.0/UDP "
		 "192.0.2.2:5060;branch=z9hG4bKa\nMax-Forwards: 70\n"
		 "From: <sip:bob@example.com>;tag=a\nTo: <sip:100@example.com>\nCall-ID: x\nCSeq: 7 INVITE\n"
		 "Contact: <sip:bob@192.0.2.2:5060>\nContent-Type: application/sdp\nContent-Length: "
		 "300\n\nv=0\n");
	lab_run_ms(c.lab, 100);
	assert_int_equal(lab_count(c.lab, "phone", EVENT_SENT, "400"), 1);
	close_quiet(&c);
}

/* --- what it writes -------------------------------------------------------------------- */

/* As a phone like this was measured, with User-Agent in front of Contact. */
TEST(an_invite_has_the_bytes_of_its_profile)
{
	static const char *const call_ids[] = { "unused", "out1-2ad527a7@192.168.1.104" },
				 *const tags[] = { "35f4a804" }, *const branches[] = { "z9hG4bKc50db5c734" };
	static const struct pins pins = { .call_id = { call_ids, 2 },
					  .tag = { tags, 1 },
					  .branch = { branches, 1 } };
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = "rport=off user-agent=Cisco-CP7940G/8.0 domain=198.51.100.158 "
			 "header-order=via+max-forwards+from+to+call-id+cseq+user-agent+contact+expires+"
			 "authorization+content-length",
		.phone_pins = &pins,
		.router = "",
	});
	phone_call(lab->phone, SPAN("200"), world_story(lab->world));
	assert_string_equal(lab_text(lab_nth(lab, "phone", EVENT_SENT, "INVITE", 1)),
			    "INVITE sip:200@198.51.100.158 SIP/2.0\r\n"
			    "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKc50db5c734\r\n"
			    "Max-Forwards: 70\r\n"
			    "From: <sip:100@198.51.100.158>;tag=35f4a804\r\n"
			    "To: <sip:200@198.51.100.158>\r\n"
			    "Call-ID: out1-2ad527a7@192.168.1.104\r\n"
			    "CSeq: 1 INVITE\r\n"
			    "User-Agent: Cisco-CP7940G/8.0\r\n"
			    "Contact: <sip:100@192.168.1.104:5060>\r\n"
			    "Content-Type: application/sdp\r\n"
			    "Content-Length: 196\r\n"
			    "\r\n"
			    "v=0\r\n"
			    "o=100 2890844526 2890844526 IN IP4 192.168.1.104\r\n"
			    "s=SIP Call\r\n"
			    "c=IN IP4 192.168.1.104\r\n"
			    "t=0 0\r\n"
			    "m=audio 16384 RTP/AVP 0 101\r\n"
			    "a=rtpmap:0 PCMU/8000\r\n"
			    "a=rtpmap:101 telephone-event/8000\r\n"
			    "a=sendrecv\r\n");
	lab_close(lab);
}

TEST(a_phone_that_was_told_its_public_address_writes_it_everywhere)
{
	struct call c = lab_of_phone("public-address=203.0.113.17:5060");
	phone_calls_bob(&c);
	assert_true(nth_says(&c, "INVITE", 1, "Via: SIP/2.0/UDP 203.0.113.17:5060;"));
	assert_string_equal(nth_header(&c, "INVITE", 1, "Contact"), "<sip:100@203.0.113.17:5060>");
	assert_true(nth_says(&c, "INVITE", 1, "o=100 2890844526 2890844526 IN IP4 203.0.113.17\r\n"));
	assert_true(nth_says(&c, "INVITE", 1, "c=IN IP4 203.0.113.17\r\n"));
	assert_true(nth_says(&c, "INVITE", 1, "m=audio 16384 "));
	phone_abandon(c.lab->phone, c.story);
	lab_close(c.lab);
}

TEST(a_phone_writes_what_it_has_learned_into_the_contact_of_its_calls_but_not_into_its_descriptions)
{
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = "rport=on learn.from=received-and-rport",
		.router = "ports=random next-ports=23201",
		.server = "auth=none",
	});
	lab_register(lab);
	lab_run_ms(lab, 1000);
	phone_call(lab->phone, SPAN("200"), world_story(lab->world));
	const struct record *invite = lab_nth(lab, "phone", EVENT_SENT, "INVITE", 1);
	assert_string_equal(lab_header(lab, invite, "Contact"), "<sip:100@203.0.113.17:23201>");
	assert_non_null(strstr(lab_text(invite), "Via: SIP/2.0/UDP 192.168.1.104:5060;"));
	assert_non_null(strstr(lab_text(invite), "c=IN IP4 192.168.1.104"));
	lab_close(lab);
}

TEST(a_phone_that_writes_no_port_writes_none_in_calls_either)
{
	struct call c = lab_of_phone("write-port=off");
	bob_calls(&c, "sip:100@192.0.2.104");
	lab_run_ms(c.lab, 1000);
	assert_string_equal(nth_header(&c, "200", 1, "Contact"), "<sip:100@192.0.2.104>");
	phone_hangup(c.lab->phone, c.story);
	assert_true(nth_says(&c, "BYE", 1, "Via: SIP/2.0/UDP 192.0.2.104;branch="));
	close_quiet(&c);
}

TEST(a_phone_with_one_time_ports_answers_from_where_it_listens)
{
	struct call c = lab_of_phone("send-port=ephemeral-each rport=off");
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 1000);
	const struct record *invite = lab_nth(c.lab, "phone", EVENT_SENT, "INVITE", 1);
	const struct record *ack = lab_nth(c.lab, "phone", EVENT_SENT, "ACK", 1);
	assert_in_range(invite->src.port, 49152, 65535);
	assert_in_range(ack->src.port, 49152, 65535);
	assert_int_not_equal(invite->src.port, ack->src.port);
	assert_true(nth_says(&c, "INVITE", 1, "Via: SIP/2.0/UDP 192.0.2.104:5060;"));
	leg_hang_up(c.bob->leg);
	lab_run_ms(c.lab, 2000);
	assert_string_equal(lab_flow(c.lab, lab_nth(c.lab, "phone", EVENT_SENT, "200", 1)),
			    "192.0.2.104:5060 > 192.0.2.2:5060");
	bob_calls(&c, "sip:100@192.0.2.104:5060");
	lab_run_ms(c.lab, 3000);
	assert_string_equal(lab_flow(c.lab, lab_nth(c.lab, "phone", EVENT_SENT, "200", 2)),
			    "192.0.2.104:5060 > 192.0.2.2:5060");
	leg_hang_up(c.bob->leg);
	close_quiet(&c);
}

/* SPA phones have a switch of their own for the answers that they give. */
static const struct {
	const char *knobs, *flow;
} replies[] = {
	{ "", "192.0.2.104:5060 > 192.0.2.2:7777" },
	{ "rport-as-server=off", "192.0.2.104:5060 > 192.0.2.2:5060" },
};

TEST(a_phone_answers_where_rport_asks_unless_its_knob_says_otherwise)
{
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct call c = lab_of_phone(replies[i].knobs);
		lab_send(c.lab, "192.0.2.2:7777", "192.0.2.104:5060",
			 "INVITE sip:100@192.0.2.104 SIP/2.0\nVia: SIP/2.0/UDP "
			 "192.0.2.2:5060;branch=z9hG4bKa;rport\n"
			 "Max-Forwards: 70\nFrom: <sip:bob@example.com>;tag=a\nTo: "
			 "<sip:100@example.com>\nCall-ID: x\n"
			 "CSeq: 7 INVITE\nContact: <sip:bob@192.0.2.2:5060>\nContent-Length: 0\n\n");
		lab_run_ms(c.lab, 100);
		assert_string_equal(lab_flow(c.lab, lab_nth(c.lab, "phone", EVENT_SENT, "200", 1)),
				    replies[i].flow);
		lab_close(c.lab);
	}
}

TEST(a_strict_phone_discards_a_200_whose_via_is_another)
{
	struct call c = lab_of_phone("via-check=strict");
	c.bob->waits = true;
	phone_calls_bob(&c);
	const char *ok = lab_response(c.lab, lab_nth(c.lab, "phone", EVENT_SENT, "INVITE", 1), "200 OK",
				      "Contact: <sip:x@192.0.2.9>\n");
	char *changed = arena_strdup(c.lab->arena, ok);
	memcpy(strstr(changed, "192.0.2.104"), "192.0.2.105", strlen("192.0.2.105"));
	lab_send(c.lab, "192.0.2.2:5060", "192.0.2.104:5060", changed);
	lab_run_ms(c.lab, 30);
	assert_dropped(c.lab, "phone", "the top Via is not the one it wrote");
	assert_int_equal(lab_count(c.lab, "phone", EVENT_SENT, "ACK"), 0);
	lab_close(c.lab);
}

TEST(a_challenge_to_a_call_is_answered_with_the_phones_password)
{
	struct call c = lab_of_phone("");
	c.bob->challenges = 407;
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 1000);
	assert_non_null(strstr(nth_header(&c, "INVITE", 2, "Proxy-Authorization"), "username=\"100\""));
	assert_string_equal(nth_header(&c, "INVITE", 2, "CSeq"), "2 INVITE");
	assert_string_equal(nth_header(&c, "INVITE", 1, "Call-ID"), nth_header(&c, "INVITE", 2, "Call-ID"));
	phone_hangup(c.lab->phone, c.story);
	close_quiet(&c);
}

/* --- hold and mute --------------------------------------------------------------------- */

/* RTP that arrived at the phone between two times. */
static int heard_between(const struct lab *lab, const char *where, usec from, usec to)
{
	int n = 0, all = lab_count(lab, where, EVENT_ARRIVED, "RTP");
	for (int i = 1; i <= all; i++) {
		usec at = lab_nth(lab, where, EVENT_ARRIVED, "RTP", i)->at;
		n += at >= from && at < to;
	}
	return n;
}

static const struct {
	const char *by, *text;
	int heard; /* by the one on hold, in four seconds */
} holds[] = {
	{ "sendonly", "a=sendonly", 4 }, /* music */
	{ "inactive", "a=inactive", 0 },
	{ "zero-address", "c=IN IP4 0.0.0.0", 4 }, /* it says only where nothing is to be sent */
};

TEST(who_is_on_hold_is_silent_and_heard_again_afterwards)
{
	for (size_t i = 0; i < COUNT(holds); i++) {
		char knobs[64];
		snprintf(knobs, sizeof knobs, "user=100 hold-by=%s", holds[i].by);
		struct lab *lab =
			lab_new(&(struct lab_setup){ .phone = knobs, .phone_asks = "192.0.2.105:5060" });
		lab_add_phone(lab, "other", "192.0.2.105", "user=101");
		uint32_t story = world_story(lab->world);
		phone_call(lab->phone, SPAN("101"), story);
		lab_run_ms(lab, 5500);
		phone_hold(lab->phone, story);
		lab_run_ms(lab, 10000);
		assert_noted(lab, "phone", "has put the other side on hold", 5580);
		phone_resume(lab->phone, story);
		lab_run_ms(lab, 15000);
		assert_non_null(
			strstr(lab_text(lab_nth(lab, "phone", EVENT_SENT, "INVITE", 2)), holds[i].text));
		assert_non_null(
			strstr(lab_text(lab_nth(lab, "phone", EVENT_SENT, "INVITE", 3)), "a=sendrecv"));
		assert_int_equal(heard_between(lab, "phone", 5600 * MSEC, 10000 * MSEC), 0);
		assert_in_range(heard_between(lab, "phone", 10100 * MSEC, 15000 * MSEC), 4, 5);
		assert_in_range(heard_between(lab, "other", 5700 * MSEC, 9700 * MSEC), holds[i].heard,
				holds[i].heard);
		assert_in_range(heard_between(lab, "other", 10100 * MSEC, 15000 * MSEC), 4, 5);
		lab_close(lab);
	}
}

TEST(a_hold_without_a_call_fails_at_once)
{
	struct call c = lab_of_phone("");
	phone_hold(c.lab->phone, 77);
	assert_noted(c.lab, "phone", "could not change the call, status 481", 0);
	close_quiet(&c);
}

TEST(a_muted_phone_sends_silence_or_with_silence_suppression_nothing)
{
	static const struct {
		const char *knobs, *sent;
	} rows[] = {
		{ "", "0.040 1.040 2.040 3.040 4.040 5.040" },
		{ "rtp.silence-suppression=on", "0.040 1.040 4.500 5.500" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct call c = lab_of_phone(rows[i].knobs);
		phone_calls_bob(&c);
		lab_run_ms(c.lab, 1500);
		phone_mute(c.lab->phone, true);
		lab_run_ms(c.lab, 4500);
		phone_mute(c.lab->phone, false);
		lab_run_ms(c.lab, 5900);
		assert_sent(c.lab, "phone", "RTP", rows[i].sent);
		lab_close(c.lab);
	}
}

/* Bob says nothing; a call of 1.9 s. */
static const struct {
	const char *knobs, *rtp, *rtcp, *flow;
} voices[] = {
	{ "", "0.040 1.040", "", "192.0.2.104:16384 > 192.0.2.2:4000" },
	{ "rtp.every=500ms", "0.040 0.540 1.040 1.540", "", "192.0.2.104:16384 > 192.0.2.2:4000" },
	{ "rtp.port=20000", "0.040 1.040", "", "192.0.2.104:20000 > 192.0.2.2:4000" },
	{ "rtp.rtcp=on", "0.040 1.040", "0.040", "192.0.2.104:16384 > 192.0.2.2:4000" },
	{ "rtp.symmetric=off", "0.040 1.040", "", NULL },
	{ "rtp.waits=on", "", "", NULL },
};

TEST(the_voice_of_a_phone_is_as_its_knobs_say)
{
	for (size_t i = 0; i < COUNT(voices); i++) {
		struct call c = lab_of_phone(voices[i].knobs);
		phone_calls_bob(&c);
		lab_run_ms(c.lab, 1900);
		assert_sent(c.lab, "phone", "RTP", voices[i].rtp);
		assert_sent(c.lab, "phone", "RTCP", voices[i].rtcp);
		if (voices[i].flow)
			assert_string_equal(lab_flow(c.lab, lab_nth(c.lab, "phone", EVENT_SENT, "RTP", 1)),
					    voices[i].flow);
		lab_close(c.lab);
	}
}

TEST(a_phone_that_speaks_from_another_port_hears_where_it_says)
{
	struct call c = lab_of_phone("rtp.symmetric=off");
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 100);
	assert_true(nth_says(&c, "INVITE", 1, "m=audio 16384 "));
	assert_int_not_equal(lab_nth(c.lab, "phone", EVENT_SENT, "RTP", 1)->src.port, 16384);
	lab_close(c.lab);
}

TEST(the_port_of_the_next_call_is_a_step_higher_or_the_same)
{
	static const struct {
		const char *knobs, *second;
	} rows[] = { { "rtp.step=10", "m=audio 16394 " }, { "rtp.step=0", "m=audio 16384 " } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct call c = lab_of_phone(rows[i].knobs);
		phone_calls_bob(&c);
		phone_abandon(c.lab->phone, c.story);
		phone_calls_bob(&c);
		assert_true(nth_says(&c, "INVITE", 2, rows[i].second));
		lab_close(c.lab);
	}
}

TEST(a_phone_with_a_session_timer_asks_for_it_and_refreshes)
{
	struct call c = lab_of_phone("session-timer=90s");
	c.bob->knobs.session_timer = 1800 * SEC;
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 60000);
	assert_string_equal(nth_header(&c, "INVITE", 1, "Session-Expires"), "90");
	assert_sent(c.lab, "phone", "INVITE", "0.000 45.040");
	phone_hangup(c.lab->phone, c.story);
	close_quiet(&c);
}

/* --- ends ------------------------------------------------------------------------------ */

TEST(a_phone_that_restarts_is_in_no_call_any_more)
{
	struct call c = lab_of_phone("");
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 2000);
	phone_restart(c.lab->phone);
	lab_run_ms(c.lab, 5000);
	assert_sent(c.lab, "phone", "RTP", "0.040 1.040");
	leg_hang_up(c.bob->leg);
	lab_run_ms(c.lab, 6000);
	assert_int_equal(c.bob->status, 481);
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 7000);
	assert_int_equal(c.bob->acked, 2);
	phone_hangup(c.lab->phone, c.story);
	close_quiet(&c);
}

TEST(a_phone_gives_up_when_nobody_answers_for_three_minutes)
{
	struct call c = lab_of_phone("");
	c.bob->waits = true;
	c.bob->rings = 180;
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 190000);
	assert_sent(c.lab, "phone", "CANCEL", "180.000");
	assert_noted(c.lab, "phone", "its call failed, status 487", 180040);
	close_quiet(&c);
}

TEST(what_a_phone_is_asked_of_a_call_that_is_not_there_changes_nothing)
{
	struct call c = lab_of_phone("");
	phone_hangup(c.lab->phone, 7);
	phone_abandon(c.lab->phone, 7);
	phone_mute(c.lab->phone, true);
	lab_run_ms(c.lab, 1000);
	assert_string_equal(lab_log(c.lab, NULL), "");
	close_quiet(&c);
}

TEST(who_hangs_up_says_no_more_but_hears_what_was_under_way)
{
	struct lab *lab =
		lab_new(&(struct lab_setup){ .phone = "user=100", .phone_asks = "192.0.2.105:5060" });
	lab_add_phone(lab, "other", "192.0.2.105", "user=101");
	uint32_t story = world_story(lab->world);
	phone_call(lab->phone, SPAN("101"), story);
	lab_run_ms(lab, 2050); /* the other one has spoken at 2.040 */
	phone_hangup(lab->phone, story);
	lab_run_ms(lab, 5000);
	assert_sent(lab, "phone", "RTP", "0.080 1.080");
	assert_int_equal(lab_count(lab, "phone", EVENT_DROPPED, NULL), 0);
	assert_noted(lab, "phone", "has hung up: BYE was answered 200", 2130);
	lab_close(lab);
}

TEST(rtp_to_a_port_without_a_call_finds_nobody)
{
	struct call c = lab_of_phone("icmp=off");
	lab_send(c.lab, "192.0.2.2:4000", "192.0.2.104:16384", "not a call");
	lab_run_ms(c.lab, 100);
	assert_dropped(c.lab, "phone", "nothing listens on port 16384");
	phone_calls_bob(&c);
	lab_run_ms(c.lab, 200);
	phone_hangup(c.lab->phone, c.story);
	lab_run_ms(c.lab, 300); /* BYE is answered */
	lab_send(c.lab, "192.0.2.2:4000", "192.0.2.104:16384", "no call any more");
	lab_run_ms(c.lab, 400);
	assert_dropped(c.lab, "phone", "nothing listens on port 16384");
	close_quiet(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_phones_talk_until_one_of_them_hangs_up),
		cmocka_unit_test(each_call_hears_at_a_port_of_its_own),
		cmocka_unit_test(a_phone_that_rings_says_so_and_talks_when_it_picks_up),
		cmocka_unit_test(early_media_is_talked_before_the_call_is_answered),
		cmocka_unit_test(a_caller_talks_back_to_early_media),
		cmocka_unit_test(a_phone_that_rings_is_cancelled_and_does_not_pick_up),
		cmocka_unit_test(a_phone_may_decline_while_it_rings),
		cmocka_unit_test(a_phone_answers_only_for_a_request_uri_that_is_its_own),
		cmocka_unit_test(an_invite_that_is_cut_short_is_answered_400),
		cmocka_unit_test(an_invite_has_the_bytes_of_its_profile),
		cmocka_unit_test(a_phone_that_was_told_its_public_address_writes_it_everywhere),
		cmocka_unit_test(
			a_phone_writes_what_it_has_learned_into_the_contact_of_its_calls_but_not_into_its_descriptions),
		cmocka_unit_test(a_phone_that_writes_no_port_writes_none_in_calls_either),
		cmocka_unit_test(a_phone_with_one_time_ports_answers_from_where_it_listens),
		cmocka_unit_test(a_phone_answers_where_rport_asks_unless_its_knob_says_otherwise),
		cmocka_unit_test(a_strict_phone_discards_a_200_whose_via_is_another),
		cmocka_unit_test(a_challenge_to_a_call_is_answered_with_the_phones_password),
		cmocka_unit_test(who_is_on_hold_is_silent_and_heard_again_afterwards),
		cmocka_unit_test(a_hold_without_a_call_fails_at_once),
		cmocka_unit_test(a_muted_phone_sends_silence_or_with_silence_suppression_nothing),
		cmocka_unit_test(the_voice_of_a_phone_is_as_its_knobs_say),
		cmocka_unit_test(a_phone_that_speaks_from_another_port_hears_where_it_says),
		cmocka_unit_test(the_port_of_the_next_call_is_a_step_higher_or_the_same),
		cmocka_unit_test(a_phone_with_a_session_timer_asks_for_it_and_refreshes),
		cmocka_unit_test(a_phone_that_restarts_is_in_no_call_any_more),
		cmocka_unit_test(a_phone_gives_up_when_nobody_answers_for_three_minutes),
		cmocka_unit_test(what_a_phone_is_asked_of_a_call_that_is_not_there_changes_nothing),
		cmocka_unit_test(who_hangs_up_says_no_more_but_hears_what_was_under_way),
		cmocka_unit_test(rtp_to_a_port_without_a_call_finds_nobody),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
