#include "models/far_end.h"

#include "models/phone.h"
#include "sim/icmp.h"

static uint32_t far_end_invited(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	struct server_agent *a = agent_of(leg->ua);
	if (!agent_is_called(a, invite, v))
		return 404;
	talk_take(&a->talker, leg);
	return 0;
}

static const struct ua_ops far_end_ops = { AGENT_WRITES, .invited = far_end_invited };

/* --- the node ------------------------------------------------------------------------------------------- */

static struct far_end *far_end_of(struct node *n)
{
	return CONTAINER(n, struct far_end, node);
}

/* What the core has no ear for is for no call. */
static bool far_end_takes(struct far_end *f, const struct packet *p, const struct sip_view *v)
{
	return v->request ? ua_request(&f->agent.ua, p, v)
			  : client_txns_receive(&f->agent.clients, f->node.world, p, v);
}

static void far_end_sip(struct far_end *f, const struct packet *p)
{
	struct world *w = f->node.world;
	const struct sip_view *v = sip_view(w, p->payload);
	if (!v)
		sip_unread(&f->iface, p);
	else if (!far_end_takes(f, p, v))
		trace_drop(w, &f->iface, p, v->request ? &fact_no_dialog : &fact_no_transaction);
}

static void far_end_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct far_end *f = far_end_of(n);
	if (p->dst.port == f->agent.local.port)
		far_end_sip(f, p);
	else if (!talk_hears(&f->agent.talker, p))
		port_closed(in, p, f->agent.server->profile->icmp);
}

static void far_end_receive_error(struct node *n, struct iface *in, const struct packet *error)
{
	struct far_end *f = far_end_of(n);
	if (f->agent.server->profile->heeds_icmp)
		client_txns_error(&f->agent.clients, in, error);
}

static const struct node_ops node_ops = {
	.kind = "server",
	.receive = far_end_receive,
	.receive_error = far_end_receive_error,
};

void far_end_new(struct server *s, const struct server_setup *setup)
{
	struct world *w = server_world(s);
	struct far_end *f = arena_alloc(w->arena, sizeof *f);
	struct endpoint at = { s->local.host, s->profile->far_end.port };
	node_init(&f->node, w, &node_ops, arena_printf(w->arena, "%s.far", setup->name), 0);
	f->iface = (struct iface){ .node = &f->node, .wire = setup->wire };
	network_attach(setup->network, &f->iface, at);
	server_txns_init(&f->txns, &f->iface);
	agent_init(&f->agent, s, &f->iface, at, &far_end_ops, &f->txns);
	s->agent = &f->agent;
}

/* --- what it is asked to do ----------------------------------------------------------------------------- */

/* By its proxy, like everybody's calls. */
void far_end_call(struct server *s, struct span user, uint32_t story)
{
	char to[AGENT_ADDRESS_MAX];
	struct callee callee = { .to = agent_address(s->agent, user, to), .first_hop = s->local };
	callee.uri = (struct span){ callee.to.at + 1, callee.to.len - 2 };
	s->agent->calls_as = server_far_user(s);
	talk_call(&s->agent->talker, &callee, story);
}

void far_end_hang_up(struct server *s, uint32_t story)
{
	talk_hang_up(&s->agent->talker, story);
}

void far_end_abandon(struct server *s, uint32_t story)
{
	talk_abandon(&s->agent->talker, story);
}
