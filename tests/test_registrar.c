/* The rules of RFC 3261 10.3, through a server that asks for no credentials. */
#include <stdio.h>
#include <string.h>

#include "tests/lab.h"

/* One REGISTER and what is answered. */
struct visit {
	int64_t ms;
	const char *headers; /* Contact and Expires, each line with its end */
	const char *call_id;
	int cseq;
	const char *answer; /* status, and the bindings listed, newest first */
};

/* The status and the Contacts of a response: "200 <sip:a@1.1.1.1>;expires=60". */
static const char *outcome(const struct lab *lab, const struct record *r)
{
	const char *text = arena_printf(lab->arena, "%.3s", lab_text(r) + strlen("SIP/2.0 "));
	struct header_line h;
	uint32_t at = (uint32_t)strcspn(lab_text(r), "\n") + 1;
	while (siptext_header(lab_text(r), r->payload->len, &at, &h))
		if (siptext_named(lab_text(r), h.name, "Contact", 'm') ||
		    siptext_named(lab_text(r), h.name, "Min-Expires", 0))
			text = arena_printf(lab->arena, "%s %.*s", text, h.value.len,
					    lab_text(r) + h.value.at);
	return text;
}

/* Registers 100, n being different for each visit. */
static const char *visit(struct lab *lab, int n, const char *to, const char *headers, const char *call_id,
			 int cseq)
{
	lab_send(lab, "192.0.2.1:5060", "198.51.100.158:5060",
		 arena_printf(lab->arena,
			      "REGISTER sip:lab.example SIP/2.0\n"
			      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%d\n"
			      "From: <sip:100@lab.example>;tag=one\n"
			      "To: %s\n"
			      "Call-ID: %s\n"
			      "CSeq: %d REGISTER\n"
			      "%sContent-Length: 0\n\n",
			      n, to, call_id, cseq, headers));
	lab_run_ms(lab, world_now(lab->world) / MSEC);
	return outcome(lab, lab_nth(lab, "server", EVENT_SENT, NULL, n));
}

static void assert_visits(const char *server, const struct visit *rows, int n)
{
	char knobs[128] = "auth=none ";
	strcat(knobs, server);
	struct lab *lab = lab_with("", NULL, knobs);
	for (int i = 0; i < n; i++) {
		lab_run_ms(lab, rows[i].ms);
		const char *answer = visit(lab, i + 1, "<sip:100@lab.example>", rows[i].headers,
					   rows[i].call_id, rows[i].cseq);
		if (strcmp(answer, rows[i].answer) != 0)
			lab_fail(lab, "visit %d: \"%s\" and not \"%s\"", i + 1, answer, rows[i].answer);
	}
	lab_close(lab);
}

TEST(a_registration_lasts_as_long_as_contact_header_or_default_say_within_bounds)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>\n", "c", 1, "200 <sip:a@1.1.1.1>;expires=1800" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 120\n", "c", 2, "200 <sip:a@1.1.1.1>;expires=120" },
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=90\nExpires: 120\n", "c", 3,
		  "200 <sip:a@1.1.1.1>;expires=90" },
		{ 0, "Contact: <sip:a@1.1.1.1>;q=0.5;Expires=\"91\"\n", "c", 4,
		  "200 <sip:a@1.1.1.1>;expires=91" },
		/* the maximum cuts */
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 3601\n", "c", 5,
		  "200 <sip:a@1.1.1.1>;expires=3600" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 4294967295\n", "c", 6,
		  "200 <sip:a@1.1.1.1>;expires=3600" },
		/* the minimum refuses, and changes nothing */
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 59\n", "c", 7, "423 60" },
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=1\n", "c", 7, "423 60" },
		{ 0, "", "c", 7, "200 <sip:a@1.1.1.1>;expires=3600" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 60\n", "c", 7, "200 <sip:a@1.1.1.1>;expires=60" },
		/* nonsense counts as nothing */
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=soon\n", "c", 8, "200 <sip:a@1.1.1.1>;expires=1800" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: soon\n", "c", 9,
		  "200 <sip:a@1.1.1.1>;expires=1800" },
		/* 0 removes, whatever the minimum is */
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=0\n", "c", 10, "200" },
	};
	assert_visits("expires.default=1800s expires.min=60s expires.max=3600s", rows, COUNT(rows));
}

