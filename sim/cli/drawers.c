#include "sim/cli/drawers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/drawer.h"
#include "reports/html.h"
#include "reports/nat_watch.h"
#include "sim/cli/remedy_search.h"

#define NODES_DRAWN 64 /* a ladder of more nobody could read */

/*
 * Of cells that do not work so many are mended by whatever changes them; of more, or of larger labs, only the remedies of the
 * catalogue are tried. The more nodes a lab has, the more there is to change, and the longer each try takes.
 */
#define CELLS_MENDED 20
#define WORK_MENDED  1000 /* nodes by nodes of all these cells */

/** A cell that is played, and what comes back. */
struct item {
	const struct shown *shown;
	uint64_t cell, seed;
	enum verdict verdict;
	const char *rendered;
	size_t n;
	size_t index; /* of the cell in the page */
};

struct maker {
	const struct drawer_source *from;
	struct drawers *drawers;
	struct arena *arena;	   /* of what is rendered */
	struct item *items, *next; /* under way, and the one that comes back next */
	struct pool_end end;
};

/* --- playing --------------------------------------------------------------------------------- */

static bool take(void *context, const struct played *p)
{
	struct maker *m = context;
	struct item *item = m->next++;
	item->verdict = p->brief->verdict;
	item->rendered = arena_copy(m->arena, p->rendered[0], p->length[0]);
	item->n = p->length[0];
	return true;
}

/** The items up to there are cells of one scenario under one seed. */
static size_t group_end(const struct item *items, size_t from, size_t n)
{
	size_t end = from + 1;
	while (end < n && items[end].shown == items[from].shown && items[end].seed == items[from].seed)
		end++;
	return end;
}

static struct selection selection_of(struct maker *m, const struct item *items, size_t n)
{
	uint64_t *list = arena_alloc(m->arena, (n + 1) * sizeof *list);
	for (size_t i = 0; i < n; i++)
		list[i] = items[i].cell;
	return (struct selection){ .cells = n, .list = list };
}

/**
 * Plays the items with everything recorded, and renders each of them. False: not all of them came back; a worker that does not
 * come back at all still uses what lies in the arena.
 */
static bool play(struct maker *m, struct item *items, size_t n, const struct report_kind *const *kind)
{
	struct shown *shown = arena_alloc(m->arena, (n + 1) * sizeof *shown);
	struct selection *selections = arena_alloc(m->arena, (n + 1) * sizeof *selections);
	struct play_options *options = arena_alloc(m->arena, (n + 1) * sizeof *options);
	struct show *show = arena_alloc(m->arena, sizeof *show);
	struct pool_work *work = arena_alloc(m->arena, sizeof *work);
	*show = (struct show){ .scenarios = shown, .cells = n };
	for (size_t i = 0, end; i < n; i = end, show->n++) {
		end = group_end(items, i, n);
		shown[show->n] = *items[i].shown;
		shown[show->n].cells = end - i;
		selections[show->n] = selection_of(m, items + i, end - i);
		options[show->n] = (struct play_options){
			.level = TRACE_FULL, .watch = nat_watch, .seeded = true, .seed = items[i].seed
		};
	}
	m->next = items;
	if (n == 0 || m->end.interrupted)
		return n == 0;
	*work = (struct pool_work){
		.show = show,
		.share = { 0, 1, n },
		.selections = selections,
		.options = options,
		.kinds = kind,
		.n_kinds = 1,
		.jobs = m->from->jobs,
		.context = m,
		.take = take,
	};
	m->end = pool_run(work);
	return !m->end.interrupted && m->next == items + n;
}

/* --- who shares a drawer --------------------------------------------------------------------- */

static const struct report_kind *const signing =
	&(const struct report_kind){ .name = "signature", .render = drawer_sign };
static const struct report_kind *const drawing =
	&(const struct report_kind){ .name = "drawer", .render = drawer_render };

