/*
 * Calls between two who have nothing but the user agent core. tests/golden/flows/NAME.txt holds the flows:
 * who sends which message when, and what is noted; some with every byte. UPDATE=1 writes them anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/sip_shared.h"
#include "tests/party.h"

static const struct wire line = { .delay = 10 * MSEC };

struct pair {
	struct lab *lab;
	struct party *alice, *bob;
};

static struct pair pair_with(const struct wire *alices_wire)
{
	struct lab *lab = lab_with(NULL, NULL, NULL);
	return (struct pair){
		lab,
		party_new(lab, "alice", "192.0.2.1:5060", alices_wire),
		party_new(lab, "bob", "192.0.2.2:5060", NULL),
	};
}

static struct pair pair_new(void)
{
	return pair_with(&line);
}

static void talk(struct pair *t)
{
	party_calls(t->alice, t->bob);
	lab_run_ms(t->lab, 1000);
	assert_int_equal(t->alice->leg->state, LEG_TALKING);
	assert_int_equal(t->bob->leg->state, LEG_TALKING);
}

/* Nothing of the calls is left, now and when all that may still come has come. */
static void close_quiet(struct pair *t)
{
	struct sip_shared *shared = sip_shared(t->lab->world);
	assert_int_equal(shared->legs.out, 0);
	lab_run_ms(t->lab, world_now(t->lab->world) / MSEC + 200000);
	assert_int_equal(shared->client_txns.out + shared->server_txns.out + shared->invite_clients.out +
				 shared->invite_servers.out,
			 0);
	lab_close(t->lab);
}

/* --- flows ----------------------------------------------------------------------------- */

static const char *who(const struct lab *lab, struct endpoint e)
{
	struct iface *i = network_find(lab->internet, e);
	return i ? i->node->name : "nobody";
}

static const char *first_line(const struct lab *lab, const struct record *r)
{
	const char *text = lab_text(r);
	return arena_copy(lab->arena, text, strcspn(text, "\r"));
}

static const char *indented(const struct lab *lab, const char *text)
{
	const char *all = "";
	for (size_t len; *text; text += len + (text[len] ? 2 : 0)) {
		len = strcspn(text, "\r");
		all = arena_printf(lab->arena, "%s%s%.*s\n", all, len ? "\t| " : "\t|", (int)len, text);
	}
	return all;
}

static const char *flow_line(const struct lab *lab, const struct record *r, bool texts)
{
	char name[64], sentence[256];
	const char *at = arena_printf(lab->arena, "%3lld.%03lld", (long long)(r->at / SEC),
				      (long long)(r->at % SEC / MSEC));
	iface_name(r->iface, name, sizeof name);
	record_sentence(r, sentence, sizeof sentence);
	if (r->event == EVENT_NOTE)
		return arena_printf(lab->arena, "%s  %s: %s\n", at, name, sentence);
	if (r->event == EVENT_DROPPED)
		return arena_printf(lab->arena, "%s  %s lost at %s: %s\n", at, r->label, name, sentence);
	return arena_printf(lab->arena, "%s  %s > %s%s", at, name, who(lab, r->dst),
			    texts ? arena_printf(lab->arena, "\n%s", indented(lab, lab_text(r)))
				  : arena_printf(lab->arena, "  %s\n", first_line(lab, r)));
}

static const char *flow(const struct lab *lab, bool texts)
{
	const char *all = "";
	struct trace_cursor c = trace_first(&lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event != EVENT_ARRIVED)
			all = arena_printf(lab->arena, "%s%s", all, flow_line(lab, r, texts));
	return all;
}

static void update(struct lab *lab, const char *name, const char *text)
{
	FILE *f = fopen(arena_printf(lab->arena, "%s/%s", TEST_DIR, name), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_flow(struct lab *lab, const char *name, bool texts)
{
	const char *file = arena_printf(lab->arena, "golden/flows/%s.txt", name);
	const char *now = flow(lab, texts);
	if (getenv("UPDATE"))
		update(lab, file, now);
	if (strcmp(file_read(lab->arena, file, NULL), now) != 0)
		fail_msg("%s is\n%s", file, now);
}

/* --- calls that succeed ---------------------------------------------------------------- */

TEST(a_call_rings_is_answered_and_is_hung_up_by_the_caller)
{
	struct pair t = pair_new();
	t.bob->rings = 180;
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 3000);
	leg_answer(t.bob->leg,
		   &(struct session){ .origin = t.bob->at.host, .rtp = { t.bob->at.host, 4002 } });
	lab_run_ms(t.lab, 10000);
	assert_int_equal(t.alice->leg->remote.rtp.port, 4002);
	assert_int_equal(t.bob->leg->remote.rtp.port, 4000);
	assert_int_equal(t.alice->progressed, 1);
	assert_int_equal(t.alice->answered, 1);
	assert_int_equal(t.bob->acked, 1);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 11000);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	assert_int_equal(t.bob->how, LEG_OTHER_HUNG_UP);
	assert_flow(t.lab, "basic-call", true);
	close_quiet(&t);
}

