#include "sim/cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "models/sha256.h"
#include "reports/part.h"
#include "reports/result_json.h"
#include "reports/text.h"
#include "scenarios/axis_knobs.h"
#include "sim/cli/baseline.h"
#include "sim/cli/drawers.h"
#include "sim/cli/output.h"
#include "sim/cli/progress.h"
#include "sim/cli/replay.h"
#include "sim/cli/resume.h"
#include "sim/cli/store.h"
#include "sim/cli/version.h"
#include "sim/cli/why.h"

#define LADDER_NODES 64 /* a world of more nodes is not recorded for a ladder that nobody could read */

/** A run under way. */
struct runner {
	const struct run_request *request;
	struct show show;
	struct share share; /* what of the selected cells runs */
	const struct selection *selections; /* by scenario */
	struct writing writing;		    /* what was asked for, and the store */
	struct writers writers;
	struct resumed resumed;
	uint64_t kept; /* cells of an earlier run that were taken */
	struct progress_line progress;
	struct baseline baseline;
	struct drawers *drawers; /* of report.html; NULL: nobody asked for it */
	const struct cause *first_cause;
	bool failed_fast;
	bool untold; /* a matrix has unexpected cells and says nothing of what is expected */
};

/* --- what is shown --------------------------------------------------------------------------- */

struct shown run_shown(struct input *input, const struct run_options *o, const struct input_scenario *from, uint64_t cells)
{
	return (struct shown){
		.scenario = from->scenario,
		.file = from->file,
		.knobs = axis_knobs(input->arena, from->scenario),
		.seed = o->seed.given ? o->seed.n : from->scenario->seed,
		.cells = cells,
		.by_name = axes_by_name(input->arena, from->scenario),
	};
}

/** Scenarios of which nothing is selected are left out. */
static struct selection *choose_scenarios(struct input *input, const struct run_request *request,
					  struct show *show)
{
	struct selection *selections = arena_alloc(input->arena, (input->n + 1) * sizeof *selections);
	struct shown *shown = arena_alloc(input->arena, (input->n + 1) * sizeof *shown);
	for (uint32_t i = 0; i < input->n; i++) {
		struct selection sel =
			select_cells(input->arena, input->scenarios[i].scenario, &request->only);
		if (!sel.cells)
			continue;
		selections[show->n] = sel;
		shown[show->n++] = run_shown(input, request->options, &input->scenarios[i], sel.cells);
		show->cells += sel.cells;
	}
	show->scenarios = shown;
	return selections;
}

struct show run_show(const struct input *input, const struct run_request *request)
{
	const struct run_options *o = request->options;
	return (struct show){
		.version = version_whole,
		.catalogue = input->catalogue->sha256,
		.command = request->command,
		.bytes = o->trace == TRACE_OPTION_FULL,
		.seeded = o->seed.given,
		.seeds = (uint32_t)o->seeds.n,
		.verbose = o->verbose,
		.quiet = o->quiet,
		.least = (enum confidence)o->min_confidence,
		.shard = request->shard,
		.paper = writing_paper(&request->writing, o->color),
	};
}

/** Every cell, or each N-th one from the I-th on: neighbours cost the same, so all parts do. */
static struct share share_of(const struct shard *shard, uint64_t cells)
{
	if (!shard)
		return (struct share){ 0, 1, cells };
	return (struct share){ shard->part - 1, shard->parts, part_cells(cells, shard->part, shard->parts) };
}

/** The options of which nothing stands in a head and which decide what stands in a cell. */
static void put_cell_options(struct sink *s, const struct run_options *o)
{
	if (o->max_events.given)
		sink_printf(s, " --max-events %llu", (unsigned long long)o->max_events.n);
	if (o->max_time)
		sink_printf(s, " --max-time %lldus", (long long)o->max_time);
	if (o->trace == TRACE_OPTION_FULL)
		sink_text(s, " --trace full");
}

/** Which values of an axis are in, where not all of them are. */
static void put_selection(struct sink *s, const struct scenario *scenario, const struct selection *selection)
{
	for (uint32_t i = 0; i < scenario->n_axes; i++)
		for (uint32_t v = 0; selection->n[i] < scenario->axes[i].n && v < selection->n[i]; v++)
			sink_printf(s, " %s=%s", scenario->axes[i].name, scenario->axes[i].values[selection->values[i][v]]);
}

