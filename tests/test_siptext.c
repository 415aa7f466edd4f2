/* Places in raw SIP text, by rows. */
#include <string.h>

#include "models/siptext.h"
#include "tests/lab.h"

static struct slice whole(const char *text)
{
	return (struct slice){ 0, (uint16_t)strlen(text) };
}

static void assert_slice(const char *text, struct slice s, const char *expected)
{
	if (s.len != strlen(expected) || memcmp(text + s.at, expected, s.len) != 0)
		fail_msg("in \"%s\": \"%.*s\" and not \"%s\"", text, s.len, text + s.at, expected);
}

TEST(header_lines_are_taken_one_by_one_up_to_the_empty_line)
{
	static const char text[] = "Via: one\r\n"
				   "subject :  two  \r\n"
				   "Folded: three\r\n four\r\n\tfive\r\n"
				   "Bare: newline\n"
				   "NoValue:\r\n"
				   "no colon\r\n"
				   "\r\n"
				   "Body: not a header\r\n";
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "Via", "one" },      { "subject", "two" }, { "Folded", "three\r\n four\r\n\tfive" },
		{ "Bare", "newline" }, { "NoValue", "" },    { "no colon", "" },
	};
	struct header_line h;
	uint32_t at = 0, len = sizeof text - 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(siptext_header(text, len, &at, &h));
		assert_slice(text, h.name, rows[i].name);
		assert_slice(text, h.value, rows[i].value);
	}
	assert_false(siptext_header(text, len, &at, &h));
	assert_int_equal(strncmp(text + at, "Body", 4), 0); /* the body begins behind the empty line */
}

TEST(headers_may_end_with_the_text)
{
	static const char *const rows[] = { "A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2", "A: 1\nB: 2\r",
					    "A: 1\r\nB: 2\r\n\r\n" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct header_line h;
		uint32_t at = 0, len = (uint32_t)strlen(rows[i]);
		assert_true(siptext_header(rows[i], len, &at, &h));
		assert_true(siptext_header(rows[i], len, &at, &h));
		assert_slice(rows[i], h.value, "2");
		assert_false(siptext_header(rows[i], len, &at, &h));
		assert_int_equal(at, len);
	}
}

