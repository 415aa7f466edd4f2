#include "reports/result_json.h"

#include <assert.h>
#include <stdlib.h>

#include "reports/changes.h"
#include "reports/conditions_text.h"
#include "reports/json.h"
#include "reports/message.h"
#include "reports/outline.h"
#include "reports/unverified.h"
#include "reports/utf8.h"
#include "sim/icmp.h"

/* --- one record of the trace ----------------------------------------------------------------- */

static const char *const event_words[EVENTS] = {
	[EVENT_SENT] = "sent",
	[EVENT_ARRIVED] = "arrived",
	[EVENT_DROPPED] = "dropped",
	[EVENT_NOTE] = "note",
};

static void endpoint_value(struct json *j, struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	if (e.host || e.port)
		json_string(j, text, endpoint_print(e, text));
	else
		json_null(j);
}

static void id_value(struct json *j, uint32_t id)
{
	if (id)
		json_number(j, id);
	else
		json_null(j);
}

static void reason_value(struct json *j, const struct record *r)
{
	char sentence[512] = "";
	if (r->fact)
		record_sentence(r, sentence, sizeof sentence);
	json_text(j, r->fact ? sentence : NULL);
}

static void place_value(struct json *j, const struct iface *iface)
{
	char name[128];
	json_text(j, iface ? iface_name(iface, name, sizeof name) : NULL);
}

static void fragment_object(struct json *j, const struct fragment *f)
{
	json_open(j, '{');
	json_key(j, "count"), json_number(j, f->count);
	json_key(j, "id"), json_number(j, f->id);
	json_key(j, "length"), json_number(j, f->len);
	json_key(j, "number"), json_number(j, f->number);
	json_key(j, "offset"), json_number(j, f->offset);
	json_close(j, '}');
}

