#include "sim/cli/why.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/result_json.h"
#include "reports/why.h"
#include "scenarios/nearest.h"
#include "sim/cli/confirm.h"
#include "sim/cli/output.h"

#define CELLS_MAX 20000 /* cells of one distance that are run; beyond that somebody should look at the matrix */

/* --- which cell -------------------------------------------------------------------------------- */

/** What was asked for. */
struct asked {
	const char *cell; /* as it was written */
	const char *path; /* of the scenario, NULL: not said */
	struct only only; /* the values of the axes */
};

/** "matrix.yaml[phone=cisco-7940,router=pf]", or without the path. */
static bool read_asked(struct arena *a, const char *cell, struct asked *out)
{
	size_t len = strlen(cell);
	const char *bracket = len && cell[len - 1] == ']' ? strchr(cell, '[') : NULL;
	const char *choices = bracket ? arena_copy(a, bracket + 1, len - (size_t)(bracket - cell) - 2) : cell;
	*out = (struct asked){ .cell = cell, .path = bracket ? arena_copy(a, cell, (size_t)(bracket - cell)) : NULL };
	return !only_read(a, &(struct texts){ &choices, 1 }, &out->only);
}

static bool is_asked(const struct asked *asked, const struct scenario *s)
{
	return !asked->path || strcmp(asked->path, s->path) == 0;
}

/** Those that are meant, as an input of their own. */
static struct input asked_scenarios(const struct input *input, const struct asked *asked)
{
	struct input found = *input;
	found.n = 0;
	found.scenarios = arena_alloc(input->arena, (input->n + 1) * sizeof *found.scenarios);
	for (uint32_t i = 0; i < input->n; i++)
		if (is_asked(asked, input->scenarios[i].scenario))
			found.scenarios[found.n++] = input->scenarios[i];
	return found;
}

static int refuse(const struct asked *asked, const char *sentence)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: --why %s: %s", asked->cell, sentence);
	output_say(&s);
	return EXIT_NOTHING;
}

static int unknown_path(const struct input *input, const struct asked *asked)
{
	struct nearest nearest = nearest_to(asked->path, strlen(asked->path));
	for (uint32_t i = 0; i < input->n; i++)
		nearest_offer(&nearest, input->scenarios[i].scenario->path);
	return refuse(asked, nearest.best ? arena_printf(input->arena, "no such scenario is run, did you mean %s?",
							 nearest.best)
					  : "no such scenario is run");
}

