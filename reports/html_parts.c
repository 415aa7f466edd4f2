#include "reports/html_parts.h"

#include "reports/alike.h"
#include "reports/chances.h"
#include "reports/conditions_text.h"
#include "reports/explain.h"
#include "reports/grid.h"
#include "reports/legend.h"
#include "reports/spread.h"
#include "reports/text.h"
#include "reports/unverified.h"
#include "reports/utf8.h"

const struct paper html_paper = { .width = 96, .utf8 = true };

/* --- text ------------------------------------------------------------------------------------ */

static const char *entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

/** What HTML forbids, control characters and what is no UTF-8, becomes U+FFFD. */
void put_html_text(struct sink *s, const char *text)
{
	for (size_t n = strlen(text), len; n; text += len, n -= len) {
		size_t whole = utf8_char(text, n);
		bool forbidden = !whole || ((unsigned char)*text < ' ' && !strchr("\t\n\r", *text)) || *text == 0x7f;
		len = whole ? whole : 1;
		if (forbidden)
			sink_text(s, "\xEF\xBF\xBD");
		else if (entity(*text))
			sink_text(s, entity(*text));
		else
			sink_put(s, text, len);
	}
}

/** `tag` may have attributes. */
static void put_element(struct sink *s, const char *tag, const char *text)
{
	sink_printf(s, "<%s>", tag);
	put_html_text(s, text);
	sink_printf(s, "</%.*s>", (int)strcspn(tag, " "), tag);
}

/** An element of what was collected in a sink, which is cleared. */
static void put_collected(struct sink *s, const char *tag, struct sink *text)
{
	sink_char(text, '\0');
	put_element(s, tag, text->bytes);
	sink_char(s, '\n');
	sink_clear(text);
}

void put_html_table(struct sink *s, const struct paper *paper, const struct table_text *table)
{
	(void)paper;
	sink_text(s, "<div class=\"scroll\"><table class=\"sums\">\n<tr>");
	for (size_t c = 0; c < table->n_columns; c++)
		put_element(s, "th scope=\"col\"", table->columns[c].head);
	sink_text(s, "</tr>\n");
	for (size_t r = 0; r < table->n_rows; r++) {
		sink_text(s, "<tr>");
		for (size_t c = 0; c < table->n_columns; c++) {
			const char *text = table->cells[r * table->n_columns + c].text;
			put_element(s, c ? "td" : "th scope=\"row\"", text ? text : "");
		}
		sink_text(s, "</tr>\n");
	}
	sink_text(s, "</table></div>\n");
}

/* --- one cell -------------------------------------------------------------------------------- */

void put_html_verdict(struct sink *s, enum verdict v)
{
	sink_printf(s, "<b>%s</b> %s", verdict_mark(&html_paper, v), verdict_words[v]);
}

void put_html_causes(struct sink *s, uint64_t among)
{
	for (const struct cause *c = NULL; (c = next_cause(among, c));)
		sink_printf(s, " %s", c->id);
}

void put_html_cell(struct sink *s, const struct scenario *scenario, const struct brief *b, bool data)
{
	sink_printf(s, " class=\"%s\"", verdict_words[b->verdict]);
	if (data)
		sink_printf(s, " data-c=\"%llu\"", (unsigned long long)b->cell);
	sink_char(s, '>');
	put_html_verdict(s, b->verdict);
	put_share(s, b);
	if (scenario && b->n_results > 1) {
		sink_text(s, " <code>");
		put_check_symbols(s, scenario, b);
		sink_text(s, "</code>");
	}
	put_html_causes(s, b->causes);
	if (b->known)
		sink_text(s, " <i>known</i>");
	if (!b->expected)
		sink_text(s, " <strong>!</strong>");
}

/* --- the tables of a matrix ------------------------------------------------------------------ */

static void put_caption(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	if (scenario->n_axes < 3)
		return;
	sink_text(s, "<caption>");
	for (uint32_t i = 0; i + 2 < scenario->n_axes; i++) {
		sink_text(s, i ? ", " : "");
		put_html_text(s, scenario->axes[i].name);
		sink_char(s, ' ');
		put_element(s, "b", scenario->axes[i].labels[cell_value(scenario, i, cell)]);
	}
	sink_text(s, "</caption>");
}

static void put_grid_head(struct sink *s, const struct grid *grid)
{
	sink_text(s, "<thead><tr>");
	put_element(s, "th scope=\"col\"", grid->scenario->axes[grid->row_axis].name);
	for (uint32_t c = 0; c < grid->n_columns; c++)
		put_element(s, "th scope=\"col\"", grid_column_name(grid, c));
	sink_text(s, "</tr></thead>\n<tbody>\n");
}

