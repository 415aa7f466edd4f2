#include "reports/sink.h"
#include "scenarios/schema.h"
#include "sim/cli/commands.h"
#include "sim/cli/output.h"

static const struct option_row options[] = { { 0 } };

static void put(void *context, const char *bytes, size_t len)
{
	sink_put(context, bytes, len);
}

static int print_schema(void)
{
	struct sink s = { 0 };
	schema_print(&(struct schema_sink){ put, &s });
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, NULL, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED)
		code = operands.n ? usage_error(c->name, "it takes no argument") : print_schema();
	arena_free(a);
	return code;
}

const struct command command_schema = {
	.name = "schema",
	.operands = "",
	.summary = "JSON Schema of the scenario file, for editors",
	.examples = "viaport schema > viaport-1.schema.json\n",
	.options = options,
	.hidden = true,
	.run = run,
};
