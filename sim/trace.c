#include "sim/trace.h"

#include <stdio.h>
#include <string.h>

#include "sim/world.h"

void trace_tap(struct trace *t, struct tap *tap)
{
	struct tap **end = &t->taps;
	while (*end)
		end = &(*end)->next;
	tap->next = NULL;
	*end = tap;
}

/* Blocks are const to readers; only their writer, below, sees through that. */
static struct trace_block *block_with_room(struct world *w)
{
	struct trace *t = &w->trace;
	struct trace_block *last = (struct trace_block *)t->last;
	if (last && last->n < TRACE_BLOCK)
		return last;
	struct trace_block *b = arena_alloc_raw(w->arena, sizeof *b);
	b->next = NULL;
	b->n = 0;
	if (last)
		last->next = b;
	else
		t->blocks = b;
	t->last = b;
	return b;
}

static const struct fragment *fragment_kept(struct world *w, const struct fragment *f)
{
	struct fragment *kept = arena_alloc_raw(w->arena, sizeof *kept);
	*kept = *f;
	return kept;
}

static APART void keep(struct world *w, const struct record *r)
{
	struct trace_block *b = block_with_room(w);
	struct record *kept = &b->records[b->n++];
	*kept = *r;
	kept->payload = NULL;
	if (r->payload && w->trace.level == TRACE_FULL)
		kept->payload = payload_ref(r->payload);
	if (RARELY(r->fragment))
		kept->fragment = fragment_kept(w, r->fragment);
	w->trace.kept++;
}

static void publish(struct world *w, const struct record *r)
{
	struct trace *t = &w->trace;
	t->counts[r->event]++;
	for (struct tap *tap = t->taps; tap; tap = tap->next)
		tap->see(tap, r);
	if (t->level != TRACE_COUNTS)
		keep(w, r);
}

static struct record record_of(struct world *w, enum event event, const struct iface *at, const struct packet *p)
{
	return (struct record){
		.at = world_now(w),
		.id = p->id,
		.parent = p->parent,
		.story = p->story,
		.event = event,
		.ttl = p->ttl,
		.df = p->df,
		.iface = at,
		.src = p->src,
		.dst = p->dst,
		.label = p->label,
		.fact = p->rule,
		.payload = p->payload,
		.fragment = is_fragment(p) ? &p->fragment : NULL,
	};
}

void trace_packet(struct world *w, enum event event, const struct iface *at, const struct packet *p)
{
	struct record r = record_of(w, event, at, p);
	publish(w, &r);
}

void trace_drop(struct world *w, const struct iface *at, const struct packet *p, const struct fact *why)
{
	struct record r = record_of(w, EVENT_DROPPED, at, p);
	r.fact = why;
	publish(w, &r);
}

void trace_note(struct world *w, const struct iface *at, const struct packet *p, const struct fact *what, uint64_t value)
{
	static const struct packet nothing;
	struct record r = record_of(w, EVENT_NOTE, at, p ? p : &nothing);
	r.fact = what;
	r.value = value;
	publish(w, &r);
}

void trace_note_story(struct world *w, const struct iface *at, uint32_t story, const struct fact *what, uint64_t value)
{
	trace_note(w, at, &(struct packet){ .story = story }, what, value);
}

struct out {
	char *at, *end;
};

static void put(struct out *o, const char *text, size_t len)
{
	size_t room = (size_t)(o->end - o->at);
	if (len > room)
		len = room;
	memcpy(o->at, text, len);
	o->at += len;
}

/* Notes carry an endpoint in their number as host << 16 | port. */
static struct endpoint endpoint_of(uint64_t value)
{
	return (struct endpoint){ (uint32_t)(value >> 16), (uint32_t)(value & 0xFFFF) };
}

static size_t place_print(const struct record *r, const char *name, size_t len, char text[static ENDPOINT_TEXT_MAX])
{
	if (len == 3 && !memcmp(name, "src", 3))
		return endpoint_print(r->src, text);
	if (len == 3 && !memcmp(name, "dst", 3))
		return endpoint_print(r->dst, text);
	if (len == 4 && !memcmp(name, "host", 4))
		return host_print(r->dst.host, text);
	if (len == 4 && !memcmp(name, "port", 4))
		return decimal_print(r->dst.port, text);
	if (len == 8 && !memcmp(name, "endpoint", 8))
		return endpoint_print(endpoint_of(r->value), text);
	return decimal_print(r->value, text);
}

void record_sentence(const struct record *r, char *text, size_t size)
{
	struct out o = { text, text + size - 1 };
	const char *s = r->fact ? r->fact->sentence : "";
	while (*s) {
		size_t plain = strcspn(s, "{");
		put(&o, s, plain);
		s += plain;
		const char *close = *s ? strchr(s, '}') : NULL;
		if (!close)
			break;
		char place[ENDPOINT_TEXT_MAX];
		put(&o, place, place_print(r, s + 1, (size_t)(close - s - 1), place));
		s = close + 1;
	}
	*o.at = 0;
}

struct trace_cursor trace_first(const struct trace *t)
{
	return (struct trace_cursor){ t->blocks, 0 };
}

const struct record *trace_next(struct trace_cursor *c)
{
	if (c->block && c->i == c->block->n)
		*c = (struct trace_cursor){ c->block->next, 0 };
	return c->block && c->block->n ? &c->block->records[c->i++] : NULL;
}
