#include "scenarios/knob_place.h"

#include <string.h>

#include "models/device.h"
#include "scenarios/scenario.h"

const struct field *knob_owner(const char *word, size_t len)
{
	for (int kind = 0; kind < DEVICE_KINDS; kind++)
		if (strlen(device_words[kind]) == len && memcmp(device_words[kind], word, len) == 0)
			return devices[kind].fields;
	return len == strlen("wire") && memcmp(word, "wire", len) == 0 ? wire_fields : NULL;
}

bool knob_place(const struct field *fields, const char *path, struct knob_place *out)
{
	const char *dot = strchr(path, '.');
	const struct field *f = field_find(fields, path, dot ? (size_t)(dot - path) : strlen(path));
	*out = (struct knob_place){ NULL, f };
	if (!f || !dot)
		return f && f->kind != FIELD_GROUP;
	if (f->kind == FIELD_GROUP)
		return knob_place(f->members, dot + 1, out);
	if (f->kind != FIELD_MODEL || !knob_place(devices[f->device].fields, dot + 1, out))
		return false;
	out->part = f;
	return true;
}

bool knob_place_named(const char *name, struct knob_place *out)
{
	const char *blank = strchr(name, ' ');
	const struct field *fields = blank ? knob_owner(name, (size_t)(blank - name)) : NULL;
	return fields && knob_place(fields, blank + 1, out);
}