TEST(names_are_known_in_any_case_and_by_one_letter)
{
	static const struct {
		const char *name;
		bool via;
	} rows[] = {
		{ "Via", true }, { "VIA", true },   { "via", true }, { "v", true }, { "V", true },
		{ "Vi", false }, { "Viax", false }, { "x", false },  { "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(siptext_named(rows[i].name, whole(rows[i].name), "Via", 'v'), rows[i].via);
	assert_false(siptext_named("c", whole("c"), "CSeq", 0)); /* it has no letter */
}

TEST(lists_are_split_at_commas_outside_quotes_and_brackets)
{
	static const struct {
		const char *list, *elements[4];
	} rows[] = {
		{ "a", { "a" } },
		{ "a,b , c", { "a", "b", "c" } },
		{ "<sip:a@b;x=1,2>,<sip:c@d>", { "<sip:a@b;x=1,2>", "<sip:c@d>" } },
		{ "\"last, first\" <sip:a@b>, c", { "\"last, first\" <sip:a@b>", "c" } },
		{ "\"a \\\" quote, in\", b", { "\"a \\\" quote, in\"", "b" } },
		{ "\"ends in \\\\\", b", { "\"ends in \\\\\"", "b" } },
		{ "a,,b", { "a", "", "b" } },
		/* never closed: the rest is one element */
		{ "\"open, b", { "\"open, b" } },
		{ "<open, b", { "<open, b" } },
		{ "\"open \\", { "\"open \\" } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice element;
		uint32_t at = 0;
		for (int n = 0; rows[i].elements[n]; n++) {
			assert_true(siptext_element(rows[i].list, whole(rows[i].list), &at, &element));
			assert_slice(rows[i].list, element, rows[i].elements[n]);
		}
		assert_false(siptext_element(rows[i].list, whole(rows[i].list), &at, &element));
	}
}

TEST(parameters_are_found_outside_quotes_and_brackets)
{
	static const struct {
		const char *text, *value, *whole; /* of `rport`; value NULL: not there */
	} rows[] = {
		{ "h;rport", "", "rport" },
		{ "h;rport=5060", "5060", "rport=5060" },
		{ "h;branch=x;RPORT=1;y", "1", "RPORT=1" },
		{ "h ; rport = 5060 ; x", "5060", "rport = 5060" },
		{ "h;rport=", "", "rport=" },
		{ "h;rport=\"quoted;x\";y", "quoted;x", "rport=\"quoted;x\"" },
		{ "h;rport=\"\"", "", "rport=\"\"" },
		{ "h;rport;rport=2", "", "rport" }, /* the first one counts */
		/* somewhere else, or something else */
		{ "h", NULL, NULL },
		{ "rport", NULL, NULL },
		{ "h;rportx", NULL, NULL },
		{ "h;xrport", NULL, NULL },
		{ "<sip:a;rport=1>", NULL, NULL },
		{ "<sip:a;rport=1>;rport=2", "2", "rport=2" },
		{ "\"x;rport=1\" <sip:a>;q", NULL, NULL },
		{ "h;x=\";rport=1\"", NULL, NULL },
		{ "h;;rport", "", "rport" },
		{ "h;", NULL, NULL },
		{ "", NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice value, all;
		bool found = siptext_param(rows[i].text, whole(rows[i].text), "rport", &value, &all);
		assert_int_equal(found, rows[i].value != NULL);
		if (!found)
			continue;
		assert_slice(rows[i].text, value, rows[i].value);
		assert_slice(rows[i].text, all, rows[i].whole);
	}
}

TEST(uris_are_taken_out_of_their_brackets_and_apart)
{
	static const struct {
		const char *name_addr, *uri, *user, *host;
	} rows[] = {
		{ "<sip:2006@3cx.example>;tag=1", "sip:2006@3cx.example", "2006", "3cx.example" },
		{ "sip:2006@3cx.example;tag=1", "sip:2006@3cx.example", "2006", "3cx.example" },
		{ "\"A. B.\" <sip:a@b:5060;transport=udp>", "sip:a@b:5060;transport=udp", "a", "b" },
		{ "\"<sip:no@no>\" <sip:a@b>", "sip:a@b", "a", "b" },
		{ "<sips:a:secret@b>", "sips:a:secret@b", "a", "b" },
		{ "<sip:b>", "sip:b", "", "b" },
		{ "<sip:b:5060?x=y>", "sip:b:5060?x=y", "", "b" },
		{ "<sip:10.0.0.1>", "sip:10.0.0.1", "", "10.0.0.1" },
		{ "<sip:a;x=1@b>", "sip:a;x=1@b", "a;x=1", "b" },
		/* what is not closed reaches to the end */
		{ "<sip:a@b", "sip:a@b", "a", "b" },
		{ "*", "*", "", "*" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = rows[i].name_addr;
		struct slice uri = siptext_uri(text, whole(text));
		assert_slice(text, uri, rows[i].uri);
		assert_slice(text, siptext_uri_user(text, uri), rows[i].user);
		assert_slice(text, siptext_uri_host(text, uri), rows[i].host);
	}
}

TEST(a_numeric_uri_points_to_an_endpoint_with_5060_when_it_names_no_port)
{
	static const struct {
		const char *uri, *endpoint; /* NULL: a name */
	} rows[] = {
		{ "sip:100@192.168.1.104:5062", "192.168.1.104:5062" },
		{ "sip:100@192.168.1.104", "192.168.1.104:5060" },
		{ "sip:192.168.1.104;transport=udp", "192.168.1.104:5060" },
		{ "sip:100:pass@192.168.1.104:1?h=v", "192.168.1.104:1" },
		{ "sip:100@pbx.example:5060", NULL },
		{ "sip:100@192.168.1.104:0", NULL },
		{ "sip:100@192.168.1.104:65536", NULL },
		{ "sip:", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[ENDPOINT_TEXT_MAX];
		struct endpoint e;
		bool numeric = siptext_uri_endpoint(rows[i].uri, whole(rows[i].uri), &e);
		assert_int_equal(numeric, rows[i].endpoint != NULL);
		if (!numeric)
			continue;
		endpoint_print(e, text);
		assert_string_equal(text, rows[i].endpoint);
	}
}

TEST(headers_are_found_by_their_first_letters_and_folds_are_no_headers)
{
	static const char text[] = "Via: a\r\n m: no header\r\nTo: b\r\nm: c\r\nContact: d\r\nmax-forwards: 70\r\n\r\nContact: body\r\n";
	static const char *const values[] = { "c", "d", "70" };
	struct header_line h;
	uint32_t at = 0, n = 0, letters = letter_bit('C') | letter_bit('m');
	for (; siptext_header_among(text, sizeof text - 1, &at, letters, &h); n++) {
		assert_true(n < COUNT(values));
		assert_int_equal(h.value.len, strlen(values[n]));
		assert_memory_equal(text + h.value.at, values[n], h.value.len);
	}
	assert_int_equal(n, COUNT(values));
	assert_int_equal(letter_bit('z'), letter_bit('Z'));
	assert_int_equal(letter_bit('\r') | letter_bit(' ') | letter_bit('@') | letter_bit('['), 0);
}

TEST(an_address_with_or_without_a_port_is_read_where_it_stands)
{
	static const struct {
		const char *text, *endpoint, *whole; /* NULL: none */
		bool port;
	} rows[] = {
		{ "192.168.1.104:5062", "192.168.1.104:5062", "192.168.1.104:5062", true },
		{ "192.168.1.104", "192.168.1.104:5060", "192.168.1.104", false },
		{ " 192.168.1.104\r\n : 5062 ", "192.168.1.104:5062", "192.168.1.104\r\n : 5062", true },
		{ "192.168.1.104:" },
		{ "192.168.1.104:0" },
		{ "192.168.1.104:65536" },
		{ "192.168.1.104:5060x" },
		{ "phone.example:5060" },
		{ "[2001:db8::9:1]:5060" },
		{ "*" },
		{ "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[ENDPOINT_TEXT_MAX];
		struct hostport h;
		assert_int_equal(siptext_hostport(rows[i].text, whole(rows[i].text), &h), rows[i].endpoint != NULL);
		if (!rows[i].endpoint)
			continue;
		endpoint_print(h.at, text);
		assert_string_equal(text, rows[i].endpoint);
		assert_int_equal(h.port_written, rows[i].port);
		assert_int_equal(h.whole.len, strlen(rows[i].whole));
		assert_memory_equal(rows[i].text + h.whole.at, rows[i].whole, h.whole.len);
	}
}

TEST(numbers_fill_their_slice_and_fit_in_32_bits)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t number;
	} rows[] = {
		{ "0", true, 0 },
		{ "0009", true, 9 },
		{ "4294967295", true, UINT32_MAX },
		{ "4294967296", false },
		{ "36893488147419103232", false },
		{ "", false },
		{ "-1", false },
		{ "+1", false },
		{ "1 ", false },
		{ "1.0", false },
		{ "0x10", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t number;
		assert_int_equal(siptext_number(rows[i].text, whole(rows[i].text), &number), rows[i].good);
		if (rows[i].good)
			assert_int_equal(number, rows[i].number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_lines_are_taken_one_by_one_up_to_the_empty_line),
		cmocka_unit_test(headers_may_end_with_the_text),
		cmocka_unit_test(names_are_known_in_any_case_and_by_one_letter),
		cmocka_unit_test(lists_are_split_at_commas_outside_quotes_and_brackets),
		cmocka_unit_test(parameters_are_found_outside_quotes_and_brackets),
		cmocka_unit_test(uris_are_taken_out_of_their_brackets_and_apart),
		cmocka_unit_test(a_numeric_uri_points_to_an_endpoint_with_5060_when_it_names_no_port),
		cmocka_unit_test(headers_are_found_by_their_first_letters_and_folds_are_no_headers),
		cmocka_unit_test(an_address_with_or_without_a_port_is_read_where_it_stands),
		cmocka_unit_test(numbers_fill_their_slice_and_fit_in_32_bits),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