TEST(the_callee_hangs_up_by_the_route_that_the_invite_came)
{
	struct pair t = pair_new();
	talk(&t);
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 2000);
	assert_flow(t.lab, "callee-hangs-up", false);
	assert_int_equal(t.alice->how, LEG_OTHER_HUNG_UP);
	close_quiet(&t);
}

TEST(a_183_describes_early_media_and_the_200_is_the_same)
{
	struct pair t = pair_new();
	t.bob->rings = 183;
	t.bob->waits = t.bob->early = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 100);
	assert_true(t.alice->leg->offered);
	assert_int_equal(t.alice->leg->remote.rtp.port, 4000);
	leg_answer(t.bob->leg, &t.bob->leg->local);
	lab_run_ms(t.lab, 1000);
	assert_int_equal(t.alice->leg->remote.version, 2890844526);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 2000);
	close_quiet(&t);
}

TEST(an_invite_that_is_not_answered_within_200_ms_gets_a_100)
{
	struct pair t = pair_new();
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	assert_sent(t.lab, "bob", NULL, "0.210");
	assert_string_equal(lab_nth(t.lab, "bob", EVENT_SENT, NULL, 1)->label, "100");
	assert_null(strstr(lab_header(t.lab, lab_nth(t.lab, "bob", EVENT_SENT, NULL, 1), "To"), "tag="));
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.alice->status, 480);
	close_quiet(&t);
}

TEST(an_invite_without_an_offer_gets_one_and_the_ack_has_the_answer)
{
	struct pair t = pair_new();
	lab_send(
		t.lab, "192.0.2.1:5060", "192.0.2.2:5060",
		"INVITE sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
		"192.0.2.1:5060;branch=z9hG4bKa\nMax-Forwards: 70\n"
		"From: <sip:alice@example.com>;tag=a\nTo: <sip:bob@example.com>\nCall-ID: x\nCSeq: 7 INVITE\n"
		"Contact: <sip:alice@192.0.2.1:5060>\nContent-Length: 0\n\n");
	lab_run_ms(t.lab, 100);
	assert_false(t.bob->leg->offered);
	const struct record *ok = lab_nth(t.lab, "bob", EVENT_SENT, "200", 1);
	assert_non_null(strstr(lab_text(ok), "m=audio 4000 "));
	const char *ack = arena_printf(t.lab->arena,
				       "ACK sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
				       "192.0.2.1:5060;branch=z9hG4bKb\nMax-Forwards: 70\n"
				       "From: <sip:alice@example.com>;tag=a\nTo: %s\nCall-ID: x\nCSeq: 7 "
				       "ACK\nContent-Type: application/sdp\n"
				       "Content-Length: 81\n\nv=0\no=a 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 "
				       "192.0.2.1\nt=0 0\nm=audio 7000 RTP/AVP 0\n",
				       lab_header(t.lab, ok, "To"));
	lab_send(t.lab, "192.0.2.1:5060", "192.0.2.2:5060", ack);
	lab_run_ms(t.lab, 200);
	assert_int_equal(t.bob->leg->state, LEG_TALKING);
	assert_true(t.bob->leg->offered);
	assert_int_equal(t.bob->leg->remote.rtp.port, 7000);
	leg_abandon(t.bob->leg);
	close_quiet(&t);
}

/* --- challenges ------------------------------------------------------------------------ */

TEST(a_challenge_is_answered_and_the_ack_repeats_the_credentials)
{
	struct pair t = pair_new();
	t.bob->challenges = 407;
	t.alice->password = "secret";
	talk(&t);
	assert_flow(t.lab, "challenge", true);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 2000);
	close_quiet(&t);
}

TEST(credentials_that_are_refused_are_not_tried_again)
{
	struct pair t = pair_new();
	t.bob->refuses = 401;
	t.alice->password = "secret";
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	assert_sent(t.lab, "alice", "INVITE", "0.000 0.020");
	assert_int_equal(t.alice->status, 401);
	assert_ptr_equal(lab_nth(t.lab, "alice", EVENT_NOTE, NULL, 1)->fact, &fact_credentials_refused);
	close_quiet(&t);
}

TEST(who_has_no_password_is_refused_by_a_challenge)
{
	struct pair t = pair_new();
	t.bob->challenges = 401;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	assert_ptr_equal(lab_nth(t.lab, "alice", EVENT_NOTE, NULL, 1)->fact, &fact_challenge_unusable);
	assert_noted(t.lab, "alice", "its call failed, status 401", 20);
	close_quiet(&t);
}

/* --- calls that fail ------------------------------------------------------------------- */

TEST(a_busy_callee_is_acknowledged)
{
	struct pair t = pair_new();
	t.bob->refuses = 486;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	assert_flow(t.lab, "busy", false);
	assert_int_equal(t.alice->how, LEG_REFUSED);
	assert_int_equal(t.alice->status, 486);
	close_quiet(&t);
}

TEST(a_caller_that_hears_nothing_gives_up_after_32_seconds)
{
	struct pair t = pair_new();
	network_detach(t.lab->internet, &t.bob->iface, t.bob->at.host);
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 40000);
	assert_sent(t.lab, "alice", "INVITE", "0.000 0.500 1.500 3.500 7.500 15.500 31.500");
	assert_noted(t.lab, "alice", "its call failed: no final response", 32000);
	assert_flow(t.lab, "no-answer", false);
	assert_int_equal(t.alice->how, LEG_REFUSED);
	close_quiet(&t);
}

