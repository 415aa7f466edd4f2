#include "models/ua.h"

#include <string.h>

#include "models/ua_shared.h"

const struct fact fact_call_answered = { "call-answered", "its call was answered {value}", "RFC 3261 13.2.2.4" };
const struct fact fact_call_established = { "call-established", "is in a call: the ACK has come", "RFC 3261 13.3.1.4" };
const struct fact fact_call_refused = { "call-refused", "its call failed, status {value}", "RFC 3261 13.2.2.3" };
const struct fact fact_call_unanswered = { "call-unanswered", "its call failed: no final response", "RFC 3261 17.1.1.2" };
const struct fact fact_call_cancelled = { "call-cancelled", "the call ended before it was answered", "RFC 3261 9" };
const struct fact fact_call_ack_missing = { "ack-missing", "hangs up: nobody has acknowledged its 200", "RFC 3261 13.3.1.4" };
const struct fact fact_call_hung_up = { "hung-up", "has hung up: BYE was answered {value}", "RFC 3261 15.1.1" };
const struct fact fact_call_bye_lost = { "bye-lost", "has hung up: nobody answered its BYE", "RFC 3261 15.1.1" };
const struct fact fact_call_over = { "call-over", "the other side has hung up", "RFC 3261 15.1.2" };
const struct fact fact_call_held = { "call-held", "has put the other side on hold", "RFC 3264 8.4" };
const struct fact fact_call_resumed = { "call-resumed", "talks again", "RFC 3264 8.4" };
const struct fact fact_call_hold_failed = { "hold-failed", "could not change the call, status {value}", "RFC 3261 14.1" };
const struct fact fact_call_expired = { "call-expired", "hangs up: the other side seems to be gone",
					"RFC 4028 10, RFC 3261 12.2.1.2" };

const struct fact *call_failure(uint32_t status)
{
	return status ? &fact_call_refused : &fact_call_unanswered;
}

void ua_init(struct ua *ua, struct iface *iface, const struct ua_ops *ops, struct client_txns *clients,
	     struct server_txns *servers, struct stream chance)
{
	*ua = (struct ua){ .iface = iface, .ops = ops, .clients = clients, .servers = servers, .chance = chance };
}

/* --- legs -------------------------------------------------------------------------------------------------------- */

struct leg *leg_new(struct ua *ua, uint32_t story, bool caller)
{
	struct world *w = ua_world(ua);
	struct leg *leg = pool_get(&sip_shared(w)->legs);
	*leg = (struct leg){ .ua = ua, .story = story, .caller = caller, .state = caller ? LEG_CALLING : LEG_RINGING };
	keyed_add(&ua->legs, w->arena, &leg->by_story, story);
	return leg;
}

void leg_be_found(struct leg *leg)
{
	struct world *w = leg_world(leg);
	if (!leg->found)
		keyed_add(&leg->ua->dialogs, w->arena, &leg->by_dialog, dialog_hash(&leg->dialog, w));
	leg->found = true;
}

void leg_let_go(struct leg *leg, struct packet *p)
{
	if (p->payload)
		payload_unref(leg_world(leg)->payloads, p->payload);
	p->payload = NULL;
}

void leg_answer_stop(struct leg *leg)
{
	timer_disarm(&leg->repeat);
	leg_let_go(leg, &leg->answer);
}

void leg_free(struct leg *leg)
{
	struct world *w = leg_world(leg);
	keyed_remove(&leg->ua->legs, &leg->by_story);
	if (leg->found)
		keyed_remove(&leg->ua->dialogs, &leg->by_dialog);
	leg_answer_stop(leg);
	leg_let_go(leg, &leg->ack);
	timer_disarm(&leg->again);
	timer_disarm(&leg->session);
	if (leg->invited)
		server_txn_end(leg->invited);
	dialog_end(&leg->dialog, w);
	pool_put(&sip_shared(w)->legs, leg);
}

void leg_over(struct leg *leg, enum leg_end how, const struct packet *last, uint32_t status)
{
	leg->ops->ended(leg, how, last, status);
	leg_free(leg);
}

void leg_hear(struct leg *leg, const struct packet *p, const struct sip_view *v)
{
	leg->offered = session_read(p->payload, v, &leg->remote);
}

bool leg_may_answer(struct leg *leg, const struct packet *response, const struct sip_view *v, struct challenge_tries *tries,
		    struct challenge_read *c)
{
	const struct ua_ops *ops = leg->ua->ops;
	if (!v || (v->status != 401 && v->status != 407) || !ops->challenge)
		return false;
	bool able = ops->challenge(leg->ua, response, v, c);
	if (able && challenge_retry(tries, c))
		return true;
	const struct fact *why = challenge_refusal(able, c);
	if (why)
		leg_note(leg, response, why, v->status);
	return false;
}

void leg_note(const struct leg *leg, const struct packet *p, const struct fact *what, uint64_t value)
{
	if (leg->silent)
		return;
	if (p)
		trace_note(leg_world(leg), leg->ua->iface, p, what, value);
	else
		trace_note_story(leg_world(leg), leg->ua->iface, leg->story, what, value);
}

static struct leg *leg_of_link(struct keyed_link *l)
{
	return l ? CONTAINER(l, struct leg, by_story) : NULL;
}

struct leg *ua_leg(const struct ua *ua, uint32_t story)
{
	return leg_of_link(keyed_find(&ua->legs, story));
}

struct leg *leg_next_of_story(const struct leg *leg)
{
	return leg_of_link(keyed_next(&leg->ua->legs, &leg->by_story));
}

struct leg *ua_first_leg(const struct ua *ua)
{
	return leg_of_link(ua->legs.first);
}

struct leg *leg_next(const struct leg *leg)
{
	return leg_of_link(leg->by_story.next);
}

struct leg *leg_of_message(const struct ua *ua, const struct packet *p, const struct sip_view *v)
{
	struct keyed_link *l = keyed_find(&ua->dialogs, dialog_hash_of(p->payload, v));
	for (; l; l = keyed_next(&ua->dialogs, l)) {
		struct leg *leg = CONTAINER(l, struct leg, by_dialog);
		if (dialog_matches(&leg->dialog, ua_world(ua), p->payload, v))
			return leg;
	}
	return NULL;
}

struct leg *leg_of_txn(const struct ua *ua, const struct client_txn *t)
{
	struct leg *leg = ua_leg(ua, t->request.story);
	while (leg && leg->invite != t && leg->bye != t)
		leg = leg_next_of_story(leg);
	return leg;
}

void leg_abandon(struct leg *leg)
{
	leg_free(leg);
}

void ua_forget(struct ua *ua)
{
	for (struct leg *leg; (leg = ua_first_leg(ua));)
		leg_free(leg);
}

void ua_pools_init(struct sip_shared *shared, struct arena *a)
{
	pool_init(&shared->legs, a, sizeof(struct leg));
}
