/*
 * The command line: one table per command says what it takes; parsing, complaints and --help all read it.
 *
 *	static const struct option_row options[] = {
 *		{ "jobs", 'j', OPTION_NUMBER, AT(struct run_options, jobs), .argument = "N", .min = 1, .max =
 *1024, .doc = "worker threads, default all cores" }, { 0 }
 *	};
 */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include "reports/sink.h"
#include "sim/arena.h"

enum exit_code {
	EXIT_EXPECTED = 0,
	EXIT_UNEXPECTED = 1,
	EXIT_USAGE = 2,
	EXIT_INVALID = 3,
	EXIT_IO = 4,
	EXIT_NOTHING = 5,
	EXIT_INCOMPLETE = 6,
	EXIT_INTERRUPTED = 130,
};

/** What the member behind `at` is. */
enum option_kind {
	OPTION_SWITCH,	 /* bool */
	OPTION_NUMBER,	 /* struct number, from min to max */
	OPTION_DURATION, /* usec, at least 1 */
	OPTION_WORD,	 /* int, index into `words` */
	OPTION_TEXT,	 /* const char * */
	OPTION_TEXTS,	 /* struct texts; may be given again and again */
};

struct number {
	bool given;
	uint64_t n;
};

struct texts {
	const char **items;
	uint32_t n;
};

struct offers;

struct option_row {
	const char *name; /* NULL closes the table */
	char letter;	  /* 0: none */
	enum option_kind kind;
	size_t at; /* offset in the command's values */
	uint64_t min, max;
	const char *const *words;
	const char *argument; /* as --help calls it */
	const char *doc;
	void (*offer)(struct offers *); /* what may stand as its value, see offer.h; NULL: `words`, or nothing */
	bool decides; /* what is run and how it ends hangs on it, so that a command which repeats that must say it */
};

/** One command of the program. */
struct command {
	const char *name;
	const char *operands; /* "FILE|DIR...", or "" */
	const char *summary;
	const char *examples; /* lines for the top of --help */
	const struct option_row *options;
	void (*offer)(struct offers *); /* what may stand as an operand, see offer.h; NULL: nothing */
	bool hidden;			/* --help only names it */
	int (*run)(const struct command *, int argc, char **argv);
};

/** Does a value stand behind it? */
bool option_takes_value(const struct option_row *row);

/** What is left of a command line when the options are taken out. */
struct operands {
	char **items;
	int n;
};

enum parsed { PARSED, PARSED_HELP, PARSED_WRONG };

/**
 * Reads `argv` (argv[0] is the command) into `values`, texts from `a`. A wrong line is complained of on
 * standard error, with the nearest option; --help is printed. The command returns at once with parsed_exit()
 * unless PARSED.
 */
enum parsed options_parse(const struct command *c, struct arena *a, int argc, char **argv, void *values,
			  struct operands *operands);

/** " --seed 7 --only phone=cisco-7940": those of the options that decide, where they are not as in `defaults`. */
void put_deciding(struct sink *s, const struct option_row *rows, const void *values, const void *defaults);

/** The options of a command that takes nothing but --help. */
extern const struct option_row no_options[];

/** The whole of such a command, which takes no operand either: prints, or complains. Returns the exit code. */
int command_print(const struct command *c, int argc, char **argv, int (*print)(void));

/** The exit code of a line that was not PARSED. */
int parsed_exit(enum parsed p);

/** "viaport run: SENTENCE" and where help is, on standard error. Returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Words of --color, in the order of enum color. */
extern const char *const color_words[];

/** The row of --color, an int at this offset. */
#define OPTION_COLOR(offset)                                                                       \
	{                                                                                          \
		"color", 0, OPTION_WORD, .at = (offset), .words = color_words, .argument = "WHEN", \
					 .doc = "auto, or always or never, which beat NO_COLOR"    \
	}

/** The options of a command that only prints something. */
struct print_options {
	int color;
};
extern const struct option_row print_options[];

#endif
