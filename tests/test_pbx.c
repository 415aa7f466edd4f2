/*
 * A PBX in calls, and the far end beside a proxy, as a logbook.
 *
 *	alice 192.0.2.104, user 100 ---- server 198.51.100.158:5060 ---- bob 192.0.2.105, user 101
 *
 * Each wire takes 20 ms. A router, where there is one, is in front of alice.
 */
#include <string.h>

#include "models/media.h"
#include "tests/lab.h"

struct pair {
	struct lab *lab;
	struct phone *bob;
};

/* Both are registered when a second has passed. */
static struct pair pair_with(const char *alice, const char *router, const char *server)
{
	struct pair p = { .lab = lab_with(alice, router, server) };
	p.bob = lab_add_phone(p.lab, "bob", router ? "192.168.1.105" : "192.0.2.105", "user=101");
	lab_register(p.lab);
	phone_register(p.bob, world_story(p.lab->world));
	lab_run_ms(p.lab, 1000);
	return p;
}

/* What alice, bob or the server says of the calls with this story: the notes, a line each, without audio. */
static const char *calls_at(const struct pair *p, const char *where, uint32_t story)
{
	const char *text = "";
	struct trace_cursor c = trace_first(&p->lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		char name[64], sentence[128];
		iface_name(r->iface, name, sizeof name);
		record_sentence(r, sentence, sizeof sentence);
		if (r->event == EVENT_NOTE && r->story == story && !strcmp(name, where) &&
		    strncmp(sentence, "hears", 5) != 0)
			text = arena_printf(p->lab->arena, "%s%d.%03d %s\n", text, (int)(r->at / SEC),
					    (int)(r->at % SEC / MSEC), sentence);
	}
	return text;
}

static void assert_calls(const struct pair *p, const char *where, uint32_t story, const char *expected)
{
	const char *said = calls_at(p, where, story);
	if (strcmp(said, expected) != 0)
		lab_fail(p->lab, "%s says\n%sand not\n%s", where, said, expected);
}

/* How often somebody has heard the other side in this call. */
static int heard_by(const struct pair *p, const char *where, uint32_t story)
{
	int n = 0;
	struct trace_cursor c = trace_first(&p->lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		char name[64];
		iface_name(r->iface, name, sizeof name);
		n += r->fact == &fact_audio_heard && r->story == story && !strcmp(name, where);
	}
	return n;
}

static uint32_t alice_calls(const struct pair *p, const char *user)
{
	uint32_t story = world_story(p->lab->world);
	phone_call(p->lab->phone, SPAN(user), story);
	return story;
}

static uint32_t far_end_calls(const struct pair *p, const char *user)
{
	uint32_t story = world_story(p->lab->world);
	server_call(p->lab->server, SPAN(user), story);
	return story;
}

/* --- the far end ----------------------------------------------------------------------- */

