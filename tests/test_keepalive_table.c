/*
 * What keeps a phone reachable behind a router: the rules of RFC 4787 4.3 and of Linux 6.18 (measured), each
 * as rows.
 *
 *	0.000 s   the phone registers, in two exchanges of 84 ms
 *	then      keepalives, of the phone or of the server
 *	at last   the server sends an OPTIONS to where the REGISTER came from
 */
#include "tests/lab.h"

#define LINUX  "udp-timeout.first=30s udp-timeout.stream=120s udp-timeout.stream-after=2s"
#define RANDOM "ports=random " LINUX
#define KEPT   "ports=preserve " LINUX
#define HOUR   "register.expires=4h"

struct row {
	const char *remark;
	const char *phone, *router, *server, *alg;
	int64_t then; /* from this millisecond on the phone sends nothing more by itself; 0: it goes on */
	int64_t ms;   /* of the OPTIONS */
	bool reached;
};

static struct lab *lab_of(const struct row *row)
{
	struct arena *a = arena_new();
	const char *server = row->server ? row->server : "";
	struct lab_setup setup = {
		.phone = row->phone,
		.router = row->router,
		.server = arena_printf(a, "stored-contact=source expires.max=4h %s", server),
		.alg = row->alg,
	};
	struct lab *lab = lab_new(&setup);
	arena_free(a);
	return lab;
}

static bool is_reached(const struct row *row)
{
	struct lab *lab = lab_of(row);
	lab_register(lab);
	if (row->then) {
		lab_run_ms(lab, row->then);
		lab->phone_profile->keepalive.type = KEEPALIVE_NONE;
	}
	lab_run_ms(lab, row->ms);
	int before = lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS");
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, row->ms + 50);
	bool reached = lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS") > before;
	lab_close(lab);
	return reached;
}

static void assert_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_reached(&rows[i]) != rows[i].reached)
			fail_msg("%s: the phone is %s", rows[i].remark,
				 rows[i].reached ? "not reached" : "reached");
}

#define CRLF_20 "keepalive.type=crlf keepalive.every=20s"

TEST(a_what_goes_out_must_renew_and_what_comes_in_may)
{
	static const struct row rows[] = {
		{ "nothing renews", "", RANDOM, .ms = 600000, .reached = false },
		{ "both, lines go out", CRLF_20, RANDOM " refresh=both", .ms = 600000, .reached = true },
		{ "out, lines go out", CRLF_20, RANDOM " refresh=outbound", .ms = 600000, .reached = true },
		{ "in, lines go out", CRLF_20, RANDOM " refresh=inbound", .ms = 600000, .reached = false },
		{ "in, answers come in", "keepalive.type=options keepalive.every=20s",
		  RANDOM " refresh=inbound", .ms = 600000, .reached = true },
		{ "in, lines come in", "", RANDOM " refresh=inbound", "ping.type=crlf ping.every=20s",
		  .ms = 600000, .reached = true },
		{ "out, lines come in", "", RANDOM " refresh=outbound", "ping.type=crlf ping.every=20s",
		  .ms = 600000, .reached = false },
		{ "out, answers go out", "", RANDOM " refresh=outbound", "ping.type=options ping.every=20s",
		  .ms = 600000, .reached = true },
	};
	assert_rows(rows, COUNT(rows));
}

/* The first keepalive, at 25.084 s, is one more after an answer: from then on each datagram gives the long
 * lifetime. */
TEST(b_once_answered_is_answered_for_good)
{
	static const struct row rows[] = {
		{ "an unanswered line gives the long lifetime", "keepalive.type=crlf keepalive.every=25s",
		  RANDOM, .then = 26000, .ms = 145000, .reached = true },
		{ "to the end of it", "keepalive.type=crlf keepalive.every=25s", RANDOM, .then = 26000,
		  .ms = 145100, .reached = false },
		{ "and so does the one after it", "keepalive.type=crlf keepalive.every=25s", RANDOM,
		  .then = 51000, .ms = 170000, .reached = true },
		{ "the registration alone gives the short one", "", RANDOM, .ms = 30000, .reached = true },
		{ "and no more", "", RANDOM, .ms = 30100, .reached = false },
	};
	assert_rows(rows, COUNT(rows));
}

/* Lines every 31 s: at 31.084 s the flow is gone, and the line makes a new one, which lives for 30 s. */
TEST(c_what_comes_too_late_opens_another_flow_short_and_elsewhere)
{
	static const char late[] = "keepalive.type=crlf keepalive.every=31s";
	static const struct row rows[] = {
		{ "in time", late, KEPT, .ms = 29000, .reached = true },
		{ "gone", late, KEPT, .ms = 31000, .reached = false },
		{ "open again at the same port", late, KEPT, .ms = 32000, .reached = true },
		{ "for the short lifetime", late, KEPT, .ms = 61000, .reached = true },
		{ "which ends before the next line", late, KEPT, .ms = 61100, .reached = false },
		{ "and again", late, KEPT, .ms = 63000, .reached = true },
		{ "at another port nobody knows of it", late, RANDOM, .ms = 32000, .reached = false },
		{ "for ever", late, RANDOM, .ms = 3000000, .reached = false },
		{ "until it registers", "keepalive.type=crlf keepalive.every=31s register.expires=100s",
		  RANDOM, .ms = 96000, .reached = true },
		{ "which gives the short lifetime again", "register.expires=100s", RANDOM, .ms = 124000,
		  .reached = true },
		{ "and no more", "register.expires=100s", RANDOM, .ms = 126000, .reached = false },
	};
	assert_rows(rows, COUNT(rows));
}

