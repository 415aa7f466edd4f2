/* The phone as a logbook: registration, challenge, refresh, and what it does when things go wrong. */
#include <string.h>

#include "tests/lab.h"

#define SERVER	"198.51.100.158:5060"
#define MAPPING "203.0.113.17:23201"

/* The router of most of these tests, which gives the first mapping 23201. */
#define RANDOM "ports=random next-ports=23201 udp-timeout.first=2h udp-timeout.stream=2h"

static const char *header_of(const struct lab *lab, const char *where, const char *label, int n,
			     const char *name)
{
	return lab_header(lab, lab_nth(lab, where, EVENT_SENT, label, n), name);
}

/* --- challenges ------------------------------------------------------------------------ */

TEST(a_challenge_with_401_is_answered_in_authorization)
{
	struct lab *lab = lab_with("", RANDOM, "challenge=401");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 200\n"
		   "0.084 note: registered\n");
	assert_non_null(header_of(lab, "server", "401", 1, "WWW-Authenticate"));
	assert_null(header_of(lab, "server", "401", 1, "Proxy-Authenticate"));
	assert_null(header_of(lab, "phone", "REGISTER", 1, "Authorization"));
	assert_non_null(header_of(lab, "phone", "REGISTER", 2, "Authorization"));
	assert_null(header_of(lab, "phone", "REGISTER", 2, "Proxy-Authorization"));
	lab_close(lab);
}

TEST(a_challenge_with_407_is_answered_in_proxy_authorization)
{
	struct lab *lab = lab_with("", RANDOM, "challenge=407");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registered", 84);
	assert_non_null(header_of(lab, "server", "407", 1, "Proxy-Authenticate"));
	assert_non_null(header_of(lab, "phone", "REGISTER", 2, "Proxy-Authorization"));
	assert_null(header_of(lab, "phone", "REGISTER", 2, "Authorization"));
	lab_close(lab);
}

TEST(the_second_try_is_the_same_call_with_the_next_cseq_and_a_new_branch)
{
	struct lab *lab = lab_with("", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	static const char *const same[] = { "From", "To", "Call-ID", "Contact", "Expires" };
	for (size_t i = 0; i < COUNT(same); i++)
		assert_string_equal(header_of(lab, "phone", "REGISTER", 1, same[i]),
				    header_of(lab, "phone", "REGISTER", 2, same[i]));
	assert_string_equal(header_of(lab, "phone", "REGISTER", 1, "CSeq"), "1 REGISTER");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 2, "CSeq"), "2 REGISTER");
	assert_string_not_equal(header_of(lab, "phone", "REGISTER", 1, "Via"),
				header_of(lab, "phone", "REGISTER", 2, "Via"));
	lab_close(lab);
}

TEST(phone_and_server_agree_when_they_share_an_algorithm_with_and_without_qop)
{
	static const struct {
		const char *phone, *server;
		bool registers;
	} rows[] = {
		{ "auth=md5", "auth=md5 qop=on", true },
		{ "auth=md5", "auth=md5 qop=off", true },
		{ "auth=sha-256", "auth=sha-256 qop=on", true },
		{ "auth=sha-256", "auth=sha-256 qop=off", true },
		{ "auth=both", "auth=md5", true },
		{ "auth=both", "auth=sha-256 challenge=407", true },
		{ "auth=none", "auth=none", true },
		{ "auth=md5", "auth=none", true },
		{ "auth=md5", "auth=sha-256", false },
		{ "auth=sha-256", "auth=md5", false },
		{ "auth=none", "auth=md5", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, RANDOM, rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 1000);
		bool asked = !strstr(rows[i].server, "auth=none");
		if (rows[i].registers)
			assert_noted(lab, "phone", "registered", asked ? 84 : 42);
		else
			assert_noted(lab, "phone", "registration failed, status 401", 42);
		lab_close(lab);
	}
}

