/*
 * Requests that came: INVITE and re-INVITE, ACK, BYE, CANCEL.
 */
#include "models/ua_shared.h"

const struct fact fact_other_uris = { "other-uris", "its From or To has another URI than the call's", "RFC 3261 12.2.2 compares tags only" };
const struct fact fact_no_dialog = { "no-dialog", "it belongs to no call here", "RFC 3261 12.2.2" };

/* 100 goes out when nothing else has within 200 ms (RFC 3261 17.2.1). */
#define TRYING_AFTER (200 * MSEC)

/* A request at hand. */
struct incoming {
	struct ua *ua;
	const struct packet *packet;
	const struct sip_view *view;
	uint64_t txn; /* its transaction's key */
};

/* --- answering --------------------------------------------------------------------------------------------------- */

/* Any request but an INVITE. */
static void answer(const struct incoming *in, struct leg *leg, uint32_t status)
{
	struct packet p = ua_response(in->ua, leg, in->packet, status, NULL);
	if (p.payload)
		server_txns_answer(in->ua->servers, in->txn, &p);
}

/* An INVITE that begins nothing. */
static void turn_away(const struct incoming *in, struct leg *leg, uint32_t status)
{
	struct server_txn *t = invite_server_begin(in->ua->servers, in->txn, in->packet, NULL);
	struct packet p = ua_response(in->ua, leg, &t->request, status, NULL);
	if (p.payload)
		invite_server_respond(t, &p, status);
	else
		server_txn_end(t);
}

static void trying_fire(struct timer *t)
{
	struct leg *leg = CONTAINER(t, struct leg, repeat);
	leg_ring(leg, 100, NULL);
}

static void await_answer(struct leg *leg)
{
	leg->repeat.fire = trying_fire;
	world_after(leg_world(leg), &leg->repeat, TRYING_AFTER);
}

/* What carries a To tag of ours makes the dialog known (12.1.1). */
static void dialog_said(struct leg *leg, const struct packet *response, uint32_t status)
{
	if (status == 100 || leg->state != LEG_RINGING)
		return;
	dialog_answered(&leg->dialog, leg_world(leg), response->payload, leg->dialog.source);
	leg_be_found(leg);
}

static void respond(struct leg *leg, const struct packet *p, uint32_t status)
{
	struct server_txn *t = leg->invited;
	if (status >= 200)
		leg->invited = NULL;
	invite_server_respond(t, p, status);
}

void leg_ring(struct leg *leg, uint32_t status, const struct session *early)
{
	if (!leg->invited)
		return;
	if (early)
		leg->local = leg_describes(leg, early);
	struct packet p = ua_response(leg->ua, leg, &leg->invited->request, status, early ? &leg->local : NULL);
	if (!p.payload)
		return;
	timer_disarm(&leg->repeat);
	dialog_said(leg, &p, status);
	respond(leg, &p, status);
}

void leg_refuse(struct leg *leg, uint32_t status)
{
	bool first = leg->state == LEG_RINGING;
	if (!leg->invited)
		return;
	struct packet p = ua_response(leg->ua, leg, &leg->invited->request, status, NULL);
	timer_disarm(&leg->repeat);
	if (p.payload)
		respond(leg, &p, status);
	if (first)
		leg_free(leg); /* and with it an INVITE whose answer fits in no datagram */
}

/* --- the 2xx, and its repeats until the ACK (13.3.1.4, 14.2) ----------------------------------------------------- */

static void ack_missing(struct leg *leg)
{
	leg_answer_stop(leg);
	leg_note(leg, NULL, &fact_call_ack_missing, 0);
	leg_close(leg, LEG_NO_ACK);
}

static void answer_wait(struct leg *leg)
{
	struct world *w = leg_world(leg);
	usec next = world_now(w) + leg->interval;
	timer_arm(&w->wheel, &leg->repeat, next < leg->ends ? next : leg->ends);
}

static void answer_again(struct leg *leg)
{
	usec t2 = leg_knobs(leg).timers.t2;
	leg->interval = 2 * leg->interval < t2 ? 2 * leg->interval : t2;
	net_send(leg->ua->iface, &leg->answer);
	answer_wait(leg);
}

