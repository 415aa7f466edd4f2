#include "tests/party.h"

#include <string.h>

#define RTP_PORT 4000

static struct party *party_of(const struct ua *ua)
{
	return CONTAINER(ua, struct party, ua);
}

static struct session description(const struct party *p, enum direction direction)
{
	return (struct session){ .origin = p->at.host,
				 .rtp = { p->at.host, RTP_PORT },
				 .direction = (uint8_t)direction };
}

static size_t draw(struct party *p, char text[static ID_TEXT_MAX])
{
	return id_write(NULL, p->ids, p->drawn++, 8, text);
}

/* --- how it writes itself -------------------------------------------------------------- */

static struct ua_knobs knobs_of(const struct ua *ua)
{
	return party_of(ua)->knobs;
}

static struct endpoint source(struct ua *ua, const struct leg *leg)
{
	(void)leg;
	return party_of(ua)->at;
}

static bool target_by_source(const struct leg *leg)
{
	return party_of(leg->ua)->by_source;
}

static struct via_policy policy(const struct ua *ua, const struct packet *request, const struct sip_view *v)
{
	(void)ua, (void)request, (void)v;
	return (struct via_policy){ .rport = true };
}

static void put_via(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	struct party *p = party_of(ua);
	char branch[ID_TEXT_MAX];
	(void)leg;
	via_put_own(b, p->at.host, p->at.port, branch, branch_write(NULL, p->ids, p->drawn++, branch), false);
}

static const char *uri_of(const struct party *p)
{
	char at[ENDPOINT_TEXT_MAX];
	endpoint_print(p->at, at);
	return arena_printf(p->node.world->arena, "sip:%s@%s", p->name, at);
}

static void put_contact(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	const char *uri = uri_of(party_of(ua));
	(void)leg;
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	sip_puts(b, "<");
	sip_puts(b, uri);
	b->view.contact_uri = sip_since(b, from + 1);
	sip_puts(b, ">");
	b->view.contact = sip_since(b, from);
	sip_end_header(b);
}

static void put_from(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	struct party *p = party_of(ua);
	char tag[ID_TEXT_MAX];
	size_t len = draw(p, tag);
	const char *text =
		arena_printf(p->node.world->arena, "<sip:%s@example.com>;tag=%.*s", p->name, (int)len, tag);
	(void)leg;
	sip_from_header(b, SPAN(text));
}

