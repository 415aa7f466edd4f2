#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "reports/conditions_json.h"
#include "reports/explain.h"
#include "reports/explain_knob.h"
#include "reports/nat_watch.h"
#include "reports/text.h"
#include "scenarios/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/input.h"
#include "sim/cli/lesson.h"
#include "sim/cli/offer.h"
#include "sim/cli/one_cell.h"
#include "sim/cli/output.h"
#include "sim/cli/remedy_search.h"
#include "sim/cli/run.h"
#include "sim/cli/terminal.h"

#define CAUSES_NAMED 6

/** What a word that can be explained stands for; all of it empty when it stands for nothing. */
struct meaning {
	const struct cause *cause;
	const struct complaint_kind *complaint;
	const struct check_kind *check;
	int verdict; /* VERDICTS: none */
	bool knob;
};

static const struct complaint_kind *complaint_kind_find(const char *code)
{
	for (const struct complaint_kind *kind = complaint_kinds; kind->code; kind++)
		if (strcasecmp(kind->code, code) == 0)
			return kind;
	return NULL;
}

/** By its word or its letter. */
static const struct check_kind *check_kind_find(const char *word)
{
	for (const struct check_kind *kind = check_kinds; kind->word; kind++) {
		const char letter[] = { kind->letter, '\0' };
		if (strcasecmp(kind->word, word) == 0 || strcasecmp(letter, word) == 0)
			return kind;
	}
	return NULL;
}

static int verdict_find(const char *word)
{
	int v = 0;
	while (v < VERDICTS && strcasecmp(verdict_words[v], word) != 0)
		v++;
	return v;
}

static struct meaning meaning_of(const char *word)
{
	return (struct meaning){
		.cause = cause_find(word, strlen(word)),
		.complaint = complaint_kind_find(word),
		.check = check_kind_find(word),
		.verdict = verdict_find(word),
		.knob = is_knob_name(word),
	};
}

static bool means_something(const struct meaning *m)
{
	return m->cause || m->complaint || m->check || m->verdict < VERDICTS || m->knob;
}

bool can_be_explained(const char *word)
{
	const struct meaning m = meaning_of(word);
	return means_something(&m);
}

/** "VP" and nothing but digits. */
static bool is_code(const char *word)
{
	return strncasecmp(word, "VP", 2) == 0 && word[2 + strspn(word + 2, "0123456789")] == '\0';
}

static bool is_model(const char *word)
{
	struct input input;
	bool found = false;
	if (input_open(&input))
		for (uint32_t i = 0; i < input.catalogue->n && !found; i++)
			found = strcmp(input.catalogue->models[i]->name, word) == 0;
	input_close(&input);
	return found;
}

/** Causes that have it in their names, as far as they go into a sentence. */
static int no_word(const char *word)
{
	struct sink among = { 0 };
	uint32_t n = 0;
	for (const struct cause *cause = causes; cause->word; cause++)
		if (*word && strcasestr(cause->word, word) && n++ < CAUSES_NAMED)
			sink_printf(&among, "%s%s", among.len ? ", " : "", cause->word);
	sink_char(&among, '\0');
	int code = n == 0 ? usage_error("explain", "nothing is called '%s'; viaport list causes names the causes", word)
		   : n == 1 ? usage_error("explain", "nothing is called '%s', did you mean %s?", word, among.bytes)
			    : usage_error("explain", "nothing is called '%s'; there are the causes %s%s", word,
					  among.bytes,
					  n > CAUSES_NAMED ? " and more, which viaport list causes names" : "");
	sink_free(&among);
	return code;
}

static int unknown_word(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	if (is_code(word))
		return usage_error("explain", "there is no code %s; there are %s to %s", word, complaint_kinds[0].code,
				   complaint_kinds[VP_CODES - 1].code);
	if (is_model(word))
		return usage_error("explain", "%s is a model, of which viaport show %s tells", word, word);
	for (const struct cause *cause = causes; cause->word; cause++)
		nearest_offer(&nearest, cause->word);
	for (const struct check_kind *kind = check_kinds; kind->word; kind++)
		nearest_offer(&nearest, kind->word);
	for (int v = 0; v < VERDICTS; v++)
		nearest_offer(&nearest, verdict_words[v]);
	if (nearest.best)
		return usage_error("explain", "nothing is called '%s', did you mean %s?", word, nearest.best);
	return no_word(word);
}

