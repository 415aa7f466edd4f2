#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "scenarios/cause.h"

/** The scenario of a text that must be good. */
static struct scenario *good(struct loading *l)
{
	if (l->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(l));
	return l->scenario;
}

static int node_index(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].name, name) == 0)
			return (int)i;
	fail_msg("there is no node %s", name);
	return -1;
}

/** The profile of a phone in a cell. */
static struct phone_profile phone_in_cell(const struct scenario *s, const char *name, uint64_t cell)
{
	uint32_t choice[8] = { 0 };
	const struct node_spec *n = &s->nodes[node_index(s, name)];
	scenario_choice(s, cell, choice);
	struct phone_profile p =
		*(const struct phone_profile *)n->models[n->model_axis < 0 ? 0 : choice[n->model_axis]]
			 ->profile;
	settings_apply(&n->settings, choice, &p);
	return p;
}

static void a_single_run_is_a_matrix_of_one_cell(void **state)
{
	struct loading *l = load_least_and("do: [{register: a}]\n"
					   "expect: [{register: a, result: works}]\n");
	struct scenario *s = good(l);
	(void)state;
	assert_int_equal(scenario_cells(s), 1);
	assert_string_equal(s->name, "least");
	assert_int_equal(s->seed, 1);
	assert_int_equal(s->until, 0);
	assert_int_equal(s->n_nodes, 3);
	assert_int_equal(s->n_checks, 1);
	assert_string_equal(s->checks[0].name, "register");
	assert_int_equal(s->checks[0].n_of, 1);
	assert_int_equal(s->checks[0].of[0], 0);
	assert_int_equal(s->checks[0].result, VERDICT_WORKS);
	assert_int_equal(strlen(s->sha256), 64);
	loading_free(l);
}

static void nodes_stand_in_the_order_of_phones_routers_servers(void **state)
{
	struct loading *l =
		load_text("viaport: 1\n"
			  "name: order\n"
			  "servers: {pbx: {model: pbx-1}}\n"
			  "routers: {outer: {model: box}, inner: {model: box, behind: outer}}\n"
			  "phones: {b: {model: shy, behind: inner, count: 3}, a: {model: plain}}\n"
			  "do: [{register: [a, b]}]\n"
			  "expect: [{register: b, result: works}]\n");
	struct scenario *s = good(l);
	(void)state;
	assert_string_equal(s->nodes[0].name, "b");
	assert_int_equal(s->nodes[0].count, 3);
	assert_string_equal(s->nodes[1].name, "a");
	assert_int_equal(s->nodes[1].behind[0], -1);
	assert_int_equal(s->nodes[0].behind[0], node_index(s, "inner"));
	assert_int_equal(s->nodes[node_index(s, "inner")].behind[0], node_index(s, "outer"));
	assert_int_equal(s->nodes[4].kind, DEVICE_SERVER);
	loading_free(l);
}

static void the_last_axis_changes_fastest(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: axes\n"
				      "axes: {phone: [plain, shy], port: [5060, 5070, 5080]}\n"
				      "phones: {a: {model: $phone, listen-port: $port}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do: [{register: a}]\n"
				      "judge: [{register: a}]\n"
				      "expect: any\n");
	struct scenario *s = good(l);
	(void)state;
	assert_int_equal(scenario_cells(s), 6);
	assert_true(s->expect_any);
	assert_int_equal(phone_in_cell(s, "a", 0).listen_port, 5060);
	assert_int_equal(phone_in_cell(s, "a", 1).listen_port, 5070);
	assert_int_equal(phone_in_cell(s, "a", 5).listen_port, 5080);
	assert_true(phone_in_cell(s, "a", 2).rport);
	assert_false(phone_in_cell(s, "a", 3).rport);
	assert_int_equal(scenario_confidence(s, (uint32_t[]){ 0, 0 }), CONFIDENCE_HIGH);
	assert_int_equal(scenario_confidence(s, (uint32_t[]){ 1, 0 }), CONFIDENCE_MEDIUM);
	loading_free(l);
}

