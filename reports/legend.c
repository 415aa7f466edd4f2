#include "reports/legend.h"

#include "reports/explain.h"
#include "reports/text.h"
#include "reports/utf8.h"

/* --- the symbols of checks ------------------------------------------------------------------- */

static bool letters_repeat(const struct scenario *s)
{
	for (uint32_t i = 0; i < s->n_checks; i++)
		for (uint32_t k = 0; k < i; k++)
			if (s->checks[i].kind->letter == s->checks[k].kind->letter)
				return true;
	return false;
}

char check_symbol(const struct scenario *s, uint32_t i)
{
	static const char numbers[BRIEF_RESULTS + 1] = "123456789abcdefg";
	return letters_repeat(s) ? numbers[i] : s->checks[i].kind->letter;
}

char check_mark(enum verdict v)
{
	static const char marks[VERDICTS] = {
		[VERDICT_DEGRADED] = '~', [VERDICT_STOPS] = '|', [VERDICT_FAILS] = '-',
		[VERDICT_SKIPPED] = '.',  [VERDICT_ERROR] = '?',
	};
	return marks[v];
}

void put_check_symbols(struct sink *s, const struct scenario *scenario, const struct brief *b)
{
	for (uint32_t i = 0; i < b->n_results && i < BRIEF_RESULTS; i++) {
		char other = check_mark((enum verdict)b->results[i]);
		sink_char(s, other ? other : check_symbol(scenario, i));
	}
}

/* --- the items ------------------------------------------------------------------------------- */

/** What occurs in the cells. */
struct occurring {
	bool verdicts[VERDICTS]; /* of cells */
	bool results[VERDICTS];	 /* of checks, where cells have several */
	bool cause, unexpected;
	uint32_t seeds; /* of a cell that depends on chance; 0: none does */
};

static struct occurring look(const struct brief *cells, uint32_t n)
{
	struct occurring o = { 0 };
	for (uint32_t i = 0; i < n; i++) {
		const struct brief *b = &cells[i];
		o.verdicts[b->verdict] = true;
		o.cause = o.cause || b->causes;
		o.unexpected = o.unexpected || !b->expected;
		o.seeds = told_outcome(b) ? b->seeds : o.seeds;
		for (uint32_t k = 0; b->n_results > 1 && k < b->n_results && k < BRIEF_RESULTS; k++)
			o.results[b->results[k]] = true;
	}
	return o;
}

static void add(struct legend *l, bool begins, const char *mark, const char *word, const char *meaning)
{
	l->items[l->n++] = (struct legend_item){ mark, word, meaning, begins, false };
}

/** With one check it is that which works: "registers". */
static const char *meaning_of_works(const struct scenario *scenario)
{
	return scenario->n_checks == 1 ? scenario->checks[0].kind->works : verdict_meanings[VERDICT_WORKS].brief;
}

static void add_verdicts(struct legend *l, const struct paper *paper, const struct scenario *scenario,
			 const struct occurring *o)
{
	for (int v = VERDICT_WORKS; v < VERDICTS; v++) {
		bool plain = v == VERDICT_FAILS && scenario->n_checks == 1;
		if (o->verdicts[v] && !plain)
			add(l, false, verdict_mark(paper, (enum verdict)v), verdict_words[v],
			    v == VERDICT_WORKS ? meaning_of_works(scenario) : verdict_meanings[v].brief);
	}
}

static bool shares_name(const struct scenario *s, uint32_t i)
{
	for (uint32_t k = 0; k < s->n_checks; k++)
		if (k != i && strcmp(s->checks[k].name, s->checks[i].name) == 0)
			return true;
	return false;
}

static const char *character(struct arena *a, char c)
{
	return arena_printf(a, "%c", c);
}

/** "R register"; of checks of one name also whom they ask. */
static void add_check_symbol(struct arena *a, struct legend *l, const struct scenario *scenario, uint32_t i)
{
	const struct check *check = &scenario->checks[i];
	struct sink word = { 0 };
	sink_text(&word, check->name);
	if (shares_name(scenario, i))
		put_question(&word, scenario, check, false);
	sink_char(&word, '\0');
	add(l, i == 0, character(a, check_symbol(scenario, i)), arena_strdup(a, word.bytes), NULL);
	sink_free(&word);
}

static void add_checks(struct arena *a, struct legend *l, const struct scenario *scenario, const struct occurring *o)
{
	for (uint32_t i = 0; i < scenario->n_checks && i < BRIEF_RESULTS; i++)
		add_check_symbol(a, l, scenario, i);
	for (int v = VERDICT_DEGRADED; v < VERDICTS; v++) {
		bool said = o->verdicts[v] && v != VERDICT_FAILS; /* all others have the mark of the cell */
		if (o->results[v] && !said)
			add(l, false, character(a, check_mark((enum verdict)v)), verdict_words[v], NULL);
	}
	if (scenario->n_checks > BRIEF_RESULTS)
		add(l, false, "(the first checks only)", NULL, NULL);
}

/** All items from the i-th on stand for the same in every scenario. */
static void mark_of_cells(struct legend *l, uint32_t i)
{
	for (; i < l->n; i++)
		l->items[i].of_cells = true;
}

void legend_of(struct arena *a, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
	       uint32_t n, bool blanks, struct legend *out)
{
	const struct occurring o = look(cells, n);
	bool several = scenario->n_checks > 1;
	out->n = 0;
	add_verdicts(out, paper, scenario, &o);
	mark_of_cells(out, 0);
	if (several)
		add_checks(a, out, scenario, &o);
	uint32_t rest = out->n;
	if (o.cause)
		add(out, false, "Fnn, Gnn", NULL, "the cause, below");
	if (o.seeds)
		add(out, false, arena_printf(a, "n of %u", o.seeds), NULL, "depends on chance, so under n of the seeds");
	if (o.unexpected)
		add(out, false, "!", "not as expected", NULL);
	mark_of_cells(out, rest);
	if (blanks)
		add(out, false, "blank", NULL, "no result");
	if (several && rest < out->n)
		out->items[rest].begins = true;
}

void put_legend_item(struct sink *s, const struct legend_item *item)
{
	sink_text(s, item->mark);
	if (item->word)
		sink_printf(s, " %s", item->word);
	if (item->meaning)
		sink_printf(s, ": %s", item->meaning);
}

/* --- lines of items -------------------------------------------------------------------------- */

#define GAP 3

/** Items stand side by side while they fit. */
void put_legend(struct sink *s, const struct paper *paper, const struct scenario *scenario, const struct brief *cells,
		uint32_t n, bool blanks)
{
	struct arena *a = arena_new();
	struct sink text = { 0 };
	struct legend legend;
	size_t column = 0;
	legend_of(a, paper, scenario, cells, n, blanks, &legend);
	for (uint32_t i = 0; i < legend.n; i++) {
		sink_clear(&text);
		put_legend_item(&text, &legend.items[i]);
		size_t columns = utf8_width(text.bytes, text.len);
		bool beside = column && !legend.items[i].begins && column + GAP + columns <= paper->width;
		if (column && !beside)
			sink_char(s, '\n');
		sink_repeat(s, ' ', beside ? GAP : 0);
		sink_put(s, text.bytes, text.len);
		column = columns + (beside ? column + GAP : 0);
	}
	sink_text(s, column ? "\n\n" : "\n");
	sink_free(&text);
	arena_free(a);
}
