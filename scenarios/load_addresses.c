#include <stdlib.h>
#include <string.h>

#include "models/router.h"
#include "scenarios/lab.h"
#include "scenarios/load.h"

#define OUTER_MAX 64 /* routers around each other through which a default network is known */

#define FIRST_MULTICAST 0xE0000000u
#define LAST_MULTICAST	0xEFFFFFFFu

static const char *const address_keys[NODE_KINDS] = {
	[DEVICE_PHONE] = "address",
	[DEVICE_ROUTER] = "outside",
	[DEVICE_SERVER] = "address",
	[DEVICE_GATEWAY] = "address",
};

/** How many addresses a value of such a knob holds; a router may have several. */
static uint32_t addresses_in(const struct field *f, const void *value)
{
	const struct list *list = value;
	return !value ? 0 : field_is_list(f) ? list->n : 1;
}

/** One of them; a router's has no port. */
static struct endpoint address_at(const struct field *f, const void *value, uint32_t i)
{
	const struct list *list = value;
	struct endpoint e = { 0 };
	if (field_is_list(f))
		e.host = ((const uint32_t *)list->items)[i];
	else
		memcpy(&e, value, field_size(f));
	return e;
}

/* --- what no node can have ------------------------------------------------------------------------------ */

static bool is_nobodys(uint32_t first, uint64_t last)
{
	return last >= UINT32_MAX || (first <= LAST_MULTICAST && last >= FIRST_MULTICAST);
}

/** `text` is where the address stands, or the name of the model that has it; `count` may be NULL. */
static struct complaint *nobodys_complain(const struct yaml *text, uint32_t first, const struct yaml *count)
{
	static const char help[] = "neither 255.255.255.255 nor multicast, 224.0.0.0 to 239.255.255.255";
	char host[HOST_TEXT_MAX];
	host_print(first, host);
	if (is_nobodys(first, first))
		return yaml_complain(text, VP_VALUE, help, "%s cannot be the address of a node", host);
	struct complaint *c = yaml_complain(text, VP_VALUE, help,
					    "not all addresses from %s on can be those of nodes", host);
	yaml_note(c, count, "so many are wanted here");
	return c;
}

/** Checks one text of a knob that stands in the file. */
static void text_check(struct loader *l, const struct knob *knob, const struct yaml *text, uint32_t n,
		       const struct yaml *count)
{
	const struct setting *s = &knob->setting;
	struct endpoint e = { 0 };
	if (!field_read(s->field, l->scratch, text->text, text->len, &e))
		return; /* was complained of */
	if (!is_nobodys(e.host, (uint64_t)e.host + n - 1))
		return;
	struct complaint *c = nobodys_complain(text, e.host, count);
	if (n == 1)
		axis_note(c, s->axis, knob->value);
}

/** Checks the addresses that stand in the file, in all values of the knob. */
static void given_check(struct loader *l, const struct knob *knob, uint32_t n, const struct yaml *count)
{
	int axis = knob->setting.axis;
	if (knob->value->kind == YAML_LIST)
		for (const struct yaml *item = knob->value->first; item; item = item->next)
			text_check(l, knob, item, n, count);
	else
		for (uint32_t i = 0; i < axis_count(l, axis); i++)
			text_check(l, knob, axis_value(l, axis, knob->value, i), n, count);
}

void address_check(struct loader *l, const struct knob *knob)
{
	if (knob)
		given_check(l, knob, 1, NULL);
}

void addresses_check_model(struct loader *l, enum device_kind kind, const struct knobs *knobs)
{
	const char *key = address_keys[kind];
	address_check(l, knobs_find(knobs, field_find(devices[kind].fields, key, strlen(key))));
}

/* --- where nodes are ------------------------------------------------------------------------------------ */

/** Where the nodes of an entry are in every cell. */
struct home {
	uint32_t node;
	int network;	      /* index of the router; -1: the internet */
	uint32_t first, last; /* hosts */
	uint32_t port;	      /* 0: any, or it depends on the cell */
	const struct yaml *y; /* what says so */
};

struct homes {
	struct loader *l;
	struct home *items;
	uint32_t n, room;
	uint64_t *residents; /* by router */
	bool moving;	     /* somebody's `behind` is an axis, so that residents come and go */
};

static const struct node_spec *spec_of(const struct homes *h, const struct home *home)
{
	return &h->l->s->nodes[home->node];
}

