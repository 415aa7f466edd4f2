#include "sim/cli/recording.h"

#include <stdio.h>
#include <string.h>

#include "reports/paper.h"
#include "sim/cli/files.h"
#include "sim/cli/output.h"

static const struct recording_kind *const kinds[] = { &parts_recording, &result_recording };

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
static const struct recording_kind *kind_of(struct recording *r)
{
	char bytes[64];
	FILE *file = is_stdin(r->file) ? NULL : fopen(r->file, "rb");
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
	*r = (struct recording){ .file = operand, .arena = arena_new() };
	r->kind = kind_of(r);
	return r->kind->open(r);
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