TEST(c_the_phone_looks_alive_to_itself_while_the_server_calls_the_old_port)
{
	struct lab *lab = lab_with("keepalive.type=crlf keepalive.every=31s",
				   "ports=random next-ports=23201+23202 " LINUX, "stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 32000);
	assert_int_equal(lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 1)->src.port, 23201);
	assert_int_equal(lab_nth(lab, "router/wan", EVENT_SENT, "CRLF", 1)->src.port, 23202);
	assert_int_equal(lab_count(lab, NULL, EVENT_DROPPED, NULL), 0);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 32020);
	assert_dropped(lab, "router/wan", "the mapping for 203.0.113.17:23201 had expired");
	lab_close(lab);
}

TEST(c_what_comes_in_opens_nothing)
{
	struct lab *lab = lab_with("", RANDOM, "stored-contact=source ping.type=options ping.every=31s");
	lab_register(lab);
	lab_run_ms(lab, 600000);
	assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, "OPTIONS"), 0);
	assert_int_equal(lab_count(lab, "router/wan", EVENT_DROPPED, "OPTIONS"), 19);
	lab_close(lab);
}

/* Rule c is not for whom an answer tells where he is seen. */
TEST(c_who_asks_by_stun_learns_of_it_with_the_next_but_one)
{
	static const char late[] = "keepalive.type=stun keepalive.every=31s";
	static const struct row rows[] = {
		{ "elsewhere, and nothing to compare with", late, RANDOM, "stun=on", .ms = 32000,
		  .reached = false },
		{ "elsewhere again", late, RANDOM, "stun=on", .ms = 63000, .reached = true },
	};
	assert_rows(rows, COUNT(rows));
}

TEST(d_the_long_lifetime_begins_when_the_flow_is_older_than_two_seconds)
{
	static const struct row rows[] = {
		{ "a line at 1.984 s", "keepalive.type=crlf keepalive.every=1900ms", RANDOM, .then = 2000,
		  .ms = 31900, .reached = true },
		{ "does not give it", "keepalive.type=crlf keepalive.every=1900ms", RANDOM, .then = 2000,
		  .ms = 32000, .reached = false },
		{ "a line at 2.084 s", "keepalive.type=crlf keepalive.every=2s", RANDOM, .then = 2200,
		  .ms = 122000, .reached = true },
		{ "gives it", "keepalive.type=crlf keepalive.every=2s", RANDOM, .then = 2200, .ms = 122100,
		  .reached = false },
	};
	assert_rows(rows, COUNT(rows));
}

/* Its pinhole would let the server in as well; here it opens none. */
#define HELPER "linux pinhole.signalling=none"

TEST(e_the_helper_of_linux_gives_an_hour_also_for_a_line)
{
	static const char line[] = "keepalive.type=crlf keepalive.every=30m " HOUR;
	static const struct row rows[] = {
		{ "a REGISTER gives an hour", HOUR, KEPT, .alg = HELPER, .ms = 3600000, .reached = true },
		{ "and no more", HOUR, KEPT, .alg = HELPER, .ms = 3600100, .reached = false },
		{ "so does a line", line, KEPT, .alg = HELPER, .then = 1900000, .ms = 5400000,
		  .reached = true },
		{ "from when it passes", line, KEPT, .alg = HELPER, .then = 1900000, .ms = 5400100,
		  .reached = false },
		{ "without the helper it came too late", line, RANDOM, .ms = 1801000, .reached = false },
		{ "a helper that minds no lines", line, KEPT, .alg = HELPER " keepalive-refreshes=off",
		  .then = 1900000, .ms = 1900100, .reached = true },
		{ "leaves their lifetime to the router", line, KEPT, .alg = HELPER " keepalive-refreshes=off",
		  .then = 1900000, .ms = 1921000, .reached = false },
	};
	assert_rows(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_what_goes_out_must_renew_and_what_comes_in_may),
		cmocka_unit_test(b_once_answered_is_answered_for_good),
		cmocka_unit_test(c_what_comes_too_late_opens_another_flow_short_and_elsewhere),
		cmocka_unit_test(c_the_phone_looks_alive_to_itself_while_the_server_calls_the_old_port),
		cmocka_unit_test(c_what_comes_in_opens_nothing),
		cmocka_unit_test(c_who_asks_by_stun_learns_of_it_with_the_next_but_one),
		cmocka_unit_test(d_the_long_lifetime_begins_when_the_flow_is_older_than_two_seconds),
		cmocka_unit_test(e_the_helper_of_linux_gives_an_hour_also_for_a_line),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
