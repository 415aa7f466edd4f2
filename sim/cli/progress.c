#include "sim/cli/progress.h"

#include <stdio.h>
#include <unistd.h>
#include <uv.h>

#include "reports/text.h"
#include "sim/cli/terminal.h"

#define NANO 1000000000u

void progress_begin(struct progress_line *p)
{
	*p = (struct progress_line){ .started = uv_hrtime() };
}

static void put_rate(struct sink *s, uint64_t elapsed, uint64_t done, uint64_t cells)
{
	double rate = (double)done * NANO / (double)(elapsed + 1);
	if (rate < 1)
		return;
	sink_text(s, "  ");
	put_thousands(s, (uint64_t)rate);
	sink_text(s, "/s  ");
	put_thousands(s, (uint64_t)((double)(cells - done) / rate) + 1);
	sink_text(s, " s left");
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

void progress_show(struct progress_line *p, uint64_t cells, uint64_t played, const struct totals *taken)
{
	struct paper paper = terminal_paper(STDERR_FILENO, COLOR_NEVER);
	struct sink s = { 0 };
	put_thousands(&s, played);
	sink_text(&s, " of ");
	put_count(&s, cells, "cell");
	put_rate(&s, uv_hrtime() - p->started, played, cells);
	put_verdicts(&s, taken);
	if (s.len >= paper.width)
		s.len = paper.width - 1;
	fprintf(stderr, "\r\033[K%.*s", (int)s.len, s.bytes);
	sink_free(&s);
	p->shown = true;
}

void progress_end(struct progress_line *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
