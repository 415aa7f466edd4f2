#include "sim/cli/recording.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/paper.h"
#include "sim/cli/files.h"
#include "sim/cli/output.h"

static const struct recording_kind *const kinds[] = { &store_recording, &parts_recording, &result_recording };

bool recording_fail(struct recording *r, enum exit_code trouble, const char *format, ...)
{
	struct sink s = { 0 };
	va_list args;
	va_start(args, format);
	sink_printf(&s, "viaport: %s: %s", r->file, arena_vprintf(r->arena, format, args));
	va_end(args);
	output_say(&s);
	if (r->trouble != EXIT_IO) /* which is told before all others */
		r->trouble = trouble;
	return false;
}

/** Looks at the first bytes of a file; standard input is a result. */
static const struct recording_kind *kind_of(const char *operand)
{
	char bytes[64];
	FILE *file = is_stdin(operand) ? NULL : fopen(operand, "rb");
	if (!file)
		return &result_recording;
	size_t n = fread(bytes, 1, sizeof bytes, file), i = 0;
	fclose(file);
	while (i + 1 < COUNT(kinds) && !kinds[i]->is(bytes, n))
		i++;
	return kinds[i];
}

bool recording_open(struct recording *r, const char *operand)
{
	return recording_open_as(r, operand, kind_of(operand));
}

/** Names scenarios as they are seen from here. */
static void name_from_here(struct recording *r, const char *folder)
{
	for (uint32_t i = 0; i < r->head.n; i++) {
		struct scenario *s = arena_alloc(r->arena, sizeof *s);
		*s = *r->head.scenarios[i].scenario;
		s->path = file_seen_from(r->arena, ".", folder, s->path);
		r->head.scenarios[i].scenario = s;
	}
}

bool recording_open_as(struct recording *r, const char *operand, const struct recording_kind *kind)
{
	*r = (struct recording){ .kind = kind, .arena = arena_new() };
	r->file = arena_strdup(r->arena, operand);
	bool opened = kind->open(r);
	if (opened && r->head.beside)
		name_from_here(r, is_stdin(operand) ? "." : dirname(arena_strdup(r->arena, operand)));
	return opened;
}

bool recording_next(struct recording *r, struct kept_cell *out)
{
	return !r->trouble && r->kind->next(r, out);
}

void recording_close(struct recording *r)
{
	r->kind->close(r);
	arena_free(r->arena);
}

FILE *recording_spool(void)
{
	const char *folder = getenv("TMPDIR");
	struct sink path = { 0 };
	sink_printf(&path, "%s/viaport-XXXXXX", folder && *folder ? folder : "/tmp");
	sink_char(&path, '\0');
	int fd = mkstemp(path.bytes);
	if (fd >= 0)
		unlink(path.bytes);
	sink_free(&path);
	return fd >= 0 ? fdopen(fd, "w+") : NULL;
}
