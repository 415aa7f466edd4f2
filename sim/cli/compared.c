#include "sim/cli/compared.h"

bool compare_recording(struct comparison *c, struct recording *r, compare_cell *tell, uint64_t *cells)
{
	struct kept_cell cell;
	const char *wrong = NULL;
	for (*cells = 0; !wrong && recording_next(r, &cell); ++*cells)
		wrong = tell(c, &r->head.scenarios[cell.scenario], cell.json, cell.n);
	if (wrong)
		return recording_fail(r, EXIT_INVALID, "cell %llu: %s", (unsigned long long)*cells, wrong);
	return !r->trouble;
}
