#include "reports/compare_text.h"

#define CHANGES_TOLD	 20 /* of each class; further ones are counted */
#define DIFFERENCES_TOLD 10

/* --- a cell ------------------------------------------------------------------------------------ */

static void put_pair(struct sink *s, const char *axis, const char *value, const char *before)
{
	sink_printf(s, "%s%s=%s", before, axis, value);
}

void put_change_choices(struct sink *s, const struct change_group *g, const struct cell_change *change)
{
	for (uint32_t i = 0; i < g->n_axes; i++)
		put_pair(s, g->axes[i], change->values[i], i ? ", " : "");
}

void put_change_extent(struct sink *s, const struct change_group *g)
{
	const char *before = ", all with ";
	if (g->n < 2)
		return;
	sink_text(s, ": ");
	put_count(s, g->n, "cell");
	for (uint32_t i = 0; i < g->n_axes; i++) {
		if (!g->common[i])
			continue;
		put_pair(s, g->axes[i], g->common[i], before);
		before = ", ";
	}
}

/** "register alice fails" */
static void put_trouble(struct sink *s, const struct trouble *t, const char *before)
{
	sink_printf(s, "%s%s", before, t->check ? t->check : "a check");
	if (t->subject)
		sink_printf(s, " %s", t->subject);
	if (t->to)
		sink_printf(s, " to %s", t->to);
	sink_printf(s, " %s", verdict_words[t->result]);
}

static void put_outcome(struct sink *s, const struct cell_state *o, bool checks)
{
	sink_text(s, verdict_words[o->verdict]);
	sink_text(s, *o->causes ? ": " : "");
	sink_text(s, o->causes);
	for (uint32_t i = 0; checks && i < o->n_troubles; i++)
		put_trouble(s, &o->troubles[i], i ? ", " : " (");
	sink_text(s, checks && o->n_troubles ? ")" : "");
}

void put_change_words(struct sink *s, const struct cell_change *change)
{
	const struct cell_state *old = change->old, *now = change->now;
	bool alike = old && now && old->verdict == now->verdict && strcmp(old->causes, now->causes) == 0;
	if (old)
		put_outcome(s, old, alike);
	sink_text(s, old && now ? " -> " : "");
	if (now)
		put_outcome(s, now, alike);
	if (!old && !change->expected)
		sink_text(s, ", not as expected");
}

/** Was this said of an earlier cell of the list? */
static bool told_before(const struct change_list *list, const struct cell_change *change)
{
	for (const struct change_group *g = list->first; g; g = g->next)
		for (const struct cell_change *c = g->first; c; c = c->next)
			if (c == change || c->now == change->now)
				return c != change;
	return false;
}

/** Why it does not work is said once for all that came to the same. */
static void put_cell(struct sink *s, const struct paper *paper, const struct change_list *list,
		     const struct change_group *g, const struct cell_change *change)
{
	struct sink line = { 0 };
	put_change_choices(&line, g, change);
	sink_text(&line, g->n_axes ? "\n" : "");
	put_change_words(&line, change);
	sink_char(&line, '\0');
	sink_text(s, "    ");
	put_wrapped(s, line.bytes, 4, 6, paper->width);
	sink_char(s, '\n');
	if (change->sentence && !told_before(list, change))
		put_paragraph(s, change->sentence, 8, paper->width);
	sink_free(&line);
}

/* --- classes ----------------------------------------------------------------------------------- */

static void put_group_name(struct sink *s, const struct paper *paper, const struct change_group *g)
{
	struct sink line = { 0 };
	sink_text(&line, g->path);
	put_change_extent(&line, g);
	sink_char(&line, '\0');
	sink_text(s, "  ");
	put_wrapped(s, line.bytes, 2, 4, paper->width);
	sink_char(s, '\n');
	sink_free(&line);
}

static void put_more(struct sink *s, uint64_t n)
{
	if (!n)
		return;
	sink_text(s, "  and ");
	put_thousands(s, n);
	sink_text(s, " more\n");
}

