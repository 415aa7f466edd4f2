#include "sim/cli/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/field.h"
#include "reports/paper.h"
#include "scenarios/nearest.h"
#include "sim/cli/output.h"

#define LONG_BASE 256 /* getopt's value of an option is this and its row */
#define HELP_CODE 'h'

const char *const color_words[] = { "auto", "always", "never", NULL };

const struct option_row print_options[] = {
	OPTION_COLOR(offsetof(struct print_options, color)),
	{ 0 },
};

int usage_error(const char *command, const char *format, ...)
{
	struct sink s = { 0 };
	struct arena *a = arena_new();
	va_list args;
	va_start(args, format);
	sink_printf(&s, "viaport %s: %s", command, arena_vprintf(a, format, args));
	va_end(args);
	output_say(&s);
	fprintf(stderr, "help: viaport %s --help\n", command);
	arena_free(a);
	return EXIT_USAGE;
}

int parsed_exit(enum parsed p)
{
	return p == PARSED_HELP ? EXIT_EXPECTED : EXIT_USAGE;
}

static size_t count_rows(const struct option_row *rows)
{
	size_t n = 0;
	while (rows[n].name)
		n++;
	return n;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool set_number(const struct option_row *row, const char *text, struct number *out)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < row->min || n > row->max)
		return false;
	*out = (struct number){ true, n };
	return true;
}

