#include "sim/cli/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/options.h"
#include "sim/cli/place.h"
#include "sim/cli/terminal.h"

/** A reader who went away is no news to him. */
static void fail(struct output *o)
{
	if (!o->failed && errno != EPIPE)
		fprintf(stderr, "viaport: cannot write %s: %s\n", o->path ? o->path : "standard output",
			errno == EWOULDBLOCK ? "another run writes it" : strerror(errno));
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

/** `partial` is only set once it is ours: what another run writes there is not removed. */
static void open_partial(struct output *o)
{
	o->place = place_of(o->path);
	char *partial = place_beside(o->place, PLACE_PART);
	int fd = place_lock(partial);
	if (fd < 0) {
		fail(o);
		free(partial);
		return;
	}
	o->partial = partial;
	o->file = ftruncate(fd, 0) == 0 ? fdopen(fd, "w") : NULL;
	if (o->file)
		return;
	fail(o);
	close(fd);
}

/** Devices and pipes are not replaced by a file. */
static void open_special(struct output *o)
{
	o->file = fopen(o->path, "w");
	if (!o->file)
		fail(o);
}

void output_file(struct output *o, const char *folder, const char *name)
{
	int n;
	*o = (struct output){ 0 };
	n = asprintf(&o->path, "%s/%s", folder, name);
	assert(n >= 0);
	if (!make_folders(folder))
		fail(o);
	else if (place_is_special(o->path))
		open_special(o);
	else
		open_partial(o);
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

/** It gets its name while it is still locked. */
static void close_file(struct output *o)
{
	if (o->file)
		output_settle(o);
	if (!o->failed && o->partial && rename(o->partial, o->place) != 0)
		fail(o);
	if (o->failed && o->partial)
		unlink(o->partial);
	if (o->file && fclose(o->file) != 0)
		fail(o);
	free(o->path);
	free(o->place);
	free(o->partial);
	o->path = o->place = o->partial = NULL;
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
