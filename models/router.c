#include "models/router.h"

#include <assert.h>

#include "models/passing.h"
#include "sim/icmp.h"

const struct fact fact_fragment_refused = { "fragment-refused", "fragments are dropped here", "RFC 4787 11" };
const struct fact fact_fragment_early = { "fragment-early", "the first fragment, which alone has the ports, has not passed",
					  "RFC 4787 11 (REQ-14)" };
const struct fact fact_router_restarted = { "router-restarted", "restarts: its table is empty", NULL };
const struct fact fact_router_rebound = { "router-rebound", "forgets its mappings", NULL };
const struct fact fact_router_pinholes_closed = { "pinholes-closed", "closes all pinholes of its ALG", NULL };
const struct fact fact_tunnelled = { "tunnelled", "goes through the tunnel", NULL };
const struct fact fact_router_moved = { "router-moved", "has another outside address, {host}, and no mappings", NULL };

/* One server beyond the WAN side that is near to the LAN. */
struct tunnel {
	const struct tunnel *next;
	uint32_t server; /* its host */
	struct prefix inside;
};

struct router {
	struct node node;
	struct iface wan, lan;
	struct wire wire; /* on the WAN side, with the router's own MTU */
	const struct router_profile *profile;
	struct nat *nat;
	struct lately ways; /* of first fragments */
	const struct tunnel *tunnels;
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
	if (RARELY(is_fragment(p)) && p->fragment.offset == 0)
		way_keep(&router_of(out->node)->ways, p, &(struct way){ out, path });
}

/* --- DF ---------------------------------------------------------------------------------------------------------- */

static bool is_stuck(const struct iface *out, const struct packet *p, struct endpoint dst)
{
	return RARELY(p->df) && packet_size(p) > net_mtu(out, dst);
}

/* Without ICMP the sender never hears of it. */
static APART void refuse_long(struct iface *in, const struct iface *out, const struct packet *p, struct endpoint dst)
{
	trace_drop(in->node->world, in, p, &fact_too_long);
	if (router_of(in->node)->profile->icmp)
		icmp_send(in, in->host, p, ICMP_TOO_LONG, net_mtu(out, dst));
}

/* --- passing ----------------------------------------------------------------------------------------------------- */

/* What came in at `in` goes on from `out` with these ends, unless it was refused. */
static void pass_on(struct iface *in, struct iface *out, const struct packet *p, const struct fact *refused,
		    const struct nat_path *path)
{
	if (refused)
		trace_drop(in->node->world, in, p, refused);
	else if (is_stuck(out, p, path->dst))
		refuse_long(in, out, p, path->dst);
	else
		forward(out, p, *path);
}

static struct nat_path path_of(const struct packet *p)
{
	return (struct nat_path){ p->src, p->dst };
}

static const struct alg_profile *alg_of(const struct router *r)
{
	return r->profile->alg ? r->profile->alg->profile : NULL;
}

/*
 * What the NAT let through is shown to the ALG, which may stop it or give it other words. Whether it is too long is asked before
 * and after that, as Linux does: one that the ALG made longer is refused for good, with an MTU that its sender has kept.
 */
static void pass_alg(struct iface *in, struct iface *out, const struct packet *p, const struct nat_path *path)
{
	struct router *r = router_of(in->node);
	if (is_stuck(out, p, path->dst)) {
		refuse_long(in, out, p, path->dst);
		return;
	}
	struct packet next = *p;
	struct alg_passage passage = {
		.at = in,
		.nat = r->nat,
		.packet = p,
		.before = path_of(p),
		.after = *path,
		.outward = in == &r->lan,
	};
	const struct fact *refused = alg_pass(alg_of(r), &passage, &next.payload);
	pass_on(in, out, refused ? p : &next, refused, path);
	if (!refused)
		payload_unref(r->node.world->payloads, next.payload);
}

static void router_outbound(struct router *r, const struct packet *p)
{
	if (is_stuck(&r->wan, p, p->dst)) { /* before it has a flow */
		refuse_long(&r->lan, &r->wan, p, p->dst);
		return;
	}
	struct nat_path in = path_of(p), out;
	const struct alg_profile *alg = alg_of(r);
	const struct nat_ports *ports = alg ? alg_ports(alg, in) : NULL;
	const struct fact *refused = nat_outbound(r->nat, world_now(r->node.world), in, ports, &out);
	if (!refused && alg)
		pass_alg(&r->lan, &r->wan, p, &out);
	else
		pass_on(&r->lan, &r->wan, p, refused, &out);
}