static void put_call_id(struct ua *ua, struct sip_builder *b, const struct leg *leg)
{
	(void)leg;
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_printed(b, draw(party_of(ua), sip_room(b, ID_TEXT_MAX)));
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

static size_t tag(struct ua *ua, char text[static ID_TEXT_MAX])
{
	return draw(party_of(ua), text);
}

static uint32_t first_cseq(struct ua *ua)
{
	(void)ua;
	return 1;
}

static bool challenge(const struct ua *ua, const struct packet *response, const struct sip_view *v,
		      struct challenge_read *c)
{
	return party_of(ua)->password && challenge_read(response, v, (struct algorithms){ { true } }, c);
}

static void put_credentials(struct ua *ua, struct sip_builder *b, const struct challenge_read *c)
{
	struct party *p = party_of(ua);
	credentials_put(b,
			&(struct account){ .user = SPAN(p->name),
					   .password = SPAN(p->password),
					   .cnonce = SPAN("c0ffee") },
			c);
}

static void put_challenge(struct ua *ua, struct sip_builder *b, const struct packet *request,
			  const struct sip_view *v)
{
	static const char value[] = "Digest realm=\"example.com\",nonce=\"0011\"";
	(void)ua, (void)request, (void)v;
	sip_puts(b, b->view.status == 407 ? "Proxy-Authenticate: " : "WWW-Authenticate: ");
	uint32_t from = b->len;
	sip_puts(b, value);
	b->view.auth = sip_since(b, from);
	b->view.credentials = digest_read(b->bytes, b->view.auth);
	b->view.proxy_auth = b->view.status == 407;
	sip_end_header(b);
}

/* --- what it does ---------------------------------------------------------------------- */

static void progressed(struct leg *leg, const struct packet *response, uint32_t status)
{
	(void)response, (void)status;
	party_of(leg->ua)->progressed++;
}

static void answered(struct leg *leg, const struct packet *response)
{
	(void)response;
	party_of(leg->ua)->answered++;
}

static void acked(struct leg *leg, const struct packet *ack, bool first)
{
	(void)ack, (void)first;
	party_of(leg->ua)->acked++;
}

static bool offered(struct leg *leg, const struct packet *invite)
{
	struct party *p = party_of(leg->ua);
	(void)invite;
	leg->local = description(p, direction_answer((enum direction)leg->remote.direction, p->wish));
	return !p->waits;
}

static void offer_ended(struct leg *leg, const struct packet *response, uint32_t status)
{
	(void)response;
	party_of(leg->ua)->offer_status = status;
}

static void closing(struct leg *leg, enum leg_end how)
{
	(void)how;
	party_of(leg->ua)->closing++;
}

static void ended(struct leg *leg, enum leg_end how, const struct packet *last, uint32_t status)
{
	struct party *p = party_of(leg->ua);
	(void)last;
	p->leg = NULL;
	p->how = how;
	p->status = status;
}

static const struct leg_ops party_leg_ops = {
	.progressed = progressed,
	.answered = answered,
	.acked = acked,
	.offered = offered,
	.offer_ended = offer_ended,
	.closing = closing,
	.ended = ended,
};

static uint32_t invited(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	struct party *p = party_of(leg->ua);
	struct session own = description(p, DIRECTION_SENDRECV);
	(void)invite;
	if (p->refuses)
		return p->refuses;
	if (p->challenges && !v->auth.len)
		return p->challenges;
	leg->ops = &party_leg_ops;
	p->leg = leg;
	if (p->rings)
		leg_ring(leg, p->rings, p->early ? &own : NULL);
	if (!p->waits)
		leg_answer(leg, &own);
	return 0;
}

static const struct ua_ops party_ua_ops = {
	.knobs = knobs_of,
	.source = source,
	.target_by_source = target_by_source,
	.policy = policy,
	.put_via = put_via,
	.put_contact = put_contact,
	.put_from = put_from,
	.put_call_id = put_call_id,
	.tag = tag,
	.first_cseq = first_cseq,
	.challenge = challenge,
	.put_credentials = put_credentials,
	.put_challenge = put_challenge,
	.invited = invited,
};

static void party_receive(struct node *n, struct iface *in, const struct packet *packet)
{
	struct party *p = CONTAINER(n, struct party, node);
	const struct sip_view *v = sip_view(n->world, packet->payload);
	(void)in;
	if (!v)
		return; /* audio: it listens, but has nobody to tell */
	if (v->request)
		ua_request(&p->ua, packet, v);
	else
		client_txns_receive(&p->clients, n->world, packet, v);
}

struct party *party_new(struct lab *lab, const char *name, const char *at, const struct wire *wire)
{
	static const struct node_ops ops = { .kind = "party", .receive = party_receive };
	struct party *p = arena_alloc(lab->arena, sizeof *p);
	node_init(&p->node, lab->world, &ops, name, 0);
	p->name = name;
	p->at = endpoint_of(at);
	p->ids = stream_named(lab->world->setup.seed, name, 0, "ids");
	p->iface = (struct iface){ .node = &p->node, .wire = wire };
	p->knobs = (struct ua_knobs){ .timers = txn_timers_usual,
				      .sdp_user = SPAN(name),
				      .sdp_name = "SIP Call" };
	network_attach(lab->internet, &p->iface, p->at);
	server_txns_init(&p->servers, &p->iface);
	ua_init(&p->ua, &p->iface, &party_ua_ops, &p->clients, &p->servers,
		stream_named(lab->world->setup.seed, name, 0, "chance"));
	return p;
}

struct leg *party_calls_at(struct party *p, const struct callee *callee, const struct session *offer)
{
	p->leg = leg_call(&p->ua, callee, offer, world_story(p->node.world), 0, &party_leg_ops, NULL);
	return p->leg;
}

struct leg *party_calls(struct party *p, const struct party *other)
{
	struct session offer = description(p, DIRECTION_SENDRECV);
	const char *to = arena_printf(p->node.world->arena, "<sip:%s@example.com>", other->name);
	struct callee callee = { .uri = SPAN(uri_of(other)), .to = SPAN(to), .first_hop = other->at };
	return party_calls_at(p, &callee, &offer);
}

bool party_offers(struct party *p, enum direction direction)
{
	struct session offer = description(p, direction);
	return leg_offer(p->leg, &offer);
}
