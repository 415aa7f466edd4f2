/*
 * What servers check although the RFCs leave it to them: the URI of credentials, the URIs of a call.
 *
 *	phone 192.0.2.104, user 100 ---- server 198.51.100.158:5060
 */
#include <string.h>

#include "tests/lab.h"

#define SERVER "198.51.100.158:5060"
#define PHONE  "192.0.2.104:5060"

static char *replaced(struct lab *lab, const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	assert_non_null(at);
	return arena_printf(lab->arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void send(struct lab *lab, const char *text)
{
	lab_send_bytes(lab, PHONE, SERVER, text, strlen(text));
	lab_run_ms(lab, world_now(lab->world) / MSEC + 1);
}

static const char *answer(const struct lab *lab)
{
	int n = lab_count(lab, "server", EVENT_SENT, NULL);
	return lab_nth(lab, "server", EVENT_SENT, NULL, n)->label;
}

/* As an ALG does it that writes its own address over every other. */
TEST(credentials_for_another_request_uri_are_fine_or_challenged_anew_or_refused)
{
	static const struct {
		const char *knobs, *answer;
	} rows[] = {
		{ "checks-uri=off", "200" },
		{ "checks-uri=challenge", "401" },
		{ "checks-uri=challenge challenge=407", "407" },
		{ "checks-uri=refuse", "400" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, rows[i].knobs);
		lab_register(lab);
		lab_run_ms(lab, 1000);
		const char *text = lab_text(lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2));
		text = replaced(lab, text, "REGISTER sip:lab.example", "REGISTER sip:198.51.100.158");
		text = replaced(lab, text, "CSeq: 2", "CSeq: 3");
		send(lab, replaced(lab, text, "branch=z9hG4bK", "branch=z9hG4bKx"));
		assert_string_equal(answer(lab), rows[i].answer);
		if (strcmp(rows[i].answer, "200") != 0)
			assert_noted(lab, "server", "its credentials are for another Request-URI", 1000);
		assert_null(strstr(lab_text(lab_nth(lab, "server", EVENT_SENT, rows[i].answer, 1)), "stale"));
		lab_close(lab);
	}
}

/* Tags and Call-ID are those of the call, as RFC 3261 12.2.2 wants it. */
TEST(a_bye_with_another_uri_in_from_or_to_ends_the_call_unless_the_server_compares_them)
{
	static const struct {
		const char *knobs, *old, *new, *answer;
	} rows[] = {
		{ "", "From: <sip:100@lab.example>", "From: <sip:100@203.0.113.1>", "200" },
		{ "checks-dialog-uris=on", "From: <sip:100@lab.example>", "From: <sip:100@lab.example>",
		  "200" },
		{ "checks-dialog-uris=on", "From: <sip:100@lab.example>", "From: <sip:100@203.0.113.1>",
		  "481" },
		{ "checks-dialog-uris=on", "To: <sip:200@lab.example>", "To: <sip:200@203.0.113.1>", "481" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char knobs[64] = "auth=none ";
		struct lab *lab = lab_with("", NULL, strcat(knobs, rows[i].knobs));
		phone_call(lab->phone, SPAN("200"), world_story(lab->world));
		lab_run_ms(lab, 1000);
		const char *text = lab_text(lab_nth(lab, "phone", EVENT_SENT, "ACK", 1));
		text = replaced(lab, replaced(lab, text, "ACK sip:", "BYE sip:"), "1 ACK", "2 BYE");
		send(lab, replaced(lab, text, rows[i].old, rows[i].new));
		assert_string_equal(answer(lab), rows[i].answer);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_for_another_request_uri_are_fine_or_challenged_anew_or_refused),
		cmocka_unit_test(
			a_bye_with_another_uri_in_from_or_to_ends_the_call_unless_the_server_compares_them),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
