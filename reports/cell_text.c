#include <stdio.h>

#include "reports/chances.h"
#include "reports/ladder_tables.h"
#include "reports/text.h"
#include "reports/utf8.h"

/** How a verdict looks. */
static const struct look {
	const char *utf8, *ascii;
	enum ink ink;
} looks[VERDICTS] = {
	[VERDICT_WORKS] = { "✓", "+", INK_GOOD },    [VERDICT_DEGRADED] = { "~", "~", INK_POOR },
	[VERDICT_STOPS] = { "|", "|", INK_POOR },    [VERDICT_FAILS] = { "✗", "x", INK_BAD },
	[VERDICT_SKIPPED] = { ".", ".", INK_FAINT }, [VERDICT_ERROR] = { "?", "?", INK_BAD },
};

const char *verdict_mark(const struct paper *p, enum verdict v)
{
	return p->utf8 ? looks[v].utf8 : looks[v].ascii;
}

enum ink verdict_ink(enum verdict v)
{
	return looks[v].ink;
}

/* --- one check ------------------------------------------------------------------------------- */

void put_answer(struct sink *s, const struct check_result *r)
{
	sink_text(s, verdict_words[r->result]);
	if (r->result == VERDICT_STOPS) {
		sink_text(s, " at ");
		put_seconds(s, r->at, 0);
	} else if (r->between[1]) {
		sink_text(s, " between ");
		put_seconds(s, r->between[0], 0);
		sink_text(s, " and ");
		put_seconds(s, r->between[1], 0);
	}
	if (r->cause)
		sink_printf(s, ": %s", r->cause->word);
	if (r->lost_at)
		sink_printf(s, ", lost at %s", r->lost_at);
	if (r->works + r->fails > 1) {
		sink_text(s, " (");
		put_thousands(s, r->works);
		sink_text(s, " work, ");
		put_thousands(s, r->fails);
		sink_text(s, " fail)");
	}
}

/** Where the columns of the lines about checks begin. */
struct check_columns {
	size_t answer, expectation;
};

#define CHECK_GAP 3

static const char *expectation_words(const struct check_result *r)
{
	return r->expected ? "as expected" : "NOT AS EXPECTED";
}

static size_t question_width(const struct scenario *scenario, const struct check_result *r)
{
	struct sink s = { 0 };
	put_question(&s, scenario, r->check, true);
	size_t width = utf8_width(s.bytes, s.len);
	sink_free(&s);
	return width;
}

static size_t answer_width(const struct check_result *r)
{
	struct sink s = { 0 };
	put_answer(&s, r);
	size_t width = utf8_width(s.bytes, s.len);
	sink_free(&s);
	return width;
}

/** An answer that leaves no room for an expectation does not move those of the others. */
static struct check_columns measure_checks(const struct paper *paper, const struct scenario *scenario,
					   const struct cell_result *r)
{
	struct check_columns c = { 0 };
	for (uint32_t i = 0; i < r->n_checks; i++) {
		size_t end = 2 + question_width(scenario, &r->checks[i]) + CHECK_GAP;
		c.answer = end > c.answer ? end : c.answer;
	}
	for (uint32_t i = 0; i < r->n_checks; i++) {
		size_t end = c.answer + answer_width(&r->checks[i]) + CHECK_GAP;
		bool fits = end + strlen("NOT AS EXPECTED") <= paper->width;
		c.expectation = fits && end > c.expectation ? end : c.expectation;
	}
	return c;
}

static void put_padding(struct sink *s, size_t have, size_t want)
{
	sink_repeat(s, ' ', have < want ? want - have : 1);
}

/** "as expected" behind the answer, or on the next line when that is too long. */
static void put_check_expectation(struct sink *s, const struct paper *paper, const struct check_result *r,
				  size_t column, size_t want)
{
	if (column + CHECK_GAP > want) {
		sink_char(s, '\n');
		column = 0;
		want = 6;
	}
	put_padding(s, column, want);
	ink_text(s, paper, r->expected ? INK_FAINT : INK_BAD, expectation_words(r));
}

const char *check_reason(const struct cell_result *cell, const struct check_result *r)
{
	for (const struct check_result *before = cell->checks; before < r; before++)
		if (r->sentence && before->sentence && strcmp(r->sentence, before->sentence) == 0)
			return "for the same reason";
	return r->sentence;
}

