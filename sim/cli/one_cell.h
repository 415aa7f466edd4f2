/*
 * A command about a single run: its file, the one cell that is meant, and that cell played with all its bytes kept.
 *
 *	viaport export lab.yaml                              a file without axes
 *	viaport export matrix.yaml --only phone=...,...      of a matrix what --only leaves
 *	viaport export 'matrix.yaml[phone=...,router=...]'   the cell by its name
 */
#ifndef SIM_CLI_ONE_CELL_H
#define SIM_CLI_ONE_CELL_H

#include "sim/cli/run.h"

struct one_cell {
	struct input input;
	struct run_options options;
	struct run_request request;
	struct show show;
	struct shown shown;
	struct cell_result result; /* its world is there, with a watch of its routers */
	struct arena *arena;	   /* the world's */
};

/** What chooses it. */
struct one_cell_choice {
	struct texts only;
	struct number seed;
	int color;
};

/** The file in the name of a cell, whose axes become one more --only; what is no such name comes back as it is. Lives in `a`. */
char *cell_operand(struct arena *a, char *operand, struct texts *only);

/**
 * Loads the operand and plays its cell. Returns an exit code; unless that is EXIT_EXPECTED the reason stands on standard
 * error. What became of the cell does not matter. one_cell_close() in either case.
 */
int one_cell_play(struct one_cell *c, const char *command, const struct operands *operands,
		  const struct one_cell_choice *choice);

void one_cell_close(struct one_cell *c);

#endif
