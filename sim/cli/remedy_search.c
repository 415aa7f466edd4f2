#include "sim/cli/remedy_search.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/pool.h"

#define NODES_PLAYED 1000000 /* nodes of all trials together: of larger labs fewer pairs are tried */
#define PAIRS_MAX    20000
#define OTHERS_MAX   6000 /* plays of other cells */

/** A search under way. */
struct search {
	struct input *input;
	struct arena *arena; /* of the input */
	const struct shown *shown;
	const struct scenario *scenario;
	const struct cure_options *options;
	uint64_t cell;
	uint32_t *choice;
	struct brief base;    /* of the cell as it is */
	struct brief *briefs; /* as they come back */
	uint64_t n;
	bool interrupted;
};

/* --- running ------------------------------------------------------------------------------------------------------ */

static bool take(void *context, const struct played *p)
{
	struct search *f = context;
	f->briefs[f->n++] = *p->brief;
	return true;
}

static struct play_options play_options_of(const struct search *f)
{
	return (struct play_options){ .level = TRACE_COUNTS, .seeded = f->options->seeded, .seed = f->options->seed };
}

/** Plays the same cells of several scenarios, into f->briefs, which live as long as the input. */
static void play_all(struct search *f, const struct scenario *const *scenarios, uint32_t n, const uint64_t *cells,
		     uint64_t n_cells)
{
	struct shown *shown = arena_alloc(f->arena, (n + 1) * sizeof *shown);
	struct selection *selections = arena_alloc(f->arena, (n + 1) * sizeof *selections);
	struct play_options *options = arena_alloc(f->arena, (n + 1) * sizeof *options);
	for (uint32_t i = 0; i < n; i++) {
		shown[i] = *f->shown;
		shown[i].scenario = scenarios[i];
		shown[i].cells = n_cells;
		selections[i] = (struct selection){ .cells = n_cells, .list = cells };
		options[i] = play_options_of(f);
	}
	struct show show = { .scenarios = shown, .n = n, .cells = n * n_cells };
	f->briefs = arena_alloc(f->arena, (show.cells + 1) * sizeof *f->briefs);
	f->n = 0;
	if (!show.cells || f->interrupted)
		return;
	struct pool_end end = pool_run(&(struct pool_work){
		.show = &show,
		.share = { 0, 1, show.cells },
		.selections = selections,
		.options = options,
		.jobs = f->options->jobs,
		.context = f,
		.take = take,
	});
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still uses what a proper exit would free */
	f->interrupted |= end.interrupted || f->n < show.cells;
}

/** Each trial on the cell itself. */
static const struct brief *play_trials(struct search *f, const struct trials *trials)
{
	const struct scenario **with = arena_alloc(f->arena, (trials->n + 1) * sizeof *with);
	for (uint32_t i = 0; i < trials->n; i++)
		with[i] = trial_scenario(f->arena, f->scenario, &trials->items[i]);
	play_all(f, with, trials->n, &f->cell, 1);
	return f->briefs;
}

/* --- what helps --------------------------------------------------------------------------------------------------- */

/** Verdicts are in the order from good to bad; what came to no result is none. */
static bool helps(const struct search *f, const struct brief *b)
{
	return b->verdict < f->base.verdict && b->verdict < VERDICT_FAILS;
}

static const char *broken_check(const struct search *f, uint32_t check)
{
	struct sink s = { 0 };
	put_question(&s, f->scenario, &f->scenario->checks[check], true);
	const char *text = arena_copy(f->arena, s.bytes, s.len);
	sink_free(&s);
	return text;
}

static const char *broken_cell(const struct search *f, uint64_t cell)
{
	struct sink s = { 0 };
	put_choices(&s, f->scenario, cell);
	const char *text = arena_copy(f->arena, s.bytes, s.len);
	sink_free(&s);
	return text;
}

/** What worked in this cell and does not with the change. */
static void checks_broken(const struct search *f, const struct brief *b, const char **out, uint32_t *n)
{
	for (uint32_t i = 0; i < b->n_results && i < f->base.n_results && i < BRIEF_RESULTS; i++)
		if (f->base.results[i] == VERDICT_WORKS && b->results[i] != VERDICT_WORKS &&
		    b->results[i] != VERDICT_SKIPPED)
			out[(*n)++] = broken_check(f, i);
}

static struct cure cure_of(const struct search *f, const struct trial *t, const struct brief *b, uint32_t order)
{
	struct cure cure = { .trial = t, .order = order, .verdict = b->verdict };
	const char **breaks = arena_alloc(f->arena, (BRIEF_RESULTS + 1) * sizeof *breaks);
	checks_broken(f, b, breaks, &cure.n_breaks);
	cure.breaks = breaks;
	cure.n_texts = trial_texts(f->arena, f->scenario, f->choice, t, &cure.texts);
	return cure;
}

