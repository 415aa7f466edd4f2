/* What is tried on a lab to see whether it helps, and the copies of a scenario that ask more than its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "scenarios/axis_knobs.h"
#include "scenarios/more_checks.h"
#include "scenarios/play.h"
#include "scenarios/trial.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

static const uint32_t first_cell[8];

/* --- what is not tried -------------------------------------------------------------------------------------------- */

static void check_knob(const struct field *f)
{
	static const char *const never[] = { "next-ports", "address", "user",  "password",    "domain",	      "outside",
					     "inside",	   "port",    "ports", "listen-port", "header-order", "seed" };
	if (!field_is_knob(f))
		fail_msg("%s is tried", f->key);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (strcmp(f->key, never[i]) == 0 && !(f->kind == FIELD_WORD && strcmp(f->key, "ports") == 0))
			fail_msg("%s is tried", f->key);
}

/* The first has pinned ports and addresses, as a capture had them. */
TEST(what_names_places_or_pins_is_not_tried)
{
	static const char *const files[] = { "scenarios/register/seed-test-1.yaml", "scenarios/media/s20-one-way.yaml",
					     "scenarios/compat/full.yaml" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct loading *l = load_file(files[i]);
		struct trials t = trials_single(l->arena, l->scenario, first_cell, l->catalogue);
		assert_true(t.n > 100);
		for (uint32_t k = 0; k < t.n; k++) {
			assert_true(t.items[k].n <= 1);
			for (uint32_t n = 0; n < t.items[k].n; n++)
				check_knob(t.items[k].knobs[n].knob.field);
		}
		loading_free(l);
	}
}

/* The seed and the pins of the copy are those of the file; only what is tried stands beside it. */
TEST(a_trial_keeps_seed_and_pins)
{
	struct loading *l = load_file("scenarios/register/seed-test-1.yaml");
	struct trials t = trials_single(l->arena, l->scenario, first_cell, l->catalogue);
	for (uint32_t i = 0; i < t.n; i++) {
		const struct scenario *with = trial_scenario(l->arena, l->scenario, &t.items[i]);
		assert_int_equal(with->seed, l->scenario->seed);
		assert_ptr_equal(with->nodes, l->scenario->nodes);
		assert_int_equal(with->wall_clock, l->scenario->wall_clock);
	}
	loading_free(l);
}

TEST(two_changes_of_one_knob_are_no_pair)
{
	struct loading *l = load_file("scenarios/register/seed-test-1.yaml");
	struct trials t = trials_single(l->arena, l->scenario, first_cell, l->catalogue);
	struct trial pair;
	for (uint32_t i = 0; i < t.n; i++) {
		assert_false(trial_pair(l->arena, &t.items[i], &t.items[i], &pair));
		for (uint32_t k = 0; k < t.n && t.items[i].n; k++)
			if (trial_pair(l->arena, &t.items[i], &t.items[k], &pair))
				assert_int_equal(pair.n, 2);
	}
	loading_free(l);
}

/* --- towards another value of an axis ----------------------------------------------------------------------------- */

static const char two_phones[] = "viaport: 1\nname: Two phones of one axis\n"
				 "axes: {phone: [plain, shy]}\n"
				 "phones: {a: {model: $phone, behind: home}, b: {model: $phone, behind: home}}\n"
				 "routers: {home: {model: box}}\nservers: {pbx: {model: pbx-1}}\n"
				 "do: [register: [a, b]]\njudge: [register: a]\n";

/* What both phones have otherwise there is one change. */
TEST(towards_another_value_all_of_a_kind_are_changed_at_once)
{
	struct loading *l = load_text(two_phones);
	assert_int_equal(l->loaded, LOADED_SCENARIO);
	struct trials t = trials_towards(l->arena, l->scenario, first_cell, 0, 1);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.items[0].n, 2);
	assert_string_equal(t.items[0].knobs[0].knob.field->key, "rport");
	assert_string_equal(t.items[0].knobs[1].knob.field->key, "rport");
	assert_int_equal(t.items[0].effort, EFFORT_PHONE);
	assert_int_equal(trials_towards(l->arena, l->scenario, first_cell, 0, 0).n, 0);
	loading_free(l);
}

/* --- what is asked beyond the file -------------------------------------------------------------------------------- */

/** "reachable-after a, register b" */
static const char *checks_text(struct arena *a, const struct scenario *s, uint32_t from)
{
	const char *text = "";
	for (uint32_t i = from; i < s->n_checks; i++)
		text = arena_printf(a, "%s%s%s %s", text, i > from ? ", " : "", s->checks[i].kind->word,
				    s->nodes[s->checks[i].subject].name);
	return text;
}

