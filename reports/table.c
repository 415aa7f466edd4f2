#include "reports/table.h"

#include <assert.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "reports/utf8.h"

#define WRAP_LEAST 12 /* a column is not made narrower */

static const struct table_cell *cell_at(const struct table_text *t, size_t row, size_t column)
{
	return &t->cells[row * t->n_columns + column];
}

static size_t text_width(const char *text)
{
	return text ? utf8_width(text, strlen(text)) : 0;
}

static size_t natural_width(const struct table_text *t, size_t column)
{
	size_t width = text_width(t->columns[column].head);
	for (size_t row = 0; row < t->n_rows; row++) {
		size_t w = text_width(cell_at(t, row, column)->text);
		width = w > width ? w : width;
	}
	return width;
}

static size_t at_least(size_t a, size_t b)
{
	return a > b ? a : b;
}

/** Columns that wrap share what the others leave, by what they would like to have. */
static void choose_widths(const struct table_text *t, size_t paper, size_t *widths)
{
	size_t fixed = t->indent + TABLE_GAP * (t->n_columns - 1), wanted = 0;
	for (size_t i = 0; i < t->n_columns; i++) {
		widths[i] = natural_width(t, i);
		*(t->columns[i].wraps ? &wanted : &fixed) += widths[i];
	}
	size_t room = paper > fixed ? paper - fixed : 0;
	for (size_t i = 0; i < t->n_columns && wanted > room; i++)
		if (t->columns[i].wraps)
			widths[i] = at_least(widths[i] * room / wanted, WRAP_LEAST);
}

static void fill_cell(struct libscols_line *line, size_t column, const struct paper *paper,
		      const struct table_cell *cell, size_t width)
{
	struct sink text = { 0 };
	put_wrapped(&text, cell->text ? cell->text : "", 0, 0, width);
	sink_char(&text, '\0');
	int failed = scols_line_set_data(line, column, text.bytes);
	if (!failed && *ink_code(paper, cell->ink))
		failed = scols_cell_set_color(scols_line_get_cell(line, column), ink_code(paper, cell->ink));
	assert(!failed);
	sink_free(&text);
}

static void fill(struct libscols_table *out, const struct paper *paper, const struct table_text *t, size_t *widths)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *head = t->columns[i].head;
		struct libscols_column *column = scols_table_new_column(out, head ? head : "", 0, SCOLS_FL_WRAP);
		assert(column);
		scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	}
	for (size_t row = 0; row < t->n_rows; row++) {
		struct libscols_line *line = scols_table_new_line(out, NULL);
		assert(line);
		for (size_t i = 0; i < t->n_columns; i++)
			fill_cell(line, i, paper, cell_at(t, row, i), widths[i]);
	}
}

static struct libscols_table *new_table(const struct paper *paper, const struct table_text *t)
{
	struct libscols_table *table = scols_new_table();
	assert(table);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_set_column_separator(table, "  ");
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_noheadings(table, !t->columns[0].head);
	scols_table_enable_colors(table, paper->colour);
	return table;
}

/** Copies lines with an indent and without the blanks at their ends. */
static void put_lines(struct sink *s, const char *lines, size_t indent)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n"), shown = length;
		while (shown && lines[shown - 1] == ' ')
			shown--;
		sink_repeat(s, ' ', shown ? indent : 0);
		sink_put(s, lines, shown);
		sink_char(s, '\n');
		lines += length + (lines[length] == '\n');
	}
}

void put_table(struct sink *s, const struct paper *paper, const struct table_text *t)
{
	char *lines = NULL;
	size_t *widths = calloc(t->n_columns, sizeof *widths);
	struct libscols_table *table = new_table(paper, t);
	assert(widths);
	choose_widths(t, paper->width, widths);
	fill(table, paper, t, widths);
	int failed = scols_print_table_to_string(table, &lines);
	assert(!failed);
	put_lines(s, lines ? lines : "", t->indent);
	free(lines);
	free(widths);
	scols_unref_table(table);
}
