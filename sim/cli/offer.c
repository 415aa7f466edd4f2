#include "sim/cli/offer.h"

#include <string.h>
#include <unistd.h>

#include "reports/report.h"
#include "sim/cli/commands.h"
#include "sim/cli/input.h"

static bool begins_with(const char *word, const char *beginning)
{
	return strncmp(word, beginning, strlen(beginning)) == 0;
}

void offer(struct offers *o, const char *word, const char *about)
{
	if (!begins_with(word, o->typed))
		return;
	sink_put(o->out, o->kept, o->kept_length);
	sink_text(o->out, word);
	sink_char(o->out, '\t');
	sink_text(o->out, about);
	sink_char(o->out, '\n');
}

/** A list closed by NULL. */
static void offer_words(struct offers *o, const char *const *words)
{
	for (; *words; words++)
		offer(o, *words, "");
}

static void keep_until(struct offers *o, const char *end)
{
	o->kept_length += (size_t)(end - o->typed);
	o->typed = end;
}

/** The part of the word behind its last comma stands for itself. */
static void offer_behind_comma(struct offers *o)
{
	const char *comma = strrchr(o->typed, ',');
	if (comma)
		keep_until(o, comma + 1);
}

/* --- what is known --------------------------------------------------------------------------- */

void offer_files(struct offers *o)
{
	sink_text(o->out, ":files\n");
}

void offer_folders(struct offers *o)
{
	sink_text(o->out, ":folders\n");
}

void offer_scenarios(struct offers *o)
{
	sink_text(o->out, ":scenarios\n");
}

/** The hidden ones too. */
static void offer_commands(struct offers *o)
{
	for (size_t i = 0; commands[i]; i++)
		offer(o, commands[i]->name, commands[i]->summary);
}

void offer_formats(struct offers *o)
{
	offer_behind_comma(o);
	for (size_t i = 0; report_kinds[i]; i++)
		offer(o, report_kinds[i]->name, report_kinds[i]->file);
}

/** "phone=", and once that stands there its values. */
static void offer_axis(struct offers *o, const struct axis *axis)
{
	struct offers value = *o;
	size_t length = strlen(axis->name);
	if (begins_with(o->typed, axis->name) && o->typed[length] == '=') {
		keep_until(&value, o->typed + length + 1);
		for (uint32_t v = 0; v < axis->n; v++)
			offer(&value, axis->values[v], axis->labels[v]);
		return;
	}
	struct arena *a = arena_new();
	offer(o, arena_printf(a, "%s=", axis->name), "");
	arena_free(a);
}

static void offer_axes(struct offers *o, const struct input *input)
{
	for (uint32_t i = 0; i < input->n; i++)
		for (uint32_t k = 0; k < input->scenarios[i].scenario->n_axes; k++)
			offer_axis(o, &input->scenarios[i].scenario->axes[k]);
}

/** What on the line is there to be read; standard input is somebody's keyboard. */
static struct operands files_on_line(struct arena *a, const struct operands *line)
{
	struct operands files = { arena_alloc(a, (size_t)line->n * sizeof *files.items), 0 };
	for (int i = 1; i < line->n; i++)
		if (line->items[i][0] != '-' && access(line->items[i], R_OK) == 0)
			files.items[files.n++] = line->items[i];
	return files;
}

void offer_choices(struct offers *o)
{
	struct input input;
	offer_behind_comma(o);
	if (input_open(&input)) {
		const struct operands files = files_on_line(input.arena, &o->before);
		input_load(&input, &files);
		offer_axes(o, &input);
	}
	input_close(&input);
}

/* --- the line -------------------------------------------------------------------------------- */

/** The option that a word spells, "--format" or "-f"; NULL when it is none. */
static const struct option_row *option_called(const struct command *c, const char *word, size_t length)
{
	for (const struct option_row *row = c->options; row->name; row++) {
		const char letter[] = { '-', row->letter, '\0' };
		if (length == 2 && row->letter && strncmp(word, letter, length) == 0)
			return row;
		if (length > 2 && begins_with(word, "--") && strlen(row->name) == length - 2 &&
		    strncmp(word + 2, row->name, length - 2) == 0)
			return row;
	}
	return NULL;
}

static void offer_value(struct offers *o, const struct option_row *row)
{
	if (row->kind == OPTION_WORD)
		offer_words(o, row->words);
	else if (row->offer)
		row->offer(o);
}

/** Whoever has typed one dash gets the other one too. */
static void offer_options(struct offers *o, const struct command *c)
{
	o->typed += strspn(o->typed, "-");
	o->kept = "--";
	o->kept_length = 2;
	for (const struct option_row *row = c->options; row->name; row++)
		offer(o, row->name, row->doc);
	offer(o, "help", "what the command takes");
}

/** The word of a command that stands behind all others. */
static void offer_word(struct offers *o, const struct command *c)
{
	const char *last = o->before.items[o->before.n - 1];
	const struct option_row *row = option_called(c, last, strlen(last));
	size_t name = strcspn(o->typed, "=");
	if (row && option_takes_value(row)) {
		offer_value(o, row);
		return;
	}
	row = o->typed[name] ? option_called(c, o->typed, name) : NULL;
	if (row) {
		keep_until(o, o->typed + name + 1);
		offer_value(o, row);
	} else if (o->typed[0] == '-') {
		offer_options(o, c);
	} else if (c->offer) {
		c->offer(o);
	}
}

void offer_line(struct sink *out, const struct operands *words)
{
	const char *word = words->items[words->n - 1];
	struct offers o = { { words->items, words->n - 1 }, word, 0, word, out };
	const struct command *c = o.before.n ? command_find(o.before.items[0]) : NULL;
	if (c)
		offer_word(&o, c);
	else if (!o.before.n || (o.before.n == 1 && strcmp(o.before.items[0], "help") == 0))
		offer_commands(&o);
}