TEST(a_call_that_rings_is_cancelled)
{
	struct pair t = pair_new();
	t.bob->rings = 180;
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 2000);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 4000);
	assert_flow(t.lab, "cancel", true);
	assert_int_equal(t.alice->how, LEG_CANCELLED);
	assert_int_equal(t.bob->how, LEG_CANCELLED);
	close_quiet(&t);
}

TEST(a_cancel_waits_for_the_first_provisional_response)
{
	struct pair t = pair_new();
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 2000);
	assert_sent(t.lab, "alice", "CANCEL", "0.220"); /* the 100 left at 0.210 */
	assert_int_equal(t.alice->how, LEG_CANCELLED);
	close_quiet(&t);
}

TEST(a_cancel_that_comes_too_late_is_followed_by_a_bye)
{
	struct pair t = pair_new();
	party_calls(t.alice, t.bob);
	leg_hang_up(t.alice->leg); /* bob has not heard of it yet, and picks up */
	lab_run_ms(t.lab, 2000);
	assert_flow(t.lab, "cancel-too-late", false);
	assert_int_equal(t.alice->answered, 0);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	assert_int_equal(t.bob->how, LEG_OTHER_HUNG_UP);
	close_quiet(&t);
}

TEST(a_caller_lets_it_ring_only_so_long)
{
	struct pair t = pair_new();
	t.bob->rings = 180;
	t.bob->waits = true;
	t.alice->knobs.patience = 60 * SEC;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 62000);
	assert_sent(t.lab, "alice", "CANCEL", "60.000");
	assert_noted(t.lab, "alice", "its call failed, status 487", 60020);
	assert_int_equal(t.alice->how, LEG_REFUSED);
	close_quiet(&t);
}

TEST(whoever_rings_may_decline)
{
	struct pair t = pair_new();
	t.bob->rings = 180;
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.bob->how, LEG_HUNG_UP);
	assert_int_equal(t.alice->status, 480);
	close_quiet(&t);
}

/* --- ACK ------------------------------------------------------------------------------- */

/* Every datagram of alice that is not the INVITE, on a wire that bob's 200s cross too: 1 INVITE, 2 200, 3
 * ACK, ... */
static const uint32_t every_ack[] = { 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 };

TEST(without_an_ack_the_callee_repeats_its_200_for_32_seconds_and_hangs_up)
{
	static const struct wire no_ack = { .delay = 10 * MSEC,
					    .drop = every_ack,
					    .drops = COUNT(every_ack) };
	struct pair t = pair_with(&no_ack);
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 40000);
	assert_sent(t.lab, "bob", "200",
		    "0.010 0.510 1.510 3.510 7.510 11.510 15.510 19.510 23.510 27.510 31.510");
	assert_sent(t.lab, "alice", "ACK",
		    "0.020 0.520 1.520 3.520 7.520 11.520 15.520 19.520 23.520 27.520 31.520");
	assert_sent(t.lab, "bob", "BYE", "32.010");
	assert_flow(t.lab, "no-ack", false);
	assert_int_equal(t.bob->how, LEG_NO_ACK);
	assert_int_equal(t.bob->closing, 1);
	assert_int_equal(t.alice->answered, 1);
	assert_int_equal(t.alice->how, LEG_OTHER_HUNG_UP);
	close_quiet(&t);
}

TEST(a_200_that_is_lost_is_sent_again_and_each_gets_the_same_ack)
{
	static const uint32_t first_ok_and_first_ack[] = { 2, 5 };
	static const struct wire lossy = { .delay = 10 * MSEC, .drop = first_ok_and_first_ack, .drops = 2 };
	struct pair t = pair_with(&lossy);
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 5000);
	assert_sent(t.lab, "bob", "200", "0.010 0.510 1.510");
	assert_sent(t.lab, "alice", "ACK", "0.520 1.520");
	assert_ptr_equal(lab_nth(t.lab, "alice", EVENT_SENT, "ACK", 1)->payload,
			 lab_nth(t.lab, "alice", EVENT_SENT, "ACK", 2)->payload);
	assert_int_equal(t.alice->answered, 1);
	assert_int_equal(t.bob->acked, 1);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 6000);
	close_quiet(&t);
}

TEST(a_callee_that_wants_to_hang_up_waits_for_the_ack)
{
	static const uint32_t first_ack[] = { 3 };
	static const struct wire lossy = { .delay = 10 * MSEC, .drop = first_ack, .drops = 1 };
	struct pair t = pair_with(&lossy);
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 100);
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 5000);
	assert_sent(t.lab, "bob", "BYE", "0.530"); /* when the second ACK comes */
	assert_int_equal(t.bob->how, LEG_HUNG_UP);
	close_quiet(&t);
}

