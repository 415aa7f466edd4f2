#include "reports/chances.h"

void put_share(struct sink *s, const struct brief *b)
{
	if (!told_outcome(b))
		return;
	sink_char(s, ' ');
	put_thousands(s, b->share);
	sink_text(s, " of ");
	put_thousands(s, b->seeds);
}

void put_outcome(struct sink *s, const struct outcome *o, uint32_t seeds)
{
	sink_printf(s, "%s ", verdict_words[o->verdict]);
	put_thousands(s, o->seeds);
	sink_text(s, " of ");
	put_thousands(s, seeds);
	sink_text(s, o->causes ? ": " : "");
	put_cause_words(s, o->causes);
	sink_text(s, o->expected ? "" : ", not as expected");
}

void put_outcomes_line(struct sink *s, const struct outcome *outcomes, uint32_t n, uint32_t seeds)
{
	for (uint32_t i = 0; i < n; i++) {
		sink_text(s, i ? "; " : "");
		put_outcome(s, &outcomes[i], seeds);
		sink_text(s, " (--seed ");
		sink_number(s, outcomes[i].seed);
		sink_char(s, ')');
	}
}

static void put_outcome_paragraph(struct sink *s, const struct paper *paper, const struct outcome *o, uint32_t seeds,
				  size_t indent)
{
	struct sink text = { 0 };
	put_outcome(&text, o, seeds);
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, indent, paper->width);
	sink_free(&text);
}

void put_outcomes(struct sink *s, const struct show *show, const struct shown *shown, const struct brief *b,
		  size_t indent)
{
	for (uint32_t i = 0; i < b->n_outcomes && i < BRIEF_OUTCOMES; i++) {
		put_outcome_paragraph(s, &show->paper, &b->outcomes[i], b->seeds, indent);
		put_outcome_command(s, show, shown, b->cell, &b->outcomes[i], indent + 2);
	}
	if (b->n_outcomes <= BRIEF_OUTCOMES)
		return;
	sink_repeat(s, ' ', indent);
	sink_text(s, "and ");
	put_count(s, b->n_outcomes - BRIEF_OUTCOMES, "more outcome");
	sink_char(s, '\n');
}

void chances_add(struct chances *c, const struct brief *b)
{
	if (!told_outcome(b))
		return;
	if (c->n < CHANCES_MAX)
		c->first[c->n] = *b;
	c->n++;
}

/** "phone=cisco-7940, router=pf", which may be broken between its axes. */
static void put_name(struct sink *s, const struct paper *paper, const struct scenario *scenario, uint64_t cell)
{
	struct sink text = { 0 };
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		sink_text(&text, i ? ", " : "");
		put_choice(&text, scenario, i, cell);
	}
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 2, paper->width);
	sink_free(&text);
}

void put_chances(struct sink *s, const struct show *show, const struct shown *shown, const struct chances *c)
{
	if (!c->n)
		return;
	sink_text(s, "depends on chance:\n\n");
	for (uint64_t i = 0; i < c->n && i < CHANCES_MAX; i++) {
		put_name(s, &show->paper, shown->scenario, c->first[i].cell);
		put_outcomes(s, show, shown, &c->first[i], 4);
	}
	if (c->n > CHANCES_MAX) {
		sink_text(s, "  and ");
		put_count(s, c->n - CHANCES_MAX, "more cell");
		sink_char(s, '\n');
	}
	sink_char(s, '\n');
}
