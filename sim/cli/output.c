#include "sim/cli/output.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/options.h"
#include "sim/cli/terminal.h"

static char *join(const char *folder, const char *name, const char *end)
{
	char *path;
	int n = asprintf(&path, "%s/%s%s", folder, name, end);
	assert(n >= 0);
	return path;
}

/** A reader who went away is no news to him. */
static void fail(struct output *o)
{
	if (!o->failed && errno != EPIPE)
		fprintf(stderr, "viaport: cannot write %s: %s\n", o->path ? o->path : "standard output",
			strerror(errno));
	o->failed = true;
}

/** The folder and all above it that are missing. */
static bool make_folders(const char *folder)
{
	char *path = strdup(folder), *end = path;
	bool ok = path;
	while (ok && *end) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		char next = *end;
		*end = '\0';
		ok = mkdir(path, 0777) == 0 || errno == EEXIST;
		*end = next;
	}
	free(path);
	return ok;
}

void output_stdout(struct output *o)
{
	*o = (struct output){ .file = stdout };
}

void output_file(struct output *o, const char *folder, const char *name)
{
	*o = (struct output){ .path = join(folder, name, ""), .partial = join(folder, name, ".part") };
	if (!make_folders(folder)) {
		fail(o);
		return;
	}
	o->file = fopen(o->partial, "w");
	if (!o->file)
		fail(o);
}

void output_append(struct output *o, const char *path)
{
	*o = (struct output){ .path = strdup(path), .file = fopen(path, "a") };
	if (!o->file)
		fail(o);
}

void output_put(struct output *o, const struct sink *s)
{
	if (!o->failed && s->len && fwrite(s->bytes, 1, s->len, o->file) != s->len)
		fail(o);
}

void output_write(struct output *o, struct sink *s)
{
	output_put(o, s);
	sink_clear(s);
}

bool output_settle(struct output *o)
{
	if (!o->failed && fflush(o->file) != 0)
		fail(o);
	return !o->failed;
}

void output_discard(struct output *o)
{
	o->failed |= o->partial != NULL;
}

static void close_file(struct output *o)
{
	if (o->file && fclose(o->file) != 0)
		fail(o);
	if (!o->failed && o->partial && rename(o->partial, o->path) != 0)
		fail(o);
	if (o->failed && o->partial)
		unlink(o->partial);
	free(o->path);
	free(o->partial);
	o->path = o->partial = NULL;
}

bool output_close(struct output *o)
{
	if (o->path)
		close_file(o);
	else
		output_settle(o);
	return !o->failed;
}

void output_say(struct sink *sentence)
{
	struct paper paper = terminal_paper(STDERR_FILENO, COLOR_NEVER);
	struct sink s = { 0 };
	sink_char(sentence, '\0');
	put_wrapped(&s, sentence->bytes, 0, 4, paper.width);
	sink_char(&s, '\n');
	fwrite(s.bytes, 1, s.len, stderr);
	sink_free(&s);
	sink_free(sentence);
}

int output_print(struct sink *s)
{
	struct output o;
	output_stdout(&o);
	output_write(&o, s);
	return output_close(&o) ? EXIT_EXPECTED : EXIT_IO;
}
