#include <unistd.h>

#include "reports/text.h"
#include "sim/cli/commands.h"
#include "sim/cli/data.h"
#include "sim/cli/output.h"
#include "sim/cli/run.h"

/** The acts of the demonstration. */
static const struct {
	const char *before, *file;
} acts[] = {
	{ "1. A phone that cannot register. It asks from one port of the router; the server answers to the "
	  "port that "
	  "stands in the phone's Via, and there the router has nothing to give the answer to:",
	  "register/seed-test-1.yaml" },
	{ "2. Another phone, the same server. This one writes rport into its Via, so the answer goes to "
	  "where the "
	  "request came from, and comes home:",
	  "register/seed-test-2.yaml" },
	{ "3. The same question for several phones, routers and servers at once:", "register/matrix.yaml" },
};

static const char after[] =
	"What to try next:\n"
	"  viaport explain reply-to-via-port     why it fails, and what cures it\n"
	"  viaport list                          phones, routers, servers to combine\n"
	"  viaport show cisco-7940               what is known about one of them\n"
	"  viaport run FILE                      a scenario of your own, or one of these:\n"
	"  ";

static void say(const struct paper *paper, const char *text)
{
	struct sink s = { 0 };
	put_paragraph(&s, text, 0, paper->width);
	sink_text(&s, *text ? "\n" : "");
	output_print(&s);
	sink_free(&s);
}

static int perform(struct arena *a, int color)
{
	const struct run_options o = { .trace = TRACE_OPTION_NONE, .color = color, .no_progress = true };
	const struct run_request request = { .options = &o, .writing = { .kinds = { &text_report }, .n_kinds = 1 } };
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)color);
	const char *folder = data_find(a, "scenarios");
	if (!folder)
		return EXIT_IO;
	for (size_t i = 0; i < COUNT(acts); i++) {
		say(&paper, acts[i].before);
		char *file = arena_printf(a, "%s/%s", folder, acts[i].file);
		int code = run_files(&(struct operands){ &file, 1 }, &request);
		if (code != EXIT_EXPECTED)
			return code;
		say(&paper, "");
	}
	struct sink s = { 0 };
	sink_text(&s, after);
	sink_text(&s, folder);
	sink_text(&s, "\n");
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct print_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED)
		code = operands.n ? usage_error(c->name, "it takes no file") : perform(a, o.color);
	arena_free(a);
	return code;
}

const struct command command_demo = {
	.name = "demo",
	.operands = "",
	.summary = "a failed registration and its cure, without any file",
	.examples = "viaport demo\n",
	.options = print_options,
	.run = run,
};
