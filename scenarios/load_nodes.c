#include <string.h>

#include "scenarios/load.h"

#define COUNT_MAX	 2000000
#define NODES_MAX	 10000000
#define CIRCLE_CELLS_MAX 4096 /* combinations of axes that are searched for circles of routers */
#define CIRCLE_SHOWN	 8
#define INTERNET	 "internet"

/* --- names ---------------------------------------------------------------------------------------------- */

/** Words that mean something where names of nodes stand. */
static const char *const taken[] = { "default", "start", "any", "all", "none", "first-phone", INTERNET };

static bool node_name_check(const struct yaml *key)
{
	for (size_t i = 0; i < COUNT(taken); i++) {
		if (!yaml_is(key, taken[i]))
			continue;
		yaml_complain(key, VP_NAME, "choose another name", "'%s' is a word of the format", key->text);
		return false;
	}
	return name_check(key, "");
}

static void node_declare(struct loader *l, const struct yaml *y, enum device_kind kind)
{
	static const struct form map = { FORM_MAP };
	uint32_t i = l->s->n_nodes, number = i;
	bool named = node_name_check(y->key), good = form_check(l, &map, y);
	if (!named)
		return;
	if (!names_add(l->node_names, y->key->text, y->key->len, &number)) {
		yaml_note(yaml_complain(y->key, VP_NAME,
					"phones, routers, servers and gateways share one set of names",
					"there is a '%s' already", y->key->text),
			  l->nodes[number].y->key, "it is here");
		return;
	}
	l->nodes[i] = (struct node_draft){ .y = y, .spoilt = !good, .number = (int)i, .knobs.axes = true };
	l->nodes[i].knobs.owner = &l->nodes[i].number;
	l->s->nodes[i] = (struct node_spec){ .name = arena_copy(l->arena, y->key->text, y->key->len),
					     .kind = kind,
					     .model_axis = -1,
					     .count = 1,
					     .behind_axis = -1,
					     .at = yaml_place(y->key) };
	l->s->n_nodes++;
}

/** How many nodes the file can have at most. */
static uint32_t nodes_room(const struct yaml *root)
{
	uint32_t n = 0;
	for (int kind = 0; kind < NODE_KINDS; kind++) {
		const struct yaml *section = yaml_get(root, devices[kind].plural);
		n += section ? section->n : 0;
	}
	return n;
}

static enum device_kind section_kind(const char *plural)
{
	int kind = 0;
	while (strcmp(devices[kind].plural, plural) != 0)
		kind++;
	return (enum device_kind)kind;
}

void nodes_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	if (!l->nodes) {
		uint32_t room = nodes_room(l->root);
		l->nodes = arena_alloc(l->scratch, room * sizeof *l->nodes);
		l->s->nodes = arena_alloc(l->arena, room * sizeof *l->s->nodes);
	}
	for (const struct yaml *y = value->first; y; y = y->next)
		node_declare(l, y, section_kind(value->key->text));
}

static const char *node_name_at(const struct loader *l, uint32_t i)
{
	return l->s->nodes[i].name;
}

int node_of(struct loader *l, const struct yaml *name)
{
	int64_t i = names_find(l->node_names, name->text, name->len);
	if (i >= 0)
		return (int)i;
	const char *near = nearest_of(l, name, l->s->n_nodes, node_name_at);
	yaml_complain(name, VP_NO_NODE, did_you_mean(l, near), "there is no node '%s'", name->text);
	return -1;
}

int node_of_kind(struct loader *l, const struct yaml *name, enum device_kind kind)
{
	int i = node_of(l, name);
	if (i < 0 || l->s->nodes[i].kind == kind)
		return i;
	yaml_note(yaml_complain(name, VP_WRONG_NODE, NULL, "'%s' is %s; here %s is needed", name->text,
				devices[l->s->nodes[i].kind].one, devices[kind].one),
		  l->nodes[i].y->key, "it is given here");
	return -1;
}

/* --- nodes that knobs of others name -------------------------------------------------------------------- */

void other_node_check(struct loader *l, const struct field *f, const struct yaml *name, const int *owner)
{
	if (!owner) {
		yaml_complain(name, VP_NO_NODE, field_wants_nobody(f, l->complaints->arena),
			      "'%s' cannot stand here: only a node of a lab can name another one",
			      name->text);
		return;
	}
	int node = f->device < 0 ? node_of(l, name) : node_of_kind(l, name, (enum device_kind)f->device);
	if (node < 0 || f->device >= 0)
		return;
	l->uses = grown(l, l->uses, l->n_uses, &l->uses_room, sizeof *l->uses);
	l->uses[l->n_uses++] = (struct node_use){ name, *owner, node };
}