static void an_axis_may_stand_in_groups_shorthands_wires_steps_and_behind(void **state)
{
	struct loading *l =
		load_text("viaport: 1\n"
			  "name: axes everywhere\n"
			  "axes: {time: [10s, 20s], where: [home, internet]}\n"
			  "phones: {a: {model: plain, behind: $where, register: {expires: $time}}}\n"
			  "routers: {home: {model: box, udp-timeout: $time}}\n"
			  "servers: {pbx: {model: pbx-1}}\n"
			  "wires: {default: {delay: $time}, a: {drop: [1, 3], loss: 0.5%}}\n"
			  "do: [{register: a, at: $time}, {wait: $time}]\n"
			  "judge: [{register: a}]\n");
	struct scenario *s = good(l);
	struct router_profile router = { 0 };
	struct wire_profile wire = { 0 };
	struct step_values values = { .at = NEVER };
	uint32_t choice[] = { 1, 1 };
	(void)state;
	settings_apply(&s->nodes[node_index(s, "home")].settings, choice, &router);
	assert_int_equal(router.nat.first, 20 * SEC);
	assert_int_equal(router.nat.stream, 20 * SEC);
	assert_int_equal(phone_in_cell(s, "a", 3).expires, 20 * SEC);
	assert_int_equal(s->nodes[0].behind[0], node_index(s, "home"));
	assert_int_equal(s->nodes[0].behind[1], -1);
	assert_int_equal(s->wires[0].node, -1);
	settings_apply(&s->wires[0].settings, choice, &wire);
	settings_apply(&s->wires[1].settings, choice, &wire);
	assert_int_equal(wire.delay, 20 * SEC);
	assert_int_equal(wire.loss, 5000);
	assert_int_equal(wire.drop.n, 2);
	settings_apply(&s->steps[0].values, choice, &values);
	assert_int_equal(values.at, 20 * SEC);
	loading_free(l);
}

static void only_what_the_file_says_of_a_wire_is_set(void **state)
{
	struct loading *l = load_least_and("wires: {a: {jitter: 3ms}}\n"
					   "do: [{register: a}]\n"
					   "expect: [{register: a, result: works}]\n");
	struct scenario *s = good(l);
	struct wire_profile wire = { .delay = 20 * MSEC };
	(void)state;
	settings_apply(&s->wires[0].settings, NULL, &wire);
	assert_int_equal(wire.delay, 20 * MSEC);
	assert_int_equal(wire.jitter, 3 * MSEC);
	loading_free(l);
}

static void steps_name_their_phones(void **state)
{
	struct loading *l =
		load_least_and("do:\n"
			       "  - register: {phone: a, over: 10s}\n"
			       "    id: first\n"
			       "  - options: {from: pbx, to: a}\n"
			       "  - wait: 3m\n"
			       "  - unregister: [a]\n"
			       "  - {register: a, id: again}\n"
			       "expect:\n"
			       "  - {register: a, result: works}\n"
			       "  - {register: a, result: fails, of: again, as: second, lost-at: home}\n");
	struct scenario *s = good(l);
	struct step_values values = { .at = NEVER };
	(void)state;
	assert_int_equal(s->n_steps, 5);
	settings_apply(&s->steps[0].values, NULL, &values);
	assert_int_equal(values.over, 10 * SEC);
	assert_true(values.at == NEVER);
	assert_int_equal(s->steps[1].subjects[0], node_index(s, "pbx"));
	assert_int_equal(s->steps[1].subjects[1], node_index(s, "a"));
	assert_int_equal(s->checks[0].of[0], 0);
	assert_int_equal(s->checks[1].of[0], 4);
	assert_string_equal(s->checks[1].name, "second");
	assert_int_equal(s->checks[1].lost_at, node_index(s, "home"));
	loading_free(l);
}

static void what_has_a_time_and_stands_behind_a_call_happens_in_it(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: calls\n"
				      "axes: {time: [10s, 20s], end: [from, to]}\n"
				      "phones: {a: {model: plain}, b: {model: plain}, crowd: {model: plain, count: 3}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do:\n"
				      "  - call: {from: a, to: b}\n"
				      "  - {at: $time, hold: a}\n"
				      "  - {at: 1s, call: {from: crowd, to: pbx, for: $time, hangup: $end, over: 1m}}\n"
				      "  - {at: 2s, mute: {phone: crowd, for: $time}}\n"
				      "  - wait: 3s\n"
				      "  - {at: 1h, register: a}\n"
				      "judge: [{audio: both-ways}]\n");
	struct scenario *s = good(l);
	const int inside[] = { -1, 0, 0, 0, -1, -1 };
	struct step_values values = step_values_of(&s->steps[0], (uint32_t[]){ 1, 1 });
	(void)state;
	for (uint32_t i = 0; i < s->n_steps; i++)
		assert_int_equal(s->steps[i].inside, inside[i]);
	assert_int_equal(values.lasts, CALL_LASTS);
	assert_int_equal(values.hangup, CALL_FROM);
	values = step_values_of(&s->steps[2], (uint32_t[]){ 1, 1 });
	assert_int_equal(values.lasts, 20 * SEC);
	assert_int_equal(values.hangup, CALL_TO);
	assert_int_equal(values.over, 60 * SEC);
	assert_int_equal(calls_of(s, &s->steps[0]), 1);
	assert_int_equal(calls_of(s, &s->steps[2]), 3);
	loading_free(l);
}

