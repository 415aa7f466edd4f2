#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/device.h"
#include "models/remedy.h"
#include "models/router.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool reads(const struct field *f, const char *text, void *value)
{
	return field_read(f, arena, text, strlen(text), value);
}

static void durations_need_a_unit_and_may_have_decimals(void **state)
{
	static const struct row {
		const char *text;
		usec us; /* -1: refused */
	} rows[] = {
		{ "250ms", 250 * MSEC },
		{ "30s", 30 * SEC },
		{ "3m", 180 * SEC },
		{ "1h", 3600 * SEC },
		{ "1d", 86400 * SEC },
		{ "7us", 7 },
		{ "1.5s", 1500 * MSEC },
		{ "0.5m", 30 * SEC },
		{ "0s", 0 },
		{ "1.000000s", SEC },
		/* nothing, no unit, no number, another unit */
		{ "", -1 },
		{ "10", -1 },
		{ "s", -1 },
		{ "10sec", -1 },
		{ "10 s", -1 },
		{ "-1s", -1 },
		{ "+1s", -1 },
		{ "1e3s", -1 },
		/* a point needs digits on both sides, and only one is allowed */
		{ "1.s", -1 },
		{ ".5s", -1 },
		{ "1.2.3s", -1 },
		/* less than a microsecond cannot be told, and too much overflows */
		{ "1.5us", -1 },
		{ "0.00000001s", -1 },
		{ "99999999999999999999s", -1 },
		{ "106751992d", -1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		usec us = -1;
		bool good = duration_read(rows[i].text, strlen(rows[i].text), &us);
		if (good != (rows[i].us >= 0) || (good && us != rows[i].us))
			fail_msg("%s gives %lld", rows[i].text, (long long)us);
	}
}

static void durations_print_short_and_exact(void **state)
{
	static const struct row {
		usec us;
		const char *text;
	} rows[] = {
		{ 0, "0s" },
		{ 1, "1us" },
		{ 250 * MSEC, "250ms" },
		{ 500 * MSEC, "500ms" },
		{ 1500 * MSEC, "1.5s" },
		{ 30 * SEC, "30s" },
		{ 90 * SEC, "90s" },
		{ 3600 * SEC, "1h" },
		{ 86400 * SEC, "1d" },
		{ SEC + 1, "1000001us" },
		{ NEVER - 1, NULL }, /* long, but it comes back */
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = duration_print(rows[i].us, arena);
		usec back = -1;
		assert_true(duration_read(text, strlen(text), &back));
		assert_int_equal(back, rows[i].us);
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
	}
}

static void on_and_true_are_the_same(void **state)
{
	static const char *const words[] = { "off", "on", "auto", NULL };
	static const struct field truth = { "truth", FIELD_BOOL };
	static const struct field word = { "word", FIELD_WORD, .words = words };
	bool b = false;
	int w = -1;
	(void)state;
	assert_true(reads(&truth, "on", &b) && b);
	assert_true(reads(&truth, "false", &b) && !b);
	assert_false(reads(&truth, "yes", &b));
	assert_false(reads(&truth, "On", &b));
	assert_true(reads(&word, "true", &w) && w == 1);
	assert_true(reads(&word, "false", &w) && w == 0);
	assert_true(reads(&word, "auto", &w) && w == 2);
	assert_false(reads(&word, "always", &w));
}

static void numbers_stay_in_their_range(void **state)
{
	static const struct field port = { "port", FIELD_UINT, .min = 1, .max = 65535 };
	uint32_t n;
	(void)state;
	assert_true(reads(&port, "65535", &n) && n == 65535);
	assert_true(reads(&port, "007", &n) && n == 7);
	assert_false(reads(&port, "0", &n));
	assert_false(reads(&port, "65536", &n));
	assert_false(reads(&port, "4294967297", &n));
	assert_false(reads(&port, "99999999999999999999", &n));
	assert_false(reads(&port, "-1", &n));
	assert_false(reads(&port, "", &n));
	assert_false(reads(&port, "5060x", &n));
	assert_string_equal(field_wants(&port, arena), "a number from 1 to 65535");
}

static void shares_go_from_nothing_to_all(void **state)
{
	static const struct field loss = { "loss", FIELD_RATE };
	uint32_t n;
	(void)state;
	assert_true(reads(&loss, "0%", &n) && n == 0);
	assert_true(reads(&loss, "0.5%", &n) && n == 5000);
	assert_true(reads(&loss, "100%", &n) && n == 1000000);
	assert_true(reads(&loss, "0.0001%", &n) && n == 1);
	assert_false(reads(&loss, "100.0001%", &n));
	assert_false(reads(&loss, "0.00001%", &n));
	assert_false(reads(&loss, "5", &n));
	assert_false(reads(&loss, "%", &n));
}

static void addresses_of_nobody_are_refused(void **state)
{
	static const struct field address = { "address", FIELD_ENDPOINT };
	static const struct field inside = { "inside", FIELD_PREFIX };
	struct endpoint e;
	struct prefix p;
	(void)state;
	assert_true(reads(&address, "192.0.2.7", &e) && e.host == 0xC0000207 && e.port == 0);
	assert_true(reads(&address, "192.0.2.7:5061", &e) && e.port == 5061);
	assert_false(reads(&address, "0.0.0.0:5060", &e));
	assert_false(reads(&address, "192.0.2.7:0", &e));
	assert_false(reads(&address, "192.0.2.256", &e));
	assert_false(reads(&address, "example.net", &e));
	assert_true(reads(&inside, "10.0.0.0/8", &p) && p.bits == 8);
	assert_false(reads(&inside, "0.0.0.0/0", &p));
	assert_false(reads(&inside, "10.0.0.1/32", &p));
	assert_false(reads(&inside, "10.0.0.1/24", &p));
}

static void texts_have_no_control_characters(void **state)
{
	static const struct field user = { "user", FIELD_TEXT };
	const char *text;
	(void)state;
	assert_true(reads(&user, "Müller", &text));
	assert_string_equal(text, "Müller");
	assert_false(reads(&user, "a\r\nVia: x", &text));
	assert_false(field_read(&user, arena, "a\0b", 3, &text));
	assert_false(reads(&user, "\x7f", &text));
}

static void defaults_fill_groups_and_lists(void **state)
{
	struct router_profile router = { 0 };
	(void)state;
	fields_default(router_fields, arena, &router);
	assert_int_equal(router.nat.first, 60 * SEC);
	assert_int_equal(router.nat.port_high, 65535);
	assert_int_equal(router.nat.next_ports.n, 0);
}

/** Reads what field_print() gave, as a scalar would be read from YAML. */
static void scalar_comes_back(const struct field *f, const void *profile, void *other)
{
	const char *text = field_print(f, profile, arena);
	if (*text && *text != '"' && !reads(f, text, (char *)other + f->at))
		fail_msg("%s: %s", f->key, text);
	if (*text && *text != '"')
		assert_true(field_equal(f, profile, other));
}

static void fields_come_back(const struct field *fields, const void *profile, void *other)
{
	for (const struct field *f = fields; f->key; f++) {
		if (f->kind == FIELD_GROUP)
			fields_come_back(f->members, profile, other);
		else if (!field_is_list(f))
			scalar_comes_back(f, profile, other);
	}
}

static void what_is_printed_reads_back(void **state)
{
	(void)state;
	for (int kind = 0; kind < DEVICE_KINDS; kind++) {
		void *profile = arena_alloc(arena, devices[kind].profile_size);
		void *other = arena_alloc(arena, devices[kind].profile_size);
		fields_default(devices[kind].fields, arena, profile);
		fields_come_back(devices[kind].fields, profile, other);
	}
}

static void lists_and_groups_print_as_in_yaml(void **state)
{
	static const uint32_t ports[] = { 23201, 36321 };
	struct router_profile router = { 0 };
	(void)state;
	fields_default(router_fields, arena, &router);
	router.nat.next_ports = (struct list){ ports, 2 };
	const struct field *next = field_find(router_fields, "next-ports", 10);
	const struct field *range = field_find(router_fields, "port-range", 10);
	assert_string_equal(field_print(next, &router, arena), "[23201, 36321]");
	assert_string_equal(field_print(range, &router, arena), "{from: 1024, to: 65535}");
}

static void texts_that_yaml_would_misread_print_in_quotes(void **state)
{
	static const struct field text = { "text", FIELD_TEXT };
	static const struct row {
		const char *text, *printed;
	} rows[] = {
		{ "Cisco-CP7940G/7.5", "Cisco-CP7940G/7.5" },
		{ ";transport=udp", ";transport=udp" },
		{ "a: b", "\"a: b\"" },
		{ "INVITE,ACK", "\"INVITE,ACK\"" },
		{ "say \"x\"", "\"say \\\"x\\\"\"" },
		{ "$axis", "\"$axis\"" },
		{ "", "\"\"" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(field_print(&text, &rows[i].text, arena), rows[i].printed);
}

static void equal_means_the_same_value_not_the_same_memory(void **state)
{
	const struct field *next = field_find(router_fields, "next-ports", 10);
	uint32_t some[] = { 1, 2 }, same[] = { 1, 2 }, other[] = { 1, 3 };
	struct router_profile a = { 0 }, b = { 0 };
	(void)state;
	a.nat.next_ports = (struct list){ some, 2 };
	b.nat.next_ports = (struct list){ same, 2 };
	assert_true(field_equal(next, &a, &b));
	b.nat.next_ports = (struct list){ other, 2 };
	assert_false(field_equal(next, &a, &b));
	b.nat.next_ports = (struct list){ same, 1 };
	assert_false(field_equal(next, &a, &b));
}

/** Knobs stand in their groups, whatever the order in which they were given. */
static void knobs_of_a_remedy_print_as_in_yaml(void **state)
{
	static const usec first = 7 * SEC;
	static const int random_ports = 1;
	const struct field *timeout = field_find(router_fields, "udp-timeout", 11);
	const struct knob_value values[] = {
		{ field_find(timeout->members, "first", 5), &first },
		{ field_find(router_fields, "ports", 5), &random_ports },
	};
	const struct remedy_profile nothing = { 0 }, remedy = { .routers = { values, 2 } },
				    half = { .routers = { values, 1 } };
	const struct field *routers = field_find(remedy_fields, "routers", 7);
	struct router_profile router = { 0 };
	(void)state;
	assert_string_equal(field_print(routers, &remedy, arena),
			    "{ports: random, udp-timeout: {first: 7s}}");
	assert_string_equal(field_print(routers, &nothing, arena), "");
	assert_true(field_equal(routers, &remedy, &remedy));
	assert_false(field_equal(routers, &remedy, &half));
	knob_values_apply(&remedy.routers, &router);
	assert_int_equal(router.nat.first, first);
	assert_int_equal(router.nat.ports, random_ports);
}

static void a_node_is_named_by_a_name_a_word_or_where_that_may_stand_an_address(void **state)
{
	static const char *const words[] = { "all", NULL };
	static const struct field name = { "to", FIELD_NODE, .words = words };
	static const struct field address = { "to", FIELD_NODE, .words = words, .address = true };
	(void)state;
	assert_true(field_names_nobody(&name, "all", 3));
	assert_false(field_names_nobody(&name, "desk", 4));
	assert_false(field_names_nobody(&name, "192.0.2.7", 9));
	assert_true(field_names_nobody(&address, "192.0.2.7:5062", 14));
	assert_false(field_names_nobody(&address, "192.0.2.7.8", 11));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(durations_need_a_unit_and_may_have_decimals),
		TEST(durations_print_short_and_exact),
		TEST(on_and_true_are_the_same),
		TEST(numbers_stay_in_their_range),
		TEST(shares_go_from_nothing_to_all),
		TEST(addresses_of_nobody_are_refused),
		TEST(texts_have_no_control_characters),
		TEST(defaults_fill_groups_and_lists),
		TEST(what_is_printed_reads_back),
		TEST(lists_and_groups_print_as_in_yaml),
		TEST(texts_that_yaml_would_misread_print_in_quotes),
		TEST(knobs_of_a_remedy_print_as_in_yaml),
		TEST(a_node_is_named_by_a_name_a_word_or_where_that_may_stand_an_address),
		TEST(equal_means_the_same_value_not_the_same_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
