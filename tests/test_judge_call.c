/* What the judge makes of calls: records in, verdicts out. Nobody calls anybody here, the records are written by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/media.h"
#include "models/nat.h"
#include "models/ua.h"
#include "scenarios/judge.h"
#include "tests/lab.h"
#include "tests/loading.h"

/*
 * a calls b through pbx, behind home:    a -- home -- pbx -- b
 *                                        c: another phone
 */
enum who { A, HOME, PBX, B, C, WHO };

struct stage {
	struct loading *loading;
	struct world *world;
	struct judge judge;
	struct judged_call *call;
	struct cell_result cell;
	struct iface at[WHO];
	uint32_t id, seen; /* datagrams so far; news that were passed on */
	uint16_t said;	   /* datagrams of audio so far */
};

static const struct node_ops phones = { .kind = "phone" }, routers = { .kind = "router" }, servers = { .kind = "server" };

#define LAB                                                             \
	"viaport: 1\nname: a call\n"                                    \
	"phones: {a: {model: plain, behind: home}, b: {model: plain}}\n" \
	"routers: {home: {model: box}}\nservers: {pbx: {model: pbx-1}}\n"

#define CALL "do: [{id: c, call: {from: a, to: b, for: 60s}}, {at: 20s, hold: a}, {at: 30s, resume: a}]\n"

static void news_seen(void *context, void *owner, enum call_end at, enum call_news what, uint64_t status)
{
	(void)owner, (void)at, (void)what, (void)status;
	((struct stage *)context)->seen++;
}

static void ended(void *context, uint32_t step)
{
	(void)context, (void)step;
}

static void stage_node(struct stage *s, enum who who, const struct node_ops *ops, const char *name)
{
	struct node *n = arena_alloc(s->loading->arena, sizeof *n);
	node_init(n, s->world, ops, name, 0);
	s->at[who].node = n;
}

static void begin(struct stage *s)
{
	const struct call_parties parties = {
		.story = world_story(s->world),
		.ends = { s->at[A].node, s->at[B].node },
		.phones = { true, true },
		.server = s->at[PBX].node,
		.began = 0,
	};
	s->call = judge_call(&s->judge, &parties, s);
}

