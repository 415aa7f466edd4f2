#include "models/phone.h"

#include <string.h>

#include "models/phone_shared.h"
#include "models/server.h"
#include "models/stun.h"
#include "models/via.h"
#include "sim/discovery.h"

const struct fact fact_phone_restarted = { "phone-restarted", "restarts: it has forgotten its registration", NULL };
const struct fact fact_via_not_mine = { "via-not-mine", "the top Via is not the one it wrote", "RFC 3261 18.1.2" };
const struct fact fact_no_transaction = { "no-transaction", "no request of its own waits for this", "RFC 3261 17.1.3" };
const struct fact fact_others_response = { "others-response", "it answers a request of another phone", "RFC 3261 17.1.3" };

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

void phone_request_send(struct phone *p, struct request *r, uint32_t story, uint32_t parent,
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
	phone_request_send(p, &r, story, 0, options_done);
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
	bool mine = phone_is_mine(p, m, siptext_uri(m->bytes, v->from));
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
