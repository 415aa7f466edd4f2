#include "reports/markdown_table.h"

#include <stdlib.h>

#include "reports/alike.h"
#include "reports/conditions_text.h"
#include "reports/explain.h"
#include "reports/grid.h"
#include "reports/legend.h"
#include "reports/spread.h"
#include "reports/text.h"
#include "reports/unverified.h"

const struct paper markdown_paper = { .width = 100, .utf8 = true };

/* --- text ------------------------------------------------------------------------------------ */

static bool is_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

/** An underscore between letters is no markup, and names are full of them. */
static bool is_markup(const char *text, size_t i)
{
	if (text[i] == '_')
		return i == 0 || !is_letter(text[i - 1]) || !is_letter(text[i + 1]);
	return strchr("\\`*[]<>|~&$#!", text[i]) != NULL;
}

void put_markdown_text(struct sink *s, const char *text)
{
	for (size_t i = 0; text[i]; i++) {
		if (is_markup(text, i))
			sink_char(s, '\\');
		sink_char(s, is_blank(text[i]) ? ' ' : text[i]);
	}
}

/** How many backticks stand side by side in it. */
static size_t longest_fence(const char *text)
{
	size_t longest = 0;
	while (*(text += strcspn(text, "`"))) {
		size_t n = strspn(text, "`");
		longest = n > longest ? n : longest;
		text += n;
	}
	return longest;
}

void put_markdown_code(struct sink *s, const char *text)
{
	size_t fence = longest_fence(text) + 1;
	bool padded = fence > 1;
	sink_repeat(s, '`', fence);
	sink_text(s, padded ? " " : "");
	for (; *text; text++)
		sink_char(s, is_blank(*text) ? ' ' : *text);
	sink_text(s, padded ? " " : "");
	sink_repeat(s, '`', fence);
}

void put_markdown_verdict(struct sink *s, enum verdict v)
{
	put_markdown_text(s, verdict_mark(&markdown_paper, v));
	sink_printf(s, " %s", verdict_words[v]);
}

void put_markdown_links(struct sink *s, uint64_t among)
{
	for (const struct cause *c = NULL; (c = next_cause(among, c));) {
		sink_printf(s, " [%s](#%c%s-%s)", c->id, c->id[0] | 0x20, c->id + 1, c->word);
	}
}

/* --- tables ---------------------------------------------------------------------------------- */

static void put_row_begin(struct sink *s, const char *head)
{
	sink_text(s, "| ");
	put_markdown_text(s, head);
	sink_text(s, " |");
}

static void put_rule(struct sink *s, size_t n_columns)
{
	sink_text(s, "\n|");
	for (size_t c = 0; c < n_columns; c++)
		sink_text(s, " --- |");
	sink_char(s, '\n');
}

static void put_text_row(struct sink *s, const struct table_cell *cells, size_t n)
{
	for (size_t c = 0; c < n; c++) {
		sink_text(s, c ? " " : "| ");
		put_markdown_text(s, cells[c].text ? cells[c].text : "");
		sink_text(s, " |");
	}
	sink_char(s, '\n');
}

void put_markdown_table(struct sink *s, const struct paper *paper, const struct table_text *table)
{
	(void)paper;
	for (size_t c = 0; c < table->n_columns; c++) {
		sink_text(s, c ? " " : "| ");
		put_markdown_text(s, table->columns[c].head);
		sink_text(s, " |");
	}
	put_rule(s, table->n_columns);
	for (size_t r = 0; r < table->n_rows; r++)
		put_text_row(s, &table->cells[r * table->n_columns], table->n_columns);
}

/** Which note a cell has: that of its exception among those that applied; 0: none. */
static uint32_t note_of(const struct gathered *g, const struct scenario *scenario, const struct brief *b)
{
	uint32_t note = 0;
	if (!b->exception || !g->exceptions[b->exception - scenario->exceptions].cells)
		return 0;
	for (const struct exception *e = scenario->exceptions; e <= b->exception; e++)
		note += g->exceptions[e - scenario->exceptions].cells > 0;
	return note;
}

/** "`RI|-`": as code, and no `|` ends the cell. */
static void put_symbols(struct sink *s, const struct scenario *scenario, const struct brief *b)
{
	struct sink symbols = { 0 };
	put_check_symbols(&symbols, scenario, b);
	sink_text(s, " `");
	for (size_t i = 0; i < symbols.len; i++)
		sink_printf(s, symbols.bytes[i] == '|' ? "\\%c" : "%c", symbols.bytes[i]);
	sink_char(s, '`');
	sink_free(&symbols);
}