TEST(a_binding_ends_at_its_time_and_is_counted_down_until_then)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 60\n", "c", 1, "200 <sip:a@1.1.1.1>;expires=60" },
		{ 1, "", "c", 2, "200 <sip:a@1.1.1.1>;expires=60" }, /* 59.999 s, rounded up */
		{ 1000, "", "c", 3, "200 <sip:a@1.1.1.1>;expires=59" },
		{ 59999, "", "c", 4, "200 <sip:a@1.1.1.1>;expires=1" },
		{ 60000, "", "c", 5, "200" },
		/* what is over does not bind: the same Call-ID may begin again with any CSeq */
		{ 60000, "Contact: <sip:a@1.1.1.1>\nExpires: 60\n", "c", 1,
		  "200 <sip:a@1.1.1.1>;expires=60" },
	};
	assert_visits("", rows, COUNT(rows));
}

TEST(one_binding_more_than_there_may_be_takes_the_place_of_the_oldest_or_is_refused)
{
	static const struct visit replace[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=60\n", "a", 1, "200 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: <sip:b@1.1.1.1>;expires=60\n", "b", 1,
		  "200 <sip:b@1.1.1.1>;expires=60 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: <sip:c@1.1.1.1>;expires=60\n", "c", 1,
		  "200 <sip:c@1.1.1.1>;expires=60 <sip:b@1.1.1.1>;expires=60" },
		/* a refresh is none more */
		{ 0, "Contact: <sip:b@1.1.1.1>;expires=60\n", "b", 2,
		  "200 <sip:c@1.1.1.1>;expires=60 <sip:b@1.1.1.1>;expires=60" },
	};
	static const struct visit refuse[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=60\n", "a", 1, "200 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: <sip:b@1.1.1.1>;expires=60\n", "b", 1, "403" },
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=60\n", "a", 2, "200 <sip:a@1.1.1.1>;expires=60" },
		/* the old one goes in the same request */
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=0, <sip:b@1.1.1.1>;expires=60\n", "a", 3,
		  "200 <sip:b@1.1.1.1>;expires=60" },
		/* or by itself */
		{ 60000, "Contact: <sip:c@1.1.1.1>;expires=60\n", "c", 1, "200 <sip:c@1.1.1.1>;expires=60" },
		{ 60000, "Contact: *\nExpires: 0\n", "c", 2, "200" },
	};
	assert_visits("max-bindings=2 when-full=replace", replace, COUNT(replace));
	assert_visits("max-bindings=1 when-full=refuse", refuse, COUNT(refuse));
}

TEST(a_user_may_have_several_contacts_each_with_its_time)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>, <sip:b@2.2.2.2>;expires=30\nExpires: 60\n", "c", 1,
		  "200 <sip:b@2.2.2.2>;expires=30 <sip:a@1.1.1.1>;expires=60" },
		{ 10000, "m: <sip:c@3.3.3.3>\nContact: \"x, y\" <sip:d@4.4.4.4>\nExpires: 60\n", "d", 1,
		  "200 <sip:d@4.4.4.4>;expires=60 <sip:c@3.3.3.3>;expires=60 <sip:b@2.2.2.2>;expires=20 "
		  "<sip:a@1.1.1.1>;expires=50" },
		/* a refresh of one leaves the others alone */
		{ 20000, "Contact: <sip:a@1.1.1.1>\nExpires: 60\n", "c", 2,
		  "200 <sip:d@4.4.4.4>;expires=50 <sip:c@3.3.3.3>;expires=50 <sip:b@2.2.2.2>;expires=10 "
		  "<sip:a@1.1.1.1>;expires=60" },
		{ 30000, "Contact: <sip:c@3.3.3.3>;expires=0\n", "d", 2,
		  "200 <sip:d@4.4.4.4>;expires=40 <sip:a@1.1.1.1>;expires=50" },
		/* what is not there can be removed too */
		{ 30000, "Contact: <sip:z@9.9.9.9>;expires=0\n", "d", 3,
		  "200 <sip:d@4.4.4.4>;expires=40 <sip:a@1.1.1.1>;expires=50" },
	};
	assert_visits("", rows, COUNT(rows));
}

TEST(a_star_removes_everything_when_it_is_alone_and_expires_is_0)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>,<sip:b@2.2.2.2>\nExpires: 60\n", "c", 1,
		  "200 <sip:b@2.2.2.2>;expires=60 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: *\n", "c", 2, "400" },
		{ 0, "Contact: *\nExpires: 60\n", "c", 2, "400" },
		{ 0, "Contact: *, <sip:a@1.1.1.1>\nExpires: 0\n", "c", 2, "400" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nContact: *\nExpires: 0\n", "c", 2, "400" },
		{ 0, "", "c", 2, "200 <sip:b@2.2.2.2>;expires=60 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: *\nExpires: 0\n", "c", 2, "200" },
		/* nothing to remove is fine */
		{ 0, "Contact: *\nExpires: 0\n", "c", 3, "200" },
	};
	assert_visits("", rows, COUNT(rows));
}

