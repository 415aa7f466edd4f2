#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "reports/diagram_page.h"
#include "reports/text.h"
#include "reports/topology.h"
#include "sim/cli/commands.h"
#include "sim/cli/offer.h"
#include "sim/cli/one_cell.h"
#include "sim/cli/output.h"

enum form { FORM_TEXT, FORM_SVG, FORM_PNG, FORM_PDF, FORM_DOT, FORM_MERMAID, FORM_PLANTUML, FORMS };

struct diagram_options {
	int format;
	bool topology;
	const char *out;
	struct number dpi;
	struct one_cell_choice choice;
};

#define OF(member) .at = offsetof(struct diagram_options, member)

/* --- forms ------------------------------------------------------------------------------------ */

/** What is drawn, and where to. */
struct drawn {
	struct one_cell *cell;
	struct diagram diagram;
	struct topology topology;
	struct painter *painter; /* NULL: nothing was measured or painted so far */
	struct number dpi;
	bool to_file;
	struct sink out;
};

/** The one that a process may have. */
static struct painter *painter_of(struct drawn *d)
{
	if (d->painter)
		return d->painter;
	d->painter = painter_new();
	if (d->dpi.given)
		painter_set_dpi(d->painter, (uint32_t)d->dpi.n);
	return d->painter;
}

static bool sequence_text(struct drawn *d)
{
	struct show show = d->cell->show;
	if (d->to_file)
		show.paper = (struct paper){ .width = 80, .utf8 = show.paper.utf8 };
	put_paragraph(&d->out, d->diagram.title, 0, show.paper.width);
	sink_char(&d->out, '\n');
	put_cell_detail(&d->out, &show, &d->cell->shown, &d->cell->result, d->cell->arena);
	return true;
}

static bool sequence_dot(struct drawn *d)
{
	struct page page;
	if (!page_lay(d->cell->arena, painter_of(d), &d->diagram, &page))
		return false;
	put_page_dot(&d->out, &page);
	return true;
}

static bool sequence_mermaid(struct drawn *d)
{
	put_mermaid(&d->out, &d->diagram);
	return true;
}

static bool sequence_plantuml(struct drawn *d)
{
	put_plantuml(&d->out, &d->diagram);
	return true;
}

static const struct form_row {
	const char *ending;		  /* of names of files, beside the word itself; NULL: none */
	bool (*sequence)(struct drawn *); /* false when Graphviz cannot measure */
	void (*topology)(struct sink *, const struct topology *);
	bool painted; /* by Graphviz, from what was written in its language */
	bool binary;  /* a terminal cannot show it */
} forms[FORMS] = {
	[FORM_TEXT] = { "txt", sequence_text, put_topology_text, false, false },
	[FORM_SVG] = { NULL, sequence_dot, put_topology_dot, true, false },
	[FORM_PNG] = { NULL, sequence_dot, put_topology_dot, true, true },
	[FORM_PDF] = { NULL, sequence_dot, put_topology_dot, true, true },
	[FORM_DOT] = { "gv", sequence_dot, put_topology_dot, false, false },
	[FORM_MERMAID] = { "mmd", sequence_mermaid, put_topology_mermaid, false, false },
	[FORM_PLANTUML] = { "puml", sequence_plantuml, put_topology_plantuml, false, false },
};

/* In the order of `enum form`. */
static const char *const format_words[FORMS + 1] = { "text", "svg", "png", "pdf", "dot", "mermaid", "plantuml", NULL };

static void write_topology(struct drawn *d, const struct form_row *form)
{
	topology_make(d->cell->arena, d->cell->shown.scenario, &d->cell->result, &d->diagram, &d->topology);
	form->topology(&d->out, &d->topology);
}

/** What stands in d->out in the language of Graphviz becomes a picture. */
static bool paint(struct drawn *d, enum form form, bool topology)
{
	struct sink picture = { 0 }, done = { 0 };
	bool ok = picture_draw(painter_of(d), &d->out, topology ? "dot" : "nop2", format_words[form], &picture);
	if (ok && form == FORM_SVG)
		put_accessible_svg(&done, &picture, d->diagram.title, topology ? d->topology.desc : d->diagram.desc);
	else
		sink_put(&done, picture.bytes, picture.len);
	sink_free(&picture);
	sink_free(&d->out);
	d->out = done;
	return ok;
}

static bool draw_form(struct drawn *d, enum form form, bool topology)
{
	const struct form_row *row = &forms[form];
	bool ok = true;
	if (topology)
		write_topology(d, row);
	else
		ok = row->sequence(d);
	if (ok && row->painted)
		ok = paint(d, form, topology);
	if (d->painter)
		painter_free(d->painter);
	return ok;
}

#define FORMAT_NONE (-1)
#define DPI_LEAST   24
#define DPI_MOST    600

