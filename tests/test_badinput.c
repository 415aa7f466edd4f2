#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"

/** Makes texts of a size that no literal has. */
struct maker {
	char *text;
	size_t len, room;
};

static void add(struct maker *m, const char *text)
{
	size_t len = strlen(text);
	if (m->len + len + 1 > m->room) {
		m->room = (m->len + len + 1) * 2;
		m->text = realloc(m->text, m->room);
		assert_non_null(m->text);
	}
	memcpy(m->text + m->len, text, len + 1);
	m->len += len;
}

static void add_repeated(struct maker *m, const char *text, size_t times)
{
	while (times-- > 0)
		add(m, text);
}

/** Loads what was made, which must be bad, and whose first complaint must be this. */
static void refused(struct maker *m, const char *code, const char *sentence)
{
	struct loading *l = load_with(m->text ? m->text : "", m->len, NULL);
	assert_int_equal(l->loaded, LOADED_BAD);
	assert_string_equal(l->complaints.first->code, code);
	assert_string_equal(l->complaints.first->sentence, sentence);
	loading_free(l);
	free(m->text);
}

static char *file_read(const char *path)
{
	struct maker m = { 0 };
	char part[4096];
	FILE *f = fopen(path, "rb");
	add(&m, "");
	for (size_t n; f && (n = fread(part, 1, sizeof part - 1, f)) > 0;) {
		part[n] = '\0';
		add(&m, part);
	}
	if (f)
		fclose(f);
	return m.text;
}

