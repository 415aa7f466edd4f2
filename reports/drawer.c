#include "reports/drawer.h"

#include "models/sip.h"
#include "reports/cure.h"
#include "reports/diagram.h"
#include "reports/html_parts.h"
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
	uint32_t n_texts;
	struct sink *lines; /* of the texts */
	struct json json;
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

/* --- texts ----------------------------------------------------------------------------------- */

/** The number of its line, which is added when it is not there yet. */
static uint32_t text_number(struct drawer *d, struct span text)
{
	struct json line = { d->lines };
	for (uint32_t i = 0; i < d->n_texts; i++)
		if (d->texts[i].at == text.at && d->texts[i].len == text.len)
			return i;
	message_json(&line, text);
	sink_char(d->lines, '\n');
	d->texts[d->n_texts] = (struct drawer_text){ text.at, text.len };
	return d->n_texts++;
}

static void text_reference(struct drawer *d, const char *key, struct span text)
{
	uint32_t number = text_number(d, text);
	json_key(&d->json, key);
	sink_char(d->json.out, DRAWER_TEXT);
	sink_number(d->json.out, number);
	d->json.more = true;
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

static void sentence_member(struct json *j, const struct diagram *d, const struct diagram_step *step)
{
	struct sink s = { 0 };
	put_step_sentence(&s, d, step);
	json_key(j, "sentence"), json_string(j, s.bytes, s.len);
	sink_free(&s);
}

static void tables_member(struct json *j, const struct diagram *d, const struct diagram_step *step)
{
	if (!step->tables[0] && !step->tables[1])
		return;
	json_key(j, "tables"), json_open(j, '[');
	for (uint32_t i = 0; i < STEP_TABLES; i++)
		if (step->tables[i])
			json_item(j), json_number(j, (uint64_t)(step->tables[i] - d->tables));
	json_close(j, ']');
}

static void place_member(struct json *j, const char *key, const struct diagram_step *step, struct endpoint e)
{
	if (step->kind == DIAGRAM_ARROW)
		json_key(j, key), endpoint_value(j, e);
}

static void step_object(struct drawer *d, const struct diagram_step *step)
{
	struct json *j = &d->json;
	const struct record *before = passed_on(d, step);
	bool arrow = step->kind == DIAGRAM_ARROW, somewhere = arrow || step->kind == DIAGRAM_NOTE;
	struct span text = arrow ? message_text(step->record) : (struct span){ NULL, 0 };
	json_open(j, '{');
	json_key(j, "at"), json_number(j, (uint64_t)step->at);
	text_member(j, "cause", step->cause);
	if (step->lost)
		json_key(j, "died"), time_value(j, step->died);
	place_member(j, "dst", step, step->dst);
	text_member(j, "effect", step->effect);
	if (somewhere)
		json_key(j, "from"), end_value(j, step->from);
	if (step->joins != DIAGRAM_NOWHERE)
		json_key(j, "joins"), json_number(j, step->joins);
	json_key(j, "kind"), json_text(j, kind_words[step->kind]);
	text_member(j, "label", step->label);
	true_member(j, "lost", step->lost);
	true_member(j, "misled", step->misled);
	if (text.at)
		old_members(d, before, step->record);
	patches_member(j, step);
	text_member(j, "reason", step->reason);
	text_member(j, "remark", step->remark);
	sentence_member(j, &d->diagram, step);
	if (text.at)
		spans_member(j, step, before, text);
	place_member(j, "src", step, step->src);
	tables_member(j, &d->diagram, step);
	if (text.at)
		text_reference(d, "text", text);
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
	json_key(j, "left"), time_value(j, row->left);
	json_key(j, "of"), time_value(j, row->of);
	json_key(j, "outside"), endpoint_value(j, row->outside);
	json_key(j, "remote"), endpoint_value(j, row->remote);
	text_member(j, "rule", rule_words[row->kind]);
	text_member(j, "state", diagram_row_words[row->state]);
	json_close(j, '}');
}

static void table_object(struct json *j, const struct diagram_table *t)
{
	json_open(j, '{');
	if (t->asked.host)
		json_key(j, "asked"), endpoint_value(j, t->asked);
	json_key(j, "lane"), json_number(j, t->lane);
	true_member(j, "missed", t->missed);
	json_key(j, "rows"), json_open(j, '[');
	for (uint32_t i = 0; i < t->n; i++)
		json_item(j), row_object(j, &t->rows[i]);
	json_close(j, ']');
	if (t->unseen)
		json_key(j, "unseen"), json_number(j, t->unseen);
	json_close(j, '}');
}

/* --- the whole ------------------------------------------------------------------------------- */

static void put_members(struct drawer *d, const struct shown *shown, const struct cell_result *r)
{
	struct json *j = &d->json;
	const struct diagram *diagram = &d->diagram;
	const struct chain chain = chain_of(d->arena, shown->scenario, r);
	if (chain.n)
		json_key(j, "chain"), put_chain_json(j, &chain);
	json_key(j, "checks"), put_checks_data(j, r);
	json_key(j, "desc"), json_text(j, diagram->desc);
	json_key(j, "lanes"), json_open(j, '[');
	for (uint32_t i = 0; i < diagram->n_lanes; i++)
		json_item(j), lane_object(j, &diagram->lanes[i]);
	json_close(j, ']');
	json_key(j, "steps"), json_open(j, '[');
	for (uint32_t i = 0; i < diagram->n_steps; i++)
		json_item(j), step_object(d, &diagram->steps[i]);
	json_close(j, ']');
	json_key(j, "tables"), json_open(j, '[');
	for (uint32_t i = 0; i < diagram->n_tables; i++)
		json_item(j), table_object(j, &diagram->tables[i]);
	json_close(j, ']');
	json_key(j, "title"), json_text(j, diagram->title);
}

void drawer_render(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out)
{
	struct sink members = { 0 };
	struct drawer d = { .arena = scratch, .lines = out, .json = { &members } };
	(void)show;
	diagram_make(scratch, shown->scenario, r, &d.diagram);
	d.texts = arena_alloc(scratch, (2 * d.diagram.n_steps + 1) * sizeof *d.texts);
	put_members(&d, shown, r);
	sink_put(out, members.bytes, members.len);
	sink_free(&members);
}
