#include "scenarios/judge_shared.h"

#include <string.h>

#include "models/media.h"
#include "models/server.h"
#include "models/sip.h"
#include "models/ua.h"
#include "scenarios/judge_audio.h"

/*
 * A call has parts, and each has evidence of its own:
 *
 *	caller              server              callee
 *	  |------ INVITE ----->|------ INVITE ----->|   PART_SETUP, of each side of the server
 *	  |<------- 200 -------|<------- 200 -------|
 *	  |------- ACK ------->|------- ACK ------->|   PART_ACK
 *	  |======================================== |   PART_AUDIO, each direction: judge_audio.c
 *	  |------ INVITE ----->|------ INVITE ----->|   PART_HOLD
 *	  |<------- BYE -------|<------- BYE -------|   PART_HANGUP
 */

/* What an end did to hold the call. */
struct holding {
	usec held, resumed; /* answered; -1: not */
	bool asked, resume_asked, failed;
	bool leaked; /* the other side was heard all the same */
	bool heard;  /* and was heard again */
};

/* A datagram of the setup: on which side of the server it was. */
struct passage {
	uint32_t id;
	bool inward, response;
};

#define PASSAGES 32 /* that are remembered: a message and what it provokes are near each other */

struct judged_call {
	struct attempt *attempt; /* by which its story finds it */
	struct call_parties parties;
	void *owner;
	bool answered, established, accepted, in_answered, reinvited, asked, frozen;
	bool hung_up[CALL_ENDS], over[CALL_ENDS];
	const struct evidence *unregistered; /* why the callee has not registered; NULL: it has, or nothing is known */
	const struct node *taken_by; /* a phone that is neither end has answered; NULL: none has */
	usec cut; /* when somebody hung up who was not asked; -1: nobody did */
	usec frozen_at;
	unsigned decided;	 /* checks of these rules, a bit each */
	struct evidence out, in; /* of the setup: as the caller sees it, and on the way to the callee */
	struct evidence ack, ack_out; /* of the ACK on the way to the callee, and of the caller's */
	struct evidence hangup, hold;
	struct evidence audio[CALL_ENDS]; /* by speaker; made when it is asked for */
	struct holding holding[CALL_ENDS];
	struct speech said[CALL_ENDS]; /* by speaker */
	struct passage passages[PASSAGES];
	uint32_t n_passages;
};

static enum call_end other(enum call_end e)
{
	return e == CALL_FROM ? CALL_TO : CALL_FROM;
}

/* CALL_ENDS: it is neither. */
static enum call_end end_at(const struct judged_call *c, const struct node *n)
{
	return n == c->parties.ends[CALL_FROM] ? CALL_FROM
	       : n == c->parties.ends[CALL_TO] ? CALL_TO
					       : CALL_ENDS;
}

/* A server that is an end of the call itself has no other side; a proxy has one, also towards its far end. */
static bool has_two_sides(const struct judged_call *c)
{
	return c->parties.ends[CALL_FROM] != c->parties.server && c->parties.ends[CALL_TO] != c->parties.server;
}

/* --- watching --------------------------------------------------------------------------------------------------- */

static struct evidence evidence_of(const struct judged_call *c, enum part part, const struct node *sender,
				   const struct node *subject)
{
	return (struct evidence){
		.part = part, .story = c->parties.story, .sender = sender, .subject = subject, .since = -1
	};
}

/* What is known of the way to the callee comes from its registration. */
static void inward_begin(struct judge *j, struct judged_call *c)
{
	const struct acquaintance *known = acquaintance_of(j, c->parties.ends[CALL_TO]);
	c->in = evidence_of(c, PART_SETUP, c->parties.server, c->parties.ends[CALL_TO]);
	c->unregistered = known && known->failed ? known->failure : NULL;
	if (!known || !known->registered)
		return;
	c->in.since = known->since;
	c->in.traits = c->ack.traits = known->traits;
}

/* What the phone has opened through which the other side reaches it: the callee's, or that of a phone that calls a server. */
static struct endpoint opened_by(const struct judge *j, const struct call_parties *parties)
{
	const struct acquaintance *known = acquaintance_of(j, parties->ends[parties->phones[CALL_TO] ? CALL_TO : CALL_FROM]);
	return known ? known->traits.opened : (struct endpoint){ 0 };
}

