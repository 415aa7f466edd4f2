#include "sim/cli/writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/text.h"
#include "scenarios/conditions.h"
#include "scenarios/nearest.h"
#include "sim/cli/options.h"
#include "sim/cli/place.h"
#include "sim/cli/terminal.h"

/* --- which ------------------------------------------------------------------------------------- */

static bool names_kind(const char *name, size_t len, struct writing *w)
{
	const struct report_kind *kind = report_kind_find(name, len);
	for (size_t i = 0; i < w->n_kinds; i++)
		if (w->kinds[i] == kind)
			return true; /* said twice is said once */
	if (kind)
		w->kinds[w->n_kinds++] = kind;
	return kind;
}

static int unknown_format(const char *command, const char *name, size_t len)
{
	struct nearest nearest = nearest_to(name, len);
	struct sink all = { 0 };
	for (size_t i = 0; report_kinds[i]; i++) {
		nearest_offer(&nearest, report_kinds[i]->name);
		sink_printf(&all, "%s%s", i ? ", " : "", report_kinds[i]->name);
	}
	sink_char(&all, '\0');
	int code = nearest.best ? usage_error(command, "there is no format '%.*s', did you mean %s?", (int)len, name,
					      nearest.best)
				: usage_error(command, "there is no format '%.*s'; there are: %s", (int)len, name,
					      all.bytes);
	sink_free(&all);
	return code;
}

int writing_read(const char *command, const char *formats, const char *out, struct writing *w)
{
	w->out = out;
	for (const char *name = formats ? formats : report_kinds[0]->name; name;) {
		size_t len = strcspn(name, ",");
		if (!names_kind(name, len, w))
			return unknown_format(command, name, len);
		name = name[len] ? name + len + 1 : NULL;
	}
	if (w->n_kinds > 1 && !out)
		return usage_error(command, "several formats need --out DIR");
	if (out && !*out)
		return usage_error(command, "--out needs the name of a folder");
	return EXIT_EXPECTED;
}

struct paper writing_paper(const struct writing *w, int color)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, w->out ? COLOR_NEVER : (enum color)color);
	if (w->out)
		paper.width = 80;
	return paper;
}

/* --- where to ---------------------------------------------------------------------------------- */

/** "junit.xml", then "junit-2.xml". The caller frees it. */
static char *file_name(const struct writer *w, uint32_t number)
{
	struct sink name = { 0 };
	const char *file = w->report.kind->file, *dot = strrchr(file, '.');
	if (number > 1)
		sink_printf(&name, "%.*s-%u%s", (int)(dot - file), file, number, dot);
	else
		sink_text(&name, file);
	sink_char(&name, '\0');
	return name.bytes;
}

static void open_file(struct writer *w, struct output *o)
{
	w->files++;
	char *name = file_name(w, w->files);
	output_file(o, w->writers->writing->out, name);
	free(name);
}

/** Two runs into one folder would else each have one of their files, and both be refused the other. */
static bool one_is_refused(const struct writers *w)
{
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		for (size_t i = 0; i < w->of[k].n_to; i++)
			if (w->of[k].to[i].failed)
				return true;
	return false;
}

/** What an engine names in its environment is added to, and is enough when no folder was asked for. */
static void open_writer(struct writer *w)
{
	const char *variable = w->report.kind->appends_to, *named = variable ? getenv(variable) : NULL;
	if (!w->report.kind->file || one_is_refused(w->writers))
		return;
	if (w->writers->writing->out)
		open_file(w, &w->to[w->n_to++]);
	if (named && *named)
		output_append(&w->to[w->n_to++], named);
	if (!w->n_to)
		output_stdout(&w->to[w->n_to++]);
}

static void write_ready(struct writer *w)
{
	for (size_t i = 0; i < w->n_to; i++)
		output_put(&w->to[i], &w->report.out);
	sink_clear(&w->report.out);
}

/** One file is whole, another begins. */
static void turn(struct report *report)
{
	struct writer *w = report->turner;
	write_ready(w);
	if (output_close(&w->to[0]))
		open_file(w, &w->to[0]);
}

/* --- cells ------------------------------------------------------------------------------------- */

void writers_begin(struct writers *w, const struct writing *writing, const struct show *show)
{
	*w = (struct writers){ .writing = writing, .show = show, .scenario = show->n };
	for (size_t k = 0; k < writing->n_kinds; k++) {
		struct writer *of = &w->of[k];
		report_begin_with(&of->report, writing->kinds[k], show, writing->given[k]);
		of->writers = w;
		of->report.turner = of;
		of->report.turn = writing->out ? turn : NULL;
		open_writer(of);
	}
}

/** A matrix tells when it fails, unless there is nobody to hear it: a part and a store only keep cells. */
static struct conditions *conditions_of(const struct writing *w, const struct shown *shown)
{
	bool heard = false;
	for (size_t k = 0; k < w->n_kinds; k++)
		heard |= w->kinds[k]->end_scenario != NULL;
	return heard && shown->cells > 1 ? conditions_new(shown->scenario, shown->knobs, shown->cells) : NULL;
}