static struct stage *stage_with(const char *steps, const char *checks)
{
	struct stage *s = calloc(1, sizeof *s);
	char text[2048];
	snprintf(text, sizeof text, LAB "%sexpect: %s\n", steps, checks);
	s->loading = load_text(text);
	if (s->loading->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(s->loading));
	s->world = world_new(s->loading->arena, &(struct world_setup){ .level = TRACE_COUNTS });
	sip_setup(s->world, false);
	stage_node(s, A, &phones, "a");
	stage_node(s, HOME, &routers, "home");
	stage_node(s, PBX, &servers, "pbx");
	stage_node(s, B, &phones, "b");
	stage_node(s, C, &phones, "c");
	const uint32_t members[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	judge_init(&s->judge, s->world, s->loading->scenario, NULL, members);
	s->judge.news = news_seen;
	s->judge.ended = ended;
	s->judge.context = s;
	begin(s);
	return s;
}

static void stage_free(struct stage *s)
{
	loading_free(s->loading);
	free(s);
}

/* --- what is seen -------------------------------------------------------------------------------------- */

static void clock_to(struct stage *s, usec at)
{
	s->world->wheel.now = at;
}

static struct payload *bytes(struct stage *s, const char *text, size_t len)
{
	struct payload *p = payload_new(s->world->payloads, len);
	memcpy(p->bytes, text, len);
	return p;
}

/* A response to a request with this method. */
static struct payload *response(struct stage *s, const char *label, const char *method)
{
	char text[512];
	int len = snprintf(text, sizeof text,
			   "SIP/2.0 %s X\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@lab>;tag=1\r\n"
			   "To: <sip:b@lab>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
			   label, method);
	return bytes(s, text, (size_t)len);
}

static void see(struct stage *s, const struct record *r)
{
	s->judge.tap.see(&s->judge.tap, r);
}

static struct record record_at(struct stage *s, enum event event, enum who who, const char *label)
{
	return (struct record){ .at = world_now(s->world), .story = 1, .event = event, .iface = &s->at[who], .label = label };
}

static void note(struct stage *s, enum who who, const struct fact *fact, uint64_t value)
{
	struct record r = record_at(s, EVENT_NOTE, who, NULL);
	r.fact = fact;
	r.value = value;
	see(s, &r);
}

/* A message goes from one to another, provoked by `parent`, and is dropped there for `why`, if that is given. Its id. */
static uint32_t passes(struct stage *s, enum who from, enum who to, const char *label, const char *method, uint32_t parent,
		       const struct fact *why)
{
	struct payload *p = method ? response(s, label, method) : bytes(s, label, strlen(label));
	struct record sent = record_at(s, EVENT_SENT, from, label), landed = record_at(s, EVENT_ARRIVED, to, label);
	sent.payload = landed.payload = p;
	sent.id = landed.id = ++s->id;
	sent.parent = landed.parent = parent;
	if (why) {
		landed.event = EVENT_DROPPED;
		landed.fact = why;
	}
	see(s, &sent);
	see(s, &landed);
	payload_unref(s->world->payloads, p);
	return sent.id;
}

static uint32_t goes(struct stage *s, enum who from, enum who to, const char *label, uint32_t parent)
{
	return passes(s, from, to, label, NULL, parent, NULL);
}

/* Up to the 2xx at who calls, with both ends talking. The ACK is left to the test. */
static void answered(struct stage *s, usec at)
{
	clock_to(s, at);
	uint32_t invite = goes(s, A, HOME, "INVITE", 0);
	invite = goes(s, HOME, PBX, "INVITE", invite);
	invite = goes(s, PBX, B, "INVITE", invite);
	uint32_t ok = passes(s, B, PBX, "200", "INVITE", invite, NULL);
	ok = passes(s, PBX, HOME, "200", "INVITE", ok, NULL);
	passes(s, HOME, A, "200", "INVITE", ok, NULL);
	note(s, A, &fact_call_answered, 200);
}

static void established(struct stage *s, usec at)
{
	answered(s, at);
	uint32_t ack = goes(s, A, PBX, "ACK", 0);
	goes(s, PBX, B, "ACK", ack);
	note(s, B, &fact_call_established, 0);
}

/* One datagram of audio leaves, and the relay sends it on by this rule. */
static struct payload *says(struct stage *s, enum who from, const struct fact *rule)
{
	const char rtp[] = { (char)0x80, 0, (char)(s->said >> 8), (char)s->said, 0, 0, 0, 0, 7, 7, 7, (char)from };
	struct record sent = record_at(s, EVENT_SENT, from, "RTP"), relayed = record_at(s, EVENT_SENT, PBX, "RTP");
	s->said++;
	sent.payload = relayed.payload = bytes(s, rtp, sizeof rtp);
	sent.id = ++s->id;
	relayed.parent = sent.id;
	relayed.id = ++s->id;
	relayed.fact = rule;
	see(s, &sent);
	see(s, &relayed);
	return sent.payload;
}

/* The router hands it on under another number and says nothing of the rule, or drops it for `why`. */
static void lands(struct stage *s, enum who to, struct payload *rtp, const struct fact *why)
{
	struct record landed = record_at(s, why ? EVENT_DROPPED : EVENT_ARRIVED, why ? HOME : to, "RTP");
	struct record heard = record_at(s, EVENT_NOTE, to, "RTP");
	landed.payload = heard.payload = rtp;
	landed.id = heard.id = why ? s->id : ++s->id;
	landed.fact = why;
	heard.fact = &fact_audio_heard;
	see(s, &landed);
	if (!why)
		see(s, &heard);
	payload_unref(s->world->payloads, rtp);
}

/* One datagram of audio, through the relay and home. */
static void speaks_by(struct stage *s, enum who from, const struct fact *why, const struct fact *rule)
{
	lands(s, from == A ? B : A, says(s, from, rule), why);
}

static void speaks(struct stage *s, enum who from, const struct fact *why)
{
	speaks_by(s, from, why, &fact_media_to_sdp);
}

/* Both speak once a second from one time to another; what goes to a is dropped at home for `why`, if that is given. */
static void talk(struct stage *s, usec from, usec to, const struct fact *why)
{
	for (usec at = from; at < to; at += SEC) {
		clock_to(s, at);
		speaks(s, A, NULL);
		speaks(s, B, why);
	}
}

static void hung_up(struct stage *s, usec at)
{
	clock_to(s, at);
	judge_call_hang_up(&s->judge, s->call);
	uint32_t bye = goes(s, A, PBX, "BYE", 0);
	note(s, A, &fact_call_hung_up, 200);
	goes(s, PBX, B, "BYE", bye);
	note(s, B, &fact_call_over, 0);
	judge_call_over(&s->judge, s->call);
}

/* --- what is said of it -------------------------------------------------------------------------------- */

/* "stops mapping-expired at home 25.000", "degraded ... 20.000 to 25.000" */
static const char *result_of(struct stage *s, uint32_t check)
{
	struct arena *a = s->loading->arena;
	const struct check_result *c = &s->cell.checks[check];
	const char *text = verdict_words[c->result];
	if (c->cause)
		text = arena_printf(a, "%s %s", text, c->cause->word);
	if (c->lost_at)
		text = arena_printf(a, "%s at %s", text, c->lost_at);
	if (c->result == VERDICT_DEGRADED)
		return arena_printf(a, "%s %lld to %lld", text, (long long)(c->between[0] / MSEC), (long long)(c->between[1] / MSEC));
	return arena_printf(a, "%s %lld", text, (long long)(c->at / MSEC));
}

/* The results of all checks, and the end of the stage. */
static void assert_results(struct stage *s, const char *const *wanted)
{
	judge_finish(&s->judge, &s->cell);
	for (uint32_t i = 0; wanted[i]; i++)
		assert_string_equal(result_of(s, i), wanted[i]);
	assert_int_equal(s->judge.undecided, 0);
	stage_free(s);
}
#define assert_verdicts(s, ...) assert_results(s, (const char *const[]){ __VA_ARGS__, NULL })

#define SETUP	"{incoming-call: b, result: works}, {outgoing-call: a, result: works}"
#define FORTH	"{audio: {from: a, to: b}, result: works}"
#define BACK	"{audio: {from: b, to: a}, result: works}"
#define BOTH	"{audio: both-ways, result: works}"
#define HANGUP	"{hangup: {phone: a}, result: works}"

TEST(a_call_that_goes_well_works_in_all_its_parts)
{
	struct stage *s = stage_with(CALL, "[" SETUP ", " BOTH ", " HANGUP ", {hangup: {phone: b, by: server}, result: works}]");
	established(s, 100 * MSEC);
	talk(s, 200 * MSEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_int_equal(s->seen, 4);
	assert_verdicts(s, "works 100", "works 100", "works 60000", "works 60000", "works 60000");
}

TEST(a_call_without_its_acknowledgement_is_no_call)
{
	struct stage *s = stage_with(CALL, "[" SETUP "]");
	answered(s, 100 * MSEC);
	passes(s, A, PBX, "ACK", NULL, 0, &fact_no_route);
	clock_to(s, 32 * SEC);
	note(s, B, &fact_call_ack_missing, 0);
	judge_call_over(&s->judge, s->call);
	assert_verdicts(s, "fails no-route at pbx 100", "fails no-route at pbx 100");
}

TEST(what_is_not_heard_again_stops_when_the_first_of_it_was_said)
{
	struct stage *s = stage_with(CALL, "[" FORTH ", " BACK ", " BOTH "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	talk(s, 20 * SEC, 60 * SEC, &fact_nat_expired);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000", "stops mapping-expired at home 20000", "stops mapping-expired at home 20000");
}

TEST(a_gap_of_more_than_two_seconds_degrades_and_a_shorter_one_does_not)
{
	struct stage *s = stage_with(CALL, "[" FORTH ", " BACK ", " BOTH "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	talk(s, 20 * SEC, 22 * SEC, &fact_nat_expired);
	talk(s, 22 * SEC, 30 * SEC, NULL);
	talk(s, 30 * SEC, 33 * SEC, &fact_nat_expired);
	talk(s, 33 * SEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000", "degraded mapping-expired at home 30000 to 33000",
			"degraded mapping-expired at home 30000 to 33000");
}

TEST(what_was_never_heard_fails)
{
	struct stage *s = stage_with(CALL, "[" FORTH ", " BACK ", " BOTH "]");
	established(s, 0);
	talk(s, 0, 60 * SEC, &fact_nat_no_mapping);
	hung_up(s, 60 * SEC);
	judge_finish(&s->judge, &s->cell);
	assert_string_equal(s->cell.checks[1].lost_at, "home");
	assert_int_equal(s->cell.checks[1].at, 0);
	assert_int_equal(s->cell.checks[0].result, VERDICT_WORKS);
	assert_int_equal(s->cell.checks[2].result, VERDICT_FAILS);
	stage_free(s);
}

TEST(what_was_lost_while_it_rang_is_no_evidence)
{
	struct stage *s = stage_with(CALL, "[" BACK "]");
	clock_to(s, 0);
	speaks(s, B, &fact_no_route);
	established(s, 10 * SEC);
	talk(s, 11 * SEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000");

	s = stage_with(CALL, "[" BACK "]");
	clock_to(s, 0);
	speaks(s, B, &fact_no_route);
	established(s, 10 * SEC);
	talk(s, 11 * SEC, 60 * SEC, &fact_nat_expired);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "fails mapping-expired at home 11000");
}

TEST(who_waits_for_audio_fails_for_what_became_of_it)
{
	struct stage *s = stage_with(CALL, "[" FORTH ", " BACK "]");
	established(s, 0);
	for (usec at = 0; at < 60 * SEC; at += SEC) {
		clock_to(s, at);
		speaks_by(s, B, &fact_nat_no_mapping, &fact_media_to_sdp_first);
	}
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "fails both-wait-for-audio at home 0", "fails both-wait-for-audio at home 0");
}

TEST(audio_that_reaches_another_phone_is_lost_there)
{
	struct stage *s = stage_with(CALL, "[" BACK "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	for (usec at = 20 * SEC; at < 60 * SEC; at += SEC) {
		clock_to(s, at);
		struct payload *rtp = says(s, B, &fact_media_to_source);
		struct record astray = record_at(s, EVENT_ARRIVED, C, "RTP");
		astray.payload = rtp;
		astray.id = s->id;
		see(s, &astray);
		payload_unref(s->world->payloads, rtp);
	}
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "stops two-phones-one-port at c 20000");
}

TEST(whoever_says_nothing_is_not_missed)
{
	struct stage *s = stage_with(CALL, "[" FORTH ", " BACK "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	clock_to(s, 20 * SEC);
	speaks(s, B, &fact_nat_expired); /* one is lost, and then b is muted for half a minute */
	talk(s, 50 * SEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000", "works 60000");
}

TEST(only_what_comes_by_the_rule_that_is_asked_for_counts)
{
	struct stage *s = stage_with(CALL, "[{audio: {from: b, to: a}, peer: sdp, result: works},"
					   " {audio: {from: b, to: a}, peer: source, result: works},"
					   " {audio: {from: b, to: a}, peer: any, result: works}]");
	established(s, 0);
	for (usec at = 0; at < 60 * SEC; at += SEC) {
		bool sdp = at < 30 * SEC;
		clock_to(s, at);
		speaks_by(s, B, sdp ? &fact_nat_expired : NULL, sdp ? &fact_media_to_sdp : &fact_media_to_source);
	}
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "fails mapping-expired at home 0", "works 60000", "degraded mapping-expired at home 0 to 30000");
}

TEST(what_is_under_way_when_the_rule_changes_was_sent_by_the_old_one)
{
	struct stage *s = stage_with(CALL, "[{audio: {from: b, to: a}, peer: sdp, result: works},"
					   " {audio: {from: b, to: a}, peer: source, result: works}]");
	established(s, 0);
	struct payload *old = says(s, B, &fact_media_to_sdp), *new = says(s, B, &fact_media_to_source);
	lands(s, A, old, NULL);
	lands(s, A, new, &fact_nat_expired);
	hung_up(s, SEC);
	assert_verdicts(s, "works 1000", "fails mapping-expired at home 0");
}

TEST(a_call_that_is_cut_stops_where_it_was_cut_for_the_missing_acknowledgement)
{
	struct stage *s = stage_with(CALL, "[{outgoing-call: a, result: works}, " FORTH ", " BOTH ", " HANGUP "]");
	answered(s, 0);
	passes(s, A, PBX, "ACK", NULL, 0, &fact_no_route);
	talk(s, 0, 32 * SEC, NULL);
	clock_to(s, 32 * SEC);
	goes(s, B, PBX, "BYE", 0);
	note(s, B, &fact_call_ack_missing, 0);
	note(s, A, &fact_call_over, 0);
	judge_call_over(&s->judge, s->call);
	assert_verdicts(s, "fails no-route at pbx 0", "stops no-route at pbx 32000", "stops no-route at pbx 32000",
			"fails no-route at pbx 0");
}

TEST(what_a_server_answers_when_a_time_is_over_says_nothing_of_its_other_side)
{
	struct stage *s = stage_with(CALL, "[" SETUP "]");
	uint32_t invite = goes(s, A, PBX, "INVITE", 0);
	passes(s, PBX, B, "INVITE", NULL, invite, &fact_no_route);
	clock_to(s, 30 * SEC);
	passes(s, PBX, HOME, "408", "INVITE", 0, &fact_port_closed); /* what provoked it is forgotten */
	note(s, A, &fact_call_refused, 0);
	judge_call_over(&s->judge, s->call);
	assert_verdicts(s, "fails no-route at b 0", "fails no-route at b 0");
}

TEST(a_bye_that_does_not_reach_the_other_side_ends_the_call_for_one)
{
	struct stage *s = stage_with(CALL, "[" BOTH ", " HANGUP "]");
	established(s, 0);
	talk(s, 0, 60 * SEC, NULL);
	clock_to(s, 60 * SEC);
	judge_call_hang_up(&s->judge, s->call);
	passes(s, A, HOME, "BYE", NULL, 0, &fact_nat_expired);
	clock_to(s, 92 * SEC);
	note(s, A, &fact_call_bye_lost, 0);
	judge_call_over(&s->judge, s->call);
	assert_verdicts(s, "works 60000", "fails bye-lost at home 60000");
}

TEST(an_answer_481_ends_the_call_for_one_only)
{
	struct stage *s = stage_with(CALL, "[" HANGUP "]");
	established(s, 0);
	clock_to(s, 60 * SEC);
	judge_call_hang_up(&s->judge, s->call);
	goes(s, A, PBX, "BYE", 0);
	note(s, A, &fact_call_hung_up, 481);
	judge_call_over(&s->judge, s->call);
	assert_verdicts(s, "fails refused 60000");
}

/* What goes to one side of the server has the evidence of that side. */
TEST(a_call_that_is_not_answered_fails_with_all_its_checks_for_what_happened_to_the_invite)
{
	struct stage *s = stage_with(CALL, "[" SETUP ", " BOTH ", " HANGUP ", {hold: a, result: works}]");
	uint32_t invite = goes(s, A, PBX, "INVITE", 0);
	passes(s, PBX, HOME, "INVITE", NULL, invite, &fact_nat_expired);
	passes(s, PBX, A, "100", "INVITE", invite, NULL);
	clock_to(s, 32 * SEC);
	note(s, A, &fact_call_refused, 408);
	judge_call_over(&s->judge, s->call);
	judge_finish(&s->judge, &s->cell);
	for (int i = 0; i < 5; i++)
		assert_string_equal(s->cell.checks[i].sentence, s->cell.checks[0].sentence);
	assert_verdicts(s, "fails mapping-expired at home 0", "fails mapping-expired at home 0", "fails mapping-expired at home 0",
			"fails mapping-expired at home 0", "fails mapping-expired at home 0");
}

TEST(a_call_on_hold_is_silent_and_then_heard_again)
{
	struct stage *s = stage_with(CALL, "[{hold: a, result: works}, " BOTH "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	judge_call_hold(s->call, CALL_FROM);
	note(s, A, &fact_call_held, 0);
	clock_to(s, 30 * SEC);
	judge_call_resume(s->call, CALL_FROM);
	note(s, A, &fact_call_resumed, 0);
	talk(s, 31 * SEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000", "works 60000");
}

TEST(a_call_on_hold_that_is_not_silent_or_not_resumed_or_not_heard_again_fails)
{
	static const struct row {
		bool speaks, resumes, heard;
		enum verdict result;
	} rows[] = {
		{ true, true, true, VERDICT_FAILS },
		{ false, false, true, VERDICT_FAILS },
		{ false, true, false, VERDICT_FAILS },
		{ false, true, true, VERDICT_WORKS },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage *s = stage_with(CALL, "[{hold: a, result: works}]");
		established(s, 0);
		talk(s, 0, 20 * SEC, NULL);
		judge_call_hold(s->call, CALL_FROM);
		note(s, A, &fact_call_held, 0);
		clock_to(s, 25 * SEC);
		if (rows[i].speaks)
			speaks(s, B, NULL);
		clock_to(s, 30 * SEC);
		judge_call_resume(s->call, CALL_FROM);
		note(s, A, rows[i].resumes ? &fact_call_resumed : &fact_call_hold_failed, 0);
		talk(s, 31 * SEC, 60 * SEC, rows[i].heard ? NULL : &fact_nat_expired);
		hung_up(s, 60 * SEC);
		judge_finish(&s->judge, &s->cell);
		assert_int_equal(s->cell.checks[0].result, rows[i].result);
		stage_free(s);
	}
}

/* As where a PBX does not tell it that it is on hold. */
TEST(what_is_said_to_who_holds_the_call_is_not_missed)
{
	struct stage *s = stage_with(CALL, "[{hold: a, result: works}, " BOTH "]");
	established(s, 0);
	talk(s, 0, 20 * SEC, NULL);
	judge_call_hold(s->call, CALL_FROM);
	note(s, A, &fact_call_held, 0);
	talk(s, 20 * SEC, 30 * SEC, &fact_audio_on_hold);
	judge_call_resume(s->call, CALL_FROM);
	note(s, A, &fact_call_resumed, 0);
	talk(s, 31 * SEC, 60 * SEC, NULL);
	hung_up(s, 60 * SEC);
	assert_verdicts(s, "works 60000", "works 60000");
}

TEST(a_call_that_is_held_twice_must_be_silent_and_heard_again_both_times)
{
	for (int bad = 0; bad < 3; bad++) {
		struct stage *s = stage_with(CALL, "[{hold: a, result: works}]");
		established(s, 0);
		for (int time = 1; time <= 2; time++) {
			clock_to(s, time * 20 * SEC);
			judge_call_hold(s->call, CALL_FROM);
			note(s, A, &fact_call_held, 0);
			clock_to(s, (time * 20 + 5) * SEC);
			judge_call_resume(s->call, CALL_FROM);
			note(s, A, &fact_call_resumed, 0);
			talk(s, (time * 20 + 5) * SEC, (time * 20 + 15) * SEC, time == bad ? &fact_nat_expired : NULL);
		}
		hung_up(s, 60 * SEC);
		judge_finish(&s->judge, &s->cell);
		assert_int_equal(s->cell.checks[0].result, bad ? VERDICT_FAILS : VERDICT_WORKS);
		stage_free(s);
	}
}

TEST(when_it_was_silent_is_compared_to_a_second)
{
	static const struct row {
		const char *between;
		bool expected;
	} rows[] = {
		{ "between: [30s, 35s]", true },
		{ "between: [31s, 34s]", true },
		{ "between: [31.1s, 35s]", false },
		{ "between: [30s, 36.1s]", false },
		{ "cause: mapping-expired", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char checks[256];
		snprintf(checks, sizeof checks, "[{audio: both-ways, result: degraded, %s}]", rows[i].between);
		struct stage *s = stage_with(CALL, checks);
		established(s, 0);
		talk(s, 0, 30 * SEC, NULL);
		talk(s, 30 * SEC, 35 * SEC, &fact_nat_expired);
		talk(s, 35 * SEC, 60 * SEC, NULL);
		hung_up(s, 60 * SEC);
		judge_finish(&s->judge, &s->cell);
		judge_expected(s->loading->scenario, s->loading->arena, &s->cell);
		assert_int_equal(s->cell.checks[0].expected, rows[i].expected);
		if (!rows[i].expected)
			assert_non_null(strstr(s->cell.checks[0].surprise, "expected degraded between 3"));
		stage_free(s);
	}
}

TEST(a_call_that_the_end_of_the_run_cuts_off_is_judged_as_it_was)
{
	struct stage *s = stage_with(CALL, "[" SETUP ", " BOTH ", " HANGUP "]");
	established(s, 0);
	talk(s, 0, 30 * SEC, NULL);
	clock_to(s, 30 * SEC);
	assert_verdicts(s, "works 0", "works 0", "works 30000", "fails no-answer 30000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_that_goes_well_works_in_all_its_parts),
		cmocka_unit_test(a_call_without_its_acknowledgement_is_no_call),
		cmocka_unit_test(what_is_not_heard_again_stops_when_the_first_of_it_was_said),
		cmocka_unit_test(a_gap_of_more_than_two_seconds_degrades_and_a_shorter_one_does_not),
		cmocka_unit_test(what_was_never_heard_fails),
		cmocka_unit_test(what_was_lost_while_it_rang_is_no_evidence),
		cmocka_unit_test(who_waits_for_audio_fails_for_what_became_of_it),
		cmocka_unit_test(audio_that_reaches_another_phone_is_lost_there),
		cmocka_unit_test(whoever_says_nothing_is_not_missed),
		cmocka_unit_test(only_what_comes_by_the_rule_that_is_asked_for_counts),
		cmocka_unit_test(what_is_under_way_when_the_rule_changes_was_sent_by_the_old_one),
		cmocka_unit_test(a_call_that_is_cut_stops_where_it_was_cut_for_the_missing_acknowledgement),
		cmocka_unit_test(what_a_server_answers_when_a_time_is_over_says_nothing_of_its_other_side),
		cmocka_unit_test(a_bye_that_does_not_reach_the_other_side_ends_the_call_for_one),
		cmocka_unit_test(an_answer_481_ends_the_call_for_one_only),
		cmocka_unit_test(a_call_that_is_not_answered_fails_with_all_its_checks_for_what_happened_to_the_invite),
		cmocka_unit_test(a_call_on_hold_is_silent_and_then_heard_again),
		cmocka_unit_test(a_call_on_hold_that_is_not_silent_or_not_resumed_or_not_heard_again_fails),
		cmocka_unit_test(what_is_said_to_who_holds_the_call_is_not_missed),
		cmocka_unit_test(a_call_that_is_held_twice_must_be_silent_and_heard_again_both_times),
		cmocka_unit_test(when_it_was_silent_is_compared_to_a_second),
		cmocka_unit_test(a_call_that_the_end_of_the_run_cuts_off_is_judged_as_it_was),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