/** Every tests/data/bad/NAME.yaml has beside it, in NAME.txt, what is complained of. */
static void every_bad_file_is_answered_as_written_beside_it(void **state)
{
	glob_t files;
	(void)state;
	assert_int_equal(glob(TEST_DIR "/data/bad/*.yaml", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char answer[1024];
		const char *path = files.gl_pathv[i];
		snprintf(answer, sizeof answer, "%.*s.txt", (int)(strlen(path) - strlen(".yaml")), path);
		char *text = file_read(path), *wanted = file_read(answer);
		struct loading *l = load_text(text);
		assert_int_equal(l->loaded, LOADED_BAD);
		if (strcmp(complaints_text(l), wanted) != 0) {
			fputs(complaints_text(l), stderr); /* may be longer than fail_msg() prints */
			fail_msg("%s is answered as above", path);
		}
		loading_free(l);
		free(text);
		free(wanted);
	}
	globfree(&files);
}

static void an_empty_file_is_said_to_be_empty(void **state)
{
	struct maker nothing = { 0 }, comment = { 0 }, null = { 0 };
	(void)state;
	add(&comment, "# nothing here\n\n");
	add(&null, "---\n...\n");
	refused(&nothing, "VP001", "the file is empty");
	refused(&comment, "VP001", "the file is empty");
	refused(&null, "VP001", "the file is empty");
}

static void bytes_that_no_text_has_are_named(void **state)
{
	static const struct row {
		const char *bytes, *sentence;
		size_t len;
	} rows[] = {
		{ "viaport: 1\n\0", "the file is not text: byte 0x00 in line 2", 12 },
		{ "\x7f"
		  "ELF",
		  "the file is not text: byte 0x7f in line 1", 4 },
		{ "name: \xff\n", "the file is not text: byte 0xff in line 1", 8 },
		/* a slash in two bytes, half of a surrogate pair, and a sequence that is cut off */
		{ "\xc0\xaf", "the file is not text: byte 0xc0 in line 1", 2 },
		{ "\n\xed\xa0\x80", "the file is not text: byte 0xed in line 2", 4 },
		{ "\xe2\x82", "the file is not text: byte 0xe2 in line 1", 2 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct loading *l = load_with(rows[i].bytes, rows[i].len, NULL);
		assert_int_equal(l->loaded, LOADED_BAD);
		assert_string_equal(l->complaints.first->sentence, rows[i].sentence);
		loading_free(l);
	}
}

static void an_alias_bomb_does_not_go_off(void **state)
{
	struct maker m = { 0 };
	char line[64];
	(void)state;
	add(&m, "viaport: 1\na: &a [x, x, x, x, x, x, x, x, x]\n");
	for (char c = 'b'; c <= 'z'; c++) {
		snprintf(line, sizeof line, "%c: &%c [*%c, *%c, *%c, *%c]\n", c, c, c - 1, c - 1, c - 1,
			 c - 1);
		add(&m, line);
	}
	struct loading *l = load_with(m.text, m.len, NULL);
	assert_int_equal(l->loaded, LOADED_BAD);
	assert_non_null(strstr(complaints_text(l), "anchors and aliases are not used in scenarios"));
	assert_non_null(strstr(complaints_text(l), "`use`"));
	loading_free(l);
	free(m.text);
}

static void deep_nesting_is_refused_before_it_hurts(void **state)
{
	static const char *const deep[] = { "[", "{a: ", "- ", "? ", "[{a: " };
	(void)state;
	for (size_t i = 0; i < COUNT(deep); i++) {
		struct maker m = { 0 };
		add_repeated(&m, deep[i], 20000);
		refused(&m, "VP006", "maps and lists are nested too deeply");
	}
}

static void a_mapping_of_twenty_thousand_unknown_keys_is_answered(void **state)
{
	struct maker m = { 0 };
	char line[64];
	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(line, sizeof line, "phoness%d: x\n", i);
		add(&m, line);
	}
	struct loading *l = load_with(m.text, m.len, NULL);
	uint32_t kept = 0;
	for (const struct complaint *c = l->complaints.first; c; c = c->next)
		kept++;
	assert_true(l->complaints.n >= 20000);
	assert_int_equal(kept, 1000);
	loading_free(l);
	free(m.text);
}

static void ten_megabytes_are_answered(void **state)
{
	struct maker keys = { 0 }, text = { 0 }, huge = { 0 };
	(void)state;
	add_repeated(&keys, "- some: text\n", 770000);
	refused(&keys, "VP024", "the file holds more than a million values");
	add(&text, "viaport: 1\nname: ");
	add_repeated(&text, "0123456789", 1000000);
	struct loading *l = load_with(text.text, text.len, NULL);
	assert_int_equal(l->loaded, LOADED_BAD);
	loading_free(l);
	free(text.text);
	add_repeated(&huge, "# 0123456789012345678901234567\n", SOURCE_MAX / 31 + 1);
	refused(&huge, "VP001", "the file is larger than 16 MiB");
}

static void a_long_key_does_not_make_a_long_sentence(void **state)
{
	struct maker m = { 0 };
	(void)state;
	add_repeated(&m, "ab", 500);
	add(&m, ": 1\n\"esc\\e[31m\": 2\n");
	struct loading *l = load_with(m.text, m.len, NULL);
	for (const struct complaint *c = l->complaints.first; c; c = c->next) {
		assert_true(strlen(c->sentence) < 420);
		assert_null(strchr(c->sentence, '\x1b'));
	}
	loading_free(l);
	free(m.text);
}

/** Cuts, doubles and replaces bytes of a good file, always in the same way, and loads what comes out. */
static void break_in_many_ways(const char *path)
{
	static const char bytes[] = "{}[]:,-$&*!|>'\"%@#? \n\t0a";
	char *text = file_read(path);
	size_t len = strlen(text);
	assert_true(len > 0);
	for (uint64_t n = 0; n < 1500; n++) {
		struct arena *a = arena_new();
		char *broken = arena_copy(a, text, len);
		for (uint64_t edit = 0; edit <= n % 4; edit++)
			broken[(n * 7919 + edit * 104729) % len] = bytes[(n + edit * 5) % (sizeof bytes - 1)];
		loading_free(load_with(broken, n % 3 == 0 ? n * 31 % len : len, NULL));
		arena_free(a);
	}
	free(text);
}

static void broken_files_never_crash(void **state)
{
	(void)state;
	break_in_many_ways(SOURCE_ROOT "/scenarios/register/seed-test-1.yaml");
	break_in_many_ways(SOURCE_ROOT "/scenarios/register/misdelivered.yaml");
	break_in_many_ways(SOURCE_ROOT "/scenarios/router/rebind.yaml");
	break_in_many_ways(SOURCE_ROOT "/scenarios/router/set-timeout.yaml");
	break_in_many_ways(SOURCE_ROOT "/scenarios/call/hold.yaml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_file_is_answered_as_written_beside_it),
		cmocka_unit_test(an_empty_file_is_said_to_be_empty),
		cmocka_unit_test(bytes_that_no_text_has_are_named),
		cmocka_unit_test(an_alias_bomb_does_not_go_off),
		cmocka_unit_test(deep_nesting_is_refused_before_it_hurts),
		cmocka_unit_test(a_mapping_of_twenty_thousand_unknown_keys_is_answered),
		cmocka_unit_test(ten_megabytes_are_answered),
		cmocka_unit_test(a_long_key_does_not_make_a_long_sentence),
		cmocka_unit_test(broken_files_never_crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
