/*
 * Where the catalogue, the example scenarios and what the program hands out as text lie: beside the sources while in
 * the build tree, or where `cmake --install` put them.
 */
#ifndef SIM_CLI_DATA_H
#define SIM_CLI_DATA_H

#include "sim/arena.h"

/**
 * The folder `name` ("catalogue", "scenarios", "completion", "lab"), looked for in $VIAPORT_DATA, in the source tree when the
 * program lies in the build tree, beside the program in ../share/viaport, and where it was configured to be
 * installed.
 *
 * @return its path in `a`, or NULL after a sentence on standard error
 */
const char *data_find(struct arena *a, const char *name);

/** The text of a file in that folder, in `a`, or NULL after a sentence on standard error. */
const char *data_read(struct arena *a, const char *folder, const char *file);

#endif
