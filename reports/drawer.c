#include "reports/drawer.h"

#include "models/sip.h"
#include "reports/cure.h"
#include "reports/diagram.h"
#include "reports/html_parts.h"
#include "reports/lesson.h"
#include "reports/message.h"

/** A message text that the drawer refers to: the same bytes of the same payload are the same text. */
struct drawer_text {
	const char *at;
	size_t len;
};

struct drawer {
	struct arena *arena;
	struct diagram diagram;
	struct drawer_text *texts;
	uint32_t n_texts, n_parts;
	struct sink *lines; /* that are whole */
	struct sink bytes;  /* of the part that is being said */
	struct json json;   /* writes into them */
};

/* --- small values ---------------------------------------------------------------------------- */

static const char *const kind_words[] = {
	[DIAGRAM_ARROW] = "arrow",
	[DIAGRAM_NOTE] = "note",
	[DIAGRAM_FOLD] = "fold",
	[DIAGRAM_GAP] = "gap",
};

static const char *const mark_words[MARKS] = { "plain", "new", "stale" };

static const char *const rule_words[] = {
	[NAT_ROW_FORWARD] = "forward",
	[NAT_ROW_ONE_TO_ONE] = "one-to-one",
	[NAT_ROW_EXPECTATION] = "pinhole",
	[NAT_ROW_FLOW] = NULL,
};

static void time_value(struct json *j, usec at)
{
	if (at == NEVER)
		json_null(j);
	else
		json_number(j, (uint64_t)at);
}

/** "192.168.1.104:5060", "*:5060", "192.168.1.104:*", "any" */
static void endpoint_value(struct json *j, struct endpoint e)
{
	char host[HOST_TEXT_MAX], port[DECIMAL_MAX + 1];
	struct sink s = { 0 };
	host_print(e.host, host);
	port[decimal_print(e.port, port)] = '\0';
	if (e.host || e.port)
		sink_printf(&s, "%s:%s", e.host ? host : "*", e.port ? port : "*");
	else
		sink_text(&s, "any");
	json_string(j, s.bytes, s.len);
	sink_free(&s);
}

/** Members that say nothing are left out, because a page may have many thousands of them. */
static void text_member(struct json *j, const char *key, const char *text)
{
	if (text && *text)
		json_key(j, key), json_text(j, text);
}

static void true_member(struct json *j, const char *key, bool yes)
{
	if (yes)
		json_key(j, key), json_bool(j, true);
}

/* --- lanes ----------------------------------------------------------------------------------- */

/** Without the "LAN " or "WAN " that a picture needs. */
static const char *bare_address(const struct diagram_lane *lane, int side)
{
	const char *text = lane->address[side];
	return lane->wide && text ? text + strlen("LAN ") : text;
}

static void lane_object(struct json *j, const struct diagram_lane *lane)
{
	json_open(j, '{');
	json_key(j, "address"), json_open(j, '[');
	for (int side = 0; side < 1 + lane->wide; side++)
		json_item(j), json_text(j, bare_address(lane, side));
	json_close(j, ']');
	true_member(j, "mirrored", lane->mirrored);
	text_member(j, "model", lane->model);
	json_key(j, "name"), json_text(j, lane->name);
	true_member(j, "wide", lane->wide);
	json_close(j, '}');
}

/* --- pieces ---------------------------------------------------------------------------------- */

/** What was said until here becomes a part. Returns its number. */
static uint32_t end_part(struct drawer *d)
{
	sink_char(d->lines, DRAWER_PART);
	sink_put(d->lines, d->bytes.bytes, d->bytes.len);
	sink_char(d->lines, '\n');
	sink_clear(&d->bytes);
	d->json.more = false;
	return d->n_parts++;
}

static void reference(struct json *j, char to, uint32_t number)
{
	sink_char(j->out, to);
	sink_number(j->out, number);
	j->more = true;
}

/** References to so many parts in a row. */
static void parts_array(struct json *j, uint32_t first, uint32_t n)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < n; i++)
		json_item(j), reference(j, TO_PART, first + i);
	json_close(j, ']');
}

/** The number of its line, which is added when it is not there yet. */
static uint32_t text_number(struct drawer *d, struct span text)
{
	struct json line = { d->lines };
	for (uint32_t i = 0; i < d->n_texts; i++)
		if (d->texts[i].at == text.at && d->texts[i].len == text.len)
			return i;
	sink_char(d->lines, DRAWER_TEXT);
	message_json(&line, text);
	sink_char(d->lines, '\n');
	d->texts[d->n_texts] = (struct drawer_text){ text.at, text.len };
	return d->n_texts++;
}

