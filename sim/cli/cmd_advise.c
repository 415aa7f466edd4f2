#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/advice.h"
#include "sim/cli/commands.h"
#include "sim/cli/data.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/remedy_search.h"
#include "sim/cli/run.h"

/** Every phone behind every router with every server, in calls: what one has is a choice among its cells. */
#define WHOLE_CATALOGUE "compat/full.yaml"

enum want { WANT_PHONES, WANT_ROUTERS, WANT_SERVERS, WANT_SETTINGS, WANT_NOTHING };
static const char *const want_words[] = { "phones", "routers", "servers", "settings", NULL };
static const char *const want_axes[] = { "phone", "router", "server", NULL };

enum advise_format { ADVISE_TEXT, ADVISE_JSON };
static const char *const format_words[] = { "text", "json", NULL };

struct advise_options {
	struct texts have;
	int want, format, color;
	struct number jobs;
};

/** What one may have: KIND=NAME of the catalogue. */
static void offer_models(struct offers *o)
{
	struct input input;
	if (input_open(&input)) {
		for (uint32_t i = 0; i < input.catalogue->n; i++) {
			const struct model *m = input.catalogue->models[i];
			if (m->kind <= DEVICE_SERVER)
				offer(o, arena_printf(input.arena, "%s=%s", device_words[m->kind], m->name), m->title);
		}
	}
	input_close(&input);
}

#define OF(member) .at = offsetof(struct advise_options, member)

static const struct option_row options[] = {
	{ "have", 0, OPTION_TEXTS, OF(have), .argument = "KIND=NAME,...",
	  .doc = "what there is: phone, router, server; repeatable", .offer = offer_models },
	{ "want", 0, OPTION_WORD, OF(want), .words = want_words, .argument = "WHAT",
	  .doc = "phones, routers, servers, or settings of these" },
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "FORMAT", .doc = "text or json" },
	{ "jobs", 'j', OPTION_NUMBER, OF(jobs), 1, 1024, .argument = "N", .doc = "worker threads, default all cores" },
	OPTION_COLOR(offsetof(struct advise_options, color)),
	{ 0 },
};

/** A question under way. */
struct question {
	struct input input;
	const struct advise_options *options;
	struct only only;
	struct run_options run;
	struct shown shown;
	struct advice advice;
};

/* --- models -------------------------------------------------------------------------------------------------------- */

/** Nothing but why the cell does not work. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	(void)show, (void)shown, (void)scratch;
	for (uint32_t i = 0; i < r->n_checks; i++) {
		if (!r->checks[i].sentence)
			continue;
		sink_text(out, r->checks[i].sentence);
		return;
	}
}

static bool take(void *context, const struct played *p)
{
	struct question *q = context;
	advice_add(&q->advice, p->brief, p->rendered[0], p->length[0]);
	return true;
}

static bool play(struct question *q, const struct selection *selection)
{
	static const struct report_kind kind = { .name = "advise", .render = render };
	const struct report_kind *const kinds[] = { &kind };
	const struct play_options playing = { .level = TRACE_COUNTS };
	const struct show show = { .scenarios = &q->shown, .n = 1, .cells = selection->cells };
	struct pool_end end = pool_run(&(struct pool_work){
		.show = &show,
		.share = { 0, 1, selection->cells },
		.selections = selection,
		.options = &playing,
		.kinds = kinds,
		.n_kinds = 1,
		.jobs = run_jobs(&q->run),
		.context = q,
		.take = take,
	});
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still uses what a proper exit would free */
	return !end.interrupted;
}

/** Is it said what one has of this kind? */
static bool is_named(const struct only *only, const char *axis)
{
	for (uint32_t i = 0; i < only->n; i++)
		if (strlen(axis) == only->choices[i].axis_len && memcmp(axis, only->choices[i].axis, strlen(axis)) == 0)
			return true;
	return false;
}

