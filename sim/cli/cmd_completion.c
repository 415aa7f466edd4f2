#include <string.h>

#include "scenarios/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/data.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"

struct completion_options {
	bool candidates;
};

static const struct option_row options[] = {
	{ "candidates", 0, OPTION_SWITCH, .at = offsetof(struct completion_options, candidates),
	  .doc = "what may stand in place of the last word behind --" },
	{ 0 },
};

/** The scripts, as they are called in the folder "completion". */
static const struct shell {
	const char *name, *file;
} shells[] = {
	{ "bash", "viaport.bash" },
	{ "zsh", "_viaport" },
	{ "fish", "viaport.fish" },
};

static void offer_shells(struct offers *o)
{
	for (size_t i = 0; i < COUNT(shells); i++)
		offer(o, shells[i].name, "");
}

static const struct shell *shell_find(const char *name)
{
	for (size_t i = 0; i < COUNT(shells); i++)
		if (strcmp(shells[i].name, name) == 0)
			return &shells[i];
	return NULL;
}

static int unknown_shell(const char *name)
{
	struct nearest nearest = nearest_to(name, strlen(name));
	for (size_t i = 0; i < COUNT(shells); i++)
		nearest_offer(&nearest, shells[i].name);
	if (nearest.best)
		return usage_error("completion", "there is none for '%s', did you mean %s?", name, nearest.best);
	return usage_error("completion", "there is none for '%s'; there are bash, zsh and fish", name);
}

static int print_script(struct arena *a, const struct shell *shell)
{
	struct sink s = { 0 };
	const char *script = data_read(a, "completion", shell->file);
	int code = EXIT_IO;
	if (script) {
		sink_text(&s, script);
		code = output_print(&s);
	}
	sink_free(&s);
	return code;
}

static int print_candidates(const struct operands *words)
{
	struct sink s = { 0 };
	if (words->n)
		offer_line(&s, words);
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int complete(struct arena *a, const struct completion_options *o, const struct operands *operands)
{
	if (o->candidates)
		return print_candidates(operands);
	if (operands->n != 1)
		return usage_error("completion", "name one shell: bash, zsh or fish");
	const struct shell *shell = shell_find(operands->items[0]);
	return shell ? print_script(a, shell) : unknown_shell(operands->items[0]);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct completion_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed == PARSED ? complete(a, &o, &operands) : parsed_exit(parsed);
	arena_free(a);
	return code;
}

const struct command command_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.summary = "what makes a shell complete commands, options and names",
	.examples = "source <(viaport completion bash)\n"
		    "viaport completion zsh > ~/.zfunc/_viaport\n"
		    "viaport completion fish > ~/.config/fish/completions/viaport.fish\n",
	.options = options,
	.offer = offer_shells,
	.hidden = true,
	.run = run,
};
