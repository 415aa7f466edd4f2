/*
 * A ladder as a sequence diagram: who stands where, which way a datagram went, where it died. It is made once and then
 * printed in many forms; all of them show the same events.
 *
 *	 cisco            er6020               pbx
 *	   |             LAN   WAN              |
 *	   |--REGISTER--->|     |               |
 *	   |              |\    |               |	the second arrow `joins` the first inside the router
 *	   |              |  \--|--REGISTER---->|
 *	   |              |     x - - 407 - - - |	lost: no mapping for 86.5.223.17:5060
 *
 * A router is a wide lane with two edges. What is behind one router stands on its LAN side, and there are servers between the
 * routers of two places.
 */
#ifndef REPORTS_DIAGRAM_H
#define REPORTS_DIAGRAM_H

#include "models/nat.h"
#include "reports/ladder.h"
#include "reports/report.h"

/** A node of the scenario. */
struct diagram_lane {
	const struct node *node;
	const char *name;
	const char *model;	/* "cisco-7940"; NULL: not known */
	const char *address[2]; /* of its left and right edge, the same for a node that is not wide; NULL: not known */
	bool wide;		/* a router: its edges are LAN and WAN */
	bool mirrored;		/* its LAN side is to the right */
};

/** One edge of a lane. */
struct diagram_end {
	uint32_t lane; /* DIAGRAM_NOWHERE: it never got anywhere */
	bool right;    /* of a wide lane: its right edge */
};

#define DIAGRAM_NOWHERE UINT32_MAX

enum diagram_kind {
	DIAGRAM_ARROW, /* a datagram from one node to the next */
	DIAGRAM_NOTE,  /* something that happened at `from` */
	DIAGRAM_FOLD,  /* what repeats the steps above */
	DIAGRAM_GAP,   /* what is left out */
};

enum diagram_mark {
	MARK_PLAIN,
	MARK_NEW,   /* this hop wrote it */
	MARK_STALE, /* nobody wrote it anew, and it is wrong here */
	MARKS,
};

/** "src 86.5.223.17:23201" */
struct diagram_patch {
	enum diagram_mark mark;
	const char *text;
	const struct diagram_patch *next; /* NULL: the last */
};

enum diagram_row_state {
	ROW_IDLE,
	ROW_NEW,     /* made by what happens here */
	ROW_USED,    /* looked up by it */
	ROW_EXPIRED, /* over; shown where that happened since, or where it is asked for */
	ROW_STATES,
};

extern const char *const diagram_row_words[ROW_STATES]; /* "", "new", "used", "expired" */

/** A host of 0 is any host, a port of 0 any port. */
struct diagram_row {
	enum nat_row_kind kind;
	enum diagram_row_state state;
	struct endpoint inside, outside, remote;
	usec left; /* NEVER: a rule, for ever; 0: over */
	usec of;   /* the whole of which that is left; NEVER likewise */
};

/** A router's table as it is at a step: before it handles what comes to it, or behind what it has sent on. */
struct diagram_table {
	uint32_t lane;
	const struct diagram_row *rows;
	uint32_t n;
	uint32_t unseen;       /* rows that are not among them, because they are too many */
	struct endpoint asked; /* which outside end was looked up by what came in; host 0: none */
	bool missed;	       /* there is no such row, or none that lets it in */
};

#define STEP_TABLES 2

struct diagram_step {
	enum diagram_kind kind;
	usec at;
	struct diagram_end from, to;
	const char *label;		     /* of arrows: "REGISTER"; of a fold or gap what it says */
	const char *detail;		     /* of SIP: "Proxy Authentication Required", "with rport"; or NULL */
	const struct diagram_patch *patches; /* below an arrow */
	const char *remark; /* of arrows: why it goes there, said by `from`; of notes what happened; or NULL */
	const char *effect; /* of arrows: what `to` makes of it, or NULL */
	uint32_t joins;	    /* step whose datagram a router passes on with this one, or DIAGRAM_NOWHERE */
	bool lost;
	bool unmapped;	    /* lost at a router that found no row of its table for it */
	bool misled;	    /* lost because of where it was sent to */
	usec died;	    /* when */
	const char *reason; /* why it was lost, or NULL */
	const char *cause;  /* of arrows: "F01 reply-to-via-port", when its datagram decided a check; or NULL */
	struct endpoint src, dst;
	const struct record *record; /* of the trace: its sending, or the note; NULL of a fold or gap */
	const struct record *death;  /* lost: how it ended, or NULL */
	const struct diagram_table *tables[STEP_TABLES]; /* of the routers at both ends; NULL: none */
	const char
		*told[STEP_TABLES]; /* what of them is worth telling, in a sentence, or NULL: reports/diagram_table.h */
};

struct diagram {
	const char *title, *desc;
	struct diagram_lane *lanes;
	struct diagram_step *steps;
	struct diagram_table *tables; /* none unless the world was watched: reports/nat_watch.h */
	const char **
		verdicts; /* "register cisco fails: reply-to-via-port, lost at er6020", and behind each its sentence or NULL */
	uint32_t n_lanes, n_steps, n_tables, n_verdicts;
};

/** Makes it of a cell whose world lives and whose trace was kept. Everything lives in `a` or longer. */
void diagram_make(struct arena *a, const struct scenario *s, const struct cell_result *r, struct diagram *out);

/** "sequenceDiagram ...", as Mermaid reads it. */
void put_mermaid(struct sink *s, const struct diagram *d);

/** "@startuml ... @enduml", as PlantUML reads it. */
void put_plantuml(struct sink *s, const struct diagram *d);

/** All that happens, in sentences for somebody who does not see the picture. */
void put_diagram_desc(struct sink *s, const struct diagram *d);

#endif