static void put_grid_row(struct sink *s, const struct grid *grid, uint32_t table, uint32_t row, bool data)
{
	sink_text(s, "<tr>");
	put_element(s, "th scope=\"row\"", grid_row_name(grid, row));
	for (uint32_t c = 0; c < grid->n_columns; c++) {
		const struct brief *b = grid_at(grid, table, row, c);
		sink_text(s, b ? "<td" : "<td>");
		if (b)
			put_html_cell(s, grid->scenario, b, data);
		sink_text(s, "</td>");
	}
	sink_text(s, "</tr>\n");
}

static void put_grid(struct sink *s, const struct grid *grid, bool data)
{
	sink_text(s, "<div class=\"tables\">\n");
	for (uint32_t i = 0; i < grid->n; i = grid_next(grid, i)) {
		sink_text(s, "<div class=\"scroll\"><table class=\"matrix\">");
		put_caption(s, grid->scenario, grid->cells[i].cell);
		put_grid_head(s, grid);
		for (uint32_t r = 0; r < grid->n_rows; r++)
			put_grid_row(s, grid, i, r, data);
		sink_text(s, "</tbody></table></div>\n");
	}
	sink_text(s, "</div>\n");
}

/** What the legend of the page does not explain: the letters of this scenario's checks. */
static void put_letters(struct sink *s, const struct picture *p, bool blanks)
{
	struct arena *a = arena_new();
	struct legend legend;
	struct sink text = { 0 }, letters = { 0 };
	legend_of(a, &html_paper, p->scenario, p->cells, p->n, blanks, &legend);
	for (uint32_t i = 0; i < legend.n; i++) {
		if (legend.items[i].of_cells)
			continue;
		put_legend_item(&text, &legend.items[i]);
		put_collected(&letters, "span", &text);
	}
	sink_text(s, letters.len ? "<p class=\"letters\">\n" : "");
	sink_put(s, letters.bytes, letters.len);
	sink_text(s, letters.len ? "</p>\n" : "");
	sink_free(&letters);
	sink_free(&text);
	arena_free(a);
}

static void put_groups(struct sink *s, const struct picture *p)
{
	struct sink text = { 0 };
	put_element(s, "p", ALIKE_HEAD);
	sink_text(s, "<ul>\n");
	for (uint32_t i = 0; i < p->scenario->n_axes; i++)
		for (uint32_t k = 0; k < p->scenario->axes[i].n; k++)
			if (put_alike_group(&text, p->alike, i, k))
				put_collected(s, "li", &text);
	sink_text(s, "</ul>\n");
	sink_free(&text);
}

static void put_picture(struct sink *s, const struct picture *p, bool data)
{
	if (p->spread) {
		put_spread(s, put_html_table, &html_paper, p->spread);
		put_element(s, "p", "Too many cells for a table; --only AXIS=VALUE shows some of them.");
		return;
	}
	if (!p->n)
		return;
	struct arena *a = arena_new();
	struct grid grid = grid_of(a, p->scenario, p->cells, p->n);
	put_letters(s, p, grid_has_blanks(&grid));
	put_grid(s, &grid, data);
	arena_free(a);
	if (p->alike)
		put_groups(s, p);
}

/* --- the section of a matrix ----------------------------------------------------------------- */

/** A list of items, which are given back; nothing without any. */
static void put_list(struct sink *s, const char *class, struct sink *items)
{
	if (items->len) {
		sink_printf(s, "<ul class=\"%s\">\n", class);
		sink_put(s, items->bytes, items->len);
		sink_text(s, "</ul>\n");
	}
	sink_free(items);
}

static void put_notes(struct sink *s, const struct gathered *g, const struct shown *shown)
{
	struct sink text = { 0 }, items = { 0 };
	for (uint32_t i = 0; i < shown->scenario->n_exceptions; i++)
		if (put_exception(&text, g, shown, i))
			put_collected(&items, "li", &text);
	if (put_unverified_words(&text, g->unverified))
		put_collected(&items, "li", &text);
	put_list(s, "notes", &items);
	sink_free(&text);
}

