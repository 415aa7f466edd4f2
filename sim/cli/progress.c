#include "sim/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <uv.h>

#include "reports/text.h"
#include "sim/cli/terminal.h"

#define NANO	   1000000000u
#define FIRST_LINE (1ull * NANO)
#define SELDOM	   (10ull * NANO)

/** Set, and not to a word that says no. */
static bool says_yes(const char *name)
{
	const char *value = getenv(name);
	return value && *value && strcmp(value, "0") != 0 && strcasecmp(value, "false") != 0;
}

static enum progress_way choose_way(void)
{
	const char *terminal = getenv("TERM");
	if (says_yes("CI") || says_yes("GITHUB_ACTIONS") || says_yes("GITLAB_CI"))
		return PROGRESS_PLAIN;
	if (!isatty(STDERR_FILENO) || (terminal && strcmp(terminal, "dumb") == 0))
		return PROGRESS_NONE;
	return PROGRESS_REWRITTEN;
}

void progress_begin(struct progress_line *p)
{
	uint64_t now = uv_hrtime();
	*p = (struct progress_line){ .way = choose_way(), .started = now, .due = now + FIRST_LINE };
}

/** In the largest unit of which there are two. */
static void put_time(struct sink *s, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *word;
	} units[] = { { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;
	while (units[i].seconds > 1 && seconds < 2 * units[i].seconds)
		i++;
	put_thousands(s, seconds / units[i].seconds);
	sink_printf(s, " %s left", units[i].word);
}

static void put_rate(struct sink *s, uint64_t elapsed, uint64_t done, uint64_t cells)
{
	double rate = (double)done * NANO / (double)(elapsed + 1);
	if (!done)
		return;
	sink_text(s, "  ");
	if (rate < 10)
		sink_printf(s, "%.1f", rate);
	else
		put_thousands(s, (uint64_t)rate);
	sink_text(s, "/s  ");
	put_time(s, (uint64_t)((double)(cells - done) / rate) + 1);
}

static void put_verdicts(struct sink *s, const struct totals *t)
{
	for (int v = 0; v < VERDICTS; v++) {
		if (!t->verdicts[v])
			continue;
		sink_printf(s, "  %s ", verdict_words[v]);
		put_thousands(s, t->verdicts[v]);
	}
	if (t->unexpected) {
		sink_text(s, "  unexpected ");
		put_thousands(s, t->unexpected);
	}
}

static void put_line(struct sink *s, const struct progress_line *p, uint64_t cells, uint64_t played,
		     const struct totals *taken)
{
	put_thousands(s, played);
	sink_text(s, " of ");
	put_count(s, cells, "cell");
	put_rate(s, uv_hrtime() - p->started, played, cells);
	put_verdicts(s, taken);
}

static void rewrite(struct progress_line *p, struct sink *line)
{
	struct paper paper = terminal_paper(STDERR_FILENO, COLOR_NEVER);
	if (line->len >= paper.width)
		line->len = paper.width - 1;
	fprintf(stderr, "\r\033[K%.*s", (int)line->len, line->bytes);
	p->shown = true;
}

/** Soon after the beginning, then after twice the time, until that would be too seldom. */
static void write_if_due(struct progress_line *p, const struct sink *line)
{
	uint64_t now = uv_hrtime(), elapsed = now - p->started;
	if (now < p->due)
		return;
	fprintf(stderr, "%.*s\n", (int)line->len, line->bytes);
	p->due = now + (elapsed < SELDOM ? elapsed : SELDOM);
}

void progress_show(struct progress_line *p, uint64_t cells, uint64_t played, const struct totals *taken)
{
	struct sink line = { 0 };
	put_line(&line, p, cells, played, taken);
	if (p->way == PROGRESS_REWRITTEN)
		rewrite(p, &line);
	else if (p->way == PROGRESS_PLAIN)
		write_if_due(p, &line);
	sink_free(&line);
}

void progress_end(struct progress_line *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
