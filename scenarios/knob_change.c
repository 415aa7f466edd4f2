#include "scenarios/knob_change.h"

#include <string.h>

#include "scenarios/knob_place.h"

/** A change while it is made. */
struct changing {
	struct arena *arena;
	const struct scenario *scenario;
	const uint32_t *here, *there; /* the choices of the cell, and with the other value of the axis */
	void **profiles;	      /* of the nodes as they become; NULL: nobody has looked at it */
	struct tried_knob *tried;
	uint32_t n;
};

static bool is_meant(const struct node_spec *n, const char *knob, size_t word)
{
	const char *kind = device_words[n->kind];
	return (strlen(kind) == word && memcmp(kind, knob, word) == 0) ||
	       (strlen(n->name) == word && memcmp(n->name, knob, word) == 0);
}

static const struct model *part_of(const struct field *f, const void *profile)
{
	return *(const struct model *const *)(const void *)((const char *)profile + f->at);
}

static void member_copy(const struct field *f, void *to, const void *from)
{
	memcpy((char *)to + f->at, (const char *)from + f->at, field_size(f));
}

/** A part of its own, which has one knob of another part. */
static bool part_change(struct arena *a, const struct knob_place *place, void *profile, const void *there)
{
	const struct model *mine = part_of(place->part, profile), *other = part_of(place->part, there);
	if (!mine || !other)
		return false;
	struct model *changed = arena_alloc(a, sizeof *changed);
	size_t size = devices[mine->kind].profile_size;
	void *copy = arena_alloc_raw(a, size);
	memcpy(copy, mine->profile, size);
	member_copy(place->field, copy, other->profile);
	*changed = *mine;
	changed->profile = copy;
	memcpy((char *)profile + place->part->at, &changed, sizeof changed);
	return true;
}

static bool node_change(struct changing *c, uint32_t node, const struct knob_place *place)
{
	const struct node_spec *spec = &c->scenario->nodes[node];
	const struct field *top = place->part ? place->part : place->field;
	const void *there = node_profile(c->arena, spec, c->there);
	if (!c->profiles[node])
		c->profiles[node] = node_profile(c->arena, spec, c->here);
	void *profile = c->profiles[node];
	if (place->part && !part_change(c->arena, place, profile, there))
		return false;
	if (!place->part)
		member_copy(top, profile, there);
	c->tried[c->n++] = (struct tried_knob){ (int)node, { top, (char *)profile + top->at } };
	return true;
}

/** False when it is nobody's, or cannot be changed. */
static bool knob_set(struct changing *c, const char *knob)
{
	size_t word = strcspn(knob, " ");
	uint32_t before = c->n;
	for (uint32_t i = 0; i < c->scenario->n_nodes; i++) {
		const struct node_spec *n = &c->scenario->nodes[i];
		struct knob_place place;
		if (!is_meant(n, knob, word))
			continue;
		if (!knob[word] || !knob_place(devices[n->kind].fields, knob + word + 1, &place) ||
		    !node_change(c, i, &place))
			return false;
	}
	return c->n > before;
}

const struct scenario *knob_change_scenario(struct arena *a, const struct scenario *s, uint64_t cell,
					    const struct knob_change *change)
{
	uint32_t *here = arena_alloc(a, (s->n_axes + 1) * sizeof *here);
	uint32_t *there = arena_alloc(a, (s->n_axes + 1) * sizeof *there);
	scenario_choice(s, cell, here);
	scenario_choice(s, cell, there);
	there[change->axis] = change->value;
	struct changing c = { a,
			      s,
			      here,
			      there,
			      arena_alloc(a, (s->n_nodes + 1) * sizeof *c.profiles),
			      arena_alloc(a, (s->n_nodes * change->n + 1) * sizeof *c.tried),
			      0 };
	for (uint32_t i = 0; i < change->n; i++)
		if (!knob_set(&c, change->knobs[i]))
			return NULL;
	struct scenario *changed = arena_alloc(a, sizeof *changed);
	*changed = *s;
	changed->tried = (struct tried){ c.tried, c.n };
	return changed;
}
