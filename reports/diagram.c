#include "reports/diagram.h"

#include <string.h>

#include "models/media.h"
#include "models/nat.h"
#include "models/sip.h"
#include "reports/diagram_table.h"
#include "reports/nat_watch.h"
#include "reports/text.h"
#include "sim/net.h"

#define LANES_MAX 24 /* of a crowd the others are left out */

struct drawing {
	struct arena *arena;
	const struct scenario *scenario;
	const struct cell_result *result;
	struct ladder ladder;
	struct diagram *d;
	uint32_t *decided_by;	       /* by check: the line that tells of what decided it, or LADDER_NONE */
	const struct nat_watch *watch; /* NULL: nobody has watched the routers */
	uint32_t *step_of;	       /* by line: the step that shows it, or DIAGRAM_NOWHERE */
};

/* --- lanes ----------------------------------------------------------------------------------- */

/** The entry of a node in the scenario; n_nodes: it has none. */
static uint32_t spec_of(const struct scenario *s, const struct node *n)
{
	uint32_t i = 0;
	while (i < s->n_nodes && strcmp(s->nodes[i].name, n->name) != 0)
		i++;
	return i;
}

static int behind_of(const struct drawing *x, uint32_t spec)
{
	const struct node_spec *n = &x->scenario->nodes[spec];
	return n->behind_axis < 0 ? n->behind[0] : n->behind[x->result->choice[n->behind_axis]];
}

static uint32_t lane_of(const struct diagram *d, const struct node *n)
{
	uint32_t i = 0;
	while (i < d->n_lanes && d->lanes[i].node != n)
		i++;
	return i < d->n_lanes ? i : DIAGRAM_NOWHERE;
}

/** Who takes part, in the order in which they appear. */
struct players {
	const struct node *nodes[LANES_MAX];
	uint32_t n;
};

static void meet(struct players *p, const struct iface *iface)
{
	if (!iface)
		return;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->nodes[i] == iface->node)
			return;
	if (p->n < LANES_MAX)
		p->nodes[p->n++] = iface->node;
}

static void add_lane(struct drawing *x, const struct node *n, bool mirrored)
{
	char name[64];
	uint32_t spec = spec_of(x->scenario, n);
	bool known = spec < x->scenario->n_nodes;
	x->d->lanes[x->d->n_lanes++] = (struct diagram_lane){
		.node = n,
		.name = arena_strdup(x->arena, node_name(n, name, sizeof name)),
		.model = known ? node_model(&x->scenario->nodes[spec], x->result->choice)->name : NULL,
		.wide = known && x->scenario->nodes[spec].kind == DEVICE_ROUTER,
		.mirrored = mirrored,
	};
}

static void add_lanes_of(struct drawing *x, const struct players *p, uint32_t spec, bool mirrored)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (spec_of(x->scenario, p->nodes[i]) == spec)
			add_lane(x, p->nodes[i], mirrored);
}

static bool is_router(const struct drawing *x, uint32_t spec)
{
	return x->scenario->nodes[spec].kind == DEVICE_ROUTER;
}

/** A router and all behind it, from the innermost outwards. */
static void add_site(struct drawing *x, const struct players *p, uint32_t router, bool mirrored)
{
	const uint32_t n = x->scenario->n_nodes;
	if (mirrored)
		add_lanes_of(x, p, router, mirrored);
	for (uint32_t i = 0; i < n; i++)
		if (is_router(x, i) && behind_of(x, i) == (int)router && mirrored)
			add_site(x, p, i, mirrored);
	for (uint32_t i = 0; i < n; i++)
		if (!is_router(x, i) && behind_of(x, i) == (int)router)
			add_lanes_of(x, p, i, mirrored);
	for (uint32_t i = 0; i < n; i++)
		if (is_router(x, i) && behind_of(x, i) == (int)router && !mirrored)
			add_site(x, p, i, mirrored);
	if (!mirrored)
		add_lanes_of(x, p, router, mirrored);
}

