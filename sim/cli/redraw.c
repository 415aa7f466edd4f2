#include "sim/cli/redraw.h"

#include <string.h>
#include <unistd.h>

#include "sim/cli/run.h"
#include "sim/cli/version.h"

/** Loads what is still there. Whatever is wrong with it by now is not told: it is not the scenario that was run. */
static void load(struct input *input, const struct recorded *head)
{
	char **files = arena_alloc(input->arena, (head->n + 1) * sizeof *files);
	int n = 0;
	for (uint32_t i = 0; i < head->n; i++)
		if (head->scenarios[i].file && access(head->scenarios[i].file, R_OK) == 0)
			files[n++] = arena_strdup(input->arena, head->scenarios[i].file);
	input_load(input, &(struct operands){ files, n });
}

/** The very scenario that was run; NULL: its file is not there, or has changed. */
static const struct scenario *find(const struct input *input, const struct shown *shown)
{
	for (uint32_t i = 0; i < input->n; i++) {
		const struct input_scenario *loaded = &input->scenarios[i];
		if (loaded->file && strcmp(loaded->file, shown->file) == 0 &&
		    strcmp(loaded->scenario->sha256, shown->scenario->sha256) == 0)
			return loaded->scenario;
	}
	return NULL;
}

/** What would make ladders other than those of the run; NULL: nothing. */
static const char *change_since(const struct recording *r, const struct input *input)
{
	const struct recorded *head = &r->head;
	if (!head->version || strcmp(head->version, version_whole) != 0)
		return "the run was made by another version of viaport: run it again for its ladders";
	if (!head->catalogue || strcmp(head->catalogue, input->catalogue->sha256) != 0)
		return "the catalogue has changed since the run: run it again for its ladders";
	return NULL;
}

static const struct scenario **find_all(struct drawers *d, const struct recording *r, struct input *input)
{
	const struct scenario **found = arena_alloc(input->arena, (r->head.n + 1) * sizeof *found);
	for (uint32_t i = 0; i < r->head.n; i++) {
		const struct shown *shown = &r->head.scenarios[i];
		found[i] = shown->file ? find(input, shown) : NULL;
		if (!found[i])
			drawers_missing(
				d,
				arena_printf(
					r->arena,
					"%s is not there or has changed since the run: without it there are no ladders",
					shown_name(shown)));
	}
	return found;
}

static struct pool_end make(struct drawers *d, const struct report *page, const struct recording *r,
			    struct input *input)
{
	const char *changed = change_since(r, input);
	if (changed) {
		drawers_missing(d, changed);
		return (struct pool_end){ 0 };
	}
	load(input, &r->head);
	const struct scenario **scenarios = find_all(d, r, input);
	return drawers_make(d, page, &(struct drawer_source){ input, scenarios, run_jobs(&(struct run_options){ 0 }) });
}

struct pool_end redraw(struct drawers *d, const struct writers *w, const struct recording *r)
{
	const struct report *page = drawers_page(w);
	struct input input;
	struct pool_end end = { 0 };
	if (!page)
		return end;
	if (input_open(&input))
		end = make(d, page, r, &input);
	else
		drawers_missing(d, "there is no catalogue here");
	if (!end.abandoned)
		input_close(&input);
	return end;
}