static bool set_word(const struct option_row *row, const char *text, int *out)
{
	for (int i = 0; row->words[i]; i++) {
		if (strcmp(row->words[i], text) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool set_duration(const char *text, usec *out)
{
	return duration_read(text, strlen(text), out) && *out > 0;
}

/** Room for all that may come was made before. */
static bool add_text(const char *text, struct texts *out)
{
	out->items[out->n++] = text;
	return true;
}

static bool set_value(const struct option_row *row, const char *text, void *values)
{
	void *member = (char *)values + row->at;
	switch (row->kind) {
	case OPTION_SWITCH:
		return *(bool *)member = true;
	case OPTION_NUMBER:
		return set_number(row, text, member);
	case OPTION_DURATION:
		return set_duration(text, member);
	case OPTION_WORD:
		return set_word(row, text, member);
	case OPTION_TEXT:
		*(const char **)member = text;
		return true;
	case OPTION_TEXTS:
		return add_text(text, member);
	}
	return false;
}

/** What a value must look like, for a complaint. */
static const char *wants(const struct option_row *row, char *text, size_t size)
{
	switch (row->kind) {
	case OPTION_NUMBER:
		snprintf(text, size, "a number from %llu to %llu", (unsigned long long)row->min,
			 (unsigned long long)row->max);
		return text;
	case OPTION_DURATION:
		return "a duration with its unit, such as 90s or 10m";
	case OPTION_WORD:
		snprintf(text, size, "one of");
		for (size_t i = 0; row->words[i]; i++) {
			size_t have = strlen(text);
			snprintf(text + have, size - have, "%s %s", i ? "," : "", row->words[i]);
		}
		return text;
	default:
		return "a text";
	}
}

/* --- said again ------------------------------------------------------------------------------ */

static void put_said(struct sink *s, const struct option_row *row, const char *value)
{
	sink_printf(s, " --%s ", row->name);
	put_shell_word(s, value);
}

static void put_duration(struct sink *s, const struct option_row *row, usec value)
{
	struct arena *a = arena_new();
	put_said(s, row, duration_print(value, a));
	arena_free(a);
}

static void put_texts(struct sink *s, const struct option_row *row, const struct texts *texts)
{
	for (uint32_t i = 0; i < texts->n; i++)
		put_said(s, row, texts->items[i]);
}

/** The line that set_value() has read. */
static void put_value(struct sink *s, const struct option_row *row, const void *member, const void *otherwise)
{
	switch (row->kind) {
	case OPTION_SWITCH:
		if (*(const bool *)member)
			sink_printf(s, " --%s", row->name);
		break;
	case OPTION_NUMBER:
		if (((const struct number *)member)->given)
			sink_printf(s, " --%s %llu", row->name, (unsigned long long)((const struct number *)member)->n);
		break;
	case OPTION_DURATION:
		if (*(const usec *)member)
			put_duration(s, row, *(const usec *)member);
		break;
	case OPTION_WORD:
		if (*(const int *)member != *(const int *)otherwise)
			put_said(s, row, row->words[*(const int *)member]);
		break;
	case OPTION_TEXT:
		if (*(const char *const *)member)
			put_said(s, row, *(const char *const *)member);
		break;
	case OPTION_TEXTS:
		put_texts(s, row, member);
		break;
	}
}

void put_deciding(struct sink *s, const struct option_row *rows, const void *values, const void *defaults)
{
	for (; rows->name; rows++)
		if (rows->decides)
			put_value(s, rows, (const char *)values + rows->at, (const char *)defaults + rows->at);
}

/* --- complaints ------------------------------------------------------------------------------ */

static int unknown_option(const struct command *c, const char *argument)
{
	const char *name = argument + strspn(argument, "-");
	struct nearest nearest = nearest_to(name, strcspn(name, "="));
	for (const struct option_row *row = c->options; row->name; row++)
		nearest_offer(&nearest, row->name);
	nearest_offer(&nearest, "help");
	if (nearest.best)
		return usage_error(c->name, "unknown option %s, did you mean --%s?", argument, nearest.best);
	return usage_error(c->name, "unknown option %s", argument);
}

static int wrong_value(const struct command *c, const struct option_row *row, const char *value)
{
	char text[256];
	return usage_error(c->name, "--%s %s: it takes %s", row->name, value, wants(row, text, sizeof text));
}

/* --- getopt ---------------------------------------------------------------------------------- */

bool option_takes_value(const struct option_row *row)
{
	return row->kind != OPTION_SWITCH;
}

static struct option *long_options(struct arena *a, const struct option_row *rows)
{
	size_t n = count_rows(rows);
	struct option *out = arena_alloc(a, (n + 2) * sizeof *out);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct option){ rows[i].name, option_takes_value(&rows[i]), NULL, LONG_BASE + (int)i };
	out[n] = (struct option){ "help", no_argument, NULL, HELP_CODE };
	return out;
}

static char *short_options(struct arena *a, const struct option_row *rows)
{
	char *out = arena_alloc(a, 3 + 2 * count_rows(rows) + 1), *end = out;
	*end++ = ':'; /* a missing value is told from an unknown option */
	*end++ = HELP_CODE;
	for (; rows->name; rows++) {
		if (!rows->letter)
			continue;
		*end++ = rows->letter;
		if (option_takes_value(rows))
			*end++ = ':';
	}
	return out;
}

static const struct option_row *row_of(const struct option_row *rows, int code)
{
	if (code >= LONG_BASE)
		return &rows[code - LONG_BASE];
	for (; rows->name; rows++)
		if (rows->letter && rows->letter == code)
			return rows;
	return NULL;
}

static void make_room(struct arena *a, const struct option_row *rows, int argc, void *values)
{
	for (; rows->name; rows++) {
		struct texts *list = (struct texts *)(void *)((char *)values + rows->at);
		if (rows->kind == OPTION_TEXTS)
			list->items = arena_alloc(a, (size_t)argc * sizeof *list->items);
	}
}

/* --- help ------------------------------------------------------------------------------------ */

static void put_option(struct sink *s, const struct option_row *row)
{
	char name[64];
	snprintf(name, sizeof name, "%s%c%s--%s%s%s", row->letter ? "-" : " ",
		 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
		 row->argument ? " " : "", row->argument ? row->argument : "");
	sink_printf(s, "  %-26s %s\n", name, row->doc);
}

static void print_help(const struct command *c)
{
	struct sink s = { 0 };
	sink_printf(&s, "%s\nviaport %s%s%s%s\n  %s\n\n", c->examples, c->name, *c->operands ? " " : "",
		    c->operands, c->options->name ? " [OPTIONS]" : "", c->summary);
	for (const struct option_row *row = c->options; row->name; row++)
		put_option(&s, row);
	output_print(&s);
	sink_free(&s);
}

/* --- the whole ------------------------------------------------------------------------------- */

static enum parsed take_option(const struct command *c, int code, const char *argument, void *values)
{
	if (code == HELP_CODE) {
		print_help(c);
		return PARSED_HELP;
	}
	if (code == '?') {
		unknown_option(c, argument);
		return PARSED_WRONG;
	}
	if (code == ':') {
		usage_error(c->name, "%s needs a value", argument);
		return PARSED_WRONG;
	}
	const struct option_row *row = row_of(c->options, code);
	assert(row);
	if (set_value(row, optarg, values))
		return PARSED;
	wrong_value(c, row, optarg);
	return PARSED_WRONG;
}

enum parsed options_parse(const struct command *c, struct arena *a, int argc, char **argv, void *values,
			  struct operands *operands)
{
	const struct option *longs = long_options(a, c->options);
	const char *shorts = short_options(a, c->options);
	make_room(a, c->options, argc, values);
	opterr = 0;
	optind = 0; /* getopt starts anew */
	for (int code; (code = getopt_long(argc, argv, shorts, longs, NULL)) >= 0;) {
		const char letter[] = { '-', (char)optopt, '\0' };
		bool is_letter = optopt > 0 && optopt < LONG_BASE;
		enum parsed p = take_option(c, code, is_letter ? letter : argv[optind - 1], values);
		if (p != PARSED)
			return p;
	}
	*operands = (struct operands){ argv + optind, argc - optind };
	return PARSED;
}

const struct option_row no_options[] = { { 0 } };

int command_print(const struct command *c, int argc, char **argv, int (*print)(void))
{
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, NULL, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED)
		code = operands.n ? usage_error(c->name, "it takes no argument") : print();
	arena_free(a);
	return code;
}
