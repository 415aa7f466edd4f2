/*
 * Loading a scenario: what the parts of the loader know together. Nobody else includes this.
 *
 *	load.c         the file as a whole          load_steps.c   do
 *	load_models.c  models, use, looking them up  load_checks.c  expect, judge
 *	load_profiles.c  models made into profiles   load_remedies.c  remedy
 *	load_nodes.c   phones, routers, servers     load_cells.c   skip, known, when
 *	load_axes.c    axes and `$axis`             load_wires.c   wires, pin
 *	load_pairs.c   knobs that exclude others    load_addresses.c  where nodes are
 *	load_calls.c   steps of calls
 */
#ifndef SCENARIOS_LOAD_H
#define SCENARIOS_LOAD_H

#include "scenarios/knobs.h"
#include "scenarios/names.h"
#include "scenarios/nearest.h"
#include "scenarios/scenario.h"
#include "scenarios/shape.h"

/** An axis while its file is read. */
struct axis_draft {
	const struct yaml *y;
	const struct yaml **values; /* where each value stands */
	struct names *by_value;
	bool used;
};

/** A node while its file is read. */
struct node_draft {
	const struct yaml *y;
	struct knobs knobs;
	const struct yaml *next_ports; /* pinned; NULL: not */
	bool spoilt;		       /* it is no map */
	int number;		       /* index in s->nodes */
};

/** A node that a router names: it must be behind it. */
struct node_use {
	const struct yaml *name;
	int router, node;
};

/** A model while its file is read. */
struct model_draft {
	struct model *model;
	const struct yaml *y;
	uint32_t number;	  /* index in loader->drafts */
	struct model_draft *same; /* another one of this name */
	int kind; /* enum device_kind; -1: not known yet, or none, which was complained of */
	int read_as; /* the same, or the kind of what it is like when its own word is wrong */
	bool begun, settled;
	bool evidence_required;	  /* title, source and confidence of its own */
	struct model_draft *like; /* an entry of the same files, or NULL */
	const struct model *like_there; /* or one of the catalogue, or NULL */
};

struct loader {
	struct arena *arena;   /* of the scenario */
	struct arena *scratch; /* given back at the end */
	struct complaints *complaints;
	const struct source_reader *reader; /* NULL: `use` is not possible */
	struct scenario *s;
	const struct yaml *root;

	/* What may still be spent, so that no file takes long: */
	uint64_t guesses;    /* looks at words that may be near */
	uint64_t flags;	     /* looks at flags of skip, known and when */
	uint64_t flags_room; /* such flags */

	struct axis_draft *axes; /* by index in s->axes */
	struct names *axis_names;

	struct catalogue *models; /* of this file and those it uses */
	struct names *model_names;    /* the last draft of each name */
	struct model_draft **drafts; /* by index in models->models */
	uint32_t n_drafts, drafts_room;
	bool models_settled; /* they have been made */
	bool models_only;    /* the file is the catalogue, or may become a part of it */
	struct names *files; /* that are read already, by path */

	struct node_draft *nodes; /* by index in s->nodes */
	uint32_t nodes_room;
	struct names *node_names;
	struct node_use *uses; /* of nodes by knobs of others */
	uint32_t n_uses, uses_room;

	const struct yaml **steps; /* by index in s->steps */
	struct names *step_ids;
	int *first_steps; /* [node * STEP_KINDS + kind]: the first step that does this, or -1 */
	int first_call;	  /* the first step that is a call, or -1 */
};

#define GUESSES_MAX    3000000
#define FLAGS_MAX      100000000
#define FLAGS_ROOM_MAX 64000000

/* --- load.c --------------------------------------------------------------------------------------------- */

extern const struct shape scenario_shape;

/** Reads `viaport: 1`. */
void format_read(struct loader *l, const struct yaml *value, void *into);

extern const struct field format_field, name_field, about_field, text_field;

/** A loader whose catalogue of own models lives in `a` and whose scratch arena is new. */
struct loader *loader_new(struct arena *a, const struct catalogue *parent, struct complaints *complaints);

/** Gives the scratch arena back; sorts the complaints that came behind `before`. */
void loader_free(struct loader *l, struct complaint *before, const char *path);

/** Room for one more item of `size` bytes in an array of the scratch arena. */
void *grown(struct loader *l, void *items, uint32_t n, uint32_t *room, size_t size);

/** Is it a name: letters, digits, - and _ (and `more`)? Complains when it is not. */
bool name_check(const struct yaml *name, const char *more);

/** A text for people, in the scenario's arena: line ends become blanks, and there is none at the end. */
const char *prose_read(struct loader *l, const struct yaml *value);

