#include "sim/cli/one_cell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/nat_watch.h"
#include "sim/cli/output.h"

/* --- which file ---------------------------------------------------------------------------------- */

/** The last bracket in the name of a cell, "lab[2]/matrix.yaml[phone=cisco-7940]"; NULL when it is the name of a file. */
static const char *bracket_of(const char *operand)
{
	size_t len = strlen(operand);
	if (!len || operand[len - 1] != ']' || access(operand, R_OK) == 0)
		return NULL;
	return strrchr(operand, '[');
}

char *cell_operand(struct arena *a, char *operand, struct texts *only)
{
	const char *bracket = bracket_of(operand);
	if (!bracket)
		return operand;
	const char **items = arena_alloc(a, (only->n + 1) * sizeof *items);
	if (only->n)
		memcpy(items, only->items, only->n * sizeof *items);
	items[only->n] = arena_copy(a, bracket + 1, strlen(bracket) - 2);
	*only = (struct texts){ items, only->n + 1 };
	return arena_copy(a, operand, (size_t)(bracket - operand));
}

static int load(struct one_cell *c, char *operand)
{
	struct paper paper = terminal_paper(STDERR_FILENO, (enum color)c->options.color);
	char *file = cell_operand(c->input.arena, operand, &c->options.only);
	input_load(&c->input, &(struct operands){ &file, 1 });
	input_complain(&c->input, &paper);
	return input_trouble(&c->input);
}

/* --- which cell ---------------------------------------------------------------------------------- */

static int refuse_none(const struct one_cell *c)
{
	only_explain("--only", &c->request.only, &c->input);
	fputs(c->input.n ? "viaport: no cell is selected\n" : "viaport: there is no scenario here\n", stderr);
	return EXIT_NOTHING;
}

/** `first` is the name of one of them. */
static int refuse_many(const struct one_cell *c, const char *command, uint64_t cells, const struct sink *first)
{
	return usage_error(command,
			   "it takes one cell, and %s %llu; choose one by --only, or by its name, such as '%.*s'",
			   c->request.only.n ? "--only leaves" : "there are", (unsigned long long)cells,
			   (int)first->len, first->bytes);
}

/** The cell's number, and its scenario in c->shown. */
static int choose(struct one_cell *c, const char *command, uint64_t *cell)
{
	uint64_t cells = 0;
	const struct input_scenario *from = NULL;
	for (uint32_t i = 0; i < c->input.n; i++) {
		struct selection sel = select_cells(c->input.arena, c->input.scenarios[i].scenario, &c->request.only);
		cells += sel.cells;
		if (from || !sel.cells)
			continue;
		from = &c->input.scenarios[i];
		*cell = selection_cell(&sel, from->scenario, 0);
	}
	if (!from)
		return refuse_none(c);
	struct sink name = { 0 };
	put_cell_id(&name, from->scenario, *cell);
	int code = cells == 1 ? EXIT_EXPECTED : refuse_many(c, command, cells, &name);
	sink_free(&name);
	c->shown = run_shown(&c->input, &c->options, from, 1);
	return code;
}

/* --- playing ------------------------------------------------------------------------------------- */

static int play(struct one_cell *c, uint64_t cell)
{
	c->show = run_show(&c->input, &c->request);
	c->show.scenarios = &c->shown;
	c->show.n = 1;
	c->show.cells = 1;
	struct play_options *playing = run_play_options(&c->input, &c->request, &c->show);
	playing->watch = nat_watch;
	play_cell(c->arena, c->shown.scenario, cell, playing, &c->result);
	if (c->result.world)
		return EXIT_EXPECTED;
	fprintf(stderr, "viaport: nothing ran: %s\n", c->result.why ? c->result.why : verdict_words[c->result.verdict]);
	return EXIT_NOTHING;
}

int one_cell_play(struct one_cell *c, const char *command, const struct operands *operands,
		  const struct one_cell_choice *choice)
{
	uint64_t cell = 0;
	*c = (struct one_cell){
		.options = { .only = choice->only,
			     .seed = choice->seed,
			     .color = choice->color,
			     .trace = TRACE_OPTION_FULL },
		.arena = arena_new(),
	};
	c->request.options = &c->options;
	if (!input_open(&c->input))
		return EXIT_IO;
	if (operands->n != 1)
		return usage_error(command, "name one file");
	int code = load(c, operands->items[0]);
	const char *wrong = only_read(c->input.arena, &c->options.only, &c->request.only);
	if (wrong)
		return usage_error(command, "--only %s: it takes AXIS=VALUE, several separated by commas", wrong);
	if (code == EXIT_EXPECTED)
		code = choose(c, command, &cell);
	return code == EXIT_EXPECTED ? play(c, cell) : code;
}

void one_cell_close(struct one_cell *c)
{
	input_close(&c->input);
	arena_free(c->arena);
}