/** By axis. */
static const bool *axes_named(struct arena *a, const struct scenario *s, const struct only *only)
{
	bool *named = arena_alloc(a, (s->n_axes + 1) * sizeof *named);
	for (uint32_t i = 0; i < s->n_axes; i++)
		named[i] = is_named(only, s->axes[i].name);
	return named;
}

static const char *have_text(struct arena *a, const struct only *only)
{
	const char *text = "";
	for (uint32_t i = 0; i < only->n; i++)
		text = arena_printf(a, "%s%s%.*s=%.*s", text, i ? ", " : "", (int)only->choices[i].axis_len,
				    only->choices[i].axis, (int)only->choices[i].value_len, only->choices[i].value);
	return text;
}

static uint32_t axis_called(const struct scenario *s, const char *name)
{
	uint32_t i = 0;
	while (strcmp(s->axes[i].name, name) != 0)
		i++;
	return i;
}

static void put_settings(struct sink *s, const struct paper *paper, const struct cures *cures)
{
	put_who_is_who(s, paper, cures->shown, cures->cell);
	put_cures(s, paper, cures);
}

static int print(const struct question *q, const struct cures *cures)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)q->options->color);
	struct sink s = { 0 };
	bool json = q->options->format == ADVISE_JSON;
	if (cures && json)
		put_cures_json(&s, cures);
	else if (cures)
		put_settings(&s, &paper, cures);
	else if (json)
		put_advice_json(&s, &q->advice);
	else
		put_advice(&s, &paper, &q->advice);
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int advise_models(struct question *q, const struct selection *selection)
{
	const struct scenario *s = q->shown.scenario;
	struct arena *a = q->input.arena;
	q->advice = advice_new(a, &q->shown, axis_called(s, want_axes[q->options->want]), axes_named(a, s, &q->only),
			       have_text(a, &q->only));
	if (!play(q, selection))
		return EXIT_INTERRUPTED;
	advice_finish(&q->advice);
	return print(q, NULL);
}

/* --- settings ------------------------------------------------------------------------------------------------------ */

/** Of what there is none, or more than one, there is nothing to set. */
static int not_one(const struct question *q)
{
	static const char one_of_each[] = "--want settings takes one phone, one router and one server";
	for (const char *const *axis = want_axes; *axis; axis++)
		if (!is_named(&q->only, *axis))
			return usage_error("advise", "%s: name a %s, too", one_of_each, *axis);
	return usage_error("advise", "%s; ask for each by itself", one_of_each);
}

static int advise_settings(struct question *q, const struct selection *selection)
{
	const struct cure_options how = { .jobs = run_jobs(&q->run), .alone = true, .settings = true };
	struct cures cures;
	if (selection->cells != 1)
		return not_one(q);
	if (!remedies_search(q->input.arena, q->input.catalogue, &q->shown,
			     selection_cell(selection, q->shown.scenario, 0), &how, &cures))
		return EXIT_INTERRUPTED;
	return print(q, &cures);
}

/* --- what there is not --------------------------------------------------------------------------------------------- */

static bool is_text(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

/** A phone, router or server of that name; NULL: there is none. */
static const struct model *model_called(const struct catalogue *c, const char *name, size_t len)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->models[i]->kind <= DEVICE_SERVER && is_text(c->models[i]->name, name, len))
			return c->models[i];
	return NULL;
}

/** "router=pf" for somebody who wrote "pf". */
static int wrong_have(const struct question *q, const char *wrong)
{
	const struct model *m = model_called(q->input.catalogue, wrong, strlen(wrong));
	if (m)
		return usage_error("advise", "--have %s: it is a %s: --have %s=%s", wrong, device_words[m->kind],
				   device_words[m->kind], wrong);
	return usage_error("advise", "--have %s: it takes KIND=NAME, such as phone=cisco-7940", wrong);
}

static const struct axis *axis_of(const struct scenario *s, const struct choice *c)
{
	for (uint32_t i = 0; i < s->n_axes; i++)
		if (is_text(s->axes[i].name, c->axis, c->axis_len))
			return &s->axes[i];
	return NULL;
}

