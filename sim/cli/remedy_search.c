#include "sim/cli/remedy_search.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/more_checks.h"
#include "sim/cli/lasting.h"

#define NODES_PLAYED 1000000 /* nodes of all trials together: of larger labs fewer pairs are tried */
#define PAIRS_MAX    20000
#define OTHERS_MAX   6000 /* plays of other cells */

/** A search under way. */
struct search {
	struct tries tries;
	struct arena *arena;
	const struct catalogue *catalogue;
	const struct shown *shown;
	const struct scenario *scenario;
	const struct cure_options *options;
	const struct scenario *asked; /* the same with checks of those of whom no check speaks */
	uint64_t cell;
	uint32_t *choice;
	struct fate base; /* of the cell as it is */
};

/* --- running ------------------------------------------------------------------------------------------------------ */

/** The cell with each change. The variants are gone afterwards: of pairs there may be thousands. */
static const struct fate *play_trials(struct tries *t, const struct scenario *s, uint64_t cell,
				      const struct trial *trials, uint32_t n)
{
	struct arena *variants = arena_new();
	struct variant *tries = arena_alloc(variants, (n + 1) * sizeof *tries);
	for (uint32_t i = 0; i < n; i++)
		tries[i] = (struct variant){ trial_scenario(variants, s, &trials[i]), cell };
	const struct fate *fates = tries_play(t, tries, n);
	arena_free(variants);
	return fates;
}

/* --- what helps --------------------------------------------------------------------------------------------------- */

/** Verdicts are in the order from good to bad; what came to no result is neither. */
static bool is_worse(enum verdict before, enum verdict after)
{
	return before < after && after <= VERDICT_FAILS;
}

/**
 * It works, or something of it comes to a better result, and nothing to a worse one: what only ends sooner makes another verdict
 * of the cell, and no better one.
 */
static bool helps(const struct search *f, const struct fate *b)
{
	uint32_t better = 0, worse = 0;
	for (uint32_t i = 0; i < b->n && i < f->base.n; i++) {
		better += is_worse(b->checks[i].verdict, f->base.checks[i].verdict);
		worse += is_worse(f->base.checks[i].verdict, b->checks[i].verdict);
	}
	return b->verdict == VERDICT_WORKS || (b->verdict <= VERDICT_FAILS && better && !worse);
}

static const char *cell_text(const struct search *f, uint64_t cell)
{
	struct sink text = { 0 };
	put_choices(&text, f->scenario, cell);
	return sink_text_kept(f->arena, &text);
}

static bool is_broken(enum verdict before, enum verdict after)
{
	return before == VERDICT_WORKS && after != VERDICT_WORKS && after != VERDICT_SKIPPED;
}

/** What comes to a worse result in this cell with the change. */
static void checks_broken(const struct search *f, const struct fate *b, struct cure *c)
{
	const char **breaks = arena_alloc(f->arena, (f->base.n + 1) * sizeof *breaks);
	for (uint32_t i = 0; i < b->n && i < f->base.n; i++)
		if (is_worse(f->base.checks[i].verdict, b->checks[i].verdict))
			breaks[c->n_breaks++] = question_text(f->arena, f->asked, i);
	c->breaks = breaks;
}

/** Of the first check that does not work; NULL: all do. */
static const struct cause *first_cause(const struct fate *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		if (b->checks[i].cause)
			return b->checks[i].cause;
	return NULL;
}

static struct cure cure_of(const struct search *f, const struct trial *t, const struct fate *b, uint32_t order)
{
	struct cure cure = { .trial = t,
			     .order = order,
			     .verdict = b->verdict,
			     .helps = helps(f, b),
			     .cause = first_cause(b),
			     .lasting = { .verdict = VERDICT_SKIPPED } };
	checks_broken(f, b, &cure);
	cure.n_texts = trial_texts(f->arena, f->scenario, f->choice, t, &cure.texts);
	return cure;
}