static const struct option_row options[] = {
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "F",
	  .doc = "text, svg, png, pdf, dot, mermaid, plantuml" },
	{ "out", 'o', OPTION_TEXT, OF(out), .argument = "FILE", .doc = "write it there, in the form that its name ends in",
	  .offer = offer_files },
	{ "dpi", 0, OPTION_NUMBER, OF(dpi), DPI_LEAST, DPI_MOST, .argument = "N",
	  .doc = "dots per inch of a png, default 192" },
	{ "topology", 0, OPTION_SWITCH, OF(topology), .doc = "who is behind whom, and not what happens" },
	{ "only", 0, OPTION_TEXTS, OF(choice.only), .argument = "AXIS=VALUE,...",
	  .doc = "which cell of a matrix; repeatable", .offer = offer_choices },
	{ "seed", 0, OPTION_NUMBER, OF(choice.seed), 0, SEED_MAX, .argument = "N",
	  .doc = "random seed, default the file's" },
	OPTION_COLOR(offsetof(struct diagram_options, choice.color)),
	{ 0 },
};

/* --- the command ------------------------------------------------------------------------------ */

/** What the name of a file ends in, behind its last point; NULL: it has none. */
static const char *ending_of(const char *file)
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash + 1 : file, '.');
	return dot ? dot + 1 : NULL;
}

/** "lab.svg" is an svg. FORMS: it is nothing that is drawn here. */
static enum form form_of_ending(const char *ending)
{
	enum form form = FORM_TEXT;
	while (form < FORMS && strcasecmp(ending, format_words[form]) != 0 &&
	       !(forms[form].ending && strcasecmp(ending, forms[form].ending) == 0))
		form++;
	return form;
}

static enum form form_of(const struct diagram_options *o)
{
	const char *ending = o->out ? ending_of(o->out) : NULL;
	if (o->format != FORMAT_NONE)
		return (enum form)o->format;
	return ending ? form_of_ending(ending) : FORM_TEXT;
}

static int refuse_ending(const struct command *c, const char *file)
{
	struct sink s = { 0 };
	for (int i = 0; i < FORMS; i++) {
		sink_printf(&s, "%s%s", i ? ", " : "", format_words[i]);
		if (forms[i].ending)
			sink_printf(&s, " or %s", forms[i].ending);
	}
	int code = usage_error(c->name, "-o %s: no form is called %s; it ends in one of %.*s, or -f says which", file,
			       ending_of(file), (int)s.len, s.bytes);
	sink_free(&s);
	return code;
}

static int write_out(struct arena *a, const char *file, struct sink *s)
{
	struct output o;
	const char *slash = strrchr(file, '/');
	const char *folder = !slash ? "." : slash == file ? "/" : arena_copy(a, file, (size_t)(slash - file));
	output_file(&o, folder, slash ? slash + 1 : file);
	output_write(&o, s);
	return output_close(&o) ? EXIT_EXPECTED : EXIT_IO;
}

static int draw(struct one_cell *cell, const struct diagram_options *o)
{
	struct drawn d = { .cell = cell, .dpi = o->dpi, .to_file = o->out };
	int code = EXIT_IO;
	diagram_make(cell->arena, cell->shown.scenario, &cell->result, &d.diagram);
	if (!draw_form(&d, form_of(o), o->topology))
		fputs("viaport: Graphviz cannot draw this: are its plugins for pango and neato installed?\n", stderr);
	else
		code = o->out ? write_out(cell->arena, o->out, &d.out) : output_print(&d.out);
	sink_free(&d.out);
	return code;
}

static int draw_cell(const struct command *c, const struct diagram_options *o, const struct operands *operands)
{
	struct one_cell cell;
	int code = one_cell_play(&cell, c->name, operands, &o->choice);
	if (code == EXIT_EXPECTED)
		code = draw(&cell, o);
	one_cell_close(&cell);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct diagram_options o = { .format = FORMAT_NONE };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && o.out && !*o.out)
		code = usage_error(c->name, "-o needs the name of a file");
	else if (parsed == PARSED && form_of(&o) == FORMS)
		code = refuse_ending(c, o.out);
	else if (parsed == PARSED && !o.out && forms[form_of(&o)].binary && isatty(STDOUT_FILENO))
		code = usage_error(c->name, "a terminal cannot show %s: -o FILE", format_words[form_of(&o)]);
	else if (parsed == PARSED)
		code = draw_cell(c, &o, &operands);
	arena_free(a);
	return code;
}

const struct command command_diagram = {
	.name = "diagram",
	.operands = "FILE",
	.summary = "sequence diagram or topology of a run, or of one cell",
	.examples = "viaport diagram lab.yaml\n"
		    "viaport diagram lab.yaml -o lab.svg\n"
		    "viaport diagram matrix.yaml --only phone=cisco-7940,router=pf -f mermaid\n",
	.options = options,
	.offer = offer_scenarios,
	.run = run,
};