/** Checks of a lab in which a calls b and hangs up, b is called by the server and hangs up, and a holds the third call. */
static void a_check_of_calls_is_about_the_first_that_fits(void **state)
{
	static const struct row {
		const char *check;
		int of;
	} rows[] = {
		{ "incoming-call: b", 0 },
		{ "incoming-call: a", 3 },
		{ "outgoing-call: a", 0 },
		{ "hangup: {phone: a}", 0 },
		{ "hangup: {phone: b, by: server}", 0 },
		{ "hangup: {phone: b, by: phone}", 1 },
		{ "audio: both-ways", 0 },
		{ "audio: {from: b, to: pbx}", 1 },
		{ "hold: a", 3 },
		{ "audio: {from: b, to: a}, of: last", 3 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[1024];
		snprintf(text, sizeof text,
			 "viaport: 1\nname: calls\nphones: {a: {model: plain}, b: {model: plain}}\n"
			 "servers: {pbx: {model: pbx-1}}\n"
			 "do:\n"
			 "  - call: {from: a, to: b}\n"
			 "  - call: {from: pbx, to: b, hangup: to}\n"
			 "  - register: a\n"
			 "  - {id: last, call: {from: b, to: a}}\n"
			 "  - {at: 5s, hold: a}\n"
			 "expect: [{%s, result: works}]\n",
			 rows[i].check);
		struct loading *l = load_text(text);
		struct scenario *s = good(l);
		assert_int_equal(s->checks[0].n_of, 1);
		assert_int_equal(s->checks[0].of[0], rows[i].of);
		loading_free(l);
	}
}

static void a_check_may_be_about_several_steps_and_a_gap_has_two_times(void **state)
{
	struct loading *l = load_text("viaport: 1\nname: calls\nphones: {a: {model: plain}, b: {model: plain}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do: [{id: one, call: {from: a, to: b}}, {id: two, call: {from: a, to: b}}]\n"
				      "expect: [{audio: {from: a, to: b}, peer: source, of: [two, one], result: degraded,"
				      " between: [3s, 7s], cause: mapping-expired}]\n");
	struct scenario *s = good(l);
	const struct check *c = &s->checks[0];
	(void)state;
	assert_int_equal(c->n_of, 2);
	assert_int_equal(c->of[0], 1);
	assert_int_equal(c->of[1], 0);
	assert_int_equal(c->result, VERDICT_DEGRADED);
	assert_int_equal(c->between[0], 3 * SEC);
	assert_int_equal(c->between[1], 7 * SEC);
	assert_int_equal(check_values_of(c, NULL).peer, PEER_SOURCE);
	assert_int_equal(c->hearer, node_index(s, "b"));
	loading_free(l);
}

/** Whose server it is, and where somebody is, differs from cell to cell; such cells are for the lab to judge.
 */
static void what_depends_on_the_cell_is_not_refused(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: depends\n"
				      "axes: {domain: [one.example, two.example], host: [192.168.1.9, "
				      "10.0.0.9], net: [192.168.1.0/24, 10.0.0.0/8]}\n"
				      "phones:\n"
				      "  a: {model: plain, behind: home, domain: $domain, address: $host}\n"
				      "  b: {model: plain, behind: home, address: 10.0.0.9}\n"
				      "routers: {home: {model: box, inside: $net}}\n"
				      "servers: {one: {model: pbx-1, domain: one.example}, two: {model: "
				      "pbx-1, domain: two.example}}\n"
				      "do: [{options: {from: a, to: two}}, {register: a}]\n"
				      "judge: [{register: a}]\n");
	(void)state;
	assert_int_equal(scenario_cells(good(l)), 8);
	loading_free(l);
}

static void when_picks_values_and_a_missing_axis_means_any(void **state)
{
	struct loading *l =
		load_text("viaport: 1\n"
			  "name: when\n"
			  "axes: {phone: [plain, shy], rport: [on, off]}\n"
			  "phones: {a: {model: $phone, rport: $rport}}\n"
			  "servers: {pbx: {model: pbx-1}}\n"
			  "do: [{register: a}, {wait: 1s, when: {phone: shy}}]\n"
			  "judge: [{register: a}]\n"
			  "skip: [{when: {phone: [shy], rport: true}, why: not of interest}]\n"
			  "known: [{when: {rport: off}, why: they fail, result: fails, strict: off}]\n");
	struct scenario *s = good(l);
	(void)state;
	assert_false(when_holds(s->steps[1].when, s, (uint32_t[]){ 0, 0 }));
	assert_true(when_holds(s->steps[1].when, s, (uint32_t[]){ 1, 0 }));
	assert_true(when_holds(NULL, s, (uint32_t[]){ 0, 0 }));
	assert_int_equal(s->n_exceptions, 2);
	assert_true(s->exceptions[0].skip && when_holds(&s->exceptions[0].when, s, (uint32_t[]){ 1, 0 }));
	assert_false(when_holds(&s->exceptions[0].when, s, (uint32_t[]){ 1, 1 }));
	assert_false(s->exceptions[1].skip || s->exceptions[1].strict);
	assert_true(when_holds(&s->exceptions[1].when, s, (uint32_t[]){ 0, 1 }));
	assert_int_equal(s->exceptions[1].result, VERDICT_FAILS);
	loading_free(l);
}

