/*
 * Session timers (RFC 4028): a session lasts only so long unless a re-INVITE refreshes it.
 *
 *	INVITE  Session-Expires: 1800                     what is asked for
 *	200     Session-Expires: 1800;refresher=uac       what holds, and who has to refresh it
 *
 *	0 ------------- half: the refresher sends a re-INVITE ------------- min(32 s, a third) before the end: who has
 *	                                                                    heard of none hangs up (10)
 */
#include "models/ua_shared.h"

/* When to try again while another INVITE is under way, or after a refresh has failed. */
#define REFRESH_RETRY (10 * SEC)

/* What a message says of session timers. */
struct timer_said {
	uint32_t seconds; /* 0: nothing */
	bool uac, uas;	  /* who refreshes, as seen from the INVITE; neither: it does not say */
	bool supported;
};

static bool supports_timer(const struct packet *p, const struct sip_view *v)
{
	struct sip_elements walk = { 0 };
	struct slice element;
	while (sip_next_element(p->payload, v, "Supported", 'k', &walk, &element))
		if (span_equal(slice_span(p->payload, element), SPAN("timer")))
			return true;
	return false;
}

static struct timer_said said_by(const struct packet *p, const struct sip_view *v)
{
	const char *text = p->payload->bytes;
	struct timer_said said = { .supported = supports_timer(p, v) };
	struct slice value, who;
	if (!sip_find_header(p->payload, v, "Session-Expires", 'x', &value))
		return said;
	const char *params = memchr(text + value.at, ';', value.len);
	struct slice number = { value.at, params ? (uint16_t)(params - (text + value.at)) : value.len };
	if (!siptext_number(text, siptext_trim(text, number), &said.seconds))
		said.seconds = 0;
	if (siptext_param(text, value, "refresher", &who, NULL)) {
		said.uac = span_equal(slice_span(p->payload, who), SPAN("uac"));
		said.uas = !said.uac;
	}
	return said;
}

/* --- what we say ------------------------------------------------------------------------------------------------- */

static void put_expires(struct sip_builder *b, usec expires, const char *refresher)
{
	sip_begin_header(b, "Session-Expires");
	sip_put_number(b, whole_seconds(expires));
	sip_puts(b, refresher);
	sip_end_header(b);
}

/* The first INVITE leaves it to the other side who refreshes; later ones go on as it was agreed (7.4). */
static void put_asked(struct sip_builder *b, const struct leg *leg)
{
	usec wished = leg_knobs(leg).session_timer;
	if (wished && leg->expires)
		put_expires(b, leg->expires, leg->refreshes ? ";refresher=uac" : ";refresher=uas");
	else if (wished)
		put_expires(b, wished, "");
}

static void put_agreed(struct sip_builder *b, const struct leg *leg)
{
	if (leg->expires)
		put_expires(b, leg->expires, leg->refreshes ? ";refresher=uas" : ";refresher=uac");
}

void leg_put_session_expires(struct sip_builder *b, const struct leg *leg)
{
	(b->view.request ? put_asked : put_agreed)(b, leg);
}

/* Whoever has to refresh must know how (9). */
void leg_put_require(struct sip_builder *b, const struct leg *leg)
{
	sip_text_header(b, "Require", leg->expires && !leg->refreshes ? "timer" : NULL);
}

/* --- what is agreed ---------------------------------------------------------------------------------------------- */

/* The answer decides, in favour of the shorter wish; whoever cannot refresh does not have to (9). */
void leg_timer_asked(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	usec wished = leg_knobs(leg).session_timer;
	leg->expires = wished;
	if (!wished)
		return;
	struct timer_said said = said_by(invite, v);
	usec asked = said.seconds * SEC;
	leg->expires = asked && asked < wished ? asked : wished;
	leg->refreshes = said.uas || !(said.uac || said.supported);
}

static void refresh_fire(struct timer *t);
static void expiry_fire(struct timer *t);

static usec expiry_early(const struct leg *leg)
{
	return leg->expires / 3 < 32 * SEC ? leg->expires / 3 : 32 * SEC;
}

void leg_timer_answered(struct leg *leg)
{
	struct world *w = leg_world(leg);
	timer_disarm(&leg->session);
	if (!leg->expires)
		return;
	leg->session_ends = world_now(w) + leg->expires - expiry_early(leg);
	leg->session.fire = leg->refreshes ? refresh_fire : expiry_fire;
	timer_arm(&w->wheel, &leg->session, leg->refreshes ? world_now(w) + leg->expires / 2 : leg->session_ends);
}

/* Without the header in the 2xx there is no timer (7.2). */
void leg_timer_told(struct leg *leg, const struct packet *response, const struct sip_view *v)
{
	leg->expires = 0;
	if (leg_knobs(leg).session_timer) {
		struct timer_said said = said_by(response, v);
		leg->expires = said.seconds * SEC;
		leg->refreshes = !said.uas;
	}
	leg_timer_answered(leg);
}

static void refresh_fire(struct timer *t)
{
	struct leg *leg = CONTAINER(t, struct leg, session);
	struct world *w = leg_world(leg);
	if (world_now(w) >= leg->session_ends) {
		leg_close(leg, LEG_EXPIRED);
		return;
	}
	usec next = world_now(w) + REFRESH_RETRY;
	timer_arm(&w->wheel, t, next < leg->session_ends ? next : leg->session_ends);
	leg_refresh(leg);
}

static void expiry_fire(struct timer *t)
{
	leg_close(CONTAINER(t, struct leg, session), LEG_EXPIRED);
}
