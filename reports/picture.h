/*
 * Pictures by Graphviz, from text in its language DOT. Graphviz has state of its own: one thread only.
 */
#ifndef REPORTS_PICTURE_H
#define REPORTS_PICTURE_H

#include "reports/sink.h"

/* Widths are those of Arial everywhere; Liberation Sans has the same. */
#define PICTURE_FONT "Arial,Liberation Sans,Helvetica,sans-serif"

#define PICTURE_SIZE 12 /* points, of ordinary text */

enum picture_ink {
	PICTURE_INK,
	PICTURE_MUTE,
	PICTURE_LINE,
	PICTURE_LANE,
	PICTURE_PAPER,
	PICTURE_GO,
	PICTURE_BAD,
	PICTURE_NEW,
	PICTURE_NEW_EDGE,
	PICTURE_STALE,
	PICTURE_STALE_EDGE,
	PICTURE_SHEET,
	PICTURE_BADGE,
	PICTURE_INKS
};

/** Colours by what they are for, "#rrggbb": what is drawn has the light ones, and an SVG turns them into the dark ones. */
extern const struct picture_colours {
	const char *light, *dark;
} picture_inks[PICTURE_INKS];

/** What is measured, in points (1/72 inch). */
struct picture_size {
	double width, height;
};

/**
 * Graphviz with its fonts, for one picture after the other. At most one in the life of a process: Graphviz 2.43 remembers the last
 * font beyond the end of what it belongs to.
 */
struct painter;
struct painter *painter_new(void);
void painter_free(struct painter *p);

#define PICTURE_DPI 192 /* unless said otherwise: twice what a screen has, for those that have more */

/** Dots per inch of its png pictures from now on. */
void painter_set_dpi(struct painter *p, uint32_t dpi);

/** How large the nodes "0" to "n-1" of a graph whose nodes are all pinned are drawn. False when it is no graph. */
bool picture_measure(struct painter *p, const struct sink *dot, struct picture_size *sizes, uint32_t n);

/**
 * Draws a graph. `engine` is "nop2" when all is pinned, "dot" when Graphviz is to place it; `format` is "svg", "png" or
 * "pdf". False when it is no graph, or Graphviz has no plugin for the format.
 */
bool picture_draw(struct painter *p, const struct sink *dot, const char *engine, const char *format, struct sink *out);

/** Adds to an SVG drawing of Graphviz what it leaves out: a role, title and description for those who do not see it, dark colours. */
void put_accessible_svg(struct sink *s, const struct sink *svg, const char *title, const char *desc);

#endif
