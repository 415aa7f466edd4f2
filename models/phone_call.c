/*
 * A phone in calls: how it writes itself, and whom it lets in. What it does in a call is talk.c.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "models/phone_shared.h"
#include "models/talk.h"

struct phone_calls {
	struct phone *phone;
	struct ua ua;
	struct server_txns servers;
	struct talker talker;
	size_t user_len;
	char user[]; /* the phone's */
};

static struct phone_calls *calls_of(const struct ua *ua)
{
	return CONTAINER(ua, struct phone_calls, ua);
}

static struct phone *phone_of(const struct ua *ua)
{
	return calls_of(ua)->phone;
}

static struct span user_of(const struct ua *ua)
{
	return (struct span){ calls_of(ua)->user, calls_of(ua)->user_len };
}

/* --- how it writes itself ---------------------------------------------------------------------------------------- */

static struct ua_knobs knobs(const struct ua *ua)
{
	const struct phone_profile *profile = phone_of(ua)->group->profile;
	return (struct ua_knobs){
		.timers = profile->timers,
		.patience = profile->invite_expires,
		.session_timer = profile->session_timer,
		.checks_uris = profile->checks_dialog_uris,
		.sdp_user = user_of(ua),
		.sdp_name = "SIP Call",
		.request_order = &profile->header_order,
		.user_agent = profile->user_agent,
		.allow = profile->allow ? profile->allow : PHONE_METHODS,
		.supported = profile->supported,
	};
}

static struct endpoint source(struct ua *ua, const struct leg *leg)
{
	(void)leg;
	return phone_source(phone_of(ua));
}

static struct via_policy policy(const struct ua *ua, const struct packet *request, const struct sip_view *v)
{
	(void)request, (void)v;
	return phone_policy(phone_of(ua));
}

static void put_via(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	(void)leg;
	phone_put_via(b, phone_of(ua));
}

static void put_contact(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	(void)leg;
	phone_put_contact(b, phone_of(ua), user_of(ua), phone_of(ua)->contact);
}

static void put_from(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	struct phone *p = phone_of(ua);
	struct address_of_record self = { user_of(ua), SPAN(p->group->domain) };
	(void)leg;
	phone_put_from(b, p, &self, p->tags++);
}

static void put_call_id(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	struct phone *p = phone_of(ua);
	(void)leg;
	phone_put_call_id(b, p, p->call_ids);
}

static size_t tag(struct ua *ua, char text[static ID_TEXT_MAX])
{
	struct phone *p = phone_of(ua);
	return phone_tag(p, p->tags++, text);
}

/* A call has a Call-ID of its own, and this is asked first of all. */
static uint32_t first_cseq(struct ua *ua)
{
	struct phone *p = phone_of(ua);
	p->call_ids++;
	return phone_first_cseq(p, p->call_ids);
}

static bool challenge(const struct ua *ua, const struct packet *response, const struct sip_view *v, struct challenge_read *c)
{
	return phone_challenge(phone_of(ua), response, v, c);
}

static void put_credentials(struct ua *ua, struct sip_builder *b, const struct challenge_read *c)
{
	phone_put_credentials(phone_of(ua), b, user_of(ua), c);
}

/* --- whom it lets in --------------------------------------------------------------------------------------------- */

static uint32_t invited(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	struct phone_calls *c = calls_of(leg->ua);
	uint32_t refusal = phone_uri_status(c->phone, invite, v);
	if (!refusal)
		talk_take(&c->talker, leg);
	return refusal;
}

static const struct ua_ops ops = {
	.knobs = knobs,
	.source = source,
	.policy = policy,
	.put_via = put_via,
	.put_contact = put_contact,
	.put_from = put_from,
	.put_call_id = put_call_id,
	.tag = tag,
	.first_cseq = first_cseq,
	.challenge = challenge,
	.put_credentials = put_credentials,
	.invited = invited,
};

/* --- what it is asked to do -------------------------------------------------------------------------------------- */

/* A phone that was told its public address writes it into its descriptions too. */
static uint32_t said_host(const struct phone *p)
{
	uint32_t told = p->group->profile->public_address.host;
	return told ? told : p->local.host;
}

static struct phone_calls *calls_new(struct phone *p)
{
	struct world *w = p->node.world;
	char user[PHONE_USER_MAX];
	size_t len = phone_user(p, user);
	struct phone_calls *c = arena_alloc(w->arena, sizeof *c + len);
	c->phone = p;
	c->user_len = len;
	memcpy(c->user, user, len);
	server_txns_init(&c->servers, &p->iface);
	ua_init(&c->ua, &p->iface, &ops, &p->txns, &c->servers, phone_ids(p, IDS_GLARE));
	c->talker = (struct talker){
		.ua = &c->ua,
		.profile = &p->group->profile->talk,
		.iface = &p->iface,
		.host = p->local.host,
		.said = said_host(p),
	};
	return c;
}

static struct phone_calls *phone_calls(struct phone *p)
{
	struct phone_more *more = phone_more(p);
	if (!more->calls)
		more->calls = calls_new(p);
	return more->calls;
}

static struct talker *talker_of(struct phone *p)
{
	return &phone_calls(p)->talker;
}

void phone_call(struct phone *p, struct span user, uint32_t story)
{
	char to[2 * PHONE_USER_MAX];
	int len = snprintf(to, sizeof to, "<sip:%.*s@%s>", (int)user.len, user.at, p->group->domain);
	assert(len > 0 && (size_t)len < sizeof to); /* names are short by their field tables */
	struct callee callee = { { to + 1, (size_t)len - 2 }, { to, (size_t)len }, p->group->server };
	talk_call(talker_of(p), &callee, story);
}

void phone_hangup(struct phone *p, uint32_t story)
{
	talk_hang_up(talker_of(p), story);
}

void phone_hold(struct phone *p, uint32_t story)
{
	talk_hold(talker_of(p), story);
}

void phone_resume(struct phone *p, uint32_t story)
{
	talk_resume(talker_of(p), story);
}

void phone_mute(struct phone *p, bool muted)
{
	talk_mute(talker_of(p), muted);
}

void phone_abandon(struct phone *p, uint32_t story)
{
	talk_abandon(talker_of(p), story);
}

/* --- what comes -------------------------------------------------------------------------------------------------- */

void phone_call_request(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	ua_request(&phone_calls(p)->ua, request, v);
}

bool phone_hears(struct phone *p, const struct packet *packet)
{
	return p->more && p->more->calls && talk_hears(&p->more->calls->talker, packet);
}

void phone_forget_calls(struct phone *p)
{
	if (!p->more || !p->more->calls)
		return;
	talk_abandon_all(&p->more->calls->talker);
	server_txns_forget(&p->more->calls->servers);
}