/** False when the word means nothing. */
static bool put_word(struct sink *s, const struct paper *paper, const char *word)
{
	const struct meaning m = meaning_of(word);
	sink_text(s, s->len ? "\n" : "");
	if (m.cause)
		put_cause(s, paper, m.cause);
	else if (m.complaint)
		put_complaint_kind(s, paper, m.complaint);
	else if (m.check)
		put_check_kind(s, paper, m.check);
	else if (m.verdict < VERDICTS)
		put_verdict_meaning(s, paper, (enum verdict)m.verdict);
	else if (m.knob)
		put_knobs_named(s, paper, word);
	return means_something(&m);
}

static int explain(const struct print_options *o, const struct operands *words)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)o->color);
	struct sink s = { 0 };
	int code = EXIT_EXPECTED;
	for (int i = 0; i < words->n && code == EXIT_EXPECTED; i++)
		if (!put_word(&s, &paper, words->items[i]))
			code = unknown_word(words->items[i]);
	if (code == EXIT_EXPECTED)
		code = output_print(&s);
	sink_free(&s);
	return code;
}

/* --- a file -------------------------------------------------------------------------------------------------------- */

enum explain_format { EXPLAIN_TEXT, EXPLAIN_JSON };
static const char *const format_words[] = { "text", "json", NULL };

struct explain_options {
	struct print_options print; /* first: words need no more */
	int format;
	bool lesson;
	struct texts only;
	struct number jobs, seed;
};

#define OF(member) .at = offsetof(struct explain_options, member)

static const struct option_row options[] = {
	{ "only", 0, OPTION_TEXTS, OF(only), .argument = "AXIS=VALUE,...", .doc = "of a matrix: the cell that is meant",
	  .offer = offer_choices },
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "FORMAT", .doc = "text or json" },
	{ "lesson", 0, OPTION_SWITCH, OF(lesson), .doc = "asks, before it tells, what comes next" },
	{ "jobs", 'j', OPTION_NUMBER, OF(jobs), 1, 1024, .argument = "N", .doc = "worker threads, default all cores" },
	{ "seed", 0, OPTION_NUMBER, OF(seed), 0, SEED_MAX, .argument = "N", .doc = "random seed, default the file's" },
	OPTION_COLOR(offsetof(struct explain_options, print.color)),
	{ 0 },
};

/** Complained of later. */
static bool only_wrong(struct arena *a, const struct explain_options *o)
{
	struct only only;
	return only_read(a, &o->only, &only) != NULL;
}

static bool is_file(const char *word)
{
	return access(word, F_OK) == 0 || strchr(word, '/') || strstr(word, ".yaml");
}

static struct run_options run_options_of(const struct explain_options *o)
{
	return (struct run_options){ .trace = TRACE_OPTION_NONE,
				     .color = o->print.color,
				     .jobs = o->jobs,
				     .seed = o->seed,
				     .only = o->only,
				     .no_progress = true };
}

/** The run itself: as `viaport run` tells it, a ladder, or of a matrix the conditions under which it fails. */
static int narrate(struct arena *a, const struct explain_options *o, const struct operands *files,
		   const struct report_kind *kind)
{
	const struct run_options run = run_options_of(o);
	struct run_request request = { .options = &run,
				       .writing = { .kinds = { kind }, .n_kinds = 1 },
				       .watch = nat_watch };
	only_read(a, &o->only, &request.only);
	return run_files(files, &request);
}

static int print_cures(const struct explain_options *o, const struct cures *c)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)o->print.color);
	struct sink s = { 0 };
	if (o->format == EXPLAIN_JSON) {
		put_cures_json(&s, c);
	} else {
		sink_char(&s, '\n');
		put_cures(&s, &paper, c);
	}
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int explain_cell(struct input *input, const struct explain_options *o, uint64_t cell)
{
	const struct run_options run = run_options_of(o);
	const struct shown shown = run_shown(input, &run, &input->scenarios[0], 1);
	const struct cure_options how = { .jobs = run_jobs(&run), .seeded = o->seed.given, .seed = o->seed.n };
	struct cures cures;
	return remedies_search(input->arena, input->catalogue, &shown, cell, &how, &cures) ? print_cures(o, &cures)
											   : EXIT_INTERRUPTED;
}

/** Of several cells there is only the run to tell of, which text has done. */
static int several_cells(struct arena *a, const struct explain_options *o, const struct operands *files)
{
	if (o->format == EXPLAIN_JSON)
		return narrate(a, o, files, &conditions_report);
	fputs("next: --only AXIS=VALUE,... explains one cell, and tells what would mend it\n", stderr);
	return EXIT_EXPECTED;
}

static int no_cell(const struct only *only, const struct input *input)
{
	only_explain("--only", only, input);
	fputs(input->n ? "viaport: no cell is selected\n" : "viaport: there is no scenario here\n", stderr);
	return EXIT_NOTHING;
}