static void pins_are_for_byte_exact_replay(void **state)
{
	struct loading *l = load_least_and("pin:\n"
					   "  start: 2013-05-10T16:00:52Z\n"
					   "  a: {call-id: [x@y], cseq: [145, 7]}\n"
					   "  home: {next-ports: [23201]}\n"
					   "do: [{register: a}]\n"
					   "expect: [{register: a, result: works}]\n");
	struct scenario *s = good(l);
	const struct pins *pins = s->nodes[0].pins;
	struct router_profile router = { 0 };
	(void)state;
	assert_int_equal(s->wall_clock, 1368201652);
	assert_int_equal(pins->call_id.n, 1);
	assert_string_equal(*(const char *const *)pins->call_id.items, "x@y");
	assert_int_equal(((const uint32_t *)pins->cseq.items)[1], 7);
	settings_apply(&s->nodes[1].settings, NULL, &router);
	assert_int_equal(router.nat.next_ports.n, 1);
	loading_free(l);
}

static void without_a_pin_the_wall_clock_starts_in_2024(void **state)
{
	struct loading *l = load_least_and("do: [{register: a}]\n"
					   "expect: [{register: a, result: works}]\n");
	(void)state;
	assert_int_equal(good(l)->wall_clock, 1704067200);
	loading_free(l);
}

static void models_of_the_file_derive_from_each_other_in_any_order(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: models\n"
				      "models:\n"
				      "  third: {like: second, user: '300'}\n"
				      "  second: {like: shy, listen-port: 5070}\n"
				      "phones: {a: {model: third, address: 192.0.2.9:5090}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do: [{register: a}]\n"
				      "expect: [{register: a, result: works}]\n");
	struct scenario *s = good(l);
	const struct model *m = s->nodes[0].models[0];
	struct phone_profile p = phone_in_cell(s, "a", 0);
	(void)state;
	assert_string_equal(m->like->name, "second");
	assert_string_equal(m->title, "a phone without rport");
	assert_int_equal(m->confidence, CONFIDENCE_LOW); /* nobody vouches for it */
	assert_false(p.rport);
	assert_int_equal(p.listen_port, 5070);
	assert_int_equal(p.address.port, 5090);
	assert_string_equal(p.user, "300");
	loading_free(l);
}

#define EVIDENCE "title: seen, source: a capture, confidence: medium"

static void used_files_bring_models_once_even_in_circles(void **state)
{
	static const char *const used[] = {
		"ours.yaml",
		"viaport: 1\nuse: [more.yaml]\nmodels: {ours: {like: theirs, " EVIDENCE "}}\n",
		"more.yaml",
		"viaport: 1\nuse: [ours.yaml, lab.yaml]\nmodels: {theirs: {kind: phone, " EVIDENCE
		", rport: off}}\n",
		"lab.yaml",
		"",
		NULL,
	};
	const char *text = "viaport: 1\n"
			   "name: use\n"
			   "use: [ours.yaml, ours.yaml]\n"
			   "phones: {a: {model: ours}}\n"
			   "servers: {pbx: {model: pbx-1}}\n"
			   "do: [{register: a}]\n"
			   "expect: [{register: a, result: works}]\n";
	struct loading *l = load_with(text, strlen(text), used);
	(void)state;
	assert_false(phone_in_cell(good(l), "a", 0).rport);
	assert_string_equal(good(l)->nodes[0].models[0]->path, "ours.yaml");
	loading_free(l);
}

static void complaints_about_a_used_file_carry_its_path_and_come_last(void **state)
{
	static const char *const used[] = {
		"ours.yaml", "viaport: 1\nmodels: {m: {kind: phone, " EVIDENCE ", rprt: on}}\n", NULL
	};
	const char *text = "viaport: 1\nuse: [ours.yaml]\n";
	struct loading *l = load_with(text, strlen(text), used);
	(void)state;
	assert_int_equal(l->loaded, LOADED_BAD);
	assert_string_equal(l->complaints.first->at.path, "lab.yaml");
	assert_string_equal(l->complaints.last->at.path, "ours.yaml");
	assert_string_equal(l->complaints.last->sentence, "unknown key 'rprt' in models.m");
	loading_free(l);
}

