#include "models/phone.h"

#include <assert.h>
#include <string.h>

#include "models/phone_shared.h"
#include "models/server.h"
#include "models/stun.h"
#include "models/via.h"
#include "sim/discovery.h"
#include "sim/table.h"

const struct fact fact_phone_restarted = { "phone-restarted", "restarts: it has forgotten its registration", NULL };
const struct fact fact_registered = { "registered", "registered", NULL };
const struct fact fact_unregistered = { "unregistered", "unregistered", NULL };
const struct fact fact_register_timeout = { "register-timeout", "gives up: no final response", "RFC 3261 17.1.2.2" };
const struct fact fact_register_failed = { "register-failed", "registration failed, status {value}", NULL };
const struct fact fact_credentials_refused = { "credentials-refused", "gives up: its credentials were refused", "RFC 3261 22.3" };
const struct fact fact_challenge_unusable = { "challenge-unusable", "cannot compute what the challenge asks for", "RFC 8760 2.4" };
const struct fact fact_via_not_mine = { "via-not-mine", "the top Via is not the one it wrote", "RFC 3261 18.1.2" };
const struct fact fact_no_transaction = { "no-transaction", "no request of its own waits for this", "RFC 3261 17.1.3" };
const struct fact fact_others_response = { "others-response", "it answers a request of another phone", "RFC 3261 17.1.3" };
const struct fact fact_others_request = { "others-request", "it is for another user", "RFC 3261 8.2.2.1" };

#define EPHEMERAL_LOW  49152u
#define EPHEMERAL_SPAN 16384u

