/* The parts that reports are made of: JSON strings, wrapping, commands, carets, ladders. */
#include <stdio.h>
#include <string.h>

#include "reports/alike.h"
#include "reports/complaints.h"
#include "reports/conditions_text.h"
#include "reports/json.h"
#include "reports/ladder.h"
#include "reports/legend.h"
#include "reports/matrix.h"
#include "reports/report.h"
#include "reports/spread.h"
#include "reports/table.h"
#include "reports/unverified.h"
#include "reports/utf8.h"
#include "sim/icmp.h"
#include "sim/world.h"
#include "tests/lab.h"

static const struct paper narrow = { .width = 60 }, usual = { .width = 80 };

/** Compares what was put with a text and gives the sink back. */
static void assert_put(struct sink *s, const char *wanted)
{
	sink_char(s, '\0');
	assert_string_equal(s->bytes, wanted);
	sink_free(s);
}

/* --- JSON ------------------------------------------------------------------------------------ */

TEST(strings_are_escaped_and_stay_utf8)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *wanted;
	} rows[] = {
		{ "plain", 5, "\"plain\"" },
		{ "", 0, "\"\"" },
		{ "a\"b\\c", 5, "\"a\\\"b\\\\c\"" },
		{ "\r\n\t\b\f", 5, "\"\\r\\n\\t\\b\\f\"" },
		{ "\0\x1f\x7f", 3, "\"\\u0000\\u001f\\u007f\"" },
		{ "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9, "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
		/* overlong, a half, a surrogate, too large: each wrong byte becomes U+FFFD */
		{ "\xC0\x80", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "x\xC3", 2, "\"x\xEF\xBF\xBD\"" },
		{ "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sink s = { 0 };
		struct json j = { &s };
		json_string(&j, rows[i].bytes, rows[i].len);
		assert_put(&s, rows[i].wanted);
	}
}

TEST(bytes_that_are_no_utf8_can_be_written_as_code_points)
{
	struct sink s = { 0 };
	struct json j = { &s };
	json_latin1(&j, "a\xE4\xFF\n", 4);
	assert_put(&s, "\"a\xC3\xA4\xC3\xBF\\n\"");
}

TEST(commas_stand_between_and_nowhere_else)
{
	struct sink s = { 0 };
	struct json j = { &s };
	json_open(&j, '{');
	json_key(&j, "a"), json_open(&j, '['), json_close(&j, ']');
	json_key(&j, "b"), json_open(&j, '[');
	json_item(&j), json_number(&j, 1);
	json_item(&j), json_open(&j, '{'), json_close(&j, '}');
	json_item(&j), json_bool(&j, true);
	json_close(&j, ']');
	json_key(&j, "c"), json_null(&j);
	json_close(&j, '}');
	assert_put(&s, "{\"a\": [], \"b\": [1, {}, true], \"c\": null}");
}

/* --- text ------------------------------------------------------------------------------------ */

TEST(a_paragraph_breaks_between_words_and_keeps_long_ones_whole)
{
	struct sink s = { 0 };
	put_wrapped(&s, "one two three", 0, 2, 7);
	assert_put(&s, "one two\n  three");
	put_wrapped(&s, "first\nsecond", 0, 2, 80);
	assert_put(&s, "first\n  second");
	put_wrapped(&s, "a averyveryverylongword b", 0, 0, 8);
	assert_put(&s, "a\naveryveryverylongword\nb");
	put_wrapped(&s, "\xC3\xA4\xC3\xA4\xC3\xA4 \xC3\xA4", 0, 0, 5);
	assert_put(&s, "\xC3\xA4\xC3\xA4\xC3\xA4 \xC3\xA4");
	put_wrapped(&s, " behind something", 8, 2, 16);
	assert_put(&s, " behind\n  something");
	put_wrapped(&s, " behind something", 12, 2, 16);
	assert_put(&s, "\n  behind\n  something");
}

TEST(numbers_have_commas_and_nouns)
{
	struct sink s = { 0 };
	put_count(&s, 1, "cell");
	sink_char(&s, ' ');
	put_count(&s, 1002003, "cell");
	assert_put(&s, "1 cell 1,002,003 cells");
}

TEST(shell_words_are_quoted_when_they_must_be)
{
	struct sink s = { 0 };
	put_shell_word(&s, "scenarios/a.yaml");
	sink_char(&s, ' ');
	put_shell_word(&s, "it's here");
	sink_char(&s, ' ');
	put_shell_word(&s, "");
	assert_put(&s, "scenarios/a.yaml 'it'\\''s here' ''");
}

TEST(a_long_command_goes_on_behind_a_backslash)
{
	static const char *values[] = { "a-long-value-of-an-axis" };
	struct axis axes[] = { { "phone", values, values, 1 }, { "router", values, values, 1 } };
	const struct scenario scenario = { .axes = axes, .n_axes = 2 };
	const struct shown shown = { .scenario = &scenario, .file = "some file.yaml", .seed = 7 };
	const struct show show = { .paper = narrow, .seeded = true };
	struct sink s = { 0 };
	put_outcome_command(&s, &show, &shown, 0, NULL, 2);
	assert_put(&s, "  viaport run 'some file.yaml' \\\n"
		       "      --only phone=a-long-value-of-an-axis \\\n"
		       "      --only router=a-long-value-of-an-axis --seed 7\n");
}

TEST(a_command_for_standard_input_asks_for_a_file)
{
	const struct scenario scenario = { .path = "stdin" };
	const struct shown shown = { .scenario = &scenario };
	const struct show show = { .paper = usual };
	struct sink s = { 0 };
	put_outcome_command(&s, &show, &shown, 0, NULL, 2);
	assert_put(&s, "  viaport run FILE  # FILE holds that input\n");
}

/* --- matrices -------------------------------------------------------------------------------- */

TEST(causes_come_in_order_of_number)
{
	struct sink s = { 0 };
	uint32_t n = 0;
	for (const struct cause *c = NULL, *last = NULL; (c = next_cause(ALL_CAUSES, c)); last = c, n++)
		assert_true(!last || strcmp(last->id, c->id) < 0);
	assert_null(causes[n].word);
	assert_null(next_cause(0, NULL));
	const uint64_t two = UINT64_C(1) << (cause_find("F12", 3) - causes) |
			     UINT64_C(1) << (cause_find("F03", 3) - causes);
	put_cause_words(&s, two);
	assert_put(&s, "asymmetric-phone-preserved-port, two-phones-one-port");
}

static const struct check_kind ring = { "ring", 'I', CHECK_ATTEMPT, STEP_REGISTER, 0, NULL, NULL };

static const struct check_kind *kind_called(const char *word)
{
	const struct check_kind *k = check_kinds;
	while (strcmp(k->word, word))
		k++;
	return k;
}

TEST(checks_have_letters_and_numbers_where_letters_repeat)
{
	struct check checks[] = { { .kind = check_kinds }, { .kind = &ring }, { .kind = check_kinds } };
	struct scenario s = { .checks = checks, .n_checks = 2 };
	assert_int_equal(check_symbol(&s, 0), 'R');
	assert_int_equal(check_symbol(&s, 1), 'I');
	s.n_checks = 3;
	assert_int_equal(check_symbol(&s, 0), '1');
	assert_int_equal(check_symbol(&s, 2), '3');
}

TEST(a_legend_breaks_between_its_items_only)
{
	struct node_spec nodes[] = { { .name = "a-phone-with-a-name" }, { .name = "another" } };
	struct check checks[] = { { .kind = check_kinds, .name = "register" },
				  { .kind = check_kinds, .name = "register", .subject = 1 } };
	const struct scenario scenario = { .checks = checks, .n_checks = 2, .nodes = nodes, .n_nodes = 2 };
	const struct brief cells[] = {
		{ .verdict = VERDICT_DEGRADED, .causes = 1, .n_results = 2, .results = { 0, VERDICT_FAILS } },
		{ .verdict = VERDICT_WORKS, .expected = true, .n_results = 2 },
	};
	struct sink s = { 0 };
	put_legend(&s, &narrow, &scenario, cells, 2, false);
	assert_put(&s, "+ works: every check works\n"
		       "~ degraded: only later checks fail\n"
		       "1 register a-phone-with-a-name   2 register another\n"
		       "- fails\n"
		       "Fnn, Gnn: the cause, below   ! not as expected\n\n");
}

/* Checks of calls by their words, each as a text names it. */
TEST(a_check_is_named_by_what_it_asks_and_whom)
{
	static const struct node_spec named[] = { { .name = "alice" }, { .name = "bob" } };
	static const int other_side = 1, source = PEER_SOURCE;
	static const struct setting by[] = { { &check_fields[CHECK_FIELD_BY], -1, &other_side, { 0 } } };
	static const struct setting peer[] = { { &check_fields[CHECK_FIELD_PEER], -1, &source, { 0 } } };
	const struct scenario s = { .nodes = (struct node_spec *)named, .n_nodes = 2 };
	const struct row {
		struct check check;
		const char *text;
	} rows[] = {
		{ { .kind = kind_called("register"), .name = "register", .subject = 0, .hearer = -1 }, "register alice" },
		{ { .kind = kind_called("no-misdelivery"), .name = "none", .subject = -1, .hearer = -1 }, "none" },
		{ { .kind = kind_called("hangup"), .name = "hangup", .subject = 1, .hearer = -1, .values = { by, 1 } },
		  "hangup bob by server" },
		{ { .kind = kind_called("audio"), .name = "audio", .subject = -1, .hearer = -1 }, "audio both-ways" },
		{ { .kind = kind_called("audio"), .name = "audio", .subject = 0, .hearer = 1, .values = { peer, 1 } },
		  "audio alice to bob by source" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sink out = { 0 };
		put_question(&out, &s, &rows[i].check, true);
		assert_put(&out, rows[i].text);
	}
}

TEST(a_cell_of_several_checks_shows_a_letter_for_each_that_works)
{
	static const char *words[] = { "first", "second" };
	struct axis axes[] = { { "phone", words, words, 2 } };
	static const char *const asked[] = { "register", "reachable-after", "no-misdelivery" };
	struct check checks[3];
	for (uint32_t i = 0; i < 3; i++)
		checks[i] = (struct check){ .kind = kind_called(asked[i]), .name = asked[i], .subject = -1 };
	const struct scenario scenario = { .checks = checks, .n_checks = 3, .axes = axes, .n_axes = 1 };
	const struct brief cells[] = {
		{ .cell = 0, .verdict = VERDICT_STOPS, .expected = true, .causes = UINT64_C(1) << (cause_find("F10", 3) - causes),
		  .n_results = 3, .results = { VERDICT_WORKS, VERDICT_STOPS, VERDICT_WORKS } },
		{ .cell = 1, .verdict = VERDICT_WORKS, .expected = true, .n_results = 3 },
	};
	struct sink s = { 0 };
	put_matrix(&s, &usual, &scenario, cells, 2);
	assert_put(&s, "phone\n"
		       "first   | stops R|M F10\n"
		       "second  + works RKM\n"
		       "\n"
		       "+ works: every check works   | stops: worked, then silence\n"
		       "R register   K reachable-after   M no-misdelivery\n"
		       "Fnn, Gnn: the cause, below\n\n");
}

/* The run ended before the last of four cells. */
TEST(a_blank_is_a_cell_that_was_not_run)
{
	static const char *words[] = { "on", "off" };
	struct axis axes[] = { { "rport", words, words, 2 }, { "idle", words, words, 2 } };
	struct check checks[] = { { .kind = check_kinds, .name = "register" } };
	const struct scenario scenario = { .axes = axes, .n_axes = 2, .checks = checks, .n_checks = 1 };
	const struct brief cells[] = { { .cell = 0, .expected = true },
				       { .cell = 1, .expected = true },
				       { .cell = 2, .expected = true } };
	struct sink s = { 0 };
	put_matrix(&s, &usual, &scenario, cells, 3);
	assert_put(&s, "rport  on       off\n"
		       "on     + works  + works\n"
		       "off    + works\n\n"
		       "+ works: registers   blank: no result\n\n");
}

TEST(a_large_matrix_shows_the_axes_that_make_a_difference)
{
	static const char *words[] = { "on", "off", "maybe" };
	struct axis axes[] = { { "rport", words, words, 2 }, { "idle", words, words, 3 } };
	const struct scenario scenario = { .axes = axes, .n_axes = 2 };
	struct spread *spread = spread_new(&scenario);
	struct sink s = { 0 };
	for (uint64_t cell = 0; cell < 6; cell++) /* of idle=maybe nothing was run */
		if (cell % 3 < 2)
			spread_add(spread,
				   &(struct brief){ .cell = cell,
						    .verdict = cell < 3 ? VERDICT_WORKS : VERDICT_FAILS,
						    .expected = cell < 3 });
	assert_true(put_spread(&s, put_table, &usual, spread));
	assert_put(&s, "rport  works  fails  not as expected\n"
		       "on     2      -      -\n"
		       "off    -      2      2\n\n");
	spread_free(spread);
}

/* As many values as the catalogue has routers are summed up, and a hundred are not. */
TEST(an_axis_of_a_whole_catalogue_is_summed_up_and_one_of_numbers_is_not)
{
	static const char *words[100];
	struct axis axes[] = { { "router", words, words, 42 }, { "seed", words, words, 100 } };
	const struct scenario scenario = { .axes = axes, .n_axes = 2 };
	struct spread *spread = spread_new(&scenario);
	struct sink s = { 0 };
	for (size_t i = 0; i < COUNT(words); i++)
		words[i] = "x";
	for (uint64_t cell = 0; cell < 4200; cell++)
		spread_add(spread, &(struct brief){ .cell = cell,
						    .verdict = cell % 2 || cell < 100 ? VERDICT_WORKS : VERDICT_FAILS,
						    .expected = true });
	assert_true(put_spread(&s, put_table, &usual, spread));
	sink_char(&s, '\0');
	assert_ptr_equal(strstr(s.bytes, "router  works  fails\nx       100    -\nx       50     50\n"), s.bytes);
	assert_null(strstr(s.bytes, "seed"));
	sink_free(&s);
	spread_free(spread);
}

/* Of rport=maybe nothing was run; on and off differ behind random ports only. */
TEST(values_that_come_to_the_same_share_a_row)
{
	static const char *rports[] = { "on", "off", "maybe" };
	static const char *routers[] = { "random", "static", "pf", "linux", "er6020" };
	struct axis axes[] = { { "rport", rports, rports, 3 }, { "router", routers, routers, 5 } };
	struct check checks[] = { { .kind = check_kinds, .name = "register" } };
	const struct scenario scenario = { .axes = axes, .n_axes = 2, .checks = checks, .n_checks = 1 };
	struct brief cells[10];
	struct sink s = { 0 };
	uint32_t n;
	for (uint32_t i = 0; i < COUNT(cells); i++) {
		bool random = i % 5 % 2 == 0, fails = i >= 5 && random;
		cells[i] = (struct brief){ .cell = i,
					   .verdict = fails ? VERDICT_FAILS : VERDICT_WORKS,
					   .expected = true };
	}
	struct alike *alike = alike_new(&scenario, cells, COUNT(cells));
	put_matrix(&s, &usual, alike_scenario(alike), alike_briefs(alike, &n), 4);
	assert_int_equal(n, 4);
	put_alike_groups(&s, &usual, alike);
	assert_put(&s, "rport  random +2  static +1\n"
		       "on     + works    + works\n"
		       "off    x fails    + works\n\n"
		       "+ works: registers\n\n"
		       "router random +2: pf, er6020\n"
		       "router static +1: linux\n");
	alike_free(alike);
}

TEST(a_cell_that_surprises_keeps_its_row)
{
	static const char *words[] = { "on", "off" };
	struct axis axes[] = { { "rport", words, words, 2 } };
	const struct scenario scenario = { .axes = axes, .n_axes = 1 };
	const struct brief cells[] = { { .cell = 0, .expected = true }, { .cell = 1 } };
	struct alike *alike = alike_new(&scenario, cells, 2);
	uint32_t n;
	alike_briefs(alike, &n);
	assert_int_equal(n, 2);
	alike_free(alike);
}

TEST(cells_that_rest_on_low_confidence_name_the_entries)
{
	static const struct model yealink = { .name = "yealink", .confidence = CONFIDENCE_LOW, .shared = true };
	struct sink s = { 0 };

	struct unverified *u = unverified_new();
	unverified_add(u, &(struct brief){ .cell = 0, .confidence = CONFIDENCE_HIGH });
	put_unverified(&s, &usual, u);
	assert_int_equal(s.len, 0);
	unverified_add(u, &(struct brief){ .cell = 1, .confidence = CONFIDENCE_LOW, .weak = { &yealink } });
	put_unverified(&s, &usual, u);
	assert_put(&s, "1 of 2 cells rests on entries of low confidence: yealink; viaport show NAME says\n"
		       "what is not verified\n\n");
	unverified_free(u);

	u = unverified_new(); /* the same model twice is named once */
	unverified_add(u, &(struct brief){ .confidence = CONFIDENCE_LOW, .weak = { &yealink, &yealink } });
	put_unverified(&s, &usual, u);
	assert_put(&s, "entries of low confidence: yealink; viaport show NAME says what is not verified\n\n");
	unverified_free(u);
}

TEST(entries_of_ones_own_are_told_by_their_place)
{
	static const struct model yealink = { .name = "yealink", .confidence = CONFIDENCE_LOW, .shared = true },
				  own = { .name = "my-box", .confidence = CONFIDENCE_LOW, .path = "lab.yaml", .line = 12 };
	struct sink s = { 0 };
	struct unverified *u = unverified_new();
	unverified_add(u, &(struct brief){ .cell = 0, .confidence = CONFIDENCE_LOW, .weak = { &own } });
	put_unverified(&s, &usual, u);
	assert_put(&s, "entries of low confidence: my-box (lab.yaml:12)\n\n");
	unverified_free(u);

	u = unverified_new();
	unverified_add(u, &(struct brief){ .cell = 0, .confidence = CONFIDENCE_LOW, .weak = { &own, &yealink } });
	put_unverified(&s, &usual, u);
	assert_put(&s, "entries of low confidence: my-box (lab.yaml:12), yealink; viaport show NAME says\n"
		       "what is not verified\n\n");
	unverified_free(u);
}

/* --- complaints ------------------------------------------------------------------------------ */

static struct complaint complaint_at(uint32_t column, uint32_t len, const char *line)
{
	return (struct complaint){
		.code = "VP003",
		.sentence = "unknown key 'behnid'",
		.help = "did you mean 'behind'?",
		.at = { "lab.yaml", 10, column, len },
		.source_line = line,
	};
}

static void assert_complaint(struct complaint c, const struct paper *paper, const char *wanted)
{
	const struct complaints list = { .first = &c, .last = &c, .n = 1 };
	struct sink s = { 0 };
	complaints_as_text(&s, paper, &list);
	assert_put(&s, wanted);
}

TEST(a_caret_stands_below_the_mistake)
{
	assert_complaint(complaint_at(5, 6, "    behnid: er6020"), &usual,
			 "lab.yaml:10:5: error[VP003]: unknown key 'behnid'\n"
			 "   10 |     behnid: er6020\n"
			 "      |     ^~~~~~\n"
			 "help: did you mean 'behind'?  viaport explain VP003\n\n");
}

TEST(columns_are_bytes_and_carets_are_characters)
{
	assert_complaint(complaint_at(4, 6, "\xC3\xA4\tbehnid\x01"), &usual,
			 "lab.yaml:10:4: error[VP003]: unknown key 'behnid'\n"
			 "   10 | \xC3\xA4 behnid?\n"
			 "      |   ^~~~~~\n"
			 "help: did you mean 'behind'?  viaport explain VP003\n\n");
}

TEST(a_long_line_is_cut_around_the_mistake)
{
	char line[1001];
	memset(line, '[', 1000);
	line[1000] = '\0';
	struct complaint c = complaint_at(500, 1, line);
	const struct complaints list = { .first = &c, .last = &c, .n = 3 };
	struct sink s = { 0 };
	complaints_as_text(&s, &narrow, &list);
	sink_char(&s, '\0');
	for (const char *at = s.bytes; *at; at += strcspn(at, "\n") + 1)
		assert_true(strcspn(at, "\n") <= 60);
	assert_non_null(strstr(s.bytes, "and 2 more mistakes"));
	sink_free(&s);
}

TEST(help_is_broken_and_its_command_is_not)
{
	struct complaint c = complaint_at(5, 6, NULL);
	c.sentence = "unknown key 'behnid' in phones.the-one-in-the-hall";
	c.help = "there are: model, count, behind, address, user, password";
	c.note = "keys are words that are joined by hyphens";
	c.note_at = (struct place){ .path = "lab.yaml", .line = 2, .column = 1 };
	assert_complaint(c, &narrow,
			 "lab.yaml:10:5: error[VP003]: unknown key 'behnid' in\n"
			 "    phones.the-one-in-the-hall\n"
			 "lab.yaml:2:1: note: keys are words that are joined by\n"
			 "    hyphens\n"
			 "help: there are: model, count, behind, address, user,\n"
			 "      password  viaport explain VP003\n\n");
	c.note = NULL;
	c.help = "did you mean 'behind', or something else?";
	assert_complaint(c, &narrow,
			 "lab.yaml:10:5: error[VP003]: unknown key 'behnid' in\n"
			 "    phones.the-one-in-the-hall\n"
			 "help: did you mean 'behind', or something else?\n"
			 "      viaport explain VP003\n\n");
}

/* --- conditions ------------------------------------------------------------------------------ */

/** Conditions of a matrix of one phone per row and one router per column: + works, - fails, . was not run. */
static struct conditions *conditions_of(struct arena *a, const char *const *lines, uint32_t n, uint32_t columns,
					struct scenario *s)
{
	static const char *phones[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l" }, *asks[COUNT(phones)];
	static const char *routers[] = { "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12" };
	struct axis *axes = arena_alloc(a, 2 * sizeof *axes);
	struct axis_knobs *knobs = arena_alloc(a, 2 * sizeof *knobs);
	struct axis_knob *rport = arena_alloc(a, sizeof *rport);
	axes[0] = (struct axis){ .name = "phone", .values = phones, .labels = phones, .n = n };
	axes[1] = (struct axis){ .name = "router", .values = routers, .labels = routers, .n = columns };
	for (uint32_t i = 0; i < COUNT(phones); i++)
		asks[i] = i < 2 ? "off" : "on";
	*rport = (struct axis_knob){ "phone rport", asks };
	knobs[0] = (struct axis_knobs){ rport, 1 };
	*s = (struct scenario){ .axes = axes, .n_axes = 2 };
	struct conditions *c = conditions_new(s, knobs, (uint64_t)n * columns);
	for (uint32_t i = 0; i < n * columns; i++) {
		char mark = lines[i / columns][i % columns];
		if (mark != '.')
			conditions_add(c, i,
				       mark == '+'   ? VERDICT_WORKS
				       : mark == '~' ? VERDICT_DEGRADED
				       : mark == '!' ? VERDICT_STOPS
						     : VERDICT_FAILS,
				       0);
	}
	conditions_solve(c);
	return c;
}

TEST(conditions_are_sentences_of_knobs_and_names)
{
	static const struct {
		const char *lines[3];
		const char *text;
	} rows[] = {
		{ { "-++", "-++", "+++" }, "fails when phone rport is off and router is r1\n\n" },
		{ { "--+", "--+", "---" },
		  "fails when router is r1 or r2 (6 cells)\nfails when phone rport is on (3 cells)\n\n" },
		{ { "---", "---", "++-" },
		  "fails when phone rport is off (6 cells)\nfails when router is r3 (3 cells)\n\n" },
		{ { "---", "---", "---" }, "fails in every cell\n\n" },
		{ { "--+", "~-+", "---" },
		  "does not work when router is r1 or r2 (6 cells)\nfails when phone rport is on (3 cells)\n\n" },
		{ { "!--", "---", "---" }, "does not work in any cell\n\n" },
		{ { "---", "---", "-.-" }, "fails in every cell\n(of those that ran and are shown)\n\n" },
		{ { "+++", "+++", ".++" }, "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct scenario scenario;
		struct sink s = { 0 };
		struct conditions *c = conditions_of(a, rows[i].lines, 3, 3, &scenario);
		put_conditions(&s, &usual, &scenario, c);
		assert_put(&s, rows[i].text);
		conditions_free(c);
		arena_free(a);
	}
}

/** Each phone fails behind a router of its own. */
static struct conditions *twelve_conditions(struct arena *a, struct scenario *s)
{
	static char diagonal[12][13];
	const char *lines[12];
	for (uint32_t i = 0; i < 12; i++) {
		memset(diagonal[i], '+', 12);
		diagonal[i][i] = '-';
		lines[i] = diagonal[i];
	}
	return conditions_of(a, lines, 12, 12, s);
}

TEST(of_many_conditions_a_page_has_five_and_the_lines_all)
{
	struct arena *a = arena_new();
	struct scenario scenario;
	struct sink s = { 0 };
	struct conditions *c = twelve_conditions(a, &scenario);
	put_conditions(&s, &usual, &scenario, c);
	sink_char(&s, '\0');
	assert_non_null(strstr(s.bytes, "fails when phone is e and router is r5 (1 cell)\n"
					"and 7 more conditions; -f json has all of them\n\n"));
	assert_null(strstr(s.bytes, "r6"));
	sink_clear(&s);
	assert_true(put_conditions_line(&s, &scenario, c, 11));
	assert_false(put_conditions_line(&s, &scenario, c, 12));
	assert_put(&s, "fails when phone is l and router is r12");
	conditions_free(c);
	arena_free(a);
}

TEST(of_a_long_list_of_names_six_are_told_and_json_has_all)
{
	static const char *const lines[] = { "-------++", "+++++++++", "+++++++++" };
	struct arena *a = arena_new();
	struct scenario scenario;
	struct sink s = { 0 };
	struct json j = { &s };
	struct conditions *c = conditions_of(a, lines, 3, 9, &scenario);
	put_condition(&s, &scenario, conditions_found(c)->items);
	assert_put(&s, "fails when phone is a and router is one of 7: r1, r2, r3, r4, r5, r6 and 1 more");
	conditions_array(&j, &scenario, c);
	sink_char(&s, '\0');
	assert_non_null(strstr(s.bytes, "router is r1, r2, r3, r4, r5, r6 or r7\""));
	sink_free(&s);
	conditions_free(c);
	arena_free(a);
}

TEST(conditions_have_their_literals_in_json)
{
	static const char *const lines[] = { "+-+", "+-+", "+++" };
	struct arena *a = arena_new();
	struct scenario scenario;
	struct sink s = { 0 };
	struct json j = { &s };
	struct conditions *c = conditions_of(a, lines, 3, 3, &scenario);
	conditions_array(&j, &scenario, c);
	assert_put(&s, "[{\"cells\": 2, \"text\": \"fails when phone rport is off and router is r2\", \"when\": "
		       "[{\"axis\": \"phone\", \"knob\": \"phone rport\", \"values\": [\"off\"]}, "
		       "{\"axis\": \"router\", \"knob\": null, \"values\": [\"r2\"]}]}]");
	conditions_array(&j, &scenario, NULL);
	assert_put(&s, "[]");
	conditions_free(c);
	arena_free(a);
}

/* --- ladders --------------------------------------------------------------------------------- */

/** A trace written by hand: a phone that tries three times, and a router that drops every answer. */
struct play {
	struct world *world;
	struct node phone, server;
	struct iface phone_side, server_side;
	uint32_t id;
};

static const struct fact no_mapping = { "no-mapping", "no mapping for {dst}", "RFC 4787 5" };
static const struct fact via_port = { "via-port", "the Via port", "RFC 3261 18.2.2" };
static const struct fact gave_up = { "gave-up", "gave up", NULL };

static const struct endpoint phone_at = { 0xC0A80168, 5060 }, server_at = { 0x054F059E, 5060 };

static struct node_spec specs[] = { { .name = "phone", .kind = DEVICE_PHONE }, { .name = "pbx", .kind = DEVICE_SERVER } };
static const struct scenario phone_and_server = { .nodes = specs, .n_nodes = COUNT(specs) };

static struct play play_begin(struct arena *a)
{
	struct play p = { .world = world_new(a, &(struct world_setup){ .level = TRACE_FACTS }) };
	p.phone = (struct node){ .world = p.world, .name = "phone" };
	p.server = (struct node){ .world = p.world, .name = "pbx" };
	return p;
}

static void bind(struct play *p)
{
	p->phone_side = (struct iface){ .node = &p->phone };
	p->server_side = (struct iface){ .node = &p->server };
}

/** One try: the request arrives, the answer is dropped where the phone is. */
static void try_once(struct play *p, usec at)
{
	struct packet request = {
		.id = ++p->id, .story = 1, .src = phone_at, .dst = server_at, .label = "REGISTER"
	};
	p->world->wheel.now = at;
	trace_packet(p->world, EVENT_SENT, &p->phone_side, &request);
	trace_packet(p->world, EVENT_ARRIVED, &p->server_side, &request);
	struct packet answer = { .id = ++p->id,
				 .parent = request.id,
				 .story = 1,
				 .src = server_at,
				 .dst = phone_at,
				 .label = "407",
				 .rule = &via_port };
	trace_packet(p->world, EVENT_SENT, &p->server_side, &answer);
	trace_drop(p->world, &p->phone_side, &answer, &no_mapping);
}

TEST(tries_with_the_same_end_are_folded)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	try_once(&p, 0);
	try_once(&p, 500 * MSEC);
	try_once(&p, 1500 * MSEC);
	p.world->wheel.now = 32 * SEC;
	trace_note_story(p.world, &p.phone_side, 1, &gave_up, 0);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "   0.000  phone -> pbx    REGISTER  from 192.168.1.104:5060\n"
		       "   0.000  pbx   -> phone  407       to   192.168.1.104:5060\n"
		       "                                    RFC 3261 18.2.2: the Via port\n"
		       "   0.000  phone x         dropped   no mapping for 192.168.1.104:5060\n"
		       "          2 more until 1.500, same end\n"
		       "  32.000  phone    gave up\n");
	arena_free(a);
}

/** The phone answers an INVITE, and the ACK does not reach it: so it does again. */
static void answer_once(struct play *p, usec at, uint32_t invite)
{
	struct packet ok = { .id = ++p->id, .parent = invite, .story = 1, .src = phone_at, .dst = server_at, .label = "200" };
	struct packet ack = { .id = ++p->id, .parent = ok.id, .story = 1, .src = server_at, .dst = phone_at, .label = "ACK" };
	p->world->wheel.now = at;
	trace_packet(p->world, EVENT_SENT, &p->phone_side, &ok);
	trace_packet(p->world, EVENT_ARRIVED, &p->server_side, &ok);
	trace_packet(p->world, EVENT_SENT, &p->server_side, &ack);
	trace_drop(p->world, &p->server_side, &ack, &no_mapping);
}

TEST(an_answer_that_is_repeated_for_want_of_its_acknowledgement_is_folded_and_so_are_they)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	struct packet invite = { .id = ++p.id, .story = 1, .src = server_at, .dst = phone_at, .label = "INVITE" };
	trace_packet(p.world, EVENT_SENT, &p.server_side, &invite);
	trace_packet(p.world, EVENT_ARRIVED, &p.phone_side, &invite);
	for (usec after = 0; after < 10 * SEC; after = after ? 2 * after : 500 * MSEC)
		answer_once(&p, after, invite.id);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "  0.000  pbx   -> phone  INVITE   to   192.168.1.104:5060\n"
		       "  0.000  phone -> pbx    200      from 192.168.1.104:5060\n"
		       "  0.000  pbx   -> -      ACK      to   192.168.1.104:5060\n"
		       "  0.000  pbx   x         dropped  no mapping for 192.168.1.104:5060\n"
		       "  0.500  phone -> pbx    200      from 192.168.1.104:5060\n"
		       "                                  again: no ACK has come\n"
		       "         4 more until 8.000, same end\n"
		       "  0.500  pbx   -> -      ACK      to   192.168.1.104:5060\n"
		       "  0.500  pbx   x         dropped  no mapping for 192.168.1.104:5060\n"
		       "         4 more until 8.000, same end\n");
	arena_free(a);
}

