/*
 * The commands of the program.
 */
#ifndef SIM_CLI_COMMANDS_H
#define SIM_CLI_COMMANDS_H

#include "sim/cli/options.h"

extern const struct command command_demo, command_run, command_check, command_explain, command_diagram, command_export,
	command_list, command_show, command_schema, command_completion, command_report, command_diff, command_merge,
	command_manual, command_init, command_advise;

/** All of them, in the order of --help; closed by NULL. */
extern const struct command *const commands[];

/** The command of that name, NULL when there is none. */
const struct command *command_find(const char *word);

/** Does `viaport explain` know this word? */
bool can_be_explained(const char *word);

#endif
