/*
 * All that a command reads before it works: the catalogue and the scenarios, with everything that is wrong
 * with them.
 */
#ifndef SIM_CLI_INPUT_H
#define SIM_CLI_INPUT_H

#include "reports/paper.h"
#include "scenarios/scenario.h"
#include "sim/cli/files.h"
#include "sim/cli/options.h"

struct input_scenario {
	const struct scenario *scenario;
	const char *file; /* as the user names it; NULL for standard input */
};

struct input {
	struct arena *arena;
	struct catalogue *catalogue;
	struct complaints complaints;
	struct input_scenario *scenarios;
	uint32_t n;
	uint32_t files;	      /* read, those of models included */
	uint32_t wrong;	      /* of these: with complaints */
	uint32_t models_only; /* named by the user, but holding only models */
	bool failed;	      /* something could not be opened; said on standard error */
};

/** Complains when no file is named, or standard input twice. EXIT_EXPECTED or EXIT_USAGE. */
int operands_refused(const char *command, const struct operands *operands);

/** Reads the catalogue. False when there is none; said on standard error. input_close() in either case. */
bool input_open(struct input *input);

/** Reads scenarios from files and folders. */
void input_load(struct input *input, const struct operands *operands);

/** 4 when something could not be opened, 3 when there are complaints, else 0. */
enum exit_code input_trouble(const struct input *input);

/** Prints all complaints on standard error. */
void input_complain(const struct input *input, const struct paper *paper);

void input_close(struct input *input);

#endif