/** Places in the text of this message, and in the text of its parent's. */
static void changed_array(struct json *j, struct payload *p)
{
	const struct change *c = payload_changes(p);
	json_open(j, '[');
	for (uint32_t i = 0; i < p->changes; i++) {
		struct span where = change_where(p, &c[i]), parameter = change_parameter(p, &c[i]);
		json_item(j), json_open(j, '{');
		json_key(j, "at"), json_number(j, c[i].at);
		json_key(j, "len"), json_number(j, c[i].len);
		json_key(j, "old_at"), json_number(j, c[i].old_at);
		json_key(j, "old_len"), json_number(j, c[i].old_len);
		json_key(j, "parameter");
		if (parameter.len)
			json_string(j, parameter.at, parameter.len);
		else
			json_null(j);
		json_key(j, "where"), json_string(j, where.at, where.len);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void record_object(struct json *j, const struct record *r)
{
	struct span text = message_text(r);
	json_open(j, '{');
	json_key(j, "at"), place_value(j, r->iface);
	json_key(j, "at_us"), json_number(j, (uint64_t)r->at);
	if (r->event == EVENT_SENT && r->payload && r->payload->changes)
		json_key(j, "changed"), changed_array(j, r->payload);
	json_key(j, "clause"), json_text(j, r->fact ? r->fact->clause : NULL);
	json_key(j, "dst"), endpoint_value(j, r->dst);
	if (!message_is_utf8(text))
		json_key(j, "encoding"), json_text(j, "latin-1");
	json_key(j, "event"), json_text(j, event_words[r->event]);
	if (r->fragment)
		json_key(j, "fragment"), fragment_object(j, r->fragment);
	json_key(j, "id"), id_value(j, r->id);
	json_key(j, "label"), json_text(j, r->label);
	json_key(j, "parent"), id_value(j, r->parent);
	json_key(j, "reason"), reason_value(j, r);
	json_key(j, "src"), endpoint_value(j, r->src);
	json_key(j, "text"), message_json(j, text);
	json_close(j, '}');
}

/** All records from the first datagram on: what nodes remark before anything is sent is no part of the story.
 */
static void trace_array(struct json *j, const struct trace *trace)
{
	bool begun = false;
	struct trace_cursor c = trace_first(trace);
	json_open(j, '[');
	for (const struct record *r; (r = trace_next(&c));) {
		begun = begun || r->event == EVENT_SENT;
		if (begun)
			json_item(j), record_object(j, r);
	}
	json_close(j, ']');
}

/* --- one cell -------------------------------------------------------------------------------- */

static void choice_object(struct json *j, const struct shown *shown, const uint32_t *choice)
{
	const struct scenario *s = shown->scenario;
	json_open(j, '{');
	for (uint32_t i = 0; i < s->n_axes; i++) {
		uint32_t axis = shown->by_name[i];
		json_key(j, s->axes[axis].name), json_text(j, s->axes[axis].values[choice[axis]]);
	}
	json_close(j, '}');
}

static void between_array(struct json *j, const usec between[2])
{
	json_open(j, '[');
	json_item(j), json_number(j, (uint64_t)between[0]);
	json_item(j), json_number(j, (uint64_t)between[1]);
	json_close(j, ']');
}

static void check_object(struct json *j, const struct scenario *s, const struct check_result *r)
{
	bool group = r->works + r->fails > 1;
	json_open(j, '{');
	json_key(j, "at_us");
	if (r->at >= 0)
		json_number(j, (uint64_t)r->at);
	else
		json_null(j);
	if (r->between[1])
		json_key(j, "between_us"), between_array(j, r->between);
	json_key(j, "cause"), json_text(j, r->cause ? r->cause->word : NULL);
	json_key(j, "cause_id"), json_text(j, r->cause ? r->cause->id : NULL);
	json_key(j, "check"), json_text(j, r->check->name);
	json_key(j, "datagram"), id_value(j, r->datagram);
	if (group)
		json_key(j, "fails"), json_number(j, r->fails);
	json_key(j, "lost_at"), json_text(j, r->lost_at);
	json_key(j, "result"), json_text(j, verdict_words[r->result]);
	json_key(j, "sentence"), json_text(j, r->sentence);
	json_key(j, "subject"), json_text(j, check_subject(s, r->check));
	if (r->surprise)
		json_key(j, "surprise"), json_text(j, r->surprise);
	if (r->check->hearer >= 0)
		json_key(j, "to"), json_text(j, s->nodes[r->check->hearer].name);
	if (group)
		json_key(j, "works"), json_number(j, r->works);
	json_close(j, '}');
}

static void checks_array(struct json *j, const struct scenario *s, const struct cell_result *r)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < r->n_checks; i++)
		json_item(j), check_object(j, s, &r->checks[i]);
	json_close(j, ']');
}

/** The same words as put_cell_id(), as a JSON string. */
static void cell_id(struct json *j, const struct scenario *s, const uint32_t *choice)
{
	json_quote(j);
	json_piece(j, s->path);
	for (uint32_t i = 0; i < s->n_axes; i++) {
		sink_char(j->out, i ? ',' : '[');
		json_piece(j, s->axes[i].name);
		sink_char(j->out, '=');
		json_piece(j, s->axes[i].values[choice[i]]);
	}
	if (s->n_axes)
		sink_char(j->out, ']');
	json_quote(j);
}

static void weak_array(struct json *j, const struct cell_result *r)
{
	struct sink name = { 0 };
	json_open(j, '[');
	for (uint32_t i = 0; i < RESULT_WEAK && r->weak[i]; i++) {
		sink_clear(&name);
		put_model_name(&name, r->weak[i]);
		json_item(j), json_string(j, name.bytes, name.len);
	}
	json_close(j, ']');
	sink_free(&name);
}

static void causes_array(struct json *j, uint64_t among)
{
	json_open(j, '[');
	for (const struct cause *c = NULL; (c = next_cause(among, c));)
		json_item(j), json_text(j, c->word);
	json_close(j, ']');
}