TEST(a_repeat_or_a_straggler_of_the_same_call_id_undoes_nothing)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 60\n", "c", 5, "200 <sip:a@1.1.1.1>;expires=60" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 90\n", "c", 5, "500" },
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 90\n", "c", 4, "500" },
		{ 0, "Contact: <sip:a@1.1.1.1>;expires=0\n", "c", 5, "500" },
		{ 0, "", "c", 5, "200 <sip:a@1.1.1.1>;expires=60" },
		/* a `*` is no way round (step 6) */
		{ 0, "Contact: *\nExpires: 0\n", "c", 5, "500" },
		{ 0, "", "c", 5, "200 <sip:a@1.1.1.1>;expires=60" },
		/* another Call-ID is another client, whose numbers mean nothing to us */
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 70\n", "d", 1, "200 <sip:a@1.1.1.1>;expires=70" },
		/* and now it is that one's binding */
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 80\n", "c", 6, "200 <sip:a@1.1.1.1>;expires=80" },
		{ 0, "Contact: *\nExpires: 0\n", "e", 1, "200" },
	};
	assert_visits("", rows, COUNT(rows));
}

TEST(a_request_is_obeyed_as_a_whole_or_not_at_all)
{
	static const struct visit rows[] = {
		{ 0, "Contact: <sip:a@1.1.1.1>\nExpires: 100\n", "c", 5, "200 <sip:a@1.1.1.1>;expires=100" },
		/* the first Contact is new and fine, the second is a straggler */
		{ 0, "Contact: <sip:b@2.2.2.2>, <sip:a@1.1.1.1>\nExpires: 100\n", "c", 4, "500" },
		{ 0, "", "c", 6, "200 <sip:a@1.1.1.1>;expires=100" },
		/* the second is too brief */
		{ 0, "Contact: <sip:b@2.2.2.2>, <sip:a@1.1.1.1>;expires=59\nExpires: 100\n", "c", 7,
		  "423 60" },
		{ 0, "", "c", 8, "200 <sip:a@1.1.1.1>;expires=100" },
	};
	assert_visits("expires.min=60s", rows, COUNT(rows));
}

TEST(users_are_kept_apart_and_other_domains_are_not_served)
{
	static const struct {
		const char *to, *answer;
	} rows[] = {
		{ "<sip:100@lab.example>", "200 <sip:x@1.1.1.1>;expires=60" },
		{ "<sip:1000@lab.example>", "200 <sip:x@1.1.1.1>;expires=60" },
		{ "<sip:10@lab.example>", "200 <sip:x@1.1.1.1>;expires=60" },
		/* the same user by other names of the same domain: he refreshes his binding */
		{ "\"A, B\" <sip:100@LAB.EXAMPLE:5060>", "200 <sip:x@1.1.1.1>;expires=60" },
		{ "sip:100@198.51.100.158", "200 <sip:x@1.1.1.1>;expires=60" },
		{ "<sip:100@elsewhere.example>", "404" },
		{ "<sip:100@lab.example.org>", "404" },
		{ "<sip:100@198.51.100.159>", "404" },
		{ "<tel:100>", "404" },
	};
	struct lab *lab = lab_with("", NULL, "auth=none");
	for (int i = 0; i < (int)COUNT(rows); i++) {
		const char *answer = visit(lab, i + 1, rows[i].to, "Contact: <sip:x@1.1.1.1>\nExpires: 60\n",
					   arena_printf(lab->arena, "c%d", i), 1);
		assert_string_equal(answer, rows[i].answer);
	}
	lab_close(lab);
}

TEST(places_of_removed_bindings_are_used_again)
{
	struct lab *lab = lab_with("", NULL, "auth=none");
	lab->world->trace.level = TRACE_COUNTS;
	size_t used = 0;
	for (int i = 1; i <= 2000; i++) {
		/* a new Contact each time, the old one removed by the same request */
		char text[512];
		const char *format =
			"REGISTER sip:lab.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%d\r\n"
			"From: <sip:100@lab.example>;tag=a\r\nTo: <sip:100@lab.example>\r\nCall-ID: c\r\n"
			"CSeq: %d REGISTER\r\nContact: <sip:a@1.1.1.1:%d>;expires=0,<sip:a@1.1.1.1:%d>\r\n"
			"Content-Length: 0\r\n\r\n";
		int len = snprintf(text, sizeof text, format, 10000 + i, i, 10000 + i, 10001 + i);
		lab_send_bytes(lab, "192.0.2.1:5060", "198.51.100.158:5060", text, (size_t)len);
		lab_run_ms(lab, i * 1000);
		if (i == 1000)
			used = arena_used(lab->arena);
	}
	assert_int_equal(arena_used(lab->arena), used);
	lab_close(lab);
}