struct judged_call *judge_call(struct judge *j, const struct call_parties *parties, void *owner)
{
	struct judged_call *c = pool_get(&j->calls);
	*c = (struct judged_call){ .parties = *parties, .owner = owner, .cut = -1 };
	c->out = evidence_of(c, PART_SETUP, parties->ends[CALL_FROM], parties->ends[CALL_FROM]);
	c->ack = evidence_of(c, PART_ACK, parties->server, parties->ends[CALL_TO]);
	c->ack_out = evidence_of(c, PART_ACK, parties->ends[CALL_FROM], parties->ends[CALL_FROM]);
	c->hangup = evidence_of(c, PART_HANGUP, NULL, NULL);
	c->hold = evidence_of(c, PART_HOLD, NULL, NULL);
	c->hangup.since = c->hold.since = parties->began;
	c->hangup.traits.opened = opened_by(j, parties);
	inward_begin(j, c);
	for (int e = 0; e < CALL_ENDS; e++) {
		c->holding[e].held = c->holding[e].resumed = -1;
		speech_init(&c->said[e], parties->ends[e], parties->ends[other(e)]);
	}
	c->attempt = call_watch(j, c, parties);
	return c;
}

/* --- the setup, on both sides of the server --------------------------------------------------------------------- */

static bool is_final(const char *label)
{
	return label[0] >= '2' && label[0] <= '6';
}

static const struct passage *passage_of(const struct judged_call *c, uint32_t id)
{
	uint32_t least = c->n_passages > PASSAGES ? c->n_passages - PASSAGES : 0;
	for (uint32_t i = c->n_passages; id && i-- > least;)
		if (c->passages[i % PASSAGES].id == id)
			return &c->passages[i % PASSAGES];
	return NULL;
}

/*
 * A server passes requests and responses on to its other side, and answers requests on the same. What it says of itself when a
 * time is over, and what provoked it is long ago, is for the caller when it is an answer.
 */
static bool sent_inward(const struct judged_call *c, const struct record *r)
{
	const struct passage *before = passage_of(c, r->parent);
	const struct node *n = r->iface->node;
	bool answers = n == c->parties.server && label_is_response(r->label);
	if (!has_two_sides(c))
		return c->parties.phones[CALL_TO];
	if (!before)
		return n != c->parties.ends[CALL_FROM] && !answers;
	bool passes_on = n == c->parties.server && before->response == label_is_response(r->label);
	return before->inward != passes_on;
}

static bool is_inward_side(struct judged_call *c, const struct record *r)
{
	const struct passage *p = passage_of(c, r->id);
	if (r->event == EVENT_SENT) {
		struct passage new = { r->id, sent_inward(c, r), label_is_response(r->label) };
		c->passages[c->n_passages++ % PASSAGES] = new;
		return new.inward;
	}
	return p ? p->inward : c->parties.phones[CALL_TO];
}

static void setup_see(struct judged_call *c, const struct record *r)
{
	bool inward = is_inward_side(c, r), note = r->event == EVENT_NOTE;
	if (note || inward)
		evidence_add(&c->in, r);
	if (note || !inward)
		evidence_add(&c->out, r);
	if (r->event == EVENT_SENT && is_final(r->label) && r->label[0] == '2')
		c->accepted = true;
	bool answers = !note && inward && is_final(r->label) && r->iface->node == c->parties.server;
	if (answers && r->event == EVENT_ARRIVED)
		c->in_answered = true;
	if (answers && r->event == EVENT_DROPPED)
		c->in_answered = false; /* nobody could read it */
}

/* On which side of the server it has failed. */
static const struct evidence *setup_failure(const struct judged_call *c)
{
	if (c->in.note == &fact_no_binding && c->unregistered)
		return c->unregistered;
	if (!has_two_sides(c))
		return c->parties.phones[CALL_TO] ? &c->in : &c->out;
	bool unanswered = c->in.first.id && !c->in_answered;
	return unanswered || c->in.note == &fact_no_binding ? &c->in : &c->out;
}

/* --- the other parts -------------------------------------------------------------------------------------------- */

static void ack_see(struct judged_call *c, const struct record *r)
{
	evidence_add(is_inward_side(c, r) ? &c->ack : &c->ack_out, r);
}