/** Complains of nodes that are certainly not behind the router that names them. */
static void uses_check(struct loader *l)
{
	for (uint32_t i = 0; i < l->n_uses; i++) {
		const struct node_use *use = &l->uses[i];
		const struct node_spec *node = &l->s->nodes[use->node];
		if (node->behind_axis >= 0 || node->behind[0] == use->router)
			continue;
		yaml_note(yaml_complain(use->name, VP_WRONG_NODE, NULL, "'%s' is not behind '%s'", node->name,
					l->s->nodes[use->router].name),
			  l->nodes[use->node].y->key, "it is given here");
	}
}

/* --- model, count, behind ------------------------------------------------------------------------------- */

static const struct field count_field = { "count", FIELD_UINT, .min = 1, .max = COUNT_MAX };

static void model_key_read(struct loader *l, const struct yaml *value, void *into)
{
	struct node_spec *spec = into;
	int axis = is_axis(value) ? axis_of(l, value) : -1;
	if (is_axis(value) && axis < 0)
		return;
	uint32_t n = axis_count(l, axis);
	const struct model **models = arena_alloc(l->arena, n * sizeof *models);
	for (uint32_t i = 0; i < n; i++)
		models[i] = model_of(l, axis_value(l, axis, value, i), spec->kind, axis, value);
	spec->model_axis = axis;
	spec->models = models;
}

static void count_read(struct loader *l, const struct yaml *value, void *into)
{
	struct node_spec *spec = into;
	if (is_axis(value))
		yaml_complain(value, VP_AXIS, "give a number", "'count' cannot come from an axis");
	else
		value_read(l, &count_field, value, &spec->count);
	if (spec->kind == DEVICE_SERVER && spec->count > 1)
		yaml_complain(value, VP_NOT_MODELLED, "give each server a name of its own",
			      "'count' of servers is not modelled yet");
}

static const char *router_nearest(struct loader *l, const struct yaml *name)
{
	struct nearest n = nearest_to(name->text, name->len);
	if (complaints_full(l->complaints) || l->guesses < l->s->n_nodes)
		return NULL;
	l->guesses -= l->s->n_nodes;
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		if (l->s->nodes[i].kind == DEVICE_ROUTER)
			nearest_offer(&n, l->s->nodes[i].name);
	return n.best;
}

/** The router that is meant; -1 for the internet, or after a complaint. */
static int router_of(struct loader *l, const struct yaml *name, int axis, const struct yaml *use)
{
	int64_t i = names_find(l->node_names, name->text, name->len);
	if (yaml_is(name, INTERNET) || (i >= 0 && l->s->nodes[i].kind == DEVICE_ROUTER))
		return (int)i;
	if (i >= 0)
		axis_note(yaml_complain(name, VP_WRONG_NODE, "only routers have something behind them",
					"'%s' is %s", name->text, devices[l->s->nodes[i].kind].one),
			  axis, use);
	else
		axis_note(yaml_complain(name, VP_NO_NODE, did_you_mean(l, router_nearest(l, name)),
					"there is no router '%s'", name->text),
			  axis, use);
	return -1;
}

static void inside_wanted(const struct yaml *place, int axis, const struct yaml *use)
{
	if (yaml_is(place, INTERNET))
		axis_note(yaml_complain(place, VP_CONTRADICTION, "the router in whose network the phones are",
					"a gateway is of no use on the internet"),
			  axis, use);
}

static void behind_read(struct loader *l, const struct yaml *value, void *into)
{
	struct node_spec *spec = into;
	int axis = is_axis(value) ? axis_of(l, value) : -1;
	if (is_axis(value) && axis < 0)
		return;
	uint32_t n = axis_count(l, axis);
	int *behind = arena_alloc(l->arena, n * sizeof *behind);
	for (uint32_t i = 0; i < n; i++) {
		behind[i] = router_of(l, axis_value(l, axis, value, i), axis, value);
		if (spec->kind == DEVICE_GATEWAY)
			inside_wanted(axis_value(l, axis, value, i), axis, value);
	}
	spec->behind_axis = axis;
	spec->behind = behind;
}

/* clang-format off */
const struct key node_keys[] = {
	{ "model", true, "an entry of the catalogue or of `models`", { FORM_NAME }, model_key_read },
	{ "count", false, "so many alike; addresses and users are counted up",
	  { FORM_FIELD, .field = &count_field }, count_read },
	{ "behind", false, "the router in whose network it is, or `internet` (the default)",
	  { FORM_NAME }, behind_read },
	{ 0 },
};
/* clang-format on */