static void outcome_object(struct json *j, const struct outcome *o)
{
	json_open(j, '{');
	json_key(j, "causes"), causes_array(j, o->causes);
	json_key(j, "count"), json_number(j, o->seeds);
	json_key(j, "expected"), json_bool(j, o->expected);
	json_key(j, "seed"), json_number(j, o->seed);
	json_key(j, "verdict"), json_text(j, verdict_words[o->verdict]);
	json_close(j, '}');
}

static void seeds_object(struct json *j, const struct cell_result *r)
{
	json_open(j, '{');
	json_key(j, "n"), json_number(j, r->seeds);
	json_key(j, "outcomes"), json_open(j, '[');
	for (uint32_t i = 0; i < r->n_outcomes; i++)
		json_item(j), outcome_object(j, &r->outcomes[i]);
	json_close(j, ']');
	json_close(j, '}');
}

void render_cell(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out)
{
	struct json j = { out };
	(void)scratch;
	json_open(&j, '{');
	json_key(&j, "cell"), choice_object(&j, shown, r->choice);
	json_key(&j, "checks"), checks_array(&j, shown->scenario, r);
	json_key(&j, "confidence"), json_text(&j, confidence_words[r->confidence]);
	if (r->exception)
		json_key(&j, "exception"), json_number(&j, (uint64_t)(r->exception - shown->scenario->exceptions));
	json_key(&j, "expected"), json_bool(&j, r->expected);
	json_key(&j, "id"), cell_id(&j, shown->scenario, r->choice);
	json_key(&j, "known"), json_bool(&j, r->known);
	if (r->seeds)
		json_key(&j, "seeds"), seeds_object(&j, r);
	if (r->surprise)
		json_key(&j, "surprise"), json_text(&j, r->surprise);
	if (show->bytes && r->world)
		json_key(&j, "trace"), trace_array(&j, &r->world->trace);
	if (r->weak[0])
		json_key(&j, "unverified"), weak_array(&j, r);
	json_key(&j, "verdict"), json_text(&j, verdict_words[r->verdict]);
	json_key(&j, "why"), json_text(&j, r->why);
	json_close(&j, '}');
}

/* --- the whole ------------------------------------------------------------------------------- */

/** What the report remembers between calls: whether a comma is due. */
struct progress {
	bool scenarios, cells;
};

static void begin(struct report *report)
{
	report->state = calloc(1, sizeof(struct progress));
	assert(report->state);
	struct json j = { &report->out };
	json_open(&j, '{');
	json_key(&j, "format"), json_number(&j, 1);
	if (report->show->run)
		json_key(&j, "run"), json_text(&j, report->show->run);
	json_key(&j, "scenarios"), json_open(&j, '[');
}