/** Every mistake of every entry of a used file, in one go. */
static void used_entries_have_evidence_of_their_own_whatever_else_is_wrong(void **state)
{
	static const char *const used[] = { "ours.yaml",
					    "viaport: 1\n"
					    "models:\n"
					    "  heir: {like: plain}\n"
					    "  odd: {kind: phoen, like: plian, title: t, rprt: on}\n"
					    "  mean: {kind: rooter, confidence: sure}\n",
					    NULL };
	const char *text = "viaport: 1\nuse: [ours.yaml]\n";
	struct loading *l = load_with(text, strlen(text), used);
	(void)state;
	assert_non_null(strstr(complaints_text(l), "3:3 VP015 the model 'heir' has no title\n"));
	assert_non_null(strstr(complaints_text(l), "3:3 VP015 the model 'heir' has no source\n"));
	assert_non_null(strstr(complaints_text(l), "3:3 VP015 the model 'heir' has no confidence\n"));
	assert_non_null(strstr(complaints_text(l), "4:15 VP009 'phoen' does not fit 'kind'\n"));
	assert_non_null(strstr(complaints_text(l), "4:28 VP014 there is no model 'plian'\n"));
	assert_non_null(strstr(complaints_text(l), "4:45 VP003 unknown key 'rprt' in models.odd\n"));
	assert_non_null(strstr(complaints_text(l), "4:3 VP015 the model 'odd' has no confidence\n"));
	assert_non_null(strstr(complaints_text(l), "5:16 VP009 'rooter' does not fit 'kind'\n"));
	assert_non_null(strstr(complaints_text(l), "5:36 VP009 'sure' does not fit 'confidence'\n"));
	assert_non_null(strstr(complaints_text(l), "5:3 VP015 the model 'mean' has no source\n"));
	loading_free(l);
}

static void the_catalogue_itself_may_be_read_as_a_file_of_models(void **state)
{
	struct loading *l = load_text("viaport: 1\nmodels: {plain: {kind: phone, " EVIDENCE "}}\n");
	(void)state;
	assert_int_equal(l->loaded, LOADED_MODELS_ONLY);
	loading_free(l);
}

static void a_file_that_holds_only_models_is_no_scenario(void **state)
{
	struct loading *l = load_text("viaport: 1\nmodels: {ours: {like: plain, " EVIDENCE "}}\n");
	(void)state;
	assert_int_equal(l->loaded, LOADED_MODELS_ONLY);
	assert_null(l->scenario);
	assert_int_equal(l->complaints.n, 0);
	loading_free(l);
}

static void a_catalogue_entry_shows_its_evidence(void **state)
{
	static const char text[] = "viaport: 1\nmodels: {bare: {kind: phone}}\n";
	struct arena *a = arena_new();
	struct complaints complaints = { .arena = a };
	struct catalogue *c;
	struct source file = { "bare.yaml", text, strlen(text) };
	(void)state;
	assert_false(catalogue_load(a, &file, 1, &complaints, &c));
	assert_int_equal(complaints.n, 3);
	assert_string_equal(complaints.first->sentence, "the model 'bare' has no title");
	arena_free(a);
}

static void the_catalogue_is_looked_up_by_name_and_kind(void **state)
{
	struct loading *l = load_text("viaport: 1\nmodels: {}\n");
	(void)state;
	assert_string_equal(catalogue_find(l->catalogue, "shy", 3, DEVICE_PHONE)->like->name, "plain");
	assert_null(catalogue_find(l->catalogue, "shy", 3, DEVICE_ROUTER));
	assert_null(catalogue_find(l->catalogue, "sh", 2, DEVICE_PHONE));
	assert_int_equal(catalogue_any(l->catalogue, "box", 3)->kind, DEVICE_ROUTER);
	loading_free(l);
}

/** Kinds have names of their own: a router and its ALG may be called alike. */
static void kinds_may_share_a_name(void **state)
{
	static const char *const used[] = {
		"algs.yaml",
		"viaport: 1\n"
		"models:\n"
		"  box: {kind: alg, title: t, source: s, confidence: low}\n"
		"  kin: {kind: alg, like: box, title: t, source: s, confidence: low}\n"
		"  house: {kind: router, like: box, title: t, source: s, confidence: low}\n",
		NULL
	};
	const char *text = "viaport: 1\n"
			   "name: shared\n"
			   "use: [algs.yaml]\n"
			   "phones: {a: {model: plain, behind: home}}\n"
			   "routers: {home: {model: house}}\n"
			   "servers: {pbx: {model: pbx-1}}\n"
			   "do: [{register: a}]\n"
			   "expect: [{register: a, result: works}]\n";
	struct loading *l = load_with(text, strlen(text), used);
	const struct scenario *s = good(l);
	(void)state;
	assert_string_equal(s->nodes[node_index(s, "home")].models[0]->like->name, "box");
	assert_int_equal(s->nodes[node_index(s, "home")].models[0]->kind, DEVICE_ROUTER);
	loading_free(l);
}

