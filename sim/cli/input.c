#include "sim/cli/input.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/complaints.h"
#include "sim/cli/data.h"
#include "sim/cli/terminal.h"

/* --- the catalogue --------------------------------------------------------------------------- */

/** The catalogue's own files are called by their base names, wherever they lie, so that complaints are the
 * same. */
static struct source *read_sources(struct input *input, const struct files *files, size_t *n)
{
	struct source *sources = arena_alloc(input->arena, (files->n + 1) * sizeof *sources);
	*n = 0;
	for (const struct found *f = files->first; f; f = f->next) {
		const char *why;
		if (file_read(input->arena, f, &sources[*n], &why)) {
			++*n;
			continue;
		}
		fprintf(stderr, "viaport: cannot read %s: %s\n", f->file, why);
		input->failed = true;
	}
	return sources;
}

static bool load_catalogue(struct input *input, const char *folder)
{
	struct files files;
	size_t n;
	files_init(&files, input->arena);
	files_add(&files, folder);
	const struct source *sources = read_sources(input, &files, &n);
	if (files.failed || input->failed)
		return false;
	if (catalogue_load(input->arena, sources, n, &input->complaints, &input->catalogue))
		return true;
	struct paper paper = terminal_paper(STDERR_FILENO, COLOR_AUTO);
	input_complain(input, &paper);
	fprintf(stderr, "viaport: the catalogue in %s cannot be used\n", folder);
	return false;
}

bool input_open(struct input *input)
{
	*input = (struct input){ .arena = arena_new() };
	input->complaints.arena = input->arena;
	const char *folder = data_find(input->arena, "catalogue");
	if (folder && load_catalogue(input, folder))
		return true;
	input->failed = true;
	return false;
}

/* --- scenarios ------------------------------------------------------------------------------- */

int operands_refused(const char *command, const struct operands *operands)
{
	int from_stdin = 0;
	for (int i = 0; i < operands->n; i++)
		from_stdin += is_stdin(operands->items[i]);
	if (operands->n == 0)
		return usage_error(command, "name a scenario file, a directory, or - for standard input");
	if (from_stdin > 1)
		return usage_error(command, "standard input can be read once, so name - once");
	return EXIT_EXPECTED;
}

static void add_scenario(struct input *input, const struct found *found, struct scenario *scenario)
{
	const char *file = is_stdin(found->file) ? NULL : found->file;
	input->scenarios[input->n++] = (struct input_scenario){ scenario, file };
}

static void load_file(struct input *input, struct found *found)
{
	struct file_reader reader;
	struct source source;
	struct scenario *scenario;
	const char *why;
	if (!file_read(input->arena, found, &source, &why)) {
		fprintf(stderr, "viaport: cannot read %s: %s\n", found->file, why);
		input->failed = true;
		return;
	}
	uint32_t before = input->complaints.n;
	input->files++;
	file_reader_init(&reader, found);
	switch (scenario_load(input->arena, &source, input->catalogue, &reader.reader, &input->complaints,
			      &scenario)) {
	case LOADED_SCENARIO:
		add_scenario(input, found, scenario);
		break;
	case LOADED_MODELS_ONLY:
		input->models_only += !found->in_folder;
		break;
	case LOADED_BAD:
		break;
	}
	input->wrong += input->complaints.n > before;
}

void input_load(struct input *input, const struct operands *operands)
{
	struct files files;
	files_init(&files, input->arena);
	for (int i = 0; i < operands->n; i++)
		files_add(&files, operands->items[i]);
	input->failed = input->failed || files.failed;
	input->scenarios = arena_alloc(input->arena, (files.n + 1) * sizeof *input->scenarios);
	for (struct found *f = files.first, *next; f; f = next) {
		next = f->next;
		f->next = NULL; /* each file is the head of what it uses */
		load_file(input, f);
	}
}

enum exit_code input_trouble(const struct input *input)
{
	if (input->failed)
		return EXIT_IO;
	return input->complaints.n ? EXIT_INVALID : EXIT_EXPECTED;
}

void input_complain(const struct input *input, const struct paper *paper)
{
	struct sink s = { 0 };
	complaints_as_text(&s, paper, &input->complaints);
	if (s.len)
		fwrite(s.bytes, 1, s.len, stderr);
	sink_free(&s);
}

void input_close(struct input *input)
{
	arena_free(input->arena);
}
