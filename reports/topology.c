#include "reports/topology.h"

#include <string.h>

#include "reports/diagram_label.h"

/* --- making it ------------------------------------------------------------------------------- */

static const char *address_of(struct arena *a, const struct diagram *d, const char *name)
{
	for (uint32_t i = 0; i < d->n_lanes; i++) {
		const struct diagram_lane *lane = &d->lanes[i];
		if (strcmp(lane->name, name) != 0)
			continue;
		const char *first = lane->address[0], *second = lane->address[1];
		return first && second ? arena_printf(a, "%s, %s", first, second) : first ? first : second;
	}
	return NULL;
}

void topology_make(struct arena *a, const struct scenario *s, const struct cell_result *r, const struct diagram *d,
		   struct topology *out)
{
	struct sink desc = { 0 };
	*out = (struct topology){ .title = d->title, .n = s->n_nodes };
	out->nodes = arena_alloc(a, (s->n_nodes + 1) * sizeof *out->nodes);
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		const struct node_spec *n = &s->nodes[i];
		int behind = n->behind_axis < 0 ? n->behind[0] : n->behind[r->choice[n->behind_axis]];
		out->nodes[i] = (struct topology_node){
			.name = n->name,
			.model = node_model(n, r->choice)->name,
			.address = address_of(a, d, n->name),
			.kind = n->kind,
			.count = n->count,
			.behind = behind < 0 ? TOPOLOGY_INTERNET : (uint32_t)behind,
		};
	}
	put_topology_text(&desc, out);
	out->desc = sink_keep(&desc, a);
}

/* --- text ------------------------------------------------------------------------------------ */

static void put_count_of(struct sink *s, const struct topology_node *n)
{
	if (n->count > 1)
		sink_printf(s, ", %u of them", n->count);
}

static void put_behind(struct sink *s, const struct topology *t, uint32_t behind, size_t indent)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct topology_node *n = &t->nodes[i];
		if (n->behind != behind)
			continue;
		sink_repeat(s, ' ', indent);
		sink_printf(s, "%s, %s", n->name, n->model);
		put_count_of(s, n);
		sink_printf(s, "%s%s\n", n->address ? ", " : "", n->address ? n->address : "");
		if (n->kind == DEVICE_ROUTER)
			put_behind(s, t, i, indent + 4);
	}
}

void put_topology_text(struct sink *s, const struct topology *t)
{
	sink_text(s, "internet\n");
	put_behind(s, t, TOPOLOGY_INTERNET, 4);
}

/* --- graphs ---------------------------------------------------------------------------------- */

/** What a kind of node looks like. */
static const struct look {
	const char *shape, *plantuml;
	const char *open, *close; /* of Mermaid */
	enum picture_ink fill;
} looks[NODE_KINDS] = {
	[DEVICE_PHONE] = { "box", "rectangle", "[", "]", PICTURE_PAPER },
	[DEVICE_ROUTER] = { "box", "node", "{{", "}}", PICTURE_LANE },
	[DEVICE_SERVER] = { "box3d", "database", "[(", ")]", PICTURE_SHEET },
	[DEVICE_GATEWAY] = { "component", "component", "[[", "]]", PICTURE_SHEET },
};

static void put_dot_label(struct sink *s, const struct topology_node *n)
{
	struct sink model = { 0 };
	sink_text(&model, n->model);
	put_count_of(&model, n);
	sink_char(&model, '\0');
	sink_char(s, '<');
	put_label_text(s, LOOK_NAME, n->name);
	sink_text(s, "<BR/>");
	put_label_text(s, LOOK_FAINT, model.bytes);
	if (n->address) {
		sink_text(s, "<BR/>");
		put_label_text(s, LOOK_FAINT, n->address);
	}
	sink_char(s, '>');
	sink_free(&model);
}

void put_topology_dot(struct sink *s, const struct topology *t)
{
	const char *line = picture_inks[PICTURE_LINE].light, *ink = picture_inks[PICTURE_INK].light;
	sink_printf(s, "graph topology {\n\tgraph [bgcolor=\"%s\" charset=\"UTF-8\" nodesep=0.35 ranksep=0.45]\n",
		    picture_inks[PICTURE_PAPER].light);
	sink_printf(s,
		    "\tnode [fontname=\"" PICTURE_FONT
		    "\" fontsize=%d fontcolor=\"%s\" style=filled color=\"%s\" margin=\"0.15,0.08\"]\n",
		    PICTURE_SIZE, ink, line);
	sink_printf(s, "\tedge [color=\"%s\" penwidth=1.6]\n", line);
	sink_printf(s, "\tinternet [shape=ellipse fillcolor=\"%s\" label=<<FONT COLOR=\"%s\">internet</FONT>>]\n",
		    picture_inks[PICTURE_LANE].light, ink);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct look *look = &looks[t->nodes[i].kind];
		sink_printf(s, "\tn%u [shape=%s fillcolor=\"%s\" label=", i, look->shape,
			    picture_inks[look->fill].light);
		put_dot_label(s, &t->nodes[i]);
		sink_text(s, "]\n");
	}
	for (uint32_t i = 0; i < t->n; i++)
		if (t->nodes[i].behind == TOPOLOGY_INTERNET)
			sink_printf(s, "\tinternet -- n%u\n", i);
		else
			sink_printf(s, "\tn%u -- n%u\n", t->nodes[i].behind, i);
	sink_text(s, "}\n");
}

/** Names and models are words without signs, because a scenario's are. */
static void put_plain_label(struct sink *s, const struct topology_node *n, const char *line_break)
{
	sink_printf(s, "\"%s%s%s", n->name, line_break, n->model);
	put_count_of(s, n);
	if (n->address)
		sink_printf(s, "%s%s", line_break, n->address);
	sink_char(s, '"');
}

void put_topology_mermaid(struct sink *s, const struct topology *t)
{
	sink_text(s, "flowchart TD\n    internet((internet))\n");
	for (uint32_t i = 0; i < t->n; i++) {
		const struct look *look = &looks[t->nodes[i].kind];
		sink_printf(s, "    n%u%s", i, look->open);
		put_plain_label(s, &t->nodes[i], "<br/>");
		sink_printf(s, "%s\n", look->close);
	}
	for (uint32_t i = 0; i < t->n; i++)
		if (t->nodes[i].behind == TOPOLOGY_INTERNET)
			sink_printf(s, "    internet --- n%u\n", i);
		else
			sink_printf(s, "    n%u --- n%u\n", t->nodes[i].behind, i);
}

void put_topology_plantuml(struct sink *s, const struct topology *t)
{
	sink_text(s, "@startuml\ncloud internet\n");
	for (uint32_t i = 0; i < t->n; i++) {
		sink_printf(s, "%s ", looks[t->nodes[i].kind].plantuml);
		put_plain_label(s, &t->nodes[i], "\\n");
		sink_printf(s, " as n%u\n", i);
	}
	for (uint32_t i = 0; i < t->n; i++)
		if (t->nodes[i].behind == TOPOLOGY_INTERNET)
			sink_printf(s, "internet -- n%u\n", i);
		else
			sink_printf(s, "n%u -- n%u\n", t->nodes[i].behind, i);
	sink_text(s, "@enduml\n");
}
