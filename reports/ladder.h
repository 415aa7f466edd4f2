/*
 * A ladder: the kept trace of one world as lines between nodes, laid out before anything is printed.
 *
 *	0.000  cisco   -> er6020  REGISTER  from 192.168.1.104:5060
 *	0.041  er6020  x          dropped   no mapping for 86.5.223.17:5060
 *	       10 more until 32.000, same end
 *
 * An *attempt* is a request and all that it provokes; a retransmission begins a new one. An attempt that goes
 * the way of the one before it is folded into that one. So is audio, as long as it goes on and nothing changes:
 *
 *	0.125  bob     -> pbx     RTP       from 203.0.113.20:16384
 *	       19 more, every 1.000 s until 19.125, same end
 *
 * Of the two addresses of a datagram the one that is worth reading is that of the phone, because servers stay where
 * they are: `from` in what a phone sends, `to` in what a server sends.
 *
 * Of a long ladder the middle is left out, but not what led to the datagram that decided a check:
 *
 *	       ... 120 lines left out
 *	606.294  pbx     -> er6020  INVITE    to   86.5.223.17:23201
 *	606.314  er6020  x          dropped   no mapping for 86.5.223.17:23201
 *	       ... 96 lines left out
 */
#ifndef REPORTS_LADDER_H
#define REPORTS_LADDER_H

#include "reports/paper.h"
#include "scenarios/result.h"
#include "sim/world.h"

enum ladder_kind {
	LADDER_HOP,  /* a datagram from one node to the next */
	LADDER_DROP, /* a datagram that died at `from` */
	LADDER_NOTE, /* something that happened at `from`, about no datagram */
};

#define LADDER_NONE UINT32_MAX

/** What is said of a line. */
enum words_kind {
	WORDS_SAID,
	WORDS_CHANGED, /* an ALG wrote it on the way */
	WORDS_STALE,   /* nobody wrote it anew, and it is wrong here */
};

/** One part of a remark. */
struct ladder_words {
	enum words_kind kind;
	const struct iface *at; /* who says it: the sender, or whoever it came to */
	const char *text;
	const struct ladder_words *next; /* NULL: the last */
};

struct ladder_line {
	enum ladder_kind kind;
	const struct record *record;	  /* in the trace */
	const char *from, *to;		  /* names; `to` is NULL when it never got there, and for drops and notes */
	bool tells_to;			  /* its destination is shown, not its source */
	const char *remark;		  /* rule with its clause, reason, notes; NULL: nothing to say */
	const struct ladder_words *words; /* the same part by part, each change of an ALG by itself */
	const struct iface *arrived;	  /* of hops: where it arrived or died; NULL: nowhere but where it was sent */
	uint32_t before;  /* line of the datagram that it was before, or that provoked it; or LADDER_NONE */
	uint32_t attempt; /* index, or LADDER_NONE */
	uint32_t next;	  /* next line of the same attempt, or LADDER_NONE */
	bool lost;	  /* of hops: it died at either end */
	bool folded;	  /* stands for nothing of its own: its attempt repeats another */
	bool left_out;	  /* in the middle of a long ladder, where nothing was decided */
};

struct ladder_attempt {
	uint32_t first, last; /* lines */
	uint32_t same_as;     /* the attempt that it repeats, or LADDER_NONE */
	uint32_t repeats;     /* attempts that were folded into this one */
	usec last_at;	      /* when the last of them began */
	bool audio;	      /* they are audio, which comes at regular times */
};

/** Prints what belongs below a line, or nothing. */
struct ladder_aside {
	void (*put)(struct ladder_aside *aside, struct sink *s, const struct paper *paper, const struct ladder_line *line);
};

struct ladder {
	struct ladder_line *lines;
	struct ladder_attempt *attempts;
	uint32_t *line_of; /* by id of a datagram below `ids`: the line of its sending, or LADDER_NONE */
	uint32_t n, n_attempts, ids;
	uint64_t unread; /* records behind the last one that was laid out */
	struct ladder_aside *aside; /* NULL: nothing stands below any line */
};

/** Lays out the trace of a world that has ended. Everything lives in `a`; records are borrowed from the
 * trace. The scenario says which nodes are servers. */
void ladder_lay(struct arena *a, const struct scenario *scenario, const struct trace *trace, struct ladder *out);

/** Does the line stand for itself, and is it not left out? */
static inline bool ladder_shows(const struct ladder_line *line)
{
	return !line->folded && !line->left_out;
}

/** For ladder_lay(): leaves out the middle of a long ladder. */
void ladder_cut(struct ladder *ladder);

/** The line that tells of a datagram, though it be folded into another one; LADDER_NONE: there is none. */
uint32_t ladder_teller(const struct ladder *ladder, uint32_t id);

/** The datagrams that decided the checks of a cell that do not work, and what led to them, are not left out. */
void ladder_keep(struct ladder *ladder, const struct cell_result *r);

/** "10 more until 31.500, same end": what was folded into an attempt. */
void put_fold(struct sink *s, const struct ladder *ladder, const struct ladder_attempt *a);

/** Prints it. `all` prints every line; otherwise the middle of a long ladder is left out and counted. */
void ladder_print(struct sink *s, const struct paper *paper, const struct ladder *ladder, bool all);

/**
 * Prints its lines from `first` on and before `end`, as ladder_print() would print them: the columns, and what is left out, are
 * those of the whole.
 */
void ladder_print_lines(struct sink *s, const struct paper *paper, const struct ladder *ladder, uint32_t first,
			uint32_t end);

/** The line of a record; ladder->n: none. */
uint32_t ladder_line_of(const struct ladder *ladder, const struct record *r);

#endif