/* --- what the server makes of a binding ------------------------------------------------ */

TEST(a_stored_contact_is_what_the_profile_says)
{
	static const struct {
		const char *stored, *rport, *contact, *pinged;
	} rows[] = {
		{ "literal", "", "<sip:100@10.9.9.9:5062;x=y>;expires=60",
		  "198.51.100.158:5060 > 10.9.9.9:5062" },
		{ "source", "", "<sip:100@192.0.2.1:7000>;expires=60",
		  "198.51.100.158:5060 > 192.0.2.1:7000" },
		{ "source-if-rport", "", "<sip:100@10.9.9.9:5062;x=y>;expires=60",
		  "198.51.100.158:5060 > 10.9.9.9:5062" },
		{ "source-if-rport", ";rport", "<sip:100@192.0.2.1:7000>;expires=60",
		  "198.51.100.158:5060 > 192.0.2.1:7000" },
		{ "alias", "", "<sip:100@10.9.9.9:5062;x=y;alias=192.0.2.1~7000~1>;expires=60",
		  "198.51.100.158:5060 > 192.0.2.1:7000" },
		{ "received", "", "<sip:100@10.9.9.9:5062;x=y>;expires=60;received=\"sip:192.0.2.1:7000\"",
		  "198.51.100.158:5060 > 192.0.2.1:7000" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char knobs[64] = "auth=none stored-contact=";
		strcat(knobs, rows[i].stored);
		struct lab *lab = lab_with("", NULL, knobs);
		lab_send(
			lab, "192.0.2.1:7000", "198.51.100.158:5060",
			arena_printf(
				lab->arena,
				"REGISTER sip:lab.example SIP/2.0\nVia: SIP/2.0/UDP "
				"10.9.9.9:5062;branch=z9hG4bKa%s\n"
				"From: <sip:100@lab.example>;tag=one\nTo: <sip:100@lab.example>\nCall-ID: c\n"
				"CSeq: 1 REGISTER\nContact: <sip:100@10.9.9.9:5062;x=y>\nExpires: "
				"60\nContent-Length: 0\n\n",
				rows[i].rport));
		lab_run_ms(lab, 1);
		print_message("           %s%s\n", rows[i].stored, rows[i].rport);
		assert_string_equal(lab_header(lab, lab_nth(lab, "server", EVENT_SENT, "200", 1), "Contact"),
				    rows[i].contact);
		server_options(lab->server, "100", 3, world_story(lab->world));
		assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_SENT, "OPTIONS", 1)),
				    rows[i].pinged);
		lab_close(lab);
	}
}

TEST(a_ping_to_nobody_or_to_a_name_fails_at_once)
{
	struct lab *lab = lab_with("", NULL, "auth=none");
	server_options(lab->server, "100", 3, world_story(lab->world));
	assert_noted(lab, "server", "OPTIONS was not answered", 0);
	visit(lab, 1, "<sip:100@lab.example>", "Contact: <sip:100@phone.example>\n", "c", 1);
	lab_run_ms(lab, 500);
	server_options(lab->server, "100", 3, world_story(lab->world));
	assert_noted(lab, "server", "OPTIONS was not answered", 500);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, "OPTIONS"), 0);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_lasts_as_long_as_contact_header_or_default_say_within_bounds),
		cmocka_unit_test(a_binding_ends_at_its_time_and_is_counted_down_until_then),
		cmocka_unit_test(one_binding_more_than_there_may_be_takes_the_place_of_the_oldest_or_is_refused),
		cmocka_unit_test(a_user_may_have_several_contacts_each_with_its_time),
		cmocka_unit_test(a_star_removes_everything_when_it_is_alone_and_expires_is_0),
		cmocka_unit_test(a_repeat_or_a_straggler_of_the_same_call_id_undoes_nothing),
		cmocka_unit_test(a_request_is_obeyed_as_a_whole_or_not_at_all),
		cmocka_unit_test(users_are_kept_apart_and_other_domains_are_not_served),
		cmocka_unit_test(places_of_removed_bindings_are_used_again),
		cmocka_unit_test(a_stored_contact_is_what_the_profile_says),
		cmocka_unit_test(a_ping_to_nobody_or_to_a_name_fails_at_once),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
