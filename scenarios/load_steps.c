#include <string.h>

#include "scenarios/lab.h"
#include "scenarios/load.h"

/* --- what it is about ----------------------------------------------------------------------------------- */

void subjects_room(struct loader *l, struct step_draft *d, uint32_t n)
{
	d->subjects = arena_alloc(l->arena, n * sizeof *d->subjects);
	d->step.subjects = d->subjects;
}

void subject_add(struct step_draft *d, int node)
{
	if (node >= 0)
		d->subjects[d->step.n_subjects++] = node;
	else
		d->spoilt = true;
}

/** Adds a phone of a list, in which nobody may be twice. */
static void listed_phone_add(struct loader *l, struct step_draft *d, const struct yaml *name,
			     struct names *seen)
{
	static const struct form form = { FORM_NAME };
	if (!form_check(l, &form, name)) {
		d->spoilt = true;
		return;
	}
	if (names_add(seen, name->text, name->len, &(uint32_t){ 0 }))
		subject_add(d, node_of_kind(l, name, DEVICE_PHONE));
	else
		yaml_complain(name, VP_KEY_TWICE, "keep one of them", "'%s' is there twice", name->text);
}

static void phones_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	struct names *seen = names_new(l->scratch);
	subjects_room(l, d, value->n + 1);
	if (value->kind == YAML_TEXT)
		subject_add(d, node_of_kind(l, value, DEVICE_PHONE));
	for (const struct yaml *name = value->first; name; name = name->next)
		listed_phone_add(l, d, name, seen);
}

void value_of_step_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	const struct yaml *key = value->key;
	knob_read(l, field_find(step_fields, key->text, key->len), value, &d->values);
}

/* --- what it does --------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct form phone_names[] = {
	{ FORM_NAME },
	{ FORM_LIST, .of = &(const struct form){ FORM_NAME }, .non_empty = true },
	{ FORM_END },
};

#define PHONES  { FORM_EITHER, .of = phone_names }

static const struct key spread_keys[] = {
	{ "phone", true, "the group, or several phones", PHONES, phones_read },
	{ "over", false, "spread evenly over this time", STEP_VALUE(STEP_FIELD_OVER), value_of_step_read },
	{ 0 },
};

static const struct shape spread_shape = { .keys = spread_keys };

static const struct form registered[] = {
	{ FORM_NAME },
	{ FORM_LIST, .of = &(const struct form){ FORM_NAME }, .non_empty = true },
	{ FORM_MAP, .shape = &spread_shape },
	{ FORM_END },
};
/* clang-format on */

bool action_begin(struct step_draft *d, const struct yaml *value, enum step_kind kind)
{
	if (d->action) {
		yaml_note(yaml_complain(value->key, VP_CONTRADICTION, "make it two steps",
					"a step does one thing, not '%s' and '%s'", d->action->text,
					value->key->text),
			  d->action, "the first one is here");
		return false;
	}
	d->action = value->key;
	d->step.kind = kind;
	return true;
}

static void register_read(struct loader *l, const struct yaml *value, void *into)
{
	if (!action_begin(into, value, STEP_REGISTER))
		return;
	if (value->kind == YAML_MAP)
		shape_read(l, &spread_shape, value, into, NULL);
	else
		phones_read(l, value, into);
}

static void unregister_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_UNREGISTER))
		phones_read(l, value, into);
}

void from_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct ends *)into)->from = node_of(l, value);
}

void to_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct ends *)into)->to = node_of(l, value);
}

/* clang-format off */
static const struct key ping_keys[] = {
	{ "from", true, "who pings", { FORM_NAME }, from_read },
	{ "to", true, "who is pinged", { FORM_NAME }, to_read },
	{ 0 },
};
/* clang-format on */

static const struct shape ping_shape = { .keys = ping_keys };

static bool goes_between_phone_and_server(const struct loader *l, const struct ends *p)
{
	enum device_kind from = l->s->nodes[p->from].kind, to = l->s->nodes[p->to].kind;
	return (from == DEVICE_PHONE && to == DEVICE_SERVER) || (from == DEVICE_SERVER && to == DEVICE_PHONE);
}