TEST(a_phone_takes_the_topmost_challenge_that_it_knows)
{
	static const struct {
		const char *phone, *chosen; /* algorithm in the answer */
	} rows[] = {
		{ "rport=off auth=md5", "algorithm=MD5" },
		{ "rport=off auth=sha-256", "algorithm=SHA-256" },
		{ "rport=off auth=both", "algorithm=SHA-256" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, RANDOM, "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 100);
		const char *text = lab_response(
			lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "401 Unauthorized",
			"WWW-Authenticate: Digest realm=\"r\",nonce=\"1\",algorithm=SHA-512-256\n"
			"WWW-Authenticate: Basic realm=\"r\"\n"
			"Proxy-Authenticate: Digest realm=\"r\",nonce=\"2\",algorithm=MD5\n"
			"WWW-Authenticate: Digest realm=\"r\",nonce=\"3\",algorithm=SHA-256\n"
			"WWW-Authenticate: Digest realm=\"r\",nonce=\"4\"\n");
		lab_send(lab, SERVER, MAPPING, text);
		lab_run_ms(lab, 200);
		const char *answer = header_of(lab, "phone", "REGISTER", 2, "Authorization");
		assert_non_null(answer);
		assert_non_null(strstr(answer, rows[i].chosen));
		lab_close(lab);
	}
}

TEST(a_wrong_password_ends_with_refused_credentials_and_is_not_tried_twice)
{
	struct lab *lab = lab_with("password=guess register.retry=60s", RANDOM, "password=secret");
	lab_register(lab);
	lab_run_ms(lab,
		   600000); /* and no retry: the same credentials would be refused again (RFC 3261 22.2) */
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 401\n"
		   "0.084 note: gives up: its credentials were refused\n"
		   "0.084 note: registration failed, status 401\n");
	lab_close(lab);
}

TEST(a_server_that_forbids_ends_it_for_good)
{
	struct lab *lab = lab_with("password=guess register.retry=60s", RANDOM, "on-bad-credentials=forbid");
	lab_register(lab);
	lab_run_ms(lab, 600000); /* no retry after a 403 (RFC 3261 21.4.4) */
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 403\n"
		   "0.084 note: registration failed, status 403\n");
	lab_close(lab);
}

TEST(another_users_credentials_do_not_fit)
{
	/* user and password are right for each other, but the address of record is another one */
	struct lab *lab = lab_with("", NULL, "");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	lab_send(lab, "192.0.2.104:5060", SERVER,
		 arena_printf(lab->arena,
			      "REGISTER sip:lab.example SIP/2.0\nVia: SIP/2.0/UDP "
			      "192.0.2.104:5060;branch=z9hG4bKother\n"
			      "From: <sip:101@lab.example>;tag=x\nTo: <sip:101@lab.example>\nCall-ID: "
			      "other\nCSeq: 1 REGISTER\n"
			      "Contact: <sip:101@192.0.2.104>\nAuthorization: %s\nContent-Length: 0\n\n",
			      lab_header(lab, r, "Authorization")));
	lab_run_ms(lab, 1001);
	assert_noted(lab, "server", "the digest response does not fit the password", 1000);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "401"), 2);
	lab_close(lab);
}

TEST(an_old_nonce_is_replaced_and_the_phone_tries_again)
{
	/* the answer to the challenge is held up on its way for longer than the nonce lives: datagrams 3 to 6
	 * are lost */
	static const uint32_t lost[] = { 3, 4 };
	static const struct wire wan = { .delay = 20 * MSEC, .drop = lost, .drops = 2 };
	struct lab *lab =
		lab_new(&(struct lab_setup){ .router = RANDOM, .server = "nonce-lifetime=1s", .wan = &wan });
	lab_register(lab);
	lab_run_ms(lab, 5000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.542 sent REGISTER\n"
		   "1.542 sent REGISTER\n"
		   "1.584 arrived 401\n"
		   "1.584 sent REGISTER\n"
		   "1.626 arrived 200\n"
		   "1.626 note: registered\n");
	assert_null(strstr(header_of(lab, "server", "401", 1, "WWW-Authenticate"), "stale"));
	assert_non_null(strstr(header_of(lab, "server", "401", 2, "WWW-Authenticate"), "stale=true"));
	lab_close(lab);
}