/** Those of a kind that are behind no router, beginning at `from`, at most `max` entries. Returns the next one. */
static uint32_t add_outside(struct drawing *x, const struct players *p, bool phones, uint32_t from, uint32_t max)
{
	uint32_t i = from;
	for (; i < x->scenario->n_nodes && max; i++) {
		if (is_router(x, i) || behind_of(x, i) >= 0 || (x->scenario->nodes[i].kind == DEVICE_PHONE) != phones)
			continue;
		add_lanes_of(x, p, i, false);
		max--;
	}
	return i;
}

/** The first half of the places to the left, servers in the middle, the others to the right. */
static void order_lanes(struct drawing *x, const struct players *p)
{
	const struct scenario *s = x->scenario;
	uint32_t sites = 0, seen = 0, phones = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		sites += is_router(x, i) && behind_of(x, i) < 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (is_router(x, i) && behind_of(x, i) < 0 && seen++ < (sites + 1) / 2)
			add_site(x, p, i, false);
	if (!x->d->n_lanes)
		phones = add_outside(x, p, true, 0, 1);
	add_outside(x, p, false, 0, UINT32_MAX);
	add_outside(x, p, true, phones, UINT32_MAX);
	seen = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (is_router(x, i) && behind_of(x, i) < 0 && seen++ >= (sites + 1) / 2)
			add_site(x, p, i, true);
	for (uint32_t i = 0; i < p->n; i++) /* whoever the scenario does not name */
		if (lane_of(x->d, p->nodes[i]) == DIAGRAM_NOWHERE)
			add_lane(x, p->nodes[i], false);
}

static struct diagram_end end_of(const struct diagram *d, const struct iface *iface)
{
	struct diagram_end end = { .lane = iface ? lane_of(d, iface->node) : DIAGRAM_NOWHERE };
	if (end.lane != DIAGRAM_NOWHERE && d->lanes[end.lane].wide)
		end.right = (iface->side && strcmp(iface->side, "wan") == 0) != d->lanes[end.lane].mirrored;
	return end;
}

static void learn_address(struct drawing *x, const struct iface *iface)
{
	char text[HOST_TEXT_MAX];
	struct diagram_end end = end_of(x->d, iface);
	if (end.lane == DIAGRAM_NOWHERE || !iface->host)
		return;
	struct diagram_lane *lane = &x->d->lanes[end.lane];
	if (lane->address[end.right])
		return;
	host_print(iface->host, text);
	lane->address[end.right] =
		lane->wide ? arena_printf(x->arena, "%s %s", end.right != lane->mirrored ? "WAN" : "LAN", text)
			   : arena_strdup(x->arena, text);
}

static void make_lanes(struct drawing *x)
{
	struct players players = { .n = 0 };
	const struct ladder *l = &x->ladder;
	for (uint32_t i = 0; i < l->n; i++) {
		if (!ladder_shows(&l->lines[i]))
			continue;
		meet(&players, l->lines[i].record->iface);
		meet(&players, l->lines[i].arrived);
	}
	x->d->lanes = arena_alloc(x->arena, (LANES_MAX + 1) * sizeof *x->d->lanes);
	order_lanes(x, &players);
	for (uint32_t i = 0; i < l->n; i++) {
		learn_address(x, l->lines[i].record->iface);
		learn_address(x, l->lines[i].arrived);
	}
}

/* --- arrows ---------------------------------------------------------------------------------- */

static void add_patch(struct drawing *x, struct diagram_step *step, enum diagram_mark mark, const char *text)
{
	struct diagram_patch *patch = arena_alloc(x->arena, sizeof *patch);
	const struct diagram_patch **end = &step->patches;
	while (*end)
		end = (const struct diagram_patch **)&(*end)->next;
	*patch = (struct diagram_patch){ mark, text, NULL };
	*end = patch;
}

static void add_place(struct drawing *x, struct diagram_step *step, enum diagram_mark mark, const char *word,
		      struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(e, text);
	add_patch(x, step, mark, arena_printf(x->arena, "%s %s", word, text));
}

