/*
 * A store: the cells of a run in a SQLite file, as they come back. docs/store.md has its tables.
 *
 *	| transaction | transaction | transac    <- killed here
 *	  kept          kept          lost, and run again by --resume
 *
 * Cells come in the order of the run, so at any moment a store holds the first of them, without holes.
 */
#ifndef SIM_CLI_STORE_H
#define SIM_CLI_STORE_H

#include "reports/report.h"

struct store;

/** Is there something that must not be written over? A file without a byte may be. */
bool store_exists(const char *file);

/**
 * Opens a store for the cells of a run behind those that are in it.
 *
 * @param found  it exists, and what is in it is of the same run; else it is made, and must not exist
 * @return       NULL: said on standard error. Whoever gets it closes it by giving it to store_report.
 */
struct store *store_open(const char *file, bool found, const struct show *show);

/** Takes its store as `given`. */
extern const struct report_kind store_report;

#endif
