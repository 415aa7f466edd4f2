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

/* --- the line ---------------------------------------------------------------------------------- */

/** What a line is made of, as it stands in it; any of them may be empty. */
enum piece { CELLS, RATE, LEFT, VERDICT, UNEXPECTED = VERDICT + VERDICTS, PIECES };

/** What is left out where a line would be too long, what is missed least first. */
static const enum piece left_out[] = {
	RATE,
	VERDICT + VERDICT_SKIPPED,
	VERDICT + VERDICT_WORKS,
	VERDICT + VERDICT_DEGRADED,
	VERDICT + VERDICT_STOPS,
	VERDICT + VERDICT_FAILS,
	LEFT,
	VERDICT + VERDICT_ERROR,
	UNEXPECTED,
};

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

static void put_rate(struct sink *s, double rate)
{
	if (rate < 10)
		sink_printf(s, "%.1f", rate);
	else
		put_thousands(s, (uint64_t)rate);
	sink_text(s, "/s");
}

static void put_pace(struct sink pieces[PIECES], uint64_t elapsed, uint64_t played, uint64_t cells)
{
	double rate = (double)played * NANO / (double)(elapsed + 1);
	if (!played)
		return;
	put_rate(&pieces[RATE], rate);
	put_time(&pieces[LEFT], (uint64_t)((double)(cells - played) / rate) + 1);
}

static void put_number(struct sink *s, const char *word, uint64_t n)
{
	if (!n)
		return;
	sink_printf(s, "%s ", word);
	put_thousands(s, n);
}

static void put_taken(struct sink pieces[PIECES], const struct totals *t)
{
	for (int v = 0; v < VERDICTS; v++)
		put_number(&pieces[VERDICT + v], verdict_words[v], t->verdicts[v]);
	put_number(&pieces[UNEXPECTED], "unexpected", t->unexpected);
}

static void join(struct sink *s, const struct sink pieces[PIECES])
{
	sink_clear(s);
	for (int i = 0; i < PIECES; i++) {
		if (!pieces[i].len)
			continue;
		sink_text(s, s->len ? "  " : "");
		sink_put(s, pieces[i].bytes, pieces[i].len);
	}
}

static void put_line(struct sink *s, struct sink pieces[PIECES], size_t width)
{
	join(s, pieces);
	for (size_t i = 0; i < COUNT(left_out) && s->len > width; i++) {
		sink_clear(&pieces[left_out[i]]);
		join(s, pieces);
	}
}

/** A terminal goes on in the next line when something stands in its last column. */
static size_t room(const struct progress_line *p)
{
	return p->way == PROGRESS_REWRITTEN ? terminal_paper(STDERR_FILENO, COLOR_NEVER).width - 1 : SIZE_MAX;
}

/* --- showing it -------------------------------------------------------------------------------- */

static void rewrite(struct progress_line *p, const struct sink *line)
{
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
	struct sink line = { 0 }, pieces[PIECES] = { 0 };
	put_thousands(&pieces[CELLS], played);
	sink_text(&pieces[CELLS], " of ");
	put_count(&pieces[CELLS], cells, "cell");
	put_pace(pieces, uv_hrtime() - p->started, played, cells);
	put_taken(pieces, taken);
	put_line(&line, pieces, room(p));
	if (p->way == PROGRESS_REWRITTEN)
		rewrite(p, &line);
	else if (p->way == PROGRESS_PLAIN)
		write_if_due(p, &line);
	for (int i = 0; i < PIECES; i++)
		sink_free(&pieces[i]);
	sink_free(&line);
}

void progress_end(struct progress_line *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