/** Remedies with a name are told of in any case, whether they help or not; what changes nothing is none. */
static bool is_told(const struct search *f, const struct trial *t, const struct fate *b)
{
	return helps(f, b) || (t->remedy && b->verdict <= VERDICT_FAILS);
}

static struct cure *cures_copy(struct arena *a, const struct cures *c, uint32_t more)
{
	struct cure *items = arena_alloc(a, (c->n + more + 1) * sizeof *items);
	if (c->n)
		memcpy(items, c->items, c->n * sizeof *items);
	return items;
}

static void cures_add(const struct search *f, struct cures *out, const struct changes *changes)
{
	struct cure *items = cures_copy(f->arena, out, changes->n);
	for (uint32_t i = 0; i < changes->n; i++)
		if (is_told(f, &changes->items[i], &changes->found[i])) {
			items[out->n] = cure_of(f, &changes->items[i], &changes->found[i], out->n);
			out->n += items[out->n].n_texts > 0;
		}
	out->items = items;
}

static bool any_cure(const struct cures *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (is_cure(&c->items[i]))
			return true;
	return false;
}

/* --- two at once -------------------------------------------------------------------------------------------------- */

/** It fails in another way, at least: something else may do the rest. */
static bool moves(const struct search *f, const struct fate *b)
{
	return b->verdict <= VERDICT_FAILS && (b->verdict != f->base.verdict || b->causes != f->base.causes);
}

/** A change that moves something, and any other one: more than so many are only counted. */
static struct trials moving_pairs(struct arena *a, const struct search *f, const struct changes *singles, uint32_t most,
				  uint64_t *unseen)
{
	struct trial *pairs = arena_alloc(a, (most + 1) * sizeof *pairs), pair;
	uint32_t n = 0;
	for (uint32_t i = 0; i < singles->n; i++)
		for (uint32_t k = 0; k < singles->n; k++) {
			bool twice = k <= i && moves(f, &singles->found[k]);
			if (!moves(f, &singles->found[i]) || twice ||
			    !trial_pair(a, &singles->items[i], &singles->items[k], &pair))
				continue;
			if (n < most)
				pairs[n++] = pair;
			else
				(*unseen)++;
		}
	return (struct trials){ pairs, n };
}

static bool is_there(const struct trial *pairs, uint32_t n, const struct trial *pair)
{
	for (uint32_t i = 0; i < n; i++)
		if (trial_same_knobs(&pairs[i], pair))
			return true;
	return false;
}

static struct trial trial_copy(struct arena *a, const struct trial *t)
{
	struct tried_knob *knobs = arena_alloc(a, (t->n + 1) * sizeof *knobs);
	struct trial copy = *t;
	if (t->n)
		memcpy(knobs, t->knobs, t->n * sizeof *knobs);
	copy.knobs = knobs;
	return copy;
}

static uint32_t count_good(const struct fate *found, uint32_t n, enum verdict best)
{
	uint32_t good = 0;
	for (uint32_t i = 0; i < n; i++)
		good += found[i].verdict <= best;
	return good;
}

/** Copies of those that come to `best` or better, at most so many; of pairs with the same knobs the first one only. */
static struct changes good_ones(struct arena *a, const struct trials *trials, const struct fate *found,
				enum verdict best, uint32_t most, bool pairs)
{
	uint32_t room = count_good(found, trials->n, best);
	struct trial *kept = arena_alloc(a, (room + 1) * sizeof *kept);
	struct fate *what = arena_alloc(a, (room + 1) * sizeof *what);
	uint32_t n = 0;
	for (uint32_t i = 0; i < trials->n && n < most; i++) {
		if (found[i].verdict > best || (pairs && is_there(kept, n, &trials->items[i])))
			continue;
		what[n] = found[i];
		kept[n++] = trial_copy(a, &trials->items[i]);
	}
	return (struct changes){ kept, what, n };
}