TEST(of_two_who_pick_up_the_second_is_acknowledged_and_hung_up)
{
	struct pair t = pair_new();
	talk(&t);
	const char *other = arena_printf(t.lab->arena, "%s",
					 lab_response(t.lab, lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 1),
						      "200 OK", "Contact: <sip:bob@192.0.2.9:5090>\n"));
	const char *to = strstr(other, "To: <sip:bob@example.com>");
	other = arena_printf(t.lab->arena, "%.*s;tag=other%s", (int)(to - other) + 25, other, to + 25);
	lab_send(t.lab, "192.0.2.9:5090", "192.0.2.1:5060", other);
	lab_run_ms(t.lab, 1100);
	const struct record *ack = lab_nth(t.lab, "alice", EVENT_SENT, "ACK", 2);
	const struct record *bye = lab_nth(t.lab, "alice", EVENT_SENT, "BYE", 1);
	assert_string_equal(lab_flow(t.lab, ack), "192.0.2.1:5060 > 192.0.2.9:5090");
	assert_string_equal(lab_flow(t.lab, bye), "192.0.2.1:5060 > 192.0.2.9:5090");
	assert_string_equal(lab_header(t.lab, bye, "To"), "<sip:bob@example.com>;tag=other");
	assert_string_equal(lab_header(t.lab, bye, "CSeq"), "2 BYE");
	assert_int_equal(t.alice->leg->state, LEG_TALKING); /* with bob, still */
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	assert_int_equal(t.alice->answered, 1);
	close_quiet(&t);
}

/* --- BYE ------------------------------------------------------------------------------- */

TEST(a_bye_that_nobody_answers_ends_the_call_after_32_seconds)
{
	struct pair t = pair_new();
	talk(&t);
	network_detach(t.lab->internet, &t.bob->iface, t.bob->at.host);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 40000);
	assert_noted(t.lab, "alice", "has hung up: nobody answered its BYE", 33000);
	assert_int_equal(t.alice->how, LEG_BYE_LOST);
	leg_abandon(t.bob->leg);
	close_quiet(&t);
}

TEST(who_has_forgotten_the_call_answers_a_bye_with_481_which_will_do)
{
	struct pair t = pair_new();
	talk(&t);
	leg_abandon(t.bob->leg);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 2000);
	assert_noted(t.lab, "alice", "has hung up: BYE was answered 481", 1020);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	close_quiet(&t);
}

TEST(both_may_hang_up_at_once)
{
	struct pair t = pair_new();
	talk(&t);
	leg_hang_up(t.alice->leg);
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	assert_int_equal(t.bob->how, LEG_HUNG_UP);
	assert_int_equal(t.bob->status, 200);
	close_quiet(&t);
}

TEST(an_ack_or_a_cancel_of_no_call_finds_nothing)
{
	struct pair t = pair_new();
	const char *format = "%s sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
			     "192.0.2.1:5060;branch=z9hG4bKa\nMax-Forwards: 70\n"
			     "From: <sip:alice@example.com>;tag=a\nTo: <sip:bob@example.com>;tag=b\nCall-ID: "
			     "x\nCSeq: 7 %s\n"
			     "Content-Length: 0\n\n";
	static const char *const methods[] = { "ACK", "CANCEL", "BYE", "INVITE" };
	for (size_t i = 0; i < COUNT(methods); i++)
		lab_send(t.lab, "192.0.2.1:5060", "192.0.2.2:5060",
			 arena_printf(t.lab->arena, format, methods[i], methods[i]));
	lab_run_ms(t.lab, 100);
	assert_dropped(t.lab, "bob", "it belongs to no call here");
	assert_int_equal(lab_count(t.lab, "bob", EVENT_DROPPED, NULL), 1);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "481"), 3);
	close_quiet(&t);
}

/* --- re-INVITE ------------------------------------------------------------------------- */

TEST(a_call_is_held_and_resumed)
{
	struct pair t = pair_new();
	talk(&t);
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	assert_false(party_offers(t.alice, DIRECTION_SENDRECV)); /* one at a time */
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.alice->offer_status, 200);
	assert_int_equal(t.bob->leg->remote.direction, DIRECTION_SENDONLY);
	assert_int_equal(t.alice->leg->remote.direction, DIRECTION_RECVONLY);
	assert_true(party_offers(t.alice, DIRECTION_SENDRECV));
	lab_run_ms(t.lab, 3000);
	assert_int_equal(t.bob->leg->local.direction, DIRECTION_SENDRECV);
	assert_int_equal(t.bob->leg->local.version, 2890844528);
	assert_flow(t.lab, "hold", true);
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 4000);
	close_quiet(&t);
}

TEST(two_re_invites_that_cross_are_refused_and_tried_again_at_different_times)
{
	struct pair t = pair_new();
	talk(&t);
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	assert_true(party_offers(t.bob, DIRECTION_SENDRECV));
	lab_run_ms(t.lab, 1020);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "491"), 1);
	assert_int_equal(lab_count(t.lab, "alice", EVENT_SENT, "491"), 1);
	lab_run_ms(t.lab, 10000);
	usec alices = lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 3)->at - 1020 * MSEC;
	usec bobs = lab_nth(t.lab, "bob", EVENT_SENT, "INVITE", 2)->at - 1020 * MSEC;
	assert_in_range(alices, 2100 * MSEC, 4000 * MSEC); /* hers is the Call-ID */
	assert_in_range(bobs, 0, 2000 * MSEC);
	assert_flow(t.lab, "glare", false);
	assert_int_equal(alices % (10 * MSEC) + bobs % (10 * MSEC), 0);
	assert_int_equal(t.alice->offer_status, 200);
	assert_int_equal(t.bob->offer_status, 200);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 12000);
	close_quiet(&t);
}

