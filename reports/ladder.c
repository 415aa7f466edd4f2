#include "reports/ladder.h"

#include <string.h>

#include "models/media.h"
#include "models/server.h"
#include "models/session.h"
#include "reports/changes.h"
#include "sim/icmp.h"

#define RECORDS_MAX 65536 /* more is no ladder any more */
#define NODE_NAME   24
#define LOOK_BACK   64 /* attempts among which a repeat is looked for */
#define PAUSE	    (2 * SEC) /* audio after a longer one is not the same stretch of it */

struct layout {
	struct arena *arena;
	const struct scenario *scenario;
	struct ladder *ladder;
	uint32_t latest; /* line of the latest sending of a first fragment or a whole */
};

static const char *name_of(struct layout *l, const struct iface *iface)
{
	char name[NODE_NAME];
	if (!iface)
		return "-";
	if (!iface->node->member)
		return iface->node->name;
	return arena_strdup(l->arena, node_name(iface->node, name, sizeof name));
}

static uint32_t line_of(const struct layout *l, uint32_t id)
{
	return id == 0 || id >= l->ladder->ids ? LADDER_NONE : l->ladder->line_of[id];
}

static struct ladder_line *sending_of(const struct layout *l, uint32_t id)
{
	uint32_t line = line_of(l, id);
	return line == LADDER_NONE ? NULL : &l->ladder->lines[line];
}

/* --- remarks --------------------------------------------------------------------------------- */

/** "RFC 3261 18.2.2: the Via port, not the source port"; what was dropped or noted is said without its
 * clause. */
static const char *remark_of(struct layout *l, const struct record *r)
{
	char sentence[512];
	record_sentence(r, sentence, sizeof sentence);
	if (r->event != EVENT_SENT || !r->fact->clause)
		return arena_strdup(l->arena, sentence);
	return arena_printf(l->arena, "%s: %s", r->fact->clause, sentence);
}

static void add_part_of_remark(struct layout *l, struct ladder_line *line, enum words_kind kind, const struct iface *at,
			       const char *text)
{
	struct ladder_words *words = arena_alloc(l->arena, sizeof *words);
	const struct ladder_words **end = &line->words;
	while (*end)
		end = (const struct ladder_words **)&(*end)->next;
	*words = (struct ladder_words){ kind, at, text, NULL };
	*end = words;
}

static void join_remark(struct layout *l, struct ladder_line *line, const char *remark)
{
	line->remark = line->remark ? arena_printf(l->arena, "%s; %s", line->remark, remark) : remark;
}

static void add_words(struct layout *l, struct ladder_line *line, const char *remark)
{
	join_remark(l, line, remark);
	add_part_of_remark(l, line, WORDS_SAID, line->record->iface, remark);
}

static void add_remark(struct layout *l, struct ladder_line *line, const struct record *r)
{
	const char *remark = remark_of(l, r);
	join_remark(l, line, remark);
	add_part_of_remark(l, line, r->fact == &fact_via_differs ? WORDS_STALE : WORDS_SAID, r->iface, remark);
}

/** What an ALG has made of the message on the way; its words are there only when bytes are kept. */
static void add_changes(struct layout *l, struct ladder_line *line, const struct record *r)
{
	const struct ladder_line *before = sending_of(l, r->parent);
	const char *changes[PAYLOAD_CHANGES];
	if (!before || !before->record->payload || !r->payload || !r->payload->changes)
		return;
	uint32_t n = changes_list(l->arena, before->record->payload, r->payload, changes);
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			join_remark(l, line, changes[i]);
		else
			join_remark(l, line, arena_printf(l->arena, "ALG: %s", changes[i]));
		add_part_of_remark(l, line, WORDS_CHANGED, r->iface, changes[i]);
	}
}

/** What a message says of audio; false: nothing. */
static bool says(const struct record *r, struct session *s)
{
	const struct sip_view *v = r->payload ? sip_view(r->iface->node->world, r->payload) : NULL;
	return v && session_read(r->payload, v, s);
}

/** " sendonly"; of what goes both ways nothing. */
static const char *const directions[] = {
	[DIRECTION_SENDRECV] = "",
	[DIRECTION_SENDONLY] = " sendonly",
	[DIRECTION_RECVONLY] = " recvonly",
	[DIRECTION_INACTIVE] = " inactive",
};