static void axes_object(struct json *j, const struct shown *shown)
{
	json_open(j, '{');
	for (uint32_t i = 0; i < shown->scenario->n_axes; i++) {
		const struct axis *axis = &shown->scenario->axes[shown->by_name[i]];
		json_key(j, axis->name), json_open(j, '[');
		for (uint32_t v = 0; v < axis->n; v++)
			json_item(j), json_text(j, axis->values[v]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void begin_scenario(struct report *report, const struct shown *shown)
{
	struct progress *progress = report->state;
	struct json j = { &report->out };
	sink_text(&report->out, progress->scenarios ? ",\n" : "\n");
	*progress = (struct progress){ .scenarios = true };
	json_open(&j, '{');
	json_key(&j, "axes"), axes_object(&j, shown);
	json_key(&j, "cells"), json_open(&j, '[');
}

static void cell(struct report *report, const struct shown *shown, const struct brief *brief,
		 const char *rendered, size_t n)
{
	struct progress *progress = report->state;
	(void)shown, (void)brief;
	sink_text(&report->out, progress->cells ? ",\n" : "\n");
	sink_put(&report->out, rendered, n);
	progress->cells = true;
}

void put_totals_json(struct json *j, const struct show *show, const struct totals *t)
{
	const struct {
		const char *key;
		uint64_t n;
		bool seldom; /* only where there are any */
	} rows[] = {
		{ "degraded", t->verdicts[VERDICT_DEGRADED] },
		{ "error", t->verdicts[VERDICT_ERROR] },
		{ "fails", t->verdicts[VERDICT_FAILS] },
		{ "hidden", t->hidden, true },
		{ "known", t->known },
		{ "skipped", t->verdicts[VERDICT_SKIPPED] },
		{ "stops", t->verdicts[VERDICT_STOPS] },
		{ "unexpected", t->unexpected },
		{ "works", t->verdicts[VERDICT_WORKS] },
	};
	json_open(j, '{');
	if (show->seeds)
		json_key(j, "by_chance"), json_number(j, t->by_chance);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].n || !rows[i].seldom)
			json_key(j, rows[i].key), json_number(j, rows[i].n);
	json_close(j, '}');
}

static void end_scenario(struct report *report, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	const struct scenario *s = shown->scenario;
	struct json j = { &report->out };
	sink_text(&report->out, "\n");
	json_close(&j, ']');
	json_key(&j, "conditions"), conditions_array(&j, s, conditions);
	if (conditions)
		json_key(&j, "conditions_proof"), json_text(&j, conditions_proof_words[conditions_found(conditions)->proof]);
	json_key(&j, "name"), json_text(&j, s->name);
	json_key(&j, "outline"), put_outline(&j, report->show, shown);
	json_key(&j, "path"), json_text(&j, s->path);
	json_key(&j, "seed"), json_number(&j, shown->seed);
	json_key(&j, "sha256"), json_text(&j, s->sha256);
	json_key(&j, "totals"), put_totals_json(&j, report->show, totals);
	json_close(&j, '}');
}

/** `interrupted` stands behind the scenarios because nobody knows of it before. */
static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct json j = { &report->out };
	(void)totals;
	sink_text(&report->out, "\n");
	json_close(&j, ']');
	if (ending == ENDING_INTERRUPTED)
		json_key(&j, "interrupted"), json_bool(&j, true);
	if (report->show->least > CONFIDENCE_LOW)
		json_key(&j, "min_confidence"), json_text(&j, confidence_words[report->show->least]);
	json_key(&j, "tool"), json_open(&j, '{');
	json_key(&j, "catalogue"), json_text(&j, report->show->catalogue);
	if (report->show->command)
		json_key(&j, "command"), json_text(&j, report->show->command);
	json_key(&j, "name"), json_text(&j, "viaport");
	json_key(&j, "version"), json_text(&j, report->show->version);
	json_close(&j, '}');
	json_close(&j, '}');
	sink_text(&report->out, "\n");
}

static void free_state(struct report *report)
{
	free(report->state);
}

const struct report_kind json_report = {
	.name = "json",
	.file = "result.json",
	.render = render_cell,
	.begin = begin,
	.begin_scenario = begin_scenario,
	.cell = cell,
	.end_scenario = end_scenario,
	.end = end,
	.free = free_state,
};

void put_result_head(struct sink *s, const struct show *show)
{
	struct report report;
	const struct totals none = { 0 };
	struct show all = *show;
	all.least = CONFIDENCE_LOW;
	report_begin(&report, &json_report, &all);
	for (uint32_t i = 0; i < show->n; i++) {
		json_report.begin_scenario(&report, &show->scenarios[i]);
		json_report.end_scenario(&report, &show->scenarios[i], &none, NULL);
	}
	json_report.end(&report, &none, ENDING_COMPLETE);
	for (size_t i = 0; i < report.out.len; i++)
		if (report.out.bytes[i] != '\n')
			sink_char(s, report.out.bytes[i]);
	report_free(&report);
}