/* --- nodes ---------------------------------------------------------------------------------------------- */

/** A pinned list of outside ports replaces what the file says elsewhere, so it comes last. */
static void next_ports_read(struct loader *l, struct node_draft *d)
{
	const struct field *f = field_find(devices[DEVICE_ROUTER].fields, "next-ports", strlen("next-ports"));
	if (d->next_ports)
		knob_read(l, f, d->next_ports, &d->knobs);
}

static void node_read(struct loader *l, uint32_t i)
{
	struct node_spec *spec = &l->s->nodes[i];
	struct node_draft *d = &l->nodes[i];
	const struct shape shape = { node_keys, devices[spec->kind].fields, device_refused(spec->kind) };
	if (d->spoilt)
		return;
	shape_read(l, &shape, d->y, spec, &d->knobs);
	if (spec->kind == DEVICE_GATEWAY && !yaml_get(d->y, "behind"))
		yaml_complain(yaml_head(d->y), VP_KEY_MISSING,
			      "behind: the router in whose network the phones are", "%s has no 'behind'",
			      yaml_path(d->y, l->scratch));
	next_ports_read(l, d);
	pairs_check_node(l, spec, &d->knobs);
	spec->settings = knobs_settings(l, &d->knobs);
}

/** Somebody behind nothing is on the internet. */
static void behind_default(struct loader *l)
{
	int *internet = arena_alloc(l->arena, sizeof *internet);
	*internet = -1;
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		if (!l->s->nodes[i].behind)
			l->s->nodes[i].behind = internet;
}

static void total_check(struct loader *l)
{
	uint64_t total = 0;
	for (uint32_t i = 0; i < l->s->n_nodes; i++) {
		total += l->s->nodes[i].count;
		if (total <= NODES_MAX)
			continue;
		yaml_complain(l->nodes[i].y->key, VP_TOO_MUCH, "smaller counts",
			      "there are more than %d nodes", NODES_MAX);
		return;
	}
}

/* --- circles of routers --------------------------------------------------------------------------------- */

/** The combination of axis values that is looked at; the walks outwards are numbered. */
struct circles {
	struct loader *l;
	uint32_t *choice; /* by axis */
	bool *varies;	  /* does any router's `behind` depend on the axis? */
	uint32_t *path;	  /* by node: the walk in which it was last seen */
	uint32_t walk;
};

static int behind_of(const struct circles *c, int router)
{
	const struct node_spec *spec = &c->l->s->nodes[router];
	return spec->behind[spec->behind_axis < 0 ? 0 : c->choice[spec->behind_axis]];
}

static void circle_complain(struct circles *c, int start)
{
	struct loader *l = c->l;
	const char *text = l->s->nodes[start].name;
	int at = behind_of(c, start);
	for (int n = 1; at != start; at = behind_of(c, at), n++)
		if (n <= CIRCLE_SHOWN)
			text = arena_printf(l->scratch, "%s -> %s", text,
					    n < CIRCLE_SHOWN ? l->s->nodes[at].name : "...");
	const struct yaml *from = yaml_get(l->nodes[start].y, "behind");
	const struct yaml *to = yaml_get(l->nodes[behind_of(c, start)].y, "behind");
	struct complaint *complaint = yaml_complain(from, VP_CIRCLE, "one of them must be behind nothing",
						    "routers stand behind each other in a circle: %s -> %s",
						    text, l->s->nodes[start].name);
	if (to != from)
		yaml_note(complaint, to, "the circle goes on here");
}

/** Walks outwards from a router. True when it comes back to where this walk has been. */
static bool circle_found(struct circles *c, uint32_t router, uint32_t first_walk)
{
	c->walk++;
	for (int at = (int)router; at >= 0; at = behind_of(c, at)) {
		if (c->path[at] == c->walk) {
			circle_complain(c, at);
			return true;
		}
		/* An earlier walk of this round came out somewhere from here. */
		if (c->path[at] >= first_walk)
			return false;
		c->path[at] = c->walk;
	}
	return false;
}

static bool circle_in_cell(struct circles *c)
{
	uint32_t first_walk = c->walk + 1;
	for (uint32_t i = 0; i < c->l->s->n_nodes; i++)
		if (c->l->s->nodes[i].kind == DEVICE_ROUTER && circle_found(c, i, first_walk))
			return true;
	return false;
}

/** Goes on to the next combination of the axes that matter; false after the last. */
static bool choice_next(struct circles *c)
{
	for (uint32_t i = 0; i < c->l->s->n_axes; i++) {
		if (!c->varies[i])
			continue;
		if (++c->choice[i] < c->l->s->axes[i].n)
			return true;
		c->choice[i] = 0;
	}
	return false;
}

