/*
 * One part of a run as a recording that may end anywhere: its cells lie unpacked in a file, as far as they are whole. Which
 * scenario they are of follows from their number.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/part.h"
#include "sim/cli/recording.h"

struct part_lines {
	struct shard shard;
	FILE *spool;
	char *line;
	size_t room; /* for the line */
	uint64_t next; /* cell of the part */
};

static bool is_part(const char *bytes, size_t n)
{
	return n >= 2 && memcmp(bytes, "\x1F\x8B", 2) == 0;
}

static bool spool_line(void *context, const char *json, size_t n)
{
	return fwrite(json, 1, n, context) == n && putc('\n', context) != EOF;
}

/** Of what is damaged nothing is believed. */
static bool unpack(struct recording *r, struct part_lines *lines, FILE *from)
{
	struct run_part part;
	const char *wrong = part_unpack(r->arena, from, &part, &(struct cell_taker){ spool_line, lines->spool });
	if (ferror(from))
		return recording_fail(r, EXIT_IO, "cannot be read: %s", strerror(errno));
	if ((wrong && !*wrong) || fflush(lines->spool) != 0)
		return recording_fail(r, EXIT_IO, "cannot be unpacked into $TMPDIR: %s", strerror(errno));
	if (!wrong || part.cut_off)
		r->head = part.head;
	lines->shard = part.shard;
	rewind(lines->spool);
	return true;
}

static bool part_open(struct recording *r)
{
	struct part_lines *lines = arena_alloc(r->arena, sizeof *lines);
	r->state = lines;
	lines->spool = recording_spool();
	if (!lines->spool)
		return recording_fail(r, EXIT_IO, "cannot be unpacked into $TMPDIR: %s", strerror(errno));
	FILE *from = fopen(r->file, "rb");
	if (!from)
		return recording_fail(r, EXIT_IO, "cannot be opened: %s", strerror(errno));
	bool ok = unpack(r, lines, from);
	fclose(from);
	return ok;
}

/** Its scenario; head.n: the run has no such cell. */
static uint32_t scenario_of(const struct recorded *head, uint64_t number)
{
	uint32_t i = 0;
	while (i < head->n && number >= head->scenarios[i].cells)
		number -= head->scenarios[i++].cells;
	return i;
}

static bool part_next(struct recording *r, struct kept_cell *out)
{
	struct part_lines *lines = r->state;
	ssize_t n = getline(&lines->line, &lines->room, lines->spool);
	if (n < 0)
		return false;
	out->json = lines->line;
	out->n = (size_t)n - 1;
	out->scenario = scenario_of(&r->head, lines->shard.part - 1 + lines->next++ * lines->shard.parts);
	return out->scenario < r->head.n || recording_fail(r, EXIT_INVALID, "it has more cells than the run");
}

static void part_close(struct recording *r)
{
	struct part_lines *lines = r->state;
	if (lines->spool)
		fclose(lines->spool);
	free(lines->line);
}

const struct recording_kind part_lines_recording = {
	.name = "a part",
	.is = is_part,
	.open = part_open,
	.next = part_next,
	.close = part_close,
};
