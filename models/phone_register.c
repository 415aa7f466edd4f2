/*
 * A phone's registrations: the first one, its challenge, refreshes, what it learns of itself, and the end.
 */
#include <assert.h>

#include "models/phone_shared.h"

const struct fact fact_registered = { "registered", "registered", NULL };
const struct fact fact_unregistered = { "unregistered", "unregistered", NULL };
const struct fact fact_register_timeout = { "register-timeout", "gives up: no final response", "RFC 3261 17.1.2.2" };
const struct fact fact_register_failed = { "register-failed", "registration failed, status {value}", NULL };

static void register_done(struct client_txn *t, const struct packet *response);
static void job_begin(struct phone *p, enum job job, uint32_t story);

uint32_t phone_first_cseq(const struct phone *p, uint32_t call_id)
{
	return id_number(p->group->pins ? &p->group->pins->cseq : NULL, call_id, 1);
}

/* The seconds that it asks for. */
static uint32_t wished(const struct phone *p)
{
	uint32_t seconds = whole_seconds(p->group->profile->expires);
	return p->least > seconds ? p->least : seconds;
}

static void register_send(struct phone *p, uint32_t parent, const struct challenge_read *answers)
{
	bool remove = p->job != JOB_REGISTER;
	p->cseq = p->cseq ? p->cseq + 1 : phone_first_cseq(p, p->call_id);
	struct request r = {
		.method = SIP_REGISTER,
		.call_id = p->call_id,
		.cseq = p->cseq,
		.tag = p->job_tag,
		.expires = remove ? 0 : wished(p),
		.contact = p->job == JOB_REMOVE_OLD ? p->old_contact : p->contact,
		.answers = answers,
	};
	phone_request_send(p, &r, p->story, parent, register_done);
}

static void register_timer(struct timer *t)
{
	struct phone *p = CONTAINER(t, struct phone, timer);
	struct phone_owner *owner = p->group->owner;
	if (!owner || owner->goes_on(owner))
		phone_register(p, world_story(p->node.world));
}

static void refresh_in(struct phone *p, usec after)
{
	p->timer.fire = register_timer;
	world_after(p->node.world, &p->timer, after);
}

static void job_note(struct phone *p, const struct packet *last, const struct fact *how, uint32_t status)
{
	if (last)
		trace_note(p->node.world, &p->iface, last, how, status);
	else
		trace_note_story(p->node.world, &p->iface, p->story, how, status);
}

static void job_end(struct phone *p, const struct packet *last, const struct fact *how, uint32_t status)
{
	struct phone_owner *owner = p->group->owner;
	struct phone_end end = { last, p->story, status, p->job == JOB_UNREGISTER };
	p->job = JOB_NONE;
	if (owner)
		owner->ended(owner, &end);
	else
		job_note(p, last, how, status);
	if (p->next_job) {
		enum job next = (enum job)p->next_job;
		p->next_job = JOB_NONE;
		job_begin(p, next, p->next_story);
	}
}

/* Who is told that the credentials are wrong, by 403 or by another challenge, does not come back by itself. */
static void register_fail(struct phone *p, const struct packet *last, uint32_t status)
{
	bool told = status == 401 || status == 403 || status == 407;
	bool again = p->job != JOB_UNREGISTER && !told;
	job_end(p, last, status ? &fact_register_failed : &fact_register_timeout, status);
	if (again && p->job == JOB_NONE)
		refresh_in(p, p->group->profile->retry);
}

static bool is_ours(const struct phone *p, const struct payload *m, const struct sip_contact *c)
{
	struct endpoint e;
	return siptext_uri_endpoint(m->bytes, c->uri, &e) && endpoint_equal(e, p->contact);
}

/*
 * The seconds granted to our Contact among the bindings that a 200 lists; to the first one when a server has rewritten ours
 * (RFC 3261 10.2.4).
 */
static uint32_t granted(const struct phone *p, const struct packet *response, const struct sip_view *v)
{
	const struct payload *m = response->payload;
	struct sip_contacts walk = { 0 };
	struct sip_contact c;
	uint32_t seconds = v->expires;
	for (bool found = false; !found && sip_next_contact(m, v, &walk, &c);) {
		found = !v->contact_more || is_ours(p, m, &c);
		if (found || walk.n == 1)
			seconds = c.expires;
	}
	return seconds == SIP_ABSENT ? wished(p) : seconds;
}

/* No server here grants less or more, but what comes from outside may say anything. */
#define GRANTED_MIN 1u
#define GRANTED_MAX (366u * 86400)

static void schedule_refresh(struct phone *p, uint32_t seconds)
{
	if (seconds < GRANTED_MIN)
		seconds = GRANTED_MIN;
	if (seconds > GRANTED_MAX)
		seconds = GRANTED_MAX;
	usec lasts = (usec)seconds * SEC, early = p->group->profile->refresh_before;
	refresh_in(p, early < lasts ? lasts - early : lasts / 2);
}

