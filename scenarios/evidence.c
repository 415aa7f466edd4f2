#include "scenarios/evidence.h"

#include <string.h>

#include "models/alg.h"
#include "models/credentials.h"
#include "models/device.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "models/sip.h"
#include "models/ua.h"
#include "sim/icmp.h"
#include "sim/net.h"

bool is_phone(const struct node *n)
{
	return !strcmp(n->ops->kind, device_words[DEVICE_PHONE]);
}

struct sighting sighting_of(const struct record *r)
{
	return (struct sighting){
		.at = r->at,
		.id = r->id,
		.parent = r->parent,
		.src = r->src,
		.dst = r->dst,
		.iface = r->iface,
		.label = r->label,
		.fact = r->fact,
	};
}

/* A gateway answers for the server, whose own answer was lost, or which refused what the gateway had said. */
static bool is_substitute(const struct evidence *e, const struct record *r)
{
	const struct node *who = r->iface->node;
	return r->fact && e->answered.id && who != e->answered.iface->node && (e->lost_answer || who == e->noter);
}

static bool is_rewritten(struct payload *p, struct slice s)
{
	const struct change *c = payload_changes(p);
	for (uint32_t i = 0; i < p->changes; i++)
		if (c[i].at < s.at + s.len && c[i].at + c[i].len > s.at)
			return true;
	return false;
}

/* The receiver reads the message anyway, and reads it only once. */
static void saw_rewritten(struct evidence *e, const struct record *r)
{
	const struct sip_view *v = sip_view(r->iface->node->world, r->payload);
	if (!v)
		return;
	e->call_id_rewritten |= is_rewritten(r->payload, v->call_id);
	if (!v->request)
		return;
	e->via_rewritten |= is_rewritten(r->payload, v->via);
	e->traits.contact_rewritten |= is_rewritten(r->payload, v->contact);
}

/* Of a datagram that goes in fragments the first stands for all. What a server passes on answers a request that came before. */
static void saw_sent(struct evidence *e, const struct record *r)
{
	if (record_later_part(r) || is_substitute(e, r))
		return;
	if (r->fact) {
		e->answered = sighting_of(r);
		if (e->arrived.id == r->parent && !label_is_response(e->arrived.label))
			e->provoked = e->arrived;
	} else if (r->iface->node == e->sender) {
		if (!e->sent++)
			e->first = sighting_of(r);
		e->forked |= !endpoint_equal(e->first.dst, r->dst);
	} else if (e->first.id && r->parent == e->first.id) {
		e->inner = r->src;
	}
}

/* The last answer, or what a router has made of it. */
static bool is_answer(const struct evidence *e, const struct record *r)
{
	return e->answered.id && r->id >= e->answered.id;
}

/* A run of drops for one reason at one place is remembered by its first; whoever waits in vain only suffers from another. Of two
 * answers that were under way together the second may be the last one. */
static void saw_dropped(struct evidence *e, const struct record *r)
{
	bool same = e->lost.id && e->lost.fact == r->fact && e->lost.iface == r->iface;
	if (e->lost.id && r->fact == &fact_reassembly_timeout)
		return;
	bool consequence = e->lost.id && r->fact == &fact_fragment_early; /* its first part is the one that was lost */
	e->drops++;
	if (same)
		e->lost_answer |= is_answer(e, r);
	if (same || consequence)
		return;
	e->lost = sighting_of(r);
	e->lost_answer = is_answer(e, r);
}

/* Remarks that matter to causes. */
static const struct fact *const telling[] = {
	&fact_wrong_password, &fact_credentials_refused, &fact_challenge_unusable, &fact_no_binding,
	&fact_not_my_contact, &fact_cut_short, &fact_other_uris,
};

static void note_keep(struct evidence *e, const struct record *r)
{
	e->note = r->fact;
	e->noter = r->iface->node;
}

static void saw_note(struct evidence *e, const struct record *r)
{
	if (r->fact == &fact_others_request)
		saw_dropped(e, r); /* it was answered, but for whom it was meant it is lost */
	e->not_forced |= r->fact == &fact_not_forced;
	e->uri_differs |= r->fact == &fact_other_uri;
	e->traits.not_pinged |= r->fact == &fact_not_pinged;
	e->traits.misinformed |= r->fact == &fact_received_wrong;
	if (r->fact == &fact_alg_elsewhere)
		e->traits.idle |= (uint8_t)r->value;
	for (size_t i = 0; i < COUNT(telling); i++)
		if (r->fact == telling[i])
			note_keep(e, r);
}

/* An ICMP error is no part of the conversation that it is about; what a node makes of it is. */
static bool is_error(const struct record *r)
{
	return r->label == icmp_label && r->event != EVENT_NOTE;
}

void evidence_add(struct evidence *e, const struct record *r)
{
	if (is_error(r))
		return;
	switch (r->event) {
	case EVENT_SENT:
		saw_sent(e, r);
		if (r->payload->changes)
			saw_rewritten(e, r);
		break;
	case EVENT_ARRIVED:
		e->arrived = sighting_of(r);
		break;
	case EVENT_DROPPED:
		saw_dropped(e, r);
		break;
	default:
		saw_note(e, r);
		break;
	}
}
