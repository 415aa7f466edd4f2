#include "reports/why.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/json.h"
#include "scenarios/axis_knobs.h"

#define FAR_TOLD   20
#define KNOBS_TOLD 6
#define CURES_TOLD 5

/** The cells that differ from it in one axis, and what is to be had there. */
struct way {
	const struct why *why;
	uint32_t axis;
	const struct why_cell **others; /* in the order of the axis' values */
	uint32_t n;
	enum verdict best; /* of the others; VERDICTS: none of them is better than it */
	uint32_t n_best;
};

/* --- one axis ---------------------------------------------------------------------------------- */

static const struct axis *axis_of(const struct way *way)
{
	return &way->why->shown->scenario->axes[way->axis];
}

static uint32_t value_of(const struct way *way, const struct why_cell *cell)
{
	return cell_value(way->why->shown->scenario, way->axis, cell->brief.cell);
}

/** Verdicts are in the order from good to bad; what was not run or came to no result is none. */
static bool is_better(enum verdict v, enum verdict than)
{
	return v < than && v < VERDICT_SKIPPED;
}

static struct way way_of(const struct why *w, uint32_t axis)
{
	struct way way = { .why = w, .axis = axis, .best = VERDICTS };
	way.others = calloc(w->n_near + 1, sizeof *way.others);
	assert(way.others);
	for (uint64_t i = 0; i < w->n_near; i++) {
		const struct why_cell *other = &w->near[i];
		if (value_of(&way, other) == value_of(&way, &w->it))
			continue;
		way.others[way.n++] = other;
		if (is_better(other->brief.verdict, w->it.brief.verdict) && is_better(other->brief.verdict, way.best))
			way.best = other->brief.verdict;
	}
	for (uint32_t i = 0; i < way.n; i++)
		way.n_best += way.others[i]->brief.verdict == way.best;
	return way;
}

enum verdict why_best(const struct why *w, uint32_t axis)
{
	struct way way = way_of(w, axis);
	free(way.others);
	return way.best;
}

static void way_free(struct way *way)
{
	free(way->others);
}

/* --- knobs ------------------------------------------------------------------------------------- */

static const struct axis_knobs *knobs_of(const struct way *way)
{
	static const struct axis_knobs none;
	return way->why->shown->knobs ? &way->why->shown->knobs[way->axis] : &none;
}

static const char *knob_here(const struct way *way, const struct axis_knob *knob)
{
	return knob->values[value_of(way, &way->why->it)];
}

/** What all of the best have this knob set to, while here it is not; NULL: they do not agree. */
static const char *knob_there(const struct way *way, const struct axis_knob *knob)
{
	const char *there = NULL;
	for (uint32_t i = 0; i < way->n; i++) {
		const char *text = knob->values[value_of(way, way->others[i])];
		if (way->others[i]->brief.verdict != way->best)
			continue;
		if (there && strcmp(there, text) != 0)
			return NULL;
		there = text;
	}
	return there && strcmp(there, knob_here(way, knob)) != 0 ? there : NULL;
}

/** Do only the best have it so? Then it is enough of a reason. */
static bool knob_decides(const struct way *way, const struct axis_knob *knob, const char *there)
{
	for (uint32_t i = 0; i < way->n; i++)
		if (way->others[i]->brief.verdict != way->best &&
		    strcmp(knob->values[value_of(way, way->others[i])], there) == 0)
			return false;
	return true;
}

/** How many knobs the best share, of those that decide or of all. */
static uint32_t count_shared(const struct way *way, bool deciding)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < knobs_of(way)->n; i++) {
		const struct axis_knob *knob = &knobs_of(way)->items[i];
		const char *there = knob_there(way, knob);
		n += there && (!deciding || knob_decides(way, knob, there));
	}
	return n;
}

/** Shows the knobs that all of the best share: those that decide, when there are any. */
static void each_shared(const struct way *way,
			void (*see)(void *context, const struct axis_knob *, const char *here, const char *there),
			void *context)
{
	bool deciding = count_shared(way, true);
	for (uint32_t i = 0; i < knobs_of(way)->n; i++) {
		const struct axis_knob *knob = &knobs_of(way)->items[i];
		const char *there = knob_there(way, knob);
		if (there && (!deciding || knob_decides(way, knob, there)))
			see(context, knob, knob_here(way, knob), there);
	}
}

