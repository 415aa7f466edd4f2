#include "sim/cli/data.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "sim/cli/files.h"

/** Where the folders lie in the source tree. */
static const struct {
	const char *name, *in_sources;
} folders[] = {
	{ "catalogue", "models/catalogue" },
	{ "scenarios", "scenarios" },
	{ "completion", "sim/cli/completion" },
	{ "lab", "sim/cli/lab" },
};

static bool is_directory(const char *path)
{
	struct stat st;
	return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/** The folder of the running program. */
static const char *program_folder(struct arena *a)
{
	char path[PATH_MAX];
	size_t size = sizeof path - 1;
	if (uv_exepath(path, &size) != 0)
		return NULL;
	path[size] = '\0';
	return arena_strdup(a, dirname(path));
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static const char *in_environment(struct arena *a, const char *name)
{
	const char *data = getenv("VIAPORT_DATA");
	return data && *data ? arena_printf(a, "%s/%s", data, name) : NULL;
}

static const char *in_sources(struct arena *a, const char *name)
{
	const char *program = program_folder(a);
	if (!program || !is_below(program, VIAPORT_BUILD_DIR))
		return NULL;
	for (size_t i = 0; i < COUNT(folders); i++)
		if (strcmp(folders[i].name, name) == 0)
			return arena_printf(a, "%s/%s", VIAPORT_SOURCE_DIR, folders[i].in_sources);
	return NULL;
}

static const char *beside_program(struct arena *a, const char *name)
{
	const char *program = program_folder(a);
	return program ? arena_printf(a, "%s/../share/viaport/%s", program, name) : NULL;
}

static const char *as_configured(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", VIAPORT_DATA_DIR, name);
}

const char *data_find(struct arena *a, const char *name)
{
	const char *(*const places[])(struct arena *, const char *) = { in_environment, in_sources, beside_program,
									as_configured };
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *path = places[i](a, name);
		char whole[PATH_MAX];
		if (is_directory(path))
			return realpath(path, whole) ? arena_strdup(a, whole) : path;
	}
	fprintf(stderr,
		"viaport: cannot find the folder '%s'; set VIAPORT_DATA to the one it lies in,\n"
		"    which is %s where viaport is installed\n",
		name, VIAPORT_DATA_DIR);
	return NULL;
}

const char *data_read(struct arena *a, const char *folder, const char *file)
{
	struct source text;
	const char *why, *path = data_find(a, folder);
	if (!path)
		return NULL;
	path = arena_printf(a, "%s/%s", path, file);
	if (file_read(a, &(struct found){ .file = path, .path = file }, &text, &why))
		return text.text;
	fprintf(stderr, "viaport: cannot read %s: %s\n", path, why);
	return NULL;
}
