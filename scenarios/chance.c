#include "scenarios/chance.h"

#include <inttypes.h>

/** An outcome that was met. */
struct met {
	struct met *next; /* the next better one */
	struct outcome outcome;
	const char *surprise; /* NULL when it is as expected */
};

/** What was met until now. */
struct meetings {
	struct arena *arena; /* outlives the worlds */
	struct met *worst;
	uint32_t n;
};

static struct outcome outcome_of(const struct cell_result *r, uint64_t seed)
{
	return (struct outcome){ r->verdict, r->expected, result_causes(r), seed, 1 };
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->verdict == b->verdict && a->expected == b->expected && a->causes == b->causes;
}

/** Verdicts are in the order of how bad they are. */
static bool worse(const struct outcome *a, const struct outcome *b)
{
	return a->verdict != b->verdict ? a->verdict > b->verdict : !a->expected && b->expected;
}

/** Of those that are equally bad the one that was met first comes first. */
static struct met **place_for(struct meetings *m, const struct outcome *o)
{
	struct met **at = &m->worst;
	while (*at && !worse(o, &(*at)->outcome))
		at = &(*at)->next;
	return at;
}

static void meet(struct meetings *m, const struct cell_result *r, uint64_t seed)
{
	const struct outcome o = outcome_of(r, seed);
	for (struct met *met = m->worst; met; met = met->next) {
		if (same(&met->outcome, &o)) {
			met->outcome.seeds++;
			return;
		}
	}
	struct met **at = place_for(m, &o), *met = arena_alloc(m->arena, sizeof *met);
	*met = (struct met){ *at, o, r->surprise ? arena_strdup(m->arena, r->surprise) : NULL };
	*at = met;
	m->n++;
}

/** Who has a known cell work under some seeds only must not remove its entry. */
static void excuse_works(struct meetings *m, const struct scenario *s)
{
	for (struct met *met = m->worst; met && m->n > 1 && s->n_axes; met = met->next)
		met->outcome.expected |= met->outcome.verdict == VERDICT_WORKS;
}

/** Another outcome than that which is told may be the one that was not expected. */
static void expect_all(const struct meetings *m, struct arena *a, struct cell_result *out)
{
	const struct met *met = m->worst;
	while (met && met->outcome.expected)
		met = met->next;
	if (!met || !out->expected)
		return;
	out->expected = out->known = false;
	out->why = NULL;
	out->surprise = arena_printf(a, "with seed %" PRIu64 ": %s", met->outcome.seed, met->surprise);
}

static const struct outcome *list_outcomes(const struct meetings *m, struct arena *a)
{
	struct outcome *list = arena_alloc(a, m->n * sizeof *list), *end = list;
	for (const struct met *met = m->worst; met; met = met->next)
		*end++ = met->outcome;
	return list;
}

static void tell(struct meetings *m, const struct scenario *s, struct arena *a, uint32_t seeds, struct cell_result *out)
{
	excuse_works(m, s);
	expect_all(m, a, out);
	out->seeds = seeds;
	out->outcomes = list_outcomes(m, a);
	out->n_outcomes = m->n;
}

static uint64_t seed_behind(uint64_t seed)
{
	return seed == SEED_MAX ? 0 : seed + 1;
}

/** Plays all seeds; comes back with the one that is told. No ladder is drawn of them: verdicts are the same at all levels. */
static uint64_t meet_all(struct meetings *m, struct arena *a, const struct scenario *s, uint64_t cell,
			 const struct play_options *options)
{
	struct play_options counted = *options;
	struct cell_result result;
	counted.level = TRACE_COUNTS;
	counted.watch = NULL;
	for (uint32_t i = 0; i < options->seeds; i++, counted.seed = seed_behind(counted.seed)) {
		arena_reset(a);
		play_cell(a, s, cell, &counted, &result);
		meet(m, &result, counted.seed);
	}
	return m->worst->outcome.seed;
}

void play_seeds(struct arena *a, const struct scenario *s, uint64_t cell, const struct play_options *options,
		struct cell_result *out)
{
	struct play_options told = *options;
	if (!options->seeds) {
		play_cell(a, s, cell, options, out);
		return;
	}
	struct meetings m = { .arena = arena_new() };
	told.seed = options->seeded ? options->seed : s->seed;
	told.seeded = true;
	told.seed = meet_all(&m, a, s, cell, &told);
	arena_reset(a);
	play_cell(a, s, cell, &told, out);
	if (out->verdict != VERDICT_SKIPPED)
		tell(&m, s, a, options->seeds, out);
	arena_free(m.arena);
}
