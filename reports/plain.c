#include "reports/plain.h"

#include "reports/chances.h"
#include "reports/text.h"

void put_check_line(struct sink *s, const struct scenario *scenario, const struct check_result *r)
{
	put_question(s, scenario, r->check, true);
	sink_text(s, ": ");
	put_answer(s, r);
}

void put_command_line(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	struct show wide = show_on(show, (struct paper){ .width = UINT32_MAX });
	put_outcome_command(s, &wide, shown, r->cell, r->n_outcomes > 1 ? &r->outcomes[0] : NULL, 0);
	s->len--;
}

uint32_t blamed_line(const struct scenario *s, const struct cell_result *r)
{
	const struct check_result *check = blamed_check(r);
	if (check && check->surprise)
		return check->check->at.line;
	if (r->exception)
		return r->exception->at.line;
	return s->n_axes ? s->axes[0].at.line : 1;
}

void put_blamed(struct sink *s, const struct scenario *scenario, const struct cell_result *r)
{
	sink_printf(s, "%s:%u", scenario->path, blamed_line(scenario, r));
}

const struct check_result *blamed_check(const struct cell_result *r)
{
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].surprise)
			return &r->checks[i];
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause)
			return &r->checks[i];
	return NULL;
}

const char *blamed_word(const struct cell_result *r)
{
	const struct check_result *check = blamed_check(r);
	return check && check->cause ? check->cause->word : verdict_words[r->verdict];
}

const char *surprise_of(const struct cell_result *r)
{
	return r->surprise ? r->surprise : verdict_words[r->verdict];
}

const char *skipped_why(const struct cell_result *r)
{
	return r->why ? r->why : "none of the steps that are judged runs in this cell";
}

static void put_indented(struct sink *s, const char *sentence)
{
	if (sentence)
		sink_text(s, "  "), sink_text(s, sentence), sink_char(s, '\n');
}

void put_plain_cell(struct sink *s, const struct show *show, const struct shown *shown, const struct cell_result *r)
{
	for (uint32_t i = 0; i < r->n_checks; i++) {
		put_check_line(s, shown->scenario, &r->checks[i]);
		sink_char(s, '\n');
		put_indented(s, check_reason(r, &r->checks[i]));
		put_indented(s, r->checks[i].surprise);
	}
	if (!r->expected || r->exception) {
		sink_text(s, "at ");
		put_blamed(s, shown->scenario, r);
		sink_char(s, '\n');
	}
	if (r->n_outcomes > 1) {
		sink_text(s, "depends on chance: ");
		put_outcomes_line(s, r->outcomes, r->n_outcomes, r->seeds);
		sink_char(s, '\n');
	}
	sink_text(s, "repeat with: ");
	put_command_line(s, show, shown, r);
	sink_char(s, '\n');
}
