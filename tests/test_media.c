/*
 * Audio: when ends send RTP and RTCP, what they hear, where they latch on, and what relays send on.
 */
#include <stdio.h>
#include <string.h>

#include "models/media.h"
#include "tests/lab.h"

/* --- ends, without calls ------------------------------------------------------------------------------- */

#define STORY 7

/* Somebody with ends of audio streams and nothing else. */
struct talker {
	struct node node;
	struct iface iface;
	struct media_profile profile;
	struct media_ends ends;
	uint32_t missed; /* datagrams for no end */
};

static void talker_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct talker *t = CONTAINER(n, struct talker, node);
	(void)in;
	t->missed += !media_receive(&t->ends, p);
}

static struct talker *talker_new(struct lab *lab, const char *name, struct network *net, const char *address)
{
	static const struct node_ops ops = { .kind = "talker", .receive = talker_receive };
	struct talker *t = arena_alloc(lab->arena, sizeof *t);
	t->profile = (struct media_profile){ .port = 16384, .step = 2, .every = 1 * SEC, .symmetric = true };
	node_init(&t->node, lab->world, &ops, name, 0);
	t->iface.node = &t->node;
	t->iface.wire = net == lab->lan ? lab->setup.lan : lab->setup.wan;
	network_attach(net, &t->iface, endpoint_of(address));
	return t;
}

static struct media_end *end_of_story(struct talker *t, bool talks, uint32_t story)
{
	return media_open(&t->ends,
			  &(struct media_setup){
				  .iface = &t->iface,
				  .profile = &t->profile,
				  .local = { t->iface.host, media_next_port(&t->ends, &t->profile) },
				  .story = story,
				  .talks = talks,
			  });
}

static struct media_end *end_of(struct talker *t)
{
	return end_of_story(t, true, STORY);
}

static void describe(struct media_end *m, const char *where, bool sends, bool hears)
{
	struct endpoint rtp = endpoint_of(where);
	media_describe(m, rtp, (struct endpoint){ rtp.host, rtp.port ? rtp.port + 1 : 0 }, sends, hears);
}

/* Two on the Internet, who know where to send: alice 192.0.2.11:16384, bob 192.0.2.12:16384. */
struct pair {
	struct lab *lab;
	struct talker *alice, *bob;
	struct media_end *a, *b;
};

static struct pair pair_new(void)
{
	struct lab *lab = lab_with("", NULL, "");
	struct pair pair = { lab, talker_new(lab, "alice", lab->internet, "192.0.2.11"),
			     talker_new(lab, "bob", lab->internet, "192.0.2.12") };
	pair.a = end_of(pair.alice);
	pair.b = end_of(pair.bob);
	return pair;
}

static void pair_talk(const struct pair *p)
{
	describe(p->a, "192.0.2.12:16384", true, true);
	describe(p->b, "192.0.2.11:16384", true, true);
}

static uint32_t number_at(const struct record *r, int at, int len)
{
	uint32_t n = 0;
	for (int i = 0; i < len; i++)
		n = n << 8 | (unsigned char)r->payload->bytes[at + i];
	return n;
}

/* --- sending --------------------------------------------------------------------------- */

TEST(the_first_datagram_leaves_as_soon_as_it_is_said_where_to_and_then_one_a_second)
{
	struct pair p = pair_new();
	lab_run_ms(p.lab, 500);
	assert_sent(p.lab, "alice", NULL, "");
	describe(p.a, "192.0.2.12:16384", true, true);
	lab_run_ms(p.lab, 3000);
	assert_sent(p.lab, "alice", "RTP", "0.500 1.500 2.500");
	assert_sent(p.lab, "bob", NULL, "");
	const struct record *r = lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 3);
	assert_string_equal(lab_flow(p.lab, r), "192.0.2.11:16384 > 192.0.2.12:16384");
	assert_ptr_equal(r->fact, &fact_media_to_sdp);
	assert_int_equal(r->story, STORY);
	lab_close(p.lab);
}

TEST(a_datagram_is_rtp_of_its_time_and_speaker)
{
	struct pair p = pair_new();
	pair_talk(&p);
	lab_run_ms(p.lab, 2500);
	const struct record *r = lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 3);
	assert_int_equal(r->payload->len, 20);
	assert_int_equal(number_at(r, 0, 2), 0x8000); /* version 2, PCMU */
	assert_int_equal(number_at(r, 2, 2), 2);
	assert_int_equal(number_at(r, 4, 4), 16000);
	assert_int_equal(number_at(r, 8, 4), media_ssrc(p.a));
	assert_int_not_equal(media_ssrc(p.a), media_ssrc(p.b));
	lab_close(p.lab);
}

TEST(who_hears_notes_the_speaker)
{
	struct pair p = pair_new();
	pair_talk(&p);
	lab_run_ms(p.lab, 40);
	const struct record *r = lab_nth(p.lab, "bob", EVENT_NOTE, NULL, 1);
	assert_ptr_equal(r->fact, &fact_audio_heard);
	assert_int_equal(r->value, media_ssrc(p.a));
	assert_int_equal(r->story, STORY);
	assert_int_equal(r->at, 40 * MSEC);
	lab_close(p.lab);
}

TEST(a_muted_end_sends_silence_or_nothing)
{
	struct pair p = pair_new();
	p.bob->profile.silence_suppression = true;
	pair_talk(&p);
	lab_run_ms(p.lab, 1500);
	media_mute(p.a, true);
	media_mute(p.b, true);
	lab_run_ms(p.lab, 3600);
	assert_sent(p.lab, "alice", "RTP", "0.000 1.000 2.000 3.000");
	assert_sent(p.lab, "bob", "RTP", "0.000 1.000");
	assert_int_equal(number_at(lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 2), 12, 1), 0x55);
	assert_int_equal(number_at(lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 3), 12, 1), 0xFF);
	/* who speaks again does so at once */
	media_mute(p.a, false);
	media_mute(p.b, false);
	lab_run_ms(p.lab, 4700);
	assert_sent(p.lab, "alice", "RTP", "0.000 1.000 2.000 3.000 4.000");
	assert_sent(p.lab, "bob", "RTP", "0.000 1.000 3.600 4.600");
	lab_close(p.lab);
}