static void text_reference(struct drawer *d, const char *key, struct span text)
{
	json_key(&d->json, key), reference(&d->json, TO_TEXT, text_number(d, text));
}

/** [at, length] in UTF-16 code units, and its mark. */
static void span_item(struct json *j, struct span text, uint32_t at, uint32_t len, const char *mark)
{
	uint32_t from = message_units(text, at), to = message_units(text, at + len);
	json_item(j), json_open(j, '[');
	json_item(j), json_number(j, from);
	json_item(j), json_number(j, to - from);
	if (mark)
		json_item(j), json_text(j, mark);
	json_close(j, ']');
}

/* --- what was changed, what is wrong --------------------------------------------------------- */

/** The datagram that a router passes on with this step; NULL: none. */
static const struct record *passed_on(const struct drawer *d, const struct diagram_step *step)
{
	return step->joins == DIAGRAM_NOWHERE ? NULL : d->diagram.steps[step->joins].record;
}

/** Has this hop rewritten the message? A fragment has only a part of it. */
static bool is_rewritten(const struct record *before, const struct record *r)
{
	return before && before->payload && !before->fragment && !r->fragment && r->payload != before->payload &&
	       r->payload->changes;
}

/** "host:port" of the topmost Via. */
static struct slice sent_by(const struct payload *p, const struct sip_view *v)
{
	uint32_t end = v->via_host.at + v->via_host.len, limit = v->via.at + v->via.len;
	if (v->via_port != SIP_ABSENT)
		while (end < limit && p->bytes[end] != ';')
			end++;
	return siptext_trim(p->bytes, (struct slice){ v->via_host.at, (uint16_t)(end - v->via_host.at) });
}

/** What in a message sends it, or its answer, to the wrong place: the Via, or the URI of a request that went astray. */
static struct slice stale_place(const struct diagram_step *step, const struct payload *p, const struct sip_view *v)
{
	if (step->misled && v->request)
		return siptext_uri_hostport(p->bytes, v->uri);
	return sent_by(p, v);
}

static bool has_stale(const struct diagram_step *step)
{
	for (const struct diagram_patch *p = step->patches; p; p = p->next)
		if (p->mark == MARK_STALE)
			return true;
	return false;
}

/** None in what is no SIP, nor in a fragment. */
static struct slice stale_of(const struct diagram_step *step)
{
	const struct record *r = step->record;
	const struct sip_view *v = has_stale(step) && !r->fragment ? sip_view(r->iface->node->world, r->payload) : NULL;
	return v ? stale_place(step, r->payload, v) : (struct slice){ 0, 0 };
}

static void spans_member(struct json *j, const struct diagram_step *step, const struct record *before, struct span text)
{
	const struct record *r = step->record;
	const struct change *c = is_rewritten(before, r) ? payload_changes(r->payload) : NULL;
	struct slice stale = stale_of(step);
	if (!c && !stale.len)
		return;
	json_key(j, "spans"), json_open(j, '[');
	for (uint32_t i = 0; c && i < r->payload->changes; i++)
		span_item(j, text, c[i].at, c[i].len, mark_words[MARK_NEW]);
	if (stale.len)
		span_item(j, text, stale.at, stale.len, mark_words[MARK_STALE]);
	json_close(j, ']');
}

static void old_members(struct drawer *d, const struct record *before, const struct record *r)
{
	struct span old = is_rewritten(before, r) ? message_text(before) : (struct span){ NULL, 0 };
	const struct change *c = old.at ? payload_changes(r->payload) : NULL;
	if (!old.at)
		return;
	text_reference(d, "old", old);
	json_key(&d->json, "old_spans"), json_open(&d->json, '[');
	for (uint32_t i = 0; i < r->payload->changes; i++)
		span_item(&d->json, old, c[i].old_at, c[i].old_len, NULL);
	json_close(&d->json, ']');
}

/* --- steps ----------------------------------------------------------------------------------- */

static void end_value(struct json *j, struct diagram_end end)
{
	if (end.lane == DIAGRAM_NOWHERE) {
		json_null(j);
		return;
	}
	json_open(j, '[');
	json_item(j), json_number(j, end.lane);
	json_item(j), json_number(j, end.right);
	json_close(j, ']');
}