/** The line of what a router passes on with this one; NULL: nothing. */
static const struct ladder_line *passed_on(const struct ladder *l, const struct ladder_line *line)
{
	const struct ladder_line *before = line->before == LADDER_NONE ? NULL : &l->lines[line->before];
	if (!before || !before->arrived || before->arrived->node != line->record->iface->node)
		return NULL;
	return before->record->label == line->record->label && !before->lost ? before : NULL;
}

/** What is worth reading of its addresses, and what the router has made of them. */
static void add_places(struct drawing *x, struct diagram_step *step, const struct ladder_line *line,
		       const struct ladder_line *before)
{
	const struct record *r = line->record;
	bool new_src = before && !endpoint_equal(before->record->src, r->src);
	bool new_dst = before && !endpoint_equal(before->record->dst, r->dst);
	if (new_src || (!new_dst && !line->tells_to))
		add_place(x, step, new_src ? MARK_NEW : MARK_PLAIN, "src", r->src);
	if (new_dst || step->misled || (!new_src && line->tells_to))
		add_place(x, step, step->misled ? MARK_STALE : new_dst ? MARK_NEW : MARK_PLAIN, "dst", r->dst);
}

static void add_words(struct drawing *x, struct diagram_step *step, const struct ladder_line *line)
{
	static const enum diagram_mark marks[] = { [WORDS_CHANGED] = MARK_NEW, [WORDS_STALE] = MARK_STALE };
	for (const struct ladder_words *w = line->words; w; w = w->next) {
		const char **text = w->at == line->record->iface ? &step->remark : &step->effect;
		if (w->kind != WORDS_SAID)
			add_patch(x, step, marks[w->kind], w->text);
		else
			*text = *text ? arena_printf(x->arena, "%s; %s", *text, w->text) : w->text;
	}
}

/** Where the datagram of a line died; NULL: it did not. */
static const struct ladder_line *death_of(const struct ladder *l, uint32_t index)
{
	for (uint32_t i = l->lines[index].next; i != LADDER_NONE; i = l->lines[i].next)
		if (l->lines[i].kind == LADDER_DROP && l->lines[i].record->id == l->lines[index].record->id)
			return &l->lines[i];
	return NULL;
}

/** The router's table has no row for it, or none that lets it in. */
static bool found_no_row(const struct fact *f)
{
	return f == &fact_nat_no_mapping || f == &fact_nat_expired || f == &fact_nat_filtered;
}

static bool is_told(const struct check_result *checks, uint32_t n, const struct cause *cause)
{
	uint32_t i = 0;
	while (i < n && checks[i].cause != cause)
		i++;
	return i < n;
}

/** "F12 two-phones-one-port, G08 misdelivered": why checks do not work that this line decided. */
static const char *cause_of_line(const struct drawing *x, uint32_t index)
{
	const struct check_result *checks = x->result->checks;
	const char *text = NULL;
	for (uint32_t i = 0; i < x->result->n_checks; i++) {
		const struct cause *cause = checks[i].cause;
		if (!cause || x->decided_by[i] != index || is_told(checks, i, cause))
			continue;
		text = arena_printf(x->arena, "%s%s%s %s", text ? text : "", text ? ", " : "", cause->id, cause->word);
	}
	return text;
}

static struct diagram_step *new_step(struct drawing *x, enum diagram_kind kind, usec at)
{
	struct diagram_step *step = &x->d->steps[x->d->n_steps++];
	*step = (struct diagram_step){ .kind = kind, .at = at, .joins = DIAGRAM_NOWHERE };
	return step;
}

static void lose(struct diagram_step *step, const struct ladder_line *death)
{
	step->lost = true;
	step->died = death->record->at;
	step->death = death->record;
	step->reason = death->remark;
	step->unmapped = found_no_row(death->record->fact);
	step->misled = step->unmapped || death->record->fact == &fact_no_route;
}

/* --- tables ---------------------------------------------------------------------------------- */

const char *const diagram_row_words[ROW_STATES] = { "", "new", "used", "expired" };

