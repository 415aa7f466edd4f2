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

static size_t lines_in(const char *text)
{
	size_t n = text ? 1 : 0;
	for (; text && (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/** The n-th (from 0) line of a text, "" when it has fewer. */
static const char *line_of(const char *text, size_t n, size_t *length)
{
	while (text && n-- > 0) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	text = text ? text : "";
	*length = strcspn(text, "\n");
	return text;
}

static size_t head_width(const char *head)
{
	size_t width = 0;
	for (size_t i = 0; i < lines_in(head); i++) {
		size_t length;
		const char *line = line_of(head, i, &length);
		size_t w = utf8_width(line, length);
		width = w > width ? w : width;
	}
	return width;
}

static size_t natural_width(const struct table_text *t, size_t column)
{
	size_t width = head_width(t->columns[column].head);
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

/** What no line can be broken in. */
static size_t word_width(const char *text)
{
	size_t width = 0;
	for (const char *w = text ? text : ""; *w; w += strcspn(w, " \n"), w += strspn(w, " \n"))
		width = at_least(width, utf8_width(w, strcspn(w, " \n")));
	return width;
}

/** A column that wraps is not made narrower. */
static size_t least_width(const struct table_text *t, size_t column)
{
	size_t width = at_least(WRAP_LEAST, head_width(t->columns[column].head));
	for (size_t row = 0; row < t->n_rows; row++)
		width = at_least(width, word_width(cell_at(t, row, column)->text));
	return width;
}

/** Those that would get less than their least get just that, and the others share what is left. */
static size_t give_least(const struct table_text *t, size_t *room, size_t *wanted, size_t *widths, bool *given)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_columns; i++) {
		size_t least = t->columns[i].wraps && !given[i] ? least_width(t, i) : 0;
		if (!least || widths[i] * *room / *wanted >= least)
			continue;
		*wanted -= widths[i];
		widths[i] = widths[i] < least ? widths[i] : least;
		*room -= widths[i] < *room ? widths[i] : *room;
		given[i] = true;
		n++;
	}
	return n;
}

/** Columns that wrap share what the others leave, by what they would like to have. */
static void choose_widths(const struct table_text *t, size_t paper, size_t *widths)
{
	size_t fixed = t->indent + TABLE_GAP * (t->n_columns - 1), wanted = 0;
	bool *given = calloc(t->n_columns, sizeof *given);
	assert(given);
	for (size_t i = 0; i < t->n_columns; i++) {
		widths[i] = natural_width(t, i);
		*(t->columns[i].wraps ? &wanted : &fixed) += widths[i];
	}
	size_t room = paper > fixed ? paper - fixed : 0;
	while (wanted > room && give_least(t, &room, &wanted, widths, given))
		;
	for (size_t i = 0; i < t->n_columns && wanted > room; i++)
		if (t->columns[i].wraps && !given[i])
			widths[i] = widths[i] * room / wanted;
	free(given);
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

static struct libscols_line *new_line(struct libscols_table *out)
{
	struct libscols_line *line = scols_table_new_line(out, NULL);
	assert(line);
	return line;
}

static void fill_columns(struct libscols_table *out, const struct table_text *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		struct libscols_column *column = scols_table_new_column(out, "", 0, SCOLS_FL_WRAP);
		assert(column);
		scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	}
}

/** Heads are rows like others, because the library knows no head of several lines. The last lines stand
 * together. */
static void fill_heads(struct libscols_table *out, const struct table_text *t)
{
	size_t lines = 0;
	for (size_t i = 0; i < t->n_columns; i++)
		lines = at_least(lines, lines_in(t->columns[i].head));
	for (size_t n = 0; n < lines; n++) {
		struct libscols_line *row = new_line(out);
		for (size_t i = 0; i < t->n_columns; i++) {
			size_t length, above = lines - lines_in(t->columns[i].head);
			const char *line = line_of(n < above ? NULL : t->columns[i].head, n - above, &length);
			char *text = strndup(line, length);
			int failed = scols_line_refer_data(row, i, text);
			assert(text && !failed);
		}
	}
}

static void fill_rows(struct libscols_table *out, const struct paper *paper, const struct table_text *t,
		      const size_t *widths)
{
	for (size_t row = 0; row < t->n_rows; row++) {
		struct libscols_line *line = new_line(out);
		for (size_t i = 0; i < t->n_columns; i++)
			fill_cell(line, i, paper, cell_at(t, row, i), widths[i]);
	}
}

static struct libscols_table *new_table(const struct paper *paper)
{
	struct libscols_table *table = scols_new_table();
	assert(table);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_set_column_separator(table, "  ");
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_noheadings(table, 1);
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
	struct libscols_table *table = new_table(paper);
	assert(widths);
	choose_widths(t, paper->width, widths);
	fill_columns(table, t);
	fill_heads(table, t);
	fill_rows(table, paper, t, widths);
	int failed = scols_print_table_to_string(table, &lines);
	assert(!failed);
	put_lines(s, lines ? lines : "", t->indent);
	free(lines);
	free(widths);
	scols_unref_table(table);
}
