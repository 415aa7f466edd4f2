/*
 * Where reports go: standard output, or a file that is written beside its place and renamed when it is whole,
 * so that a reader never sees half of it. What is no regular file, such as a FIFO, is written where it is.
 */
#ifndef SIM_CLI_OUTPUT_H
#define SIM_CLI_OUTPUT_H

#include <stdio.h>

#include "reports/sink.h"

struct output {
	FILE *file;
	char *path;    /* as it was asked for; NULL for standard output */
	char *place;   /* where that is when links are followed; NULL: it is written in its place */
	char *partial; /* what it is called until it is whole, once it is ours */
	bool failed;   /* said on standard error, unless nobody reads standard output any more */
};

/** Standard output. */
void output_stdout(struct output *o);

/**
 * A file in a folder, which is made when it is missing, as are those above it. Check `failed`: another run that writes it
 * is left alone.
 */
void output_file(struct output *o, const char *folder, const char *name);

/** A file that is added to. Check `failed`. */
void output_append(struct output *o, const char *path);

/** Writes what is in the sink. */
void output_put(struct output *o, const struct sink *s);

/** The same, and clears the sink. */
void output_write(struct output *o, struct sink *s);

/** Hands what is buffered to the system. False when anything failed. */
bool output_settle(struct output *o);

/** What was written so far is no good because something else failed: a file that is not whole yet goes. */
void output_discard(struct output *o);

/** Flushes; closes and renames a file, or removes it when writing failed. False when anything failed. */
bool output_close(struct output *o);

/** A sentence to standard error, broken where the terminal ends. The sink is freed. */
void output_say(struct sink *sentence);

/** All of a sink to standard output. Returns an exit code, 0 or 4. */
int output_print(struct sink *s);

#endif