/* --- words ------------------------------------------------------------------------------------- */

static void put_verdict(struct sink *s, const struct brief *b)
{
	sink_text(s, verdict_words[b->verdict]);
	sink_text(s, b->causes ? ": " : "");
	put_cause_words(s, b->causes);
}

/** A text that somebody has put together, wrapped. */
static void put_line(struct sink *s, const struct paper *paper, struct sink *text, size_t first, size_t indent)
{
	sink_char(text, '\0');
	sink_repeat(s, ' ', first);
	put_wrapped(s, text->bytes, first, indent, paper->width);
	sink_char(s, '\n');
	sink_free(text);
}

/** "phone=cisco-7940, router=linux" */
static void put_place(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		sink_text(s, i ? ", " : "");
		put_choice(s, scenario, i, cell);
	}
}

static void put_it(struct sink *s, const struct paper *paper, const struct why *w)
{
	struct sink text = { 0 };
	put_place(&text, w->shown->scenario, w->it.brief.cell);
	put_line(s, paper, &text, 0, 2);
	put_verdict(&text, &w->it.brief);
	sink_printf(&text, " (%s confidence)", confidence_words[w->it.brief.confidence]);
	put_line(s, paper, &text, 2, 4);
	if (w->it.sentence)
		put_paragraph(s, w->it.sentence, 4, paper->width);
}

/** "keep phone and server, " */
static void put_kept_axes(struct sink *s, const struct way *way)
{
	const struct scenario *scenario = way->why->shown->scenario;
	uint32_t left = scenario->n_axes - 1;
	sink_text(s, left ? "keep " : "");
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		if (i == way->axis)
			continue;
		sink_printf(s, "%s%s", scenario->axes[i].name, left == 2 ? " and " : ", ");
		left--;
	}
}

/** "linux, pfsense-static (high); openwrt (low)": the surest first. */
static void put_best(struct sink *s, const struct way *way)
{
	const char *before = "";
	for (int level = CONFIDENCE_HIGH; level >= CONFIDENCE_LOW; level--) {
		bool any = false;
		for (uint32_t i = 0; i < way->n; i++) {
			const struct brief *b = &way->others[i]->brief;
			if (b->verdict != way->best || (int)b->confidence != level)
				continue;
			sink_printf(s, "%s%s", any ? ", " : before,
				    axis_of(way)->values[value_of(way, way->others[i])]);
			any = true;
		}
		if (any)
			sink_printf(s, " (%s)", confidence_words[level]);
		before = any ? "; " : before;
	}
}

struct shared_text {
	struct sink text;
	uint32_t n;
};

static void add_shared(void *context, const struct axis_knob *knob, const char *here, const char *there)
{
	struct shared_text *shared = context;
	if (shared->n++ < KNOBS_TOLD)
		sink_printf(&shared->text, "%s%s %s, not %s", shared->n > 1 ? "; " : "", knob->name, there, here);
}

static void put_shared(struct sink *s, const struct paper *paper, const struct way *way)
{
	struct shared_text shared = { 0 };
	sink_text(&shared.text, "no knob is confirmed, alone or with another one; they differ in: ");
	each_shared(way, add_shared, &shared);
	if (shared.n > KNOBS_TOLD)
		sink_printf(&shared.text, "; and %u more", shared.n - KNOBS_TOLD);
	if (shared.n)
		put_line(s, paper, &shared.text, 4, 6);
	sink_free(&shared.text);
}

static const struct why_cures *cures_of(const struct way *way)
{
	static const struct why_cures none;
	return way->why->cures ? &way->why->cures[way->axis] : &none;
}

/** "router ports preserve (not random) and router filtering ..." */
static void put_cure(struct sink *s, const struct why_cure *cure)
{
	for (uint32_t i = 0; i < cure->n; i++)
		sink_printf(s, "%s%s %s (not %s)", i ? " and " : "", cure->knobs[i].name, cure->knobs[i].there,
			    cure->knobs[i].here);
}