static bool is_used(const struct nat_sight *sight, uint32_t row)
{
	return sight->used[0] == row || sight->used[1] == row;
}

static enum diagram_row_state row_state(const struct nat_sight *sight, uint32_t i)
{
	const struct nat_row *row = &sight->table->rows[i].row;
	if (row->until <= sight->at)
		return ROW_EXPIRED;
	if (sight->event == EVENT_SENT && row->since == sight->at && row->until != NEVER)
		return ROW_NEW;
	return is_used(sight, i) ? ROW_USED : ROW_IDLE;
}

/** What is over stays in the table for a while; a real one has forgotten it. */
static bool row_is_shown(const struct nat_sight *sight, const struct nat_row *row)
{
	return row->until > sight->at || row->until > sight->before ||
	       (sight->asked.host && endpoint_equal(row->outside, sight->asked));
}

static struct diagram_row row_at(const struct nat_sight *sight, uint32_t i)
{
	const struct watched_row *watched = &sight->table->rows[i];
	const struct nat_row *row = &watched->row;
	usec left = row->until > sight->at ? row->until - sight->at : 0;
	return (struct diagram_row){
		.kind = row->kind,
		.state = row_state(sight, i),
		.inside = row->inside,
		.outside = row->outside,
		.remote = row->remote,
		.left = row->until == NEVER ? NEVER : left,
		.of = watched->granted,
	};
}

static const struct diagram_table *add_table(struct drawing *x, uint32_t lane, const struct nat_sight *sight,
					     bool missed)
{
	const struct watched_table *table = sight->table;
	struct diagram_row *rows = arena_alloc(x->arena, (table->n + 1) * sizeof *rows);
	uint32_t n = 0;
	for (uint32_t i = 0; i < table->n; i++)
		if (row_is_shown(sight, &table->rows[i].row))
			rows[n++] = row_at(sight, i);
	struct diagram_table *added = &x->d->tables[x->d->n_tables++];
	*added = (struct diagram_table){
		.lane = lane,
		.rows = rows,
		.n = n,
		.unseen = table->unseen,
		.asked = sight->asked,
		.missed = missed,
	};
	return added;
}

/** What happened at one end of a step, if a router stands there that was watched. */
static void show_table(struct drawing *x, struct diagram_step *step, uint32_t slot, uint32_t lane, enum event event,
		       const struct record *of)
{
	const struct node *node = lane == DIAGRAM_NOWHERE ? NULL : x->d->lanes[lane].node;
	const struct nat_sight *sight = x->watch && node ? nat_watch_find(x->watch, node, event, of->id, of->at) : NULL;
	if (sight)
		step->tables[slot] = add_table(x, lane, sight, event == EVENT_DROPPED && step->unmapped);
}

static void tell_table(struct drawing *x, struct diagram_step *step, uint32_t slot)
{
	struct table_view view;
	if (table_look(x->arena, x->d, step, slot, &view))
		step->told[slot] = table_sentence(x->arena, &view);
}

static void show_tables(struct drawing *x, struct diagram_step *step, const struct ladder_line *death)
{
	bool died_there = death && step->to.lane != DIAGRAM_NOWHERE &&
			  death->record->iface->node == x->d->lanes[step->to.lane].node;
	show_table(x, step, 0, step->from.lane, EVENT_SENT, step->record);
	show_table(x, step, 1, step->to.lane, died_there ? EVENT_DROPPED : EVENT_ARRIVED, step->record);
	for (uint32_t slot = 0; slot < STEP_TABLES; slot++)
		tell_table(x, step, slot);
}

/* --- steps ----------------------------------------------------------------------------------- */

/** "Proxy Authentication Required" */
static const char *phrase_of(struct arena *a, const struct payload *p, const struct sip_view *v)
{
	static const size_t before = sizeof "SIP/2.0 407 " - 1;
	const char *end = memchr(p->bytes, '\r', v->headers_at);
	size_t n = end ? (size_t)(end - p->bytes) : 0;
	return n > before ? arena_copy(a, p->bytes + before, n - before) : NULL;
}