/** A datagram of audio, which a relay sends back to the phone; there it is dropped when it is to be. */
static void speak(struct play *p, usec at, bool dropped)
{
	struct packet said = { .id = ++p->id, .story = 1, .src = phone_at, .dst = server_at, .label = "RTP" };
	struct packet relayed = {
		.id = ++p->id, .parent = said.id, .story = 1, .src = { server_at.host, 30000 }, .dst = phone_at, .label = "RTP"
	};
	p->world->wheel.now = at;
	trace_packet(p->world, EVENT_SENT, &p->phone_side, &said);
	trace_packet(p->world, EVENT_ARRIVED, &p->server_side, &said);
	trace_packet(p->world, EVENT_SENT, &p->server_side, &relayed);
	if (dropped)
		trace_drop(p->world, &p->phone_side, &relayed, &no_mapping);
	else
		trace_packet(p->world, EVENT_ARRIVED, &p->phone_side, &relayed);
}

TEST(audio_is_one_line_for_each_hop_until_it_pauses_or_something_changes)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	for (usec at = 0; at < 5 * SEC; at += SEC)
		speak(&p, at, false);
	for (usec at = 20 * SEC; at < 22 * SEC; at += SEC)
		speak(&p, at, false);
	for (usec at = 22 * SEC; at < 25 * SEC; at += SEC)
		speak(&p, at, true);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "   0.000  phone -> pbx    RTP      from 192.168.1.104:5060\n"
		       "   0.000  pbx   -> phone  RTP      to   192.168.1.104:5060\n"
		       "          4 more, every 1.000 s until 4.000, same end\n"
		       "  20.000  phone -> pbx    RTP      from 192.168.1.104:5060\n"
		       "  20.000  pbx   -> phone  RTP      to   192.168.1.104:5060\n"
		       "          1 more at 21.000, same end\n"
		       "  22.000  phone -> pbx    RTP      from 192.168.1.104:5060\n"
		       "  22.000  pbx   -> phone  RTP      to   192.168.1.104:5060\n"
		       "  22.000  phone x         dropped  no mapping for 192.168.1.104:5060\n"
		       "          2 more, every 1.000 s until 24.000, same end\n");
	arena_free(a);
}

