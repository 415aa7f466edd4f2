/*
 * Pictures by Graphviz, from text in its language DOT. Graphviz has state of its own: one thread only.
 */
#ifndef REPORTS_PICTURE_H
#define REPORTS_PICTURE_H

#include "reports/sink.h"

/** What is measured, in points (1/72 inch). */
struct picture_size {
	double width, height;
};

/** Graphviz with its fonts, for one picture after the other. */
struct painter;
struct painter *painter_new(void);
void painter_free(struct painter *p);

/** How large the nodes "0" to "n-1" of a graph whose nodes are all pinned are drawn. False when it is no graph. */
bool picture_measure(struct painter *p, const struct sink *dot, struct picture_size *sizes, uint32_t n);

/**
 * Draws a graph. `engine` is "nop2" when all is pinned, "dot" when Graphviz is to place it; `format` is "svg", "png" (192 dots
 * per inch) or "pdf". False when it is no graph, or Graphviz has no plugin for the format.
 */
bool picture_draw(struct painter *p, const struct sink *dot, const char *engine, const char *format, struct sink *out);

#endif