static void patches_member(struct json *j, const struct diagram_step *step)
{
	if (!step->patches)
		return;
	json_key(j, "patches"), json_open(j, '[');
	for (const struct diagram_patch *p = step->patches; p; p = p->next) {
		json_item(j), json_open(j, '{');
		json_key(j, "mark"), json_text(j, mark_words[p->mark]);
		json_key(j, "text"), json_text(j, p->text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/** What is worth telling of its tables. */
static void told_member(struct json *j, const struct diagram_step *step)
{
	if (!step->told[0] && !step->told[1])
		return;
	json_key(j, "told"), json_open(j, '[');
	for (uint32_t i = 0; i < STEP_TABLES; i++)
		if (step->told[i])
			json_item(j), json_text(j, step->told[i]);
	json_close(j, ']');
}

static void place_member(struct json *j, const char *key, const struct diagram_step *step, struct endpoint e)
{
	if (step->kind == DIAGRAM_ARROW)
		json_key(j, key), endpoint_value(j, e);
}

static uint32_t number_of(const struct drawer *d, const struct diagram_step *step)
{
	return (uint32_t)(step - d->diagram.steps);
}

/**
 * What is different in each drawer is told by how far it is: the step that it joins is so many `back`, its tables are the next ones
 * of the drawer, and it died so long behind its time, which stands in the drawer.
 */
static void step_object(struct drawer *d, const struct diagram_step *step)
{
	struct json *j = &d->json;
	uint64_t tables = (step->tables[0] != NULL) + (step->tables[1] != NULL);
	const struct record *before = passed_on(d, step);
	bool arrow = step->kind == DIAGRAM_ARROW, somewhere = arrow || step->kind == DIAGRAM_NOTE;
	struct span text = arrow ? message_text(step->record) : (struct span){ NULL, 0 };
	json_open(j, '{');
	if (step->joins != DIAGRAM_NOWHERE)
		json_key(j, "back"), json_number(j, number_of(d, step) - step->joins);
	text_member(j, "cause", step->cause);
	if (step->lost)
		json_key(j, "died"), time_value(j, step->died - step->at);
	place_member(j, "dst", step, step->dst);
	text_member(j, "effect", step->effect);
	if (somewhere)
		json_key(j, "from"), end_value(j, step->from);
	json_key(j, "kind"), json_text(j, kind_words[step->kind]);
	text_member(j, "label", step->label);
	true_member(j, "lost", step->lost);
	true_member(j, "misled", step->misled);
	if (text.at)
		old_members(d, before, step->record);
	patches_member(j, step);
	text_member(j, "reason", step->reason);
	text_member(j, "remark", step->remark);
	if (text.at)
		spans_member(j, step, before, text);
	place_member(j, "src", step, step->src);
	if (tables)
		json_key(j, "tables"), json_number(j, tables);
	if (text.at)
		text_reference(d, "text", text);
	told_member(j, step);
	if (somewhere)
		json_key(j, "to"), end_value(j, step->to);
	true_member(j, "unmapped", step->unmapped);
	json_close(j, '}');
}

/* --- tables ---------------------------------------------------------------------------------- */

static void row_object(struct json *j, const struct diagram_row *row)
{
	json_open(j, '{');
	json_key(j, "inside"), endpoint_value(j, row->inside);
	json_key(j, "outside"), endpoint_value(j, row->outside);
	json_key(j, "remote"), endpoint_value(j, row->remote);
	text_member(j, "rule", rule_words[row->kind]);
	json_close(j, '}');
}

/** Row, time left, of how much, and what becomes of it here. */
static void row_item(struct json *j, const struct diagram_row *row, uint32_t part)
{
	json_item(j), json_open(j, '[');
	json_item(j), reference(j, TO_PART, part);
	json_item(j), time_value(j, row->left);
	json_item(j), time_value(j, row->of);
	if (row->state != ROW_IDLE)
		json_item(j), json_text(j, diagram_row_words[row->state]);
	json_close(j, ']');
}

static void table_object(struct drawer *d, const struct diagram_table *t)
{
	struct json *j = &d->json;
	uint32_t first = d->n_parts;
	for (uint32_t i = 0; i < t->n; i++)
		row_object(j, &t->rows[i]), end_part(d);
	json_open(j, '{');
	if (t->asked.host)
		json_key(j, "asked"), endpoint_value(j, t->asked);
	json_key(j, "lane"), json_number(j, t->lane);
	true_member(j, "missed", t->missed);
	json_key(j, "rows"), json_open(j, '[');
	for (uint32_t i = 0; i < t->n; i++)
		row_item(j, &t->rows[i], first + i);
	json_close(j, ']');
	if (t->unseen)
		json_key(j, "unseen"), json_number(j, t->unseen);
	json_close(j, '}');
}

/* --- questions ------------------------------------------------------------------------------- */

static void question_object(struct json *j, const struct lesson_question *q)
{
	json_open(j, '{');
	json_key(j, "ask"), json_text(j, q->ask);
	json_key(j, "choices"), json_open(j, '[');
	for (uint32_t i = 0; i < q->n_choices; i++)
		json_item(j), json_text(j, q->choices[i]);
	json_close(j, ']');
	json_key(j, "right"), json_number(j, q->right);
	json_key(j, "step"), json_number(j, q->step);
	json_key(j, "why"), json_text(j, q->why);
	json_close(j, '}');
}

static uint32_t put_questions(struct drawer *d, const struct scenario *s, const struct cell_result *r)
{
	struct lesson lesson = { 0 };
	lesson_make(d->arena, s, r, &d->diagram, &lesson);
	for (uint32_t i = 0; i < lesson.n; i++)
		question_object(&d->json, &lesson.questions[i]), end_part(d);
	return lesson.n;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* The parts of a drawer, by number; steps and questions from this one on. */
struct parts {
	uint32_t chain, checks, lanes, times, *tables, steps, questions, n_questions;
};

static void times_array(struct json *j, const struct diagram *d)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < d->n_steps; i++)
		json_item(j), json_number(j, (uint64_t)d->steps[i].at);
	json_close(j, ']');
}

static void lanes_array(struct json *j, const struct diagram *d)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < d->n_lanes; i++)
		json_item(j), lane_object(j, &d->lanes[i]);
	json_close(j, ']');
}