static void put_class(struct sink *s, const struct paper *paper, enum change_class class,
		      const struct change_list *list)
{
	static const enum ink inks[CHANGE_CLASSES] = {
		[CHANGE_BROKEN] = INK_BAD, [CHANGE_CAUSE] = INK_POOR, [CHANGE_FIXED] = INK_GOOD
	};
	uint64_t told = 0;
	if (!list->n)
		return;
	ink_text(s, paper, inks[class], change_words[class]);
	sink_text(s, ":\n");
	for (const struct change_group *g = list->first; g && told < CHANGES_TOLD && g->first; g = g->next) {
		put_group_name(s, paper, g);
		for (const struct cell_change *c = g->first; c && told < CHANGES_TOLD; c = c->next, told++)
			put_cell(s, paper, list, g, c);
	}
	put_more(s, list->n - told);
	sink_char(s, '\n');
}

/* --- the whole --------------------------------------------------------------------------------- */

void put_comparison_sums(struct sink *s, const struct comparison *c)
{
	bool any = false;
	for (int i = 0; i < CHANGE_CLASSES; i++) {
		uint64_t n = c->classes[i].n;
		if (!n || (i == CHANGE_NONE && !any))
			continue;
		sink_text(s, any ? ", " : "");
		put_thousands(s, n);
		sink_printf(s, " %s", change_words[i]);
		any = true;
	}
	if (!any)
		sink_text(s, "nothing changed");
}

void put_difference(struct sink *s, const struct difference *d)
{
	bool is_sum = strcmp(d->what, "catalogue") == 0 || strcmp(d->what, "file") == 0;
	if (d->knob)
		sink_printf(s, "%s of %s=%s:", d->knob, d->axis, d->value);
	else
		sink_printf(s, "the %s", d->what);
	if (d->path && !d->knob)
		sink_printf(s, "%s%s", is_sum ? " " : " of ", d->path);
	if (!is_sum)
		sink_printf(s, " %s -> %s", d->old, d->now);
}

/** What may be why cells changed. */
static void put_differences(struct sink *s, const struct paper *paper, const struct difference *first)
{
	uint64_t n = 0;
	for (const struct difference *d = first; d; d = d->next) {
		struct sink line = { 0 };
		if (n++ >= DIFFERENCES_TOLD)
			continue;
		put_difference(&line, d);
		sink_char(&line, '\0');
		sink_text(s, n == 1 ? "not the same either:\n  " : "  ");
		put_wrapped(s, line.bytes, 2, 4, paper->width);
		sink_char(s, '\n');
		sink_free(&line);
	}
	put_more(s, n > DIFFERENCES_TOLD ? n - DIFFERENCES_TOLD : 0);
	sink_text(s, n ? "\n" : "");
}

void put_comparison(struct sink *s, const struct paper *paper, const struct comparison *c)
{
	for (int i = 0; i < CHANGE_NONE; i++)
		put_class(s, paper, (enum change_class)i, &c->classes[i]);
	put_differences(s, paper, c->differences);
}

static void put_number_of(struct sink *s, uint64_t n, const char *what, const char *after)
{
	put_thousands(s, n);
	sink_printf(s, " %s%s", what, after);
}

void put_against_baseline(struct sink *s, const struct comparison *c)
{
	uint64_t broken = c->classes[CHANGE_BROKEN].n;
	if (broken) {
		put_thousands(s, broken);
		sink_text(s, " broke against the baseline");
	} else {
		sink_text(s,
			  c->apart ? "nothing was compared with the baseline" : "nothing broke against the baseline");
	}
	if (c->surprises) {
		sink_text(s, ", ");
		put_number_of(s, c->surprises, "new not as expected", "");
	}
}

void put_baseline_line(struct sink *s, const struct comparison *c)
{
	put_against_baseline(s, c);
	sink_text(s, ": ");
	for (int i = CHANGE_BROKEN + 1; i < CHANGE_NONE; i++)
		if (c->classes[i].n)
			put_number_of(s, c->classes[i].n, change_words[i], ", ");
	put_number_of(s, c->met, "compared", "");
}
