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

/* --- lines of items -------------------------------------------------------------------------- */

#define GAP 3

/** Items stand side by side while they fit. */
struct line {
	struct sink *out;
	size_t column, width;
};

static void put_item(struct line *l, const char *text)
{
	size_t columns = utf8_width(text, strlen(text));
	bool fits = l->column + GAP + columns <= l->width;
	if (l->column && fits)
		sink_repeat(l->out, ' ', GAP);
	else if (l->column)
		sink_char(l->out, '\n');
	l->column = columns + (l->column && fits ? l->column + GAP : 0);
	sink_text(l->out, text);
}

/** "MARK WORD: MEANING"; no meaning: "MARK WORD". */
static void put_mark(struct line *l, const char *mark, const char *word, const char *meaning)
{
	struct sink text = { 0 };
	sink_printf(&text, "%s %s%s%s", mark, word, meaning ? ": " : "", meaning ? meaning : "");
	sink_char(&text, '\0');
	put_item(l, text.bytes);
	sink_free(&text);
}

static void end_line(struct line *l)
{
	if (l->column)
		sink_char(l->out, '\n');
	l->column = 0;
}

/* --- the items ------------------------------------------------------------------------------- */

/** What occurs in the cells. */
struct occurring {
	bool verdicts[VERDICTS]; /* of cells */
	bool results[VERDICTS];	 /* of checks, where cells have several */
	bool cause, unexpected;
};

static struct occurring look(const struct brief *cells, uint32_t n)
{
	struct occurring o = { 0 };
	for (uint32_t i = 0; i < n; i++) {
		const struct brief *b = &cells[i];
		o.verdicts[b->verdict] = true;
		o.cause = o.cause || b->causes;
		o.unexpected = o.unexpected || !b->expected;
		for (uint32_t k = 0; b->n_results > 1 && k < b->n_results && k < BRIEF_RESULTS; k++)
			o.results[b->results[k]] = true;
	}
	return o;
}

/** With one check it is that which works: "registers". */
static void put_works(struct line *l, const struct paper *paper, const struct scenario *scenario)
{
	struct sink meaning = { 0 };
	if (scenario->n_checks == 1)
		sink_text(&meaning, scenario->checks[0].kind->works);
	else
		sink_text(&meaning, verdict_meanings[VERDICT_WORKS].brief);
	sink_char(&meaning, '\0');
	put_mark(l, verdict_mark(paper, VERDICT_WORKS), verdict_words[VERDICT_WORKS], meaning.bytes);
	sink_free(&meaning);
}

static void put_verdicts(struct line *l, const struct paper *paper, const struct scenario *scenario,
			 const struct occurring *o)
{
	if (o->verdicts[VERDICT_WORKS])
		put_works(l, paper, scenario);
	for (int v = VERDICT_DEGRADED; v < VERDICTS; v++) {
		bool plain = v == VERDICT_FAILS && scenario->n_checks == 1;
		if (o->verdicts[v] && !plain)
			put_mark(l, verdict_mark(paper, (enum verdict)v), verdict_words[v],
				 verdict_meanings[v].brief);
	}
}

static bool shares_name(const struct scenario *s, uint32_t i)
{
	for (uint32_t k = 0; k < s->n_checks; k++)
		if (k != i && strcmp(s->checks[k].name, s->checks[i].name) == 0)
			return true;
	return false;
}

/** "R register"; of checks of one name also whom they ask. */
static void put_check_symbol(struct line *l, const struct scenario *scenario, uint32_t i)
{
	const struct check *check = &scenario->checks[i];
	const char mark[] = { check_symbol(scenario, i), '\0' };
	struct sink word = { 0 };
	sink_text(&word, check->name);
	if (shares_name(scenario, i))
		put_question(&word, scenario, check, false);
	sink_char(&word, '\0');
	put_mark(l, mark, word.bytes, NULL);
	sink_free(&word);
}

static void put_checks(struct line *l, const struct scenario *scenario, const struct occurring *o)
{
	for (uint32_t i = 0; i < scenario->n_checks && i < BRIEF_RESULTS; i++)
		put_check_symbol(l, scenario, i);
	for (int v = VERDICT_DEGRADED; v < VERDICTS; v++) {
		const char mark[] = { check_mark((enum verdict)v), '\0' };
		bool said = o->verdicts[v] && v != VERDICT_FAILS; /* all others have the mark of the cell */
		if (o->results[v] && !said)
			put_mark(l, mark, verdict_words[v], NULL);
	}
	if (scenario->n_checks > BRIEF_RESULTS)
		put_item(l, "(the first checks only)");
}

void put_legend(struct sink *s, const struct paper *paper, const struct scenario *scenario,
		const struct brief *cells, uint32_t n, bool blanks)
{
	const struct occurring o = look(cells, n);
	struct line line = { s, 0, paper->width };
	put_verdicts(&line, paper, scenario, &o);
	if (scenario->n_checks > 1) {
		end_line(&line);
		put_checks(&line, scenario, &o);
		end_line(&line);
	}
	if (o.cause)
		put_item(&line, "Fnn: the cause, below");
	if (o.unexpected)
		put_item(&line, "! not as expected");
	if (blanks)
		put_item(&line, "blank: not run");
	end_line(&line);
	sink_char(s, '\n');
}
