#include "reports/fate.h"

#include <string.h>

const struct record *fate_sent(const struct fates *f, uint32_t id)
{
	return id && id < f->size ? f->sent[id] : NULL;
}

/** What its router sends on is the same message; what a server makes of one it has come to is its own. */
static bool is_passed_on(const struct fates *f, const struct record *r)
{
	const struct record *before = fate_sent(f, r->parent), *there = before ? f->arrived[r->parent] : NULL;
	return there && there->iface->side && there->iface->node == r->iface->node && before->label == r->label;
}

/** Fragments and copies are told by the first of them. */
static void keep(const struct record **place, const struct record *r)
{
	if (!*place)
		*place = r;
}

static void fate_read(struct fates *f, const struct record *r)
{
	if (r->id >= f->size || !r->id || !r->iface)
		return;
	if (r->event == EVENT_ARRIVED)
		keep(&f->arrived[r->id], r);
	if (r->event == EVENT_DROPPED)
		keep(&f->dropped[r->id], r);
	if (r->event != EVENT_SENT)
		return;
	keep(&f->sent[r->id], r);
	if (is_passed_on(f, r))
		keep(&f->onward[r->parent], r);
}

/** So many datagrams there are at most: ids count from 1. */
static uint32_t ids_of(const struct trace *trace)
{
	const struct record *r;
	uint32_t last = 0;
	for (struct trace_cursor c = trace_first(trace); (r = trace_next(&c));)
		last = r->id > last ? r->id : last;
	return last;
}

void fates_read(struct arena *a, const struct trace *trace, struct fates *out)
{
	const struct record *r;
	*out = (struct fates){ .size = ids_of(trace) + 1 };
	const struct record ***const places[] = { &out->sent, &out->arrived, &out->dropped, &out->onward };
	for (size_t i = 0; i < COUNT(places); i++)
		*places[i] = arena_alloc(a, out->size * sizeof **places[i]);
	for (struct trace_cursor c = trace_first(trace); (r = trace_next(&c));)
		fate_read(out, r);
}

const struct record *fate_origin(const struct fates *f, const struct record *sent)
{
	while (is_passed_on(f, sent))
		sent = f->sent[sent->parent];
	return sent;
}

const struct record *fate_end(const struct fates *f, const struct record *sent)
{
	while (!f->dropped[sent->id] && f->onward[sent->id])
		sent = f->onward[sent->id];
	if (f->dropped[sent->id])
		return f->dropped[sent->id];
	const struct record *there = f->arrived[sent->id];
	return there && there->iface->side ? NULL : there;
}

const struct node *fate_door(const struct fates *f, const struct record *sent)
{
	while (is_passed_on(f, sent) && strcmp(sent->iface->side, "wan") != 0)
		sent = f->sent[sent->parent];
	return is_passed_on(f, sent) ? sent->iface->node : NULL;
}