/** Runs of the same cells have the same: of the same version, catalogue and scenarios, with options that decide the same. */
static const char *run_digest(struct arena *a, const struct runner *r)
{
	char *hex = arena_alloc(a, 65);
	struct sink s = { 0 };
	struct show nameless = r->show;
	nameless.command = NULL; /* files may have other names elsewhere */
	put_result_head(&s, &nameless);
	put_cell_options(&s, r->request->options);
	for (uint32_t i = 0; i < r->show.n; i++)
		put_selection(&s, r->show.scenarios[i].scenario, &r->selections[i]);
	sha256_hex(s.bytes, s.len, hex);
	sink_free(&s);
	return hex;
}

/* --- what is recorded ------------------------------------------------------------------------ */

static bool ladder_wanted(const struct run_request *request, const struct shown *shown)
{
	if (shown->cells != 1 && !request->options->verbose)
		return false;
	for (size_t k = 0; k < request->writing.n_kinds; k++)
		if (request->writing.kinds[k]->reads_trace)
			return scenario_nodes(shown->scenario) <= LADDER_NODES;
	return false;
}

/** What nobody reads is not kept: verdicts are the same at all levels. A ladder says what was changed in messages. */
static enum trace_level trace_level(const struct run_request *request, const struct shown *shown)
{
	static const enum trace_level asked[] = {
		[TRACE_OPTION_FULL] = TRACE_FULL,
		[TRACE_OPTION_FACTS] = TRACE_FACTS,
		[TRACE_OPTION_COUNTS] = TRACE_COUNTS,
	};
	if (request->options->trace != TRACE_OPTION_NONE)
		return asked[request->options->trace];
	return ladder_wanted(request, shown) ? TRACE_FULL : TRACE_COUNTS;
}

/** What is hidden is not played, unless a report keeps it nevertheless. */
static enum confidence least_played(const struct run_request *request)
{
	for (size_t k = 0; k < request->writing.n_kinds; k++)
		if (request->writing.kinds[k]->keeps_hidden)
			return CONFIDENCE_LOW;
	return (enum confidence)request->options->min_confidence;
}

struct play_options *run_play_options(struct input *input, const struct run_request *request, const struct show *show)
{
	const struct run_options *o = request->options;
	struct play_options *options = arena_alloc(input->arena, (show->n + 1) * sizeof *options);
	for (uint32_t i = 0; i < show->n; i++) {
		options[i] = (struct play_options){
			.level = trace_level(request, &show->scenarios[i]),
			.parse_all = o->parse == PARSE_OPTION_ALL,
			.seeded = o->seed.given,
			.seed = o->seed.n,
			.seeds = (uint32_t)o->seeds.n,
			.max_events = o->max_events.n,
			.max_time = o->max_time,
			.least = least_played(request),
			.watch = ladder_wanted(request, &show->scenarios[i]) ? request->watch : NULL,
		};
	}
	return options;
}

/* --- taking cells ---------------------------------------------------------------------------- */

/** A first matrix of one's own: neither `skip`, `known`, nor `expect: any`. */
static bool says_nothing(const struct scenario *s)
{
	return s->n_axes && !s->expect_any && !s->n_exceptions;
}

/** Is anything not as expected? What is compared is expected to be as it was. */
static bool fails(const struct runner *r)
{
	return r->baseline.file ? baseline_fails(&r->baseline) : r->writers.totals.unexpected;
}

static bool take(void *context, const struct played *p)
{
	struct runner *r = context;
	bool hidden = is_hidden(&r->show, p->brief);
	bool surprises = !hidden && !p->brief->expected && p->brief->verdict != VERDICT_ERROR;
	writers_cell(&r->writers, p);
	baseline_cell(&r->baseline, &r->show, &r->writing, p);
	r->untold |= surprises && says_nothing(r->show.scenarios[p->scenario].scenario);
	if (!r->first_cause && !hidden)
		r->first_cause = p->brief->cause;
	r->failed_fast = r->request->options->fail_fast && fails(r);
	return !r->failed_fast;
}

static bool flush(void *context)
{
	struct runner *r = context;
	return writers_flush(&r->writers);
}

static void tick(void *context, uint64_t played)
{
	struct runner *r = context;
	progress_show(&r->progress, r->show.cells - r->kept, played, &r->writers.totals);
}

/* --- what goes on ---------------------------------------------------------------------------- */

uint32_t run_jobs(const struct run_options *o)
{
	return o->jobs.given ? (uint32_t)o->jobs.n : uv_available_parallelism();
}

