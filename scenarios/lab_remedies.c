/*
 * What remedies change about a lab: profiles before anything is built from them, gateways, and whom servers know.
 */
#include <string.h>

#include "models/remedy.h"
#include "scenarios/lab.h"

static uint32_t remedies_of(const struct lab *lab, const struct model *const **out)
{
	return scenario_remedies(lab->scenario, lab->choice, out);
}

/* --- profiles ---------------------------------------------------------------------------------------------------- */

/** The phone that all phones are replaced by; NULL: they stay. */
static const struct model *other_phone(const struct scenario *s, const uint32_t *choice)
{
	const struct model *other = NULL, *const *remedies;
	uint32_t n = scenario_remedies(s, choice, &remedies);
	for (uint32_t i = 0; i < n; i++) {
		const struct remedy_profile *r = remedies[i]->profile;
		other = r->phone ? r->phone : other;
	}
	return other;
}

/** What stays when a phone is replaced: where it is, and whose. */
static bool is_of_the_account(const struct field *f)
{
	static const char *const keys[] = { "address", "user", "password", "domain" };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (f == field_find(phone_fields, keys[i], strlen(keys[i])))
			return true;
	return false;
}

static void account_apply(const struct settings *settings, const uint32_t *choice, void *profile)
{
	for (uint32_t i = 0; i < settings->n; i++)
		if (is_of_the_account(settings->items[i].field))
			settings_apply(&(struct settings){ &settings->items[i], 1 }, choice, profile);
}

const struct list *remedy_changes(const struct remedy_profile *r, enum device_kind kind)
{
	switch (kind) {
	case DEVICE_PHONE:
		return &r->phones;
	case DEVICE_ROUTER:
		return &r->routers;
	case DEVICE_SERVER:
		return &r->servers;
	default:
		return NULL;
	}
}

static void remedies_apply(const struct scenario *s, const uint32_t *choice, enum device_kind kind, void *profile)
{
	const struct model *const *remedies;
	uint32_t n = scenario_remedies(s, choice, &remedies);
	for (uint32_t i = 0; i < n; i++) {
		const struct list *changes = remedy_changes(remedies[i]->profile, kind);
		if (changes)
			knob_values_apply(changes, profile);
	}
}

static void tried_apply(const struct scenario *s, const struct node_spec *spec, void *profile)
{
	for (uint32_t i = 0; i < s->tried.n; i++) {
		const struct tried_knob *c = &s->tried.items[i];
		if (spec == &s->nodes[c->node])
			knob_values_apply(&(struct list){ &c->knob, 1 }, profile);
	}
}

/** Knobs of a remedy may not fit those of the file. */
static void clash_tell(struct lab *lab, const struct node_spec *spec, const void *profile)
{
	const char *clash = profile_clash(spec->kind, profile);
	if (clash)
		lab->trouble = arena_printf(lab->world->arena, "with the remedy, of the knobs of %s, %s", spec->name, clash);
}

/** Another phone in the place of a node. */
static void *other_profile(struct arena *a, const struct node_spec *spec, const uint32_t *choice, const struct model *other)
{
	size_t size = devices[spec->kind].profile_size;
	void *profile = arena_alloc_raw(a, size);
	memcpy(profile, other->profile, size);
	account_apply(&spec->settings, choice, profile);
	return profile;
}

void *cell_profile(struct arena *a, const struct scenario *s, const struct node_spec *spec, const uint32_t *choice)
{
	const struct model *other = spec->kind == DEVICE_PHONE ? other_phone(s, choice) : NULL;
	void *profile = other ? other_profile(a, spec, choice, other) : node_profile(a, spec, choice);
	remedies_apply(s, choice, spec->kind, profile);
	tried_apply(s, spec, profile);
	return profile;
}

void *lab_profile(struct lab *lab, const struct node_spec *spec)
{
	void *profile = cell_profile(lab->world->arena, lab->scenario, spec, lab->choice);
	clash_tell(lab, spec, profile);
	return profile;
}

/* --- gateways ---------------------------------------------------------------------------------------------------- */

static bool has_behind(const struct lab *lab, uint32_t router, enum device_kind kind)
{
	for (uint32_t i = 0; i < lab->n_groups; i++)
		if (lab->groups[i].behind == (int)router && lab->groups[i].spec->kind == kind)
			return true;
	return false;
}

/** A node as if the scenario had named it. */
static const struct node_spec *gateway_spec(struct lab *lab, const struct model *model, uint32_t router)
{
	struct arena *a = lab->world->arena;
	const struct node_spec *at = lab->groups[router].spec;
	const struct model **models = arena_alloc(a, sizeof *models);
	int *behind = arena_alloc(a, sizeof *behind);
	struct node_spec *spec = arena_alloc(a, sizeof *spec);
	*models = model;
	*behind = (int)router;
	*spec = (struct node_spec){
		.name = arena_printf(a, "%s-gateway", at->name),
		.kind = DEVICE_GATEWAY,
		.model_axis = -1,
		.models = models,
		.count = at->count,
		.behind_axis = -1,
		.behind = behind,
		.at = at->at,
	};
	return spec;
}

static void gateways_add(struct lab *lab, const struct model *model)
{
	for (uint32_t i = 0; i < lab->scenario->n_nodes; i++) {
		if (lab->groups[i].spec->kind != DEVICE_ROUTER || !has_behind(lab, i, DEVICE_PHONE) ||
		    has_behind(lab, i, DEVICE_GATEWAY))
			continue;
		lab_group_add(lab, gateway_spec(lab, model, i));
	}
}

void lab_gateways(struct lab *lab)
{
	const struct model *const *remedies;
	uint32_t n = remedies_of(lab, &remedies);
	for (uint32_t i = 0; i < n; i++) {
		const struct remedy_profile *r = remedies[i]->profile;
		if (r->gateway)
			gateways_add(lab, r->gateway);
	}
}

/* --- users whom a server answers at their source ----------------------------------------------------------------- */

static bool is_wanted(const struct lab *lab)
{
	const struct model *const *remedies;
	uint32_t n = remedies_of(lab, &remedies);
	bool wanted = false;
	for (uint32_t i = 0; i < n; i++)
		wanted |= ((const struct remedy_profile *)remedies[i]->profile)->force_rport_opt_in;
	return wanted;
}

/** It asks for nothing, and hears what goes to where it sends from. */
static bool needs_force(const struct phone_profile *p)
{
	return !p->rport && p->send_port == SEND_SAME;
}

static const char *user_text(const struct lab *lab, const struct phone *p)
{
	char user[PHONE_USER_MAX];
	return arena_copy(lab->world->arena, user, phone_user(p, user));
}

static uint32_t users_fill(const struct lab *lab, const char **users)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < lab->n_groups; i++) {
		const struct lab_group *g = &lab->groups[i];
		if (g->spec->kind != DEVICE_PHONE || !needs_force(g->profile))
			continue;
		for (uint32_t k = 0; k < g->spec->count; k++, n++)
			if (users)
				users[n] = user_text(lab, g->phones[k]);
	}
	return n;
}

void lab_opt_in(struct lab *lab)
{
	if (!is_wanted(lab))
		return;
	uint32_t n = users_fill(lab, NULL);
	const char **users = arena_alloc(lab->world->arena, n * sizeof *users);
	users_fill(lab, users);
	for (uint32_t i = 0; i < lab->n_groups; i++)
		if (lab->groups[i].spec->kind == DEVICE_SERVER)
			((struct server_profile *)lab->groups[i].profile)->force_rport_for = (struct list){ users, n };
}
