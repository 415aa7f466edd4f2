#include "sim/cli/commands.h"

#include <string.h>

const struct command *const commands[] = {
	&command_demo,
	&command_run,
	&command_check,
	&command_explain,
	&command_export,
	&command_diagram,
	&command_list,
	&command_show,
	&command_advise,
	&command_init,
	&command_report,
	&command_diff,
	&command_merge,
	&command_schema,
	&command_completion,
	&command_manual,
	NULL,
};

const struct command *command_find(const char *word)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, word) == 0)
			return commands[i];
	return NULL;
}