/** Is it known in which network all nodes of an entry are? Groups are spread over groups of routers. */
static bool network_certain(const struct loader *l, const struct node_spec *spec)
{
	int router = spec->behind[0];
	return spec->behind_axis < 0 && (router < 0 || l->s->nodes[router].count == 1 || spec->count == 1);
}

/** The port on which a phone or a server listens; 0: it depends on the cell, or is a router's. */
static uint32_t port_certain(const struct loader *l, uint32_t node, struct endpoint at)
{
	enum device_kind kind = l->s->nodes[node].kind;
	if (kind == DEVICE_SERVER && at.port == 0)
		return 5060;
	if (kind != DEVICE_PHONE || at.port != 0)
		return at.port;
	struct spread s = node_spread(l, node, "listen-port");
	const uint32_t *port = spread_certain(l, &s);
	return port ? *port : 0;
}

/** One of the addresses of an entry, where `y` says it. */
static void home_add(struct homes *h, uint32_t node, struct endpoint at, const struct yaml *y, bool given)
{
	struct loader *l = h->l;
	const struct node_spec *spec = &l->s->nodes[node];
	uint64_t last = (uint64_t)at.host + spec->count - 1;
	if (is_nobodys(at.host, last)) {
		if (!given && !is_nobodys(at.host, at.host))
			nobodys_complain(y, at.host, yaml_get(l->nodes[node].y, "count"));
		return;
	}
	if (!network_certain(l, spec))
		return;
	h->items = grown(l, h->items, h->n, &h->room, sizeof *h->items);
	h->items[h->n++] = (struct home){ node,		  spec->behind[0],	     at.host,
					  (uint32_t)last, port_certain(l, node, at), y };
}

static void homes_add(struct homes *h, uint32_t node)
{
	struct loader *l = h->l;
	const struct node_spec *spec = &l->s->nodes[node];
	const struct yaml *y = l->nodes[node].y;
	struct spread s = node_spread(l, node, address_keys[spec->kind]);
	if (s.knob)
		given_check(l, s.knob, spec->count, yaml_get(y, "count"));
	const void *value = spread_certain(l, &s);
	y = s.knob ? s.knob->value : yaml_get(y, "model");
	for (uint32_t i = 0; i < addresses_in(s.field, value); i++) {
		struct endpoint at = address_at(s.field, value, i);
		if (at.host)
			home_add(h, node, at, y, s.knob);
	}
}

static void resident_add(struct homes *h, const struct node_spec *spec)
{
	if (spec->behind_axis >= 0)
		h->moving = true;
	else if (spec->behind[0] >= 0 && spec->kind != DEVICE_GATEWAY) /* as in lab.c, it is none of the crowd */
		h->residents[spec->behind[0]] += spec->count;
}

static void homes_find(struct homes *h)
{
	uint32_t n = h->l->s->n_nodes;
	h->residents = arena_alloc(h->l->scratch, n * sizeof *h->residents);
	for (uint32_t i = 0; i < n; i++) {
		resident_add(h, &h->l->s->nodes[i]);
		if (!h->l->nodes[i].spoilt)
			homes_add(h, i);
	}
}

/* --- outside of their network --------------------------------------------------------------------------- */

/** The network behind a router when it is given none; no bits: it depends on the cell, or is too far in. */
static struct prefix inside_default(const struct homes *h, int router)
{
	const struct node_spec *nodes = h->l->s->nodes;
	uint64_t count = nodes[router].count, crowd = (h->residents[router] + count - 1) / count;
	uint32_t outer = 0;
	for (int at = nodes[router].behind[0]; at >= 0 && outer < OUTER_MAX; at = nodes[at].behind[0])
		outer++;
	if (h->moving || outer == OUTER_MAX)
		return (struct prefix){ 0 };
	return lab_inside((uint32_t)crowd, outer);
}

static struct prefix inside_certain(const struct homes *h, int router, const struct spread *inside)
{
	const struct prefix *given = spread_certain(h->l, inside);
	if (given && given->bits == 0)
		return inside_default(h, router);
	return given ? *given : (struct prefix){ 0 };
}