static void answer_fire(struct timer *t)
{
	struct leg *leg = CONTAINER(t, struct leg, repeat);
	if (world_now(leg_world(leg)) >= leg->ends)
		ack_missing(leg);
	else
		answer_again(leg);
}

static void answer_keep(struct leg *leg, const struct packet *p)
{
	usec t1 = leg_knobs(leg).timers.t1;
	leg_answer_stop(leg);
	leg->answer = *p;
	payload_ref(p->payload);
	leg->interval = t1;
	leg->ends = world_now(leg_world(leg)) + 64 * t1;
	leg->repeat.fire = answer_fire;
	answer_wait(leg);
}

void leg_answer(struct leg *leg, const struct session *session)
{
	if (!leg->invited)
		return;
	leg->local = leg_describes(leg, session);
	struct packet p = ua_response(leg->ua, leg, &leg->invited->request, 200, &leg->local);
	if (!p.payload)
		return;
	dialog_said(leg, &p, 200);
	answer_keep(leg, &p);
	if (leg->state == LEG_RINGING)
		leg->state = LEG_ANSWERED;
	respond(leg, &p, 200);
	leg_timer_answered(leg);
}

/* --- in a dialog ------------------------------------------------------------------------------------------------- */

static bool is_in_dialog(const struct leg *leg, const struct incoming *in)
{
	return !leg_knobs(leg).checks_uris || dialog_same_uris(&leg->dialog, leg_world(leg), in->packet->payload, in->view);
}

/* The leg that a request belongs to; NULL: none. */
static struct leg *leg_meant(const struct incoming *in)
{
	struct leg *leg = leg_of_message(in->ua, in->packet, in->view);
	if (!leg || is_in_dialog(leg, in))
		return leg;
	trace_note(ua_world(in->ua), in->ua->iface, in->packet, &fact_other_uris, 0);
	return NULL;
}

/* --- INVITE ------------------------------------------------------------------------------------------------------ */

/* Has this very call come here by another way? A proxy has forked, and both branches led to us (8.2.2.2). */
static bool is_merged(const struct incoming *in)
{
	for (const struct leg *leg = ua_leg(in->ua, in->packet->story); leg; leg = leg_next_of_story(leg)) {
		struct payload *first = leg->dialog.request, *p = in->packet->payload;
		const struct sip_view *v = sip_view(ua_world(in->ua), first);
		if (!leg->caller && v->cseq == in->view->cseq && slice_equal(p, in->view->call_id, first, v->call_id) &&
		    slice_equal(p, in->view->from_tag, first, v->from_tag))
			return true;
	}
	return false;
}

static void call_came(const struct incoming *in)
{
	struct ua *ua = in->ua;
	struct leg *leg = leg_new(ua, in->packet->story, false);
	leg->invited = invite_server_begin(ua->servers, in->txn, in->packet, leg);
	dialog_begin(&leg->dialog, ua_world(ua), in->packet->payload, false, in->packet->src);
	leg_hear(leg, in->packet, in->view);
	leg_timer_asked(leg, in->packet, in->view);
	await_answer(leg);
	uint32_t status = ua->ops->invited(leg, in->packet, in->view);
	if (status)
		leg_refuse(leg, status);
}

/* The status with which a re-INVITE is refused without asking anybody (14.2); 0: it is not. */
static uint32_t offer_barred(const struct leg *leg, const struct sip_view *v)
{
	if (leg->state == LEG_CLOSING || leg->state == LEG_CALLING)
		return 481;
	if (v->cseq <= leg->dialog.remote_cseq || leg->invited)
		return 500;
	return leg->invite ? 491 : 0;
}

static void offer_came(const struct incoming *in, struct leg *leg)
{
	struct ua *ua = in->ua;
	uint32_t barred = offer_barred(leg, in->view);
	if (barred) {
		turn_away(in, leg, barred);
		return;
	}
	leg_answer_stop(leg); /* who sends another INVITE has had the 2xx to the first */
	leg->invited = invite_server_begin(ua->servers, in->txn, in->packet, leg);
	leg->dialog.remote_cseq = in->view->cseq;
	dialog_retarget(&leg->dialog, ua_world(ua), in->packet->payload, in->packet->src);
	leg_hear(leg, in->packet, in->view);
	leg_timer_asked(leg, in->packet, in->view);
	await_answer(leg);
	if (!leg->offered || leg->ops->offered(leg, in->packet))
		leg_answer(leg, &leg->local);
}