static const char *axes_text(struct arena *a, const struct scenario *s)
{
	const char *text = "";
	for (uint32_t i = 0; i < s->n_axes; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", s->axes[i].name);
	return text;
}

/** More than one cell was found: of some axes several values are left. */
static int too_many(struct arena *a, const struct asked *asked, const struct scenario *s, const struct selection *found)
{
	const char *open = "";
	for (uint32_t i = 0; i < s->n_axes; i++)
		if (found->n[i] > 1)
			open = arena_printf(a, "%s%s%s", open, *open ? ", " : "", s->axes[i].name);
	return usage_error("run", "--why %s: it takes one value of each axis: %s; which %s?", asked->cell,
			   axes_text(a, s), open);
}

/** The scenario and the number of the cell. Returns an exit code. */
static int find_cell(struct input *input, const struct asked *asked, struct input_scenario *from, uint64_t *cell)
{
	struct input among = asked_scenarios(input, asked);
	struct selection found = { 0 };
	uint32_t n = 0;
	if (input->n && !among.n)
		return unknown_path(input, asked);
	for (uint32_t i = 0; i < among.n; i++) {
		struct selection sel = select_cells(input->arena, among.scenarios[i].scenario, &asked->only);
		if (!sel.cells)
			continue;
		found = sel;
		*from = among.scenarios[i];
		n++;
	}
	if (n == 0) {
		only_explain("--why", &asked->only, &among);
		return refuse(asked, "there is no such cell");
	}
	if (n > 1)
		return refuse(asked, arena_printf(input->arena,
						  "%u scenarios have such a cell; say which one, as in '%s[...]'", n,
						  from->scenario->path));
	if (found.cells > 1)
		return too_many(input->arena, asked, from->scenario, &found);
	*cell = selection_cell(&found, from->scenario, 0);
	return EXIT_EXPECTED;
}

/* --- the cells around it ----------------------------------------------------------------------- */

struct ring {
	const struct scenario *scenario;
	const uint32_t *choice; /* in the middle */
	uint64_t *cells;	/* the first CELLS_MAX of them */
	uint64_t n;
};

/** All cells that differ in `left` of the axes from `axis` on; those before have given the number so far. */
static void ring_fill(struct ring *r, uint32_t axis, uint32_t left, uint64_t number)
{
	const struct scenario *s = r->scenario;
	if (left > s->n_axes - axis)
		return;
	if (axis == s->n_axes) {
		if (r->n < CELLS_MAX)
			r->cells[r->n] = number;
		r->n++;
		return;
	}
	for (uint32_t v = 0; v < s->axes[axis].n; v++) {
		bool differs = v != r->choice[axis];
		if (!differs || left)
			ring_fill(r, axis + 1, left - differs, number * s->axes[axis].n + v);
	}
}

/** How many there are, without looking at each of them. */
static uint64_t ring_count(const struct scenario *s, uint32_t axis, uint32_t left)
{
	if (axis == s->n_axes)
		return left == 0;
	uint64_t same = ring_count(s, axis + 1, left);
	return left ? same + (s->axes[axis].n - 1) * ring_count(s, axis + 1, left - 1) : same;
}

/* --- running them ------------------------------------------------------------------------------ */

/** What is asked of a run. */
struct question {
	struct input *input;
	const struct run_request *request;
	struct show show;
	struct shown shown;
	struct why_cell *cells; /* as they come back */
	uint64_t n;
	bool interrupted;
};

/** Nothing but why the cell does not work. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	const char *sentence = r->verdict == VERDICT_WORKS ? NULL : r->why;
	(void)show, (void)shown, (void)scratch;
	for (uint32_t i = 0; i < r->n_checks; i++) {
		if (!r->checks[i].sentence)
			continue;
		sentence = r->checks[i].sentence;
		break;
	}
	sink_text(out, sentence ? sentence : "");
}

static bool take(void *context, const struct played *p)
{
	struct question *q = context;
	const char *sentence = arena_copy(q->input->arena, p->rendered[0], p->length[0]);
	q->cells[q->n++] = (struct why_cell){ *p->brief, *sentence ? sentence : NULL };
	return true;
}

/** Plays these cells into q->cells, which live as long as the input. */
static void run_cells(struct question *q, const uint64_t *cells, uint64_t n)
{
	static const struct report_kind kind = { .name = "why", .render = render };
	const struct report_kind *const kinds[] = { &kind };
	const struct selection selection = { .cells = n, .list = cells };
	q->shown.cells = q->show.cells = n;
	q->cells = arena_alloc(q->input->arena, (n + 1) * sizeof *q->cells);
	q->n = 0;
	struct pool_end end = pool_run(&(struct pool_work){
		.show = &q->show,
		.share = { 0, 1, n },
		.selections = &selection,
		.options = run_play_options(q->input, q->request, &q->show),
		.kinds = kinds,
		.n_kinds = 1,
		.jobs = run_jobs(q->request->options),
		.context = q,
		.take = take,
	});
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still uses what a proper exit would free */
	q->interrupted |= end.interrupted;
}

/** At most CELLS_MAX of those that differ in so many axes. Returns how many there are. */
static uint64_t run_ring(struct question *q, uint64_t cell, uint32_t changes)
{
	struct arena *a = q->input->arena;
	const struct scenario *s = q->shown.scenario;
	uint64_t n = ring_count(s, 0, changes), tried = n < CELLS_MAX ? n : CELLS_MAX;
	uint32_t *choice = arena_alloc(a, (s->n_axes + 1) * sizeof *choice);
	struct ring ring = { s, choice, arena_alloc(a, (tried + 1) * sizeof *ring.cells), 0 };
	scenario_choice(s, cell, choice);
	ring_fill(&ring, 0, changes, 0);
	run_cells(q, ring.cells, tried);
	return n;
}

/** Those that work move to the front. Returns how many they are. */
static uint64_t keep_working(struct why_cell *cells, uint64_t n)
{
	uint64_t kept = 0;
	for (uint64_t i = 0; i < n; i++)
		if (cells[i].brief.verdict == VERDICT_WORKS)
			cells[kept++] = cells[i];
	return kept;
}

static bool any_works(const struct why_cell *cells, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (cells[i].brief.verdict == VERDICT_WORKS)
			return true;
	return false;
}

/** Goes on from distance to distance until something works, or there is too much. */
static void look_farther(struct question *q, uint64_t cell, struct why *w)
{
	const struct scenario *s = q->shown.scenario;
	for (uint32_t changes = 2; changes <= s->n_axes && !w->n_far && !q->interrupted; changes++) {
		if (w->unseen || ring_count(s, 0, changes) > CELLS_MAX) {
			w->unseen += ring_count(s, 0, changes);
			continue;
		}
		run_ring(q, cell, changes);
		w->far = q->cells;
		w->n_far = keep_working(q->cells, q->n);
		w->changes = changes;
	}
}

static int print(const struct question *q, const struct why *w)
{
	struct sink s = { 0 };
	if (q->request->writing.kinds[0] == &json_report)
		put_why_json(&s, w);
	else
		put_why(&s, &q->show.paper, w);
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int answer(struct question *q, uint64_t cell)
{
	struct why w = { .shown = &q->shown };
	run_cells(q, &cell, 1);
	w.it = q->cells[0];
	if (w.it.brief.verdict != VERDICT_WORKS && !q->interrupted) {
		w.unseen = run_ring(q, cell, 1);
		w.near = q->cells;
		w.n_near = q->n;
		w.unseen -= q->n;
		if (!q->interrupted)
			q->interrupted |=
				!knobs_confirm(q->input->arena, &w, run_play_options(q->input, q->request, &q->show),
					       run_jobs(q->request->options));
		if (!any_works(w.near, w.n_near))
			look_farther(q, cell, &w);
	}
	return q->interrupted ? EXIT_INTERRUPTED : print(q, &w);
}

int why(struct input *input, const struct run_request *request)
{
	struct input_scenario from;
	struct asked asked;
	uint64_t cell = 0;
	if (!read_asked(input->arena, request->options->why, &asked))
		return usage_error("run", "--why %s: it takes AXIS=VALUE,..., or the whole name of a cell",
				   request->options->why);
	int code = find_cell(input, &asked, &from, &cell);
	if (code != EXIT_EXPECTED)
		return code;
	struct question q = { .input = input, .request = request, .show = run_show(input, request) };
	q.shown = run_shown(input, request->options, &from, 1);
	q.show.scenarios = &q.shown;
	q.show.n = 1;
	return answer(&q, cell);
}
