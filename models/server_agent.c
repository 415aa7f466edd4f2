#include "models/server_agent.h"

#include <stdio.h>

#define SDP_USER "-" /* who has no name (RFC 4566 5.2) */
#define ALLOW	 "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER"
#define SUPPORTS "timer" /* RFC 4028 */

static struct server *server_of_ua(const struct ua *ua)
{
	return agent_of(ua)->server;
}

/* Its audio has a range of ports at its host. */
static void claim_media(struct iface *iface, uint32_t host, const struct media_profile *rtp)
{
	uint32_t last = rtp->port + rtp->ports - 1;
	network_attach_ports(iface->network, iface, host, (uint16_t)rtp->port,
			     (uint16_t)(last < 65535 ? last : 65535));
}

void agent_init(struct server_agent *a, struct server *s, struct iface *iface, struct endpoint local,
		const struct ua_ops *ops, struct server_txns *servers)
{
	const struct talk_profile *talk = &s->profile->talk;
	uint32_t host = server_media_host(s);
	a->server = s;
	a->local = local;
	a->talker =
		(struct talker){ .ua = &a->ua, .profile = talk, .iface = iface, .host = host, .said = host };
	ua_init(&a->ua, iface, ops, &a->clients, servers, stream_sub(server_ids(s, IDS_CHANCE), local.port));
	claim_media(iface, host, &talk->rtp);
}

bool agent_is_called(const struct server_agent *a, const struct packet *invite, const struct sip_view *v)
{
	const struct payload *m = invite->payload;
	return span_equal(slice_span(m, siptext_uri_user(m->bytes, v->uri)), server_far_user(a->server));
}

struct span agent_address(const struct server_agent *a, struct span user, char text[static AGENT_ADDRESS_MAX])
{
	int len =
		snprintf(text, AGENT_ADDRESS_MAX, "<sip:%.*s@%s>", (int)user.len, user.at, a->server->domain);
	return (struct span){ text, (size_t)len < AGENT_ADDRESS_MAX ? (size_t)len : AGENT_ADDRESS_MAX - 1 };
}

/* --- what it says of itself ----------------------------------------------------------------------------- */

static struct txn_timers timers_of(const struct server_profile *p)
{
	struct txn_timers t = txn_timers_usual;
	t.b = p->timers.b;
	t.f = p->timers.f;
	return t;
}

struct ua_knobs agent_knobs(const struct ua *ua)
{
	const struct server_profile *p = server_of_ua(ua)->profile;
	return (struct ua_knobs){
		.timers = timers_of(p),
		.patience = p->invite_timer,
		.session_timer = p->session_timer,
		.checks_uris = p->checks_dialog_uris,
		.sdp_user = SPAN(SDP_USER),
		.sdp_name = "-",
		.response_order = &p->header_order,
		.user_agent = p->user_agent,
		.allow = ALLOW,
		.supported = p->session_timer ? SUPPORTS : NULL,
	};
}

/* A PBX may call from elsewhere than where it listens; the far end is where it is. */
static struct endpoint calling_from(const struct server_agent *a)
{
	return endpoint_equal(a->local, a->server->local) ? server_calls_from(a->server) : a->local;
}

struct endpoint agent_source(struct ua *ua, const struct leg *leg)
{
	(void)leg;
	return calling_from(agent_of(ua));
}

struct via_policy agent_policy(const struct ua *ua, const struct packet *request, const struct sip_view *v)
{
	return server_policy(server_of_ua(ua), request, v);
}

void agent_put_via(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	char branch[ID_TEXT_MAX];
	struct endpoint by = calling_from(agent_of(ua));
	size_t len = server_branch(server_of_ua(ua), branch);
	(void)leg;
	via_put_own(b, by.host, by.port, branch, len, false);
}

/* The user of a leg whose first message is there: who calls at a caller's, whom it is for at a callee's. */
static struct span own_user(struct world *w, const struct leg *leg)
{
	struct payload *invite = leg->dialog.request;
	if (!invite)
		return agent_of(leg->ua)->calls_as;
	const struct sip_view *v = sip_view(w, invite);
	struct slice uri = leg->caller ? siptext_uri(invite->bytes, v->from) : v->uri;
	return slice_span(invite, siptext_uri_user(invite->bytes, uri));
}

static void put_uri(struct sip_builder *b, struct span user)
{
	sip_puts(b, "sip:");
	sip_put(b, user.at, user.len);
	sip_put(b, "@", 1);
}

void agent_put_contact(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	struct server_agent *a = agent_of(ua);
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	sip_put(b, "<", 1);
	put_uri(b, own_user(b->world, leg));
	sip_put_endpoint(b, leg->caller ? calling_from(a) : a->local, true);
	b->view.contact_uri = sip_since(b, from + 1);
	sip_put(b, ">", 1);
	b->view.contact = sip_since(b, from);
	sip_end_header(b);
}

void agent_put_from(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	(void)leg;
	server_put_from(b, server_of_ua(ua), agent_of(ua)->calls_as);
}

void agent_put_call_id(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	(void)leg;
	server_put_call_id(b, server_of_ua(ua));
}

size_t agent_tag(struct ua *ua, char text[static ID_TEXT_MAX])
{
	return server_tag(server_of_ua(ua), text);
}

uint32_t agent_first_cseq(struct ua *ua)
{
	return server_first_cseq(server_of_ua(ua));
}

void agent_put_challenge(struct ua *ua, struct sip_builder *b, const struct packet *request,
			 const struct sip_view *v)
{
	struct exchange x = server_exchange(server_of_ua(ua), request, v);
	server_put_challenge(b, &x);
}