/** What tells a message from others with its label. */
static const char *detail_of(struct arena *a, const struct record *r)
{
	static const char *const asks[2][2] = { { NULL, "with credentials" },
						{ "with rport", "with rport, credentials" } };
	bool readable = r->payload && !record_later_part(r);
	const struct sip_view *v = readable ? sip_view(r->iface->node->world, r->payload) : NULL;
	if (!v)
		return NULL;
	return v->request ? asks[v->via_rport][v->auth.len > 0] : phrase_of(a, r->payload, v);
}

static void draw_hop(struct drawing *x, uint32_t index)
{
	const struct ladder_line *line = &x->ladder.lines[index], *before = passed_on(&x->ladder, line);
	const struct ladder_line *death = line->lost ? death_of(&x->ladder, index) : NULL;
	struct diagram_step *step = new_step(x, DIAGRAM_ARROW, line->record->at);
	step->from = end_of(x->d, line->record->iface);
	step->to = end_of(x->d, line->arrived);
	step->label = line->record->label;
	step->detail = detail_of(x->arena, line->record);
	step->src = line->record->src;
	step->dst = line->record->dst;
	step->record = line->record;
	step->cause = cause_of_line(x, index);
	if (death)
		lose(step, death);
	show_tables(x, step, death);
	if (!x->d->lanes[step->from.lane].wide)
		before = NULL; /* a server builds what it passes on anew */
	if (before)
		step->joins = x->step_of[line->before];
	add_places(x, step, line, before);
	add_words(x, step, line);
}

static void draw_note(struct drawing *x, uint32_t index)
{
	const struct ladder_line *line = &x->ladder.lines[index];
	struct diagram_step *step = new_step(x, DIAGRAM_NOTE, line->record->at);
	step->from = step->to = end_of(x->d, line->record->iface);
	step->label = line->record->label;
	step->record = line->record;
	step->remark = line->remark ? line->remark : "dropped";
	step->record = line->record;
	show_table(x, step, 0, step->from.lane, line->record->event, line->record);
}

/** A death is part of the arrow that led to it, unless that is not there. */
static void draw_drop(struct drawing *x, uint32_t index)
{
	if (x->ladder.lines[index].attempt == LADDER_NONE)
		draw_note(x, index);
}

static void (*const draw[])(struct drawing *, uint32_t) = {
	[LADDER_HOP] = draw_hop,
	[LADDER_DROP] = draw_drop,
	[LADDER_NOTE] = draw_note,
};

/* --- all of it ------------------------------------------------------------------------------- */

static void draw_fold(struct drawing *x, const struct ladder_attempt *attempt)
{
	struct sink s = { 0 };
	struct diagram_step *step = new_step(x, DIAGRAM_FOLD, attempt->last_at);
	put_fold(&s, &x->ladder, attempt);
	step->label = sink_keep(&s, x->arena);
}

static void draw_gap(struct drawing *x, uint64_t left_out, const char *noun, const char *whose)
{
	struct sink s = { 0 };
	struct diagram_step *step = new_step(x, DIAGRAM_GAP, 0);
	put_count(&s, left_out, noun);
	sink_printf(&s, "%s left out", whose);
	step->label = sink_keep(&s, x->arena);
}

static bool has_lanes(const struct drawing *x, const struct ladder_line *line)
{
	const struct iface *to = line->arrived ? line->arrived : line->record->iface;
	return line->record->iface && end_of(x->d, line->record->iface).lane != DIAGRAM_NOWHERE &&
	       end_of(x->d, to).lane != DIAGRAM_NOWHERE;
}

static void draw_line(struct drawing *x, uint32_t index)
{
	const struct ladder_line *line = &x->ladder.lines[index];
	x->step_of[index] = x->d->n_steps;
	draw[line->kind](x, index);
	if (line->attempt == LADDER_NONE)
		return;
	const struct ladder_attempt *a = &x->ladder.attempts[line->attempt];
	if (a->repeats && a->last == index)
		draw_fold(x, a);
}

