/*
 * INVITEs of ours: calls, re-INVITEs, and what becomes of them.
 */
#include "models/ua_shared.h"

/* --- INVITE ------------------------------------------------------------------------------------------------------ */

static const struct invite_client_ops invite_ops;

static void invite_start(struct leg *leg, const struct packet *p)
{
	struct ua_knobs k = leg_knobs(leg);
	leg->invite = invite_client_start(leg->ua->clients, leg->ua->iface, p, &k.timers, leg->ua, &invite_ops);
}

/* An INVITE that begins a dialog: the first one, or one that answers a challenge to it. False: it could not
 * be sent. */
static bool first_invite(struct leg *leg, const struct callee *callee, uint32_t parent, const struct challenge_read *answers)
{
	struct ua *ua = leg->ua;
	struct packet p;
	struct ua_request r = {
		.ua = ua,
		.leg = leg,
		.dialog = &leg->dialog,
		.method = SIP_INVITE,
		.cseq = callee ? ua->ops->first_cseq(ua) : leg->dialog.local_cseq + 1,
		.parent = parent,
		.callee = callee,
		.first = true,
		.body = &leg->local,
		.answers = answers,
	};
	if (!ua_request_build(&r, &p))
		return false;
	dialog_begin(&leg->dialog, ua_world(ua), p.payload, true, p.dst);
	leg_be_found(leg);
	invite_start(leg, &p);
	return true;
}

/* Nobody has picked up for too long (13.2.1). */
static void patience_ends(struct timer *t)
{
	struct leg *leg = CONTAINER(t, struct leg, again);
	if (leg->invite)
		invite_client_cancel(leg->invite);
}

struct leg *leg_call(struct ua *ua, const struct callee *callee, const struct session *offer, uint32_t story, uint32_t cause,
		     const struct leg_ops *ops, void *user)
{
	struct leg *leg = leg_new(ua, story, true);
	usec patience = leg_knobs(leg).patience;
	leg->ops = ops;
	leg->user = user;
	leg->local = leg_describes(leg, offer);
	bool sent = first_invite(leg, callee, cause, NULL);
	assert(sent); /* the texts of a profile are short by their field tables */
	leg->again.fire = patience_ends;
	if (patience)
		world_after(ua_world(ua), &leg->again, patience);
	return leg;
}

/* Everything is in order again when its 2xx comes; until then leg->local is what holds. */
static void reinvite(struct leg *leg, uint32_t parent, const struct challenge_read *answers)
{
	struct packet p;
	struct ua_request r = {
		.ua = leg->ua,
		.leg = leg,
		.dialog = &leg->dialog,
		.method = SIP_INVITE,
		.cseq = ++leg->dialog.local_cseq,
		.parent = parent,
		.body = &leg->offer,
		.answers = answers,
	};
	if (!ua_request_build(&r, &p)) {
		leg_close(leg, LEG_EXPIRED);
		return;
	}
	/* the transaction takes the payload over, and its ACK repeats the credentials */
	invite_start(leg, &p);
}

static void invite_again(struct timer *t)
{
	reinvite(CONTAINER(t, struct leg, again), 0, NULL);
}

static bool is_busy(const struct leg *leg)
{
	return leg->invite || leg->invited || timer_armed(&leg->again) || leg->answer.payload || leg->state != LEG_TALKING;
}

static bool offer_begin(struct leg *leg, const struct session *offer, bool refresh)
{
	if (is_busy(leg))
		return false;
	leg->offer = leg_describes(leg, offer);
	leg->refreshing = refresh;
	leg->invite_tries = (struct challenge_tries){ false };
	reinvite(leg, 0, NULL);
	return true;
}

bool leg_offer(struct leg *leg, const struct session *offer)
{
	return offer_begin(leg, offer, false);
}

bool leg_refresh(struct leg *leg)
{
	return offer_begin(leg, &leg->local, true);
}

