/*
 * A result.json as a recording: the file stays where it is, and is looked through cell by cell. One that was cut off has
 * no head; of that the lines that are whole can be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/json_scan.h"
#include "sim/cli/files.h"
#include "sim/cli/recording.h"

struct result {
	char *text;
	size_t len;
	bool mapped; /* else it was read */
	struct cell_range *ranges; /* by scenario */
	uint32_t scenario;	   /* at hand */
	size_t at;		   /* of a cut-off one: where the next line begins */
	uint64_t cells;		   /* of a cut-off one: so many of the scenario at hand were read */
};

static bool is_result(const char *bytes, size_t n)
{
	(void)bytes, (void)n;
	return true;
}

/* --- the text ---------------------------------------------------------------------------------- */

/** What has no size is read to its end. */
static bool read_all(struct result *result, int fd)
{
	size_t size = 0;
	ssize_t n = 1;
	while (n > 0) {
		if (result->len == size) {
			size = size ? 2 * size : 1 << 16;
			char *more = realloc(result->text, size);
			if (!more)
				return false;
			result->text = more;
		}
		n = read(fd, result->text + result->len, size - result->len);
		result->len += n > 0 ? (size_t)n : 0;
	}
	return n == 0;
}

static bool map_all(struct result *result, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return false;
	void *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return false;
	*result = (struct result){ .text = text, .len = (size_t)st.st_size, .mapped = true };
	return true;
}

static bool load(struct recording *r, struct result *result)
{
	int fd = is_stdin(r->file) ? STDIN_FILENO : open(r->file, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && (map_all(result, fd) || read_all(result, fd));
	int error = errno;
	if (fd > STDIN_FILENO)
		close(fd);
	if (is_stdin(r->file))
		r->file = "standard input";
	return ok || recording_fail(r, EXIT_IO, "cannot be read: %s", strerror(error));
}

/* --- what is in it ----------------------------------------------------------------------------- */

static bool scan(struct recording *r, struct result *result, struct sink *head)
{
	uint32_t n = 0;
	for (uint32_t room = 64;; room = n) {
		result->ranges = arena_alloc(r->arena, room * sizeof *result->ranges);
		sink_clear(head);
		if (!result_scan(result->text, result->len, head, result->ranges, room, &n))
			return recording_fail(r, EXIT_INVALID, "it is cut off: quotes or brackets are not closed");
		if (n <= room)
			break;
	}
	const char *wrong = recorded_head(r->arena, head->bytes ? head->bytes : "", head->len, &r->head);
	if (wrong)
		return recording_fail(r, EXIT_INVALID, "%s", wrong);
	return n == r->head.n || recording_fail(r, EXIT_INVALID, "%u scenarios, but cells of %u", r->head.n, n);
}

static bool result_open(struct recording *r)
{
	struct sink head = { 0 };
	struct result *result = arena_alloc(r->arena, sizeof *result);
	r->state = result;
	bool ok = load(r, result) && scan(r, result, &head);
	sink_free(&head);
	return ok;
}

static bool result_next(struct recording *r, struct kept_cell *out)
{
	struct result *result = r->state;
	for (; result->scenario < r->head.n; result->scenario++) {
		if (range_next(&result->ranges[result->scenario], &out->json, &out->n)) {
			out->scenario = result->scenario;
			return true;
		}
	}
	return false;
}

static void result_close(struct recording *r)
{
	struct result *result = r->state;
	if (result->mapped)
		munmap(result->text, result->len);
	else
		free(result->text);
}

const struct recording_kind result_recording = {
	.name = "a result",
	.is = is_result,
	.open = result_open,
	.next = result_next,
	.close = result_close,
};

/* --- line by line ------------------------------------------------------------------------------ */

/** The next line, without its end. False: there is no further one that is whole. */
static bool next_line(struct result *result, const char **line, size_t *n)
{
	*line = result->text + result->at;
	const char *end = memchr(*line, '\n', result->len - result->at);
	if (!end)
		return false;
	*n = (size_t)(end - *line);
	result->at += *n + 1;
	return true;
}

static bool begins_with(const char *line, size_t n, const char *text)
{
	return n >= strlen(text) && memcmp(line, text, strlen(text)) == 0;
}

#define DIGEST 64 /* digits of a sha256 */

/** {"format": 1, "run": "...", "scenarios": [ */
static bool lines_open(struct recording *r)
{
	static const char first[] = "{\"format\": 1, \"run\": \"";
	const char *line;
	size_t n;
	struct result *result = arena_alloc(r->arena, sizeof *result);
	r->state = result;
	if (!load(r, result))
		return false;
	if (next_line(result, &line, &n) && begins_with(line, n, first) && n > strlen(first) + DIGEST)
		r->head.run = arena_printf(r->arena, "%.*s", DIGEST, line + strlen(first));
	return true;
}

/** A scenario has as many cells as were selected of it. */
static bool lines_next(struct recording *r, struct kept_cell *out)
{
	struct result *result = r->state;
	while (next_line(result, &out->json, &out->n)) {
		if (!begins_with(out->json, out->n, "{\"cell\": "))
			continue;
		while (result->scenario < r->head.n && result->cells == r->head.scenarios[result->scenario].cells) {
			result->scenario++;
			result->cells = 0;
		}
		result->cells++;
		out->scenario = result->scenario;
		out->n -= out->json[out->n - 1] == ',';
		return out->scenario < r->head.n || recording_fail(r, EXIT_INVALID, "it has more cells than the run");
	}
	return false;
}

const struct recording_kind lines_recording = {
	.name = "a result that was cut off",
	.is = is_result,
	.open = lines_open,
	.next = lines_next,
	.close = result_close,
};
