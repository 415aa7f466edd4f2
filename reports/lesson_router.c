#include <string.h>

#include "reports/lesson_shared.h"

static const char *host_text(struct asker *x, uint32_t host)
{
	char text[HOST_TEXT_MAX];
	host_print(host, text);
	return arena_strdup(x->arena, text);
}

/* --- what a router makes of a datagram that leaves ------------------------------------------------------------------ */

enum source_kept { KEPT_ALL, KEPT_PORT, KEPT_NOTHING };

static enum source_kept source_kept(struct endpoint inside, struct endpoint outside)
{
	return endpoint_equal(inside, outside) ? KEPT_ALL : inside.port == outside.port ? KEPT_PORT : KEPT_NOTHING;
}

static const char *const source_whys[] = {
	[KEPT_ALL] = "RFC 1918 3: inside one network private addresses are used as they are, and a tunnel makes the "
		     "two ends part of one",
	[KEPT_PORT] = "RFC 4787 4.2.1: a NAT may leave the port as it is, and this one does",
	[KEPT_NOTHING] = "RFC 4787 4.2.1: a NAT may take any free port; it need not be the one that is asked for",
};

/** Has another phone been asked about at this router? Then whether both keep the same port is a question of its own. */
static bool is_second(const struct asker *x, uint32_t i, const struct node *whose)
{
	for (uint32_t k = 0; k < i; k++) {
		const struct diagram_step *step = &x->d->steps[k];
		if (step->joins != DIAGRAM_NOWHERE && step->from.lane == x->d->steps[i].from.lane &&
		    strcmp(step->record->iface->side, "wan") == 0 &&
		    fate_origin(&x->fates, step->record)->iface->node != whose)
			return true;
	}
	return false;
}

/** "What source does er6020 give it?" The choices say which rule, since the number itself would tell. */
static void ask_source(struct asker *x, uint32_t i, const struct record *in, const struct record *out)
{
	enum source_kept kept = source_kept(in->src, out->src);
	const char *router = name_of(x, out->iface->node), *thing = thing_of(out);
	const struct node *whose = fate_origin(&x->fates, in)->iface->node;
	struct draft q = { .q.step = i, .worth = worth_of(x, NULL) };
	q.q.ask = arena_printf(x->arena, "%s passes the %s on. What source does it give it?", router, thing);
	choice_add(&q, arena_printf(x->arena, "its own address and another port"), kept == KEPT_NOTHING);
	choice_add(&q, arena_printf(x->arena, "its own address and the same port, %u", in->src.port),
		   kept == KEPT_PORT);
	choice_add(&q, arena_printf(x->arena, "none: it stays %s", place_text(x, in->src)), kept == KEPT_ALL);
	q.q.why = source_whys[kept];
	q.same = arena_printf(x->arena, "source %d %d %d", kept, label_is_rtp(out->label),
			      kept == KEPT_PORT && is_second(x, i, whose));
	draft_add(x, &q);
}

/** Where a message names an address that a router may write anew; its bits. */
static const struct address_part {
	enum place_of place;
	const char *name;
} parts[] = { { PLACE_VIA, "Via" }, { PLACE_CONTACT, "Contact" }, { PLACE_SDP, "SDP" } };

/** "Via, Contact and SDP" */
static const char *parts_text(struct asker *x, uint32_t mask)
{
	const char *text = NULL;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (mask & 1u << i)
			text = text ? arena_printf(x->arena, "%s%s%s", text, mask >> i > 1 ? ", " : " and ",
						   parts[i].name)
				    : parts[i].name;
	return text ? text : "none of them";
}

