#include "reports/spread.h"

struct spread {
	struct arena *arena;
	const struct scenario *scenario;
	struct totals **sums; /* by axis and value; NULL for an axis of too many values */
};

struct spread *spread_new(const struct scenario *scenario)
{
	struct arena *a = arena_new();
	struct spread *spread = arena_alloc(a, sizeof *spread);
	*spread = (struct spread){ a, scenario, arena_alloc(a, (scenario->n_axes + 1) * sizeof *spread->sums) };
	for (uint32_t i = 0; i < scenario->n_axes; i++)
		if (scenario->axes[i].n <= SPREAD_VALUES)
			spread->sums[i] = arena_alloc(a, scenario->axes[i].n * sizeof **spread->sums);
	return spread;
}

void spread_add(struct spread *spread, const struct brief *b)
{
	for (uint32_t i = 0; i < spread->scenario->n_axes; i++)
		if (spread->sums[i])
			brief_count(b, &spread->sums[i][cell_value(spread->scenario, i, b->cell)]);
}

void spread_free(struct spread *spread)
{
	if (spread)
		arena_free(spread->arena);
}

/* --- the columns ----------------------------------------------------------------------------- */

enum { BY_CHANCE = VERDICTS, UNEXPECTED, COLUMNS }; /* behind a column for each verdict */

static uint64_t count_in(const struct totals *t, int column)
{
	if (column == BY_CHANCE)
		return t->by_chance;
	return column == UNEXPECTED ? t->unexpected : t->verdicts[column];
}

static const char *column_head(int column)
{
	if (column == BY_CHANCE)
		return "by chance";
	return column == UNEXPECTED ? "not as expected" : verdict_words[column];
}

static bool column_used(const struct totals *sums, uint32_t n, int column)
{
	for (uint32_t v = 0; v < n; v++)
		if (count_in(&sums[v], column))
			return true;
	return false;
}

/** Are the shares of verdicts the same in both? Not the counts: there may be more cells of one of them. */
static bool same_shares(const struct totals *a, const struct totals *b)
{
	for (int c = 0; c < COLUMNS; c++)
		if (count_in(a, c) * b->cells != count_in(b, c) * a->cells)
			return false;
	return true;
}

/** Comparing each value that occurs with the last one that does is enough. */
static bool makes_difference(const struct totals *sums, uint32_t n)
{
	const struct totals *last = NULL;
	for (uint32_t v = 0; v < n; v++) {
		if (!sums[v].cells)
			continue;
		if (last && !same_shares(last, &sums[v]))
			return true;
		last = &sums[v];
	}
	return false;
}

/* --- one table ------------------------------------------------------------------------------- */

static const char *number_text(struct arena *a, uint64_t n)
{
	struct sink s = { 0 };
	put_thousands(&s, n);
	sink_char(&s, '\0');
	const char *text = n ? arena_strdup(a, s.bytes) : "-";
	sink_free(&s);
	return text;
}

/** Returns the cell behind the row. */
static struct table_cell *fill_row(struct arena *a, struct table_cell *cell, const struct axis *axis,
				   const struct totals *sums, uint32_t value)
{
	(cell++)->text = axis->labels[value];
	for (int c = 0; c < COLUMNS; c++)
		if (column_used(sums, axis->n, c))
			(cell++)->text = number_text(a, count_in(&sums[value], c));
	return cell;
}

static void put_axis(struct sink *s, table_writer *put, const struct paper *paper, const struct axis *axis,
		     const struct totals *sums)
{
	struct arena *a = arena_new();
	struct table_column heads[1 + COLUMNS] = { { axis->name } };
	struct table_cell *cells = arena_alloc(a, axis->n * COUNT(heads) * sizeof *cells), *cell = cells;
	size_t n_columns = 1;
	for (int c = 0; c < COLUMNS; c++)
		if (column_used(sums, axis->n, c))
			heads[n_columns++].head = column_head(c);
	for (uint32_t v = 0; v < axis->n; v++)
		if (sums[v].cells)
			cell = fill_row(a, cell, axis, sums, v);
	size_t n_rows = (size_t)(cell - cells) / n_columns;
	put(s, paper, &(struct table_text){ heads, n_columns, cells, n_rows, 0 });
	arena_free(a);
}

bool put_spread(struct sink *s, table_writer *put, const struct paper *paper, const struct spread *spread)
{
	bool any = false;
	for (uint32_t i = 0; i < spread->scenario->n_axes; i++) {
		const struct axis *axis = &spread->scenario->axes[i];
		if (!spread->sums[i] || !makes_difference(spread->sums[i], axis->n))
			continue;
		put_axis(s, put, paper, axis, spread->sums[i]);
		sink_char(s, '\n');
		any = true;
	}
	return any;
}
