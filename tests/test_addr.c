/* Addresses as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/addr.h"
#include "tests/lab.h"

TEST(hosts_are_four_decimal_octets_and_nothing_else)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t host;
	} rows[] = {
		{ "0.0.0.0", true, 0 },
		{ "192.168.1.104", true, 0xC0A80168 },
		{ "255.255.255.255", true, 0xFFFFFFFF },
		/* out of range, too few, too many */
		{ "256.0.0.1", false },
		{ "1.2.3", false },
		{ "1.2.3.4.5", false },
		{ "4294967296.0.0.1", false },
		/* leading zeros would be octal to some readers */
		{ "010.0.0.1", false },
		{ "1.2.3.00", false },
		/* anything around it */
		{ "", false },
		{ " 1.2.3.4", false },
		{ "1.2.3.4 ", false },
		{ "1..3.4", false },
		{ "-1.2.3.4", false },
		{ "a.b.c.d", false },
		{ "1.2.3.4:5060", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t host;
		assert_int_equal(host_parse(rows[i].text, strlen(rows[i].text), &host), rows[i].good);
		if (rows[i].good)
			assert_int_equal(host, rows[i].host);
	}
}

TEST(only_the_given_length_is_read)
{
	uint32_t host;
	assert_true(host_parse("10.0.0.123", 8, &host));
	assert_int_equal(host, 0x0A000001);
	assert_false(host_parse("10.0.0.1", 7, &host));
}

TEST(endpoints_take_a_port_from_1_to_65535_or_the_default)
{
	static const struct {
		const char *text;
		uint32_t port; /* 0: refused */
	} rows[] = {
		{ "10.0.0.1:1", 1 },	 { "10.0.0.1:65535", 65535 },
		{ "10.0.0.1", 5060 },	 { "10.0.0.1:0", 0 },
		{ "10.0.0.1:65536", 0 }, { "10.0.0.1:", 0 },
		{ "10.0.0.1:05060", 0 }, { "10.0.0.1:5060x", 0 },
		{ "10.0.0.1 :5060", 0 }, { "10.0.0.1:-5060", 0 },
		{ ":5060", 0 },		 { "10.0.0.1:5060:1", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct endpoint e;
		bool good = endpoint_parse(rows[i].text, strlen(rows[i].text), 5060, &e);
		assert_int_equal(good ? e.port : 0, rows[i].port);
	}
}

TEST(prefixes_have_no_bits_of_their_hosts)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "192.168.1.0/24", true }, { "10.0.0.0/8", true },	 { "0.0.0.0/0", true },
		{ "1.2.3.4/32", true },	    { "192.168.1.1/24", false }, { "192.168.1.0/33", false },
		{ "192.168.1.0", false },   { "192.168.1.0/", false },	 { "128.0.0.0/0", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prefix p;
		assert_int_equal(prefix_parse(rows[i].text, strlen(rows[i].text), &p), rows[i].good);
	}
}

TEST(a_prefix_holds_the_hosts_that_begin_with_it)
{
	struct prefix lan = { 0xC0A80100, 24 }, all = { 0, 0 }, one = { 0x01020304, 32 };
	assert_true(prefix_holds(lan, 0xC0A80100));
	assert_true(prefix_holds(lan, 0xC0A801FF));
	assert_false(prefix_holds(lan, 0xC0A80200));
	assert_true(prefix_holds(all, 0xFFFFFFFF));
	assert_true(prefix_holds(one, 0x01020304));
	assert_false(prefix_holds(one, 0x01020305));
}

TEST(private_addresses_are_those_of_the_rfcs_and_not_one_more)
{
	static const struct {
		const char *first, *last;
	} rows[] = {
		{ "10.0.0.0", "10.255.255.255" },     { "172.16.0.0", "172.31.255.255" },
		{ "192.168.0.0", "192.168.255.255" }, { "100.64.0.0", "100.127.255.255" },
		{ "192.0.0.0", "192.0.0.7" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t first, last;
		assert_true(host_parse(rows[i].first, strlen(rows[i].first), &first));
		assert_true(host_parse(rows[i].last, strlen(rows[i].last), &last));
		assert_true(host_is_private(first) && host_is_private(last));
		assert_false(host_is_private(first - 1) || host_is_private(last + 1));
	}
}

TEST(what_is_printed_reads_back)
{
	static const struct endpoint rows[] = {
		{ 0, 1 },	   { 0xFFFFFFFF, 65535 }, { 0x7F000001, 5060 }, { 0x0A0B0C0D, 10000 },
		{ 0x64646464, 9 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[ENDPOINT_TEXT_MAX];
		struct endpoint e;
		size_t len = endpoint_print(rows[i], text);
		assert_int_equal(len, strlen(text));
		assert_true(endpoint_parse(text, len, 0, &e));
		assert_true(endpoint_equal(e, rows[i]));
	}
}

TEST(the_longest_texts_fit)
{
	char text[ENDPOINT_TEXT_MAX], digits[20];
	assert_int_equal(endpoint_print((struct endpoint){ 0xFFFFFFFF, 65535 }, text), ENDPOINT_TEXT_MAX - 1);
	assert_string_equal(text, "255.255.255.255:65535");
	assert_int_equal(host_print(0xFFFFFFFF, text), HOST_TEXT_MAX - 1);
	assert_int_equal(decimal_print(UINT64_MAX, digits), 20);
	assert_memory_equal(digits, "18446744073709551615", 20);
	assert_int_equal(decimal_print(0, digits), 1);
}

TEST(numbers_of_every_length_are_printed)
{
	uint64_t power = 1;
	for (size_t digits = 1; digits <= DECIMAL_MAX; digits++, power *= 10) {
		char text[DECIMAL_MAX + 1], expected[DECIMAL_MAX + 1];
		assert_int_equal(decimal_print(power, text), digits);
		assert_int_equal(text[0], '1');
		snprintf(expected, sizeof expected, "%" PRIu64, power - 1);
		size_t len = decimal_print(power - 1, text);
		assert_int_equal(len, strlen(expected));
		assert_memory_equal(text, expected, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_four_decimal_octets_and_nothing_else),
		cmocka_unit_test(only_the_given_length_is_read),
		cmocka_unit_test(endpoints_take_a_port_from_1_to_65535_or_the_default),
		cmocka_unit_test(prefixes_have_no_bits_of_their_hosts),
		cmocka_unit_test(a_prefix_holds_the_hosts_that_begin_with_it),
		cmocka_unit_test(private_addresses_are_those_of_the_rfcs_and_not_one_more),
		cmocka_unit_test(what_is_printed_reads_back),
		cmocka_unit_test(the_longest_texts_fit),
		cmocka_unit_test(numbers_of_every_length_are_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
