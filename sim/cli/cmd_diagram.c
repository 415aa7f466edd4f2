#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/diagram_page.h"
#include "reports/text.h"
#include "reports/topology.h"
#include "sim/cli/commands.h"
#include "sim/cli/offer.h"
#include "sim/cli/one_cell.h"
#include "sim/cli/output.h"

enum form { FORM_TEXT, FORM_SVG, FORM_PNG, FORM_PDF, FORM_DOT, FORM_MERMAID, FORM_PLANTUML };

/* In this order. */
static const char *const format_words[] = { "text", "svg", "png", "pdf", "dot", "mermaid", "plantuml", NULL };

struct diagram_options {
	int format;
	bool topology;
	const char *out;
	struct one_cell_choice choice;
};

#define OF(member) .at = offsetof(struct diagram_options, member)

/* --- forms ------------------------------------------------------------------------------------ */

/** What is drawn, and where to. */
struct drawn {
	struct one_cell *cell;
	struct diagram diagram;
	struct topology topology;
	bool to_file;
	struct sink out;
};

static void put_text(struct drawn *d)
{
	struct show show = d->cell->show;
	if (d->to_file)
		show.paper = (struct paper){ .width = 80, .utf8 = show.paper.utf8 };
	put_paragraph(&d->out, d->diagram.title, 0, show.paper.width);
	sink_char(&d->out, '\n');
	put_cell_detail(&d->out, &show, &d->cell->shown, &d->cell->result, d->cell->arena);
}

static bool write_sequence(struct drawn *d, enum form form, struct painter *painter)
{
	struct page page;
	if (form == FORM_TEXT)
		put_text(d);
	else if (form == FORM_MERMAID)
		put_mermaid(&d->out, &d->diagram);
	else if (form == FORM_PLANTUML)
		put_plantuml(&d->out, &d->diagram);
	else if (page_lay(d->cell->arena, painter, &d->diagram, &page))
		put_page_dot(&d->out, &page);
	else
		return false;
	return true;
}

static bool write_topology(struct drawn *d, enum form form, struct painter *painter)
{
	(void)painter;
	topology_make(d->cell->arena, d->cell->shown.scenario, &d->cell->result, &d->diagram, &d->topology);
	if (form == FORM_TEXT)
		put_topology_text(&d->out, &d->topology);
	else if (form == FORM_MERMAID)
		put_topology_mermaid(&d->out, &d->topology);
	else if (form == FORM_PLANTUML)
		put_topology_plantuml(&d->out, &d->topology);
	else
		put_topology_dot(&d->out, &d->topology);
	return true;
}

/** What stands in d->out as DOT becomes a picture. */
static bool paint(struct drawn *d, enum form form, bool topology, struct painter *painter)
{
	struct sink picture = { 0 }, done = { 0 };
	bool ok = picture_draw(painter, &d->out, topology ? "dot" : "nop2", format_words[form], &picture);
	if (ok && form == FORM_SVG)
		put_accessible_svg(&done, &picture, d->diagram.title, topology ? d->topology.desc : d->diagram.desc);
	else
		sink_put(&done, picture.bytes, picture.len);
	sink_free(&picture);
	sink_free(&d->out);
	d->out = done;
	return ok;
}

static bool is_painted(enum form form)
{
	return form == FORM_SVG || form == FORM_PNG || form == FORM_PDF;
}

/** A terminal cannot show it. */
static bool is_binary(enum form form)
{
	return form == FORM_PNG || form == FORM_PDF;
}

static bool draw_form(struct drawn *d, enum form form, bool topology)
{
	struct painter *painter = painter_new();
	bool ok = (topology ? write_topology : write_sequence)(d, form, painter);
	if (ok && is_painted(form))
		ok = paint(d, form, topology, painter);
	painter_free(painter);
	return ok;
}

#define FORMAT_NONE (-1)

static const struct option_row options[] = {
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "F",
	  .doc = "text, svg, png, pdf, dot, mermaid or plantuml; default as FILE of -o ends, or text" },
	{ "out", 'o', OPTION_TEXT, OF(out), .argument = "FILE", .doc = "write it there, not to standard output",
	  .offer = offer_files },
	{ "topology", 0, OPTION_SWITCH, OF(topology), .doc = "who is behind whom, and not what happens" },
	{ "only", 0, OPTION_TEXTS, OF(choice.only), .argument = "AXIS=VALUE,...",
	  .doc = "which cell of a matrix; repeatable", .offer = offer_choices },
	{ "seed", 0, OPTION_NUMBER, OF(choice.seed), 0, SEED_MAX, .argument = "N",
	  .doc = "random seed, default the file's" },
	OPTION_COLOR(offsetof(struct diagram_options, choice.color)),
	{ 0 },
};

/* --- the command ------------------------------------------------------------------------------ */

/** "lab.svg" is an svg. */
static enum form form_of(const struct diagram_options *o)
{
	const char *dot = o->out ? strrchr(o->out, '.') : NULL;
	for (int i = 0; o->format == FORMAT_NONE && dot && format_words[i]; i++)
		if (strcmp(dot + 1, format_words[i]) == 0)
			return (enum form)i;
	return o->format == FORMAT_NONE ? FORM_TEXT : (enum form)o->format;
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
	struct drawn d = { .cell = cell, .to_file = o->out };
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
	else if (parsed == PARSED && !o.out && is_binary(form_of(&o)) && isatty(STDOUT_FILENO))
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
