#include "scenarios/catalogue.h"

#include <string.h>

#include "models/sha256.h"
#include "scenarios/load.h"

const struct model *catalogue_find(const struct catalogue *c, const char *name, size_t len,
				   enum device_kind kind)
{
	for (; c; c = c->parent) {
		int64_t i = names_find(c->by_name[kind], name, len);
		if (i >= 0)
			return c->models[i];
	}
	return NULL;
}

const struct model *catalogue_any(const struct catalogue *c, const char *name, size_t len)
{
	const struct model *m = NULL;
	for (int kind = 0; kind < DEVICE_KINDS && !m; kind++)
		m = catalogue_find(c, name, len, (enum device_kind)kind);
	return m;
}

/** One digest over the bytes of all files, in order. */
static void files_digest(struct arena *scratch, const struct source *files, size_t n, char hex[static 65])
{
	size_t total = 0, at = 0;
	for (size_t i = 0; i < n; i++)
		total += files[i].len;
	char *bytes = arena_alloc_raw(scratch, total + 1);
	for (size_t i = 0; i < n; at += files[i++].len)
		memcpy(bytes + at, files[i].text, files[i].len);
	sha256_hex(bytes, total, hex);
}

static void file_read(struct loader *l, const struct source *file)
{
	const struct yaml *root = yaml_read(l->scratch, file, l->complaints);
	if (root)
		models_file_read(l, root);
}

bool catalogue_load(struct arena *a, const struct source *files, size_t n, struct complaints *complaints,
		    struct catalogue **out)
{
	struct complaint *before = complaints->last;
	uint32_t complained = complaints->n;
	struct loader *l = loader_new(a, NULL, complaints);
	l->models_only = true;
	for (size_t i = 0; i < n; i++)
		file_read(l, &files[i]);
	models_finish(l);
	*out = l->models;
	files_digest(l->scratch, files, n, l->models->sha256);
	loader_free(l, before, n > 0 ? files[0].path : "");
	return complaints->n == complained;
}
