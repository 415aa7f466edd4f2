/*
 * What may stand at the end of a command line that somebody is typing: the one source of completion for every shell.
 *
 *	viaport run --trace f        --trace takes "full", "facts" or "counts"; of these "full" and "facts" begin with f
 *
 * An option's row and a command say what may stand in their place by a function that makes offers.
 */
#ifndef SIM_CLI_OFFER_H
#define SIM_CLI_OFFER_H

#include "reports/sink.h"
#include "sim/cli/options.h"

/** The word that is being typed, and where offers go. */
struct offers {
	struct operands before; /* the words in front of it; the first is the command */
	const char *kept;	/* of the word: what no offer changes, such as "--format=text,"; not closed by a zero */
	size_t kept_length;
	const char *typed; /* what stands behind that, perhaps "" */
	struct sink *out;
};

/** Offers a word when it begins as typed: a line "WORD", a tab, "ABOUT". */
void offer(struct offers *o, const char *word, const char *about);

/* Names of files are known to the shell. A line ":files", ":folders" or ":scenarios" asks it for them. */
void offer_files(struct offers *o);
void offer_folders(struct offers *o);
/** Folders, and files that end in .yaml. */
void offer_scenarios(struct offers *o);

/** Names of report_kinds[], separated by commas. */
void offer_formats(struct offers *o);

/** AXIS=VALUE for the axes of the scenarios on the line, separated by commas. */
void offer_choices(struct offers *o);

/**
 * All that may stand in place of the last of `words`, which are what stands behind "viaport" on the line. A line that is
 * wrong in front of it gets no offers.
 */
void offer_line(struct sink *out, const struct operands *words);

#endif
