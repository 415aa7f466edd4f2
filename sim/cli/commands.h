/*
 * The commands of the program.
 */
#ifndef SIM_CLI_COMMANDS_H
#define SIM_CLI_COMMANDS_H

#include "sim/cli/options.h"

extern const struct command command_demo, command_run, command_check, command_explain, command_list,
	command_show, command_schema, command_report;

/** Does `viaport explain` know this word? */
bool can_be_explained(const char *word);

#endif
