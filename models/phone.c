#include "models/phone.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/digest.h"
#include "models/server.h"
#include "models/sip_shared.h"
#include "models/txn.h"
#include "models/via.h"

const struct fact fact_registered = { "registered", "registered", NULL };
const struct fact fact_unregistered = { "unregistered", "unregistered", NULL };
const struct fact fact_register_timeout = { "register-timeout", "gives up: no final response", "RFC 3261 17.1.2.2" };
const struct fact fact_register_failed = { "register-failed", "registration failed, status {value}", NULL };
const struct fact fact_credentials_refused = { "credentials-refused", "gives up: its credentials were refused", "RFC 3261 22.3" };
const struct fact fact_challenge_unusable = { "challenge-unusable", "cannot compute what the challenge asks for", "RFC 8760 2.4" };
const struct fact fact_port_closed = { "port-closed", "nothing listens on port {port}", NULL };
const struct fact fact_via_not_mine = { "via-not-mine", "the top Via is not the one it wrote", "RFC 3261 18.1.2" };
const struct fact fact_no_transaction = { "no-transaction", "no request of its own waits for this", "RFC 3261 17.1.3" };
const struct fact fact_malformed = { "malformed", "not a SIP message", "RFC 3261 7" };

/* What a phone is doing with the registrar. */
enum job { JOB_NONE, JOB_REGISTER, JOB_REMOVE_OLD, JOB_UNREGISTER };

struct phone {
	struct node node;
	struct iface iface;
	const struct phone_group *group;
	struct endpoint local;	     /* where it listens */
	struct endpoint contact;     /* what it writes into Contact: its own, told or learned address */
	struct endpoint old_contact; /* the one that JOB_REMOVE_OLD removes */
	struct stream ids;	     /* parent of its streams */
	struct timer timer;	     /* next refresh or retry */
	struct client_txns txns;
	uint32_t story;	   /* of the running job */
	uint32_t cseq;	   /* last one used under the Call-ID; 0: none yet */
	uint32_t tags;	   /* used so far */
	uint32_t job_tag;  /* the running job's */
	uint32_t call_ids; /* used so far; registrations share number 0 */
	uint32_t requests; /* branches used so far */
	uint32_t expires;  /* seconds it asks for: profile.expires, or more after a 423 */
	uint32_t next_story;
	uint8_t job, next_job; /* enum job: the running one, the one that waits for its end */
	bool challenged;   /* the running job has sent credentials */
	bool lengthened;   /* the running job has obeyed a 423 */
	bool relearned;	   /* the running job has registered anew with a learned address */
};

enum purpose { IDS_CALL_ID, IDS_TAG, IDS_BRANCH, IDS_CNONCE, IDS_PORT };

#define EPHEMERAL_LOW  49152u
#define EPHEMERAL_SPAN 16384u

static struct phone *phone_of(struct node *n)
{
	return CONTAINER(n, struct phone, node);
}

static struct stream ids(const struct phone *p, enum purpose purpose)
{
	return stream_sub(p->ids, purpose);
}

/* --- what it writes ---------------------------------------------------------------------------------------------- */

uint64_t phone_user_number(const char *user)
{
	size_t len = strspn(user, "0123456789");
	return len && len < 16 && !user[len] && user[0] != '0' ? strtoull(user, NULL, 10) : 0;
}

/* The user of a group's member: a number counted up, or the name with the member's number behind it. */
size_t phone_user(const struct phone *p, char text[static PHONE_USER_MAX])
{
	uint32_t member = p->node.member;
	if (member && p->group->user_number)
		return decimal_print(p->group->user_number + member - 1, text);
	size_t len = strlen(p->group->user);
	assert(len + 24 < PHONE_USER_MAX);
	memcpy(text, p->group->user, len);
	return member > 1 ? len + decimal_print(member, text + len) : len;
}