static void options_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	struct ends p = { -1, -1 };
	if (!action_begin(d, value, STEP_OPTIONS))
		return;
	shape_read(l, &ping_shape, value, &p, NULL);
	d->spoilt = p.from < 0 || p.to < 0;
	if (!d->spoilt && !goes_between_phone_and_server(l, &p))
		yaml_complain(value, VP_WRONG_NODE, NULL, "'options' goes from a phone to a server, or back");
	subjects_room(l, d, 2);
	subject_add(d, p.from);
	subject_add(d, p.to);
}

static void wait_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_WAIT))
		value_of_step_read(l, value, into);
}

/* --- what happens to devices ---------------------------------------------------------------------------- */

static void subject_set(struct loader *l, struct step_draft *d, int node)
{
	subjects_room(l, d, 1);
	subject_add(d, node);
}

static void restart_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_RESTART))
		subject_set(l, into, node_of(l, value));
}

static void router_read(struct loader *l, const struct yaml *value, void *into)
{
	subject_set(l, into, node_of_kind(l, value, DEVICE_ROUTER));
}

/* clang-format off */
static const struct key rebind_keys[] = {
	{ "router", true, "the router that forgets its mappings", { FORM_NAME }, router_read },
	{ "address", false, "its outside address from now on, counted up in a group (default: the one it has)",
	  STEP_VALUE(STEP_FIELD_ADDRESS), value_of_step_read },
	{ 0 },
};

static const struct shape rebind_shape = { .keys = rebind_keys };

static const struct form rebound[] = {
	{ FORM_NAME },
	{ FORM_MAP, .shape = &rebind_shape },
	{ FORM_END },
};
/* clang-format on */

static void rebind_read(struct loader *l, const struct yaml *value, void *into)
{
	if (!action_begin(into, value, STEP_REBIND))
		return;
	if (value->kind == YAML_MAP)
		shape_read(l, &rebind_shape, value, into, NULL);
	else
		router_read(l, value, into);
	address_check(l, knobs_find(&((struct step_draft *)into)->values, &step_fields[STEP_FIELD_ADDRESS]));
}

static void close_pinholes_read(struct loader *l, const struct yaml *value, void *into)
{
	if (action_begin(into, value, STEP_CLOSE_PINHOLES))
		router_read(l, value, into);
}

static void set_node_read(struct loader *l, const struct yaml *value, void *into)
{
	subject_set(l, into, node_of(l, value));
}

/* clang-format off */
static const struct key set_keys[] = {
	{ "node", true, "whose knobs are changed", { FORM_NAME }, set_node_read },
	{ 0 },
};
/* clang-format on */

static const struct shape set_shape = { .keys = set_keys, .running = true };

/** The node whose knobs stand in the map; -1 when it is not known. */
static int set_node(struct loader *l, const struct yaml *map)
{
	const struct yaml *name = yaml_get(map, "node");
	return name && name->kind == YAML_TEXT ? (int)names_find(l->node_names, name->text, name->len) : -1;
}

static void fixed_check(const struct knobs *knobs)
{
	for (uint32_t i = 0; i < knobs->n; i++)
		if (knobs->items[i].setting.field->fixed)
			yaml_complain(knobs->items[i].value->key, VP_CONTRADICTION,
				      "give it where the node is given",
				      "'%s' is read once, when the lab is built",
				      knobs->items[i].setting.field->key);
}

static void set_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	struct shape shape = set_shape;
	int node = set_node(l, value);
	uint32_t complained = l->complaints->n;
	if (!action_begin(d, value, STEP_SET))
		return;
	shape.any_device = node < 0;
	if (node >= 0) {
		shape.fields = devices[l->s->nodes[node].kind].fields;
		shape.refused = device_refused(l->s->nodes[node].kind);
	}
	shape_read(l, &shape, value, d, &d->knobs);
	fixed_check(&d->knobs);
	if (node >= 0 && l->complaints->n == complained)
		pairs_check_set(l, l->s->nodes[node].kind, &d->knobs);
	if (node >= 0 && value->n < 2)
		yaml_complain(value->key, VP_KEY_MISSING, "set: {node: NODE, KNOB: VALUE}",
			      "'set' changes nothing");
}