static int explain_input(struct input *input, const struct explain_options *o, const struct operands *files)
{
	struct only only;
	const char *wrong = only_read(input->arena, &o->only, &only);
	if (wrong)
		return usage_error("explain", "--only %s: it takes AXIS=VALUE,...", wrong);
	if (!input->n)
		return no_cell(&only, input);
	const struct scenario *s = input->scenarios[0].scenario;
	struct selection selection = select_cells(input->arena, s, &only);
	if (!selection.cells)
		return no_cell(&only, input);
	return selection.cells == 1 ? explain_cell(input, o, selection_cell(&selection, s, 0))
				    : several_cells(input->arena, o, files);
}

static int explain_file(struct arena *a, const struct explain_options *o, const struct operands *files)
{
	struct input input;
	int code = operands_refused("explain", files);
	if (code != EXIT_EXPECTED)
		return code;
	if (!input_open(&input)) {
		input_close(&input);
		return EXIT_IO;
	}
	struct paper paper = terminal_paper(STDERR_FILENO, (enum color)o->print.color);
	input_load(&input, files);
	input_complain(&input, &paper);
	code = input_trouble(&input);
	if (code == EXIT_EXPECTED && input.n > 1)
		code = usage_error("explain", "it takes one scenario at a time, and there are %u", input.n);
	if (code == EXIT_EXPECTED && o->format == EXPLAIN_TEXT && !only_wrong(a, o))
		code = narrate(a, o, files, &text_report);
	if (code <= EXIT_UNEXPECTED)
		code = explain_input(&input, o, files);
	input_close(&input);
	return code;
}

/** A file as a lesson, which is a talk and no document. */
static int teach(const struct explain_options *o, const struct operands *files)
{
	const struct one_cell_choice choice = { .only = o->only, .seed = o->seed, .color = o->print.color };
	const struct run_options run = run_options_of(o);
	if (o->format == EXPLAIN_JSON)
		return usage_error("explain", "--lesson asks and tells as text; -f json goes without it");
	return lesson_hold("explain", files, &choice, run_jobs(&run));
}

/** A word is told as it is, with or without a file of that name. */
static bool is_word(const char *operand)
{
	return can_be_explained(operand) || !is_file(operand);
}

/** What was asked for and can only be done with a file; NULL: nothing. */
static const char *asked_of_a_file(const struct explain_options *o)
{
	const struct {
		bool given;
		const char *name;
	} asked[] = {
		{ o->lesson, "--lesson" },
		{ o->format == EXPLAIN_JSON, "-f json" },
		{ o->only.n, "--only" },
		{ o->seed.given, "--seed" },
	};
	for (size_t i = 0; i < COUNT(asked); i++)
		if (asked[i].given)
			return asked[i].name;
	return NULL;
}

static int explain_words(const struct explain_options *o, const struct operands *words)
{
	const char *asked = asked_of_a_file(o);
	if (asked)
		return usage_error("explain", "%s is for a FILE, and '%s' is taken for a word", asked, words->items[0]);
	return explain(&o->print, words);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct explain_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && operands.n == 1)
		operands.items[0] = cell_operand(a, operands.items[0], &o.only);
	if (parsed == PARSED && operands.n == 0)
		code = usage_error(c->name,
				   "name a scenario, a cause, such as F01, a code, such as VP003, a check, such as "
				   "reachable-after, a result, such as stops, or a knob, such as nat-test");
	else if (parsed == PARSED && is_word(operands.items[0]))
		code = explain_words(&o, &operands);
	else if (parsed == PARSED)
		code = o.lesson ? teach(&o, &operands) : explain_file(a, &o, &operands);
	arena_free(a);
	return code;
}

static void offer_meanings(struct offers *o)
{
	offer_scenarios(o);
	for (const struct cause *cause = causes; cause->word; cause++)
		offer(o, cause->word, cause->title);
	for (const struct check_kind *kind = check_kinds; kind->word; kind++)
		offer(o, kind->word, "a check");
	for (int v = 0; v < VERDICTS; v++)
		offer(o, verdict_words[v], "a result");
	for (const struct complaint_kind *kind = complaint_kinds; kind->code; kind++)
		offer(o, kind->code, kind->title);
}

const struct command command_explain = {
	.name = "explain",
	.operands = "FILE|WORD...",
	.summary = "who is to blame and what mends it; what a word means",
	.examples = "viaport explain lab.yaml\nviaport explain lab.yaml --lesson\nviaport explain matrix.yaml --only "
		    "phone=cisco-7940,router=pf\n"
		    "viaport explain reply-to-via-port\nviaport explain F01\nviaport explain VP003\n"
		    "viaport explain reachable-after\nviaport explain degraded\nviaport explain 'server nat-test'\n",
	.options = options,
	.offer = offer_meanings,
	.run = run,
};
