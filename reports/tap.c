#include "reports/tap.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/chances.h"
#include "reports/conditions_text.h"
#include "reports/json.h"
#include "reports/plain.h"
#include "reports/standing.h"
#include "reports/text.h"
#include "reports/utf8.h"

/*
 * A line is `[not] ok NUMBER - CELL # DIRECTIVE WHY`. Only the number and the verdict before it are written on the main thread.
 * The plan stands at the end, so that a run of which nobody knows the end has none.
 */

/* --- one cell, on any thread ----------------------------------------------------------------- */

/** C0, C1 and the delete character; some readers take U+0085 for the end of a line. */
static bool is_control(const char *text, size_t length)
{
	unsigned char c = (unsigned char)text[0];
	return c < 0x20 || c == 0x7F || (c == 0xC2 && length == 2 && (unsigned char)text[1] < 0xA0);
}

/** Text within a line: `#` would begin a directive. */
static void put_escaped(struct sink *s, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t length = utf8_char(text + i, n - i);
		sink_text(s, text[i] == '#' || text[i] == '\\' ? "\\" : "");
		if (!length || is_control(text + i, length))
			sink_char(s, length ? ' ' : '?');
		else
			sink_put(s, text + i, length);
		i += length ? length : 1;
	}
}

static void put_description(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	struct sink id = { 0 };
	put_cell_id(&id, scenario, cell);
	sink_text(s, " - ");
	put_escaped(s, id.bytes, id.len);
	sink_free(&id);
}

static void put_directive(struct sink *s, const char *word, const char *why)
{
	sink_text(s, " # ");
	sink_text(s, word);
	sink_char(s, ' ');
	put_escaped(s, why, strlen(why));
}

/** "  key: "; a JSON string is a YAML string. */
static void put_key(struct sink *s, const char *key)
{
	sink_printf(s, "  %s: ", key);
}

static void put_value(struct sink *s, const char *text, size_t n)
{
	struct json j = { s };
	json_string(&j, text, n);
	sink_char(s, '\n');
}

static void put_sentence(struct sink *s, const char *key, const char *sentence)
{
	if (!sentence)
		return;
	sink_printf(s, "      %s: ", key);
	put_value(s, sentence, strlen(sentence));
}

static void put_checks(struct sink *s, const struct shown *shown, const struct cell_result *r)
{
	struct sink line = { 0 };
	sink_text(s, r->n_checks ? "  checks:\n" : "");
	for (uint32_t i = 0; i < r->n_checks; i++) {
		sink_clear(&line);
		put_check_line(&line, shown->scenario, &r->checks[i]);
		sink_text(s, "    - check: ");
		put_value(s, line.bytes, line.len);
		put_sentence(s, "why", r->checks[i].sentence);
		put_sentence(s, "surprise", r->checks[i].surprise);
	}
	sink_free(&line);
}

static void put_diagnostics(struct sink *s, const struct show *show, const struct shown *shown,
			    const struct cell_result *r, const char *message)
{
	struct sink text = { 0 };
	sink_text(s, "  ---\n");
	put_key(s, "message");
	put_value(s, message, strlen(message));
	put_key(s, "verdict");
	sink_text(s, verdict_words[r->verdict]);
	sink_char(s, '\n');
	put_checks(s, shown, r);
	if (r->n_outcomes > 1) {
		put_outcomes_line(&text, r->outcomes, r->n_outcomes, r->seeds);
		put_key(s, "chance");
		put_value(s, text.bytes, text.len);
		sink_clear(&text);
	}
	put_blamed(&text, shown->scenario, r);
	put_key(s, "at");
	put_value(s, text.bytes, text.len);
	sink_clear(&text);
	put_command_line(&text, show, shown, r);
	put_key(s, "repeat");
	put_value(s, text.bytes, text.len);
	sink_text(s, "  ...\n");
	sink_free(&text);
}

/** What is known not to work, or is forgiven, is `not ok`, and its directive says that this is no failure. */
static void render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	const struct standing standing = standing_of(show, shown, r, scratch);
	bool ok = !standing.fails && !standing.forgiven && !r->known;
	sink_text(out, ok ? "ok" : "not ok");
	put_description(out, shown->scenario, r->cell);
	if (r->verdict == VERDICT_SKIPPED)
		put_directive(out, "SKIP", skipped_why(r));
	else if (standing.forgiven)
		put_directive(out, "TODO", standing.message);
	else if (r->known && !standing.fails)
		put_directive(out, "TODO", r->why);
	sink_char(out, '\n');
	if (standing.fails)
		put_diagnostics(out, show, shown, r, standing.message);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void begin(struct report *report)
{
	report->state = calloc(1, sizeof(uint64_t));
	assert(report->state);
	sink_text(&report->out, "TAP version 14\n");
}

/** The number stands where the description begins. */
static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	uint64_t *number = report->state;
	size_t before = (size_t)((const char *)memchr(rendered, '-', n) - rendered);
	(void)shown;
	(void)b;
	sink_put(&report->out, rendered, before);
	sink_number(&report->out, ++*number);
	sink_put(&report->out, rendered + before - 1, n - before + 1);
}

/** As comments. */
static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	struct sink line = { 0 };
	(void)totals;
	for (uint32_t i = 0; conditions && put_conditions_line(&line, shown->scenario, conditions, i); i++) {
		sink_text(&report->out, "# ");
		put_escaped(&report->out, shown->scenario->path, strlen(shown->scenario->path));
		sink_text(&report->out, ": ");
		put_escaped(&report->out, line.bytes, line.len);
		sink_char(&report->out, '\n');
		sink_clear(&line);
	}
	sink_free(&line);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	const uint64_t *number = report->state;
	if (ending != ENDING_COMPLETE) {
		sink_text(&report->out, "Bail out! ");
		put_ending(&report->out, report->show, totals, ending);
		sink_char(&report->out, '\n');
		return;
	}
	sink_text(&report->out, "1..");
	sink_number(&report->out, *number);
	sink_char(&report->out, '\n');
}

static void free_state(struct report *report)
{
	free(report->state);
}

const struct report_kind tap_report = {
	.name = "tap",
	.file = "result.tap",
	.render = render,
	.begin = begin,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};