static void a_name_that_several_kinds_have_needs_a_kind(void **state)
{
	static const char *const used[] = {
		"pair.yaml",
		"viaport: 1\n"
		"models: {pair: {kind: alg, title: t, source: s, confidence: low}}\n",
		"more.yaml",
		"viaport: 1\n"
		"models: {pair: {kind: router, title: t, source: s, confidence: low}}\n",
		"again.yaml",
		"viaport: 1\n"
		"models: {pair: {kind: router, title: t, source: s, confidence: low}}\n",
		NULL
	};
	const char *text = "viaport: 1\nuse: [pair.yaml, more.yaml, again.yaml]\n"
			   "models: {twin: {like: pair, title: t, source: s, confidence: low}}\n";
	struct loading *l = load_with(text, strlen(text), used);
	(void)state;
	assert_string_equal(complaints_text(l),
			    "3:23 VP015 several kinds have a model 'pair'\n"
			    "    help: say which: kind: one of phone, router, server, gateway, alg, remedy, pbx, proxy\n"
			    "2:10 VP004 the model 'pair' is given twice\n"
			    "    help: keep one of them\n"
			    "    note: 2:10 it was first given here\n");
	loading_free(l);
}

static const struct router_profile *router_profile_of(const struct scenario *s, const uint32_t *choice)
{
	static struct router_profile p;
	const struct node_spec *home = &s->nodes[node_index(s, "home")];
	p = *(const struct router_profile *)home->models[0]->profile;
	settings_apply(&home->settings, choice, &p);
	return &p;
}

static const struct alg_profile *alg_of(const struct scenario *s, uint32_t choice)
{
	const struct model *alg = router_profile_of(s, &choice)->alg;
	return alg ? alg->profile : NULL;
}

static int server_kind_of(const struct scenario *s, const char *name)
{
	struct server_profile p;
	const struct node_spec *n = &s->nodes[node_index(s, name)];
	p = *(const struct server_profile *)n->models[0]->profile;
	settings_apply(&n->settings, NULL, &p);
	return p.kind;
}

/** In an entry the word for what it is a model of says it too; what is like it is of that kind as well. */
static void a_server_says_which_kind_of_server_it_is(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: kinds\n"
				      "models:\n"
				      "  router-of-calls: {kind: proxy}\n"
				      "  next: {like: router-of-calls, rport: off}\n"
				      "  exchange: {kind: server}\n"
				      "phones: {a: {model: plain}}\n"
				      "servers:\n"
				      "  one: {model: next}\n"
				      "  two: {model: exchange}\n"
				      "  three: {model: exchange, kind: proxy}\n"
				      "  four: {model: next, kind: pbx}\n"
				      "do: [{register: a}]\n"
				      "expect: [{register: a, result: works}]\n");
	const struct scenario *s = good(l);
	(void)state;
	assert_int_equal(server_kind_of(s, "one"), SERVER_PROXY);
	assert_int_equal(server_kind_of(s, "two"), SERVER_PBX);
	assert_int_equal(server_kind_of(s, "three"), SERVER_PROXY);
	assert_int_equal(server_kind_of(s, "four"), SERVER_PBX);
	loading_free(l);
}

/** By name, from an axis, from the router's model, or as a map that begins with another one. */
static void a_router_has_an_alg(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: algs\n"
				      "axes: {alg: [none, meddler, fifth]}\n"
				      "models:\n"
				      "  meddling: {like: box, alg: fifth}\n"
				      "  fifth: {like: meddler, port: const-5060}\n"
				      "phones: {a: {model: plain, behind: home}}\n"
				      "routers:\n"
				      "  home: {model: box, alg: $alg}\n"
				      "  office: {model: meddling}\n"
				      "  shop: {model: meddling, alg: {like: fifth, in-request: {via: on}}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do: [{register: a}]\n"
				      "judge: [{register: a}]\n"
				      "expect: any\n");
	const struct scenario *s = good(l);
	const struct node_spec *office = &s->nodes[2], *shop = &s->nodes[3];
	const struct model *const *of_shop = shop->settings.items[0].values;
	const struct router_profile *of_office = office->models[0]->profile;
	const struct alg_profile *spelled = of_shop[0]->profile;
	(void)state;
	assert_null(alg_of(s, 0));
	assert_int_equal(alg_of(s, 1)->match, ALG_MATCH_TEXT);
	assert_int_equal(alg_of(s, 1)->port, ALG_PORT_MAPPED);
	assert_int_equal(alg_of(s, 2)->port, ALG_PORT_CONST_5060);
	assert_string_equal(of_office->alg->name, "fifth");
	assert_int_equal(spelled->port, ALG_PORT_CONST_5060);
	assert_true(spelled->parts[ALG_IN_REQUEST].via);
	assert_string_equal(field_print(shop->settings.items[0].field,
					&(struct router_profile){ .alg = of_shop[0] }, l->arena),
			    "{like: fifth, in-request: {via: on}}");
	loading_free(l);
}