TEST(a_re_invite_that_is_refused_leaves_the_call_as_it_was)
{
	struct pair t = pair_new();
	talk(&t);
	t.bob->waits = true;
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	lab_run_ms(t.lab, 1500);
	leg_refuse(t.bob->leg, 488);
	lab_run_ms(t.lab, 2000);
	assert_noted(t.lab, "alice", "could not change the call, status 488", 1510);
	assert_int_equal(t.alice->offer_status, 488);
	assert_int_equal(t.alice->leg->local.direction, DIRECTION_SENDRECV);
	assert_int_equal(t.alice->leg->state, LEG_TALKING);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 3000);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	close_quiet(&t);
}

TEST(a_re_invite_that_nobody_answers_ends_the_call)
{
	struct pair t = pair_new();
	talk(&t);
	network_detach(t.lab->internet, &t.bob->iface, t.bob->at.host);
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	lab_run_ms(t.lab, 33001);
	assert_noted(t.lab, "alice", "hangs up: the other side seems to be gone", 33000);
	lab_run_ms(t.lab, 70000);
	assert_int_equal(t.alice->how, LEG_EXPIRED);
	leg_abandon(t.bob->leg);
	close_quiet(&t);
}

TEST(a_re_invite_may_be_challenged)
{
	struct pair t = pair_new();
	t.alice->password = "secret";
	talk(&t);
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	t.bob->waits = true;
	lab_run_ms(t.lab, 1300);
	leg_refuse(t.bob->leg, 401);
	t.bob->waits = false;
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.alice->offer_status, 200);
	assert_non_null(lab_header(t.lab, lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 3), "Authorization"));
	assert_non_null(lab_header(t.lab, lab_nth(t.lab, "alice", EVENT_SENT, "ACK", 3), "Authorization"));
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 3000);
	close_quiet(&t);
}

TEST(a_bye_ends_a_re_invite_that_waits_for_its_answer)
{
	struct pair t = pair_new();
	talk(&t);
	t.bob->waits = true;
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	lab_run_ms(t.lab, 1500);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 3000);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "487"), 1);
	assert_int_equal(t.alice->how, LEG_HUNG_UP);
	close_quiet(&t);
}

/* Sends bob a message of the call once more, with some of its text changed. */
static void send_changed(struct pair *t, const struct record *r, const char *old, const char *new)
{
	char *text = arena_strdup(t->lab->arena, lab_text(r));
	assert_int_equal(strlen(old), strlen(new));
	memcpy(strstr(text, old), new, strlen(new));
	struct packet p = {
		.story = r->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = r->src,
		.dst = r->dst,
		.label = r->label,
		.payload = sip_built(t->lab->world->payloads, text, strlen(text)),
	};
	net_send(&t->lab->probe_iface, &p);
	payload_unref(t->lab->world->payloads, p.payload);
}

TEST(a_call_that_comes_by_two_ways_is_taken_once)
{
	struct pair t = pair_new();
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 50);
	send_changed(&t, lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 1), "branch=z9hG4bK1",
		     "branch=z9hG4bK2");
	lab_run_ms(t.lab, 100);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "482"), 1);
	assert_int_equal(t.bob->ua.legs.n, 1);
	ua_forget(&t.alice->ua);
	ua_forget(&t.bob->ua);
	lab_close(t.lab);
}

TEST(a_re_invite_with_an_old_number_is_refused)
{
	struct pair t = pair_new();
	talk(&t);
	assert_true(party_offers(t.alice, DIRECTION_SENDONLY));
	lab_run_ms(t.lab, 2000);
	const struct record *second = lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 2);
	send_changed(&t, second, "branch=z9hG4bK222", "branch=z9hG4bK333");
	lab_run_ms(t.lab, 2100);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "500"), 1);
	assert_int_equal(t.bob->leg->state, LEG_TALKING);
	lab_close(t.lab);
}

/* --- session timers -------------------------------------------------------------------- */

TEST(the_caller_refreshes_the_session_at_half_its_time)
{
	struct pair t = pair_new();
	t.alice->knobs.session_timer = t.bob->knobs.session_timer = 90 * SEC;
	talk(&t);
	lab_run_ms(t.lab, 100000);
	assert_sent(t.lab, "alice", "INVITE", "0.000 45.020 90.040");
	assert_flow(t.lab, "session-timer", false);
	const struct record *refresh = lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 2),
			    *ok = lab_nth(t.lab, "bob", EVENT_SENT, "200", 1);
	assert_string_equal(
		lab_header(t.lab, lab_nth(t.lab, "alice", EVENT_SENT, "INVITE", 1), "Session-Expires"), "90");
	assert_string_equal(lab_header(t.lab, ok, "Session-Expires"), "90;refresher=uac");
	assert_string_equal(lab_header(t.lab, ok, "Require"), "timer");
	assert_string_equal(lab_header(t.lab, refresh, "Session-Expires"), "90;refresher=uac");
	assert_non_null(strstr(lab_text(refresh), "o=alice 2890844526 2890844526 "));
	assert_int_equal(t.alice->offer_status, 0);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 102000);
	close_quiet(&t);
}

