/*
 * One scenario file as const data: nodes, steps, checks, axes. A file without axes is a matrix of one cell.
 *
 * Nothing of YAML is left here: `$axis` has become a list of values, one per value of that axis, so that
 * a cell costs no reading.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include "models/device.h"
#include "models/ids.h"
#include "scenarios/catalogue.h"
#include "scenarios/complaint.h"
#include "sim/world.h"

/** What happened; not whether it was expected. */
enum verdict { VERDICT_WORKS, VERDICT_DEGRADED, VERDICT_STOPS, VERDICT_FAILS, VERDICT_SKIPPED, VERDICT_ERROR, VERDICTS };

/** "works", "degraded", ... NULL. */
extern const char *const verdict_words[];

struct axis {
	const char *name;
	const char **values; /* as text, in the file's order */
	const char **labels; /* the same for people: a model's word stands behind its name, "alg-f one-way" */
	uint32_t n;
	struct place at;
};

/** A value of a field that the file gives: one for all cells, or one per value of an axis. */
struct setting {
	const struct field *field; /* never a group */
	int axis;                  /* -1: `values` holds one */
	const void *values;        /* field_size(field) bytes each */
	struct place at;
};

struct settings {
	const struct setting *items;
	uint32_t n;
};

/** One entry of phones, routers or servers; `count` nodes. */
struct node_spec {
	const char *name;
	enum device_kind kind;
	int model_axis;              /* -1: models[0] for all */
	const struct model **models;
	struct settings settings;    /* what stands beside the model, in the file's order */
	uint32_t count;              /* at least 1 */
	int behind_axis;             /* -1: behind[0] for all */
	const int *behind;           /* index of a router in scenario->nodes, or -1: the internet */
	const struct pins *pins;     /* NULL: none */
	struct place at;
};

/** One entry of `wires`. */
struct wire_spec {
	int node; /* index in scenario->nodes whose wire it is; -1: default */
	struct settings settings; /* of wire_fields */
};

/** The knobs of a wire; struct wire_profile is the profile. */
struct wire_profile {
	usec delay, jitter;
	uint32_t loss, duplicate; /* per million */
	struct list drop;         /* of uint32_t */
	uint32_t mtu;             /* bytes; 0: MTU_USUAL */
};
extern const struct field wire_fields[];

/** Cells to which something applies. */
struct when {
	/** Per axis: NULL (any), or one flag per value. */
	const bool *const *allowed;
};

enum step_kind {
	STEP_REGISTER,
	STEP_UNREGISTER,
	STEP_OPTIONS,
	STEP_WAIT,
	STEP_RESTART,
	STEP_REBIND,
	STEP_CLOSE_PINHOLES,
	STEP_SET,
	STEP_CALL,
	STEP_HOLD,
	STEP_RESUME,
	STEP_MUTE,
	STEP_KINDS
};

/** The ends of a call; also the indexes of its step's subjects. */
enum call_end { CALL_FROM, CALL_TO, CALL_ENDS };

/** What a step says in values that may be `$axis`. */
struct step_values {
	usec at;          /* from the start of the run, or of the call that it is inside; NEVER: when the step before has ended */
	usec wait;        /* STEP_WAIT: how long */
	usec over;        /* STEP_REGISTER, STEP_CALL: spread evenly over this */
	uint32_t address; /* STEP_REBIND: the new one; 0: as before */
	usec lasts;       /* STEP_CALL: from when it is established; STEP_MUTE */
	int hangup;       /* STEP_CALL: enum call_end, who hangs up */
	usec give_up;     /* STEP_CALL: when nobody has answered for so long it is let go; 0: the caller hangs up then, after a longer time */
};
enum step_field {
	STEP_FIELD_AT,
	STEP_FIELD_WAIT,
	STEP_FIELD_OVER,
	STEP_FIELD_ADDRESS,
	STEP_FIELD_FOR,
	STEP_FIELD_HANGUP,
	STEP_FIELD_GIVE_UP,
	STEP_FIELDS
};
extern const struct field step_fields[STEP_FIELDS + 1];

#define CALL_LASTS (20 * SEC) /* a call, when nothing is said */