/* --- the words of all steps ----------------------------------------------------------------------------- */

static void id_read(struct loader *l, const struct yaml *value, void *into)
{
	struct step_draft *d = into;
	uint32_t number = l->s->n_steps;
	if (!name_check(value, ""))
		return;
	d->step.id = arena_copy(l->arena, value->text, value->len);
	if (!names_add(l->step_ids, value->text, value->len, &number))
		yaml_note(yaml_complain(value, VP_KEY_TWICE, "choose another", "the id '%s' is given twice",
					value->text),
			  yaml_get(l->steps[number], "id"), "it was first given here");
}

static void step_when_read(struct loader *l, const struct yaml *value, void *into)
{
	((struct step_draft *)into)->step.when = when_read(l, value, true);
}

/* clang-format off */
static const struct key step_keys[] = {
	{ "id", false, "a name for checks", { FORM_NAME }, id_read },
	{ "at", false, "when it begins (default: when the step before has ended)",
	  STEP_VALUE(STEP_FIELD_AT), value_of_step_read },
	{ "when", false, "only in cells with these values", WHEN_FORM, step_when_read },
	{ "register", false, "one registration of a phone, of several, or of a group spread over a time",
	  { FORM_EITHER, .of = registered }, register_read },
	{ "unregister", false, "the end of a registration", PHONES, unregister_read },
	{ "options", false, "a ping", { FORM_MAP, .shape = &ping_shape }, options_read },
	{ "wait", false, "silence", STEP_VALUE(STEP_FIELD_WAIT), wait_read },
	{ "restart", false, "a node loses its memory: a router its table, a server its bindings, a phone its registration",
	  { FORM_NAME }, restart_read },
	{ "rebind", false, "a router forgets its mappings, and perhaps gets another outside address",
	  { FORM_EITHER, .of = rebound }, rebind_read },
	{ "close-pinholes", false, "what a router's ALG has opened closes; its mappings stay", { FORM_NAME }, close_pinholes_read },
	{ "set", false, "changes knobs of a node from now on", { FORM_SET, .shape = &set_shape }, set_read },
	{ "call", false, "a call with audio", { FORM_MAP, .shape = &call_shape }, call_read },
	{ "hold", false, "the phone puts the other side of the running call on hold", { FORM_NAME }, hold_read },
	{ "resume", false, "and takes it back", { FORM_NAME }, resume_read },
	{ "mute", false, "the phone says nothing for a time in the running call", { FORM_MAP, .shape = &mute_shape }, mute_read },
	{ 0 },
};
/* clang-format on */

static const struct refused step_refused[] = {
	{ "over", "it stands beside the phones: register: {phone: P, over: 10s}" },
	{ "for", "it stands beside the ends: call: {from: A, to: B, for: 20s}" },
	{ "hangup", "it stands beside the ends: call: {from: A, to: B, hangup: to}" },
	{ 0 },
};

const struct shape step_shape = { .keys = step_keys, .refused = step_refused };

/* --- steps ---------------------------------------------------------------------------------------------- */

static void first_steps_note(struct loader *l, const struct step *s, uint32_t number)
{
	for (uint32_t i = 0; i < s->n_subjects; i++) {
		int *first = &l->first_steps[s->subjects[i] * STEP_KINDS + (int)s->kind];
		if (*first < 0)
			*first = (int)number;
	}
	if (s->kind == STEP_CALL && l->first_call < 0)
		l->first_call = (int)number;
}