/** "✗ fails `RI-` [F01](#f01-reply-to-via-port) (1) **!**"; `notes` NULL: none. */
static void put_cell(struct sink *s, const struct scenario *scenario, const struct brief *b,
		     const struct gathered *notes)
{
	put_markdown_verdict(s, b->verdict);
	put_share(s, b);
	if (b->n_results > 1)
		put_symbols(s, scenario, b);
	put_markdown_links(s, b->causes);
	if (notes && note_of(notes, scenario, b))
		sink_printf(s, " (%u)", note_of(notes, scenario, b));
	if (!b->expected)
		sink_text(s, " **!**");
}

static void put_table_head(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	for (uint32_t i = 0; i + 2 < scenario->n_axes; i++) {
		sink_text(s, i ? ", " : "### ");
		put_markdown_text(s, scenario->axes[i].name);
		sink_char(s, ' ');
		put_markdown_text(s, scenario->axes[i].labels[cell_value(scenario, i, cell)]);
	}
	if (scenario->n_axes > 2)
		sink_text(s, "\n\n");
}

static void put_grid_row(struct sink *s, const struct grid *grid, uint32_t table, uint32_t row,
			 const struct gathered *notes)
{
	put_row_begin(s, grid_row_name(grid, row));
	for (uint32_t c = 0; c < grid->n_columns; c++) {
		const struct brief *b = grid_at(grid, table, row, c);
		sink_char(s, ' ');
		if (b)
			put_cell(s, grid->scenario, b, notes), sink_char(s, ' ');
		sink_char(s, '|');
	}
	sink_char(s, '\n');
}

static void put_grid(struct sink *s, const struct grid *grid, const struct gathered *notes)
{
	for (uint32_t i = 0; i < grid->n; i = grid_next(grid, i)) {
		put_table_head(s, grid->scenario, grid->cells[i].cell);
		put_row_begin(s, grid->scenario->axes[grid->row_axis].name);
		for (uint32_t c = 0; c < grid->n_columns; c++) {
			sink_char(s, ' ');
			put_markdown_text(s, grid_column_name(grid, c));
			sink_text(s, " |");
		}
		put_rule(s, grid->n_columns + 1);
		for (uint32_t r = 0; r < grid->n_rows; r++)
			put_grid_row(s, grid, i, r, notes);
		sink_char(s, '\n');
	}
}

/* --- the section of a matrix ----------------------------------------------------------------- */

static void put_list(struct sink *s, const struct sink *text)
{
	sink_text(s, "- ");
	put_markdown_text(s, text->bytes);
	sink_char(s, '\n');
}

/** Each group of items is a line of its own. */
static void put_markdown_legend(struct sink *s, const struct picture *p, bool blanks)
{
	struct arena *a = arena_new();
	struct legend legend;
	struct sink text = { 0 };
	legend_of(a, &markdown_paper, p->scenario, p->cells, p->n, blanks, &legend);
	for (uint32_t i = 0; i < legend.n; i++) {
		sink_clear(&text);
		put_legend_item(&text, &legend.items[i]);
		sink_char(&text, '\0');
		sink_text(s, i == 0 ? "" : legend.items[i].begins ? "\\\n" : "; ");
		put_markdown_text(s, text.bytes);
	}
	sink_text(s, "\n\n");
	sink_free(&text);
	arena_free(a);
}

static void put_groups(struct sink *s, const struct alike *alike, const struct scenario *grouped)
{
	struct sink text = { 0 };
	put_markdown_text(s, ALIKE_HEAD);
	sink_text(s, "\n\n");
	for (uint32_t i = 0; i < grouped->n_axes; i++)
		for (uint32_t k = 0; k < grouped->axes[i].n; k++) {
			sink_clear(&text);
			if (put_alike_group(&text, alike, i, k))
				sink_char(&text, '\0'), put_list(s, &text);
		}
	sink_char(s, '\n');
	sink_free(&text);
}

static void put_picture(struct sink *s, const struct picture *p, const struct gathered *g)
{
	if (p->spread) {
		put_spread(s, put_markdown_table, &markdown_paper, p->spread);
		sink_text(s, "Too many cells for a table; `--only AXIS=VALUE` shows some of them.\n\n");
		return;
	}
	if (!p->n)
		return;
	struct arena *a = arena_new();
	struct grid grid = grid_of(a, p->scenario, p->cells, p->n);
	put_grid(s, &grid, p->alike ? NULL : g);
	put_markdown_legend(s, p, grid_has_blanks(&grid));
	arena_free(a);
	if (p->alike)
		put_groups(s, p->alike, p->scenario);
}

/** "1. 8 cells known: ...": the numbers are those that stand in the cells. */
static void put_notes(struct sink *s, const struct gathered *g, const struct shown *shown)
{
	struct sink text = { 0 };
	uint32_t n = 0;
	for (uint32_t i = 0; i < shown->scenario->n_exceptions; i++) {
		sink_clear(&text);
		if (!put_exception(&text, g, shown, i))
			continue;
		sink_char(&text, '\0');
		sink_printf(s, "%u. ", ++n);
		put_markdown_text(s, text.bytes);
		sink_char(s, '\n');
	}
	if (n)
		sink_char(s, '\n');
	sink_free(&text);
}

