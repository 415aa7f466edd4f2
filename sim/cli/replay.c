#include "sim/cli/replay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/result_json.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/redraw.h"

static enum confidence stricter(enum confidence asked, enum confidence recorded)
{
	return asked > recorded ? asked : recorded;
}

struct show replay_show(const struct recording *r, const struct replay_options *o, const struct writing *w)
{
	return (struct show){
		.scenarios = r->head.scenarios,
		.n = r->head.n,
		.cells = r->head.cells,
		.version = r->head.version,
		.catalogue = r->head.catalogue,
		.command = r->head.command,
		.run = r->head.run,
		.seeded = r->head.seeded,
		.seeds = r->head.seeds,
		.verbose = o->verbose,
		.quiet = o->quiet,
		.least = stricter((enum confidence)o->min_confidence, r->head.least),
		.paper = writing_paper(w, o->color),
	};
}

/** A replay under way. */
struct replayer {
	struct recording *recording;
	struct writers *writers;
	struct arena *scratch;
	struct sink rendered; /* of one cell, kind after kind */
	uint64_t cells;
	uint32_t scenarios; /* of which it was told how many cells were hidden */
};

/** As the pool would bring it. The JSON of a cell stays as it was written. */
static void render(struct replayer *r, const struct kept_cell *cell, const struct cell_result *result, struct played *p)
{
	const struct show *show = r->writers->show;
	const struct writing *writing = r->writers->writing;
	size_t starts[POOL_REPORTS];
	sink_clear(&r->rendered);
	for (size_t k = 0; k < writing->n_kinds; k++) {
		starts[k] = r->rendered.len;
		if (writing->kinds[k]->render == json_report.render)
			sink_put(&r->rendered, cell->json, cell->n);
		else
			writing->kinds[k]->render(show, &show->scenarios[cell->scenario], result, r->scratch,
						  &r->rendered);
		p->length[k] = r->rendered.len - starts[k];
	}
	for (size_t k = 0; k < writing->n_kinds; k++)
		p->rendered[k] = r->rendered.bytes ? r->rendered.bytes + starts[k] : "";
}

/** False: there is something wrong with it. */
static bool read_cell(struct replayer *r, const struct kept_cell *cell, struct cell_result *result)
{
	const struct recorded *head = &r->recording->head;
	const char *wrong =
		recorded_cell(head, &head->scenarios[cell->scenario], cell->json, cell->n, r->scratch, result);
	r->cells++;
	return !wrong ||
	       recording_fail(r->recording, EXIT_INVALID, "cell %llu: %s", (unsigned long long)r->cells, wrong);
}

/** Of the scenarios before that one. */
static void tell_hidden(struct replayer *r, uint32_t end)
{
	const struct recorded *head = &r->recording->head;
	for (; r->scenarios < end; r->scenarios++)
		if (head->hidden[r->scenarios])
			writers_hide(r->writers, r->scenarios, head->hidden[r->scenarios]);
}

bool replay_cells(struct recording *recording, struct writers *w, bool (*take)(void *context, const struct played *),
		  void *context)
{
	struct replayer r = { recording, w, arena_new() };
	struct kept_cell cell;
	struct cell_result result;
	bool more = true;
	while (more && recording_next(recording, &cell) && read_cell(&r, &cell, &result)) {
		struct brief brief;
		struct played p = { cell.scenario, &brief };
		brief_of(&w->show->scenarios[cell.scenario], &result, &brief);
		render(&r, &cell, &result, &p);
		tell_hidden(&r, cell.scenario + 1);
		more = take(context, &p);
		arena_reset(r.scratch);
	}
	if (more && !recording->trouble)
		tell_hidden(&r, recording->head.n);
	sink_free(&r.rendered);
	arena_free(r.scratch);
	return !recording->trouble;
}

static bool take(void *context, const struct played *p)
{
	struct writers *w = context;
	writers_cell(w, p);
	return writers_flush(w);
}

static bool writes_commands(const struct writing *w)
{
	for (size_t k = 0; k < w->n_kinds; k++)
		if (w->kinds[k] != &json_report)
			return true;
	return false;
}

/** A scenario is named as it was seen from the folder of the run, and by its mere name when it lay elsewhere. */
static void say_where_commands_hold(const struct recording *r)
{
	struct sink s = { 0 };
	const char *path = NULL;
	for (uint32_t i = 0; i < r->head.n && !path; i++)
		if (r->head.scenarios[i].file && access(r->head.scenarios[i].file, F_OK) != 0)
			path = r->head.scenarios[i].file;
	if (!path)
		return;
	sink_printf(&s, "next: the commands in it hold in the folder of the run, or beside the file: %s is not here",
		    path);
	output_say(&s);
}

/** All cells into the reports that the options name. Returns the exit code. */
static int replay(struct recording *r, const struct replay_options *o, const struct writing *writing)
{
	struct show show = replay_show(r, o, writing);
	struct writers w;
	if (r->head.bare) {
		recording_fail(r, EXIT_INVALID, "the scenario %s has no outline, so it can be compared but not shown",
			       r->head.bare);
		return EXIT_INVALID;
	}
	struct drawers *drawers = drawers_new();
	show.drawers = drawers;
	writers_begin(&w, writing, &show);
	bool ok = writers_flush(&w) && replay_cells(r, &w, take, &w) && writers_flush(&w);
	w.failed = !ok;
	bool whole = w.totals.cells + w.totals.hidden == show.cells && !r->head.interrupted;
	struct pool_end end = { 0 };
	if (ok && whole)
		end = redraw(drawers, &w, r);
	if (!whole)
		drawers_missing(drawers, "the run was interrupted");
	ok = writers_end(&w, whole ? ENDING_COMPLETE : ENDING_INTERRUPTED) && ok;
	drawers_free(drawers);
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still uses what a proper exit would free */
	if (end.interrupted)
		return EXIT_INTERRUPTED;
	if (!ok)
		return r->trouble ? (int)r->trouble : EXIT_IO;
	if (!o->quiet && writes_commands(writing))
		say_where_commands_hold(r);
	if (!whole) {
		fprintf(stderr, "viaport: %s: not all cells are in it\n", r->file);
		return EXIT_INCOMPLETE;
	}
	return w.totals.unexpected ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}

static int replay_operands(const char *command, const struct operands *operands, const struct replay_options *o,
			   const struct replay_source *source)
{
	struct writing writing = { .quiet = o->quiet };
	struct recording recording;
	int code = writing_read(command, o->formats, o->out, &writing);
	if (code != EXIT_EXPECTED)
		return code;
	bool opened = source->open(&recording, operands);
	code = opened ? replay(&recording, o, &writing) : (int)recording.trouble;
	if (code == EXIT_INCOMPLETE && !recording.trouble && !o->quiet && source->go_on)
		source->go_on(&recording);
	recording_close(&recording);
	return code;
}

int replay_command(const struct command *c, int argc, char **argv, const struct replay_source *source)
{
	struct replay_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && (operands.n == 0 || (operands.n > 1 && !source->several)))
		code = usage_error(c->name, "%s", source->wanted);
	else if (parsed == PARSED)
		code = replay_operands(c->name, &operands, &o, source);
	arena_free(a);
	return code;
}
