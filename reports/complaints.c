#include "reports/complaints.h"

#include <stdio.h>

#include "reports/annotation.h"
#include "reports/json.h"
#include "reports/utf8.h"

#define RESET	   "\033[0m"

/* --- text: path:line:column, the line, a caret ----------------------------------------------- */

/** The part of a source line that is shown, in bytes. */
struct window {
	size_t from, to;
};

static bool inside_character(const char *line, size_t at)
{
	return ((unsigned char)line[at] & 0xC0) == 0x80;
}

/** A long line is cut so that the place stays visible. */
static struct window window_around(const char *line, size_t at, size_t width)
{
	struct window w = { 0, strlen(line) };
	if (at > w.to)
		at = w.to;
	if (at > width / 2 && w.to > width)
		w.from = at - width / 2;
	if (w.to - w.from > width)
		w.to = w.from + width;
	while (w.from > 0 && inside_character(line, w.from))
		w.from--;
	while (line[w.to] && inside_character(line, w.to))
		w.to++;
	return w;
}

/** Bytes of a file as a terminal may see them: tabs become blanks, what is not text a question mark. */
static void put_source(struct sink *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t step = utf8_char(bytes + i, n - i);
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\t')
			sink_char(s, ' ');
		else if (!step || c < 0x20 || c == 0x7F)
			sink_char(s, '?');
		else
			sink_put(s, bytes + i, step);
		i += step ? step : 1;
	}
}

static void put_caret(struct sink *s, const struct paper *paper, const char *line, struct window w, size_t at,
		      size_t len)
{
	at = at > w.to ? w.to : at;
	size_t end = at + len > w.to ? w.to : at + len;
	size_t marked = end > at ? utf8_width(line + at, end - at) : 1;
	sink_text(s, "      | ");
	sink_repeat(s, ' ', utf8_width(line + w.from, at - w.from));
	sink_text(s, ink_code(paper, INK_BAD));
	sink_char(s, '^');
	sink_repeat(s, '~', marked - 1);
	sink_text(s, paper->colour ? RESET : "");
	sink_char(s, '\n');
}

static void put_source_line(struct sink *s, const struct paper *paper, const struct complaint *c)
{
	size_t at = c->at.column ? c->at.column - 1 : 0;
	struct window w = window_around(c->source_line, at, paper->width - 12);
	sink_printf(s, "%5u | ", c->at.line);
	put_source(s, c->source_line + w.from, w.to - w.from);
	sink_char(s, '\n');
	put_caret(s, paper, c->source_line, w, at, c->at.len);
}

static void put_place(struct sink *s, const struct place *at)
{
	sink_text(s, at->path);
	if (at->line)
		sink_printf(s, ":%u:%u", at->line, at->column);
	sink_char(s, ':');
}

/** How many columns stand on the last line of what was put from `from` on, which began at `column`. */
static size_t column_reached(const struct sink *s, size_t from, size_t column)
{
	size_t at = s->len;
	while (at > from && s->bytes[at - 1] != '\n')
		at--;
	return utf8_width(s->bytes + at, s->len - at) + (at == from ? column : 0);
}

/** A sentence, behind a blank unless it begins its line, broken where the paper ends. Returns the column that was reached. */
static size_t put_sentence(struct sink *s, const struct paper *paper, const char *sentence, size_t column,
			   size_t indent)
{
	struct sink text = { 0 };
	size_t from = s->len;
	sink_char(&text, ' ');
	put_source(&text, sentence, strlen(sentence));
	sink_char(&text, '\0');
	put_wrapped(s, text.bytes, column, indent, paper->width);
	sink_free(&text);
	return column_reached(s, from, column);
}

#define HELP "help: "

/** What would be accepted, and the command that tells more, which is never broken. */
static void put_help(struct sink *s, const struct paper *paper, const struct complaint *c)
{
	size_t indent = strlen(HELP), column = indent, command = strlen("  viaport explain ") + strlen(c->code);
	sink_text(s, HELP);
	if (c->help)
		column = put_sentence(s, paper, c->help, column, indent);
	if (c->help && column + command > paper->width) {
		sink_char(s, '\n');
		sink_repeat(s, ' ', indent);
	} else if (c->help) {
		sink_text(s, "  ");
	}
	sink_printf(s, "viaport explain %s\n", c->code);
}

