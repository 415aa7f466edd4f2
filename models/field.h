/*
 * Field tables: what a profile may hold. One row is one knob: key, kind, range, default, sentence, source.
 *
 * YAML checking, error texts, `viaport show`, the JSON Schema and docs/models.md all read these rows,
 * so they cannot disagree. A row without code that reads its member must not exist.
 *
 *	static const struct field fields[] = {
 *		{ "rport", FIELD_BOOL, AT(struct phone_profile, rport), .fallback = "on",
 *		  .doc = "writes an empty rport into its Via", .source = "RFC 3581 3" },
 *		{ 0 }
 *	};
 */
#ifndef MODELS_FIELD_H
#define MODELS_FIELD_H

#include "sim/addr.h"
#include "sim/arena.h"

enum field_kind {
	FIELD_END, /* closes a table */
	FIELD_BOOL,     /* bool          on off true false */
	FIELD_UINT,     /* uint32_t      from min to max */
	FIELD_DURATION, /* usec          250ms 30s 3m 1h 1d, from min to max (us) */
	FIELD_RATE,     /* uint32_t      a share per million: 0.5% 2% 100% */
	FIELD_WORD,     /* int           one of `words`, stored as its index */
	FIELD_TEXT,     /* const char *  what `text` allows */
	FIELD_ENDPOINT, /* struct endpoint  a.b.c.d or a.b.c.d:port (port 0 when absent) */
	FIELD_PREFIX,   /* struct prefix    a.b.c.d/bits */
	FIELD_HOST,     /* uint32_t         a.b.c.d */
	FIELD_HOSTS,    /* struct list of uint32_t, each a.b.c.d */
	FIELD_UINTS,    /* struct list of uint32_t, each from min to max */
	FIELD_TEXTS,    /* struct list of const char * */
	FIELD_WORDS,    /* struct list of uint8_t, indexes into `words`, none twice */
	FIELD_NODE,     /* const char *  the name of a node of the kind `device` (-1: any), an address if `address`, or one of `words` */
	FIELD_NODES,    /* struct list of such names */
	FIELD_ITEMS,    /* struct list of maps of `members`, whose offsets count from an item of `item_size` bytes */
	FIELD_MODEL,    /* const struct model *  of the kind `device`: its name, or a map of its knobs; NULL: none */
	FIELD_KNOBS,    /* struct list of struct knob_value: a map of knobs of the kind `device` */
	FIELD_GROUP,    /* a map of `members`, whose offsets count from the same profile */
};

/** What a text may be, because of where it is written in a message (RFC 3261 25.1). At most TEXT_MAX bytes. */
enum text_rule {
	TEXT_ANY,    /* no control characters */
	TEXT_USER,   /* letters, digits and -_.!~*'()&=+$ */
	TEXT_DOMAIN, /* a host name or address, perhaps with a port */
	TEXT_TOKEN,  /* letters, digits and -.!%*_+`'~ */
	TEXT_WORD,   /* printable, without blanks, quotes, commas, semicolons and angle brackets */
	TEXT_QUOTED, /* printable or UTF-8, without quotes and backslashes */
	TEXT_URI_PARAMS, /* ;name=value..., without blanks, quotes, commas and angle brackets */
	TEXT_PARAMS,     /* ;name=value..., quotes closed, commas and angle brackets only inside them */
	TEXT_RULES
};

#define TEXT_MAX 200

/** A list in the arena of whoever read it. */
struct list {
	const void *items;
	uint32_t n;
};

struct field {
	const char *key; /* kebab-case; NULL closes a table */
	enum field_kind kind;
	uint32_t at;              /* offset of the member in its profile */
	int64_t min, max;         /* FIELD_UINT, FIELD_UINTS, FIELD_DURATION */
	enum text_rule text;      /* FIELD_TEXT, FIELD_TEXTS */
	const char *const *words; /* FIELD_WORD, FIELD_WORDS, FIELD_NODE, FIELD_NODES; NULL-terminated */
	const char *fallback;     /* the default, as it would stand in YAML (list items separated by blanks); NULL: all zero */
	bool fixed;               /* read only while the lab is built: no step can change it */
	const char *doc;          /* one sentence without a full stop */
	const char *source;       /* where the behaviour or the default comes from; may be NULL */
	const struct field *members; /* FIELD_GROUP, FIELD_ITEMS; no two items have the same first member */
	size_t item_size;         /* FIELD_ITEMS */
	int device;               /* FIELD_MODEL, FIELD_NODE, FIELD_NODES, FIELD_KNOBS: enum device_kind */
	bool address;             /* FIELD_NODE, FIELD_NODES: may be an address, perhaps with a port */
	/** FIELD_GROUP, FIELD_ITEMS: the members (separated by blanks) that a bare scalar sets; NULL: none. */
	const char *shorthand;
	/** FIELD_WORDS: what must be among the items, as words separated by blanks; NULL: anything goes. */
	const char *must_have;
	/** The value that nobody is advised to set, for it gives up security; "": none is, for it is what people do; NULL: any may be. */
	const char *unadvised;
};

/** A knob that is changed, and what it becomes. */
struct knob_value {
	const struct field *field; /* never a group */
	const void *value;         /* field_size() bytes */
};

/** Offset of a member, for tables. */
#define AT(type, member) offsetof(type, member)

/** Bytes of the member that `f` describes; 0 for a group. */
size_t field_size(const struct field *f);

/** Is the member a list (a YAML sequence)? */
bool field_is_list(const struct field *f);

/** Bytes of one item of a list. */
size_t field_item_size(const struct field *f);

/**
 * Reads one scalar into `value` (field_size() bytes for scalars, field_item_size() for items of a list).
 * False when the text is not acceptable; field_wants() says what would be. Texts are copied into `a`. Of models only the
 * word `none` is known here, and of nodes what their names look like.
 */
bool field_read(const struct field *f, struct arena *a, const char *text, size_t len, void *value);

/** Is the text one of the field's words, or an address where that may stand? A node needs no such name then. */
bool field_names_nobody(const struct field *f, const char *text, size_t len);

/** What a field accepts, for error texts: "on or off", "a number from 1 to 65535", "one of off, on, auto". */
const char *field_wants(const struct field *f, struct arena *a);

/** The same of a FIELD_NODE or FIELD_NODES where no node can be named, as in a model; NULL: nothing would be accepted. */
const char *field_wants_nobody(const struct field *f, struct arena *a);

/** "udp-timeout.first": a row of `fields` with the groups that it is in; NULL when it is none of them. */
const char *field_path(const struct field *fields, const struct field *wanted, struct arena *a);

/** The row with this key in `fields`; NULL when there is none. */
const struct field *field_find(const struct field *fields, const char *key, size_t len);

/** Fills a zeroed profile with the defaults of its table, groups included. */
void fields_default(const struct field *fields, struct arena *a, void *profile);

/** The member's value as it would stand in YAML; a group prints "{key: value, ...}", what is not set prints nothing. */
const char *field_print(const struct field *f, const void *profile, struct arena *a);

/** Puts the values of FIELD_KNOBS into a profile. */
void knob_values_apply(const struct list *values, void *profile);

/** True when both profiles hold the same value there. */
bool field_equal(const struct field *f, const void *profile, const void *other);

/** The same of two values themselves. */
bool field_value_equal(const struct field *f, const void *value, const void *other);

/** A duration in its shortest exact form: "30s", "1.5s", "250ms", "1us". */
const char *duration_print(usec d, struct arena *a);

/** Reads a duration with its unit: us ms s m h d; decimals are allowed. False when it is none or overflows. */
bool duration_read(const char *text, size_t len, usec *out);

#endif