static const char *rewrite_why(struct asker *x, uint32_t mask, const struct endpoint after[static PLACES])
{
	const char *text = NULL;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (mask & 1u << i)
			text = arena_printf(x->arena, "%s%s says %s now",
					    text ? arena_printf(x->arena, "%s, ", text) : "", parts[i].name,
					    place_text(x, after[parts[i].place]));
	return text ? arena_printf(x->arena,
				   "RFC 4787 7: only an ALG changes what stands inside a message, and it changes what "
				   "it was built to change: %s",
				   text)
		    : "RFC 4787 7: a NAT changes the addresses of the packet; what stands inside the message would be "
		      "the business of an ALG, and none has touched it";
}

static bool is_several(uint32_t mask)
{
	return mask & (mask - 1);
}

/** "Which of the addresses inside does er6020 write anew?" */
static void ask_rewrite(struct asker *x, uint32_t i, const struct record *in, const struct record *out)
{
	struct endpoint before[PLACES], after[PLACES];
	uint32_t there = 0, changed = 0;
	struct draft q = { .q.step = i, .worth = worth_of(x, NULL) };
	if (!places_written(in, before) || !places_written(out, after))
		return;
	for (size_t k = 0; k < COUNT(parts); k++) {
		const struct endpoint *old = &before[parts[k].place];
		there |= old->port && old->host == in->src.host ? 1u << k : 0;
		changed |= endpoint_equal(*old, after[parts[k].place]) ? 0 : 1u << k;
	}
	changed &= there;
	if (!is_several(there))
		return;
	for (uint32_t mask = 0; mask <= there; mask++)
		if ((mask & there) == mask && (mask == there || mask == changed || !is_several(mask)))
			choice_add(&q, parts_text(x, mask), mask == changed);
	const char *router = name_of(x, out->iface->node);
	q.q.ask = arena_printf(x->arena, "The %s names the address %s inside (%s). What of that does %s write anew?",
			       thing_of(in), host_text(x, in->src.host), parts_text(x, there), router);
	q.q.why = rewrite_why(x, changed, after);
	q.same = arena_printf(x->arena, "rewrite %u %u", there, changed);
	draft_add(x, &q);
}

/**
 * What does the Via of the answer say when it comes to the phone, and does the phone take it? Asked where a router had written
 * another.
 */
static void ask_restored(struct asker *x, uint32_t i, const struct record *out, const struct rewritten_via *via)
{
	const char *router = name_of(x, out->iface->node), *phone = name_of(x, via->writer);
	bool restored = endpoint_equal(via_written(out), via->own);
	struct draft q = { .q.step = i, .worth = worth_of(x, fate_end(&x->fates, out)) };
	q.q.ask = arena_printf(x->arena,
			       "%s had written itself into the Via of the %s. What does the Via of the %s say when %s "
			       "passes it on to %s?",
			       router, via->asked->label, out->label, router, phone);
	choice_add(&q, arena_printf(x->arena, "%s, as it came", place_text(x, via->outside)), !restored);
	choice_add(&q, arena_printf(x->arena, "%s, as %s had written it", place_text(x, via->own), phone), restored);
	q.q.why = restored
			  ? "RFC 3261 18.1.2: a client has to discard an answer whose top Via is not its own, so an "
			    "ALG has to put back what it has changed"
			  : "RFC 3261 18.1.2: a client has to discard an answer whose top Via is not its own; this ALG "
			    "changes it one way only, and now all hangs on whether the phone looks";
	q.same = arena_printf(x->arena, "restored %s", router);
	draft_add(x, &q);
}

static void ask_of_leaving(struct asker *x, uint32_t i, const struct record *in, const struct record *out)
{
	if (!label_is_response(out->label))
		ask_source(x, i, in, out);
	ask_rewrite(x, i, in, out);
}

void ask_of_router(struct asker *x, uint32_t i)
{
	const struct record *out = x->d->steps[i].record, *in = fate_sent(&x->fates, out->parent);
	struct rewritten_via via;
	if (in && strcmp(out->iface->side, "wan") == 0) {
		ask_of_leaving(x, i, in, out);
	} else if (via_rewritten(x, out, &via)) {
		ask_restored(x, i, out, &via);
		ask_whether_taken(x, i, via.writer);
	}
}
