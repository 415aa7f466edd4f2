#include "sim/cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS_DEEP 40 /* a tree of folders is not followed further down */

/* --- names ----------------------------------------------------------------------------------- */

/** Without resolving the last part, so that a link keeps its name. NULL when the folder does not exist. */
static const char *absolute(struct arena *a, const char *file)
{
	char *copy = arena_strdup(a, file), *copy_too = arena_strdup(a, file);
	char folder[PATH_MAX];
	if (!realpath(dirname(copy), folder))
		return NULL;
	return arena_printf(a, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, basename(copy_too));
}

static const char *display_path(struct arena *a, const char *file)
{
	char cwd[PATH_MAX];
	const char *whole = absolute(a, file);
	const char *base = strrchr(file, '/');
	if (whole && getcwd(cwd, sizeof cwd)) {
		size_t length = strcmp(cwd, "/") == 0 ? 0 : strlen(cwd);
		if (strncmp(whole, cwd, length) == 0 && whole[length] == '/')
			return whole + length + 1;
	}
	return base ? base + 1 : file;
}

bool is_stdin(const char *operand)
{
	return strcmp(operand, "-") == 0;
}

/** Takes the last part off. */
static size_t parent(const char *path, size_t length)
{
	while (length && path[length - 1] != '/')
		length--;
	return length ? length - 1 : 0;
}

/** Of an absolute path: without `.`, `..` and slashes that say nothing; "" is the root. */
static const char *plain(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2);
	size_t length = 0;
	for (const char *part = path; *part;) {
		size_t n = strcspn(part, "/");
		if (n == 2 && strncmp(part, "..", n) == 0) {
			length = parent(out, length);
		} else if (n && !(n == 1 && *part == '.')) {
			out[length++] = '/';
			memcpy(out + length, part, n);
			length += n;
		}
		part += n + (part[n] == '/');
	}
	out[length] = '\0';
	return out;
}

/** A folder, be it there or not, as an absolute path. */
static const char *whole_folder(struct arena *a, const char *folder)
{
	char real[PATH_MAX], cwd[PATH_MAX];
	if (realpath(folder, real))
		return plain(a, real);
	bool rooted = *folder == '/' || !getcwd(cwd, sizeof cwd);
	return plain(a, rooted ? folder : arena_printf(a, "%s/%s", cwd, folder));
}

const char *file_seen_from(struct arena *a, const char *folder, const char *from, const char *file)
{
	const char *base = whole_folder(a, folder);
	char *there = arena_printf(a, "%s%s%s", *file == '/' ? "" : from, *file == '/' ? "" : "/", file);
	const char *name = arena_strdup(a, basename(arena_strdup(a, there)));
	const char *whole = arena_printf(a, "%s/%s", whole_folder(a, dirname(there)), name);
	size_t same = strlen(base);
	const char *up = "";
	while (strncmp(base, whole, same) != 0 || whole[same] != '/') {
		same = parent(base, same);
		up = arena_printf(a, "../%s", up);
	}
	return arena_printf(a, "%s%s", up, whole + same + 1);
}