/** Where its sender wants to hear audio, unless who passed it on left that as it was, or was an ALG: then it is told already. */
static void add_session(struct layout *l, struct ladder_line *line, const struct record *r)
{
	const struct ladder_line *before = sending_of(l, r->parent);
	struct session s, old;
	char place[ENDPOINT_TEXT_MAX];
	if ((r->payload && r->payload->changes) || !says(r, &s))
		return;
	if (before && says(before->record, &old) && endpoint_equal(s.rtp, old.rtp) && s.direction == old.direction)
		return;
	endpoint_print(s.rtp, place);
	add_words(l, line, arena_printf(l->arena, "SDP: %s%s", place, directions[s.direction]));
}

/** A forwarded datagram still carries the rule by which its first sender chose; that was said already. */
static bool rule_is_news(const struct layout *l, const struct record *r)
{
	const struct ladder_line *before = sending_of(l, r->parent);
	return r->fact && !(before && before->record->fact == r->fact && before->record->label == r->label);
}

/** Fragments look alike; the rule by which they were sent is said beside the first. */
static void add_part(struct layout *l, struct ladder_line *line)
{
	const struct fragment *f = line->record->fragment;
	add_words(l, line, arena_printf(l->arena, "fragment %u of %u", f->number, f->count));
}

/* --- attempts -------------------------------------------------------------------------------- */

/** A response, or an error that comes back. */
static bool is_response(const char *label)
{
	return label_is_response(label) || label == icmp_label;
}

/** The same message from somebody else, whatever became of its ends. */
static bool is_passed_on(const struct ladder_line *line, const struct ladder_line *before)
{
	return strcmp(line->record->label, before->record->label) == 0 && strcmp(line->from, before->from) != 0;
}

/** So, with one end as it was: a router's doing, and no request of its own. */
static bool is_forwarded(const struct ladder_line *line, const struct ladder_line *before)
{
	const struct record *r = line->record, *p = before->record;
	return is_passed_on(line, before) && (endpoint_equal(p->src, r->src) || endpoint_equal(p->dst, r->dst));
}

/** The same kind of message back: an answer of a protocol whose answers have no label of their own. */
static bool is_returned(const struct ladder_line *line, const struct ladder_line *before)
{
	const struct record *r = line->record, *p = before->record;
	return strcmp(r->label, p->label) == 0 && endpoint_equal(p->src, r->dst) && endpoint_equal(p->dst, r->src);
}

static bool is_audio(const struct ladder_line *line)
{
	return label_is_rtp(line->record->label);
}

static bool is_ack(const struct ladder_line *line)
{
	return strcmp(line->record->label, "ACK") == 0;
}

/** A response that was sent before, as a 2xx is until its ACK comes. */
static bool is_sent_again(const struct layout *l, const struct ladder_line *line, const struct ladder_line *parent)
{
	const struct ladder_line *lines = l->ladder->lines;
	for (uint32_t i = parent->next; i != LADDER_NONE; i = lines[i].next)
		if (lines[i].kind == LADDER_HOP && lines[i].record->parent == line->record->parent &&
		    lines[i].record->iface == line->record->iface && strcmp(lines[i].record->label, line->record->label) == 0)
			return true;
	return false;
}

/**
 * A request that is not a forwarded one; a retransmission may name the first try as its parent. Of audio everything has one
 * speaker, through whatever relays it comes.
 */
static bool begins_attempt(const struct layout *l, const struct ladder_line *line)
{
	const struct ladder_line *parent = sending_of(l, line->record->parent);
	if (parent && is_audio(line) && is_audio(parent))
		return false;
	if (!parent)
		return true;
	if (is_response(line->record->label))
		return !line->record->fragment && is_sent_again(l, line, parent);
	return !is_forwarded(line, parent) && !is_returned(line, parent);
}

static void join_attempt(struct layout *l, uint32_t index, uint32_t attempt)
{
	struct ladder_attempt *a = &l->ladder->attempts[attempt];
	l->ladder->lines[index].attempt = attempt;
	l->ladder->lines[a->last].next = index;
	a->last = index;
}

static void new_attempt(struct layout *l, uint32_t index)
{
	struct ladder *ladder = l->ladder;
	ladder->lines[index].attempt = ladder->n_attempts;
	ladder->attempts[ladder->n_attempts++] =
		(struct ladder_attempt){ .first = index, .last = index, .same_as = LADDER_NONE };
}

/* --- addresses ------------------------------------------------------------------------------- */

static bool is_server(const struct layout *l, const struct iface *iface)
{
	for (uint32_t i = 0; iface && i < l->scenario->n_nodes; i++)
		if (strcmp(l->scenario->nodes[i].name, iface->node->name) == 0)
			return l->scenario->nodes[i].kind == DEVICE_SERVER;
	return false;
}

