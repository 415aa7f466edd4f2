#include "reports/sink.h"
#include "scenarios/schema.h"
#include "sim/cli/commands.h"
#include "sim/cli/output.h"

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
	return command_print(c, argc, argv, print_schema);
}

const struct command command_schema = {
	.name = "schema",
	.operands = "",
	.summary = "JSON Schema of the scenario file, for editors",
	.examples = "viaport schema > viaport-1.schema.json\n",
	.options = no_options,
	.hidden = true,
	.run = run,
};
