#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/paper.h"
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

/** A folder that was missing; the list has the deepest first. */
struct missing {
	const char *folder;
	struct missing *above;
};

/** That folder and all above it, as far as they are missing. */
static struct missing *add_missing(struct arena *a, struct missing *list, const char *folder)
{
	struct stat st;
	size_t length = strlen(folder);
	for (size_t end = 1; end <= length; end++) {
		const char *path = arena_printf(a, "%.*s", (int)end, folder);
		if ((folder[end] != '/' && folder[end] != '\0') || lstat(path, &st) == 0)
			continue;
		struct missing *m = arena_alloc(a, sizeof *m);
		*m = (struct missing){ path, list };
		list = m;
	}
	return list;
}

static struct missing *find_missing(struct arena *a, const char *lab)
{
	struct missing *list = NULL;
	for (size_t i = 0; i < COUNT(files); i++)
		list = add_missing(a, list, folder_of(a, lab, i));
	return list;
}

/** Half a lab would be in the way of the next try. */
static void remove_lab(struct arena *a, const char *lab, size_t n, const struct missing *made)
{
	for (size_t i = 0; i < n; i++)
		unlink(path_of(a, lab, i));
	for (const struct missing *m = made; m; m = m->above)
		rmdir(m->folder);
}

static void say_next(const char *lab)
{
	struct sink s = { 0 };
	sink_text(&s, *lab == '-' ? "next: viaport run ./" : "next: viaport run ");
	put_shell_word(&s, lab);
	sink_char(&s, '\n');
	fwrite(s.bytes, 1, s.len, stderr);
	sink_free(&s);
}

static int write_files(struct arena *a, const char *lab)
{
	struct sink written = { 0 };
	struct missing *missing = find_missing(a, lab);
	int code = EXIT_IO;
	size_t i = 0;
	for (; i < COUNT(files) && write_file(a, lab, i); i++)
		sink_printf(&written, "written: %s\n", path_of(a, lab, i));
	if (i == COUNT(files))
		code = output_print(&written);
	else
		remove_lab(a, lab, i, missing);
	if (code == EXIT_EXPECTED)
		say_next(lab);
	sink_free(&written);
	return code;
}

static int write_lab(struct arena *a, const char *lab)
{
	return is_in_the_way(a, lab) ? EXIT_IO : write_files(a, lab);
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