/** What is passed on is told as before. Who is not known to be a server asks as a phone does. */
static bool tells_to(const struct layout *l, const struct ladder_line *line)
{
	const struct ladder_line *parent = sending_of(l, line->record->parent);
	if (is_server(l, line->record->iface))
		return true;
	if (parent && is_passed_on(line, parent))
		return parent->tells_to;
	return is_response(line->record->label) && !(parent && parent->tells_to);
}

/* --- records --------------------------------------------------------------------------------- */

static uint32_t add_line(struct layout *l, enum ladder_kind kind, const struct record *r)
{
	struct ladder *ladder = l->ladder;
	ladder->lines[ladder->n] = (struct ladder_line){
		.kind = kind,
		.record = r,
		.from = name_of(l, r->iface),
		.before = line_of(l, r->parent),
		.attempt = LADDER_NONE,
		.next = LADDER_NONE,
	};
	return ladder->n++;
}

/** Its rule was said before. */
static void say_again(struct layout *l, struct ladder_line *line, const struct ladder_line *request)
{
	line->remark = NULL;
	line->words = NULL;
	add_words(l, line, strcmp(request->record->label, "INVITE") == 0 ? "again: no ACK has come" : "again");
}

static void lay_sent(struct layout *l, const struct record *r)
{
	uint32_t index = add_line(l, LADDER_HOP, r);
	struct ladder_line *line = &l->ladder->lines[index];
	line->tells_to = tells_to(l, line);
	if (r->fragment)
		add_part(l, line);
	if (!record_later_part(r) && rule_is_news(l, r))
		add_remark(l, line, r);
	if (!record_later_part(r)) {
		add_changes(l, line, r);
		add_session(l, line, r);
	}
	bool begins = begins_attempt(l, line);
	if (begins && is_response(r->label))
		say_again(l, line, sending_of(l, r->parent));
	if (!begins)
		join_attempt(l, index, sending_of(l, r->parent)->attempt);
	else if (record_later_part(r))
		join_attempt(l, index, l->ladder->lines[l->latest].attempt);
	else
		new_attempt(l, index);
	if (!record_later_part(r))
		l->latest = index;
	if (r->id < l->ladder->ids)
		l->ladder->line_of[r->id] = index;
}

static void reach(struct layout *l, struct ladder_line *sending, const struct record *r)
{
	const char *name = name_of(l, r->iface);
	if (!sending || sending->to || strcmp(sending->from, name) == 0)
		return;
	sending->to = name;
	sending->arrived = r->iface;
}

static void lay_arrived(struct layout *l, const struct record *r)
{
	reach(l, sending_of(l, r->id), r);
}

static void lay_dropped(struct layout *l, const struct record *r)
{
	struct ladder_line *sending = sending_of(l, r->id);
	uint32_t index = add_line(l, LADDER_DROP, r);
	reach(l, sending, r);
	if (sending)
		sending->lost = true;
	if (r->fact)
		add_remark(l, &l->ladder->lines[index], r);
	if (sending)
		join_attempt(l, index, sending->attempt);
}

static void lay_note(struct layout *l, const struct record *r)
{
	struct ladder_line *sending = sending_of(l, r->id);
	if (!r->fact)
		return;
	if (sending)
		add_remark(l, sending, r);
	else
		add_remark(l, &l->ladder->lines[add_line(l, LADDER_NOTE, r)], r);
}

static void (*const lay[EVENTS])(struct layout *, const struct record *) = {
	[EVENT_SENT] = lay_sent,
	[EVENT_ARRIVED] = lay_arrived,
	[EVENT_DROPPED] = lay_dropped,
	[EVENT_NOTE] = lay_note,
};

/* --- the cut end ----------------------------------------------------------------------------- */

/** Datagrams that neither arrived nor died were still on a wire when the run ended. */
static void mark_under_way(struct layout *l)
{
	struct ladder *ladder = l->ladder;
	for (uint32_t i = 0; i < ladder->n; i++) {
		struct ladder_line *line = &ladder->lines[i];
		if (line->kind != LADDER_HOP || line->to || line->lost)
			continue;
		line->to = "...";
		add_words(l, line, "on its way when the run ended");
	}
}

/* --- folding --------------------------------------------------------------------------------- */

static bool same_way(const struct ladder_line *a, const struct ladder_line *b)
{
	const struct record *x = a->record, *y = b->record;
	return a->kind == b->kind && x->iface == y->iface && x->label == y->label && x->fact == y->fact &&
	       x->story == y->story && endpoint_equal(x->src, y->src) && endpoint_equal(x->dst, y->dst) &&
	       !a->to == !b->to && (!a->to || strcmp(a->to, b->to) == 0);
}

