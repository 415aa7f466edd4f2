#include "reports/conditions_text.h"

#define SHOWN_MAX 5 /* conditions that stand on a page */
#define NAMES_MAX 6 /* names of a list; of a longer one so many stand there, and how many more there are */

const char *const conditions_proof_words[] = {
	[CONDITIONS_SMALLEST] = "smallest",
	[CONDITIONS_UNPROVEN] = "unproven",
	[CONDITIONS_TOO_LARGE] = "too-large",
};

/** "router is pf, linux or openwrt", "router is one of 15: pf, linux, ... and 9 more" */
static void put_literal(struct sink *out, const struct scenario *s, const struct literal *l, uint32_t most)
{
	bool whole = l->n <= most;
	sink_printf(out, "%s is ", l->knob ? l->knob : s->axes[l->axis].name);
	if (!whole)
		sink_printf(out, "one of %u: ", l->n);
	for (uint32_t i = 0; i < l->n && i < most; i++)
		sink_printf(out, "%s%s", i == 0 ? "" : i + 1 == l->n ? " or " : ", ", l->labels[i]);
	if (!whole)
		sink_printf(out, " and %u more", l->n - most);
}

/** Of lists of names at most so many stand there. */
static void put_sentence(struct sink *out, const struct scenario *s, const struct condition *c, uint32_t most)
{
	static const char *const heads[2][2] = { { "fails in every cell", "fails when " },
						 { "does not work in any cell", "does not work when " } };
	sink_text(out, heads[c->softly][c->n > 0]);
	for (uint32_t i = 0; i < c->n; i++) {
		sink_text(out, i ? " and " : "");
		put_literal(out, s, &c->when[i], most);
	}
}

void put_condition(struct sink *out, const struct scenario *s, const struct condition *c)
{
	put_sentence(out, s, c, NAMES_MAX);
}

/** What there is to say besides; NULL: nothing. */
static const char *remark(const struct conditions_found *found)
{
	switch (found->proof) {
	case CONDITIONS_SMALLEST:
		return found->n && (found->unseen || (!found->items->n && found->others))
			       ? "(of those that ran and are shown)"
			       : NULL;
	case CONDITIONS_UNPROVEN:
		return "(these conditions are exact, but not proven to be the smallest)";
	case CONDITIONS_TOO_LARGE:
		return "(when it fails is too much to be told in conditions)";
	}
	return NULL;
}

bool put_conditions_line(struct sink *out, const struct scenario *s, const struct conditions *c, uint32_t i)
{
	const struct conditions_found *found = conditions_found(c);
	const char *last = i == found->n ? remark(found) : NULL;
	if (i < found->n)
		put_condition(out, s, &found->items[i]);
	else if (last)
		sink_text(out, last);
	return i < found->n || last;
}

/** "fails when phone rport is off (8 cells)": of several conditions, so that one sees which matters most. */
static void put_told(struct sink *out, const struct paper *paper, const struct scenario *s,
		     const struct conditions_found *found, uint32_t i)
{
	struct sink text = { 0 };
	put_condition(&text, s, &found->items[i]);
	if (found->n > 1) {
		sink_text(&text, " (");
		put_count(&text, found->items[i].cells, "cell");
		sink_char(&text, ')');
	}
	sink_char(&text, '\0');
	put_wrapped(out, text.bytes, 0, 4, paper->width);
	sink_char(out, '\n');
	sink_free(&text);
}

void put_conditions(struct sink *out, const struct paper *paper, const struct scenario *s, const struct conditions *c)
{
	const struct conditions_found *found = conditions_found(c);
	const char *last = remark(found);
	for (uint32_t i = 0; i < found->n && i < SHOWN_MAX; i++)
		put_told(out, paper, s, found, i);
	if (found->n > SHOWN_MAX) {
		sink_text(out, "and ");
		put_count(out, found->n - SHOWN_MAX, "more condition");
		sink_text(out, "; -f json has all of them\n");
	}
	if (last)
		put_paragraph(out, last, 0, paper->width);
	if (found->n || last)
		sink_char(out, '\n');
}

static void literal_object(struct json *j, const struct scenario *s, const struct literal *l)
{
	json_open(j, '{');
	json_key(j, "axis"), json_text(j, s->axes[l->axis].name);
	json_key(j, "knob"), json_text(j, l->knob);
	json_key(j, "values"), json_open(j, '[');
	for (uint32_t i = 0; i < l->n; i++)
		json_item(j), json_text(j, l->values[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void condition_object(struct json *j, const struct scenario *s, const struct condition *c)
{
	struct sink text = { 0 };
	put_sentence(&text, s, c, UINT32_MAX);
	json_open(j, '{');
	json_key(j, "cells"), json_number(j, c->cells);
	json_key(j, "text"), json_string(j, text.bytes, text.len);
	json_key(j, "when"), json_open(j, '[');
	for (uint32_t i = 0; i < c->n; i++)
		json_item(j), literal_object(j, s, &c->when[i]);
	json_close(j, ']');
	json_close(j, '}');
	sink_free(&text);
}

void conditions_array(struct json *j, const struct scenario *s, const struct conditions *c)
{
	const struct conditions_found *found = c ? conditions_found(c) : NULL;
	json_open(j, '[');
	for (uint32_t i = 0; found && i < found->n; i++)
		json_item(j), condition_object(j, s, &found->items[i]);
	json_close(j, ']');
}