/** What a server sends to the phone, which arrives when `arrives`; back comes the number of the datagram. */
static uint32_t ask(struct play *p, bool arrives)
{
	struct packet request = {
		.id = ++p->id, .story = 2, .src = server_at, .dst = phone_at, .label = "OPTIONS"
	};
	trace_packet(p->world, EVENT_SENT, &p->server_side, &request);
	if (arrives)
		trace_packet(p->world, EVENT_ARRIVED, &p->phone_side, &request);
	return request.id;
}

/* Where the server looks for the phone, and from where the phone answers. */
TEST(the_address_of_the_phone_is_told_whoever_asks)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	struct packet answer = { .id = 2, .parent = ask(&p, true), .src = phone_at, .dst = server_at, .label = "200" };
	trace_packet(p.world, EVENT_SENT, &p.phone_side, &answer);
	trace_packet(p.world, EVENT_ARRIVED, &p.server_side, &answer);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "  0.000  pbx   -> phone  OPTIONS  to   192.168.1.104:5060\n"
		       "  0.000  phone -> pbx    200      from 192.168.1.104:5060\n");
	arena_free(a);
}

static uint32_t pass(struct play *p, struct iface *from, struct iface *to, const struct packet *packet)
{
	struct packet sent = *packet;
	sent.id = ++p->id;
	trace_packet(p->world, EVENT_SENT, from, &sent);
	trace_packet(p->world, EVENT_ARRIVED, to, &sent);
	return sent.id;
}

