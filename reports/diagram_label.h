/*
 * Texts in pictures, as Graphviz takes them: labels in its own kind of HTML. What a text is decides how it looks.
 */
#ifndef REPORTS_DIAGRAM_LABEL_H
#define REPORTS_DIAGRAM_LABEL_H

#include "reports/diagram_table.h"
#include "reports/picture.h"

enum text_look {
	LOOK_TITLE,
	LOOK_VERDICT,
	LOOK_PLAIN,
	LOOK_FAINT,   /* times, models, addresses of lanes */
	LOOK_NAME,    /* of a lane */
	LOOK_GOES,    /* what an arrow carries */
	LOOK_GOES_SO, /* what more is said of that */
	LOOK_LOST,    /* the same two, when it is lost */
	LOOK_LOST_SO,
	LOOK_DEATH, /* why it is */
	LOOK_BADGE, /* NEW, STALE */
	LOOK_TABLE_HEAD,
	LOOK_REFUSED, /* what a table does not have */
	LOOKS
};

/** A piece of a label. */
void put_label_text(struct sink *s, enum text_look look, const char *text);

/** A label of one line, in `a`. */
const char *label_line(struct arena *a, enum text_look look, const char *text);

/** Of an arrow: "407" and "Proxy Authentication Required", which may be NULL. */
const char *label_arrow(struct arena *a, bool lost, const char *label, const char *detail);

/** One of several lines, which have at most so many columns; words that are longer are cut. */
const char *label_paragraph(struct arena *a, enum text_look look, const char *text, size_t columns);

/** A badge with its word and what it marks; broken into lines when it is long. */
const char *label_patch(struct arena *a, enum diagram_mark mark, const char *text);

/** What a router's table has to say. Of outside ends at the host `own`, which is what is read beside them, only the port is told. */
const char *label_table(struct arena *a, const struct table_view *view, const char *own);

#endif