struct step {
	enum step_kind kind;
	const char *id;          /* NULL: none */
	const struct when *when; /* NULL: always */
	struct settings values;  /* of step_fields */
	struct settings knobs;   /* STEP_SET: of the subject's device */
	const int *subjects;     /* indexes of nodes: phones that register or unregister; STEP_OPTIONS, STEP_CALL: from, to; else one */
	uint32_t n_subjects;
	int inside;              /* index of the call during which it happens, in cells where that call is made; -1: none */
	struct place at;
};

/** How a check is decided. */
enum check_rule {
	CHECK_ATTEMPT,   /* by the end of what the step makes each member do */
	CHECK_PROBES,    /* so, and then by requests from the server to each member */
	CHECK_ALL_ALONG, /* by everything that is seen while the step runs, or in the whole run */
	CHECK_SETUP,     /* of calls: by the 2xx at who calls and the ACK at who is called */
	CHECK_HANGUP,    /* by a BYE and its answer */
	CHECK_AUDIO,     /* by what each hears of the other */
	CHECK_HOLD,      /* by the re-INVITEs of hold and resume, and by what is heard in between and after */
};

/** A word for checks: what is asked of a subject. */
struct check_kind {
	const char *word;    /* "register" */
	char letter;         /* in small matrices */
	enum check_rule rule;
	enum step_kind step; /* the step it judges; CHECK_ALL_ALONG: any */
	int role;            /* CHECK_SETUP: enum call_end of the subject */
	const char *works;   /* "registers": what is said of a subject with which it works */
	const char *doc;
};

/** Is it about calls? */
static inline bool check_is_of_call(const struct check_kind *k)
{
	return k->step == STEP_CALL;
}

/** By which rule a server's end sends the audio that counts. */
enum peer { PEER_ANY, PEER_SDP, PEER_SOURCE, PEERS };

/** What a check says in values that may be `$axis`. */
struct check_values {
	usec time;   /* CHECK_PROBES: after the step */
	int by;      /* CHECK_HANGUP: is it the subject (0) who hangs up, or the other side (1)? */
	int peer;    /* CHECK_AUDIO: enum peer */
};
enum check_field { CHECK_FIELD_TIME, CHECK_FIELD_BY, CHECK_FIELD_PEER, CHECK_FIELDS };
extern const struct field check_fields[CHECK_FIELDS + 1];

/** Closed by a row of NULLs. */
extern const struct check_kind check_kinds[];

/** One line of `expect` or `judge`. */
struct check {
	const struct check_kind *kind;
	const char *name; /* `as`, or the kind's word */
	int subject;      /* index of a node, of audio who speaks; -1: any (CHECK_ALL_ALONG), or both ends (CHECK_AUDIO) */
	int hearer;       /* CHECK_AUDIO: index of a node; -1: both ends */
	const int *of;    /* indexes of the steps it is about: each of them must be as asked */
	uint32_t n_of;    /* 0: the whole run (CHECK_ALL_ALONG) */
	struct settings values; /* of check_fields */
	/* what `expect` says; `judge` expects works */
	enum verdict result;
	usec between[2];           /* of a gap that healed, from the start of the step; [1] 0: any */
	const struct cause *cause; /* NULL: any */
	int lost_at;               /* index of a node; -1: anywhere */
	struct place at;
};

/** One entry of `skip` or `known`. */
struct exception {
	bool skip;
	struct when when;
	int result;                /* enum verdict; -1: anything but works */
	const struct cause *cause; /* NULL: any */
	const char *why;
	bool strict;
	struct place at;
};

/** What `remedy` says. */
struct remedies {
	int axis;                          /* -1: all of them in every cell */
	const struct model *const *models; /* else one per value of the axis; NULL: none */
	uint32_t n;
};

/** A knob of one node that is tried out. */
struct tried_knob {
	int node; /* index in scenario->nodes */
	struct knob_value knob;
};

/** What is tried out beside what the file says; never of a file. */
struct tried {
	const struct tried_knob *items;
	uint32_t n;
};

#define UNTIL_MAX (3000 * 86400 * SEC) /* no run lasts longer */