static void router_inbound(struct router *r, const struct packet *p)
{
	struct nat_path out;
	const struct fact *refused = nat_inbound(r->nat, world_now(r->node.world), path_of(p), &out);
	if (!refused && alg_of(r))
		pass_alg(&r->wan, &r->lan, p, &out);
	else
		pass_on(&r->wan, &r->lan, p, refused, &out);
}

/* From inside to an address of the router's own outside: it turns round here. */
static void router_hairpin(struct router *r, const struct packet *p)
{
	struct nat_path back;
	const struct fact *refused = nat_hairpin(r->nat, world_now(r->node.world), path_of(p), &back);
	pass_on(&r->lan, &r->lan, p, refused, &back);
	if (refused && r->profile->icmp)
		icmp_send(&r->lan, p->dst.host, p, ICMP_PORT_UNREACHABLE, 0);
}

/* --- tunnels ----------------------------------------------------------------------------------------------------- */

static bool is_tunnelled(const struct router *r, const struct iface *in, const struct packet *p)
{
	uint32_t inside = in == &r->lan ? p->src.host : p->dst.host;
	uint32_t outside = in == &r->lan ? p->dst.host : p->src.host;
	const struct tunnel *t = r->tunnels;
	while (t && !(t->server == outside && prefix_holds(t->inside, inside)))
		t = t->next;
	return t != NULL;
}

static void tunnel_pass(struct router *r, struct iface *in, const struct packet *p)
{
	struct nat_path path = path_of(p);
	trace_note(r->node.world, in, p, &fact_tunnelled, 0);
	pass_on(in, in == &r->lan ? &r->wan : &r->lan, p, NULL, &path);
}

struct nat *router_nat(struct router *r)
{
	return r->nat;
}

const char *router_tunnel(struct router *r, struct router *inner, struct prefix inside, const struct iface *server)
{
	static const char taken[] = "has a tunnel to a network with the same addresses already";
	struct tunnel *t = arena_alloc(r->node.world->arena, sizeof *t);
	if (inner && !network_route(r->lan.network, &r->lan, inside, &inner->wan))
		return taken;
	if (server->network == r->wan.network && !network_route(r->wan.network, server, inside, &r->wan))
		return taken;
	*t = (struct tunnel){ r->tunnels, server->host, inside };
	r->tunnels = t;
	return NULL;
}

/* --- ICMP errors ------------------------------------------------------------------------------------------------- */

/* It goes on to where the packet that it is about had left from, and speaks of that as it was there. */
static void error_forward(struct iface *out, const struct packet *p, uint32_t from, struct nat_path about)
{
	struct payload_pools *pools = out->node->world->payloads;
	struct packet next = *p;
	next.payload = icmp_requoted(pools, p->payload, about.src, about.dst);
	forward(out, &next, (struct nat_path){ { from, 0 }, about.src });
	payload_unref(pools, next.payload);
}

static void error_inbound(struct router *r, const struct packet *p, struct nat_path about)
{
	struct nat_path inside;
	const struct fact *refused = nat_error_inbound(r->nat, world_now(r->node.world), about, &inside);
	if (refused)
		trace_drop(r->node.world, &r->wan, p, refused);
	else
		error_forward(&r->lan, p, p->src.host, inside);
}

/* What had turned round here is once more inside. */
static void error_outbound(struct router *r, const struct packet *p, struct nat_path about)
{
	usec now = world_now(r->node.world);
	struct iface *out = &r->wan;
	struct nat_path outside, *other = &outside, back;
	const struct fact *refused = nat_error_outbound(r->nat, now, about, &outside);
	if (!refused && nat_owns(r->nat, outside.src.host)) {
		refused = nat_error_inbound(r->nat, now, outside, &back);
		out = &r->lan;
		other = &back;
	}
	if (refused)
		trace_drop(r->node.world, &r->lan, p, refused);
	else
		error_forward(out, p, outside.dst.host, *other);
}

static void router_receive_error(struct node *n, struct iface *in, const struct packet *p)
{
	struct router *r = router_of(n);
	struct icmp_error e = icmp_read(p);
	struct nat_path about = { e.src, e.dst };
	if (r->tunnels && is_tunnelled(r, in, p))
		tunnel_pass(r, in, p);
	else if (in == &r->wan)
		error_inbound(r, p, about);
	else
		error_outbound(r, p, about);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

static void router_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct router *r = router_of(n);
	if (r->tunnels && is_tunnelled(r, in, p))
		tunnel_pass(r, in, p);
	else if (in == &r->wan)
		router_inbound(r, p);
	else if (p->dst.host == in->host)
		port_closed(in, p, r->profile->icmp);
	else if (nat_owns(r->nat, p->dst.host))
		router_hairpin(r, p);
	else
		router_outbound(r, p);
}