/* The ACK that has not come. */
static const struct evidence *ack_failure(const struct judged_call *c)
{
	return c->ack_out.lost.id && !c->ack.lost.id ? &c->ack_out : &c->ack;
}

static void hold_see(struct judged_call *c, const struct record *r)
{
	if (r->event == EVENT_SENT && !c->hold.sender)
		c->hold.sender = c->hold.subject = r->iface->node;
	evidence_add(&c->hold, r);
}

static void freeze(struct judge *j, struct judged_call *c);

/* A BYE before anybody was asked to hang up cuts the call. */
static void hangup_see(struct judge *j, struct judged_call *c, const struct record *r)
{
	enum call_end at = end_at(c, r->iface->node);
	if (r->event == EVENT_SENT && !c->hangup.sender) {
		bool phone = at != CALL_ENDS && c->parties.phones[at];
		c->hangup.sender = r->iface->node;
		c->hangup.subject =
			phone ? c->hangup.sender : c->parties.ends[at == CALL_FROM ? CALL_TO : CALL_FROM];
		c->cut = c->asked ? -1 : r->at;
	}
	evidence_add(&c->hangup, r);
	freeze(j, c);
}

/* --- audio ------------------------------------------------------------------------------------------------------ */

static struct speech *speech_of(struct judged_call *c, const struct record *r)
{
	for (int e = 0; e < CALL_ENDS; e++)
		if (speech_is(&c->said[e], r))
			return &c->said[e];
	return NULL;
}

/* What is said then is not to be heard, whether the other side knows that or not. */
static bool is_held(const struct holding *h)
{
	return h->asked && !h->failed && h->resumed < 0;
}

/* A second after the answer that has put it on hold nothing of what it said is still under way. */
static void hold_listen(struct holding *h, usec at)
{
	h->leaked |= h->held >= 0 && !h->resume_asked && at - h->held > SEC;
	h->heard |= h->resumed >= 0;
}

static void rtp_sent(struct judged_call *c, const struct record *r)
{
	enum call_end at = end_at(c, r->iface->node);
	bool said = at != CALL_ENDS && !r->parent, relayed = r->iface->node == c->parties.server;
	struct speech *d = said ? &c->said[at] : relayed ? speech_of(c, r) : NULL;
	if (!d || is_held(&c->holding[d == c->said ? CALL_TO : CALL_FROM]))
		return;
	if (said)
		audio_said(d, r, !c->parties.phones[at]);
	else
		audio_relayed(d, r);
}

static void rtp_arrived(struct judged_call *c, const struct record *r)
{
	enum call_end at = end_at(c, r->iface->node);
	struct speech *d;
	if (at != CALL_ENDS)
		audio_arrived(&c->said[other(at)], r);
	else if (is_phone(r->iface->node) && (d = speech_of(c, r)))
		audio_astray(d, r);
}

static void rtp_noted(struct judged_call *c, const struct record *r)
{
	enum call_end at = end_at(c, r->iface->node);
	if (at == CALL_ENDS)
		return;
	if (r->fact == &fact_audio_heard) {
		audio_heard(&c->said[other(at)], r);
		hold_listen(&c->holding[at], r->at);
	} else if (r->fact == &fact_audio_of_another) {
		c->said[other(at)].note = r->fact;
	}
}

static void rtp_dropped(struct judged_call *c, const struct record *r)
{
	struct speech *d = speech_of(c, r);
	if (d)
		audio_lost(d, r);
}

static void (*const rtp_see[EVENTS])(struct judged_call *, const struct record *) = {
	[EVENT_SENT] = rtp_sent,
	[EVENT_ARRIVED] = rtp_arrived,
	[EVENT_DROPPED] = rtp_dropped,
	[EVENT_NOTE] = rtp_noted,
};

/* --- which part it is about ------------------------------------------------------------------------------------- */

static const struct {
	const char *label;
	enum sip_method method;
} requests[] = { { "INVITE", SIP_INVITE }, { "ACK", SIP_ACK }, { "BYE", SIP_BYE }, { "CANCEL", SIP_CANCEL } };

/* Of a response that of its CSeq. SIP_OTHER: what it is about belongs to no part. */
static enum sip_method method_of(const struct record *r)
{
	const struct sip_view *v = label_is_response(r->label) ? sip_view(r->iface->node->world, r->payload) : NULL;
	for (size_t i = 0; i < COUNT(requests) && !v; i++)
		if (strcmp(requests[i].label, r->label) == 0)
			return requests[i].method;
	return v ? (enum sip_method)v->method : SIP_OTHER;
}

