#include "reports/compare_markdown.h"

#include "reports/compare_text.h"
#include "reports/markdown_table.h"

#define DIFFERENCES_TOLD 50

/** Puts what a function says of something as text in which nothing is markup, between `before` and `after`. */
static void put_plain(struct sink *s, const char *before, struct sink *text, const char *after)
{
	sink_char(text, '\0');
	sink_text(s, before);
	put_markdown_text(s, text->bytes);
	sink_text(s, after);
	sink_free(text);
}

static void put_place(struct sink *s, const char *text)
{
	put_markdown_text(s, text ? text : "");
	sink_text(s, " | ");
}

/** "| cisco-7940 | pf | works -> fails: reply-to-via-port | pbx answered to ... |" */
static void put_row(struct sink *s, const struct change_group *g, const struct cell_change *change)
{
	struct sink words = { 0 };
	sink_text(s, "| ");
	for (uint32_t i = 0; i < g->n_axes; i++)
		put_place(s, change->values[i]);
	put_change_words(&words, change);
	put_plain(s, "", &words, " | ");
	put_markdown_text(s, change->sentence ? change->sentence : "");
	sink_text(s, " |\n");
}

static void put_heads(struct sink *s, const struct change_group *g)
{
	sink_text(s, "\n\n| ");
	for (uint32_t i = 0; i < g->n_axes; i++)
		put_place(s, g->axes[i]);
	sink_text(s, "change | why |\n|");
	for (uint32_t i = 0; i < g->n_axes + 2; i++)
		sink_text(s, " --- |");
	sink_char(s, '\n');
}

static void put_group(struct sink *s, const struct change_group *g, uint64_t *left)
{
	struct sink name = { 0 };
	put_markdown_code(s, g->path);
	put_change_extent(&name, g);
	put_plain(s, "", &name, "");
	put_heads(s, g);
	for (const struct cell_change *c = g->first; c && *left; c = c->next, --*left)
		put_row(s, g, c);
	sink_char(s, '\n');
}

static void put_class(struct sink *s, const char *word, const struct change_list *list, uint64_t told)
{
	uint64_t left = told < list->kept ? told : list->kept;
	uint64_t untold = list->n - left;
	if (!list->n)
		return;
	sink_printf(s, "### %c%s\n\n", word[0] & ~0x20, word + 1);
	for (const struct change_group *g = list->first; g && left; g = g->next)
		put_group(s, g, &left);
	if (untold) {
		sink_text(s, "and ");
		put_thousands(s, untold);
		sink_text(s, " more\n\n");
	}
}

static void put_differences(struct sink *s, const struct comparison *c)
{
	sink_text(s, c->differences ? "### Not the same either\n\n" : "");
	uint64_t left = DIFFERENCES_TOLD;
	for (const struct difference *d = c->differences; d && left; d = d->next, left--) {
		struct sink text = { 0 };
		put_difference(&text, d);
		put_plain(s, "- ", &text, "\n");
	}
	sink_text(s, c->differences ? "\n" : "");
}

void put_comparison_markdown(struct sink *s, const struct comparison *c, uint64_t told)
{
	put_count(s, c->cells, "cell");
	sink_text(s, ": ");
	put_comparison_sums(s, c);
	sink_text(s, ".\n\n");
	for (int i = 0; i < CHANGE_NONE; i++)
		put_class(s, change_words[i], &c->classes[i], told);
	put_differences(s, c);
}

void put_baseline_section(struct sink *s, const struct comparison *c, uint64_t told)
{
	if (!c)
		return;
	sink_text(s, "## Against the baseline\n\n");
	put_comparison_markdown(s, c, told);
}