/** A list of maps, or a bare port; from an axis, a port for each cell. */
static void a_router_knows_rules_about_others(void **state)
{
	struct loading *l = load_text(
		"viaport: 1\n"
		"name: rules\n"
		"axes: {port: [5060, 5080]}\n"
		"models: {ready: {like: box, forward: 5090, one-to-one: first-phone, vpn-to: all}}\n"
		"phones: {a: {model: plain, behind: home}}\n"
		"routers:\n"
		"  home: {model: box, forward: [{port: 5070, to: a}, 5071, {to: \"192.168.1.9:5\"}], vpn-to: "
		"[pbx]}\n"
		"  office: {model: ready, forward: $port, inside: 10.1.0.0/16}\n"
		"servers: {pbx: {model: pbx-1}}\n"
		"do: [{register: a}]\n"
		"judge: [{register: a}]\n"
		"expect: any\n");
	const struct scenario *s = good(l);
	const struct router_profile *p = router_profile_of(s, NULL);
	const struct router_profile *ready = s->nodes[2].models[0]->profile;
	const struct field *forward = field_find(router_fields, "forward", 7);
	const struct list *second = s->nodes[2].settings.items[0].values;
	(void)state;
	assert_string_equal(field_print(forward, p, l->arena),
			    "[{port: 5070, to: a}, {port: 5071, to: first-phone}, "
			    "{port: 5060, to: 192.168.1.9:5}]");
	assert_string_equal(*(const char *const *)p->vpn_to.items, "pbx");
	assert_string_equal(p->one_to_one, "none");
	assert_string_equal(ready->one_to_one, "first-phone");
	assert_int_equal(((const struct port_forward *)second[1].items)->port, 5080);
	loading_free(l);
}

#define CURES                                                                                          \
	"models:\n"                                                                                    \
	"  first: {kind: remedy, title: \"one: the first\", phones: {rport: off}, confidence: high}\n" \
	"  second: {kind: remedy, title: no word, servers: {force-rport: on}, confidence: high}\n"     \
	"phones: {a: {model: plain}}\n"                                                                \
	"servers: {pbx: {model: pbx-1}}\n"                                                             \
	"do: [{register: a}]\n"

static void remedies_come_alone_from_an_axis_or_in_a_list(void **state)
{
	struct loading *l = load_text("viaport: 1\nname: axis\naxes: {cure: [none, first, second]}\n" CURES
				      "remedy: $cure\njudge: [{register: a}]\nexpect: any\n");
	struct loading *m = load_text("viaport: 1\nname: list\n" CURES
				      "remedy: [second, first]\nexpect: [{register: a, result: works}]\n");
	const struct model *const *remedies;
	(void)state;
	assert_int_equal(scenario_remedies(good(l), &(uint32_t){ 0 }, &remedies), 0);
	assert_int_equal(scenario_remedies(good(l), &(uint32_t){ 2 }, &remedies), 1);
	assert_string_equal(remedies[0]->name, "second");
	assert_int_equal(scenario_remedies(good(m), NULL, &remedies), 2);
	assert_string_equal(remedies[1]->name, "first");
	loading_free(m);
	loading_free(l);
}

/** A name such as alg-f tells nobody anything. */
static void the_word_of_a_model_stands_behind_its_name_in_an_axis(void **state)
{
	struct loading *l = load_text("viaport: 1\nname: axis\naxes: {cure: [none, first, second]}\n" CURES
				      "remedy: $cure\njudge: [{register: a}]\nexpect: any\n");
	const struct axis *cure = &good(l)->axes[0];
	(void)state;
	assert_string_equal(cure->labels[0], "none");
	assert_string_equal(cure->labels[1], "first one");
	assert_string_equal(cure->values[1], "first");
	assert_string_equal(cure->labels[2], "second");
	loading_free(l);
}

static void a_cell_is_as_sure_as_the_least_of_its_models(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: sure\n"
				      "axes: {alg: [none, meddler]}\n"
				      "models: {sure: {like: box, confidence: high}}\n"
				      "phones: {a: {model: shy, behind: home}}\n"
				      "routers: {home: {model: sure, alg: $alg}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "do: [{register: a}]\n"
				      "judge: [{register: a}]\n"
				      "expect: any\n");
	const struct scenario *s = good(l);
	(void)state;
	assert_int_equal(scenario_confidence(s, &(uint32_t){ 0 }), CONFIDENCE_MEDIUM);
	assert_int_equal(scenario_confidence(s, &(uint32_t){ 1 }), CONFIDENCE_LOW);
	loading_free(l);
}