static enum part part_of_method(const struct judged_call *c, enum sip_method method)
{
	switch (method) {
	case SIP_INVITE:
		return c->reinvited ? PART_HOLD : PART_SETUP;
	case SIP_CANCEL:
		return PART_SETUP;
	case SIP_ACK:
		return c->accepted ? PART_ACK : PART_SETUP;
	case SIP_BYE:
		return PART_HANGUP;
	default:
		return PART_REQUEST;
	}
}

/* Notes about no datagram are about what is under way. */
static enum part part_now(const struct judged_call *c)
{
	return c->hangup.sender ? PART_HANGUP
	       : c->reinvited	? PART_HOLD
	       : c->answered	? PART_ACK
				: PART_SETUP;
}

static enum part part_of(struct judged_call *c, const struct record *r)
{
	if (!r->label || !r->payload)
		return part_now(c);
	enum sip_method method = method_of(r);
	if (r->event == EVENT_SENT && method == SIP_INVITE && !label_is_response(r->label))
		c->reinvited |= c->answered;
	return part_of_method(c, method);
}

static void sip_see(struct judge *j, struct judged_call *c, const struct record *r)
{
	switch (part_of(c, r)) {
	case PART_SETUP:
		setup_see(c, r);
		break;
	case PART_ACK:
		ack_see(c, r);
		break;
	case PART_HOLD:
		hold_see(c, r);
		break;
	case PART_HANGUP:
		hangup_see(j, c, r);
		break;
	default:
		break;
	}
}

/* --- what is found ---------------------------------------------------------------------------------------------- */

static const struct finding works = { VERDICT_WORKS, NULL, -1, { 0, 0 } };

static struct finding failing(const struct evidence *e)
{
	return (struct finding){ VERDICT_FAILS, e, -1, { 0, 0 } };
}

static struct finding setup_find(const struct judged_call *c)
{
	if (c->answered && c->established)
		return works;
	return failing(c->answered ? ack_failure(c) : setup_failure(c));
}

/* Why somebody hung up who was not asked: the ACK did not come, or the session was not refreshed. */
static const struct evidence *cut_failure(const struct judged_call *c)
{
	return c->reinvited && c->established ? &c->hold : ack_failure(c);
}

/* The one that is asked about; of a group that calls itself, who calls. */
static enum call_end end_of(const struct judge *j, const struct judged_call *c, int node)
{
	const struct step *step = &j->scenario->steps[c->parties.step];
	return step->subjects[CALL_FROM] == node ? CALL_FROM : CALL_TO;
}

/* Where the server's own BYE, on its other side, was not answered, it is the server's. */
static struct finding hangup_find(const struct judge *j, struct judged_call *c, const struct check *check,
				  const struct check_values *v)
{
	enum call_end subject = end_of(j, c, check->subject), by = v->by ? other(subject) : subject;
	if (!c->answered)
		return failing(setup_failure(c));
	if (c->hung_up[by] && c->over[other(by)])
		return works;
	if (c->cut >= 0)
		return failing(cut_failure(c));
	if (c->hung_up[by] || !c->parties.phones[by]) {
		c->hangup.sender = c->parties.server;
		c->hangup.subject = c->parties.ends[other(by)];
	}
	return failing(&c->hangup);
}

static const struct evidence *audio_failure(struct judged_call *c, enum call_end speaker,
					    const struct track *t, enum verdict result)
{
	struct evidence *e = &c->audio[speaker];
	*e = audio_evidence(&c->said[speaker], t, result);
	e->unsaid = !c->said[other(speaker)].tracks[PEER_ANY].sent;
	e->story = c->parties.story;
	e->since = c->parties.began;
	e->ended = c->frozen_at;
	return e;
}

/* Who has said nothing because it waits for the other one has its cause in what that one says. */
static enum call_end at_fault(const struct judged_call *c, enum call_end speaker)
{
	bool waits = !c->said[speaker].tracks[PEER_ANY].sent && c->said[other(speaker)].tracks[PEER_ANY].lost.what.id;
	return waits ? other(speaker) : speaker;
}