TEST(without_a_refresh_the_other_side_hangs_up_shortly_before_the_end)
{
	struct pair t = pair_new();
	t.alice->knobs.session_timer = t.bob->knobs.session_timer = 90 * SEC;
	talk(&t);
	leg_abandon(t.alice->leg);
	lab_run_ms(t.lab, 61000);
	/* the session ends at 90.010, a third of it is 30 s */
	assert_sent(t.lab, "bob", "BYE", "60.010");
	assert_int_equal(t.bob->how, LEG_EXPIRED);
	close_quiet(&t);
}

TEST(a_long_session_is_given_up_32_seconds_before_its_end)
{
	struct pair t = pair_new();
	t.alice->knobs.session_timer = t.bob->knobs.session_timer = 1800 * SEC;
	talk(&t);
	leg_abandon(t.alice->leg);
	lab_run_ms(t.lab, 1800000);
	assert_sent(t.lab, "bob", "BYE", "1768.010");
	close_quiet(&t);
}

TEST(a_callee_refreshes_when_its_caller_knows_nothing_of_session_timers)
{
	struct pair t = pair_new();
	t.bob->knobs.session_timer = 90 * SEC;
	talk(&t);
	lab_run_ms(t.lab, 50000);
	assert_sent(t.lab, "bob", "INVITE", "45.010");
	assert_string_equal(lab_header(t.lab, lab_nth(t.lab, "bob", EVENT_SENT, "200", 1), "Session-Expires"),
			    "90;refresher=uas");
	assert_null(lab_header(t.lab, lab_nth(t.lab, "bob", EVENT_SENT, "200", 1), "Require"));
	leg_hang_up(t.bob->leg);
	lab_run_ms(t.lab, 60000);
	close_quiet(&t);
}

TEST(a_refresh_that_finds_no_call_ends_it)
{
	struct pair t = pair_new();
	t.alice->knobs.session_timer = t.bob->knobs.session_timer = 90 * SEC;
	talk(&t);
	leg_abandon(t.bob->leg);
	lab_run_ms(t.lab, 50000);
	assert_noted(t.lab, "alice", "hangs up: the other side seems to be gone", 45040);
	assert_int_equal(t.alice->how, LEG_EXPIRED);
	close_quiet(&t);
}

/* --- where requests go ----------------------------------------------------------------- */

TEST(requests_in_a_dialog_go_where_the_other_side_was_last_seen_if_the_knob_says_so)
{
	struct pair t = pair_new();
	t.bob->by_source = true;
	lab_send(
		t.lab, "192.0.2.77:7777", "192.0.2.2:5060",
		"INVITE sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
		"10.0.0.1:5060;branch=z9hG4bKa;rport\nMax-Forwards: 70\n"
		"From: <sip:alice@example.com>;tag=a\nTo: <sip:bob@example.com>\nCall-ID: x\nCSeq: 7 INVITE\n"
		"Contact: <sip:alice@10.0.0.1:5060>\nContent-Length: 0\n\n");
	lab_run_ms(t.lab, 33000);
	const struct record *bye = lab_nth(t.lab, "bob", EVENT_SENT, "BYE", 1);
	assert_string_equal(lab_flow(t.lab, bye), "192.0.2.2:5060 > 192.0.2.77:7777");
	assert_ptr_equal(bye->fact, &fact_to_seen);
	assert_non_null(strstr(lab_text(bye), "BYE sip:alice@10.0.0.1:5060 SIP/2.0"));
	lab_run_ms(t.lab, 70000);
	assert_int_equal(t.bob->how, LEG_NO_ACK);
	close_quiet(&t);
}

TEST(a_contact_that_is_a_name_leads_nowhere)
{
	struct pair t = pair_new();
	lab_send(
		t.lab, "192.0.2.1:5060", "192.0.2.2:5060",
		"INVITE sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
		"192.0.2.1:5060;branch=z9hG4bKa;rport\nMax-Forwards: 70\n"
		"From: <sip:alice@example.com>;tag=a\nTo: <sip:bob@example.com>\nCall-ID: x\nCSeq: 7 INVITE\n"
		"Contact: <sip:alice@phone.invalid>\nContent-Length: 0\n\n");
	lab_run_ms(t.lab, 33000);
	assert_noted(t.lab, "bob", "nowhere to send it: the next hop is no address", 32000);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "BYE"), 0);
	assert_int_equal(t.bob->how, LEG_NO_ACK);
	close_quiet(&t);
}