struct scenario {
	const char *path, *name, *about; /* about may be NULL */
	char sha256[65];                 /* of the file's bytes */
	uint64_t seed;
	usec until; /* 0: not given; a day more than it waits by itself */
	int64_t wall_clock; /* pin.start as seconds since 1970; default 2024-01-01T00:00:00Z */
	struct axis *axes;
	uint32_t n_axes; /* 0: a single run */
	bool expect_any;
	struct node_spec *nodes; /* phones, routers, servers, each in the file's order */
	uint32_t n_nodes;
	struct remedies remedies;
	struct tried tried; /* after the remedies */
	struct wire_spec *wires;
	uint32_t n_wires;
	struct step *steps;
	uint32_t n_steps;
	struct check *checks;
	uint32_t n_checks;
	uint32_t n_unasked; /* the last of them, which no file asks: they make no verdict */
	struct exception *exceptions; /* skip first, then known */
	uint32_t n_exceptions;
};

/** What a file turned out to be. */
enum loaded { LOADED_BAD, LOADED_SCENARIO, LOADED_MODELS_ONLY };

/**
 * Reads and checks a scenario file completely: every mistake is added to `complaints` in file order.
 *
 * The result lives in `a`, points into `catalogue`, and is const afterwards. LOADED_MODELS_ONLY means a file that
 * holds only `models`, which a directory run skips. Never crashes or hangs, whatever the bytes are.
 */
enum loaded scenario_load(struct arena *a, const struct source *file, const struct catalogue *catalogue,
			  const struct source_reader *reader, struct complaints *complaints, struct scenario **out);

/** How many cells there are: the product of the axes, 1 without any. */
uint64_t scenario_cells(const struct scenario *s);

/** How many nodes there are: each group by its members. */
uint64_t scenario_nodes(const struct scenario *s);

/** Which value each axis has in a cell; the last axis changes fastest. Fills n_axes numbers. */
void scenario_choice(const struct scenario *s, uint64_t cell, uint32_t *choice);

/** How far apart the numbers of cells are that differ in this axis by one value. */
uint64_t scenario_stride(const struct scenario *s, uint32_t axis);

/** What a step says in a cell. */
struct step_values step_values_of(const struct step *step, const uint32_t *choice);

/** What a check says in a cell. */
struct check_values check_values_of(const struct check *check, const uint32_t *choice);

/** Is the step one of those that the check is about? */
bool check_is_of(const struct check *c, uint32_t step);

/** How many calls a step makes: one for each member of the larger end; those of the smaller one take turns. */
uint32_t calls_of(const struct scenario *s, const struct step *step);

/** How long a cell waits by itself: its steps one after the other, and then the longest of its checks. 0 or more. */
usec scenario_waits(const struct scenario *s, const uint32_t *choice);

/** Does `w` hold for the cell with these choices? NULL always holds. */
bool when_holds(const struct when *w, const struct scenario *s, const uint32_t *choice);

/** The remedies of a cell, in the order in which they are applied; how many comes back. */
uint32_t scenario_remedies(const struct scenario *s, const uint32_t *choice, const struct model *const **out);

/** What two knobs of a profile say that cannot both be, as a sentence; NULL: nothing. Files alone are checked when read. */
const char *profile_clash(enum device_kind kind, const void *profile);

/** Is a node among these names of nodes (FIELD_NODES)? */
bool node_is_named(const struct list *names, const char *node);

/** The same, or are all of its kind? */
bool node_is_meant(const struct list *names, const char *node);

/** The model of a node in a cell. */
const struct model *node_model(const struct node_spec *n, const uint32_t *choice);

/** What a node is in a cell before remedies change it: a copy of its model's profile, with what the file gives beside it. */
void *node_profile(struct arena *a, const struct node_spec *n, const uint32_t *choice);

/** Writes the settings of a cell into a profile. */
void settings_apply(const struct settings *settings, const uint32_t *choice, void *profile);

/**
 * Shows the models of a cell: those of its remedies and nodes, each followed by those that are parts of it. Phones that a
 * remedy replaces are none of it.
 */
typedef void model_seen(void *context, const struct model *);
void scenario_models(const struct scenario *s, const uint32_t *choice, model_seen *see, void *context);

/** Confidence of a cell: the lowest of its models'. */
enum confidence scenario_confidence(const struct scenario *s, const uint32_t *choice);

/** The models of a cell that are of low confidence, at most `max`; how many comes back. */
uint32_t scenario_weak(const struct scenario *s, const uint32_t *choice, const struct model **out, uint32_t max);

#endif