/** Complains of an address that its router does not have behind it, or has itself. */
static void inside_check(const struct homes *h, const struct home *home)
{
	char host[HOST_TEXT_MAX], net[HOST_TEXT_MAX];
	const struct node_draft *router = &h->l->nodes[home->network];
	const char *router_name = h->l->s->nodes[home->network].name;
	struct spread s = node_spread(h->l, (uint32_t)home->network, "inside");
	struct prefix inside = inside_certain(h, home->network, &s);
	struct complaint *c;
	uint32_t gateway = inside.host + 1;
	if (inside.bits == 0)
		return;
	host_print(inside.host, net);
	host_print(prefix_holds(inside, home->first) ? home->last : home->first, host);
	if (!prefix_holds(inside, home->first) || !prefix_holds(inside, home->last))
		c = yaml_complain(
			home->y, VP_CONTRADICTION, "an address of that network, or another `inside`",
			"%s is not in the network behind '%s', %s/%u", host, router_name, net, inside.bits);
	else if (home->first <= gateway && gateway <= home->last)
		c = yaml_complain(home->y, VP_CONTRADICTION,
				  "a router is the first host of the network behind it",
				  "%s and %s are both at %s", router_name, spec_of(h, home)->name,
				  (host_print(gateway, host), host));
	else
		return;
	yaml_note(c, s.knob ? s.knob->value : router->y->key,
		  s.knob ? "the network is given here" : "the router is here");
}

/** Complains of rules for addresses that nobody behind the router can have. */
static void forwards_check(const struct homes *h, uint32_t router)
{
	struct loader *l = h->l;
	struct spread inside = node_spread(l, router, "inside"), s = node_spread(l, router, "forward");
	struct prefix net = inside_certain(h, (int)router, &inside);
	const struct list *list = net.bits ? spread_certain(l, &s) : NULL;
	const struct port_forward *rule = list ? list->items : NULL;
	for (uint32_t i = 0; list && i < list->n; i++) {
		struct endpoint to;
		if (!endpoint_parse(rule[i].to, strlen(rule[i].to), rule[i].port, &to) ||
		    (prefix_holds(net, to.host) && to.host != net.host + 1))
			continue;
		yaml_complain(s.knob ? s.knob->value : yaml_get(l->nodes[router].y, "model"), VP_CONTRADICTION,
			      "a node behind it, or an address there",
			      "'%s' forwards port %u to %s, where nobody behind it can be", l->s->nodes[router].name,
			      rule[i].port, rule[i].to);
	}
}

/* --- two at one place ----------------------------------------------------------------------------------- */

static int compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/** By network, host and port; those that own their whole host come before servers. */
static int home_compare(const void *left, const void *right, void *context)
{
	const struct home *a = left, *b = right;
	const struct homes *h = context;
	int order = compare((uint32_t)a->network, (uint32_t)b->network);
	if (order == 0)
		order = compare(a->first, b->first);
	if (order == 0)
		order = compare(spec_of(h, a)->kind == DEVICE_SERVER, spec_of(h, b)->kind == DEVICE_SERVER);
	if (order == 0)
		order = compare(a->port, b->port);
	return order ? order : compare(a->node, b->node);
}

/** Phones, routers and gateways own their whole host, servers a port; but a phone leaves other ports to servers. */
static bool owns_host(enum device_kind kind)
{
	return kind == DEVICE_ROUTER || kind == DEVICE_GATEWAY;
}

static bool homes_clash(const struct homes *h, const struct home *a, const struct home *b)
{
	enum device_kind first = spec_of(h, a)->kind, second = spec_of(h, b)->kind;
	if (a->network != b->network || a->last < b->first)
		return false;
	if (owns_host(first) || owns_host(second))
		return true;
	return (first == DEVICE_PHONE && second == DEVICE_PHONE) || a->port == b->port;
}

static void clash_complain(const struct homes *h, const struct home *a, const struct home *b)
{
	const struct home *first = a->node < b->node ? a : b, *second = first == a ? b : a;
	bool servers = spec_of(h, a)->kind == DEVICE_SERVER || spec_of(h, b)->kind == DEVICE_SERVER;
	char text[ENDPOINT_TEXT_MAX];
	if (servers && a->port == b->port)
		endpoint_print((struct endpoint){ b->first, b->port }, text);
	else
		host_print(b->first, text);
	yaml_note(yaml_complain(second->y, VP_CONTRADICTION,
				"only servers share an address, on ports of their own",
				"%s and %s are both at %s", spec_of(h, first)->name, spec_of(h, second)->name,
				text),
		  first->y, "the other one is here");
}

/** In sorted order, whoever is met by another is met by the one before or by the one that reaches furthest.
 */