/** An INVITE whose sender wants to hear audio there. */
static struct payload *invite(struct play *p, const char *host, const char *direction)
{
	char body[256], text[1024];
	int size = snprintf(body, sizeof body,
			    "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio 16384 RTP/AVP 0\r\na=%s\r\n", host,
			    host, direction);
	int length = snprintf(text, sizeof text,
			      "INVITE sip:200@lab SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.104;branch=z9hG4bK1\r\nFrom: <sip:1@lab>;tag=1\r\n"
			      "To: <sip:200@lab>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:1@192.168.1.104>\r\n"
			      "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
			      size, body);
	struct payload *payload = payload_new(p->world->payloads, (size_t)length);
	memcpy(payload->bytes, text, (size_t)length);
	return payload;
}

TEST(where_audio_is_wanted_is_told_when_it_is_news)
{
	struct arena *a = arena_new();
	struct play p = { .world = world_new(a, &(struct world_setup){ .level = TRACE_FULL }) };
	struct ladder ladder;
	struct sink s = { 0 };
	sip_setup(p.world, false);
	p.phone = (struct node){ .world = p.world, .name = "phone" };
	p.server = (struct node){ .world = p.world, .name = "pbx" };
	bind(&p);
	const struct {
		const char *host, *direction;
	} says[] = { { "192.168.1.104", "sendrecv" }, { "192.168.1.104", "sendrecv" }, { "192.168.1.104", "sendonly" },
		     { "203.0.113.9", "sendonly" } };
	struct packet sent = { .src = phone_at, .dst = server_at, .label = "INVITE" };
	for (size_t i = 0; i < COUNT(says); i++) {
		sent.payload = invite(&p, says[i].host, says[i].direction);
		sent.parent = pass(&p, &p.phone_side, &p.server_side, &sent);
		payload_unref(p.world->payloads, sent.payload);
	}
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "  0.000  phone -> pbx  INVITE   from 192.168.1.104:5060\n"
		       "                                SDP: 192.168.1.104:16384\n"
		       "  0.000  phone -> pbx  INVITE   from 192.168.1.104:5060\n"
		       "  0.000  phone -> pbx  INVITE   from 192.168.1.104:5060\n"
		       "                                SDP: 192.168.1.104:16384 sendonly\n"
		       "  0.000  phone -> pbx  INVITE   from 192.168.1.104:5060\n"
		       "                                SDP: 203.0.113.9:16384 sendonly\n");
	arena_free(a);
}