/** Most of them are forgotten with the arena `a`. */
static void play_pairs(struct search *f, struct arena *a, const struct changes *singles, struct cures *out)
{
	uint64_t room = NODES_PLAYED / (scenario_nodes(f->scenario) + 1);
	struct tries tries = f->tries;
	struct trials pairs =
		moving_pairs(a, f, singles, (uint32_t)(room < PAIRS_MAX ? room : PAIRS_MAX), &out->unseen);
	tries.arena = a;
	const struct fate *found = play_trials(&tries, f->asked, f->cell, pairs.items, pairs.n);
	out->tried += pairs.n;
	f->tries.interrupted = tries.interrupted;
	if (f->tries.interrupted)
		return;
	struct changes working = good_ones(f->arena, &pairs, found, VERDICT_WORKS, pairs.n, true);
	cures_add(f, out, &working);
	out->changes = 2;
}

static void try_pairs(struct search *f, const struct changes *singles, struct cures *out)
{
	struct arena *a = arena_new();
	play_pairs(f, a, singles, out);
	arena_free(a);
}

/* --- of some changes only ----------------------------------------------------------------------------------------- */

static struct trials all_pairs(struct arena *a, const struct trials *singles)
{
	uint64_t room = (uint64_t)singles->n * singles->n / 2;
	uint32_t most = room < PAIRS_MAX ? (uint32_t)room : PAIRS_MAX, n = 0;
	struct trial *pairs = arena_alloc(a, (most + 1) * sizeof *pairs);
	for (uint32_t i = 0; i < singles->n; i++)
		for (uint32_t k = i + 1; k < singles->n && n < most; k++)
			n += trial_pair(a, &singles->items[i], &singles->items[k], &pairs[n]);
	return (struct trials){ pairs, n };
}

struct changes changes_search(struct tries *t, uint64_t cell, const struct trials *singles, enum verdict best,
			      uint32_t most_pairs)
{
	const struct scenario *s = t->shown->scenario;
	const struct fate *found = play_trials(t, s, cell, singles->items, singles->n);
	struct changes good = good_ones(t->arena, singles, found, best, singles->n, false);
	if (good.n || t->interrupted)
		return good;
	struct trials pairs = all_pairs(t->arena, singles);
	return good_ones(t->arena, &pairs, play_trials(t, s, cell, pairs.items, pairs.n), best, most_pairs, true);
}

/* --- the other cells of the matrix -------------------------------------------------------------------------------- */

static bool has_divisor(uint64_t one, uint64_t other)
{
	while (other) {
		uint64_t rest = one % other;
		one = other;
		other = rest;
	}
	return one > 1;
}

/** A step that comes to every cell in turn, whatever the axes are, and soon to all parts of them. */
static uint64_t even_step(uint64_t cells)
{
	uint64_t step = cells - cells * 5 / 13; /* the golden section spreads best */
	while (step > 1 && has_divisor(cells, step))
		step--;
	return step ? step : 1;
}

/** Cells beside the one that is mended, while they are gathered. */
struct others {
	uint64_t *cells;
	uint32_t n, most;
};

static void others_add(struct others *o, uint64_t cell)
{
	if (o->n < o->most)
		o->cells[o->n++] = cell;
}

/** Those that differ in one axis: the same phone elsewhere, other phones here. */
static void add_neighbours(const struct search *f, struct others *o)
{
	const struct scenario *s = f->scenario;
	uint64_t place = 1;
	for (uint32_t i = s->n_axes; i-- > 0;) {
		for (uint32_t v = 0; v < s->axes[i].n; v++)
			if (v != f->choice[i])
				others_add(o, f->cell - f->choice[i] * place + v * place);
		place *= s->axes[i].n;
	}
}

static bool is_neighbour(const struct search *f, uint64_t cell, uint32_t *choice)
{
	uint32_t n = 0;
	scenario_choice(f->scenario, cell, choice);
	for (uint32_t i = 0; i < f->scenario->n_axes; i++)
		n += choice[i] != f->choice[i];
	return n == 1;
}

