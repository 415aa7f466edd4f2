#include <libgen.h>
#include <stdio.h>
#include <unistd.h>

#include "reports/compare_json.h"
#include "reports/compare_markdown.h"
#include "reports/compare_text.h"
#include "sim/cli/commands.h"
#include "sim/cli/compared.h"
#include "sim/cli/files.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"

struct diff_options {
	const char *out;
	int format, color;
	bool quiet;
};

#define MARKDOWN_TOLD 1000 /* changes of each class: more is read by nobody */

#define OF(member) .at = offsetof(struct diff_options, member)

static const char *const format_words[] = { "text", "json", "markdown", NULL };

static const struct option_row options[] = {
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "FORMAT",
	  .doc = "text (default), json or markdown" },
	{ "out", 'o', OPTION_TEXT, OF(out), .argument = "FILE", .doc = "write it there", .offer = offer_files },
	{ "quiet", 'q', OPTION_SWITCH, OF(quiet), .doc = "only the sums, in text" },
	OPTION_COLOR(offsetof(struct diff_options, color)),
	{ 0 },
};

/* --- what is written --------------------------------------------------------------------------- */

static void put_text(struct sink *s, const struct diff_options *o, const struct comparison *c)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, o->out ? COLOR_NEVER : (enum color)o->color);
	if (o->out)
		paper.width = 80;
	if (!o->quiet)
		put_comparison(s, &paper, c);
	put_count(s, c->cells, "cell");
	sink_text(s, ": ");
	put_comparison_sums(s, c);
	sink_text(s, ".\n");
}

static void put_json(struct sink *s, const struct diff_options *o, const struct comparison *c)
{
	(void)o;
	put_comparison_json(s, c);
}

static void put_markdown(struct sink *s, const struct diff_options *o, const struct comparison *c)
{
	(void)o;
	put_comparison_markdown(s, c, MARKDOWN_TOLD);
	s->len--; /* one line end at the end of the file */
}

static const struct {
	void (*put)(struct sink *s, const struct diff_options *o, const struct comparison *c);
	uint64_t kept; /* changes of each class that it wants */
} formats[] = { { put_text, 1000 }, { put_json, UINT64_MAX }, { put_markdown, MARKDOWN_TOLD } };

static bool write_out(const struct diff_options *o, struct sink *s, struct arena *a)
{
	struct output out;
	if (o->out)
		output_file(&out, dirname(arena_strdup(a, o->out)), basename(arena_strdup(a, o->out)));
	else
		output_stdout(&out);
	output_write(&out, s);
	return output_close(&out);
}

/* --- comparing --------------------------------------------------------------------------------- */

/** What was cut down does not say how many cells there should be. */
static bool is_whole(const struct recording *r, uint64_t cells)
{
	if (!r->head.interrupted && (r->head.bare || cells + r->head.all_hidden == r->head.cells))
		return true;
	fprintf(stderr, "viaport: %s is not complete: it has %llu of %llu cells\n", r->file, (unsigned long long)cells,
		(unsigned long long)r->head.cells);
	return false;
}

/** Names of files are part of what a cell is called. */
static void hint_at_paths(const struct recording *old, const struct recording *now, const struct comparison *c)
{
	bool same = false;
	for (uint32_t i = 0; i < old->head.n; i++)
		same |= recorded_find(&now->head, old->head.scenarios[i].scenario->path) < now->head.n;
	if (!same && c->apart && old->head.n && now->head.n)
		fprintf(stderr,
			"hint: no scenario is in both: %s, %s; results name files as they are seen from where they "
			"ran, baselines from where they are\n",
			old->head.scenarios[0].scenario->path, now->head.scenarios[0].scenario->path);
}

static int compare(struct recording *old, struct recording *now, const struct diff_options *o, struct comparison *c,
		   struct arena *a)
{
	uint64_t before, after;
	struct sink s = { 0 };
	comparison_tools(c, "catalogue", old->head.catalogue, now->head.catalogue);
	comparison_tools(c, "version", old->head.version, now->head.version);
	if (!compare_recording(c, old, comparison_before, &before))
		return (int)old->trouble;
	if (!compare_recording(c, now, comparison_now, &after))
		return (int)now->trouble;
	comparison_end(c);
	formats[o->format].put(&s, o, c);
	bool written = write_out(o, &s, a);
	sink_free(&s);
	if (!written)
		return EXIT_IO;
	hint_at_paths(old, now, c);
	bool whole = is_whole(old, before) & is_whole(now, after);
	bool worse = c->classes[CHANGE_BROKEN].n || c->apart;
	return !whole ? EXIT_INCOMPLETE : worse ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}

static int diff(char **operands, const struct diff_options *o, struct arena *a)
{
	struct comparison *c = comparison_new(&(struct compare_rules){ .kept = formats[o->format].kept });
	struct recording old, now;
	int code;
	bool opened = recording_open(&old, operands[0]);
	if (!opened) {
		code = (int)old.trouble;
	} else {
		code = recording_open(&now, operands[1]) ? compare(&old, &now, o, c, a) : (int)now.trouble;
		recording_close(&now);
	}
	recording_close(&old);
	comparison_free(c);
	return code;
}

static int understand(const struct command *c, const struct operands *operands, const struct diff_options *o,
		      struct arena *a)
{
	if (operands->n != 2)
		return usage_error(c->name, "name two results: the earlier one, and the later one");
	if (is_stdin(operands->items[0]) && is_stdin(operands->items[1]))
		return usage_error(c->name, "standard input can be read once, so name - once");
	if (o->out && !*o->out)
		return usage_error(c->name, "--out needs the name of a file");
	return diff(operands->items, o, a);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct diff_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed == PARSED ? understand(c, &operands, &o, a) : parsed_exit(parsed);
	arena_free(a);
	return code;
}

const struct command command_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "which cells of two results are not the same",
	.examples = "viaport diff old/result.json new/result.json\n"
		    "viaport run lab -f json | viaport diff baseline.json -\n",
	.options = options,
	.offer = offer_files,
	.run = run,
};