TEST(the_far_end_of_a_pbx_answers_at_once_and_talks)
{
	struct pair p = pair_with("", NULL, "");
	uint32_t story = alice_calls(&p, "200");
	lab_run_ms(p.lab, 4000);
	phone_hangup(p.lab->phone, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "phone", story, "1.040 its call was answered 200\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "server", story, "1.060 is in a call: the ACK has come\n4.020 the other side has hung up\n");
	assert_int_equal(heard_by(&p, "phone", story), 4); /* the last one was under way when it hung up */
	assert_int_equal(heard_by(&p, "server", story), 3);
	assert_ptr_equal(server_far_node(p.lab->server), server_node(p.lab->server));
	lab_close(p.lab);
}

TEST(the_far_end_of_a_pbx_calls_a_phone_and_hangs_up)
{
	struct pair p = pair_with("", NULL, "");
	uint32_t story = far_end_calls(&p, "100");
	lab_run_ms(p.lab, 4000);
	server_hangup(p.lab->server, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "server", story,
		     "1.040 its call was answered 200\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "phone", story,
		     "1.060 is in a call: the ACK has come\n4.020 the other side has hung up\n");
	assert_int_equal(heard_by(&p, "phone", story), 3);
	assert_int_equal(heard_by(&p, "server", story), 3);
	lab_close(p.lab);
}

TEST(the_far_end_gives_up_after_timers_of_its_own)
{
	struct pair p = pair_with("", "ports=random",
				  "stored-contact=source dialog-target=source timers.b=6s timers.f=3s");
	uint32_t answered = far_end_calls(&p, "100");
	lab_run_ms(p.lab, 2000);
	router_restart(p.lab->router); /* nothing that comes from outside gets in any more */
	uint32_t unanswered = far_end_calls(&p, "101");
	server_hangup(p.lab->server, answered);
	lab_run_ms(p.lab, 10000);
	assert_calls(&p, "server", answered,
		     "1.042 its call was answered 200\n5.000 has hung up: nobody answered its BYE\n");
	assert_calls(&p, "server", unanswered, "8.000 its call failed: no final response\n");
	lab_close(p.lab);
}

/* --- two phones ------------------------------------------------------------------------ */

TEST(a_pbx_joins_two_calls_and_ends_both_when_one_hangs_up)
{
	struct pair p = pair_with("", NULL, "media=relay");
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(p.lab, 4000);
	phone_hangup(p.bob, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "phone", story,
		     "1.080 its call was answered 200\n4.040 the other side has hung up\n");
	assert_calls(&p, "bob", story,
		     "1.080 is in a call: the ACK has come\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "server", story, "");
	assert_int_equal(heard_by(&p, "phone", story), 3);
	assert_int_equal(heard_by(&p, "bob", story), 3);
	lab_close(p.lab);
}

/* Where somebody has sent the n-th message of this name to: "192.0.2.104:5060". */
static const char *sent_to(const struct pair *p, const char *where, const char *label, int n)
{
	return strstr(lab_flow(p->lab, lab_nth(p->lab, where, EVENT_SENT, label, n)), "> ") + 2;
}

#define RELAYED "198.51.100.158:30000"
#define BY_BOB	"192.0.2.105:16384"

TEST(audio_of_two_phones_passes_the_pbx_or_goes_through_it)
{
	static const struct {
		const char *server, *alice;
		const char *to; /* where alice's audio goes */
	} rows[] = {
		{ "media=direct", "", BY_BOB },
		{ "media=relay", "", RELAYED },
		/* nobody is behind a NAT */
		{ "media=relay-natted", "", BY_BOB },
		/* alice's Via says something else than where it came from */
		{ "media=relay-natted", "public-address=192.0.2.77", RELAYED },
		{ "media=direct", "public-address=192.0.2.77", BY_BOB },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair p = pair_with(rows[i].alice, NULL, rows[i].server);
		alice_calls(&p, "101");
		lab_run_ms(p.lab, 2000);
		assert_string_equal(sent_to(&p, "phone", "RTP", 1), rows[i].to);
		lab_close(p.lab);
	}
}

/* The one who is on hold says nothing meanwhile; both kinds of PBX tell it so. */
TEST(a_hold_passes_a_pbx)
{
	static const char *const kinds[] = { "media=direct", "media=relay" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct pair p = pair_with("", NULL, kinds[i]);
		uint32_t story = alice_calls(&p, "101");
		lab_run_ms(p.lab, 3500);
		int before = lab_count(p.lab, "bob", EVENT_SENT, "RTP");
		phone_hold(p.lab->phone, story);
		lab_run_ms(p.lab, 6500);
		assert_int_equal(lab_count(p.lab, "bob", EVENT_SENT, "RTP"), before);
		assert_non_null(
			strstr(lab_text(lab_nth(p.lab, "bob", EVENT_ARRIVED, "INVITE", 2)), "a=sendonly"));
		phone_resume(p.lab->phone, story);
		lab_run_ms(p.lab, 9500);
		assert_int_equal(lab_count(p.lab, "bob", EVENT_SENT, "RTP"), before + 3);
		assert_calls(&p, "phone", story,
			     "1.080 its call was answered 200\n3.580 has put the other side on hold\n6.580 "
			     "talks again\n");
		lab_close(p.lab);
	}
}

TEST(a_refresh_of_the_session_stays_on_its_side)
{
	struct pair p = pair_with("session-timer=90s", NULL, "media=relay session-timer=90s");
	alice_calls(&p, "101");
	lab_run_ms(p.lab, 60000);
	assert_int_equal(lab_count(p.lab, "phone", EVENT_SENT, "INVITE") +
				 lab_count(p.lab, "phone", EVENT_ARRIVED, "INVITE"),
			 2);
	assert_int_equal(lab_count(p.lab, "bob", EVENT_ARRIVED, "INVITE"), 1);
	assert_int_equal(lab_count(p.lab, "bob", EVENT_SENT, "RTP"), 59);
	lab_close(p.lab);
}

/* One of them is told 491, the PBX another one, and both get through after a while. */
TEST(both_may_put_each_other_on_hold_at_the_same_moment)
{
	static const char *const kinds[] = { "media=direct", "media=relay" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct pair p = pair_with("", NULL, kinds[i]);
		uint32_t story = alice_calls(&p, "101");
		lab_run_ms(p.lab, 2000);
		phone_hold(p.lab->phone, story);
		phone_hold(p.bob, story);
		lab_run_ms(p.lab, 20000);
		assert_non_null(strstr(calls_at(&p, "phone", story), "has put the other side on hold"));
		assert_non_null(strstr(calls_at(&p, "bob", story), "has put the other side on hold"));
		lab_close(p.lab);
	}
}

/* It has forgotten the call (12.2.1.2). */
TEST(a_hold_that_the_other_side_knows_nothing_of_ends_the_call)
{
	struct pair p = pair_with("", NULL, "media=relay");
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(p.lab, 2000);
	phone_abandon(p.bob, story);
	phone_hold(p.lab->phone, story);
	lab_run_ms(p.lab, 3000);
	assert_sent(p.lab, "bob", "481", "2.040 2.080");
	assert_calls(&p, "phone", story,
		     "1.080 its call was answered 200\n2.080 could not change the call, status 487\n2.080 "
		     "the other side has hung up\n");
	lab_close(p.lab);
}

TEST(a_call_to_two_bindings_is_the_first_ones_who_answers)
{
	struct pair p = pair_with("", NULL, "media=relay");
	struct phone *carol = lab_add_phone(p.lab, "carol", "192.0.2.106", "user=101 ring=5s");
	phone_register(carol, world_story(p.lab->world));
	lab_run_ms(p.lab, 2000);
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(p.lab, 4000);
	assert_calls(&p, "phone", story, "2.080 its call was answered 200\n");
	assert_calls(&p, "bob", story, "2.080 is in a call: the ACK has come\n");
	assert_calls(&p, "carol", story, "2.080 the call ended before it was answered\n");
	assert_sent(p.lab, "carol", "487", "2.080");
	lab_close(p.lab);
}

TEST(the_far_end_is_told_nothing_of_the_bindings_that_did_not_answer)
{
	struct pair p = pair_with("", NULL, "");
	struct phone *carol = lab_add_phone(p.lab, "carol", "192.0.2.106", "user=101 ring=5s");
	phone_register(carol, world_story(p.lab->world));
	lab_run_ms(p.lab, 2000);
	uint32_t story = far_end_calls(&p, "101");
	lab_run_ms(p.lab, 4000);
	assert_calls(&p, "server", story, "2.040 its call was answered 200\n");
	assert_calls(&p, "carol", story, "2.060 the call ended before it was answered\n");
	server_hangup(p.lab->server, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "server", story,
		     "2.040 its call was answered 200\n4.040 has hung up: BYE was answered 200\n");
	lab_close(p.lab);
}

TEST(the_caller_hears_why_nobody_answers)
{
	static const struct {
		const char *user, *bob, *server;
		const char *says; /* alice */
	} rows[] = {
		/* nobody is bound */
		{ "102", "", "", "1.040 its call failed, status 404\n" },
		/* rings too long */
		{ "101", "ring=60s", "invite-timer=10s", "11.080 its call failed, status 480\n" },
		/* is another one */
		{ "101", "uri-check=host-and-port public-address=192.0.2.105:5061", "stored-contact=source",
		  "1.080 its call failed, status 404\n" },
		/* does not say anything */
		{ "101", "listen-port=5061 public-address=192.0.2.99:5061", "",
		  "33.040 its call failed, status 408\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, rows[i].server);
		struct pair p = { lab, lab_add_phone(lab, "bob", "192.0.2.105",
						     arena_printf(lab->arena, "user=101 %s", rows[i].bob)) };
		lab_register(lab);
		phone_register(p.bob, world_story(lab->world));
		lab_run_ms(lab, 1000);
		uint32_t story = alice_calls(&p, rows[i].user);
		lab_run_ms(lab, 40000);
		assert_calls(&p, "phone", story, rows[i].says);
		lab_close(lab);
	}
}

TEST(a_caller_who_gives_up_takes_the_other_call_along)
{
	struct pair p = pair_with("", NULL, "media=relay");
	p.bob = lab_add_phone(p.lab, "carol", "192.0.2.106", "user=102 ring=5s");
	phone_register(p.bob, world_story(p.lab->world));
	lab_run_ms(p.lab, 2000);
	uint32_t story = alice_calls(&p, "102");
	lab_run_ms(p.lab, 4000);
	assert_sent(p.lab, "server", "180", "2.060");
	phone_hangup(p.lab->phone, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "phone", story, "4.040 the call ended before it was answered\n");
	assert_calls(&p, "carol", story, "4.040 the call ended before it was answered\n");
	lab_close(p.lab);
}

TEST(a_pbx_may_challenge_an_invite)
{
	static const struct {
		const char *alice, *server;
		const char *sent; /* by alice */
		const char *says;
	} rows[] = {
		{ "", "challenge-invite=on", "1.000 1.040", "1.080 its call was answered 200\n" },
		{ "", "challenge-invite=on challenge=407", "1.000 1.040",
		  "1.080 its call was answered 200\n" },
		{ "", "challenge-invite=on auth=none", "1.000", "1.040 its call was answered 200\n" },
		{ "", "challenge-invite=off", "1.000", "1.040 its call was answered 200\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair p = pair_with(rows[i].alice, NULL, rows[i].server);
		uint32_t story = alice_calls(&p, "200");
		lab_run_ms(p.lab, 2000);
		assert_sent(p.lab, "phone", "INVITE", rows[i].sent);
		assert_calls(&p, "phone", story, rows[i].says);
		lab_close(p.lab);
	}
}

/* --- where requests go ----------------------------------------------------------------- */

#define RANDOM "ports=random next-ports=23201+23202+23203+23204"
#define INSIDE "192.168.1.104:5060"
#define MAPPED "203.0.113.17:23201"

/* alice is behind a router, writes her private address into her Contact, and is found by her registration's
 * source. */
TEST(later_requests_go_to_the_contact_or_to_where_the_phone_was_seen)
{
	static const struct {
		const char *server;
		const char *called, *calling; /* where the ACK goes when she was called, and the BYE when she
						 has called */
	} rows[] = {
		{ "dialog-target=contact", INSIDE, INSIDE },
		{ "dialog-target=source", MAPPED, MAPPED },
		{ "dialog-target=alias", MAPPED, MAPPED },
		/* she asks for rport */
		{ "dialog-target=source-if-rport", INSIDE, MAPPED },
		{ "dialog-target=source-if-rport force-rport=on", MAPPED, MAPPED },
		{ "dialog-target=source-if-rport force-rport=auto", MAPPED, MAPPED },
		/* she is found */
		{ "dialog-target=source nat-test=contact-private", MAPPED, MAPPED },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char server[128] = "stored-contact=source auth=none ";
		struct lab *lab = lab_with("", RANDOM, strcat(server, rows[i].server));
		struct pair p = { .lab = lab };
		lab_register(lab);
		lab_run_ms(lab, 1000);
		far_end_calls(&p, "100");
		lab_run_ms(lab, 2000);
		assert_string_equal(sent_to(&p, "server", "ACK", 1), rows[i].called);
		uint32_t story = alice_calls(&p, "200");
		lab_run_ms(lab, 3000);
		server_hangup(lab->server, story);
		lab_run_ms(lab, 3001);
		assert_string_equal(sent_to(&p, "server", "BYE", 1), rows[i].calling);
		lab_close(lab);
	}
}

/* --- ports of the server --------------------------------------------------------------- */

/* A router lets in only what comes from where the phone has sent to. */
TEST(a_pbx_may_call_from_another_port_than_where_phones_register)
{
	static const struct {
		const char *router, *call_from;
		const char *says; /* the server */
	} rows[] = {
		{ NULL, "call-from=198.51.100.158:5070", "1.040 its call was answered 200\n" },
		{ NULL, "call-from=198.51.100.159", "1.040 its call was answered 200\n" },
		{ RANDOM, "call-from=198.51.100.158:5060", "1.042 its call was answered 200\n" },
		{ RANDOM, "call-from=198.51.100.158:5070", "33.000 its call failed: no final response\n" },
		{ RANDOM, "call-from=198.51.100.159", "33.000 its call failed: no final response\n" },
		{ RANDOM " filtering=endpoint-independent", "call-from=198.51.100.159",
		  "1.042 its call was answered 200\n" },
		{ RANDOM " filtering=address-dependent", "call-from=198.51.100.158:5070",
		  "1.042 its call was answered 200\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char server[128] = "stored-contact=source dialog-target=source auth=none ";
		struct lab *lab = lab_with("", rows[i].router, strcat(server, rows[i].call_from));
		struct pair p = { .lab = lab };
		lab_register(lab);
		lab_run_ms(lab, 1000);
		uint32_t story = far_end_calls(&p, "100");
		lab_run_ms(lab, 40000);
		assert_calls(&p, "server", story, rows[i].says);
		lab_close(lab);
	}
}

/* What it is answered comes back to where it called from, and the other side's BYE too. */
TEST(a_call_from_another_port_stays_there)
{
	struct pair p = pair_with("", NULL, "call-from=198.51.100.158:5070");
	uint32_t story = far_end_calls(&p, "100");
	lab_run_ms(p.lab, 2000);
	phone_hangup(p.lab->phone, story);
	lab_run_ms(p.lab, 3000);
	assert_string_equal(sent_to(&p, "phone", "200", 1), "198.51.100.158:5070");
	assert_string_equal(sent_to(&p, "phone", "BYE", 1), "198.51.100.158:5070");
	assert_calls(&p, "phone", story,
		     "1.060 is in a call: the ACK has come\n2.040 has hung up: BYE was answered 200\n");
	lab_close(p.lab);
}

TEST(pings_may_come_from_another_port_and_are_answered_there)
{
	static const struct {
		const char *router, *from_port;
		int answered;
	} rows[] = {
		{ NULL, "ping.from-port=5080", 1 },
		{ RANDOM, "ping.from-port=0", 1 },
		{ RANDOM, "ping.from-port=5080", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char server[128] = "stored-contact=source auth=none ping.type=options ping.every=10s ";
		struct lab *lab = lab_with("", rows[i].router, strcat(server, rows[i].from_port));
		lab_register(lab);
		lab_run_ms(lab, 11000);
		assert_int_equal(lab_count(lab, "server", EVENT_ARRIVED, "200"), rows[i].answered);
		lab_close(lab);
	}
}

TEST(audio_may_have_an_address_of_its_own)
{
	struct pair p = pair_with("", NULL, "far-end.media-address=198.51.100.200");
	uint32_t story = alice_calls(&p, "200");
	lab_run_ms(p.lab, 3000);
	assert_string_equal(sent_to(&p, "phone", "RTP", 1), "198.51.100.200:30000");
	assert_string_equal(sent_to(&p, "phone", "ACK", 1), "198.51.100.158:5060");
	assert_int_equal(heard_by(&p, "phone", story), 2);
	assert_int_equal(heard_by(&p, "server", story), 2);
	lab_close(p.lab);
}

/* --- what goes wrong ------------------------------------------------------------------- */

/* Bob's Contact leads nowhere: what the PBX sends him in the call is lost. He hangs up after 64*T1
 * (13.3.1.4). */
TEST(a_call_whose_ack_is_lost_is_cut_after_32_seconds_on_both_sides)
{
	struct lab *lab = lab_with("", NULL, "media=relay stored-contact=source auth=none");
	struct pair p = { lab, lab_add_phone(lab, "bob", "192.0.2.105",
					     "user=101 public-address=192.0.2.99:5060") };
	lab_register(lab);
	phone_register(p.bob, world_story(lab->world));
	lab_run_ms(lab, 1000);
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(lab, 70000);
	assert_calls(&p, "phone", story,
		     "1.080 its call was answered 200\n33.080 the other side has hung up\n");
	assert_calls(&p, "bob", story, "33.040 hangs up: nobody has acknowledged its 200\n");
	assert_string_equal(sent_to(&p, "server", "ACK", 1), "192.0.2.99:5060");
	lab_close(lab);
}

/* Nobody answers the BYE to bob; alice need not wait for that. */
TEST(one_side_hears_at_once_that_the_pbx_has_hung_up_on_the_other)
{
	struct lab *lab = lab_with("session-timer=90s", NULL, "media=relay session-timer=90s");
	struct pair p = { lab, lab_add_phone(lab, "bob", "192.0.2.105", "user=101 session-timer=90s") };
	lab_register(lab);
	phone_register(p.bob, world_story(lab->world));
	lab_run_ms(lab, 1000);
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(lab, 2000);
	network_detach(lab->internet, (struct iface *)phone_iface(p.bob), endpoint_of("192.0.2.105").host);
	lab_run_ms(lab, 100000);
	assert_calls(&p, "phone", story,
		     "1.080 its call was answered 200\n61.080 the other side has hung up\n");
	lab_close(lab);
}

/* A phone without memory answers 481, which ends the call as well (12.2.1.2). */
TEST(a_phone_that_has_lost_its_memory_is_hung_up_as_well)
{
	struct pair p = pair_with("", NULL, "media=relay");
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(p.lab, 2000);
	phone_restart(p.bob);
	phone_hangup(p.lab->phone, story);
	lab_run_ms(p.lab, 3000);
	assert_calls(&p, "phone", story,
		     "1.080 its call was answered 200\n2.040 has hung up: BYE was answered 200\n");
	assert_sent(p.lab, "bob", "481", "2.040");
	lab_close(p.lab);
}

/* Nobody in the calls is told; what comes later belongs to no call. */
TEST(a_pbx_that_restarts_or_is_told_to_forget_a_call_knows_nothing_of_it)
{
	for (int restart = 0; restart < 2; restart++) {
		struct pair p = pair_with("", NULL, "media=relay");
		uint32_t to_bob = alice_calls(&p, "101"), to_far = alice_calls(&p, "200"),
			 from_far = far_end_calls(&p, "101");
		lab_run_ms(p.lab, 2000);
		int relayed = lab_count(p.lab, "server", EVENT_SENT, "RTP");
		if (restart)
			server_restart(p.lab->server);
		for (uint32_t story = to_bob; !restart && story <= from_far; story++)
			server_abandon(p.lab->server, story);
		lab_run_ms(p.lab, 3900);
		assert_int_equal(lab_count(p.lab, "server", EVENT_SENT, "RTP"), relayed);
		phone_hangup(p.lab->phone, to_bob);
		phone_hangup(p.lab->phone, to_far);
		phone_hangup(p.bob, from_far);
		lab_run_ms(p.lab, 5000);
		assert_sent(p.lab, "server", "481", "3.920 3.920 3.920");
		lab_close(p.lab);
	}
}

static int begun_by_server(const struct pair *p)
{
	static const char *const labels[] = { "INVITE", "ACK", "BYE", "CANCEL", "RTP" };
	int n = 0;
	for (size_t i = 0; i < COUNT(labels); i++)
		n += lab_count(p->lab, "server", EVENT_SENT, labels[i]);
	return n;
}

/* Whatever is still under way then comes to an end without the server. An INVITE that has no answer yet would come again. */
TEST(a_call_may_be_forgotten_while_it_begins_and_while_it_ends)
{
	static const int64_t at[] = { 1070, 1090, 4010, 4030, 4050 };
	for (size_t i = 0; i < COUNT(at); i++) {
		struct pair p = pair_with("", NULL, "media=relay");
		uint32_t story = alice_calls(&p, "101"), far = far_end_calls(&p, "101");
		if (at[i] > 4000) {
			lab_run_ms(p.lab, 4000);
			phone_hangup(p.lab->phone, story);
			server_hangup(p.lab->server, far);
		}
		lab_run_ms(p.lab, at[i]);
		server_abandon(p.lab->server, story);
		server_abandon(p.lab->server, far);
		int before = begun_by_server(&p);
		lab_run_ms(p.lab, 80000);
		assert_int_equal(begun_by_server(&p), before);
		lab_close(p.lab);
	}
}

/* A Contact from outside is passed on as it is, whatever libosip2 thinks of it. */
TEST(a_phone_may_be_bound_at_a_uri_that_is_none)
{
	static const char *const uris[] = {
		"sip:100@192.0.2.104:5060;x=\"y", "sip:1 00@192.0.2.104", "sip:10\"0@192.0.2.104", "sip:@192.0.2.104",
		"sip:100@192.0.2.104;;",	  "sip:%31@192.0.2.104",
	};
	for (size_t i = 0; i < COUNT(uris); i++) {
		struct lab *lab = lab_with("", NULL, "auth=none stored-contact=received");
		struct pair p = { .lab = lab };
		lab_send(lab, "192.0.2.104:5060", "198.51.100.158:5060",
			 arena_printf(lab->arena,
				      "REGISTER sip:lab.example SIP/2.0\n"
				      "Via: SIP/2.0/UDP 192.0.2.104:5060;branch=z9hG4bKreg\n"
				      "From: <sip:100@lab.example>;tag=reg\n"
				      "To: <sip:100@lab.example>\n"
				      "Call-ID: reg\n"
				      "CSeq: 1 REGISTER\n"
				      "Contact: <%s>\n"
				      "Content-Length: 0\n\n",
				      uris[i]));
		lab_run_ms(lab, 10);
		far_end_calls(&p, "100");
		lab_run_ms(lab, 1000);
		const char *invite = lab_text(lab_nth(lab, "server", EVENT_SENT, "INVITE", 1));
		assert_memory_equal(invite + strlen("INVITE "), uris[i], strlen(uris[i]));
		lab_close(lab);
	}
}

/* --- many -------------------------------------------------------------------------------- */

TEST(every_call_has_a_port_for_its_audio_and_gives_it_back)
{
	struct pair p = pair_with("", NULL, "media=relay rtp.ports=8");
	uint32_t first = alice_calls(&p, "200"), second = far_end_calls(&p, "101");
	lab_run_ms(p.lab, 2000);
	assert_string_equal(sent_to(&p, "bob", "RTP", 1), "198.51.100.158:30000");
	assert_string_equal(sent_to(&p, "phone", "RTP", 1), "198.51.100.158:30002");
	assert_int_equal(heard_by(&p, "phone", first), 1);
	assert_int_equal(heard_by(&p, "bob", second), 1);
	phone_hangup(p.lab->phone, first);
	phone_hangup(p.bob, second);
	lab_run_ms(p.lab, 3000);
	for (int i = 0; i < 6; i++) {
		uint32_t story = alice_calls(&p, "200");
		lab_run_ms(p.lab, 4000 + 1000 * i);
		assert_int_equal(heard_by(&p, "server", story), 1);
		phone_hangup(p.lab->phone, story);
	}
	lab_close(p.lab);
}

/* Two at once, of the same phones. */
TEST(calls_at_the_same_time_do_not_meet)
{
	struct pair p = pair_with("", NULL, "media=relay");
	uint32_t there = alice_calls(&p, "101"), back = world_story(p.lab->world),
		 far = alice_calls(&p, "200");
	phone_call(p.bob, SPAN("100"), back);
	lab_run_ms(p.lab, 3500);
	phone_hangup(p.bob, there);
	lab_run_ms(p.lab, 5500);
	assert_int_equal(heard_by(&p, "phone", there), 3);
	assert_int_equal(heard_by(&p, "phone", back), 5);
	assert_int_equal(heard_by(&p, "phone", far), 5);
	assert_int_equal(heard_by(&p, "bob", back), 5);
	assert_int_equal(heard_by(&p, "server", far), 5);
	lab_close(p.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_far_end_of_a_pbx_answers_at_once_and_talks),
		cmocka_unit_test(the_far_end_of_a_pbx_calls_a_phone_and_hangs_up),
		cmocka_unit_test(the_far_end_gives_up_after_timers_of_its_own),
		cmocka_unit_test(a_pbx_joins_two_calls_and_ends_both_when_one_hangs_up),
		cmocka_unit_test(audio_of_two_phones_passes_the_pbx_or_goes_through_it),
		cmocka_unit_test(a_hold_passes_a_pbx),
		cmocka_unit_test(a_refresh_of_the_session_stays_on_its_side),
		cmocka_unit_test(both_may_put_each_other_on_hold_at_the_same_moment),
		cmocka_unit_test(a_hold_that_the_other_side_knows_nothing_of_ends_the_call),
		cmocka_unit_test(a_call_to_two_bindings_is_the_first_ones_who_answers),
		cmocka_unit_test(the_far_end_is_told_nothing_of_the_bindings_that_did_not_answer),
		cmocka_unit_test(the_caller_hears_why_nobody_answers),
		cmocka_unit_test(a_caller_who_gives_up_takes_the_other_call_along),
		cmocka_unit_test(a_pbx_may_challenge_an_invite),
		cmocka_unit_test(later_requests_go_to_the_contact_or_to_where_the_phone_was_seen),
		cmocka_unit_test(a_pbx_may_call_from_another_port_than_where_phones_register),
		cmocka_unit_test(a_call_from_another_port_stays_there),
		cmocka_unit_test(pings_may_come_from_another_port_and_are_answered_there),
		cmocka_unit_test(audio_may_have_an_address_of_its_own),
		cmocka_unit_test(a_call_whose_ack_is_lost_is_cut_after_32_seconds_on_both_sides),
		cmocka_unit_test(one_side_hears_at_once_that_the_pbx_has_hung_up_on_the_other),
		cmocka_unit_test(a_phone_that_has_lost_its_memory_is_hung_up_as_well),
		cmocka_unit_test(a_pbx_that_restarts_or_is_told_to_forget_a_call_knows_nothing_of_it),
		cmocka_unit_test(a_call_may_be_forgotten_while_it_begins_and_while_it_ends),
		cmocka_unit_test(a_phone_may_be_bound_at_a_uri_that_is_none),
		cmocka_unit_test(every_call_has_a_port_for_its_audio_and_gives_it_back),
		cmocka_unit_test(calls_at_the_same_time_do_not_meet),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
