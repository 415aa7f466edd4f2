#include "reports/compare_html.h"

#include "reports/compare_text.h"
#include "reports/html_parts.h"

/** Puts what was said of something as text in which nothing is markup, between `before` and `after`. */
static void put_plain(struct sink *s, const char *before, struct sink *text, const char *after)
{
	sink_char(text, '\0');
	sink_text(s, before);
	put_html_text(s, text->bytes);
	sink_text(s, after);
	sink_free(text);
}

static void put_cell(struct sink *s, const struct change_group *g, const struct cell_change *change)
{
	struct sink name = { 0 }, words = { 0 };
	put_change_choices(&name, g, change);
	put_change_words(&words, change);
	put_plain(s, "<li>", &name, g->n_axes ? ": " : "");
	put_plain(s, "", &words, "");
	if (change->sentence) {
		sink_text(s, "<p>");
		put_html_text(s, change->sentence);
		sink_text(s, "</p>");
	}
	sink_text(s, "</li>\n");
}

static void put_class(struct sink *s, const char *word, const struct change_list *list, uint64_t told)
{
	uint64_t left = told < list->kept ? told : list->kept, untold = list->n - left;
	if (!list->n)
		return;
	sink_printf(s, "<h3>%c%s</h3>\n", word[0] & ~0x20, word + 1);
	for (const struct change_group *g = list->first; g && left; g = g->next) {
		struct sink name = { 0 };
		sink_text(&name, g->path);
		put_change_extent(&name, g);
		put_plain(s, "<p>", &name, "</p>\n<ul>\n");
		for (const struct cell_change *c = g->first; c && left; c = c->next, left--)
			put_cell(s, g, c);
		sink_text(s, "</ul>\n");
	}
	if (untold) {
		sink_text(s, "<p>and ");
		put_thousands(s, untold);
		sink_text(s, " more</p>\n");
	}
}

static void put_differences(struct sink *s, const struct difference *d, uint64_t told)
{
	if (!d)
		return;
	sink_text(s, "<h3>Not the same either</h3>\n<ul>\n");
	for (; d && told; d = d->next, told--) {
		struct sink text = { 0 };
		put_difference(&text, d);
		put_plain(s, "<li>", &text, "</li>\n");
	}
	sink_text(s, "</ul>\n");
}

void put_baseline_page(struct sink *s, const struct comparison *c, uint64_t told)
{
	if (!c)
		return;
	sink_text(s, "<section id=\"baseline\">\n<h2>Against the baseline</h2>\n<p>");
	put_count(s, c->cells, "cell");
	sink_text(s, ": ");
	put_comparison_sums(s, c);
	sink_text(s, ".</p>\n");
	for (int i = 0; i < CHANGE_NONE; i++)
		put_class(s, change_words[i], &c->classes[i], told);
	put_differences(s, c->differences, told);
	sink_text(s, "</section>\n");
}
