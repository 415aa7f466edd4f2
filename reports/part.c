#include "reports/part.h"

#include <assert.h>
#include <zlib.h>

#include "models/sha256.h"
#include "reports/json.h"
#include "reports/result_json.h"

#define WINDOW_GZIP (MAX_WBITS + 16) /* how zlib is told to write and read the format of gzip */
#define MEMORY	    8		     /* zlib's usual amount */
#define CHUNK	    (64 * 1024)

const char *part_file(struct arena *a, uint32_t part, uint32_t parts)
{
	return arena_printf(a, "part-%u-of-%u.jsonl.gz", part, parts);
}

uint64_t part_cells(uint64_t cells, uint32_t part, uint32_t parts)
{
	return (cells + parts - part) / parts;
}

/** The same words when it is written and when it is read. */
static void put_end_line(struct sink *s, uint64_t cells, struct sha256 *sum)
{
	struct json j = { s };
	char hex[65];
	sha256_end(sum, hex);
	json_open(&j, '{');
	json_key(&j, "cells"), json_number(&j, cells);
	json_key(&j, "sha256"), json_text(&j, hex);
	json_close(&j, '}');
}

/* --- writing ----------------------------------------------------------------------------------- */

struct packing {
	struct arena *arena;
	z_stream stream;
	struct sha256 *sum;
	uint64_t cells;
};

/** The packer keeps some of it back, until it is told that this is all. */
static void pack(struct packing *p, struct sink *out, const char *bytes, size_t n, int flush)
{
	p->stream.next_in = (Bytef *)(uintptr_t)bytes;
	p->stream.avail_in = (uInt)n;
	assert(p->stream.avail_in == n);
	do {
		sink_reserve(out, CHUNK);
		p->stream.next_out = (Bytef *)out->bytes + out->len;
		p->stream.avail_out = CHUNK;
		deflate(&p->stream, flush);
		out->len += CHUNK - p->stream.avail_out;
	} while (!p->stream.avail_out);
}

static void pack_line(struct packing *p, struct sink *out, const char *bytes, size_t n)
{
	sha256_add(p->sum, bytes, n);
	sha256_add(p->sum, "\n", 1);
	pack(p, out, bytes, n, Z_NO_FLUSH);
	pack(p, out, "\n", 1, Z_NO_FLUSH);
}

static void put_head_line(struct sink *s, const struct show *show)
{
	struct json j = { s };
	json_open(&j, '{');
	json_key(&j, "command"), json_text(&j, show->shard->command);
	json_key(&j, "head"), put_result_head(s, show);
	json_key(&j, "min_confidence"), json_text(&j, confidence_words[show->least]);
	json_key(&j, "options"), json_text(&j, show->shard->options);
	json_key(&j, "part"), json_number(&j, show->shard->part);
	json_key(&j, "parts"), json_number(&j, show->shard->parts);
	json_close(&j, '}');
}

static void begin(struct report *report)
{
	struct arena *a = arena_new();
	struct packing *p = arena_alloc(a, sizeof *p);
	struct sink line = { 0 };
	*p = (struct packing){ .arena = a, .sum = sha256_begin(a) };
	int failed = deflateInit2(&p->stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_GZIP, MEMORY, Z_DEFAULT_STRATEGY);
	assert(failed == Z_OK);
	report->state = p;
	put_head_line(&line, report->show);
	pack_line(p, &report->out, line.bytes, line.len);
	sink_free(&line);
}

static void cell(struct report *report, const struct shown *shown, const struct brief *brief, const char *rendered,
		 size_t n)
{
	struct packing *p = report->state;
	(void)shown, (void)brief;
	pack_line(p, &report->out, rendered, n);
	p->cells++;
}

/** A run that ended early has too few cells, which is how it is known. */
static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct packing *p = report->state;
	struct sink line = { 0 };
	(void)totals, (void)ending;
	put_end_line(&line, p->cells, p->sum);
	sink_char(&line, '\n');
	pack(p, &report->out, line.bytes, line.len, Z_FINISH);
	sink_free(&line);
}

static void free_state(struct report *report)
{
	struct packing *p = report->state;
	deflateEnd(&p->stream);
	arena_free(p->arena);
}