/** Other values of the same knobs? */
static bool is_alike(const struct why_cure *one, const struct why_cure *other)
{
	bool alike = one->n == other->n;
	for (uint32_t i = 0; alike && i < one->n; i++)
		alike = strcmp(one->knobs[i].name, other->knobs[i].name) == 0;
	return alike;
}

/** "confirmed: with router ports preserve (not random), or with router alg alg-c (not none) it works" */
static void put_cures(struct sink *s, const struct paper *paper, const struct way *way)
{
	static const char *const then[] = {
		[VERDICT_WORKS] = "works", [VERDICT_DEGRADED] = "is degraded", [VERDICT_STOPS] = "stops"
	};
	const struct why_cures *cures = cures_of(way);
	struct sink text = { 0 };
	sink_text(&text, "confirmed: ");
	uint32_t told = 0;
	for (uint32_t i = 0; i < cures->n && told < CURES_TOLD; i++) {
		if (i && is_alike(&cures->items[i], &cures->items[i - 1]))
			continue;
		sink_text(&text, told++ ? ", or with " : "with ");
		put_cure(&text, &cures->items[i]);
	}
	if (told < cures->n)
		sink_printf(&text, ", or in %u more way%s,", cures->n - told, cures->n - told == 1 ? "" : "s");
	sink_printf(&text, " it %s", then[way->best]);
	put_line(s, paper, &text, 4, 6);
}

/** "keep router and server, take another phone: 3 of 4 work" */
static void put_way(struct sink *s, const struct paper *paper, const struct way *way)
{
	struct sink text = { 0 };
	put_kept_axes(&text, way);
	sink_printf(&text, "take another %s: ", axis_of(way)->name);
	if (way->best == VERDICTS)
		sink_printf(&text, "none of %u is better", way->n);
	else if (way->best == VERDICT_WORKS)
		sink_printf(&text, "%u of %u work%s", way->n_best, way->n, way->n_best == 1 ? "s" : "");
	else
		sink_printf(&text, "none works, %u of %u %s %s", way->n_best, way->n, way->n_best == 1 ? "is" : "are",
			    verdict_words[way->best]);
	put_line(s, paper, &text, 2, 4);
	if (way->best == VERDICTS)
		return;
	put_best(&text, way);
	put_line(s, paper, &text, 4, 4);
	if (cures_of(way)->n)
		put_cures(s, paper, way);
	else
		put_shared(s, paper, way);
}

static void put_far(struct sink *s, const struct paper *paper, const struct why *w)
{
	struct sink text = { 0 };
	sink_printf(&text, "with %u changes:", w->changes);
	put_line(s, paper, &text, 0, 0);
	for (uint64_t i = 0; i < w->n_far && i < FAR_TOLD; i++) {
		put_place(&text, w->shown->scenario, w->far[i].brief.cell);
		sink_printf(&text, " (%s)", confidence_words[w->far[i].brief.confidence]);
		put_line(s, paper, &text, 2, 4);
	}
	if (w->n_far > FAR_TOLD) {
		sink_text(s, "  and ");
		put_thousands(s, w->n_far - FAR_TOLD);
		sink_text(s, " more\n");
	}
}

static void put_farther(struct sink *s, const struct paper *paper, const struct why *w)
{
	sink_text(s, "\nNo cell that differs in one axis works");
	if (w->n_far) {
		sink_text(s, "; ");
		put_far(s, paper, w);
	} else if (w->unseen) {
		sink_text(s, "; of the others ");
		put_count(s, w->unseen, "cell");
		sink_text(s, " were not tried.\n");
	} else {
		sink_text(s, ", nor does any other.\n");
	}
}

static bool any_works(const struct why *w)
{
	for (uint64_t i = 0; i < w->n_near; i++)
		if (w->near[i].brief.verdict == VERDICT_WORKS)
			return true;
	return false;
}

