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
	r.relay->profile.latch = latch->latch;
	r.relay->profile.latch_after = latch->latch_after;
	r.relay->profile.latch_probation = latch->latch_probation;
	r.relay->profile.latch_strict = latch->latch_strict;
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
		{ &slow, "1.50 P, 1.57 P, 2.1 P", "SSSPPPPPPP", "PPP" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_datagram_leaves_as_soon_as_it_is_said_where_to_and_then_one_a_second),
		cmocka_unit_test(a_datagram_is_rtp_of_its_time_and_speaker),
		cmocka_unit_test(who_hears_notes_the_speaker),
		cmocka_unit_test(where_a_relay_sends_to_depends_on_when_whose_datagrams_came),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