static void fragment_pass(struct router *r, struct iface *in, const struct packet *p)
{
	const struct way *way = way_find(&r->ways, p);
	if (p->fragment.offset == 0)
		router_receive(&r->node, in, p);
	else if (way)
		forward(way->out, p, way->path);
	else
		trace_drop(r->node.world, in, p, &fact_fragment_early);
}

static void fragment_drop(struct router *r, struct iface *in, const struct packet *p)
{
	trace_drop(r->node.world, in, p, &fact_fragment_refused);
}

static void fragment_reassemble(struct router *r, struct iface *in, const struct packet *p)
{
	(void)r;
	reassemble(in, p);
}

static void (*const fragment_rules[])(struct router *, struct iface *, const struct packet *) = {
	[FRAGMENTS_PASS] = fragment_pass,
	[FRAGMENTS_DROP] = fragment_drop,
	[FRAGMENTS_REASSEMBLE] = fragment_reassemble,
};

static void router_receive_fragment(struct node *n, struct iface *in, const struct packet *p)
{
	struct router *r = router_of(n);
	fragment_rules[r->profile->fragments](r, in, p);
}

static const struct node_ops router_ops = {
	.kind = "router",
	.receive = router_receive,
	.receive_fragment = router_receive_fragment,
	.receive_error = router_receive_error,
};

const struct nat *router_table(const struct node *n)
{
	return n->ops == &router_ops ? CONTAINER(n, const struct router, node)->nat : NULL;
}

/* A copy of the wire: all routers of a group share that, and its MTU may be larger than the router's. */
static struct wire wan_wire(const struct router_setup *setup)
{
	struct wire wire = setup->wire ? *setup->wire : (struct wire){ 0 };
	uint32_t mtu = wire.mtu ? wire.mtu : MTU_USUAL, own = setup->profile->mtu;
	assert(own >= MTU_LEAST);
	wire.mtu = own < mtu ? own : mtu;
	return wire;
}

struct router *router_new(struct world *w, const struct router_setup *setup)
{
	struct router *r = arena_alloc(w->arena, sizeof *r);
	node_init(&r->node, w, &router_ops, setup->name, setup->member);
	r->profile = setup->profile;
	r->wire = wan_wire(setup);
	r->wan = (struct iface){ .node = &r->node, .side = "wan", .wire = &r->wire };
	r->lan = (struct iface){ .node = &r->node, .side = "lan" };
	for (uint32_t i = 0; i < setup->n_outside; i++)
		network_attach(setup->wan, &r->wan, (struct endpoint){ setup->outside[i], 0 });
	network_attach(setup->lan, &r->lan, (struct endpoint){ setup->inside, 0 });
	setup->lan->gateway = &r->lan;
	r->nat = nat_new(w->arena, &setup->profile->nat, setup->outside, setup->n_outside,
			 stream_named(w->setup.seed, setup->name, setup->member, "ports"));
	nat_expect_flows(r->nat, setup->residents);
	lately_init(&r->ways, w, REASSEMBLY_TIME);
	return r;
}

const struct iface *router_wan(const struct router *r)
{
	return &r->wan;
}

static void router_forget(struct router *r, const struct packet *about, const struct fact *fact)
{
	nat_flush(r->nat);
	lately_forget(&r->ways);
	trace_note(r->node.world, &r->wan, about, fact, 0);
}

void router_restart(struct router *r)
{
	router_forget(r, NULL, &fact_router_restarted);
}

static void router_move(struct router *r, uint32_t outside)
{
	const struct packet places = { .src.host = r->wan.host, .dst.host = outside };
	uint32_t n;
	const uint32_t *hosts = nat_hosts(r->nat, &n);
	for (uint32_t i = 0; i < n; i++)
		network_detach(r->wan.network, &r->wan, hosts[i]);
	nat_rebind(r->nat, outside);
	network_attach(r->wan.network, &r->wan, places.dst);
	router_forget(r, &places, &fact_router_moved);
}

void router_rebind(struct router *r, uint32_t outside)
{
	if (outside)
		router_move(r, outside);
	else
		router_forget(r, NULL, &fact_router_rebound);
}

void router_close_pinholes(struct router *r)
{
	nat_expect_nothing(r->nat);
	trace_note(r->node.world, &r->wan, NULL, &fact_router_pinholes_closed, 0);
}
