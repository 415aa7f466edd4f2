#include "sim/net.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sim/discovery.h"
#include "sim/icmp.h"
#include "sim/world.h"

const struct fact fact_no_route = { "no-route", "no route to {host}",
				    "RFC 1918 3: private addresses exist only inside their network" };
const struct fact fact_wire_lost = { "wire-lost", "lost on the wire", NULL };
const struct fact fact_wire_dropped = { "wire-dropped", "dropped on the wire, as the scenario says", NULL };
const struct fact fact_ttl = { "ttl", "went round too often", "RFC 791 3.2: time to live" };

const struct fact fact_too_long = { "too-long", "is longer than the next wire takes, and must not be fragmented", "RFC 791 3.2" };

#define MILLION 1000000u

/* One interface at a host of a network, and at so many ports above the first; all of them are what nobody
 * else claimed. */
struct network_host {
	struct iface *iface; /* NULL: an empty slot */
	uint32_t host;
	uint16_t first, more;
};

#define ALL_PORTS UINT16_MAX

void nodes_expect(struct world *w, uint32_t nodes)
{
	struct node **room = arena_alloc_raw(w->arena, nodes * sizeof(struct node *));
	assert(nodes >= w->n_nodes);
	if (w->n_nodes)
		memcpy(room, w->nodes, w->n_nodes * sizeof(struct node *));
	w->nodes = room;
	w->nodes_size = nodes;
}

void node_init(struct node *n, struct world *w, const struct node_ops *ops, const char *name, uint32_t member)
{
	*n = (struct node){ .ops = ops, .world = w, .name = name, .member = member, .index = w->n_nodes };
	if (w->n_nodes == w->nodes_size)
		nodes_expect(w, w->nodes_size ? w->nodes_size * 2 : 8);
	w->nodes[w->n_nodes++] = n;
}

const char *node_name(const struct node *n, char *text, size_t size)
{
	if (n->member)
		snprintf(text, size, "%s.%u", n->name, n->member);
	else
		snprintf(text, size, "%s", n->name);
	return text;
}

const char *iface_name(const struct iface *i, char *text, size_t size)
{
	node_name(i->node, text, size);
	if (i->side) {
		size_t len = strlen(text);
		snprintf(text + len, size - len, "/%s", i->side);
	}
	return text;
}

/* Crowds are numbered: four neighbours stay together, and one four after the other is spread by the golden
 * ratio. */
static uint32_t host_slot(const struct network *net, uint32_t host)
{
	uint32_t spread = (host >> 2) * 0x9E3779B1u;
	return (uint32_t)((uint64_t)spread * (net->size / 4) >> 32) * 4 + (host & 3);
}

/* Who claims fewer ports comes before who claims more, so that the first that fits is the right one. */
static void host_put(struct network *net, struct network_host h)
{
	uint32_t i = host_slot(net, h.host);
	for (; net->slots[i].iface; i = (i + 1) & (net->size - 1)) {
		struct network_host other = net->slots[i];
		if (other.host == h.host && other.more > h.more) {
			net->slots[i] = h;
			h = other;
		}
	}
	net->slots[i] = h;
	net->used++;
}

/* Open addressing stays fast up to seven eighths. */
static bool hosts_fit(uint32_t hosts, uint32_t size)
{
	return (uint64_t)hosts * 8 <= (uint64_t)size * 7;
}

static void hosts_grow(struct network *net, uint32_t hosts)
{
	const struct network_host *old = net->slots;
	uint32_t n = net->size;
	net->size = n ? n : 4;
	while (!hosts_fit(hosts, net->size))
		net->size *= 2;
	net->slots = arena_alloc(net->world->arena, net->size * sizeof(struct network_host));
	net->used = 0;
	for (uint32_t i = 0; i < n; i++)
		if (old[i].iface)
			host_put(net, old[i]);
}

static uint32_t iface_mtu(const struct iface *i)
{
	if (!i || !i->wire)
		return MTU_MAX;
	return i->wire->mtu ? i->wire->mtu : MTU_USUAL;
}

struct network *network_new(struct world *w, uint32_t hosts)
{
	struct network *net = arena_alloc(w->arena, sizeof *net);
	net->world = w;
	net->mtu = MTU_MAX;
	net->lowest = UINT32_MAX;
	hosts_grow(net, hosts);
	return net;
}

static void attach(struct network *net, struct iface *i, struct network_host at)
{
	if (!hosts_fit(net->used + 1, net->size))
		hosts_grow(net, net->used + 1);
	if (!i->host)
		i->host = at.host;
	at.iface = i;
	i->network = net;
	if (iface_mtu(i) < net->mtu)
		net->mtu = iface_mtu(i);
	if (at.host < net->lowest)
		net->lowest = at.host;
	if (at.host > net->highest)
		net->highest = at.host;
	host_put(net, at);
}

