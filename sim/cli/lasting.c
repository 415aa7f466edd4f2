#include "sim/cli/lasting.h"

#include "scenarios/more_checks.h"

#define NODES_SILENT 200 /* larger labs are not left alone for hours */

/** What is asked of all of them. */
struct asking {
	struct tries *tries;
	struct arena *arena; /* of these */
	const struct scenario *scenario;
	uint64_t cell;
	uint32_t *choice;
};

/** A cure, and the silences that it has still to come through. */
struct patient {
	struct cure *cure;
	const struct scenario *with;
	const struct silence *silences;
	uint32_t n;
};

/** The first of what is asked that is not as it was: it ends by a silence. */
static bool tell_stops(const struct asking *f, const struct fate *found, struct lasting *out)
{
	for (uint32_t i = 0; i < found->n; i++) {
		enum verdict v = found->checks[i].verdict;
		bool ends = i < f->scenario->n_checks ? v != VERDICT_WORKS && v != VERDICT_SKIPPED : v == VERDICT_STOPS;
		if (!ends)
			continue;
		out->verdict = VERDICT_STOPS;
		out->cause = found->checks[i].cause;
		out->question = i < f->scenario->n_checks ? question_text(f->arena, f->scenario, i) : NULL;
		return true;
	}
	return false;
}

/** The first phone that is not reached even before the silence. */
static void tell_unreached(const struct asking *f, const struct fate *found, struct lasting *out)
{
	for (uint32_t i = f->scenario->n_checks; i < found->n && out->verdict == VERDICT_WORKS; i++)
		if (found->checks[i].verdict == VERDICT_FAILS) {
			out->verdict = VERDICT_FAILS;
			out->cause = found->checks[i].cause;
		}
}

/** Through its n-th silence. */
static void silence_judge(const struct asking *f, struct patient *p, uint32_t nth, const struct fate *found)
{
	struct lasting *out = &p->cure->lasting;
	if (found->verdict >= VERDICT_SKIPPED) {
		*out = (struct lasting){ .verdict = VERDICT_SKIPPED };
		p->n = 0;
		return;
	}
	if (nth == 0)
		out->verdict = VERDICT_WORKS;
	if (tell_stops(f, found, out)) {
		out->until = duration_print(p->silences[nth].told, f->arena);
		p->n = 0;
		return;
	}
	tell_unreached(f, found, out);
}

/** One silence of each that has come through the shorter ones. */
static bool silences_play(struct asking *f, struct patient *patients, uint32_t n, uint32_t nth)
{
	struct variant *tries = arena_alloc(f->arena, (n + 1) * sizeof *tries);
	uint32_t *of = arena_alloc(f->arena, (n + 1) * sizeof *of), played = 0;
	for (uint32_t i = 0; i < n; i++)
		if (nth < patients[i].n) {
			of[played] = i;
			tries[played++] = (struct variant){ scenario_prolonged(f->arena, patients[i].with, f->choice,
									   &patients[i].silences[nth]),
							f->cell };
		}
	const struct fate *found = tries_play(f->tries, tries, played);
	for (uint32_t i = 0; i < played && !f->tries->interrupted; i++)
		silence_judge(f, &patients[of[i]], nth, &found[i]);
	return played && !f->tries->interrupted;
}

static struct patient patient_of(const struct asking *f, struct cure *cure)
{
	struct patient p = { .cure = cure, .with = trial_scenario(f->arena, f->scenario, cure->trial) };
	if (scenario_asks_lasting(f->arena, p.with, f->choice))
		cure->lasting = (struct lasting){ .asked = true, .verdict = VERDICT_WORKS };
	else
		p.n = scenario_silences(f->arena, p.with, f->choice, &p.silences);
	return p;
}

void cures_last(struct tries *t, uint64_t cell, struct cure *items, uint32_t n)
{
	const struct scenario *s = t->shown->scenario;
	struct asking f = { t, t->arena, s, cell, arena_alloc(t->arena, (s->n_axes + 1) * sizeof *f.choice) };
	struct patient *patients = arena_alloc(t->arena, (n + 1) * sizeof *patients);
	uint32_t asked = 0, nth = 0;
	if (scenario_nodes(s) > NODES_SILENT)
		return;
	scenario_choice(s, cell, f.choice);
	for (uint32_t i = 0; i < n; i++)
		if (items[i].verdict == VERDICT_WORKS)
			patients[asked++] = patient_of(&f, &items[i]);
	while (silences_play(&f, patients, asked, nth))
		nth++;
}
