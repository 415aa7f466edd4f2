/*
 * What standard output and standard error are written on.
 */
#ifndef SIM_CLI_TERMINAL_H
#define SIM_CLI_TERMINAL_H

#include "reports/paper.h"

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/**
 * Paper for a file descriptor. Colour is decided by, in this order: the flag, NO_COLOR, CLICOLOR_FORCE, and
 * whether it is a terminal. What is no terminal is 80 columns wide.
 */
struct paper terminal_paper(int fd, enum color color);

/** Prepares the locale: character widths must be known even where the locale is not UTF-8. */
void terminal_setup(void);

#endif