static bool same_story(const struct ladder *ladder, const struct ladder_attempt *a,
		       const struct ladder_attempt *b)
{
	uint32_t i = a->first, k = b->first;
	while (i != LADDER_NONE && k != LADDER_NONE && same_way(&ladder->lines[i], &ladder->lines[k])) {
		i = ladder->lines[i].next;
		k = ladder->lines[k].next;
	}
	return i == LADDER_NONE && k == LADDER_NONE;
}

/** The attempt that tells what provoked the message; copies are told where the first of them is. */
static uint32_t told_in(const struct layout *l, const struct ladder_line *line)
{
	const struct ladder_line *parent = sending_of(l, line->record->parent);
	if (!parent)
		return LADDER_NONE;
	const struct ladder_attempt *a = &l->ladder->attempts[parent->attempt];
	return a->same_as == LADDER_NONE ? parent->attempt : a->same_as;
}

/**
 * A retransmission was provoked by what provoked the first copy, an ACK by a copy of the same 2xx; a new request, by what came
 * since.
 */
static bool same_first(const struct layout *l, const struct ladder_attempt *a, const struct ladder_attempt *b)
{
	const struct ladder_line *x = &l->ladder->lines[a->first], *y = &l->ladder->lines[b->first];
	if (!same_way(x, y))
		return false;
	return x->record->parent == y->record->parent || (is_ack(y) && told_in(l, x) == told_in(l, y));
}

/** Does somebody go on speaking? What is no audio has no pauses. */
static bool goes_on(const struct ladder *ladder, const struct ladder_attempt *a, const struct ladder_attempt *b)
{
	const struct ladder_line *x = &ladder->lines[a->first], *y = &ladder->lines[b->first];
	return !is_audio(y) || y->record->at - x->record->at <= PAUSE;
}

/** The last attempt before `attempt` that began the same way, if it also ended the same way. */
static uint32_t repeated(const struct layout *l, uint32_t attempt)
{
	const struct ladder *ladder = l->ladder;
	uint32_t first = attempt > LOOK_BACK ? attempt - LOOK_BACK : 0;
	for (uint32_t i = attempt; i-- > first;) {
		const struct ladder_attempt *before = &ladder->attempts[i];
		if (!same_first(l, before, &ladder->attempts[attempt]))
			continue;
		if (!same_story(ladder, before, &ladder->attempts[attempt]) ||
		    !goes_on(ladder, before, &ladder->attempts[attempt]))
			return LADDER_NONE;
		return before->same_as == LADDER_NONE ? i : before->same_as;
	}
	return LADDER_NONE;
}

static void fold(struct ladder *ladder, uint32_t attempt, uint32_t into)
{
	struct ladder_attempt *a = &ladder->attempts[attempt];
	a->same_as = into;
	ladder->attempts[into].repeats++;
	ladder->attempts[into].last_at = ladder->lines[a->first].record->at;
	ladder->attempts[into].audio = is_audio(&ladder->lines[a->first]);
	for (uint32_t i = a->first; i != LADDER_NONE; i = ladder->lines[i].next)
		ladder->lines[i].folded = true;
}

static void fold_repeats(const struct layout *l)
{
	struct ladder *ladder = l->ladder;
	for (uint32_t i = 1; i < ladder->n_attempts; i++) {
		uint32_t into = repeated(l, i);
		if (into != LADDER_NONE)
			fold(ladder, i, into);
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

void ladder_lay(struct arena *a, const struct scenario *scenario, const struct trace *trace,
		struct ladder *out)
{
	size_t records = trace->kept < RECORDS_MAX ? trace->kept : RECORDS_MAX;
	struct layout l = { .arena = a, .scenario = scenario, .ladder = out };
	*out = (struct ladder){
		.lines = arena_alloc_raw(a, (records + 1) * sizeof(struct ladder_line)),
		.attempts = arena_alloc_raw(a, (records + 1) * sizeof(struct ladder_attempt)),
		.line_of = arena_alloc_raw(a, (records + 1) * sizeof *out->line_of),
		.ids = (uint32_t)records + 1,
		.unread = trace->kept - records,
	};
	memset(out->line_of, 0xFF, out->ids * sizeof *out->line_of);

	struct trace_cursor c = trace_first(trace);
	for (size_t i = 0; i < records; i++) {
		const struct record *r = trace_next(&c);
		lay[r->event](&l, r);
	}
	if (!out->unread)
		mark_under_way(&l);
	fold_repeats(&l);
	ladder_cut(out);
}
