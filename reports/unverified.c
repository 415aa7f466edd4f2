#include "reports/unverified.h"

struct unverified {
	struct arena *arena;
	const struct scenario *scenario;
	bool **seen;	      /* by node and model of it */
	uint64_t cells, weak; /* all; those with an entry of low confidence */
};

static uint32_t models_of(const struct scenario *s, const struct node_spec *node)
{
	return node->model_axis < 0 ? 1 : s->axes[node->model_axis].n;
}

struct unverified *unverified_new(const struct scenario *scenario)
{
	struct arena *a = arena_new();
	struct unverified *u = arena_alloc(a, sizeof *u);
	*u = (struct unverified){ .arena = a, .scenario = scenario };
	u->seen = arena_alloc(a, (scenario->n_nodes + 1) * sizeof *u->seen);
	for (uint32_t i = 0; i < scenario->n_nodes; i++)
		u->seen[i] = arena_alloc(a, models_of(scenario, &scenario->nodes[i]) * sizeof **u->seen);
	return u;
}

void unverified_add(struct unverified *u, const struct brief *b)
{
	const struct scenario *s = u->scenario;
	u->cells++;
	u->weak += b->confidence == CONFIDENCE_LOW;
	for (uint32_t i = 0; i < s->n_nodes && b->confidence == CONFIDENCE_LOW; i++) {
		int axis = s->nodes[i].model_axis;
		u->seen[i][axis < 0 ? 0 : cell_value(s, (uint32_t)axis, b->cell)] = true;
	}
}

/** Two nodes may have the same model. */
static bool named_before(const struct unverified *u, uint32_t node, uint32_t model)
{
	const struct model *m = u->scenario->nodes[node].models[model];
	for (uint32_t i = 0; i <= node; i++)
		for (uint32_t k = 0; k < models_of(u->scenario, &u->scenario->nodes[i]); k++) {
			if (i == node && k == model)
				return false;
			if (u->seen[i][k] && u->scenario->nodes[i].models[k] == m)
				return true;
		}
	return false;
}

static void put_names(struct sink *s, const struct unverified *u)
{
	const char *comma = "";
	for (uint32_t i = 0; i < u->scenario->n_nodes; i++) {
		const struct node_spec *node = &u->scenario->nodes[i];
		for (uint32_t k = 0; k < models_of(u->scenario, node); k++) {
			bool low = node->models[k]->confidence == CONFIDENCE_LOW;
			if (!u->seen[i][k] || !low || named_before(u, i, k))
				continue;
			sink_printf(s, "%s%s", comma, node->models[k]->name);
			comma = ", ";
		}
	}
}

void put_unverified(struct sink *s, const struct paper *paper, const struct unverified *u)
{
	struct sink text = { 0 };
	if (!u->weak)
		return;
	if (u->cells > 1) {
		put_thousands(&text, u->weak);
		sink_text(&text, " of ");
		put_count(&text, u->cells, "cell");
		sink_text(&text, u->weak == 1 ? " rests on " : " rest on ");
	}
	sink_text(&text, "entries of low confidence: ");
	put_names(&text, u);
	sink_text(&text, "; viaport show NAME says what is not verified");
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 0, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

void unverified_free(struct unverified *u)
{
	if (u)
		arena_free(u->arena);
}