/** Remedies with a name are told of in any case, whether they help or not; what changes nothing is none. */
static bool is_told(const struct search *f, const struct trial *t, const struct brief *b)
{
	return helps(f, b) || (t->remedy && b->verdict <= VERDICT_FAILS);
}

static void cures_add(struct search *f, struct cures *out, const struct trials *trials, const struct brief *briefs)
{
	struct cure *items = arena_alloc(f->arena, (out->n + trials->n + 1) * sizeof *items);
	if (out->n)
		memcpy(items, out->items, out->n * sizeof *items);
	for (uint32_t i = 0; i < trials->n; i++)
		if (is_told(f, &trials->items[i], &briefs[i])) {
			items[out->n] = cure_of(f, &trials->items[i], &briefs[i], out->n);
			out->n += items[out->n].n_texts > 0;
		}
	out->items = items;
}

static bool any_works(const struct cures *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->items[i].verdict == VERDICT_WORKS)
			return true;
	return false;
}

/* --- two at once -------------------------------------------------------------------------------------------------- */

/** It fails in another way, at least: something else may do the rest. */
static bool moves(const struct search *f, const struct brief *b)
{
	return b->verdict <= VERDICT_FAILS && (b->verdict != f->base.verdict || b->causes != f->base.causes);
}

/** A change that moves something, and any other one: more than so many are only counted. */
static struct trials pairs_of(struct search *f, const struct trials *singles, const struct brief *briefs, uint32_t most,
			      uint64_t *unseen)
{
	struct trial *pairs = arena_alloc(f->arena, (most + 1) * sizeof *pairs), pair;
	struct trials out = { pairs, 0 };
	for (uint32_t i = 0; i < singles->n; i++)
		for (uint32_t k = 0; k < singles->n; k++) {
			bool twice = k <= i && moves(f, &briefs[k]);
			if (!moves(f, &briefs[i]) || twice ||
			    !trial_pair(&singles->items[i], &singles->items[k], &pair))
				continue;
			if (out.n < most)
				pairs[out.n++] = pair;
			else
				(*unseen)++;
		}
	return out;
}

static bool is_same_pair(const struct trial *t, const struct trial *other)
{
	return t->knobs[0].node == other->knobs[0].node && t->knobs[1].node == other->knobs[1].node &&
	       t->knobs[0].knob.field == other->knobs[0].knob.field &&
	       t->knobs[1].knob.field == other->knobs[1].knob.field;
}

static bool is_there(const struct trial *pairs, uint32_t n, const struct trial *pair)
{
	for (uint32_t i = 0; i < n; i++)
		if (is_same_pair(&pairs[i], pair))
			return true;
	return false;
}

/** Those that work, of the same two knobs the first one only. */
static struct trials working_pairs(struct search *f, const struct trials *pairs, struct brief *briefs)
{
	struct trial *kept = arena_alloc(f->arena, (pairs->n + 1) * sizeof *kept);
	struct trials out = { kept, 0 };
	for (uint32_t i = 0; i < pairs->n; i++) {
		if (briefs[i].verdict != VERDICT_WORKS || is_there(kept, out.n, &pairs->items[i]))
			continue;
		briefs[out.n] = briefs[i];
		kept[out.n++] = pairs->items[i];
	}
	return out;
}

static void try_pairs(struct search *f, const struct trials *singles, const struct brief *briefs, struct cures *out)
{
	uint64_t room = NODES_PLAYED / (scenario_nodes(f->scenario) + 1);
	struct trials pairs =
		pairs_of(f, singles, briefs, (uint32_t)(room < PAIRS_MAX ? room : PAIRS_MAX), &out->unseen);
	play_trials(f, &pairs);
	out->tried += pairs.n;
	if (f->interrupted)
		return;
	struct trials working = working_pairs(f, &pairs, f->briefs);
	cures_add(f, out, &working, f->briefs);
	out->changes = 2;
}

/* --- the other cells of the matrix -------------------------------------------------------------------------------- */

/** Cells beside it, evenly spread where there are too many. */
static uint64_t *others_of(const struct search *f, uint64_t most, uint64_t *n)
{
	uint64_t cells = scenario_cells(f->scenario), step = most ? (cells + most - 1) / most : 0;
	uint64_t *list = arena_alloc(f->arena, (most + 2) * sizeof *list);
	for (uint64_t cell = 0; step && cell < cells; cell += step)
		if (cell != f->cell)
			list[(*n)++] = cell;
	return list;
}