/** Cells that depend on chance, each with its outcomes. */
static void put_chance_list(struct sink *s, const struct shown *shown, const struct chances *c)
{
	struct sink text = { 0 };
	sink_text(s, c->n ? "Depends on chance:\n\n" : "");
	for (uint64_t i = 0; i < c->n && i < CHANCES_MAX; i++) {
		const struct brief *b = &c->first[i];
		uint32_t kept = b->n_outcomes < BRIEF_OUTCOMES ? b->n_outcomes : BRIEF_OUTCOMES;
		sink_clear(&text);
		put_choices(&text, shown->scenario, b->cell);
		sink_text(&text, ": ");
		put_outcomes_line(&text, b->outcomes, kept, b->seeds);
		sink_char(&text, '\0');
		put_list(s, &text);
	}
	if (c->n > CHANCES_MAX) {
		sink_text(s, "- and ");
		put_count(s, c->n - CHANCES_MAX, "more cell");
		sink_char(s, '\n');
	}
	sink_text(s, c->n ? "\n" : "");
	sink_free(&text);
}

static void put_weak(struct sink *s, const struct gathered *g)
{
	struct sink text = { 0 };
	if (put_unverified_words(&text, g->unverified)) {
		sink_char(&text, '\0');
		put_markdown_text(s, text.bytes);
		sink_text(s, ".\n\n");
	}
	sink_free(&text);
}

static void put_section_head(struct sink *s, const struct show *show, const struct shown *shown,
			     const struct totals *totals)
{
	sink_text(s, "## ");
	put_markdown_text(s, shown->scenario->name);
	sink_text(s, "\n\n");
	put_markdown_code(s, shown_name(shown));
	sink_text(s, ", ");
	put_sums(s, totals);
	sink_text(s, totals->hidden ? "; " : "");
	put_hidden(s, show, totals);
	sink_text(s, ".\n\n");
}

/** When its cells fail, as a list. */
static void put_when(struct sink *s, const struct scenario *scenario, const struct conditions *conditions)
{
	struct sink line = { 0 };
	uint32_t n = 0;
	for (; put_conditions_line(&line, scenario, conditions, n); sink_clear(&line), n++) {
		sink_char(&line, '\0');
		sink_text(s, "- ");
		put_markdown_text(s, line.bytes);
		sink_char(s, '\n');
	}
	sink_text(s, n ? "\n" : "");
	sink_free(&line);
}

void put_markdown_section(struct sink *s, const struct show *show, const struct shown *shown, struct gathered *g,
			  const struct totals *totals, const struct conditions *conditions)
{
	struct picture picture = picture_of(g, shown);
	put_section_head(s, show, shown, totals);
	put_picture(s, &picture, g);
	if (conditions)
		put_when(s, shown->scenario, conditions);
	put_chance_list(s, shown, &g->chances);
	put_notes(s, g, shown);
	put_weak(s, g);
	picture_free(&picture, g);
}

/* --- the list of causes ---------------------------------------------------------------------- */

/** A command in a block that nothing in the command can end. */
static void put_command_block(struct sink *s, const struct show *show, const struct finding *f)
{
	struct show wide = show_on(show, markdown_paper);
	struct sink command = { 0 };
	put_outcome_command(&command, &wide, f->shown, f->example.cell, told_outcome(&f->example), 0);
	sink_char(&command, '\0');
	size_t fence = longest_fence(command.bytes) + 1;
	fence = fence < 3 ? 3 : fence;
	sink_repeat(s, '`', fence);
	sink_printf(s, "sh\n%s", command.bytes);
	sink_repeat(s, '`', fence);
	sink_text(s, "\n\n");
	sink_free(&command);
}

static void put_finding(struct sink *s, const struct show *show, const struct cause *cause, const struct finding *f)
{
	sink_printf(s, "### %s %s\n\n", cause->id, cause->word);
	put_markdown_text(s, cause->title);
	sink_text(s, ". ");
	put_markdown_text(s, cause->happens);
	sink_text(s, "\n\n");
	put_count(s, f->cells, "cell");
	sink_text(s, f->cells == 1 ? ":\n\n" : ", for example:\n\n");
	put_command_block(s, show, f);
}

void put_markdown_causes(struct sink *s, const struct show *show, const struct finding *findings)
{
	bool any = false;
	for (const struct cause *c = NULL; (c = next_cause(ALL_CAUSES, c));) {
		if (!findings[c - causes].cells)
			continue;
		sink_text(s, any ? "" : "## Causes\n\n");
		put_finding(s, show, c, &findings[c - causes]);
		any = true;
	}
}