static const struct bystanders_row {
	const char *steps, *added;
} bystanders_rows[] = {
	{ "do: [register: [a, b]]\nexpect: [{register: a, result: works}]\n", "register b" },
	{ "do: [register: [a, b]]\nexpect: [{register: a, result: works}, {register: b, result: works}]\n", "" },
	/* who is an end of a call that is asked for is spoken of */
	{ "do: [register: [a, b], call: {from: a, to: b}]\nexpect: [{outgoing-call: a, result: works}]\n", "" },
	/* and of a call that is not asked for, both are asked */
	{ "do: [register: [a, b], call: {from: b, to: pbx}]\nexpect: [{register: a, result: works}]\n",
	  "register b, outgoing-call b" },
	{ "do: [register: a]\nexpect: [{register: a, result: works}]\n", "" },
};

static struct loading *load_steps(const char *steps)
{
	struct arena *a = arena_new();
	struct loading *l = load_text(
		arena_printf(a,
			     "viaport: 1\nname: Two phones\n"
			     "phones: {a: {model: plain, behind: home}, b: {model: plain, behind: home}}\n"
			     "routers: {home: {model: box, udp-timeout: 60s}}\nservers: {pbx: {model: pbx-1}}\n%s",
			     steps));
	arena_free(a);
	if (l->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(l));
	return l;
}

TEST(of_whom_no_check_speaks_it_is_asked_what_the_steps_do)
{
	for (size_t i = 0; i < sizeof bystanders_rows / sizeof *bystanders_rows; i++) {
		struct loading *l = load_steps(bystanders_rows[i].steps);
		const struct scenario *s = scenario_with_bystanders(l->arena, l->scenario);
		assert_string_equal(checks_text(l->arena, s, l->scenario->n_checks), bystanders_rows[i].added);
		assert_int_equal(s->n_unasked, s->n_checks - l->scenario->n_checks);
		loading_free(l);
	}
}

/* The phone without rport does not register through these ports, and nobody has asked. */
TEST(what_no_file_asks_makes_no_verdict)
{
	struct loading *l = load_text("viaport: 1\nname: Two phones\n"
				      "phones: {a: {model: plain, behind: home}, b: {model: shy, behind: home}}\n"
				      "routers: {home: {model: box, ports: random}}\nservers: {pbx: {model: pbx-1}}\n"
				      "do: [register: [a, b]]\nexpect: [{register: a, result: works}]\n");
	struct arena *a = arena_new();
	struct cell_result r;
	assert_int_equal(l->loaded, LOADED_SCENARIO);
	play_cell(a, scenario_with_bystanders(l->arena, l->scenario), 0,
		  &(struct play_options){ .level = TRACE_COUNTS }, &r);
	assert_int_equal(r.n_checks, 2);
	assert_int_equal(r.checks[0].result, VERDICT_WORKS);
	assert_int_equal(r.checks[1].result, VERDICT_FAILS);
	assert_int_equal(r.verdict, VERDICT_WORKS);
	arena_free(a);
	loading_free(l);
}

static const struct reached_row {
	const char *steps, *reached;
} reached_rows[] = {
	/* a registration is for being reached */
	{ "do: [register: [a, b]]\nexpect: [{register: a, result: works}]\n", "a" },
	{ "do: [register: a, unregister: a]\nexpect: [{register: a, result: works}]\n", "" },
	/* who only calls is not called */
	{ "do: [register: a, call: {from: a, to: pbx}]\nexpect: [{register: a, result: works}, {outgoing-call: a, "
	  "result: works}]\n",
	  "" },
	{ "do: [register: a, call: {from: pbx, to: a}]\nexpect: [{register: a, result: works}, {incoming-call: a, "
	  "result: works}]\n",
	  "a" },
	{ "do: [register: a]\nexpect: [{reachable-after: {phone: a, time: 30s}, result: works}]\n", "a" },
};

TEST(who_is_to_be_reached_follows_from_what_is_asked)
{
	for (size_t i = 0; i < sizeof reached_rows / sizeof *reached_rows; i++) {
		struct loading *l = load_steps(reached_rows[i].steps);
		const char *text = "";
		const int *phones;
		uint32_t n = scenario_reached(l->arena, l->scenario, first_cell, &phones);
		for (uint32_t k = 0; k < n; k++)
			text = arena_printf(l->arena, "%s%s", text, l->scenario->nodes[phones[k]].name);
		assert_string_equal(text, reached_rows[i].reached);
		loading_free(l);
	}
}