/** The only scenario has its name and its sums at the top of the page. */
static void put_section_head(struct sink *s, const struct show *show, const struct shown *shown,
			     const struct totals *totals)
{
	struct sink text = { 0 };
	if (show->n > 1)
		put_element(s, "h2", shown->scenario->name);
	sink_text(s, "\n<p class=\"where\">");
	put_element(s, "code", shown_name(shown));
	if (show->n > 1) {
		put_sums(&text, totals);
		sink_text(&text, totals->hidden ? "; " : "");
		put_hidden(&text, show, totals);
		sink_char(s, ' ');
		put_collected(s, "span", &text);
	}
	sink_text(s, "</p>\n");
	sink_free(&text);
}

/** When its cells fail. */
static void put_when(struct sink *s, const struct scenario *scenario, const struct conditions *conditions)
{
	struct sink line = { 0 }, items = { 0 };
	for (uint32_t i = 0; put_conditions_line(&line, scenario, conditions, i); i++)
		put_collected(&items, "li", &line);
	put_list(s, "when", &items);
	sink_free(&line);
}

/** What a page of this size can hold is said where a reader misses it. */
static void put_fold_note(struct sink *s)
{
	put_element(s, "p class=\"fold\"",
		    "This matrix is too large to show every cell: like ones are folded or summed up, and only the "
		    "examples of "
		    "the causes below have their details in this page.");
}

void put_html_section(struct sink *s, const struct show *show, uint32_t index, struct gathered *g, bool whole,
		      const struct totals *totals, const struct conditions *conditions)
{
	const struct shown *shown = &show->scenarios[index];
	struct picture all = { shown->scenario, g->cells, g->n, NULL, NULL };
	struct picture picture = whole ? all : picture_of(g, shown);
	sink_printf(s, "<section data-s=\"%u\">\n", index);
	put_section_head(s, show, shown, totals);
	if (conditions)
		put_when(s, shown->scenario, conditions);
	if (!whole)
		put_fold_note(s);
	put_picture(s, &picture, whole);
	put_notes(s, g, shown);
	sink_text(s, "</section>\n");
	picture_free(&picture, g);
}

/* --- causes ---------------------------------------------------------------------------------- */

static void put_finding(struct sink *s, const struct show *show, const struct cause *cause, const struct finding *f)
{
	struct show wide = show_on(show, html_paper);
	struct sink text = { 0 };
	sink_printf(s, "<article id=\"%s\" data-s=\"%u\" data-example=\"%llu\">\n<h3><b>%s</b> %s</h3>\n", cause->id,
		    (uint32_t)(f->shown - show->scenarios), (unsigned long long)f->example.cell, cause->id,
		    cause->word);
	sink_printf(&text, "%s. %s", cause->title, cause->happens);
	put_collected(s, "p", &text);
	put_count(&text, f->cells, "cell");
	sink_text(&text, f->cells == 1 ? ":" : ", for example");
	put_collected(s, "p", &text);
	put_outcome_command(&text, &wide, f->shown, f->example.cell, told_outcome(&f->example), 0);
	put_collected(s, "pre", &text);
	sink_text(s, "</article>\n");
	sink_free(&text);
}

void put_html_findings(struct sink *s, const struct show *show, const struct finding *findings)
{
	bool any = false;
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));) {
		if (!findings[c - causes].cells)
			continue;
		sink_text(s, any ? "" : "<section id=\"causes\">\n<h2>Causes</h2>\n");
		put_finding(s, show, c, &findings[c - causes]);
		any = true;
	}
	sink_text(s, any ? "</section>\n" : "");
}

/* --- data for the script --------------------------------------------------------------------- */

static void check_data(struct json *j, const struct cell_result *cell, const struct check_result *r, struct sink *text)
{
	sink_clear(text);
	put_answer(text, r);
	json_open(j, '{');
	json_key(j, "answer"), json_string(j, text->bytes, text->len);
	if (r->cause)
		json_key(j, "cause"), json_text(j, r->cause->id);
	json_key(j, "result"), json_text(j, verdict_words[r->result]);
	if (r->sentence)
		json_key(j, "sentence"), json_text(j, check_reason(cell, r));
	json_close(j, '}');
}

void put_checks_data(struct json *j, const struct cell_result *r)
{
	struct sink text = { 0 };
	json_open(j, '[');
	for (uint32_t i = 0; i < r->n_checks; i++)
		json_item(j), check_data(j, r, &r->checks[i], &text);
	json_close(j, ']');
	sink_free(&text);
}

static void weak_data(struct json *j, const struct cell_result *r, struct sink *text)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < RESULT_WEAK && r->weak[i]; i++) {
		sink_clear(text);
		put_model_name(text, r->weak[i]);
		json_item(j), json_string(j, text->bytes, text->len);
	}
	json_close(j, ']');
}

