/*
 * Who is behind whom: the routers of a cell, what is behind them, and what is on the internet.
 */
#ifndef REPORTS_TOPOLOGY_H
#define REPORTS_TOPOLOGY_H

#include "reports/diagram.h"

#define TOPOLOGY_INTERNET UINT32_MAX

/** An entry of the scenario; many nodes when it is a group. */
struct topology_node {
	const char *name, *model;
	const char *address; /* as far as the run has shown it, or NULL */
	enum device_kind kind;
	uint32_t count;
	uint32_t behind; /* index of its router, or TOPOLOGY_INTERNET */
};

struct topology {
	const char *title, *desc;
	struct topology_node *nodes;
	uint32_t n;
};

/** Of a cell and its diagram, which knows addresses. Everything lives in `a` or longer. */
void topology_make(struct arena *a, const struct scenario *s, const struct cell_result *r, const struct diagram *d,
		   struct topology *out);

/** A tree, one node a line. */
void put_topology_text(struct sink *s, const struct topology *t);

/** A graph for the engine dot. */
void put_topology_dot(struct sink *s, const struct topology *t);

/** A flowchart, as Mermaid reads it. */
void put_topology_mermaid(struct sink *s, const struct topology *t);

/** A deployment diagram, as PlantUML reads it. */
void put_topology_plantuml(struct sink *s, const struct topology *t);

#endif