/** "lab.yaml:10:5: error[VP003]: unknown key 'behnid'", "lab.yaml:3:3: note: it was first given here" */
static void put_finding(struct sink *s, const struct paper *paper, const struct place *at, enum ink ink,
			const char *word, const char *sentence)
{
	size_t from = s->len;
	put_place(s, at);
	size_t column = column_reached(s, from, 0) + strlen(" :") + strlen(word);
	sink_char(s, ' ');
	ink_text(s, paper, ink, word);
	sink_char(s, ':');
	put_sentence(s, paper, sentence, column, 4);
	sink_char(s, '\n');
}

static void put_complaint(struct sink *s, const struct paper *paper, const struct complaint *c)
{
	char word[32];
	snprintf(word, sizeof word, "error[%s]", c->code);
	put_finding(s, paper, &c->at, INK_BAD, word, c->sentence);
	if (c->source_line && c->at.line)
		put_source_line(s, paper, c);
	if (c->note)
		put_finding(s, paper, &c->note_at, INK_PLAIN, "note", c->note);
	put_help(s, paper, c);
}

static uint64_t kept(const struct complaints *list)
{
	uint64_t n = 0;
	for (const struct complaint *c = list->first; c; c = c->next)
		n++;
	return n;
}

void complaints_as_text(struct sink *s, const struct paper *paper, const struct complaints *list)
{
	for (const struct complaint *c = list->first; c; c = c->next) {
		put_complaint(s, paper, c);
		sink_char(s, '\n');
	}
	if (list->n > kept(list)) {
		sink_text(s, "and ");
		put_count(s, list->n - kept(list), "more mistake");
		sink_char(s, '\n');
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void place_object(struct json *j, const struct place *at)
{
	json_open(j, '{');
	json_key(j, "column"), json_number(j, at->column);
	json_key(j, "file"), json_text(j, at->path);
	json_key(j, "length"), json_number(j, at->len);
	json_key(j, "line"), json_number(j, at->line);
	json_close(j, '}');
}

static void note_object(struct json *j, const struct complaint *c)
{
	if (!c->note) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_key(j, "at"), place_object(j, &c->note_at);
	json_key(j, "sentence"), json_text(j, c->note);
	json_close(j, '}');
}

static void complaint_object(struct json *j, const struct complaint *c)
{
	json_open(j, '{');
	json_key(j, "at"), place_object(j, &c->at);
	json_key(j, "code"), json_text(j, c->code);
	json_key(j, "help"), json_text(j, c->help);
	json_key(j, "note"), note_object(j, c);
	json_key(j, "sentence"), json_text(j, c->sentence);
	json_close(j, '}');
}

void complaints_as_json(struct sink *s, const struct complaints *list, uint64_t files)
{
	struct json j = { s };
	json_open(&j, '{');
	json_key(&j, "complaints"), json_open(&j, '[');
	for (const struct complaint *c = list->first; c; c = c->next) {
		sink_text(s, c == list->first ? "\n" : ",\n");
		complaint_object(&j, c);
	}
	sink_text(s, "\n");
	json_close(&j, ']');
	json_key(&j, "count"), json_number(&j, list->n);
	json_key(&j, "files"), json_number(&j, files);
	json_close(&j, '}');
	sink_char(s, '\n');
}

/* --- GitHub ---------------------------------------------------------------------------------- */

static void put_complaint_annotation(struct sink *s, const struct complaint *c)
{
	put_annotation(s, &(struct annotated){ c->at.path, c->at.line, c->at.column, c->code });
	put_annotation_text(s, c->sentence, strlen(c->sentence));
	if (c->help) {
		sink_text(s, "; ");
		put_annotation_text(s, c->help, strlen(c->help));
	}
	sink_char(s, '\n');
}

void complaints_as_github(struct sink *s, const struct complaints *list)
{
	uint64_t n = 0;
	for (const struct complaint *c = list->first; c && n < ANNOTATIONS_MAX; c = c->next, n++)
		put_complaint_annotation(s, c);
	if (list->n > n)
		put_more_annotations(s, list->n - n);
}