TEST(who_is_not_to_send_is_silent_and_who_is_on_hold_hears_nothing_but_reports_go_on)
{
	struct pair p = pair_new();
	p.alice->profile.rtcp = p.bob->profile.rtcp = true;
	pair_talk(&p);
	lab_run_ms(p.lab, 1500);
	describe(p.a, "192.0.2.12:16384", false, false);
	lab_run_ms(p.lab, 2500);
	assert_dropped(p.lab, "alice", "the call is on hold: nobody listens");
	lab_run_ms(p.lab, 11500);
	assert_int_equal(lab_count(p.lab, "alice", EVENT_DROPPED, "RTCP"), 0);
	describe(p.a, "192.0.2.12:16384", true, true);
	lab_run_ms(p.lab, 12600);
	assert_sent(p.lab, "alice", "RTP", "0.000 1.000 11.500 12.500");
	assert_sent(p.lab, "alice", "RTCP", "0.000 5.000 10.000");
	assert_noted(p.lab, "alice", "hears the other side", 12040);
	lab_close(p.lab);
}

TEST(it_sends_nothing_to_an_address_or_a_port_of_zero)
{
	static const char *const nowhere[] = { "0.0.0.0:16384", "192.0.2.12" };
	for (size_t i = 0; i < COUNT(nowhere); i++) {
		struct pair p = pair_new();
		p.alice->profile.rtcp = true;
		p.alice->profile.latch = LATCH_ALWAYS;
		describe(p.b, "192.0.2.11:16384", true, true);
		lab_run_ms(p.lab, 1500);
		describe(p.a, nowhere[i], true, true);
		lab_run_ms(p.lab, 5000);
		assert_sent(p.lab, "alice", NULL, "");
		lab_close(p.lab);
	}
}

TEST(who_waits_says_nothing_before_he_hears_something)
{
	struct pair p = pair_new();
	p.alice->profile.waits = p.alice->profile.rtcp = true;
	describe(p.a, "192.0.2.12:16384", true, true);
	lab_run_ms(p.lab, 2000);
	assert_sent(p.lab, "alice", NULL, "");
	describe(p.b, "192.0.2.11:16384", true, true);
	lab_run_ms(p.lab, 3500);
	assert_sent(p.lab, "alice", "RTP", "2.040 3.040");
	assert_sent(p.lab, "alice", "RTCP", "2.040");
	lab_close(p.lab);
}

TEST(two_who_wait_wait_for_ever)
{
	struct pair p = pair_new();
	p.alice->profile.waits = p.bob->profile.waits = true;
	pair_talk(&p);
	lab_run_ms(p.lab, 60000);
	assert_sent(p.lab, NULL, "RTP", "");
	lab_close(p.lab);
}

TEST(who_is_not_symmetric_sends_from_another_pair_of_ports_where_he_does_not_hear)
{
	struct pair p = pair_new();
	p.alice->profile.symmetric = false;
	p.alice->profile.rtcp = true;
	p.bob->profile.latch = LATCH_ALWAYS;
	pair_talk(&p);
	lab_run_ms(p.lab, 100);
	uint32_t port = lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 1)->src.port;
	assert_true(port >= 49152 && port % 2 == 0);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_SENT, "RTCP", 1)->src.port, port + 1);
	/* so who latches on to it is not heard any more */
	lab_run_ms(p.lab, 2500);
	assert_int_equal(lab_nth(p.lab, "bob", EVENT_SENT, "RTP", 3)->dst.port, port);
	assert_ptr_equal(lab_nth(p.lab, "bob", EVENT_SENT, "RTP", 3)->fact, &fact_media_to_source);
	assert_int_equal(p.alice->missed, 2);
	lab_close(p.lab);
}

/* --- RTCP ------------------------------------------------------------------------------ */

TEST(rtcp_is_a_sender_report_every_five_seconds_from_the_next_port_to_the_next_port)
{
	struct pair p = pair_new();
	p.alice->profile.rtcp = true;
	lab_run_ms(p.lab, 250);
	pair_talk(&p);
	lab_run_ms(p.lab, 11000);
	assert_sent(p.lab, "alice", "RTCP", "0.250 5.250 10.250");
	assert_sent(p.lab, "bob", "RTCP", "");
	const struct record *r = lab_nth(p.lab, "alice", EVENT_SENT, "RTCP", 2);
	assert_string_equal(lab_flow(p.lab, r), "192.0.2.11:16385 > 192.0.2.12:16385");
	assert_int_equal(r->payload->len, 28);
	assert_int_equal(number_at(r, 0, 2), 0x80C8); /* version 2, no blocks, SR */
	assert_int_equal(number_at(r, 2, 2), 6);
	assert_int_equal(number_at(r, 4, 4), media_ssrc(p.a));
	assert_int_equal(number_at(r, 8, 4), 1368201652u + 2208988800u + 5); /* NTP: seconds, */
	assert_int_equal(number_at(r, 12, 4), 1u << 30);		     /* a quarter of one more */
	assert_int_equal(number_at(r, 16, 4), 42000);
	assert_int_equal(number_at(r, 20, 4), 5);
	assert_int_equal(number_at(r, 24, 4), 40);
	/* nobody hears a report */
	assert_int_equal(lab_count(p.lab, "bob", EVENT_NOTE, NULL), 11);
	lab_close(p.lab);
}

TEST(rtcp_goes_where_sdp_says_that_it_is_heard_and_learns_apart_from_rtp)
{
	struct pair p = pair_new();
	p.alice->profile.rtcp = true;
	p.alice->profile.latch = LATCH_ALWAYS;
	media_describe(p.a, endpoint_of("192.0.2.12:16384"), endpoint_of("192.0.2.12:40001"), true, true);
	static const char report[28] = "\x80\xC8\0\6", rtp[12] = "\x80";
	lab_run_ms(p.lab, 100);
	lab_send_bytes(p.lab, "192.0.2.77:5000", "192.0.2.11:16384", rtp, sizeof rtp);
	lab_run_ms(p.lab, 5100);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 6)->dst.port, 5000);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_SENT, "RTCP", 2)->dst.port, 40001);
	lab_send_bytes(p.lab, "192.0.2.77:5001", "192.0.2.11:16385", report, sizeof report);
	lab_run_ms(p.lab, 10100);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_SENT, "RTP", 11)->dst.port, 5000);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_SENT, "RTCP", 3)->dst.port, 5001);
	/* of audio it is noted, of reports not */
	assert_ptr_equal(lab_nth(p.lab, "alice", EVENT_NOTE, NULL, 1)->fact, &fact_media_latched);
	assert_int_equal(lab_count(p.lab, "alice", EVENT_NOTE, NULL), 2);
	lab_close(p.lab);
}