/** What is known of the scenarios of the page, without those that cannot be played or would be too crowded. */
static const struct shown *shown_here(struct maker *m, const struct show *show)
{
	struct shown *shown = arena_alloc(m->arena, (show->n + 1) * sizeof *shown);
	for (uint32_t i = 0; i < show->n; i++) {
		const struct scenario *s = m->from->scenarios[i];
		shown[i] = show->scenarios[i];
		shown[i].scenario = s && scenario_nodes(s) <= NODES_DRAWN ? s : NULL;
	}
	return shown;
}

/** Is there a scenario that could be played, but not drawn? */
static bool any_crowd(const struct drawer_source *from, const struct show *show)
{
	for (uint32_t i = 0; i < show->n; i++)
		if (from->scenarios[i] && scenario_nodes(from->scenarios[i]) > NODES_DRAWN)
			return true;
	return false;
}

/** The cells of the page that can be drawn; *n says how many. */
static struct item *items_of(struct maker *m, const struct report *page, size_t *n)
{
	size_t all;
	const struct html_cell *cells = html_cells(page, &all);
	const struct shown *shown = shown_here(m, page->show);
	struct item *items = arena_alloc(m->arena, (all + 1) * sizeof *items);
	for (size_t i = 0; i < all; i++) {
		const struct drawer_cell *of = &cells[i].of;
		if (shown[of->scenario].scenario && cells[i].verdict <= VERDICT_FAILS)
			items[(*n)++] = (struct item){ &shown[of->scenario], of->cell, of->seed, .index = i };
	}
	return items;
}

/** By signature, and those of one signature as they stand in the page. */
static int compare_items(const void *a, const void *b)
{
	const struct item *one = a, *other = b;
	int order = strcmp(one->rendered, other->rendered);
	return order ? order : (one->index > other->index) - (one->index < other->index);
}

static int compare_places(const void *a, const void *b)
{
	const struct item *one = a, *other = b;
	return (one->index > other->index) - (one->index < other->index);
}

/** Is it as it was when the page was told of it? Bounds on a run may have cut off what is played whole here. */
static bool is_the_same(const struct item *item, const struct html_cell *cells)
{
	return item->n && item->verdict == cells[item->index].verdict;
}

/**
 * The first of each signature, in the order of the page; *n says how many. `first` is by cell of the page the cell whose drawer
 * it has, or SIZE_MAX.
 */
static struct item *firsts_of(struct maker *m, struct item *items, size_t all, const struct html_cell *cells,
			      size_t *first, size_t *n)
{
	struct item *firsts = arena_alloc(m->arena, (all + 1) * sizeof *firsts);
	const struct item *same = NULL;
	qsort(items, all, sizeof *items, compare_items);
	for (size_t i = 0; i < all; i++) {
		if (!is_the_same(&items[i], cells))
			continue;
		if (!same || strcmp(same->rendered, items[i].rendered) != 0)
			firsts[(*n)++] = *(same = &items[i]);
		first[items[i].index] = same->index;
	}
	qsort(firsts, *n, sizeof *firsts, compare_places);
	return firsts;
}

/* --- what would mend it ---------------------------------------------------------------------- */

/** A page is no place to wait for: the less there is to mend, the more is tried. Pairs are left to `explain`. */
static enum search_depth depth_for(const struct item *firsts, size_t n)
{
	uint64_t broken = 0, work = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t nodes = scenario_nodes(firsts[i].shown->scenario);
		if (firsts[i].verdict == VERDICT_WORKS)
			continue;
		broken++;
		work += nodes * nodes;
	}
	return broken > CELLS_MENDED || work > WORK_MENDED ? SEARCH_NAMED : SEARCH_SINGLE;
}

/** By drawer: what would mend its cell; NULL: it works. */
static const struct cures **find_cures(struct maker *m, const struct item *firsts, size_t n)
{
	enum search_depth depth = depth_for(firsts, n);
	const struct cures **found = arena_alloc(m->arena, (n + 1) * sizeof *found);
	for (size_t i = 0; i < n && !m->end.interrupted; i++) {
		struct cures *cures = arena_alloc(m->arena, sizeof *cures);
		const struct cure_options o = {
			.depth = depth, .jobs = m->from->jobs, .seeded = true, .seed = firsts[i].seed, .alone = true
		};
		if (firsts[i].verdict == VERDICT_WORKS)
			continue;
		m->end.interrupted = !remedies_search(m->arena, m->from->input->catalogue, firsts[i].shown,
						      firsts[i].cell, &o, cures);
		found[i] = cures;
	}
	return found;
}

