/*
 * Shapes: which keys a map may have, said once for checking, for error texts and for the JSON Schema.
 *
 * A map of a scenario has words of its own (`model`, `behind`), each a row with the function that reads it,
 * and knobs, which are rows of a field table.
 */
#ifndef SCENARIOS_SHAPE_H
#define SCENARIOS_SHAPE_H

#include "models/field.h"
#include "scenarios/yaml.h"

struct loader;
struct knobs;
struct shape;

enum form_kind {
	FORM_END,   /* closes a list of alternatives */
	FORM_FIELD, /* a value that `field` reads */
	FORM_NAME,  /* the name of something else in the file, or `$axis` */
	FORM_VALUE, /* any single value */
	FORM_TIME,  /* 2013-05-10T16:00:52Z */
	FORM_CAUSE, /* a word of `causes` */
	FORM_WORD,  /* this very `word` */
	FORM_MAP,   /* a map of `shape` */
	FORM_NAMED, /* a map from names to values of the form `of` */
	FORM_LIST,  /* a list of values of the form `of` */
	FORM_NODES, /* a map from names to devices of one kind */
	FORM_MODELS,
	FORM_PINS,
	FORM_SET, /* a map of `shape` and of knobs of one device */
	FORM_EITHER, /* one of the forms `of`, closed by FORM_END */
};

/** What a value looks like. */
struct form {
	enum form_kind kind;
	const struct form *of;
	const struct shape *shape;
	const struct field *field;
	const char *word;
	bool axes;	/* FORM_FIELD: may it be `$axis`? For the schema; who reads it knows */
	int device;	/* FORM_NODES: enum device_kind */
	bool non_empty; /* FORM_NAMED, FORM_LIST, FORM_NODES, FORM_MODELS */
};

/** One word of a map. */
struct key {
	const char *name;
	bool required;
	const char *doc; /* one sentence without a full stop */
	struct form form;
	/** Reads a value whose form fits; NULL: `form.field` is read into its member of `into`. */
	void (*read)(struct loader *, const struct yaml *value, void *into);
};

/** A word that is known but refused; `why` NULL: it is not modelled yet. */
struct refused {
	const char *word, *why;
};

struct shape {
	const struct key *keys;	       /* read in this order, whatever the file's is; NULL: none */
	const struct field *fields;    /* knobs beside them; NULL: none */
	const struct refused *refused; /* NULL: none */
	bool running;	 /* for the schema: only the knobs that steps can change */
	bool any_device; /* which device it is, is not known: knobs of all of them are let pass unread */
};

/** Reads a map: complains of unknown and missing keys and has every other one read, into `into` or `knobs`.
 */
void shape_read(struct loader *l, const struct shape *s, const struct yaml *map, void *into,
		struct knobs *knobs);

/** Does the value look like `form`? Complains when it does not. */
bool form_check(struct loader *l, const struct form *form, const struct yaml *value);

/** Are there only keys of this shape in the map? */
bool shape_covers(const struct shape *s, const struct yaml *map);

/** "did you mean 'x'?" in the arena of the complaints, or NULL. */
const char *did_you_mean(struct loader *l, const char *word);

#endif