TEST(what_came_by_a_record_routing_proxy_goes_back_by_it)
{
	struct pair t = pair_new();
	lab_send(
		t.lab, "192.0.2.50:5060", "192.0.2.2:5060",
		"INVITE sip:bob@192.0.2.2 SIP/2.0\nRecord-Route: <sip:192.0.2.50;lr>\n"
		"Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKp\nVia: SIP/2.0/UDP "
		"192.0.2.1:5060;branch=z9hG4bKa\nMax-Forwards: 69\n"
		"From: <sip:alice@example.com>;tag=a\nTo: <sip:bob@example.com>\nCall-ID: x\nCSeq: 7 INVITE\n"
		"Contact: <sip:alice@192.0.2.1:5060>\nContent-Length: 0\n\n");
	lab_run_ms(t.lab, 33000);
	const struct record *ok = lab_nth(t.lab, "bob", EVENT_SENT, "200", 1);
	assert_string_equal(lab_header(t.lab, ok, "Record-Route"), "<sip:192.0.2.50;lr>");
	const struct record *bye = lab_nth(t.lab, "bob", EVENT_SENT, "BYE", 1);
	assert_string_equal(lab_flow(t.lab, bye), "192.0.2.2:5060 > 192.0.2.50:5060");
	assert_string_equal(lab_header(t.lab, bye, "Route"), "<sip:192.0.2.50;lr>");
	assert_ptr_equal(bye->fact, &fact_to_route);
	lab_run_ms(t.lab, 70000);
	close_quiet(&t);
}

TEST(a_bye_of_the_caller_while_it_rings_ends_the_invite_too)
{
	struct pair t = pair_new();
	t.bob->waits = true;
	t.bob->rings = 180;
	const char *format = "%s sip:bob@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP "
			     "192.0.2.1:5060;branch=z9hG4bK%s\nMax-Forwards: 70\n"
			     "From: <sip:alice@example.com>;tag=a\nTo: %s\nCall-ID: x\nCSeq: %d %s\n"
			     "Contact: <sip:alice@192.0.2.1:5060>\nContent-Length: 0\n\n";
	lab_send(t.lab, "192.0.2.1:5060", "192.0.2.2:5060",
		 arena_printf(t.lab->arena, format, "INVITE", "a", "<sip:bob@example.com>", 7, "INVITE"));
	lab_run_ms(t.lab, 100);
	const char *to = lab_header(t.lab, lab_nth(t.lab, "bob", EVENT_SENT, "180", 1), "To");
	lab_send(t.lab, "192.0.2.1:5060", "192.0.2.2:5060",
		 arena_printf(t.lab->arena, format, "BYE", "b", to, 8, "BYE"));
	lab_run_ms(t.lab, 200);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "200"), 1);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "487"), 1);
	assert_int_equal(t.bob->how, LEG_OTHER_HUNG_UP);
	close_quiet(&t);
}

/* --- damage ---------------------------------------------------------------------------- */

TEST(damaged_messages_of_a_call_never_break_who_gets_them)
{
	for (uint64_t n = 0; n < 400; n++) {
		struct pair t = pair_new();
		t.alice->knobs.session_timer = t.bob->knobs.session_timer = 90 * SEC;
		t.bob->rings = 183;
		t.bob->early = true;
		talk(&t);
		party_offers(t.alice, DIRECTION_SENDONLY);
		lab_run_ms(t.lab, 2000);
		lab_send_damaged(t.lab, n);
		lab_run_ms(t.lab, 100000);
		lab_close(t.lab);
	}
}

/* --- many ------------------------------------------------------------------------------ */

TEST(of_many_calls_each_is_found)
{
	struct pair t = pair_new();
	struct leg *legs[20];
	for (size_t i = 0; i < COUNT(legs); i++)
		legs[i] = party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	for (size_t i = 0; i < COUNT(legs); i += 2) {
		assert_ptr_equal(ua_leg(&t.alice->ua, legs[i]->story), legs[i]);
		assert_null(leg_next_of_story(legs[i]));
		leg_hang_up(legs[i]);
	}
	lab_run_ms(t.lab, 2000);
	assert_int_equal(t.bob->ua.legs.n, COUNT(legs) / 2);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "481"), 0);
	for (size_t i = 1; i < COUNT(legs); i += 2)
		leg_hang_up(ua_leg(&t.bob->ua, legs[i]->story));
	lab_run_ms(t.lab, 3000);
	close_quiet(&t);
}

TEST(who_forgets_all_calls_says_nothing)
{
	struct pair t = pair_new();
	talk(&t);
	ua_forget(&t.alice->ua);
	ua_forget(&t.bob->ua);
	lab_run_ms(t.lab, 60000);
	assert_int_equal(lab_count(t.lab, NULL, EVENT_SENT, NULL), 3);
	close_quiet(&t);
}

TEST(a_call_that_rings_may_be_forgotten)
{
	struct pair t = pair_new();
	t.bob->rings = 180;
	t.bob->waits = true;
	party_calls(t.alice, t.bob);
	lab_run_ms(t.lab, 1000);
	leg_abandon(t.bob->leg);
	leg_hang_up(t.alice->leg);
	lab_run_ms(t.lab, 60000);
	assert_int_equal(lab_count(t.lab, "bob", EVENT_SENT, "481"), 1); /* to the CANCEL */
	assert_int_equal(t.alice->how, LEG_CANCELLED);			 /* after 64*T1 */
	close_quiet(&t);
}

