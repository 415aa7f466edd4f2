#include "sim/cli/baseline.h"

#include <assert.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <unistd.h>

#include "reports/compare_json.h"
#include "reports/compare_text.h"
#include "reports/result_json.h"
#include "sim/cli/output.h"
#include "sim/cli/place.h"
#include "sim/cli/version.h"

#define CHANGES_KEPT 1000 /* of each class: more than any report tells */

/* --- what is compared -------------------------------------------------------------------------- */

/** Its cells are read where they are taken. */
static const struct report_kind compared_cells = { .name = "compared", .render = render_cell };

void baseline_writing(struct writing *w)
{
	for (size_t k = 0; k < w->n_kinds; k++)
		if (w->kinds[k]->render == render_cell)
			return;
	w->kinds[w->n_kinds++] = &compared_cells;
}

/* --- what is missed ---------------------------------------------------------------------------- */

static bool is_loaded(const struct input *input, const char *path)
{
	for (uint32_t i = 0; i < input->n; i++)
		if (strcmp(input->scenarios[i].scenario->path, path) == 0)
			return true;
	return false;
}

/** Would a file of that name have been found? */
static bool is_looked_for(const struct baseline *b, const char *path)
{
	for (int i = 0; i < b->operands->n; i++)
		if (folder_holds(b->recording.arena, b->operands->items[i], path))
			return true;
	return false;
}

static bool covers(void *context, const char *path, const char *const *axes, const char *const *values, uint32_t n)
{
	const struct baseline *b = context;
	return only_holds(&b->request->only, axes, values, n) && (is_loaded(b->input, path) || is_looked_for(b, path));
}

/* --- reading ----------------------------------------------------------------------------------- */

/** The scenario of that file, as it is seen from here. */
static const struct input_scenario *find_loaded(const struct input *input, const char *path, struct arena *a)
{
	for (uint32_t i = 0; i < input->n; i++) {
		const char *file = input->scenarios[i].file;
		if (file && strcmp(file_seen_from(a, ".", ".", file), path) == 0)
			return &input->scenarios[i];
	}
	return NULL;
}

/** What lies elsewhere is called by its mere name in a run, whatever folder it was found in; others are not called so. */
static void name_as_loaded(struct baseline *b)
{
	struct arena *a = b->recording.arena;
	for (uint32_t i = 0; b->recording.head.beside && i < b->recording.head.n; i++) {
		struct shown *shown = &b->recording.head.scenarios[i];
		const char *path = shown->scenario->path;
		const struct input_scenario *loaded = find_loaded(b->input, path, a);
		struct scenario *s = arena_alloc(a, sizeof *s);
		*s = *shown->scenario;
		if (loaded)
			s->path = loaded->scenario->path;
		else if (is_loaded(b->input, path) && strcmp(path, "stdin") != 0)
			s->path = arena_printf(a, "./%s", path);
		shown->scenario = s;
	}
}

static int complain_missing(const char *file)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: %s: %s; --update-baseline makes it", file, strerror(errno));
	output_say(&s);
	return EXIT_IO;
}

/** What is written is JSON, and would replace whatever else it was. */
static bool can_be_updated(struct baseline *b)
{
	const struct recording_kind *kind = b->recording.kind;
	return !b->updates || kind == &result_recording ||
	       recording_fail(&b->recording, EXIT_INVALID,
			      "it is %s; --update-baseline writes JSON, so name a baseline, a result.json or a new file",
			      kind->name);
}

static int read_before(struct baseline *b)
{
	if (!recording_open(&b->recording, b->file) || !can_be_updated(b))
		return (int)b->recording.trouble;
	name_as_loaded(b);
	if (!compare_recording(b->comparison, &b->recording, comparison_before, &b->cells))
		return (int)b->recording.trouble;
	return EXIT_EXPECTED;
}

int baseline_open(struct baseline *b, const struct run_request *request, const struct input *input,
		  const struct operands *operands)
{
	const char *file = request->options->baseline;
	bool updates = request->options->update_baseline;
	*b = (struct baseline){
		.file = file, .updates = updates, .request = request, .input = input, .operands = operands
	};
	if (!file)
		return EXIT_EXPECTED;
	b->comparison = comparison_new(&(struct compare_rules){ CHANGES_KEPT, updates, covers, b });
	if (updates && place_is_special(file)) {
		b->is_new = true; /* it is written to, and has nothing that could be read */
		return EXIT_EXPECTED;
	}
	b->is_new = !is_stdin(file) && access(file, F_OK) != 0;
	if (b->is_new)
		return updates && errno == ENOENT ? EXIT_EXPECTED : complain_missing(file);
	int code = read_before(b);
	comparison_tools(b->comparison, "catalogue", b->recording.head.catalogue, input->catalogue->sha256);
	comparison_tools(b->comparison, "version", b->recording.head.version, version_whole);
	return code;
}

