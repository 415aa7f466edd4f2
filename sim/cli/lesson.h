/*
 * Lesson mode in the terminal: the ladder of a cell as far as the next question, the question, an answer from standard input,
 * and on.
 */
#ifndef SIM_CLI_LESSON_H
#define SIM_CLI_LESSON_H

#include "sim/cli/one_cell.h"

/**
 * Teaches the cell of the file. What is answered does not matter to the exit code; when there are no more answers the rest is
 * told without questions.
 */
int lesson_hold(const char *command, const struct operands *operands, const struct one_cell_choice *choice,
		uint32_t jobs);

#endif