/** What a remedy brings counts, what it replaces does not. */
static void a_cell_with_a_remedy_is_as_sure_as_what_is_left(void **state)
{
	struct loading *l = load_text("viaport: 1\n"
				      "name: sure\n"
				      "axes: {cure: [none, swap, meddle]}\n"
				      "models:\n"
				      "  sure: {like: box, confidence: high}\n"
				      "  swap: {kind: remedy, phone: plain, confidence: high}\n"
				      "  meddle: {kind: remedy, routers: {alg: meddler}, confidence: high}\n"
				      "phones: {a: {model: shy, behind: home}}\n"
				      "routers: {home: {model: sure}}\n"
				      "servers: {pbx: {model: pbx-1}}\n"
				      "remedy: $cure\n"
				      "do: [{register: a}]\n"
				      "judge: [{register: a}]\n"
				      "expect: any\n");
	const struct scenario *s = good(l);
	(void)state;
	assert_int_equal(scenario_confidence(s, &(uint32_t){ 0 }), CONFIDENCE_MEDIUM);
	assert_int_equal(scenario_confidence(s, &(uint32_t){ 1 }), CONFIDENCE_HIGH);
	assert_int_equal(scenario_confidence(s, &(uint32_t){ 2 }), CONFIDENCE_LOW);
	loading_free(l);
}

static void a_scenario_of_twenty_thousand_lines_is_no_trouble(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_alloc(a, 2000000), *at = text;
	(void)state;
	at += sprintf(at, "viaport: 1\nname: many\nphones:\n");
	for (int i = 0; i < 5000; i++)
		at += sprintf(at, "  p%d:\n    model: plain\n    behind: home\n    user: u%d\n", i, i);
	at += sprintf(at, "routers: {home: {model: box}}\nservers: {pbx: {model: pbx-1}}\ndo:\n");
	for (int i = 0; i < 5000; i++)
		at += sprintf(at, "  - register: p%d\n", i);
	at += sprintf(at, "expect: [{register: p4999, result: works}]\n");
	struct loading *l = load_text(text);
	assert_int_equal(good(l)->n_nodes, 5002);
	assert_int_equal(good(l)->checks[0].of[0], 4999);
	loading_free(l);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_single_run_is_a_matrix_of_one_cell),
		cmocka_unit_test(nodes_stand_in_the_order_of_phones_routers_servers),
		cmocka_unit_test(the_last_axis_changes_fastest),
		cmocka_unit_test(an_axis_may_stand_in_groups_shorthands_wires_steps_and_behind),
		cmocka_unit_test(only_what_the_file_says_of_a_wire_is_set),
		cmocka_unit_test(steps_name_their_phones),
		cmocka_unit_test(what_has_a_time_and_stands_behind_a_call_happens_in_it),
		cmocka_unit_test(a_check_of_calls_is_about_the_first_that_fits),
		cmocka_unit_test(a_check_may_be_about_several_steps_and_a_gap_has_two_times),
		cmocka_unit_test(what_depends_on_the_cell_is_not_refused),
		cmocka_unit_test(when_picks_values_and_a_missing_axis_means_any),
		cmocka_unit_test(pins_are_for_byte_exact_replay),
		cmocka_unit_test(without_a_pin_the_wall_clock_starts_in_2024),
		cmocka_unit_test(models_of_the_file_derive_from_each_other_in_any_order),
		cmocka_unit_test(used_files_bring_models_once_even_in_circles),
		cmocka_unit_test(complaints_about_a_used_file_carry_its_path_and_come_last),
		cmocka_unit_test(used_entries_have_evidence_of_their_own_whatever_else_is_wrong),
		cmocka_unit_test(the_catalogue_itself_may_be_read_as_a_file_of_models),
		cmocka_unit_test(a_file_that_holds_only_models_is_no_scenario),
		cmocka_unit_test(a_catalogue_entry_shows_its_evidence),
		cmocka_unit_test(the_catalogue_is_looked_up_by_name_and_kind),
		cmocka_unit_test(a_router_has_an_alg),
		cmocka_unit_test(a_router_knows_rules_about_others),
		cmocka_unit_test(remedies_come_alone_from_an_axis_or_in_a_list),
		cmocka_unit_test(the_word_of_a_model_stands_behind_its_name_in_an_axis),
		cmocka_unit_test(a_cell_is_as_sure_as_the_least_of_its_models),
		cmocka_unit_test(a_cell_with_a_remedy_is_as_sure_as_what_is_left),
		cmocka_unit_test(kinds_may_share_a_name),
		cmocka_unit_test(a_name_that_several_kinds_have_needs_a_kind),
		cmocka_unit_test(a_server_says_which_kind_of_server_it_is),
		cmocka_unit_test(a_scenario_of_twenty_thousand_lines_is_no_trouble),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
