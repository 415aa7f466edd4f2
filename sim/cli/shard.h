/*
 * Which part of a run this is: as the command line says, or as an engine tells each of its jobs.
 */
#ifndef SIM_CLI_SHARD_H
#define SIM_CLI_SHARD_H

#include "reports/part.h"
#include "sim/cli/options.h"

/**
 * Reads "3/7", or for "auto" the variables of the engine that has started this job, and says on standard error what
 * it found. `shards`: how many parts there are, for engines that do not say it.
 *
 * @return  EXIT_EXPECTED with the numbers in `out`, or EXIT_USAGE after a complaint
 */
int shard_read(const char *command, const char *text, const struct number *shards, struct shard *out);

#endif