const struct report_kind part_report = {
	.name = "part",
	.keeps_hidden = true,
	.render = render_cell,
	.begin = begin,
	.cell = cell,
	.end = end,
	.free = free_state,
};

/* --- reading ----------------------------------------------------------------------------------- */

struct unpacking {
	struct arena *arena;
	z_stream stream;
	struct sha256 *sum;
	struct sink line;  /* at hand, as far as it is there */
	bool begun, ended; /* the first line was read, the last one */
	struct run_part *part;
	const struct cell_taker *taker;
};

static const char *take_last(struct unpacking *u)
{
	struct sink wanted = { 0 };
	put_end_line(&wanted, u->part->cells, u->sum);
	bool same = wanted.len == u->line.len && memcmp(wanted.bytes, u->line.bytes, wanted.len) == 0;
	sink_free(&wanted);
	u->ended = true;
	return same ? NULL : "it is damaged: its checksum is another";
}

static const char *take_cell(struct unpacking *u)
{
	u->part->cells++;
	return u->taker->take(u->taker->context, u->line.bytes, u->line.len) ? NULL : "";
}

static bool is_last(const struct sink *line)
{
	static const char begins[] = "{\"cells\":";
	return line->len >= sizeof begins - 1 && memcmp(line->bytes, begins, sizeof begins - 1) == 0;
}

static const char *take_line(struct unpacking *u)
{
	const char *wrong;
	if (u->ended)
		return "it is damaged: something stands behind its last line";
	if (u->begun && is_last(&u->line))
		return take_last(u);
	sha256_add(u->sum, u->line.bytes, u->line.len);
	sha256_add(u->sum, "\n", 1);
	wrong = u->begun ? take_cell(u) : recorded_part(u->arena, u->line.bytes, u->line.len, u->part);
	u->begun = true;
	return wrong;
}

static const char *take_bytes(struct unpacking *u, const char *bytes, size_t n)
{
	const char *wrong = NULL;
	for (const char *line_end; !wrong && (line_end = memchr(bytes, '\n', n));) {
		size_t len = (size_t)(line_end - bytes);
		sink_put(&u->line, bytes, len);
		wrong = take_line(u);
		sink_clear(&u->line);
		bytes += len + 1;
		n -= len + 1;
	}
	sink_put(&u->line, bytes, n);
	return wrong;
}

/** All that comes out of what was read. `done`: the packing says that this is its end. */
static const char *unpack_chunk(struct unpacking *u, bool *done)
{
	const char *wrong = NULL;
	char out[CHUNK];
	do {
		u->stream.next_out = (Bytef *)out;
		u->stream.avail_out = CHUNK;
		int code = inflate(&u->stream, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return "it is no part of a run, or damaged: gzip cannot unpack it";
		*done = code == Z_STREAM_END;
		wrong = take_bytes(u, out, CHUNK - u->stream.avail_out);
	} while (!wrong && !*done && !u->stream.avail_out);
	return wrong;
}

static const char *unpack_all(struct unpacking *u, FILE *file)
{
	char in[CHUNK];
	bool done = false;
	for (size_t n; (n = fread(in, 1, sizeof in, file)) > 0;) {
		if (done)
			return "it is damaged: something stands behind its end";
		u->stream.next_in = (Bytef *)in;
		u->stream.avail_in = (uInt)n;
		const char *wrong = unpack_chunk(u, &done);
		if (wrong)
			return wrong;
		if (done && u->stream.avail_in)
			return "it is damaged: something stands behind its end";
	}
	u->part->cut_off = !done || !u->ended;
	return u->part->cut_off ? "it is cut off" : NULL;
}

const char *part_unpack(struct arena *a, FILE *file, struct run_part *out, const struct cell_taker *taker)
{
	struct unpacking u = { .arena = a, .sum = sha256_begin(a), .part = out, .taker = taker };
	*out = (struct run_part){ 0 };
	int failed = inflateInit2(&u.stream, WINDOW_GZIP);
	assert(failed == Z_OK);
	const char *wrong = unpack_all(&u, file);
	inflateEnd(&u.stream);
	sink_free(&u.line);
	return wrong;
}
