#include <string.h>

#include "reports/ladder.h"
#include "reports/utf8.h"

#define NAME_LEAST 8 /* columns of a name on the narrowest paper */

/** Where the columns are. */
struct columns {
	size_t time, from, to, label; /* widths */
	size_t end;		      /* where addresses begin */
};

static size_t wider(size_t width, const char *text)
{
	size_t w = text ? utf8_width(text, strlen(text)) : 0;
	return w > width ? w : width;
}

/** Names share what times, labels and addresses leave of the paper. */
static size_t name_room(const struct paper *paper, const struct columns *c)
{
	size_t others = 2 + c->time + 2 + strlen(" -> ") + 2 + c->label + 2 + strlen("from ") + ENDPOINT_TEXT_MAX - 1;
	size_t room = others < paper->width ? (paper->width - others) / 2 : 0;
	return room > NAME_LEAST ? room : NAME_LEAST;
}

static size_t at_most(size_t width, size_t room)
{
	return width < room ? width : room;
}

static struct columns measure(const struct paper *paper, const struct ladder *ladder)
{
	struct columns c = { .time = 5, .label = strlen("dropped") };
	for (uint32_t i = 0; i < ladder->n; i++) {
		const struct ladder_line *line = &ladder->lines[i];
		struct sink time = { 0 };
		put_seconds(&time, line->record->at, 0);
		c.time = time.len > c.time ? time.len : c.time;
		sink_free(&time);
		c.from = wider(c.from, line->from);
		c.to = wider(c.to, line->to);
		if (line->kind == LADDER_HOP)
			c.label = wider(c.label, line->record->label);
	}
	c.from = at_most(c.from, name_room(paper, &c));
	c.to = at_most(c.to, name_room(paper, &c));
	c.end = 2 + c.time + 2 + c.from + strlen(" -> ") + c.to + 2 + c.label + 2;
	return c;
}

/** "from 192.168.1.104:5060", "to   86.5.223.17:5060" */
static size_t put_address(struct sink *s, const struct ladder_line *line)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t length = endpoint_print(line->tells_to ? line->record->dst : line->record->src, text);
	sink_text(s, line->tells_to ? "to   " : "from ");
	sink_put(s, text, length);
	return strlen("from ") + length;
}

/** A remark behind an address when it fits there, and below it when it does not. */
static void put_remark(struct sink *s, const struct paper *paper, const char *remark, size_t used, size_t indent)
{
	size_t gap = used ? 3 : 0;
	size_t column = indent + used + gap;
	if (column + utf8_width(remark, strlen(remark)) <= paper->width) {
		sink_repeat(s, ' ', gap);
		sink_text(s, remark);
		return;
	}
	if (used) {
		sink_char(s, '\n');
		sink_repeat(s, ' ', indent);
	}
	put_wrapped(s, remark, indent, indent, paper->width);
}

/** A name in its column; what is too long for it is cut, the results below have it in full. */
static void put_name(struct sink *s, const char *name, size_t width)
{
	size_t length = strlen(name);
	bool cut = length > width;
	sink_put(s, name, cut ? width - 1 : length);
	sink_text(s, cut ? "~" : "");
	sink_repeat(s, ' ', cut ? 0 : width - length);
}

static void put_head(struct sink *s, const struct columns *c, const struct ladder_line *line, const char *arrow,
		     const char *to)
{
	sink_text(s, "  ");
	put_seconds(s, line->record->at, c->time);
	sink_text(s, "  ");
	put_name(s, line->from, c->from);
	sink_text(s, arrow);
	put_name(s, to, c->to);
	sink_text(s, "  ");
}

static void put_hop(struct sink *s, const struct paper *paper, const struct columns *c, const struct ladder_line *line)
{
	put_head(s, c, line, " -> ", line->to ? line->to : "-");
	put_padded(s, line->record->label, c->label + 2);
	size_t used = put_address(s, line);
	if (line->remark)
		put_remark(s, paper, line->remark, used, c->end);
}

static void put_drop(struct sink *s, const struct paper *paper, const struct columns *c, const struct ladder_line *line)
{
	sink_text(s, ink_code(paper, INK_BAD));
	put_head(s, c, line, " x  ", "");
	put_padded(s, "dropped", c->label + 2);
	put_remark(s, paper, line->remark ? line->remark : "", 0, c->end);
	sink_text(s, paper->colour ? "\033[0m" : "");
}

