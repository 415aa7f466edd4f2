#include "sim/cli/tries.h"

#include <string.h>
#include <unistd.h>

#include "sim/cli/pool.h"
#include "sim/cli/run.h"

/* --- what is left ------------------------------------------------------------------------------------------------- */

static uint64_t causes_asked(const struct scenario *s, const struct cell_result *r)
{
	struct cell_result asked = *r;
	asked.n_checks -= r->n_checks ? s->n_unasked : 0;
	return result_causes(&asked);
}

static void fate_put(struct sink *s, const struct scenario *scenario, const struct cell_result *r)
{
	const struct fate found = { r->cell, r->verdict, causes_asked(scenario, r), r->n_checks, NULL };
	sink_put(s, (const char *)&found, sizeof found);
	for (uint32_t i = 0; i < r->n_checks; i++) {
		const struct check_fate check = { r->checks[i].result, r->checks[i].cause };
		sink_put(s, (const char *)&check, sizeof check);
	}
}

static struct fate fate_read(struct arena *a, const char *bytes)
{
	struct fate found;
	memcpy(&found, bytes, sizeof found);
	struct check_fate *checks = arena_alloc(a, (found.n + 1) * sizeof *checks);
	memcpy(checks, bytes + sizeof found, found.n * sizeof *checks);
	found.checks = checks;
	return found;
}

/* --- on this thread ----------------------------------------------------------------------------------------------- */

static void play_here(struct tries *t, const struct variant *tries, uint32_t n, struct fate *out)
{
	struct arena *scratch = arena_new();
	struct sink s = { 0 };
	for (uint32_t i = 0; i < n; i++) {
		struct cell_result result;
		play_cell(scratch, tries[i].scenario, tries[i].cell, &t->options, &result);
		sink_clear(&s);
		fate_put(&s, tries[i].scenario, &result);
		out[i] = fate_read(t->arena, s.bytes);
		arena_reset(scratch);
	}
	sink_free(&s);
	arena_free(scratch);
}

/* --- on those of the pool ----------------------------------------------------------------------------------------- */

static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	(void)show, (void)scratch;
	fate_put(out, shown->scenario, r);
}

/** Where what comes back goes. */
struct taking {
	struct arena *arena;
	struct fate *next;
};

static bool take(void *context, const struct played *p)
{
	struct taking *taking = context;
	*taking->next++ = fate_read(taking->arena, p->rendered[0]);
	return true;
}

/** Each variant is a scenario of its own, of which one cell is selected. */
static void play_in_pool(struct tries *t, const struct variant *tries, uint32_t n, struct fate *out)
{
	static const struct report_kind kind = { .name = "try", .render = render };
	const struct report_kind *const kinds[] = { &kind };
	struct arena *a = arena_new();
	struct shown *shown = arena_alloc(a, (n + 1) * sizeof *shown);
	struct selection *selections = arena_alloc(a, (n + 1) * sizeof *selections);
	struct play_options *options = arena_alloc(a, (n + 1) * sizeof *options);
	for (uint32_t i = 0; i < n; i++) {
		shown[i] = *t->shown;
		shown[i].scenario = tries[i].scenario;
		shown[i].cells = 1;
		selections[i] = (struct selection){ .cells = 1, .list = &tries[i].cell };
		options[i] = t->options;
	}
	const struct show show = { .scenarios = shown, .n = n, .cells = n };
	struct taking taking = { t->arena, out };
	struct pool_end end = pool_run(&(struct pool_work){
		.show = &show,
		.share = { 0, 1, n },
		.selections = selections,
		.options = options,
		.kinds = kinds,
		.n_kinds = 1,
		.jobs = t->jobs,
		.context = &taking,
		.take = take,
	});
	if (end.abandoned)
		_exit(EXIT_INTERRUPTED); /* a worker still uses what a proper exit would free */
	t->interrupted |= end.interrupted;
	arena_free(a);
}

const struct fate *tries_play(struct tries *t, const struct variant *tries, uint32_t n)
{
	struct fate *out = arena_alloc(t->arena, (n + 1) * sizeof *out);
	for (uint32_t i = 0; i < n; i++)
		out[i] = (struct fate){ .cell = tries[i].cell, .verdict = VERDICT_ERROR };
	if (n == 0 || t->interrupted)
		return out;
	if (t->jobs && n > 1)
		play_in_pool(t, tries, n, out);
	else
		play_here(t, tries, n, out);
	return out;
}

const char *sink_text_kept(struct arena *a, struct sink *s)
{
	const char *text = arena_copy(a, s->bytes, s->len);
	sink_free(s);
	return text;
}

const char *question_text(struct arena *a, const struct scenario *s, uint32_t check)
{
	struct sink text = { 0 };
	put_question(&text, s, &s->checks[check], true);
	return sink_text_kept(a, &text);
}