static struct phone *phone_of(struct node *n)
{
	return CONTAINER(n, struct phone, node);
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

/* Where the next request leaves from. */
struct endpoint phone_source(const struct phone *p)
{
	uint64_t n = p->group->profile->send_port == SEND_EPHEMERAL_EACH ? p->requests : p->call_id;
	if (p->group->profile->send_port == SEND_SAME)
		return p->local;
	uint32_t port = EPHEMERAL_LOW + (uint32_t)stream_below(phone_ids(p, IDS_PORT), n, EPHEMERAL_SPAN);
	return (struct endpoint){ p->local.host, port };
}

static void request_send(struct phone *p, struct request *r, uint32_t story, uint32_t parent,
			 void (*done)(struct client_txn *, const struct packet *))
{
	const struct phone_profile *profile = p->group->profile;
	struct packet packet = {
		.parent = parent,
		.story = story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = phone_source(p),
		.dst = p->group->server,
		.label = sip_method_name(r->method),
		.payload = phone_request(p, r),
	};
	client_txn_start(&p->txns, iface_of(p), &packet, &profile->timers, p, done);
}

/* --- registration ------------------------------------------------------------------------------------------------ */

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
	request_send(p, &r, p->story, parent, register_done);
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
	if (!able)
		trace_note(p->node.world, iface_of(p), response, &fact_challenge_unusable, v->status);
	else if (!c.auth.stale)
		trace_note(p->node.world, iface_of(p), response, &fact_credentials_refused, v->status);
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

/* --- OPTIONS ----------------------------------------------------------------------------------------------------- */

static void options_done(struct client_txn *t, const struct packet *response)
{
	struct phone *p = t->user;
	struct world *w = p->node.world;
	if (response)
		trace_note(w, iface_of(p), response, &fact_options_answered, sip_view(w, response->payload)->status);
	else
		trace_note_story(w, iface_of(p), t->request.story, &fact_options_failed, 0);
}

void phone_options(struct phone *p, uint32_t story)
{
	p->call_ids++;
	struct request r = {
		.method = SIP_OPTIONS,
		.call_id = p->call_ids,
		.cseq = phone_first_cseq(p, p->call_ids),
		.tag = p->tags++,
		.expires = SIP_ABSENT,
	};
	request_send(p, &r, story, 0, options_done);
}

/* Is the user of this URI the phone's? A URI without a user means whoever is there. */
static bool is_mine(const struct phone *p, const struct payload *m, struct slice uri)
{
	char own[PHONE_USER_MAX];
	struct span user = slice_span(m, siptext_uri_user(m->bytes, uri));
	return !user.len || span_equal(user, (struct span){ own, phone_user(p, own) });
}

static bool is_at_contact(const struct phone *p, const struct payload *m, struct slice uri)
{
	struct endpoint e;
	return siptext_uri_endpoint(m->bytes, uri, &e) && endpoint_equal(e, p->contact);
}

static bool uri_fits(const struct phone *p, const struct payload *m, struct slice uri)
{
	int check = p->group->profile->uri_check;
	return check == URI_CHECK_OFF || (is_mine(p, m, uri) && (check == URI_CHECK_USER || is_at_contact(p, m, uri)));
}

uint32_t phone_uri_status(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	if (uri_fits(p, request->payload, v->uri))
		return 0;
	trace_note(p->node.world, &p->iface, request, &fact_others_request, 0);
	return 404;
}

static uint32_t answer_status(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	if (sip_cut_short(request->payload, v)) {
		trace_note(p->node.world, &p->iface, request, &fact_cut_short, 0);
		return 400;
	}
	uint32_t refusal = phone_uri_status(p, request, v);
	return refusal ? refusal : v->method == SIP_OPTIONS ? 200 : 405;
}

static struct payload *answer_build(struct phone *p, const struct packet *request, const struct sip_view *v,
				    const struct via_reply *reply, uint32_t status)
{
	struct sip_builder *b = sip_response(p->node.world, status, (enum sip_method)v->method);
	char tag[ID_TEXT_MAX];
	size_t len = phone_tag(p, p->tags++, tag);
	via_put_stamped(b, request->payload, v, request->src, reply);
	sip_copy_from(b, request->payload, v);
	sip_copy_to(b, request->payload, v, tag, len);
	sip_copy_call_id(b, request->payload, v);
	sip_copy_cseq(b, request->payload, v);
	sip_text_header(b, "Allow", PHONE_METHODS);
	sip_text_header(b, "User-Agent", p->group->profile->user_agent);
	sip_content_length_header(b);
	return sip_finish(b);
}

struct via_policy phone_policy(const struct phone *p)
{
	return (struct via_policy){ .rport = p->group->profile->rport_as_server, .force = FORCE_OFF };
}

/* Stateless (RFC 3261 8.2.7): a repeated request gets the same kind of answer again. */
static void phone_answer(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	struct via_policy policy = phone_policy(p);
	struct via via = via_read(request->payload, v);
	struct via_reply reply = via_reply_to(&via, request->src, &policy);
	uint32_t status = answer_status(p, request, v);
	struct payload *payload = answer_build(p, request, v, &reply, status);
	if (!payload) {
		trace_note(p->node.world, &p->iface, request, &fact_response_too_large, status);
		return;
	}
	struct packet answer = {
		.parent = request->id,
		.story = request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = p->local,
		.dst = reply.to,
		.label = sip_label(sip_view(p->node.world, payload)),
		.rule = reply.rule,
		.payload = payload,
	};
	net_send(iface_of(p), &answer);
	payload_unref(p->node.world->payloads, payload);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

/* Is the top Via what this phone writes? (RFC 3261 18.1.2) */
static bool via_is_mine(const struct phone *p, const struct sip_view *v)
{
	struct endpoint by = phone_sent_by(p);
	uint32_t port = p->group->profile->write_port ? by.port : SIP_ABSENT;
	return v->via_numeric && v->via_address == by.host && v->via_port == port;
}

/* An answer to somebody else is of no use, whatever else is wrong with it. */
static void response_drop(struct phone *p, const struct packet *response, const struct sip_view *v, const struct fact *why)
{
	const struct payload *m = response->payload;
	bool mine = is_mine(p, m, siptext_uri(m->bytes, v->from));
	trace_drop(p->node.world, iface_of(p), response, mine ? why : &fact_others_response);
}

void phone_take_response(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct world *w = p->node.world;
	if (p->group->profile->via_check == VIA_CHECK_STRICT && !via_is_mine(p, v))
		response_drop(p, response, v, &fact_via_not_mine);
	else if (sip_cut_short(response->payload, v))
		response_drop(p, response, v, &fact_cut_short);
	else if (!client_txns_receive(&p->txns, w, response, v))
		response_drop(p, response, v, &fact_no_transaction);
}

static void hear_stun(struct phone *p, const struct packet *packet)
{
	if (!phone_take_stun(p, packet))
		trace_drop(p->node.world, iface_of(p), packet, &fact_no_transaction);
}

/* Of a request that is cut short at most the beginning is believed (18.3). */
static void phone_take_request(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	bool in_calls = v->method == SIP_INVITE || v->method == SIP_ACK || v->method == SIP_BYE || v->method == SIP_CANCEL;
	bool cut_short = sip_cut_short(request->payload, v);
	if (cut_short && v->method == SIP_ACK)
		trace_drop(p->node.world, &p->iface, request, &fact_cut_short);
	else if (in_calls && !cut_short)
		phone_call_request(p, request, v);
	else
		phone_answer(p, request, v);
}

static void phone_receive(struct node *n, struct iface *in, const struct packet *packet)
{
	struct phone *p = phone_of(n);
	if (packet->dst.port != p->local.port) {
		if (!phone_hears(p, packet))
			port_closed(in, packet, p->group->profile->icmp);
		return;
	}
	if (is_stun(packet->payload)) {
		hear_stun(p, packet);
		return;
	}
	const struct sip_view *v = sip_view(n->world, packet->payload);
	if (!v)
		sip_unread(in, packet);
	else if (v->request)
		phone_take_request(p, packet, v);
	else
		phone_take_response(p, packet, v);
}

static void phone_receive_error(struct node *n, struct iface *in, const struct packet *error)
{
	struct phone *p = phone_of(n);
	if (p->group->profile->heeds_icmp)
		client_txns_error(&p->txns, in, error);
}

static const struct node_ops phone_ops = {
	.kind = "phone",
	.receive = phone_receive,
	.receive_error = phone_receive_error,
};

static struct phone *phone_made(struct world *w, const struct phone_group *group, uint32_t member, struct endpoint address)
{
	struct phone *p = arena_alloc(w->arena, sizeof *p);
	p->group = group;
	p->local = address;
	p->contact = phone_sent_by(p);
	p->ids = stream_named(w->setup.seed, group->name, member, "ids");
	return p;
}

struct phone *phone_new(struct world *w, const struct phone_group *group, uint32_t member, struct network *network,
			struct endpoint address)
{
	struct phone *p = phone_made(w, group, member, address);
	node_init(&p->node, w, &phone_ops, group->name, member);
	p->iface = (struct iface){ .node = &p->node, .wire = group->wire };
	p->iface.discovery = discovery_new(w, (enum df)group->profile->df);
	network_attach(network, &p->iface, (struct endpoint){ address.host, 0 });
	return p;
}

struct phone *phone_part_new(struct world *w, const struct phone_group *group, struct endpoint address)
{
	struct phone *p = phone_made(w, group, 0, address);
	p->node.world = w;
	p->ids = stream_sub(p->ids, hash_bytes(HASH_START, group->user, strlen(group->user)));
	return p;
}

struct phone_more *phone_more(struct phone *p)
{
	if (!p->more)
		p->more = arena_alloc(p->node.world->arena, sizeof *p->more);
	return p->more;
}

struct node *phone_node(struct phone *p)
{
	return &p->node;
}

const struct iface *phone_iface(const struct phone *p)
{
	return &p->iface;
}

bool phone_forget(struct phone *p)
{
	bool registered = p->bound || p->job == JOB_REGISTER || p->job == JOB_REMOVE_OLD || timer_armed(&p->timer);
	timer_disarm(&p->timer);
	phone_keepalive_stop(p);
	phone_forget_calls(p);
	client_txns_forget(&p->txns);
	p->job = p->next_job = JOB_NONE;
	p->bound = false;
	p->contact = phone_sent_by(p);
	p->least = 0;
	p->cseq = 0;
	p->call_id = ++p->call_ids;
	return registered;
}

bool phone_restart(struct phone *p)
{
	trace_note(p->node.world, &p->iface, NULL, &fact_phone_restarted, 0);
	return phone_forget(p);
}