static void step_read(struct loader *l, const struct yaml *y)
{
	struct step_draft d = { .step.at = yaml_place(y), .values.axes = true, .knobs.axes = true };
	uint32_t complained = l->complaints->n;
	shape_read(l, &step_shape, y, &d, NULL);
	if (!d.action && l->complaints->n == complained)
		yaml_complain(y, VP_KEY_MISSING,
			      "register, unregister, options, wait, restart, rebind, close-pinholes, set, call, hold, resume or mute",
			      "%s does nothing", yaml_path(y, l->scratch));
	d.step.values = knobs_settings(l, &d.values);
	d.step.knobs = knobs_settings(l, &d.knobs);
	d.step.inside = call_around(l, &d);
	first_steps_note(l, &d.step, l->s->n_steps);
	l->steps[l->s->n_steps] = y;
	l->s->steps[l->s->n_steps++] = d.step;
}

void steps_read(struct loader *l, const struct yaml *value, void *into)
{
	static const struct form map = { FORM_MAP };
	uint32_t n = l->s->n_nodes * STEP_KINDS;
	(void)into;
	l->first_steps = arena_alloc(l->scratch, n * sizeof *l->first_steps);
	for (uint32_t i = 0; i < n; i++)
		l->first_steps[i] = -1;
	l->first_call = -1;
	l->steps = arena_alloc(l->scratch, value->n * sizeof *l->steps);
	l->s->steps = arena_alloc(l->arena, value->n * sizeof *l->s->steps);
	for (const struct yaml *y = value->first; y; y = y->next)
		if (form_check(l, &map, y))
			step_read(l, y);
	calls_check(l);
}

/* --- pings of, and calls to, a server that is not the phone's -------------------------------------------- */

/** The domain that a node has in every cell, which may be NULL: none. False when cells differ. */
static bool domain_certain(const struct loader *l, int node, const char **domain)
{
	struct spread s = node_spread(l, (uint32_t)node, "domain");
	const void *value = spread_certain(l, &s);
	if (value)
		memcpy(domain, value, sizeof *domain);
	return value;
}

/** The server that the lab gives a phone with this domain; -1 when that depends on the cell. */
static int server_certain(struct loader *l, const char *domain)
{
	int first = -1;
	for (int i = 0; i < (int)l->s->n_nodes; i++) {
		const char *own;
		if (l->s->nodes[i].kind != DEVICE_SERVER)
			continue;
		if (!domain_certain(l, i, &own))
			return -1;
		if (lab_same_domain(own, domain))
			return i;
		if (first < 0)
			first = i;
	}
	return first;
}

static void own_server_check(struct loader *l, const struct step *s, const struct yaml *y)
{
	int phone = s->subjects[0], to = s->subjects[1];
	const char *domain;
	if (l->s->nodes[phone].kind != DEVICE_PHONE || l->s->nodes[to].kind != DEVICE_SERVER)
		return;
	int server = domain_certain(l, phone, &domain) ? server_certain(l, domain) : -1;
	if (server < 0 || server == to)
		return;
	yaml_note(yaml_complain(yaml_get(yaml_get(y, s->kind == STEP_CALL ? "call" : "options"), "to"), VP_WRONG_NODE,
				"the phone's server is the one with its `domain`, else the first",
				"'%s' is not the server of '%s', and a phone %s only its own",
				l->s->nodes[to].name, l->s->nodes[phone].name, s->kind == STEP_CALL ? "calls" : "pings"),
		  l->nodes[server].y->key, "its server is here");
}

void steps_finish(struct loader *l)
{
	for (uint32_t i = 0; i < l->s->n_steps; i++) {
		const struct step *s = &l->s->steps[i];
		in_call_check(l, s, l->steps[i]);
		/* Many of them among many servers are not worth the time. */
		if ((s->kind != STEP_OPTIONS && s->kind != STEP_CALL) || s->n_subjects < 2 || l->guesses < l->s->n_nodes)
			continue;
		l->guesses -= l->s->n_nodes;
		self_call_check(l, s, l->steps[i]);
		own_server_check(l, s, l->steps[i]);
	}
}
