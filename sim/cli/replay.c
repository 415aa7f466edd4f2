#include "sim/cli/replay.h"

#include <string.h>

#include "reports/result_json.h"
#include "sim/cli/options.h"

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
		.seeded = r->head.seeded,
		.seeds = r->head.seeds,
		.verbose = o->verbose,
		.quiet = o->quiet,
		.least = stricter((enum confidence)o->min_confidence, r->head.least),
		.paper = writing_paper(w, o->color),
	};
}

/** One cell as the pool would bring it. The JSON of a cell stays as it was written. */
static void replay_cell(struct writers *w, const struct kept_cell *cell, const struct cell_result *result,
			struct arena *scratch, struct sink *rendered)
{
	const struct show *show = w->show;
	const struct shown *shown = &show->scenarios[cell->scenario];
	struct brief brief;
	struct played p = { cell->scenario, &brief };
	size_t starts[POOL_REPORTS];
	brief_of(shown, result, &brief);
	sink_clear(rendered);
	for (size_t k = 0; k < w->writing->n_kinds; k++) {
		starts[k] = rendered->len;
		if (w->writing->kinds[k]->render == json_report.render)
			sink_put(rendered, cell->json, cell->n);
		else
			w->writing->kinds[k]->render(show, shown, result, scratch, rendered);
		p.length[k] = rendered->len - starts[k];
	}
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		p.rendered[k] = rendered->bytes ? rendered->bytes + starts[k] : "";
	writers_cell(w, &p);
}

bool replay_cells(struct recording *r, struct writers *w, uint64_t n)
{
	struct arena *scratch = arena_new();
	struct sink rendered = { 0 };
	struct kept_cell cell;
	bool ok = true;
	for (uint64_t i = 0; ok && i < n && recording_next(r, &cell); i++) {
		struct cell_result result;
		const char *wrong = recorded_cell(&r->head, &r->head.scenarios[cell.scenario], cell.json, cell.n,
						  scratch, &result);
		if (wrong)
			ok = recording_fail(r, EXIT_INVALID, "cell %llu: %s", (unsigned long long)i + 1, wrong);
		else
			replay_cell(w, &cell, &result, scratch, &rendered);
		ok = ok && writers_flush(w);
		arena_reset(scratch);
	}
	sink_free(&rendered);
	arena_free(scratch);
	return ok && !r->trouble;
}

int replay(struct recording *r, const struct replay_options *o, const struct writing *writing)
{
	struct show show = replay_show(r, o, writing);
	struct writers w;
	if (r->head.bare) {
		recording_fail(r, EXIT_INVALID, "the scenario %s has no outline, so it can be compared but not shown", r->head.bare);
		return EXIT_INVALID;
	}
	writers_begin(&w, writing, &show);
	bool ok = writers_flush(&w) && replay_cells(r, &w, UINT64_MAX);
	bool whole = w.totals.cells + w.totals.hidden == show.cells && !r->head.interrupted;
	ok = writers_end(&w, whole ? ENDING_COMPLETE : ENDING_INTERRUPTED) && ok;
	if (!ok)
		return r->trouble ? (int)r->trouble : EXIT_IO;
	if (!whole)
		return EXIT_INCOMPLETE;
	return w.totals.unexpected ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}
