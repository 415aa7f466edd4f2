#include "sim/cli/lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/ladder_tables.h"
#include "reports/lesson.h"
#include "reports/text.h"
#include "sim/cli/output.h"
#include "sim/cli/remedy_search.h"

#define CURES_TOLD 3

/** One that is being held. */
struct class
{
	struct one_cell *cell;
	const struct paper *paper;
	struct diagram diagram;
	struct ladder ladder;
	struct ladder_tables tables;
	struct lesson lesson;
	uint32_t told; /* lines of the ladder */
	uint32_t answered, right;
	char *line; /* that was read last */
	size_t size;
	bool ended;  /* standard input has */
	bool failed; /* standard output has; said */
	struct sink out;
};

/** What is said stands on the screen before anybody is asked. */
static void speak(struct class *c)
{
	c->failed = c->failed || output_print(&c->out) != EXIT_EXPECTED;
	sink_clear(&c->out);
}

static void tell_until(struct class *c, uint32_t line)
{
	if (line == c->told)
		return;
	ladder_print_lines(&c->out, c->paper, &c->ladder, c->told, line);
	sink_char(&c->out, '\n');
	c->told = line;
}

/* --- a question ----------------------------------------------------------------------------------------------------- */

static void put_ask(struct class *c, uint32_t i)
{
	const struct lesson_question *q = &c->lesson.questions[i];
	struct sink head = { 0 };
	sink_printf(&head, "Question %u of %u. %s", i + 1, c->lesson.n, q->ask);
	sink_char(&head, '\0');
	put_paragraph(&c->out, head.bytes, 2, c->paper->width);
	sink_free(&head);
	for (uint32_t k = 0; k < q->n_choices; k++) {
		sink_printf(&c->out, "    %u  ", k + 1);
		put_wrapped(&c->out, q->choices[k], 7, 7, c->paper->width);
		sink_char(&c->out, '\n');
	}
}

/** The number on the line, from 1 to `most`; 0: it is none of them. */
static uint32_t number_of(const char *line, uint32_t most)
{
	char *end;
	unsigned long n = strtoul(line, &end, 10);
	return line[strspn(line, " \t")] != '-' && end != line && end[strspn(end, " \t\r\n")] == '\0' && n <= most
		       ? (uint32_t)n
		       : 0;
}

/** What comes from a pipe nobody has typed here. */
static void echo(struct class *c)
{
	if (isatty(STDIN_FILENO))
		return;
	c->line[strcspn(c->line, "\r\n")] = '\0';
	sink_printf(&c->out, "%s\n", c->line);
}

static const char *what_ends(void)
{
	return isatty(STDIN_FILENO) ? "Ctrl-D" : "the end of input";
}

/** From 1; 0: there are no more answers. */
static uint32_t listen(struct class *c, uint32_t choices)
{
	uint32_t n = 0;
	while (!n && !c->failed) {
		sink_printf(&c->out, "  1 to %u? ", choices);
		speak(c);
		if (getline(&c->line, &c->size, stdin) < 0)
			break;
		echo(c);
		n = number_of(c->line, choices);
		if (!n)
			sink_printf(&c->out, "  It takes a number from 1 to %u; %s ends the questions.\n", choices,
				    what_ends());
	}
	return n;
}

static void put_verdict(struct class *c, const struct lesson_question *q, bool right)
{
	struct sink text = { 0 };
	if (right)
		sink_printf(&text, "Right. %s.", q->why);
	else
		sink_printf(&text, "No, it is %u: %s. %s.", q->right + 1, q->choices[q->right], q->why);
	sink_char(&text, '\0');
	put_paragraph(&c->out, text.bytes, 2, c->paper->width);
	sink_char(&c->out, '\n');
	sink_free(&text);
}

static void ask(struct class *c, uint32_t i)
{
	const struct lesson_question *q = &c->lesson.questions[i];
	tell_until(c, ladder_line_of(&c->ladder, c->diagram.steps[q->step].record));
	put_ask(c, i);
	uint32_t answer = listen(c, q->n_choices);
	c->ended = !answer;
	if (c->ended) {
		sink_text(&c->out, "\n\n");
		return;
	}
	bool right = answer == q->right + 1;
	c->answered++;
	c->right += right;
	put_verdict(c, q, right);
}

/* --- the end -------------------------------------------------------------------------------------------------------- */

static void put_score(struct class *c)
{
	sink_printf(&c->out, "  %u of %u right", c->right, c->lesson.n);
	if (c->answered < c->lesson.n)
		sink_printf(&c->out, ", %u not answered", c->lesson.n - c->answered);
	sink_text(&c->out, ".\n\n");
}

/** Who is to blame, and the first changes that make it work. */
static int put_cure(struct class *c, uint32_t jobs)
{
	const struct number *seed = &c->cell->options.seed;
	const struct cure_options how = { .jobs = jobs, .seeded = seed->given, .seed = seed->n, .alone = true };
	struct cures cures;
	if (!remedies_search(c->cell->input.arena, c->cell->input.catalogue, &c->cell->shown,
			     c->cell->result.cell, &how, &cures))
		return EXIT_INTERRUPTED;
	uint32_t works = 0;
	while (works < cures.n && works < CURES_TOLD && is_cure(&cures.items[works]))
		works++;
	cures.n = works ? works : cures.n < CURES_TOLD ? cures.n : CURES_TOLD;
	put_cures(&c->out, c->paper, &cures);
	return EXIT_EXPECTED;
}

static void begin(struct class *c)
{
	struct one_cell *cell = c->cell;
	diagram_make(cell->arena, cell->shown.scenario, &cell->result, &c->diagram);
	ladder_lay(cell->arena, cell->shown.scenario, &cell->result.world->trace, &c->ladder);
	ladder_add_tables(cell->arena, cell->shown.scenario, &cell->result, &c->tables, &c->ladder);
	lesson_make(cell->arena, cell->shown.scenario, &cell->result, &c->diagram, &c->lesson);
	put_paragraph(&c->out, c->diagram.title, 0, c->paper->width);
	sink_char(&c->out, '\n');
	if (c->lesson.n && isatty(STDIN_FILENO))
		sink_printf(&c->out, "  Answer with a number and Enter; %s ends the questions.\n\n", what_ends());
	if (!c->lesson.n)
		sink_text(&c->out, "  Nothing here decides anything: there is nothing to ask.\n\n");
}

static int hold(struct one_cell *cell, uint32_t jobs)
{
	struct class c = { .cell = cell, .paper = &cell->show.paper };
	begin(&c);
	for (uint32_t i = 0; i < c.lesson.n && !c.ended && !c.failed; i++)
		ask(&c, i);
	tell_until(&c, c.ladder.n);
	put_cell_end(&c.out, &cell->show, &cell->shown, &cell->result);
	sink_char(&c.out, '\n');
	if (c.lesson.n)
		put_score(&c);
	int code = put_cure(&c, jobs);
	speak(&c);
	free(c.line);
	sink_free(&c.out);
	return c.failed ? EXIT_IO : code;
}

int lesson_hold(const char *command, const struct operands *operands, const struct one_cell_choice *choice,
		uint32_t jobs)
{
	struct one_cell cell;
	int code = one_cell_play(&cell, command, operands, choice);
	if (code == EXIT_EXPECTED)
		code = hold(&cell, jobs);
	one_cell_close(&cell);
	return code;
}