void put_why(struct sink *s, const struct paper *paper, const struct why *w)
{
	put_it(s, paper, w);
	if (w->it.brief.verdict == VERDICT_WORKS)
		return;
	sink_text(s, "\nWith one change:\n");
	for (uint32_t i = 0; i < w->shown->scenario->n_axes; i++) {
		struct way way = way_of(w, i);
		if (way.n)
			put_way(s, paper, &way);
		way_free(&way);
	}
	if (!any_works(w))
		put_farther(s, paper, w);
}

/* --- JSON -------------------------------------------------------------------------------------- */

static void choices_object(struct json *j, const struct shown *shown, uint64_t cell)
{
	const struct scenario *s = shown->scenario;
	json_open(j, '{');
	for (uint32_t i = 0; i < s->n_axes; i++) {
		const struct axis *axis = &s->axes[shown->by_name[i]];
		json_key(j, axis->name), json_text(j, axis->values[cell_value(s, shown->by_name[i], cell)]);
	}
	json_close(j, '}');
}

static void cell_object(struct json *j, const struct why *w, const struct why_cell *c)
{
	struct sink id = { 0 };
	put_cell_id(&id, w->shown->scenario, c->brief.cell);
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, c->brief.cause ? c->brief.cause->word : NULL);
	json_key(j, "cell"), choices_object(j, w->shown, c->brief.cell);
	json_key(j, "confidence"), json_text(j, confidence_words[c->brief.confidence]);
	json_key(j, "id"), json_string(j, id.bytes, id.len);
	json_key(j, "sentence"), json_text(j, c->sentence);
	json_key(j, "verdict"), json_text(j, verdict_words[c->brief.verdict]);
	json_close(j, '}');
	sink_free(&id);
}

static void knob_object(struct json *j, const struct why_knob *knob)
{
	json_item(j), json_open(j, '{');
	json_key(j, "here"), json_text(j, knob->here);
	json_key(j, "knob"), json_text(j, knob->name);
	json_key(j, "there"), json_text(j, knob->there);
	json_close(j, '}');
}

static void add_knob(void *context, const struct axis_knob *knob, const char *here, const char *there)
{
	knob_object(context, &(struct why_knob){ knob->name, here, there });
}

static void cures_array(struct json *j, const struct why_cures *cures)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < cures->n; i++) {
		json_item(j), json_open(j, '[');
		for (uint32_t k = 0; k < cures->items[i].n; k++)
			knob_object(j, &cures->items[i].knobs[k]);
		json_close(j, ']');
	}
	json_close(j, ']');
}

static void way_object(struct json *j, const struct way *way)
{
	json_item(j), json_open(j, '{');
	json_key(j, "axis"), json_text(j, axis_of(way)->name);
	json_key(j, "best"), json_text(j, way->best < VERDICTS ? verdict_words[way->best] : NULL);
	json_key(j, "cells"), json_open(j, '[');
	for (uint32_t i = 0; i < way->n; i++)
		json_item(j), cell_object(j, way->why, way->others[i]);
	json_close(j, ']');
	json_key(j, "confirmed"), cures_array(j, cures_of(way));
	json_key(j, "knobs"), json_open(j, '[');
	if (way->best < VERDICTS)
		each_shared(way, add_knob, j);
	json_close(j, ']');
	json_close(j, '}');
}

void put_why_json(struct sink *s, const struct why *w)
{
	struct json j = { s };
	json_open(&j, '{');
	json_key(&j, "axes"), json_open(&j, '[');
	for (uint32_t i = 0; i < w->shown->scenario->n_axes; i++) {
		struct way way = way_of(w, i);
		way_object(&j, &way);
		way_free(&way);
	}
	json_close(&j, ']');
	json_key(&j, "changes"), json_number(&j, w->changes);
	json_key(&j, "far"), json_open(&j, '[');
	for (uint64_t i = 0; i < w->n_far; i++)
		json_item(&j), cell_object(&j, w, &w->far[i]);
	json_close(&j, ']');
	json_key(&j, "format"), json_number(&j, 1);
	json_key(&j, "it"), cell_object(&j, w, &w->it);
	json_key(&j, "unseen"), json_number(&j, w->unseen);
	json_close(&j, '}');
	sink_text(s, "\n");
}
