/*
 * The catalogue: named profiles with their evidence, from models/catalogue/\*.yaml and from a scenario's own `models`.
 */
#ifndef SCENARIOS_CATALOGUE_H
#define SCENARIOS_CATALOGUE_H

#include "models/device.h"
#include "scenarios/complaint.h"
#include "scenarios/source.h"

struct names;

struct catalogue {
	const struct model **models; /* in order of the files */
	uint32_t n;
	struct names *by_name[DEVICE_KINDS]; /* per kind: a model's index in `models` */
	const struct catalogue *parent; /* looked at when a name is not here; NULL */
	char sha256[65];                /* of the files' bytes, in order */
};

/**
 * Reads files that hold only `viaport: 1` and `models:`. False when anything was complained of.
 * The catalogue, its models and their profiles live in `a` and are const afterwards.
 */
bool catalogue_load(struct arena *a, const struct source *files, size_t n, struct complaints *complaints,
		    struct catalogue **out);

/** The first model of that name, whatever its kind: kinds may share names. NULL when there is none. */
const struct model *catalogue_any(const struct catalogue *c, const char *name, size_t len);

/** The model of that name and kind; NULL when there is none. */
const struct model *catalogue_find(const struct catalogue *c, const char *name, size_t len, enum device_kind kind);

#endif