TEST(calls_leave_nothing_behind_when_nothing_is_kept)
{
	struct pair t = pair_new();
	struct world *w = t.lab->world;
	w->trace.level = TRACE_COUNTS;
	t.alice->knobs.session_timer = t.bob->knobs.session_timer = 90 * SEC;
	for (int64_t call = 0; call < 50; call++) {
		t.bob->rings = call % 3 ? 180 : 0;
		t.bob->refuses = call % 7 == 3 ? 486 : 0;
		party_calls(t.alice, t.bob);
		lab_run_ms(t.lab, call * 200000 + 1000);
		if (t.alice->leg && call % 2)
			party_offers(t.alice, DIRECTION_SENDONLY);
		lab_run_ms(t.lab, call * 200000 + 60000);
		if (t.alice->leg)
			leg_hang_up(call % 5 ? t.alice->leg : t.bob->leg);
		lab_run_ms(t.lab, (call + 1) * 200000);
	}
	assert_int_equal(payload_count(w->payloads), 0);
	close_quiet(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_rings_is_answered_and_is_hung_up_by_the_caller),
		cmocka_unit_test(the_callee_hangs_up_by_the_route_that_the_invite_came),
		cmocka_unit_test(a_183_describes_early_media_and_the_200_is_the_same),
		cmocka_unit_test(an_invite_that_is_not_answered_within_200_ms_gets_a_100),
		cmocka_unit_test(an_invite_without_an_offer_gets_one_and_the_ack_has_the_answer),
		cmocka_unit_test(a_challenge_is_answered_and_the_ack_repeats_the_credentials),
		cmocka_unit_test(credentials_that_are_refused_are_not_tried_again),
		cmocka_unit_test(who_has_no_password_is_refused_by_a_challenge),
		cmocka_unit_test(a_busy_callee_is_acknowledged),
		cmocka_unit_test(a_caller_that_hears_nothing_gives_up_after_32_seconds),
		cmocka_unit_test(a_call_that_rings_is_cancelled),
		cmocka_unit_test(a_cancel_waits_for_the_first_provisional_response),
		cmocka_unit_test(a_cancel_that_comes_too_late_is_followed_by_a_bye),
		cmocka_unit_test(a_caller_lets_it_ring_only_so_long),
		cmocka_unit_test(whoever_rings_may_decline),
		cmocka_unit_test(without_an_ack_the_callee_repeats_its_200_for_32_seconds_and_hangs_up),
		cmocka_unit_test(a_200_that_is_lost_is_sent_again_and_each_gets_the_same_ack),
		cmocka_unit_test(a_callee_that_wants_to_hang_up_waits_for_the_ack),
		cmocka_unit_test(of_two_who_pick_up_the_second_is_acknowledged_and_hung_up),
		cmocka_unit_test(a_bye_that_nobody_answers_ends_the_call_after_32_seconds),
		cmocka_unit_test(who_has_forgotten_the_call_answers_a_bye_with_481_which_will_do),
		cmocka_unit_test(both_may_hang_up_at_once),
		cmocka_unit_test(an_ack_or_a_cancel_of_no_call_finds_nothing),
		cmocka_unit_test(a_call_is_held_and_resumed),
		cmocka_unit_test(two_re_invites_that_cross_are_refused_and_tried_again_at_different_times),
		cmocka_unit_test(a_re_invite_that_is_refused_leaves_the_call_as_it_was),
		cmocka_unit_test(a_re_invite_that_nobody_answers_ends_the_call),
		cmocka_unit_test(a_re_invite_may_be_challenged),
		cmocka_unit_test(a_bye_ends_a_re_invite_that_waits_for_its_answer),
		cmocka_unit_test(a_call_that_comes_by_two_ways_is_taken_once),
		cmocka_unit_test(a_re_invite_with_an_old_number_is_refused),
		cmocka_unit_test(the_caller_refreshes_the_session_at_half_its_time),
		cmocka_unit_test(without_a_refresh_the_other_side_hangs_up_shortly_before_the_end),
		cmocka_unit_test(a_long_session_is_given_up_32_seconds_before_its_end),
		cmocka_unit_test(a_callee_refreshes_when_its_caller_knows_nothing_of_session_timers),
		cmocka_unit_test(a_refresh_that_finds_no_call_ends_it),
		cmocka_unit_test(
			requests_in_a_dialog_go_where_the_other_side_was_last_seen_if_the_knob_says_so),
		cmocka_unit_test(a_contact_that_is_a_name_leads_nowhere),
		cmocka_unit_test(what_came_by_a_record_routing_proxy_goes_back_by_it),
		cmocka_unit_test(a_bye_of_the_caller_while_it_rings_ends_the_invite_too),
		cmocka_unit_test(damaged_messages_of_a_call_never_break_who_gets_them),
		cmocka_unit_test(of_many_calls_each_is_found),
		cmocka_unit_test(who_forgets_all_calls_says_nothing),
		cmocka_unit_test(a_call_that_rings_may_be_forgotten),
		cmocka_unit_test(calls_leave_nothing_behind_when_nothing_is_kept),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
