#include <string.h>

#include "models/router.h"
#include "scenarios/load.h"

/** Two knobs of a device, of which `clash` must not hold in any cell. */
struct pair {
	enum device_kind kind;
	const char *group; /* NULL: none */
	const char *first, *second;
	bool (*clash)(const void *first, const void *second);
	const char *sentence;
	bool both; /* only when the file gives both: one alone means something else */
};

static bool is_larger_number(const void *first, const void *second)
{
	return *(const uint32_t *)first > *(const uint32_t *)second;
}

static bool is_longer(const void *first, const void *second)
{
	return *(const usec *)first > *(const usec *)second;
}

static bool is_other_port(const void *address, const void *port)
{
	const struct endpoint *e = address;
	return e->port != 0 && e->port != *(const uint32_t *)port;
}

static const struct pair pairs[] = {
	{ DEVICE_PHONE, NULL, "address", "listen-port", is_other_port,
	  "the port of 'address' is not the 'listen-port'", .both = true },
	{ DEVICE_ROUTER, "port-range", "from", "to", is_larger_number, "'port-range' ends before it begins" },
	{ DEVICE_ROUTER, "low-port-range", "from", "to", is_larger_number, "'low-port-range' ends before it begins" },
	{ DEVICE_SERVER, "expires", "min", "max", is_longer, "'min' of 'expires' is longer than its 'max'" },
};

static int spread_axis(const struct spread *s)
{
	return s->knob ? s->knob->setting.axis : s->model_axis;
}

/** The i-th value; NULL when its model is spoilt. */
static const void *spread_value(const struct spread *s, uint32_t i)
{
	if (s->knob)
		return (const char *)s->knob->setting.values + i * field_size(s->field);
	const struct model *m = s->models ? s->models[i] : NULL;
	return m && m->profile ? (const char *)m->profile + s->field->at : NULL;
}

struct spread node_spread(const struct loader *l, uint32_t node, const char *key)
{
	const struct node_spec *spec = &l->s->nodes[node];
	const struct field *f = field_find(devices[spec->kind].fields, key, strlen(key));
	return (struct spread){ f, knobs_find(&l->nodes[node].knobs, f), spec->models, spec->model_axis };
}

const void *spread_certain(const struct loader *l, const struct spread *s)
{
	const void *first = spread_value(s, 0);
	for (uint32_t i = 1; first && i < axis_count(l, spread_axis(s)); i++) {
		const void *other = spread_value(s, i);
		if (!other || memcmp(first, other, field_size(s->field)) != 0)
			return NULL;
	}
	return first;
}

/** Is there a cell in which the two clash? Values of the same axis meet only where they stand together. */
static bool spreads_clash(const struct loader *l, const struct pair *p, const struct spread *a,
			  const struct spread *b)
{
	int axis = spread_axis(a);
	bool together = axis >= 0 && axis == spread_axis(b);
	uint32_t n = axis_count(l, axis), m = together ? 1 : axis_count(l, spread_axis(b));
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < m; j++) {
			const void *first = spread_value(a, i), *second = spread_value(b, together ? i : j);
			if (first && second && p->clash(first, second))
				return true;
		}
	return false;
}

static const struct field *member_find(const struct pair *p, const char *key)
{
	const struct field *fields = devices[p->kind].fields;
	if (p->group)
		fields = field_find(fields, p->group, strlen(p->group))->members;
	return field_find(fields, key, strlen(key));
}

static void clash_complain(const struct pair *p, const struct knob *first, const struct knob *second)
{
	const struct knob *at = second ? second : first;
	struct complaint *c = yaml_complain(at->value, VP_CONTRADICTION, NULL, "%s", p->sentence);
	if (at != first && first)
		yaml_note(c, first->value, "the other value is here");
}

static void pair_check(struct loader *l, const struct pair *p, const struct knobs *knobs,
		       const struct model *const *models, int model_axis)
{
	struct spread a = { member_find(p, p->first), NULL, models, model_axis };
	struct spread b = { member_find(p, p->second), NULL, models, model_axis };
	a.knob = knobs_find(knobs, a.field);
	b.knob = knobs_find(knobs, b.field);
	bool given = p->both ? a.knob && b.knob : a.knob || b.knob;
	if (given && spreads_clash(l, p, &a, &b))
		clash_complain(p, a.knob, b.knob);
}

static void pairs_check(struct loader *l, enum device_kind kind, const struct knobs *knobs,
			const struct model *const *models, int model_axis)
{
	for (size_t i = 0; i < COUNT(pairs) && knobs->n > 0; i++)
		if (pairs[i].kind == kind)
			pair_check(l, &pairs[i], knobs, models, model_axis);
}

void pairs_check_node(struct loader *l, const struct node_spec *spec, const struct knobs *knobs)
{
	pairs_check(l, spec->kind, knobs, spec->models, spec->model_axis);
}

static const char block_too_large[] = "'port-block' is larger than 'port-range', so nobody gets one";

static bool has_no_block(enum device_kind kind, const void *profile)
{
	const struct nat_profile *nat = &((const struct router_profile *)profile)->nat;
	return kind == DEVICE_ROUTER && nat->port_low <= nat->port_high &&
	       nat->port_block > nat->port_high - nat->port_low + 1;
}

void pairs_check_model(struct loader *l, const struct model *m, const struct knobs *knobs)
{
	pairs_check(l, m->kind, knobs, &m, -1);
	const struct knob *at = knobs_find(knobs, field_find(router_fields, "port-block", strlen("port-block")));
	if (knobs->n && has_no_block(m->kind, m->profile))
		yaml_complain((at ? at : knobs->items)->value, VP_CONTRADICTION, NULL, "%s", block_too_large);
}

void pairs_check_knobs(struct loader *l, enum device_kind kind, const struct knobs *knobs)
{
	pairs_check(l, kind, knobs, NULL, -1);
}

const char *profile_clash(enum device_kind kind, const void *profile)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		const struct pair *p = &pairs[i];
		if (p->kind != kind || p->both)
			continue;
		const char *first = (const char *)profile + member_find(p, p->first)->at;
		const char *second = (const char *)profile + member_find(p, p->second)->at;
		if (p->clash(first, second))
			return p->sentence;
	}
	return has_no_block(kind, profile) ? block_too_large : NULL;
}

static void half_complain(const struct pair *p, const struct knob *given)
{
	yaml_complain(given->value->key, VP_CONTRADICTION, "give both",
		      "'%s' and '%s'%s%s%s are set together", p->first, p->second, p->group ? " of '" : "",
		      p->group ? p->group : "", p->group ? "'" : "");
}

/** What the other one of a pair is when the step runs depends on what ran before. */
static void pair_check_set(struct loader *l, const struct pair *p, const struct knobs *knobs)
{
	struct spread a = { member_find(p, p->first), NULL, NULL, -1 };
	struct spread b = { member_find(p, p->second), NULL, NULL, -1 };
	a.knob = knobs_find(knobs, a.field);
	b.knob = knobs_find(knobs, b.field);
	if (!a.knob != !b.knob)
		half_complain(p, a.knob ? a.knob : b.knob);
	else if (a.knob && spreads_clash(l, p, &a, &b))
		clash_complain(p, a.knob, b.knob);
}

void pairs_check_set(struct loader *l, enum device_kind kind, const struct knobs *knobs)
{
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (pairs[i].kind == kind)
			pair_check_set(l, &pairs[i], knobs);
}
