/*
 * Where files are written, and that only one run writes one of them.
 *
 *	result.json -> /srv/results/today.json    a link is followed
 *	/srv/results/today.json.viaport-part      what it is called until it is whole; whoever writes it has it locked
 */
#ifndef SIM_CLI_PLACE_H
#define SIM_CLI_PLACE_H

#include <stdbool.h>

/** Behind the name of a file: it is being written, or a kill has left it. */
#define PLACE_PART ".viaport-part"

/** The name of the file itself when links lead there, whether it exists or not. The caller frees it. */
char *place_of(const char *path);

/** `place` with an end. The caller frees it. */
char *place_beside(const char *place, const char *end);

/** Is something there that is no regular file: a device, a FIFO, a folder? */
bool place_is_special(const char *path);

/**
 * Opens a file to read and write it, makes it when it is missing, and keeps all others from locking it until it is closed.
 *
 * @return  -1: errno says why; EWOULDBLOCK: another run has it
 */
int place_lock(const char *path);

#endif