static void clashes_check(const struct homes *h)
{
	const struct home *furthest = NULL, *before = NULL;
	for (uint32_t i = 0; i < h->n; i++) {
		const struct home *home = &h->items[i];
		bool server = spec_of(h, home)->kind == DEVICE_SERVER;
		if (furthest && homes_clash(h, furthest, home))
			clash_complain(h, furthest, home);
		else if (before && server && homes_clash(h, before, home))
			clash_complain(h, before, home);
		if (!server &&
		    (!furthest || furthest->network != home->network || furthest->last < home->last))
			furthest = home;
		before = home;
	}
}

/* --- tunnels to networks with the same addresses -------------------------------------------------------- */

/** A router that has a tunnel to the server in every cell, and the hosts behind it. */
struct tunnel {
	uint32_t router, first, last;
};

/** They hang on one network, so that the tunnel passes nobody else. */
static bool beside_certainly(const struct node_spec *router, const struct node_spec *server)
{
	return router->behind_axis < 0 && server->behind_axis < 0 && router->behind[0] == server->behind[0];
}

/** Fills in what is behind a router with such a tunnel; false: it has none, or that depends on the cell. */
static bool tunnel_certain(const struct homes *h, uint32_t router, const struct node_spec *server, struct tunnel *out)
{
	struct loader *l = h->l;
	const struct node_spec *spec = &l->s->nodes[router];
	if (spec->kind != DEVICE_ROUTER || l->nodes[router].spoilt || !beside_certainly(spec, server))
		return false;
	struct spread to = node_spread(l, router, "vpn-to"), inside = node_spread(l, router, "inside");
	const struct list *names = spread_certain(l, &to);
	struct prefix net = inside_certain(h, (int)router, &inside);
	*out = (struct tunnel){ router, net.host, net.host + (net.bits ? UINT32_MAX >> net.bits : 0) };
	return names && net.bits && node_is_meant(names, server->name);
}

static int tunnel_compare(const void *left, const void *right)
{
	const struct tunnel *a = left, *b = right;
	int order = compare(a->first, b->first);
	return order ? order : compare(a->router, b->router);
}

static void tunnels_complain(const struct homes *h, const struct tunnel *a, const struct tunnel *b,
			     const struct node_spec *server)
{
	const struct tunnel *first = a->router < b->router ? a : b, *second = first == a ? b : a;
	struct loader *l = h->l;
	struct complaint *c = yaml_complain(l->nodes[second->router].y->key, VP_CONTRADICTION,
					    "another `inside`, or a tunnel for one of them only",
					    "'%s' can have no tunnel to '%s', which has one to a network with the same addresses",
					    l->s->nodes[second->router].name, server->name);
	if (first->router != second->router)
		yaml_note(c, l->nodes[first->router].y->key, "it is behind this router");
}

/** In sorted order a network that is met by another is met by the one that reaches furthest. A group has it twice. */
static void tunnels_check(const struct homes *h, const struct node_spec *server, struct tunnel *room)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < h->l->s->n_nodes; i++)
		for (uint32_t k = 0; k < h->l->s->nodes[i].count && k < 2; k++)
			n += tunnel_certain(h, i, server, &room[n]);
	if (n)
		qsort(room, n, sizeof *room, tunnel_compare);
	const struct tunnel *furthest = room;
	for (uint32_t i = 1; i < n; i++) {
		if (room[i].first <= furthest->last)
			tunnels_complain(h, furthest, &room[i], server);
		if (room[i].last > furthest->last)
			furthest = &room[i];
	}
}

void addresses_check(struct loader *l)
{
	struct homes h = { .l = l };
	homes_find(&h);
	for (uint32_t i = 0; i < h.n; i++)
		if (h.items[i].network >= 0)
			inside_check(&h, &h.items[i]);
	if (h.n)
		qsort_r(h.items, h.n, sizeof *h.items, home_compare, &h);
	clashes_check(&h);
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		if (l->s->nodes[i].kind == DEVICE_ROUTER && !l->nodes[i].spoilt)
			forwards_check(&h, i);
	struct tunnel *room = arena_alloc(l->scratch, 2 * l->s->n_nodes * sizeof *room);
	for (uint32_t i = 0; i < l->s->n_nodes; i++)
		if (l->s->nodes[i].kind == DEVICE_SERVER)
			tunnels_check(&h, &l->s->nodes[i], room);
}
