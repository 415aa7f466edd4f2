/*
 * Hanging up: BYE, CANCEL, or a refusal.
 */
#include "models/ua_shared.h"

/* --- BYE --------------------------------------------------------------------------------------------------------- */

static void bye_done(struct client_txn *t, const struct packet *response);

static bool bye_send(struct leg *leg, uint32_t parent, const struct challenge_read *answers)
{
	struct ua_knobs k = leg_knobs(leg);
	struct packet p;
	struct ua_request r = {
		.ua = leg->ua,
		.leg = leg,
		.dialog = &leg->dialog,
		.method = SIP_BYE,
		.cseq = ++leg->dialog.local_cseq,
		.parent = parent,
		.answers = answers,
	};
	if (!ua_request_build(&r, &p))
		return false;
	leg->bye = client_txn_start(leg->ua->clients, leg->ua->iface, &p, &k.timers, leg->ua, bye_done);
	return true;
}

/* What was noted when it was decided to hang up needs no second note. */
static void closed(struct leg *leg, const struct packet *response, uint32_t status)
{
	bool asked = leg->why == LEG_HUNG_UP;
	if (asked)
		leg_note(leg, response, response ? &fact_call_hung_up : &fact_call_bye_lost, status);
	leg_over(leg, asked && !response ? LEG_BYE_LOST : (enum leg_end)leg->why, response, status);
}

static void bye_done(struct client_txn *t, const struct packet *response)
{
	struct leg *leg = leg_of_txn(t->user, t);
	struct challenge_read c;
	if (!leg)
		return;
	const struct sip_view *v = response ? sip_view(leg_world(leg), response->payload) : NULL;
	leg->bye = NULL;
	if (leg_may_answer(leg, response, v, &leg->bye_tries, &c) && bye_send(leg, response->id, &c))
		return;
	closed(leg, response, v ? v->status : 0);
}

void leg_close(struct leg *leg, enum leg_end why)
{
	leg->state = LEG_CLOSING;
	leg->why = (uint8_t)why;
	leg_answer_stop(leg);
	timer_disarm(&leg->again);
	timer_disarm(&leg->session);
	if (leg->invited)
		leg_refuse(leg, 487);
	if (why == LEG_EXPIRED)
		leg_note(leg, NULL, &fact_call_expired, 0);
	leg->ops->closing(leg, why);
	if (!bye_send(leg, 0, NULL))
		closed(leg, NULL, 0);
}

/* --- hanging up -------------------------------------------------------------------------------------------------- */

static void call_cancel(struct leg *leg)
{
	leg->hanging_up = true;
	invite_client_cancel(leg->invite);
}

static void call_decline(struct leg *leg)
{
	leg->state = LEG_CLOSING;
	leg_refuse(leg, 480);
	leg_note(leg, NULL, &fact_call_hung_up, 480);
	leg_over(leg, LEG_HUNG_UP, NULL, 480);
}

void leg_hang_up(struct leg *leg)
{
	switch ((enum leg_state)leg->state) {
	case LEG_CALLING:
		call_cancel(leg);
		break;
	case LEG_RINGING:
		call_decline(leg);
		break;
	case LEG_ANSWERED:
		leg->hanging_up = true;
		break;
	case LEG_TALKING:
		leg_close(leg, LEG_HUNG_UP);
		break;
	case LEG_CLOSING:
		break;
	}
}