/* "60s" and not "30s": more than the router's time. */
TEST(a_file_asks_itself_when_its_time_is_longer_than_the_routers)
{
	static const struct {
		const char *time;
		bool asks;
	} rows[] = { { "30s", false }, { "60s", false }, { "61s", true } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct loading *l = load_steps(arena_printf(
			a, "do: [register: a]\nexpect: [{reachable-after: {phone: a, time: %s}, result: works}]\n",
			rows[i].time));
		assert_int_equal(scenario_asks_lasting(l->arena, l->scenario, first_cell), rows[i].asks);
		loading_free(l);
		arena_free(a);
	}
}

static const char *silences_text(struct arena *a, const struct scenario *s)
{
	const struct silence *silences;
	const char *text = "";
	uint32_t n = scenario_silences(a, s, first_cell, &silences);
	for (uint32_t i = 0; i < n; i++)
		text = arena_printf(a, "%s%s%s%s", text, i ? " " : "", duration_print(silences[i].lasts, a),
				    silences[i].calls ? "+" : "");
	return text;
}

/* A second more than the router's, a second less than a phone's; + with longer calls. */
TEST(silences_are_those_of_the_lab)
{
	static const struct {
		const char *lab, *silences;
	} rows[] = {
		{ "phones: {a: {model: plain, behind: home, register: {expires: 1h, refresh-before: 5s}}}\n"
		  "routers: {home: {model: box, udp-timeout: {first: 30s, stream: 3m}}}\nservers: {pbx: {model: "
		  "pbx-1}}\n",
		  "31s+ 181s+ 3594s" },
		{ "phones: {a: {model: plain, behind: home, register: {expires: 1h, refresh-before: 5s}, keepalive: "
		  "{type: crlf, every: 20s}}}\n"
		  "routers: {home: {model: box, udp-timeout: 60s}}\nservers: {pbx: {model: pbx-1, ping: {type: crlf, "
		  "every: 40s}}}\n",
		  "19s 39s 61s+ 3594s" },
		/* calls do not last for an hour */
		{ "phones: {a: {model: plain, behind: home, register: {expires: 2h, refresh-before: 5s}}}\n"
		  "routers: {home: {model: box, udp-timeout: 1h}}\nservers: {pbx: {model: pbx-1}}\n",
		  "3601s 7194s" },
		/* no router, no memory */
		{ "phones: {a: {model: plain}}\nservers: {pbx: {model: pbx-1}}\n", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new();
		struct loading *l = load_text(arena_printf(
			a, "viaport: 1\nname: One phone\n%sdo: [register: a]\nexpect: [{register: a, result: works}]\n",
			rows[i].lab));
		if (l->loaded != LOADED_SCENARIO)
			fail_msg("%s", complaints_text(l));
		assert_string_equal(silences_text(l->arena, l->scenario), rows[i].silences);
		loading_free(l);
		arena_free(a);
	}
}

/* 61 s after the second registration, of which nothing is left then. */
TEST(the_prolonged_scenario_asks_what_the_file_asks_and_one_thing_more)
{
	struct loading *l = load_steps("do: [register: a]\nexpect: [{register: a, result: works}]\n");
	struct arena *a = arena_new();
	const struct silence silence = { 61 * SEC, 60 * SEC, true };
	const struct scenario *s = scenario_prolonged(l->arena, l->scenario, first_cell, &silence);
	struct cell_result r;
	play_cell(a, s, 0, &(struct play_options){ .level = TRACE_COUNTS }, &r);
	assert_int_equal(s->n_steps, 2);
	assert_int_equal(r.n_checks, 2);
	assert_string_equal(checks_text(l->arena, s, 1), "reachable-after a");
	assert_int_equal(r.verdict, VERDICT_WORKS);
	assert_int_equal(r.checks[0].result, VERDICT_WORKS);
	assert_int_not_equal(r.checks[1].result, VERDICT_WORKS);
	arena_free(a);
	loading_free(l);
}

int main(void)
{
	play_setup();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_names_places_or_pins_is_not_tried),
		cmocka_unit_test(a_trial_keeps_seed_and_pins),
		cmocka_unit_test(two_changes_of_one_knob_are_no_pair),
		cmocka_unit_test(towards_another_value_all_of_a_kind_are_changed_at_once),
		cmocka_unit_test(of_whom_no_check_speaks_it_is_asked_what_the_steps_do),
		cmocka_unit_test(what_no_file_asks_makes_no_verdict),
		cmocka_unit_test(who_is_to_be_reached_follows_from_what_is_asked),
		cmocka_unit_test(a_file_asks_itself_when_its_time_is_longer_than_the_routers),
		cmocka_unit_test(silences_are_those_of_the_lab),
		cmocka_unit_test(the_prolonged_scenario_asks_what_the_file_asks_and_one_thing_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