void network_attach(struct network *net, struct iface *i, struct endpoint at)
{
	attach(net, i,
	       (struct network_host){ .host = at.host, .first = at.port, .more = at.port ? 0 : ALL_PORTS });
}

void network_attach_ports(struct network *net, struct iface *i, uint32_t host, uint16_t first, uint16_t last)
{
	assert(first && first <= last);
	attach(net, i,
	       (struct network_host){ .host = host, .first = first, .more = (uint16_t)(last - first) });
}

/* Empties a slot; what stands behind it up to the next empty one may have wanted it and is put anew. */
static void host_take(struct network *net, uint32_t i)
{
	net->slots[i].iface = NULL;
	net->used--;
	for (i = (i + 1) & (net->size - 1); net->slots[i].iface; i = (i + 1) & (net->size - 1)) {
		struct network_host h = net->slots[i];
		net->slots[i].iface = NULL;
		net->used--;
		host_put(net, h);
	}
}

void network_detach(struct network *net, struct iface *i, uint32_t host)
{
	uint32_t at = host_slot(net, host);
	while (net->slots[at].iface)
		if (net->slots[at].iface == i && net->slots[at].host == host)
			host_take(net, at);
		else
			at = (at + 1) & (net->size - 1);
	if (i->host == host)
		i->host = 0;
}

/* The usual answer on a LAN, without a look at memory. */
static bool is_elsewhere(const struct network *net, uint32_t host)
{
	return host < net->lowest || host > net->highest;
}

struct iface *network_find(const struct network *net, struct endpoint dst)
{
	if (is_elsewhere(net, dst.host))
		return NULL;
	for (uint32_t i = host_slot(net, dst.host); net->slots[i].iface; i = (i + 1) & (net->size - 1)) {
		const struct network_host *h = &net->slots[i];
		if (h->host == dst.host && (uint16_t)(dst.port - h->first) <= h->more)
			return h->iface;
	}
	return NULL;
}

struct iface *network_resident(const struct network *net, uint32_t host)
{
	if (is_elsewhere(net, host))
		return NULL;
	uint32_t i = host_slot(net, host);
	while (net->slots[i].iface && net->slots[i].host != host)
		i = (i + 1) & (net->size - 1);
	return net->slots[i].iface;
}

static APART void hand_over_error(struct iface *to, const struct packet *p)
{
	const struct node_ops *ops = to->node->ops;
	if (to->discovery) {
		struct icmp_error e = icmp_read(p);
		discovery_hear(to, p, &e);
	}
	if (ops->receive_error)
		ops->receive_error(to->node, to, p);
}

static void hand_over(struct iface *to, const struct packet *p)
{
	const struct node_ops *ops = to->node->ops;
	if (RARELY(p->proto == PROTO_ICMP))
		hand_over_error(to, p);
	else if (!is_fragment(p))
		ops->receive(to->node, to, p);
	else if (ops->receive_fragment)
		ops->receive_fragment(to->node, to, p);
	else
		reassemble(to, p);
}

static void land(struct timer *t)
{
	struct flight *f = CONTAINER(t, struct flight, timer);
	struct world *w = f->to->node->world;
	trace_packet(w, EVENT_ARRIVED, f->to, &f->packet);
	hand_over(f->to, &f->packet);
	payload_unref(w->payloads, f->packet.payload);
	pool_put(&w->flights, f);
}

static struct stream wire_stream(const struct iface *i, const char *purpose)
{
	return stream_named(i->node->world->setup.seed, i->node->name, i->node->member, purpose);
}

static bool wire_chosen(const struct wire *wire, uint32_t crossed)
{
	for (uint32_t i = 0; i < wire->drops; i++)
		if (wire->drop[i] == crossed)
			return true;
	return false;
}

/* Crosses one wire: adds its delay and counts doubles. Returns why the datagram is lost there, or NULL. */
static const struct fact *wire_cross(struct iface *i, usec *delay, uint32_t *doubles)
{
	const struct wire *wire = i->wire;
	if (!wire)
		return NULL;
	uint32_t n = ++i->crossed;
	*delay += wire->delay;
	if (wire->jitter)
		*delay += (usec)stream_below(wire_stream(i, "jitter"), n, (uint64_t)wire->jitter + 1);
	if (wire->duplicate && stream_below(wire_stream(i, "duplicate"), n, MILLION) < wire->duplicate)
		++*doubles;
	if (wire_chosen(wire, n))
		return &fact_wire_dropped;
	if (wire->loss && stream_below(wire_stream(i, "loss"), n, MILLION) < wire->loss)
		return &fact_wire_lost;
	return NULL;
}