static bool progress_wanted(const struct run_options *o)
{
	return !o->no_progress && !o->quiet;
}

static bool writes_text(const struct run_request *request)
{
	for (size_t k = 0; k < request->writing.n_kinds; k++)
		if (request->writing.kinds[k] == &text_report)
			return true;
	return false;
}

static void print_next(const struct runner *r)
{
	if (!r->request->suggests || r->request->options->quiet || !writes_text(r->request))
		return;
	if (r->untold)
		fputs("next: `known` lists the cells that may fail; `expect: any` promises nothing\n", stderr);
	if (r->first_cause)
		fprintf(stderr, "next: viaport explain %s\n", r->first_cause->word);
}

/* --- what was there before ------------------------------------------------------------------- */

/** Is it the one that comes next in this run? */
static bool is_next(const struct runner *r, const struct played *p)
{
	uint64_t first = 0;
	for (uint32_t i = 0; i < p->scenario; i++)
		first += r->show.scenarios[i].cells;
	const struct shown *shown = &r->show.scenarios[p->scenario];
	uint64_t i = r->share.first + r->kept * r->share.step - first;
	return i < shown->cells && selection_cell(&r->selections[p->scenario], shown->scenario, i) == p->brief->cell;
}

static bool take_kept(void *context, const struct played *p)
{
	struct runner *r = context;
	if (!is_next(r, p))
		return recording_fail(&r->resumed.recording, EXIT_INVALID, "it cannot be resumed: cells are missing before %llu",
				      (unsigned long long)r->kept + 1);
	r->kept++;
	return take(r, p) && flush(r);
}

static void say_resumed(const struct runner *r)
{
	struct sink s = { 0 };
	if (r->request->options->quiet)
		return;
	sink_text(&s, "resumed: ");
	put_thousands(&s, r->kept);
	sink_text(&s, " of ");
	put_count(&s, r->show.cells, "cell");
	sink_printf(&s, " had been run: %s", r->resumed.found ? r->resumed.recording.file : "there is nothing to go on with");
	output_say(&s);
}

/** False when it is not as it should be, which was said. */
static bool take_what_was_kept(struct runner *r)
{
	bool ok = !r->resumed.found || replay_cells(&r->resumed.recording, &r->writers, take_kept, r);
	if (ok && r->request->options->resume)
		say_resumed(r);
	r->writers.failed = !ok;
	return ok;
}

static bool open_store(struct runner *r)
{
	for (size_t k = 0; k < r->writing.n_kinds; k++) {
		if (r->writing.kinds[k] != &store_report)
			continue;
		r->writing.given[k] = store_open(r->request->options->store, r->resumed.found, &r->show);
		return r->writing.given[k];
	}
	return true;
}

/* --- the whole ------------------------------------------------------------------------------- */

static struct pool_end play_rest(struct input *input, struct runner *r)
{
	const struct run_options *o = r->request->options;
	const struct pool_work work = {
		.show = &r->show,
		.share = { r->share.first + r->kept * r->share.step, r->share.step, r->share.n - r->kept },
		.selections = r->selections,
		.options = run_play_options(input, r->request, &r->show),
		.kinds = r->writing.kinds,
		.n_kinds = r->writing.n_kinds,
		.jobs = run_jobs(o),
		.context = r,
		.take = take,
		.flush = flush,
		.tick = progress_wanted(o) ? tick : NULL,
	};
	progress_begin(&r->progress);
	struct pool_end end = pool_run(&work);
	progress_end(&r->progress);
	return end;
}

static void print_interrupted(const struct runner *r)
{
	if (!r->request->options->quiet && resume_possible(r->request))
		fputs("next: the same command with --resume goes on\n", stderr);
}

/** Whatever cuts a run short, be it a disk that is full, interrupts it. */
static enum ending ending_of(const struct runner *r)
{
	const struct totals *t = &r->writers.totals;
	if (r->failed_fast)
		return ENDING_FAILED_FAST;
	return t->cells + t->hidden == r->show.cells ? ENDING_COMPLETE : ENDING_INTERRUPTED;
}