static void put_note(struct sink *s, const struct paper *paper, const struct columns *c, const struct ladder_line *line)
{
	size_t indent = 2 + c->time + 2 + c->from + strlen(" -> ");
	sink_text(s, "  ");
	put_seconds(s, line->record->at, c->time);
	sink_text(s, "  ");
	put_name(s, line->from, c->from);
	sink_repeat(s, ' ', strlen(" -> "));
	put_wrapped(s, line->remark, indent, indent, paper->width);
}

static void (*const put_line[])(struct sink *, const struct paper *, const struct columns *,
				const struct ladder_line *) = {
	[LADDER_HOP] = put_hop,
	[LADDER_DROP] = put_drop,
	[LADDER_NOTE] = put_note,
};

/** "10 more until ", of audio "19 more, every 1.000 s until " */
static void put_repeats(struct sink *s, const struct ladder *ladder, const struct ladder_attempt *a)
{
	sink_printf(s, "%u more", a->repeats);
	if (a->audio) {
		sink_text(s, ", every ");
		put_seconds(s, (a->last_at - ladder->lines[a->first].record->at) / a->repeats, 0);
		sink_text(s, " s");
	}
	sink_text(s, " until ");
}

void put_fold(struct sink *s, const struct ladder *ladder, const struct ladder_attempt *a)
{
	if (a->repeats == 1)
		sink_text(s, "1 more at ");
	else
		put_repeats(s, ladder, a);
	put_seconds(s, a->last_at, 0);
	sink_text(s, ", same end");
}

static void put_lines(struct sink *s, const struct paper *paper, const struct columns *c, const struct ladder *ladder,
		      uint32_t index)
{
	const struct ladder_line *line = &ladder->lines[index];
	put_line[line->kind](s, paper, c, line);
	sink_char(s, '\n');
	if (ladder->aside)
		ladder->aside->put(ladder->aside, s, paper, line);
	if (line->attempt == LADDER_NONE)
		return;
	const struct ladder_attempt *a = &ladder->attempts[line->attempt];
	if (!a->repeats || a->last != index)
		return;
	sink_repeat(s, ' ', 2 + c->time + 2);
	put_fold(s, ladder, a);
	sink_char(s, '\n');
}

static void put_gap(struct sink *s, const struct columns *c, uint64_t left_out, const char *what)
{
	sink_repeat(s, ' ', 2 + c->time + 2);
	sink_text(s, "... ");
	put_count(s, left_out, what);
	sink_text(s, " left out\n");
}

/** How many lines are left out from the line `i` on. */
static uint32_t gap_length(const struct ladder *ladder, uint32_t i)
{
	uint32_t n = 0;
	for (; i < ladder->n && (ladder->lines[i].folded || ladder->lines[i].left_out); i++)
		n += !ladder->lines[i].folded;
	return n;
}

/** Its lines from `first` on and before `end`; of a ladder that is cut, what is left of them. */
static void put_part(struct sink *s, const struct paper *paper, const struct ladder *ladder, bool cut, uint32_t first,
		     uint32_t end)
{
	struct columns c = measure(paper, ladder);
	bool in_gap = false;
	for (uint32_t i = 0; i < end; i++) {
		if (ladder->lines[i].folded)
			continue;
		bool gap = cut && ladder->lines[i].left_out;
		if (i >= first && !gap)
			put_lines(s, paper, &c, ladder, i);
		else if (i >= first && !in_gap)
			put_gap(s, &c, gap_length(ladder, i), "line");
		in_gap = gap;
	}
	if (ladder->unread && end == ladder->n)
		put_gap(s, &c, ladder->unread, "later event");
}

void ladder_print(struct sink *s, const struct paper *paper, const struct ladder *ladder, bool all)
{
	put_part(s, paper, ladder, !all, 0, ladder->n);
}

void ladder_print_lines(struct sink *s, const struct paper *paper, const struct ladder *ladder, uint32_t first,
			uint32_t end)
{
	put_part(s, paper, ladder, true, first, end);
}

uint32_t ladder_line_of(const struct ladder *ladder, const struct record *r)
{
	uint32_t i = 0;
	while (i < ladder->n && ladder->lines[i].record != r)
		i++;
	return i;
}
