#include "reports/standing.h"

#include "reports/compare.h"
#include "reports/plain.h"

static const char *message_of(const struct cell_result *r, const struct cell_state *was, int worse, struct arena *a)
{
	const char *surprise = r->expected ? NULL : surprise_of(r);
	if (!was)
		return surprise;
	if (worse > 0)
		return arena_printf(a, "%s%sbefore: %s", surprise ? surprise : "", surprise ? "; " : "",
				    verdict_words[was->verdict]);
	return surprise ? arena_printf(a, "%s before: %s", worse < 0 ? "better than" : "as", surprise) : NULL;
}

struct standing standing_of(const struct show *show, const struct shown *shown, const struct cell_result *r,
			    struct arena *scratch)
{
	const struct cell_state *was = NULL;
	if (show->compared && r->verdict != VERDICT_SKIPPED)
		was = comparison_was(show->compared, shown, r->cell, scratch);
	int worse = was ? verdict_badness(r->verdict) - verdict_badness(was->verdict) : 0;
	bool fails = was ? worse > 0 || r->verdict == VERDICT_ERROR : !r->expected;
	return (struct standing){ fails, !fails && !r->expected, message_of(r, was, worse, scratch) };
}