static void invite_came(const struct incoming *in)
{
	struct leg *leg = in->view->to_tag.len ? leg_meant(in) : NULL;
	if (leg)
		offer_came(in, leg);
	else if (in->view->to_tag.len)
		turn_away(in, NULL, 481);
	else if (is_merged(in))
		turn_away(in, NULL, 482);
	else
		call_came(in);
}

/* --- ACK --------------------------------------------------------------------------------------------------------- */

static void acknowledged(struct leg *leg, const struct packet *ack, const struct sip_view *v)
{
	bool first = leg->state == LEG_ANSWERED;
	bool asked = leg->offered; /* otherwise the answer to our offer is in the ACK */
	leg_answer_stop(leg);
	if (!asked)
		leg_hear(leg, ack, v);
	if (first)
		leg->state = LEG_TALKING;
	if (first)
		leg_note(leg, ack, &fact_call_established, 0);
	if (first && leg->hanging_up)
		leg_close(leg, LEG_HUNG_UP);
	else
		leg->ops->acked(leg, ack, first);
}

static void ack_came(const struct incoming *in)
{
	if (invite_server_ack(in->ua->servers, in->packet, in->view))
		return;
	struct leg *leg = leg_meant(in);
	if (!leg)
		trace_drop(ua_world(in->ua), in->ua->iface, in->packet, &fact_no_dialog);
	else if (leg->answer.payload && sip_view(leg_world(leg), leg->answer.payload)->cseq == in->view->cseq)
		acknowledged(leg, in->packet, in->view);
}

/* --- BYE and CANCEL ---------------------------------------------------------------------------------------------- */

/* Both may hang up at once: then each BYE is answered, and ours ends the leg. */
static void bye_came(const struct incoming *in)
{
	struct leg *leg = leg_meant(in);
	bool mine = leg && leg->state != LEG_CALLING;
	answer(in, mine ? leg : NULL, mine ? 200 : 481);
	if (!mine || leg->state == LEG_CLOSING)
		return;
	leg->state = LEG_CLOSING;
	leg_refuse(leg, 487); /* an INVITE that still waits (15.1.2) */
	leg_note(leg, in->packet, &fact_call_over, 0);
	leg_over(leg, LEG_OTHER_HUNG_UP, in->packet, 0);
}

/* The INVITE of a call, or a re-INVITE, after which the call goes on as it was (9.2). */
static void invite_cancelled(struct leg *leg, const struct packet *cancel)
{
	bool first = leg->state == LEG_RINGING;
	if (first)
		leg->state = LEG_CLOSING;
	leg_refuse(leg, 487);
	if (!first)
		return;
	leg_note(leg, cancel, &fact_call_cancelled, 487);
	leg_over(leg, LEG_CANCELLED, cancel, 487);
}

static void cancel_came(const struct incoming *in)
{
	struct server_txn *waiting;
	bool known = invite_server_cancelled(in->ua->servers, in->packet, in->view, &waiting);
	struct leg *leg = waiting ? waiting->user : NULL;
	answer(in, leg, known ? 200 : 481);
	if (leg)
		invite_cancelled(leg, in->packet);
}

bool ua_request(struct ua *ua, const struct packet *p, const struct sip_view *v)
{
	static void (*const came[SIP_METHODS])(const struct incoming *) = {
		[SIP_INVITE] = invite_came,
		[SIP_BYE] = bye_came,
		[SIP_CANCEL] = cancel_came,
	};
	struct incoming in = { .ua = ua, .packet = p, .view = v };
	if (v->method == SIP_ACK) {
		ack_came(&in);
		return true;
	}
	if (!came[v->method])
		return false;
	in.txn = server_txns_key(ua->servers, p, v);
	if (!server_txns_repeat(ua->servers, in.txn, p))
		came[v->method](&in);
	return true;
}