/** The nearest of many names, for "did you mean"; NULL when none is near. `word` gives the i-th of n. */
const char *nearest_of(struct loader *l, const struct yaml *name, uint32_t n,
		       const char *(*word)(const struct loader *, uint32_t i));

/* --- load_axes.c ---------------------------------------------------------------------------------------- */

void axes_read(struct loader *l, const struct yaml *value, void *into);

/** Is the value `$axis`? */
bool is_axis(const struct yaml *value);

/** The index of the axis of a value that is_axis(); -1, and a complaint, when there is none. */
int axis_of(struct loader *l, const struct yaml *value);

/** How many values a thing has: one, or as many as the axis. */
uint32_t axis_count(const struct loader *l, int axis);

/** The i-th value: of the axis, or the value itself when `axis` is -1. */
const struct yaml *axis_value(const struct loader *l, int axis, const struct yaml *value, uint32_t i);

/** The number of an axis's value; on and true are the same, and so are off and false. -1 when there is none.
 */
int64_t axis_value_find(const struct loader *l, uint32_t axis, const struct yaml *value);

/** The value of an axis is this model's name, behind which people see the model's word. */
void axis_value_means(struct loader *l, int axis, const struct yaml *value, const struct model *m);

/** Adds the note that leads from the value of an axis to the place where it is used; nothing when `axis` is
 * -1. */
void axis_note(struct complaint *c, int axis, const struct yaml *use);

/** Complains of axes that nothing uses. */
void axes_finish(struct loader *l);

/* --- load_cells.c --------------------------------------------------------------------------------------- */

/** One value of `when`. */
extern const struct form when_values;
/* clang-format off */
#define WHEN_FORM { FORM_NAMED, .of = &when_values }
/* clang-format on */

/** Reads a `when`; NULL when it is spoilt. `uses`: does it make cells differ? */
struct when *when_read(struct loader *l, const struct yaml *value, bool uses);

extern const struct shape skip_shape, known_shape;

void skip_read(struct loader *l, const struct yaml *value, void *into);
void known_read(struct loader *l, const struct yaml *value, void *into);

/* --- load_models.c -------------------------------------------------------------------------------------- */

/** Words of a device that are not modelled yet. */
const struct refused *device_refused(enum device_kind kind);

extern const struct field kind_field;

/** What an entry is whose kind is the n-th of the words of kind_field. */
int kind_meant(int word);

extern const struct key model_keys[];

/** The keys of a file that holds only models. */
extern const struct shape models_shape;

/** Reads a file that holds only models. */
void models_file_read(struct loader *l, const struct yaml *root);

void use_read(struct loader *l, const struct yaml *value, void *into);
void models_read(struct loader *l, const struct yaml *value, void *into);

/** The first entry of these files with this name; NULL when there is none. Others hang on its `same`. */
struct model_draft *drafts_named(const struct loader *l, const struct yaml *name);

/** The entry of these files with this name and kind; NULL when there is none. */
struct model_draft *draft_find(const struct loader *l, const struct yaml *name, int kind);

/** The nearest name among the models of a kind (-1: any), of these files and the catalogue. */
const char *model_nearest(struct loader *l, const struct yaml *name, int kind);

/** The model with this name; NULL, and a complaint unless it was complained of before, when there is none. */
const struct model *model_of(struct loader *l, const struct yaml *name, enum device_kind kind, int axis,
			     const struct yaml *use);

/* --- load_profiles.c ------------------------------------------------------------------------------------ */

/** Makes the profiles of everything that models_read() has seen, once. */
void models_finish(struct loader *l);

/** A model without a name, while it is read where it is used. */
struct model_part {
	enum device_kind kind;
	const struct model *like; /* NULL: the defaults */
};
extern const struct key part_keys[];

/** Reads a map of knobs that may begin with `like`. */
const struct model *model_part_read(struct loader *l, const struct yaml *map, enum device_kind kind);

/* --- load_nodes.c --------------------------------------------------------------------------------------- */

extern const struct key node_keys[];

void nodes_read(struct loader *l, const struct yaml *value, void *into);
void nodes_finish(struct loader *l);

/** Checks that a knob's value names a node of the field's kind; `owner` is the node that has the knob. */
void other_node_check(struct loader *l, const struct field *f, const struct yaml *name, const int *owner);

/** The index of the node with this name; -1, and a complaint, when there is none. */
int node_of(struct loader *l, const struct yaml *name);

/** The same, when it must be of one kind. */
int node_of_kind(struct loader *l, const struct yaml *name, enum device_kind kind);

/* --- load_pairs.c --------------------------------------------------------------------------------------- */

/** The values of one knob over the cells: those that the file gives, else those of the models. */
struct spread {
	const struct field *field;
	const struct knob *knob; /* NULL: the models' */
	const struct model *const *models;
	int model_axis;
};

