#include "scenarios/result.h"

void totals_add(struct totals *t, const struct cell_result *r)
{
	t->cells++;
	t->verdicts[r->verdict]++;
	t->unexpected += !r->expected;
	t->known += r->known;
}
