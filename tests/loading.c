#include "loading.h"

#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

static const char catalogue_text[] =
	"viaport: 1\n"
	"models:\n"
	"  plain: {kind: phone, title: a phone, source: none, confidence: high}\n"
	"  shy: {like: plain, title: a phone without rport, source: none, confidence: medium, rport: off}\n"
	"  box: {kind: router, title: a router, source: none, confidence: low}\n"
	"  meddler: {kind: alg, title: an ALG, source: none, confidence: low, match: text}\n"
	"  pbx-1: {kind: server, title: a server, source: none, confidence: high}\n";

/** Hands out the texts of a list. */
struct texts {
	struct source_reader reader;
	const char *const *used;
};

static bool text_read(const struct source_reader *self, struct arena *a, const char *from, const char *name,
		      struct source *out, const char **why)
{
	const struct texts *texts = (const struct texts *)(const void *)self;
	(void)from;
	for (const char *const *used = texts->used; used && *used; used += 2) {
		if (strcmp(used[0], name) != 0)
			continue;
		*out = (struct source){ arena_strdup(a, name), arena_strdup(a, used[1]), strlen(used[1]) };
		return true;
	}
	*why = "there is no such file";
	return false;
}

struct loading *load_with(const char *text, size_t len, const char *const *used)
{
	struct arena *a = arena_new();
	struct loading *l = arena_alloc(a, sizeof *l);
	struct source catalogue = { "catalogue.yaml", catalogue_text, strlen(catalogue_text) };
	struct source file = { "lab.yaml", arena_copy(a, text, len), len };
	struct texts texts = { { text_read }, used };
	l->arena = a;
	l->complaints.arena = a;
	if (catalogue_load(a, &catalogue, 1, &l->complaints, &l->catalogue))
		l->loaded =
			scenario_load(a, &file, l->catalogue, &texts.reader, &l->complaints, &l->scenario);
	return l;
}

struct loading *load_text(const char *text)
{
	return load_with(text, strlen(text), NULL);
}

struct loading *load_least_and(const char *more)
{
	static const char least[] = "viaport: 1\n"
				    "name: least\n"
				    "phones: {a: {model: plain, behind: home}}\n"
				    "routers: {home: {model: box}}\n"
				    "servers: {pbx: {model: pbx-1}}\n";
	struct arena *a = arena_new();
	const char *text = arena_printf(a, "%s%s", least, more);
	struct loading *l = load_text(text);
	arena_free(a);
	return l;
}

char *text_of_file(struct arena *a, const char *path, size_t *len)
{
	const char *whole = *path == '/' ? path : arena_printf(a, SOURCE_ROOT "/%s", path);
	FILE *file = fopen(whole, "rb");
	assert(file);
	fseek(file, 0, SEEK_END);
	size_t n = (size_t)ftell(file);
	char *text = arena_alloc(a, n + 1);
	rewind(file);
	n = fread(text, 1, n, file);
	fclose(file);
	if (len)
		*len = n;
	return text;
}

static struct source file_source(struct arena *a, const char *path)
{
	struct source s = { .path = arena_strdup(a, path) };
	s.text = text_of_file(a, path, &s.len);
	return s;
}

static bool load_catalogue(struct loading *l)
{
	glob_t files;
	assert(glob(SOURCE_ROOT "/models/catalogue/*.yaml", 0, NULL, &files) == 0);
	struct source *sources = arena_alloc(l->arena, files.gl_pathc * sizeof *sources);
	for (size_t i = 0; i < files.gl_pathc; i++)
		sources[i] = file_source(l->arena, files.gl_pathv[i]);
	bool good = catalogue_load(l->arena, sources, files.gl_pathc, &l->complaints, &l->catalogue);
	globfree(&files);
	return good;
}

/* A used file stands beside the one that uses it. */
static bool file_read(const struct source_reader *self, struct arena *a, const char *from, const char *name,
		      struct source *out, const char **why)
{
	const char *slash = strrchr(from, '/');
	(void)self, (void)why;
	*out = file_source(a, arena_printf(a, "%.*s%s", slash ? (int)(slash + 1 - from) : 0, from, name));
	return true;
}

struct loading *load_file(const char *path)
{
	static const struct source_reader reader = { file_read };
	struct arena *a = arena_new();
	struct loading *l = arena_alloc(a, sizeof *l);
	*l = (struct loading){ .arena = a, .complaints = { .arena = a } };
	struct source file = file_source(a, path);
	if (load_catalogue(l))
		l->loaded = scenario_load(a, &file, l->catalogue, &reader, &l->complaints, &l->scenario);
	return l;
}

const struct catalogue *catalogue_whole(struct arena *a)
{
	struct loading l = { .arena = a, .complaints = { .arena = a } };
	assert(load_catalogue(&l));
	return l.catalogue;
}

const struct model *catalogue_model(struct arena *a, enum device_kind kind, const char *name)
{
	const struct model *m = catalogue_find(catalogue_whole(a), name, strlen(name), kind);
	assert(m);
	return m;
}

void loading_free(struct loading *l)
{
	arena_free(l->arena);
}

const char *complaints_text(const struct loading *l)
{
	const char *text = "";
	for (const struct complaint *c = l->complaints.first; c; c = c->next) {
		text = arena_printf(l->arena, "%s%u:%u %s %s\n", text, c->at.line, c->at.column, c->code,
				    c->sentence);
		if (c->help)
			text = arena_printf(l->arena, "%s    help: %s\n", text, c->help);
		if (c->note)
			text = arena_printf(l->arena, "%s    note: %u:%u %s\n", text, c->note_at.line,
					    c->note_at.column, c->note);
	}
	return text;
}
