#include <stdio.h>

#include "reports/pcapng.h"
#include "sim/cli/commands.h"
#include "sim/cli/offer.h"
#include "sim/cli/one_cell.h"
#include "sim/cli/output.h"

struct export_options {
	const char *pcap;
	struct one_cell_choice choice;
};

#define OF(member) .at = offsetof(struct export_options, member)

static const struct option_row options[] = {
	{ "pcap", 0, OPTION_TEXT, OF(pcap), .argument = "DIR",
	  .doc = "write all.pcapng and a file for each point there", .offer = offer_folders },
	{ "only", 0, OPTION_TEXTS, OF(choice.only), .argument = "AXIS=VALUE,...",
	  .doc = "which cell of a matrix; repeatable", .offer = offer_choices },
	{ "seed", 0, OPTION_NUMBER, OF(choice.seed), 0, SEED_MAX, .argument = "N",
	  .doc = "random seed, default the file's" },
	OPTION_COLOR(offsetof(struct export_options, choice.color)),
	{ 0 },
};

struct exporting {
	const char *folder;
	const struct capture *capture;
	struct sink bytes;
	struct sink written; /* what is said in the end */
};

/** "lab/all.pcapng: 66 packets, 4 points" */
static bool write_file(struct exporting *e, const char *name, uint32_t point)
{
	const struct capture *c = e->capture;
	struct output o;
	put_pcapng(&e->bytes, c, point);
	output_file(&o, e->folder, name);
	output_write(&o, &e->bytes);
	sink_printf(&e->written, "%s/%s: ", e->folder, name);
	put_count(&e->written, point == PCAPNG_ALL ? c->n_packets : c->points[point].packets, "packet");
	if (point == PCAPNG_ALL)
		sink_text(&e->written, ", "), put_count(&e->written, c->n_points, "point");
	sink_char(&e->written, '\n');
	return output_close(&o);
}

static bool write_files(struct exporting *e)
{
	bool ok = write_file(e, capture_all, PCAPNG_ALL);
	for (uint32_t i = 0; i < e->capture->n_points && ok; i++)
		ok = write_file(e, e->capture->points[i].file, i);
	return ok;
}

/** Where most was seen, the last of those that saw as much: that is the far side of a router, or a server. */
static const struct capture_point *busiest(const struct capture *c)
{
	const struct capture_point *found = NULL;
	for (uint32_t i = 0; i < c->n_points; i++)
		if (!found || c->points[i].packets >= found->packets)
			found = &c->points[i];
	return found;
}

/** In the joint file a message stands once for each point, which tools that count take for repetitions. */
static void print_next(struct arena *a, const struct exporting *e)
{
	const struct capture_point *point = busiest(e->capture);
	struct sink file = { 0 };
	if (!point)
		return;
	put_shell_word(&file, arena_printf(a, "%s/%s", e->folder, capture_all));
	fprintf(stderr, "next: wireshark -Y 'frame.interface_name == \"%s\"' %.*s\n", point->name, (int)file.len,
		file.bytes);
	sink_free(&file);
}

static int export(const struct one_cell *cell, const char *folder)
{
	struct capture capture;
	struct exporting e = { .folder = folder, .capture = &capture };
	capture_lay(cell->arena, &cell->show, &cell->shown, &cell->result, &capture);
	int code = write_files(&e) ? output_print(&e.written) : EXIT_IO;
	if (code == EXIT_EXPECTED)
		print_next(cell->arena, &e);
	sink_free(&e.bytes);
	sink_free(&e.written);
	return code;
}

static int export_cell(const struct command *c, const struct export_options *o, const struct operands *operands)
{
	struct one_cell cell;
	int code = one_cell_play(&cell, c->name, operands, &o->choice);
	if (code == EXIT_EXPECTED)
		code = export(&cell, o->pcap);
	one_cell_close(&cell);
	return code;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct export_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && (!o.pcap || !*o.pcap))
		code = usage_error(c->name, "say where the captures go: --pcap DIR");
	else if (parsed == PARSED)
		code = export_cell(c, &o, &operands);
	arena_free(a);
	return code;
}

const struct command command_export = {
	.name = "export",
	.operands = "FILE",
	.summary = "captures of a run, or of one cell, for Wireshark",
	.examples = "viaport export lab.yaml --pcap captures\n"
		    "viaport export 'matrix.yaml[phone=cisco-7940,router=pf]' --pcap captures\n",
	.options = options,
	.offer = offer_scenarios,
	.run = run,
};
