#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/diagram_page.h"
#include "reports/text.h"
#include "sim/cli/commands.h"
#include "sim/cli/offer.h"
#include "sim/cli/one_cell.h"
#include "sim/cli/output.h"

struct diagram_options {
	int format;
	const char *out;
	struct one_cell_choice choice;
};

#define OF(member) .at = offsetof(struct diagram_options, member)

/* --- forms ------------------------------------------------------------------------------------ */

/** What is drawn, and where to. */
struct drawn {
	struct one_cell *cell;
	struct diagram diagram;
	bool to_file;
	struct sink out;
};

static bool draw_text(struct drawn *d)
{
	struct show show = d->cell->show;
	if (d->to_file)
		show.paper = (struct paper){ .width = 80, .utf8 = show.paper.utf8 };
	put_paragraph(&d->out, d->diagram.title, 0, show.paper.width);
	sink_char(&d->out, '\n');
	put_cell_detail(&d->out, &show, &d->cell->shown, &d->cell->result, d->cell->arena);
	return true;
}

static bool draw_mermaid(struct drawn *d)
{
	put_mermaid(&d->out, &d->diagram);
	return true;
}

static bool draw_plantuml(struct drawn *d)
{
	put_plantuml(&d->out, &d->diagram);
	return true;
}

/** Lays it out and draws it; as DOT, when there is no format. */
static bool draw_picture(struct drawn *d, const char *format)
{
	struct painter *painter = painter_new();
	struct sink dot = { 0 };
	struct page page;
	bool ok = page_lay(d->cell->arena, painter, &d->diagram, &page);
	if (ok)
		put_page_dot(format ? &dot : &d->out, &page);
	if (ok && format)
		ok = picture_draw(painter, &dot, "nop2", format, &d->out);
	sink_free(&dot);
	painter_free(painter);
	return ok;
}

static bool draw_dot(struct drawn *d)
{
	return draw_picture(d, NULL);
}

static bool draw_svg(struct drawn *d)
{
	struct sink svg = { 0 };
	bool ok = draw_picture(d, "svg");
	put_accessible_svg(&svg, &d->out, d->diagram.title, d->diagram.desc);
	sink_free(&d->out);
	d->out = svg;
	return ok;
}

static bool draw_png(struct drawn *d)
{
	return draw_picture(d, "png");
}

static bool draw_pdf(struct drawn *d)
{
	return draw_picture(d, "pdf");
}

/** In the order of format_words. */
static const struct form {
	bool (*draw)(struct drawn *);
	bool binary; /* no terminal can show it */
} forms[] = {
	{ draw_text, false }, { draw_svg, false },     { draw_png, true },	{ draw_pdf, true },
	{ draw_dot, false },  { draw_mermaid, false }, { draw_plantuml, false },
};

static const char *const format_words[] = { "text", "svg", "png", "pdf", "dot", "mermaid", "plantuml", NULL };

#define FORMAT_NONE (-1)

static const struct option_row options[] = {
	{ "format", 'f', OPTION_WORD, OF(format), .words = format_words, .argument = "F",
	  .doc = "text, svg, png, pdf, dot, mermaid or plantuml; default as FILE of -o ends, or text" },
	{ "out", 'o', OPTION_TEXT, OF(out), .argument = "FILE", .doc = "write it there, not to standard output",
	  .offer = offer_files },
	{ "only", 0, OPTION_TEXTS, OF(choice.only), .argument = "AXIS=VALUE,...",
	  .doc = "which cell of a matrix; repeatable", .offer = offer_choices },
	{ "seed", 0, OPTION_NUMBER, OF(choice.seed), 0, SEED_MAX, .argument = "N",
	  .doc = "random seed, default the file's" },
	OPTION_COLOR(offsetof(struct diagram_options, choice.color)),
	{ 0 },
};

/* --- the command ------------------------------------------------------------------------------ */

/** "lab.svg" is an svg. */
static int format_of(const struct diagram_options *o)
{
	const char *dot = o->out ? strrchr(o->out, '.') : NULL;
	for (int i = 0; o->format == FORMAT_NONE && dot && format_words[i]; i++)
		if (strcmp(dot + 1, format_words[i]) == 0)
			return i;
	return o->format == FORMAT_NONE ? 0 : o->format;
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
	if (!forms[format_of(o)].draw(&d))
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
	else if (parsed == PARSED && !o.out && forms[format_of(&o)].binary && isatty(STDOUT_FILENO))
		code = usage_error(c->name, "a terminal cannot show %s: -o FILE", format_words[format_of(&o)]);
	else if (parsed == PARSED)
		code = draw_cell(c, &o, &operands);
	arena_free(a);
	return code;
}

const struct command command_diagram = {
	.name = "diagram",
	.operands = "FILE",
	.summary = "sequence diagram of a run, or of one cell",
	.examples = "viaport diagram lab.yaml\n"
		    "viaport diagram lab.yaml -o lab.svg\n"
		    "viaport diagram matrix.yaml --only phone=cisco-7940,router=pf -f mermaid\n",
	.options = options,
	.offer = offer_scenarios,
	.run = run,
};