/* Neither a label of digits nor one of its own says so: it is what comes back. */
TEST(an_error_and_the_answer_to_a_keepalive_are_folded_with_what_they_answer)
{
	static const char *const answers[] = { "STUN", icmp_label };
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct arena *a = arena_new();
		struct play p = play_begin(a);
		struct ladder ladder;
		struct sink s = { 0 };
		bind(&p);
		for (int k = 0; k < 3; k++) {
			struct packet asks = { .src = phone_at, .dst = server_at, .label = "STUN" };
			struct packet answer = { .src = server_at, .dst = phone_at, .label = answers[i] };
			p.world->wheel.now = k * 20 * SEC;
			answer.parent = pass(&p, &p.phone_side, &p.server_side, &asks);
			pass(&p, &p.server_side, &p.phone_side, &answer);
		}
		ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
		ladder_print(&s, &usual, &ladder, false);
		assert_put(&s, arena_printf(a, "   0.000  phone -> pbx    STUN     from 192.168.1.104:5060\n"
					       "   0.000  pbx   -> phone  %s     to   192.168.1.104:5060\n"
					       "          2 more until 40.000, same end\n",
					    answers[i]));
		arena_free(a);
	}
}

TEST(what_the_end_of_the_run_cut_off_is_no_loss)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	ask(&p, false);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	assert_put(&s, "  0.000  pbx -> ...  OPTIONS  to   192.168.1.104:5060\n"
		       "                              on its way when the run ended\n");
	arena_free(a);
}