static void put_check(struct sink *s, const struct show *show, const struct scenario *scenario,
		      const struct cell_result *cell, const struct check_result *r, const struct check_columns *c)
{
	const struct paper *paper = &show->paper;
	const char *why = check_reason(cell, r);
	struct sink text = { 0 };
	put_question(&text, scenario, r->check, true);
	sink_text(s, "  ");
	sink_put(s, text.bytes, text.len);
	put_padding(s, 2 + utf8_width(text.bytes, text.len), c->answer);
	sink_clear(&text);
	put_answer(&text, r);
	size_t column = c->answer + utf8_width(text.bytes, text.len);
	sink_char(&text, '\0');
	sink_text(s, ink_code(paper, verdict_ink(r->result)));
	put_wrapped(s, text.bytes, c->answer, 6, paper->width);
	sink_text(s, paper->colour ? "\033[0m" : "");
	sink_free(&text);
	if (!scenario->n_axes)
		put_check_expectation(s, paper, r, column, c->expectation);
	sink_char(s, '\n');
	if (why)
		put_paragraph(s, why, 6, paper->width);
	if (r->surprise)
		put_paragraph(s, r->surprise, 6, paper->width);
}

/* --- the cell -------------------------------------------------------------------------------- */

static void put_ladder(struct sink *s, const struct show *show, const struct scenario *scenario,
		       const struct cell_result *r, struct arena *scratch)
{
	const struct trace *trace = &r->world->trace;
	struct ladder_tables tables;
	struct ladder ladder;
	if (!trace->kept) {
		sink_text(s, trace->level == TRACE_COUNTS ? "  no ladder: nothing was recorded (--trace counts)\n"
							  : "  nothing was sent\n");
		return;
	}
	ladder_lay(scratch, scenario, trace, &ladder);
	ladder_keep(&ladder, r);
	ladder_add_tables(scratch, scenario, r, &tables, &ladder);
	ladder_print(s, &show->paper, &ladder, show->verbose);
}

/** Of a cell of a matrix: what it is as a whole, whether that was expected, and why it is allowed to be bad.
 */
static void put_cell_verdict(struct sink *s, const struct paper *paper, const struct cell_result *r)
{
	static const char *const verbs[VERDICTS] = {
		[VERDICT_DEGRADED] = "is ", [VERDICT_SKIPPED] = "is ", [VERDICT_ERROR] = "ends in an ",
	};
	sink_printf(s, "  this cell %s", verbs[r->verdict] ? verbs[r->verdict] : "");
	ink_text(s, paper, verdict_ink(r->verdict), verdict_words[r->verdict]);
	sink_text(s, ", ");
	ink_text(s, paper, r->expected ? INK_FAINT : INK_BAD, r->expected ? "as expected" : "NOT AS EXPECTED");
	sink_char(s, '\n');
}

static void put_reason(struct sink *s, const struct paper *paper, const char *word, const char *reason)
{
	struct sink text = { 0 };
	if (!reason)
		return;
	sink_printf(&text, "%s%s", word, reason);
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 6, paper->width);
	sink_free(&text);
}

/** The surprise of a single run is that of a check, and was said there; that of an error is why it is one. */
static bool said_already(const struct cell_result *r)
{
	if (r->surprise && r->why && strcmp(r->surprise, r->why) == 0)
		return true;
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->surprise && r->checks[i].surprise && strcmp(r->surprise, r->checks[i].surprise) == 0)
			return true;
	return false;
}

/** The world ends when all is known, whatever else the file would have it do. */
static void put_unreached(struct sink *s, const struct cell_result *r)
{
	if (!r->unreached || !r->world)
		return;
	sink_text(s, "  ");
	put_count(s, r->unreached, "step");
	sink_printf(s, " not reached: %s\n",
		    r->world->end == WORLD_STOPPED ? "every check was decided before" : "the run was over before");
}

/** What is told above is what one seed shows. */
static void put_chance(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	struct brief b;
	brief_of(shown, r, &b);
	const struct outcome *told = told_outcome(&b);
	if (!told)
		return;
	sink_printf(s, "  depends on chance, above is seed %llu:\n", (unsigned long long)told->seed);
	put_outcomes(s, show, shown, &b, 4);
}

void put_cell_end(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	const struct scenario *scenario = shown->scenario;
	struct check_columns c = measure_checks(&show->paper, scenario, r);
	for (uint32_t i = 0; i < r->n_checks; i++)
		put_check(s, show, scenario, r, &r->checks[i], &c);
	put_unreached(s, r);
	if (scenario->n_axes || r->verdict == VERDICT_ERROR || r->verdict == VERDICT_SKIPPED)
		put_cell_verdict(s, &show->paper, r);
	put_reason(s, &show->paper, r->known ? "known: " : "", r->why);
	if (!said_already(r))
		put_reason(s, &show->paper, "", r->surprise);
	put_chance(s, show, shown, r);
}

void put_cell_detail(struct sink *s, const struct show *show, const struct shown *shown,
		     const struct cell_result *r, struct arena *scratch)
{
	if (r->world) {
		put_ladder(s, show, shown->scenario, r, scratch);
		sink_char(s, '\n');
	}
	put_cell_end(s, show, shown, r);
}