/** A text: numbers of JavaScript are not exact enough. */
static void seed_data(struct json *j, uint64_t seed)
{
	char text[21];
	json_string(j, text, decimal_print(seed, text));
}

static void chance_data(struct json *j, const struct cell_result *r, struct sink *text)
{
	json_key(j, "chance"), json_open(j, '[');
	for (uint32_t i = 0; i < r->n_outcomes; i++) {
		sink_clear(text);
		put_outcomes_line(text, &r->outcomes[i], 1, r->seeds);
		json_item(j), json_string(j, text->bytes, text->len);
	}
	json_close(j, ']');
}

/** What is usual is left out, because a page may have many thousands of them. */
void put_cell_data(struct json *j, const struct cell_result *r)
{
	struct sink text = { 0 };
	json_open(j, '{');
	if (r->n_outcomes > 1)
		chance_data(j, r, &text);
	json_key(j, "checks"), put_checks_data(j, r);
	json_key(j, "confidence"), json_text(j, confidence_words[r->confidence]);
	if (r->known)
		json_key(j, "known"), json_bool(j, true);
	json_key(j, "n"), json_number(j, r->cell);
	if (r->n_outcomes > 1)
		json_key(j, "seed"), seed_data(j, r->outcomes[0].seed);
	if (r->surprise)
		json_key(j, "surprise"), json_text(j, r->surprise);
	if (!r->expected)
		json_key(j, "unexpected"), json_bool(j, true);
	if (r->weak[0])
		json_key(j, "unverified"), weak_data(j, r, &text);
	json_key(j, "verdict"), json_text(j, verdict_words[r->verdict]);
	if (r->why)
		json_key(j, "why"), json_text(j, r->why);
	json_close(j, '}');
	sink_free(&text);
}

static void axis_data(struct json *j, const struct axis *axis)
{
	struct sink choice = { 0 }, word = { 0 };
	json_open(j, '{');
	json_key(j, "choices"), json_open(j, '[');
	for (uint32_t v = 0; v < axis->n; v++) {
		sink_clear(&choice);
		sink_clear(&word);
		sink_printf(&choice, "%s=%s", axis->name, axis->values[v]);
		sink_char(&choice, '\0');
		put_shell_word(&word, choice.bytes);
		json_item(j), json_string(j, word.bytes, word.len);
	}
	json_close(j, ']');
	json_key(j, "labels"), json_open(j, '[');
	for (uint32_t v = 0; v < axis->n; v++)
		json_item(j), json_text(j, axis->labels[v]);
	json_close(j, ']');
	json_key(j, "name"), json_text(j, axis->name);
	json_close(j, '}');
	sink_free(&choice);
	sink_free(&word);
}

static void command_data(struct json *j, const struct shown *shown)
{
	struct sink command = { 0 };
	sink_text(&command, "viaport run ");
	put_shell_word(&command, shown->file ? shown->file : "FILE");
	json_string(j, command.bytes, command.len);
	sink_free(&command);
}

static void checks_data(struct json *j, const struct scenario *scenario)
{
	struct sink question = { 0 };
	json_open(j, '[');
	for (uint32_t i = 0; i < scenario->n_checks; i++) {
		sink_clear(&question);
		put_question(&question, scenario, &scenario->checks[i], true);
		json_item(j), json_string(j, question.bytes, question.len);
	}
	json_close(j, ']');
	sink_free(&question);
}

void put_scenario_data(struct json *j, const struct show *show, const struct shown *shown)
{
	const struct scenario *scenario = shown->scenario;
	json_key(j, "axes"), json_open(j, '[');
	for (uint32_t i = 0; i < scenario->n_axes; i++)
		json_item(j), axis_data(j, &scenario->axes[i]);
	json_close(j, ']');
	json_key(j, "checks"), checks_data(j, scenario);
	json_key(j, "command"), command_data(j, shown);
	json_key(j, "file"), json_text(j, shown_name(shown));
	json_key(j, "name"), json_text(j, scenario->name);
	if (show->seeded)
		json_key(j, "seed"), seed_data(j, shown->seed);
}

void put_findings_data(struct json *j, const struct finding *findings)
{
	json_open(j, '{');
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));) {
		if (!findings[c - causes].cells)
			continue;
		json_key(j, c->id), json_open(j, '{');
		json_key(j, "cures"), json_text(j, c->cures);
		json_key(j, "title"), json_text(j, c->title);
		json_key(j, "word"), json_text(j, c->word);
		json_close(j, '}');
	}
	json_close(j, '}');
}
