#include "models/alg.h"

#include <string.h>

#include "models/alg_pinholes.h"
#include "models/keepalive.h"
#include "models/sip_shared.h"

const struct fact fact_alg_unparsable = { "alg-unparsable", "the ALG drops what it cannot read", NULL };
const struct fact fact_alg_fragment = { "alg-fragment", "the ALG drops fragments", NULL };
const struct fact fact_alg_too_large = { "alg-too-large", "what the ALG makes of it fits in no datagram", "RFC 768" };
const struct fact fact_alg_redirects = { "alg-redirects", "the ALG will send what comes back to port {value}",
					 "measured: Linux 6.18" };
const struct fact fact_alg_elsewhere = { "alg-elsewhere", "the ALG does not look at port {port}", NULL };

/* --- which datagrams --------------------------------------------------------------------------------------------- */

static bool among(const struct list *ports, uint32_t port)
{
	const uint32_t *each = ports->items;
	for (uint32_t i = 0; i < ports->n; i++)
		if (each[i] == port)
			return true;
	return false;
}

static bool looks_at(const struct alg_profile *p, struct endpoint inside, struct endpoint remote)
{
	return among(&p->server_ports, remote.port) || among(&p->phone_ports, inside.port);
}

const struct nat_ports *alg_ports(const struct alg_profile *profile, struct nat_path in)
{
	static const struct nat_ports policies[] = {
		[ALG_PORTS_PRESERVE_SIP] = { .choice = PORTS_PRESERVE },
		[ALG_PORTS_PIN_5060] = { .choice = PORTS_PRESERVE, .pinned = SIP_PORT },
	};
	if (profile->port_policy == ALG_PORTS_INHERIT || !looks_at(profile, in.src, in.dst))
		return NULL;
	return &policies[profile->port_policy];
}

static bool is_sip_text(const struct payload *p)
{
	static const char version[] = "SIP/2.0";
	return p->viewed || memmem(p->bytes, p->len, version, strlen(version));
}

/* --- one datagram ------------------------------------------------------------------------------------------------ */

/* The flow by its name. What the filter lets in, or a redirection sends elsewhere, has other ends than its flow. */
static struct nat_path flow_of(const struct alg_passage *x, usec now)
{
	return x->outward ? (struct nat_path){ x->before.dst, x->before.src } : nat_flow_in(x->nat, now, x->before);
}

static struct alg_talk talk_begin(const struct alg_profile *profile, const struct alg_passage *x,
				  struct alg_pair *media)
{
	usec now = world_now(x->at->node->world);
	struct nat_path flow = flow_of(x, now);
	return (struct alg_talk){
		.passage = x,
		.now = now,
		.inside = flow.dst,
		.remote = flow.src,
		.far = x->outward ? x->after.dst : x->before.src,
		.media = media,
		.message = {
			.profile = profile,
			.media = media,
			.flow = { x->outward ? x->before.src : x->after.dst, x->outward ? x->after.src : x->before.dst },
			.text = x->packet->payload->bytes,
			.len = x->packet->payload->len,
		},
	};
}

/* Measured on Linux 6.18: whatever has a payload renews the flow, SIP or not. */
static void renew(const struct alg_talk *t)
{
	const struct alg_profile *p = t->message.profile;
	const struct payload *payload = t->passage->packet->payload;
	if (p->sip_flow && payload->len && (p->keepalive_refreshes || is_sip_text(payload)))
		nat_lifetime(t->passage->nat, t->now, t->inside, t->remote, p->sip_flow);
}

/* The repair for phones that send from one port and listen on another: answers go to the port in the Via. */
static void repair(const struct alg_talk *t)
{
	const struct alg_passage *x = t->passage;
	if (t->message.way != ALG_OUT_REQUEST || t->own_port == t->inside.port)
		return;
	nat_redirect(x->nat, t->now, t->inside, t->remote, t->own_port);
	trace_note(x->at->node->world, x->at, x->packet, &fact_alg_redirects, t->own_port);
}