/* What its Via says: the address it was told, or its own. */
static struct endpoint sent_by(const struct phone *p)
{
	struct endpoint e = p->group->profile->public_address;
	if (!e.host)
		return p->local;
	return (struct endpoint){ e.host, e.port ? e.port : p->local.port };
}

#define COOKIE	      "z9hG4bK" /* RFC 3261 8.1.1.7 */
#define COOKIE_LEN    7
#define BRANCH_DIGITS 12

static size_t branch_write(const struct phone *p, uint32_t n, char branch[static ID_TEXT_MAX])
{
	const struct list *pins = p->group->pins ? &p->group->pins->branch : NULL;
	if (pins && n < pins->n)
		return id_write(pins, p->ids, n, BRANCH_DIGITS, branch);
	memcpy(branch, COOKIE, COOKIE_LEN);
	stream_hex(ids(p, IDS_BRANCH), n, branch + COOKIE_LEN, BRANCH_DIGITS);
	return COOKIE_LEN + BRANCH_DIGITS;
}

static void put_via(struct sip_builder *b, struct phone *p)
{
	char branch[ID_TEXT_MAX];
	size_t len = branch_write(p, p->requests++, branch);
	struct endpoint by = sent_by(p);
	via_put_own(b, by.host, p->group->profile->write_port ? by.port : 0, branch, len, p->group->profile->rport);
}

/* Written into three places of each request. */
struct address_of_record {
	struct span user, domain;
};

static void put_address_of_record(struct sip_builder *b, const struct address_of_record *a)
{
	sip_puts(b, "<sip:");
	sip_put(b, a->user.at, a->user.len);
	sip_put(b, "@", 1);
	sip_put(b, a->domain.at, a->domain.len);
	sip_put(b, ">", 1);
}

static size_t tag_write(const struct phone *p, uint32_t n, char tag[static ID_TEXT_MAX])
{
	return id_write(p->group->pins ? &p->group->pins->tag : NULL, ids(p, IDS_TAG), n, 10, tag);
}

static void put_from(struct sip_builder *b, const struct phone *p, const struct address_of_record *a, uint32_t n)
{
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	put_address_of_record(b, a);
	sip_puts(b, ";tag=");
	uint32_t at = b->len;
	b->len += (uint32_t)tag_write(p, n, sip_room(b, ID_TEXT_MAX));
	b->view.from_tag = sip_since(b, at);
	b->view.from = sip_since(b, from);
	sip_end_header(b);
}

/* The domain may be written with a port, which is no part of its name. */
static size_t host_len(struct span domain)
{
	const char *colon = memchr(domain.at, ':', domain.len);
	return colon ? (size_t)(colon - domain.at) : domain.len;
}

static void put_to(struct sip_builder *b, const struct address_of_record *a)
{
	sip_begin_header(b, "To");
	uint32_t from = b->len;
	put_address_of_record(b, a);
	b->view.to = sip_since(b, from);
	b->view.to_user = (struct slice){ (uint16_t)(from + strlen("<sip:")), (uint16_t)a->user.len };
	b->view.to_host = (struct slice){ (uint16_t)(b->view.to_user.at + a->user.len + 1), (uint16_t)host_len(a->domain) };
	sip_end_header(b);
}