/* What a response says of our public address (RFC 3581 4), as far as this phone believes it. */
static struct endpoint learned(const struct phone *p, const struct packet *response, const struct sip_view *v)
{
	const struct phone_profile *profile = p->group->profile;
	const struct payload *m = response->payload;
	struct endpoint e = p->contact;
	uint32_t host, port;
	bool early = profile->learn_when == LEARN_REGISTER_2XX && v->status >= 300;
	if (profile->learn_from == LEARN_NOTHING || profile->learned_contact == LEARNED_KEEP || early)
		return e;
	if (!host_parse(slice_at(m, v->via_received), v->via_received.len, &host))
		return e;
	e.host = host;
	bool told = siptext_number(m->bytes, v->via_rport_value, &port) && port >= 1 && port <= 65535;
	if (profile->learn_from == LEARN_RECEIVED_AND_RPORT && told)
		e.port = port;
	return e;
}

/* Does what was learned call for another REGISTER, now? */
static bool replaces_at_once(const struct phone *p, struct endpoint e)
{
	bool waits = p->bound && p->group->profile->learned_contact == LEARNED_REPLACE_ONCE;
	return !p->relearned && !waits && !endpoint_equal(e, p->contact);
}

/* The binding just made carries an address that turned out wrong: register anew, and perhaps remove it first. */
static void register_learned(struct phone *p, const struct packet *response, struct endpoint e)
{
	p->relearned = true;
	p->tries.challenged = false;
	p->old_contact = p->contact;
	p->contact = e;
	if (p->group->profile->learned_contact == LEARNED_REPLACE_AND_UNREGISTER)
		p->job = JOB_REMOVE_OLD;
	register_send(p, response->id, NULL);
}

static void register_accepted(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct endpoint e = learned(p, response, v);
	if (p->job == JOB_REMOVE_OLD) {
		p->job = JOB_REGISTER;
		p->tries.challenged = false;
		register_send(p, response->id, NULL);
	} else if (p->job == JOB_UNREGISTER) {
		p->bound = false;
		phone_keepalive_stop(p);
		job_end(p, response, &fact_unregistered, v->status);
	} else if (replaces_at_once(p, e)) {
		register_learned(p, response, e);
	} else {
		uint32_t seconds = granted(p, response, v); /* to the Contact that was sent */
		if (p->group->profile->learned_contact == LEARNED_REPLACE_ONCE)
			p->contact = e;
		p->bound = true;
		phone_keepalive_start(p);
		schedule_refresh(p, seconds);
		job_end(p, response, &fact_registered, v->status);
	}
}

static void register_challenged(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct challenge_read c;
	bool able = phone_challenge(p, response, v, &c);
	if (able && challenge_retry(&p->tries, &c)) {
		register_send(p, response->id, &c);
		return;
	}
	const struct fact *why = challenge_refusal(able, &c);
	if (why)
		trace_note(p->node.world, iface_of(p), response, why, v->status);
	register_fail(p, response, v->status);
}

/* 423: asks again for as long as the registrar wants it, once (RFC 3261 10.2.8). */
static void register_too_brief(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	if (p->lengthened || v->min_expires == SIP_ABSENT || v->min_expires <= wished(p)) {
		register_fail(p, response, v->status);
		return;
	}
	p->lengthened = true;
	p->tries.challenged = false;
	p->least = v->min_expires;
	register_send(p, response->id, NULL);
}

static void register_done(struct client_txn *t, const struct packet *response)
{
	struct phone *p = t->user;
	if (!response) {
		register_fail(p, NULL, t->unreachable ? 503 : 0);
		return;
	}
	const struct sip_view *v = sip_view(p->node.world, response->payload);
	if (v->status >= 300 && !p->bound && p->job == JOB_REGISTER)
		p->contact = learned(p, response, v); /* nothing is bound, so nothing has to be replaced */
	if (v->status < 300)
		register_accepted(p, response, v);
	else if (v->status == 401 || v->status == 407)
		register_challenged(p, response, v);
	else if (v->status == 423)
		register_too_brief(p, response, v);
	else
		register_fail(p, response, v->status);
}

static void job_begin(struct phone *p, enum job job, uint32_t story)
{
	timer_disarm(&p->timer);
	p->story = story;
	p->job = (uint8_t)job;
	p->job_tag = p->tags++;
	p->tries = (struct challenge_tries){ false };
	p->lengthened = p->relearned = false;
	register_send(p, p->group->owner ? p->group->owner->cause : 0, NULL);
}

/* One at a time: the registrar would see them in any order. */
static void job_ask(struct phone *p, enum job job, uint32_t story)
{
	if (p->job == JOB_NONE) {
		job_begin(p, job, story);
		return;
	}
	assert(p->next_job == JOB_NONE); /* steps follow each other: only a refresh can be under way */
	p->next_job = (uint8_t)job;
	p->next_story = story;
}

void phone_register(struct phone *p, uint32_t story)
{
	job_ask(p, JOB_REGISTER, story);
}

void phone_unregister(struct phone *p, uint32_t story)
{
	job_ask(p, JOB_UNREGISTER, story);
}

bool phone_waits(const struct phone *p)
{
	return p->next_job != JOB_NONE;
}
