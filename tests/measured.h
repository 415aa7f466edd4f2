/*
 * Measured cells, as tests/data/reality has them, and what the trace of a played one says in the same words.
 */
#ifndef TESTS_MEASURED_H
#define TESTS_MEASURED_H

#include "scenarios/scenario.h"
#include "sim/world.h"

/** Lets `each` see every line of a file that is about a cell; the arena is emptied after each. Returns their
 * number. */
int measured_cells(const char *path, void *context,
		   void (*each)(void *context, struct arena *a, const char *cell, const char *line));

/** The value of a key in a line: a text, or "true", "false" or "null". Ends the test when the key is missing.
 */
const char *measured_value(struct arena *a, const char *line, const char *key);

/** The same as it would be if the measured one of two phones had been 192.168.1.104 and user 100, as in the
 * scenarios. */
const char *measured_text(struct arena *a, const char *line, const char *key);

/** Has the scenario this cell, "p1-r3-s1+flush"? Then `choice` has the value of each axis. */
bool measured_choice(const struct scenario *s, const char *cell, uint32_t *choice);

/** What is asked of a record; what is NULL or 0 does not matter. */
struct wanted {
	const char *where, *label;
	uint32_t id, parent, story;
	const struct fact *fact;
	struct endpoint src, dst;
	uint32_t to_host;
	usec since, until; /* until 0: does not matter */
};

/** The first such record, or the last one; NULL when there is none. */
const struct record *trace_seek(const struct world *w, enum event event, bool last, struct wanted wanted);
const struct record *trace_first_of(const struct world *w, enum event event, struct wanted wanted);

/** What the router "home" made of a message for this host; NULL when the host never got it. */
const struct record *trace_handed_on(const struct world *w, const struct record *message, uint32_t host);

/** A header, or "null"; "198.51.100.158:5060 > 203.0.113.17:5060", or "null". Of no record: "null". */
const char *text_of_header(struct arena *a, const struct record *r, const char *name);
const char *text_of_flow(struct arena *a, const struct record *r);

#define DRAWN_MAX 24

/** Ports that somebody drew by chance: the first that shows up in a cell is called A, the next B. */
struct drawn {
	uint32_t ports[DRAWN_MAX];
	size_t n;
};

/** A text with names for drawn ports and without its branch. */
const char *text_plain(struct arena *a, struct drawn *d, const char *text);

#endif