/** The values that a knob of a node has. */
struct spread node_spread(const struct loader *l, uint32_t node, const char *key);

/** The value in every cell; NULL when cells differ or a model is spoilt. */
const void *spread_certain(const struct loader *l, const struct spread *s);

/** Complains of knobs of a node that exclude each other in some cell. */
void pairs_check_node(struct loader *l, const struct node_spec *spec, const struct knobs *knobs);

/** The same of a model. */
void pairs_check_model(struct loader *l, const struct model *m, const struct knobs *knobs);

/** The same of knobs that stand alone, as in a remedy. */
void pairs_check_knobs(struct loader *l, enum device_kind kind, const struct knobs *knobs);

/** Complains of knobs that a step changes although they go with others, which it leaves alone or contradicts. */
void pairs_check_set(struct loader *l, enum device_kind kind, const struct knobs *knobs);

/* --- load_addresses.c ----------------------------------------------------------------------------------- */

/** Complains of addresses of a model that no node can have. */
void addresses_check_model(struct loader *l, enum device_kind kind, const struct knobs *knobs);

/** Complains when nobody can have the address, in one of its values; `knob` NULL: none is given. */
void address_check(struct loader *l, const struct knob *knob);

/** Complains of nodes whose address nobody can have, is outside of their network, or is another's. */
void addresses_check(struct loader *l);

/* --- load_wires.c --------------------------------------------------------------------------------------- */

extern const struct shape wire_shape, router_pin_shape;

void wires_read(struct loader *l, const struct yaml *value, void *into);
void pin_read(struct loader *l, const struct yaml *value, void *into);

/* --- load_remedies.c ------------------------------------------------------------------------------------ */

void remedy_read(struct loader *l, const struct yaml *value, void *into);

/* --- load_steps.c --------------------------------------------------------------------------------------- */

extern const struct shape step_shape;

/** A step while it is read. */
struct step_draft {
	struct step step;
	struct knobs values, knobs;
	const struct yaml *action; /* the first that it has; NULL: none */
	int *subjects;
	bool spoilt;
};

/** Remembers what the step does; false, and a complaint, when it does something already. */
bool action_begin(struct step_draft *d, const struct yaml *value, enum step_kind kind);

/** Room for the nodes that the step is about, and one of them; -1 spoils the step. */
void subjects_room(struct loader *l, struct step_draft *d, uint32_t n);
void subject_add(struct step_draft *d, int node);

/** Reads a value of step_fields into the draft. */
void value_of_step_read(struct loader *l, const struct yaml *value, void *into);

/** The form of the i-th row of step_fields. */
#define STEP_VALUE(i) { FORM_FIELD, .field = &step_fields[i], .axes = true }

/** Both ends of something, while they are read. */
struct ends {
	int from, to;
};
void from_read(struct loader *l, const struct yaml *value, void *into);
void to_read(struct loader *l, const struct yaml *value, void *into);

void steps_read(struct loader *l, const struct yaml *value, void *into);

/** Complains of pings and calls that cannot be, as of a server that is not the phone's. Comes when all nodes are read. */
void steps_finish(struct loader *l);

/* --- load_calls.c --------------------------------------------------------------------------------------- */

extern const struct shape call_shape, mute_shape;

void call_read(struct loader *l, const struct yaml *value, void *into);
void hold_read(struct loader *l, const struct yaml *value, void *into);
void resume_read(struct loader *l, const struct yaml *value, void *into);
void mute_read(struct loader *l, const struct yaml *value, void *into);

/** Complains of a phone that calls itself; members of a group may call each other. Comes when all nodes are read. */
void self_call_check(struct loader *l, const struct step *s, const struct yaml *y);

/** The call during which the next step happens: it has an `at` and stands behind a call, or behind others in one. -1: none. */
int call_around(const struct loader *l, const struct step_draft *d);

/** Complains of what is done in a call and is outside of one, or about a phone that is in none. Comes when all steps are read. */
void calls_check(struct loader *l);

/** Complains of what is done in a call when that is certainly over, and of a `resume` without a `hold`. Comes when all nodes are
 * read. */
void in_call_check(struct loader *l, const struct step *s, const struct yaml *y);

/* --- load_checks.c -------------------------------------------------------------------------------------- */

extern const struct shape expect_shape, judge_shape;

void expect_read(struct loader *l, const struct yaml *value, void *into);
void judge_read(struct loader *l, const struct yaml *value, void *into);

/** Reads the word of a cause; NULL, and a complaint, when there is none. */
const struct cause *cause_read(struct loader *l, const struct yaml *value);

#endif