/* The port that the phone calls its own: in its Via when answers are sent there, or else the one that it sends from. */
static uint32_t own_port(const struct alg_talk *t)
{
	const struct sip_view *v = t->message.view;
	if (!t->message.profile->asymmetric_repair || !v->via_numeric || v->via_address != t->inside.host)
		return t->inside.port;
	return v->via_port == SIP_ABSENT ? SIP_PORT : v->via_port;
}

static enum alg_way way_of(const struct alg_passage *x, const struct sip_view *v)
{
	if (x->outward)
		return v->request ? ALG_OUT_REQUEST : ALG_OUT_RESPONSE;
	return v->request ? ALG_IN_REQUEST : ALG_IN_RESPONSE;
}

static const struct fact *rewrite(const struct alg_talk *t, struct payload **payload)
{
	struct world *w = t->passage->at->node->world;
	struct sip_shared *shared = sip_shared(w);
	if (!shared->places)
		shared->places = alg_places_new(w->arena);
	if (!alg_find(shared->places, &t->message))
		return NULL;
	struct payload *rewritten = alg_payload(shared->places, w->payloads, *payload);
	if (!rewritten)
		return &fact_alg_too_large;
	sip_take_along(w, t->message.view, rewritten);
	payload_unref(w->payloads, *payload);
	*payload = rewritten;
	return NULL;
}

static const struct fact *message_pass(struct alg_talk *t, struct payload **payload)
{
	t->message.view = sip_view(t->passage->at->node->world, *payload);
	if (!t->message.view)
		return t->message.profile->on_unparsable == ALG_UNPARSABLE_DROP ? &fact_alg_unparsable : NULL;
	t->message.way = way_of(t->passage, t->message.view);
	t->own_port = own_port(t);
	repair(t);
	const struct fact *refused = alg_open(t);
	return refused ? refused : rewrite(t, payload);
}

/* A fragment that the router did not put together: there is no message to read. */
static const struct fact *fragment_pass(const struct alg_profile *profile)
{
	return profile->fragments == ALG_FRAGMENTS_DROP ? &fact_alg_fragment : NULL;
}

/* Where a complete ALG would have written the outside address and port. */
static unsigned idle_parts(const struct alg_profile *p)
{
	const struct alg_parts *parts = &p->parts[ALG_OUT_REQUEST];
	bool right = p->host == ALG_HOST_MAPPED && p->port == ALG_PORT_MAPPED;
	return (right && parts->via ? ALG_IDLE_VIA : 0) | (right && parts->contact ? ALG_IDLE_CONTACT : 0);
}

static void note_idle(const struct alg_talk *t)
{
	const struct alg_passage *x = t->passage;
	const struct packet *p = x->packet;
	unsigned parts = idle_parts(t->message.profile);
	if (!parts || !x->outward || !p->payload->viewed || is_fragment(p))
		return;
	trace_note(x->at->node->world, x->at, p, &fact_alg_elsewhere, parts);
}

static const struct fact *datagram_pass(struct alg_talk *t, struct payload **payload)
{
	const struct alg_profile *profile = t->message.profile;
	if (!looks_at(profile, t->inside, t->far) && !alg_invited(t)) {
		note_idle(t);
		return NULL;
	}
	if (is_fragment(t->passage->packet))
		return fragment_pass(profile);
	renew(t);
	bool reads = profile->needs_sip_text ? is_sip_text(*payload) : !is_keepalive(*payload);
	return reads ? message_pass(t, payload) : NULL;
}

const struct fact *alg_pass(const struct alg_profile *profile, const struct alg_passage *x, struct payload **payload)
{
	struct alg_pair media[ALG_MEDIA_MAX];
	struct alg_talk t = talk_begin(profile, x, media);
	*payload = payload_ref(x->packet->payload);
	const struct fact *refused = datagram_pass(&t, payload);
	if (refused)
		payload_unref(x->at->node->world->payloads, *payload);
	return refused;
}