static void break_add(const struct search *f, struct cure *c, const struct brief *before, const struct brief *after,
		      uint64_t n)
{
	const char **breaks = arena_alloc(f->arena, (c->n_breaks + n + 1) * sizeof *breaks);
	if (c->n_breaks)
		memcpy(breaks, c->breaks, c->n_breaks * sizeof *breaks);
	for (uint64_t i = 0; i < n; i++)
		if (before[i].verdict == VERDICT_WORKS && after[i].verdict != VERDICT_WORKS &&
		    after[i].verdict != VERDICT_SKIPPED)
			breaks[c->n_breaks + c->cells_broken++] = broken_cell(f, before[i].cell);
	c->n_breaks += c->cells_broken;
	c->breaks = breaks;
}

/** What each cure does to cells that work without it. */
static void try_others(struct search *f, struct cures *out)
{
	struct cure *items = arena_alloc(f->arena, (out->n + 1) * sizeof *items);
	const struct scenario **with = arena_alloc(f->arena, (out->n + 1) * sizeof *with);
	uint64_t n = 0, cells = scenario_cells(f->scenario), most = OTHERS_MAX / (out->n + 1);
	const uint64_t *others = others_of(f, cells < most ? cells : most, &n);
	if (n == 0 || out->n == 0)
		return;
	memcpy(items, out->items, out->n * sizeof *items);
	play_all(f, &f->scenario, 1, others, n);
	const struct brief *before = f->briefs;
	for (uint32_t i = 0; i < out->n; i++)
		with[i] = trial_scenario(f->arena, f->scenario, items[i].trial);
	play_all(f, with, out->n, others, n);
	for (uint32_t i = 0; i < out->n && !f->interrupted; i++)
		break_add(f, &items[i], before, f->briefs + i * n, n);
	out->items = items;
	out->other_cells = n;
	out->cells_left = cells - 1 - n;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/** By verdict, effort and harm; then named ones first, then as they were tried. */
static int compare_cures(const void *a, const void *b)
{
	const struct cure *one = a, *other = b;
	int order = compare_numbers(one->verdict, other->verdict);
	order = order ? order : compare_numbers(one->trial->effort, other->trial->effort);
	order = order ? order : compare_numbers(one->n_breaks, other->n_breaks);
	order = order ? order : compare_numbers(!one->trial->remedy, !other->trial->remedy);
	return order ? order : compare_numbers(one->order, other->order);
}

static void cures_sort(const struct search *f, struct cures *out)
{
	struct cure *items = arena_alloc(f->arena, (out->n + 1) * sizeof *items);
	if (out->n)
		memcpy(items, out->items, out->n * sizeof *items);
	qsort(items, out->n, sizeof *items, compare_cures);
	out->items = items;
}

/** The cell as it is, with its chain. */
static void play_base(struct search *f, struct cures *out)
{
	struct arena *a = arena_new();
	const struct play_options options = play_options_of(f);
	struct cell_result result;
	play_cell(a, f->scenario, f->cell, &options, &result);
	brief_of(f->shown, &result, &f->base);
	out->chain = chain_of(f->arena, f->scenario, &result);
	out->verdict = result.verdict;
	if (out->chain.of) {
		struct check_result *kept = arena_alloc(f->arena, sizeof *kept);
		*kept = *out->chain.of;
		kept->sentence = kept->sentence ? arena_copy(f->arena, kept->sentence, strlen(kept->sentence)) : NULL;
		kept->lost_at = NULL;
		out->chain.of = kept;
	}
	arena_free(a);
}

bool remedies_search(struct input *input, const struct shown *shown, uint64_t cell, const struct cure_options *o,
		     struct cures *out)
{
	struct search f = { .input = input,
			    .arena = input->arena,
			    .shown = shown,
			    .scenario = shown->scenario,
			    .options = o,
			    .cell = cell };
	*out = (struct cures){ .shown = shown, .cell = cell, .changes = 1 };
	f.choice = arena_alloc(f.arena, (f.scenario->n_axes + 1) * sizeof *f.choice);
	scenario_choice(f.scenario, cell, f.choice);
	play_base(&f, out);
	if (!out->chain.of)
		return true;
	struct trials singles = trials_single(f.arena, f.scenario, f.choice, input->catalogue);
	const struct brief *briefs = play_trials(&f, &singles);
	out->tried = singles.n;
	if (!f.interrupted)
		cures_add(&f, out, &singles, briefs);
	if (!f.interrupted && !any_works(out))
		try_pairs(&f, &singles, briefs, out);
	if (!f.interrupted && !o->alone)
		try_others(&f, out);
	cures_sort(&f, out);
	return !f.interrupted;
}
