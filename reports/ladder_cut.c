#include "reports/ladder.h"

#define HEAD	    40 /* of a long ladder, so many lines from its beginning */
#define TAIL	    12 /* and so many from its end are shown */
#define KEPT_BEFORE 8  /* lines at most that led to what decided a check */
#define KEPT_MOST   32 /* lines of the middle in all */

/** Lines that stand for themselves. */
static uint32_t visible_lines(const struct ladder *ladder)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < ladder->n; i++)
		n += !ladder->lines[i].folded;
	return n;
}

void ladder_cut(struct ladder *ladder)
{
	uint32_t visible = visible_lines(ladder), seen = 0;
	if (visible <= HEAD + TAIL)
		return;
	for (uint32_t i = 0; i < ladder->n; i++) {
		if (ladder->lines[i].folded)
			continue;
		ladder->lines[i].left_out = seen >= HEAD && seen < visible - TAIL;
		seen++;
	}
}

/** An attempt that is folded goes the way of the one that it repeats, line by line. */
static uint32_t told_by(const struct ladder *ladder, uint32_t line)
{
	const struct ladder_attempt *a = &ladder->attempts[ladder->lines[line].attempt];
	uint32_t i = a->first, k = ladder->attempts[a->same_as].first;
	for (; i != line; i = ladder->lines[i].next)
		k = ladder->lines[k].next;
	return k;
}

uint32_t ladder_teller(const struct ladder *ladder, uint32_t id)
{
	uint32_t line = id && id < ladder->ids ? ladder->line_of[id] : LADDER_NONE;
	return line != LADDER_NONE && ladder->lines[line].folded ? told_by(ladder, line) : line;
}

static void keep_line(struct ladder *ladder, uint32_t line, uint32_t *kept)
{
	if (!ladder->lines[line].left_out || *kept == KEPT_MOST)
		return;
	ladder->lines[line].left_out = false;
	++*kept;
}

/** A datagram, and what is said of its end and of its repetitions. */
static void keep_datagram(struct ladder *ladder, uint32_t line, uint32_t *kept)
{
	uint32_t id = ladder->lines[line].record->id;
	const struct ladder_attempt *a = &ladder->attempts[ladder->lines[line].attempt];
	keep_line(ladder, line, kept);
	for (uint32_t i = ladder->lines[line].next; i != LADDER_NONE; i = ladder->lines[i].next)
		if (ladder->lines[i].record->id == id)
			keep_line(ladder, i, kept);
	if (a->repeats)
		keep_line(ladder, a->last, kept);
}

static void keep_story(struct ladder *ladder, uint32_t id, uint32_t *kept)
{
	uint32_t line = ladder_teller(ladder, id);
	for (uint32_t i = 0; i < KEPT_BEFORE && line != LADDER_NONE; i++) {
		keep_datagram(ladder, line, kept);
		line = ladder_teller(ladder, ladder->lines[line].record->parent);
	}
}

static bool is_gap(const struct ladder_line *line)
{
	return !line->folded && line->left_out;
}

/** The next line that stands for itself, from `i` on. */
static uint32_t next_visible(const struct ladder *ladder, uint32_t i)
{
	while (i < ladder->n && ladder->lines[i].folded)
		i++;
	return i;
}

/** To say that one line is left out takes as much room as the line. */
static void fill_small_gaps(struct ladder *ladder)
{
	bool open = false; /* is what is before left out, too? */
	for (uint32_t i = next_visible(ladder, 0), next; i < ladder->n; i = next) {
		next = next_visible(ladder, i + 1);
		bool gap = is_gap(&ladder->lines[i]);
		if (gap && !open && (next == ladder->n || !is_gap(&ladder->lines[next])))
			ladder->lines[i].left_out = false;
		open = gap;
	}
}

void ladder_keep(struct ladder *ladder, const struct cell_result *r)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause)
			keep_story(ladder, r->checks[i].datagram, &kept);
	fill_small_gaps(ladder);
}
