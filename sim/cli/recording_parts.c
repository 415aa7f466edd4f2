/*
 * The parts of a run as one recording. They are unpacked and checked before the first cell is handed on, so that no
 * report begins which cannot end; the cells lie in a file meanwhile and are taken from the parts in turn:
 *
 *	part 1   cells 1 4 7 ..   \
 *	part 2   cells 2 5 8 ..    >   1 2 3 4 5 6 7 8 9 ..
 *	part 3   cells 3 6 9 ..   /
 *
 * Memory holds one head, and of each part the line at hand.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/part.h"
#include "sim/cli/recording.h"

#define AHEAD	      4096 /* bytes that are read of a part at once, at least */
#define COMMANDS_TOLD 9	   /* holes whose command is told */

/** One part, once it is known to be good. */
struct piece {
	const char *file;  /* NULL: it is missing */
	off_t at, end;	   /* its cells in the spool, as far as they are not read */
	struct sink ahead; /* what is read of them */
	size_t used;	   /* what of that is handed on */
};

struct parts {
	struct run_part first; /* that was found; what all must agree with */
	const char *first_file;
	struct piece *pieces; /* by number */
	FILE *spool;
	off_t spooled;
	uint64_t next; /* cell of the run */
	uint32_t scenario;
	uint64_t left; /* cells of that scenario */
};

/* --- one part ---------------------------------------------------------------------------------- */

static bool is_part(const char *bytes, size_t n)
{
	return n >= 2 && memcmp(bytes, "\x1F\x8B", 2) == 0;
}

static bool spool_line(void *context, const char *json, size_t n)
{
	struct parts *parts = context;
	parts->spooled += (off_t)n + 1;
	return fwrite(json, 1, n, parts->spool) == n && putc('\n', parts->spool) != EOF;
}

/** What the first part says is what all must agree with. */
static void begin_pieces(struct recording *r, struct parts *parts, const struct run_part *part)
{
	parts->first = *part;
	parts->first_file = r->file;
	parts->pieces = arena_alloc(r->arena, part->shard.parts * sizeof *parts->pieces);
	r->head = part->head;
}

/** Takes a part in whose lines stand from `at` on in the spool, if it goes together with the others. */
static bool accept_part(struct recording *r, struct parts *parts, const struct run_part *part, off_t at)
{
	const struct shard *shard = &part->shard;
	const char *differs = recorded_part_difference(r->arena, &parts->first, part);
	if (differs)
		return recording_fail(r, EXIT_INCOMPLETE, "it is of another run than %s: %s", parts->first_file,
				      differs);
	uint64_t wanted = part_cells(r->head.cells, shard->part, shard->parts);
	if (part->cells != wanted)
		return recording_fail(r, EXIT_INCOMPLETE, "its run ended early: it holds %llu of %llu cells",
				      (unsigned long long)part->cells, (unsigned long long)wanted);
	struct piece *piece = &parts->pieces[shard->part - 1];
	if (piece->file)
		return recording_fail(r, EXIT_INCOMPLETE, "part %u of %u is there twice: it is %s as well", shard->part,
				      shard->parts, piece->file);
	*piece = (struct piece){ .file = r->file, .at = at, .end = parts->spooled };
	return true;
}

/** Unpacks the file behind what is in the spool already. */
static bool unpack(struct recording *r, struct parts *parts, FILE *from, struct run_part *part, struct arena *scratch)
{
	const struct cell_taker taker = { spool_line, parts };
	/* the first head is kept */
	const char *wrong = part_unpack(parts->first_file ? scratch : r->arena, from, part, &taker);
	if (ferror(from))
		return recording_fail(r, EXIT_IO, "cannot be read: %s", strerror(errno));
	if (wrong && !*wrong)
		return recording_fail(r, EXIT_IO, "cannot be unpacked into $TMPDIR: %s", strerror(errno));
	return !wrong || recording_fail(r, EXIT_INCOMPLETE, "%s", wrong);
}

static bool read_part(struct recording *r, struct parts *parts, const char *file, struct arena *scratch)
{
	struct run_part part;
	off_t at = parts->spooled;
	r->file = file;
	FILE *from = fopen(file, "rb");
	if (!from)
		return recording_fail(r, EXIT_IO, "cannot be opened: %s", strerror(errno));
	bool ok = unpack(r, parts, from, &part, scratch);
	fclose(from);
	if (ok && !parts->first_file)
		begin_pieces(r, parts, &part);
	return ok && accept_part(r, parts, &part, at);
}

/* --- all of them ------------------------------------------------------------------------------- */

static int names_part(const struct dirent *entry)
{
	return fnmatch("part-*-of-*.jsonl.gz", entry->d_name, 0) == 0;
}

