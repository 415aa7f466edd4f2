/*
 * What holds of every scenario of the project is tried on some cells of each.
 */
#ifndef TESTS_EVERYWHERE_H
#define TESTS_EVERYWHERE_H

#include "scenarios/scenario.h"

/** Shows the first cell of each scenario below scenarios/, one in its middle and the last. Returns how many. */
uint32_t cells_everywhere(void (*see)(const struct scenario *s, uint64_t cell));

#endif