static struct parts put_parts(struct drawer *d, const struct scenario *s, const struct cell_result *r,
			      const struct chain *chain)
{
	struct parts p = { .tables = arena_alloc(d->arena, (d->diagram.n_tables + 1) * sizeof *p.tables) };
	put_chain_json(&d->json, chain), p.chain = end_part(d);
	put_checks_data(&d->json, r), p.checks = end_part(d);
	lanes_array(&d->json, &d->diagram), p.lanes = end_part(d);
	times_array(&d->json, &d->diagram), p.times = end_part(d);
	for (uint32_t i = 0; i < d->diagram.n_tables; i++)
		table_object(d, &d->diagram.tables[i]), p.tables[i] = end_part(d);
	p.steps = d->n_parts;
	for (uint32_t i = 0; i < d->diagram.n_steps; i++)
		step_object(d, &d->diagram.steps[i]), end_part(d);
	p.questions = d->n_parts;
	p.n_questions = put_questions(d, s, r);
	return p;
}

static void put_members(struct drawer *d, const struct parts *p)
{
	struct json *j = &d->json;
	json_key(j, "chain"), reference(j, TO_PART, p->chain);
	json_key(j, "checks"), reference(j, TO_PART, p->checks);
	json_key(j, "lanes"), reference(j, TO_PART, p->lanes);
	json_key(j, "questions"), parts_array(j, p->questions, p->n_questions);
	json_key(j, "steps"), parts_array(j, p->steps, d->diagram.n_steps);
	json_key(j, "tables"), json_open(j, '[');
	for (uint32_t i = 0; i < d->diagram.n_tables; i++)
		json_item(j), reference(j, TO_PART, p->tables[i]);
	json_close(j, ']');
	json_key(j, "times"), reference(j, TO_PART, p->times);
	json_key(j, "title"), json_text(j, d->diagram.title);
}

void drawer_render(const struct show *show, const struct shown *shown, const struct cell_result *r,
		   struct arena *scratch, struct sink *out)
{
	struct drawer d = { .arena = scratch, .lines = out };
	(void)show;
	d.json = (struct json){ .out = &d.bytes, .tight = true };
	diagram_make(scratch, shown->scenario, r, &d.diagram);
	d.texts = arena_alloc(scratch, (2 * d.diagram.n_steps + 1) * sizeof *d.texts);
	const struct chain chain = chain_of(scratch, shown->scenario, r);
	const struct parts parts = put_parts(&d, shown->scenario, r, &chain);
	put_members(&d, &parts);
	sink_char(out, DRAWER_MEMBERS);
	sink_put(out, d.bytes.bytes, d.bytes.len);
	sink_free(&d.bytes);
}