/* Registrations of one phone share a Call-ID (RFC 3261 10.2.4); `n` tells others apart. */
static void put_call_id(struct sip_builder *b, const struct phone *p, uint32_t n)
{
	const struct list *pins = p->group->pins ? &p->group->pins->call_id : NULL;
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	b->len += (uint32_t)id_write(pins, ids(p, IDS_CALL_ID), n, 16, sip_room(b, ID_TEXT_MAX));
	if (!pins || n >= pins->n) {
		sip_put(b, "@", 1);
		sip_put_endpoint(b, p->local, false);
	}
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

static void put_contact_uri(struct sip_builder *b, const struct phone *p, struct span user, struct endpoint at)
{
	sip_puts(b, "sip:");
	sip_put(b, user.at, user.len);
	sip_put(b, "@", 1);
	sip_put_endpoint(b, at, p->group->profile->write_port);
	if (p->group->profile->contact_uri_params)
		sip_puts(b, p->group->profile->contact_uri_params);
}

/* A profile's own parameters may say anything, `expires` too. */
static void read_contact_expires(struct sip_builder *b)
{
	struct slice value;
	if (siptext_param(b->bytes, b->view.contact, "expires", &value, NULL))
		siptext_number(b->bytes, value, &b->view.contact_expires);
}

static void put_contact(struct sip_builder *b, const struct phone *p, struct span user, struct endpoint at)
{
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	sip_put(b, "<", 1);
	put_contact_uri(b, p, user, at);
	b->view.contact_uri = sip_since(b, from + 1);
	sip_put(b, ">", 1);
	if (p->group->profile->contact_params)
		sip_puts(b, p->group->profile->contact_params);
	b->view.contact = sip_since(b, from);
	if (p->group->profile->contact_params)
		read_contact_expires(b);
	sip_end_header(b);
}

static void put_expires(struct sip_builder *b, uint32_t seconds)
{
	sip_number_header(b, "Expires", seconds);
	b->view.expires = seconds;
}

static void put_max_forwards(struct sip_builder *b)
{
	sip_puts(b, "Max-Forwards: 70\r\n");
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

/* A challenge to answer; NULL wherever none was made. */
struct challenge_read {
	const struct payload *message;
	struct sip_auth auth;
	bool proxy;
};

static const bool algorithms[][DIGEST_UNKNOWN] = {
	[PHONE_AUTH_MD5] = { [DIGEST_MD5] = true },
	[PHONE_AUTH_SHA_256] = { [DIGEST_SHA_256] = true },
	[PHONE_AUTH_BOTH] = { [DIGEST_MD5] = true, [DIGEST_SHA_256] = true },
	[PHONE_AUTH_NONE] = { false },
};

static bool challenge_usable(const struct phone *p, const struct sip_auth *auth)
{
	return auth->digest && auth->algorithm < DIGEST_UNKNOWN && algorithms[p->group->profile->auth][auth->algorithm];
}

/* The topmost challenge that it can compute, in the server's order (RFC 8760 2.4). */
static bool challenge_pick(const struct phone *p, const struct packet *response, const struct sip_view *v,
			   struct challenge_read *c)
{
	const struct payload *m = response->payload;
	const char *name = v->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
	struct header_line h;
	*c = (struct challenge_read){ .message = m, .auth = v->credentials, .proxy = v->status == 407 };
	if (!v->auth_more)
		return v->proxy_auth == c->proxy && challenge_usable(p, &c->auth);
	for (uint32_t at = v->headers_at; siptext_header(m->bytes, m->len, &at, &h);) {
		if (!siptext_named(m->bytes, h.name, name, 0))
			continue;
		c->auth = digest_read(m->bytes, h.value);
		if (challenge_usable(p, &c->auth))
			return true;
	}
	return false;
}

static struct slice put_quoted(struct sip_builder *b, const char *name, struct span value)
{
	sip_puts(b, name);
	sip_put(b, "=\"", 2);
	uint32_t from = b->len;
	sip_put(b, value.at, value.len);
	struct slice place = sip_since(b, from);
	sip_put(b, "\"", 1);
	return place;
}

static void put_qop(struct sip_builder *b, const struct digest_input *in, struct sip_auth *said)
{
	sip_puts(b, ",qop=auth,nc=");
	uint32_t from = b->len;
	sip_put(b, in->nc.at, in->nc.len);
	said->nc = sip_since(b, from);
	said->cnonce = put_quoted(b, ",cnonce", in->cnonce);
	said->qop_auth = true;
}

static struct digest_input digest_input(const struct sip_builder *b, const struct phone *p, struct span user,
					const struct challenge_read *c)
{
	return (struct digest_input){
		.algorithm = (enum digest_algorithm)c->auth.algorithm,
		.username = user,
		.realm = slice_span(c->message, c->auth.realm),
		.password = SPAN(p->group->profile->password),
		.method = SPAN(sip_method_name((enum sip_method)b->view.method)),
		.uri = { b->bytes + b->view.uri.at, b->view.uri.len },
		.nonce = slice_span(c->message, c->auth.nonce),
		.qop_auth = c->auth.qop_auth,
		.nc = SPAN("00000001"),
	};
}

static void put_credentials(struct sip_builder *b, const struct phone *p, struct span user,
			    const struct challenge_read *c)
{
	char cnonce[ID_TEXT_MAX], response[DIGEST_HEX_MAX];
	struct sip_auth *said = &b->view.credentials;
	struct digest_input in = digest_input(b, p, user, c);
	in.cnonce.at = cnonce;
	in.cnonce.len = id_write(p->group->pins ? &p->group->pins->nonce : NULL, ids(p, IDS_CNONCE), p->requests, 8, cnonce);
	size_t len = digest_response(sip_shared(b->world)->memo, &in, response);

	*said = (struct sip_auth){ .digest = true, .algorithm = c->auth.algorithm };
	sip_begin_header(b, c->proxy ? "Proxy-Authorization" : "Authorization");
	uint32_t from = b->len;
	said->username = put_quoted(b, "Digest username", in.username);
	said->realm = put_quoted(b, ",realm", in.realm);
	said->nonce = put_quoted(b, ",nonce", in.nonce);
	said->uri = put_quoted(b, ",uri", in.uri);
	said->response = put_quoted(b, ",response", (struct span){ response, len });
	sip_puts(b, ",algorithm=");
	sip_puts(b, digest_name(in.algorithm));
	if (c->auth.opaque.len)
		said->opaque = put_quoted(b, ",opaque", slice_span(c->message, c->auth.opaque));
	if (in.qop_auth)
		put_qop(b, &in, said);
	b->view.auth = sip_since(b, from);
	b->view.proxy_auth = c->proxy;
	sip_end_header(b);
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

/* What one request needs to know beside the phone. */
struct request {
	enum sip_method method;
	struct address_of_record of; /* the phone's */
	uint32_t call_id, cseq, tag;
	uint32_t expires;		     /* SIP_ABSENT: no Expires and no Contact */
	struct endpoint contact;
	const struct challenge_read *answers; /* NULL: no credentials */
};

static void put_header(struct sip_builder *b, struct phone *p, enum sip_header header, const struct request *r)
{
	switch (header) {
	case HEADER_VIA:
		put_via(b, p);
		break;
	case HEADER_MAX_FORWARDS:
		put_max_forwards(b);
		break;
	case HEADER_FROM:
		put_from(b, p, &r->of, r->tag);
		break;
	case HEADER_TO:
		put_to(b, &r->of);
		break;
	case HEADER_CALL_ID:
		put_call_id(b, p, r->call_id);
		break;
	case HEADER_CSEQ:
		sip_cseq_header(b, r->cseq);
		break;
	case HEADER_CONTACT:
		if (r->expires != SIP_ABSENT)
			put_contact(b, p, r->of.user, r->contact);
		break;
	case HEADER_EXPIRES:
		if (r->expires != SIP_ABSENT)
			put_expires(b, r->expires);
		break;
	case HEADER_AUTHORIZATION:
		if (r->answers)
			put_credentials(b, p, r->of.user, r->answers);
		break;
	case HEADER_USER_AGENT:
		sip_text_header(b, "User-Agent", p->group->profile->user_agent);
		break;
	case HEADER_ALLOW:
		sip_text_header(b, "Allow", p->group->profile->allow);
		break;
	case HEADER_SUPPORTED:
		sip_text_header(b, "Supported", p->group->profile->supported);
		break;
	case HEADER_DATE:
		sip_date_header(b);
		break;
	case HEADER_CONTENT_LENGTH:
		sip_no_body_header(b);
		break;
	default:
		break; /* headers of responses */
	}
}

static struct payload *request_build(struct phone *p, struct request *r)
{
	char user[PHONE_USER_MAX];
	r->of = (struct address_of_record){ { user, phone_user(p, user) }, SPAN(p->group->domain) };
	struct sip_builder *b = sip_request(p->node.world, r->method);
	sip_puts(b, "sip:");
	sip_put(b, r->of.domain.at, r->of.domain.len);
	sip_end_request_line(b);
	const uint8_t *order = p->group->profile->header_order.items;
	for (uint32_t i = 0; i < p->group->profile->header_order.n; i++)
		put_header(b, p, (enum sip_header)order[i], r);
	return sip_finish(b);
}

/* Where the next request leaves from. */
static uint32_t source_port(const struct phone *p)
{
	uint64_t n = p->group->profile->send_port == SEND_EPHEMERAL_EACH ? p->requests : 0;
	if (p->group->profile->send_port == SEND_SAME)
		return p->local.port;
	return EPHEMERAL_LOW + (uint32_t)stream_below(ids(p, IDS_PORT), n, EPHEMERAL_SPAN);
}

static void request_send(struct phone *p, struct request *r, uint32_t story, uint32_t parent,
			 void (*done)(struct client_txn *, const struct packet *))
{
	const struct phone_profile *profile = p->group->profile;
	struct txn_timers timers = { profile->t1, profile->t2, profile->t4, profile->max_retransmits };
	struct packet packet = {
		.parent = parent,
		.story = story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = { p->local.host, source_port(p) },
		.dst = p->group->server,
		.label = sip_method_name(r->method),
		.payload = request_build(p, r),
	};
	client_txn_start(&p->txns, &p->iface, &packet, &timers, p, done);
}

/* --- registration ------------------------------------------------------------------------------------------------ */

static void register_done(struct client_txn *t, const struct packet *response);
static void job_begin(struct phone *p, enum job job, uint32_t story);

static void register_send(struct phone *p, uint32_t parent, const struct challenge_read *answers)
{
	bool remove = p->job != JOB_REGISTER;
	uint32_t first = 1;
	if (p->group->pins && p->group->pins->cseq.n)
		first = *(const uint32_t *)p->group->pins->cseq.items;
	p->cseq = p->cseq ? p->cseq + 1 : first;
	struct request r = {
		.method = SIP_REGISTER,
		.cseq = p->cseq,
		.tag = p->job_tag,
		.expires = remove ? 0 : p->expires,
		.contact = p->job == JOB_REMOVE_OLD ? p->old_contact : p->contact,
		.answers = answers,
	};
	request_send(p, &r, p->story, parent, register_done);
}

static void register_timer(struct timer *t)
{
	struct phone *p = CONTAINER(t, struct phone, timer);
	phone_register(p, world_story(p->node.world));
}

static void refresh_in(struct phone *p, usec after)
{
	p->timer.fire = register_timer;
	world_after(p->node.world, &p->timer, after);
}

static void job_end(struct phone *p, const struct packet *last, const struct fact *how, uint64_t status)
{
	p->job = JOB_NONE;
	if (last)
		trace_note(p->node.world, &p->iface, last, how, status);
	else
		trace_note_story(p->node.world, &p->iface, p->story, how, status);
	if (p->next_job) {
		enum job next = (enum job)p->next_job;
		p->next_job = JOB_NONE;
		job_begin(p, next, p->next_story);
	}
}

static void register_fail(struct phone *p, const struct packet *last, uint32_t status)
{
	bool again = p->job == JOB_REGISTER && status != 403;
	job_end(p, last, status ? &fact_register_failed : &fact_register_timeout, status);
	if (again && p->job == JOB_NONE)
		refresh_in(p, p->group->profile->retry);
}

/* Our Contact among several bindings that a 200 lists; the first one when a server has rewritten ours (RFC 3261 10.2.4). */
static struct slice own_binding(const struct phone *p, const struct payload *m, const struct sip_view *v)
{
	struct header_line h;
	struct slice element;
	struct endpoint e;
	for (uint32_t at = v->headers_at; siptext_header(m->bytes, m->len, &at, &h);) {
		if (!siptext_named(m->bytes, h.name, "Contact", 'm'))
			continue;
		for (uint32_t in = 0; siptext_element(m->bytes, h.value, &in, &element);)
			if (siptext_uri_endpoint(m->bytes, siptext_uri(m->bytes, element), &e) && endpoint_equal(e, p->contact))
				return element;
	}
	return v->contact;
}

/* The seconds granted to our Contact, by its parameter or the Expires header (RFC 3261 10.2.4). */
static uint32_t granted(const struct phone *p, const struct packet *response, const struct sip_view *v)
{
	const struct payload *m = response->payload;
	struct slice value;
	uint32_t seconds = v->expires == SIP_ABSENT ? p->expires : v->expires;
	if (!v->contact_more)
		return v->contact_expires == SIP_ABSENT ? seconds : v->contact_expires;
	if (siptext_param(m->bytes, own_binding(p, m, v), "expires", &value, NULL))
		siptext_number(m->bytes, value, &seconds);
	return seconds;
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

/* The binding just made carries an address that turned out wrong: register anew, and perhaps remove it first. */
static void register_learned(struct phone *p, const struct packet *response, struct endpoint e)
{
	p->relearned = true;
	p->challenged = false;
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
		p->challenged = false;
		register_send(p, response->id, NULL);
	} else if (p->job == JOB_UNREGISTER) {
		job_end(p, response, &fact_unregistered, v->status);
	} else if (!p->relearned && !endpoint_equal(e, p->contact)) {
		register_learned(p, response, e);
	} else {
		schedule_refresh(p, granted(p, response, v));
		job_end(p, response, &fact_registered, v->status);
	}
}

/* Credentials that were refused are not tried again unless only the nonce was old (RFC 3261 22.2, RFC 2617 3.3). */
static void register_challenged(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct challenge_read c;
	bool able = challenge_pick(p, response, v, &c);
	if (able && (!p->challenged || c.auth.stale)) {
		p->challenged = true;
		register_send(p, response->id, &c);
		return;
	}
	trace_note(p->node.world, &p->iface, response, able ? &fact_credentials_refused : &fact_challenge_unusable, v->status);
	register_fail(p, response, v->status);
}

/* 423: asks again for as long as the registrar wants it, once (RFC 3261 10.2.8). */
static void register_too_brief(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	if (p->lengthened || v->min_expires == SIP_ABSENT || v->min_expires <= p->expires) {
		register_fail(p, response, v->status);
		return;
	}
	p->lengthened = true;
	p->challenged = false;
	p->expires = v->min_expires;
	register_send(p, response->id, NULL);
}

static void register_done(struct client_txn *t, const struct packet *response)
{
	struct phone *p = t->user;
	if (!response) {
		register_fail(p, NULL, 0);
		return;
	}
	const struct sip_view *v = sip_view(p->node.world, response->payload);
	if (v->status >= 300)
		p->contact = learned(p, response, v); /* nothing is bound yet, so nothing has to be replaced */
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
	p->challenged = p->lengthened = p->relearned = false;
	register_send(p, 0, NULL);
}

/* One at a time: the registrar would see them in any order. */
static void job_ask(struct phone *p, enum job job, uint32_t story)
{
	if (p->job == JOB_NONE) {
		job_begin(p, job, story);
		return;
	}
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

/* --- OPTIONS ----------------------------------------------------------------------------------------------------- */

static void options_done(struct client_txn *t, const struct packet *response)
{
	struct phone *p = t->user;
	struct world *w = p->node.world;
	if (response)
		trace_note(w, &p->iface, response, &fact_options_answered, sip_view(w, response->payload)->status);
	else
		trace_note_story(w, &p->iface, t->request.story, &fact_options_failed, 0);
}

void phone_options(struct phone *p, uint32_t story)
{
	struct request r = {
		.method = SIP_OPTIONS,
		.call_id = ++p->call_ids,
		.cseq = 1,
		.tag = p->tags++,
		.expires = SIP_ABSENT,
	};
	request_send(p, &r, story, 0, options_done);
}

static struct payload *answer_build(struct phone *p, const struct packet *request, const struct sip_view *v,
				    const struct via_reply *reply)
{
	uint32_t status = v->method == SIP_OPTIONS ? 200 : 405;
	struct sip_builder *b = sip_response(p->node.world, status, (enum sip_method)v->method);
	char tag[ID_TEXT_MAX];
	size_t len = tag_write(p, p->tags++, tag);
	via_put_stamped(b, request->payload, v, request->src, reply);
	sip_copy_from(b, request->payload, v);
	sip_copy_to(b, request->payload, v, tag, len);
	sip_copy_call_id(b, request->payload, v);
	sip_copy_cseq(b, request->payload, v);
	sip_text_header(b, "Allow", "OPTIONS");
	sip_text_header(b, "User-Agent", p->group->profile->user_agent);
	sip_no_body_header(b);
	return sip_finish(b);
}

/* Stateless (RFC 3261 8.2.7): a repeated request gets the same kind of answer again. */
static void phone_answer(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	static const struct via_policy policy = { .rport = true, .force = FORCE_OFF };
	struct via via = via_read(request->payload, v);
	struct via_reply reply = via_reply_to(&via, request->src, &policy);
	struct payload *payload = answer_build(p, request, v, &reply);
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
	net_send(&p->iface, &answer);
	payload_unref(p->node.world->payloads, payload);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

/* Is the top Via what this phone writes? (RFC 3261 18.1.2) */
static bool via_is_mine(const struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct endpoint by = sent_by(p);
	uint32_t host, port = p->group->profile->write_port ? by.port : SIP_ABSENT;
	return host_parse(slice_at(response->payload, v->via_host), v->via_host.len, &host) && host == by.host &&
	       v->via_port == port;
}

static void phone_response(struct phone *p, const struct packet *response, const struct sip_view *v)
{
	struct world *w = p->node.world;
	if (p->group->profile->via_check == VIA_CHECK_STRICT && !via_is_mine(p, response, v))
		trace_drop(w, &p->iface, response, &fact_via_not_mine);
	else if (!client_txns_receive(&p->txns, w, response, v))
		trace_drop(w, &p->iface, response, &fact_no_transaction);
}

static void phone_receive(struct node *n, struct iface *in, const struct packet *packet)
{
	struct phone *p = phone_of(n);
	if (packet->dst.port != p->local.port) {
		trace_drop(n->world, in, packet, &fact_port_closed);
		return;
	}
	const struct sip_view *v = sip_view(n->world, packet->payload);
	if (!v)
		trace_drop(n->world, in, packet, &fact_malformed);
	else if (!v->request)
		phone_response(p, packet, v);
	else if (v->method != SIP_ACK)
		phone_answer(p, packet, v);
}

static const struct node_ops phone_ops = { .kind = "phone", .receive = phone_receive };

static uint32_t whole_seconds(usec d)
{
	return (uint32_t)(d / SEC);
}

struct phone *phone_new(struct world *w, const struct phone_group *group, uint32_t member, struct network *network,
			struct endpoint address)
{
	struct phone *p = arena_alloc(w->arena, sizeof *p);
	node_init(&p->node, w, &phone_ops, group->name, member);
	p->iface = (struct iface){ .node = &p->node, .wire = group->wire };
	network_attach(network, &p->iface, (struct endpoint){ address.host, 0 });
	p->group = group;
	p->local = address;
	p->contact = sent_by(p);
	p->expires = whole_seconds(group->profile->expires);
	p->ids = stream_named(w->setup.seed, group->name, member, "ids");
	return p;
}

struct node *phone_node(struct phone *p)
{
	return &p->node;
}