bool folder_holds(struct arena *a, const char *operand, const char *path)
{
	struct stat st;
	if (is_stdin(operand) || stat(operand, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	return strncmp(file_seen_from(a, operand, ".", path), "../", 3) != 0;
}

/* --- finding --------------------------------------------------------------------------------- */

void files_init(struct files *f, struct arena *a)
{
	*f = (struct files){ .arena = a };
	f->end = &f->first;
}

static void add_file(struct files *f, const char *file, bool in_folder)
{
	struct found *found = arena_alloc(f->arena, sizeof *found);
	found->file = arena_strdup(f->arena, file);
	found->path = is_stdin(file) ? "stdin" : display_path(f->arena, file);
	found->in_folder = in_folder;
	*f->end = found;
	f->end = &found->next;
	f->n++;
}

static void fail(struct files *f, const char *file)
{
	fprintf(stderr, "viaport: cannot open %s: %s\n", file, strerror(errno));
	f->failed = true;
}

static bool is_yaml(const char *name)
{
	size_t length = strlen(name);
	return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

/** By the bytes of the names, whatever the locale says. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void add_folder(struct files *f, const char *folder, int depth);

static void add_entry(struct files *f, const char *folder, const char *name, int depth)
{
	struct stat st;
	size_t length = strlen(folder);
	bool slash = length && folder[length - 1] == '/';
	const char *path = arena_printf(f->arena, "%s%s%s", folder, slash ? "" : "/", name);
	if (lstat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode))
		add_folder(f, path, depth + 1);
	else if (is_yaml(name))
		add_file(f, path, true);
}

static void add_folder(struct files *f, const char *folder, int depth)
{
	struct dirent **entries;
	if (depth > FOLDERS_DEEP)
		return;
	int n = scandir(folder, &entries, not_hidden, by_name);
	if (n < 0) {
		fail(f, folder);
		return;
	}
	for (int i = 0; i < n; i++) {
		add_entry(f, folder, entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
}

void files_add(struct files *f, const char *operand)
{
	struct stat st;
	if (is_stdin(operand))
		add_file(f, operand, false);
	else if (stat(operand, &st) != 0)
		fail(f, operand);
	else if (S_ISDIR(st.st_mode))
		add_folder(f, operand, 0);
	else
		add_file(f, operand, false);
}

/* --- reading --------------------------------------------------------------------------------- */

/** Reads until the end, which is not known before: standard input and pipes have no size. Stops when it is
 * more than a file may hold, which is complained of where the text is read. */
static bool read_all(struct arena *a, int fd, struct source *out, const char **why)
{
	size_t size = 64 * 1024, len = 0;
	char *text = malloc(size + 1);
	ssize_t n = 1;
	while (text && n > 0 && len <= SOURCE_MAX) {
		n = read(fd, text + len, size - len);
		len += n > 0 ? (size_t)n : 0;
		if (len == size) {
			char *more = realloc(text, 2 * size + 1);
			if (!more)
				break;
			text = more;
			size *= 2;
		}
	}
	if (n < 0)
		*why = strerror(errno);
	else if (!text || (n > 0 && len <= SOURCE_MAX))
		*why = strerror(ENOMEM);
	else
		*out = (struct source){ out->path, arena_copy(a, text, len), len };
	free(text);
	return out->text;
}

bool file_read(struct arena *a, const struct found *file, struct source *out, const char **why)
{
	int fd = is_stdin(file->file) ? STDIN_FILENO : open(file->file, O_RDONLY | O_CLOEXEC);
	*out = (struct source){ .path = file->path };
	if (fd < 0) {
		*why = strerror(errno);
		return false;
	}
	bool ok = read_all(a, fd, out, why);
	if (fd != STDIN_FILENO)
		close(fd);
	return ok;
}

/** `path` is what results call a file; the folder is that of the file itself. */
static const char *folder_of(const struct file_reader *r, struct arena *a, const char *path)
{
	for (const struct found *f = r->known; f; f = f->next)
		if (strcmp(f->path, path) == 0 && !is_stdin(f->file))
			return dirname(arena_strdup(a, f->file));
	return ".";
}

/** Remembers the file, because it may use others. `a` lives until the scenario is read. */
static bool read_used(const struct source_reader *self, struct arena *a, const char *from, const char *name,
		      struct source *out, const char **why)
{
	struct file_reader *r = CONTAINER(self, struct file_reader, reader);
	struct found *used = arena_alloc(a, sizeof *used);
	if (*name == '/')
		used->file = arena_strdup(a, name);
	else
		used->file = arena_printf(a, "%s/%s", folder_of(r, a, from), name);
	used->path = display_path(a, used->file);
	used->next = r->known;
	r->known = used;
	return file_read(a, used, out, why);
}

void file_reader_init(struct file_reader *r, struct found *scenario)
{
	*r = (struct file_reader){ .reader = { read_used }, .known = scenario };
}