/** Complains of the first circle in any cell. */
static void circles_check(struct loader *l)
{
	struct circles c = { .l = l };
	c.choice = arena_alloc(l->scratch, l->s->n_axes * sizeof *c.choice);
	c.varies = arena_alloc(l->scratch, l->s->n_axes * sizeof *c.varies);
	c.path = arena_alloc(l->scratch, l->s->n_nodes * sizeof *c.path);
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		if (l->s->nodes[i].kind == DEVICE_ROUTER && l->s->nodes[i].behind_axis >= 0)
			c.varies[l->s->nodes[i].behind_axis] = true;
	for (int cells = 0; cells < CIRCLE_CELLS_MAX; cells++)
		if (circle_in_cell(&c) || !choice_next(&c))
			return;
	yaml_complain(yaml_get(l->root, "routers")->key, VP_TOO_MUCH,
		      "use fewer axes for `behind` of routers",
		      "more than %d combinations decide which router is behind which", CIRCLE_CELLS_MAX);
}

/* --- tunnels -------------------------------------------------------------------------------------------- */

/** The servers to which a router has tunnels; NULL: that depends on the cell. */
static const struct list *tunnels_of(const struct loader *l, uint32_t router)
{
	const struct node_spec *spec = &l->s->nodes[router];
	const struct field *f = field_find(devices[DEVICE_ROUTER].fields, "vpn-to", strlen("vpn-to"));
	const struct knob *given = knobs_find(&l->nodes[router].knobs, f);
	if (given)
		return given->setting.axis < 0 ? given->setting.values : NULL;
	if (spec->model_axis >= 0 || !spec->models || !spec->models[0])
		return NULL;
	return (const void *)((const char *)spec->models[0]->profile + f->at);
}

/** Is the server certainly neither beside those behind the router nor anywhere on their way out? */
static bool certainly_elsewhere(const struct loader *l, int router, const struct node_spec *server)
{
	uint32_t steps = 0;
	for (; router >= 0 && router != server->behind[0]; router = l->s->nodes[router].behind[0])
		if (server->behind_axis >= 0 || l->s->nodes[router].behind_axis >= 0 || steps++ == l->s->n_nodes)
			return false;
	return router != server->behind[0];
}

/** `all` are those at which a tunnel can end; so only a name can be wrong. */
static void tunnel_check(struct loader *l, uint32_t router, const struct node_spec *server)
{
	const struct list *tunnels = tunnels_of(l, router);
	const struct node_spec *spec = &l->s->nodes[router];
	if (!tunnels || !node_is_named(tunnels, server->name) || !certainly_elsewhere(l, (int)router, server))
		return;
	yaml_complain(l->nodes[router].y->key, VP_CONTRADICTION, "a server on the way out, or none",
		      "'%s' can have no tunnel to '%s', which is behind another router", spec->name, server->name);
}

/** Complains of tunnels that would have to go into other networks. */
static void tunnels_check(struct loader *l)
{
	for (uint32_t r = 0; r < l->s->n_nodes; r++)
		for (uint32_t i = 0; i < l->s->n_nodes && l->s->nodes[r].kind == DEVICE_ROUTER; i++)
			if (l->s->nodes[i].kind == DEVICE_SERVER)
				tunnel_check(l, r, &l->s->nodes[i]);
}

/* --- gateways ------------------------------------------------------------------------------------------- */

/** Phones register with the gateway beside them, so a second one would be nobody's. */
static void gateways_check(struct loader *l)
{
	int *first = arena_alloc(l->scratch, l->s->n_nodes * sizeof *first); /* by router: one more than the index */
	for (uint32_t i = 0; i < l->s->n_nodes; i++) {
		const struct node_spec *spec = &l->s->nodes[i];
		if (spec->kind != DEVICE_GATEWAY || spec->behind_axis >= 0 || spec->behind[0] < 0)
			continue;
		int *other = &first[spec->behind[0]];
		if (*other)
			yaml_note(yaml_complain(l->nodes[i].y->key, VP_CONTRADICTION, "keep one of them",
						"there is another gateway behind '%s'", l->s->nodes[spec->behind[0]].name),
				  l->nodes[*other - 1].y->key, "it is given here");
		else
			*other = (int)i + 1;
	}
}

void nodes_finish(struct loader *l)
{
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		node_read(l, i);
	behind_default(l);
	total_check(l);
	circles_check(l);
	uses_check(l);
	tunnels_check(l);
	gateways_check(l);
	addresses_check(l);
}