/* Only what reaches a phone comes from a server's end. */
static struct finding speech_find(struct judged_call *c, enum call_end speaker, enum peer peer)
{
	speaker = at_fault(c, speaker);
	const struct track *t = &c->said[speaker].tracks[c->parties.phones[other(speaker)] ? peer : PEER_ANY];
	usec since, began = c->parties.began;
	enum verdict result = track_verdict(t, c->frozen_at, &since);
	if (!c->answered)
		return failing(setup_failure(c));
	if (result <= VERDICT_DEGRADED && c->cut >= 0)
		return (struct finding){ VERDICT_STOPS, cut_failure(c), c->cut, { 0, 0 } };
	if (result == VERDICT_WORKS)
		return works;
	return (struct finding){
		.result = result,
		.evidence = audio_failure(c, speaker, t, result),
		.at = result == VERDICT_STOPS ? since : -1,
		.between = { t->gap[0] - began, t->gap[1] - began },
	};
}

/* Both ways: the worse of the two. */
static struct finding audio_find(const struct judge *j, struct judged_call *c, const struct check *check,
				 const struct check_values *v)
{
	if (check->subject >= 0)
		return speech_find(c, end_of(j, c, check->subject), (enum peer)v->peer);
	struct finding forth = speech_find(c, CALL_FROM, (enum peer)v->peer);
	struct finding back = speech_find(c, CALL_TO, (enum peer)v->peer);
	return back.result > forth.result ? back : forth;
}

static struct finding hold_find(const struct judge *j, struct judged_call *c, const struct check *check)
{
	enum call_end at = end_of(j, c, check->subject);
	const struct holding *h = &c->holding[at];
	if (!c->answered)
		return failing(setup_failure(c));
	if (h->failed || h->held < 0 || h->leaked || (h->resume_asked && h->resumed < 0))
		return failing(c->cut >= 0 ? cut_failure(c) : &c->hold);
	if (!h->resume_asked || h->heard)
		return works;
	return failing(audio_failure(c, other(at), &c->said[other(at)].tracks[PEER_ANY], VERDICT_FAILS));
}

static struct finding found(const struct judge *j, struct judged_call *c, const struct check *check)
{
	struct check_values v = check_values_of(check, j->choice);
	switch (check->kind->rule) {
	case CHECK_SETUP:
		return setup_find(c);
	case CHECK_HANGUP:
		return hangup_find(j, c, check, &v);
	case CHECK_AUDIO:
		return audio_find(j, c, check, &v);
	default:
		return hold_find(j, c, check);
	}
}

/* What is known of the whole call is evidence of each part. */
static void parts_share(struct judged_call *c, usec now)
{
	struct evidence *parts[] = { &c->out, &c->in, &c->ack, &c->ack_out, &c->hold, &c->hangup };
	for (size_t i = 0; i < COUNT(parts); i++) {
		parts[i]->ended = now;
		parts[i]->call_id_rewritten |= c->out.call_id_rewritten || c->in.call_id_rewritten;
		parts[i]->traits.idle |= c->out.traits.idle | c->in.traits.idle;
		parts[i]->taken_by = c->taken_by;
		parts[i]->forked = c->in.forked;
	}
}

#define RULE(rule) (1u << (rule))

/* Decides the checks of some rules of which this call is a member, once. */
static void decide(struct judge *j, struct judged_call *c, unsigned rules)
{
	rules &= ~c->decided;
	c->decided |= rules;
	parts_share(c, world_now(j->world));
	for (uint32_t i = 0; rules && i < j->scenario->n_checks; i++) {
		const struct check *check = &j->scenario->checks[i];
		if (!(rules & RULE(check->kind->rule)) || !check_is_of(check, c->parties.step))
			continue;
		struct finding f = found(j, c, check);
		member_decided(j, i, &f);
	}
}

/* From now on nothing that is heard counts. */
static void freeze(struct judge *j, struct judged_call *c)
{
	if (c->frozen)
		return;
	c->frozen = true;
	c->frozen_at = world_now(j->world);
	decide(j, c, RULE(CHECK_AUDIO) | RULE(CHECK_HOLD));
}

void judge_call_hang_up(struct judge *j, struct judged_call *c)
{
	c->asked = true;
	freeze(j, c);
}