TEST(a_nonce_lives_exactly_as_long_as_the_server_says)
{
	for (int late = 0; late < 2; late++) {
		struct lab *lab = lab_with("", NULL, "nonce-lifetime=10s");
		lab_register(lab);
		lab_run_ms(lab, 1000);
		const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
		lab_run_ms(lab, 10020 + late); /* the nonce was made at 0.020 */
		lab_send(lab, "192.0.2.104:5060", SERVER,
			 arena_printf(lab->arena,
				      "REGISTER sip:lab.example SIP/2.0\nVia: SIP/2.0/UDP "
				      "192.0.2.104:5060;branch=z9hG4bKother\n"
				      "From: %s\nTo: %s\nCall-ID: other\nCSeq: 1 REGISTER\nContact: "
				      "%s\nAuthorization: %s\n"
				      "Content-Length: 0\n\n",
				      lab_header(lab, r, "From"), lab_header(lab, r, "To"),
				      lab_header(lab, r, "Contact"), lab_header(lab, r, "Authorization")));
		lab_run_ms(lab, 10100);
		assert_int_equal(lab_count(lab, "server", EVENT_SENT, "200"), 2 - late);
		assert_int_equal(lab_count(lab, "server", EVENT_SENT, "401"), 1 + late);
		lab_close(lab);
	}
}

TEST(a_forged_nonce_is_no_nonce)
{
	struct lab *lab = lab_with("rport=off", RANDOM, "rport=off");
	lab_register(lab);
	lab_run_ms(lab, 100);
	lab_send(lab, SERVER, MAPPING,
		 lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "401 Unauthorized",
			      "WWW-Authenticate: Digest "
			      "realm=\"lab.example\",nonce=\"00000000000000000123456789abcdef\"\n"));
	lab_run_ms(lab, 200);
	assert_non_null(strstr(header_of(lab, "server", "401", 2, "WWW-Authenticate"), "stale=true"));
	lab_close(lab);
}

/* --- times ----------------------------------------------------------------------------- */

TEST(a_refresh_comes_before_the_end_counted_from_the_200)
{
	static const struct {
		const char *phone, *server, *times;
	} rows[] = {
		/* 200 at 0.042, 55 s later, and so on */
		{ "register.expires=60s register.refresh-before=5s", "auth=none",
		  "0.000 55.042 110.084 165.126" },
		{ "register.expires=90s register.refresh-before=30s", "auth=none", "0.000 60.042 120.084" },
		{ "register.expires=60s register.refresh-before=0s", "auth=none", "0.000 60.042 120.084" },
		/* what the server grants counts, not what was asked */
		{ "register.expires=3600s", "auth=none expires.max=100s", "0.000 95.042" },
		/* no time left before the end: half of it */
		{ "register.expires=10s register.refresh-before=10s timers.t1=100ms",
		  "auth=none expires.max=60s",
		  "0.000 5.042 10.084 15.126 20.168 25.210 30.252 35.294 40.336 45.378 50.420 55.462 60.504 "
		  "65.546 70.588 75.630 "
		  "80.672 85.714 90.756 95.798 100.840 105.882 110.924 115.966 121.008 126.050 131.092 "
		  "136.134 141.176 146.218 "
		  "151.260 156.302 161.344 166.386" },
		/* challenged anew each time, as the nonce has grown old */
		{ "register.expires=120s", "nonce-lifetime=60s", "0.000 0.042 115.084 115.126" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, RANDOM, rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 170000);
		assert_sent(lab, "phone", "REGISTER", rows[i].times);
		lab_close(lab);
	}
}

TEST(each_refresh_is_a_conversation_of_its_own_under_the_same_call_id)
{
	struct lab *lab = lab_with("register.expires=60s", RANDOM, "auth=none");
	uint32_t story = lab_register(lab);
	lab_run_ms(lab, 60000);
	const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *second = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	assert_int_equal(first->story, story);
	assert_int_not_equal(second->story, story);
	assert_string_equal(lab_header(lab, first, "Call-ID"), lab_header(lab, second, "Call-ID"));
	assert_string_equal(lab_header(lab, second, "CSeq"), "2 REGISTER");
	lab_close(lab);
}