static bool has_value(const struct axis *axis, const struct choice *c)
{
	for (uint32_t v = 0; v < axis->n; v++)
		if (is_text(axis->values[v], c->value, c->value_len))
			return true;
	return false;
}

/** One may have what is in no catalogue, so it is said what is possible then. */
static int no_model(const struct axis *axis, const struct choice *c)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport advise: there is no %s '%.*s'", axis->name, (int)c->value_len, c->value);
	size_t said = s.len;
	put_meant(&s, axis, c);
	if (s.len == said)
		sink_printf(&s,
			    "; viaport list %ss names them; viaport explain FILE advises on a lab with one of your own",
			    axis->name);
	output_say(&s);
	return EXIT_NOTHING;
}

/** A kind that is none, a model of another kind, or none at all. */
static int nothing_such(const struct question *q)
{
	const struct scenario *s = q->input.scenarios[0].scenario;
	for (uint32_t i = 0; i < q->only.n; i++) {
		const struct choice *c = &q->only.choices[i];
		const struct model *m = model_called(q->input.catalogue, c->value, c->value_len);
		const struct axis *axis = axis_of(s, c);
		if (!axis)
			return usage_error("advise", "--have %.*s=...: there is no such kind; there are phone, router and server",
					   (int)c->axis_len, c->axis);
		if (m && !is_text(device_words[m->kind], c->axis, c->axis_len))
			return usage_error("advise", "--have %.*s=%s: that is a %s: --have %s=%s", (int)c->axis_len, c->axis, m->name,
					   device_words[m->kind], device_words[m->kind], m->name);
		if (!has_value(axis, c))
			return no_model(axis, c);
	}
	return EXIT_NOTHING;
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static int answer(struct question *q)
{
	const struct scenario *s = q->input.scenarios[0].scenario;
	struct selection selection = select_cells(q->input.arena, s, &q->only);
	const char *axis = want_axes[q->options->want];
	if (axis && is_named(&q->only, axis))
		return usage_error("advise", "one has a %s and wants %s: which of the two?", axis,
				   want_words[q->options->want]);
	if (!selection.cells)
		return nothing_such(q);
	q->shown = run_shown(&q->input, &q->run, &q->input.scenarios[0], selection.cells);
	return q->options->want == WANT_SETTINGS ? advise_settings(q, &selection) : advise_models(q, &selection);
}

static int load_and_answer(struct question *q)
{
	struct arena *a = q->input.arena;
	const char *folder = data_find(a, "scenarios"), *wrong = only_read(a, &q->options->have, &q->only);
	if (wrong)
		return wrong_have(q, wrong);
	if (!folder)
		return EXIT_IO;
	char *file = arena_printf(a, "%s/%s", folder, WHOLE_CATALOGUE);
	input_load(&q->input, &(struct operands){ &file, 1 });
	int code = input_trouble(&q->input);
	return code == EXIT_EXPECTED ? answer(q) : code;
}

static int advise(const struct advise_options *o)
{
	struct question q = { .options = o, .run = { .trace = TRACE_OPTION_NONE, .jobs = o->jobs } };
	int code = input_open(&q.input) ? load_and_answer(&q) : EXIT_IO;
	input_close(&q.input);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct advise_options o = { .want = WANT_NOTHING };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && operands.n)
		code = usage_error(c->name, "it takes no file; --have KIND=NAME says what there is");
	else if (parsed == PARSED && (!o.have.n || o.want == WANT_NOTHING))
		code = usage_error(c->name, "it takes --have, such as phone=cisco-7940, and --want, such as routers");
	else if (parsed == PARSED)
		code = advise(&o);
	arena_free(a);
	return code;
}

const struct command command_advise = {
	.name = "advise",
	.operands = "",
	.summary = "what would work with what one has",
	.examples = "viaport advise --have phone=cisco-7940,server=3cx-11 --want routers\n"
		    "viaport advise --have phone=cisco-7940,router=pf,server=3cx-11 --want settings\n",
	.options = options,
	.run = run,
};