static void add_evenly(const struct search *f, struct others *o, uint64_t cells)
{
	uint32_t *choice = arena_alloc(f->arena, (f->scenario->n_axes + 1) * sizeof *choice);
	uint64_t step = even_step(cells), cell = f->cell;
	for (uint64_t i = 1; i < cells && o->n < o->most; i++) {
		cell = (cell + step) % cells;
		if (!is_neighbour(f, cell, choice))
			others_add(o, cell);
	}
}

/** All others; where there are too many, first those that differ in one axis, then of the rest so many, evenly spread. */
static struct others others_of(const struct search *f, uint32_t most)
{
	uint64_t cells = scenario_cells(f->scenario);
	struct others o = { arena_alloc(f->arena, (most + 1) * sizeof *o.cells), 0, most };
	if (cells - 1 > most) {
		add_neighbours(f, &o);
		add_evenly(f, &o, cells);
		return o;
	}
	for (uint64_t cell = 0; cell < cells; cell++)
		if (cell != f->cell)
			others_add(&o, cell);
	return o;
}

/** With a change, or as it is. */
static const struct fate *play_others(struct search *f, const struct scenario *with, const uint64_t *cells, uint32_t n)
{
	struct variant *tries = arena_alloc(f->arena, (n + 1) * sizeof *tries);
	for (uint32_t i = 0; i < n; i++)
		tries[i] = (struct variant){ with, cells[i] };
	return tries_play(&f->tries, tries, n);
}

static void break_add(const struct search *f, struct cure *c, const struct fate *before, const struct fate *after,
		      uint32_t n)
{
	const char **breaks = arena_alloc(f->arena, (c->n_breaks + n + 1) * sizeof *breaks);
	if (c->n_breaks)
		memcpy(breaks, c->breaks, c->n_breaks * sizeof *breaks);
	for (uint32_t i = 0; i < n; i++)
		if (is_broken(before[i].verdict, after[i].verdict))
			breaks[c->n_breaks + c->cells_broken++] = cell_text(f, before[i].cell);
	c->n_breaks += c->cells_broken;
	c->breaks = breaks;
}