void baseline_close(struct baseline *b)
{
	if (b->comparison)
		comparison_free(b->comparison);
	if (b->recording.kind)
		recording_close(&b->recording);
}

/* --- comparing --------------------------------------------------------------------------------- */

const struct comparison *baseline_shown(const struct baseline *b, const struct show *show)
{
	if (b->is_new || !b->comparison)
		return NULL;
	for (uint32_t i = 0; i < show->n; i++)
		comparison_expect(b->comparison, &show->scenarios[i]);
	return b->comparison;
}

/** Which kind of report says what is compared. */
static size_t kind_compared(const struct writing *w)
{
	size_t k = 0;
	while (w->kinds[k]->render != render_cell)
		k++;
	return k;
}

void baseline_cell(struct baseline *b, const struct show *show, const struct writing *w, const struct played *p)
{
	if (!b->comparison)
		return;
	size_t k = kind_compared(w);
	compare_cell *tell = is_hidden(show, p->brief) ? comparison_hide : comparison_now;
	const char *wrong = tell(b->comparison, &show->scenarios[p->scenario], p->rendered[k], p->length[k]);
	assert(!wrong);
}

/** A path that is not that of a file which runs is the usual reason. */
static void say_apart(const struct baseline *b, const struct show *show)
{
	struct sink s = { 0 };
	char cwd[PATH_MAX];
	sink_printf(&s, "viaport: %s: ", b->recording.file);
	if (b->cells) {
		sink_text(&s, "none of its ");
		put_count(&s, b->cells, "cell");
		sink_printf(&s, " was compared: it holds %s", b->recording.head.scenarios[0].scenario->path);
	} else {
		sink_text(&s, "nothing was compared: it has no cells");
	}
	sink_printf(&s, ", what ran is %s, both as they are seen from %s", show->scenarios[0].scenario->path,
		    getcwd(cwd, sizeof cwd) ? cwd : ".");
	output_say(&s);
}

void baseline_complete(struct baseline *b, const struct show *show)
{
	b->is_complete = true;
	if (!b->comparison)
		return;
	comparison_end(b->comparison);
	if (b->comparison->apart && !b->updates)
		say_apart(b, show);
}

bool baseline_fails(const struct baseline *b)
{
	return b->updates ? b->comparison->errors : comparison_fails(b->comparison);
}

/* --- writing ----------------------------------------------------------------------------------- */

/** A baseline that is written anew. */
struct rewriting {
	const struct baseline *baseline;
	struct output out;
	struct arena *arena;
	const char *folder;
};

static void write_ready(void *context, struct sink *s)
{
	struct rewriting *w = context;
	output_write(&w->out, s);
}

static const char *name_beside(void *context, const struct scenario *s)
{
	struct rewriting *w = context;
	const struct input *input = w->baseline->input;
	const char *file = s->path;
	for (uint32_t i = 0; i < input->n; i++)
		if (input->scenarios[i].file && strcmp(input->scenarios[i].scenario->path, s->path) == 0)
			file = input->scenarios[i].file;
	return file_seen_from(w->arena, w->folder, ".", file);
}

static void say_written(const struct baseline *b)
{
	struct sink s = { 0 };
	sink_printf(&s, "written: %s (", b->file);
	if (b->is_new)
		put_count(&s, b->comparison->cells, "cell");
	else
		put_comparison_sums(&s, b->comparison);
	sink_char(&s, ')');
	output_say(&s);
}

bool baseline_write(struct baseline *b, const struct show *show)
{
	if (!b->updates || !b->is_complete)
		return true;
	struct arena *a = arena_new();
	struct sink s = { 0 };
	struct rewriting w = { .baseline = b, .arena = a, .folder = dirname(arena_strdup(a, b->file)) };
	output_file(&w.out, w.folder, basename(arena_strdup(a, b->file)));
	put_baseline(&s, b->comparison,
		     &(struct baseline_rules){ show->version, show->catalogue, name_beside, write_ready, &w });
	bool written = output_close(&w.out);
	if (written && !show->quiet)
		say_written(b);
	sink_free(&s);
	arena_free(a);
	return written;
}
