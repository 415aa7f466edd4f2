/*
 * The kinds of models, each with the table of its knobs.
 */
#ifndef MODELS_DEVICE_H
#define MODELS_DEVICE_H

#include "models/field.h"

/** Kinds of models. The nodes of a lab come first; the others are parts of them, or change them. */
enum device_kind { DEVICE_PHONE, DEVICE_ROUTER, DEVICE_SERVER, DEVICE_GATEWAY, DEVICE_ALG, DEVICE_REMEDY, DEVICE_KINDS };
#define NODE_KINDS DEVICE_ALG

/** "phone", "router", ... NULL; by enum device_kind. */
extern const char *const device_words[];

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

/** "low", "medium", "high", NULL. */
extern const char *const confidence_words[];

struct device {
	const char *one, *plural; /* "a phone", "phones" */
	const char *summary;       /* one sentence */
	const struct field *fields;
	size_t profile_size;
};

/** By enum device_kind. */
extern const struct device devices[DEVICE_KINDS];

struct model;

/**
 * The word that says what a model is, with which its title begins: "static-port: ..."; its name alone tells nobody.
 * Returns its length, 0 when there is none.
 */
size_t model_word(const struct model *m);

/** A catalogue entry: a named profile with its evidence. Const once loaded. */
struct model {
	const char *name;           /* NULL: it stands where it is used */
	enum device_kind kind;
	const char *title, *source; /* what it is; where it was seen */
	const char *side_effect;    /* what it harms, or what it does not cure; NULL: nothing is known */
	const struct model *like;   /* the entry it was derived from, or NULL */
	enum confidence confidence;
	const void *profile;        /* devices[kind].profile_size bytes */
	const char *path;           /* the file it stands in */
	uint32_t line;
	bool shared;                /* of the catalogue, which every scenario has */
};

#endif
