#include "scenarios/evidence.h"

#include "models/phone.h"
#include "models/server.h"

static struct sighting sighting_of(const struct record *r)
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

/* Of a datagram that goes in fragments the first stands for all. */
static void saw_sent(struct evidence *e, const struct record *r)
{
	if (r->fragment.offset > 0)
		return;
	if (r->fact) {
		e->answered = sighting_of(r);
		if (e->arrived.id == r->parent)
			e->provoked = e->arrived;
	} else if (r->iface->node == e->subject) {
		if (!e->sent++)
			e->first = sighting_of(r);
	}
}

/* A run of drops for one reason at one place is remembered by its first; whoever waits in vain only suffers from another. */
static void saw_dropped(struct evidence *e, const struct record *r)
{
	bool same = e->lost.id && e->lost.fact == r->fact && e->lost.iface == r->iface;
	if (e->lost.id && r->fact == &fact_reassembly_timeout)
		return;
	e->drops++;
	if (same)
		return;
	e->lost = sighting_of(r);
	e->lost_answer = e->answered.id && r->id >= e->answered.id;
}

static void saw_note(struct evidence *e, const struct record *r)
{
	if (r->fact == &fact_wrong_password || r->fact == &fact_credentials_refused ||
	    r->fact == &fact_challenge_unusable)
		e->note = r->fact;
}

void evidence_add(struct evidence *e, const struct record *r)
{
	switch (r->event) {
	case EVENT_SENT:
		saw_sent(e, r);
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
