#include "scenarios/result.h"

#include <assert.h>

uint64_t result_causes(const struct cell_result *r)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < r->n_checks; i++) {
		const struct cause *cause = r->checks[i].cause;
		assert(!cause || cause - causes < 64);
		set |= cause ? UINT64_C(1) << (cause - causes) : 0;
	}
	return set;
}

void totals_add(struct totals *t, const struct cell_result *r)
{
	t->cells++;
	t->verdicts[r->verdict]++;
	t->unexpected += !r->expected;
	t->known += r->known;
	t->by_chance += r->n_outcomes > 1;
}