static bool has_remedy(const struct cures *c)
{
	return c && c->n && is_cure(&c->items[0]);
}

/** The cells again, each with the first remedy that makes it work. */
static struct item *mended_items(struct maker *m, const struct item *firsts, const struct cures *const *cures, size_t n,
				 size_t *n_mended)
{
	struct item *mended = arena_alloc(m->arena, (n + 1) * sizeof *mended);
	for (size_t i = 0; i < n; i++) {
		if (!has_remedy(cures[i]))
			continue;
		struct shown *shown = arena_alloc(m->arena, sizeof *shown);
		*shown = *firsts[i].shown;
		shown->scenario = trial_scenario(m->arena, shown->scenario, cures[i]->items[0].trial);
		mended[(*n_mended)++] =
			(struct item){ shown, firsts[i].cell, firsts[i].seed, .index = firsts[i].index };
	}
	return mended;
}

/* --- the whole ------------------------------------------------------------------------------- */

static void add_all(struct maker *m, const struct html_cell *cells, const struct item *firsts,
		    const struct cures *const *cures, size_t n, const struct item *mended, uint32_t *drawer_of)
{
	for (size_t i = 0; i < n; i++) {
		const struct drawer_cell *of = &cells[firsts[i].index].of;
		bool followed = has_remedy(cures[i]);
		drawer_of[firsts[i].index] =
			drawers_add(m->drawers, of, firsts[i].rendered, firsts[i].n, cures[i], followed);
		if (followed)
			drawers_add(m->drawers, of, mended->rendered, mended->n, NULL, false);
		mended += followed;
	}
}

/** The drawers of the cells of a page, as far as nobody interrupts that. */
static bool make(struct maker *m, const struct report *page)
{
	size_t all, n = 0, n_firsts = 0, n_mended = 0;
	const struct html_cell *cells = html_cells(page, &all);
	struct item *items = items_of(m, page, &n);
	size_t *first = arena_alloc(m->arena, (all + 1) * sizeof *first);
	uint32_t *drawer_of = arena_alloc(m->arena, (all + 1) * sizeof *drawer_of);
	memset(first, 0xFF, all * sizeof *first);
	memset(drawer_of, 0xFF, all * sizeof *drawer_of);
	if (!play(m, items, n, &signing))
		return false;
	struct item *firsts = firsts_of(m, items, n, cells, first, &n_firsts);
	if (!play(m, firsts, n_firsts, &drawing))
		return false;
	const struct cures **cures = find_cures(m, firsts, n_firsts);
	struct item *mended = mended_items(m, firsts, cures, n_firsts, &n_mended);
	if (m->end.interrupted || !play(m, mended, n_mended, &drawing))
		return false;
	add_all(m, cells, firsts, cures, n_firsts, mended, drawer_of);
	for (size_t i = 0; i < all; i++)
		if (first[i] != SIZE_MAX)
			drawer_of[i] = drawer_of[first[i]];
	drawers_assign(m->drawers, drawer_of, all);
	return true;
}

const struct report *drawers_page(const struct writers *w)
{
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		if (w->writing->kinds[k] == &html_report)
			return &w->of[k].report;
	return NULL;
}

struct pool_end drawers_make(struct drawers *d, const struct report *page, const struct drawer_source *from)
{
	struct maker m = { .from = from, .drawers = d, .arena = arena_new() };
	if (!make(&m, page))
		drawers_missing(d, "drawing the ladders was interrupted");
	else if (any_crowd(from, page->show))
		drawers_missing(d, "a lab of more than 64 nodes has no ladder");
	if (!m.end.abandoned)
		arena_free(m.arena);
	return m.end;
}