TEST(the_middle_of_a_long_ladder_is_left_out_and_counted)
{
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	struct sink s = { 0 };
	bind(&p);
	for (int i = 0; i < 100; i++)
		trace_note(p.world, &p.phone_side, NULL, &gave_up, 0);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	ladder_print(&s, &usual, &ladder, false);
	sink_char(&s, '\0');
	assert_non_null(strstr(s.bytes, "... 48 lines left out\n"));
	sink_clear(&s);
	ladder_print(&s, &usual, &ladder, true);
	sink_char(&s, '\0');
	assert_null(strstr(s.bytes, "left out"));
	sink_free(&s);
	arena_free(a);
}

static void note_often(struct play *p, int times)
{
	for (int i = 0; i < times; i++)
		trace_note(p->world, &p->phone_side, NULL, &gave_up, 0);
}

static const char *printed_ladder(struct arena *a, struct ladder *ladder)
{
	struct sink s = { 0 };
	ladder_print(&s, &usual, ladder, false);
	const char *text = arena_copy(a, s.bytes, s.len);
	sink_free(&s);
	return text;
}

TEST(what_decided_a_check_is_not_left_out_of_a_long_ladder)
{
	static const struct cause cause = { .id = "F01", .word = "reply-to-via-port" };
	static const char told[] = "  60.000  phone -> pbx    REGISTER  from 192.168.1.104:5060\n"
				   "  60.000  pbx   -> phone  407       to   192.168.1.104:5060\n"
				   "                                    RFC 3261 18.2.2: the Via port\n"
				   "  60.000  phone x         dropped   no mapping for 192.168.1.104:5060\n"
				   "          2 more until 62.000, same end\n"
				   "          ... 46 lines left out\n";
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	bind(&p);
	note_often(&p, 60);
	for (int i = 0; i < 3; i++)
		try_once(&p, (60 + i) * SEC);
	note_often(&p, 58);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	assert_null(strstr(printed_ladder(a, &ladder), "REGISTER"));
	/* the third answer, which repeats the first: that one is shown in its place, with what it answered and how it ended */
	struct check_result check = { .cause = &cause, .datagram = p.id };
	ladder_keep(&ladder, &(struct cell_result){ .checks = &check, .n_checks = 1 });
	const char *text = printed_ladder(a, &ladder), *gap = strstr(text, "... 20 lines left out\n");
	assert_non_null(gap);
	assert_memory_equal(strchr(gap, '\n') + 1, told, strlen(told));
	arena_free(a);
}