/* --- INVITE: what becomes of it ---------------------------------------------------------------------------------- */

/* What is sent in a dialog apart from transactions. */
static void acknowledge(struct leg *leg, struct dialog *d, const struct packet *response, uint32_t cseq,
			struct payload *invite)
{
	struct packet ack;
	struct ua_request r = {
		.ua = leg->ua,
		.leg = leg,
		.dialog = d,
		.method = SIP_ACK,
		.cseq = cseq,
		.parent = response->id,
		.credentials = invite,
	};
	if (!ua_request_build(&r, &ack))
		return;
	net_send(leg->ua->iface, &ack);
	if (d != &leg->dialog) {
		payload_unref(leg_world(leg)->payloads, ack.payload);
		return;
	}
	leg_let_go(leg, &leg->ack);
	leg->ack = ack;
}

static void acknowledge_again(struct leg *leg, const struct packet *response)
{
	leg->ack.parent = response->id;
	net_send(leg->ua->iface, &leg->ack);
}

static void call_answered(struct leg *leg, const struct packet *response, uint32_t status)
{
	timer_disarm(&leg->again);
	leg_note(leg, response, &fact_call_answered, status);
	if (!leg->hanging_up)
		leg->ops->answered(leg, response);
	else
		leg_close(leg, LEG_HUNG_UP); /* the CANCEL came too late (9.1) */
}

static void offer_answered(struct leg *leg, const struct packet *response, uint32_t status)
{
	bool refreshing = leg->refreshing, held = !session_hears(&leg->offer);
	leg->local = leg->offer;
	leg->refreshing = false;
	if (refreshing)
		return;
	leg_note(leg, response, held ? &fact_call_held : &fact_call_resumed, status);
	leg->ops->offer_ended(leg, response, status);
}

/* The first 2xx to an INVITE of ours. */
static void leg_accepted(struct leg *leg, struct client_txn *t, const struct packet *response, const struct sip_view *v)
{
	struct world *w = leg_world(leg);
	bool first = leg->state == LEG_CALLING;
	leg->invite = NULL;
	if (first) {
		dialog_answered(&leg->dialog, w, response->payload, response->src);
		leg->state = LEG_TALKING;
	} else {
		dialog_retarget(&leg->dialog, w, response->payload, response->src);
	}
	leg_hear(leg, response, v);
	acknowledge(leg, &leg->dialog, response, v->cseq, t->request.payload);
	if (leg->state == LEG_CLOSING)
		return;
	leg_timer_told(leg, response, v);
	(first ? call_answered : offer_answered)(leg, response, v->status);
}

static void nothing_more(struct client_txn *t, const struct packet *response)
{
	(void)t, (void)response;
}

/* A proxy has forked and one more has picked up: nobody talks to two (13.2.2.4). */
static void fork_hang_up(struct leg *leg, struct client_txn *t, const struct packet *response, const struct sip_view *v)
{
	struct world *w = leg_world(leg);
	struct ua_knobs k = leg_knobs(leg);
	struct dialog d = { 0 };
	struct packet bye;
	dialog_begin(&d, w, t->request.payload, true, response->src);
	dialog_answered(&d, w, response->payload, response->src);
	acknowledge(leg, &d, response, v->cseq, t->request.payload);
	struct ua_request r = {
		.ua = leg->ua, .leg = leg, .dialog = &d, .method = SIP_BYE, .cseq = v->cseq + 1, .parent = response->id
	};
	if (ua_request_build(&r, &bye))
		client_txn_start(leg->ua->clients, leg->ua->iface, &bye, &k.timers, leg->ua, nothing_more);
	dialog_end(&d, w);
}

/* A call of ours to which this response belongs, whoever has sent it. */
static struct leg *call_of_response(const struct ua *ua, const struct client_txn *t, uint32_t hash)
{
	struct leg *leg = ua_leg(ua, t->request.story);
	while (leg && !(leg->caller && dialog_hash(&leg->dialog, leg_world(leg)) == hash))
		leg = leg_next_of_story(leg);
	return leg;
}

