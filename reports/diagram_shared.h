/*
 * What the parts of a sequence diagram on a page know together. Nobody else includes this.
 *
 *	diagram_page.c     the whole
 *	diagram_boxes.c    every text becomes a box, and Graphviz says how large it is
 *	diagram_columns.c  which columns an arrow crosses, in which one its texts stand, how wide each is
 *	diagram_rows.c     down the page, step by step
 *	diagram_around.c   what stands above and below: title, verdicts, legend
 *	diagram_dot.c      all of it in Graphviz's language
 */
#ifndef REPORTS_DIAGRAM_SHARED_H
#define REPORTS_DIAGRAM_SHARED_H

#include "reports/diagram_page.h"

#define PATCHES_MAX 24
#define NO_BOX	    UINT32_MAX

/** The boxes of a step. */
struct step_boxes {
	uint32_t time, label, note, effect, died;
	uint32_t tables[STEP_TABLES];
	uint32_t patches[PATCHES_MAX], n_patches;
	uint32_t column; /* of label and patches */
	uint32_t near;	 /* column of the note */
	uint32_t far;	 /* column of the effect */
	uint32_t dies;	 /* column of what tells of its death */
	uint32_t tables_in[STEP_TABLES];
};

struct lane_boxes {
	uint32_t name, model, address[2];
};

/*
 * Columns: 2i is inside lane i, which has no width unless it is wide, 2i+1 is between lane i and the next. Edge k is where column
 * k begins, so that the edges of lane i are 2i and 2i+1.
 */
struct column {
	double x, width, free; /* where it begins; what is free from here down */
	double written;	       /* where its last text ends */
};

struct laying {
	struct arena *arena;
	const struct diagram *d;
	struct page *page;
	struct step_boxes *steps;
	struct lane_boxes *lanes;
	struct column *columns;
	double *arrow_y;	/* by step */
	uint32_t times;		/* box above the column of times */
	double time, time_free; /* the column of times: its right edge, and what is free of it */
	double last_y;		/* of the last arrow */
	uint32_t boxes_max, lines_max;
};

static inline double larger(double a, double b)
{
	return a > b ? a : b;
}

static inline struct page_box *box_at(const struct laying *l, uint32_t i)
{
	return &l->page->boxes[i];
}

/* --- diagram_page.c ---------------------------------------------------------------------------------- */

/** A box that has no place yet; returns its index. */
uint32_t page_add_box(struct laying *l, const char *html);

struct page_line *page_add_line(struct laying *l, double x1, double y1, double x2, double y2, enum picture_ink ink,
				double width);

/* --- diagram_boxes.c --------------------------------------------------------------------------------- */

void boxes_of_times(struct laying *l);
void boxes_of_lane(struct laying *l, uint32_t i);
void boxes_of_step(struct laying *l, uint32_t index);

/** Asks Graphviz how large the boxes from `first` on are; what is the same is asked once. */
bool boxes_measure(struct laying *l, struct painter *painter, uint32_t first);

/* --- diagram_columns.c ------------------------------------------------------------------------------- */

static inline uint32_t last_column(const struct laying *l)
{
	return 2 * l->d->n_lanes - 1;
}

/** Does the arrow go to the right? What leads nowhere does so, too, where there is somebody. */
bool arrow_goes_right(const struct laying *l, const struct diagram_step *s);

/** Does it end at another edge than that from which it comes? */
bool arrow_leads_away(const struct laying *l, const struct diagram_step *s);

/** The columns that an arrow crosses, from `first` to before `end`. */
void arrow_columns(const struct laying *l, const struct diagram_step *s, uint32_t *first, uint32_t *end);

/** That of these columns in which the text of an arrow stands: the first between two lanes. */
uint32_t arrow_text_column(const struct laying *l, const struct diagram_step *s);

/** That in which what is said of an arrow where it ends stands: the last one between two lanes. */
uint32_t arrow_effect_column(const struct laying *l, const struct diagram_step *s);

/** The edge at which an arrow ends or begins, when it stands to the right or left of the lane. */
uint32_t edge_of(const struct laying *l, struct diagram_end end, bool right_of_it);

/** Beside a lane, where there is a neighbour. */
uint32_t note_column(const struct laying *l, struct diagram_end at);

/** On the LAN side of a router. */
uint32_t table_column(const struct laying *l, uint32_t lane);

/** How far the header of a lane reaches out to one side of it. */
double lane_reach(const struct laying *l, uint32_t lane, bool right);

/** Each column becomes as wide as its widest text. */
void columns_set_widths(struct laying *l);

static inline double edge_x(const struct laying *l, uint32_t edge)
{
	return l->columns[edge].x;
}

static inline double middle_x(const struct laying *l, uint32_t column)
{
	return l->columns[column].x + l->columns[column].width / 2;
}

/* --- diagram_rows.c ---------------------------------------------------------------------------------- */

/** The names of the lanes, and all that happens between there and their ends, from `y` down. Returns where that is. */
double rows_lay(struct laying *l, double y);

/* --- diagram_around.c -------------------------------------------------------------------------------- */

#define LEGEND 3

/** Texts that are as wide as the page, which is known now. */
struct around {
	uint32_t title, *verdicts, legend[LEGEND], n_legend;
};

void around_boxes(struct laying *l, struct around *r);

/** The title. Returns where what is below begins. */
double around_lay_above(struct laying *l, const struct around *r);

/** The rest of it, from `y` down. Returns where it ends. */
double around_lay_below(struct laying *l, const struct around *r, double y);

#endif