/** What each cure does to cells that work without it. */
static void try_others(struct search *f, struct cures *out)
{
	struct cure *items = cures_copy(f->arena, out, 0);
	const struct others others = others_of(f, OTHERS_MAX / (out->n + 1));
	if (others.n == 0 || out->n == 0)
		return;
	const struct fate *before = play_others(f, f->scenario, others.cells, others.n);
	for (uint32_t i = 0; i < out->n && !f->tries.interrupted; i++) {
		const struct scenario *with = trial_scenario(f->arena, f->scenario, items[i].trial);
		const struct fate *after = play_others(f, with, others.cells, others.n);
		if (!f->tries.interrupted)
			break_add(f, &items[i], before, after, others.n);
	}
	out->items = items;
	out->other_cells = others.n;
	out->cells_left = scenario_cells(f->scenario) - 1 - others.n;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/** By rank, by verdict, by effort and harm; then named ones first, then as they were tried. */
static int compare_cures(const void *a, const void *b)
{
	const struct cure *one = a, *other = b;
	int order = compare_numbers(cure_rank(one), cure_rank(other));
	order = order ? order : compare_numbers(one->verdict, other->verdict);
	order = order ? order : compare_numbers(one->trial->effort, other->trial->effort);
	order = order ? order : compare_numbers(one->n_breaks, other->n_breaks);
	order = order ? order : compare_numbers(!one->trial->remedy, !other->trial->remedy);
	return order ? order : compare_numbers(one->order, other->order);
}

static void cures_sort(const struct search *f, struct cures *out)
{
	struct cure *items = cures_copy(f->arena, out, 0);
	qsort(items, out->n, sizeof *items, compare_cures);
	out->items = items;
}

/** The cell as it is, with its chain. */
static void play_base(struct search *f, struct cures *out)
{
	struct arena *a = arena_new();
	struct cell_result result;
	play_cell(a, f->scenario, f->cell, &f->tries.options, &result);
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

/** Changes of one kind are found: how long do they last? */
static void cures_take(struct search *f, struct cures *out, uint32_t from)
{
	struct cure *items = cures_copy(f->arena, out, 0);
	cures_last(&f->tries, f->cell, items + from, out->n - from);
	out->items = items;
}

static bool is_tried(const struct cure_options *o, const struct trial *t)
{
	return (!o->settings || t->effort < EFFORT_HARDWARE) && (o->depth != SEARCH_NAMED || t->remedy);
}

/** Every single change that is asked for. */
static struct trials trials_of(const struct search *f)
{
	struct trials all = trials_single(f->arena, f->scenario, f->choice, f->catalogue);
	struct trial *kept = arena_alloc(f->arena, (all.n + 1) * sizeof *kept);
	uint32_t n = 0;
	for (uint32_t i = 0; i < all.n; i++)
		if (is_tried(f->options, &all.items[i]))
			kept[n++] = all.items[i];
	return (struct trials){ kept, n };
}

/** Of a cell that works: what must not be changed. */
static void search_hold(struct search *f, struct cures *out)
{
	struct trials trials = trials_of(f);
	const struct fate *fates = play_trials(&f->tries, f->scenario, f->cell, trials.items, trials.n);
	struct cure *items = arena_alloc(f->arena, (trials.n + 1) * sizeof *items);
	out->tried = trials.n;
	for (uint32_t i = 0; i < trials.n; i++) {
		bool harms = fates[i].verdict > VERDICT_WORKS && fates[i].verdict <= VERDICT_FAILS;
		if (!harms || trials.items[i].n != 1)
			continue;
		items[out->n] = cure_of(f, &trials.items[i], &fates[i], out->n);
		out->n++;
	}
	out->items = items;
}

static void search(struct search *f, struct cures *out)
{
	struct trials trials = trials_of(f);
	f->base = *tries_play(&f->tries, &(struct variant){ f->asked, f->cell }, 1);
	struct changes singles = { trials.items, play_trials(&f->tries, f->asked, f->cell, trials.items, trials.n),
				   trials.n };
	out->tried = trials.n;
	if (!f->tries.interrupted)
		cures_add(f, out, &singles);
	cures_take(f, out, 0);
	uint32_t from = out->n;
	if (!f->tries.interrupted && f->options->depth == SEARCH_PAIRS && !any_cure(out))
		try_pairs(f, &singles, out);
	cures_take(f, out, from);
	if (!f->tries.interrupted && !f->options->alone)
		try_others(f, out);
	cures_sort(f, out);
}

bool remedies_search(struct arena *a, const struct catalogue *catalogue, const struct shown *shown, uint64_t cell,
		     const struct cure_options *o, struct cures *out)
{
	struct search f = {
		.tries = { .arena = a,
			   .shown = shown,
			   .options = { .level = TRACE_COUNTS, .seeded = o->seeded, .seed = o->seed },
			   .jobs = o->jobs },
		.arena = a,
		.catalogue = catalogue,
		.shown = shown,
		.options = o,
		.scenario = shown->scenario,
		.asked = scenario_with_bystanders(a, shown->scenario),
		.cell = cell,
		.choice = arena_alloc(a, (shown->scenario->n_axes + 1) * sizeof *f.choice),
	};
	*out = (struct cures){ .shown = shown, .cell = cell, .changes = 1 };
	scenario_choice(f.scenario, cell, f.choice);
	out->confidence = scenario_confidence(f.scenario, f.choice);
	play_base(&f, out);
	if (out->chain.of)
		search(&f, out);
	else if (out->verdict == VERDICT_WORKS)
		search_hold(&f, out);
	return !f.tries.interrupted;
}