static void invite_accepted(struct client_txn *t, const struct packet *response)
{
	struct ua *ua = t->user;
	const struct sip_view *v = sip_view(ua_world(ua), response->payload);
	struct leg *leg = leg_of_message(ua, response, v), *call;
	if (leg && leg->invite == t)
		leg_accepted(leg, t, response, v);
	else if (leg && leg->ack.payload && sip_view(ua_world(ua), leg->ack.payload)->cseq == v->cseq)
		acknowledge_again(leg, response);
	else if (!leg && (call = call_of_response(ua, t, dialog_hash_of(response->payload, v))))
		fork_hang_up(call, t, response, v);
}

static void invite_provisional(struct client_txn *t, const struct packet *response)
{
	struct leg *leg = leg_of_txn(t->user, t);
	if (!leg || leg->state != LEG_CALLING)
		return;
	const struct sip_view *v = sip_view(leg_world(leg), response->payload);
	if (v->status == 100 || leg->hanging_up)
		return;
	leg_hear(leg, response, v);
	if (leg->ops->progressed)
		leg->ops->progressed(leg, response, v->status);
}

static void call_refused(struct leg *leg, const struct packet *response, uint32_t status)
{
	bool cancelled = leg->hanging_up;
	leg_note(leg, response, cancelled ? &fact_call_cancelled : call_failure(status), status);
	leg_over(leg, cancelled ? LEG_CANCELLED : LEG_REFUSED, response, status);
}

/* 2.1 to 4 s for who made the Call-ID, else up to 2 s, in steps of 10 ms (14.1). */
static usec glare_pause(struct leg *leg)
{
	struct ua *ua = leg->ua;
	uint64_t low = leg->dialog.caller ? 210 : 0, high = leg->dialog.caller ? 400 : 200;
	return (usec)(low + stream_below(ua->chance, ua->draws++, high - low + 1)) * 10 * MSEC;
}

static void offer_again_later(struct leg *leg)
{
	leg->again.fire = invite_again;
	world_after(leg_world(leg), &leg->again, glare_pause(leg));
}

/* The session stays as it was; but who does not know the dialog any more, or does not answer, is gone
 * (12.2.1.2, 14.1). */
static void offer_refused(struct leg *leg, const struct packet *response, uint32_t status)
{
	bool gone = !response || status == 408 || status == 481;
	bool refreshing = leg->refreshing;
	leg->refreshing = false;
	if (!refreshing)
		leg_note(leg, response, &fact_call_hold_failed, status);
	if (gone)
		leg_close(leg, LEG_EXPIRED);
	else if (!refreshing)
		leg->ops->offer_ended(leg, response, status);
}

static void invite_refused(struct client_txn *t, const struct packet *response)
{
	struct leg *leg = leg_of_txn(t->user, t);
	struct challenge_read c;
	if (!leg)
		return;
	const struct sip_view *v = response ? sip_view(leg_world(leg), response->payload) : NULL;
	uint32_t status = v ? v->status : t->unreachable ? 503 : 0;
	bool first = leg->state == LEG_CALLING;
	leg->invite = NULL;
	if (leg->state == LEG_CLOSING)
		return;
	bool again = !leg->hanging_up && leg_may_answer(leg, response, v, &leg->invite_tries, &c);
	if (again && first && first_invite(leg, NULL, response->id, &c))
		return;
	if (first)
		call_refused(leg, response, status);
	else if (again)
		reinvite(leg, response->id, &c);
	else if (status == 491)
		offer_again_later(leg);
	else
		offer_refused(leg, response, status);
}

static const struct invite_client_ops invite_ops = {
	.provisional = invite_provisional,
	.accepted = invite_accepted,
	.refused = invite_refused,
};