/* --- hearing --------------------------------------------------------------------------- */

TEST(audio_of_another_call_is_told_from_that_of_ones_own)
{
	struct pair p = pair_new();
	struct talker *carol = talker_new(p.lab, "carol", p.lab->internet, "192.0.2.13");
	struct media_end *c = end_of_story(carol, true, STORY + 1);
	pair_talk(&p);
	lab_run_ms(p.lab, 500);
	describe(c, "192.0.2.11:16384", true, true);
	lab_run_ms(p.lab, 600);
	assert_noted(p.lab, "alice", "hears the audio of another call", 540);
	assert_int_equal(lab_nth(p.lab, "alice", EVENT_NOTE, NULL, 2)->story, STORY);
	lab_close(p.lab);
}

TEST(what_is_no_rtp_is_not_heard)
{
	static const struct row {
		const char *to, *bytes;
		size_t len;
		bool heard;
	} rows[] = {
		{ "192.0.2.11:16384", "\x80\0\0\0\0\0\0\0\0\0\0\0", 12, true },
		{ "192.0.2.11:16384", "\x80\0\0\0\0\0\0\0\0\0\0\0", 11, false },
		{ "192.0.2.11:16384", "", 0, false },
		{ "192.0.2.11:16384", "\r\n\r\n\r\n\r\n\r\n\r\n", 12, false },
		{ "192.0.2.11:16385", "\x80\xC9\0\1\0\0\0\0", 8, true },
		{ "192.0.2.11:16385", "\x80\xC9\0\1", 4, false },
		{ "192.0.2.11:16384", "\xC0\0\0\0\0\0\0\0\0\0\0\0", 12, false },
		{ "192.0.2.11:16384", "\0\0\0\0\0\0\0\0\0\0\0\0", 12, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair p = pair_new();
		lab_send_bytes(p.lab, "192.0.2.12:16384", rows[i].to, rows[i].bytes, rows[i].len);
		lab_run_ms(p.lab, 100);
		if (!rows[i].heard)
			assert_dropped(p.lab, "alice", "no RTP");
		assert_int_equal(lab_count(p.lab, NULL, EVENT_DROPPED, NULL), !rows[i].heard);
		lab_close(p.lab);
	}
}

/* --- ports ----------------------------------------------------------------------------- */

TEST(each_call_takes_the_next_port_that_is_free_and_none_beyond_the_last)
{
	struct pair p = pair_new();
	struct talker *t = talker_new(p.lab, "many", p.lab->internet, "192.0.2.14");
	t->profile.port = 65530;
	struct media_end *ends[3];
	static const uint32_t ports[] = { 65530, 65532, 65534 };
	for (size_t i = 0; i < COUNT(ports); i++) {
		ends[i] = end_of(t);
		assert_int_equal(media_local(ends[i]).port, ports[i]);
	}
	media_close(&t->ends, ends[1]);
	assert_int_equal(media_next_port(&t->ends, &t->profile), 65532);
	/* where none is free, two share one, and the newer call hears */
	assert_int_equal(media_local(end_of(t)).port, 65532);
	assert_int_equal(media_next_port(&t->ends, &t->profile), 65532);
	t->profile.step = 0;
	assert_int_equal(media_next_port(&t->ends, &t->profile), 65530);
	lab_close(p.lab);
}

TEST(thousands_of_ends_are_found_by_their_ports_and_a_closed_one_is_not)
{
	enum { MANY = 2000 };
	struct pair p = pair_new();
	struct talker *t = talker_new(p.lab, "many", p.lab->internet, "192.0.2.14");
	struct media_end *ends[MANY];
	for (uint32_t i = 0; i < MANY; i++)
		ends[i] = end_of_story(t, true, 100 + i);
	for (uint32_t i = 0; i < MANY; i += 3)
		media_close(&t->ends, ends[i]);
	static const char rtp[12] = "\x80", report[8] = "\x80";
	for (uint32_t i = 0; i < MANY; i++) {
		const char *to = arena_printf(p.lab->arena, "192.0.2.14:%u", 16384 + 2 * i);
		lab_send_bytes(p.lab, "192.0.2.12:16384", to, rtp, sizeof rtp);
		to = arena_printf(p.lab->arena, "192.0.2.14:%u", 16385 + 2 * i);
		lab_send_bytes(p.lab, "192.0.2.12:16384", to, report, sizeof report);
	}
	lab_run_ms(p.lab, 100);
	assert_int_equal(t->missed, 2 * 667);
	assert_int_equal(lab_count(p.lab, "many", EVENT_NOTE, NULL), MANY - 667);
	assert_int_equal(lab_nth(p.lab, "many", EVENT_NOTE, NULL, 1)->story, 101);
	lab_close(p.lab);
}

TEST(a_closed_end_is_silent_and_leaves_nothing_behind)
{
	struct pair p = pair_new();
	p.alice->profile.rtcp = true;
	pair_talk(&p);
	lab_run_ms(p.lab, 1500);
	media_close(&p.alice->ends, p.a);
	media_close(&p.bob->ends, p.b);
	lab_run_ms(p.lab, 60000);
	assert_sent(p.lab, "alice", NULL, "0.000 0.000 1.000");
	assert_int_equal(p.lab->world->end, WORLD_RUNNING);
	size_t used = arena_used(p.lab->arena);
	for (uint32_t i = 0; i < 100; i++)
		media_close(&p.alice->ends, end_of(p.alice));
	assert_int_equal(arena_used(p.lab->arena), used);
	lab_close(p.lab);
}

/* --- latching -------------------------------------------------------------------------- */

/*
 * phone, stray ... --> relay --> far end, which talks all the time
 *
 * What arrives at the relay from S (where SDP says), P (phone), M (the phone behind another port) and X
 * (somebody else), and where the relay sends each of the far end's datagrams: the n-th comes by at n.040.
 */
static const char *place_of(char letter)
{
	switch (letter) {
	case 'S':
		return "192.0.2.11:16384";
	case 'P':
		return "192.0.2.77:20001";
	case 'M':
		return "192.0.2.77:20002";
	default:
		return "192.0.2.66:4000";
	}
}

static char letter_of(struct endpoint e)
{
	static const char letters[] = "SPMX";
	for (const char *l = letters; *l; l++)
		if (endpoint_equal(endpoint_of(place_of(*l)), e))
			return *l;
	return '?';
}

static void latch_like(struct talker *t, const struct media_profile *latch)
{
	t->profile.latch = latch->latch;
	t->profile.latch_after = latch->latch_after;
	t->profile.latch_probation = latch->latch_probation;
	t->profile.latch_strict = latch->latch_strict;
	t->profile.every = 20 * MSEC; /* as far as probation goes */
}

struct relay {
	struct lab *lab;
	struct talker *relay, *far;
	struct media_end *near_end, *far_end;
};

static struct relay relay_new(const struct media_profile *latch)
{
	struct lab *lab = lab_with("", NULL, "");
	struct relay r = { lab, talker_new(lab, "relay", lab->internet, "192.0.2.20"),
			   talker_new(lab, "far", lab->internet, "192.0.2.12") };
	latch_like(r.relay, latch);
	r.near_end = end_of_story(r.relay, false, STORY);
	r.far_end = end_of_story(r.relay, false, STORY);
	media_join(r.near_end, r.far_end);
	struct media_end *far = end_of(r.far);
	describe(r.near_end, place_of('S'), true, true);
	describe(r.far_end, "192.0.2.12:16384", true, true);
	describe(far, "192.0.2.20:16386", true, true);
	return r;
}

/* Somebody else's audio would be of another story: that is noted, but changes nothing. */
static void arrive(const struct relay *r, char from)
{
	static const char rtp[12] = "\x80";
	lab_send_bytes(r->lab, place_of(from), "192.0.2.20:16384", rtp, sizeof rtp);
}

/* "1.5 P, 4 !": P's datagram arrives at 1.5 s, an offer at 4 s that changes nothing. */
static void happen(const struct relay *r, const char *events)
{
	double at;
	char what;
	for (int n; sscanf(events, " %lf %c%n", &at, &what, &n) == 2; events += n) {
		lab_run_ms(r->lab, (int64_t)(at * 1000) - 20); /* under way for so long */
		if (what == '!') {
			lab_run_ms(r->lab, (int64_t)(at * 1000));
			describe(r->near_end, place_of('S'), true, true);
		} else {
			arrive(r, what);
		}
		n += events[n] == ',';
	}
}

static const char *destinations(const struct relay *r, int n)
{
	char *all = arena_alloc(r->lab->arena, (size_t)n + 1);
	int found = 0;
	struct trace_cursor c = trace_first(&r->lab->world->trace);
	for (const struct record *rec; (rec = trace_next(&c));)
		if (rec->event == EVENT_SENT && rec->iface == &r->relay->iface && rec->src.port == 16384)
			all[found++] = letter_of(rec->dst);
	assert_int_equal(found, n);
	return all;
}

static const struct record *arrival(const struct lab *lab, uint32_t id)
{
	struct trace_cursor c = trace_first(&lab->world->trace);
	const struct record *r = trace_next(&c);
	while (r && !(r->event == EVENT_ARRIVED && r->id == id))
		r = trace_next(&c);
	assert_non_null(r);
	return r;
}

/* Whose datagrams the relay sends on to the far end, in order. */
static const char *far_hears(const struct relay *r)
{
	char *all = arena_alloc(r->lab->arena, 100);
	size_t n = 0;
	struct trace_cursor c = trace_first(&r->lab->world->trace);
	for (const struct record *rec; (rec = trace_next(&c));)
		if (rec->event == EVENT_SENT && rec->iface == &r->relay->iface && rec->src.port == 16386)
			all[n++] = letter_of(arrival(r->lab, rec->parent)->src);
	return all;
}

#define SECONDS 10

TEST(where_a_relay_sends_to_depends_on_when_whose_datagrams_came)
{
	static const struct media_profile off = { .latch = LATCH_OFF }, always = { .latch = LATCH_ALWAYS },
					  immediate = { .latch = LATCH_ONCE },
					  delayed = { .latch = LATCH_ONCE, .latch_after = 3 * SEC },
					  strict = { .latch = LATCH_ONCE,
						     .latch_after = 3 * SEC,
						     .latch_strict = true },
					  handover = { .latch = LATCH_ALWAYS, .latch_strict = true },
					  slow = { .latch = LATCH_ONCE, .latch_probation = 80 * MSEC },
					  slow_strict = { .latch = LATCH_ONCE,
							  .latch_probation = 80 * MSEC,
							  .latch_strict = true };
	static const struct row {
		const struct media_profile *latch;
		const char *events, *to, *heard;
	} rows[] = {
		/* nobody speaks: SDP is all there is */
		{ &off, "", "SSSSSSSSSS", "" },
		{ &delayed, "", "SSSSSSSSSS", "" },
		/* whoever speaks, SDP counts */
		{ &off, "1.5 P, 3.5 P, 5.5 X", "SSSSSSSSSS", "PPX" },
		/* inside the window every datagram moves it, the first one after it decides */
		{ &delayed, "0.5 P, 1.5 X, 2.5 P, 3.5 P, 5.5 X", "SPXPPPPPPP", "PXPPX" },
		{ &delayed, "0.5 X, 1.5 P, 2.5 X, 3.5 P, 5.5 X", "SXPXPPPPPP", "XPXPX" },
		/* a stray one that is the first after the window, before the phone speaks: the phone is deaf,
		   and heard */
		{ &delayed, "4.5 X, 5.5 P, 6.5 P", "SSSSSXXXXX", "XPP" },
		/* one that is the last inside, and the phone silent until the next offer: neither is the
		   phone followed then */
		{ &delayed, "1.5 P, 2.5 X", "SSPXXXXXXX", "PX" },
		/* the phone behind another port after the window: deaf, and heard */
		{ &delayed, "0.5 P, 3.5 P, 4.5 M, 5.5 M", "SPPPPPPPPP", "PPMM" },
		/* until the next offer or answer, which opens the window anew */
		{ &delayed, "0.5 P, 3.5 P, 4.5 M, 5.2 !, 5.5 M, 8.5 M, 8.8 X", "SPPPPPMMMM", "PPMMMX" },
		/* behind another port inside the window: repaired at once */
		{ &delayed, "0.5 P, 1.5 M, 3.5 M", "SPMMMMMMMM", "PMM" },
		/* the window counts from the offer, not from the first datagram */
		{ &delayed, "3.0 P, 3.5 X", "SSSPPPPPPP", "PX" },
		{ &delayed, "2.9 P, 3.5 X", "SSSPXXXXXX", "PX" },
		/* strict: both are deaf then */
		{ &strict, "0.5 P, 3.5 P, 4.5 M, 5.5 M", "SPPPPPPPPP", "PP" },
		{ &strict, "0.5 P, 3.5 P, 4.5 M, 5.2 !, 5.5 M", "SPPPPPMMMM", "PPM" },
		{ &strict, "0.5 P, 1.5 X, 3.5 P, 4.5 X", "SPXXPPPPPP", "PXP" },
		/* the first one for ever */
		{ &immediate, "0.5 P, 1.5 X, 5.5 X", "SPPPPPPPPP", "PXX" },
		{ &immediate, "0.5 X, 1.5 P, 5.5 P", "SXXXXXXXXX", "XPP" },
		/* everybody */
		{ &always, "0.5 P, 3.5 P, 4.5 M, 5.5 X", "SPPPPMXXXX", "PPMX" },
		{ &handover, "0.5 P, 3.5 P, 4.5 M, 5.5 M", "SPPPPMMMMM", "PPMM" },
		/* somebody new has to last: a single datagram is not enough, nor are two with another one
		   between */
		{ &slow, "0.5 X, 1.5 P, 1.7 P, 5.5 X, 5.9 X", "SSPPPPPPPP", "XPPXX" },
		{ &slow, "1.50 P, 1.55 X, 1.60 P, 1.65 X, 3.5 P", "SSSSSSSSSS", "PXPXP" },
		{ &slow, "1.50 P, 1.55 P, 2.1 P", "SSSPPPPPPP", "PPP" },
		/* the fourth of a stream of one every 20 ms */
		{ &slow, "1.50 P, 1.52 P, 1.54 P, 1.56 P", "SSPPPPPPPP", "PPPP" },
		/* whom SDP names is no news */
		{ &slow, "0.5 S, 1.5 P, 1.7 P", "SSSSSSSSSS", "SPP" },
		/* strict: he is not heard before either */
		{ &slow_strict, "0.5 X, 1.5 P, 1.7 P, 5.5 X, 5.9 X", "SSPPPPPPPP", "P" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct relay r = relay_new(rows[i].latch);
		happen(&r, rows[i].events);
		lab_run_ms(r.lab, SECONDS * 1000 - 900);
		const char *to = destinations(&r, SECONDS), *heard = far_hears(&r);
		if (strcmp(to, rows[i].to) != 0 || strcmp(heard, rows[i].heard) != 0)
			lab_fail(r.lab, "row %zu, %s: to %s and not %s, heard %s and not %s", i,
				 rows[i].events, to, rows[i].to, heard, rows[i].heard);
		lab_close(r.lab);
	}
}

/* "P>" it follows P from now on, "M-" it hears M and does not. */
static const char *told(const struct relay *r)
{
	char *all = arena_alloc(r->lab->arena, 100);
	size_t n = 0;
	struct trace_cursor c = trace_first(&r->lab->world->trace);
	for (const struct record *rec; (rec = trace_next(&c));) {
		if (rec->fact != &fact_media_latched && rec->fact != &fact_media_kept)
			continue;
		all[n++] = letter_of((struct endpoint){ (uint32_t)(rec->value >> 16), rec->value & 0xFFFF });
		all[n++] = rec->fact == &fact_media_latched ? '>' : '-';
	}
	return all;
}

TEST(a_relay_tells_once_whom_it_follows_and_whom_it_does_not)
{
	static const struct {
		struct media_profile latch;
		const char *told;
	} rows[] = {
		{ { .latch = LATCH_ONCE, .latch_after = 3 * SEC }, "P>M-X-" },
		{ { .latch = LATCH_ALWAYS }, "P>M>X>" },
		{ { .latch = LATCH_ONCE, .latch_after = 3 * SEC, .latch_strict = true }, "P>" }, /* it drops them */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct relay r = relay_new(&rows[i].latch);
		happen(&r, "0.5 P, 3.5 P, 4.5 M, 5.5 M, 6.5 X, 7.5 X");
		lab_run_ms(r.lab, SECONDS * 1000);
		assert_string_equal(told(&r), rows[i].told);
		lab_close(r.lab);
	}
}

/* --- relays ---------------------------------------------------------------------------- */

/* phone --> relay:16384 = relay:16386 --> far end */
static struct talker *phone_of(const struct relay *r)
{
	struct talker *phone = talker_new(r->lab, "alice", r->lab->internet, "192.0.2.11");
	phone->profile.rtcp = true;
	describe(end_of(phone), "192.0.2.20:16384", true, true);
	return phone;
}

TEST(what_a_relay_hears_it_sends_on_from_its_other_port_as_it_is)
{
	struct relay r = relay_new(&(struct media_profile){ 0 });
	r.far->profile.rtcp = true;
	phone_of(&r);
	lab_run_ms(r.lab, 900);
	static const char *const labels[] = { "RTP", "RTCP" };
	static const char *const flows[] = { "192.0.2.20:16386 > 192.0.2.12:16384",
					     "192.0.2.20:16387 > 192.0.2.12:16385" };
	for (size_t i = 0; i < COUNT(labels); i++) {
		const struct record *in = lab_nth(r.lab, "alice", EVENT_SENT, labels[i], 1);
		const struct record *on = lab_nth(r.lab, "far", EVENT_ARRIVED, labels[i], 1);
		assert_int_equal(on->parent, in->id);
		assert_ptr_equal(on->payload, in->payload);
		assert_string_equal(lab_flow(r.lab, on), flows[i]);
		assert_int_equal(on->at, 80 * MSEC);
	}
	/* a relay listens to nobody */
	assert_int_equal(lab_count(r.lab, "relay", EVENT_NOTE, NULL), 0);
	assert_int_equal(lab_count(r.lab, "far", EVENT_NOTE, NULL), 1);
	lab_close(r.lab);
}

TEST(a_relay_has_nobody_to_send_on_to_before_it_is_told_and_while_that_one_is_not_to_hear)
{
	struct relay r = relay_new(&(struct media_profile){ 0 });
	describe(r.far_end, "0.0.0.0:16384", true, true);
	phone_of(&r);
	lab_run_ms(r.lab, 500);
	assert_dropped(r.lab, "relay", "nobody to send the audio on to");
	assert_int_equal(lab_count(r.lab, "far", EVENT_ARRIVED, NULL), 0);
	describe(r.far_end, "192.0.2.12:16384", true, true);
	lab_run_ms(r.lab, 1500);
	assert_int_equal(lab_count(r.lab, "far", EVENT_ARRIVED, "RTP"), 1);
	describe(r.far_end, "192.0.2.12:16384", false, true);
	lab_run_ms(r.lab, 6500);
	assert_dropped(r.lab, "relay", "the call is on hold: nobody listens");
	assert_int_equal(lab_count(r.lab, "far", EVENT_ARRIVED, "RTP"), 1);
	assert_int_equal(lab_count(r.lab, "far", EVENT_ARRIVED, "RTCP"), 1);
	/* one end is closed: the other one has no other side any more */
	media_close(&r.relay->ends, r.far_end);
	lab_run_ms(r.lab, 10500);
	assert_int_equal(lab_count(r.lab, "far", EVENT_ARRIVED, NULL), 2);
	lab_close(r.lab);
}

TEST(an_offer_of_either_side_opens_the_learning_window_of_both)
{
	struct relay r = relay_new(&(struct media_profile){ .latch = LATCH_ONCE, .latch_after = 3 * SEC });
	lab_run_ms(r.lab, 2500);
	describe(r.far_end, "192.0.2.12:16384", true, true);
	happen(&r, "3.5 X, 4.5 P, 5.6 P, 6.5 X");
	lab_run_ms(r.lab, 8500);
	assert_string_equal(destinations(&r, 9), "SSSSXPPPP");
	lab_close(r.lab);
}

TEST(another_address_in_sdp_is_believed_until_something_is_heard)
{
	struct relay r = relay_new(&(struct media_profile){ .latch = LATCH_ONCE });
	happen(&r, "0.5 P");
	lab_run_ms(r.lab, 2500);
	describe(r.near_end, place_of('M'), true, true);
	happen(&r, "4.5 X, 5.5 P");
	lab_run_ms(r.lab, 6500);
	assert_string_equal(destinations(&r, 7), "SPPMMXX");
	lab_close(r.lab);
}

TEST(latching_may_be_switched_while_a_call_runs)
{
	struct relay r = relay_new(&(struct media_profile){ .latch = LATCH_OFF });
	happen(&r, "1.5 P");
	lab_run_ms(r.lab, 3500);
	r.relay->profile.latch = LATCH_ALWAYS;
	lab_run_ms(r.lab, 5500);
	r.relay->profile.latch = LATCH_OFF;
	lab_run_ms(r.lab, 6500);
	assert_string_equal(destinations(&r, 7), "SSSSPPS");
	lab_close(r.lab);
}

TEST(injected_audio_is_sent_on_and_not_taken_for_that_of_the_call)
{
	struct relay r = relay_new(&(struct media_profile){ .latch = LATCH_ONCE });
	happen(&r, "0.5 S, 1.5 X");
	lab_run_ms(r.lab, 2000);
	assert_noted(r.lab, "far", "hears the audio of another call", 1540);
	assert_int_equal(lab_nth(r.lab, "far", EVENT_NOTE, NULL, 2)->story, STORY);
	lab_close(r.lab);
}

/* --- behind a router ------------------------------------------------------------------- */

/* alice 192.168.1.110:16384 -- router 203.0.113.17 -- bob 192.0.2.12:16384 */
static struct pair pair_behind(const char *router, const char *alg)
{
	struct lab *lab = lab_new(&(struct lab_setup){ .router = router, .alg = alg });
	struct pair pair = { lab, talker_new(lab, "alice", lab->lan, "192.168.1.110"),
			     talker_new(lab, "bob", lab->internet, "192.0.2.12") };
	pair.a = end_of(pair.alice);
	pair.b = end_of(pair.bob);
	return pair;
}

#define PORTS  "ports=random next-ports=23201+23202+23203+23204"
#define RANDOM PORTS " mapping=address-and-port-dependent filtering=address-and-port-dependent"

/* How often somebody has heard the other one. */
static int heard(const struct lab *lab, const struct talker *who)
{
	int n = 0;
	struct trace_cursor c = trace_first(&lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		n += r->fact == &fact_audio_heard && r->iface == &who->iface;
	return n;
}

TEST(a_private_address_in_sdp_is_nowhere_and_only_latching_finds_the_phone)
{
	for (int latch = LATCH_OFF; latch <= LATCH_ALWAYS; latch++) {
		struct pair p = pair_behind(RANDOM, NULL);
		p.bob->profile.latch = latch;
		describe(p.a, "192.0.2.12:16384", true, true);
		describe(p.b, "192.168.1.110:16384", true, true);
		lab_run_ms(p.lab, 5500);
		assert_string_equal(lab_flow(p.lab, lab_nth(p.lab, "bob", EVENT_ARRIVED, "RTP", 1)),
				    "203.0.113.17:23201 > 192.0.2.12:16384");
		assert_int_equal(lab_count(p.lab, "alice", EVENT_ARRIVED, "RTP"), latch == LATCH_OFF ? 0 : 5);
		lab_close(p.lab);
	}
}

TEST(two_who_wait_for_each_other_behind_a_router_are_both_deaf)
{
	struct pair p = pair_behind(RANDOM, NULL);
	p.alice->profile.waits = true;
	p.bob->profile.latch = LATCH_ALWAYS;
	describe(p.a, "192.0.2.12:16384", true, true);
	describe(p.b, "192.168.1.110:16384", true, true);
	lab_run_ms(p.lab, 20000);
	assert_sent(p.lab, "alice", NULL, "");
	assert_dropped(p.lab, "bob", "no route to 192.168.1.110");
	lab_close(p.lab);
}

TEST(rtcp_has_a_mapping_of_its_own)
{
	struct pair p = pair_behind(RANDOM, NULL);
	p.alice->profile.rtcp = true;
	describe(p.a, "192.0.2.12:16384", true, true);
	lab_run_ms(p.lab, 100);
	assert_string_equal(lab_flow(p.lab, lab_nth(p.lab, "bob", EVENT_ARRIVED, "RTCP", 1)),
			    "203.0.113.17:23202 > 192.0.2.12:16385");
	lab_close(p.lab);
}

/* Measured with rtpengine on a router with random ports. */
TEST(after_a_restart_of_the_router_the_phone_is_heard_and_deaf_until_the_next_offer)
{
	static const struct row {
		const struct media_profile latch;
		const char *router;
		int bob_hears, alice_hears; /* of five datagrams after the restart */
		int after_offer;	    /* of three */
	} rows[] = {
		{ { .latch = LATCH_ONCE, .latch_after = 3 * SEC }, RANDOM, 5, 0, 3 },
		{ { .latch = LATCH_ONCE, .latch_after = 3 * SEC, .latch_strict = true }, RANDOM, 0, 0, 3 },
		{ { .latch = LATCH_ONCE }, RANDOM, 5, 0, 3 },
		{ { .latch = LATCH_ALWAYS }, RANDOM, 5, 4, 3 },
		{ { .latch = LATCH_ALWAYS, .latch_strict = true }, RANDOM, 5, 4, 3 },
		/* where ports are kept nothing has happened */
		{ { .latch = LATCH_ONCE, .latch_after = 3 * SEC }, "ports=preserve", 5, 5, 3 },
	};
	/* how sparse datagrams are decides nothing */
	static const usec paces[] = { 1 * SEC, 250 * MSEC, 20 * MSEC };
	for (size_t i = 0; i < COUNT(rows) * COUNT(paces); i++) {
		const struct row *row = &rows[i % COUNT(rows)];
		struct pair p = pair_behind(row->router, NULL);
		latch_like(p.bob, &row->latch);
		p.alice->profile.every = p.bob->profile.every = paces[i / COUNT(rows)];
		int each = (int)(SEC / p.bob->profile.every);
		describe(p.a, "192.0.2.12:16384", true, true);
		describe(p.b, "192.168.1.110:16384", true, true);
		lab_run_ms(p.lab, 5500);
		router_restart(p.lab->router);
		lab_run_ms(p.lab, 5600);
		int bob = heard(p.lab, p.bob), alice = heard(p.lab, p.alice);
		lab_run_ms(p.lab, 10600);
		assert_int_equal(heard(p.lab, p.bob) - bob, row->bob_hears * each);
		/* the first ones may be lost until the phone has spoken again */
		assert_in_range(heard(p.lab, p.alice) - alice, row->alice_hears * each,
				row->alice_hears ? 5 * each : 0);
		describe(p.b, "192.168.1.110:16384", true, true);
		lab_run_ms(p.lab, 11100);
		alice = heard(p.lab, p.alice);
		lab_run_ms(p.lab, 14100);
		assert_int_equal(heard(p.lab, p.alice) - alice, row->after_offer * each);
		lab_close(p.lab);
	}
}

TEST(a_long_call_takes_no_more_memory_than_a_short_one)
{
	struct pair p = pair_behind(RANDOM, NULL);
	p.lab->world->trace.level = TRACE_COUNTS;
	p.alice->profile.rtcp = p.bob->profile.rtcp = true;
	p.bob->profile.latch = LATCH_ALWAYS;
	describe(p.a, "192.0.2.12:16384", true, true);
	describe(p.b, "192.168.1.110:16384", true, true);
	lab_run_ms(p.lab, 10000);
	size_t used = arena_used(p.lab->arena);
	lab_run_ms(p.lab, 86400000);
	assert_int_equal(arena_used(p.lab->arena), used);
	lab_close(p.lab);
}

/* --- behind a router that reads SDP ---------------------------------------------------- */

#define OUTSIDE	  "203.0.113.17"
#define SIGNALLED "192.0.2.12:5060"

static const char *message(const struct lab *lab, const char *start, const char *cseq, const char *media)
{
	const char *body = arena_printf(lab->arena,
					"v=0\no=- 1 1 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\n"
					"m=audio 16384 RTP/AVP 0\n",
					media, media);
	return arena_printf(lab->arena,
			    "%s\nVia: SIP/2.0/UDP 192.168.1.110:5060;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\n"
			    "To: <sip:c@d>\nCall-ID: 1\nCSeq: %s\nContent-Type: application/sdp\n"
			    "Content-Length: %zu\n\n%s",
			    start, cseq, strlen(lab_crlf(lab, body)), body);
}

/* Somebody inside calls bob; bob answers with his own address or another one. */
static void call(struct lab *lab, const char *caller, const char *media)
{
	const char *from = arena_printf(lab->arena, "%s:5060", caller);
	lab_send_inside(lab, from, SIGNALLED, message(lab, "INVITE sip:c@d SIP/2.0", "1 INVITE", caller));
	lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
	int n = lab_count(lab, "bob", EVENT_ARRIVED, "forged");
	const struct record *invite = lab_nth(lab, "bob", EVENT_ARRIVED, "forged", n);
	assert_non_null(strstr(lab_text(invite), "c=IN IP4 " OUTSIDE "\r\nt=0 0\r\nm=audio 16384 "));
	char outside[ENDPOINT_TEXT_MAX];
	endpoint_print(invite->src, outside);
	lab_send(lab, SIGNALLED, outside, message(lab, "SIP/2.0 200 OK", "1 INVITE", media));
	lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
}

/* Measured on Linux 6.18: audio passes both ways, whoever begins, and leaves from the port that SDP has
 * named. */
TEST(pinholes_let_audio_in_before_the_phone_speaks_and_keep_its_ports)
{
	for (int waits = 0; waits < 2; waits++) {
		struct pair p = pair_behind(RANDOM, "linux");
		p.alice->profile.rtcp = p.bob->profile.rtcp = true;
		p.alice->profile.waits = waits;
		call(p.lab, "192.168.1.110", "192.0.2.12");
		describe(p.b, OUTSIDE ":16384", true, true);
		if (waits)
			describe(p.a, "192.0.2.12:16384", true, true);
		lab_run_ms(p.lab, 900);
		assert_int_equal(heard(p.lab, p.alice), 1);
		describe(p.a, "192.0.2.12:16384", true, true);
		lab_run_ms(p.lab, 5900);
		assert_int_equal(heard(p.lab, p.alice), 6);
		assert_int_equal(heard(p.lab, p.bob), waits ? 6 : 5);
		assert_string_equal(lab_flow(p.lab, lab_nth(p.lab, "bob", EVENT_ARRIVED, "RTP", 1)),
				    OUTSIDE ":16384 > 192.0.2.12:16384");
		assert_string_equal(lab_flow(p.lab, lab_nth(p.lab, "bob", EVENT_ARRIVED, "RTCP", 1)),
				    OUTSIDE ":16385 > 192.0.2.12:16385");
		assert_int_equal(lab_count(p.lab, "alice", EVENT_ARRIVED, "RTCP"), 2);
		lab_close(p.lab);
	}
}

/* Measured on Linux 6.18: SDP is rewritten, but the pinhole is for the address that signals. */
TEST(media_of_a_third_party_needs_latching_where_ports_are_random)
{
	static const struct row {
		const char *router;
		int latch;
		bool hears;
	} rows[] = {
		{ RANDOM, LATCH_OFF, false },
		{ RANDOM, LATCH_ALWAYS, true },
		{ "ports=preserve", LATCH_OFF, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair p = pair_behind(rows[i].router, "linux");
		struct talker *relay = talker_new(p.lab, "relay", p.lab->internet, "192.0.2.20");
		relay->profile.latch = rows[i].latch;
		struct media_end *r = end_of(relay);
		call(p.lab, "192.168.1.110", "192.0.2.20");
		describe(p.a, "192.0.2.20:16384", true, true);
		lab_run_ms(p.lab, 300);
		describe(r, OUTSIDE ":16384", true, true);
		lab_run_ms(p.lab, 2200);
		assert_int_equal(heard(p.lab, p.alice), rows[i].hears ? 2 : 0);
		assert_int_equal(heard(p.lab, relay), 2);
		lab_close(p.lab);
	}
}

/* Measured on Linux 6.18: an ALG looks at promises, not at flows that live. */
TEST(ports_that_are_used_again_lead_the_audio_to_the_phone_that_had_them_before)
{
	struct pair p = pair_behind("ports=preserve collision=share", "linux");
	struct talker *carol = talker_new(p.lab, "carol", p.lab->lan, "192.168.1.111");
	call(p.lab, "192.168.1.110", "192.0.2.12");
	describe(p.a, "192.0.2.12:16384", true, true);
	describe(p.b, OUTSIDE ":16384", true, true);
	lab_run_ms(p.lab, 2500);
	lab_send_inside(p.lab, "192.168.1.110:5060", SIGNALLED,
			message(p.lab, "BYE sip:c@d SIP/2.0", "2 BYE", "192.0.2.12"));
	media_close(&p.alice->ends, p.a);
	media_close(&p.bob->ends, p.b);
	lab_run_ms(p.lab, 3000);
	p.bob->profile.step = 0;
	struct media_end *c = end_of(carol), *b = end_of(p.bob);
	call(p.lab, "192.168.1.111", "192.0.2.12");
	p.alice->missed = 0;
	describe(b, OUTSIDE ":16384", true, true);
	describe(c, "192.0.2.12:16384", true, true);
	lab_run_ms(p.lab, 5500);
	assert_int_equal(heard(p.lab, carol), 0);
	assert_int_equal(p.alice->missed, 3);
	lab_close(p.lab);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_datagram_leaves_as_soon_as_it_is_said_where_to_and_then_one_a_second),
		cmocka_unit_test(a_datagram_is_rtp_of_its_time_and_speaker),
		cmocka_unit_test(who_hears_notes_the_speaker),
		cmocka_unit_test(a_muted_end_sends_silence_or_nothing),
		cmocka_unit_test(
			who_is_not_to_send_is_silent_and_who_is_on_hold_hears_nothing_but_reports_go_on),
		cmocka_unit_test(it_sends_nothing_to_an_address_or_a_port_of_zero),
		cmocka_unit_test(who_waits_says_nothing_before_he_hears_something),
		cmocka_unit_test(two_who_wait_wait_for_ever),
		cmocka_unit_test(
			who_is_not_symmetric_sends_from_another_pair_of_ports_where_he_does_not_hear),
		cmocka_unit_test(
			rtcp_is_a_sender_report_every_five_seconds_from_the_next_port_to_the_next_port),
		cmocka_unit_test(rtcp_goes_where_sdp_says_that_it_is_heard_and_learns_apart_from_rtp),
		cmocka_unit_test(audio_of_another_call_is_told_from_that_of_ones_own),
		cmocka_unit_test(what_is_no_rtp_is_not_heard),
		cmocka_unit_test(each_call_takes_the_next_port_that_is_free_and_none_beyond_the_last),
		cmocka_unit_test(thousands_of_ends_are_found_by_their_ports_and_a_closed_one_is_not),
		cmocka_unit_test(a_closed_end_is_silent_and_leaves_nothing_behind),
		cmocka_unit_test(where_a_relay_sends_to_depends_on_when_whose_datagrams_came),
		cmocka_unit_test(a_relay_tells_once_whom_it_follows_and_whom_it_does_not),
		cmocka_unit_test(what_a_relay_hears_it_sends_on_from_its_other_port_as_it_is),
		cmocka_unit_test(
			a_relay_has_nobody_to_send_on_to_before_it_is_told_and_while_that_one_is_not_to_hear),
		cmocka_unit_test(an_offer_of_either_side_opens_the_learning_window_of_both),
		cmocka_unit_test(another_address_in_sdp_is_believed_until_something_is_heard),
		cmocka_unit_test(latching_may_be_switched_while_a_call_runs),
		cmocka_unit_test(injected_audio_is_sent_on_and_not_taken_for_that_of_the_call),
		cmocka_unit_test(a_private_address_in_sdp_is_nowhere_and_only_latching_finds_the_phone),
		cmocka_unit_test(two_who_wait_for_each_other_behind_a_router_are_both_deaf),
		cmocka_unit_test(rtcp_has_a_mapping_of_its_own),
		cmocka_unit_test(
			after_a_restart_of_the_router_the_phone_is_heard_and_deaf_until_the_next_offer),
		cmocka_unit_test(a_long_call_takes_no_more_memory_than_a_short_one),
		cmocka_unit_test(pinholes_let_audio_in_before_the_phone_speaks_and_keep_its_ports),
		cmocka_unit_test(media_of_a_third_party_needs_latching_where_ports_are_random),
		cmocka_unit_test(ports_that_are_used_again_lead_the_audio_to_the_phone_that_had_them_before),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