static void read_folder(struct recording *r, struct parts *parts, const char *folder, struct arena *scratch)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, names_part, alphasort);
	r->file = folder;
	if (n < 0)
		recording_fail(r, EXIT_IO, "cannot be opened: %s", strerror(errno));
	else if (n == 0)
		recording_fail(r, EXIT_INCOMPLETE, "no part is in it: part-I-of-N.jsonl.gz");
	for (int i = 0; i < n; i++) {
		read_part(r, parts, arena_printf(r->arena, "%s/%s", folder, entries[i]->d_name), scratch);
		arena_reset(scratch);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void read_operand(struct recording *r, struct parts *parts, const char *operand, struct arena *scratch)
{
	struct stat st;
	if (stat(operand, &st) == 0 && S_ISDIR(st.st_mode))
		read_folder(r, parts, operand, scratch);
	else
		read_part(r, parts, operand, scratch);
	arena_reset(scratch);
}

/** The folder of the part that was found first is where another one belongs. */
static void tell_hole(struct recording *r, const struct shard *whole, const char *folder, uint32_t part)
{
	struct sink s = { 0 };
	r->file = arena_printf(r->arena, "%s/%s", folder, part_file(r->arena, part, whole->parts));
	recording_fail(r, EXIT_INCOMPLETE, "part %u of %u is missing; this makes it, in the folder of the run:", part, whole->parts);
	sink_printf(&s, "  %s --shard %u/%u --out ", whole->command, part, whole->parts);
	put_shell_word(&s, folder);
	sink_char(&s, '\n');
	fwrite(s.bytes, 1, s.len, stderr);
	sink_free(&s);
}

static void tell_holes(struct recording *r, const struct parts *parts)
{
	const struct shard *whole = &parts->first.shard;
	const char *folder = dirname(arena_strdup(r->arena, parts->first_file));
	uint32_t missing = 0;
	for (uint32_t i = 0; i < whole->parts; i++)
		if (!parts->pieces[i].file && ++missing <= COMMANDS_TOLD)
			tell_hole(r, whole, folder, i + 1);
	if (missing > COMMANDS_TOLD)
		fprintf(stderr, "viaport: %u more parts are missing\n", missing - COMMANDS_TOLD);
}

static bool open_operands(struct recording *r, const struct operands *operands)
{
	struct arena *scratch = arena_new();
	struct parts *parts = arena_alloc(r->arena, sizeof *parts);
	r->state = parts;
	parts->spool = recording_spool();
	r->file = "$TMPDIR";
	if (!parts->spool)
		recording_fail(r, EXIT_IO, "cannot be written: %s", strerror(errno));
	for (int i = 0; parts->spool && i < operands->n; i++)
		read_operand(r, parts, operands->items[i], scratch);
	if (parts->first_file)
		tell_holes(r, parts);
	if (r->head.n)
		parts->left = r->head.scenarios[0].cells;
	if (parts->spool && fflush(parts->spool) != 0)
		recording_fail(r, EXIT_IO, "cannot be written: %s", strerror(errno));
	arena_free(scratch);
	return !r->trouble;
}

bool recording_open_parts(struct recording *r, const struct operands *operands)
{
	*r = (struct recording){ .kind = &parts_recording, .arena = arena_new() };
	return open_operands(r, operands);
}

static bool parts_open(struct recording *r)
{
	char *file = arena_strdup(r->arena, r->file);
	return open_operands(r, &(struct operands){ &file, 1 });
}

/* --- cells in turn ----------------------------------------------------------------------------- */

/** Reads on until a whole line is there. */
static bool read_line(struct parts *parts, struct piece *piece, const char **line_end)
{
	for (size_t looked = piece->used;;) {
		char *from = piece->ahead.bytes + looked;
		*line_end = piece->ahead.len > looked ? memchr(from, '\n', piece->ahead.len - looked) : NULL;
		if (*line_end)
			return true;
		if (piece->used) {
			piece->ahead.len -= piece->used;
			memmove(piece->ahead.bytes, piece->ahead.bytes + piece->used, piece->ahead.len);
			piece->used = 0;
		}
		looked = piece->ahead.len;
		off_t left = piece->end - piece->at;
		sink_reserve(&piece->ahead, AHEAD);
		ssize_t n = pread(fileno(parts->spool), piece->ahead.bytes + looked,
				  left < AHEAD ? (size_t)left : AHEAD, piece->at);
		if (n <= 0)
			return false;
		piece->ahead.len += (size_t)n;
		piece->at += n;
	}
}

static bool parts_next(struct recording *r, struct kept_cell *out)
{
	struct parts *parts = r->state;
	const char *line_end;
	if (parts->next == r->head.cells)
		return false;
	for (; !parts->left; parts->left = r->head.scenarios[parts->scenario].cells)
		parts->scenario++;
	struct piece *piece = &parts->pieces[parts->next % parts->first.shard.parts];
	r->file = piece->file;
	if (!read_line(parts, piece, &line_end))
		return recording_fail(r, EXIT_IO, "what was unpacked of it cannot be read: %s", strerror(errno));
	const char *line = piece->ahead.bytes + piece->used;
	*out = (struct kept_cell){ parts->scenario, line, (size_t)(line_end - line) };
	piece->used += out->n + 1;
	parts->next++;
	parts->left--;
	return true;
}

static void parts_close(struct recording *r)
{
	struct parts *parts = r->state;
	for (uint32_t i = 0; parts->pieces && i < parts->first.shard.parts; i++)
		sink_free(&parts->pieces[i].ahead);
	if (parts->spool)
		fclose(parts->spool);
}

const struct recording_kind parts_recording = {
	.name = "parts",
	.is = is_part,
	.open = parts_open,
	.next = parts_next,
	.close = parts_close,
};
