#include "models/router.h"

#include <assert.h>

struct router {
	struct node node;
	struct iface wan, lan;
	struct nat *nat;
};

static struct router *router_of(struct node *n)
{
	return CONTAINER(n, struct router, node);
}

/* Both sides as a copy with new addresses: the datagram it was before stays in the trace as its parent. */
static void forward(struct iface *out, const struct packet *p, struct endpoint src, struct endpoint dst)
{
	struct packet next = *p;
	next.parent = p->id;
	next.ttl--;
	next.src = src;
	next.dst = dst;
	next.rule = NULL;
	net_send(out, &next);
}

static void router_outbound(struct router *r, const struct packet *p)
{
	struct world *w = r->node.world;
	struct endpoint outside;
	const struct fact *refused = nat_outbound(r->nat, world_now(w), p->src, p->dst, &outside);
	if (refused)
		trace_drop(w, &r->lan, p, refused);
	else
		forward(&r->wan, p, outside, p->dst);
}

static void router_inbound(struct router *r, const struct packet *p)
{
	struct world *w = r->node.world;
	struct endpoint inside;
	const struct fact *refused = nat_inbound(r->nat, world_now(w), p->src, p->dst, &inside);
	if (refused)
		trace_drop(w, &r->wan, p, refused);
	else
		forward(&r->lan, p, p->src, inside);
}

static void router_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct router *r = router_of(n);
	if (in == &r->lan)
		router_outbound(r, p);
	else
		router_inbound(r, p);
}

static const struct node_ops router_ops = { .kind = "router", .receive = router_receive };

struct router *router_new(struct world *w, const struct router_setup *setup)
{
	struct router *r = arena_alloc(w->arena, sizeof *r);
	node_init(&r->node, w, &router_ops, setup->name, setup->member);
	r->wan = (struct iface){ .node = &r->node, .side = "wan", .wire = setup->wire };
	r->lan = (struct iface){ .node = &r->node, .side = "lan" };
	network_attach(setup->wan, &r->wan, (struct endpoint){ setup->outside, 0 });
	network_attach(setup->lan, &r->lan, (struct endpoint){ setup->inside, 0 });
	setup->lan->gateway = &r->lan;
	r->nat = nat_new(w->arena, &setup->profile->nat, setup->outside,
			 stream_named(w->setup.seed, setup->name, setup->member, "ports"));
	return r;
}
