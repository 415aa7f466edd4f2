#include "reports/gathered.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/alike.h"
#include "reports/matrix.h"
#include "reports/spread.h"
#include "reports/unverified.h"

bool is_matrix(const struct shown *shown)
{
	return shown->cells != 1;
}

static void *zeroed(size_t n, size_t size)
{
	void *memory = calloc(n + 1, size);
	assert(memory);
	return memory;
}

static size_t count_causes(void)
{
	size_t n = 0;
	while (causes[n].word)
		n++;
	return n;
}

void gathered_begin(struct gathered *g, const struct shown *shown)
{
	gathered_free(g);
	g->causes = zeroed(count_causes(), sizeof *g->causes);
	g->exceptions = zeroed(shown->scenario->n_exceptions, sizeof *g->exceptions);
	g->unverified = unverified_new();
	if (shown->cells <= GATHERED_CELLS)
		g->cells = zeroed((size_t)shown->cells, sizeof *g->cells);
	else
		g->spread = spread_new(shown->scenario);
}

static void tally(struct tally *t, const struct brief *b)
{
	if (!t->cells++)
		t->example = *b;
}

void gathered_add(struct gathered *g, const struct shown *shown, const struct brief *b)
{
	g->last = *b;
	for (const struct cause *c = NULL; (c = next_cause(b->causes, c));)
		tally(&g->causes[c - causes], b);
	if (b->exception && (b->known || b->exception->skip))
		tally(&g->exceptions[b->exception - shown->scenario->exceptions], b);
	if (g->cells)
		g->cells[g->n++] = *b;
	if (g->spread)
		spread_add(g->spread, b);
	unverified_add(g->unverified, b);
	chances_add(&g->chances, b);
}

void gathered_free(struct gathered *g)
{
	free(g->cells);
	spread_free(g->spread);
	unverified_free(g->unverified);
	free(g->causes);
	free(g->exceptions);
	*g = (struct gathered){ 0 };
}

struct finding *findings_new(void)
{
	return zeroed(count_causes(), sizeof(struct finding));
}

void findings_add(struct finding *findings, const struct gathered *g, const struct shown *shown)
{
	for (size_t i = 0; causes[i].word; i++) {
		if (g->causes[i].cells && !findings[i].cells)
			findings[i] = (struct finding){ 0, shown, g->causes[i].example };
		findings[i].cells += g->causes[i].cells;
	}
}

static struct spread *sums_of(const struct gathered *g, const struct shown *shown)
{
	struct spread *spread = spread_new(shown->scenario);
	for (uint32_t i = 0; i < g->n; i++)
		spread_add(spread, &g->cells[i]);
	return spread;
}

struct picture picture_folded(struct gathered *g, const struct shown *shown)
{
	if (g->spread)
		return (struct picture){ .spread = g->spread };
	struct alike *alike = alike_new(shown->scenario, g->cells, g->n);
	struct picture p = { .alike = alike };
	p.cells = alike_briefs(alike, &p.n);
	if (p.n > MATRIX_MAX) {
		alike_free(alike);
		return (struct picture){ .spread = sums_of(g, shown) };
	}
	p.scenario = alike_scenario(alike);
	return p;
}

struct picture picture_of(struct gathered *g, const struct shown *shown)
{
	if (g->spread || g->n > MATRIX_MAX)
		return picture_folded(g, shown);
	return (struct picture){ shown->scenario, g->cells, g->n, NULL, NULL };
}

void picture_free(struct picture *p, const struct gathered *g)
{
	alike_free(p->alike);
	if (p->spread != g->spread)
		spread_free(p->spread);
}

bool put_exception(struct sink *s, const struct gathered *g, const struct shown *shown, uint32_t i)
{
	const struct exception *e = &shown->scenario->exceptions[i];
	if (!g->exceptions[i].cells)
		return false;
	put_count(s, g->exceptions[i].cells, "cell");
	sink_printf(s, " %s: %s", e->skip ? "skipped" : "known", e->why);
	return true;
}