/* Each time anew, but what has failed before is not forgotten. */
void judge_call_hold(struct judged_call *c, enum call_end at)
{
	struct holding *h = &c->holding[at];
	bool unheard = h->resume_asked && !h->heard;
	*h = (struct holding){ .held = -1, .resumed = -1, .asked = true, .failed = h->failed || unheard, .leaked = h->leaked };
}

void judge_call_resume(struct judged_call *c, enum call_end at)
{
	c->holding[at].resume_asked = true;
}

void judge_call_over(struct judge *j, struct judged_call *c)
{
	freeze(j, c);
	decide(j, c, RULE(CHECK_SETUP) | RULE(CHECK_HANGUP));
	attempt_forget(j, c->attempt);
	pool_put(&j->calls, c);
}

/* --- news ------------------------------------------------------------------------------------------------------- */

static const struct news {
	const struct fact *fact;
	enum call_news news;
} news[] = {
	{ &fact_call_answered, CALL_ANSWERED },
	{ &fact_call_established, CALL_ESTABLISHED },
	{ &fact_call_refused, CALL_REFUSED },
	{ &fact_call_unanswered, CALL_REFUSED },
	{ &fact_call_cancelled, CALL_CANCELLED },
	{ &fact_call_ack_missing, CALL_ACK_MISSING },
	{ &fact_call_expired, CALL_EXPIRED },
	{ &fact_call_hung_up, CALL_HUNG_UP },
	{ &fact_call_bye_lost, CALL_BYE_LOST },
	{ &fact_call_over, CALL_OVER },
	{ &fact_call_held, CALL_HELD },
	{ &fact_call_resumed, CALL_RESUMED },
	{ &fact_call_hold_failed, CALL_HOLD_FAILED },
};

static const struct news *news_of(const struct record *r)
{
	for (size_t i = 0; r->event == EVENT_NOTE && i < COUNT(news); i++)
		if (r->fact == news[i].fact)
			return &news[i];
	return NULL;
}

static void news_keep(struct judged_call *c, enum call_end at, enum call_news what, const struct record *r)
{
	struct holding *h = &c->holding[at];
	switch (what) {
	case CALL_ANSWERED:
		c->answered = true;
		speech_begin(&c->said[CALL_FROM]);
		speech_begin(&c->said[CALL_TO]);
		break;
	case CALL_ESTABLISHED:
		c->established = true;
		break;
	case CALL_REFUSED:
		c->out.status = r->value;
		c->in.status = c->in_answered ? r->value : 0;
		break;
	case CALL_HUNG_UP:
		c->hangup.status = r->value;
		c->hung_up[at] = r->value < 300;
		break;
	case CALL_OVER:
		c->over[at] = true;
		break;
	case CALL_HELD:
		h->held = r->at;
		break;
	case CALL_RESUMED:
		h->resumed = r->at;
		break;
	case CALL_HOLD_FAILED:
		h->failed = true;
		c->hold.status = r->value;
		break;
	default:
		break;
	}
}

/* The call may be gone when this returns. */
static void news_see(struct judge *j, struct judged_call *c, const struct record *r, enum call_news what)
{
	enum call_end at = end_at(c, r->iface->node);
	if (at == CALL_ENDS && what == CALL_ESTABLISHED)
		c->taken_by = r->iface->node;
	if (at == CALL_ENDS)
		return;
	news_keep(c, at, what, r);
	if (c->answered && c->established)
		decide(j, c, RULE(CHECK_SETUP));
	j->news(j->context, c->owner, at, what, r->value);
}

void call_see(struct judge *j, struct judged_call *c, const struct record *r)
{
	if (label_is_media(r->label)) {
		if (!c->frozen && label_is_rtp(r->label))
			rtp_see[r->event](c, r);
		return;
	}
	const struct news *n = news_of(r);
	if (n)
		news_see(j, c, r, n->news);
	else
		sip_see(j, c, r);
}

bool call_has(const struct judged_call *c, const struct node *n)
{
	return end_at(c, n) != CALL_ENDS;
}

void calls_finish(struct judge *j)
{
	for (uint32_t story = 1; story <= j->world->last_story; story++) {
		struct attempt *a = attempt_find(j, story);
		if (a && a->call)
			judge_call_over(j, a->call);
	}
}

void calls_init(struct judge *j)
{
	pool_init(&j->calls, j->world->arena, sizeof(struct judged_call));
}
