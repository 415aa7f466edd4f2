#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/cli/commands.h"
#include "sim/cli/data.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"

static const struct option_row options[] = { { 0 } };

/** What is written, in the order in which it is read best; `from` is a file in the folder "lab" of the program's data. */
static const struct {
	const char *from, *folder, *name;
} files[] = {
	{ "README.md", "", "README.md" },
	{ "first-call.yaml", "", "first-call.yaml" },
	{ "matrix.yaml", "", "matrix.yaml" },
	{ "install-viaport.sh", "ci", "install-viaport.sh" },
	{ "github.yml", ".github/workflows", "viaport.yml" },
	{ "gitlab.yml", "", ".gitlab-ci.yml" },
};

/** "lab/ci"; "." and what is below it go without that. */
static const char *below(struct arena *a, const char *folder, const char *name)
{
	size_t length = strlen(folder);
	while (length > 1 && folder[length - 1] == '/')
		length--;
	if (!*name)
		return folder;
	if (strcmp(folder, ".") == 0)
		return name;
	return arena_printf(a, "%.*s%s%s", (int)length, folder, folder[length - 1] == '/' ? "" : "/", name);
}

static const char *folder_of(struct arena *a, const char *lab, size_t i)
{
	return below(a, lab, files[i].folder);
}

static const char *path_of(struct arena *a, const char *lab, size_t i)
{
	return below(a, folder_of(a, lab, i), files[i].name);
}

/** Nothing is written over, and nothing is written where that would be half a lab. */
static bool is_in_the_way(struct arena *a, const char *lab)
{
	struct stat st;
	bool found = false;
	for (size_t i = 0; i < COUNT(files); i++) {
		const char *path = path_of(a, lab, i);
		if (lstat(path, &st) != 0)
			continue;
		fprintf(stderr, "viaport: %s is there already\n", path);
		found = true;
	}
	if (found)
		fputs("viaport: nothing was written; name a folder that has none of these files\n", stderr);
	return found;
}

static bool write_file(struct arena *a, const char *lab, size_t i)
{
	struct output o;
	struct sink s = { 0 };
	const char *text = data_read(a, "lab", files[i].from);
	if (!text)
		return false;
	sink_text(&s, text);
	output_file(&o, folder_of(a, lab, i), files[i].name);
	output_write(&o, &s);
	sink_free(&s);
	return output_close(&o);
}

static int write_lab(struct arena *a, const char *lab)
{
	struct sink written = { 0 };
	int code = EXIT_IO;
	size_t i = 0;
	if (is_in_the_way(a, lab))
		return code;
	for (; i < COUNT(files) && write_file(a, lab, i); i++)
		sink_printf(&written, "written: %s\n", path_of(a, lab, i));
	if (i == COUNT(files))
		code = output_print(&written);
	if (code == EXIT_EXPECTED)
		fprintf(stderr, "next: viaport run %s\n", lab);
	sink_free(&written);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, NULL, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && (operands.n > 1 || (operands.n == 1 && !*operands.items[0])))
		code = usage_error(c->name, "name one folder, or none for the one you are in");
	else if (parsed == PARSED)
		code = write_lab(a, operands.n ? operands.items[0] : ".");
	arena_free(a);
	return code;
}

const struct command command_init = {
	.name = "init",
	.operands = "[DIR]",
	.summary = "write a small lab, with files for GitHub and GitLab",
	.examples = "viaport init lab && viaport run lab\n",
	.options = options,
	.offer = offer_folders,
	.run = run,
};
