#include "tests/everywhere.h"

#include <fts.h>
#include <string.h>

#include "tests/loading.h"

#define CELLS_MAX 3 /* of a matrix */

static uint32_t cells_of(const struct scenario *s, void (*see)(const struct scenario *, uint64_t))
{
	uint64_t cells = scenario_cells(s), wanted[CELLS_MAX] = { 0, cells / 2, cells - 1 };
	uint32_t n = 0;
	for (uint32_t i = 0; i < CELLS_MAX; i++) {
		if (i && wanted[i] == wanted[i - 1])
			continue;
		see(s, wanted[i]);
		n++;
	}
	return n;
}

static uint32_t file_of(const char *path, void (*see)(const struct scenario *, uint64_t))
{
	struct loading *l = load_file(path);
	uint32_t n = l->loaded == LOADED_SCENARIO ? cells_of(l->scenario, see) : 0;
	loading_free(l);
	return n;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

uint32_t cells_everywhere(void (*see)(const struct scenario *s, uint64_t cell))
{
	char root[] = "scenarios", *roots[] = { root, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	uint32_t n = 0;
	for (FTSENT *entry; walk && (entry = fts_read(walk));) {
		const char *end = strrchr(entry->fts_name, '.');
		if (entry->fts_info == FTS_F && end && strcmp(end, ".yaml") == 0)
			n += file_of(entry->fts_path, see);
	}
	fts_close(walk);
	return n;
}