TEST(a_423_is_obeyed_once_and_remembered)
{
	struct lab *lab = lab_with("register.expires=60s", RANDOM, "auth=none expires.min=300s");
	lab_register(lab);
	lab_run_ms(lab, 296000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 423\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 200\n"
		   "0.084 note: registered\n"
		   "295.084 sent REGISTER\n"
		   "295.126 arrived 200\n"
		   "295.126 note: registered\n");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 1, "Expires"), "60");
	assert_string_equal(header_of(lab, "server", "423", 1, "Min-Expires"), "300");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 2, "Expires"), "300");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 3, "Expires"), "300");
	lab_close(lab);
}

TEST(a_423_behind_a_challenge_costs_another_round)
{
	struct lab *lab = lab_with("register.expires=60s", RANDOM, "expires.min=300s");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 423\n"
		   "0.084 sent REGISTER\n"
		   "0.126 arrived 401\n"
		   "0.126 sent REGISTER\n"
		   "0.168 arrived 200\n"
		   "0.168 note: registered\n");
	lab_close(lab);
}

TEST(a_423_that_makes_no_sense_ends_the_try)
{
	static const char *const min_expires[] = { "", "Min-Expires: 60\n", "Min-Expires: 1\n",
						   "Min-Expires: long\n" };
	for (size_t i = 0; i < COUNT(min_expires); i++) {
		struct lab *lab = lab_with("rport=off register.expires=60s", RANDOM, "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 100);
		const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
		lab_send(lab, SERVER, MAPPING,
			 lab_response(lab, r, "423 Interval Too Brief", min_expires[i]));
		lab_run_ms(lab, 200);
		assert_noted(lab, "phone", "registration failed, status 423", 121);
		lab_close(lab);
	}
}

TEST(after_a_failure_the_phone_waits_and_tries_again)
{
	static const struct {
		const char *status;
		const char *times; /* within 70 s; the failure is at 0.121 */
	} rows[] = {
		{ "500 Server Internal Error", "0.000 30.121" },
		{ "503 Service Unavailable", "0.000 30.121" },
		{ "404 Not Found", "0.000 30.121" },
		{ "403 Forbidden", "0.000" },
		{ "603 Decline", "0.000 30.121" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("rport=off register.retry=30s timers.max-retransmits=0", RANDOM,
					   "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 100);
		const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
		lab_send(lab, SERVER, MAPPING, lab_response(lab, r, rows[i].status, ""));
		lab_run_ms(lab, 60000);
		assert_sent(lab, "phone", "REGISTER", rows[i].times);
		lab_close(lab);
	}
}

TEST(a_try_without_any_answer_is_repeated_after_the_pause_too)
{
	struct lab *lab =
		lab_with("rport=off register.retry=60s timers.max-retransmits=0", RANDOM, "rport=off");
	lab_register(lab);
	lab_run_ms(lab, 130000);
	assert_sent(lab, "phone", "REGISTER", "0.000 60.500 121.000");
	lab_close(lab);
}

TEST(unregistering_removes_the_binding_and_stops_the_refreshes)
{
	struct lab *lab = lab_with("register.expires=60s", RANDOM, "");
	lab_register(lab);
	lab_run_ms(lab, 10000);
	uint32_t story = lab_unregister(lab);
	lab_run_ms(lab, 300000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 401\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 200\n"
		   "0.084 note: registered\n"
		   "10.000 sent REGISTER\n"
		   "10.042 arrived 401\n"
		   "10.042 sent REGISTER\n"
		   "10.084 arrived 200\n"
		   "10.084 note: unregistered\n");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 4, "Expires"), "0");
	assert_null(header_of(lab, "server", "200", 2, "Contact")); /* no binding is left */
	assert_int_equal(lab_nth(lab, "phone", EVENT_NOTE, NULL, 2)->story, story);
	lab_close(lab);
}

TEST(what_is_asked_while_the_phone_is_busy_waits_for_its_turn)
{
	struct lab *lab = lab_with("", RANDOM, "auth=none");
	lab_register(lab);
	lab_unregister(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, "phone",
		   "0.000 sent REGISTER\n"
		   "0.042 arrived 200\n"
		   "0.042 note: registered\n"
		   "0.042 sent REGISTER\n"
		   "0.084 arrived 200\n"
		   "0.084 note: unregistered\n");
	lab_close(lab);
}

TEST(registering_by_hand_takes_the_place_of_the_refresh_that_was_planned)
{
	struct lab *lab = lab_with("register.expires=60s", RANDOM, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 30000);
	lab_register(lab);
	lab_run_ms(lab, 86000);
	assert_sent(lab, "phone", "REGISTER", "0.000 30.000 85.042");
	lab_close(lab);
}

TEST(an_absurd_grant_neither_stops_the_clock_nor_makes_it_race)
{
	static const struct {
		const char *granted, *times;
	} rows[] = {
		{ "Expires: 4294967295\n", "0.000" },
		{ "Contact: <sip:100@192.168.1.104:5060>;expires=4294967295\n", "0.000" },
		{ "Contact: <sip:100@192.168.1.104:5060>;expires=0\n", "0.000 0.621" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("rport=off timers.max-retransmits=0", RANDOM, "rport=off");
		lab_register(lab);
		lab_run_ms(lab, 100);
		const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
		lab_send(lab, SERVER, MAPPING, lab_response(lab, r, "200 OK", rows[i].granted));
		lab_run_ms(lab, 1000);
		assert_sent(lab, "phone", "REGISTER", rows[i].times);
		lab_close(lab);
	}
}

/* --- OPTIONS --------------------------------------------------------------------------- */

TEST(options_between_phone_and_server_are_answered_both_ways)
{
	struct lab *lab = lab_with("", RANDOM, "auth=none stored-contact=source");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	phone_options(lab->phone, world_story(lab->world));
	lab_run_ms(lab, 2000);
	assert_noted(lab, "phone", "OPTIONS was answered 200", 1042);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 3000);
	assert_noted(lab, "server", "OPTIONS was answered 200", 2042);
	assert_string_equal(lab_flow(lab, lab_nth(lab, "router/lan", EVENT_SENT, "OPTIONS", 1)),
			    SERVER " > 192.168.1.104:5060");
	lab_close(lab);
}

TEST(options_to_a_private_contact_are_lost)
{
	struct lab *lab = lab_with("", RANDOM, "auth=none stored-contact=literal");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	server_options(lab->server, "100", 3, world_story(lab->world));
	lab_run_ms(lab, 33000);
	assert_dropped(lab, "server", "no route to 192.168.1.104");
	assert_noted(lab, "server", "OPTIONS was not answered", 33000);
	lab_close(lab);
}

TEST(what_the_phone_cannot_do_is_answered_405)
{
	struct lab *lab = lab_with("", NULL, "");
	lab_send(lab, "192.0.2.1:5060", "192.0.2.104:5060",
		 "PUBLISH sip:100@192.0.2.104 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbye\nFrom: "
		 "<sip:a@b>;tag=x\n"
		 "To: <sip:100@lab.example>;tag=y\nCall-ID: z\nCSeq: 7 PUBLISH\nContent-Length: 0\n\n");
	lab_run_ms(lab, 100);
	const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "405", 1);
	assert_string_equal(lab_header(lab, r, "CSeq"), "7 PUBLISH");
	assert_string_equal(lab_header(lab, r, "Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS");
	assert_string_equal(lab_flow(lab, r), "192.0.2.104:5060 > 192.0.2.1:5060");
	lab_close(lab);
}

/* --- crowds ---------------------------------------------------------------------------- */

TEST(members_of_a_group_count_their_users_up)
{
	static const struct {
		const char *user;
		uint32_t member;
		const char *expected;
	} rows[] = {
		{ "2006", 0, "2006" },
		{ "2006", 1, "2006" },
		{ "2006", 2, "2007" },
		{ "999", 3, "1001" },
		{ "100", 100000, "100099" },
		/* a name gets the member's number */
		{ "alice", 0, "alice" },
		{ "alice", 1, "alice" },
		{ "alice", 12, "alice12" },
		{ "room7x", 2, "room7x2" },
		/* counting would change its look */
		{ "010", 1, "010" },
		{ "010", 2, "0102" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		struct phone_group group = {
			.profile = lab->phone_profile, .name = "crowd", .user = rows[i].user, .domain = "x"
		};
		group.user_number = phone_user_number(group.user);
		struct phone *p = phone_new(lab->world, &group, rows[i].member, lab->internet,
					    endpoint_of("192.0.2.7:5060"));
		char user[PHONE_USER_MAX];
		user[phone_user(p, user)] = 0;
		assert_string_equal(user, rows[i].expected);
		lab_close(lab);
	}
}

/* Its Via comes back, and there is more to say than it said. */
TEST(an_answer_that_fits_in_no_datagram_is_noted_and_not_sent)
{
	struct lab *lab = lab_with("", NULL, "");
	char *branch = arena_alloc(lab->arena, 65291);
	memset(branch, 'x', 65290);
	lab_run_ms(lab, 1);
	lab_send(lab, "192.0.2.1:5060", "192.0.2.104:5060",
		 arena_printf(lab->arena,
			      "OPTIONS sip:100@192.0.2.104 SIP/2.0\nVia: SIP/2.0/UDP "
			      "192.0.2.1:5060;branch=z9hG4bK%s\n"
			      "From: <sip:x@lab.example>;tag=one\nTo: <sip:100@lab.example>\nCall-ID: said\n"
			      "CSeq: 1 OPTIONS\nContent-Length: 0\n\n",
			      branch));
	lab_run_ms(lab, 100);
	assert_noted(lab, "phone", "its 200 fits in no datagram", 21);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, NULL), 0);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_challenge_with_401_is_answered_in_authorization),
		cmocka_unit_test(a_challenge_with_407_is_answered_in_proxy_authorization),
		cmocka_unit_test(the_second_try_is_the_same_call_with_the_next_cseq_and_a_new_branch),
		cmocka_unit_test(phone_and_server_agree_when_they_share_an_algorithm_with_and_without_qop),
		cmocka_unit_test(a_phone_takes_the_topmost_challenge_that_it_knows),
		cmocka_unit_test(a_wrong_password_ends_with_refused_credentials_and_is_not_tried_twice),
		cmocka_unit_test(a_server_that_forbids_ends_it_for_good),
		cmocka_unit_test(another_users_credentials_do_not_fit),
		cmocka_unit_test(an_old_nonce_is_replaced_and_the_phone_tries_again),
		cmocka_unit_test(a_nonce_lives_exactly_as_long_as_the_server_says),
		cmocka_unit_test(a_forged_nonce_is_no_nonce),
		cmocka_unit_test(a_refresh_comes_before_the_end_counted_from_the_200),
		cmocka_unit_test(each_refresh_is_a_conversation_of_its_own_under_the_same_call_id),
		cmocka_unit_test(a_423_is_obeyed_once_and_remembered),
		cmocka_unit_test(a_423_behind_a_challenge_costs_another_round),
		cmocka_unit_test(a_423_that_makes_no_sense_ends_the_try),
		cmocka_unit_test(after_a_failure_the_phone_waits_and_tries_again),
		cmocka_unit_test(a_try_without_any_answer_is_repeated_after_the_pause_too),
		cmocka_unit_test(unregistering_removes_the_binding_and_stops_the_refreshes),
		cmocka_unit_test(what_is_asked_while_the_phone_is_busy_waits_for_its_turn),
		cmocka_unit_test(registering_by_hand_takes_the_place_of_the_refresh_that_was_planned),
		cmocka_unit_test(an_absurd_grant_neither_stops_the_clock_nor_makes_it_race),
		cmocka_unit_test(options_between_phone_and_server_are_answered_both_ways),
		cmocka_unit_test(options_to_a_private_contact_are_lost),
		cmocka_unit_test(what_the_phone_cannot_do_is_answered_405),
		cmocka_unit_test(members_of_a_group_count_their_users_up),
		cmocka_unit_test(an_answer_that_fits_in_no_datagram_is_noted_and_not_sent),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
