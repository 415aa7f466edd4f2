#include "reports/picture.h"

#include <assert.h>
#include <graphviz/gvc.h>
#include <stdio.h>
#include <stdlib.h>

struct painter {
	GVC_t *context;
	char dpi[12];
};

struct painter *painter_new(void)
{
	struct painter *p = malloc(sizeof *p);
	assert(p);
	p->context = gvContext();
	assert(p->context);
	painter_set_dpi(p, PICTURE_DPI);
	return p;
}

void painter_set_dpi(struct painter *p, uint32_t dpi)
{
	snprintf(p->dpi, sizeof p->dpi, "%u", dpi);
}

void painter_free(struct painter *p)
{
	gvFreeContext(p->context);
	free(p);
}

/** NULL when it is no graph. */
static Agraph_t *read_graph(const struct sink *dot)
{
	char *text = strndup(dot->bytes, dot->len);
	assert(text);
	Agraph_t *g = agmemread(text);
	free(text);
	return g;
}

bool picture_measure(struct painter *p, const struct sink *dot, struct picture_size *sizes, uint32_t n)
{
	Agraph_t *g = read_graph(dot);
	char name[16];
	bool ok = g && gvLayout(p->context, g, "nop2") == 0;
	for (uint32_t i = 0; ok && i < n; i++) {
		snprintf(name, sizeof name, "%u", i);
		Agnode_t *node = agnode(g, name, 0);
		assert(node);
		sizes[i] = (struct picture_size){ ND_width(node) * 72, ND_height(node) * 72 };
	}
	if (ok)
		gvFreeLayout(p->context, g);
	if (g)
		agclose(g);
	return ok;
}

static bool render(struct painter *p, Agraph_t *g, const char *format, struct sink *out)
{
	char *bytes = NULL;
	unsigned n = 0;
	if (gvRenderData(p->context, g, format, &bytes, &n) != 0 || !bytes)
		return false;
	sink_put(out, bytes, n);
	gvFreeRenderData(bytes);
	return true;
}

bool picture_draw(struct painter *p, const struct sink *dot, const char *engine, const char *format, struct sink *out)
{
	Agraph_t *g = read_graph(dot);
	if (!g)
		return false;
	if (strcmp(format, "png") == 0)
		agattr(g, AGRAPH, (char *)"dpi", p->dpi); /* must be known before the layout */
	bool ok = gvLayout(p->context, g, engine) == 0;
	if (ok) {
		ok = render(p, g, format, out);
		gvFreeLayout(p->context, g);
	}
	agclose(g);
	return ok;
}
