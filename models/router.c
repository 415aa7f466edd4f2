#include "models/router.h"

#include <assert.h>

struct router {
	struct node node;
	struct iface wan, lan;
	struct nat *nat;
	uint32_t outside;
};

static struct router *router_of(struct node *n)
{
	return CONTAINER(n, struct router, node);
}

/* Both sides as a copy with new ends: the datagram it was before stays in the trace as its parent. */
static void forward(struct iface *out, const struct packet *p, struct nat_path path)
{
	struct packet next = *p;
	next.parent = p->id;
	next.ttl--;
	next.src = path.src;
	next.dst = path.dst;
	next.rule = NULL;
	net_send(out, &next);
}

static void router_outbound(struct router *r, const struct packet *p)
{
	struct world *w = r->node.world;
	struct nat_path out;
	const struct fact *refused = nat_outbound(r->nat, world_now(w), (struct nat_path){ p->src, p->dst }, NULL, &out);
	if (refused)
		trace_drop(w, &r->lan, p, refused);
	else
		forward(&r->wan, p, out);
}

static void router_inbound(struct router *r, const struct packet *p)
{
	struct world *w = r->node.world;
	struct nat_path out;
	const struct fact *refused = nat_inbound(r->nat, world_now(w), (struct nat_path){ p->src, p->dst }, &out);
	if (refused)
		trace_drop(w, &r->wan, p, refused);
	else
		forward(&r->lan, p, out);
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
	r->outside = setup->outside;
	r->nat = nat_new(w->arena, &setup->profile->nat, &r->outside, 1,
			 stream_named(w->setup.seed, setup->name, setup->member, "ports"));
	return r;
}