/** What a page shows of its cells, as far as there is a page and it is worth it. */
static void draw_page(struct input *input, struct runner *r, enum ending ending, struct pool_end *end)
{
	const struct report *page = drawers_page(&r->writers);
	const struct scenario **scenarios = arena_alloc(input->arena, (r->show.n + 1) * sizeof *scenarios);
	for (uint32_t i = 0; i < r->show.n; i++)
		scenarios[i] = r->show.scenarios[i].scenario;
	if (page && ending != ENDING_INTERRUPTED)
		*end = drawers_make(r->drawers, page, &(struct drawer_source){ input, scenarios, run_jobs(r->request->options) });
	else if (page)
		drawers_missing(r->drawers, "the run was interrupted");
}

static int play_and_write(struct input *input, struct runner *r)
{
	struct pool_end end = { 0 };
	r->show.drawers = r->drawers = drawers_new();
	writers_begin(&r->writers, &r->writing, &r->show);
	if (flush(r) && take_what_was_kept(r) && !r->failed_fast)
		end = play_rest(input, r);
	enum ending ending = ending_of(r);
	if (ending == ENDING_COMPLETE)
		baseline_complete(&r->baseline, &r->show);
	draw_page(input, r, ending, &end);
	bool written = writers_end(&r->writers, ending) && baseline_write(&r->baseline, &r->show);
	if (written)
		resume_forget(&r->writing);
	drawers_free(r->drawers);
	if (end.interrupted)
		print_interrupted(r);
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still runs and uses what a proper exit would free */
	if (end.interrupted)
		return EXIT_INTERRUPTED;
	if (!written)
		return r->resumed.found && r->resumed.recording.trouble ? (int)r->resumed.recording.trouble : EXIT_IO;
	print_next(r);
	return fails(r) ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}

static int play(struct input *input, struct runner *r)
{
	int code = resume_open(&r->resumed, r->request, &r->show);
	if (code == EXIT_EXPECTED)
		code = open_store(r) ? play_and_write(input, r) : EXIT_IO;
	resume_close(&r->resumed);
	return code;
}

static int play_compared(struct input *input, const struct operands *operands, struct runner *r)
{
	int code = baseline_open(&r->baseline, r->request, input, operands);
	if (code == EXIT_EXPECTED) {
		r->show.compared = baseline_shown(&r->baseline, &r->show);
		code = play(input, r);
	}
	baseline_close(&r->baseline);
	return code;
}

/** Names the cells that would run, unless it is quiet, and counts them. */
static int dry_run(const struct runner *r)
{
	struct sink s = { 0 };
	struct output o;
	output_stdout(&o);
	uint64_t named = r->request->options->quiet ? 0 : r->share.n, start = 0;
	for (uint64_t k = 0, i = 0; k < named && !o.failed; k++) {
		uint64_t number = r->share.first + k * r->share.step;
		for (; number - start >= r->show.scenarios[i].cells; i++)
			start += r->show.scenarios[i].cells;
		const struct scenario *scenario = r->show.scenarios[i].scenario;
		put_cell_id(&s, scenario, selection_cell(&r->selections[i], scenario, number - start));
		sink_char(&s, '\n');
		output_write(&o, &s);
	}
	put_count(&s, r->show.cells, "cell");
	sink_text(&s, " would run.\n");
	output_write(&o, &s);
	sink_free(&s);
	return output_close(&o) ? EXIT_EXPECTED : EXIT_IO;
}

static int run_input(struct input *input, const struct operands *operands, const struct run_request *request)
{
	struct runner r = { .request = request, .show = run_show(input, request), .writing = request->writing };
	r.selections = choose_scenarios(input, request, &r.show);
	if (!r.show.cells) {
		only_explain("--only", &request->only, input);
		fputs(input->n ? "viaport: no cell is selected\n" : "viaport: there is no scenario here\n",
		      stderr);
		return EXIT_NOTHING;
	}
	r.show.run = run_digest(input->arena, &r);
	r.share = share_of(request->shard, r.show.cells);
	r.show.cells = r.share.n;
	return request->options->dry_run ? dry_run(&r) : play_compared(input, operands, &r);
}

int run_files(const struct operands *operands, const struct run_request *request)
{
	struct input input;
	int code = EXIT_IO;
	if (input_open(&input)) {
		struct paper paper = terminal_paper(STDERR_FILENO, (enum color)request->options->color);
		input_load(&input, operands);
		input_complain(&input, &paper);
		code = input_trouble(&input);
		if (code == EXIT_EXPECTED && request->options->why)
			code = why(&input, request);
		else if (code == EXIT_EXPECTED)
			code = run_input(&input, operands, request);
	}
	input_close(&input);
	return code;
}