TEST(a_gap_of_one_line_is_filled)
{
	static const struct cause cause = { .id = "F01", .word = "reply-to-via-port" };
	struct arena *a = arena_new();
	struct play p = play_begin(a);
	struct ladder ladder;
	bind(&p);
	note_often(&p, 41);
	try_once(&p, 60 * SEC);
	note_often(&p, 13);
	ladder_lay(a, &phone_and_server, &p.world->trace, &ladder);
	assert_non_null(strstr(printed_ladder(a, &ladder), "... 5 lines left out\n"));
	struct check_result check = { .cause = &cause, .datagram = p.id };
	ladder_keep(&ladder, &(struct cell_result){ .checks = &check, .n_checks = 1 });
	assert_null(strstr(printed_ladder(a, &ladder), "left out"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_decided_a_check_is_not_left_out_of_a_long_ladder),
		cmocka_unit_test(a_gap_of_one_line_is_filled),
		cmocka_unit_test(strings_are_escaped_and_stay_utf8),
		cmocka_unit_test(bytes_that_are_no_utf8_can_be_written_as_code_points),
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(a_paragraph_breaks_between_words_and_keeps_long_ones_whole),
		cmocka_unit_test(numbers_have_commas_and_nouns),
		cmocka_unit_test(shell_words_are_quoted_when_they_must_be),
		cmocka_unit_test(a_long_command_goes_on_behind_a_backslash),
		cmocka_unit_test(a_command_for_standard_input_asks_for_a_file),
		cmocka_unit_test(causes_come_in_order_of_number),
		cmocka_unit_test(checks_have_letters_and_numbers_where_letters_repeat),
		cmocka_unit_test(a_legend_breaks_between_its_items_only),
		cmocka_unit_test(a_check_is_named_by_what_it_asks_and_whom),
		cmocka_unit_test(a_cell_of_several_checks_shows_a_letter_for_each_that_works),
		cmocka_unit_test(a_blank_is_a_cell_that_was_not_run),
		cmocka_unit_test(a_large_matrix_shows_the_axes_that_make_a_difference),
		cmocka_unit_test(an_axis_of_a_whole_catalogue_is_summed_up_and_one_of_numbers_is_not),
		cmocka_unit_test(values_that_come_to_the_same_share_a_row),
		cmocka_unit_test(a_cell_that_surprises_keeps_its_row),
		cmocka_unit_test(cells_that_rest_on_low_confidence_name_the_entries),
		cmocka_unit_test(entries_of_ones_own_are_told_by_their_place),
		cmocka_unit_test(a_caret_stands_below_the_mistake),
		cmocka_unit_test(columns_are_bytes_and_carets_are_characters),
		cmocka_unit_test(a_long_line_is_cut_around_the_mistake),
		cmocka_unit_test(help_is_broken_and_its_command_is_not),
		cmocka_unit_test(conditions_are_sentences_of_knobs_and_names),
		cmocka_unit_test(of_many_conditions_a_page_has_five_and_the_lines_all),
		cmocka_unit_test(of_a_long_list_of_names_six_are_told_and_json_has_all),
		cmocka_unit_test(conditions_have_their_literals_in_json),
		cmocka_unit_test(tries_with_the_same_end_are_folded),
		cmocka_unit_test(an_answer_that_is_repeated_for_want_of_its_acknowledgement_is_folded_and_so_are_they),
		cmocka_unit_test(audio_is_one_line_for_each_hop_until_it_pauses_or_something_changes),
		cmocka_unit_test(the_address_of_the_phone_is_told_whoever_asks),
		cmocka_unit_test(an_error_and_the_answer_to_a_keepalive_are_folded_with_what_they_answer),
		cmocka_unit_test(where_audio_is_wanted_is_told_when_it_is_news),
		cmocka_unit_test(what_the_end_of_the_run_cut_off_is_no_loss),
		cmocka_unit_test(the_middle_of_a_long_ladder_is_left_out_and_counted),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