static void end_scenario(struct writers *w)
{
	if (w->scenario == w->show->n)
		return;
	if (w->conditions)
		conditions_solve(w->conditions);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		report_end_scenario(&w->of[k].report, &w->show->scenarios[w->scenario], &w->scenario_totals,
				    w->conditions);
	conditions_free(w->conditions);
	w->conditions = NULL;
	w->scenario_totals = (struct totals){ 0 };
}

/** Begins the scenario unless it is at hand. */
static void reach_scenario(struct writers *w, uint32_t scenario)
{
	if (scenario == w->scenario)
		return;
	end_scenario(w);
	w->scenario = scenario;
	w->conditions = conditions_of(w->writing, &w->show->scenarios[scenario]);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		report_begin_scenario(&w->of[k].report, &w->show->scenarios[scenario]);
}

void writers_hide(struct writers *w, uint32_t scenario, uint64_t cells)
{
	reach_scenario(w, scenario);
	w->totals.hidden += cells;
	w->scenario_totals.hidden += cells;
}

void writers_cell(struct writers *w, const struct played *p)
{
	bool hidden = is_hidden(w->show, p->brief);
	reach_scenario(w, p->scenario);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		if (!hidden || w->writing->kinds[k]->keeps_hidden)
			report_cell(&w->of[k].report, &w->show->scenarios[p->scenario], p->brief, p->rendered[k],
				    p->length[k]);
	if (hidden) {
		writers_hide(w, p->scenario, 1);
		return;
	}
	if (w->conditions)
		conditions_add(w->conditions, p->brief->cell, p->brief->verdict, p->brief->causes);
	brief_count(p->brief, &w->totals);
	brief_count(p->brief, &w->scenario_totals);
}

static void write_notes(struct report *report)
{
	if (report->notes.len)
		fwrite(report->notes.bytes, 1, report->notes.len, stdout);
	sink_clear(&report->notes);
}

bool writers_flush(struct writers *w)
{
	bool ok = true;
	for (size_t k = 0; k < w->writing->n_kinds; k++) {
		write_notes(&w->of[k].report);
		write_ready(&w->of[k]);
		ok = ok && !w->of[k].report.failed;
		for (size_t i = 0; i < w->of[k].n_to; i++)
			ok = ok && !w->of[k].to[i].failed;
	}
	return ok;
}

/* --- the end ----------------------------------------------------------------------------------- */

static void say_written(const struct writer *w, const char *folder)
{
	const char *file = w->report.kind->file, *dot = strrchr(file, '.');
	fprintf(stderr, "written: %s/%s\n", folder, file);
	for (uint32_t i = 2; i <= w->files; i++)
		fprintf(stderr, "written: %s/%.*s-%u%s\n", folder, (int)(dot - file), file, i, dot);
}

/** With --out nothing was said on standard output yet. */
static void say_totals(const struct writers *w, enum ending ending)
{
	struct sink s = { 0 };
	if (!w->writing->out || w->writing->quiet)
		return;
	put_last_line(&s, w->show, &w->totals, ending);
	output_print(&s);
	sink_free(&s);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		if (w->of[k].report.kind->file)
			say_written(&w->of[k], w->writing->out);
}

/** Writes what is buffered, too. */
static bool writers_settle(struct writers *w)
{
	bool ok = writers_flush(w);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		for (size_t i = 0; i < w->of[k].n_to; i++)
			ok = output_settle(&w->of[k].to[i]) && ok;
	return ok;
}

/** An earlier run into the same folder may have had more of them. */
static void remove_further_files(const struct writer *w)
{
	bool more = w->report.kind->turns && w->writers->writing->out;
	for (uint32_t number = w->files + 1; more; number++) {
		char *name = file_name(w, number), *path = place_beside(w->writers->writing->out, "/");
		char *file = place_beside(path, name);
		more = !place_is_special(file) && unlink(file) == 0;
		free(file);
		free(path);
		free(name);
	}
}

/** `keep`: all reports could be written. Without that none is put into its place. */
static bool close_writer(struct writer *w, bool keep)
{
	bool ok = keep;
	for (size_t i = 0; i < w->n_to; i++) {
		if (!keep)
			output_discard(&w->to[i]);
		ok = output_close(&w->to[i]) && ok;
	}
	if (ok)
		remove_further_files(w);
	report_free(&w->report);
	return ok;
}

bool writers_end(struct writers *w, enum ending ending)
{
	end_scenario(w);
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		report_end(&w->of[k].report, &w->totals, ending);
	bool keep = writers_settle(w) && !w->failed, ok = keep;
	for (size_t k = 0; k < w->writing->n_kinds; k++)
		ok = close_writer(&w->of[k], keep) && ok;
	if (ok)
		say_totals(w, ending);
	return ok;
}