/** Of a long ladder most of the middle is left out; of a crowd what concerns those who have no lane. */
static void draw_lines(struct drawing *x)
{
	const struct ladder *l = &x->ladder;
	uint32_t foreign = 0, left_out = 0;
	for (uint32_t i = 0; i < l->n; i++) {
		x->step_of[i] = DIAGRAM_NOWHERE;
		left_out += !l->lines[i].folded && l->lines[i].left_out;
		if (!ladder_shows(&l->lines[i]))
			continue;
		if (left_out)
			draw_gap(x, left_out, "line", "");
		left_out = 0;
		if (has_lanes(x, &l->lines[i]))
			draw_line(x, i);
		else
			foreign++;
	}
	if (foreign)
		draw_gap(x, foreign, "line", " of others");
	if (l->unread)
		draw_gap(x, l->unread, "later event", "");
}

static const char *verdict_text(struct drawing *x, const struct check_result *c)
{
	struct sink s = { 0 };
	put_question(&s, x->scenario, c->check, true);
	sink_printf(&s, " %s", verdict_words[c->result]);
	if (c->cause)
		sink_printf(&s, ": %s", c->cause->word);
	if (c->lost_at)
		sink_printf(&s, ", lost at %s", c->lost_at);
	return sink_keep(&s, x->arena);
}

static void add_verdicts(struct drawing *x)
{
	struct diagram *d = x->d;
	d->verdicts = arena_alloc(x->arena, (2 * x->result->n_checks + 1) * sizeof *d->verdicts);
	for (uint32_t i = 0; i < x->result->n_checks; i++) {
		d->verdicts[d->n_verdicts++] = verdict_text(x, &x->result->checks[i]);
		d->verdicts[d->n_verdicts++] = check_reason(x->result, &x->result->checks[i]);
	}
}

static const char *title_of(struct drawing *x)
{
	struct sink s = { 0 };
	sink_text(&s, x->scenario->name);
	if (x->scenario->n_axes) {
		sink_text(&s, ", ");
		put_choices(&s, x->scenario, x->result->cell);
	}
	return sink_keep(&s, x->arena);
}

/** What is to be drawn, and which of it decided what. */
static void make_ladder(struct drawing *x)
{
	const struct cell_result *r = x->result;
	ladder_lay(x->arena, x->scenario, &r->world->trace, &x->ladder);
	ladder_keep(&x->ladder, r);
	x->decided_by = arena_alloc(x->arena, (r->n_checks + 1) * sizeof *x->decided_by);
	for (uint32_t i = 0; i < r->n_checks; i++)
		x->decided_by[i] = ladder_teller(&x->ladder, r->checks[i].datagram);
}

/** Each line may be followed by what is folded into it, and come behind a gap; two more gaps stand at the end. */
static size_t steps_most(const struct ladder *l)
{
	size_t n = 2;
	for (uint32_t i = 0; i < l->n; i++)
		n += ladder_shows(&l->lines[i]) ? 3 : 0;
	return n;
}

void diagram_make(struct arena *a, const struct scenario *s, const struct cell_result *r, struct diagram *out)
{
	struct drawing x = { .arena = a, .scenario = s, .result = r, .d = out };
	struct sink desc = { 0 };
	*out = (struct diagram){ 0 };
	x.watch = r->world ? nat_watch_of(r->world) : NULL;
	if (r->world)
		make_ladder(&x);
	size_t most = steps_most(&x.ladder);
	out->steps = arena_alloc(a, most * sizeof *out->steps);
	out->tables = arena_alloc(a, STEP_TABLES * most * sizeof *out->tables);
	x.step_of = arena_alloc(a, (x.ladder.n + 1) * sizeof *x.step_of);
	make_lanes(&x);
	draw_lines(&x);
	add_verdicts(&x);
	out->title = title_of(&x);
	put_diagram_desc(&desc, out);
	out->desc = sink_keep(&desc, a);
}