static void take_off(struct iface *to, const struct packet *p, usec delay)
{
	struct world *w = to->node->world;
	struct flight *f = pool_get(&w->flights);
	f->timer = (struct timer){ .fire = land };
	f->to = to;
	f->packet = *p;
	payload_ref(p->payload);
	world_after(w, &f->timer, delay);
}

/* The way of all senders at one address to addresses elsewhere. */
struct route {
	struct route *next;
	uint32_t from;
	struct prefix to;
	struct iface *via;
};

static bool prefixes_meet(struct prefix a, struct prefix b)
{
	return prefix_holds(a, b.host) || prefix_holds(b, a.host);
}

bool network_route(struct network *net, const struct iface *from, struct prefix to, struct iface *via)
{
	for (const struct route *r = net->routes; r; r = r->next)
		if (r->from == from->host && prefixes_meet(r->to, to))
			return r->via == via && r->to.host == to.host && r->to.bits == to.bits;
	struct route *r = arena_alloc(net->world->arena, sizeof *r);
	*r = (struct route){ net->routes, from->host, to, via };
	net->routes = r;
	return true;
}

static struct iface *routed(const struct iface *from, uint32_t host)
{
	const struct route *r = from->network->routes;
	while (r && !(r->from == from->host && prefix_holds(r->to, host)))
		r = r->next;
	return r ? r->via : NULL;
}

/* A host whose port nobody claimed gets what is sent there all the same: it may have something to say about that. */
static struct iface *next_hop(const struct iface *from, struct endpoint dst)
{
	struct iface *to = from->network->routes ? routed(from, dst.host) : NULL;
	if (!to)
		to = network_find(from->network, dst);
	if (!to)
		to = network_resident(from->network, dst.host);
	return to ? to : from->network->gateway;
}

static uint32_t mtu_between(const struct iface *from, const struct iface *to)
{
	uint32_t out = iface_mtu(from), in = iface_mtu(to);
	return out < in ? out : in;
}

uint32_t net_mtu(const struct iface *from, struct endpoint dst)
{
	return mtu_between(from, next_hop(from, dst));
}

static struct packet leave(struct iface *from, const struct packet *packet)
{
	struct world *w = from->node->world;
	struct packet p = *packet;
	p.id = ++w->last_id;
	trace_packet(w, EVENT_SENT, from, &p);
	return p;
}

/* To the next node, in one piece. NULL: there is none. */
static void send_to(struct iface *from, struct iface *to, const struct packet *packet)
{
	struct world *w = from->node->world;
	struct packet p = leave(from, packet);
	if (!to || to == from) {
		trace_drop(w, from, &p, &fact_no_route);
		return;
	}
	if (p.ttl == 0) {
		trace_drop(w, from, &p, &fact_ttl);
		return;
	}
	usec delay = 0;
	uint32_t doubles = 0;
	const struct fact *lost = wire_cross(from, &delay, &doubles);
	if (!lost)
		lost = wire_cross(to, &delay, &doubles);
	if (lost) {
		trace_drop(w, from, &p, lost);
		return;
	}
	for (uint32_t i = 0; i <= doubles; i++)
		take_off(to, &p, delay);
}

/* The id of the first part names them all. */
static void send_parts(struct iface *from, struct iface *to, const struct packet *packet, uint32_t mtu)
{
	struct packet p = *packet, part;
	if (!is_fragment(&p))
		p.fragment.id = (uint16_t)(from->node->world->last_id + 1);
	for (uint32_t i = 0; fragment_cut(&p, mtu, i, &part); i++)
		send_to(from, to, &part);
}

static void refuse_too_long(struct iface *from, const struct packet *packet)
{
	struct packet p = leave(from, packet);
	trace_drop(from->node->world, from, &p, &fact_too_long);
}

static void send_within(struct iface *from, struct iface *to, const struct packet *p, uint32_t mtu)
{
	if (packet_size(p) <= mtu)
		send_to(from, to, p);
	else if (p->df)
		refuse_too_long(from, p);
	else
		send_parts(from, to, p, mtu);
}

static APART void send_discovering(struct iface *from, struct iface *to, const struct packet *packet)
{
	struct packet p = *packet;
	uint32_t mtu = discovery_mark(from->discovery, world_now(from->node->world), &p, mtu_between(from, to));
	send_within(from, to, &p, mtu);
}

void net_send(struct iface *from, const struct packet *p)
{
	struct iface *to = next_hop(from, p->dst);
	if (RARELY(from->discovery != NULL))
		send_discovering(from, to, p);
	else if (RARELY(packet_size(p) > from->network->mtu))
		send_within(from, to, p, mtu_between(from, to));
	else
		send_to(from, to, p);
}
